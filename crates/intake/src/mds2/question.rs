//! The questions of a security sheet: their numbers and their answers.

use crate::table::xlsx::{Cell, SheetRow};

/// Which standard a sheet follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edition {
    /// HN 1-2019: questions are numbered by capability, such as `MLDP-2.1`.
    Of2019,
    /// HN 1-2013: questions are numbered by section, such as `10-1`, after `A` to `D.10` on private data.
    Of2013,
}

/// Capabilities of HN 1-2019 (section headings of its form); `DOC` describes the device.
const CAPABILITIES: [&str; 25] = [
    "DOC", "MPII", "ALOF", "AUDT", "AUTH", "CNFS", "CSUP", "DIDT", "DTBK", "EMRG", "IGAU", "MLDP", "NAUT",
    "CONN", "PAUT", "PLOK", "RDMP", "SBOM", "SAHD", "SGUD", "STCF", "TXCF", "TXIG", "RMOT", "OTHR",
];

impl Edition {
    /// The edition of a sheet; `None` where it is no security sheet. The numbers of 2013 are so plain that the form's own name must
    /// stand beside them.
    pub(super) fn of(rows: &[SheetRow]) -> Option<Self> {
        let texts = || rows.iter().flat_map(texts).map(|(_, text)| text);
        let is_2019 = texts().any(|text| is_number_of_2019(first_word(text)));
        let is_named = || {
            texts().any(|text| {
                let text = text.to_lowercase();
                text.contains("mds2") || text.contains("disclosure statement for medical device security")
            })
        };
        match () {
            () if is_2019 => Some(Self::Of2019),
            () if is_named() => Some(Self::Of2013),
            () => None,
        }
    }
}

/// What a maker answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Yes,
    No,
    NotApplicable,
    /// The answer stands in a note.
    Note,
}

impl Answer {
    /// `Yes`, `No`, `N/A`, `See Note 3`, also with a note behind: `Yes, see note 2`.
    fn of(text: &str) -> Option<Self> {
        let text = text.to_lowercase();
        let text = text.trim_matches(|c: char| c.is_whitespace() || ".:;_-".contains(c));
        let (word, behind) = text.split_once([' ', ',', ';', '(']).unwrap_or((text, ""));
        let is_alone = behind.is_empty() || is_note(behind);
        match word {
            "yes" | "y" if is_alone => Some(Self::Yes),
            "no" | "n" if is_alone => Some(Self::No),
            "n/a" | "na" | "n.a" if is_alone => Some(Self::NotApplicable),
            "not" if behind == "applicable" => Some(Self::NotApplicable),
            _ if is_note(text) => Some(Self::Note),
            _ => None,
        }
    }
}

/// `see note`, `see notes 3, 4`, `note #2`, `see explanatory note`: a word for a note, and numbers.
fn is_note(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut has_note = false;
    words.into_iter().all(|word| {
        has_note |= matches!(word, "note" | "notes");
        matches!(word, "see" | "note" | "notes" | "explanatory" | "and" | "s")
            || word.bytes().all(|b| b.is_ascii_digit())
    }) && has_note
}

/// One question with its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Question {
    /// Its row.
    pub(super) row: u64,
    /// Its number.
    pub(super) id: String,
    /// Its answer, where one of the standard's stands in its row.
    pub(super) answer: Option<Answer>,
    /// The column that the answer stands in.
    pub(super) answer_column: Option<usize>,
    /// Columns behind the question that hold something.
    filled: Vec<usize>,
}

impl Question {
    /// The question of a row: its number is the first text of the row that looks like one, its answer the first behind it that
    /// is one of the standard's.
    pub(super) fn of(row: &SheetRow, edition: Edition) -> Option<Self> {
        let mut cells: Vec<(usize, &str)> = texts(row).collect();
        cells.sort_unstable_by_key(|(column, _)| *column);
        let (at, id) =
            cells.iter().enumerate().find_map(|(at, (_, text))| Some((at, number_of(text, edition)?)))?;
        let behind = cells.get(at.saturating_add(1)..).unwrap_or_default();
        let found = behind.iter().find_map(|(column, text)| Some((*column, Answer::of(text)?)));
        Some(Self {
            row: row.number,
            id,
            answer: found.map(|(_, answer)| answer),
            answer_column: found.map(|(column, _)| column),
            filled: behind.iter().map(|(column, _)| *column).collect(),
        })
    }

    /// What it asks about: `MLDP` of `MLDP-2`, section `10` of `10-1`.
    pub(super) fn capability(&self) -> &str {
        self.id.split(['-', '.']).next().unwrap_or(&self.id)
    }

    pub(super) fn has_text_in(&self, column: usize) -> bool {
        self.filled.contains(&column)
    }

    /// Whether words answer it: those that describe the device.
    pub(super) fn is_free_text(&self) -> bool {
        self.id.starts_with("DOC-")
    }
}

/// The texts of a row by column.
pub(super) fn texts(row: &SheetRow) -> impl Iterator<Item = (usize, &str)> {
    row.cells.iter().filter_map(|(column, cell)| match cell {
        Cell::Text(text) if !text.trim().is_empty() => Some((*column, text.trim())),
        _ => None,
    })
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}

/// The number of a question, alone in its cell or before the question.
fn number_of(text: &str, edition: Edition) -> Option<String> {
    let word = first_word(text).trim_end_matches('.');
    let is_number = match edition {
        Edition::Of2019 => is_number_of_2019(word),
        Edition::Of2013 => is_number_of_2013(word) || word == text && is_letter_of_2013(word),
    };
    is_number.then(|| word.to_uppercase())
}

fn is_number_of_2019(word: &str) -> bool {
    let Some((capability, number)) = word.split_once('-') else { return false };
    CAPABILITIES.iter().any(|known| known.eq_ignore_ascii_case(capability)) && is_dotted(number, 4)
}

/// `10-1`, `10-1.2`: section 1 to 20.
fn is_number_of_2013(word: &str) -> bool {
    let Some((section, number)) = word.split_once('-') else { return false };
    let section = section.parse::<u8>().ok().filter(|_| section.len() <= 2);
    section.is_some_and(|section| (1..=20).contains(&section)) && is_dotted(number, 2)
}

/// `A`, `B.1` to `D.10`.
fn is_letter_of_2013(word: &str) -> bool {
    let (letter, number) = word.split_once('.').unwrap_or((word, "1"));
    matches!(letter, "A" | "B" | "C" | "D") && is_dotted(number, 1)
}

/// Numbers of one or two digits with dots between, at most so many.
fn is_dotted(text: &str, most: usize) -> bool {
    let is_short = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    text.split('.').count() <= most && text.split('.').all(is_short)
}
