//! The end of a reading, in order: our side ends, and what the other side still sends is read until it ends, too.
//!
//! So no byte is left unread, which would make the kernel break the connection off (RST).

use std::io::Read as _;
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use crate::connect::is_wait;

/// How long the other side may take to end, and when asking was stopped.
const TIME: Duration = Duration::from_secs(3);
const STOPPED_TIME: Duration = Duration::from_millis(300);

/// Ends a connection whose reads wait for a moment only. `heard` counts on; what is beyond `most` is not read.
pub(crate) fn in_order(
    stream: &mut TcpStream,
    heard: &mut usize,
    most: usize,
    is_stopped: &dyn Fn() -> bool,
) {
    if stream.shutdown(Shutdown::Write).is_err() {
        return;
    }
    let (begun, mut buffer) = (Instant::now(), [0; 4096]);
    while *heard < most && begun.elapsed() < if is_stopped() { STOPPED_TIME } else { TIME } {
        match stream.read(&mut buffer) {
            Ok(0) => return,
            Ok(count) => *heard = heard.saturating_add(count),
            Err(error) if is_wait(error.kind()) => {}
            Err(_) => return,
        }
    }
}
