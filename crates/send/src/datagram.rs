//! One datagram to one address, and the one that answers it (P11).
//!
//! The socket is tied to that address: the kernel lets nothing else in, and tells of a port that is closed.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::time::{Duration, Instant};

use wardround_ask::envelope::{ANSWER_TIME, MOST_ANSWER};
use wardround_ask::{Outcome, Ticket};

use crate::answer::Answer;

/// How long a read waits before it looks whether asking was stopped.
const SLICE: Duration = Duration::from_millis(100);
/// Datagrams that do not answer ours and are passed over, at most.
const MOST_OTHERS: usize = 16;

/// Sends the question, once, and listens.
pub(crate) fn put(ticket: &Ticket, is_stopped: &dyn Fn() -> bool) -> Answer {
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
    let (outcome, bytes) = listen(&socket, ticket, is_stopped, begun);
    Answer { outcome, from: socket.local_addr().ok(), connected: None, sent, bytes, reading: None }
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
    ticket: &Ticket,
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
                if ticket.is_answered(bytes) {
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

fn is_wait(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

fn outcome(kind: ErrorKind) -> Outcome {
    if kind == ErrorKind::ConnectionRefused { Outcome::Refused } else { Outcome::Unreachable }
}
