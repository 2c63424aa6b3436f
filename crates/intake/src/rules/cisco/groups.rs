//! Objects and groups of objects that access lists name (ASA; IOS groups alike). Groups may hold groups, up to a limit.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use wardround_model::{AddressRange, PortRange, RuleProtocol};

use super::host;
use crate::rules::{MOST_RANGES, joined, protocol, service};

/// How deep groups may stand in groups.
const DEEPEST: u8 = 8;
/// How many members are looked at for one name: groups of groups multiply.
const MOST_LOOKS: u32 = 100_000;

/// One part of a group.
#[derive(Clone, Debug)]
enum Member<'t> {
    Network(AddressRange),
    Service(PortRange),
    Group(&'t str),
    /// A name of a host, say: what it stands for is not known.
    Unknown,
}

/// What the file says of groups.
#[derive(Default)]
pub(super) struct Groups<'t> {
    members: BTreeMap<&'t str, Vec<Member<'t>>>,
    /// The group that is being read, and its protocol.
    within: Option<(&'t str, Vec<RuleProtocol>)>,
}

impl<'t> Groups<'t> {
    /// Takes a line, if it is of a group.
    pub(super) fn line(&mut self, line: &str, words: &[&'t str]) -> bool {
        match words {
            ["object" | "object-group", "network" | "service", name, rest @ ..] => {
                let protocols = rest.first().map_or(Vec::new(), |word| protocols(word));
                self.members.entry(name).or_default();
                self.within = Some((name, protocols));
                true
            }
            [] => false,
            // IOS and ASA indent what is within.
            _ if line.starts_with(' ') => self.member(words),
            _ => {
                self.within = None;
                false
            }
        }
    }

    fn member(&mut self, words: &[&'t str]) -> bool {
        let Some((name, protocols)) = &self.within else { return false };
        let members: Vec<Member<'t>> = match words {
            ["description", ..] => return true,
            ["group-object", group] | ["network-object" | "service-object", "object", group] => {
                vec![Member::Group(group)]
            }
            ["network-object", rest @ ..] => vec![network(rest)],
            ["host", ip] => vec![host(ip).map_or(Member::Unknown, Member::Network)],
            ["subnet", rest @ ..] => vec![network(rest)],
            ["range", first, last] => vec![stretch(first, last)],
            ["fqdn", ..] => vec![Member::Unknown],
            ["port-object", rest @ ..] => ports(protocols, rest),
            ["service-object" | "service", kind, rest @ ..] => ports(&super::groups::protocols(kind), rest),
            [ip, mask] if ip.parse::<Ipv4Addr>().is_ok() => vec![network(&[ip, mask])],
            _ => return false,
        };
        self.members.entry(name).or_default().extend(members);
        true
    }

    /// The addresses of a group; `None`: it is not in the file, too large, or holds what is not known.
    pub(super) fn networks(&self, name: &str) -> Option<Vec<AddressRange>> {
        let (mut found, mut looks) = (Vec::new(), MOST_LOOKS);
        self.collect(name, DEEPEST, &mut looks, &mut |member| {
            if let Member::Network(range) = member {
                found.push(*range);
            }
            found.len() <= MOST_RANGES
        })?;
        (!found.is_empty()).then(|| joined(&found))
    }

    /// The ports of a group.
    pub(super) fn services(&self, name: &str) -> Option<Vec<PortRange>> {
        let (mut found, mut looks) = (Vec::new(), MOST_LOOKS);
        self.collect(name, DEEPEST, &mut looks, &mut |member| {
            if let Member::Service(ports) = member {
                found.push(*ports);
            }
            found.len() <= MOST_RANGES
        })?;
        found.sort_unstable();
        found.dedup();
        (!found.is_empty()).then_some(found)
    }

    fn collect(
        &self,
        name: &str,
        deep: u8,
        looks: &mut u32,
        each: &mut dyn FnMut(&Member<'t>) -> bool,
    ) -> Option<()> {
        let deeper = deep.checked_sub(1)?;
        for member in self.members.get(name)? {
            *looks = looks.checked_sub(1)?;
            match member {
                Member::Group(inner) => self.collect(inner, deeper, looks, each)?,
                Member::Unknown => return None,
                one => each(one).then_some(())?,
            }
        }
        Some(())
    }
}

fn protocols(word: &str) -> Vec<RuleProtocol> {
    match word {
        "tcp-udp" => vec![RuleProtocol::Tcp, RuleProtocol::Udp],
        word => protocol(word).map_or_else(|| RuleProtocol::ALL.to_vec(), |one| vec![one]),
    }
}

/// `10.0.0.0 255.0.0.0`, `host 10.1.2.3`, `2001:db8::/32`; groups have masks, also on IOS.
fn network(words: &[&str]) -> Member<'static> {
    let range = match words {
        ["host", ip] => host(ip),
        [prefix] => prefix.parse().ok(),
        [ip, mask] => masked(ip, mask),
        _ => None,
    };
    range.map_or(Member::Unknown, Member::Network)
}

fn masked(ip: &str, mask: &str) -> Option<AddressRange> {
    let (ip, mask): (Ipv4Addr, Ipv4Addr) = (ip.parse().ok()?, mask.parse().ok()?);
    let free = !mask.to_bits();
    (free.count_ones() == free.trailing_ones()).then_some(())?;
    let (first, last) = (ip.to_bits() & !free, ip.to_bits() | free);
    AddressRange::new(Ipv4Addr::from_bits(first).into(), Ipv4Addr::from_bits(last).into())
}

fn stretch<'t>(first: &str, last: &str) -> Member<'t> {
    let range = first.parse().ok().zip(last.parse().ok());
    range.and_then(|(first, last)| AddressRange::new(first, last)).map_or(Member::Unknown, Member::Network)
}

/// `eq 443`, `range 1 10`, `destination eq https`, or nothing: all ports.
fn ports<'t>(protocols: &[RuleProtocol], words: &[&str]) -> Vec<Member<'t>> {
    let span = match words {
        [] => Some((0, u16::MAX)),
        ["eq", port] | ["destination", "eq", port] => service::port(port).map(|port| (port, port)),
        ["range", first, last] | ["destination", "range", first, last] => {
            service::port(first).zip(service::port(last))
        }
        _ => None,
    };
    let Some((first, last)) = span.filter(|(first, last)| first <= last) else {
        return vec![Member::Unknown];
    };
    protocols.iter().map(|protocol| Member::Service(PortRange { protocol: *protocol, first, last })).collect()
}
