//! What traffic shows of a host in the ten minutes after it was asked (P8): whether it still speaks with others.
//!
//! Silence is a sign only where somebody watched all that time, and the host spoke in the ten minutes before, too.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

use wardround_model::{Conversation, Round, SourceKind, Timestamp};

use crate::envelope::WATCHED_AFTER;

/// When a host was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AskedAt {
    /// The host.
    pub ip: Ipv4Addr,
    /// The first question to it.
    pub first: Timestamp,
    /// The end of the last one.
    pub last: Timestamp,
}

/// What was seen of it since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// It speaks with somebody else than us.
    Speaks {
        /// With whom; a server of its own, where it was seen to ask one.
        with: IpAddr,
        /// When it was last seen to.
        last: Timestamp,
    },
    /// It spoke in the ten minutes before, and in the ten minutes after with nobody: a sign of distress.
    Quiet {
        /// With whom it spoke last.
        with: IpAddr,
        /// When.
        last: Timestamp,
    },
    /// It spoke with nobody in the ten minutes before either, so that silence tells nothing.
    NothingToTell,
    /// Nobody watched all of the ten minutes after.
    NotWatched,
}

/// What this round saw. `own` are addresses from which we asked: our talks tell nothing.
#[must_use]
pub fn look(asked: &AskedAt, own: &BTreeSet<IpAddr>, round: &Round) -> Since {
    let mut talks: Vec<(&Conversation, IpAddr)> =
        round.conversations.iter().filter_map(|talk| Some((talk, other(talk, asked.ip, own)?))).collect();
    // Talks that it began itself come first, the latest of each first.
    let began = |talk: &Conversation| talk.client == IpAddr::V4(asked.ip);
    talks.sort_by_key(|(talk, with)| (!began(talk), std::cmp::Reverse(talk.last), *with));
    if let Some((talk, with)) = talks.iter().find(|(talk, _)| talk.last > asked.last) {
        return Since::Speaks { with: *with, last: talk.last };
    }
    if !is_watched(asked, round) {
        return Since::NotWatched;
    }
    let before = minus(asked.first);
    match talks.iter().find(|(talk, _)| talk.last >= before) {
        Some((talk, with)) => Since::Quiet { with: *with, last: talk.last },
        None => Since::NothingToTell,
    }
}

/// The other side of a talk, where it is one host that is not us.
fn other(talk: &Conversation, ip: Ipv4Addr, own: &BTreeSet<IpAddr>) -> Option<IpAddr> {
    let (ip, client, server) = (IpAddr::V4(ip), talk.client, talk.server.ip);
    let other = match (client == ip, server == ip) {
        (true, false) => server,
        (false, true) => client,
        _ => return None,
    };
    let is_host = match other {
        IpAddr::V4(ip) => !ip.is_multicast() && !ip.is_broadcast(),
        IpAddr::V6(ip) => !ip.is_multicast(),
    };
    // What was asked of it and not answered is no word of it.
    let spoke = if client == ip { talk.to_server.packets > 0 } else { talk.to_client.packets > 0 };
    (is_host && spoke && !own.contains(&other)).then_some(other)
}

/// Whether one capture covers the question and the ten minutes after it.
fn is_watched(asked: &AskedAt, round: &Round) -> bool {
    let until = plus(asked.last);
    let captures = round.coverage.sources.iter().filter(|source| source.kind == SourceKind::Capture);
    captures
        .filter_map(|source| source.first.zip(source.last))
        .any(|(first, last)| first <= asked.last && last >= until)
}

fn plus(at: Timestamp) -> Timestamp {
    Timestamp::from_nanoseconds(at.nanoseconds().saturating_add(watched()))
}

fn minus(at: Timestamp) -> Timestamp {
    Timestamp::from_nanoseconds(at.nanoseconds().saturating_sub(watched()))
}

fn watched() -> i64 {
    i64::try_from(WATCHED_AFTER.as_nanos()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{round, watched_round};

    const HOST: Ipv4Addr = Ipv4Addr::new(10, 20, 1, 9);
    const SERVER: Ipv4Addr = Ipv4Addr::new(10, 20, 1, 5);
    const US: Ipv4Addr = Ipv4Addr::new(10, 20, 1, 2);

    /// What is seen of a host that was asked from second 1000 to 1060: talks (client, server, last), and until when was watched.
    fn seen(talks: &[(Ipv4Addr, Ipv4Addr, i64)], until: i64) -> Since {
        let asked =
            AskedAt { ip: HOST, first: Timestamp::from_seconds(1000), last: Timestamp::from_seconds(1060) };
        look(&asked, &[IpAddr::V4(US)].into(), &watched_round(talks, 0, until))
    }

    #[test]
    fn p8_a_host_that_still_speaks_to_its_server_is_well() {
        let since = seen(&[(HOST, SERVER, 1200), (US, HOST, 1060)], 2000);
        assert_eq!(since, Since::Speaks { with: SERVER.into(), last: Timestamp::from_seconds(1200) });
        // Also where nobody watched to the end.
        assert!(matches!(seen(&[(HOST, SERVER, 1061)], 1070), Since::Speaks { .. }));
    }

    #[test]
    fn p8_silence_is_a_sign_where_it_was_watched_and_spoke_before() {
        let talk = (HOST, SERVER, 990);
        assert_eq!(
            seen(&[talk], 1660),
            Since::Quiet { with: SERVER.into(), last: Timestamp::from_seconds(990) }
        );
        assert_eq!(seen(&[talk], 1659), Since::NotWatched);
        assert_eq!(seen(&[(HOST, SERVER, 399)], 1660), Since::NothingToTell);
        // Our own talk, and a multicast that it heard, tell nothing.
        assert_eq!(
            seen(&[(US, HOST, 1060), (HOST, Ipv4Addr::new(224, 0, 0, 251), 1500)], 1660),
            Since::NothingToTell
        );
        let asked = AskedAt { ip: HOST, first: Timestamp::EPOCH, last: Timestamp::EPOCH };
        assert_eq!(look(&asked, &BTreeSet::new(), &round(Vec::new())), Since::NotWatched);
    }
}
