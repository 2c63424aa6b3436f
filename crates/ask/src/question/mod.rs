//! The questions that can be put: each is one that the service expects, with the bytes that it sends and what they cost.
//!
//! There is no other way to say bytes to a host than a value of [`Question`] (P6).

mod expected;
mod said;

use std::net::Ipv4Addr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use wardround_model::{FactKind, Transport};

use crate::envelope::{ANSWER_TIME, CONNECT_TIME, END_TIME, MOST_PACKETS, MOST_WALKED, WALK_TIME};
use crate::{directory, fhir, reading, usm};

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
    /// Which root devices of UPnP there are (SSDP), put to all devices of a network at once.
    SsdpSearch,
    /// Which devices there are by WS-Discovery, put to all devices of a network at once.
    WsDiscoveryProbe,
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
    pub(super) fn seed(self) -> String {
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
        Self::SsdpSearch,
        Self::WsDiscoveryProbe,
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
            Self::SsdpSearch => "ssdp-search",
            Self::WsDiscoveryProbe => "ws-discovery-probe",
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
            | Self::SsdpSearch
            | Self::WsDiscoveryProbe
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
        matches!(self, Self::MdnsServices | Self::SsdpSearch | Self::WsDiscoveryProbe)
    }

    /// Whether its answers come from whatever port: of UPnP and WS-Discovery they do.
    #[must_use]
    pub const fn is_answered_from_any_port(self) -> bool {
        matches!(self, Self::SsdpSearch | Self::WsDiscoveryProbe)
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
            Self::PostgresTls
            | Self::MdnsServices
            | Self::SsdpSearch
            | Self::WsDiscoveryProbe
            | Self::NtpTime
            | Self::DirectoryRead => false,
        }
    }

    /// Packets that we send to a host that keeps to its protocol, at most: handshake, question, acknowledgements, end. Of a datagram,
    /// one, and of a walk its budget; the kernel adds one where an answer comes after we stopped waiting (ICMP, port unreachable).
    #[must_use]
    pub const fn packets(self) -> u32 {
        match self {
            Self::DnsVersion
            | Self::MdnsServices
            | Self::SsdpSearch
            | Self::WsDiscoveryProbe
            | Self::NtpTime
            | Self::SnmpSystem
            | Self::BacnetDevice => 2,
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
}

#[cfg(test)]
mod tests;
