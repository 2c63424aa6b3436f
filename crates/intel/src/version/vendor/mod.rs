//! The order that nearly all makers agree on, which says "cannot compare" instead of guessing.
//!
//! Vulnerability records order versions (from 8.5p1, before 9.8) without saying how. This order holds for what nearly
//! all makers do: numbers compare as numbers, missing numbers are zero, `alpha < beta < rc < release`, a letter or a
//! patch level comes after the release (`1.0.2 < 1.0.2k < 1.0.2l`, `7.2 < 7.2p1`). Where makers differ (`1.0b2` is a
//! beta here and a patch there, `sp1` against `hf2`, `1.01` against `1.1`) there is no answer. What is comparable is a
//! strict partial order: transitive, and never contradicting itself.
//!
//! Not here: orders that an ecosystem defines (Debian, RPM, PyPI: the sibling modules).

mod plain;
mod read;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;

use compact_str::CompactString;
use smallvec::SmallVec;

/// A version, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// In place for nearly all: records are held against by the million.
    groups: SmallVec<[Group; 2]>,
}

/// Numbers, and the mark before them: `7.2p2` is (start) 7, 2 and (patch) 2.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Group {
    mark: Mark,
    numbers: SmallVec<[Number; 4]>,
}

/// A number and, where it has leading zeros, how many digits it is written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Number {
    value: u64,
    width: u8,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Mark {
    /// The beginning, with what stands before the first number (`r` of `R2.1`), if anything does.
    Start(CompactString),
    /// A stage before the release whose order is agreed on.
    Stage(Stage),
    /// Another stage before the release: `dev`, `preview`.
    Before(CompactString),
    /// A letter or two after the release: `1.0.2k`, `0.9.8za`.
    Letter(CompactString),
    /// An update of the release: `p1`, `sp2`, `hotfix 3`, `-4`.
    After(Update),
    /// A word of unknown meaning.
    Word(CompactString),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Alpha,
    Beta,
    Candidate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Update {
    Patch,
    ServicePack,
    Numbered,
    Hotfix,
    Revision,
    MaintenancePack,
}

/// How one version goes beyond another that it begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extension {
    /// By a first patch level only (`7.3p1` of `7.3`).
    FirstPatch,
    /// By an update of another kind or number (`7.2p2` of `7.2`, `8 sp1` of `8`).
    Update,
}

impl Version {
    /// Which version is newer; `None` when that cannot be said.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        let longest = self.groups.len().max(other.groups.len());
        for at in 0..longest {
            let order = compare_groups(self.groups.get(at), other.groups.get(at))?;
            if order != Ordering::Equal {
                return Some(order);
            }
        }
        Some(Ordering::Equal)
    }

    /// How this version extends `base`; `None` when it is not an update of it.
    #[must_use]
    pub fn extends(&self, base: &Self) -> Option<Extension> {
        let (start, rest) = self.groups.split_at_checked(base.groups.len())?;
        let (next, more) = rest.split_first()?;
        let Mark::After(update) = &next.mark else { return None };
        if start != base.groups.as_slice() {
            return None;
        }
        let first = Number { value: 1, width: 0 };
        let first_patch = *update == Update::Patch && more.is_empty() && next.numbers.as_slice() == [first];
        Some(if first_patch { Extension::FirstPatch } else { Extension::Update })
    }
}

fn compare_groups(one: Option<&Group>, two: Option<&Group>) -> Option<Ordering> {
    match (one, two) {
        (Some(one), Some(two)) => match compare_marks(&one.mark, &two.mark)? {
            Ordering::Equal => compare_numbers(&one.numbers, &two.numbers),
            order => Some(order),
        },
        (Some(one), None) => compare_with_end(&one.mark),
        (None, Some(two)) => compare_with_end(&two.mark).map(Ordering::reverse),
        (None, None) => Some(Ordering::Equal),
    }
}

fn compare_marks(one: &Mark, two: &Mark) -> Option<Ordering> {
    let before = |mark: &Mark| matches!(mark, Mark::Stage(_) | Mark::Before(_));
    let after = |mark: &Mark| matches!(mark, Mark::Letter(_) | Mark::After(_));
    match (one, two) {
        (Mark::Stage(one), Mark::Stage(two)) => Some(one.cmp(two)),
        (Mark::Letter(one), Mark::Letter(two)) => Some(one.cmp(two)),
        _ if one == two => Some(Ordering::Equal),
        _ if before(one) && after(two) => Some(Ordering::Less),
        _ if after(one) && before(two) => Some(Ordering::Greater),
        _ => None,
    }
}

/// How a version that goes on with this mark compares with one that ends before it.
fn compare_with_end(mark: &Mark) -> Option<Ordering> {
    match mark {
        Mark::Stage(_) | Mark::Before(_) => Some(Ordering::Less),
        Mark::Letter(_) | Mark::After(_) => Some(Ordering::Greater),
        Mark::Word(_) | Mark::Start(_) => None,
    }
}

fn compare_numbers(one: &[Number], two: &[Number]) -> Option<Ordering> {
    const ZERO: Number = Number { value: 0, width: 0 };
    for at in 0..one.len().max(two.len()) {
        let (one, two) = (one.get(at).unwrap_or(&ZERO), two.get(at).unwrap_or(&ZERO));
        match one.value.cmp(&two.value) {
            // 2.1 may be 2.01 or 2.10: makers differ.
            Ordering::Equal if one.width != two.width => return None,
            Ordering::Equal => {}
            order => return Some(order),
        }
    }
    Some(Ordering::Equal)
}
