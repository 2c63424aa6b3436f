//! The questions that can be put: each is one that the service expects, with the bytes that it sends and what they cost.
//!
//! There is no other way to say bytes to a host than a value of [`Question`] (P6).

use std::net::Ipv4Addr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use wardround_model::{FactKind, Protocol, Transport};

use crate::community::Community;
use crate::envelope::{ANSWER_TIME, CONNECT_TIME, END_TIME, MOST_PACKETS, MOST_WALKED, WALK_TIME};
use crate::{
    bacnet, datagrams, directory, echo, elements, fhir, hello, multicast, negotiate, page, printing, reading,
    shell, usm,
};

/// SMB without the session service of NetBIOS, which would want names first.
const SMB_PORT: u16 = 445;
/// Where TLS has pages inside (IANA: `https`, `pcsync-https`).
const HTTPS_PORTS: &[u16] = &[443, 8443];
/// Where agents of SNMP listen; notifications go to another port.
pub(crate) const SNMP_PORT: u16 = 161;

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
    /// The same `ClientHello`, and where the server chose TLS 1.2 with a suite of today, the handshake to its end and `HEAD /` inside.
    /// The certificate is told, and not verified: nothing but who it is is asked.
    HttpsHead,
    /// `GET [base]/metadata` of a server of FHIR ([`fhir`]): software and version. Nothing else of it is read.
    FhirMetadata,
    /// The same inside TLS, as [`Question::HttpsHead`] asks.
    FhirMetadataTls,
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
    /// Which kinds of service there are, to all devices of a network whose owner switched that on (RFC 6763, 9).
    MdnsServices,
    /// A client's request for the time over UDP (RFC 5905).
    NtpTime,
    /// The system group by SNMP 2c over UDP (RFC 3418), with the community that the owner gave.
    SnmpSystem,
    /// The same group by SNMP 3, with the user that the owner gave: the engine's name first, then the question (RFC 3414).
    Snmp3System,
    /// The system group by SNMP 2c, and then the tables of a switch that the owner named: its interfaces, ARP, cards that it learned, and neighbours by
    /// LLDP, in as many datagrams as the budget of a walk has.
    SwitchTables,
    /// The same by SNMP 3, with the user that the owner gave.
    Snmp3Tables,
    /// C-ECHO of DICOM with our own title (PS3.7, 9.1.5), to a model that was named: whether it is there, and which implementation.
    DicomEcho,
    /// Read Device Identification of Modbus, to a model that was named: maker, product, revision.
    ModbusIdentity,
    /// Four texts of a device object of BACnet over UDP, of a model that was named: maker, model, firmware, software.
    BacnetDevice,
    /// A login over SSH with the owner's key, and one fixed command ([`reading::COMMAND`]): what the server runs.
    LinuxRead,
    /// A login over LDAP within TLS with the owner's account, and the searches of [`directory`]: computers and accounts of a domain.
    DirectoryRead,
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
    /// By which title an application is called (DICOM); empty where it takes any.
    pub called: &'a str,
}

impl Addressed<'_> {
    /// What numbers come from. Nothing is ever encrypted or signed with what follows from it.
    fn seed(self) -> String {
        format!("{} {}:{}", self.plan, self.ip, self.port)
    }

    /// The same in four bytes.
    pub(crate) fn short_id(self) -> [u8; 4] {
        let [a, b, c, d, ..] = self.id();
        [a, b, c, d]
    }

    /// A number that comes back in the answer to a datagram.
    pub(crate) fn id(self) -> [u8; 8] {
        blake3::hash(self.seed().as_bytes()).as_bytes().first_chunk().copied().unwrap_or_default()
    }
}

