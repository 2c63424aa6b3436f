//! Where the next mirror port would add most: networks in which devices are known that were not heard on their own link. Counts of what is
//! known, and no guess at what is not. Not here: how a switch mirrors a port (docs/mirror-ports.md).

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use wardround_model::{Network, Round};

use super::lists::Traffic;
use super::words::count;

/// So many places are named.
const MOST: usize = 3;

/// Where only traffic was read, and all that it shows was heard.
const NO_LIST: &str = "No list of devices was read, so nothing tells which networks were not heard: leases or an inventory would.";

/// What a mirror port in a network would add.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Gap {
    /// Devices that take part in care and were not heard on their own link.
    medical: u64,
    /// All devices that were not: known from lists, or seen through a router.
    unheard: u64,
    /// Conversations of which what is sent from there is missing.
    one_way: u64,
}

/// The places, the most useful first; without any, what would tell them where no list did.
pub(super) fn advice(round: &Round) -> Vec<String> {
    let mut gaps: Vec<(String, Gap)> = gaps(round).into_iter().collect();
    gaps.retain(|(_, gap)| gap.unheard > 0 || gap.one_way > 0);
    gaps.sort_by(|(place, one), (other_place, other)| {
        let key = |gap: &Gap| (gap.medical, gap.unheard, gap.one_way);
        key(other).cmp(&key(one)).then_with(|| place.cmp(other_place))
    });
    let mut lines: Vec<String> =
        gaps.iter().take(MOST).enumerate().map(|(at, (place, gap))| line(at, place, *gap)).collect();
    match lines.last_mut() {
        Some(last) => *last += " How it is done: docs/mirror-ports.md.",
        None if round.coverage.sources.iter().all(|source| source.kind.is_traffic()) => {
            lines.push(NO_LIST.to_owned());
        }
        None => {}
    }
    lines
}

fn line(at: usize, place: &str, gap: Gap) -> String {
    let mut parts = Vec::new();
    if gap.unheard > 0 {
        let devices = count(gap.unheard, "device is", "devices are");
        let medical = match (gap.medical, gap.unheard) {
            (0, _) => String::new(),
            (1, 1) => ", and it is medical".to_owned(),
            (all, unheard) if all == unheard => ", all of them medical".to_owned(),
            (some, _) => format!(", {some} of them medical"),
        };
        let whose = if gap.unheard == 1 { "its" } else { "their" };
        parts.push(format!("{devices} known there and not heard on {whose} own link{medical}"));
    }
    if gap.one_way > 0 {
        let talks = count(gap.one_way, "conversation", "conversations");
        parts.push(format!("of {talks} what is sent from there is missing"));
    }
    let begin = if at == 0 { "The next mirror port would add most in" } else { "Then in" };
    format!("{begin} {place}: {}.", parts.join("; "))
}

/// What is missing, by network of the hospital's own addresses.
fn gaps(round: &Round) -> BTreeMap<String, Gap> {
    let traffic = Traffic::of(round);
    let mut gaps: BTreeMap<String, Gap> = BTreeMap::new();
    for asset in round.assets.iter().filter(|asset| !(asset.seen_directly && traffic.shows(asset))) {
        let places: BTreeSet<String> = asset.ips.iter().copied().filter_map(place).collect();
        for place in places {
            let gap = gaps.entry(place).or_default();
            gap.unheard = gap.unheard.saturating_add(1);
            gap.medical = gap.medical.saturating_add(u64::from(asset.class.value.is_medical()));
        }
    }
    for talk in round.conversations.iter().filter(|talk| talk.is_one_way()) {
        let unheard = if talk.to_server.packets > 0 { talk.server.ip } else { talk.client };
        if let Some(place) = place(unheard) {
            let gap = gaps.entry(place).or_default();
            gap.one_way = gap.one_way.saturating_add(1);
        }
    }
    gaps
}

/// The network of an address that a hospital gives out itself (RFC 1918, RFC 4193); no switch of ours stands elsewhere.
fn place(ip: IpAddr) -> Option<String> {
    let is_own = match ip {
        IpAddr::V4(v4) => v4.is_private(),
        IpAddr::V6(v6) => v6.is_unique_local(),
    };
    is_own.then(|| Network::prefix_of(ip))
}

#[cfg(test)]
mod tests {
    use wardround_model::{
        Conversation, DeviceClass, Endpoint, Evidence, RolesKnownBy, Sighting, Source, SourceIndex,
        SourceKind, Transport, Volume,
    };

    use super::*;
    use crate::page::made_up::{asset, at, round};

    /// Who talked to whom; what was seen of each side.
    fn talk(client: &str, server: &str, seen: (u64, u64)) -> Conversation {
        let volume = |packets| Volume { packets, bytes: packets * 100 };
        Conversation {
            client: client.parse().unwrap(),
            server: Endpoint { ip: server.parse().unwrap(), port: 104, transport: Transport::Tcp },
            protocol: None,
            roles: RolesKnownBy::Protocol,
            connections: 1,
            already_open: 0,
            to_server: volume(seen.0),
            to_client: volume(seen.1),
            first: Sighting {
                evidence: Evidence { source: SourceIndex(0), record: 1, offset: 0 },
                at: at("2026-11-23"),
            },
            last: at("2026-11-23"),
            active: wardround_model::ActiveHours::at(at("2026-11-23")),
        }
    }

    #[test]
    fn what_is_known_and_was_not_heard_is_told_by_network_medical_first() {
        let mut assets: Vec<_> = (1..=9).map(|last| asset(&format!("10.1.9.{last}"), "2026-11-23")).collect();
        for workstation in &mut assets {
            workstation.class.value = DeviceClass::Workstation;
        }
        assets.extend((1..=3).map(|last| asset(&format!("10.1.1.{last}"), "2026-11-23")));
        // Heard on its own link, and elsewhere than in the hospital.
        assets.extend(["10.1.2.1", "192.0.2.5"].map(|address| asset(address, "2026-11-23")));
        // Through a router alone.
        let mut afar = asset("10.1.1.4", "2026-11-23");
        (afar.seen_directly, afar.class.value) = (false, DeviceClass::Printer);
        assets.push(afar);
        let mut round = round(assets, Vec::new());
        round.conversations = vec![
            talk("10.1.2.1", "10.1.1.4", (5, 5)),
            talk("10.1.2.1", "10.1.3.7", (5, 0)),
            talk("10.1.4.8", "10.1.2.1", (0, 5)),
            talk("10.1.2.1", "192.0.2.5", (5, 0)),
        ];
        insta::assert_snapshot!(advice(&round).join("\n"), @r"
        The next mirror port would add most in 10.1.1.0/24: 4 devices are known there and not heard on their own link, 3 of them medical.
        Then in 10.1.9.0/24: 9 devices are known there and not heard on their own link.
        Then in 10.1.3.0/24: of 1 conversation what is sent from there is missing. How it is done: docs/mirror-ports.md.
        ");
    }

    #[test]
    fn where_all_that_is_known_was_heard_nothing_is_advised_but_a_list_where_none_was_read() {
        let mut round = round(vec![asset("10.1.2.1", "2026-11-23")], Vec::new());
        round.conversations = vec![talk("10.1.2.1", "10.1.2.2", (5, 5))];
        assert_eq!(advice(&round), [NO_LIST]);
        round.coverage.sources.push(Source {
            kind: SourceKind::KeaLeases,
            name: "leases.csv".to_owned(),
            bytes: 0,
            records: 2,
            first: None,
            last: None,
            interfaces: Vec::new(),
            ended_early: None,
        });
        assert!(advice(&round).is_empty());
    }
}
