//! The connection of a reading, with its budget: every byte that comes, every message that goes, and all time are counted here.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use wardround_ask::Outcome;
use wardround_ask::reading::budget::{MOST_BYTES, MOST_MESSAGES, MOST_TIME, PAUSE, SILENCE, TURN};

use super::seal::{Seal, TAG};
use crate::connect::is_wait;
use crate::ended;

/// How long a read waits before it looks whether asking was stopped.
const SLICE: Duration = Duration::from_millis(100);
/// The longest packet that each side must take (RFC 4253, 6.1).
const MOST_PACKET: usize = 35_000;
/// Bytes of text before and in the identification, at most.
const MOST_TEXT: usize = 4096;
/// Packets are a multiple of this before they are sealed, and of twice as much when they are (RFC 4253, 6; RFC 5647, 7.2).
const BLOCK: usize = 8;

/// How long a reading and a silence in it may last.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub(super) time: Duration,
    pub(super) silence: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { time: MOST_TIME, silence: SILENCE }
    }
}

/// The connection.
pub(super) struct Line<'a> {
    stream: TcpStream,
    is_stopped: &'a dyn Fn() -> bool,
    limits: Limits,
    begun: Instant,
    turn: Instant,
    messages: u32,
    pub(super) sent: usize,
    pub(super) heard: usize,
    /// What came and is not taken yet.
    waiting: Vec<u8>,
    /// All that came before anything was sealed, as a dissector reads it.
    pub(super) clear: Vec<u8>,
    pub(super) out: Option<Seal>,
    pub(super) inward: Option<Seal>,
}

impl<'a> Line<'a> {
    pub(super) fn new(
        stream: TcpStream,
        is_stopped: &'a dyn Fn() -> bool,
        limits: Limits,
    ) -> Result<Self, Outcome> {
        stream.set_read_timeout(Some(SLICE)).map_err(|_| Outcome::Reset)?;
        stream.set_write_timeout(Some(SLICE)).map_err(|_| Outcome::Reset)?;
        let now = Instant::now();
        Ok(Self {
            stream,
            is_stopped,
            limits,
            begun: now,
            turn: now,
            messages: 0,
            sent: 0,
            heard: 0,
            waiting: Vec::new(),
            clear: Vec::new(),
            out: None,
            inward: None,
        })
    }

    fn may_go_on(&self) -> Result<(), Outcome> {
        if (self.is_stopped)() {
            return Err(Outcome::Stopped);
        }
        if self.begun.elapsed() >= self.limits.time || self.heard >= MOST_BYTES {
            return Err(Outcome::TooMuch);
        }
        Ok(())
    }

    /// Waits until so much came.
    fn fill(&mut self, count: usize) -> Result<(), Outcome> {
        let (mut silent, mut buffer) = (Instant::now(), [0; 4096]);
        while self.waiting.len() < count {
            self.may_go_on()?;
            match self.stream.read(&mut buffer) {
                Ok(0) => return Err(if self.heard == 0 { Outcome::Ended } else { Outcome::NotUnderstood }),
                Ok(came) => {
                    self.heard = self.heard.saturating_add(came);
                    self.waiting.extend_from_slice(buffer.get(..came).unwrap_or_default());
                    silent = Instant::now();
                }
                Err(error) if is_wait(error.kind()) => {
                    if silent.elapsed() >= self.limits.silence {
                        return Err(Outcome::Silent);
                    }
                }
                Err(_) => return Err(Outcome::Reset),
            }
        }
        Ok(())
    }

    fn take(&mut self, count: usize) -> Vec<u8> {
        let rest = self.waiting.split_off(count.min(self.waiting.len()));
        let taken = std::mem::replace(&mut self.waiting, rest);
        if self.inward.is_none() {
            self.clear.extend_from_slice(&taken);
        }
        taken
    }

    /// The server's identification without its line end (RFC 4253, 4.2); text before it is passed over.
    pub(super) fn identification(&mut self) -> Result<Vec<u8>, Outcome> {
        let mut taken = 0_usize;
        loop {
            let end = loop {
                if let Some(end) = self.waiting.iter().position(|byte| *byte == b'\n') {
                    break end.saturating_add(1);
                }
                if self.waiting.len() > MOST_TEXT {
                    return Err(Outcome::NotUnderstood);
                }
                self.fill(self.waiting.len().saturating_add(1))?;
            };
            let mut line = self.take(end);
            taken = taken.saturating_add(end);
            if line.starts_with(b"SSH-") {
                while line.last().is_some_and(|byte| matches!(byte, b'\r' | b'\n')) {
                    line.pop();
                }
                return Ok(line);
            }
            if taken > MOST_TEXT {
                return Err(Outcome::NotUnderstood);
            }
        }
    }

