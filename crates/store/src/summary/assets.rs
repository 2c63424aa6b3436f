//! The tables `asset_summary`, `asset_searched` and `asset_count`.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::IpAddr;

use memchr::memmem;
use wardround_model::{Asset, Decision, DeviceClass, Network, Role, Round};

use super::{Places, rank};
use crate::error::Trouble;
use crate::searched::{self, Lines};
use crate::table::{Cell, Table, TableWriter, Writer};

static SUMMARY: Table = Table {
    owner: "round_id",
    name: "asset_summary",
    key: &["asset_position"],
    values: &[
        "class",
        "worst",
        "network",
        "care_area",
        "owner",
        "by_urgency",
        "by_title",
        "by_address",
        "by_last",
        "act",
        "attend",
        "track_star",
        "track",
        "unjudged",
        "peers",
        "address",
        "title",
    ],
};
static COUNT: Table =
    Table { owner: "round_id", name: "asset_count", key: &["class", "worst"], values: &["count"] };

static PLACE: Table =
    Table { owner: "round_id", name: "place_count", key: &["kind", "place"], values: &["count", "worst"] };

pub(super) fn write(
    writer: Writer<'_>,
    round: &Round,
    places: &Places,
    peers: &[usize],
) -> Result<(), Trouble> {
    let lines = lines(round, places);
    let orders = Orders::of(&lines);
    let (mut summary, mut searched) = (writer.table(&SUMMARY)?, Lines::new(writer)?);
    let mut counts: BTreeMap<(DeviceClass, usize), u64> = BTreeMap::new();
    for (position, line) in lines.iter().enumerate() {
        let peers = peers.get(position).copied().unwrap_or_default();
        line.write(&mut summary, position, orders.at(position), peers)?;
        searched.add(&line.searched(orders.at(position)))?;
        *counts.entry((line.asset.class.value, line.worst())).or_default() += 1;
    }
    searched.finish()?;
    let mut table = writer.table(&COUNT)?;
    for ((class, worst), count) in counts {
        table.row(&[class.code().into(), worst.into(), count.into()])?;
    }
    write_places(writer, &lines)
}

fn write_places(writer: Writer<'_>, lines: &[Line<'_>]) -> Result<(), Trouble> {
    let mut places: BTreeMap<(&str, &str), (u64, usize)> = BTreeMap::new();
    for line in lines {
        for (kind, place) in [("network", line.network.as_str()), ("care-area", line.care_area())] {
            let (count, worst) = places.entry((kind, place)).or_default();
            *count += 1;
            *worst = line.worst().max(*worst);
        }
    }
    let mut table = writer.table(&PLACE)?;
    for ((kind, place), (count, worst)) in places {
        table.row(&[kind.into(), place.into(), count.into(), worst.into()])?;
    }
    Ok(())
}

/// What a list says of an asset.
struct Line<'r> {
    asset: &'r Asset,
    title: String,
    /// The stretch of its address; empty without one.
    network: String,
    owner: Role,
    /// Findings by decision, in the order of [`Decision::ALL`].
    findings: [u64; 4],
    unjudged: u64,
}

fn lines<'r>(round: &'r Round, places: &Places) -> Vec<Line<'r>> {
    let line = |(position, asset): (usize, &'r Asset)| Line {
        asset,
        title: asset.title(),
        network: main_ip(asset).map(Network::prefix_of).unwrap_or_default(),
        owner: places.owner(Some(position)),
        findings: [0; 4],
        unjudged: 0,
    };
    let mut lines: Vec<Line<'r>> = round.assets.iter().enumerate().map(line).collect();
    for finding in &round.findings {
        let line = places.assets.get(&finding.asset).and_then(|position| lines.get_mut(*position));
        let place = rank(Some(finding.judgement.decision)).saturating_sub(1);
        if let Some(count) = line.and_then(|line| line.findings.get_mut(place)) {
            *count += 1;
        }
    }
    for unjudged in &round.unjudged {
        if let Some(line) = places.assets.get(&unjudged.asset).and_then(|position| lines.get_mut(*position)) {
            line.unjudged += 1;
        }
    }
    lines
}

