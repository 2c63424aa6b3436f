//! The table `api_token`: what programs show in place of a session. The site makes tokens and says what their scopes mean.

use std::fmt;
use std::str::FromStr;

use rusqlite::{Connection, OptionalExtension as _, Row};
use wardround_model::Timestamp;

use crate::Store;
use crate::account::{self, Account, AccountId};
use crate::error::{StoreError, Trouble};

/// The id of a token, as `K-3`; they count up from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenId(pub i64);

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "K-{}", self.0)
    }
}

impl FromStr for TokenId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let number = text.strip_prefix("K-").and_then(|digits| digits.parse().ok());
        number.filter(|number| *number > 0).map(Self).ok_or(())
    }
}

/// A token to keep.
#[derive(Clone, PartialEq, Eq)]
pub struct NewToken {
    /// The digest of the token itself.
    pub digest: String,
    /// Whose it is.
    pub account: AccountId,
    /// What its owner calls it.
    pub name: String,
    /// The code of its scope.
    pub scope: String,
    /// When it is made.
    pub made_at: Timestamp,
    /// When it ends by itself.
    pub until: Timestamp,
}

/// A token, without its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// Whose it is.
    pub account: AccountId,
    /// What its owner calls it.
    pub name: String,
    /// The code of its scope.
    pub scope: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it ends by itself.
    pub until: Timestamp,
    /// When it was last used, to the minute.
    pub used_at: Option<Timestamp>,
    /// When somebody ended it.
    pub ended_at: Option<Timestamp>,
}

impl Token {
    /// Whether it works at this moment.
    #[must_use]
    pub fn works_at(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && now < self.until && self.made_at <= now
    }
}

const COLUMNS: &str = "id, account_id, name, scope, made_at, until_at, used_at, ended_at";

impl Store {
    /// Keeps a token, on the disk before this returns.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn token_save(&mut self, new: &NewToken) -> Result<TokenId, StoreError> {
        let values = (
            &new.digest,
            new.account.0,
            &new.name,
            &new.scope,
            new.made_at.nanoseconds(),
            new.until.nanoseconds(),
        );
        self.write(
            "INSERT INTO api_token (digest, account_id, name, scope, made_at, until_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            values,
        )?;
        Ok(TokenId(self.connection.last_insert_rowid()))
    }

    /// The token with this digest, and whose it is.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn token_find(&self, digest: &str) -> Result<Option<(Token, Account)>, StoreError> {
        find(&self.connection, digest).map_err(|trouble| trouble.at(&self.path))
    }

    /// The tokens of an account, the newest first; those that ended too.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn token_list(&self, account: AccountId) -> Result<Vec<Token>, StoreError> {
        list(&self.connection, account).map_err(|trouble| trouble.at(&self.path))
    }

    /// Remembers that a token was used.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn token_used(&mut self, id: TokenId, at: Timestamp) -> Result<(), StoreError> {
        self.write("UPDATE api_token SET used_at = ?2 WHERE id = ?1", (id.0, at.nanoseconds())).map(drop)
    }

    /// Ends a token of this account; whether there was one that had not ended.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn token_end(&mut self, id: TokenId, account: AccountId, at: Timestamp) -> Result<bool, StoreError> {
        let values = (id.0, account.0, at.nanoseconds());
        let ended = self.write(
            "UPDATE api_token SET ended_at = ?3 WHERE id = ?1 AND account_id = ?2 AND ended_at IS NULL",
            values,
        )?;
        Ok(ended > 0)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Token> {
    let moment = |nanoseconds: Option<i64>| nanoseconds.map(Timestamp::from_nanoseconds);
    Ok(Token {
        id: TokenId(row.get(0)?),
        account: AccountId(row.get(1)?),
        name: row.get(2)?,
        scope: row.get(3)?,
        made_at: Timestamp::from_nanoseconds(row.get(4)?),
        until: Timestamp::from_nanoseconds(row.get(5)?),
        used_at: moment(row.get(6)?),
        ended_at: moment(row.get(7)?),
    })
}

fn find(connection: &Connection, digest: &str) -> Result<Option<(Token, Account)>, Trouble> {
    // One view of the file: an account that is closed meanwhile is closed.
    let view = connection.unchecked_transaction()?;
    let select = format!("SELECT {COLUMNS} FROM api_token WHERE digest = ?1");
    let Some(token) = view.query_row(&select, [digest], read).optional()? else { return Ok(None) };
    let owner = account::by_id(&view, token.account)?;
    Ok(owner.map(|owner| (token, owner)))
}

fn list(connection: &Connection, account: AccountId) -> Result<Vec<Token>, Trouble> {
    let select = format!("SELECT {COLUMNS} FROM api_token WHERE account_id = ?1 ORDER BY id DESC");
    let mut statement = connection.prepare(&select)?;
    let rows = statement.query_map([account.0], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}