    /// The next message, whatever it is: its number first.
    pub(super) fn message(&mut self) -> Result<Vec<u8>, Outcome> {
        self.fill(4)?;
        let length: [u8; 4] = self.take(4).try_into().map_err(|_| Outcome::NotUnderstood)?;
        let count = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        if !(2..=MOST_PACKET).contains(&count) {
            return Err(Outcome::NotUnderstood);
        }
        let behind = if self.inward.is_some() { TAG } else { 0 };
        self.fill(count.saturating_add(behind))?;
        let mut packet = self.take(count.saturating_add(behind));
        if let Some(seal) = &mut self.inward {
            packet = seal.open(length, packet).ok_or(Outcome::NotUnderstood)?;
        }
        let padding = packet.first().copied().map_or(usize::MAX, usize::from);
        let end = packet.len().checked_sub(padding).filter(|end| *end > 1).ok_or(Outcome::NotUnderstood)?;
        packet.truncate(end);
        packet.remove(0);
        Ok(packet)
    }

    /// Waits for our turn, and says bytes as they are, in one piece.
    pub(super) fn say(&mut self, bytes: &[u8], pause: Duration) -> Result<(), Outcome> {
        self.messages = self.messages.saturating_add(1);
        if self.messages > MOST_MESSAGES {
            return Err(Outcome::TooMuch);
        }
        while self.turn.elapsed() < pause {
            self.may_go_on()?;
            std::thread::sleep(pause.saturating_sub(self.turn.elapsed()).min(SLICE));
        }
        self.may_go_on()?;
        self.turn = Instant::now();
        self.sent = self.sent.saturating_add(bytes.len());
        self.stream.write_all(bytes).map_err(|_| Outcome::Reset)
    }

    /// Says messages in one piece.
    pub(super) fn tell(&mut self, messages: &[&[u8]]) -> Result<(), Outcome> {
        self.tell_after(messages, TURN)
    }

    pub(super) fn tell_after(&mut self, messages: &[&[u8]], pause: Duration) -> Result<(), Outcome> {
        let bytes =
            messages.iter().map(|message| self.packed(message)).collect::<Result<Vec<_>, _>>()?.concat();
        self.say(&bytes, pause)
    }

    /// A message as a packet (RFC 4253, 6), sealed where that was agreed.
    pub(super) fn packed(&mut self, message: &[u8]) -> Result<Vec<u8>, Outcome> {
        // In clear, the length itself counts for the multiple.
        let (block, counted) = if self.out.is_some() { (BLOCK * 2, 1) } else { (BLOCK, 5) };
        let whole = message.len().saturating_add(counted);
        let mut padding = block.saturating_sub(whole % block);
        if padding < 4 {
            padding = padding.saturating_add(block);
        }
        let mut packet = vec![u8::try_from(padding).map_err(|_| Outcome::NotUnderstood)?];
        packet.extend_from_slice(message);
        packet.resize(packet.len().saturating_add(padding), 0);
        let length = u32::try_from(packet.len()).map_err(|_| Outcome::NotUnderstood)?.to_be_bytes();
        if let Some(seal) = &mut self.out {
            packet = seal.seal(length, packet).ok_or(Outcome::NotUnderstood)?;
        }
        Ok([length.as_slice(), &packet].concat())
    }

    /// Ends our side and reads until the other side ends too, so that nothing is left unread. What is too much is not read further.
    pub(super) fn end(&mut self, last: Option<&[u8]>) {
        while last.is_some() && !(self.is_stopped)() && self.turn.elapsed() < PAUSE {
            std::thread::sleep(PAUSE.saturating_sub(self.turn.elapsed()).min(SLICE));
        }
        if let Some(Ok(bytes)) = last.map(|last| self.packed(last)) {
            self.sent = self.sent.saturating_add(bytes.len());
            let _ = self.stream.write_all(&bytes);
        }
        ended::in_order(&mut self.stream, &mut self.heard, MOST_BYTES, self.is_stopped);
    }

    pub(super) fn from(&self) -> Option<std::net::SocketAddr> {
        self.stream.local_addr().ok()
    }
}
