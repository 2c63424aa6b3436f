//! One connection: connect, ask, read, end in order.
//!
//! The end is drained: we end our side, read until the other side ends too, and close only then. So no byte is left unread, which
//! would make the kernel break the connection off (RST).

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use wardround_ask::envelope::{ANSWER_TIME, CONNECT_TIME, END_TIME, MOST_ANSWER};
use wardround_ask::{Outcome, Ticket};

use crate::answer::Answer;
use crate::cards;

/// How long a read waits before it looks whether asking was stopped.
const SLICE: Duration = Duration::from_millis(100);
/// How long the end may take when asking was stopped.
const STOPPED_END_TIME: Duration = Duration::from_millis(300);
/// Bytes behind an answer that are read and thrown away, at most.
const MOST_DRAINED: usize = 1 << 20;

/// Connects, and holds the talk.
pub(crate) fn put(ticket: &Ticket, is_stopped: &dyn Fn() -> bool) -> Answer {
    let exchange = ticket.exchange();
    let begun = Instant::now();
    let to = SocketAddr::from((exchange.ip, exchange.port));
    match TcpStream::connect_timeout(&to, CONNECT_TIME) {
        Ok(stream) => {
            let talk = Talk { stream, is_stopped, sent: 0, bytes: Vec::new() };
            talk.hold(ticket, begun.elapsed())
        }
        Err(error) => Answer::empty(match error.kind() {
            ErrorKind::ConnectionRefused => Outcome::Refused,
            ErrorKind::ConnectionReset => Outcome::Reset,
            ErrorKind::TimedOut | ErrorKind::WouldBlock => Outcome::NoConnection,
            _ => Outcome::Unreachable,
        }),
    }
}

struct Talk<'a> {
    stream: TcpStream,
    is_stopped: &'a dyn Fn() -> bool,
    sent: usize,
    bytes: Vec<u8>,
}

/// What one read gave.
enum Heard {
    Bytes(usize),
    Nothing,
    End,
    Broken,
}

impl Talk<'_> {
    fn hold(mut self, ticket: &Ticket, connected: Duration) -> Answer {
        let (exchange, from) = (ticket.exchange(), self.stream.local_addr().ok());
        // The kernel may have learned the card only now.
        let outcome = if cards::is_another(exchange.ip, &exchange.cards) {
            Outcome::AnotherCard
        } else if self.stream.set_read_timeout(Some(SLICE)).is_err() || !self.say(&ticket.opening()) {
            Outcome::Reset
        } else {
            self.listen(ticket)
        };
        if outcome == Outcome::Answered {
            self.say(exchange.question.farewell(&self.bytes));
            if exchange.question.farewell_is_answered() {
                self.wait();
            }
        }
        self.end();
        Answer { connected: Some(connected), ..Answer::of(outcome, from, self.sent, self.bytes) }
    }

    /// Says it in one piece. It is smaller than the room that the kernel keeps for a new connection.
    fn say(&mut self, bytes: &[u8]) -> bool {
        if bytes.is_empty() {
            return true;
        }
        let said = self.stream.set_write_timeout(Some(SLICE)).and_then(|()| self.stream.write_all(bytes));
        self.sent = self.sent.saturating_add(bytes.len());
        said.is_ok()
    }

    fn listen(&mut self, ticket: &Ticket) -> Outcome {
        let (begun, question) = (Instant::now(), ticket.exchange().question);
        let (mut buffer, mut replied) = ([0; 4096], false);
        loop {
            if (self.is_stopped)() {
                return Outcome::Stopped;
            }
            match self.hear(&mut buffer) {
                Heard::Bytes(count) => {
                    let room = MOST_ANSWER.saturating_sub(self.bytes.len());
                    self.bytes.extend_from_slice(buffer.get(..count.min(room)).unwrap_or_default());
                    let is_full = self.bytes.len() >= MOST_ANSWER;
                    if is_full || ticket.is_answered(&self.bytes) {
                        return Outcome::Answered;
                    }
                    if !replied && let Some(reply) = question.reply(&self.bytes) {
                        replied = true;
                        if !self.say(reply) {
                            return Outcome::Reset;
                        }
                    }
                }
                Heard::End if self.bytes.is_empty() => return Outcome::Ended,
                Heard::End => return Outcome::Answered,
                Heard::Broken => return Outcome::Reset,
                Heard::Nothing => {}
            }
            if begun.elapsed() >= ANSWER_TIME {
                return if self.bytes.is_empty() { Outcome::Silent } else { Outcome::Answered };
            }
        }
    }

    /// Waits for the answer to our farewell, before the connection ends.
    fn wait(&mut self) {
        let (begun, mut buffer) = (Instant::now(), [0; 4096]);
        while begun.elapsed() < END_TIME
            && !(self.is_stopped)()
            && matches!(self.hear(&mut buffer), Heard::Nothing)
        {}
    }

    /// Ends our side and reads until the other side has ended too.
    fn end(&mut self) {
        if self.stream.shutdown(Shutdown::Write).is_err() {
            return;
        }
        let (begun, mut drained, mut buffer) = (Instant::now(), 0_usize, [0; 4096]);
        while drained < MOST_DRAINED {
            let time = if (self.is_stopped)() { STOPPED_END_TIME } else { END_TIME };
            match self.hear(&mut buffer) {
                Heard::Bytes(count) => drained = drained.saturating_add(count),
                Heard::End | Heard::Broken => return,
                Heard::Nothing => {}
            }
            if begun.elapsed() >= time {
                return;
            }
        }
    }

    fn hear(&mut self, buffer: &mut [u8]) -> Heard {
        match self.stream.read(buffer) {
            Ok(0) => Heard::End,
            Ok(count) => Heard::Bytes(count),
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted => Heard::Nothing,
                _ => Heard::Broken,
            },
        }
    }
}
