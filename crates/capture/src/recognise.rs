//! What one direction of a TCP connection says: which protocol it is, and its messages one after the other.
//!
//! Recognition asks the dissectors in their order. At the opening, bytes that nobody knows end it; in a connection older
//! than the capture it is tried again at the start of later segments, a bounded number of times. Every look at bytes is
//! charged to a budget, so that a long transfer costs no more than a short one.

use wardround_dissect::{Facts, Half, Role, Start, StreamDissector, Verdict};

use crate::agreement::Agreement;
use crate::limits::{MAX_ATTEMPTS, MAX_EXAMINED, MAX_KEPT, MAX_SKIP};
use crate::quiet;

/// What a call of a dissector costs beside the bytes it used.
const CALL: usize = 32;

/// The dissectors that are asked, and where their facts go.
pub(crate) struct Desk<'a> {
    pub(crate) dissectors: &'static [StreamDissector],
    pub(crate) sender_port: u16,
    pub(crate) receiver_port: u16,
    /// What the sender is, by who opened the connection.
    pub(crate) opened: Role,
    /// Room for the facts of one call.
    pub(crate) facts: &'a mut Facts,
    /// Takes the facts of a call that understood a message.
    pub(crate) keep: &'a mut dyn FnMut(&mut Facts),
    /// What both sides of the connection tell together.
    pub(crate) agreement: &'a mut Agreement,
    /// What the sender was said to be.
    pub(crate) role: Role,
    /// Calls that ended in a bug of ours.
    pub(crate) failures: u64,
}

/// How far the reading of one direction is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum State {
    #[default]
    Reading,
    /// Nobody knew what it is; asked again if the other direction is recognised.
    Unknown,
    /// Nothing more to learn.
    Finished,
}

/// The reader of one direction.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(crate) state: State,
    start: Start,
    /// Whether everything since the opening was read, without a gap.
    from_opening: bool,
    /// Bytes of a message that is not complete.
    kept: Vec<u8>,
    /// How many are wanted in all.
    wanted: usize,
    /// The dissector that wanted more; those before it said no.
    candidate: usize,
    attempts: u8,
    examined: u32,
}

/// What came of asking.
enum Answer {
    /// So many bytes are done with.
    Used(usize),
    Wanted(usize),
    Nobody,
    Finished,
}

impl Reader {
    pub(crate) fn new(start: Start) -> Self {
        let state = State::Reading;
        let from_opening = start == Start::Opening;
        Self {
            state,
            start,
            from_opening,
            kept: Vec::new(),
            wanted: 0,
            candidate: 0,
            attempts: 0,
            examined: 0,
        }
    }

    /// Memory held.
    pub(crate) fn held(&self) -> usize {
        self.kept.capacity()
    }

    /// What comes next does not follow what came before.
    pub(crate) fn lose_place(&mut self) {
        self.kept = Vec::new();
        self.wanted = 0;
        self.candidate = 0;
        self.start = Start::Middle;
        self.from_opening = false;
    }

    /// The other direction was recognised: reads on in the middle if nobody knew this one.
    pub(crate) fn try_again(&mut self) {
        self.candidate = 0;
        self.wanted = 0;
        if self.state == State::Unknown {
            self.state = State::Reading;
            self.attempts = 0;
            self.lose_place();
        }
    }

    /// Ends the reading.
    pub(crate) fn finish(&mut self, state: State) {
        self.state = state;
        self.kept = Vec::new();
    }

    /// Takes bytes that follow those before. `known` is the dissector that recognised either direction, by its place.
    /// Answers how many bytes behind them nobody needs.
    pub(crate) fn take(&mut self, bytes: &[u8], known: &mut Option<usize>, desk: &mut Desk<'_>) -> usize {
        if self.state != State::Reading {
            return 0;
        }
        if self.kept.is_empty() {
            return self.read(bytes, bytes, known, desk);
        }
        self.kept.extend_from_slice(bytes);
        if self.kept.len() < self.wanted {
            return 0;
        }
        let kept = std::mem::take(&mut self.kept);
        self.read(&kept, bytes, known, desk)
    }

    /// Asks again about what is kept, now that `known` is known.
    pub(crate) fn read_kept(&mut self, known: &mut Option<usize>, desk: &mut Desk<'_>) -> usize {
        let kept = std::mem::take(&mut self.kept);
        self.read(&kept, &[], known, desk)
    }

