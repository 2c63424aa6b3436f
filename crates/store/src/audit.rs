//! The tables `audit_entry` and `audit_checkpoint`: what people asked of the site.
//!
//! Each entry carries a digest over itself and the digest before, so that none can be changed, taken out or put in
//! between without every later digest being wrong. Cutting off the end would leave a shorter chain that fits: signed
//! checkpoints tell how long it was. Not here: the key that signs, and who may read the log.

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};
use wardround_model::Timestamp;

use crate::Store;
use crate::account::AccountId;
use crate::error::{StoreError, Trouble};

/// Something to log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who, where somebody was signed in: id and name.
    pub who: Option<(AccountId, String)>,
    /// From which address.
    pub address: Option<String>,
    /// What was asked, as a code.
    pub action: String,
    /// Of what, as an id or a short word.
    pub subject: String,
    /// What became of it, as a code.
    pub outcome: String,
}

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its number; they count up from 1 without a gap.
    pub id: i64,
    /// What was logged.
    pub said: NewAuditEntry,
    /// The digest of the entry and the one before it.
    pub digest: String,
}

/// A signed statement of how the log ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditCheckpoint {
    /// The last entry then.
    pub entry: i64,
    /// When.
    pub at: Timestamp,
    /// That entry's digest.
    pub digest: String,
    /// The signature over [`AuditCheckpoint::signed`], as hex.
    pub signature: String,
}

impl AuditCheckpoint {
    /// What is signed.
    #[must_use]
    pub fn signed(&self) -> Vec<u8> {
        let Self { entry, at, digest, .. } = self;
        format!("wardround audit checkpoint 1\n{entry}\n{}\n{digest}\n", at.nanoseconds()).into_bytes()
    }
}

/// What an entry's digest must be, after one with the digest `before`.
#[must_use]
pub fn audit_digest(before: &str, id: i64, said: &NewAuditEntry) -> String {
    let account = said.who.as_ref().map_or_else(String::new, |(id, _)| id.0.to_string());
    let parts = [
        "wardround audit entry 1",
        before,
        &id.to_string(),
        &said.at.nanoseconds().to_string(),
        &account,
        said.who.as_ref().map_or("", |(_, name)| name),
        said.address.as_deref().unwrap_or(""),
        &said.action,
        &said.subject,
        &said.outcome,
    ];
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        // Lengths first, so that no text can be moved from one field to the next.
        hasher.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

const INSERT: &str = "INSERT INTO audit_entry VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
const SELECT: &str = "
    SELECT id, at, account_id, name, address, action, subject, outcome, digest FROM audit_entry";

impl Store {
    /// Adds an entry to the log; on the disk before this returns.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn audit_add(&mut self, new: &NewAuditEntry) -> Result<AuditEntry, StoreError> {
        add(&mut self.connection, new).map_err(|trouble| trouble.at(&self.path))
    }

    /// Hands each entry over, the oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn audit_each(&self, mut entry: impl FnMut(AuditEntry)) -> Result<(), StoreError> {
        let mut each = || -> Result<(), Trouble> {
            let mut select = self.connection.prepare(&format!("{SELECT} ORDER BY id"))?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                entry(read(row)?);
            }
            Ok(())
        };
        each().map_err(|trouble| trouble.at(&self.path))
    }

    /// At most `most` entries before the one with this number, the latest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn audit_before(&self, before: Option<i64>, most: u32) -> Result<Vec<AuditEntry>, StoreError> {
        let find = || -> Result<Vec<AuditEntry>, Trouble> {
            let mut select =
                self.connection.prepare(&format!("{SELECT} WHERE id < ?1 ORDER BY id DESC LIMIT ?2"))?;
            let rows = select.query_map((before.unwrap_or(i64::MAX), most), read)?;
            Ok(rows.collect::<Result<_, _>>()?)
        };
        find().map_err(|trouble| trouble.at(&self.path))
    }

    /// At most `most` entries after the one with this number, the oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn audit_after(&self, after: i64, most: u32) -> Result<Vec<AuditEntry>, StoreError> {
        let find = || -> Result<Vec<AuditEntry>, Trouble> {
            let mut select =
                self.connection.prepare(&format!("{SELECT} WHERE id > ?1 ORDER BY id LIMIT ?2"))?;
            let rows = select.query_map((after, most), read)?;
            Ok(rows.collect::<Result<_, _>>()?)
        };
        find().map_err(|trouble| trouble.at(&self.path))
    }

    /// The number and digest of the last entry.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn audit_head(&self) -> Result<Option<(i64, String)>, StoreError> {
        head(&self.connection).map_err(|trouble| trouble.at(&self.path))
    }

    /// All checkpoints, the oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn audit_checkpoints(&self) -> Result<Vec<AuditCheckpoint>, StoreError> {
        checkpoints(&self.connection).map_err(|trouble| trouble.at(&self.path))
    }

    /// Keeps a checkpoint.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn audit_checkpoint_save(&mut self, new: &AuditCheckpoint) -> Result<(), StoreError> {
        let values = (new.entry, new.at.nanoseconds(), &new.digest, &new.signature);
        self.write("INSERT OR IGNORE INTO audit_checkpoint VALUES (?1, ?2, ?3, ?4)", values).map(drop)
    }
}

fn add(connection: &mut Connection, new: &NewAuditEntry) -> Result<AuditEntry, Trouble> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let added = add_within(&transaction, new)?;
    transaction.commit()?;
    Ok(added)
}

/// Adds an entry in a transaction that is open, so that it stands or falls with what else is written.
pub(crate) fn add_within(transaction: &Connection, new: &NewAuditEntry) -> Result<AuditEntry, Trouble> {
    let (last, before) = head(transaction)?.unwrap_or_default();
    let id = last.saturating_add(1);
    let digest = audit_digest(&before, id, new);
    let (account, name) = new.who.as_ref().map(|(id, name)| (id.0, name)).unzip();
    transaction.execute(
        INSERT,
        (
            id,
            new.at.nanoseconds(),
            account,
            name,
            &new.address,
            &new.action,
            &new.subject,
            &new.outcome,
            &digest,
        ),
    )?;
    Ok(AuditEntry { id, said: new.clone(), digest })
}

fn head(connection: &Connection) -> Result<Option<(i64, String)>, Trouble> {
    let select = "SELECT id, digest FROM audit_entry ORDER BY id DESC LIMIT 1";
    Ok(connection.query_row(select, [], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<AuditEntry> {
    let account: Option<i64> = row.get(2)?;
    let name: Option<String> = row.get(3)?;
    Ok(AuditEntry {
        id: row.get(0)?,
        said: NewAuditEntry {
            at: Timestamp::from_nanoseconds(row.get(1)?),
            who: account.map(AccountId).zip(name),
            address: row.get(4)?,
            action: row.get(5)?,
            subject: row.get(6)?,
            outcome: row.get(7)?,
        },
        digest: row.get(8)?,
    })
}

fn checkpoints(connection: &Connection) -> Result<Vec<AuditCheckpoint>, Trouble> {
    let mut select = connection
        .prepare("SELECT entry_id, at, digest, signature FROM audit_checkpoint ORDER BY entry_id")?;
    let rows = select.query_map([], |row| {
        Ok(AuditCheckpoint {
            entry: row.get(0)?,
            at: Timestamp::from_nanoseconds(row.get(1)?),
            digest: row.get(2)?,
            signature: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
