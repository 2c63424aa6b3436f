//! Whether asking may go on: who or what stops it, the window, and two clocks that must agree (P9).

use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use wardround_model::Timestamp;

use crate::envelope::CLOCK_JUMP;
use crate::scope::Window;

/// Why everything stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halt {
    /// A person said so.
    Person,
    /// The program that asks was told to end, or the terminal or computer that it ran on went away.
    Program,
    /// The network went away: an interface is down or gone, or the way to a host is another one.
    Network,
    /// The window is closed.
    OutOfWindow,
    /// The wall clock moved against the other one, so that nobody knows whether the window is open.
    ClockJump,
}

impl Halt {
    /// What people read.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Person => "a person stopped it",
            Self::Program => "the program that asks was stopped",
            Self::Network => {
                "the network went away from this computer, so that nobody knows how the hosts are"
            }
            Self::OutOfWindow => "the window is closed",
            Self::ClockJump => "the clock jumped, so that nobody knows whether the window is open",
        }
    }
}

/// Stops a run from elsewhere, and says why. The first reason stays.
#[derive(Debug, Default)]
pub struct StopFlag(AtomicU8);

impl StopFlag {
    const PERSON: u8 = 1;
    const PROGRAM: u8 = 2;

    /// A person stops it.
    pub fn by_person(&self) {
        self.say(Self::PERSON);
    }

    /// The program ends.
    pub fn with_program(&self) {
        self.say(Self::PROGRAM);
    }

    /// Why it was stopped, if it was.
    #[must_use]
    pub fn said(&self) -> Option<Halt> {
        match self.0.load(Ordering::Relaxed) {
            0 => None,
            Self::PROGRAM => Some(Halt::Program),
            _ => Some(Halt::Person),
        }
    }

    fn say(&self, why: u8) {
        // Whoever was first keeps the word.
        let _ = self.0.compare_exchange(0, why, Ordering::Relaxed, Ordering::Relaxed);
    }
}

/// Watches the window by two clocks.
#[derive(Clone, Copy, Debug)]
pub struct Watch {
    window: Window,
    wall: Timestamp,
    running: Duration,
}

impl Watch {
    /// From now on: the wall clock, and a clock that only runs forward.
    #[must_use]
    pub const fn new(window: Window, wall: Timestamp, running: Duration) -> Self {
        Self { window, wall, running }
    }

    /// Why asking must stop at this moment, if it must.
    #[must_use]
    pub fn halt(&self, wall: Timestamp, running: Duration) -> Option<Halt> {
        let passed = i128::from(wall.nanoseconds()) - i128::from(self.wall.nanoseconds());
        let ran = i128::try_from(running.saturating_sub(self.running).as_nanos()).unwrap_or(i128::MAX);
        let apart = passed.saturating_sub(ran).unsigned_abs();
        if apart > CLOCK_JUMP.as_nanos() {
            return Some(Halt::ClockJump);
        }
        (!self.window.is_open(wall)).then_some(Halt::OutOfWindow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WATCH: Watch = Watch::new(
        Window { from: 1000, until: 2000 },
        Timestamp::from_seconds(1500),
        Duration::from_secs(10),
    );

    fn halt(wall: i64, running: u64) -> Option<Halt> {
        WATCH.halt(Timestamp::from_seconds(wall), Duration::from_secs(running))
    }

    #[test]
    fn p9_the_first_reason_to_stop_stays() {
        let flag = StopFlag::default();
        assert_eq!(flag.said(), None);
        flag.with_program();
        flag.by_person();
        assert_eq!(flag.said(), Some(Halt::Program));
        let other = StopFlag::default();
        other.by_person();
        other.with_program();
        assert_eq!(other.said(), Some(Halt::Person));
    }

    #[test]
    fn p9_outside_of_the_window_everything_stops() {
        assert_eq!(halt(1999, 509), None);
        assert_eq!(halt(2000, 510), Some(Halt::OutOfWindow));
    }

    #[test]
    fn p9_a_clock_that_jumps_stops_everything_even_inside_the_window() {
        assert_eq!(halt(1510, 20), None);
        assert_eq!(halt(1510, 13), Some(Halt::ClockJump));
        assert_eq!(halt(1400, 20), Some(Halt::ClockJump));
        // An hour of summer time.
        assert_eq!(halt(1500 - 3600, 10), Some(Halt::ClockJump));
        // The machine slept: one clock may stand still meanwhile.
        assert_eq!(halt(1900, 11), Some(Halt::ClockJump));
    }
}
