//! What may be asked at all: networks, an owner and a window, all set by a person first (P1, P9).

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use wardround_model::Timestamp;

use crate::envelope::{LONGEST_WINDOW, WIDEST_NETWORK};
use crate::hours::Hours;

/// An IPv4 network, as `10.20.1.0/24`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Net {
    base: Ipv4Addr,
    length: u8,
}

/// A text that is no network that may be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a network to ask; one looks like 10.20.1.0/24, private, and no wider than /{WIDEST_NETWORK}"
)]
pub struct InvalidNet(pub String);

impl Net {
    /// The 24 bits around an address: what counts as its subnet when hosts are in distress.
    #[must_use]
    pub fn subnet_of(ip: Ipv4Addr) -> Self {
        Self { base: Ipv4Addr::from_bits(ip.to_bits() & !0xff), length: 24 }
    }

    /// The 28 bits around an address: one host of them at a time.
    #[must_use]
    pub fn neighbourhood_of(ip: Ipv4Addr) -> Self {
        Self { base: Ipv4Addr::from_bits(ip.to_bits() & !0xf), length: 28 }
    }

    /// Whether the address lies in it.
    #[must_use]
    pub fn contains(self, ip: Ipv4Addr) -> bool {
        (ip.to_bits() ^ self.base.to_bits()) & self.mask() == 0
    }

    /// Whether the address lies in it and is one host: neither the network itself nor its broadcast, nor what most masks would make
    /// one of these.
    #[must_use]
    pub fn has_host(self, ip: Ipv4Addr) -> bool {
        let edge = self.length < 31
            && (ip.to_bits() & !self.mask() == 0 || ip.to_bits() & !self.mask() == !self.mask());
        let [.., last] = ip.octets();
        self.contains(ip) && !edge && last != 0 && last != 255 && ip.is_private()
    }

    /// Whether it is all of another network, or a part of it lies in here.
    #[must_use]
    pub fn holds(self, other: Self) -> bool {
        self.length <= other.length && self.contains(other.base)
    }

    /// Its first address that can be a host's.
    #[must_use]
    pub fn first_host(self) -> Ipv4Addr {
        let edge = u32::from(self.length < 31);
        Ipv4Addr::from_bits(self.base.to_bits().saturating_add(edge))
    }

    fn mask(self) -> u32 {
        u32::MAX.checked_shl(32 - u32::from(self.length.min(32))).unwrap_or(0)
    }
}

impl FromStr for Net {
    type Err = InvalidNet;

    fn from_str(text: &str) -> Result<Self, InvalidNet> {
        let invalid = || InvalidNet(text.chars().take(40).collect());
        let (base, length) = text.split_once('/').ok_or_else(invalid)?;
        let base: Ipv4Addr = base.parse().map_err(|_| invalid())?;
        let length: u8 = length.parse().map_err(|_| invalid())?;
        let net = Self { base, length };
        let sound =
            (WIDEST_NETWORK..=32).contains(&length) && base.is_private() && base.to_bits() & !net.mask() == 0;
        if sound { Ok(net) } else { Err(invalid()) }
    }
}

impl TryFrom<String> for Net {
    type Error = InvalidNet;

    fn try_from(text: String) -> Result<Self, InvalidNet> {
        text.parse()
    }
}

impl From<Net> for String {
    fn from(net: Net) -> Self {
        net.to_string()
    }
}

impl fmt::Display for Net {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.length)
    }
}

/// When asking is allowed: from a moment until before another, in seconds since 1970. A day's time of a place never enters, so a
/// change to summer time moves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// From this second.
    pub from: i64,
    /// Until before this second.
    pub until: i64,
}

impl Window {
    /// Whether it ends after it begins, and not too late.
    #[must_use]
    pub fn is_sound(self) -> bool {
        let longest = i64::try_from(LONGEST_WINDOW.as_secs()).unwrap_or(i64::MAX);
        (1..=longest).contains(&self.until.saturating_sub(self.from))
    }

    /// Whether it is open.
    #[must_use]
    pub fn is_open(self, at: Timestamp) -> bool {
        self.is_sound() && (self.from..self.until).contains(&at.seconds())
    }
}

/// What a person set before anything may be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// Networks, sorted.
    pub networks: Vec<Net>,
    /// Who answers for them.
    pub owner: String,
    /// How to reach the owner while asking goes on.
    pub phone: String,
    /// When; of regular hours one opening.
    pub window: Window,
    /// Networks of those in which all devices may be asked at once. Their owner switched that on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub multicast: Vec<Net>,
    /// Hours that come again each week, where they do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
}

impl Scope {
    /// Whether all of it was set.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.networks.is_empty()
            && !self.owner.trim().is_empty()
            && !self.phone.trim().is_empty()
            && self.window.is_sound()
    }

    /// The same at a moment: of regular hours the opening that is under way, else the next one.
    #[must_use]
    pub fn at(&self, at: Timestamp) -> Self {
        let opening = self.hours.as_ref().and_then(|hours| hours.opening(at));
        Self { window: opening.unwrap_or(self.window), ..self.clone() }
    }

    /// Whether it is what a person set; of regular hours any opening is.
    #[must_use]
    pub fn is_as(&self, set: &Self) -> bool {
        self == set || self.hours.is_some() && *self == Self { window: self.window, ..set.clone() }
    }

    /// Whether this address is one host of it.
    #[must_use]
    pub fn has_host(&self, ip: Ipv4Addr) -> bool {
        self.networks.iter().any(|net| net.has_host(ip))
            && !self.networks.iter().any(|net| net.contains(ip) && !net.has_host(ip))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn p11_no_wide_public_or_skewed_network_can_be_said() {
        for wrong in
            ["0.0.0.0/0", "10.0.0.0/8", "10.20.1.1/24", "8.8.8.0/24", "224.0.0.0/24", "10.0.0.0/33", "x"]
        {
            assert!(wrong.parse::<Net>().is_err(), "{wrong}");
        }
        assert_eq!("10.20.0.0/20".parse::<Net>().unwrap().to_string(), "10.20.0.0/20");
    }

    proptest! {
        #[test]
        fn p11_edges_of_a_network_are_no_hosts(base: u32, length in 20_u8..=30) {
            let bits = 0x0a00_0000 | base & 0x00ff_ffff;
            let mask = u32::MAX << (32 - u32::from(length));
            let net: Net = format!("{}/{length}", Ipv4Addr::from_bits(bits & mask)).parse().unwrap();
            for edge in [bits & mask, bits | !mask] {
                prop_assert!(net.contains(Ipv4Addr::from_bits(edge)));
                prop_assert!(!net.has_host(Ipv4Addr::from_bits(edge)));
            }
        }
    }

    #[test]
    fn p9_a_window_ends_and_is_short() {
        let at = Timestamp::from_seconds;
        let window = Window { from: 100, until: 200 };
        assert!(!window.is_open(at(99)) && window.is_open(at(100)) && !window.is_open(at(200)));
        assert!(!Window { from: 200, until: 100 }.is_open(at(150)));
        assert!(!Window { from: 0, until: i64::MAX }.is_open(at(5)));
    }
}
