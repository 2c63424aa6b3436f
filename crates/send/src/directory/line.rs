//! The connection of a reading within TLS, with its budget: every byte that comes, every time that we write, and all time are counted
//! here. Before each word of ours it is quiet for a while, so that what the kernel acknowledges and what we say keep under the rate of
//! one host.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::ClientConnection;
use rustls::pki_types::ServerName;
use wardround_ask::Outcome;
use wardround_ask::directory::Certificate;
use wardround_ask::directory::budget::{MOST_BYTES, MOST_MESSAGES, MOST_TIME, PAUSE, SILENCE};

use super::pinned::Pinned;
use crate::connect::is_wait;
use crate::ended;

/// How long a read waits before it looks whether asking was stopped.
const SLICE: Duration = Duration::from_millis(100);

/// How long a reading, a silence in it, and the quiet before each word of ours may last.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) time: Duration,
    pub(super) silence: Duration,
    pub(super) pause: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { time: MOST_TIME, silence: SILENCE, pause: PAUSE }
    }
}

/// The connection.
pub(super) struct Line<'a> {
    stream: TcpStream,
    tls: ClientConnection,
    pinned: Arc<Pinned>,
    is_stopped: &'a dyn Fn() -> bool,
    limits: Limits,
    begun: Instant,
    /// When the last byte went or came.
    quiet: Instant,
    messages: u32,
    pub(super) sent: usize,
    pub(super) heard: usize,
}

impl<'a> Line<'a> {
    pub(super) fn new(
        stream: TcpStream,
        ip: Ipv4Addr,
        wanted: Option<Certificate>,
        is_stopped: &'a dyn Fn() -> bool,
        limits: Limits,
    ) -> Result<Self, Outcome> {
        stream.set_read_timeout(Some(SLICE)).map_err(|_| Outcome::Reset)?;
        stream.set_write_timeout(Some(SLICE)).map_err(|_| Outcome::Reset)?;
        let pinned = Arc::new(Pinned::new(wanted));
        let config = Arc::clone(&pinned).config().map_err(|_| Outcome::NotUnderstood)?;
        // An address is named to nobody (RFC 6066, 3).
        let name = ServerName::from(IpAddr::V4(ip));
        let tls = ClientConnection::new(Arc::new(config), name).map_err(|_| Outcome::NotUnderstood)?;
        let now = Instant::now();
        Ok(Self {
            stream,
            tls,
            pinned,
            is_stopped,
            limits,
            begun: now,
            quiet: now,
            messages: 0,
            sent: 0,
            heard: 0,
        })
    }

    /// How long it lasts so far.
    pub(super) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// The certificate that was shown.
    pub(super) fn shown(&self) -> Option<Certificate> {
        self.pinned.shown()
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

    /// Agrees on keys; the certificate that was shown and proved.
    pub(super) fn shake_hands(&mut self) -> Result<Certificate, Outcome> {
        while self.tls.is_handshaking() {
            self.flush()?;
            if self.tls.is_handshaking() {
                self.take()?;
            }
        }
        self.pinned.shown().ok_or(Outcome::NotUnderstood)
    }

    /// Writes what waits to be written, in one piece and when it was quiet long enough.
    fn flush(&mut self) -> Result<(), Outcome> {
        let bytes = self.waiting()?;
        if bytes.is_empty() {
            return Ok(());
        }
        self.messages = self.messages.saturating_add(1);
        if self.messages > MOST_MESSAGES {
            return Err(Outcome::TooMuch);
        }
        while self.quiet.elapsed() < self.limits.pause {
            self.may_go_on()?;
            std::thread::sleep(self.limits.pause.saturating_sub(self.quiet.elapsed()).min(SLICE));
        }
        self.may_go_on()?;
        self.write(&bytes)
    }

    fn waiting(&mut self) -> Result<Vec<u8>, Outcome> {
        let mut bytes = Vec::new();
        while self.tls.wants_write() {
            self.tls.write_tls(&mut bytes).map_err(|_| Outcome::Reset)?;
        }
        Ok(bytes)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Outcome> {
        self.sent = self.sent.saturating_add(bytes.len());
        let written = self.stream.write_all(bytes);
        self.quiet = Instant::now();
        written.map_err(|_| Outcome::Reset)
    }

    /// Says it within TLS.
    pub(super) fn say(&mut self, bytes: &[u8]) -> Result<(), Outcome> {
        self.tls.writer().write_all(bytes).map_err(|_| Outcome::TooMuch)?;
        self.flush()
    }

    /// Waits for the next bytes within TLS.
    pub(super) fn hear(&mut self) -> Result<Vec<u8>, Outcome> {
        let mut came = vec![0; 16 * 1024];
        loop {
            match self.tls.reader().read(&mut came) {
                Ok(0) => return Err(Outcome::NotUnderstood),
                Ok(count) => {
                    came.truncate(count);
                    return Ok(came);
                }
                Err(error) if is_wait(error.kind()) => self.take()?,
                Err(_) => return Err(Outcome::NotUnderstood),
            }
        }
    }

    /// Waits for bytes of the connection, and hands them to TLS.
    fn take(&mut self) -> Result<(), Outcome> {
        let (silent, mut buffer) = (Instant::now(), [0; 4096]);
        loop {
            self.may_go_on()?;
            match self.stream.read(&mut buffer) {
                Ok(0) => return Err(if self.heard == 0 { Outcome::Ended } else { Outcome::NotUnderstood }),
                Ok(count) => {
                    self.quiet = Instant::now();
                    self.heard = self.heard.saturating_add(count);
                    return self.unseal(buffer.get(..count).unwrap_or_default());
                }
                Err(error) if is_wait(error.kind()) => {
                    if silent.elapsed() >= self.limits.silence {
                        return Err(Outcome::Silent);
                    }
                }
                Err(_) => return Err(Outcome::Reset),
            }
        }
    }

    fn unseal(&mut self, mut bytes: &[u8]) -> Result<(), Outcome> {
        while !bytes.is_empty() {
            self.tls.read_tls(&mut bytes).map_err(|_| Outcome::NotUnderstood)?;
            if self.tls.process_new_packets().is_err() {
                let is_another = self.pinned.is_another();
                return Err(if is_another { Outcome::AnotherKey } else { Outcome::NotUnderstood });
            }
        }
        Ok(())
    }

    /// Says the last thing, ends our side, and reads until the other side ends too, so that nothing is left unread. What is too much is
    /// not read further.
    pub(super) fn end(&mut self, last: Option<&[u8]>) {
        if let Some(last) = last.filter(|_| !self.tls.is_handshaking()) {
            let _ = self.tls.writer().write_all(last);
        }
        self.tls.send_close_notify();
        while !(self.is_stopped)() && self.quiet.elapsed() < self.limits.pause {
            std::thread::sleep(self.limits.pause.saturating_sub(self.quiet.elapsed()).min(SLICE));
        }
        if let Ok(bytes) = self.waiting() {
            let _ = self.write(&bytes);
        }
        ended::in_order(&mut self.stream, &mut self.heard, MOST_BYTES, self.is_stopped);
    }
}
