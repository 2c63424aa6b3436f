//! An approved plan from its first question to its end.

use std::time::{Duration, Instant};

use wardround_ask::{Approved, Distress, Exchange, Halt, Step, Ticket, Walk, Watch};
use wardround_model::Timestamp;

use crate::answer::{Answer, put};

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

    /// Whether a person stopped it.
    fn is_stopped(&self) -> bool;
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
    let begun = Instant::now();
    let watch = Watch::new(approved.plan().scope.window, now(), begun.elapsed());
    let mut walk = Walk::new(approved);
    loop {
        if let Some(halt) = halted(&watch, begun, desk) {
            return Ended::Halted(halt, walk.distress().to_vec());
        }
        match walk.next(begun.elapsed()) {
            Step::Done => return Ended::Done(walk.distress().to_vec()),
            Step::Halted => return Ended::Distress(walk.distress().to_vec()),
            Step::Wait(until) => std::thread::sleep(until.saturating_sub(begun.elapsed()).min(SLICE)),
            Step::Ask(ticket) => {
                if let Err(error) = ask(&mut walk, *ticket, &watch, begun, desk) {
                    return Ended::Log(error);
                }
            }
        }
    }
}

fn ask(
    walk: &mut Walk,
    ticket: Ticket,
    watch: &Watch,
    begun: Instant,
    desk: &mut impl Desk,
) -> std::io::Result<()> {
    if !desk.may_still(now(), ticket.exchange())? {
        walk.leave(ticket);
        return Ok(());
    }
    desk.before(now(), ticket.exchange())?;
    let answer = put(&ticket, &|| halted(watch, begun, desk).is_some());
    desk.after(now(), ticket.exchange(), &answer)?;
    walk.report(ticket, begun.elapsed(), answer.outcome, answer.connected);
    Ok(())
}

fn halted(watch: &Watch, begun: Instant, desk: &impl Desk) -> Option<Halt> {
    if desk.is_stopped() {
        return Some(Halt::Person);
    }
    watch.halt(now(), begun.elapsed())
}

fn now() -> Timestamp {
    let now = jiff::Timestamp::now().as_nanosecond();
    i64::try_from(now).map_or(Timestamp::EPOCH, Timestamp::from_nanoseconds)
}
