//! What came of a question, however it was carried.

use std::net::SocketAddr;
use std::time::Duration;

use wardround_ask::{Outcome, Ticket};
use wardround_model::Transport;

use crate::{cards, connection, datagram};

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
    /// What came back.
    pub bytes: Vec<u8>,
}

impl Answer {
    pub(crate) const fn empty(outcome: Outcome) -> Self {
        Self { outcome, from: None, connected: None, sent: 0, bytes: Vec::new() }
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
    match exchange.question.transport() {
        Transport::Tcp => connection::put(ticket, is_stopped),
        Transport::Udp => datagram::put(ticket, is_stopped),
    }
}
