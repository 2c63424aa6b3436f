//! The tables `account`, `recovery_code` and `invitation`: people who sign in to the site.
//!
//! Secrets come here as digests or sealed; what they are made from, and which role may do what, is the site's to know.

use std::fmt;
use std::str::FromStr;

use rusqlite::{Connection, OptionalExtension as _, Row, TransactionBehavior};
use wardround_model::Timestamp;

use crate::Store;
use crate::error::{StoreError, Trouble};

/// The id of an account, as `P-3`; they count up from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(pub i64);

impl FromStr for AccountId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let number = text.strip_prefix("P-").and_then(|digits| digits.parse().ok());
        number.filter(|number| *number > 0).map(Self).ok_or(())
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "P-{}", self.0)
    }
}

/// An account to make.
#[derive(Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// What the person types to sign in.
    pub name: String,
    /// The role's code.
    pub role: String,
    /// The password's digest with its salt and costs.
    pub password: String,
    /// The second factor's secret, sealed.
    pub second_factor: String,
    /// The step of the code that was used to make it.
    pub last_step: i64,
    /// When it is made.
    pub made_at: Timestamp,
    /// When it ends by itself.
    pub ends_at: Option<Timestamp>,
}

/// An account.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// What was kept when it was made, and the last step since.
    pub kept: NewAccount,
    /// When somebody closed it.
    pub closed_at: Option<Timestamp>,
}

impl Account {
    /// Whether its owner may sign in at this moment.
    #[must_use]
    pub fn is_open_at(&self, now: Timestamp) -> bool {
        self.closed_at.is_none() && self.kept.ends_at.is_none_or(|end| now < end)
    }
}

/// Permission to make one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// The code's digest.
    pub digest: String,
    /// The role that the account will have.
    pub role: String,
    /// How long the code works.
    pub until: Timestamp,
    /// When the account will end by itself.
    pub account_ends_at: Option<Timestamp>,
}

/// What became of an account that was to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joined {
    /// It is there.
    Made(AccountId),
    /// Somebody else has this name.
    NameTaken,
    /// The code is not known, was used, or is too old.
    NotInvited,
}

const SELECT: &str = "
    SELECT id, name, role, password, second_factor, last_step, made_at, ends_at, closed_at FROM account";
