//! The questions that can be put: each is one that the service expects, with the bytes that it sends and what they cost.
//!
//! There is no other way to say bytes to a host than a value of [`Question`] (P6).

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};
use wardround_model::Protocol;

use crate::{hello, negotiate};

/// SMB without the session service of NetBIOS, which would want names first.
const SMB_PORT: u16 = 445;

/// One question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// Connects and listens: the service speaks first. Nothing is said.
    Banner,
    /// `HEAD /` (RFC 9110, 9.3.2).
    HttpHead,
    /// A `ClientHello` (RFC 5246, 7.4.1.2): which version, which certificate. The handshake ends with `close_notify`.
    TlsHello,
    /// A negotiation of SMB ([MS-SMB2] 2.2.3): which dialect, and whether messages must be signed. No session is set up.
    SmbNegotiate,
    /// `SSLRequest` (PostgreSQL, 55.2.11): whether it offers TLS. No user is named.
    PostgresTls,
}

impl Question {
    /// All of them.
    pub const ALL: &[Self] =
        &[Self::Banner, Self::HttpHead, Self::TlsHello, Self::SmbNegotiate, Self::PostgresTls];

    /// Its name in plans and logs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Banner => "banner",
            Self::HttpHead => "http-head",
            Self::TlsHello => "tls-hello",
            Self::SmbNegotiate => "smb-negotiate",
            Self::PostgresTls => "postgres-tls",
        }
    }

    /// Packets that we send to a host that keeps to its protocol, at most: handshake, question, acknowledgements, end.
    #[must_use]
    pub const fn packets(self) -> u32 {
        match self {
            Self::Banner => 8,
            Self::HttpHead | Self::SmbNegotiate | Self::PostgresTls => 9,
            Self::TlsHello => 10,
        }
    }

    /// What is sent once the connection stands; empty where the service speaks first.
    #[must_use]
    pub fn opening(self, ip: Ipv4Addr, port: u16, plan: &str) -> Vec<u8> {
        match self {
            Self::Banner => Vec::new(),
            Self::HttpHead => format!(
                "HEAD / HTTP/1.1\r\nHost: {ip}:{port}\r\nUser-Agent: Wardround/{} (security round)\r\nAccept: */*\r\n\
                 Connection: close\r\n\r\n",
                env!("CARGO_PKG_VERSION")
            )
            .into_bytes(),
            Self::TlsHello => hello::client_hello(&format!("{plan} {ip}:{port}")),
            Self::SmbNegotiate => negotiate::smb(&format!("{plan} {ip}:{port}")),
            Self::PostgresTls => negotiate::POSTGRES_TLS.to_vec(),
        }
    }

    /// What is sent before the end, once the answer is complete.
    #[must_use]
    pub const fn farewell(self) -> &'static [u8] {
        match self {
            Self::Banner | Self::HttpHead | Self::SmbNegotiate | Self::PostgresTls => &[],
            Self::TlsHello => hello::CLOSE_NOTIFY,
        }
    }

    /// Whether enough came to stop listening.
    #[must_use]
    pub fn is_answered(self, bytes: &[u8]) -> bool {
        match self {
            Self::Banner => bytes.contains(&b'\n') || bytes.len() >= 64,
            Self::HttpHead => bytes.windows(4).any(|four| four == b"\r\n\r\n"),
            Self::TlsHello => hello::is_complete(bytes),
            Self::SmbNegotiate => negotiate::smb_is_complete(bytes),
            Self::PostgresTls => !bytes.is_empty(),
        }
    }

    /// The question that a service expects: by what was heard there, else by the port's registered service (IANA). Where neither
    /// tells, nothing is asked: a guess is what breaks devices.
    #[must_use]
    pub fn expected(port: u16, heard: Option<Protocol>) -> Option<Self> {
        match heard {
            Some(Protocol::Ssh | Protocol::Ftp | Protocol::Mysql) => Some(Self::Banner),
            Some(Protocol::Tls) => Some(Self::TlsHello),
            Some(Protocol::Http | Protocol::Ipp) => Some(Self::HttpHead),
            Some(Protocol::Smb) if port == SMB_PORT => Some(Self::SmbNegotiate),
            Some(Protocol::Postgresql) => Some(Self::PostgresTls),
            Some(_) => None,
            None => match port {
                21 | 22 | 25 | 110 | 143 | 587 | 3306 => Some(Self::Banner),
                80 | 8080 => Some(Self::HttpHead),
                SMB_PORT => Some(Self::SmbNegotiate),
                5432 => Some(Self::PostgresTls),
                443 | 465 | 636 | 993 | 995 | 8443 => Some(Self::TlsHello),
                _ => None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::MOST_PACKETS;

    #[test]
    fn p6_each_question_is_one_native_request_or_none() {
        let ip = Ipv4Addr::new(10, 1, 2, 3);
        assert!(Question::Banner.opening(ip, 22, "p").is_empty());
        let head = String::from_utf8(Question::HttpHead.opening(ip, 80, "p")).unwrap();
        assert!(head.starts_with("HEAD / HTTP/1.1\r\nHost: 10.1.2.3:80\r\n") && head.ends_with("\r\n\r\n"));
        assert_eq!(head.matches("HTTP/1.1").count(), 1);
        for question in Question::ALL {
            assert!(question.packets() <= MOST_PACKETS);
            let sent = question.opening(ip, 443, "p");
            // One request in one segment.
            assert!(sent.len() <= 512, "{question:?}");
            assert_eq!(sent, question.opening(ip, 443, "p"), "the same plan says the same bytes");
        }
    }

    #[test]
    fn p6_the_session_service_of_netbios_is_not_asked() {
        assert_eq!(Question::expected(139, Some(Protocol::Smb)), None);
        assert_eq!(Question::expected(445, Some(Protocol::Smb)), Some(Question::SmbNegotiate));
    }

    #[test]
    fn p6_a_service_that_expects_no_question_of_ours_gets_none() {
        assert_eq!(Question::expected(80, Some(Protocol::RawPrint)), None);
        assert_eq!(Question::expected(443, Some(Protocol::Dicom)), None);
        assert_eq!(Question::expected(4000, None), None);
        assert_eq!(Question::expected(4000, Some(Protocol::Tls)), Some(Question::TlsHello));
    }
}
