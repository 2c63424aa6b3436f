//! Rules of firewalls and routers in one shape, whatever wrote them: the text that a fact of a rule holds, and back.
//!
//! A rule says what becomes of a first packet. The rules of a chain hold in their order, and the first one that matches counts. Not
//! here: files (`intake`), and what the rules together let through (`triage`).

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use crate::Digest;
use crate::coded::coded;

/// A stretch of addresses of one family, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressRange {
    first: IpAddr,
    last: IpAddr,
}

impl AddressRange {
    /// Every IPv4 address.
    pub const ALL_V4: Self = Self {
        first: IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED),
        last: IpAddr::V4(std::net::Ipv4Addr::BROADCAST),
    };
    /// Every IPv6 address.
    pub const ALL_V6: Self = Self {
        first: IpAddr::V6(std::net::Ipv6Addr::UNSPECIFIED),
        last: IpAddr::V6(std::net::Ipv6Addr::from_bits(u128::MAX)),
    };

    /// From one address to another of the same family that does not stand before it.
    #[must_use]
    pub fn new(first: IpAddr, last: IpAddr) -> Option<Self> {
        (first.is_ipv4() == last.is_ipv4() && first <= last).then_some(Self { first, last })
    }

    /// The network of an address with so many bits.
    #[must_use]
    pub fn network(ip: IpAddr, bits: u8) -> Option<Self> {
        let (first, last) = match ip {
            IpAddr::V4(ip) if bits <= 32 => {
                let hosts = u32::MAX.checked_shr(u32::from(bits)).unwrap_or(0);
                let first = ip.to_bits() & !hosts;
                (IpAddr::V4(first.into()), IpAddr::V4((first | hosts).into()))
            }
            IpAddr::V6(ip) if bits <= 128 => {
                let hosts = u128::MAX.checked_shr(u32::from(bits)).unwrap_or(0);
                let first = ip.to_bits() & !hosts;
                (IpAddr::V6(first.into()), IpAddr::V6((first | hosts).into()))
            }
            _ => return None,
        };
        Some(Self { first, last })
    }

    /// Its first address.
    #[must_use]
    pub const fn first(self) -> IpAddr {
        self.first
    }

    /// Its last address.
    #[must_use]
    pub const fn last(self) -> IpAddr {
        self.last
    }

    /// The bits of the network that it is, if it is one.
    fn bits(self) -> Option<u8> {
        let (size, free) = match (self.first, self.last) {
            (IpAddr::V4(first), IpAddr::V4(last)) => (32, (first.to_bits() ^ last.to_bits()).count_ones()),
            (IpAddr::V6(first), IpAddr::V6(last)) => (128, (first.to_bits() ^ last.to_bits()).count_ones()),
            _ => return None,
        };
        let bits = u8::try_from(free).ok().and_then(|free| u8::checked_sub(size, free))?;
        (Self::network(self.first, bits) == Some(self)).then_some(bits)
    }
}

impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.bits() {
            _ if self.first == self.last => self.first.fmt(f),
            Some(bits) => write!(f, "{}/{bits}", self.first),
            None => write!(f, "{}-{}", self.first, self.last),
        }
    }
}

/// A text that is no rule, or no part of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a rule as this program writes it")]
pub struct InvalidRule;

impl FromStr for AddressRange {
    type Err = InvalidRule;

    /// `10.0.0.1`, `10.0.0.0/8`, `10.0.0.1-10.0.0.9`.
    fn from_str(text: &str) -> Result<Self, InvalidRule> {
        let ip = |text: &str| text.parse::<IpAddr>().map_err(|_| InvalidRule);
        if let Some((network, bits)) = text.split_once('/') {
            let bits = bits.parse().map_err(|_| InvalidRule)?;
            return Self::network(ip(network)?, bits).ok_or(InvalidRule);
        }
        let (first, last) = text.split_once('-').unwrap_or((text, text));
        Self::new(ip(first)?, ip(last)?).ok_or(InvalidRule)
    }
}

coded! {
    /// What a rule says of how a packet is carried.
    enum RuleProtocol {
        /// TCP.
        Tcp = "tcp";
        /// UDP.
        Udp = "udp";
        /// Any other protocol of IP. It has no ports, and no service of a host is asked over it.
        Other = "other";
    }
}

