//! One interface, or one address that exporters send flow records to, that is watched as long as somebody wants: what it showed is taken
//! piece by piece, and nothing falls between two pieces. Not here: which ones, and where the pieces are kept.

use std::io;
use std::net::SocketAddr;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use wardround_capture::Captured;

use crate::watch::{Asked, Event, Interface, WatchError, watch};
use crate::{DatagramSocket, OpenError, PacketSocket, Socket, Told};

/// The command that runs [`crate::read_frames`] or [`crate::read_flows`] on its standard input and output, and counts on from what was
/// told.
pub type ReaderCommand = Arc<dyn Fn(Told) -> io::Result<Command> + Send + Sync>;

/// Why no sensor could be started.
#[derive(Debug, thiserror::Error)]
pub enum SensorError {
    /// The interface could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The address cannot be listened at.
    #[error("cannot listen at {0}: it must be an address of this computer, with a port that is free ({1})")]
    Address(SocketAddr, io::Error),
    /// The system gives no thread.
    #[error("the interface could not be watched: {0}")]
    Io(#[from] io::Error),
}

/// How a sensor does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Frames that its readers told of, over all pieces.
    pub frames: u64,
    /// Those of them that were not taken yet.
    pub waiting: u64,
    /// How often a reader stopped and another took its place.
    pub restarts: u64,
    /// Its readers gave up their rights, and read.
    pub is_reading: bool,
    /// Why it does not watch any more.
    pub ended: Option<String>,
}

/// An interface that is watched.
pub struct Sensor {
    name: String,
    reader: ReaderCommand,
    counts: Arc<Counts>,
    piece: Piece,
}

#[derive(Default)]
struct Counts {
    /// Of the pieces that were taken.
    frames_before: AtomicU64,
    /// Of this one.
    frames: AtomicU64,
    restarts: AtomicU64,
    is_reading: AtomicBool,
    ended: Mutex<Option<String>>,
}

/// A watch that goes on.
struct Piece {
    interfaces: Arc<[Interface; 1]>,
    ask: Sender<Asked>,
    watch: JoinHandle<Result<Captured, WatchError>>,
}

impl Sensor {
    /// Opens the interface with this name, and watches it.
    ///
    /// # Errors
    /// When it cannot be opened. That its readers cannot run shows later, in [`Sensor::pulse`].
    pub fn start(name: &str, reader: ReaderCommand) -> Result<Self, SensorError> {
        let counts = Arc::new(Counts::default());
        let piece = Piece::begin(Socket::Frames(PacketSocket::open(name)?), name, &reader, &counts)?;
        Ok(Self { name: name.to_owned(), reader, counts, piece })
    }

    /// Listens at an address of this computer for flow records.
    ///
    /// # Errors
    /// When it cannot be listened at; see [`Sensor::start`].
    pub fn start_flows(address: SocketAddr, reader: ReaderCommand) -> Result<Self, SensorError> {
        let (counts, name) = (Arc::new(Counts::default()), address.to_string());
        let socket = DatagramSocket::open(address).map_err(|error| SensorError::Address(address, error))?;
        let piece = Piece::begin(Socket::Flows(socket), &name, &reader, &counts)?;
        Ok(Self { name, reader, counts, piece })
    }

    /// Its interface, or its address.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether its interface is still there.
    #[must_use]
    pub fn is_attached(&self) -> bool {
        self.piece.interfaces.iter().all(|interface| interface.socket.is_bound())
    }

    /// Tells how it does, also while something is taken.
    #[must_use]
    pub fn pulse(&self) -> Pulse {
        Pulse(Arc::clone(&self.counts))
    }

