//! Pages of a store taken apart: as rows, which versions before 6 had, and as lines, which somebody may have changed.

use std::collections::HashMap;

use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, ToSql, params_from_iter};
use wardround_model::Digest;

/// The tables in pages.
const PAGED: &[&str] = &[
    "observation",
    "conversation",
    "asset_mac",
    "asset_name",
    "claim",
    "service",
    "product",
    "reason",
    "ground",
    "reasons_of_claim",
    "peer",
];
/// Null, as a line.
const NULL: &str = "\u{1b}";

/// What version 7 added.
const WITHOUT_HOURS: &str = "
    DROP TABLE active_hours; DROP TABLE asset_hours; ALTER TABLE import_conversation DROP COLUMN hours";

/// Makes a store of this version one of version 5.
pub(crate) fn instead_of_pages(connection: &Connection) {
    connection.pragma_update(None, "foreign_keys", false).unwrap();
    connection.execute_batch(WITHOUT_HOURS).unwrap();
    for table in PAGED {
        connection.execute_batch(&format!("ALTER TABLE {table} RENAME TO newer_{table}")).unwrap();
    }
    connection.execute_batch(include_str!("version_5_rows.sql")).unwrap();
    for (table, which) in PAGED.iter().zip([1, 3].map(Some).into_iter().chain(std::iter::repeat(None))) {
        take_apart(connection, table, which);
    }
    zones(connection);
    for table in PAGED {
        connection.execute_batch(&format!("DROP TABLE newer_{table}")).unwrap();
    }
    connection.execute_batch("DROP TABLE lookup").unwrap();
}

/// The ids of rows, by round and position, as far as this table has ids that are looked up.
fn ids(connection: &Connection, which: i64) -> HashMap<(i64, u32), String> {
    let mut select = connection.prepare("SELECT round_id, entries FROM lookup WHERE which = ?1").unwrap();
    let mut pages = select.query([which]).unwrap();
    let mut ids = HashMap::new();
    while let Some(page) = pages.next().unwrap() {
        let (round, entries): (i64, Vec<u8>) = (page.get(0).unwrap(), page.get(1).unwrap());
        for entry in entries.chunks(10) {
            let digits: String = entry[..6].iter().map(|byte| format!("{byte:02x}")).collect();
            let prefix = if which == 1 { "O" } else { "C" };
            ids.insert(
                (round, u32::from_be_bytes(entry[6..].try_into().unwrap())),
                format!("{prefix}-{digits}"),
            );
        }
    }
    ids
}

fn take_apart(connection: &Connection, table: &str, which: Option<i64>) {
    let ids = which.map(|which| ids(connection, which));
    let mut columns = connection
        .prepare("SELECT name FROM pragma_table_info(?1) WHERE name NOT IN ('round_id', 'first')")
        .unwrap();
    let columns: Vec<String> = columns
        .query_map([format!("newer_{table}")], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let listed = columns.join(", ");
    let mut select = connection.prepare(&format!("SELECT round_id, {listed} FROM newer_{table}")).unwrap();
    let id = if ids.is_some() { ", id" } else { "" };
    let marks = vec!["?"; columns.len() + 1 + usize::from(ids.is_some())].join(", ");
    let mut insert = connection
        .prepare(&format!("INSERT INTO {table} (round_id, {listed}{id}) VALUES ({marks})"))
        .unwrap();
    let mut pages = select.query([]).unwrap();
    while let Some(page) = pages.next().unwrap() {
        let round: i64 = page.get(0).unwrap();
        let texts: Vec<String> = (1..=columns.len()).map(|column| page.get(column).unwrap()).collect();
        let lines: Vec<Vec<&str>> = texts.iter().map(|text| text.split('\n').collect()).collect();
        for line in 0..lines[0].len() {
            let cells = lines.iter().map(|column| column[line]);
            let cells = cells.map(|cell| (cell != NULL).then_some(cell));
            let cells: Vec<Box<dyn ToSql + '_>> =
                cells.map(|cell| Box::new(cell) as Box<dyn ToSql>).collect();
            let id = ids.as_ref().map(|ids| ids[&(round, lines[0][line].parse().unwrap())].clone());
            let id = id.map(|id| Box::new(id) as Box<dyn ToSql>);
            let round: Box<dyn ToSql> = Box::new(round);
            insert.execute(params_from_iter(std::iter::once(round).chain(cells).chain(id))).unwrap();
        }
    }
}

/// The table `conversation_summary`, from what conversations of two zones are looked up by.
fn zones(connection: &Connection) {
    let mut pairs = connection.prepare("SELECT round_id, client_zone, server_zone FROM zone_pair").unwrap();
    let mut entries =
        connection.prepare("SELECT entries FROM lookup WHERE which = 5 AND round_id = ?1").unwrap();
    let mut insert = connection.prepare("INSERT INTO conversation_summary VALUES (?1, ?2, ?3, ?4)").unwrap();
    let mut rows = pairs.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let (round, client, server): (i64, String, String) =
            (row.get(0).unwrap(), row.get(1).unwrap(), row.get(2).unwrap());
        let key = Digest::of(&[&client, &server]).to_string();
        let key = u64::from_str_radix(&key, 16).unwrap().to_be_bytes();
        let pages = entries.query_map([round], |row| row.get::<_, Vec<u8>>(0)).unwrap();
        for page in pages.map(Result::unwrap) {
            for entry in page.chunks(10).filter(|entry| entry[..6] == key[2..]) {
                let position = u32::from_be_bytes(entry[6..].try_into().unwrap());
                insert.execute((round, &client, &server, position)).unwrap();
            }
        }
    }
}

/// Lets SQL change lines: `line(text, n, said)` says something else in line n, `every(text, said)` in all of them, and
/// `without(text, n)` takes a line out.
pub(crate) fn lines_can_be_changed(connection: &Connection) {
    let flags = FunctionFlags::SQLITE_UTF8;
    connection
        .create_scalar_function("line", 3, flags, |call| {
            let (text, at, said): (String, usize, String) =
                (call.get(0)?, usize::try_from(call.get::<i64>(1)?).unwrap(), call.get(2)?);
            let mut lines: Vec<&str> = text.split('\n').collect();
            lines[at] = &said;
            Ok(lines.join("\n"))
        })
        .unwrap();
    connection
        .create_scalar_function("every", 2, flags, |call| {
            let (text, said): (String, String) = (call.get(0)?, call.get(1)?);
            Ok(vec![said; text.split('\n').count()].join("\n"))
        })
        .unwrap();
    connection
        .create_scalar_function("without", 2, flags, |call| {
            let (text, at): (String, usize) = (call.get(0)?, usize::try_from(call.get::<i64>(1)?).unwrap());
            let mut lines: Vec<&str> = text.split('\n').collect();
            lines.remove(at);
            Ok(lines.join("\n"))
        })
        .unwrap();
}
