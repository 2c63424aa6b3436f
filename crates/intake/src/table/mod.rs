//! Tables to rows: text with separators and XLSX workbooks, with the heading found and its columns understood. Each list's own module
//! says in a [`Schema`] which headings mean what and reads one [`Line`] after the other. Not here: what a list's values mean.

mod address;
mod claims;
pub(crate) mod date;
mod field;
mod heading;
mod line;
mod records;
mod schema;
mod text;
pub mod xlsx;
mod zip;

use std::ops::ControlFlow;

use wardround_model::{SourceKind, Subject};

use crate::{ImportError, Mapping, Request, Row, Rows};
pub(crate) use address::{host_name, ips, mac};
pub(crate) use claims::Claims;
pub(crate) use date::{Order, moment};
pub(crate) use field::Field;
pub(crate) use heading::plain;
pub(crate) use line::{Line, flag_of, yes_or_no};
use records::{Cut, HEADING_WITHIN, Head, Record, RecordsError, Source};
pub(crate) use schema::{Columns, Schema};
pub(crate) use text::{decode, decode_beginning};
pub use zip::ZipError;

/// The names of all fields that a column can be mapped to, in order.
#[must_use]
pub fn field_names() -> Vec<&'static str> {
    let mut names: Vec<&str> = Field::ALL.iter().map(|field| field.code()).collect();
    names.sort_unstable();
    names
}

/// What a row is called with.
type Each<'f> = &'f mut dyn FnMut(&Line<'_>, &mut Rows<'_>);

/// A heading that was found.
struct Heading {
    cut: Cut,
    /// Its place among the records, from 0.
    place: usize,
    columns: Columns,
    score: usize,
}

/// Reads every row of a table that tells things by name; see [`Line::named_thing`].
pub(crate) fn read_named(
    request: &Request<'_>,
    rows: &mut Rows<'_>,
    schema: &Schema,
    each: &mut dyn FnMut(&Line<'_>, &mut Rows<'_>, Subject),
) -> Result<(), ImportError> {
    let mut claims = Claims::default();
    read(request, rows, schema, &mut |line, rows| {
        if let Some(subject) = line.named_thing(rows, &mut claims) {
            each(line, rows, subject);
        }
    })?;
    claims.tell(rows);
    Ok(())
}

/// Reads every row of a table below its heading.
pub(crate) fn read(
    request: &Request<'_>,
    rows: &mut Rows<'_>,
    schema: &Schema,
    each: Each<'_>,
) -> Result<(), ImportError> {
    let damaged =
        |reason: String| ImportError::Damaged { name: request.name.to_owned(), kind: schema.kind, reason };
    let broken = |error: RecordsError| damaged(error.to_string());
    let source = Source::open(request.bytes).map_err(broken)?;
    let heading = find_heading(&source.heads().map_err(broken)?, schema, request.mapping);
    let heading = heading.ok_or_else(|| damaged(no_heading(schema)))?;
    heading.columns.tell(rows);
    let order = order_of_dates(&source, &heading, request.mapping).map_err(broken)?;
    let mut place = 0_usize;
    let result = source.each(heading.cut, &mut |record| {
        if place > heading.place {
            read_record(record, &heading.columns, order, rows, each);
        }
        place = place.saturating_add(1);
        ControlFlow::Continue(())
    });
    result.map_err(broken)
}

fn read_record(record: &Record, columns: &Columns, order: Order, rows: &mut Rows<'_>, each: Each<'_>) {
    let has_formula = record.without_value.iter().any(|column| columns.field_of(*column).is_some());
    if heading::is_total(&record.cells) && !has_formula || columns.is_repeated_in(record) {
        return;
    }
    rows.count_row();
    let row = Row(record.number);
    let beyond = record.cells.iter().skip(columns.width()).any(|cell| !cell.is_empty());
    if beyond && record.cells.len() > columns.width() {
        let message =
            "has more cells than the heading: a separator stands inside a value. Export it with quotes";
        return rows.error(row, None, message);
    }
    for column in record.without_value.iter().filter(|column| columns.field_of(**column).is_some()) {
        let message = "holds a formula without its result: open and save the file in a spreadsheet program, or enter the value";
        rows.error(row, columns.heading(*column), message);
    }
    each(&Line::new(row, record, columns, order), rows);
}

/// The kind among these whose headings fit best; the first of equals.
pub(crate) fn recognise(bytes: &[u8], schemas: &[&Schema]) -> Option<SourceKind> {
    let heads = Source::open_beginning(bytes).and_then(|source| source.heads()).ok()?;
    let mut best: Option<(usize, SourceKind)> = None;
    for schema in schemas {
        if let Some(heading) = find_heading(&heads, schema, None)
            && best.is_none_or(|(known, _)| heading.score > known)
        {
            best = Some((heading.score, schema.kind));
        }
    }
    best.map(|(_, kind)| kind)
}

fn find_heading(heads: &[Head], schema: &Schema, mapping: Option<&Mapping>) -> Option<Heading> {
    let mut best: Option<Heading> = None;
    for Head { cut, records } in heads {
        for (place, record) in records.iter().enumerate() {
            let columns = Columns::of(schema, mapping, record);
            if let Some(score) = columns.score(schema)
                && best.as_ref().is_none_or(|best| score > best.score)
            {
                best = Some(Heading { cut: *cut, place, columns, score });
            }
        }
    }
    best
}

fn no_heading(schema: &Schema) -> String {
    let group = |fields: &&[Field]| fields.iter().map(|field| field.code()).collect::<Vec<_>>().join(" or ");
    let needs: Vec<String> = schema.needs.iter().map(group).collect();
    format!(
        "none of its first {HEADING_WITHIN} rows is a heading with columns for {}; say which column is which with a mapping",
        needs.join(", and ")
    )
}

/// Whether `03/04/2026` is in March or in April: a person says so, another row tells, or the separator does, because only
/// countries with a decimal comma separate cells by semicolons, and none of them puts the month first.
fn order_of_dates(
    source: &Source<'_>,
    heading: &Heading,
    mapping: Option<&Mapping>,
) -> Result<Order, RecordsError> {
    let says =
        |what: &str| mapping.is_some_and(|mapping| mapping.columns.iter().any(|(_, field)| field == what));
    match () {
        () if says("day-first") => return Ok(Order::DayFirst),
        () if says("month-first") => return Ok(Order::MonthFirst),
        () if heading.cut == Cut::By(b';') => return Ok(Order::DayFirst),
        () => {}
    }
    let columns: Vec<usize> =
        Field::DATES.iter().flat_map(|field| heading.columns.of_field(*field)).collect();
    let (mut day_first, mut month_first) = (false, false);
    source.each(heading.cut, &mut |record| {
        for column in &columns {
            match record.cells.get(*column).and_then(|text| date::order_told(text)) {
                Some(Order::DayFirst) => day_first = true,
                Some(Order::MonthFirst) => month_first = true,
                _ => {}
            }
        }
        if day_first && month_first { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    Ok(match (day_first, month_first) {
        (true, false) => Order::DayFirst,
        (false, true) => Order::MonthFirst,
        _ => Order::Unknown,
    })
}

#[cfg(test)]
pub(crate) mod tests;
