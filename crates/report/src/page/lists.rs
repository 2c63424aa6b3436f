//! What lists showed and could not show, in sentences; and where in a list or capture something stands.

use std::collections::HashSet;
use std::net::IpAddr;

use wardround_model::{Asset, FactKind, MacAddr, Round, Sighting, SkipReason, Source, SourceKind, Subject};

use super::sight::captures;
use super::words::{age, count, day, listed};

/// The most lists that are named one by one as old.
const MOST_NAMED: usize = 6;
/// From so many days on, a list should be exported again.
const OLD: i64 = 30 * 86_400 * 1_000_000_000;

fn lists(round: &Round) -> impl Iterator<Item = &Source> {
    round.coverage.sources.iter().filter(|source| !source.kind.is_traffic())
}

/// What was read from which list, and of which day it is.
pub(crate) fn read(round: &Round) -> Vec<String> {
    let line = |source: &Source| {
        let rows = count(source.records, "row", "rows");
        let told = source.last.map_or_else(String::new, |at| {
            let old = age(at, round.as_of).map_or_else(String::new, |age| format!(" ({age})"));
            format!(", of {}{old}", day(at))
        });
        format!("{rows} in {}: {}{told}.", source.name, source.kind.label())
    };
    lists(round).map(line).collect()
}

/// What lists could not show.
pub(crate) fn not_shown(round: &Round) -> Vec<String> {
    let mut lines = Vec::new();
    if lists(round).next().is_none() {
        return lines;
    }
    if captures(round).next().is_none() {
        lines.push(
            "No traffic was watched, lists alone were read: what no list names is missing, and what devices really do was \
             not seen. A capture from a mirror port would show it (wardround round FILE)."
                .to_owned(),
        );
    } else {
        lines.extend(only_listed(round));
    }
    lines.extend(old(round));
    lines.extend(unread(round));
    lines.extend(switched_off(round));
    lines
}

fn only_listed(round: &Round) -> Option<String> {
    let traffic = Traffic::of(round);
    let absent = size(round.assets.iter().filter(|asset| !traffic.shows(asset)).count());
    (absent > 0).then(|| {
        let many = count(absent, "device or system is", "devices and systems are");
        format!("{many} in lists, but not in the traffic: switched off, elsewhere, or gone.")
    })
}

fn old(round: &Round) -> Option<String> {
    let is_old = |source: &&Source| source.last.is_some_and(|at| round.as_of.since(at) > OLD);
    let named: Vec<String> = lists(round).filter(is_old).map(|source| source.name.clone()).collect();
    (!named.is_empty()).then(|| {
        let these = if named.len() == 1 { "This list is" } else { "These lists are" };
        format!("{these} more than 30 days old; export again: {}.", listed(&named, MOST_NAMED))
    })
}

fn unread(round: &Round) -> Vec<String> {
    let bad = round.coverage.skipped.iter().filter(|skip| skip.reason == SkipReason::BadRow);
    bad.map(|skip| {
        let source = round.coverage.sources.get(usize::from(skip.first.source.0));
        let name = source.map_or("a list", |source| source.name.as_str());
        let many = count(skip.count, "row or value", "rows or values");
        format!("{many} of {name} could not be read (first: row {}).", skip.first.record)
    })
    .collect()
}

/// Things that lists call retired or switched off, and that nothing else shows.
fn switched_off(round: &Round) -> Option<String> {
    let gone = round.observations.iter().filter(|it| match it.fact.kind() {
        FactKind::ListedState => it.fact.value() == "retired",
        FactKind::ComputerEnabled => it.fact.value() == "no",
        _ => false,
    });
    let subjects: HashSet<Subject> = gone.map(|it| it.subject).collect();
    (!subjects.is_empty()).then(|| {
        let many = count(size(subjects.len()), "thing is", "things are");
        format!(
            "{many} called retired or switched off by a list; those that nothing else shows are left out."
        )
    })
}

/// Cards and addresses that traffic showed.
pub struct Traffic {
    cards: HashSet<MacAddr>,
    ips: HashSet<IpAddr>,
}

impl Traffic {
    /// What the captures of this round showed.
    #[must_use]
    pub fn of(round: &Round) -> Self {
        let source = |at: u16| round.coverage.sources.get(usize::from(at)).map(|source| source.kind);
        let is_list = |kind: Option<SourceKind>| kind.is_some_and(|kind| !kind.is_traffic());
        let seen = || round.observations.iter().filter(|it| !is_list(source(it.first.evidence.source.0)));
        let cards = seen().filter_map(|it| match it.subject {
            Subject::Mac(mac) => Some(mac),
            _ => None,
        });
        let talked = round.conversations.iter().flat_map(|it| [it.client, it.server.ip]);
        let ips = seen().filter_map(|it| it.subject.ip()).chain(talked);
        Self { cards: cards.collect(), ips: ips.collect() }
    }

    /// Whether it shows this asset.
    pub fn shows(&self, asset: &Asset) -> bool {
        asset.macs.iter().any(|mac| self.cards.contains(mac))
            || asset.ips.iter().any(|ip| self.ips.contains(ip))
    }
}

/// `clinic.pcapng, packet 17 (at byte 2048), 2026-11-23T07:00:01Z`, or `row 12 of computers.csv, of 3 Nov 2026`.
pub fn place(round: &Round, sighting: Sighting) -> String {
    let evidence = sighting.evidence;
    match round.coverage.sources.get(usize::from(evidence.source.0)) {
        Some(list) if !list.kind.is_traffic() => {
            format!("row {} of {}, of {}", evidence.record, list.name, day(sighting.at))
        }
        Some(flows) if flows.kind == SourceKind::Flows => {
            format!("{}, flow record {}, {}", flows.name, evidence.record, sighting.at.to_whole_second())
        }
        source => format!(
            "{}, packet {} (at byte {}), {}",
            source.map_or("-", |source| source.name.as_str()),
            evidence.record,
            evidence.offset,
            sighting.at.to_whole_second()
        ),
    }
}

fn size(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
