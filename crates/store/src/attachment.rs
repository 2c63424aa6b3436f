//! The tables `attachment` and `attachment_piece`: files of tasks, kept with the event that brought them, in pieces that are read one by
//! one. What is taken back stays; only [`Store::attachment_remove`] and a redaction take bytes out, for good.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};
use wardround_model::Timestamp;
use wardround_remedy::{Attachment, Event, EventId, NewEvent, TaskId, What};

use crate::audit::{self, NewAuditEntry};
use crate::error::{StoreError, Trouble};
use crate::{Store, work, work_part};

/// The bytes of one piece, but for the last of a file.
pub const PIECE: usize = 64 * 1024;
/// The most bytes of all files together.
pub const MOST_ATTACHED: u64 = 1 << 30;

const HELD: &str = "SELECT coalesce(sum(bytes), 0) FROM attachment WHERE gone_at IS NULL";
const INSERT: &str = "INSERT INTO attachment (event_id, bytes, digest) VALUES (?1, ?2, ?3)";
const INSERT_PIECE: &str = "INSERT INTO attachment_piece (event_id, position, content) VALUES (?1, ?2, ?3)";
const SELECT_PIECE: &str = "SELECT content FROM attachment_piece WHERE event_id = ?1 AND position = ?2";
const SELECT_KEPT: &str = "SELECT event_id FROM attachment WHERE gone_at IS NULL ORDER BY event_id";
const SELECT_CONTENT: &str = "SELECT content FROM attachment_piece WHERE event_id = ?1 ORDER BY position";
const SET_GONE: &str = "UPDATE attachment SET gone_at = ?2 WHERE event_id = ?1 AND gone_at IS NULL";
const DELETE_PIECES: &str = "DELETE FROM attachment_piece WHERE event_id = ?1";

impl Store {
    /// Keeps a file with the event that brings it; on the disk before this returns. Nothing where all files together would have more than
    /// [`MOST_ATTACHED`].
    ///
    /// # Errors
    /// When the event is of another kind or of other bytes, or the store cannot be written.
    pub fn attachment_save(
        &mut self,
        new: &NewEvent,
        content: &[u8],
        at: Timestamp,
    ) -> Result<Option<EventId>, StoreError> {
        save(&mut self.connection, new, content, at).map_err(|trouble| trouble.at(&self.path))
    }

    /// A piece of a file, counted from 0; nothing behind the last one, and of one that was taken out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn attachment_piece(&self, event: EventId, piece: usize) -> Result<Option<Vec<u8>>, StoreError> {
        let read = || -> Result<Option<Vec<u8>>, Trouble> {
            let mut select = self.connection.prepare_cached(SELECT_PIECE)?;
            let place = i64::try_from(piece).unwrap_or(i64::MAX);
            Ok(select.query_row((event.0, place), |row| row.get(0)).optional()?)
        };
        read().map_err(|trouble| trouble.at(&self.path))
    }

    /// The files of these tasks that nobody took back, also by ids that the tasks had, with the events that brought them, the oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn attachments_of(&self, tasks: &BTreeSet<TaskId>) -> Result<Vec<Event>, StoreError> {
        let read = || {
            let view = self.connection.unchecked_transaction()?;
            let mut called = tasks.clone();
            for task in tasks {
                called.extend(work_part::known_as(&view, *task)?);
            }
            work_part::events_of(&view, &called)
        };
        let events = read().map_err(|trouble| trouble.at(&self.path))?;
        let in_force = wardround_remedy::in_force(&events).into_iter();
        Ok(in_force.filter(|event| matches!(event.what, What::Attached(_))).cloned().collect())
    }

    /// Takes the bytes of a file out for good, logs that, and writes the store anew so that nothing of them is left. That it was there, what
    /// it was called and its digest stay. Whether there was such a file.
    ///
    /// # Errors
    /// When the store cannot be written, or others are reading it.
    pub fn attachment_remove(&mut self, event: EventId, at: Timestamp) -> Result<bool, StoreError> {
        let is_there = remove(&self.connection, event, at).map_err(|trouble| trouble.at(&self.path))?;
        if is_there {
            self.write_anew().map_err(|trouble| trouble.at(&self.path))?;
        }
        Ok(is_there)
    }
}

