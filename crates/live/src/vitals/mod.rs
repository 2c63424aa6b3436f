//! How some hosts do, as the headers of their packets show it while they are asked: a reader of its own without rights tells signs of
//! life, each a line. What they mean is not judged here (`ask`).
//!
//! ```text
//! wardround-vitals 1
//! HOST WITH PORT AT DEED MICROSECONDS
//! down
//! ```
//!
//! Fields stand between tabs; `AT` is nanoseconds since 1970. The first line says that the reader is confined and reads. Whoever reads
//! the lines takes the writer for hostile, as with harvests.

mod tally;

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use wardround_model::{Deed, Timestamp, Vital};
use wardround_packets::{Frames, OpenError, PacketSocket};

use crate::reader::{ReaderError, TURNS, confine_within, moment, wait};
use crate::readers::end;
use tally::Tally;

const VERSION: &str = "wardround-vitals 1";
const DOWN: &str = "down";
/// The longest line that is read.
const MAX_LINE: u64 = 256;
/// Signs that wait to be taken; more are lost, which can only make a host look more silent than it is.
const WAITING: usize = 1 << 16;
/// How long a reader may take to give up its rights.
const FIRST: Duration = Duration::from_secs(10);

/// Why nobody can listen to how hosts do.
#[derive(Debug, thiserror::Error)]
pub enum VitalsError {
    /// The interface could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The reader could not run.
    #[error("the reader of {0} could not start; see what it says above, and run `wardround doctor`")]
    NoReader(String),
    /// The system refused something.
    #[error("the interface could not be listened at: {0}")]
    Io(#[from] io::Error),
}

/// Who listens at one interface, until it is dropped.
#[derive(Debug)]
pub struct Vitals {
    name: String,
    pipe: UnixStream,
    signs: Receiver<Vital>,
    ended: Arc<Mutex<Option<String>>>,
}

impl Vitals {
    /// Opens the interface and starts the reader, `command`, which runs [`read_vitals`] on its standard input and output. It reads once
    /// this returns.
    ///
    /// # Errors
    /// When the interface cannot be opened, or the reader cannot run here.
    pub fn open(name: &str, mut command: Command) -> Result<Self, VitalsError> {
        let socket = PacketSocket::open(name)?;
        let (ours, theirs) = UnixStream::pair()?;
        command.env_clear().current_dir("/").process_group(0);
        command.stdin(Stdio::from(socket.again()?)).stdout(Stdio::from(OwnedFd::from(theirs)));
        let child = command.spawn()?;
        drop(command);
        ours.set_read_timeout(Some(FIRST))?;
        let mut lines = BufReader::new(ours.try_clone()?);
        let is_there = matches!(next_line(&mut lines), Ok(Some(line)) if line == VERSION);
        if !is_there {
            let _ = ours.shutdown(Shutdown::Both);
            end(child);
            return Err(VitalsError::NoReader(name.to_owned()));
        }
        ours.set_read_timeout(None)?;
        let ((tell, signs), ended) = (sync_channel(WAITING), Arc::new(Mutex::new(None)));
        let (note, named) = (Arc::clone(&ended), name.to_owned());
        thread::Builder::new().name("vitals".to_owned()).spawn(move || {
            let why = told(&mut lines, &tell);
            drop(lines);
            let how = end(child);
            let why = why.unwrap_or_else(|| format!("its reader stopped ({how})"));
            *note.lock().unwrap_or_else(PoisonError::into_inner) = Some(format!("{named}: {why}"));
        })?;
        Ok(Self { name: name.to_owned(), pipe: ours, signs, ended })
    }

    /// Its interface.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What came since the last time.
    pub fn take(&self) -> impl Iterator<Item = Vital> {
        self.signs.try_iter()
    }

