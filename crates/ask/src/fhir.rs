//! Servers of FHIR: where they are, and what their statement may cost (FHIR R4, 3.1.0.8: `GET [base]/metadata`).
//!
//! A statement is longer than a host may send otherwise, so it has a budget of its own. The pace of the envelope (P3) is not raised for
//! it: the host may send little at a time, and waits for us to take it. Only the beginning is kept.

use std::collections::BTreeSet;
use std::fmt;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use wardround_model::{Endpoint, FactKind, Round, Subject};

use crate::question::Question;

/// Room for what the host sends before it must wait, in bytes, as the kernel is told it (it doubles it, and gives half).
pub const ROOM: usize = 4 * 1024;
/// Bytes that are taken at once, and the least time between two takings: with at most three segments to acknowledge, one word that lets
/// the host go on, and two asks of the host whether it may, that keeps us under the rate of one host.
pub const TAKEN: usize = 4 * 1024;
/// See [`TAKEN`].
pub const PAUSE: Duration = Duration::from_millis(700);
/// Bytes that are taken in all. A longer statement is broken off.
pub const MOST_BYTES: usize = 512 * 1024;
/// How long it may take.
pub const MOST_TIME: Duration = Duration::from_secs(95);
/// Packets that we send to a host that keeps to its protocol, at most.
pub const MOST_PACKETS: u32 = 800;
/// The longest path of a base, in bytes.
const LONGEST_BASE: usize = 64;

/// A server of FHIR that its owner named: `10.20.1.9:8080/fhir`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FhirServer {
    /// Where it is.
    pub to: SocketAddrV4,
    /// The path of its base, such as `/fhir`; empty where it is the root.
    base: String,
}

/// What is no server of FHIR.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a server of FHIR is an address with a port and the path of its base, such as 10.20.1.9:8080/fhir")]
pub struct InvalidFhirServer;

impl FhirServer {
    /// The path of its base; empty where it is the root.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }
}

impl FromStr for FhirServer {
    type Err = InvalidFhirServer;

    fn from_str(text: &str) -> Result<Self, InvalidFhirServer> {
        let (to, base) = text.split_at(text.find('/').unwrap_or(text.len()));
        let base = base.strip_suffix('/').unwrap_or(base);
        let is_word = |word: &str| {
            !word.is_empty()
                && word.bytes().any(|byte| byte != b'.')
                && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
        };
        if base.len() > LONGEST_BASE || !base.split('/').skip(1).all(is_word) {
            return Err(InvalidFhirServer);
        }
        Ok(Self { to: to.parse().map_err(|_| InvalidFhirServer)?, base: base.to_owned() })
    }
}

impl fmt::Display for FhirServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.to, self.base)
    }
}

impl TryFrom<String> for FhirServer {
    type Error = InvalidFhirServer;

    fn try_from(text: String) -> Result<Self, InvalidFhirServer> {
        text.parse()
    }
}

impl From<FhirServer> for String {
    fn from(server: FhirServer) -> Self {
        server.to_string()
    }
}

/// Where FHIR was heard in a round.
pub(crate) fn heard(round: &Round) -> BTreeSet<Endpoint> {
    let told = round.observations.iter().filter(|one| one.fact.kind() == FactKind::FhirVersion);
    told.filter_map(|one| match one.subject {
        Subject::Service(endpoint) => Some(endpoint),
        _ => None,
    })
    .collect()
}

/// The one that was named there, if one was.
pub(crate) fn named(servers: &[FhirServer], ip: Ipv4Addr, port: u16) -> Option<&FhirServer> {
    servers.iter().find(|server| (*server.to.ip(), server.to.port()) == (ip, port))
}

/// The question for its statement in the place of the one that a page or a bare port expects; none where something else is spoken there.
pub(crate) fn instead(expected: Option<Question>, is_heard: bool) -> Option<Question> {
    match expected {
        Some(Question::HttpHead) => Some(Question::FhirMetadata),
        Some(Question::HttpsHead | Question::TlsHello) => Some(Question::FhirMetadataTls),
        None if !is_heard => Some(Question::FhirMetadata),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::HOST_RATE;
    use proptest::prelude::*;

    #[test]
    fn p3_a_statement_keeps_under_the_rate_of_one_host() {
        // Segments of what the host may send at once, a word that it may go on, and answers to two asks whether it may.
        let each = u32::try_from(TAKEN).unwrap().div_ceil(1448) + 1 + 2;
        let pause = u32::try_from(PAUSE.as_millis()).unwrap();
        assert!(each * 1000 / pause < HOST_RATE);
        let turns = u32::try_from(MOST_BYTES / TAKEN).unwrap();
        assert!(turns * each <= MOST_PACKETS && PAUSE * turns < MOST_TIME);
    }

    #[test]
    fn a_server_is_an_address_and_a_path() {
        for (text, base) in [
            ("10.20.1.9:8080", ""),
            ("10.20.1.9:8080/", ""),
            ("10.20.1.9:443/fhir/R4/", "/fhir/R4"),
            ("10.20.1.9:80/baseR4", "/baseR4"),
        ] {
            let server: FhirServer = text.parse().unwrap();
            assert_eq!(
                (server.base(), server.to_string().trim_end_matches('/')),
                (base, text.trim_end_matches('/'))
            );
        }
        for text in [
            "10.20.1.9",
            "a:80/fhir",
            "10.20.1.9:80/a b",
            "10.20.1.9:80/a?b",
            "10.20.1.9:80/../x",
            "10.20.1.9:80//x",
            "",
        ] {
            assert_eq!(text.parse::<FhirServer>(), Err(InvalidFhirServer), "{text}");
        }
        assert!(format!("10.20.1.9:80/{}", "x".repeat(64)).parse::<FhirServer>().is_err());
    }

    proptest! {
        #[test]
        fn p6_no_base_says_more_than_a_path(text in ".{0,80}") {
            if let Ok(server) = format!("10.20.1.9:80/{text}").parse::<FhirServer>() {
                prop_assert!(!server.base().contains([' ', '\r', '\n', '?', '#', '%']));
            }
        }
    }
}
