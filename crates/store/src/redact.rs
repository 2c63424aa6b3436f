//! Redaction: a value taken out of every text that the store keeps, and out of what its file held before.
//!
//! Which columns there are is read from the store itself, so that a table that is added later is not forgotten. Left alone are
//! the program's own codes, digests and ids, and the log, which is chained: a value that stands there is refused, not missed.
//! Not here: backups and exports, which this store does not know; and what is packed within a file of a task (PDF, Office), where nobody
//! looks: [`Store::attachment_remove`] takes such a file out.

use std::fmt;

use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, TransactionBehavior};
use wardround_model::{RoundId, Timestamp};

use crate::Store;
use crate::audit::{self, NewAuditEntry};
use crate::error::{StoreError, Trouble};
use crate::{attachment, import, rounds, statement, work};

/// What stands where the value was, cut to its length, so that no text grows past what its column may hold.
const MARK: &str = "redacted";
/// The shortest value: less would be found inside words that mean something else.
const SHORTEST: usize = 4;
/// The longest one.
const LONGEST: usize = 1_000;
/// Passes over one text: the mark and its neighbours may make the value anew.
const MOST_PASSES: usize = 8;

/// Columns with words of this program alone: nothing from outside can stand in them.
const CODES: &[&str] = &[
    "action",
    "automatable",
    "by_role",
    "change",
    "class",
    "decision",
    "exploitation",
    "field",
    "goes",
    "grade",
    "kind",
    "list",
    "mission_wellbeing",
    "outcome",
    "owner",
    "program",
    "protocol",
    "role",
    "roles_known_by",
    "scope",
    "side",
    "status",
    "technical_impact",
    "transport",
    "who",
];
/// Columns with digests, sealed secrets and addresses.
const DIGESTS: &[&str] = &[
    "id",
    "orders",
    "digest",
    "known_as",
    "sealed",
    "signature",
    "password",
    "second_factor",
    "mac",
    "ip",
    "client_ip",
    "server_ip",
];
/// Tables of people who sign in, and of the log, which is never changed.
const KEPT: &[&str] = &["account", "audit_entry", "audit_checkpoint"];

/// Where files of tasks lie. One that holds the value is taken out whole: what is in the middle of a file cannot be replaced.
const FILES: (&str, &str) = ("attachment_piece", "content");

/// Texts that hold the value, of one column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redaction {
    /// The table.
    pub table: String,
    /// Its column.
    pub column: String,
    /// How many rows.
    pub rows: u64,
}

/// Why a value cannot be taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotRedactable {
    /// Too short or too long, or with characters that no text of a store has.
    Shape,
    /// The program itself says it.
    OwnWord,
    /// An account of the site, or its log.
    Log,
    /// A round would not be readable after it.
    Unreadable,
}

impl fmt::Display for NotRedactable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shape => "it must have 4 to 1,000 characters, in one line",
            Self::OwnWord => "it is part of a word of the program's own; name more of it",
            Self::Log => "it stands in the name of an account or in the log, which is never changed",
            Self::Unreadable => "something would not be readable without it",
        })
    }
}

impl Store {
    /// Where the value stands, whether its letters are large or small.
    ///
    /// # Errors
    /// When it cannot be taken out, or the store cannot be read.
    pub fn redact_find(&self, value: &str) -> Result<Vec<Redaction>, StoreError> {
        self.redactable(value)?;
        find(&self.connection, value).map_err(|trouble| trouble.at(&self.path))
    }

    /// Takes the value out of every text, logs that this was done without saying what, and writes the file anew so that
    /// nothing of it is left between its rows. All of it or nothing; said twice, it only writes the file anew.
    ///
    /// # Errors
    /// When it cannot be taken out, the store cannot be written, or others are reading it.
    pub fn redact(&mut self, value: &str, at: Timestamp) -> Result<Vec<Redaction>, StoreError> {
        self.redactable(value)?;
        // Answers to programs hold texts as JSON writes them, in which a value may look otherwise.
        self.answers_blank()?;
        let found = self.take_out(value, at)?;
        self.write_anew().map_err(|trouble| trouble.at(&self.path))?;
        Ok(found)
    }

