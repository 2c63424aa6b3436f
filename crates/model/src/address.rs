//! Addresses: of a network card, of a service on a host.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// A 48-bit network card address (IEEE 802, EUI-48).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MacAddr(pub [u8; 6]);

/// A text that is not a MAC address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a MAC address; one looks like 00:1b:2c:3d:4e:5f")]
pub struct InvalidMac(pub String);

impl MacAddr {
    /// Whether one card is meant: not broadcast or multicast (group bit clear) and not all zero.
    #[must_use]
    pub fn is_one_card(self) -> bool {
        let [first, ..] = self.0;
        first & 1 == 0 && self.0 != [0; 6]
    }

    /// Whether its owner chose it, as phones do for privacy (locally administered bit), so that it names no maker.
    #[must_use]
    pub fn is_locally_administered(self) -> bool {
        let [first, ..] = self.0;
        first & 2 != 0
    }

    /// The address as a number, for neighbours: cards of one box often have consecutive addresses.
    #[must_use]
    pub fn as_number(self) -> u64 {
        self.0.iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
    }
}

impl fmt::Display for MacAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

impl fmt::Debug for MacAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for MacAddr {
    type Err = InvalidMac;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidMac(text.chars().take(40).collect());
        let mut bytes = [0; 6];
        let mut parts = text.split(':');
        for byte in &mut bytes {
            let part = parts.next().filter(|part| part.len() == 2).ok_or_else(invalid)?;
            *byte = u8::from_str_radix(part, 16).map_err(|_| invalid())?;
        }
        if parts.next().is_some() { Err(invalid()) } else { Ok(Self(bytes)) }
    }
}

/// How a service is carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
    /// TCP (RFC 9293).
    Tcp,
    /// UDP (RFC 768).
    Udp,
}

impl Transport {
    /// `tcp` or `udp`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }
}

/// A listening endpoint, as `10.1.2.3:104/tcp` or `[fe80::1]:161/udp`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Endpoint {
    /// The host's address.
    pub ip: IpAddr,
    /// TCP or UDP.
    pub transport: Transport,
    /// The port, 0 to 65535.
    pub port: u16,
}

/// A text that is not an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an endpoint; one looks like 10.1.2.3:104/tcp")]
pub struct InvalidEndpoint(pub String);

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", std::net::SocketAddr::new(self.ip, self.port), self.transport.code())
    }
}

impl FromStr for Endpoint {
    type Err = InvalidEndpoint;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidEndpoint(text.chars().take(80).collect());
        let (socket, transport) = text.rsplit_once('/').ok_or_else(invalid)?;
        let socket: std::net::SocketAddr = socket.parse().map_err(|_| invalid())?;
        let transport = match transport {
            "tcp" => Transport::Tcp,
            "udp" => Transport::Udp,
            _ => return Err(invalid()),
        };
        Ok(Self { ip: socket.ip(), transport, port: socket.port() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn mac_round_trips(bytes: [u8; 6]) {
            let mac = MacAddr(bytes);
            prop_assert_eq!(mac.to_string().parse::<MacAddr>().unwrap(), mac);
        }

        #[test]
        fn endpoint_round_trips(ip: IpAddr, port: u16, tcp: bool) {
            let transport = if tcp { Transport::Tcp } else { Transport::Udp };
            let endpoint = Endpoint { ip, transport, port };
            prop_assert_eq!(endpoint.to_string().parse::<Endpoint>().unwrap(), endpoint);
        }

        #[test]
        fn any_text_is_judged_without_panic(text: String) {
            let _ = text.parse::<MacAddr>();
            let _ = text.parse::<Endpoint>();
        }
    }
}
