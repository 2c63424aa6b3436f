//! The tables `receiver` and `waiting_notice`: whom the site tells by itself, and what waits to be told. A notice waits from the same
//! transaction on in which it is remembered that it was made, and until its receiver was told: it is told at least once.
//!
//! Not here: what a notice says and how a receiver is reached, which are texts here, the second one sealed.

use std::fmt;
use std::str::FromStr;

use rusqlite::{Connection, Row};
use wardround_model::Timestamp;

use crate::error::{StoreError, Trouble};
use crate::{Store, rounds};

/// The id of a receiver, as `N-3`; they count up from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReceiverId(pub i64);

impl fmt::Display for ReceiverId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "N-{}", self.0)
    }
}

impl FromStr for ReceiverId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let number = text.strip_prefix("N-").and_then(|digits| digits.parse().ok());
        number.filter(|number| *number > 0).map(Self).ok_or(())
    }
}

/// A receiver to keep.
#[derive(Clone, PartialEq, Eq)]
pub struct NewReceiver {
    /// The code of its kind.
    pub kind: String,
    /// What people call it.
    pub name: String,
    /// How it is reached, sealed.
    pub sealed: String,
    /// When it is made.
    pub made_at: Timestamp,
}

/// A receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptReceiver {
    /// Its id.
    pub id: ReceiverId,
    /// The code of its kind.
    pub kind: String,
    /// What people call it.
    pub name: String,
    /// How it is reached, sealed.
    pub sealed: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// Since when it is switched off, where it is.
    pub off_at: Option<Timestamp>,
    /// When it was last told something.
    pub told_at: Option<Timestamp>,
    /// Why it could not be told since then, and when that was.
    pub trouble: Option<(Timestamp, String)>,
    /// Notices that it was never told.
    pub lost: u64,
    /// Notices that wait for it.
    pub waiting: u64,
}

/// A notice that is to wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewWaiting {
    /// For whom.
    pub receiver: ReceiverId,
    /// The notice's own id.
    pub known_as: String,
    /// Not to be told before.
    pub due_at: Timestamp,
    /// The notice.
    pub told: String,
}

/// A notice that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its number.
    pub id: i64,
    /// Since when.
    pub made_at: Timestamp,
    /// How often it was tried.
    pub tries: u32,
    /// The notice.
    pub told: String,
}

/// The most notices that wait for one receiver; with one more, the oldest is lost.
pub const MOST_WAITING: i64 = 200;

const SELECT: &str = "
    SELECT id, kind, name, sealed, made_at, off_at, told_at, trouble, trouble_at, lost,
           (SELECT count(*) FROM waiting_notice WHERE receiver_id = receiver.id)
    FROM receiver ORDER BY id";
const INSERT_WAITING: &str = "
    INSERT OR IGNORE INTO waiting_notice (receiver_id, known_as, made_at, due_at, tries, told)
    SELECT id, ?2, ?3, ?4, 0, ?5 FROM receiver WHERE id = ?1 AND off_at IS NULL";
const DELETE_SURPLUS: &str = "
    DELETE FROM waiting_notice WHERE receiver_id = ?1 AND id NOT IN
        (SELECT id FROM waiting_notice WHERE receiver_id = ?1 ORDER BY id DESC LIMIT ?2)";
const DELETE_OLD: &str = "DELETE FROM waiting_notice WHERE receiver_id = ?1 AND made_at < ?2";
const SELECT_DUE: &str = "
    SELECT id, made_at, tries, told FROM waiting_notice WHERE receiver_id = ?1 AND due_at <= ?2 ORDER BY id LIMIT ?3";
const LOSE: &str = "UPDATE receiver SET lost = lost + ?2 WHERE id = ?1";

