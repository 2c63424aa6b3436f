//! Addresses and host names as lists write them.

use std::net::IpAddr;

use wardround_model::MacAddr;

/// A card's address in any usual way to write it: with colons, hyphens, dots or nothing between, leading zeros left out or not.
pub(crate) fn mac(text: &str) -> Option<MacAddr> {
    let text = text.trim();
    let mut bytes = [0; 6];
    let parts: Vec<&str> = text.split([':', '-']).take(7).collect();
    if parts.len() == 6 {
        for (byte, part) in bytes.iter_mut().zip(parts) {
            *byte = u8::from_str_radix(part, 16).ok().filter(|_| matches!(part.len(), 1 | 2))?;
        }
        return Some(MacAddr(bytes));
    }
    let digits: Vec<u8> = text.bytes().filter(|byte| !b".:- ".contains(byte)).take(13).collect();
    if digits.len() != 12 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(MacAddr(bytes))
}

/// The addresses in a cell, without zones and prefix lengths; those that are no host's are left out. `None` when a part is no
/// address.
pub(crate) fn ips(text: &str) -> Option<Vec<IpAddr>> {
    let parts =
        text.split([',', ';', ' ', '\n', '{', '}', '[', ']', '"', '|']).filter(|part| !part.is_empty());
    let addresses: Option<Vec<IpAddr>> =
        parts.take(32).map(|part| part.split(['/', '%']).next().unwrap_or(part).parse().ok()).collect();
    let mut addresses = addresses?;
    addresses.retain(is_host);
    // The address by which others know it comes first.
    addresses.sort_by_key(|ip| (ip.is_ipv6(), *ip));
    addresses.dedup();
    Some(addresses)
}

fn is_host(ip: &IpAddr) -> bool {
    let is_link_local = match ip {
        IpAddr::V4(ip) => ip.is_link_local() || ip.is_broadcast(),
        IpAddr::V6(ip) => ip.is_unicast_link_local(),
    };
    !(ip.is_unspecified() || ip.is_loopback() || ip.is_multicast() || is_link_local)
}

/// A computer's name without its domain in front and the mark of its account behind: `KLINIK\CT-2$` is `CT-2`.
pub(crate) fn host_name(text: &str) -> &str {
    let name = text.rsplit('\\').next().unwrap_or(text);
    name.trim().trim_end_matches('$').trim_end_matches('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_to_write_a_card() {
        for text in [
            "00:1b:2c:03:4e:5f",
            "00-1B-2C-03-4E-5F",
            "001b.2c03.4e5f",
            "001B2C034E5F",
            "0:1b:2c:3:4e:5f",
            "001b2c-034e5f",
        ] {
            assert_eq!(mac(text).map(|mac| mac.to_string()).as_deref(), Some("00:1b:2c:03:4e:5f"), "{text}");
        }
        for text in ["", "00:1b:2c:03:4e", "zz1b2c034e5f", "00:1b:2c:03:4e:5f:6a", "ff", "äöü1b2c034e"] {
            assert_eq!(mac(text), None, "{text}");
        }
    }

    #[test]
    fn addresses_of_a_cell() {
        let read =
            |text| ips(text).map(|ips| ips.iter().map(IpAddr::to_string).collect::<Vec<_>>().join(" "));
        assert_eq!(read("{fe80::1%5, 10.1.2.3}").as_deref(), Some("10.1.2.3"));
        assert_eq!(read("10.1.2.3/24; 2001:db8::1").as_deref(), Some("10.1.2.3 2001:db8::1"));
        assert_eq!(read("0.0.0.0").as_deref(), Some(""));
        assert_eq!(read("10.1.2.300"), None);
    }

    #[test]
    fn names_of_computers() {
        assert_eq!(host_name("KLINIK\\CT-2$"), "CT-2");
        assert_eq!(host_name(" ct-2.klinik.example. "), "ct-2.klinik.example");
    }
}