    /// Why nobody listens there any more, in words.
    #[must_use]
    pub fn ended(&self) -> Option<String> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Vitals {
    fn drop(&mut self) {
        // The reader ends when its parent's side is closed.
        let _ = self.pipe.shutdown(Shutdown::Both);
    }
}

/// Hands on what a reader tells; why it is not believed any more, where that is not that it ended.
fn told(lines: &mut BufReader<UnixStream>, tell: &SyncSender<Vital>) -> Option<String> {
    loop {
        let line = match next_line(lines) {
            Ok(Some(line)) => line,
            Ok(None) => return None,
            Err(error) => return Some(error.to_string()),
        };
        if line == DOWN {
            return Some("the interface went down".to_owned());
        }
        let Some(vital) = read(&line) else { return Some("its reader told what is not allowed".to_owned()) };
        // A full channel loses it; one that nobody reads ends this.
        if let Err(std::sync::mpsc::TrySendError::Disconnected(_)) = tell.try_send(vital) {
            return None;
        }
    }
}

fn next_line(lines: &mut BufReader<UnixStream>) -> io::Result<Option<String>> {
    let mut line = String::new();
    if lines.by_ref().take(MAX_LINE).read_line(&mut line)? == 0 {
        return Ok(None);
    }
    if line.pop() != Some('\n') {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "its reader stopped in the middle of a line"));
    }
    Ok(Some(line))
}

/// Gives up all rights, then reads frames from `socket` and tells signs of life of these hosts to `parent`, until that closes its side
/// or the interface goes down.
///
/// # Errors
/// When it cannot be confined, or when the socket or the pipe fails.
pub fn read_vitals(socket: &impl AsFd, parent: &File, hosts: &[Ipv4Addr]) -> Result<(), ReaderError> {
    confine_within(0)?;
    let mut pipe = BufWriter::new(parent);
    writeln!(pipe, "{VERSION}")?;
    pipe.flush()?;
    let (mut tally, mut frames) = (Tally::of(hosts), Frames::default());
    while !wait(socket, parent)? {
        for _ in 0..TURNS {
            match frames.take(socket) {
                Ok(_) => frames.iter().for_each(|seen| tally.take(moment(&seen), seen.wire, &seen.data)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.raw_os_error() == Some(libc::ENETDOWN) => {
                    writeln!(pipe, "{DOWN}")?;
                    return Ok(pipe.flush()?);
                }
                Err(error) => return Err(error.into()),
            }
        }
        for vital in tally.told() {
            writeln!(pipe, "{}", written(&vital))?;
        }
        pipe.flush()?;
    }
    Ok(())
}

fn written(vital: &Vital) -> String {
    let Vital { host, with, port, at, what } = vital;
    let (what, time) = match what {
        Deed::Spoke => ("spoke", Duration::ZERO),
        Deed::Took(time) => ("took", *time),
        Deed::WentOn(time) => ("went-on", *time),
        Deed::Refused => ("refused", Duration::ZERO),
        Deed::BrokeOff => ("broke-off", Duration::ZERO),
        Deed::Ended => ("ended", Duration::ZERO),
    };
    format!("{host}\t{with}\t{port}\t{}\t{what}\t{}", at.nanoseconds(), time.as_micros())
}

fn read(line: &str) -> Option<Vital> {
    let mut fields = line.split('\t');
    let (host, with) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    let port = fields.next()?.parse().ok()?;
    let at = Timestamp::from_nanoseconds(fields.next()?.parse().ok()?);
    let (what, time) = (fields.next()?, Duration::from_micros(fields.next()?.parse().ok()?));
    let what = match what {
        "spoke" => Deed::Spoke,
        "took" => Deed::Took(time),
        "went-on" => Deed::WentOn(time),
        "refused" => Deed::Refused,
        "broke-off" => Deed::BrokeOff,
        "ended" => Deed::Ended,
        _ => return None,
    };
    fields.next().is_none().then_some(Vital { host, with, port, at, what })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sign_is_read_as_it_was_written_and_nothing_else_is() {
        let time = Duration::from_micros(1234);
        for what in
            [Deed::Spoke, Deed::Took(time), Deed::WentOn(time), Deed::Refused, Deed::BrokeOff, Deed::Ended]
        {
            let vital = Vital {
                host: [10, 20, 1, 9].into(),
                with: [10, 20, 1, 5].into(),
                port: 2575,
                at: Timestamp::from_nanoseconds(1_795_600_000_123_456_789),
                what,
            };
            assert_eq!(read(&written(&vital)), Some(vital));
        }
        for line in ["", "10.20.1.9", "10.20.1.9\t::1\t1\t1\tspoke\t0", "1.1.1.1\t1.1.1.2\t1\t1\tsang\t0"] {
            assert_eq!(read(line), None, "{line:?}");
        }
        assert_eq!(read("1.1.1.1\t1.1.1.2\t1\t1\tspoke\t0\tmore"), None);
    }
}
