//! Who starts the readers of all interfaces, believes what they tell, and counts what none of them could.

use std::io;
use std::process::Command;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, TryRecvError, sync_channel};
use std::time::{Duration, Instant};

use crate::harvest::READER;
use crate::readers::{News, Readers};
use crate::{Socket, Told};
use wardround_capture::{Captured, Harvests, Limits};
use wardround_model::{Source, SourceIndex, SourceKind};

/// How often the kernel is asked what it counted, and somebody may have asked to stop.
const TURN: Duration = Duration::from_millis(200);
/// How long readers may take for their last harvests.
const LAST: Duration = Duration::from_secs(20);
/// Harvests that wait to be added. Beyond it readers wait, and the kernel drops and counts.
const WAITING: usize = 4;

/// An interface that is open, or an address that exporters of flow records send to.
#[derive(Debug)]
pub struct Interface {
    /// Its name.
    pub name: String,
    /// Its socket.
    pub socket: Socket,
}

/// What happens while interfaces are watched, for who waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// All readers gave up their rights, and read.
    Watching,
    /// The readers of this interface told of so many frames in all.
    Heard(&'a str, u64),
    /// A reader stopped and is started again: its interface, and why it stopped.
    StartedAgain(&'a str, &'a str),
    /// A reader stopped too often; its interface is not watched any more.
    GivenUp(&'a str, &'a str),
}

/// What a watch is asked to do.
#[derive(Debug)]
pub enum Asked {
    /// To hand over what was seen since the last time, and to go on with the same readers.
    Piece(Sender<Captured>),
    /// To end.
    Stop,
}

/// Why interfaces could not be watched.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// A reader could not run at all: it says on standard error what it lacks.
    #[error("the reader of {0} could not start; see what it says above, and run `wardround doctor`")]
    NoReader(String),
    /// The system refused something.
    #[error("the interfaces could not be watched: {0}")]
    Io(#[from] io::Error),
}

/// Watches interfaces until it is asked to stop, nobody can ask any more, or no reader is left; what was seen since it was handed over
/// last.
///
/// `reader` is the command that runs [`crate::read_frames`] or [`crate::read_flows`], as the interface wants, on its standard input and
/// output, and counts on from what was told.
///
/// # Errors
/// When a reader cannot run here at all. One that dies later is started again, a few times a minute.
pub fn watch(
    interfaces: &[Interface],
    reader: &dyn Fn(&Interface, Told) -> io::Result<Command>,
    asked: &Receiver<Asked>,
    happened: &dyn Fn(Event<'_>),
) -> Result<Captured, WatchError> {
    let numbered = (0..).map(SourceIndex).zip(interfaces);
    let (tell, news) = sync_channel(WAITING);
    let mut watch = Watch {
        harvests: nothing_of(interfaces),
        readers: numbered
            .map(|(number, interface)| Readers::new(number, &interface.name, &interface.socket))
            .collect(),
        interfaces,
        reader,
        happened,
        tell,
    };
    watch.start()?;
    while watch.readers.iter().any(Readers::is_running) {
        match asked.try_recv() {
            Err(TryRecvError::Empty) => {}
            Ok(Asked::Piece(to)) => watch.hand_over(&to),
            Ok(Asked::Stop) | Err(TryRecvError::Disconnected) => break,
        }
        watch.readers.iter_mut().for_each(Readers::count);
        match news.recv_timeout(TURN) {
            Ok(told) => watch.hear(told)?,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
        }
    }
    watch.finish(&news)
}

struct Watch<'a> {
    interfaces: &'a [Interface],
    reader: &'a dyn Fn(&Interface, Told) -> io::Result<Command>,
    happened: &'a dyn Fn(Event<'_>),
    harvests: Harvests,
    readers: Vec<Readers<'a>>,
    tell: SyncSender<News>,
}

