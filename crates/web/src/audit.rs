//! The log of what people ask: written before it is done, so that what cannot be logged is not done.
//!
//! Not here: the chain of digests (`store`). Nothing secret is logged, nor anything that was typed into a form.

use std::net::IpAddr;
use std::path::Path;

use wardround_model::Timestamp;
use wardround_remedy::EventId;
use wardround_store::{
    AccountId, AuditCheckpoint, NewAuditEntry, Redaction, Store, StoreError, audit_digest,
};

use crate::hospital::waiting;
use crate::keys::{self, KeyError, Keys};
use crate::problem::Problem;
use crate::session::Person;
use crate::site::{Site, now};
use crate::{glass, log};

/// Entries between two checkpoints.
const CHECKPOINT_EVERY: i64 = 64;

/// What became of something that was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Became {
    /// It is about to be done; a second entry tells how it went.
    Asked,
    /// It was done, or shown.
    Done,
    /// It was refused.
    Refused,
    /// It was tried and did not work.
    Failed,
    /// It was asked once more under the same key, and only answered again.
    Repeated,
}

impl Became {
    fn code(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Repeated => "repeated",
        }
    }
}

/// Something to log.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    who: Option<(AccountId, String)>,
    address: Option<IpAddr>,
    action: &'static str,
    subject: String,
    became: Became,
    /// Whether it may stand in the reserved journal where the log cannot be written.
    is_reserved: bool,
}

/// The longest subject that is kept.
const SUBJECT: usize = 200;

impl Entry {
    /// Something that this action did.
    pub(crate) fn new(action: &'static str, became: Became) -> Self {
        Self { who: None, address: None, action, subject: String::new(), became, is_reserved: false }
    }

    /// Who asked, and from where.
    pub(crate) fn by(mut self, person: Option<&Person>, address: IpAddr) -> Self {
        self.who = person.map(|person| (person.account, person.name.clone()));
        self.address = Some(address);
        self.is_reserved |= person.is_some_and(|person| person.account == glass::ACCOUNT);
        self
    }

    /// It must be done also where the log cannot be written: then the reserved journal has it.
    pub(crate) fn reserved(mut self) -> Self {
        self.is_reserved = true;
        self
    }

    /// Whose sign-in it is.
    pub(crate) fn of_account(mut self, account: AccountId, name: &str) -> Self {
        self.who = Some((account, name.to_owned()));
        self
    }

    /// The same, with another outcome.
    pub(crate) fn became(mut self, became: Became) -> Self {
        self.became = became;
        self
    }

    /// Of what.
    pub(crate) fn about(mut self, subject: &str) -> Self {
        self.subject = subject.chars().filter(|c| !c.is_control()).take(SUBJECT).collect();
        self
    }
}

/// Adds an entry; what it is about must not be done when this fails.
pub(crate) async fn add(site: &Site, entry: Entry) -> Result<(), Problem> {
    let new = NewAuditEntry {
        at: now(),
        who: entry.who,
        address: entry.address.map(|address| address.to_string()),
        action: entry.action.to_owned(),
        subject: entry.subject,
        outcome: entry.became.code().to_owned(),
    };
    let kept = new.clone();
    match site.home.write(move |store| store.audit_add(&new)).await {
        Ok(added) if added.id % CHECKPOINT_EVERY == 0 => checkpoint(site).await,
        Ok(_) => Ok(()),
        Err(_) if entry.is_reserved => note(site, kept).await,
        Err(_) => Err(Problem::NotLogged),
    }
}

/// Writes down in the reserved journal what the log does not take.
async fn note(site: &Site, entry: NewAuditEntry) -> Result<(), Problem> {
    let shared = site.clone();
    waiting(move || shared.glass.note(&shared.keys, &entry).map_err(|_| Problem::NotLogged)).await?;
    drop(log::event("logged-in-the-emergency-journal"));
    Ok(())
}

/// Signs how the log ends now, and says so on standard error too, where a system's own log keeps it.
pub(crate) async fn checkpoint(site: &Site) -> Result<(), Problem> {
    let shared = site.clone();
    let kept =
        site.home.write(move |store| sign(store, &shared.keys)).await.map_err(|_| Problem::NotLogged)?;
    if let Some((entry, digest)) = kept
        && let Ok(digest) = blake3::Hash::from_hex(&digest)
    {
        log::event("audit-checkpoint")
            .number("entry", u64::try_from(entry).unwrap_or_default())
            .digest(&digest);
    }
    Ok(())
}