    fn redactable(&self, value: &str) -> Result<(), StoreError> {
        let refused = |why| StoreError::NotRedactable { path: self.path.clone(), why };
        let length = value.chars().count();
        if !(SHORTEST..=LONGEST).contains(&length)
            || value.chars().any(char::is_control)
            || value.trim() != value
        {
            return Err(refused(NotRedactable::Shape));
        }
        teach(&self.connection, value).map_err(|trouble| trouble.at(&self.path))?;
        let why = if holds(MARK, value) {
            Some(NotRedactable::OwnWord)
        } else {
            reserved(&self.connection).map_err(|trouble| trouble.at(&self.path))?
        };
        why.map_or(Ok(()), |why| Err(refused(why)))
    }

    fn take_out(&mut self, value: &str, at: Timestamp) -> Result<Vec<Redaction>, StoreError> {
        let failed = |trouble: Trouble| trouble.at(&self.path);
        let connection = &self.connection;
        connection.pragma_update(None, "secure_delete", true).map_err(|error| failed(error.into()))?;
        let transaction = rusqlite::Transaction::new_unchecked(connection, TransactionBehavior::Immediate)
            .map_err(|error| failed(error.into()))?;
        let found = find(&transaction, value).map_err(failed)?;
        if found.is_empty() {
            return Ok(found);
        }
        replace(&transaction, &found).map_err(failed)?;
        attachment::holding(&transaction, &|text| holds(text, value))
            .and_then(|files| attachment::take_out_all(&transaction, &files, at))
            .map_err(failed)?;
        let is_left = !find(&transaction, value).map_err(failed)?.is_empty();
        if is_left || !is_readable(&transaction) {
            let why = NotRedactable::Unreadable;
            return Err(StoreError::NotRedactable { path: self.path.clone(), why });
        }
        audit::add_within(&transaction, &tombstone(&found, at)).map_err(failed)?;
        transaction.commit().map_err(|error| failed(error.into()))?;
        Ok(found)
    }

    /// Writes the file anew, so that nothing is left between its rows.
    pub(crate) fn write_anew(&self) -> Result<(), Trouble> {
        self.connection.execute_batch("VACUUM")?;
        let busy: i64 = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if busy == 0 { Ok(()) } else { Err(rusqlite::Error::SqliteFailure(in_use(), None).into()) }
    }
}

/// Whether everything can still be read whole.
fn is_readable(view: &Connection) -> bool {
    let read = || -> Result<(), Trouble> {
        let mut select = view.prepare("SELECT id FROM round")?;
        let rounds: Vec<i64> = select.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        for round in rounds {
            rounds::load_within(view, RoundId(round))?;
        }
        import::load_within(view)?;
        statement::list(view)?;
        work::list_within(view)?;
        Ok(())
    };
    read().is_ok()
}

fn in_use() -> rusqlite::ffi::Error {
    rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY)
}

/// What the log says of it: how much, never what.
fn tombstone(found: &[Redaction], at: Timestamp) -> NewAuditEntry {
    let rows = found.iter().fold(0_u64, |sum, one| sum.saturating_add(one.rows));
    NewAuditEntry {
        at,
        who: None,
        address: None,
        action: "redact".to_owned(),
        subject: format!("a value in {rows} rows of {} columns", found.len()),
        outcome: "done".to_owned(),
    }
}

/// Makes `holds` and `redacted` known to SQLite, for this value.
fn teach(connection: &Connection, value: &str) -> Result<(), Trouble> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    let (looked, taken) = (value.to_owned(), value.to_owned());
    connection.create_scalar_function("holds", 1, flags, move |call| {
        Ok(call.get::<Option<String>>(0)?.is_some_and(|text| holds(&text, &looked)))
    })?;
    connection.create_scalar_function("redacted", 1, flags, move |call| {
        Ok(redacted(&call.get::<String>(0)?, &taken))
    })?;
    Ok(())
}

/// Why a value must stay, if it must.
fn reserved(connection: &Connection) -> Result<Option<NotRedactable>, Trouble> {
    let asks = |sql: &str| -> Result<bool, Trouble> { Ok(connection.query_row(sql, [], |row| row.get(0))?) };
    if asks("SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE holds(sql))")? {
        return Ok(Some(NotRedactable::OwnWord));
    }
    let logged = "SELECT EXISTS (SELECT 1 FROM account WHERE holds(name))
        OR EXISTS (SELECT 1 FROM audit_entry WHERE holds(name) OR holds(address) OR holds(action) OR holds(subject)
                                                OR holds(outcome))";
    if asks(logged)? {
        return Ok(Some(NotRedactable::Log));
    }
    for (table, column) in columns(connection)? {
        let is_code = CODES.contains(&column.as_str()) && !KEPT.contains(&table.as_str());
        if is_code && rows(connection, &table, &column)? > 0 {
            return Ok(Some(NotRedactable::OwnWord));
        }
    }
    Ok(None)
}

