//! Software and updates of one Windows computer as its own tools print them: `wmic product`, `wmic qfe`, `Get-HotFix` and
//! `systeminfo`; in columns, as pairs with `=`, or as pairs with `:`. Not here: their output as CSV, which is a table (`list`).

use wardround_model::{FactKind, SourceKind, Subject};

use super::columns::Columns;
use super::{installed, kb_number};
use crate::table::{decode, decode_beginning, plain};
use crate::{ImportError, Request, Row, Rows, Thing};

const PRODUCT: &[&str] = &["name", "caption", "displayname"];
const VERSION: &[&str] = &["version", "displayversion"];
const UPDATE: &[&str] = &["hotfixid"];
const COMPUTER: &[&str] = &["csname", "source", "pscomputername"];

/// How a text is laid out.
enum Layout {
    Columns(Columns),
    /// `Name=value`.
    Pairs,
    /// `Host Name:   value`.
    SystemInfo,
}

/// Whether a text looks like the output of such a tool.
pub(crate) fn looks(_: &str, bytes: &[u8]) -> bool {
    layout_of(&decode_beginning(bytes, 1 << 14)).is_some()
}

fn layout_of(text: &str) -> Option<(usize, Layout)> {
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).take(12) {
        let key = |mark| line.split_once(mark).map(|(key, _)| plain(key)).unwrap_or_default();
        if matches!(key('=').as_str(), "hotfixid" | "identifyingnumber" | "assignmenttype" | "csname") {
            return Some((at, Layout::Pairs));
        }
        if matches!(key(':').as_str(), "hostname" | "osname" | "betriebssystemname" | "nomdelhote")
            && line.contains(":  ")
        {
            return Some((at, Layout::SystemInfo));
        }
        let columns = Columns::of(line);
        let is_product = columns.has(&["name"]) && columns.has(VERSION) && !line.contains([',', ';', '\t']);
        if columns.has(UPDATE) && !line.contains([',', ';', '\t']) || is_product && is_wmic(line) {
            return Some((at, Layout::Columns(columns)));
        }
    }
    None
}

/// `wmic` prints its headings in its own spelling and fills the last column with spaces.
fn is_wmic(line: &str) -> bool {
    line.split_whitespace().all(|word| word.bytes().all(|b| b.is_ascii_alphanumeric()))
        && line.trim_end_matches('\r').ends_with(' ')
}

pub(crate) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    let text = decode(request.bytes);
    let damaged = || ImportError::Damaged {
        name: request.name.to_owned(),
        kind: SourceKind::Wmic,
        reason: "it has neither columns Name and Version nor HotFixID, nor lines as systeminfo writes them"
            .to_owned(),
    };
    let (heading, layout) = layout_of(&text).ok_or_else(damaged)?;
    match layout {
        Layout::Columns(columns) => read_columns(&text, heading, &columns, rows),
        Layout::Pairs => read_pairs(&text, rows),
        Layout::SystemInfo => read_system_info(&text, rows),
    }
}

fn read_columns(
    text: &str,
    heading: usize,
    columns: &Columns,
    rows: &mut Rows<'_>,
) -> Result<(), ImportError> {
    for (number, line) in (1..).zip(text.lines()).skip(heading.saturating_add(1)) {
        let is_rule = line.bytes().all(|b| matches!(b, b'-' | b' ' | b'\r'));
        if is_rule {
            continue;
        }
        rows.count_row();
        let row = Row(number);
        let subject = subject_of(rows, row, columns.cell(line, COMPUTER))?;
        if columns.has(UPDATE) {
            tell_update(rows, row, subject, columns.cell(line, UPDATE));
        } else {
            installed(rows, row, subject, columns.cell(line, PRODUCT), columns.cell(line, VERSION));
        }
    }
    Ok(())
}

fn tell_update(rows: &mut Rows<'_>, row: Row, subject: Subject, text: &str) {
    match kb_number(text) {
        Some(number) => rows.fact(row, subject, FactKind::InstalledUpdate, &number),
        // Old service packs are listed as `File 1`.
        None if text.starts_with("File") => {}
        None => rows.error(row, Some("HotFixID"), "is no number of an update such as KB5034441"),
    }
}

/// The computer that a line names; else what the file is about.
fn subject_of(rows: &mut Rows<'_>, row: Row, computer: &str) -> Result<Subject, ImportError> {
    let request = rows.request();
    let named = Thing { name: Some(computer.trim_start_matches('\\').to_owned()), ..Thing::default() };
    if request.about.is_none() && named.subject().is_some() {
        return rows
            .thing(row, &named)
            .ok_or_else(|| ImportError::AboutNothing { name: request.name.to_owned() });
    }
    crate::about_of(request, rows)
}

/// Blocks of `Name=value`, one a product or update, with an empty line between.
fn read_pairs(text: &str, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    let mut block = Block::default();
    for (number, line) in (1..).zip(text.lines().chain([""])) {
        let Some((key, value)) = line.trim().split_once('=') else {
            // wmic writes two empty lines, or none, between blocks.
            block.tell(rows)?;
            block = Block::default();
            continue;
        };
        block.row.get_or_insert(Row(number));
        let value = value.trim();
        match plain(key).as_str() {
            "name" => block.name = value,
            "version" => block.version = value,
            "hotfixid" => block.update = value,
            "csname" => block.computer = value,
            _ => {}
        }
    }
    Ok(())
}

#[derive(Default)]
struct Block<'t> {
    row: Option<Row>,
    name: &'t str,
    version: &'t str,
    update: &'t str,
    computer: &'t str,
}

impl Block<'_> {
    fn tell(&self, rows: &mut Rows<'_>) -> Result<(), ImportError> {
        let Some(row) = self.row else { return Ok(()) };
        rows.count_row();
        let subject = subject_of(rows, row, self.computer)?;
        if !self.update.is_empty() {
            tell_update(rows, row, subject, self.update);
        } else if !self.name.is_empty() {
            installed(rows, row, subject, self.name, self.version);
        }
        Ok(())
    }
}

fn read_system_info(text: &str, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    const HOST: [&str; 4] = ["hostname", "nomdelhote", "nombredehost", "nomehost"];
    const SYSTEM: [&str; 4] =
        ["osname", "betriebssystemname", "nomdusystemedexploitation", "nombredelsistemaoperativo"];
    const VERSION: [&str; 4] =
        ["osversion", "betriebssystemversion", "versiondusysteme", "versiondelsistemaoperativo"];
    let lines = || (1..).zip(text.lines());
    let pair = |names: &[&str]| {
        lines().find_map(|(number, line)| {
            let (key, value) = line.split_once(':')?;
            names.contains(&plain(key).as_str()).then_some((Row(number), value.trim()))
        })
    };
    let (row, name) = pair(&HOST).unwrap_or((Row(1), ""));
    rows.count_row();
    let subject = subject_of(rows, row, name)?;
    if let Some((row, system)) = pair(&SYSTEM) {
        rows.fact(row, subject, FactKind::OperatingSystem, system);
    }
    if let Some((row, version)) = pair(&VERSION) {
        let number = version.split_whitespace().next().unwrap_or_default();
        rows.fact(row, subject, FactKind::OperatingSystemVersion, number);
    }
    for (number, line) in lines() {
        let behind = line.trim().strip_prefix('[').and_then(|rest| rest.split_once("]:"));
        if let Some(kb) = behind.and_then(|(_, text)| kb_number(text)) {
            rows.fact(Row(number), subject, FactKind::InstalledUpdate, &kb);
        }
    }
    Ok(())
}
