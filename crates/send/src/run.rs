//! An approved plan from its first question to its end.

use std::time::{Duration, Instant};

use wardround_ask::{Approved, Distress, Exchange, Halt, Outcome, Step, Ticket, Walk, Watch};
use wardround_model::Timestamp;

use crate::answer::{Answer, put};
use crate::ways::Ways;

/// How long a wait lasts before it looks whether asking was stopped.
const SLICE: Duration = Duration::from_millis(100);

/// Who keeps the log and hears a person's stop.
pub trait Desk {
    /// Looks at the newest round again (P2): whether the host is still one that may be asked. Where it is not, the reason is written
    /// down, and the host is left alone.
    ///
    /// # Errors
    /// When the round cannot be read or the reason not be written; then nothing is sent, and everything stops.
    fn may_still(&mut self, at: Timestamp, exchange: &Exchange) -> std::io::Result<bool>;

    /// Writes down what is about to be sent, and returns once it is on the disk.
    ///
    /// # Errors
    /// When it cannot be written; then nothing is sent, and everything stops.
    fn before(&mut self, at: Timestamp, exchange: &Exchange) -> std::io::Result<()>;

    /// Writes down what came of it, and keeps what it shows.
    ///
    /// # Errors
    /// When it cannot be written; then everything stops.
    fn after(&mut self, at: Timestamp, exchange: &Exchange, answer: &Answer) -> std::io::Result<()>;

    /// Why it was stopped from elsewhere, if it was.
    fn stopped(&self) -> Option<Halt>;

    /// Signs of distress that were seen in passing since the last time, where somebody listens (P7).
    ///
    /// # Errors
    /// When they cannot be written; then everything stops.
    fn seen(&mut self, _at: Timestamp) -> std::io::Result<Vec<Distress>> {
        Ok(Vec::new())
    }
}

/// How a run ended.
#[derive(Debug)]
pub enum Ended {
    /// All was asked that could be.
    Done(Vec<Distress>),
    /// Three hosts were in distress.
    Distress(Vec<Distress>),
    /// Something else stopped it.
    Halted(Halt, Vec<Distress>),
    /// The log could not be written, or the newest round not be read.
    Log(std::io::Error),
}

/// Asks what was approved.
pub fn run(approved: &Approved, desk: &mut impl Desk) -> Ended {
    let guard = Guard::of(approved);
    let mut walk = Walk::new(approved);
    loop {
        if let Some(halt) = guard.halt(desk) {
            return Ended::Halted(halt, walk.distress().to_vec());
        }
        match desk.seen(now()) {
            Ok(seen) => seen.into_iter().for_each(|distress| walk.noticed(distress)),
            Err(error) => return Ended::Log(error),
        }
        match walk.next(guard.begun.elapsed()) {
            Step::Done => return Ended::Done(walk.distress().to_vec()),
            Step::Halted => return Ended::Distress(walk.distress().to_vec()),
            Step::Wait(until) => std::thread::sleep(until.saturating_sub(guard.begun.elapsed()).min(SLICE)),
            Step::Ask(ticket) => {
                if let Err(error) = ask(&mut walk, *ticket, &guard, desk) {
                    return Ended::Log(error);
                }
            }
        }
    }
}

/// What may stop a run (P9).
struct Guard {
    begun: Instant,
    watch: Watch,
    ways: Ways,
}

impl Guard {
    fn of(approved: &Approved) -> Self {
        let (begun, plan) = (Instant::now(), approved.plan());
        let ways = Ways::to(
            plan.exchanges.iter().filter(|exchange| exchange.net.is_none()).map(|exchange| exchange.ip),
        );
        Self { begun, watch: Watch::new(plan.scope.window, now(), begun.elapsed()), ways }
    }

    fn halt(&self, desk: &impl Desk) -> Option<Halt> {
        let by_clock = || self.watch.halt(now(), self.begun.elapsed());
        desk.stopped().or_else(by_clock).or_else(|| self.ways.are_lost().then_some(Halt::Network))
    }
}

fn ask(walk: &mut Walk, ticket: Ticket, guard: &Guard, desk: &mut impl Desk) -> std::io::Result<()> {
    if !desk.may_still(now(), ticket.exchange())? {
        walk.leave(ticket);
        return Ok(());
    }
    desk.before(now(), ticket.exchange())?;
    let mut answer = put(&ticket, &|| guard.halt(desk).is_some());
    if answer.outcome != Outcome::Answered && guard.ways.are_lost() {
        // It is our network that went away, and no sign of the host.
        answer.outcome = Outcome::Stopped;
    }
    desk.after(now(), ticket.exchange(), &answer)?;
    walk.report(ticket, guard.begun.elapsed(), answer.outcome, answer.connected);
    Ok(())
}

fn now() -> Timestamp {
    let now = jiff::Timestamp::now().as_nanosecond();
    i64::try_from(now).map_or(Timestamp::EPOCH, Timestamp::from_nanoseconds)
}
