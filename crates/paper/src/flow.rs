//! Pages as they fill: lines of text and areas of colour, put where there is room.

use crate::Sheet;
use crate::font::Weight;
use crate::tree::{Mark as TreeMark, NodeId, Tree};

/// The white space around a page, in points.
pub(crate) const MARGIN: f32 = 48.0;
/// The room for the footer.
const FOOTER: f32 = 34.0;

/// A colour: red, green, blue.
pub(crate) type Colour = (u8, u8, u8);

pub(crate) const INK: Colour = (0x1b, 0x1f, 0x24);
pub(crate) const SOFT: Colour = (0x57, 0x60, 0x6a);
pub(crate) const LINE: Colour = (0xd0, 0xd7, 0xde);
pub(crate) const PANEL: Colour = (0xf4, 0xf6, 0xf8);
pub(crate) const ACCENT: Colour = (0x0a, 0x56, 0x94);

/// How a text looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    pub(crate) weight: Weight,
    pub(crate) size: f32,
    pub(crate) colour: Colour,
}

/// Something on a page.
#[derive(Clone, Debug)]
pub(crate) enum Mark {
    /// A line of text. Without a node it is decoration, which is not read out.
    Text { x: f32, baseline: f32, text: String, look: Look, node: Option<NodeId> },
    /// An area of one colour.
    Area { x: f32, y: f32, width: f32, height: f32, colour: Colour },
}

/// Where a heading stands, for the list of contents of a reader.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) title: String,
    pub(crate) page: usize,
    pub(crate) y: f32,
    /// Whether it is below the one before.
    pub(crate) is_below: bool,
}

/// The pages, and where the next line goes.
#[derive(Debug)]
pub(crate) struct Flow {
    pub(crate) pages: Vec<Vec<Mark>>,
    pub(crate) tree: Tree,
    pub(crate) places: Vec<Place>,
    /// From the left edge to where text begins, and how wide it may be.
    pub(crate) left: f32,
    pub(crate) width: f32,
    /// Where the next line begins, from the top.
    pub(crate) y: f32,
    bottom: f32,
}

/// How far everything had grown.
pub(crate) struct Before {
    pages: usize,
    marks: usize,
    places: usize,
    tree: TreeMark,
    y: f32,
}

impl Flow {
    pub(crate) fn new(sheet: Sheet) -> Self {
        let (width, height) = sheet.points();
        Self {
            pages: vec![Vec::new()],
            tree: Tree::default(),
            places: Vec::new(),
            left: MARGIN,
            width: width - 2.0 * MARGIN,
            y: MARGIN,
            bottom: height - MARGIN - FOOTER,
        }
    }

    /// Which page is being filled, from 0.
    pub(crate) fn page(&self) -> usize {
        self.pages.len().saturating_sub(1)
    }

    /// Room that a page has in all.
    pub(crate) fn whole(&self) -> f32 {
        self.bottom - MARGIN
    }

    /// Room that is left on this page.
    pub(crate) fn room(&self) -> f32 {
        self.bottom - self.y
    }

    /// Begins a new page where so much does not fit on this one; says whether it did.
    pub(crate) fn need(&mut self, height: f32) -> bool {
        let turns = height > self.room() && self.y > MARGIN;
        if turns {
            self.turn();
        }
        turns
    }

    /// Begins a new page.
    pub(crate) fn turn(&mut self) {
        self.pages.push(Vec::new());
        self.y = MARGIN;
    }

    /// White space, but not on top of a page.
    pub(crate) fn gap(&mut self, height: f32) {
        if self.y > MARGIN {
            self.y += height;
        }
    }

    /// Puts something on the page that is being filled.
    pub(crate) fn put(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    /// Puts an area behind what was put on a page since a number of marks.
    pub(crate) fn put_behind(&mut self, page: usize, since: usize, mark: Mark) {
        if let Some(page) = self.pages.get_mut(page) {
            page.insert(since.min(page.len()), mark);
        }
    }

    /// How many marks the page has that is being filled.
    pub(crate) fn marks(&self) -> usize {
        self.pages.last().map_or(0, Vec::len)
    }

    pub(crate) fn before(&self) -> Before {
        Before {
            pages: self.pages.len(),
            marks: self.marks(),
            places: self.places.len(),
            tree: self.tree.mark(),
            y: self.y,
        }
    }

    /// Takes back everything since then.
    pub(crate) fn back_to(&mut self, before: &Before) {
        self.pages.truncate(before.pages);
        if let Some(page) = self.pages.last_mut() {
            page.truncate(before.marks);
        }
        self.places.truncate(before.places);
        self.tree.back_to(before.tree);
        self.y = before.y;
    }

    /// Whether what was put since then went over to another page, though it would fit on one.
    pub(crate) fn was_torn(&self, before: &Before) -> bool {
        let pages = self.pages.len().saturating_sub(before.pages);
        let height = (self.bottom - before.y) + (self.y - MARGIN);
        pages == 1 && before.y > MARGIN && height < self.whole()
    }
}
