//! What came of a question, however it was carried.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use wardround_ask::directory::{Certificate, DirectoryTold, Fault};
use wardround_ask::reading::HostKey;
use wardround_ask::{Name, Outcome, Question, Ticket};
use wardround_model::Transport;

use crate::{cards, connection, datagram, directory, multicast, reading};

/// What came of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// In a word.
    pub outcome: Outcome,
    /// From where it was asked, if anything was sent on a socket that stood.
    pub from: Option<SocketAddr>,
    /// How long the connection took to stand, if it did.
    pub connected: Option<Duration>,
    /// Bytes that were sent. What nobody may read (a community) is not counted.
    pub sent: usize,
    /// What came back; of a walk, the answers one behind the other; of a reading what came in clear.
    pub bytes: Vec<u8>,
    /// What was heard inside TLS.
    pub inside: Vec<u8>,
    /// Names of objects behind which a walk asked.
    pub walked: Vec<Name>,
    /// Whether the budget of a walk ended before the tables did.
    pub is_cut_short: bool,
    /// Of a question to all, who answered, and what.
    pub others: Vec<(Ipv4Addr, Vec<u8>)>,
    /// What there is to say of why it is so.
    pub why: &'static str,
    /// What a reading gave.
    pub reading: Option<Reading>,
    /// What the reading of a directory gave.
    pub directory: Option<DirectoryReading>,
}

/// What came of the reading of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryReading {
    /// The certificate that it showed, and proved to have the key of.
    pub certificate: Option<Certificate>,
    /// What it told, where the talk came to its end; nothing where nobody logged in.
    pub told: Option<DirectoryTold>,
    /// Why it did not, where the directory is the reason.
    pub fault: Option<Fault>,
    /// Bytes that came in all.
    pub heard: usize,
}

/// What came of the reading of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The key that it showed, and proved to have.
    pub host_key: Option<HostKey>,
    /// What it told, where it told it to the end.
    pub told: Vec<u8>,
    /// Bytes that came in all.
    pub heard: usize,
}

impl Answer {
    pub(crate) const fn empty(outcome: Outcome) -> Self {
        Self::of(outcome, None, 0, Vec::new())
    }

    /// Bytes that came in all.
    #[must_use]
    pub fn heard(&self) -> usize {
        let others: usize = self.others.iter().map(|(_, bytes)| bytes.len()).sum();
        let read = self.directory.as_ref().map(|reading| reading.heard);
        read.or_else(|| self.reading.as_ref().map(|reading| reading.heard))
            .unwrap_or(self.bytes.len().saturating_add(self.inside.len()).saturating_add(others))
    }

    /// Without what only a connection, a walk or a reading has.
    pub(crate) const fn of(outcome: Outcome, from: Option<SocketAddr>, sent: usize, bytes: Vec<u8>) -> Self {
        Self {
            outcome,
            from,
            connected: None,
            sent,
            bytes,
            inside: Vec::new(),
            walked: Vec::new(),
            is_cut_short: false,
            others: Vec::new(),
            why: "",
            reading: None,
            directory: None,
        }
    }
}

/// Puts one question; `is_stopped` is looked at at least every tenth of a second once it is under way.
pub fn put(ticket: &Ticket, is_stopped: &dyn Fn() -> bool) -> Answer {
    let exchange = ticket.exchange();
    if is_stopped() {
        return Answer::empty(Outcome::Stopped);
    }
    if cards::is_another(exchange.ip, &exchange.cards) {
        return Answer::empty(Outcome::AnotherCard);
    }
    if exchange.question == Question::LinuxRead {
        return reading::put(ticket, is_stopped);
    }
    if exchange.question == Question::DirectoryRead {
        return directory::put(ticket, is_stopped);
    }
    if exchange.question.is_multicast() {
        return multicast::put(ticket, is_stopped);
    }
    match exchange.question.transport() {
        Transport::Tcp => connection::put(ticket, is_stopped),
        Transport::Udp => datagram::put(ticket, is_stopped),
    }
}
