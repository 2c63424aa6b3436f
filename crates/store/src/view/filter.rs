//! The conditions of a query: fixed words with a mark for each value, and the values beside them.

use rusqlite::types::Value;
use wardround_model::RoundId;

/// The longest text that is looked for, in characters: longer ones find nothing more.
const LONGEST_SEARCH: usize = 100;
/// The most words of it.
const MOST_WORDS: usize = 8;

/// Conditions that all hold.
pub(super) struct Conditions {
    sql: String,
    values: Vec<Value>,
}

impl Conditions {
    /// That the column names this round.
    pub(super) fn of_round(column: &str, round: RoundId) -> Self {
        Self { sql: format!("{column} = ?"), values: vec![Value::Integer(round.0)] }
    }

    /// The same, behind other marks whose values are these.
    pub(super) fn behind(mut self, mut values: Vec<Value>) -> Self {
        values.append(&mut self.values);
        Self { values, ..self }
    }

    /// And this one, which has one mark for one value.
    pub(super) fn and(&mut self, condition: &str, value: impl Into<Value>) {
        self.and_all(condition, [value.into()]);
    }

    /// And this one, which has a mark for each value.
    pub(super) fn and_all(&mut self, condition: &str, values: impl IntoIterator<Item = Value>) {
        self.sql.push_str(" AND ");
        self.sql.push_str(condition);
        self.values.extend(values);
    }

    /// And that a column holds one of these codes.
    pub(super) fn and_one_of(&mut self, column: &str, codes: &[&str]) {
        let marks = vec!["?"; codes.len()].join(", ");
        let values = codes.iter().map(|code| Value::Text((*code).to_owned()));
        self.and_all(&format!("{column} IN ({marks})"), values);
    }

    pub(super) fn sql(&self) -> &str {
        &self.sql
    }

    pub(super) fn values(&self) -> &[Value] {
        &self.values
    }
}

/// The words of a text that is looked for, in lower case.
pub(super) fn words(text: &str) -> Vec<String> {
    let text: String = text.chars().take(LONGEST_SEARCH).flat_map(char::to_lowercase).collect();
    text.split_whitespace().take(MOST_WORDS).map(str::to_owned).collect()
}
