//! One datagram to all devices of a network whose owner switched that on, and the answers of those who are in it.
//!
//! It leaves by the address that this computer has there, and no router sends it on (a time to live of 1). Who answers from elsewhere
//! is not heard, nor from another port where the protocol has one port alone.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket};
use std::time::Instant;

use wardround_ask::envelope::{ANSWER_TIME, MOST_ANSWER, MOST_HEARD, MOST_WALK_ANSWER};
use wardround_ask::{Net, Outcome, Ticket};

use crate::answer::Answer;
use crate::connect::is_wait;
use crate::datagram::{SLICE, outcome};

/// Datagrams that are passed over, at most.
const MOST_PASSED: usize = 4096;

/// Sends the question, once, and listens for all the time that an answer has.
pub(crate) fn put(ticket: &Ticket, is_stopped: &dyn Fn() -> bool) -> Answer {
    let (exchange, question) = (ticket.exchange(), ticket.opening());
    let Some(net) = exchange.net else { return Answer::empty(Outcome::Stopped) };
    let Some(own) = own_address(net) else {
        let why = "this computer has no address in that network, and a multicast does not go further";
        return Answer { why, ..Answer::empty(Outcome::Stopped) };
    };
    let socket = match socket(own) {
        Ok(socket) => socket,
        Err(_) => return Answer::empty(Outcome::Unreachable),
    };
    let begun = Instant::now();
    let sent = match socket.send_to(&question, SocketAddrV4::new(exchange.ip, exchange.port)) {
        Ok(sent) => sent,
        Err(error) => return Answer::empty(outcome(error.kind())),
    };
    let mut heard: BTreeMap<Ipv4Addr, Vec<u8>> = BTreeMap::new();
    let (mut buffer, mut bytes, mut passed) = (vec![0; MOST_ANSWER], 0_usize, 0_usize);
    while begun.elapsed() < ANSWER_TIME && passed < MOST_PASSED && !is_stopped() {
        let (count, from) = match socket.recv_from(&mut buffer) {
            Ok((count, SocketAddr::V4(from))) => (count, from),
            Ok(_) => continue,
            Err(error) if is_wait(error.kind()) => continue,
            Err(_) => break,
        };
        let answer = buffer.get(..count).unwrap_or_default();
        let is_there = net.has_host(*from.ip())
            && *from.ip() != own
            && (from.port() == exchange.port || exchange.question.is_answered_from_any_port());
        let has_room = heard.len() < MOST_HEARD && bytes.saturating_add(count) <= MOST_WALK_ANSWER;
        if is_there && has_room && !heard.contains_key(from.ip()) && ticket.is_answered(answer) {
            bytes = bytes.saturating_add(count);
            heard.insert(*from.ip(), answer.to_vec());
        } else {
            passed = passed.saturating_add(1);
        }
    }
    let came = match (is_stopped(), heard.is_empty()) {
        (true, _) => Outcome::Stopped,
        (false, true) => Outcome::Ended,
        (false, false) => Outcome::Answered,
    };
    let others = heard.into_iter().collect();
    Answer { others, ..Answer::of(came, socket.local_addr().ok(), sent, Vec::new()) }
}

/// The address that this computer has in a network, as the kernel would choose it; nothing is sent to learn it.
fn own_address(net: Net) -> Option<Ipv4Addr> {
    let probe = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    probe.connect((net.first_host(), 9)).ok()?;
    match probe.local_addr().ok()? {
        SocketAddr::V4(own) if net.contains(*own.ip()) => Some(*own.ip()),
        _ => None,
    }
}

/// A socket at this address: the kernel sends multicasts by its interface (`ip(7)`).
fn socket(own: Ipv4Addr) -> std::io::Result<UdpSocket> {
    let socket = UdpSocket::bind((own, 0))?;
    socket.set_multicast_ttl_v4(1)?;
    socket.set_multicast_loop_v4(false)?;
    socket.set_read_timeout(Some(SLICE))?;
    socket.set_write_timeout(Some(SLICE))?;
    Ok(socket)
}
