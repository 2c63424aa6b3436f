//! How each part of a report looks.

use wardround_report::document::{AsOf, Bar, Block, Document, Fact, Figure, Kind};

use crate::flow::{ACCENT, Flow, INK, LINE, Look, Mark, PANEL, Place, SOFT};
use crate::font::{Fonts, Weight};
use crate::table;
use crate::tree::{NodeId, Role};

/// Sizes of letters, in points.
const TITLE: f32 = 19.0;
const LEAD: f32 = 12.5;
const HEADING: f32 = 12.0;
const BODY: f32 = 9.5;
const SMALL: f32 = 8.0;
const TINY: f32 = 6.5;
/// From line to line, in sizes.
pub(crate) const LEADING: f32 = 1.38;
/// From the top of a line to its baseline, in sizes.
pub(crate) const ASCENT: f32 = 1.0;

/// A report as it is laid out.
pub(crate) struct Layout<'f> {
    pub(crate) flow: Flow,
    pub(crate) fonts: &'f Fonts,
    scale: f32,
    /// The node that parts are added below.
    pub(crate) parent: Option<NodeId>,
}

impl<'f> Layout<'f> {
    pub(crate) fn new(flow: Flow, fonts: &'f Fonts, scale: f32) -> Self {
        Self { flow, fonts, scale, parent: None }
    }

    pub(crate) fn document(mut self, document: &Document) -> Flow {
        self.title(document);
        document.blocks.iter().for_each(|block| self.block(block));
        self.as_of(document);
        self.flow
    }

    pub(crate) fn look(&self, weight: Weight, size: f32, colour: (u8, u8, u8)) -> Look {
        Look { weight, size: size * self.scale, colour }
    }

    fn body(&self) -> Look {
        self.look(Weight::Regular, BODY, INK)
    }

    fn gap(&mut self, points: f32) {
        self.flow.gap(points * self.scale);
    }

    /// Text in lines at the left edge, over pages where it must.
    pub(crate) fn text(&mut self, text: &str, look: Look, indent: f32, node: NodeId) {
        let width = self.flow.width - indent;
        for line in self.fonts.wrapped(text, look.weight, look.size, width) {
            self.flow.need(look.size * LEADING);
            self.line(line, look, indent, node);
        }
    }

    /// One line, and down to the next.
    fn line(&mut self, text: String, look: Look, indent: f32, node: NodeId) {
        let (x, baseline) = (self.flow.left + indent, self.flow.y + look.size * ASCENT);
        self.flow.put(Mark::Text { x, baseline, text, look, node: Some(node) });
        self.flow.y += look.size * LEADING;
    }

    fn add(&mut self, role: Role) -> NodeId {
        self.flow.tree.add(self.parent, role)
    }

    fn title(&mut self, document: &Document) {
        if !document.hospital.is_empty() {
            let node = self.add(Role::Paragraph);
            let look = self.look(Weight::Bold, BODY, ACCENT);
            self.text(&document.hospital, look, 0.0, node);
        }
        let node = self.add(Role::Heading(1, document.title.clone()));
        self.place(&document.title, false);
        let look = self.look(Weight::Bold, TITLE, INK);
        self.text(&document.title, look, 0.0, node);
        let node = self.add(Role::Paragraph);
        let look = self.look(Weight::Regular, SMALL, SOFT);
        self.text(&document.subtitle, look, 0.0, node);
        self.gap(4.0);
        let (x, y, width) = (self.flow.left, self.flow.y, self.flow.width);
        self.flow.put(Mark::Area { x, y, width, height: 1.5, colour: ACCENT });
        self.gap(9.0);
    }

