//! The account for emergencies: a code in an envelope that nobody needs until something is wrong. It opens once, for a few hours, and
//! works also where the store cannot be written, such as on a full disk. All that is done with it stands in the log or, where that
//! cannot be written, in a journal of its own ([`journal`]).
//!
//! Its truth is the journal alone: made, and opened since or not. The session lives in memory, so a restart ends it.

pub(crate) mod journal;

use std::path::Path;
use std::sync::Mutex;
use std::time::SystemTime;

use ring::rand::{SecureRandom as _, SystemRandom};
use wardround_model::Timestamp;
use wardround_store::{AccountId, NewAuditEntry, Store};

use self::journal::{Journal, JournalError, Record};
use crate::codes::{self, base32, grouped, typed};
use crate::hospital::locked;
use crate::keys::Keys;
use crate::log;
use crate::roles::SiteRole;
use crate::session::Person;

/// The account: no row of the store has this number.
pub(crate) const ACCOUNT: AccountId = AccountId(0);
/// What it is called in the log.
const NAME: &str = "break-glass";
/// How long it is open, in seconds: four hours.
const OPEN_FOR: i64 = 4 * 3_600;
/// Records that others than the account may fill, by taking back what they said.
const OTHERS: usize = 256;
/// Bytes of a code: 160 bits, which nobody guesses.
const CODE: usize = 20;

const MADE: &str = "made";
const OPENED: &str = "opened";
const DID: &str = "did";

/// How it stands with the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// None was made.
    Missing,
    /// It waits since then.
    Sealed(Timestamp),
    /// It was opened then, and is of no more use when its hours are over.
    Opened(Timestamp),
    /// The journal cannot be read, or was changed.
    Unreadable,
}

/// The account, as the site has it.
pub(crate) struct Glass {
    journal: Journal,
    /// The digest of the token of who opened it, and when they did.
    session: Mutex<Option<(String, Timestamp)>>,
    /// How it stood when the file was of that moment.
    known: Mutex<Option<(SystemTime, State)>>,
}

impl Glass {
    /// Takes the room for the journal, where there is none. A site whose disk is full already serves without one.
    pub(crate) fn open(folder: &Path) -> Self {
        let journal = Journal::beside(folder);
        if journal.make().is_err() {
            log::event("no-emergency-journal");
        }
        Self { journal, session: Mutex::default(), known: Mutex::default() }
    }

    /// How it stands now; another program may have made a new one.
    pub(crate) fn state(&self, keys: &Keys) -> State {
        let changed = std::fs::metadata(self.journal.path()).and_then(|file| file.modified());
        let Ok(changed) = changed else { return State::Missing };
        if let Some((_, state)) = locked(&self.known).filter(|(then, _)| *then == changed) {
            return state;
        }
        let state = self.journal.read(&keys.audit_public()).map_or(State::Unreadable, |all| state_of(&all));
        *locked(&self.known) = Some((changed, state));
        state
    }

    /// Opens it with its code: a record stands in the journal before this returns. Whether the code fits.
    pub(crate) fn unseal(
        &self,
        keys: &Keys,
        code: &str,
        from: &str,
        because: &str,
        session: String,
        at: Timestamp,
    ) -> Result<bool, JournalError> {
        // Held all the while, so that a code opens once.
        let mut held = locked(&self.session);
        let all = self.journal.read(&keys.audit_public())?;
        let is_sealed = matches!(state_of(&all), State::Sealed(_));
        let made = all.iter().rev().find(|record| record.action == MADE);
        let digest = codes::digest(NAME, &typed(code));
        if !made.is_some_and(|made| is_sealed && crate::gate::is_same(&made.subject, &digest)) {
            return Ok(false);
        }
        self.journal.add(keys, at, OPENED, &format!("from {from}: {because}"))?;
        *held = Some((session, at));
        Ok(true)
    }

    /// Who this session is, where it opened the account and its hours are not over.
    pub(crate) fn person(&self, session: &str, form_token: &str, at: Timestamp) -> Option<Person> {
        let mut held = locked(&self.session);
        if held.as_ref().is_some_and(|(_, opened)| !is_open(*opened, at)) {
            *held = None;
        }
        held.as_ref().filter(|(digest, _)| digest == session).map(|_| Person {
            account: ACCOUNT,
            name: NAME.to_owned(),
            role: SiteRole::Administrator,
            form_token: form_token.to_owned(),
            session: session.to_owned(),
            scope: None,
            token: None,
        })
    }

