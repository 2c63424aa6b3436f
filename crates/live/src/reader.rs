//! The loop of the reader: frames in, harvests out, until its parent closes its side of the pipe.

use std::fs::File;
use std::io::{self, BufWriter};
use std::os::fd::AsFd;
use std::time::{Duration, Instant, SystemTime};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use wardround_capture::{Captured, Follower, Frame, Limits, Prefix};
use wardround_dissect::packet::LinkType;
use wardround_model::Timestamp;
use wardround_packets::{Frames, Seen};

use crate::{ConfineError, Confined, confine, write_harvest};

/// The most that the reader may map: what it follows, several times over.
const MEMORY: u64 = 2 << 30;
/// How often it tells what it found.
pub(crate) const EVERY: Duration = Duration::from_secs(2);
/// Turns of taking frames before it looks at the clock and at its parent, so that a flood does not keep it from telling.
pub(crate) const TURNS: usize = 64;
/// Turns of taking what still waits once it was asked to end: more than the socket has room for.
pub(crate) const LAST_TURNS: usize = 1 << 13;

/// Why the reader stopped.
#[derive(Debug, thiserror::Error)]
pub enum ReaderError {
    /// It could not give up its rights, and read nothing.
    #[error(transparent)]
    Confine(#[from] ConfineError),
    /// The socket or the pipe failed.
    #[error("the reader could not go on: {0}")]
    Io(#[from] io::Error),
}

/// Gives up all rights as a reader does, and reads nothing: to see what holds on this computer.
///
/// # Errors
/// As [`confine`].
pub fn confine_reader() -> Result<Confined, ConfineError> {
    confine(MEMORY)
}

/// The same for a reader that follows as much as it is told to.
pub(crate) fn confine_within(memory: usize) -> Result<Confined, ConfineError> {
    confine(MEMORY.saturating_add(memory as u64))
}

/// What a reader is told.
#[derive(Clone, Copy, Debug)]
pub struct Orders<'a> {
    /// Networks that it leaves out.
    pub excluded: &'a [Prefix],
    /// Memory for what it follows.
    pub memory: Option<usize>,
    /// Frames or records and their bytes that another reader told before.
    pub told: (u64, u64),
}

impl Orders<'_> {
    /// How much is followed.
    pub(crate) fn limits(&self) -> Limits {
        self.memory.map_or_else(Limits::default, Limits::within)
    }
}

/// Gives up all rights, then reads frames from `socket` and tells what they show to `parent`, until that closes its side. Frames and
/// their bytes are counted on from those that another reader told before. The first harvest is empty: it says that the
/// reader is confined and reads. `parent` is a file and no socket, because writing to that would take another call.
///
/// # Errors
/// When it cannot be confined, or when the socket or the pipe fails.
pub fn read_frames(socket: &impl AsFd, parent: &File, orders: &Orders<'_>) -> Result<(), ReaderError> {
    confine_within(orders.memory.unwrap_or(0))?;
    let mut reader = Reader {
        follower: Follower::new(&orders.limits(), orders.excluded, orders.told),
        frames: Frames::default(),
        went_down: false,
    };
    let mut pipe = BufWriter::new(parent);
    let mut last = Instant::now();
    write_harvest(&mut pipe, &reader.harvest())?;
    while !wait(socket, parent)? {
        reader.take(socket, TURNS)?;
        if last.elapsed() >= EVERY {
            write_harvest(&mut pipe, &reader.harvest())?;
            last = Instant::now();
        }
    }
    reader.take(socket, LAST_TURNS)?;
    Ok(write_harvest(&mut pipe, &reader.finish())?)
}

/// Waits for frames, but not long; whether the parent closed its side.
pub(crate) fn wait(socket: &impl AsFd, parent: &File) -> io::Result<bool> {
    let mut waiting = [
        PollFd::from_borrowed_fd(socket.as_fd(), PollFlags::IN),
        PollFd::from_borrowed_fd(parent.as_fd(), PollFlags::IN),
    ];
    let patience = Timespec { tv_sec: 0, tv_nsec: 500_000_000 };
    match poll(&mut waiting, Some(&patience)) {
        Ok(_) | Err(Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(waiting.last().is_some_and(|parent| !parent.revents().is_empty()))
}

struct Reader {
    follower: Follower,
    frames: Frames,
    /// Whether the interface was down since the last harvest.
    went_down: bool,
}

impl Reader {
    /// Takes what waits, in so many turns at most.
    fn take(&mut self, socket: &impl AsFd, turns: usize) -> io::Result<()> {
        for _ in 0..turns {
            match self.frames.take(socket) {
                Ok(_) => self.frames.iter().for_each(|seen| follow(&mut self.follower, &seen)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // It may come up again, and the socket with it.
                Err(error) if error.raw_os_error() == Some(libc::ENETDOWN) => {
                    self.went_down = true;
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn harvest(&mut self) -> Captured {
        let found = self.follower.harvest();
        noted(found, std::mem::take(&mut self.went_down))
    }

    fn finish(self) -> Captured {
        noted(self.follower.finish(), self.went_down)
    }
}

fn noted(mut found: Captured, went_down: bool) -> Captured {
    if went_down && let Some(source) = found.coverage.sources.first_mut() {
        // The words for it are the parent's.
        source.ended_early = Some(String::new());
    }
    found
}

/// When a frame was seen.
pub(crate) fn moment(seen: &Seen<'_>) -> Timestamp {
    let now = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let at = seen.at.unwrap_or_else(now).as_nanos();
    Timestamp::from_nanoseconds(i64::try_from(at).unwrap_or(0))
}

fn follow(follower: &mut Follower, seen: &Seen<'_>) {
    follower.take(&Frame {
        interface: 0,
        time: moment(seen),
        link: LinkType::Ethernet,
        wire: seen.wire,
        data: seen.data,
        weight: 1,
    });
}