impl Watch<'_> {
    fn start(&mut self) -> io::Result<()> {
        for (readers, interface) in self.readers.iter_mut().zip(self.interfaces) {
            readers.start((self.reader)(interface, Told::default())?, self.tell.clone())?;
        }
        Ok(())
    }

    /// Hands over what was seen.
    fn hand_over(&mut self, to: &Sender<Captured>) {
        let seen = std::mem::replace(&mut self.harvests, nothing_of(self.interfaces)).finish();
        // Whoever asks waits for the answer.
        let _ = to.send(seen);
    }

    fn hear(&mut self, told: News) -> Result<(), WatchError> {
        match told {
            News::Harvest(number, part) => {
                self.harvests.add(number, *part);
                let source = self.harvests.sources().get(usize::from(number.0));
                let frames = source.map_or(0, |source| source.records);
                if let Some(interface) = self.interfaces.get(usize::from(number.0)) {
                    (self.happened)(Event::Heard(&interface.name, frames));
                }
                self.told(number);
            }
            News::Stopped(number, why) => self.stopped(number, &why)?,
        }
        Ok(())
    }

    /// Notes that the readers of this interface can run here.
    fn told(&mut self, number: SourceIndex) {
        let all = |readers: &[Readers<'_>]| readers.iter().all(|one| one.any_told);
        let before = all(&self.readers);
        if let Some(readers) = self.readers.get_mut(usize::from(number.0)) {
            readers.any_told = true;
        }
        if !before && all(&self.readers) {
            (self.happened)(Event::Watching);
        }
    }

    fn stopped(&mut self, number: SourceIndex, why: &str) -> Result<(), WatchError> {
        let place = usize::from(number.0);
        let (Some(readers), Some(interface)) = (self.readers.get_mut(place), self.interfaces.get(place))
        else {
            return Ok(());
        };
        let (name, may_again) = (&interface.name, readers.stopped());
        if !readers.any_told {
            return Err(WatchError::NoReader(name.clone()));
        }
        let what = if may_again && self.start_again(place).is_ok() {
            (self.happened)(Event::StartedAgain(name, why));
            "stopped for a moment and was started again"
        } else {
            (self.happened)(Event::GivenUp(name, why));
            "stopped too often and was not started again"
        };
        let words = format!("{READER} {name} {what} ({why}); please report this");
        self.harvests.interrupted(number, &words);
        Ok(())
    }

    /// Starts another reader of the interface at this place, which counts on from what was told.
    fn start_again(&mut self, place: usize) -> io::Result<()> {
        let source = self.harvests.sources().get(place);
        let told = source.map_or(Told::default(), |it| Told { frames: it.records, bytes: it.bytes });
        let Some(interface) = self.interfaces.get(place) else { return Ok(()) };
        let command = (self.reader)(interface, told)?;
        self.readers.get_mut(place).map_or(Ok(()), |readers| readers.start(command, self.tell.clone()))
    }

    /// Takes the last harvests, as long as readers have some, and counts what nobody told.
    fn finish(mut self, news: &Receiver<News>) -> Result<Captured, WatchError> {
        for readers in &mut self.readers {
            readers.ask_to_end()?;
        }
        let mut running = self.readers.iter().filter(|readers| readers.is_running()).count();
        let mut until = Instant::now() + LAST;
        while running > 0 {
            match news.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(News::Harvest(number, part)) => self.harvests.add(number, *part),
                Ok(News::Stopped(..)) => running -= 1,
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    self.readers.iter().for_each(Readers::give_up);
                    until = Instant::now() + LAST;
                }
            }
        }
        for (number, readers) in (0..).map(SourceIndex).zip(&self.readers) {
            let told = self.harvests.sources().get(usize::from(number.0)).map_or(0, |source| source.records);
            self.harvests.not_seen(number, readers.frames.saturating_sub(told));
        }
        Ok(self.harvests.finish())
    }
}

/// Nothing yet of these interfaces.
fn nothing_of(interfaces: &[Interface]) -> Harvests {
    Harvests::new(&Limits::default(), interfaces.iter().map(source).collect())
}

fn source(interface: &Interface) -> Source {
    let kind = interface.socket.kind();
    let is_flows = kind == SourceKind::Flows;
    Source {
        kind,
        name: format!("{} {}", if is_flows { "flow records at" } else { "interface" }, interface.name),
        bytes: 0,
        records: 0,
        first: None,
        last: None,
        interfaces: if is_flows { Vec::new() } else { vec![interface.name.clone()] },
        ended_early: None,
    }
}
