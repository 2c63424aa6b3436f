//! One entry of an access list. Not here: what groups hold.

use std::net::Ipv4Addr;

use wardround_model::{AddressRange, PortRange, RuleAction, RuleProtocol};

use super::groups::Groups;
use super::{host, unnumbered};
use crate::rules::{Asked, protocol, service};

/// How a list writes networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// With the bits that do not count: `10.0.0.0 0.0.0.255` (IOS).
    Wildcard,
    /// With a mask: `10.0.0.0 255.255.255.0` (ASA).
    Mask,
    /// Sources alone, with wildcards.
    Standard,
}

/// What an entry is.
#[derive(Clone, Debug)]
pub(super) enum Entry {
    /// A rule.
    Rule(Asked),
    /// It lets answers through, or is switched off.
    OpensNothing,
}

/// Why an entry cannot be read.
type Problem = &'static str;

const CUT: Problem = "ends too early";
const NO_ADDRESS: Problem = "names an address or a group that is not in this file";

/// Addresses, and whether all of them were understood.
type Addresses = (Vec<AddressRange>, bool);

pub(super) fn read(words: &[&str], kind: Kind, groups: &Groups<'_>) -> Result<Entry, Problem> {
    let words = unnumbered(words);
    let words = match words {
        ["extended" | "standard", rest @ ..] => rest,
        _ => words,
    };
    let [word, rest @ ..] = words else { return Err(CUT) };
    let action = match *word {
        "permit" => RuleAction::Accept,
        "deny" => RuleAction::Deny,
        _ => return Err("does something that cannot be read"),
    };
    let mut reader = Reader { rest, kind, groups, is_sure: true };
    if kind == Kind::Standard {
        let (sources, _) = reader.addresses()?;
        return Ok(Entry::Rule(Asked { sources, is_sure: reader.is_sure, ..Asked::all(action) }));
    }
    let protocols = reader.protocols()?;
    let (sources, _) = reader.addresses()?;
    let from_ports = reader.ports(&protocols)?;
    let (targets, _) = reader.addresses()?;
    let to_ports = reader.ports(&protocols)?;
    // From which port a talk begins says little of who can begin it: such a rule may match less.
    let is_narrow = from_ports.is_some();
    let ports = to_ports.unwrap_or(protocols);
    let opens = reader.rest_opens();
    let is_sure = reader.is_sure && !is_narrow;
    Ok(if opens {
        Entry::Rule(Asked { action, is_sure, sources, targets, ports })
    } else {
        Entry::OpensNothing
    })
}

struct Reader<'w, 't> {
    rest: &'w [&'t str],
    kind: Kind,
    groups: &'w Groups<'t>,
    is_sure: bool,
}

impl<'t> Reader<'_, 't> {
    fn word(&mut self) -> Result<&'t str, Problem> {
        let [word, rest @ ..] = self.rest else { return Err(CUT) };
        self.rest = rest;
        Ok(word)
    }

    /// The protocols that it is about; empty: all.
    fn protocols(&mut self) -> Result<Vec<PortRange>, Problem> {
        let word = self.word()?;
        if matches!(word, "object-group" | "object") {
            let name = self.word()?;
            let ports =
                self.groups.services(name).ok_or("names a group of services that is not in this file")?;
            return Ok(ports);
        }
        Ok(protocol(word).map(PortRange::all).into_iter().collect())
    }

    fn addresses(&mut self) -> Result<Addresses, Problem> {
        let word = self.word()?;
        let one = |range: Option<AddressRange>| range.map(|range| (vec![range], true)).ok_or(NO_ADDRESS);
        match word {
            "any" => Ok((vec![AddressRange::ALL_V4, AddressRange::ALL_V6], true)),
            "any4" => one(Some(AddressRange::ALL_V4)),
            "any6" => one(Some(AddressRange::ALL_V6)),
            "host" => one(host(self.word()?)),
            "object" | "object-group" => {
                let name = self.word()?;
                self.groups.networks(name).map(|ranges| (ranges, true)).ok_or(NO_ADDRESS)
            }
            // The addresses of an interface of the firewall.
            "interface" => Err("is about the firewall itself"),
            text if text.contains('/') => one(text.parse().ok()),
            text => self.network(text),
        }
    }

    fn network(&mut self, text: &str) -> Result<Addresses, Problem> {
        let ip: Ipv4Addr = text.parse().map_err(|_| NO_ADDRESS)?;
        let mask = self.rest.first().and_then(|word| word.parse::<Ipv4Addr>().ok());
        let Some(mask) = mask else {
            // A lone address, as standard lists have it.
            return Ok((AddressRange::new(ip.into(), ip.into()).into_iter().collect(), true));
        };
        self.word()?;
        let free = if self.kind == Kind::Mask { !mask.to_bits() } else { mask.to_bits() };
        let (first, last) = (ip.to_bits() & !free, ip.to_bits() | free);
        // Bits with gaps name a part of this stretch.
        self.is_sure &= free.count_ones() == free.trailing_ones();
        let range = AddressRange::new(Ipv4Addr::from_bits(first).into(), Ipv4Addr::from_bits(last).into());
        range.map(|range| (vec![range], true)).ok_or(NO_ADDRESS)
    }

    /// Ports behind an address, where there are any.
    fn ports(&mut self, protocols: &[PortRange]) -> Result<Option<Vec<PortRange>>, Problem> {
        let [word, behind @ ..] = self.rest else { return Ok(None) };
        if *word == "object-group"
            && let [name, behind @ ..] = behind
            && let Some(ports) = self.groups.services(name)
        {
            self.rest = behind;
            return Ok(Some(ports));
        }
        if !matches!(*word, "eq" | "neq" | "lt" | "gt" | "range") {
            return Ok(None);
        }
        self.rest = behind;
        let ports = self.compared(word)?;
        let of = |protocol: RuleProtocol| {
            ports.iter().map(move |(first, last)| PortRange { protocol, first: *first, last: *last })
        };
        Ok(Some(protocols.iter().flat_map(|one| of(one.protocol)).collect()))
    }

    /// The ports of a comparison; IOS lets several follow `eq`. A name that is not known may be any port.
    fn compared(&mut self, word: &str) -> Result<Vec<(u16, u16)>, Problem> {
        let first = self.word()?;
        let Some(port) = service::port(first) else {
            if word == "range" {
                self.word()?;
            }
            self.is_sure = false;
            return Ok(vec![(0, u16::MAX)]);
        };
        Ok(match word {
            "lt" => vec![(0, port.saturating_sub(1))],
            "gt" => vec![(port.saturating_add(1), u16::MAX)],
            "neq" => vec![(0, port.saturating_sub(1)), (port.saturating_add(1), u16::MAX)],
            "range" => match service::port(self.word()?) {
                Some(last) if port <= last => vec![(port, last)],
                _ => return Err("has a range of ports that cannot be read"),
            },
            _ => {
                let mut ports = vec![(port, port)];
                while let Some(port) = self.rest.first().and_then(|word| service::port(word)) {
                    self.word()?;
                    ports.push((port, port));
                }
                ports
            }
        })
    }

    /// Whether what stands behind lets a first packet through; what is not understood may narrow it.
    fn rest_opens(&mut self) -> bool {
        while let [word, rest @ ..] = self.rest {
            self.rest = rest;
            match *word {
                "established" | "inactive" => return false,
                "log" | "log-input" | "debugging" | "informational" | "warnings" | "disable" | "default" => {}
                text if text.starts_with(['(', '0']) || text.ends_with(')') => {}
                // A time, a mark of the packet, the kind of a control message.
                _ => self.is_sure = false,
            }
        }
        true
    }
}