/// Ports of a protocol that a rule is about, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortRange {
    /// The protocol.
    pub protocol: RuleProtocol,
    /// The first port.
    pub first: u16,
    /// The last port.
    pub last: u16,
}

impl PortRange {
    /// All ports of a protocol.
    #[must_use]
    pub const fn all(protocol: RuleProtocol) -> Self {
        Self { protocol, first: 0, last: u16::MAX }
    }
}

impl fmt::Display for PortRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.protocol.code();
        match (self.first, self.last) {
            (0, u16::MAX) => f.write_str(code),
            (first, last) if first == last => write!(f, "{code}:{first}"),
            (first, last) => write!(f, "{code}:{first}-{last}"),
        }
    }
}

impl FromStr for PortRange {
    type Err = InvalidRule;

    fn from_str(text: &str) -> Result<Self, InvalidRule> {
        let (code, ports) = text.split_once(':').map_or((text, None), |(code, ports)| (code, Some(ports)));
        let protocol = RuleProtocol::from_code(code).ok_or(InvalidRule)?;
        let Some(ports) = ports else { return Ok(Self::all(protocol)) };
        let (first, last) = ports.split_once('-').unwrap_or((ports, ports));
        let port = |text: &str| text.parse::<u16>().map_err(|_| InvalidRule);
        let (first, last) = (port(first)?, port(last)?);
        if first > last { Err(InvalidRule) } else { Ok(Self { protocol, first, last }) }
    }
}

/// What a rule does with what it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RuleAction {
    /// Lets it through.
    Accept,
    /// Stops it.
    Deny,
    /// Goes on in another chain, and comes back where no rule there decides.
    Jump(u16),
    /// Goes on in another chain, and does not come back to this one.
    Goto(u16),
    /// Goes back to the chain that it came from.
    Return,
    /// What it does could not be read. It may let it through.
    Unread,
    /// Not a rule but the beginning of a chain that packets enter, with what becomes of those that no rule decides.
    BeginAccept,
    /// The same, where they are stopped.
    BeginDeny,
}

impl fmt::Display for RuleAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accept => f.write_str("accept"),
            Self::Deny => f.write_str("deny"),
            Self::Jump(chain) => write!(f, "jump-{chain}"),
            Self::Goto(chain) => write!(f, "goto-{chain}"),
            Self::Return => f.write_str("return"),
            Self::Unread => f.write_str("unread"),
            Self::BeginAccept => f.write_str("begin-accept"),
            Self::BeginDeny => f.write_str("begin-deny"),
        }
    }
}

impl FromStr for RuleAction {
    type Err = InvalidRule;

    fn from_str(text: &str) -> Result<Self, InvalidRule> {
        let chain = |text: &str| text.parse::<u16>().map_err(|_| InvalidRule);
        Ok(match text {
            "accept" => Self::Accept,
            "deny" => Self::Deny,
            "return" => Self::Return,
            "unread" => Self::Unread,
            "begin-accept" => Self::BeginAccept,
            "begin-deny" => Self::BeginDeny,
            _ => match text.split_once('-') {
                Some(("jump", to)) => Self::Jump(chain(to)?),
                Some(("goto", to)) => Self::Goto(chain(to)?),
                _ => return Err(InvalidRule),
            },
        })
    }
}

/// One rule, or a part of one that names many addresses.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FirewallRule {
    /// The set of rules that it belongs to: one list, or one table of chains, of one file.
    pub set: Digest,
    /// Its chain, by number.
    pub chain: u16,
    /// Its place in the file, from 1, as people count rules; 0: the beginning of a chain.
    pub order: u32,
    /// Which part of it.
    pub part: u16,
    /// What it does.
    pub action: RuleAction,
    /// Whether all that it asks for was understood: if not, it may match less than is said here.
    pub is_sure: bool,
    /// Where packets come from; empty: anywhere.
    pub sources: Vec<AddressRange>,
    /// Where they go; empty: anywhere.
    pub targets: Vec<AddressRange>,
    /// How; empty: in any way.
    pub ports: Vec<PortRange>,
}

impl FirewallRule {
    /// The most characters of its text.
    pub const LONGEST: usize = 2048;
}

/// Values with commas between; a star where there are none.
struct Listed<'a, T>(&'a [T]);

impl<T: fmt::Display> fmt::Display for Listed<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("*");
        }
        for (place, one) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str(",")?;
            }
            one.fmt(f)?;
        }
        Ok(())
    }
}

