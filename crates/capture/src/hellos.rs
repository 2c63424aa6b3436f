//! Hellos of QUIC that come in several datagrams: what is there of them waits for the rest, the latest of them within hard limits.

use std::collections::VecDeque;

use wardround_dissect::{Datagram, Facts, QuicHello, Role};
use wardround_model::Evidence;

/// One of so many connections that may be read at once may be a hello that waits.
const SHARE: usize = 16;

/// A hello and the flow that it belongs to, by its place.
#[derive(Debug)]
struct OfFlow {
    flow: u32,
    hello: QuicHello,
    /// The datagram with its first piece.
    first: Evidence,
}

/// The hellos of one shard.
#[derive(Debug)]
pub(crate) struct Hellos {
    /// Those that wait, the one that waited longest for a datagram first.
    waiting: VecDeque<OfFlow>,
    /// Those that were told lately, so that what is sent once more does not wait for nothing.
    done: VecDeque<OfFlow>,
    limit: usize,
    /// Bytes that wait in all of them.
    held: usize,
}

impl Hellos {
    /// A part of so many connections that are read at once.
    pub(crate) fn new(streams: usize) -> Self {
        let limit = (streams / SHARE).max(1);
        Self { waiting: VecDeque::new(), done: VecDeque::new(), limit, held: 0 }
    }

    /// Bytes that wait in all of them.
    pub(crate) fn held(&self) -> usize {
        self.held
    }

    /// Whether more wait than may.
    pub(crate) fn are_too_many(&self) -> bool {
        self.waiting.len() > self.limit
    }

    /// Reads a datagram of a flow, with what came before it.
    pub(crate) fn dissect(
        &mut self,
        flow: u32,
        datagram: &Datagram<'_>,
        at: Evidence,
        facts: &mut Facts,
    ) -> Option<Role> {
        if !QuicHello::may_be_in(datagram.payload) {
            return QuicHello::dissect(datagram, &mut None, facts);
        }
        let known = self.take(flow);
        let first = known.as_ref().map_or(at, |it| it.first);
        let mut hello = known.map(|it| it.hello);
        let role = QuicHello::dissect(datagram, &mut hello, facts);
        if let Some(hello) = hello {
            self.put(OfFlow { flow, hello, first });
        }
        role
    }

    /// The flow at this place is no longer followed.
    pub(crate) fn forget(&mut self, flow: u32) {
        self.take(flow);
    }

    /// Lets the one go that waited longest, if any: its first datagram.
    pub(crate) fn let_go(&mut self) -> Option<Evidence> {
        let oldest = self.waiting.pop_front()?;
        self.held = self.held.saturating_sub(oldest.hello.held());
        Some(oldest.first)
    }

    fn take(&mut self, flow: u32) -> Option<OfFlow> {
        if let Some(place) = self.waiting.iter().position(|it| it.flow == flow) {
            let known = self.waiting.remove(place)?;
            self.held = self.held.saturating_sub(known.hello.held());
            return Some(known);
        }
        let place = self.done.iter().position(|it| it.flow == flow)?;
        self.done.remove(place)
    }

    fn put(&mut self, of_flow: OfFlow) {
        if of_flow.hello.waits() {
            self.held = self.held.saturating_add(of_flow.hello.held());
            self.waiting.push_back(of_flow);
            return;
        }
        if self.done.len() >= self.limit {
            self.done.pop_front();
        }
        self.done.push_back(of_flow);
    }
}
