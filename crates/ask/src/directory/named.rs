//! Which directories the owner named for reading, and which of them may be read.

use std::net::{IpAddr, Ipv4Addr, SocketAddrV4};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use wardround_model::{Asset, Endpoint, Protocol, Transport};

use super::Certificate;
use crate::reading;

/// Directories that are named for one plan, at most.
pub const MOST_DIRECTORIES: usize = 8;
/// LDAP within TLS (IANA, `ldaps`).
const PORT: u16 = 636;

/// A domain controller that may be read, by its address: `10.20.1.5`, `10.20.1.5:636`, or with the fingerprint of its certificate behind
/// `=`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NamedDirectory {
    /// Where it listens for LDAP within TLS.
    pub to: SocketAddrV4,
    /// The certificate that it must show, if one is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Certificate>,
}

impl FromStr for NamedDirectory {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (place, shown) = text.split_once('=').map_or((text, None), |(place, shown)| (place, Some(shown)));
        let only = |place: &str| place.parse::<Ipv4Addr>().map(|ip| SocketAddrV4::new(ip, PORT));
        let to = place.parse().or_else(|_| only(place)).map_err(|_| {
            format!("{place:?} is no address of a directory; one looks like 10.20.1.5, or 10.20.1.5:636")
        })?;
        let certificate =
            shown.map(str::parse::<Certificate>).transpose().map_err(|error| error.to_string())?;
        Ok(Self { to, certificate })
    }
}

/// Sorted, each place once; of two certificates of one place the later.
pub(crate) fn put_in_order(named: &mut Vec<NamedDirectory>) {
    named.reverse();
    named.sort_by_key(|one| one.to);
    named.dedup_by_key(|one| one.to);
}

/// What was named at a place, if it was.
pub(crate) fn at(named: &[NamedDirectory], ip: Ipv4Addr, port: u16) -> Option<&NamedDirectory> {
    named.iter().find(|one| one.to == SocketAddrV4::new(ip, port))
}

/// Why a directory is read, and how it will be known.
pub(crate) fn reason(named: &NamedDirectory) -> String {
    match named.certificate {
        Some(certificate) => format!("its owner named it for reading; its certificate must be {certificate}"),
        None => "its owner named it for reading; no certificate is known of it, so it is looked at, and nobody logs in".to_owned(),
    }
}

/// Why an asset's directory may not be read at this place, if it may not: only servers are, where TLS was heard.
pub(crate) fn refusal(asset: &Asset, ip: Ipv4Addr, port: u16) -> Option<&'static str> {
    if !reading::is_server(asset.class.value) {
        return Some("its directory is named for reading, and only servers are read");
    }
    let endpoint = Endpoint { ip: IpAddr::V4(ip), transport: Transport::Tcp, port };
    let speaks = |service: &wardround_model::Service| {
        service.endpoint == endpoint && service.protocol == Some(Protocol::Tls)
    };
    if !asset.services.iter().any(speaks) {
        return Some(
            "its directory is named for reading, and TLS was not heard there yet; ask it first (--port 636), and make a round",
        );
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_are_named_with_or_without_port_and_fingerprint() {
        let key = Certificate::new([0x5a; 32]).to_string();
        let named: NamedDirectory = "10.20.1.5".parse().unwrap();
        assert_eq!((named.to.port(), named.certificate), (636, None));
        let named: NamedDirectory = format!("10.20.1.5:1636={key}").parse().unwrap();
        assert_eq!((named.to.port(), named.certificate), (1636, key.parse().ok()));
        for wrong in ["", "dc1", "10.20.1.5=x", "10.20.1.0/24", "[::1]:636"] {
            assert!(wrong.parse::<NamedDirectory>().is_err(), "{wrong}");
        }
    }
}