    /// Ends the session of who opened it.
    pub(crate) fn leave(&self) {
        *locked(&self.session) = None;
    }

    /// Writes down what could not be logged.
    pub(crate) fn note(&self, keys: &Keys, entry: &NewAuditEntry) -> Result<(), JournalError> {
        let who = entry.who.as_ref().map_or("nobody", |(_, name)| name.as_str());
        let from = entry.address.as_deref().unwrap_or("here");
        let NewAuditEntry { action, subject, outcome, .. } = entry;
        let told = format!("{action} {subject} {outcome}, by {who} from {from}");
        let is_own = entry.who.as_ref().is_some_and(|(account, _)| *account == ACCOUNT);
        let most = if is_own { usize::MAX } else { OTHERS };
        self.journal.add_before(most, keys, (entry.at, DID, &told))
    }
}

fn state_of(all: &[Record]) -> State {
    let last = all.iter().rev().find(|record| [MADE, OPENED].contains(&record.action.as_str()));
    match last {
        None => State::Missing,
        Some(record) if record.action == MADE => State::Sealed(record.at),
        Some(record) => State::Opened(record.at),
    }
}

/// Whether it is open still; a clock that was set back closes it.
pub(crate) fn is_open(opened: Timestamp, at: Timestamp) -> bool {
    (0..OPEN_FOR * 1_000_000_000).contains(&at.since(opened))
}

/// Makes the account anew: the code for the envelope, which is kept nowhere. The one before opens nothing any more.
///
/// # Errors
/// When the journal, the keys or the log cannot be used.
pub fn break_glass(store: &mut Store, keys: &Path, at: Timestamp) -> Result<String, BreakGlassError> {
    let keys = Keys::open(keys).map_err(JournalError::Key)?;
    let mut bytes = [0; CODE];
    SystemRandom::new().fill(&mut bytes).map_err(|_| BreakGlassError::NoRandom)?;
    let code = base32(&bytes);
    let journal = Journal::beside(store.path().parent().unwrap_or(Path::new("")));
    journal.make()?;
    let entry = NewAuditEntry {
        at,
        who: None,
        address: None,
        action: "break-glass.make".to_owned(),
        subject: String::new(),
        outcome: "done".to_owned(),
    };
    store.audit_add(&entry)?;
    journal.add(&keys, at, MADE, &codes::digest(NAME, &code))?;
    Ok(grouped(&code))
}

/// Why the account could not be made.
#[derive(Debug, thiserror::Error)]
pub enum BreakGlassError {
    /// The journal cannot be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The log cannot be written.
    #[error(transparent)]
    Store(#[from] wardround_store::StoreError),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    NoRandom,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    #[test]
    fn it_opens_once_for_hours_and_then_has_to_be_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path().join("rounds.sqlite")).unwrap();
        let keys_folder = folder.path().join("keys");
        let glass = Glass::open(folder.path());
        let keys = Keys::open(&keys_folder).unwrap();
        assert_eq!(glass.state(&keys), State::Missing);
        let old = break_glass(&mut store, &keys_folder, at(10)).unwrap();
        let code = break_glass(&mut store, &keys_folder, at(20)).unwrap();
        assert_eq!(glass.state(&keys), State::Sealed(at(20)));
        let open = |code: &str, session: &str, when| {
            glass.unseal(&keys, code, "10.0.0.1", "disk full", session.to_owned(), when).unwrap()
        };
        assert!(!open(&old, "a", at(30)) && !open("", "a", at(30)));
        assert!(open(&code.to_lowercase(), "a", at(30)));
        assert_eq!(glass.state(&keys), State::Opened(at(30)));
        assert!(!open(&code, "b", at(31)), "a code opens once");
        assert!(glass.person("a", "form", at(31)).is_some() && glass.person("b", "form", at(31)).is_none());
        assert!(glass.person("a", "form", at(30 + OPEN_FOR)).is_none());
        assert!(glass.person("a", "form", at(31)).is_none(), "what is over does not begin again");
        let text = std::fs::read_to_string(folder.path().join(journal::FILE)).unwrap();
        assert!(text.contains("from 10.0.0.1: disk full") && !text.contains(&typed(&code)));
    }
}