    fn place(&mut self, title: &str, is_below: bool) {
        let (page, y) = (self.flow.page(), self.flow.y);
        self.flow.places.push(Place { title: title.to_owned(), page, y, is_below });
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading { text } => self.heading(text),
            Block::Lead { text } => {
                let look = self.look(Weight::Bold, LEAD, INK);
                self.paragraph(text, look);
            }
            Block::Paragraph { text } => {
                let look = self.body();
                self.paragraph(text, look);
            }
            Block::List { items } => self.list(items, Bullet::Dot),
            Block::Ticks { items } => self.list(items, Bullet::Box),
            Block::Asked { heading, items } => self.asked(heading, items),
            Block::Figures { figures } => self.figures(figures),
            Block::Bars { heading, bars } => self.bars(heading, bars),
            Block::Facts { facts } => self.facts(facts),
            Block::Table { caption, columns, rows } => table::table(self, caption, columns, rows),
            Block::Sheet { heading, blocks } => self.sheet(heading, blocks),
            Block::Lines { labels } => self.lines(labels),
        }
    }

    /// A heading stays with what follows it.
    fn heading(&mut self, text: &str) {
        let look = self.look(Weight::Bold, HEADING, INK);
        self.gap(10.0);
        self.flow.need(look.size * LEADING * 4.0);
        let node = self.add(Role::Heading(2, text.to_owned()));
        self.place(text, true);
        self.text(text, look, 0.0, node);
        self.gap(2.0);
    }

    fn paragraph(&mut self, text: &str, look: Look) {
        let node = self.add(Role::Paragraph);
        self.text(text, look, 0.0, node);
        self.gap(4.0);
    }

    fn list(&mut self, items: &[String], bullet: Bullet) {
        let list = self.add(Role::List { numbered: matches!(bullet, Bullet::Number) });
        for (place, text) in items.iter().enumerate() {
            self.item(list, &bullet.text(place), text);
        }
        self.gap(3.0);
    }

    fn item(&mut self, list: NodeId, bullet: &str, text: &str) {
        let look = self.body();
        let indent = 15.0 * self.scale;
        let item = self.flow.tree.add(Some(list), Role::Item);
        let (label, body) =
            (self.flow.tree.add(Some(item), Role::Label), self.flow.tree.add(Some(item), Role::Body));
        let lines = self.fonts.wrapped(text, look.weight, look.size, self.flow.width - indent);
        let together = if lines.len() == 2 { 2.0 } else { 1.0 };
        self.flow.need(look.size * LEADING * together);
        let (x, baseline) = (self.flow.left + 2.0, self.flow.y + look.size * ASCENT);
        self.flow.put(Mark::Text { x, baseline, text: format!("{bullet} "), look, node: Some(label) });
        for line in lines {
            self.flow.need(look.size * LEADING);
            self.line(line, look, indent, body);
        }
        self.gap(1.5);
    }

    /// What is asked of the reader: in a panel with an edge, so that it is seen first.
    fn asked(&mut self, heading: &str, items: &[String]) {
        self.gap(8.0);
        let before = self.flow.before();
        self.asked_inside(heading, items);
        if self.flow.was_torn(&before) {
            self.flow.back_to(&before);
            self.flow.turn();
            self.asked_inside(heading, items);
        }
    }

    fn asked_inside(&mut self, heading: &str, items: &[String]) {
        let pad = 8.0 * self.scale;
        let (page, since, top) = (self.flow.page(), self.flow.marks(), self.flow.y);
        let (left, width) = (self.flow.left, self.flow.width);
        self.flow.left += pad + 4.0;
        self.flow.width -= 2.0 * pad + 4.0;
        self.flow.y += pad;
        let look = self.look(Weight::Bold, HEADING, ACCENT);
        let node = self.add(Role::Heading(2, heading.to_owned()));
        self.place(heading, true);
        self.text(heading, look, 0.0, node);
        self.gap(2.0);
        self.list(items, Bullet::Number);
        (self.flow.left, self.flow.width) = (left, width);
        self.flow.y += pad - 3.0;
        if self.flow.page() == page {
            let height = self.flow.y - top;
            let area = |width, colour| Mark::Area { x: left, y: top, width, height, colour };
            self.flow.put_behind(page, since, area(4.0, ACCENT));
            self.flow.put_behind(page, since, area(width, PANEL));
        }
        self.gap(4.0);
    }

    /// Numbers side by side, each in a panel.
    fn figures(&mut self, figures: &[Figure]) {
        let between = 6.0;
        let columns = f32::from(u8::try_from(figures.len().max(1)).unwrap_or(u8::MAX));
        let width = (self.flow.width - between * (columns - 1.0)) / columns;
        let pad = 6.0 * self.scale;
        let value = self.look(Weight::Bold, 17.0, INK);
        let (label, before) =
            (self.look(Weight::Regular, SMALL, INK), self.look(Weight::Regular, SMALL, SOFT));
        let texts: Vec<(Vec<String>, &Figure)> = figures
            .iter()
            .map(|figure| {
                (self.fonts.wrapped(&figure.label, label.weight, label.size, width - 2.0 * pad), figure)
            })
            .collect();
        let lines = texts.iter().map(|(lines, figure)| lines.len() + usize::from(!figure.before.is_empty()));
        let lines = f32::from(u8::try_from(lines.max().unwrap_or(0)).unwrap_or(u8::MAX));
        let height = 2.0 * pad + value.size * 1.2 + lines * label.size * LEADING;
        self.flow.need(height + between);
        let list = self.add(Role::List { numbered: false });
        let (top, mut x) = (self.flow.y, self.flow.left);
        for (lines, figure) in texts {
            self.flow.put(Mark::Area { x, y: top, width, height, colour: PANEL });
            let item = self.flow.tree.add(Some(list), Role::Item);
            let node = Some(self.flow.tree.add(Some(item), Role::Body));
            let mut baseline = top + pad + value.size * 0.9;
            let inside = x + pad;
            let text =
                format!("{} ", self.fonts.cut(&figure.value, value.weight, value.size, width - 2.0 * pad));
            self.flow.put(Mark::Text { x: inside, baseline, text, look: value, node });
            baseline += value.size * 0.3;
            for text in lines {
                baseline += label.size * LEADING;
                self.flow.put(Mark::Text {
                    x: inside,
                    baseline: baseline - label.size * 0.3,
                    text,
                    look: label,
                    node,
                });
            }
            if !figure.before.is_empty() {
                baseline += label.size * LEADING;
                let text = format!(" {}", figure.before);
                let x = inside - self.fonts.face(before.weight).width(" ") * before.size;
                self.flow.put(Mark::Text {
                    x,
                    baseline: baseline - label.size * 0.3,
                    text,
                    look: before,
                    node,
                });
            }
            x += width + between;
        }
        self.flow.y = top + height;
        self.gap(8.0);
    }

    /// Bars with what each was before below it. For whoever hears it read, it is a table.
    fn bars(&mut self, heading: &str, bars: &[Bar]) {
        let most =
            bars.iter().flat_map(|bar| [Some(bar.now), bar.before]).flatten().max().unwrap_or(0).max(1);
        let look = self.body();
        let row = look.size * LEADING + 4.0 * self.scale;
        let rows = f32::from(u8::try_from(bars.len()).unwrap_or(u8::MAX));
        self.flow.need(row * (rows + 1.0));
        let known = bars.iter().any(|bar| bar.before.is_some());
        let table = self.add(Role::Table);
        let caption = self.flow.tree.add(Some(table), Role::Caption);
        let note = if known { " (thick: now; thin: the round before)" } else { "" };
        let small = self.look(Weight::Regular, SMALL, SOFT);
        self.text(&format!("{heading}{note}"), small, 0.0, caption);
        self.gap(3.0);
        let body = self.flow.tree.add(Some(table), Role::Rows);
        for bar in bars {
            self.bar(bar, most, body, look);
            self.flow.y += 4.0 * self.scale;
        }
        self.gap(2.0);
    }

    fn bar(&mut self, bar: &Bar, most: u64, body: NodeId, look: Look) {
        let (label, number) = (self.flow.width * 0.2, self.flow.width * 0.14);
        let long = self.flow.width - label - number;
        let row = self.flow.tree.add(Some(body), Role::Row);
        let name = self.flow.tree.add(Some(row), Role::RowHeading);
        let cell = self.flow.tree.add(Some(row), Role::Cell);
        let (left, top) = (self.flow.left, self.flow.y);
        let baseline = top + look.size * ASCENT;
        let text = self.fonts.cut(&bar.label, look.weight, look.size, label) + " ";
        self.flow.put(Mark::Text { x: left, baseline, text, look, node: Some(name) });
        let length = |value: u64| (share(value, most) * long).max(if value > 0 { 1.5 } else { 0.0 });
        let mut area = |y, value, height, colour| {
            let width = length(value);
            if width > 0.0 {
                self.flow.put(Mark::Area { x: left + label, y, width, height, colour });
            }
        };
        area(top + look.size * 0.25, bar.now, look.size * 0.65, ACCENT);
        if let Some(before) = bar.before {
            area(top + look.size * 1.02, before, look.size * 0.2, SOFT);
        }
        let text = match bar.before {
            Some(before) => format!("{} (was {before})", bar.now),
            None => bar.now.to_string(),
        };
        let x = left + label + length(bar.now).max(bar.before.map_or(0.0, length)) + 5.0;
        self.flow.put(Mark::Text { x, baseline, text, look, node: Some(cell) });
        self.flow.y += look.size * LEADING;
    }

    fn facts(&mut self, facts: &[Fact]) {
        let list = self.add(Role::List { numbered: false });
        let (name, look) = (self.look(Weight::Regular, BODY, SOFT), self.body());
        let indent = 82.0 * self.scale;
        for fact in facts {
            let item = self.flow.tree.add(Some(list), Role::Item);
            let (label, body) =
                (self.flow.tree.add(Some(item), Role::Label), self.flow.tree.add(Some(item), Role::Body));
            self.flow.need(look.size * LEADING);
            let labels = self.fonts.wrapped(&fact.label, name.weight, name.size, indent - 6.0);
            let (top, left) = (self.flow.y, self.flow.left);
            if let [only] = labels.as_slice() {
                let baseline = top + name.size * ASCENT;
                self.flow.put(Mark::Text {
                    x: left,
                    baseline,
                    text: format!("{only} "),
                    look: name,
                    node: Some(label),
                });
                self.text(&fact.text, look, indent, body);
            } else {
                // A long label stands over its text.
                self.text(&fact.label, name, 0.0, label);
                self.text(&fact.text, look, indent, body);
            }
            self.gap(1.0);
        }
        self.gap(3.0);
    }

    /// A sheet for one thing: on one page where it fits one.
    fn sheet(&mut self, heading: &str, blocks: &[Block]) {
        self.gap(8.0);
        let before = self.flow.before();
        self.sheet_inside(heading, blocks);
        if self.flow.was_torn(&before) {
            self.flow.back_to(&before);
            self.flow.turn();
            self.sheet_inside(heading, blocks);
        }
    }

    fn sheet_inside(&mut self, heading: &str, blocks: &[Block]) {
        let look = self.look(Weight::Bold, BODY + 1.0, INK);
        self.flow.need(look.size * LEADING * 4.0);
        let (x, y, width) = (self.flow.left, self.flow.y, self.flow.width);
        self.flow.put(Mark::Area { x, y, width, height: 0.75, colour: LINE });
        self.flow.y += 5.0 * self.scale;
        let outer = self.parent;
        self.parent = Some(self.add(Role::Section));
        let node = self.add(Role::Heading(3, heading.to_owned()));
        self.text(heading, look, 0.0, node);
        self.gap(2.0);
        blocks.iter().for_each(|block| self.block(block));
        self.parent = outer;
    }

    /// Lines to write on, side by side.
    fn lines(&mut self, labels: &[String]) {
        let small = self.look(Weight::Regular, SMALL, SOFT);
        let between = 18.0;
        let columns = f32::from(u8::try_from(labels.len().max(1)).unwrap_or(u8::MAX));
        let width = (self.flow.width - between * (columns - 1.0)) / columns;
        let above = 20.0 * self.scale;
        self.flow.need(above + small.size * LEADING);
        self.flow.y += above;
        let mut x = self.flow.left;
        let y = self.flow.y;
        for label in labels {
            let node = Some(self.add(Role::Paragraph));
            self.flow.put(Mark::Area { x, y, width, height: 0.5, colour: SOFT });
            let text = self.fonts.cut(label, small.weight, small.size, width);
            self.flow.put(Mark::Text { x, baseline: y + small.size * 1.2, text, look: small, node });
            x += width + between;
        }
        self.flow.y += small.size * LEADING;
        self.gap(4.0);
    }

    /// Every source with its date: small on the board's page, a list elsewhere; and the digest.
    fn as_of(&mut self, document: &Document) {
        let digest = format!("Digest of what is said (SHA-256): {}", document.digest());
        if document.kind == Kind::Board {
            let told: Vec<String> = document.as_of.iter().map(in_one).collect();
            self.gap(4.0);
            let look = self.look(Weight::Regular, TINY, SOFT);
            let node = self.add(Role::Paragraph);
            self.text(&format!("As of: {}. {digest}.", told.join("; ")), look, 0.0, node);
            return;
        }
        self.heading("As of");
        let columns = [
            wardround_report::document::Column::text("Source", 55),
            wardround_report::document::Column::text("From", 45),
        ];
        let rows: Vec<Vec<String>> =
            document.as_of.iter().map(|source| vec![source.source.clone(), source.date.clone()]).collect();
        table::table(self, "Every source, and the day that it tells of", &columns, &rows);
        let look = self.look(Weight::Regular, SMALL, SOFT);
        self.paragraph(&digest, look);
    }
}

fn in_one(source: &AsOf) -> String {
    format!("{}: {}", source.source, source.date)
}

/// A part of the most, from 0 to 1.
fn share(value: u64, most: u64) -> f32 {
    let thousandths = u128::from(value) * 1000 / u128::from(most.max(1));
    f32::from(u16::try_from(thousandths).unwrap_or(1000)) / 1000.0
}

/// What stands before an item of a list.
#[derive(Clone, Copy)]
enum Bullet {
    Dot,
    Number,
    /// A box to tick.
    Box,
}

impl Bullet {
    fn text(self, place: usize) -> String {
        match self {
            Self::Dot => "•".to_owned(),
            Self::Number => format!("{}.", place + 1),
            Self::Box => "☐".to_owned(),
        }
    }
}