/// Every column of text.
fn columns(connection: &Connection) -> Result<Vec<(String, String)>, Trouble> {
    let mut select = connection.prepare(
        "SELECT made.name, has.name FROM sqlite_schema AS made, pragma_table_info(made.name) AS has
         WHERE made.type = 'table' AND has.type = 'TEXT' ORDER BY made.name, has.cid",
    )?;
    let found = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// Where the value stands, of the columns in which it may.
fn find(connection: &Connection, value: &str) -> Result<Vec<Redaction>, Trouble> {
    let mut found = vec![];
    for (table, column) in columns(connection)? {
        if is_free(&table, &column) {
            let rows = rows(connection, &table, &column)?;
            found.push(Redaction { table, column, rows });
        }
    }
    let files = attachment::holding(connection, &|text| holds(text, value))?;
    let rows = u64::try_from(files.len()).unwrap_or(u64::MAX);
    found.push(Redaction { table: FILES.0.to_owned(), column: FILES.1.to_owned(), rows });
    found.retain(|one| one.rows > 0);
    Ok(found)
}

fn is_free(table: &str, column: &str) -> bool {
    let is_id = column.ends_with("_id") || column.ends_with("digest") || DIGESTS.contains(&column);
    !is_id && !KEPT.contains(&table) && !CODES.contains(&column)
}

fn rows(connection: &Connection, table: &str, column: &str) -> Result<u64, Trouble> {
    let sql = format!("SELECT count(*) FROM {} WHERE holds({})", quoted(table), quoted(column));
    let rows: i64 = connection.query_row(&sql, [], |row| row.get(0))?;
    Ok(u64::try_from(rows).unwrap_or_default())
}

fn replace(connection: &Connection, found: &[Redaction]) -> Result<(), Trouble> {
    let is_text = |one: &&Redaction| (one.table.as_str(), one.column.as_str()) != FILES;
    for Redaction { table, column, .. } in found.iter().filter(is_text) {
        let (table, column) = (quoted(table), quoted(column));
        connection.execute(
            &format!("UPDATE {table} SET {column} = redacted({column}) WHERE holds({column})"),
            [],
        )?;
    }
    Ok(())
}

/// A name as SQL has it: the file may have been made by somebody else.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn holds(text: &str, value: &str) -> bool {
    text.char_indices().any(|(from, _)| text.get(from..).and_then(|rest| begins(rest, value)).is_some())
}

/// How many bytes of the text are the value, where it begins with it, whether its letters are large or small.
fn begins(text: &str, value: &str) -> Option<usize> {
    let mut bytes = 0;
    let mut letters = text.chars();
    for wanted in value.chars() {
        let letter = letters.next().filter(|letter| letter.to_lowercase().eq(wanted.to_lowercase()))?;
        bytes += letter.len_utf8();
    }
    Some(bytes)
}

/// The text with the mark in the place of the value.
fn redacted(text: &str, value: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..MOST_PASSES {
        if !holds(&text, value) {
            break;
        }
        text = redacted_once(&text, value);
    }
    text
}

fn redacted_once(text: &str, value: &str) -> String {
    let mark: String = MARK.chars().take(value.chars().count()).collect();
    let (mut rest, mut done) = (text, String::with_capacity(text.len()));
    while let Some(letter) = rest.chars().next() {
        let bytes = match begins(rest, value) {
            Some(bytes) => {
                done += &mark;
                bytes
            }
            None => {
                done.push(letter);
                letter.len_utf8()
            }
        };
        rest = rest.get(bytes..).unwrap_or_default();
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_goes_in_any_case_and_nothing_grows() {
        assert_eq!(redacted("Marys-iPhone and MARYS-IPHONE", "marys-iphone"), "redacted and redacted");
        assert_eq!(redacted("for Anna.", "anna"), "for reda.");
        assert_eq!(redacted("Ärzte, ÄRZTE", "ärzte"), "redac, redac");
        assert_eq!(redacted("nothing", "marys"), "nothing");
    }

    #[test]
    fn the_mark_does_not_make_the_value_anew() {
        assert!(!holds(&redacted("ababredac", "abredac"), "abredac"));
    }
}
