//! Which servers the owner named for reading, and which of them may be read.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddrV4};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use wardround_model::{Asset, DeviceClass, Endpoint, Protocol, Transport};

use super::HostKey;

/// Servers that are named for one plan, at most.
pub const MOST_HOSTS: usize = 64;
/// The longest name of an account (Linux, `useradd`).
const LONGEST: usize = 32;

/// Classes of servers: what else may be asked may not be read.
const SERVERS: &[DeviceClass] = &[
    DeviceClass::Server,
    DeviceClass::FileServer,
    DeviceClass::DatabaseServer,
    DeviceClass::NetworkService,
    DeviceClass::AccountDirectory,
    DeviceClass::BusinessSystem,
];

/// Whether a class is one of servers.
pub(crate) fn is_server(class: DeviceClass) -> bool {
    SERVERS.contains(&class)
}

/// The name of the account that reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Login(String);

/// A text that is no name of an account.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no name of an account on Linux: lower-case letters, digits, - and _, at most {LONGEST}")]
pub struct InvalidLogin(pub String);

impl Login {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Login {
    fn default() -> Self {
        Self("wardround".to_owned())
    }
}

impl FromStr for Login {
    type Err = InvalidLogin;

    fn from_str(text: &str) -> Result<Self, InvalidLogin> {
        let is_one = (1..=LONGEST).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b));
        if is_one { Ok(Self(text.to_owned())) } else { Err(InvalidLogin(text.chars().take(40).collect())) }
    }
}

impl TryFrom<String> for Login {
    type Error = InvalidLogin;

    fn try_from(text: String) -> Result<Self, InvalidLogin> {
        text.parse()
    }
}

impl From<Login> for String {
    fn from(login: Login) -> Self {
        login.0
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A server that may be read, by its address: `10.20.1.9`, `10.20.1.9:2222`, or with the fingerprint of its key behind `=`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NamedRead {
    /// Where it listens.
    pub to: SocketAddrV4,
    /// The key that it must show, if one is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_key: Option<HostKey>,
}

impl FromStr for NamedRead {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (place, key) = text.split_once('=').map_or((text, None), |(place, key)| (place, Some(key)));
        let only = |place: &str| place.parse::<Ipv4Addr>().map(|ip| SocketAddrV4::new(ip, 22));
        let to = place.parse().or_else(|_| only(place)).map_err(|_| {
            format!("{place:?} is no address of a server; one looks like 10.20.1.9, or 10.20.1.9:2222")
        })?;
        let host_key = key.map(str::parse::<HostKey>).transpose().map_err(|error| error.to_string())?;
        Ok(Self { to, host_key })
    }
}

/// What the owner wants read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Servers, sorted.
    pub hosts: Vec<NamedRead>,
    /// The account that reads, the same on all of them.
    pub login: Login,
}

impl Reading {
    /// Whether nothing is read.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.hosts.is_empty()
    }

    /// Sorted, each place once; of two keys of one place the later.
    pub(crate) fn put_in_order(&mut self) {
        self.hosts.reverse();
        self.hosts.sort_by_key(|host| host.to);
        self.hosts.dedup_by_key(|host| host.to);
    }

    /// Why a server is read, and how it will be known.
    pub(crate) fn reason(&self, ip: Ipv4Addr, port: u16) -> String {
        match self.at(ip, port).and_then(|named| named.host_key) {
            Some(key) => format!("its owner named it for reading; its key must be {key}"),
            None => "its owner named it for reading; the key that it shows first is kept".to_owned(),
        }
    }

    /// What was named at a place, if it was.
    #[must_use]
    pub fn at(&self, ip: Ipv4Addr, port: u16) -> Option<&NamedRead> {
        self.hosts.iter().find(|host| host.to == SocketAddrV4::new(ip, port))
    }
}

/// Why an asset may not be read at this place, if it may not: only servers are, where SSH was heard, and no Windows.
pub(crate) fn refusal(asset: &Asset, ip: Ipv4Addr, port: u16) -> Option<&'static str> {
    if !is_server(asset.class.value) {
        return Some("it is named for reading, and only servers are read");
    }
    let system = asset.operating_system.as_ref().map(|claim| claim.value.as_str()).unwrap_or_default();
    let endpoint = Endpoint { ip: IpAddr::V4(ip), transport: Transport::Tcp, port };
    let shown =
        asset.products.iter().filter(|seen| seen.endpoint == Some(endpoint)).map(|seen| seen.text.as_str());
    if shown.chain([system]).any(|text| text.to_lowercase().contains("windows")) {
        return Some("it is named for reading, and only Linux is read");
    }
    let speaks = |service: &&wardround_model::Service| {
        service.endpoint == endpoint && service.protocol == Some(Protocol::Ssh)
    };
    if !asset.services.iter().any(|service| speaks(&service)) {
        return Some(
            "it is named for reading, and SSH was not heard there yet; ask it first (--port 22), and make a round",
        );
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn servers_are_named_with_or_without_port_and_fingerprint() {
        let key = "SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8";
        let named: NamedRead = "10.20.1.9".parse().unwrap();
        assert_eq!((named.to.port(), named.host_key), (22, None));
        let named: NamedRead = format!("10.20.1.9:2222={key}").parse().unwrap();
        assert_eq!((named.to.port(), named.host_key.unwrap().to_string().as_str()), (2222, key));
        for wrong in ["", "server", "10.20.1.9=x", "10.20.1.0/24", "[::1]:22"] {
            assert!(wrong.parse::<NamedRead>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_login_holds_what_a_shell_or_a_line_would_take_apart(text: String) {
            if let Ok(login) = text.parse::<Login>() {
                prop_assert!(login.as_str().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
                prop_assert!(!login.as_str().starts_with('-'));
            }
        }
    }
}
