//! The tables `session`, `failed_sign_in` and `setting`: who is signed in, who tried to, and what was chosen.

use rusqlite::{Connection, OptionalExtension as _};
use wardround_model::Timestamp;

use crate::Store;
use crate::account::{Account, AccountId};
use crate::error::{StoreError, Trouble};

/// A session.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// Whose it is.
    pub account: Account,
    /// When it began.
    pub made_at: Timestamp,
    /// When something was last asked in it, to the minute.
    pub seen_at: Timestamp,
}

/// Sign-ins that failed one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failures {
    /// How many, 1 or more.
    pub count: i64,
    /// When the last was.
    pub last_at: Timestamp,
}

/// The most names and addresses whose failures are kept: somebody may try from many.
const MOST_FAILURES: i64 = 10_000;

impl Store {
    /// Begins a session.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn session_begin(
        &mut self,
        digest: &str,
        account: AccountId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let at = at.nanoseconds();
        self.write("INSERT INTO session VALUES (?1, ?2, ?3, ?3)", (digest, account.0, at)).map(drop)
    }

    /// The session with this token's digest.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn session_find(&self, digest: &str) -> Result<Option<Session>, StoreError> {
        find(self, digest).map_err(|trouble| trouble.at(&self.path))
    }

    /// Remembers that something was asked in a session.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn session_seen(&mut self, digest: &str, at: Timestamp) -> Result<(), StoreError> {
        self.write("UPDATE session SET seen_at = ?2 WHERE digest = ?1", (digest, at.nanoseconds())).map(drop)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn session_end(&mut self, digest: &str) -> Result<(), StoreError> {
        self.write("DELETE FROM session WHERE digest = ?1", [digest]).map(drop)
    }

    /// The sessions of an account, the one that was used last first: digests of tokens, when each began, and when it was last used.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn session_list(
        &self,
        account: AccountId,
    ) -> Result<Vec<(String, Timestamp, Timestamp)>, StoreError> {
        const SELECT: &str = "
            SELECT digest, made_at, seen_at FROM session WHERE account_id = ?1 ORDER BY seen_at DESC, digest";
        let read = || -> Result<Vec<(String, Timestamp, Timestamp)>, Trouble> {
            let mut select = self.connection.prepare_cached(SELECT)?;
            let moment = |nanoseconds: i64| Timestamp::from_nanoseconds(nanoseconds);
            let rows = select
                .query_map([account.0], |row| Ok((row.get(0)?, moment(row.get(1)?), moment(row.get(2)?))))?;
            Ok(rows.collect::<Result<_, _>>()?)
        };
        read().map_err(|trouble| trouble.at(&self.path))
    }

    /// Ends all sessions of an account, but for the one with this digest.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn session_end_all(&mut self, account: AccountId, but: &str) -> Result<(), StoreError> {
        self.write("DELETE FROM session WHERE account_id = ?1 AND digest <> ?2", (account.0, but)).map(drop)
    }

    /// Ends all sessions that began before one moment or in which nothing was asked since another.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn session_end_old(
        &mut self,
        made_before: Timestamp,
        seen_before: Timestamp,
    ) -> Result<(), StoreError> {
        let (made, seen) = (made_before.nanoseconds(), seen_before.nanoseconds());
        self.write("DELETE FROM session WHERE made_at < ?1 OR seen_at < ?2", (made, seen)).map(drop)
    }

    /// The failures of a name or an address.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn failures_of(&self, digest: &str) -> Result<Option<Failures>, StoreError> {
        failures(&self.connection, digest).map_err(|trouble| trouble.at(&self.path))
    }

    /// Counts one more failure, and forgets those of before `since`.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn failure_add(&mut self, digest: &str, at: Timestamp, since: Timestamp) -> Result<(), StoreError> {
        const FORGET: &str = "
            DELETE FROM failed_sign_in WHERE last_at < ?1 OR digest IN
                (SELECT digest FROM failed_sign_in ORDER BY last_at DESC LIMIT -1 OFFSET ?2)";
        const ADD: &str = "
            INSERT INTO failed_sign_in VALUES (?1, 1, ?2)
            ON CONFLICT (digest) DO UPDATE SET count = count + 1, last_at = ?2";
        self.write(FORGET, (since.nanoseconds(), MOST_FAILURES))?;
        self.write(ADD, (digest, at.nanoseconds())).map(drop)
    }

    /// Forgets the failures of a name or an address.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn failures_clear(&mut self, digest: &str) -> Result<(), StoreError> {
        self.write("DELETE FROM failed_sign_in WHERE digest = ?1", [digest]).map(drop)
    }

    /// What was chosen by this name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        let find = || -> Result<_, Trouble> {
            let select = "SELECT value FROM setting WHERE name = ?1";
            Ok(self.connection.query_row(select, [name], |row| row.get(0)).optional()?)
        };
        find().map_err(|trouble| trouble.at(&self.path))
    }

    /// Keeps a choice by name, in the place of the one before.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn setting_save(&mut self, name: &str, value: &str) -> Result<(), StoreError> {
        const SAVE: &str = "
            INSERT INTO setting VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2";
        self.write(SAVE, (name, value)).map(drop)
    }
}

fn find(store: &Store, digest: &str) -> Result<Option<Session>, Trouble> {
    const FIND: &str = "SELECT account_id, made_at, seen_at FROM session WHERE digest = ?1";
    let found: Option<(i64, i64, i64)> = store
        .connection
        .query_row(FIND, [digest], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((account, made_at, seen_at)) = found else { return Ok(None) };
    let account = crate::account::by_id(&store.connection, AccountId(account))?;
    Ok(account.map(|account| Session {
        account,
        made_at: Timestamp::from_nanoseconds(made_at),
        seen_at: Timestamp::from_nanoseconds(seen_at),
    }))
}

fn failures(connection: &Connection, digest: &str) -> Result<Option<Failures>, Trouble> {
    let select = "SELECT count, last_at FROM failed_sign_in WHERE digest = ?1";
    let read = |row: &rusqlite::Row<'_>| {
        Ok(Failures { count: row.get(0)?, last_at: Timestamp::from_nanoseconds(row.get(1)?) })
    };
    Ok(connection.query_row(select, [digest], read).optional()?)
}
