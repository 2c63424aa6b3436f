//! Headings to columns: which row of a file is its heading, and which column means what. Not here: what a list's values mean.

use wardround_model::SourceKind;

use crate::{Mapping, Rows};

use super::field::Field;
use super::heading::plain;
use super::records::Record;

/// What a kind of list looks like.
#[derive(Debug)]
pub(crate) struct Schema {
    /// The kind of list.
    pub(crate) kind: SourceKind,
    /// Fields and the headings that mean them, as [`plain`] writes them, the best first.
    pub(crate) columns: &'static [(Field, &'static [&'static str])],
    /// It is such a list when of each of these groups at least one field is there.
    pub(crate) needs: &'static [&'static [Field]],
    /// Headings that no other list has: each counts three times when it is told apart from other lists.
    pub(crate) telling: &'static [&'static str],
}

/// Which column means what. A field may have several: the first one that is filled counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Columns {
    headings: Vec<String>,
    /// Field, rank of the heading among those that mean it, column.
    places: Vec<(Field, usize, usize)>,
}

impl Columns {
    /// What a row says when it is taken for the heading.
    pub(super) fn of(schema: &Schema, mapping: Option<&Mapping>, row: &Record) -> Self {
        let mut places = Vec::new();
        for (column, heading) in row.cells.iter().enumerate().filter(|(_, heading)| may_be_heading(heading)) {
            let heading = plain(heading);
            match mapped(mapping, &heading) {
                Mapped::To(field) => places.push((field, 0, column)),
                Mapped::ToNothing => {}
                Mapped::Not => {
                    places.extend(known(schema, &heading).map(|(field, rank)| (field, rank, column)))
                }
            }
        }
        places.sort_unstable();
        Self { headings: row.cells.clone(), places }
    }

    /// How well the row fits the schema as its heading; `None` when it does not.
    pub(super) fn score(&self, schema: &Schema) -> Option<usize> {
        let is_such = schema.needs.iter().all(|group| group.iter().any(|field| self.has(*field)));
        let tells = |heading: &&String| schema.telling.contains(&plain(heading).as_str());
        let telling = self.headings.iter().filter(tells).count();
        is_such.then(|| self.places.len().saturating_add(telling.saturating_mul(2)))
    }

    /// Whether a column means this field.
    pub(crate) fn has(&self, field: Field) -> bool {
        self.places.iter().any(|(known, ..)| *known == field)
    }

    /// The columns of a field, the best first.
    pub(super) fn of_field(&self, field: Field) -> impl Iterator<Item = usize> {
        self.places.iter().filter(move |(known, ..)| *known == field).map(|(.., column)| *column)
    }

    /// The field of a column.
    pub(super) fn field_of(&self, column: usize) -> Option<Field> {
        self.places.iter().find(|(.., at)| *at == column).map(|(field, ..)| *field)
    }

    /// The heading of a column.
    pub(super) fn heading(&self, column: usize) -> Option<&str> {
        self.headings.get(column).map(String::as_str)
    }

    /// Whether a row repeats the heading, as programs do on each page.
    pub(super) fn is_repeated_in(&self, row: &Record) -> bool {
        self.headings == row.cells
    }

    /// How many columns have a heading or stand before one that has.
    pub(super) fn width(&self) -> usize {
        self.headings.iter().rposition(|heading| !heading.is_empty()).map_or(0, |last| last.saturating_add(1))
    }

    /// Tells what was understood.
    pub(super) fn tell(&self, rows: &mut Rows<'_>) {
        let told = self.headings.iter().enumerate().map(|(column, heading)| {
            (heading.chars().take(80).collect(), self.field_of(column).map(|field| field.code().to_owned()))
        });
        rows.columns(told.collect());
    }
}

/// Numbers and long texts are no headings; most cells are the one or the other.
fn may_be_heading(cell: &str) -> bool {
    (1..=120).contains(&cell.len()) && cell.contains(|c: char| c.is_alphabetic())
}

enum Mapped {
    /// A person said what it means.
    To(Field),
    /// A person said that it is not to be read.
    ToNothing,
    Not,
}

fn mapped(mapping: Option<&Mapping>, heading: &str) -> Mapped {
    let found = mapping.and_then(|mapping| mapping.columns.iter().find(|(known, _)| plain(known) == heading));
    match found {
        Some((_, field)) => Field::from_code(field).map_or(Mapped::ToNothing, Mapped::To),
        None => Mapped::Not,
    }
}

fn known(schema: &Schema, heading: &str) -> Option<(Field, usize)> {
    schema.columns.iter().find_map(|(field, headings)| {
        let rank = headings.iter().position(|known| *known == heading)?;
        // What a person maps comes first.
        Some((*field, rank.saturating_add(1)))
    })
}
