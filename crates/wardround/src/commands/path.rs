//! `wardround path`: ways of an attacker to what patients depend on, and what is lost if something falls.

use std::net::IpAddr;

use anyhow::{Result, bail};
use wardround_model::Round;
use wardround_triage::{Fallen, Paths, Standing};

use crate::arguments::{Format, PathCommand};
use crate::commands::{lookup, print};
use wardround_report::{json, page};

/// Devices to mend that are told.
const MOST_CUTS: usize = 5;

pub(crate) fn run(command: PathCommand) -> Result<()> {
    let again = command.look.store.again();
    let (id, round) = lookup::round(command.look)?;
    let mut standing = Standing::from(&round);
    if command.seen_only {
        standing.observations = &[];
    }
    let paths = Paths::new(&standing, &round.findings);
    for rule in paths.rules_left_out() {
        let source = round.coverage.sources.get(usize::from(rule.evidence.source.0));
        let file = source.map_or("a list of rules", |source| source.name.as_str());
        eprintln!(
            "{file} has more rules than could be held against so many devices: what it lets through is left out"
        );
    }
    if let Some(fallen) = &command.if_falls {
        let loss = paths.if_falls(fallen_of(&round, fallen)?);
        return match command.format {
            Format::Text => print(&page::path::loss(&round, fallen, &loss)),
            Format::Json => print(&json::path::loss(id, &loss)?),
        };
    }
    if let (Some(from), Some(to)) = (&command.from, &command.to) {
        let (from, to) = (lookup::asset(&round, from)?.id, lookup::asset(&round, to)?.id);
        let ways: Vec<_> = paths.between(from, to).into_iter().collect();
        return match command.format {
            Format::Text => print(&page::path::between(&round, from, to, &ways, &again)),
            Format::Json => print(&json::path::ways(id, &round, &ways, None)?),
        };
    }
    let ways = paths.ways(usize::from(command.most));
    let cuts = paths.cuts(MOST_CUTS);
    match command.format {
        Format::Text => print(&page::path::ways(id, &round, &ways, &cuts, &again)),
        Format::Json => print(&json::path::ways(id, &round, &ways, Some(&cuts))?),
    }
}

/// The device or network that is meant.
fn fallen_of(round: &Round, text: &str) -> Result<Fallen> {
    let Some((address, length)) = text.split_once('/') else {
        return Ok(Fallen::Asset(lookup::asset(round, text)?.id));
    };
    match (address.parse::<IpAddr>(), length) {
        (Ok(ip @ IpAddr::V4(_)), "24") | (Ok(ip @ IpAddr::V6(_)), "64") => Ok(Fallen::Network(ip)),
        _ => bail!(
            "a network looks like 10.20.1.0/24 or 2001:db8:1::/64; masks are not seen, so no other lengths are known"
        ),
    }
}
