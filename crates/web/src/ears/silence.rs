//! Interfaces that hear nothing any more: a cable that was pulled, a mirror port that was switched off, a switch that was replaced. The
//! link may be up and the reader well, so nothing else would tell. Not here: whom that is told.

use wardround_model::Timestamp;

/// A mirror port of a hospital is never silent for so long, in nanoseconds: ten minutes. Computers that are on look for each other by
/// broadcasts every few minutes, at night, too.
const TOO_LONG: i64 = 600 * 1_000_000_000;

/// Since when an interface has heard nothing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Silence {
    frames: u64,
    since: Timestamp,
    looked: Timestamp,
}

impl Silence {
    /// It is listened at from now on.
    pub(super) fn begins(at: Timestamp) -> Self {
        Self { frames: 0, since: at, looked: at }
    }

    /// It has heard so many frames by now. A count that is smaller than before is that of a reader that was started anew.
    pub(super) fn look(&mut self, frames: u64, at: Timestamp) {
        if frames != self.frames {
            (self.frames, self.since) = (frames, at);
        }
        self.looked = at;
    }

    /// How long it has heard nothing, in minutes, where that is too long.
    pub(super) fn minutes(&self) -> Option<u64> {
        let silent = self.looked.since(self.since);
        (silent >= TOO_LONG).then(|| u64::try_from(silent / (60 * 1_000_000_000)).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_seconds(minutes * 60)
    }

    #[test]
    fn ten_minutes_without_a_frame_are_too_long_and_one_frame_ends_them() {
        let mut silence = Silence::begins(at(0));
        let told: Vec<_> = [(0, 9), (0, 10), (5, 11), (5, 20), (5, 36), (6, 37)]
            .into_iter()
            .map(|(frames, minute)| {
                silence.look(frames, at(minute));
                silence.minutes()
            })
            .collect();
        assert_eq!(told, [None, Some(10), None, None, Some(25), None]);
    }

    #[test]
    fn a_reader_that_was_started_anew_is_heard_from_its_first_frame() {
        let mut silence = Silence::begins(at(0));
        silence.look(900, at(1));
        silence.look(3, at(12));
        assert_eq!(silence.minutes(), None);
    }
}