    /// Reads messages from `bytes`, of which `latest` came with the latest segment.
    fn read<'b>(
        &mut self,
        mut bytes: &'b [u8],
        latest: &'b [u8],
        known: &mut Option<usize>,
        desk: &mut Desk<'_>,
    ) -> usize {
        while !bytes.is_empty() && self.state == State::Reading {
            match self.ask(bytes, known, desk) {
                Answer::Used(used) => {
                    self.understood();
                    match bytes.get(used..) {
                        Some(rest) => bytes = rest,
                        None => return self.pass(used.saturating_sub(bytes.len())),
                    }
                }
                Answer::Wanted(wanted) => {
                    self.wanted = wanted;
                    self.kept = bytes.to_vec();
                    return 0;
                }
                Answer::Finished => self.finish(State::Finished),
                Answer::Nobody => {
                    self.not_understood(known.is_some());
                    // What was kept led nowhere: perhaps the latest segment begins a message.
                    bytes = if bytes.len() > latest.len() { latest } else { &[] };
                }
            }
        }
        0
    }

    fn understood(&mut self) {
        self.start = Start::NextMessage;
        self.wanted = 0;
        self.candidate = 0;
        self.attempts = 0;
    }

    fn not_understood(&mut self, is_known: bool) {
        let at_opening = self.start == Start::Opening && !is_known;
        self.attempts = self.attempts.saturating_add(1);
        self.lose_place();
        if at_opening || self.attempts >= MAX_ATTEMPTS {
            self.finish(State::Unknown);
        }
    }

    fn pass(&mut self, count: usize) -> usize {
        if count > MAX_SKIP {
            self.finish(State::Finished);
        }
        count.min(MAX_SKIP)
    }

    fn ask(&mut self, bytes: &[u8], known: &mut Option<usize>, desk: &mut Desk<'_>) -> Answer {
        let half = Half {
            bytes,
            start: self.start,
            sender_port: desk.sender_port,
            receiver_port: desk.receiver_port,
            opened: desk.opened,
        };
        let first = known.unwrap_or(self.candidate);
        let count = if known.is_some() { 1 } else { usize::MAX };
        for (place, dissector) in desk.dissectors.iter().enumerate().skip(first).take(count) {
            if self.examined >= MAX_EXAMINED {
                return Answer::Finished;
            }
            let verdict = desk.call(dissector, &half, self.from_opening);
            self.charge(verdict, bytes.len());
            match verdict {
                Verdict::NotThis => {}
                Verdict::More { wanted } if wanted > MAX_KEPT || bytes.len() >= MAX_KEPT => {}
                Verdict::More { wanted } => {
                    self.candidate = place;
                    return Answer::Wanted(wanted.max(bytes.len().saturating_add(1)));
                }
                Verdict::Message { used, .. } => {
                    *known = Some(place);
                    return Answer::Used(used.max(1));
                }
                Verdict::Finished { .. } => {
                    *known = Some(place);
                    return Answer::Finished;
                }
            }
        }
        Answer::Nobody
    }

    fn charge(&mut self, verdict: Verdict, given: usize) {
        let looked_at = match verdict {
            Verdict::Message { used, .. } => used.min(given).saturating_add(CALL),
            _ => given.saturating_add(CALL),
        };
        self.examined = self.examined.saturating_add(u32::try_from(looked_at).unwrap_or(u32::MAX));
    }
}

impl Desk<'_> {
    /// Asks one dissector and keeps or throws away its facts.
    fn call(&mut self, dissector: &StreamDissector, half: &Half<'_>, from_opening: bool) -> Verdict {
        let facts = &mut *self.facts;
        let Some(verdict) = quiet::call(|| (dissector.dissect)(half, facts)) else {
            self.failures = self.failures.saturating_add(1);
            forget(self.facts);
            return Verdict::NotThis;
        };
        match verdict {
            Verdict::NotThis | Verdict::More { .. } => forget(self.facts),
            Verdict::Message { sender, .. } | Verdict::Finished { sender } => {
                self.agreement.hear(self.facts, from_opening);
                (self.keep)(self.facts);
                if self.role == Role::Unknown {
                    self.role = sender;
                }
            }
        }
        verdict
    }
}

/// Throws away what a call told.
pub(crate) fn forget(facts: &mut Facts) {
    drop(facts.drain());
    facts.take_words();
    drop(facts.take_accounts());
    facts.take_not_allowed();
    facts.take_not_kept();
}
