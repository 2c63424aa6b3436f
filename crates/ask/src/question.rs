//! The questions that can be put: each is one that the service expects, with the bytes that it sends and what they cost.
//!
//! There is no other way to say bytes to a host than a value of [`Question`] (P6).

use std::net::Ipv4Addr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use wardround_model::{FactKind, Protocol, Transport};

use crate::community::Community;
use crate::envelope::{ANSWER_TIME, MOST_PACKETS};
use crate::{datagrams, elements, hello, negotiate, printing, reading, shell};

/// SMB without the session service of NetBIOS, which would want names first.
const SMB_PORT: u16 = 445;
/// Where agents of SNMP listen; notifications go to another port.
const SNMP_PORT: u16 = 161;

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
    /// Our identification after the server's (RFC 4253, 4.2): which software, which algorithms. No key is exchanged.
    SshHello,
    /// A negotiation of RDP ([MS-RDPBCGR] 2.2.1.1): how it is secured. No user is named.
    RdpNegotiate,
    /// A search of the root of a directory (RFC 4512, 5.1): which software. Nobody logs in.
    LdapRoot,
    /// Get-Printer-Attributes (RFC 8011, 4.2.5): model and firmware. Nothing is printed.
    IppAttributes,
    /// `version.bind` over UDP (RFC 4892).
    DnsVersion,
    /// A client's request for the time over UDP (RFC 5905).
    NtpTime,
    /// The system group by SNMP 2c over UDP (RFC 3418), with the community that the owner gave.
    SnmpSystem,
    /// A login over SSH with the owner's key, and one fixed command ([`reading::COMMAND`]): what the server runs.
    LinuxRead,
}

/// For whom a question is, and what makes its numbers: the same plan says the same bytes.
#[derive(Clone, Copy, Debug)]
pub struct Addressed<'a> {
    /// The host.
    pub ip: Ipv4Addr,
    /// The port.
    pub port: u16,
    /// The plan's mark.
    pub plan: &'a str,
}

impl Addressed<'_> {
    /// What numbers come from. Nothing is ever encrypted or signed with what follows from it.
    fn seed(self) -> String {
        format!("{} {}:{}", self.plan, self.ip, self.port)
    }

    /// A number that comes back in the answer to a datagram.
    fn id(self) -> [u8; 8] {
        blake3::hash(self.seed().as_bytes()).as_bytes().first_chunk().copied().unwrap_or_default()
    }
}