impl Store {
    /// Keeps a receiver, on the disk before this returns.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn receiver_save(&mut self, new: &NewReceiver) -> Result<ReceiverId, StoreError> {
        let values = (&new.kind, &new.name, &new.sealed, new.made_at.nanoseconds());
        self.write(
            "INSERT INTO receiver (kind, name, sealed, made_at, lost) VALUES (?1, ?2, ?3, ?4, 0)",
            values,
        )?;
        Ok(ReceiverId(self.connection.last_insert_rowid()))
    }

    /// All receivers, the oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn receiver_list(&self) -> Result<Vec<KeptReceiver>, StoreError> {
        list(&self.connection).map_err(|trouble| trouble.at(&self.path))
    }

    /// Switches a receiver off at a moment, or on again. What waited for it waits no longer: it would be old by then.
    /// Whether there is one.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn receiver_switch(&mut self, id: ReceiverId, off_at: Option<Timestamp>) -> Result<bool, StoreError> {
        let switch = |transaction: &Connection| {
            transaction.execute("DELETE FROM waiting_notice WHERE receiver_id = ?1", [id.0])?;
            let set = "UPDATE receiver SET off_at = ?2, trouble = NULL, trouble_at = NULL WHERE id = ?1";
            Ok(transaction.execute(set, (id.0, off_at.map(Timestamp::nanoseconds)))? > 0)
        };
        rounds::within(&mut self.connection, switch).map_err(|trouble| trouble.at(&self.path))
    }

    /// Forgets a receiver, with all that waits for it. Whether there was one.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn receiver_remove(&mut self, id: ReceiverId) -> Result<bool, StoreError> {
        Ok(self.write("DELETE FROM receiver WHERE id = ?1", [id.0])? > 0)
    }

    /// Lets notices wait, and keeps these choices by name, both or neither. What waits already waits once.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn notices_add(
        &mut self,
        new: &[NewWaiting],
        choices: &[(&str, String)],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        rounds::within(&mut self.connection, |transaction| add(transaction, new, choices, at))
            .map_err(|trouble| trouble.at(&self.path))
    }

    /// The notices that a receiver is to be told at this moment, the oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn notices_due(&self, id: ReceiverId, at: Timestamp) -> Result<Vec<Waiting>, StoreError> {
        due(&self.connection, id, at).map_err(|trouble| trouble.at(&self.path))
    }

    /// A receiver was told these notices. What is to be known of it is kept as its trouble, where there is something.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn notices_told(
        &mut self,
        id: ReceiverId,
        told: &[i64],
        at: Timestamp,
        note: Option<&str>,
    ) -> Result<(), StoreError> {
        let tell = |transaction: &Connection| {
            for waiting in told {
                transaction.execute("DELETE FROM waiting_notice WHERE id = ?1", [waiting])?;
            }
            let at = at.nanoseconds();
            let set = "UPDATE receiver SET told_at = ?2, trouble = ?3, trouble_at = ?4 WHERE id = ?1";
            transaction.execute(set, (id.0, at, note, note.map(|_| at)))?;
            Ok(())
        };
        rounds::within(&mut self.connection, tell).map_err(|trouble| trouble.at(&self.path))
    }

    /// A receiver could not be told these notices: they wait until `again`, and those that were made before `oldest` are lost.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn notices_failed(&mut self, id: ReceiverId, failed: &Failed<'_>) -> Result<(), StoreError> {
        rounds::within(&mut self.connection, |transaction| fail(transaction, id, failed))
            .map_err(|trouble| trouble.at(&self.path))
    }
}

/// What could not be told.
#[derive(Clone, Copy, Debug)]
pub struct Failed<'a> {
    /// The notices.
    pub waiting: &'a [i64],
    /// When it was tried.
    pub at: Timestamp,
    /// When it is tried again.
    pub again: Timestamp,
    /// What was made before is lost.
    pub oldest: Timestamp,
    /// Why.
    pub why: &'a str,
}

fn add(
    transaction: &Connection,
    new: &[NewWaiting],
    choices: &[(&str, String)],
    at: Timestamp,
) -> Result<(), Trouble> {
    for NewWaiting { receiver, known_as, due_at, told } in new {
        let values = (receiver.0, known_as, at.nanoseconds(), due_at.nanoseconds(), told);
        transaction.prepare_cached(INSERT_WAITING)?.execute(values)?;
        let lost = transaction.execute(DELETE_SURPLUS, (receiver.0, MOST_WAITING))?;
        transaction.execute(LOSE, (receiver.0, i64::try_from(lost).unwrap_or(i64::MAX)))?;
    }
    for (name, value) in choices {
        let save = "INSERT INTO setting VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2";
        transaction.execute(save, (name, value))?;
    }
    Ok(())
}

fn fail(transaction: &Connection, id: ReceiverId, failed: &Failed<'_>) -> Result<(), Trouble> {
    let again = "UPDATE waiting_notice SET tries = tries + 1, due_at = ?2 WHERE id = ?1";
    for waiting in failed.waiting {
        transaction.execute(again, (waiting, failed.again.nanoseconds()))?;
    }
    let lost = transaction.execute(DELETE_OLD, (id.0, failed.oldest.nanoseconds()))?;
    transaction.execute(LOSE, (id.0, i64::try_from(lost).unwrap_or(i64::MAX)))?;
    let set = "UPDATE receiver SET trouble = ?2, trouble_at = ?3 WHERE id = ?1";
    transaction.execute(set, (id.0, failed.why, failed.at.nanoseconds()))?;
    Ok(())
}

fn list(connection: &Connection) -> Result<Vec<KeptReceiver>, Trouble> {
    let mut select = connection.prepare_cached(SELECT)?;
    let rows = select.query_map([], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<KeptReceiver> {
    let moment = |nanoseconds: Option<i64>| nanoseconds.map(Timestamp::from_nanoseconds);
    let count = |number: i64| u64::try_from(number).unwrap_or_default();
    let (trouble, trouble_at): (Option<String>, _) = (row.get(7)?, moment(row.get(8)?));
    Ok(KeptReceiver {
        id: ReceiverId(row.get(0)?),
        kind: row.get(1)?,
        name: row.get(2)?,
        sealed: row.get(3)?,
        made_at: Timestamp::from_nanoseconds(row.get(4)?),
        off_at: moment(row.get(5)?),
        told_at: moment(row.get(6)?),
        trouble: trouble_at.zip(trouble),
        lost: count(row.get(9)?),
        waiting: count(row.get(10)?),
    })
}

fn due(connection: &Connection, id: ReceiverId, at: Timestamp) -> Result<Vec<Waiting>, Trouble> {
    let mut select = connection.prepare_cached(SELECT_DUE)?;
    let rows = select.query_map((id.0, at.nanoseconds(), MOST_WAITING), |row| {
        Ok(Waiting {
            id: row.get(0)?,
            made_at: Timestamp::from_nanoseconds(row.get(1)?),
            tries: row.get(2)?,
            told: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
