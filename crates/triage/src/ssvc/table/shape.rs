//! The columns of each table that is known, and the words that each column knows.

use super::TableError;

/// A column: its name and its words, from the least to the most urgent.
type Column = (&'static str, &'static [&'static str]);

/// The columns of a table; the last one is the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    points: &'static [Column],
    answer: Column,
}

const EXPLOITATION: Column = ("exploitation", &["none", "public-poc", "active"]);
const AUTOMATABLE: Column = ("automatable", &["no", "yes"]);

/// CISA's table ("CISA Coordinator").
pub(crate) const CISA: Shape = Shape {
    points: &[
        EXPLOITATION,
        AUTOMATABLE,
        ("technical-impact", &["partial", "total"]),
        ("mission-wellbeing", &["low", "medium", "high"]),
    ],
    answer: ("decision", &["track", "track-star", "attend", "act"]),
};

/// CERT/CC's table for those who install updates ("Deployer Patch Application Priority").
pub(crate) const DEPLOYER: Shape = Shape {
    points: &[
        EXPLOITATION,
        ("exposure", &["small", "controlled", "open"]),
        AUTOMATABLE,
        ("human-impact", &["low", "medium", "high", "very-high"]),
    ],
    answer: ("priority", &["defer", "scheduled", "out-of-cycle", "immediate"]),
};

/// CERT/CC's table that makes one point of safety and mission ("Human Impact").
pub(crate) const HUMAN_IMPACT: Shape = Shape {
    points: &[
        ("safety", &["negligible", "marginal", "critical", "catastrophic"]),
        ("mission", &["degraded", "support-crippled", "function-fails", "mission-fails"]),
    ],
    answer: ("human-impact", &["low", "medium", "high", "very-high"]),
};

impl Shape {
    /// Whether a row of column names is that of this table.
    pub(super) fn has_columns(self, row: &str) -> bool {
        let own = self.points.iter().chain([&self.answer]).map(|(name, _)| *name);
        row.split(',').map(str::trim).eq(own)
    }

    /// How many combinations of points there are.
    pub(super) fn combinations(self) -> usize {
        self.points.iter().map(|(_, words)| words.len()).product()
    }

    /// The place of a combination among all.
    pub(super) fn place(self, points: &[usize]) -> Option<usize> {
        if points.len() != self.points.len() {
            return None;
        }
        let mut place = 0;
        for (point, (_, words)) in points.iter().zip(self.points) {
            place = place * words.len() + Some(*point).filter(|point| *point < words.len())?;
        }
        Some(place)
    }

    /// The words of the combination at this place, as a row would begin.
    pub(super) fn combination(self, mut place: usize) -> String {
        let mut words = Vec::new();
        for (_, column) in self.points.iter().rev() {
            words.push(column.get(place % column.len()).copied().unwrap_or_default());
            place /= column.len();
        }
        words.reverse();
        words.join(",")
    }

    /// The words of these points and the answer, in the order of the columns.
    pub(crate) fn words(self, points: &[usize], answer: usize) -> Option<(Vec<&'static str>, &'static str)> {
        let words = points.iter().zip(self.points).map(|(point, (_, words))| words.get(*point).copied());
        Some((words.collect::<Option<_>>()?, self.answer.1.get(answer).copied()?))
    }

    /// A row's combination and answer.
    pub(super) fn row(self, line: usize, row: &str) -> Result<(usize, usize), TableError> {
        let mut words = row.split(',').map(str::trim);
        let mut points = Vec::with_capacity(self.points.len());
        for column in self.points {
            points.push(word(line, *column, words.next())?);
        }
        let answer = word(line, self.answer, words.next())?;
        let place = self.place(&points).filter(|_| words.next().is_none());
        place.map(|place| (place, answer)).ok_or_else(|| not_known(line, self.answer))
    }
}

fn word(line: usize, column: Column, word: Option<&str>) -> Result<usize, TableError> {
    let place = column.1.iter().position(|known| word.is_some_and(|word| word.eq_ignore_ascii_case(known)));
    place.ok_or_else(|| not_known(line, column))
}

fn not_known(line: usize, (column, words): Column) -> TableError {
    TableError::Word { line, column, expected: words.join(", ") }
}
