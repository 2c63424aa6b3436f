//! A connection of the kernel's own, with as few packets as an ordinary client needs (P4).
//!
//! Where we speak first, the acknowledgement that ends the handshake goes with our first words, as it may (RFC 9293, 3.5). What was heard
//! is acknowledged with what we say next, or with our end, where that comes at once: within the time that the kernel gives it (40 ms to
//! 200 ms; a stack must take half a second, RFC 9293, 3.8.6.3). Last words go with the end.

use std::io::{self, ErrorKind};
use std::net::{SocketAddrV4, TcpStream};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, sockopt};
use wardround_ask::Outcome;

/// Connects within `time`, with so much `room` for what the host sends unasked.
///
/// # Errors
/// As the kernel says it, and `TimedOut`.
pub(crate) fn connect(
    to: SocketAddrV4,
    time: Duration,
    we_speak_first: bool,
    room: Option<usize>,
) -> io::Result<TcpStream> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = rustix::net::socket_with(AddressFamily::INET, SocketType::STREAM, flags, None)?;
    if we_speak_first {
        sockopt::set_tcp_quickack(&socket, false)?;
    }
    if let Some(room) = room {
        sockopt::set_socket_recv_buffer_size(&socket, room)?;
    }
    match rustix::net::connect(&socket, &to) {
        Ok(()) | Err(Errno::INPROGRESS) => {}
        Err(error) => return Err(error.into()),
    }
    let until = Instant::now() + time;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let left = Timespec::try_from(left).map_err(|_| io::ErrorKind::InvalidInput)?;
        match poll(&mut [PollFd::new(&socket, PollFlags::OUT)], Some(&left)) {
            Ok(0) => return Err(io::ErrorKind::TimedOut.into()),
            Ok(_) => break,
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    sockopt::socket_error(&socket)??;
    let stream = TcpStream::from(socket);
    stream.set_nonblocking(false)?;
    Ok(stream)
}

/// Why no connection stood.
pub(crate) fn why_not(kind: ErrorKind) -> Outcome {
    match kind {
        ErrorKind::ConnectionRefused => Outcome::Refused,
        ErrorKind::ConnectionReset => Outcome::Reset,
        ErrorKind::TimedOut | ErrorKind::WouldBlock => Outcome::NoConnection,
        _ => Outcome::Unreachable,
    }
}

/// Whether a read that waits for a moment only is to be tried again.
pub(crate) fn is_wait(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

/// Lets an acknowledgement wait for what we say next. The kernel forgets this now and then, so it is said before each read. Where it is
/// not taken, there are only more packets.
pub(crate) fn spare_acknowledgements(stream: &TcpStream) {
    let _ = sockopt::set_tcp_quickack(stream, false);
}

/// Holds what is said from now on until the end, which goes with it.
pub(crate) fn hold_together(stream: &TcpStream) {
    let _ = sockopt::set_tcp_cork(stream, true);
}
