//! Where dissectors put what they found, and what one side says of a thing that only both sides tell together.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

use wardround_model::words::MASK;
use wardround_model::{Fact, FactKind, NotAllowed, Protocol, Subject};

use crate::recent::Recent;

/// Who a fact is about, in the words of the bytes at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// The host that sent the bytes.
    Sender,
    /// The host that they were sent to.
    Receiver,
    /// The service that sent the bytes: its address, transport and port.
    SenderService,
    /// The service that they were sent to.
    ReceiverService,
    /// Somebody named in the bytes, such as the owner of an address in ARP.
    Named(Subject),
}

/// What one side of a connection says of a thing that only both sides tell together, such as a login without a password: one asks
/// for it, the other grants it.
///
/// Dissectors see one side and keep no state, so whoever has both sides puts the words together. They count only where both
/// sides were read from their opening without a gap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Asked for: a fact about the service that the bytes were sent to, once it is granted.
    pub asked: Option<Fact>,
    /// What was asked for first is granted.
    pub granted: bool,
}

/// What was found in some bytes, in order. Reused from call to call.
#[derive(Debug, Default)]
pub struct Facts {
    list: Vec<(About, Fact)>,
    words: Words,
    not_allowed: u64,
    not_kept: u64,
    recent: Option<Recent>,
    accounts: Vec<Account>,
}

/// By which account somebody logs in: tells whether two are the same and nothing else. It is made with a key that this program draws
/// anew each time that it runs and never tells, so that no list of names finds it out; and it is not a [`Fact`], so that it is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Account {
    /// Over what somebody logs in by it.
    pub protocol: Protocol,
    mark: u64,
}

impl Account {
    /// The account of this name, upper and lower case being the same.
    fn of(protocol: Protocol, name: &[u8]) -> Self {
        static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        Self { protocol, mark: KEY.hash_one(name.trim_ascii().to_ascii_lowercase()) }
    }
}

impl Facts {
    /// The most accounts of one call.
    const MAX_ACCOUNTS: usize = 8;
    /// The longest name of an account that is looked at.
    const MAX_NAME: usize = 256;

    /// The most facts of one call; more are counted, not kept.
    pub const MAX: usize = 256;

    /// The same as the default, but quicker where facts come again: it remembers some that were made lately.
    #[must_use]
    pub fn remembering() -> Self {
        Self { recent: Some(Recent::new()), ..Self::default() }
    }

    fn made(&mut self, kind: FactKind, value: &[u8]) -> Result<Fact, NotAllowed> {
        match &mut self.recent {
            Some(recent) => recent.fact(kind, value),
            None => Fact::new(kind, value),
        }
    }

    /// Tells a fact; a value that the allow-list does not let through is counted and dropped.
    pub fn tell(&mut self, about: About, kind: FactKind, value: &[u8]) {
        match self.made(kind, value) {
            Ok(_) if self.list.len() >= Self::MAX => self.not_kept = self.not_kept.saturating_add(1),
            Ok(fact) => self.list.push((about, fact)),
            Err(_) => self.not_allowed = self.not_allowed.saturating_add(1),
        }
    }

    /// Tells a host's name whose first word is left when it is masked; others say nothing of the host.
    pub fn tell_known(&mut self, about: About, kind: FactKind, name: &[u8]) {
        match self.made(kind, name) {
            Ok(fact) if fact.value().starts_with(MASK) => {}
            Ok(fact) if self.list.len() < Self::MAX => self.list.push((about, fact)),
            Ok(_) => self.not_kept = self.not_kept.saturating_add(1),
            Err(_) => self.not_allowed = self.not_allowed.saturating_add(1),
        }
    }

    /// The sender logs in by an account of this name. The name goes no further.
    pub fn logs_in(&mut self, protocol: Protocol, name: &[u8]) {
        let fits = !name.trim_ascii().is_empty() && name.len() <= Self::MAX_NAME;
        if fits && self.accounts.len() < Self::MAX_ACCOUNTS {
            self.accounts.push(Account::of(protocol, name));
        }
    }

    /// By which accounts the sender logs in, since the last call of this.
    pub fn take_accounts(&mut self) -> impl Iterator<Item = Account> + '_ {
        self.accounts.drain(..)
    }

    /// Asks for what is a fact about the receiver's service once the other side grants it.
    pub fn ask(&mut self, kind: FactKind, value: &[u8]) {
        match self.made(kind, value) {
            Ok(fact) => self.words.asked = Some(fact),
            Err(_) => self.not_allowed = self.not_allowed.saturating_add(1),
        }
    }

    /// Grants what the other side asks for first.
    pub fn grant(&mut self) {
        self.words.granted = true;
    }

    /// What this side said of things that only both sides tell, since the last call of this.
    pub fn take_words(&mut self) -> Words {
        std::mem::take(&mut self.words)
    }

    /// What was told so far.
    #[must_use]
    pub fn list(&self) -> &[(About, Fact)] {
        &self.list
    }

    /// Takes what was told, leaving room for the next call.
    pub fn drain(&mut self) -> impl Iterator<Item = (About, Fact)> + '_ {
        self.list.drain(..)
    }

    /// Values that the allow-list did not let through, since the last call of this.
    pub fn take_not_allowed(&mut self) -> u64 {
        std::mem::take(&mut self.not_allowed)
    }

    /// Facts beyond [`Self::MAX`] in one call, since the last call of this.
    pub fn take_not_kept(&mut self) -> u64 {
        std::mem::take(&mut self.not_kept)
    }
}
