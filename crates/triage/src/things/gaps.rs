//! What an asset has and the index cannot be asked about: told together, as one question each.

use std::collections::BTreeMap;

use wardround_model::Ground;

use crate::opinion::Open;
use crate::phrases;

/// The most names and grounds that a question tells.
const TOLD: usize = 5;

/// Why the index cannot be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Gap {
    /// The table of names has no name for it.
    NotInAnyList,
    /// A package of a distribution whose release is not known.
    ReleaseNotKnown,
    /// The index has no list for its ecosystem.
    NoListHere,
}

/// Some of what falls into a gap, and how much does.
#[derive(Debug, Default)]
struct Fallen {
    names: Vec<String>,
    count: usize,
    grounds: Vec<Ground>,
}

/// The gaps of one asset.
#[derive(Debug, Default)]
pub(crate) struct Gaps {
    fallen: BTreeMap<Gap, Fallen>,
}

impl Gaps {
    /// Adds a thing; they come in the same order every time.
    pub(crate) fn add(&mut self, gap: Gap, name: String, ground: Ground) {
        let fallen = self.fallen.entry(gap).or_default();
        if fallen.names.contains(&name) {
            return;
        }
        fallen.count = fallen.count.saturating_add(1);
        if fallen.names.len() < TOLD {
            fallen.names.push(name);
            fallen.grounds.push(ground);
        }
    }

    /// The questions, each with its grounds.
    pub(crate) fn questions(&self) -> impl Iterator<Item = (Open, &[Ground])> {
        self.fallen.iter().map(|(gap, fallen)| (fallen.question(*gap), fallen.grounds.as_slice()))
    }
}

impl Fallen {
    fn question(&self, gap: Gap) -> Open {
        let hidden = self.count.saturating_sub(self.names.len());
        let more = (0..hidden).map(|_| String::new());
        let names = phrases::list(self.names.iter().cloned().chain(more)).unwrap_or_default();
        match gap {
            Gap::NotInAnyList => Open::to_owner(
                "not-in-any-list",
                format!(
                    "It shows {names}. We know of no name for that in the lists of published weaknesses, so it could not be \
                     checked. Its maker can say whether weaknesses are known"
                ),
                format!("Are weaknesses of {names} known to those who made it?"),
            ),
            Gap::ReleaseNotKnown => Open::to_owner(
                "release-not-known",
                format!(
                    "It has {names}, built by a distribution whose release is not known. Distributions mend weaknesses \
                     without raising the version, so these could not be judged"
                ),
                "Which distribution and which release of it does this device run?",
            ),
            Gap::NoListHere => Open::to_owner(
                "no-list-of-its-packages",
                format!(
                    "It has {names}. We hold no list of weaknesses for packages of that kind, so these could not be judged"
                ),
                "Which updates does the list of its distribution name for these packages?",
            ),
        }
    }
}
