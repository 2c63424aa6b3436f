//! Interfaces that hear no others any more: where a mirror port was switched off, it is a port like any other, which hears broadcasts and
//! perhaps its own computer. Packets still come, so silence does not tell. Not here: interfaces that hear nothing at all (`silence`).

use std::net::IpAddr;

use wardround_capture::Captured;

/// A shorter piece, in nanoseconds, shows too little: half an hour.
const ENOUGH: i64 = 1_800 * 1_000_000_000;

/// Whether others were heard, and are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Narrowing {
    /// They were not heard yet: it may be the port of one computer alone, which is no fault.
    #[default]
    Never,
    /// They are heard.
    Others,
    /// They were heard before, and in the last piece they were not.
    Lost,
}

impl Narrowing {
    /// A piece was taken.
    pub(super) fn look(&mut self, piece: &Captured) {
        if hears_others(piece) {
            *self = Self::Others;
        } else if *self == Self::Others && lasted(piece) >= ENOUGH {
            *self = Self::Lost;
        }
    }
}

/// Whether hosts answered each other of which none is in every conversation: that one would be this computer, or the only one whose
/// port is mirrored.
fn hears_others(piece: &Captured) -> bool {
    let answered = piece.conversations.iter().filter(|talk| talk.to_client.packets > 0);
    let mut pairs = answered.map(|talk| [talk.client, talk.server.ip]);
    let Some(first) = pairs.next() else { return false };
    let mut in_all: Vec<IpAddr> = first.to_vec();
    pairs.for_each(|pair| in_all.retain(|host| pair.contains(host)));
    in_all.is_empty()
}

/// From its first packet to its last, in nanoseconds.
fn lasted(piece: &Captured) -> i64 {
    let times = piece.coverage.sources.iter().filter_map(|source| source.first.zip(source.last));
    times.map(|(first, last)| last.since(first)).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use wardround_model::{
        Conversation, Endpoint, Evidence, RolesKnownBy, Sighting, Source, SourceIndex, SourceKind, Timestamp,
        Transport, Volume,
    };

    use super::*;

    /// A piece of so many minutes in which these pairs talked; a star marks those that were not answered.
    fn piece(minutes: i64, talks: &[&str]) -> Captured {
        let mut piece = Captured::default();
        piece.coverage.sources.push(Source {
            kind: SourceKind::Capture,
            name: "interface mirror0".to_owned(),
            bytes: 0,
            records: 100,
            first: Some(Timestamp::from_seconds(0)),
            last: Some(Timestamp::from_seconds(minutes * 60)),
            interfaces: Vec::new(),
            ended_early: None,
        });
        let talk = |text: &&str| {
            let (pair, is_answered) = text.strip_suffix('*').map_or((*text, true), |pair| (pair, false));
            let (client, server) = pair.split_once(' ').unwrap();
            let seen = |packets| Volume { packets, bytes: 0 };
            Conversation {
                client: client.parse().unwrap(),
                server: Endpoint { ip: server.parse().unwrap(), port: 443, transport: Transport::Udp },
                protocol: None,
                roles: RolesKnownBy::Ports,
                connections: 1,
                already_open: 0,
                to_server: seen(1),
                to_client: seen(u64::from(is_answered)),
                first: Sighting {
                    evidence: Evidence { source: SourceIndex(0), record: 1, offset: 0 },
                    at: Timestamp::from_seconds(0),
                },
                last: Timestamp::from_seconds(minutes * 60),
                active: wardround_model::ActiveHours::NONE,
            }
        };
        piece.conversations = talks.iter().map(talk).collect();
        piece
    }

    fn looked(pieces: &[Captured]) -> Narrowing {
        let mut narrowing = Narrowing::default();
        pieces.iter().for_each(|piece| narrowing.look(piece));
        narrowing
    }

    #[test]
    fn a_mirror_port_that_becomes_one_like_any_other_is_told_after_half_an_hour() {
        let mirror = || piece(60, &["10.1.0.1 10.1.0.2", "10.1.0.3 10.1.0.4"]);
        let broadcasts = |minutes| piece(minutes, &["10.1.0.1 10.1.0.255*", "10.1.0.3 10.1.0.255*"]);
        let own = || piece(60, &["10.1.0.9 10.1.0.2", "10.1.0.3 10.1.0.9", "10.1.0.1 10.1.0.255*"]);
        assert_eq!(looked(&[mirror()]), Narrowing::Others);
        assert_eq!(looked(&[mirror(), broadcasts(60)]), Narrowing::Lost);
        assert_eq!(looked(&[mirror(), own()]), Narrowing::Lost);
        assert_eq!(looked(&[mirror(), broadcasts(5)]), Narrowing::Others, "too short to tell");
        assert_eq!(looked(&[mirror(), broadcasts(60), mirror()]), Narrowing::Others);
        assert_eq!(looked(&[broadcasts(60), own(), broadcasts(60)]), Narrowing::Never);
    }
}
