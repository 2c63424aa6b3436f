//! Reports as PDF: what a [`Document`] says, laid out on pages, with a structure that screen readers follow (PDF/UA-1).
//!
//! `font` knows letters and their widths, `flow` puts lines on pages, `blocks` and `table` say how each part of a report
//! looks, `draw` writes the file. Nothing is read from the machine: the fonts are in the program, no clock is asked, and the
//! same document gives the same bytes.
//!
//! Not here: what a report says and its seal (`report`). This room stands alone since PDF takes minutes to build (decision
//! 0012); no room but the program imports it.

mod blocks;
mod draw;
mod flow;
mod font;
mod table;
mod tree;

use wardround_report::document::{Document, Kind};

use crate::blocks::Layout;
use crate::flow::Flow;
use crate::font::Fonts;

/// The size of a sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sheet {
    /// 210 by 297 millimetres (ISO 216).
    #[default]
    A4,
    /// 8.5 by 11 inches (ANSI A).
    Letter,
}

impl Sheet {
    /// Width and height in points.
    const fn points(self) -> (f32, f32) {
        match self {
            Self::A4 => (595.28, 841.89),
            Self::Letter => (612.0, 792.0),
        }
    }
}

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// A font of the program could not be read.
    #[error("a font inside the program could not be read")]
    Font,
    /// The file could not be written.
    #[error("the report could not be written as PDF: {0}")]
    Pdf(String),
}

/// How small letters may get so that a report of one page fits one: the first that fits is taken.
const SCALES: [f32; 6] = [1.0, 0.95, 0.9, 0.85, 0.8, 0.75];

/// A report as PDF, without its seal.
///
/// # Errors
/// When a font cannot be read or the writer refuses, which would be a fault of this program.
pub fn pdf(document: &Document, sheet: Sheet) -> Result<Vec<u8>, PaperError> {
    let fonts = Fonts::new().ok_or(PaperError::Font)?;
    draw::write(document, laid_out(document, sheet, &fonts), &fonts, sheet)
}

fn laid_out(document: &Document, sheet: Sheet, fonts: &Fonts) -> Flow {
    let at = |scale| Layout::new(Flow::new(sheet), fonts, scale).document(document);
    if document.kind != Kind::Board {
        return at(1.0);
    }
    let fits = SCALES.iter().map(|scale| at(*scale)).find(|flow| flow.pages.len() == 1);
    fits.unwrap_or_else(|| at(1.0))
}
