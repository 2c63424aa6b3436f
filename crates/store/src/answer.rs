//! The table `api_answer`: what was answered to changes that programs asked for under a key of their own
//! (draft-ietf-httpapi-idempotency-key-header). A key is written down before the change is made, so that after a kill nothing is
//! done twice; answers go after a day. Not here: who may ask, and what a request is.

use rusqlite::{Connection, OptionalExtension as _};
use wardround_model::Timestamp;

use crate::error::{StoreError, Trouble};
use crate::token::TokenId;
use crate::{Store, rounds};

/// A request that came with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKey {
    /// The digest of the token and the key.
    pub key: String,
    /// The token.
    pub token: TokenId,
    /// The digest of all else that was asked.
    pub request: String,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    /// The status code of HTTP.
    pub code: u16,
    /// The tag of what it made, where it has one.
    pub tag: Option<String>,
    /// The body.
    pub body: String,
}

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// Nothing: it is written down now.
    New,
    /// Another request came with it.
    OfAnother,
    /// The same request came with it, and nobody knows what became of it.
    Unanswered,
    /// The same request came with it, and was answered so.
    Answered(KeptAnswer),
    /// As many keys as are kept are kept.
    Full,
}

/// How long answers are kept, in nanoseconds: a day.
const KEPT_FOR: i64 = 86_400 * 1_000_000_000;
/// Keys that are kept of one token.
const MOST_OF_TOKEN: i64 = 2_000;
/// Keys that are kept in all.
const MOST: i64 = 10_000;

const DELETE_OLD: &str = "DELETE FROM api_answer WHERE at < ?1";
const SELECT: &str = "SELECT request_digest, code, tag, body FROM api_answer WHERE key_digest = ?1";
const COUNT: &str =
    "SELECT (SELECT count(*) FROM api_answer WHERE token_id = ?1), (SELECT count(*) FROM api_answer)";
const INSERT: &str =
    "INSERT INTO api_answer (key_digest, token_id, request_digest, at) VALUES (?1, ?2, ?3, ?4)";

impl Store {
    /// Writes a key down unless it is known, on the disk before this returns; what is known of it.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn answer_begin(&mut self, new: &NewKey, at: Timestamp) -> Result<KeyState, StoreError> {
        rounds::within(&mut self.connection, |transaction| begin(transaction, new, at))
            .map_err(|trouble| trouble.at(&self.path))
    }

    /// Keeps what was answered.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn answer_keep(&mut self, key: &str, answer: &KeptAnswer) -> Result<(), StoreError> {
        let keep = "UPDATE api_answer SET code = ?2, tag = ?3, body = ?4 WHERE key_digest = ?1";
        self.write(keep, (key, answer.code, &answer.tag, &answer.body)).map(drop)
    }

    /// Forgets a key, since nothing was done.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn answer_forget(&mut self, key: &str) -> Result<(), StoreError> {
        self.write("DELETE FROM api_answer WHERE key_digest = ?1", [key]).map(drop)
    }

    /// Forgets what was answered, but not that it was asked.
    pub(crate) fn answers_blank(&mut self) -> Result<(), StoreError> {
        self.write("UPDATE api_answer SET code = NULL, tag = NULL, body = NULL", []).map(drop)
    }
}

fn begin(transaction: &Connection, new: &NewKey, at: Timestamp) -> Result<KeyState, Trouble> {
    transaction.execute(DELETE_OLD, [at.nanoseconds().saturating_sub(KEPT_FOR)])?;
    if let Some(known) = known(transaction, new)? {
        return Ok(known);
    }
    let (of_token, all): (i64, i64) =
        transaction.query_row(COUNT, [new.token.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    if of_token >= MOST_OF_TOKEN || all >= MOST {
        return Ok(KeyState::Full);
    }
    transaction.execute(INSERT, (&new.key, new.token.0, &new.request, at.nanoseconds()))?;
    Ok(KeyState::New)
}

fn known(transaction: &Connection, new: &NewKey) -> Result<Option<KeyState>, Trouble> {
    let row = transaction
        .query_row(SELECT, [&new.key], |row| {
            let request: String = row.get(0)?;
            Ok((request, row.get::<_, Option<u16>>(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()?;
    Ok(row.map(|(request, code, tag, body): (String, _, _, Option<String>)| match (code, body) {
        _ if request != new.request => KeyState::OfAnother,
        (Some(code), Some(body)) => KeyState::Answered(KeptAnswer { code, tag, body }),
        _ => KeyState::Unanswered,
    }))
}
