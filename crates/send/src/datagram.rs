//! One datagram to one address, and the one that answers it (P11).
//!
//! The socket is tied to that address: the kernel lets nothing else in, and tells of a port that is closed.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::time::{Duration, Instant};

use wardround_ask::envelope::{ANSWER_TIME, MOST_ANSWER};
use wardround_ask::{Outcome, Tables, Ticket, Turn, UserTalk};

use crate::answer::Answer;
use crate::connect::is_wait;

/// How long a read waits before it looks whether asking was stopped.
pub(crate) const SLICE: Duration = Duration::from_millis(100);
/// Datagrams that do not answer ours and are passed over, at most.
const MOST_OTHERS: usize = 16;

/// Sends the question, once, and listens; or walks over the tables of a switch.
pub(crate) fn put(ticket: &Ticket, is_stopped: &dyn Fn() -> bool) -> Answer {
    if let Some(tables) = ticket.tables() {
        return walk(ticket, tables, is_stopped);
    }
    if ticket.exchange().question.needs_user() {
        let talk = ticket.user_talk();
        return talk.map_or(Answer::empty(Outcome::Stopped), |talk| with_user(ticket, talk, is_stopped));
    }
    let (exchange, question) = (ticket.exchange(), ticket.opening());
    if question.is_empty() {
        return Answer::empty(Outcome::Stopped);
    }
    let to = SocketAddrV4::new(exchange.ip, exchange.port);
    let socket = match tied(to) {
        Ok(socket) => socket,
        Err(_) => return Answer::empty(Outcome::Unreachable),
    };
    let begun = Instant::now();
    let sent = match socket.send(&question) {
        Ok(sent) => sent.saturating_sub(ticket.secret_bytes()),
        Err(error) => return Answer::empty(outcome(error.kind())),
    };
    let (outcome, bytes) = listen(&socket, &mut |bytes| ticket.is_answered(bytes), is_stopped, begun);
    Answer::of(outcome, socket.local_addr().ok(), sent, bytes)
}

/// One request after the other, each once its budget gives it and the one before is answered.
fn walk(ticket: &Ticket, mut tables: Tables, is_stopped: &dyn Fn() -> bool) -> Answer {
    let exchange = ticket.exchange();
    let Ok(socket) = tied(SocketAddrV4::new(exchange.ip, exchange.port)) else {
        return Answer::empty(Outcome::Unreachable);
    };
    let (begun, mut sent, mut said, mut bytes) = (Instant::now(), 0_usize, 0_u32, Vec::new());
    let mut why = "";
    let outcome = loop {
        if is_stopped() {
            break Outcome::Stopped;
        }
        match tables.next(begun.elapsed()) {
            Turn::Done => match tables.refusal() {
                Some((refused, told)) => {
                    why = told;
                    break refused;
                }
                None => break Outcome::Answered,
            },
            Turn::Wait(until) => std::thread::sleep(until.saturating_sub(begun.elapsed()).min(SLICE)),
            Turn::Ask(request) => {
                if let Err(error) = socket.send(&request) {
                    break outcome(error.kind());
                }
                sent = sent.saturating_add(request.len().saturating_sub(tables.secret_bytes()));
                let (heard, _) = listen(&socket, &mut |bytes| tables.hear(bytes), is_stopped, Instant::now());
                bytes.extend_from_slice(&tables.answer());
                said = said.saturating_add(1);
                match heard {
                    Outcome::Answered => {}
                    Outcome::Silent => {
                        why = tables.why_silent();
                        break if said > 1 { Outcome::FellSilent } else { Outcome::Silent };
                    }
                    other => break other,
                }
            }
        }
    };
    let (walked, is_cut_short) = (tables.walked().to_vec(), tables.is_cut_short());
    Answer { walked, is_cut_short, why, ..Answer::of(outcome, socket.local_addr().ok(), sent, bytes) }
}

/// A talk by SNMP 3: each message once the one before is answered.
fn with_user(ticket: &Ticket, mut talk: UserTalk, is_stopped: &dyn Fn() -> bool) -> Answer {
    let exchange = ticket.exchange();
    let Ok(socket) = tied(SocketAddrV4::new(exchange.ip, exchange.port)) else {
        return Answer::empty(Outcome::Unreachable);
    };
    let (mut sent, mut said) = (0_usize, 0_u32);
    let (came, why) = loop {
        if is_stopped() {
            break (Outcome::Stopped, "");
        }
        let Some(message) = talk.say() else { break (Outcome::NotUnderstood, "") };
        if let Err(error) = socket.send(&message) {
            break (outcome(error.kind()), "");
        }
        said = said.saturating_add(1);
        sent = sent.saturating_add(message.len().saturating_sub(talk.secret_bytes()));
        let (heard, _) = listen(&socket, &mut |bytes| talk.hear(bytes), is_stopped, Instant::now());
        match (heard, talk.result()) {
            (Outcome::Answered, Some(Ok(answer))) => {
                let answer = answer.to_vec();
                return Answer::of(Outcome::Answered, socket.local_addr().ok(), sent, answer);
            }
            (Outcome::Answered, Some(Err(refused))) => break refused,
            (Outcome::Answered, None) => {}
            (Outcome::Silent, _) if said > 1 => break (Outcome::FellSilent, talk.why_silent()),
            (Outcome::Silent, _) => break (Outcome::Silent, talk.why_silent()),
            (other, _) => break (other, ""),
        }
    };
    Answer { why, ..Answer::of(came, socket.local_addr().ok(), sent, Vec::new()) }
}

fn tied(to: SocketAddrV4) -> std::io::Result<UdpSocket> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    socket.connect(to)?;
    socket.set_read_timeout(Some(SLICE))?;
    socket.set_write_timeout(Some(SLICE))?;
    Ok(socket)
}

fn listen(
    socket: &UdpSocket,
    is_it: &mut dyn FnMut(&[u8]) -> bool,
    is_stopped: &dyn Fn() -> bool,
    begun: Instant,
) -> (Outcome, Vec<u8>) {
    let (mut buffer, mut others) = (vec![0; MOST_ANSWER], 0_usize);
    while begun.elapsed() < ANSWER_TIME && others < MOST_OTHERS {
        if is_stopped() {
            return (Outcome::Stopped, Vec::new());
        }
        match socket.recv(&mut buffer) {
            Ok(count) => {
                let bytes = buffer.get(..count).unwrap_or_default();
                if is_it(bytes) {
                    return (Outcome::Answered, bytes.to_vec());
                }
                others = others.saturating_add(1);
            }
            Err(error) if is_wait(error.kind()) => {}
            Err(error) => return (outcome(error.kind()), Vec::new()),
        }
    }
    (Outcome::Silent, Vec::new())
}

pub(crate) fn outcome(kind: ErrorKind) -> Outcome {
    if kind == ErrorKind::ConnectionRefused { Outcome::Refused } else { Outcome::Unreachable }
}
