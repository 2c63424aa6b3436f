//! What traffic shows of hosts after they were asked (P8).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use anyhow::Result;
use wardround_ask::Outcome;
use wardround_ask::after::{AskedAt, Since, look};
use wardround_ask::journal::Line;
use wardround_model::{Round, Timestamp};

/// Hosts of the newest plan that was asked, when each was, and from which addresses we asked.
pub(super) fn asked(lines: &[Line]) -> (String, Vec<AskedAt>, BTreeSet<IpAddr>) {
    let newest = lines.iter().rev().find(|line| line.event == "sending");
    let plan = newest.map(|line| line.plan.clone()).unwrap_or_default();
    let mut hosts: BTreeMap<Ipv4Addr, AskedAt> = BTreeMap::new();
    let mut own = BTreeSet::new();
    for line in lines.iter().filter(|line| !plan.is_empty() && line.plan == plan) {
        own.extend(line.from.parse::<SocketAddr>().ok().map(|from| from.ip()));
        let host = line.host().filter(|ip| !ip.is_multicast());
        let (Some(ip), Ok(at)) = (host, line.at.parse::<Timestamp>()) else { continue };
        // Only what is about a question; a host that was left alone was not asked.
        if line.event != "sending" && Outcome::from_code(&line.event).is_none() {
            continue;
        }
        let host = hosts.entry(ip).or_insert(AskedAt { ip, first: at, last: at });
        (host.first, host.last) = (host.first.min(at), host.last.max(at));
    }
    (plan, hosts.into_values().collect(), own)
}

/// What the round saw of each host since.
pub(super) fn since(hosts: &[AskedAt], own: &BTreeSet<IpAddr>, round: &Round) -> Vec<(Ipv4Addr, Since)> {
    hosts.iter().map(|host| (host.ip, look(host, own, round))).collect()
}

/// What people and the log read of one host.
pub(super) fn words(since: &Since) -> String {
    match since {
        Since::Speaks { with, last } => format!("it still speaks: with {with}, last at {last}"),
        Since::Quiet { with, last } => format!(
            "it spoke with {with} until {last}, and with nobody in the ten minutes after it was asked"
        ),
        Since::NothingToTell => {
            "it was silent before it was asked, too, so its silence tells nothing".to_owned()
        }
        Since::NotWatched => "no capture covers the ten minutes after it was asked".to_owned(),
    }
}

pub(super) fn told(plan: &str, seen: &[(Ipv4Addr, Since)], again: &str) -> Result<String> {
    let mut text = format!("After plan {plan}, as the newest round saw it:\n\n");
    for (ip, since) in seen {
        writeln!(text, "  {:15}  {}", ip.to_string(), words(since))?;
    }
    let count = |what: fn(&Since) -> bool| seen.iter().filter(|(_, since)| what(since)).count();
    if count(|since| matches!(since, Since::Quiet { .. })) > 0 {
        writeln!(
            text,
            "\nA host fell silent. Nothing more is asked until a person looked at it and says `wardround ask resume`."
        )?;
    }
    if count(|since| matches!(since, Since::NotWatched)) > 0 {
        writeln!(
            text,
            "\nTo watch, let a capture or `wardround watch` run from before the questions until ten minutes after them.\n\
             Make a round of it, then say `wardround ask after{again}` again."
        )?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_plan_and_our_own_addresses_are_read_from_the_log() {
        let line = |at: i64, event: &str, plan: &str, to: &str, from: &str| Line {
            plan: plan.to_owned(),
            to: to.to_owned(),
            from: from.to_owned(),
            ..Line::new(Timestamp::from_seconds(at), event)
        };
        let lines = [
            line(5, "sending", "old", "10.20.1.8:22", ""),
            line(10, "sending", "new", "10.20.1.9:22", ""),
            line(11, "answered", "new", "10.20.1.9:22", "10.20.1.2:40000"),
            line(20, "sending", "new", "10.20.1.9:53/udp", ""),
            line(28, "silent", "new", "10.20.1.9:53/udp", "10.20.1.2:40001"),
            line(29, "left-alone", "new", "10.20.1.7:22", ""),
            line(99, "still-speaks", "new", "10.20.1.9", ""),
        ];
        let (plan, hosts, own) = asked(&lines);
        let at = Timestamp::from_seconds;
        assert_eq!((plan.as_str(), own.len()), ("new", 1));
        assert_eq!(hosts, [AskedAt { ip: [10, 20, 1, 9].into(), first: at(10), last: at(28) }]);
    }
}