const INSERT: &str = "
    INSERT INTO account (name, role, password, second_factor, last_step, made_at, ends_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING";

impl Store {
    /// All accounts, the oldest first; also those that were closed.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn account_list(&self) -> Result<Vec<Account>, StoreError> {
        list(&self.connection).map_err(|trouble| trouble.at(&self.path))
    }

    /// The account with this name: the open one, else the one that was closed last.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn account_named(&self, name: &str) -> Result<Option<Account>, StoreError> {
        let find = || -> Result<_, Trouble> {
            let select = format!("{SELECT} WHERE name = ?1 ORDER BY closed_at IS NULL DESC, id DESC LIMIT 1");
            Ok(self.connection.query_row(&select, [name], read).optional()?)
        };
        find().map_err(|trouble| trouble.at(&self.path))
    }

    /// Keeps an invitation.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn invitation_save(&mut self, new: &Invitation) -> Result<(), StoreError> {
        let ends = new.account_ends_at.map(Timestamp::nanoseconds);
        self.write(
            "INSERT INTO invitation VALUES (?1, ?2, ?3, ?4)",
            (&new.digest, &new.role, new.until.nanoseconds(), ends),
        )
        .map(drop)
    }

    /// Invitations that work at this moment, the one that ends first first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn invitation_list(&self, now: Timestamp) -> Result<Vec<Invitation>, StoreError> {
        invitations(&self.connection, now).map_err(|trouble| trouble.at(&self.path))
    }

    /// Takes back one invitation, by its code's digest; whether it was there.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn invitation_remove(&mut self, digest: &str) -> Result<bool, StoreError> {
        Ok(self.write("DELETE FROM invitation WHERE digest = ?1", [digest])? > 0)
    }

    /// The account with this id.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn account_get(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        by_id(&self.connection, id).map_err(|trouble| trouble.at(&self.path))
    }

    /// Gives an account another role and another end; whether it was there and not closed.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn account_change(
        &mut self,
        id: AccountId,
        role: &str,
        ends_at: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        let set = "UPDATE account SET role = ?2, ends_at = ?3 WHERE id = ?1 AND closed_at IS NULL";
        Ok(self.write(set, (id.0, role, ends_at.map(Timestamp::nanoseconds)))? > 0)
    }

    /// Takes back all invitations that wait.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn invitation_clear(&mut self) -> Result<(), StoreError> {
        self.write("DELETE FROM invitation", ()).map(drop)
    }

    /// Whether an invitation waits to be used at this moment.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn invitation_waits(&self, now: Timestamp) -> Result<bool, StoreError> {
        let find = || -> Result<_, Trouble> {
            let waits = "SELECT EXISTS (SELECT 1 FROM invitation WHERE until_at > ?1)";
            Ok(self.connection.query_row(waits, [now.nanoseconds()], |row| row.get(0))?)
        };
        find().map_err(|trouble| trouble.at(&self.path))
    }

    /// The invitation with this code, if it still works.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn invitation_find(&self, digest: &str, now: Timestamp) -> Result<Option<Invitation>, StoreError> {
        invitation(&self.connection, digest, now).map_err(|trouble| trouble.at(&self.path))
    }

    /// Uses up an invitation for an account with these recovery codes; role and end are the invitation's.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn account_join(
        &mut self,
        code: &str,
        new: &NewAccount,
        recovery: &[String],
    ) -> Result<Joined, StoreError> {
        join(&mut self.connection, code, new, recovery).map_err(|trouble| trouble.at(&self.path))
    }

    /// Remembers that the code of this step was used; false where it, or a later one, was used before.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn account_use_step(&mut self, id: AccountId, step: i64) -> Result<bool, StoreError> {
        self.write("UPDATE account SET last_step = ?2 WHERE id = ?1 AND last_step < ?2", (id.0, step))
            .map(|rows| rows == 1)
    }

    /// Uses up a recovery code; false where there is none like it.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn account_use_recovery(
        &mut self,
        id: AccountId,
        digest: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        const USE: &str = "
            UPDATE recovery_code SET used_at = ?3 WHERE account_id = ?1 AND digest = ?2 AND used_at IS NULL";
        self.write(USE, (id.0, digest, at.nanoseconds())).map(|rows| rows == 1)
    }

    /// Closes an account and ends its sessions; false where it was closed before.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn account_close(&mut self, id: AccountId, at: Timestamp) -> Result<bool, StoreError> {
        close(&mut self.connection, id, at).map_err(|trouble| trouble.at(&self.path))
    }

    /// Changes a password and ends all sessions of the account but this one.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn account_set_password(
        &mut self,
        id: AccountId,
        password: &str,
        session: &str,
    ) -> Result<(), StoreError> {
        set_password(&mut self.connection, id, password, session).map_err(|trouble| trouble.at(&self.path))
    }

    /// Puts new recovery codes in the place of all that the account had.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn account_set_recovery(&mut self, id: AccountId, digests: &[String]) -> Result<(), StoreError> {
        set_recovery(&mut self.connection, id, digests).map_err(|trouble| trouble.at(&self.path))
    }

    /// One statement that changes rows, on the disk before it returns; how many it changed.
    pub(crate) fn write(&mut self, sql: &str, values: impl rusqlite::Params) -> Result<usize, StoreError> {
        let changed = self.connection.execute(sql, values).map_err(Trouble::from);
        changed.map_err(|trouble| trouble.at(&self.path))
    }
}