fn listed<T: FromStr<Err = InvalidRule>>(text: &str) -> Result<Vec<T>, InvalidRule> {
    if text == "*" { Ok(Vec::new()) } else { text.split(',').map(str::parse).collect() }
}

impl fmt::Display for FirewallRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sure = if self.is_sure { "sure" } else { "perhaps" };
        let Self { set, chain, order, part, action, .. } = self;
        let (sources, targets) = (Listed(&self.sources), Listed(&self.targets));
        let ports = Listed(&self.ports);
        write!(f, "{set};{chain};{order};{part};{action};{sure};{sources};{targets};{ports}")
    }
}

impl FromStr for FirewallRule {
    type Err = InvalidRule;

    fn from_str(text: &str) -> Result<Self, InvalidRule> {
        let parts: Vec<&str> = text.split(';').collect();
        let [set, chain, order, part, action, sure, sources, targets, ports] =
            parts.try_into().map_err(|_| InvalidRule)?;
        Ok(Self {
            set: set.parse().map_err(|_| InvalidRule)?,
            chain: chain.parse().map_err(|_| InvalidRule)?,
            order: order.parse().map_err(|_| InvalidRule)?,
            part: part.parse().map_err(|_| InvalidRule)?,
            action: action.parse()?,
            is_sure: match sure {
                "sure" => true,
                "perhaps" => false,
                _ => return Err(InvalidRule),
            },
            sources: listed(sources)?,
            targets: listed(targets)?,
            ports: listed(ports)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ranges_are_written_as_people_write_them() {
        let check = |text: &str, written: &str| {
            assert_eq!(text.parse::<AddressRange>().unwrap().to_string(), written);
        };
        check("10.1.2.3", "10.1.2.3");
        check("10.1.2.3/32", "10.1.2.3");
        check("10.1.2.3/24", "10.1.2.0/24");
        check("10.1.2.0-10.1.2.255", "10.1.2.0/24");
        check("10.1.2.1-10.1.2.9", "10.1.2.1-10.1.2.9");
        check("0.0.0.0/0", "0.0.0.0/0");
        check("::/0", "::/0");
        check("2001:db8::/32", "2001:db8::/32");
        for text in ["10.1.2.9-10.1.2.1", "10.1.2.3-::1", "10.1.2.3/33", "::/129", "x", ""] {
            assert_eq!(text.parse::<AddressRange>(), Err(InvalidRule), "{text}");
        }
    }

    fn range() -> impl Strategy<Value = AddressRange> {
        (any::<IpAddr>(), any::<IpAddr>(), 0..=128_u8).prop_map(|(one, other, bits)| {
            let (first, last) = (one.min(other), one.max(other));
            let network = AddressRange::network(one, bits.min(if one.is_ipv4() { 32 } else { 128 }));
            AddressRange::new(first, last).or(network).unwrap()
        })
    }

    fn ports() -> impl Strategy<Value = PortRange> {
        (0..3_usize, any::<u16>(), any::<u16>()).prop_map(|(protocol, one, other)| PortRange {
            protocol: RuleProtocol::ALL[protocol],
            first: one.min(other),
            last: one.max(other),
        })
    }

    proptest! {
        #[test]
        fn rules_round_trip(
            order: u32, part: u16, chain: u16, to: u16, is_sure: bool, action in 0..8_usize,
            sources in prop::collection::vec(range(), 0..4), targets in prop::collection::vec(range(), 0..4),
            ports in prop::collection::vec(ports(), 0..4),
        ) {
            use RuleAction::*;
            let action = [Accept, Deny, Jump(to), Goto(to), Return, Unread, BeginAccept, BeginDeny][action];
            let set = Digest::of(&["set"]);
            let rule = FirewallRule { set, chain, order, part, action, is_sure, sources, targets, ports };
            let text = rule.to_string();
            prop_assert_eq!(text.parse::<FirewallRule>().unwrap(), rule);
            let fact = crate::Fact::new(crate::FactKind::FirewallRule, text.as_bytes()).unwrap();
            prop_assert_eq!(fact.value(), text);
        }

        #[test]
        fn any_text_is_judged_without_panic(text in "[0-9a-f;*,:/.-]{0,80}") {
            let _ = text.parse::<FirewallRule>();
        }
    }
}
