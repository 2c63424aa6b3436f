//! A report as such: what it says, block by block, without a word about how it looks.
//!
//! A report is told once as a [`Document`] ([`crate::tell`]); HTML, CSV, XLSX and JSON are made from it here, PDF by `paper`.
//! Its digest is that of what it says, so it is the same in every format; a [`seal`] is put on each file.

mod csv;
mod html;
mod json;
mod plain;
pub mod seal;
mod xlsx;

use ring::digest::{SHA256, digest};
use serde::Serialize;

pub use csv::csv;
pub use html::{body, html};
pub use json::json;
pub use xlsx::xlsx;

/// Which report it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The board's page.
    Board,
    /// The technicians' work sheets.
    Work,
    /// The report of a round, with its coverage.
    Round,
}

impl Kind {
    /// All reports.
    pub const ALL: [Self; 3] = [Self::Board, Self::Work, Self::Round];

    /// Its name in commands, addresses and seals.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Board => "board",
            Self::Work => "work",
            Self::Round => "round",
        }
    }

    /// The report with this name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// A report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Document {
    /// Which report.
    pub kind: Kind,
    /// Its title.
    pub title: String,
    /// The hospital, as it names itself; empty where nobody said.
    pub hospital: String,
    /// From which round and of which day, in one sentence.
    pub subtitle: String,
    /// What it says.
    pub blocks: Vec<Block>,
    /// Every source, and the day that it tells of.
    pub as_of: Vec<AsOf>,
}

/// A source, and the moment that it tells of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AsOf {
    /// Which.
    pub source: String,
    /// From when, in words; `undated` where it does not say.
    pub date: String,
}

/// One part of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "block")]
pub enum Block {
    /// The heading of what follows.
    Heading {
        /// Its words.
        text: String,
    },
    /// The one sentence to remember.
    Lead {
        /// The sentence.
        text: String,
    },
    /// A paragraph.
    Paragraph {
        /// Its words.
        text: String,
    },
    /// Sentences, each of its own.
    List {
        /// The sentences.
        items: Vec<String>,
    },
    /// What is asked of the reader, numbered.
    Asked {
        /// The heading.
        heading: String,
        /// What is asked.
        items: Vec<String>,
    },
    /// Numbers to see at a glance.
    Figures {
        /// The numbers.
        figures: Vec<Figure>,
    },
    /// Bars, each with what it was before.
    Bars {
        /// What is counted.
        heading: String,
        /// The bars.
        bars: Vec<Bar>,
    },
    /// Labels with what each stands for.
    Facts {
        /// The pairs.
        facts: Vec<Fact>,
    },
    /// A table.
    Table {
        /// What it lists, for those who hear it read.
        caption: String,
        /// Its columns.
        columns: Vec<Column>,
        /// Its rows, each with a cell for every column.
        rows: Vec<Vec<String>>,
    },
    /// A sheet of its own for one thing; kept on one page where it fits.
    Sheet {
        /// What it is about.
        heading: String,
        /// What it says.
        blocks: Vec<Block>,
    },
    /// Steps to tick off by hand.
    Ticks {
        /// The steps.
        items: Vec<String>,
    },
    /// Lines to write on.
    Lines {
        /// What is written on each.
        labels: Vec<String>,
    },
}

/// A number to see at a glance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Figure {
    /// The number.
    pub value: String,
    /// What it counts.
    pub label: String,
    /// What it was before, where that is known.
    pub before: String,
}

/// A bar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bar {
    /// What is counted.
    pub label: String,
    /// How many.
    pub now: u64,
    /// How many there were before, where that is known.
    pub before: Option<u64>,
}

/// A label and what it stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// The label.
    pub label: String,
    /// What it stands for.
    pub text: String,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its heading.
    pub heading: String,
    /// How wide it is beside the others.
    pub share: u16,
    /// Whether it holds numbers.
    pub number: bool,
}

impl Column {
    /// A column of texts.
    #[must_use]
    pub fn text(heading: &str, share: u16) -> Self {
        Self { heading: heading.to_owned(), share, number: false }
    }

    /// A column of numbers.
    #[must_use]
    pub fn number(heading: &str, share: u16) -> Self {
        Self { number: true, ..Self::text(heading, share) }
    }
}

impl Block {
    /// A heading.
    #[must_use]
    pub fn heading(text: &str) -> Self {
        Self::Heading { text: text.to_owned() }
    }

    /// A paragraph.
    #[must_use]
    pub fn paragraph(text: impl Into<String>) -> Self {
        Self::Paragraph { text: text.into() }
    }

    /// Labels with their texts; those without a text are left out.
    #[must_use]
    pub fn facts<'f>(facts: impl IntoIterator<Item = (&'f str, String)>) -> Self {
        let told = facts.into_iter().filter(|(_, text)| !text.is_empty());
        Self::Facts { facts: told.map(|(label, text)| Fact { label: label.to_owned(), text }).collect() }
    }
}

impl Document {
    /// The digest of what it says (SHA-256, as hex): the same in every format, and for the same input.
    #[must_use]
    pub fn digest(&self) -> String {
        // A document is texts and numbers alone, which JSON always holds.
        let canonical = serde_json::to_vec(self).unwrap_or_default();
        hex(digest(&SHA256, &canonical).as_ref())
    }
}

/// Bytes as hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