fn list(connection: &Connection) -> Result<Vec<Account>, Trouble> {
    let mut select = connection.prepare(&format!("{SELECT} ORDER BY id"))?;
    let rows = select.query_map([], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn read(row: &Row<'_>) -> rusqlite::Result<Account> {
    let moment = |column| row.get::<_, Option<i64>>(column).map(|it| it.map(Timestamp::from_nanoseconds));
    Ok(Account {
        id: AccountId(row.get(0)?),
        kept: NewAccount {
            name: row.get(1)?,
            role: row.get(2)?,
            password: row.get(3)?,
            second_factor: row.get(4)?,
            last_step: row.get(5)?,
            made_at: Timestamp::from_nanoseconds(row.get(6)?),
            ends_at: moment(7)?,
        },
        closed_at: moment(8)?,
    })
}

/// The account with this id.
pub(crate) fn by_id(connection: &Connection, id: AccountId) -> Result<Option<Account>, Trouble> {
    Ok(connection.query_row(&format!("{SELECT} WHERE id = ?1"), [id.0], read).optional()?)
}

fn invitation(connection: &Connection, digest: &str, now: Timestamp) -> Result<Option<Invitation>, Trouble> {
    const FIND: &str = "
        SELECT digest, role, until_at, account_ends_at FROM invitation WHERE digest = ?1 AND until_at > ?2";
    Ok(connection.query_row(FIND, (digest, now.nanoseconds()), read_invitation).optional()?)
}

fn invitations(connection: &Connection, now: Timestamp) -> Result<Vec<Invitation>, Trouble> {
    const LIST: &str = "
        SELECT digest, role, until_at, account_ends_at FROM invitation WHERE until_at > ?1
        ORDER BY until_at, digest";
    let mut select = connection.prepare(LIST)?;
    let rows = select.query_map([now.nanoseconds()], read_invitation)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn read_invitation(row: &Row<'_>) -> rusqlite::Result<Invitation> {
    let ends: Option<i64> = row.get(3)?;
    Ok(Invitation {
        digest: row.get(0)?,
        role: row.get(1)?,
        until: Timestamp::from_nanoseconds(row.get(2)?),
        account_ends_at: ends.map(Timestamp::from_nanoseconds),
    })
}

fn join(
    connection: &mut Connection,
    code: &str,
    new: &NewAccount,
    recovery: &[String],
) -> Result<Joined, Trouble> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let Some(invited) = invitation(&transaction, code, new.made_at)? else {
        return Ok(Joined::NotInvited);
    };
    let made = transaction.execute(
        INSERT,
        (
            &new.name,
            &invited.role,
            &new.password,
            &new.second_factor,
            new.last_step,
            new.made_at.nanoseconds(),
            invited.account_ends_at.map(Timestamp::nanoseconds),
        ),
    )?;
    if made == 0 {
        return Ok(Joined::NameTaken);
    }
    let id = transaction.last_insert_rowid();
    transaction.execute("DELETE FROM invitation WHERE digest = ?1", [code])?;
    for digest in recovery {
        transaction.execute("INSERT INTO recovery_code VALUES (?1, ?2, NULL)", (id, digest))?;
    }
    transaction.commit()?;
    Ok(Joined::Made(AccountId(id)))
}

fn set_password(
    connection: &mut Connection,
    id: AccountId,
    password: &str,
    session: &str,
) -> Result<(), Trouble> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute("UPDATE account SET password = ?2 WHERE id = ?1", (id.0, password))?;
    transaction.execute("DELETE FROM session WHERE account_id = ?1 AND digest <> ?2", (id.0, session))?;
    Ok(transaction.commit()?)
}

fn set_recovery(connection: &mut Connection, id: AccountId, digests: &[String]) -> Result<(), Trouble> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute("DELETE FROM recovery_code WHERE account_id = ?1", [id.0])?;
    for digest in digests {
        transaction.execute("INSERT INTO recovery_code VALUES (?1, ?2, NULL)", (id.0, digest))?;
    }
    Ok(transaction.commit()?)
}

fn close(connection: &mut Connection, id: AccountId, at: Timestamp) -> Result<bool, Trouble> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let closed = transaction.execute(
        "UPDATE account SET closed_at = ?2 WHERE id = ?1 AND closed_at IS NULL",
        (id.0, at.nanoseconds()),
    )?;
    transaction.execute("DELETE FROM session WHERE account_id = ?1", [id.0])?;
    transaction.commit()?;
    Ok(closed == 1)
}
