//! What is said for each question, and when enough was heard.

use super::{Addressed, Question};
use crate::community::Community;
use crate::{bacnet, datagrams, echo, elements, hello, multicast, negotiate, page, printing, shell, usm};

impl Question {
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
            Self::SsdpSearch => multicast::search(),
            Self::WsDiscoveryProbe => multicast::probe(to.id()),
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
            Self::SsdpSearch => multicast::answers_search(bytes),
            Self::WsDiscoveryProbe => multicast::answers_probe(bytes, to.id()),
            Self::NtpTime => datagrams::ntp_answers(bytes, to.id()),
            Self::SnmpSystem | Self::SwitchTables => elements::snmp_answers(bytes, to.short_id()),
            Self::DicomEcho => echo::is_echoed(bytes),
            Self::ModbusIdentity => echo::is_identified(bytes),
            Self::BacnetDevice => bacnet::answers(bytes, to.id()),
            // Of its first message; what follows is judged by the talk.
            Self::Snmp3System | Self::Snmp3Tables => usm::is_discovered(bytes, to.id()),
        }
    }
}