fn sign(store: &mut Store, keys: &Keys) -> Result<Option<(i64, String)>, StoreError> {
    let Some((entry, digest)) = store.audit_head()? else { return Ok(None) };
    let mut checkpoint =
        AuditCheckpoint { entry, at: now(), digest: digest.clone(), signature: String::new() };
    checkpoint.signature = keys.sign(&checkpoint.signed());
    store.audit_checkpoint_save(&checkpoint)?;
    Ok(Some((entry, digest)))
}

/// Why a value could not be taken out of a store.
#[derive(Debug, thiserror::Error)]
pub enum RedactError {
    /// The store refuses it, or could not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The log could not be signed.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Takes a value out of a store, and signs the log that says so with the keys in this folder.
///
/// # Errors
/// When the store refuses the value or cannot be written, or the keys cannot be read.
pub fn redact(
    store: &mut Store,
    keys: &Path,
    value: &str,
    at: Timestamp,
) -> Result<Vec<Redaction>, RedactError> {
    // Without keys nothing is done: what is gone must stand in a log that is signed.
    let keys = Keys::open(keys)?;
    let found = store.redact(value, at)?;
    sign(store, &keys)?;
    Ok(found)
}

/// Takes the content of a file out of a store for good, and signs the log that says so. Whether there was such a file.
///
/// # Errors
/// When the store cannot be written, or the keys cannot be read.
pub fn redact_file(
    store: &mut Store,
    keys: &Path,
    event: EventId,
    at: Timestamp,
) -> Result<bool, RedactError> {
    let keys = Keys::open(keys)?;
    let is_there = store.attachment_remove(event, at)?;
    sign(store, &keys)?;
    Ok(is_there)
}

/// What checking the log found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Entries.
    pub entries: u64,
    /// Signed checkpoints.
    pub checkpoints: u64,
    /// Entries after the last checkpoint: whether more followed cannot be told.
    pub after_last: u64,
    /// The first thing that does not fit, in a sentence; nothing where all fits.
    pub broken: Option<String>,
}

/// Why the log could not be checked.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key could not be read.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Checks the log of a store: every digest, every signature, with the public key in this file.
///
/// # Errors
/// When the store or the key cannot be read. What does not fit is in [`Verified::broken`].
pub fn verify(store: &Store, key: &Path) -> Result<Verified, VerifyError> {
    let key = keys::public(key)?;
    let checkpoints = store.audit_checkpoints()?;
    let mut check = Check { key, checkpoints, next: 0, id: 0, digest: String::new(), broken: None };
    store.audit_each(|entry| check.entry(&entry))?;
    Ok(check.finish())
}

/// How far checking is.
struct Check {
    key: Vec<u8>,
    checkpoints: Vec<AuditCheckpoint>,
    /// The checkpoint to come.
    next: usize,
    id: i64,
    digest: String,
    broken: Option<String>,
}

impl Check {
    fn entry(&mut self, entry: &wardround_store::AuditEntry) {
        if self.broken.is_some() {
            return;
        }
        let expected = self.id.saturating_add(1);
        if entry.id != expected {
            self.broken =
                Some(format!("entry {expected} is missing: entry {} follows on {}", entry.id, self.id));
            return;
        }
        if audit_digest(&self.digest, entry.id, &entry.said) != entry.digest {
            self.broken = Some(format!("entry {expected} is not as it was written"));
            return;
        }
        self.id = entry.id;
        self.digest.clone_from(&entry.digest);
        self.checkpoint();
    }

    /// Holds the checkpoint of the entry just read against it.
    fn checkpoint(&mut self) {
        let Some(checkpoint) = self.checkpoints.get(self.next).filter(|it| it.entry == self.id) else {
            return;
        };
        if !keys::is_signed(&self.key, &checkpoint.signed(), &checkpoint.signature) {
            self.broken =
                Some(format!("the checkpoint of entry {} is not signed by the key of this site", self.id));
        } else if checkpoint.digest != self.digest {
            self.broken = Some(format!("the log up to entry {} is not the one that was signed", self.id));
        }
        self.next += 1;
    }

    fn finish(self) -> Verified {
        let left = self.checkpoints.get(self.next);
        let cut = left.map(|left| {
            format!(
                "the log ends at entry {}, but entry {} was signed: its end was cut off",
                self.id, left.entry
            )
        });
        let last = self.checkpoints.last().map_or(0, |last| last.entry);
        Verified {
            entries: u64::try_from(self.id).unwrap_or_default(),
            checkpoints: u64::try_from(self.checkpoints.len()).unwrap_or(u64::MAX),
            after_last: u64::try_from(self.id.saturating_sub(last)).unwrap_or_default(),
            broken: self.broken.or(cut),
        }
    }
}