impl Line<'_> {
    fn worst(&self) -> usize {
        let worst = Decision::ALL.iter().zip(self.findings).rev().find(|(_, count)| *count > 0);
        rank(worst.map(|(decision, _)| *decision))
    }

    /// Empty where it is not known.
    fn care_area(&self) -> &str {
        self.asset.care_area.as_ref().map_or("", |claim| claim.value.as_str())
    }

    fn searched(&self, orders: [usize; 4]) -> searched::Line<'_> {
        searched::Line {
            class: self.asset.class.value,
            worst: self.worst(),
            network: &self.network,
            care_area: self.care_area(),
            orders,
            text: searched(self.asset, &self.title),
        }
    }

    fn write(
        &self,
        table: &mut TableWriter<'_>,
        position: usize,
        [urgency, title, address, last]: [usize; 4],
        peers: usize,
    ) -> Result<(), Trouble> {
        let [track, track_star, attend, act] = self.findings;
        table.row(&[
            position.into(),
            self.asset.class.value.code().into(),
            self.worst().into(),
            (&self.network).into(),
            self.care_area().into(),
            self.owner.code().into(),
            urgency.into(),
            title.into(),
            address.into(),
            last.into(),
            act.into(),
            attend.into(),
            track_star.into(),
            track.into(),
            self.unjudged.into(),
            peers.into(),
            Cell::Made(self.asset.address().unwrap_or_default()),
            (&self.title).into(),
        ])
    }
}

/// The address that [`Asset::address`] gives, where that is no card's.
fn main_ip(asset: &Asset) -> Option<IpAddr> {
    asset.ips.iter().find(|ip| ip.is_ipv4()).or(asset.ips.first()).copied()
}

/// The place of every asset in each order.
struct Orders {
    urgency: Vec<usize>,
    title: Vec<usize>,
    address: Vec<usize>,
    last: Vec<usize>,
}

impl Orders {
    fn of(lines: &[Line<'_>]) -> Self {
        let most_urgent = |line: &Line<'_>| {
            let [track, track_star, attend, act] = line.findings;
            Reverse([act, attend, track_star, track, line.unjudged])
        };
        let address = |line: &Line<'_>| {
            let ip = main_ip(line.asset);
            (ip.is_none(), ip, line.asset.macs.first().copied())
        };
        Self {
            urgency: ranks(lines, most_urgent),
            title: ranks(lines, |line| line.title.to_lowercase()),
            address: ranks(lines, address),
            last: ranks(lines, |line| Reverse(line.asset.last_seen)),
        }
    }

    fn at(&self, position: usize) -> [usize; 4] {
        [&self.urgency, &self.title, &self.address, &self.last]
            .map(|order| order.get(position).copied().unwrap_or_default())
    }
}

/// The place of each line when they are sorted by this key; equal ones stay in the round's order.
fn ranks<K: Ord>(lines: &[Line<'_>], key: impl Fn(&Line<'_>) -> K) -> Vec<usize> {
    let mut sorted: Vec<(K, usize)> = lines.iter().enumerate().map(|(at, line)| (key(line), at)).collect();
    sorted.sort_unstable();
    let mut ranks = vec![0; lines.len()];
    for (rank, (_, position)) in sorted.into_iter().enumerate() {
        if let Some(place) = ranks.get_mut(position) {
            *place = rank;
        }
    }
    ranks
}

/// Within so many bytes it is looked whether a text stands there already: a name of many is soon told twice, a list of thousands is not
/// held against itself.
const LOOKED_THROUGH: usize = 1024;

/// Title, names, addresses, maker, model, serial number and id, in lower case, one a line; what another line has is left out.
fn searched(asset: &Asset, title: &str) -> String {
    let mut text = title.to_lowercase();
    let mut line = String::new();
    let mut add = |told: &dyn std::fmt::Display| {
        line.clear();
        // Writing to a text cannot fail.
        let _ = write!(line, "{told}");
        if line.is_ascii() {
            line.make_ascii_lowercase();
        } else {
            line = line.to_lowercase();
        }
        let before = text.as_bytes().get(..LOOKED_THROUGH).unwrap_or(text.as_bytes());
        if memmem::find(before, line.as_bytes()).is_none() {
            text.push('\n');
            text.push_str(&line);
        }
    };
    add(&asset.id);
    asset.names.iter().for_each(|name| add(name));
    asset.ips.iter().for_each(|ip| add(ip));
    asset.macs.iter().for_each(|mac| add(mac));
    [&asset.maker, &asset.model, &asset.serial].into_iter().flatten().for_each(|claim| add(&claim.value));
    text
}
