//! `winget list`: software of one Windows computer in columns of fixed width, with headings in the computer's language.

use super::columns::Columns;
use crate::table::{decode, decode_beginning};
use crate::{ImportError, Request, Row, Rows};

const NAME: &[&str] = &["name", "nom", "nombre", "nome", "naam"];
const VERSION: &[&str] = &["version", "versione", "versie", "versao"];
const ID: &[&str] = &["id"];

/// Whether a text looks like such a list: its heading, and a line of hyphens below.
pub(crate) fn looks(_: &str, bytes: &[u8]) -> bool {
    let text = decode_beginning(bytes, 1 << 14);
    heading_of(&text).is_some()
}

/// The place of the line of hyphens, and the columns of the heading above it.
fn heading_of(text: &str) -> Option<(usize, Columns)> {
    let mut before = "";
    for (at, line) in text.lines().enumerate().take(200) {
        let line = printed(line);
        if line.len() >= 20 && line.bytes().all(|b| b == b'-') {
            let columns = Columns::of(before);
            return (columns.has(NAME) && columns.has(ID) && columns.has(VERSION)).then_some((at, columns));
        }
        before = line;
    }
    None
}

/// What a console shows of a line: progress marks before the last carriage return are written over.
fn printed(line: &str) -> &str {
    let line = line.trim_end();
    line.rsplit('\r').next().unwrap_or(line)
}

pub(crate) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    let text = decode(request.bytes);
    let damaged = || ImportError::Damaged {
        name: request.name.to_owned(),
        kind: wardround_model::SourceKind::Winget,
        reason: "it has no heading with Name, Id and Version above a line of hyphens; run winget list again"
            .to_owned(),
    };
    let (heading, columns) = heading_of(&text).ok_or_else(damaged)?;
    let subject = crate::about_of(request, rows)?;
    for (number, line) in (1..).zip(text.lines()).skip(heading.saturating_add(1)) {
        let (row, line) = (Row(number), printed(line));
        let (name, version) = (columns.cell(line, NAME), columns.cell(line, VERSION));
        // Below the list stands how many updates there are.
        if name.is_empty() || version.is_empty() && columns.cell(line, ID).is_empty() {
            continue;
        }
        rows.count_row();
        if name.ends_with('…') || version.ends_with('…') {
            rows.error(row, None, "is cut off: widen the console or run winget list with output to a file");
            continue;
        }
        let version = version.trim_start_matches(['<', '>', ' ']);
        let version = if version.eq_ignore_ascii_case("unknown") { "" } else { version };
        super::installed(rows, row, subject, name, version);
    }
    Ok(())
}
