//! The table of strings that cells share (ECMA-376, 18.4.9): one text and where each string stands in it.

use super::XlsxError;
use super::xml::{Part, Step};

/// The most strings of a workbook.
const MOST_STRINGS: usize = 4_000_000;

#[derive(Debug, Default)]
pub(super) struct Strings {
    text: String,
    ends: Vec<usize>,
}

impl Strings {
    pub(super) fn read(part: &Part) -> Result<Self, XlsxError> {
        let (mut strings, mut steps) = (Self::default(), part.steps());
        // Phonetic hints (`rPh`) hold a `t` of their own, which is not part of the string.
        let (mut in_text, mut in_hint) = (false, false);
        while let Some(step) = steps.next()? {
            match step {
                Step::Start(element) => {
                    in_hint |= element.is("rPh");
                    in_text = element.is("t") && !in_hint;
                }
                Step::Text(text) if in_text => strings.text.push_str(&text),
                Step::Text(_) => {}
                Step::End(name) => {
                    in_text = false;
                    in_hint &= name != "rPh";
                    if name == "si" {
                        strings.ends.push(strings.text.len());
                    }
                }
            }
            if strings.ends.len() > MOST_STRINGS {
                return Err(XlsxError::TooMany("strings"));
            }
        }
        Ok(strings)
    }

    /// The string at this place.
    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let start = index.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.text.get(start..*self.ends.get(index)?)
    }
}
