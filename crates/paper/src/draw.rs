//! The file: pages, structure, list of contents and what the file says of itself, through krilla.

use krilla::color::rgb;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, SpanTag};
use krilla::{Document as Pdf, SerializeSettings};
use wardround_report::document::Document;

use crate::flow::{Colour, Flow, LINE, Look, MARGIN, Mark, Place, SOFT};
use crate::font::{Fonts, Weight};
use crate::tree::Tree;
use crate::{PaperError, Sheet};

pub(crate) fn write(
    document: &Document,
    flow: Flow,
    fonts: &Fonts,
    sheet: Sheet,
) -> Result<Vec<u8>, PaperError> {
    let accessible = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1).finish();
    let configuration = accessible.map_err(|error| PaperError::Pdf(format!("{error:?}")))?;
    let mut pdf = Pdf::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let (width, height) = sheet.points();
    let Flow { pages, mut tree, places, .. } = flow;
    let count = pages.len();
    let footer = Footer { document, digest: document.digest(), count, width, height };
    for (number, marks) in (1..).zip(&pages) {
        let settings =
            PageSettings::from_wh(width, height).ok_or_else(|| PaperError::Pdf("size".to_owned()))?;
        let mut page = pdf.start_page_with(settings);
        let mut pen = Pen { surface: page.surface(), fonts };
        marks.iter().for_each(|mark| pen.mark(mark, &mut tree));
        footer.draw(&mut pen, number);
        drop(pen);
        page.finish();
    }
    pdf.set_outline(outline(&places));
    pdf.set_tag_tree(tree.finish());
    pdf.set_metadata(metadata(document));
    pdf.finish().map_err(|error| PaperError::Pdf(format!("{error:?}")))
}

/// What the file says of itself: nothing of the moment that it was made at.
fn metadata(document: &Document) -> Metadata {
    Metadata::new()
        .title(document.title.clone())
        .description(document.subtitle.clone())
        .language("en".to_owned())
        .creator("Wardround".to_owned())
        .document_id(document.digest())
}

/// Headings, for the list of contents that a reader shows.
fn outline(places: &[Place]) -> Outline {
    let mut outline = Outline::new();
    let node = |place: &Place| {
        let point = Point::from_xy(MARGIN, (place.y - 6.0).max(0.0));
        OutlineNode::new(place.title.clone(), XyzDestination::new(place.page, point))
    };
    let mut places = places.iter();
    if let Some(title) = places.next() {
        let mut root = node(title).with_open(true);
        places.filter(|place| place.is_below).for_each(|place| root.push_child(node(place)));
        outline.push_child(root);
    }
    outline
}

/// What draws on one page.
struct Pen<'s, 'f> {
    surface: Surface<'s>,
    fonts: &'f Fonts,
}

impl Pen<'_, '_> {
    fn mark(&mut self, mark: &Mark, tree: &mut Tree) {
        match mark {
            Mark::Text { x, baseline, text, look, node: Some(node) } => {
                let line = self.surface.start_tagged(ContentTag::Span(SpanTag::empty()));
                self.text(*x, *baseline, text, *look);
                self.surface.end_tagged();
                tree.line(*node, line);
            }
            Mark::Text { x, baseline, text, look, node: None } => {
                self.decoration(ArtifactType::PaginationOther, |pen| pen.text(*x, *baseline, text, *look));
            }
            Mark::Area { x, y, width, height, colour } => {
                self.decoration(ArtifactType::Layout, |pen| pen.area(*x, *y, *width, *height, *colour));
            }
        }
    }

    /// Something that is not read out.
    fn decoration(&mut self, kind: ArtifactType, draw: impl FnOnce(&mut Self)) {
        // What an artifact answers with stands for nothing.
        let _ = self.surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
        draw(self);
        self.surface.end_tagged();
    }

    fn text(&mut self, x: f32, baseline: f32, text: &str, look: Look) {
        let face = self.fonts.face(look.weight);
        self.surface.set_fill(Some(fill(look.colour)));
        let start = Point::from_xy(x, baseline);
        self.surface.draw_glyphs(start, &face.glyphs(text), face.font.clone(), text, look.size, false);
    }

    fn area(&mut self, x: f32, y: f32, width: f32, height: f32, colour: Colour) {
        let Some(area) = Rect::from_xywh(x, y, width, height) else { return };
        let mut path = PathBuilder::new();
        path.push_rect(area);
        if let Some(path) = path.finish() {
            self.surface.set_fill(Some(fill(colour)));
            self.surface.draw_path(&path);
        }
    }
}

fn fill((red, green, blue): Colour) -> Fill {
    Fill {
        paint: rgb::Color::new(red, green, blue).into(),
        opacity: NormalizedF32::ONE,
        rule: FillRule::NonZero,
    }
}

/// What stands at the foot of every page: whose report it is and of when, its digest, and which page of how many.
struct Footer<'d> {
    document: &'d Document,
    digest: String,
    count: usize,
    width: f32,
    height: f32,
}

impl Footer<'_> {
    fn draw(&self, pen: &mut Pen<'_, '_>, number: usize) {
        let look = Look { weight: Weight::Regular, size: 6.8, colour: SOFT };
        let wide = self.width - 2.0 * MARGIN;
        let top = self.height - MARGIN - 16.0;
        let page = format!("Page {number} of {}", self.count);
        let page_wide = pen.fonts.face(look.weight).width(&page) * look.size;
        let parts = [self.document.hospital.as_str(), &self.document.title, &self.document.subtitle];
        let told: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let told = pen.fonts.cut(&told.join(" · "), look.weight, look.size, wide - page_wide - 12.0);
        let digest = format!("SHA-256 {}", self.digest);
        pen.decoration(ArtifactType::Footer, |pen| {
            pen.area(MARGIN, top, wide, 0.5, LINE);
            pen.text(MARGIN, top + 10.0, &told, look);
            pen.text(MARGIN + wide - page_wide, top + 10.0, &page, look);
            pen.text(MARGIN, top + 19.0, &digest, look);
        });
    }
}
