//! The loop of the reader of flow records: datagrams in, harvests out, as that of frames.

use std::fs::File;
use std::io::{self, BufWriter};
use std::net::UdpSocket;
use std::time::{Instant, SystemTime};

use wardround_capture::{Collector, Prefix};
use wardround_model::Timestamp;

use crate::reader::{EVERY, LAST_TURNS, Orders, ReaderError, TURNS, confine_within, wait};
use crate::write_harvest;

/// Datagrams of one turn.
const AT_ONCE: usize = 64;
/// No datagram is longer.
const LONGEST: usize = 1 << 16;

/// Gives up all rights, then reads flow records from `socket` and tells what they show to `parent`, until that closes its side. Only
/// those of exporters in `allowed` are taken, if there are any; see [`crate::read_frames`] for the rest.
///
/// # Errors
/// When it cannot be confined, or when the socket or the pipe fails.
pub fn read_flows(
    socket: &UdpSocket,
    parent: &File,
    orders: &Orders<'_>,
    allowed: &[Prefix],
) -> Result<(), ReaderError> {
    confine_within(orders.memory.unwrap_or(0))?;
    let mut collector = Collector::new(&orders.limits(), orders.excluded, allowed, orders.told);
    let mut room = vec![0; LONGEST];
    let mut pipe = BufWriter::new(parent);
    let mut last = Instant::now();
    write_harvest(&mut pipe, &collector.harvest())?;
    while !wait(socket, parent)? {
        take(&mut collector, socket, &mut room, TURNS * AT_ONCE)?;
        if last.elapsed() >= EVERY {
            write_harvest(&mut pipe, &collector.harvest())?;
            last = Instant::now();
        }
    }
    take(&mut collector, socket, &mut room, LAST_TURNS * AT_ONCE)?;
    Ok(write_harvest(&mut pipe, &collector.finish())?)
}

/// Takes what waits, so many datagrams at most.
fn take(collector: &mut Collector, socket: &UdpSocket, room: &mut [u8], most: usize) -> io::Result<()> {
    for _ in 0..most {
        match socket.recv_from(room) {
            Ok((length, from)) => {
                let datagram = room.get(..length).unwrap_or_default();
                collector.take(datagram, from.ip().to_canonical(), now());
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn now() -> Timestamp {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_nanoseconds(i64::try_from(now.as_nanos()).unwrap_or(0))
}