impl Question {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::Banner,
        Self::HttpHead,
        Self::TlsHello,
        Self::SmbNegotiate,
        Self::PostgresTls,
        Self::SshHello,
        Self::RdpNegotiate,
        Self::LdapRoot,
        Self::IppAttributes,
        Self::DnsVersion,
        Self::NtpTime,
        Self::SnmpSystem,
        Self::LinuxRead,
    ];

    /// Its name in plans and logs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Banner => "banner",
            Self::HttpHead => "http-head",
            Self::TlsHello => "tls-hello",
            Self::SmbNegotiate => "smb-negotiate",
            Self::PostgresTls => "postgres-tls",
            Self::SshHello => "ssh-hello",
            Self::RdpNegotiate => "rdp-negotiate",
            Self::LdapRoot => "ldap-root",
            Self::IppAttributes => "ipp-attributes",
            Self::DnsVersion => "dns-version",
            Self::NtpTime => "ntp-time",
            Self::SnmpSystem => "snmp-system",
            Self::LinuxRead => "linux-read",
        }
    }

    /// The question of this name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|question| question.code() == code)
    }

    /// How it is carried.
    #[must_use]
    pub const fn transport(self) -> Transport {
        match self {
            Self::DnsVersion | Self::NtpTime | Self::SnmpSystem => Transport::Udp,
            _ => Transport::Tcp,
        }
    }

    /// Whether its answer tells facts of this kind: the question that showed a flaw shows whether it is gone (P12).
    #[must_use]
    pub const fn shows(self, kind: FactKind) -> bool {
        use FactKind as K;
        match self {
            Self::Banner => matches!(kind, K::FtpBanner | K::ServerSoftware),
            Self::HttpHead => matches!(kind, K::HttpServer),
            Self::TlsHello => matches!(
                kind,
                K::TlsVersion
                    | K::TlsCipher
                    | K::TlsCertificateSubject
                    | K::TlsCertificateIssuer
                    | K::TlsCertificateNotBefore
                    | K::TlsCertificateNotAfter
                    | K::TlsCertificateKey
                    | K::TlsCertificateSignature
                    | K::TlsCertificateSelfSigned
            ),
            Self::SmbNegotiate => matches!(kind, K::SmbDialect | K::SmbSigning),
            Self::SshHello => matches!(kind, K::SshBanner | K::SshWeakAlgorithm),
            Self::LinuxRead => matches!(
                kind,
                K::SshBanner
                    | K::SshWeakAlgorithm
                    | K::Package
                    | K::OperatingSystem
                    | K::KernelVersion
                    | K::KernelWaiting
                    | K::ListensOn
            ),
            Self::RdpNegotiate => matches!(kind, K::RdpSecurity),
            Self::LdapRoot | Self::DnsVersion => matches!(kind, K::ServerSoftware),
            Self::IppAttributes => matches!(kind, K::IppModel | K::IppFirmware | K::HttpServer),
            Self::SnmpSystem => matches!(
                kind,
                K::SnmpVersion
                    | K::SnmpDefaultCommunity
                    | K::SnmpSystemDescription
                    | K::SnmpObjectId
                    | K::SnmpName
            ),
            Self::PostgresTls | Self::NtpTime => false,
        }
    }

    /// Packets that we send to a host that keeps to its protocol, at most: handshake, question, acknowledgements, end. Of a datagram,
    /// one; the kernel adds one where an answer comes after we stopped waiting (ICMP, port unreachable).
    #[must_use]
    pub const fn packets(self) -> u32 {
        match self {
            Self::DnsVersion | Self::NtpTime | Self::SnmpSystem => 2,
            Self::Banner => 8,
            Self::HttpHead | Self::SmbNegotiate | Self::PostgresTls | Self::RdpNegotiate => 9,
            Self::TlsHello | Self::SshHello | Self::LdapRoot | Self::IppAttributes => 10,
            Self::LinuxRead => reading::budget::MOST_PACKETS,
        }
    }

    /// The ceiling of its packets: a reading is a talk, and has its own.
    #[must_use]
    pub const fn most_packets(self) -> u32 {
        match self {
            Self::LinuxRead => reading::budget::MOST_PACKETS,
            _ => MOST_PACKETS,
        }
    }

    /// How long it takes, at most.
    #[must_use]
    pub const fn longest(self) -> Duration {
        match self {
            Self::LinuxRead => reading::budget::MOST_TIME,
            _ => ANSWER_TIME,
        }
    }

    /// What is sent at once; empty where the service speaks first. Without a community there is no question to SNMP.
    #[must_use]
    pub fn opening(self, to: Addressed<'_>, community: Option<&Community>) -> Vec<u8> {
        match self {
            Self::Banner | Self::SshHello | Self::LinuxRead => Vec::new(),
            Self::HttpHead => format!(
                "HEAD / HTTP/1.1\r\nHost: {}:{}\r\nUser-Agent: Wardround/{} (security round)\r\nAccept: */*\r\n\
                 Connection: close\r\n\r\n",
                to.ip,
                to.port,
                env!("CARGO_PKG_VERSION")
            )
            .into_bytes(),
            Self::TlsHello => hello::client_hello(&to.seed()),
            Self::SmbNegotiate => negotiate::smb(&to.seed()),
            Self::PostgresTls => negotiate::POSTGRES_TLS.to_vec(),
            Self::RdpNegotiate => negotiate::RDP.to_vec(),
            Self::LdapRoot => elements::ldap_root(),
            Self::IppAttributes => printing::attributes(to.ip, to.port),
            Self::DnsVersion => datagrams::dns_version(to.id()),
            Self::NtpTime => datagrams::ntp_time(to.id()),
            Self::SnmpSystem => {
                let [a, b, c, d, ..] = to.id();
                community.map(|community| elements::snmp_system(community, [a, b, c, d])).unwrap_or_default()
            }
        }
    }

    /// What is said once, when the service has said so much.
    #[must_use]
    pub fn reply(self, heard: &[u8]) -> Option<&'static [u8]> {
        (self == Self::SshHello && shell::is_greeted(heard)).then_some(shell::IDENTIFICATION)
    }

    /// What is sent before the end, once `heard` is a complete answer.
    #[must_use]
    pub fn farewell(self, heard: &[u8]) -> &'static [u8] {
        match self {
            Self::TlsHello => hello::CLOSE_NOTIFY,
            Self::SshHello if shell::is_greeted(heard) => shell::DISCONNECT,
            Self::LdapRoot => elements::LDAP_UNBIND,
            _ => &[],
        }
    }

    /// All that is said in an exchange that is answered, piece by piece, with asterisks in the place of a community.
    pub(crate) fn pieces(self, to: Addressed<'_>) -> Vec<Vec<u8>> {
        let greeting = shell::IDENTIFICATION;
        let reply = self.reply(greeting).unwrap_or_default();
        let all =
            [self.opening(to, Some(&Community::masked())), reply.to_vec(), self.farewell(greeting).to_vec()];
        all.into_iter().filter(|piece| !piece.is_empty()).collect()
    }

    /// Whether enough came to stop listening. A datagram must be the answer to ours.
    #[must_use]
    pub fn is_answered(self, bytes: &[u8], to: Addressed<'_>) -> bool {
        match self {
            Self::Banner => negotiate::banner_is_complete(bytes),
            Self::HttpHead => bytes.windows(4).any(|four| four == b"\r\n\r\n"),
            Self::TlsHello => hello::is_complete(bytes),
            Self::SmbNegotiate => negotiate::smb_is_complete(bytes),
            Self::PostgresTls => !bytes.is_empty(),
            Self::SshHello | Self::LinuxRead => shell::is_complete(bytes),
            Self::RdpNegotiate => negotiate::rdp_is_complete(bytes),
            Self::LdapRoot => elements::ldap_is_complete(bytes),
            Self::IppAttributes => printing::is_complete(bytes),
            Self::DnsVersion => datagrams::dns_answers(bytes, to.id()),
            Self::NtpTime => datagrams::ntp_answers(bytes, to.id()),
            Self::SnmpSystem => {
                let [a, b, c, d, ..] = to.id();
                elements::snmp_answers(bytes, [a, b, c, d])
            }
        }
    }

    /// The question that a service expects: by what was heard there, else by the port's registered service (IANA). Where neither
    /// tells, nothing is asked: a guess is what breaks devices.
    #[must_use]
    pub fn expected(transport: Transport, port: u16, heard: Option<Protocol>) -> Option<Self> {
        match (transport, heard) {
            (Transport::Tcp, Some(heard)) => Self::of_stream(port, heard),
            (Transport::Tcp, None) => Self::at_port(port),
            (Transport::Udp, Some(Protocol::Dns)) => Some(Self::DnsVersion),
            (Transport::Udp, Some(Protocol::Ntp)) => Some(Self::NtpTime),
            (Transport::Udp, Some(Protocol::Snmp)) if port == SNMP_PORT => Some(Self::SnmpSystem),
            (Transport::Udp, Some(_)) => None,
            (Transport::Udp, None) => match port {
                53 => Some(Self::DnsVersion),
                123 => Some(Self::NtpTime),
                SNMP_PORT => Some(Self::SnmpSystem),
                _ => None,
            },
        }
    }

    fn of_stream(port: u16, heard: Protocol) -> Option<Self> {
        match heard {
            Protocol::Ssh => Some(Self::SshHello),
            Protocol::Smtp | Protocol::Imap | Protocol::Pop3 | Protocol::Ftp | Protocol::Mysql => {
                Some(Self::Banner)
            }
            Protocol::Tls => Some(Self::TlsHello),
            Protocol::Http => Some(Self::HttpHead),
            Protocol::Ipp => Some(Self::IppAttributes),
            Protocol::Smb if port == SMB_PORT => Some(Self::SmbNegotiate),
            Protocol::Postgresql => Some(Self::PostgresTls),
            Protocol::Rdp => Some(Self::RdpNegotiate),
            Protocol::Ldap => Some(Self::LdapRoot),
            _ => None,
        }
    }

    fn at_port(port: u16) -> Option<Self> {
        match port {
            22 => Some(Self::SshHello),
            21 | 25 | 110 | 143 | 587 | 3306 => Some(Self::Banner),
            80 | 8080 => Some(Self::HttpHead),
            389 => Some(Self::LdapRoot),
            SMB_PORT => Some(Self::SmbNegotiate),
            631 => Some(Self::IppAttributes),
            3389 => Some(Self::RdpNegotiate),
            5432 => Some(Self::PostgresTls),
            443 | 465 | 636 | 993 | 995 | 8443 => Some(Self::TlsHello),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn to(port: u16) -> Addressed<'static> {
        Addressed { ip: Ipv4Addr::new(10, 1, 2, 3), port, plan: "p" }
    }

    #[test]
    fn p6_each_question_is_one_native_request_or_none() {
        assert!(Question::Banner.opening(to(22), None).is_empty());
        let head = String::from_utf8(Question::HttpHead.opening(to(80), None)).unwrap();
        assert!(head.starts_with("HEAD / HTTP/1.1\r\nHost: 10.1.2.3:80\r\n") && head.ends_with("\r\n\r\n"));
        assert_eq!(head.matches("HTTP/1.1").count(), 1);
        let community: Community = "x".repeat(64).parse().unwrap();
        for question in Question::ALL {
            assert!(question.packets() <= question.most_packets());
            let sent = question.opening(to(443), Some(&community));
            // One request in one segment that every stack has room for.
            assert!(sent.len() <= 536, "{question:?} {}", sent.len());
            assert_eq!(
                sent,
                question.opening(to(443), Some(&community)),
                "the same plan says the same bytes"
            );
            assert_eq!(Question::from_code(question.code()), Some(*question));
        }
    }

    #[test]
    fn p6_without_a_community_nothing_is_said_to_snmp() {
        assert!(Question::SnmpSystem.opening(to(161), None).is_empty());
    }

    #[test]
    fn p6_the_session_service_of_netbios_is_not_asked() {
        let expected = |port| Question::expected(Transport::Tcp, port, Some(Protocol::Smb));
        assert_eq!((expected(139), expected(445)), (None, Some(Question::SmbNegotiate)));
    }

    #[test]
    fn p6_a_service_that_expects_no_question_of_ours_gets_none() {
        use Transport::{Tcp, Udp};
        for (transport, port, heard) in [
            (Tcp, 80, Some(Protocol::RawPrint)),
            (Tcp, 443, Some(Protocol::Dicom)),
            (Tcp, 4000, None),
            (Udp, 4000, None),
            (Udp, 162, Some(Protocol::Snmp)),
            (Udp, 5353, Some(Protocol::Mdns)),
            (Udp, 47808, Some(Protocol::Bacnet)),
        ] {
            assert_eq!(Question::expected(transport, port, heard), None, "{port}");
        }
        assert_eq!(Question::expected(Tcp, 4000, Some(Protocol::Tls)), Some(Question::TlsHello));
    }

    #[test]
    fn our_name_is_said_to_ssh_after_the_servers_alone() {
        let greeting = b"SSH-2.0-OpenSSH_9.2\r\n";
        assert!(
            Question::SshHello.opening(to(22), None).is_empty() && Question::SshHello.reply(b"").is_none()
        );
        assert_eq!(Question::SshHello.reply(greeting), Some(shell::IDENTIFICATION));
        assert_eq!(Question::Banner.reply(greeting), None);
        assert_eq!(Question::SshHello.farewell(b"220 ftp\r\n"), b"");
    }
}
