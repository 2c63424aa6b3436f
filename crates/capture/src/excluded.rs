//! Networks that are left out: of their packets, nothing but the addresses is looked at.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A stretch of addresses, as `10.20.0.0/16` or `fd00:7::/32` (CIDR, RFC 4632).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prefix {
    bits: u128,
    length: u8,
    is_v6: bool,
}

/// A text that is no stretch of addresses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no network; one looks like 10.20.0.0/16 or fd00:7::/32")]
pub struct InvalidPrefix(pub String);

impl Prefix {
    /// Whether an address lies in it.
    #[must_use]
    pub fn contains(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        ip.is_ipv6() == self.is_v6
            && (bits(ip) ^ self.bits).checked_shr(128 - u32::from(self.length)).unwrap_or(0) == 0
    }
}

/// An address from the highest bit on.
fn bits(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(v4) => u128::from(v4.to_bits()) << 96,
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

impl FromStr for Prefix {
    type Err = InvalidPrefix;

    /// An address alone is that address.
    fn from_str(text: &str) -> Result<Self, InvalidPrefix> {
        let invalid = || InvalidPrefix(text.chars().take(60).collect());
        let (address, length) =
            text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
        let ip: IpAddr = address.parse().map_err(|_| invalid())?;
        let most: u8 = if ip.is_ipv6() { 128 } else { 32 };
        let length: u8 = length.map_or(Ok(most), |length| length.parse().map_err(|_| invalid()))?;
        if length > most || (length == 0 && text.split_once('/').is_none()) {
            return Err(invalid());
        }
        let mask = u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0);
        Ok(Self { bits: bits(ip) & mask, length, is_v6: ip.is_ipv6() })
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ip = if self.is_v6 {
            IpAddr::V6(self.bits.into())
        } else {
            let [a, b, c, d, ..] = self.bits.to_be_bytes();
            IpAddr::V4([a, b, c, d].into())
        };
        write!(f, "{ip}/{}", self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_are_in_their_network_alone() {
        let check = |prefix: &str, ip: &str| prefix.parse::<Prefix>().unwrap().contains(ip.parse().unwrap());
        assert!(check("10.20.0.0/16", "10.20.255.1") && !check("10.20.0.0/16", "10.21.0.0"));
        assert!(check("10.20.7.9/16", "10.20.255.1"), "what stands behind the length does not count");
        assert!(check("10.1.1.1", "10.1.1.1") && !check("10.1.1.1", "10.1.1.2"));
        assert!(check("fd00:7::/32", "fd00:7:8::1") && !check("fd00:7::/32", "fd00:8::1"));
        assert!(check("0.0.0.0/0", "1.2.3.4") && !check("0.0.0.0/0", "::1"));
        for wrong in ["10.0.0.0/33", "x", "10.0.0/8", "fd00::/129", "10.0.0.0/", "/8", ""] {
            assert!(wrong.parse::<Prefix>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn is_read_back_as_it_is_written(ip: IpAddr, length in 0u8..=128) {
            let length = if ip.is_ipv6() { length } else { length.min(32) };
            let prefix: Prefix = format!("{ip}/{length}").parse().unwrap();
            prop_assert!(length == 0 || prefix.contains(ip) || ip.to_canonical() != ip);
            prop_assert_eq!(prefix.to_string().parse::<Prefix>().unwrap(), prefix);
        }
    }
}
