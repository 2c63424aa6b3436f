//! Where a card is reached: a switch and one of its ports.
//!
//! Not here: whether the device itself stands there, or another switch; who tells it ([`FactKind::LldpNeighbourOf`],
//! [`FactKind::SwitchPort`]).
//!
//! [`FactKind::LldpNeighbourOf`]: crate::FactKind::LldpNeighbourOf
//! [`FactKind::SwitchPort`]: crate::FactKind::SwitchPort

use std::cmp::Ordering;
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A port of a switch, written `10.20.1.2,Gi1/0/7`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SwitchPort {
    /// An address of the switch.
    pub switch: IpAddr,
    /// The port, where it is known.
    pub port: Option<Port>,
}

/// A port as its switch calls it (`ifName`, RFC 2863), or else by a number that the switch counts it by.
///
/// Sorted by number, then by name, numbers in names by their size.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Port {
    /// By number, written `port-7`.
    Numbered(u32),
    /// By name, such as `Gi1/0/7`.
    Named(String),
}

/// Beginnings of names of ports that have more than two letters. Owners may give ports names of their own, such as who sits there: these
/// are not told.
const BEGINNINGS: &[&str] = &[
    "bridge-aggregation",
    "ethernet",
    "eth",
    "fastethernet",
    "fortygigabitethernet",
    "fortygige",
    "gigabitethernet",
    "gige",
    "hundredgigabitethernet",
    "hundredgige",
    "lag",
    "lan",
    "port",
    "sfp",
    "swp",
    "ten-gigabitethernet",
    "tengigabitethernet",
    "trk",
    "twentyfivegige",
    "twogigabitethernet",
    "wan",
    "xgigabitethernet",
];
/// The longest name that is told.
const MOST: usize = 32;
const NUMBERED: &str = "port-";

impl Port {
    /// A port by its name, where it is one that switches give: letters that stand for its kind, and numbers.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let name = name.trim();
        let letters = name.find(|c: char| c.is_ascii_digit())?;
        let (kind, numbers) = name.split_at_checked(letters)?;
        let kind = kind.strip_suffix('-').unwrap_or(kind);
        let is_kind = (kind.len() <= 2 && kind.bytes().all(|byte| byte.is_ascii_alphabetic()))
            || BEGINNINGS.contains(&kind.to_ascii_lowercase().as_str());
        let are_numbers = numbers.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'/' | b':' | b'.' | b'-'));
        (is_kind && are_numbers && name.len() <= MOST).then(|| Self::Named(name.to_owned()))
    }
}

/// Letters and numbers of a name.
fn parts(name: &str) -> (&str, Vec<u64>) {
    let letters = name.find(|c: char| c.is_ascii_digit()).unwrap_or(name.len());
    let (kind, numbers) = name.split_at_checked(letters).unwrap_or((name, ""));
    let numbers = numbers.split(|c: char| !c.is_ascii_digit());
    (kind, numbers.map(|number| number.parse().unwrap_or(u64::MAX)).collect())
}

impl Ord for Port {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Numbered(one), Self::Numbered(other)) => one.cmp(other),
            (Self::Numbered(_), Self::Named(_)) => Ordering::Less,
            (Self::Named(_), Self::Numbered(_)) => Ordering::Greater,
            (Self::Named(one), Self::Named(other)) => {
                parts(one).cmp(&parts(other)).then_with(|| one.cmp(other))
            }
        }
    }
}

impl PartialOrd for Port {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Numbered(number) => write!(f, "{NUMBERED}{number}"),
            Self::Named(name) => f.write_str(name),
        }
    }
}

impl fmt::Display for SwitchPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.port {
            Some(port) => write!(f, "{},{port}", self.switch),
            None => write!(f, "{}", self.switch),
        }
    }
}

/// A text is no switch with a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no switch with a port: write it as 10.20.1.2,Gi1/0/7")]
pub struct NoSwitchPort;

impl FromStr for SwitchPort {
    type Err = NoSwitchPort;

    fn from_str(text: &str) -> Result<Self, NoSwitchPort> {
        let (switch, port) = text.split_once(',').map_or((text, None), |(switch, port)| (switch, Some(port)));
        let numbered = |port: &str| Some(Port::Numbered(port.strip_prefix(NUMBERED)?.parse().ok()?));
        let port =
            port.map(|port| numbered(port).or_else(|| Port::named(port)).ok_or(NoSwitchPort)).transpose()?;
        Ok(Self { switch: switch.parse().map_err(|_| NoSwitchPort)?, port })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_have_the_names_that_switches_give() {
        for name in [
            "Gi1/0/7",
            "GigabitEthernet1/0/7",
            "ge-0/0/7.0",
            "Ethernet1/7",
            "A1",
            "1/1/7",
            "7",
            "swp7",
            "port1",
            "Ten-GigabitEthernet1/0/49",
            "Te1/1/1",
        ] {
            assert_eq!(Port::named(name), Some(Port::Named(name.to_owned())));
        }
    }

    #[test]
    fn what_an_owner_may_have_called_it_is_not_told() {
        for name in [
            "",
            "Erika",
            "Erika7",
            "Dr. Canary 7",
            "7 Erika",
            "Ann7",
            "Gi1/0/7 Erika",
            "uplink",
            "\u{c4}1",
            &"1".repeat(40),
        ] {
            assert_eq!(Port::named(name), None, "{name}");
        }
    }

    #[test]
    fn ports_are_sorted_as_people_count() {
        let mut ports: Vec<Port> =
            ["Te1/1/1", "Gi1/0/10", "Gi1/0/9", "Gi2/0/1"].into_iter().filter_map(Port::named).collect();
        ports.extend([Port::Numbered(12), Port::Numbered(3)]);
        ports.sort();
        let told: Vec<String> = ports.iter().map(ToString::to_string).collect();
        assert_eq!(told, ["port-3", "port-12", "Gi1/0/9", "Gi1/0/10", "Gi2/0/1", "Te1/1/1"]);
    }

    #[test]
    fn it_is_read_as_it_was_written() {
        for text in ["10.20.1.2,port-7", "10.20.1.2,Gi1/0/7", "10.20.1.2", "fe80::1,Gi1/0/7"] {
            assert_eq!(text.parse::<SwitchPort>().unwrap().to_string(), text);
        }
        for text in ["", "switch,7", "10.20.1.2,", "10.20.1.2,port-x", "10.20.1.2,Erika"] {
            assert_eq!(text.parse::<SwitchPort>(), Err(NoSwitchPort), "{text}");
        }
    }
}
