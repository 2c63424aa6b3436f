//! One interface and its readers, one after the other: started, listened to, and stopped.

use std::collections::VecDeque;
use std::io::{self, BufReader};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::SyncSender;
use std::thread;
use std::time::{Duration, Instant};

use crate::{Socket, read_harvest};
use wardround_capture::Captured;
use wardround_model::SourceIndex;

/// How often a reader is started again within [`PERIOD`]. A bug that one packet shows is gone with it; one that all show is not.
const RESTARTS: usize = 5;
/// See [`RESTARTS`].
const PERIOD: Duration = Duration::from_secs(60);

/// How long a reader that tells nothing more may take for its words on standard error.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// What readers told before: a new one counts on from there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Frames.
    pub frames: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// What a reader's thread says.
pub(crate) enum News {
    /// A part of what an interface showed.
    Harvest(SourceIndex, Box<Captured>),
    /// Its reader stopped, in words.
    Stopped(SourceIndex, String),
}

/// Lets it say why it ends, if it does; whatever it still does, nobody believes it any more. How it ended.
pub(crate) fn end(mut child: Child) -> String {
    let until = Instant::now() + LAST_WORDS;
    while matches!(child.try_wait(), Ok(None)) && Instant::now() < until {
        thread::sleep(LAST_WORDS / 20);
    }
    // One that has ended cannot be killed.
    let _ = child.kill();
    child.wait().map_or_else(|error| error.to_string(), |status| status.to_string())
}

/// The readers of one interface.
#[derive(Debug)]
pub(crate) struct Readers<'a> {
    number: SourceIndex,
    name: &'a str,
    socket: &'a Socket,
    /// The end of the pipe that the reader of now watches; nothing where none runs.
    pipe: Option<UnixStream>,
    /// Whether any told something: one that never did cannot run here.
    pub(crate) any_told: bool,
    restarts: VecDeque<Instant>,
    /// Frames that the kernel counted.
    pub(crate) frames: u64,
}

impl<'a> Readers<'a> {
    pub(crate) fn new(number: SourceIndex, name: &'a str, socket: &'a Socket) -> Self {
        Self { number, name, socket, pipe: None, any_told: false, restarts: VecDeque::new(), frames: 0 }
    }

    pub(crate) fn is_running(&self) -> bool {
        self.pipe.is_some()
    }

    /// Starts one: `command` with the socket as its standard input, and the pipe as its standard output.
    pub(crate) fn start(&mut self, mut command: Command, tell: SyncSender<News>) -> io::Result<()> {
        let (ours, theirs) = UnixStream::pair()?;
        // A group of its own: Ctrl-C in the terminal is for the parent, which then asks for the last harvest.
        command.env_clear().current_dir("/").process_group(0);
        command.stdin(Stdio::from(self.socket.again()?)).stdout(Stdio::from(OwnedFd::from(theirs)));
        let child = command.spawn()?;
        // The command holds the other end of the pipe: without this it would never end.
        drop(command);
        let mut pipe = BufReader::new(ours.try_clone()?);
        let (number, name) = (self.number, self.name.to_owned());
        thread::spawn(move || {
            let why = loop {
                let news = match read_harvest(&mut pipe, number, &name) {
                    Ok(Some(part)) => News::Harvest(number, Box::new(part)),
                    Ok(None) => break None,
                    Err(error) => break Some(error.to_string()),
                };
                if tell.send(news).is_err() {
                    break None;
                }
            };
            let how = end(child);
            let why = why.unwrap_or(how);
            let _ = tell.send(News::Stopped(number, why));
        });
        self.pipe = Some(ours);
        Ok(())
    }

    /// The reader stopped; whether another one may be started.
    pub(crate) fn stopped(&mut self) -> bool {
        self.pipe = None;
        let now = Instant::now();
        self.restarts.retain(|before| now.duration_since(*before) < PERIOD);
        self.restarts.push_back(now);
        self.restarts.len() <= RESTARTS
    }

    /// Adds what the kernel counted.
    pub(crate) fn count(&mut self) {
        self.frames = self.frames.saturating_add(self.socket.count());
    }

    /// No more frames, and a last harvest from those that wait.
    pub(crate) fn ask_to_end(&mut self) -> io::Result<()> {
        self.socket.stop()?;
        self.count();
        if let Some(pipe) = &self.pipe {
            // One that has stopped already says so itself.
            let _ = pipe.shutdown(Shutdown::Write);
        }
        Ok(())
    }

    /// It took too long: it is not listened to any more, and its thread ends it.
    pub(crate) fn give_up(&self) {
        if let Some(pipe) = &self.pipe {
            let _ = pipe.shutdown(Shutdown::Both);
        }
    }
}