    /// What it showed since the last time, and goes on watching. A frame that comes in this very moment may count for both
    /// pieces, rather than for none. Flow records have the same reader all the time, since exporters say only now and then how their
    /// records are laid out.
    ///
    /// # Errors
    /// When the interface cannot be opened again, and then the watch goes on as before; or when its readers cannot run, and then
    /// it has ended.
    pub fn take(&mut self) -> Result<Captured, TakeError> {
        let taken = if self.piece.is_of_flows() {
            self.piece.handed_over()?
        } else {
            let socket = Socket::Frames(PacketSocket::open(&self.name).map_err(SensorError::from)?);
            let next = Piece::begin(socket, &self.name, &self.reader, &self.counts)?;
            std::mem::replace(&mut self.piece, next).end()?
        };
        let frames = taken.coverage.packets();
        self.counts.frames_before.fetch_add(frames, Ordering::Relaxed);
        self.counts.frames.store(0, Ordering::Relaxed);
        Ok(taken)
    }

    /// What it showed since the last time; it watches no longer.
    ///
    /// # Errors
    /// When its readers could not run.
    pub fn end(self) -> Result<Captured, WatchError> {
        self.piece.end()
    }
}

/// How a sensor does, for who does not hold it.
#[derive(Clone)]
pub struct Pulse(Arc<Counts>);

impl Pulse {
    /// How it does now.
    #[must_use]
    pub fn health(&self) -> Health {
        let Self(counts) = self;
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let ended = counts.ended.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Health {
            frames: of(&counts.frames_before).saturating_add(of(&counts.frames)),
            waiting: of(&counts.frames),
            restarts: of(&counts.restarts),
            is_reading: counts.is_reading.load(Ordering::Relaxed) && ended.is_none(),
            ended,
        }
    }
}

/// Why nothing could be taken.
#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    /// Another socket of the interface could not be opened; the watch goes on.
    #[error(transparent)]
    Sensor(#[from] SensorError),
    /// The watch has failed.
    #[error(transparent)]
    Watch(#[from] WatchError),
}

impl Piece {
    fn begin(
        socket: Socket,
        name: &str,
        reader: &ReaderCommand,
        counts: &Arc<Counts>,
    ) -> Result<Self, SensorError> {
        let interfaces = Arc::new([Interface { name: name.to_owned(), socket }]);
        let (ask, asked) = channel();
        let (reader, counts, watched) = (Arc::clone(reader), Arc::clone(counts), Arc::clone(&interfaces));
        let work = move || {
            let seen =
                watch(watched.as_slice(), &|_, told| reader(told), &asked, &|event| counts.note(event));
            if let Err(error) = &seen {
                *counts.ended.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.to_string());
            }
            seen
        };
        let watch = thread::Builder::new().name("sensor".to_owned()).spawn(work)?;
        Ok(Self { interfaces, ask, watch })
    }

    fn is_of_flows(&self) -> bool {
        self.interfaces.iter().all(|interface| matches!(interface.socket, Socket::Flows(_)))
    }

    /// What was seen since the last time, from the same readers.
    fn handed_over(&self) -> Result<Captured, WatchError> {
        let (tell, told) = channel();
        let ended = |_| io::Error::other("it is not watched any more");
        self.ask.send(Asked::Piece(tell)).map_err(|_| ended(()))?;
        Ok(told.recv().map_err(|_| ended(()))?)
    }

    fn end(self) -> Result<Captured, WatchError> {
        // At once: the next piece's socket is open already. What waits is still read.
        let stopped = self.interfaces.iter().try_for_each(|interface| interface.socket.stop());
        // A watch that has ended listens no more.
        let _ = self.ask.send(Asked::Stop);
        let seen =
            self.watch.join().unwrap_or_else(|_| Err(io::Error::other("it is a fault of Wardround").into()));
        stopped?;
        seen
    }
}

impl Counts {
    fn note(&self, event: Event<'_>) {
        match event {
            Event::Watching => self.is_reading.store(true, Ordering::Relaxed),
            Event::Heard(_, frames) => self.frames.store(frames, Ordering::Relaxed),
            Event::StartedAgain(..) => {
                self.restarts.fetch_add(1, Ordering::Relaxed);
            }
            Event::GivenUp(_, why) => {
                *self.ended.lock().unwrap_or_else(PoisonError::into_inner) = Some(why.to_owned());
            }
        }
    }
}
