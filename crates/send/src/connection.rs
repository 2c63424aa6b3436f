//! One connection: connect, ask, read, end in order.
//!
//! The end is drained: we end our side, read until the other side ends too, and close only then. So no byte is left unread, which
//! would make the kernel break the connection off (RST).

use std::cell::Cell;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddrV4, TcpStream};
use std::time::{Duration, Instant};

use wardround_ask::envelope::{ANSWER_TIME, CONNECT_TIME, END_TIME, MOST_ANSWER, MOST_INSIDE};
use wardround_ask::{Outcome, Question, Ticket, fhir};

use crate::answer::Answer;
use crate::cards;
use crate::connect::{connect, hold_together, spare_acknowledgements, why_not};
use crate::secured::Secured;

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
    let slow = exchange.question.is_taken_slowly();
    let (to, opening) = (SocketAddrV4::new(exchange.ip, exchange.port), ticket.opening());
    match connect(to, CONNECT_TIME, !opening.is_empty(), slow.then_some(fhir::ROOM)) {
        Ok(stream) => {
            let talk =
                Talk { stream, is_stopped, slow, begun, taken: Cell::new(None), sent: 0, bytes: Vec::new() };
            talk.hold(ticket, &opening, begun.elapsed())
        }
        Err(error) => Answer::empty(why_not(error.kind())),
    }
}

struct Talk<'a> {
    stream: TcpStream,
    is_stopped: &'a dyn Fn() -> bool,
    /// Whether what comes is taken little by little ([`fhir`]).
    slow: bool,
    begun: Instant,
    /// When something was taken last.
    taken: Cell<Option<Instant>>,
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
    fn hold(mut self, ticket: &Ticket, opening: &[u8], connected: Duration) -> Answer {
        let (exchange, from) = (ticket.exchange(), self.stream.local_addr().ok());
        // The kernel may have learned the card only now.
        let mut outcome = if cards::is_another(exchange.ip, &exchange.cards) {
            Outcome::AnotherCard
        } else if self.stream.set_read_timeout(Some(SLICE)).is_err() || !self.say(opening) {
            Outcome::Reset
        } else {
            self.listen(ticket)
        };
        let mut inside = Vec::new();
        if outcome == Outcome::Answered {
            match ticket.inside().and_then(|request| self.go_inside(ticket, opening, &request)) {
                Some(heard) => (outcome, inside) = heard,
                None => self.take_leave(exchange.question),
            }
        }
        self.end();
        Answer { connected: Some(connected), inside, ..Answer::of(outcome, from, self.sent, self.bytes) }
    }

    fn take_leave(&mut self, question: Question) {
        let is_answered = question.farewell_is_answered();
        if !is_answered {
            hold_together(&self.stream);
        }
        self.say(question.farewell(&self.bytes));
        if is_answered {
            self.wait();
        }
    }

    /// Finishes the handshake of TLS behind what was heard in clear, and says the request inside; what came of it. Nothing where the
    /// server chose what we do not finish.
    fn go_inside(&mut self, ticket: &Ticket, hello: &[u8], request: &[u8]) -> Option<(Outcome, Vec<u8>)> {
        let (mut secured, finish) = Secured::begin(hello, &self.bytes)?;
        let outcome = self.talk_inside(ticket, &mut secured, &finish, request);
        if let Some(farewell) = secured.farewell().filter(|_| outcome == Outcome::Answered) {
            hold_together(&self.stream);
            self.say(&farewell);
        }
        Some((outcome, secured.heard().to_vec()))
    }

    fn talk_inside(
        &mut self,
        ticket: &Ticket,
        secured: &mut Secured,
        finish: &[u8],
        request: &[u8],
    ) -> Outcome {
        if !self.say(finish) {
            return Outcome::Reset;
        }
        let is_open = self.hear_inside(secured, &|secured| secured.is_open());
        if is_open != Outcome::Answered || !secured.is_open() {
            return is_open;
        }
        if !secured.say(request).is_some_and(|sealed| self.say(&sealed)) {
            return Outcome::Reset;
        }
        let question = ticket.exchange().question;
        self.hear_inside(secured, &|secured| question.is_answered_inside(secured.heard()))
    }

    /// Listens until enough was heard inside, the server ended, or what came is no talk of TLS.
    fn hear_inside(&self, secured: &mut Secured, is_enough: &dyn Fn(&Secured) -> bool) -> Outcome {
        let (begun, mut buffer, mut count) = (Instant::now(), [0; fhir::TAKEN], 0_usize);
        let mut last = begun;
        while !self.is_late(begun, last) {
            if (self.is_stopped)() {
                return Outcome::Stopped;
            }
            match self.hear(&mut buffer) {
                Heard::Bytes(heard) => {
                    (count, last) = (count.saturating_add(heard), Instant::now());
                    let is_broken = secured.hear(buffer.get(..heard).unwrap_or_default()).is_err();
                    if is_broken || is_enough(secured) || secured.is_ended() || count >= MOST_INSIDE {
                        return Outcome::Answered;
                    }
                }
                Heard::End => return Outcome::Answered,
                Heard::Broken => return Outcome::Reset,
                Heard::Nothing => {}
            }
        }
        Outcome::FellSilent
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
        let (mut buffer, mut replied, mut last) = ([0; fhir::TAKEN], false, begun);
        loop {
            if (self.is_stopped)() {
                return Outcome::Stopped;
            }
            match self.hear(&mut buffer) {
                Heard::Bytes(count) => {
                    last = Instant::now();
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
            if self.is_late(begun, last) {
                return if self.bytes.is_empty() { Outcome::Silent } else { Outcome::Answered };
            }
        }
    }

    /// Whether an answer that is waited for since `begun`, and of which something came last at `last`, is late.
    fn is_late(&self, begun: Instant, last: Instant) -> bool {
        if self.slow {
            last.elapsed() >= ANSWER_TIME || self.begun.elapsed() >= fhir::MOST_TIME
        } else {
            begun.elapsed() >= ANSWER_TIME
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
        let (mut begun, mut drained, mut buffer) = (Instant::now(), 0_usize, [0; 4096]);
        let most = if self.slow { fhir::MOST_BYTES } else { MOST_DRAINED };
        while drained < most {
            let time = if (self.is_stopped)() { STOPPED_END_TIME } else { END_TIME };
            match self.hear(&mut buffer) {
                Heard::Bytes(count) => {
                    drained = drained.saturating_add(count);
                    if self.slow && self.begun.elapsed() < fhir::MOST_TIME {
                        begun = Instant::now();
                    }
                }
                Heard::End | Heard::Broken => return,
                Heard::Nothing => {}
            }
            if begun.elapsed() >= time {
                return;
            }
        }
    }

    fn hear(&self, buffer: &mut [u8]) -> Heard {
        let since = self.taken.get().map(|taken| taken.elapsed());
        if let Some(wait) = since.filter(|_| self.slow).and_then(|since| fhir::PAUSE.checked_sub(since)) {
            std::thread::sleep(wait.min(SLICE));
            return Heard::Nothing;
        }
        spare_acknowledgements(&self.stream);
        match (&self.stream).read(buffer) {
            Ok(0) => Heard::End,
            Ok(count) => {
                self.taken.set(Some(Instant::now()));
                Heard::Bytes(count)
            }
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted => Heard::Nothing,
                _ => Heard::Broken,
            },
        }
    }
}
