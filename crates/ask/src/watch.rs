//! Whether asking may go on: the window, and two clocks that must agree (P9).

use std::time::Duration;

use wardround_model::Timestamp;

use crate::envelope::CLOCK_JUMP;
use crate::scope::Window;

/// Why everything stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Halt {
    /// A person said so.
    Person,
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
            Self::OutOfWindow => "the window is closed",
            Self::ClockJump => "the clock jumped, so that nobody knows whether the window is open",
        }
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
