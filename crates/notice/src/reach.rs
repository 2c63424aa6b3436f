//! Which addresses may be told anything, and the connection to the very one that was looked at.
//!
//! A name is looked up once. Where any of its addresses may not be told, none is: a name that leads to both would lead
//! to the wrong one at some time. Addresses inside the hospital are told only where an administrator says so of this receiver.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs as _};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::error::TellError;

/// Addresses of one name that are looked at.
const MOST_ADDRESSES: usize = 16;
/// How long looking up a name may take.
const LOOK_UP: Duration = Duration::from_secs(10);
/// How long one address may take to answer.
const ANSWER: Duration = Duration::from_secs(10);

/// Where an address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Anywhere in the world.
    World,
    /// In the hospital, or this computer.
    Inside,
    /// No receiver can have it: of a cloud's own services, of no single computer, or of a tunnel that hides another one.
    Nowhere,
}

/// Addresses where clouds tell their computers secrets.
const METADATA: [IpAddr; 4] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x254)),
];

fn place(address: IpAddr) -> Place {
    let address = address.to_canonical();
    if METADATA.contains(&address) {
        return Place::Nowhere;
    }
    match address {
        IpAddr::V4(address) => place_of_4(address),
        IpAddr::V6(address) => place_of_6(address),
    }
}

/// By the registry of special addresses (RFC 6890).
fn place_of_4(address: Ipv4Addr) -> Place {
    match address.octets() {
        [0 | 224..=255, ..] | [169, 254, ..] | [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => {
            Place::Nowhere
        }
        [10 | 127, ..]
        | [172, 16..=31, ..]
        | [192, 168, ..]
        | [100, 64..=127, ..]
        | [192, 0, 0, _]
        | [198, 18 | 19, ..] => Place::Inside,
        _ => Place::World,
    }
}

fn place_of_6(address: Ipv6Addr) -> Place {
    if address.is_loopback() {
        return Place::Inside;
    }
    match address.segments() {
        [0xfc00..=0xfdff, ..] => Place::Inside,
        // What is given to networks of the world, without documentation (RFC 3849), tunnels (RFC 4380, 3056) and ORCHID.
        [0x2001, 0x0000..=0x01ff | 0x0db8, ..] | [0x2002, ..] | [0x3fff, ..] => Place::Nowhere,
        [0x2000..=0x3fff, ..] => Place::World,
        _ => Place::Nowhere,
    }
}

/// A connection, and whether it stays on this computer.
#[derive(Debug)]
pub(crate) struct Reached {
    pub(crate) stream: TcpStream,
    pub(crate) is_loopback: bool,
}

/// Connects to a receiver, where its addresses may be told.
pub(crate) fn connect(host: &str, port: u16, inside: bool, until: Instant) -> Result<Reached, TellError> {
    let addresses = allowed(host, look_up(host, port, until)?, inside)?;
    let mut last = TellError::NoAddress { host: host.to_owned() };
    for address in addresses {
        let left = until.saturating_duration_since(Instant::now()).min(ANSWER);
        if left.is_zero() {
            return Err(TellError::TooSlow);
        }
        match TcpStream::connect_timeout(&address, left) {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                return Ok(Reached { stream, is_loopback: address.ip().to_canonical().is_loopback() });
            }
            Err(error) => {
                let reason = error.kind().to_string();
                last = TellError::Unreachable { host: host.to_owned(), port, reason };
            }
        }
    }
    Err(last)
}

/// The addresses of a name. The system's own look-up cannot be told to hurry, so that it is left behind where it does not.
fn look_up(host: &str, port: u16, until: Instant) -> Result<Vec<SocketAddr>, TellError> {
    let (tell, told) = mpsc::channel();
    let name = host.to_owned();
    let look = move || {
        let found = (name.as_str(), port).to_socket_addrs();
        let found = found.map(|all| all.take(MOST_ADDRESSES + 1).collect::<Vec<_>>());
        // Whoever asked may have stopped waiting.
        let _ = tell.send(found.unwrap_or_default());
    };
    std::thread::Builder::new().name("look-up".to_owned()).spawn(look)?;
    let left = until.saturating_duration_since(Instant::now()).min(LOOK_UP);
    told.recv_timeout(left).map_err(|_| TellError::TooSlow)
}

/// The addresses, where all of them may be told.
fn allowed(host: &str, addresses: Vec<SocketAddr>, inside: bool) -> Result<Vec<SocketAddr>, TellError> {
    let host = || host.to_owned();
    if addresses.is_empty() {
        return Err(TellError::NoAddress { host: host() });
    }
    let places: Vec<Place> = addresses.iter().map(|address| place(address.ip())).collect();
    if places.contains(&Place::Nowhere) || addresses.len() > MOST_ADDRESSES {
        return Err(TellError::Forbidden { host: host() });
    }
    if places.contains(&Place::Inside) && !inside {
        return Err(TellError::Inside { host: host() });
    }
    Ok(addresses)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_registries() {
        let check = |address: &str, wanted| assert_eq!(place(address.parse().unwrap()), wanted, "{address}");
        for address in ["9.9.9.9", "172.32.0.1", "100.128.0.1", "2620:fe::fe", "2a00:1450::1"] {
            check(address, Place::World);
        }
        for address in [
            "127.0.0.1",
            "127.9.9.9",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "100.64.0.1",
            "::1",
            "fd12::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
        ] {
            check(address, Place::Inside);
        }
        for address in [
            "169.254.169.254",
            "169.254.1.1",
            "100.100.100.200",
            "168.63.129.16",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "::",
            "::127.0.0.1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "fd00:ec2::254",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2001:0:1::1",
            "2001:db8::1",
            "::ffff:169.254.169.254",
        ] {
            check(address, Place::Nowhere);
        }
    }

    #[test]
    fn one_address_that_may_not_be_told_is_enough() {
        let check = |addresses: &[&str], inside| {
            let addresses =
                addresses.iter().map(|it| SocketAddr::new(it.parse().unwrap(), 443)).collect::<Vec<_>>();
            allowed("hook.example", addresses, inside)
        };
        let host = || "hook.example".to_owned();
        assert!(check(&["9.9.9.9"], false).is_ok());
        assert_eq!(check(&["9.9.9.9", "10.0.0.1"], false), Err(TellError::Inside { host: host() }));
        assert!(check(&["9.9.9.9", "10.0.0.1"], true).is_ok());
        assert_eq!(check(&["10.0.0.1", "169.254.169.254"], true), Err(TellError::Forbidden { host: host() }));
        assert_eq!(check(&[], true), Err(TellError::NoAddress { host: host() }));
    }

    #[test]
    fn names_that_are_numbers_in_disguise_are_looked_at_too() {
        let until = Instant::now() + Duration::from_secs(5);
        for host in ["127.1", "2130706433", "0x7f000001", "localhost", "[::1]"] {
            let refused = connect(host, 9, false, until).unwrap_err();
            let is_refused = matches!(refused, TellError::Inside { .. } | TellError::NoAddress { .. });
            assert!(is_refused, "{host}: {refused}");
        }
    }
}
