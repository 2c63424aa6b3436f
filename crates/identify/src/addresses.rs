//! What an address can mean: one host inside the hospital, a link's own, or somebody else's.
//! Not here: who has it (`ownership`).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use wardround_model::{MacAddr, Network, is_to_many};

/// Whether one host can have it: not many, none, or a host's own loopback.
pub(crate) fn is_one_host(ip: IpAddr) -> bool {
    let is_this_network = matches!(ip, IpAddr::V4(v4) if v4.octets().starts_with(&[0]));
    !(ip.is_unspecified() || ip.is_loopback() || is_to_many(ip) || is_this_network)
}

/// Whether a router never forwards it (RFC 3927, 2.7; RFC 4291, 2.5.6), so that who sends from it has it.
pub(crate) fn is_link_local(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    }
}

/// Whether it is used inside organisations only: RFC 1918, RFC 6598 (shared by carriers and big sites), RFC 4193, and
/// a link's own.
pub(crate) fn is_internal(ip: IpAddr) -> bool {
    is_link_local(ip)
        || match ip {
            IpAddr::V4(v4) => v4.is_private() || is_shared(v4),
            IpAddr::V6(v6) => v6.is_unique_local(),
        }
}

fn is_shared(v4: Ipv4Addr) -> bool {
    let [a, b, ..] = v4.octets();
    a == 100 && b & 0b1100_0000 == 0b0100_0000
}

/// Whether the card's address is in it (RFC 4291, appendix A: modified EUI-64), which no other card would make.
pub(crate) fn is_made_from(ip: IpAddr, mac: MacAddr) -> bool {
    let IpAddr::V6(v6) = ip else { return false };
    let MacAddr([a, b, c, d, e, f]) = mac;
    let [.., s, t, u, v, w, x, y, z] = v6.octets();
    [s, t, u, v, w, x, y, z] == [a ^ 2, b, c, 0xff, 0xfe, d, e, f]
}

/// A stretch of addresses as far as it can be guessed: 24 bits of an IPv4 address, 64 of an IPv6 address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Stretch(IpAddr);

impl Stretch {
    /// The stretch around an address.
    pub(crate) fn of(ip: IpAddr) -> Self {
        Self(match ip {
            IpAddr::V4(v4) => Ipv4Addr::from_bits(v4.to_bits() & !0xff).into(),
            IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64).into(),
        })
    }
}

impl std::fmt::Display for Stretch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&Network::prefix_of(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_addresses_apart() {
        for (text, one_host, internal, link_local) in [
            ("10.1.2.3", true, true, false),
            ("172.31.0.1", true, true, false),
            ("172.32.0.1", true, false, false),
            ("100.64.0.1", true, true, false),
            ("100.128.0.1", true, false, false),
            ("8.8.8.8", true, false, false),
            ("169.254.3.4", true, true, true),
            ("0.0.0.0", false, false, false),
            ("255.255.255.255", false, false, false),
            ("224.0.0.251", false, false, false),
            ("127.0.0.1", false, false, false),
            ("fe80::1", true, true, true),
            ("fd00::1", true, true, false),
            ("2001:db8::1", true, false, false),
            ("ff02::fb", false, false, false),
        ] {
            let ip = text.parse().unwrap();
            assert_eq!(
                (is_one_host(ip), is_internal(ip), is_link_local(ip)),
                (one_host, internal, link_local),
                "{text}"
            );
        }
    }

    #[test]
    fn stretches_and_cards() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        assert_eq!(Stretch::of(ip("10.20.1.77")).to_string(), "10.20.1.0/24");
        assert_eq!(Stretch::of(ip("fd00::2:3:4:5")).to_string(), "fd00::/64");
        let mac = "ac:cc:8e:12:03:f1".parse().unwrap();
        assert!(is_made_from(ip("fe80::aecc:8eff:fe12:3f1"), mac));
        assert!(!is_made_from(ip("fe80::aecc:8eff:fe12:3f2"), mac));
    }
}