impl Question {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::Banner,
        Self::HttpHead,
        Self::TlsHello,
        Self::HttpsHead,
        Self::FhirMetadata,
        Self::FhirMetadataTls,
        Self::SmbNegotiate,
        Self::PostgresTls,
        Self::SshHello,
        Self::RdpNegotiate,
        Self::LdapRoot,
        Self::IppAttributes,
        Self::DnsVersion,
        Self::MdnsServices,
        Self::NtpTime,
        Self::SnmpSystem,
        Self::Snmp3System,
        Self::SwitchTables,
        Self::Snmp3Tables,
        Self::DicomEcho,
        Self::ModbusIdentity,
        Self::BacnetDevice,
        Self::LinuxRead,
        Self::DirectoryRead,
    ];

    /// Its name in plans and logs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Banner => "banner",
            Self::HttpHead => "http-head",
            Self::TlsHello => "tls-hello",
            Self::HttpsHead => "https-head",
            Self::FhirMetadata => "fhir-metadata",
            Self::FhirMetadataTls => "fhir-metadata-tls",
            Self::SmbNegotiate => "smb-negotiate",
            Self::PostgresTls => "postgres-tls",
            Self::SshHello => "ssh-hello",
            Self::RdpNegotiate => "rdp-negotiate",
            Self::LdapRoot => "ldap-root",
            Self::IppAttributes => "ipp-attributes",
            Self::DnsVersion => "dns-version",
            Self::MdnsServices => "mdns-services",
            Self::NtpTime => "ntp-time",
            Self::SnmpSystem => "snmp-system",
            Self::Snmp3System => "snmp3-system",
            Self::SwitchTables => "switch-tables",
            Self::Snmp3Tables => "snmp3-tables",
            Self::DicomEcho => "dicom-echo",
            Self::ModbusIdentity => "modbus-identity",
            Self::BacnetDevice => "bacnet-device",
            Self::LinuxRead => "linux-read",
            Self::DirectoryRead => "directory-read",
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
            Self::DnsVersion
            | Self::MdnsServices
            | Self::NtpTime
            | Self::SnmpSystem
            | Self::Snmp3System
            | Self::SwitchTables
            | Self::Snmp3Tables
            | Self::BacnetDevice => Transport::Udp,
            _ => Transport::Tcp,
        }
    }

    /// Whether it is put with a community that the owner gives to the run.
    #[must_use]
    pub const fn needs_community(self) -> bool {
        matches!(self, Self::SnmpSystem | Self::SwitchTables)
    }

    /// Whether it is put with a user of SNMP 3 that the owner gives to the run.
    #[must_use]
    pub const fn needs_user(self) -> bool {
        matches!(self, Self::Snmp3System | Self::Snmp3Tables)
    }

    /// Whether it walks over the tables of a switch, in a budget of its own.
    #[must_use]
    pub const fn is_walk(self) -> bool {
        matches!(self, Self::SwitchTables | Self::Snmp3Tables)
    }

    /// Whether it is put to all devices of a network at once.
    #[must_use]
    pub const fn is_multicast(self) -> bool {
        matches!(self, Self::MdnsServices)
    }

    /// Packets that it may cost, whatever a plan says: a walk and a reading have budgets of their own.
    #[must_use]
    pub const fn ceiling(self) -> u32 {
        match self {
            Self::SwitchTables | Self::Snmp3Tables => MOST_WALKED + 1,
            Self::LinuxRead => reading::budget::MOST_PACKETS,
            Self::DirectoryRead => directory::budget::MOST_PACKETS,
            Self::FhirMetadata | Self::FhirMetadataTls => fhir::MOST_PACKETS,
            _ => MOST_PACKETS,
        }
    }

    /// How long it takes, at most, without the pause behind it.
    #[must_use]
    pub fn longest(self) -> Duration {
        match self {
            Self::SwitchTables | Self::Snmp3Tables => WALK_TIME + ANSWER_TIME,
            Self::Snmp3System => ANSWER_TIME * usm::MOST_SAID,
            Self::LinuxRead => CONNECT_TIME + reading::budget::MOST_TIME + END_TIME,
            Self::FhirMetadata | Self::FhirMetadataTls => CONNECT_TIME + fhir::MOST_TIME + END_TIME,
            // There are two answers more inside.
            Self::HttpsHead => CONNECT_TIME + ANSWER_TIME + ANSWER_TIME + ANSWER_TIME + END_TIME,
            Self::DirectoryRead => CONNECT_TIME + directory::budget::MOST_TIME + END_TIME,
            // The farewell is answered, too.
            Self::DicomEcho => CONNECT_TIME + ANSWER_TIME + END_TIME + END_TIME,
            _ => CONNECT_TIME + ANSWER_TIME + END_TIME,
        }
    }

    /// Whether its answer tells facts of this kind: the question that showed a flaw shows whether it is gone (P12).
    #[must_use]
    pub const fn shows(self, kind: FactKind) -> bool {
        use FactKind as K;
        match self {
            Self::Banner => matches!(kind, K::FtpBanner | K::ServerSoftware),
            Self::HttpHead => matches!(kind, K::HttpServer),
            Self::HttpsHead | Self::FhirMetadataTls if matches!(kind, K::HttpServer) => true,
            Self::FhirMetadataTls if matches!(kind, K::ServerSoftware | K::FhirVersion) => true,
            Self::FhirMetadata => matches!(kind, K::HttpServer | K::ServerSoftware | K::FhirVersion),
            Self::TlsHello | Self::HttpsHead | Self::FhirMetadataTls => matches!(
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
            Self::SmbNegotiate => matches!(kind, K::SmbDialect | K::SmbSigning | K::ServerSoftware),
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
            Self::SnmpSystem | Self::Snmp3System | Self::SwitchTables | Self::Snmp3Tables => matches!(
                kind,
                K::SnmpVersion
                    | K::SnmpDefaultCommunity
                    | K::SnmpSystemDescription
                    | K::SnmpObjectId
                    | K::SnmpName
            ),
            Self::DicomEcho => matches!(kind, K::DicomImplementationClass | K::DicomImplementationVersion),
            Self::ModbusIdentity => {
                matches!(kind, K::ModbusVendor | K::ModbusProduct | K::ModbusRevision | K::ModbusModel)
            }
            Self::BacnetDevice => {
                matches!(kind, K::BacnetVendor | K::BacnetModel | K::BacnetFirmware | K::BacnetSoftware)
            }
            // What a directory tells is kept as lists, and a newer list shows it.
            Self::PostgresTls | Self::MdnsServices | Self::NtpTime | Self::DirectoryRead => false,
        }
    }

    /// Packets that we send to a host that keeps to its protocol, at most: handshake, question, acknowledgements, end. Of a datagram,
    /// one, and of a walk its budget; the kernel adds one where an answer comes after we stopped waiting (ICMP, port unreachable).
    #[must_use]
    pub const fn packets(self) -> u32 {
        match self {
            Self::DnsVersion | Self::MdnsServices | Self::NtpTime | Self::SnmpSystem | Self::BacnetDevice => {
                2
            }
            Self::Snmp3System => usm::MOST_SAID + 1,
            Self::SwitchTables | Self::Snmp3Tables => MOST_WALKED + 1,
            Self::Banner => 8,
            Self::HttpHead
            | Self::SmbNegotiate
            | Self::PostgresTls
            | Self::RdpNegotiate
            | Self::ModbusIdentity => 9,
            Self::DicomEcho
            | Self::TlsHello
            | Self::HttpsHead
            | Self::SshHello
            | Self::LdapRoot
            | Self::IppAttributes => 10,
            Self::LinuxRead => reading::budget::MOST_PACKETS,
            Self::DirectoryRead => directory::budget::MOST_PACKETS,
            Self::FhirMetadata | Self::FhirMetadataTls => fhir::MOST_PACKETS,
        }
    }

    /// Whether its answer is taken little by little, within a budget of its own.
    #[must_use]
    pub const fn is_taken_slowly(self) -> bool {
        matches!(self, Self::FhirMetadata | Self::FhirMetadataTls)
    }

    /// What is sent at once; empty where the service speaks first. Without a community there is no question to SNMP.
    #[must_use]
    pub fn opening(self, to: Addressed<'_>, community: Option<&Community>) -> Vec<u8> {
        match self {
            Self::Banner | Self::SshHello | Self::LinuxRead | Self::DirectoryRead => Vec::new(),
            Self::HttpHead => page::head(to.ip, to.port),
            Self::FhirMetadata => page::statement(to.called, to.ip, to.port),
            Self::TlsHello | Self::HttpsHead | Self::FhirMetadataTls => hello::client_hello(&to.seed()),
            Self::SmbNegotiate => negotiate::smb(&to.seed()),
            Self::PostgresTls => negotiate::POSTGRES_TLS.to_vec(),
            Self::RdpNegotiate => negotiate::RDP.to_vec(),
            Self::LdapRoot => elements::ldap_root(),
            Self::IppAttributes => printing::attributes(to.ip, to.port),
            Self::DnsVersion => datagrams::dns_version(to.id()),
            Self::MdnsServices => multicast::services(to.id()),
            Self::NtpTime => datagrams::ntp_time(to.id()),
            Self::DicomEcho => echo::associate(to.called),
            Self::ModbusIdentity => echo::IDENTITY.to_vec(),
            Self::BacnetDevice => bacnet::device_object(to.id()),
            Self::Snmp3System | Self::Snmp3Tables => usm::discovery(to.id()),
            Self::SnmpSystem | Self::SwitchTables => {
                community.map(|community| elements::snmp_system(community, to.short_id())).unwrap_or_default()
            }
        }
    }

    /// What is said inside TLS, once the handshake is finished.
    #[must_use]
    pub fn inside(self, to: Addressed<'_>) -> Option<Vec<u8>> {
        match self {
            Self::HttpsHead => Some(page::head(to.ip, to.port)),
            Self::FhirMetadataTls => Some(page::statement(to.called, to.ip, to.port)),
            _ => None,
        }
    }

    /// Whether enough was heard inside TLS to stop listening.
    #[must_use]
    pub fn is_answered_inside(self, bytes: &[u8]) -> bool {
        if self == Self::FhirMetadataTls { page::is_whole(bytes) } else { page::head_is_complete(bytes) }
    }

    /// What is said once, when the service has said so much.
    #[must_use]
    pub fn reply(self, heard: &[u8]) -> Option<&'static [u8]> {
        match self {
            Self::SshHello if shell::is_greeted(heard) => Some(shell::IDENTIFICATION),
            Self::DicomEcho if echo::is_accepted(heard) => Some(echo::ECHO),
            _ => None,
        }
    }

    /// What is sent before the end, once `heard` is a complete answer.
    #[must_use]
    pub fn farewell(self, heard: &[u8]) -> &'static [u8] {
        match self {
            Self::TlsHello | Self::HttpsHead | Self::FhirMetadataTls => hello::CLOSE_NOTIFY,
            Self::SshHello if shell::is_greeted(heard) => shell::DISCONNECT,
            Self::LdapRoot => elements::LDAP_UNBIND,
            Self::DicomEcho if echo::is_accepted(heard) => echo::RELEASE,
            _ => &[],
        }
    }

    /// Whether the other side answers our farewell, and expects the connection to stand until then (DICOM PS3.8, 7.2).
    #[must_use]
    pub const fn farewell_is_answered(self) -> bool {
        matches!(self, Self::DicomEcho)
    }

    /// All that is said in an exchange that is answered, piece by piece, with asterisks in the place of a community.
    pub(crate) fn pieces(self, to: Addressed<'_>) -> Vec<Vec<u8>> {
        let greeting = shell::IDENTIFICATION;
        let (reply, farewell) = match self {
            Self::DicomEcho => (echo::ECHO, echo::RELEASE),
            _ => (self.reply(greeting).unwrap_or_default(), self.farewell(greeting)),
        };
        let all = [self.opening(to, Some(&Community::masked())), reply.to_vec(), farewell.to_vec()];
        all.into_iter().filter(|piece| !piece.is_empty()).collect()
    }

    /// Whether enough came to stop listening. A datagram must be the answer to ours.
    #[must_use]
    pub fn is_answered(self, bytes: &[u8], to: Addressed<'_>) -> bool {
        match self {
            Self::Banner => negotiate::banner_is_complete(bytes),
            Self::HttpHead => page::head_is_complete(bytes),
            Self::FhirMetadata => page::is_whole(bytes),
            Self::TlsHello | Self::HttpsHead | Self::FhirMetadataTls | Self::DirectoryRead => {
                hello::is_complete(bytes)
            }
            Self::SmbNegotiate => negotiate::smb_is_complete(bytes),
            Self::PostgresTls => !bytes.is_empty(),
            Self::SshHello | Self::LinuxRead => shell::is_complete(bytes),
            Self::RdpNegotiate => negotiate::rdp_is_complete(bytes),
            Self::LdapRoot => elements::ldap_is_complete(bytes),
            Self::IppAttributes => printing::is_complete(bytes),
            Self::DnsVersion => datagrams::dns_answers(bytes, to.id()),
            Self::MdnsServices => multicast::answers(bytes, to.id()),
            Self::NtpTime => datagrams::ntp_answers(bytes, to.id()),
            Self::SnmpSystem | Self::SwitchTables => elements::snmp_answers(bytes, to.short_id()),
            Self::DicomEcho => echo::is_echoed(bytes),
            Self::ModbusIdentity => echo::is_identified(bytes),
            Self::BacnetDevice => bacnet::answers(bytes, to.id()),
            // Of its first message; what follows is judged by the talk.
            Self::Snmp3System | Self::Snmp3Tables => usm::is_discovered(bytes, to.id()),
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
            Protocol::Tls if HTTPS_PORTS.contains(&port) => Some(Self::HttpsHead),
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
            443 | 8443 => Some(Self::HttpsHead),
            465 | 636 | 993 | 995 => Some(Self::TlsHello),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn to(port: u16) -> Addressed<'static> {
        Addressed { ip: Ipv4Addr::new(10, 1, 2, 3), port, plan: "p", called: "" }
    }

    #[test]
    fn p6_each_question_is_one_native_request_or_none() {
        assert!(Question::Banner.opening(to(22), None).is_empty());
        let head = String::from_utf8(Question::HttpHead.opening(to(80), None)).unwrap();
        assert!(head.starts_with("HEAD / HTTP/1.1\r\nHost: 10.1.2.3:80\r\n") && head.ends_with("\r\n\r\n"));
        assert_eq!(head.matches("HTTP/1.1").count(), 1);
        let community: Community = "x".repeat(64).parse().unwrap();
        for question in Question::ALL {
            let has_own = question.is_taken_slowly()
                || question.is_walk()
                || matches!(question, Question::LinuxRead | Question::DirectoryRead);
            assert!(
                question.packets() <= question.ceiling() && has_own != (question.ceiling() == MOST_PACKETS)
            );
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
    fn p6_inside_tls_the_same_is_said_as_to_a_page_without_it() {
        for question in Question::ALL {
            let inside = question.inside(to(443));
            let plain = match question {
                Question::HttpsHead => Some(Question::HttpHead),
                Question::FhirMetadataTls => Some(Question::FhirMetadata),
                _ => None,
            };
            let expected = plain.map(|plain| plain.opening(to(443), None));
            assert_eq!(inside, expected, "{question:?}");
        }
        let hello = Question::TlsHello.opening(to(443), None);
        assert_eq!(Question::HttpsHead.opening(to(443), None), hello, "old servers tell as much");
    }

    #[test]
    fn p6_without_a_community_nothing_is_said_to_snmp() {
        for question in Question::ALL.iter().filter(|question| question.needs_community()) {
            assert!(question.opening(to(161), None).is_empty());
        }
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
        let tls = |port| Question::expected(Tcp, port, Some(Protocol::Tls));
        assert_eq!((tls(4000), tls(993)), (Some(Question::TlsHello), Some(Question::TlsHello)));
        assert_eq!((tls(443), Question::expected(Tcp, 8443, None)), (Some(Question::HttpsHead), tls(443)));
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
