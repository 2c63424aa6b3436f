//! A client's hello put together over datagrams.

use super::frames::{Hopeless, Room};
use super::initial::{Keys, MAX_PACKET, Packets};
use super::{Head, MAX_ID, SHORTEST_FIRST, Version, role};
use crate::{Datagram, Facts, Role, tls};

/// The most pieces with others missing between them that are kept of one hello.
const MAX_PIECES: usize = 128;

/// What came so far of the hello with which a client begins a connection of QUIC.
///
/// It holds no more than came in datagrams, and at most about 17 KiB.
#[derive(Clone, Debug)]
pub struct QuicHello {
    /// The identifier that keys are made from, padded with zeros, and its length.
    id: [u8; MAX_ID],
    id_length: u8,
    state: State,
}

#[derive(Clone, Debug)]
enum State {
    /// Where the pieces that are there stand and how long they are; and their bytes, one piece behind the other.
    Waits { pieces: Vec<(u16, u16)>, bytes: Vec<u8> },
    /// It was told, or will never be.
    Done,
}

impl QuicHello {
    /// Whether a datagram may hold a piece of a hello: without looking at more than its first byte.
    #[must_use]
    pub fn may_be_in(payload: &[u8]) -> bool {
        payload.len() >= SHORTEST_FIRST && payload.first().is_some_and(|first| first & super::LONG != 0)
    }

    /// Reads a datagram as a dissector does, with what came `before` between the same two ports: which of them is the client's shows by its
    /// keys. Leaves there what is to be given with the next.
    pub fn dissect(datagram: &Datagram<'_>, before: &mut Option<Self>, facts: &mut Facts) -> Option<Role> {
        let by_port = role(datagram);
        let Head::Begins(version, wanted) = Head::read(datagram.payload)? else { return Some(by_port) };
        let may_be_clients = by_port != Role::Server;
        let packets = Packets::new(datagram.payload, version, wanted);
        let is_clients = may_be_clients && take(&packets, (version, wanted.1), before, facts).is_some();
        Some(if is_clients { Role::Client } else { by_port })
    }

    /// Whether more of it is awaited.
    #[must_use]
    pub fn waits(&self) -> bool {
        matches!(self.state, State::Waits { .. })
    }

    /// Memory held beside itself.
    #[must_use]
    pub fn held(&self) -> usize {
        match &self.state {
            State::Waits { pieces, bytes } => {
                pieces.capacity().saturating_mul(size_of::<(u16, u16)>()).saturating_add(bytes.capacity())
            }
            State::Done => 0,
        }
    }

    fn new(id: &[u8], state: State) -> Option<Self> {
        let mut padded = [0; MAX_ID];
        padded.get_mut(..id.len())?.copy_from_slice(id);
        Some(Self { id: padded, id_length: u8::try_from(id.len()).ok()?, state })
    }

    fn id(&self) -> &[u8] {
        self.id.get(..usize::from(self.id_length)).unwrap_or_default()
    }

    /// What is there of it, put to its place.
    fn room(&self) -> Result<Room, Hopeless> {
        let State::Waits { pieces, bytes } = &self.state else { return Err(Hopeless) };
        let (mut room, mut rest) = (Room::new(), bytes.as_slice());
        for (at, length) in pieces {
            let (piece, behind) = rest.split_at_checked(usize::from(*length)).ok_or(Hopeless)?;
            room.put(usize::from(*at), piece)?;
            rest = behind;
        }
        Ok(room)
    }
}

impl State {
    /// What waits of a room.
    fn of(room: &Room) -> Self {
        let count = room.pieces().count();
        if count > MAX_PIECES {
            return Self::Done;
        }
        let mut pieces = Vec::with_capacity(count);
        let mut bytes = Vec::with_capacity(room.pieces().map(|(_, piece)| piece.len()).sum());
        for (at, piece) in room.pieces() {
            let (Ok(at), Ok(length)) = (u16::try_from(at), u16::try_from(piece.len())) else {
                return Self::Done;
            };
            pieces.push((at, length));
            bytes.extend_from_slice(piece);
        }
        Self::Waits { pieces, bytes }
    }
}

/// Takes the packets of a client's datagram: `None` when no key opens them.
///
/// The client's identifier for the server changes once the server chose another, but not what keys are made from (RFC 9001, 5.2). Packets whose
/// own identifier opens them begin anew: another connection, or the same one after the server asked to begin again (RFC 9000, 17.2.5).
fn take(
    packets: &Packets<'_>,
    (version, own): (Version, &[u8]),
    before: &mut Option<QuicHello>,
    facts: &mut Facts,
) -> Option<()> {
    packets.clone().next()?;
    if let Some(hello) = before.as_mut().filter(|it| it.waits() || it.id() == own) {
        let contents = Contents { packets, keys: Keys::of(version, hello.id())? };
        if let Ok(mut room) = hello.room() {
            if let Some(state) = contents.take(&mut room, facts) {
                hello.state = state;
                return Some(());
            }
        } else {
            return contents.are_opened().then_some(());
        }
        if hello.id() == own {
            return None;
        }
    }
    let state = Contents { packets, keys: Keys::of(version, own)? }.take(&mut Room::new(), facts)?;
    *before = QuicHello::new(own, state);
    Some(())
}

/// Packets and what may open them.
struct Contents<'a> {
    packets: &'a Packets<'a>,
    keys: Keys,
}

impl Contents<'_> {
    fn are_opened(&self) -> bool {
        self.packets.clone().any(|packet| packet.open(&self.keys, &mut [0; MAX_PACKET]).is_some())
    }

    /// Puts what they say into the room and tells the hello once it is whole; `None` when no packet is opened.
    fn take(&self, room: &mut Room, facts: &mut Facts) -> Option<State> {
        let (mut is_opened, mut put) = (false, Ok(()));
        for packet in self.packets.clone() {
            if let Some(content) = packet.open(&self.keys, &mut [0; MAX_PACKET]) {
                is_opened = true;
                put = put.and_then(|()| room.put_frames(content));
            }
        }
        if !is_opened {
            return None;
        }
        Some(match put.and_then(|()| room.hello()) {
            Ok(None) => State::of(room),
            Ok(Some(hello)) => {
                tls::tell_client(hello, tls::Over::Quic, facts);
                State::Done
            }
            Err(Hopeless) => State::Done,
        })
    }
}
