//! Reads a directory with its owner's leave: connects, makes sure by its certificate that it is the one that was meant, logs in within
//! TLS, asks for the lists, and ends in order.
//!
//! What is said comes from `ask` ([`Talk`]); here are the connection, TLS and the budget. A password goes only to a certificate that a
//! person said yes to: where none is known, the certificate is looked at, and that is all.

mod line;
mod pinned;

use std::net::{SocketAddr, TcpStream};
use std::time::Instant;

use wardround_ask::directory::{Certificate, DirectoryGiven, DirectoryTold, Fault, Talk};
use wardround_ask::envelope::CONNECT_TIME;
use wardround_ask::{Outcome, Ticket};

use crate::answer::{Answer, DirectoryReading};
use crate::cards;
use crate::connect::why_not;
use line::{Limits, Line};

/// Reads.
pub(crate) fn put(ticket: &Ticket, is_stopped: &dyn Fn() -> bool) -> Answer {
    let exchange = ticket.exchange();
    let Some(given) = ticket.directory() else { return Answer::empty(Outcome::NotAllowed) };
    let begun = Instant::now();
    let to = SocketAddr::from((exchange.ip, exchange.port));
    let stream = match TcpStream::connect_timeout(&to, CONNECT_TIME) {
        Ok(stream) => stream,
        Err(error) => return Answer::empty(why_not(error.kind())),
    };
    let (connected, from) = (begun.elapsed(), stream.local_addr().ok());
    // The kernel may have learned the card only now.
    if cards::is_another(exchange.ip, &exchange.cards) {
        return Answer {
            connected: Some(connected),
            ..Answer::of(Outcome::AnotherCard, from, 0, Vec::new())
        };
    }
    let line = match Line::new(stream, exchange.ip, given.certificate, is_stopped, Limits::default()) {
        Ok(line) => line,
        Err(outcome) => return Answer::empty(outcome),
    };
    let read = read(line, given);
    let reading = DirectoryReading {
        certificate: read.certificate,
        told: read.told,
        fault: read.fault,
        heard: read.heard,
    };
    // The login is not counted: what a log tells of lengths must not tell that of a password.
    let secret = given.login.as_ref().filter(|_| read.is_login_said).map_or(0, |login| login.secret_bytes());
    let answer = Answer::of(read.outcome, from, read.sent.saturating_sub(secret), Vec::new());
    Answer { connected: Some(connected), directory: Some(reading), ..answer }
}

/// What came of a talk.
#[derive(Debug)]
struct Read {
    outcome: Outcome,
    certificate: Option<Certificate>,
    told: Option<DirectoryTold>,
    fault: Option<Fault>,
    is_login_said: bool,
    sent: usize,
    heard: usize,
}

/// Holds the talk, and ends it.
fn read(mut line: Line<'_>, given: &DirectoryGiven) -> Read {
    let (mut told, mut fault, mut is_login_said) = (None, None, false);
    let outcome = match line.shake_hands() {
        Err(outcome) => outcome,
        Ok(shown) => match given.login.clone().filter(|_| given.certificate == Some(shown)) {
            // It was looked at.
            None => Outcome::Answered,
            Some(login) => {
                is_login_said = true;
                let mut talk = Talk::new(login);
                match hold(&mut line, &mut talk) {
                    Ok(()) => {
                        told = Some(talk.told());
                        Outcome::Answered
                    }
                    Err(Stop::Fault(why)) => {
                        fault = Some(why);
                        why.outcome()
                    }
                    Err(Stop::Line(outcome)) => outcome,
                }
            }
        },
    };
    line.end(is_login_said.then(Talk::farewell).as_deref());
    Read {
        outcome,
        certificate: line.shown(),
        told,
        fault,
        is_login_said,
        sent: line.sent,
        heard: line.heard,
    }
}

/// Why a talk ended before it should.
enum Stop {
    Fault(Fault),
    Line(Outcome),
}

fn hold(line: &mut Line<'_>, talk: &mut Talk) -> Result<(), Stop> {
    while let Some(request) = talk.next(line.elapsed()) {
        line.say(&request).map_err(Stop::Line)?;
        loop {
            let came = line.hear().map_err(Stop::Line)?;
            if talk.hear(&came).map_err(Stop::Fault)? {
                break;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
