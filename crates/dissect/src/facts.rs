//! Where dissectors put what they found.

use wardround_model::{Fact, FactKind, Subject};

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

/// What was found in some bytes, in order. Reused from call to call.
#[derive(Debug, Default)]
pub struct Facts {
    list: Vec<(About, Fact)>,
    not_allowed: u64,
    not_kept: u64,
}

impl Facts {
    /// The most facts of one call; more are counted, not kept.
    pub const MAX: usize = 256;

    /// Tells a fact; a value that the allow-list does not let through is counted and dropped.
    pub fn tell(&mut self, about: About, kind: FactKind, value: &[u8]) {
        match Fact::new(kind, value) {
            Ok(_) if self.list.len() >= Self::MAX => self.not_kept = self.not_kept.saturating_add(1),
            Ok(fact) => self.list.push((about, fact)),
            Err(_) => self.not_allowed = self.not_allowed.saturating_add(1),
        }
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