fn save(
    connection: &mut Connection,
    new: &NewEvent,
    content: &[u8],
    at: Timestamp,
) -> Result<Option<EventId>, Trouble> {
    let bytes = u64::try_from(content.len()).unwrap_or(u64::MAX);
    let file = match new.what() {
        What::Attached(file) if file.bytes == bytes => file,
        _ => return Err(Trouble::Damaged(crate::table::Place { table: "attachment", column: "bytes" })),
    };
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let held: i64 = transaction.query_row(HELD, [], |row| row.get(0))?;
    if u64::try_from(held).unwrap_or_default().saturating_add(bytes) > MOST_ATTACHED {
        return Ok(None);
    }
    let id = work::save_within(&transaction, new, at)?;
    write(&transaction, id, file, content)?;
    transaction.commit()?;
    Ok(Some(id))
}

fn write(transaction: &Connection, id: EventId, file: &Attachment, content: &[u8]) -> Result<(), Trouble> {
    let bytes = i64::try_from(file.bytes).unwrap_or(i64::MAX);
    transaction.execute(INSERT, (id.0, bytes, &file.sha256))?;
    let mut insert = transaction.prepare(INSERT_PIECE)?;
    for (position, piece) in (0_i64..).zip(content.chunks(PIECE)) {
        insert.execute((id.0, position, piece))?;
    }
    Ok(())
}

fn remove(connection: &Connection, event: EventId, at: Timestamp) -> Result<bool, Trouble> {
    connection.pragma_update(None, "secure_delete", true)?;
    let transaction = rusqlite::Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    if !take_out(&transaction, event, at)? {
        return Ok(false);
    }
    audit::add_within(
        &transaction,
        &NewAuditEntry {
            at,
            who: None,
            address: None,
            action: "redact".to_owned(),
            subject: format!("the content of the file {event}"),
            outcome: "done".to_owned(),
        },
    )?;
    transaction.commit()?;
    Ok(true)
}

/// Whether there were bytes to take out.
fn take_out(transaction: &Connection, event: EventId, at: Timestamp) -> Result<bool, Trouble> {
    let changed = transaction.execute(SET_GONE, (event.0, at.nanoseconds()))?;
    transaction.execute(DELETE_PIECES, [event.0])?;
    Ok(changed > 0)
}

/// The files whose bytes hold something.
pub(crate) fn holding(view: &Connection, holds: &dyn Fn(&str) -> bool) -> Result<Vec<EventId>, Trouble> {
    let mut select = view.prepare(SELECT_KEPT)?;
    let ids: Vec<i64> = select.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut pieces = view.prepare(SELECT_CONTENT)?;
    let mut found = Vec::new();
    for id in ids {
        let mut content = Vec::new();
        let mut rows = pieces.query([id])?;
        while let Some(row) = rows.next()? {
            content.extend_from_slice(row.get_ref(0)?.as_blob().unwrap_or_default());
        }
        if texts(&content).any(|text| holds(&text)) {
            found.push(EventId(id));
        }
    }
    Ok(found)
}

/// What bytes may say, one reading after the other: as UTF-8, as one byte a letter (ISO 8859-1), and as UTF-16 of both orders, begun at
/// either byte.
fn texts(content: &[u8]) -> impl Iterator<Item = String> {
    let narrow = [
        |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned(),
        |bytes: &[u8]| bytes.iter().map(|byte| char::from(*byte)).collect(),
    ];
    let orders: [fn([u8; 2]) -> u16; 2] = [u16::from_le_bytes, u16::from_be_bytes];
    let wide = [0, 1].into_iter().flat_map(move |from| orders.map(|order| (from, order)));
    let wide = wide.map(|(from, order)| wide_text(content.get(from..).unwrap_or_default(), order));
    narrow.into_iter().map(|read| read(content)).chain(wide)
}

fn wide_text(content: &[u8], order: fn([u8; 2]) -> u16) -> String {
    let pairs = content.chunks_exact(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok());
    char::decode_utf16(pairs.map(order)).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// Takes out what holds something, in a transaction that is open.
pub(crate) fn take_out_all(
    transaction: &Connection,
    events: &[EventId],
    at: Timestamp,
) -> Result<(), Trouble> {
    for event in events {
        take_out(transaction, *event, at)?;
    }
    Ok(())
}
