//! Scores: what is the same, what differs, what is not read. Not here: who compares.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What came of comparing one field of one thing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    /// Both say the same.
    Same,
    /// They say different things: ours, theirs.
    Differs(String, String),
    /// We do not read this.
    NotRead,
    /// We read it, and keep nothing because every word may name a person.
    KeptBack,
}

impl Outcome {
    /// The outcome of holding our value against theirs.
    pub(crate) fn of<T: PartialEq + fmt::Debug>(ours: &T, theirs: &T) -> Self {
        if ours == theirs { Self::Same } else { Self::Differs(format!("{ours:?}"), format!("{theirs:?}")) }
    }
}

/// A field that two readers tell differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) source: &'static str,
    pub(crate) field: &'static str,
    /// The capture, by its file name.
    pub(crate) file: String,
    pub(crate) thing: String,
    pub(crate) ours: String,
    pub(crate) theirs: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source, field, file, thing, ours, theirs } = self;
        write!(f, "{source}\t{field}\t{file}\t{thing}\tours {ours}\ttheirs {theirs}")
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    same: u64,
    differs: u64,
    not_read: u64,
    kept_back: u64,
}

/// All scores.
#[derive(Debug, Default)]
pub(crate) struct Scores {
    cells: BTreeMap<(&'static str, &'static str), Cell>,
    differences: Vec<Difference>,
    told: BTreeSet<Told>,
}

/// What was compared already: source, field, capture, thing, outcome.
type Told = (&'static str, &'static str, String, String, Outcome);

impl Scores {
    /// Counts one comparison. What a log says of the same thing in many rows counts once, or a long connection would hide a short one.
    pub(crate) fn add(
        &mut self,
        (source, field): (&'static str, &'static str),
        (file, thing): (&str, &str),
        outcome: Outcome,
    ) {
        let told = (source, field, file.to_owned(), thing.to_owned(), outcome.clone());
        if !self.told.insert(told) {
            return;
        }
        let cell = self.cells.entry((source, field)).or_default();
        let count = match outcome {
            Outcome::Same => &mut cell.same,
            Outcome::NotRead => &mut cell.not_read,
            Outcome::KeptBack => &mut cell.kept_back,
            Outcome::Differs(ours, theirs) => {
                let (file, thing) = (file.to_owned(), thing.to_owned());
                self.differences.push(Difference { source, field, file, thing, ours, theirs });
                &mut cell.differs
            }
        };
        *count = count.saturating_add(1);
    }

    /// How many comparisons there were.
    #[cfg(test)]
    pub(crate) fn compared(&self) -> usize {
        self.told.len()
    }

    /// Every difference, in the order of comparing.
    pub(crate) fn differences(&self) -> impl Iterator<Item = &Difference> {
        self.differences.iter()
    }

    /// Counts differences as not read where that is what they are.
    pub(crate) fn set_aside(&mut self, is_not_read: impl Fn(&Difference) -> bool) {
        for difference in self.differences.iter().filter(|it| is_not_read(it)) {
            let cell = self.cells.entry((difference.source, difference.field)).or_default();
            cell.differs = cell.differs.saturating_sub(1);
            cell.not_read = cell.not_read.saturating_add(1);
        }
    }

    /// What is the same of all that is read, in hundredths of a percent.
    pub(crate) fn hundredths(&self) -> u64 {
        let sum = |of: fn(&Cell) -> u64| self.cells.values().map(of).fold(0, u64::saturating_add);
        hundredths(sum(|cell| cell.same), sum(|cell| cell.differs))
    }
}

fn hundredths(same: u64, differs: u64) -> u64 {
    same.saturating_mul(10_000).checked_div(same.saturating_add(differs)).unwrap_or(10_000)
}

impl fmt::Display for Scores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<18}{:<26}{:>7}{:>9}{:>10}{:>11}{:>10}",
            "source", "field", "same", "differs", "not read", "kept back", "same, %"
        )?;
        for ((source, field), cell) in &self.cells {
            let Cell { same, differs, not_read, kept_back } = cell;
            let percent = hundredths(*same, *differs);
            let told = if same.saturating_add(*differs) == 0 {
                "-".to_owned()
            } else {
                format!("{}.{:02}", percent / 100, percent % 100)
            };
            writeln!(
                f,
                "{source:<18}{field:<26}{same:>7}{differs:>9}{not_read:>10}{kept_back:>11}{told:>10}"
            )?;
        }
        Ok(())
    }
}
