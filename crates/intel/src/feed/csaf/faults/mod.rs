//! What is wrong with a CSAF 2.0 document by the standard's mandatory tests (section 6.1): one file a group of rules.
//!
//! For people who write or judge documents. The feed reader does not refuse a document for its faults: it leaves out
//! the statements that a fault makes doubtful (which product, which status) and keeps the rest.
//! Not here: the JSON schema as a whole, and the optional and informative tests (6.2, 6.3).

mod history;
mod language;
mod number;
mod place;
mod products;
mod profile;
mod scores;
mod statements;
#[cfg(test)]
mod tests;
mod weakness;

use std::fmt;
use std::io::Read;

use serde_json::Value;

use self::place::Place;
use crate::feed::{FeedError, Input};

/// A mandatory test of the standard: the number of its section, such as `6.1.27.9`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rule(&'static str);

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// One thing that is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The test that it fails.
    pub rule: Rule,
    /// Where: a JSON pointer (RFC 6901).
    pub path: String,
    /// What is wrong there.
    pub text: &'static str,
}

/// A document with more is told no more of its faults.
pub const MAX_FAULTS: usize = 1000;

/// The faults of a document, in the order of the rules; at most `MAX_FAULTS`.
#[must_use]
pub fn faults(document: &Value) -> Vec<Fault> {
    let root = Place::root(document);
    let mut found = Faults::default();
    products::check(&root, &mut found);
    statements::check(&root, &mut found);
    scores::check(&root, &mut found);
    weakness::check(&root, &mut found);
    language::check(&root, &mut found);
    history::check(&root, &mut found);
    profile::check(&root, &mut found);
    found
        .0
        .sort_by(|one, two| numbers(one.rule).cmp(&numbers(two.rule)).then_with(|| one.path.cmp(&two.path)));
    found.0
}

/// Reads a document and gives its faults.
///
/// # Errors
/// When the file is not JSON or is too large.
pub fn check<R: Read>(input: &mut Input<R>) -> Result<Vec<Fault>, FeedError> {
    let bytes = input.read_whole()?;
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let document =
        serde_json::from_slice(text).map_err(|error| input.json_error("the CSAF document".into(), error))?;
    Ok(faults(&document))
}

fn numbers(rule: Rule) -> Vec<u32> {
    rule.0.split('.').filter_map(|number| number.parse().ok()).collect()
}

#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, rule: &'static str, place: &Place<'_>, text: &'static str) {
        if self.0.len() < MAX_FAULTS {
            self.0.push(Fault { rule: Rule(rule), path: place.path().to_owned(), text });
        }
    }
}
