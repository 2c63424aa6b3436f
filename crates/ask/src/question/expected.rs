//! Which question a place expects, by what was heard there, or by its port alone.

use wardround_model::{Protocol, Transport};

use super::{Question, SNMP_PORT};

/// SMB without the session service of NetBIOS, which would want names first.
const SMB_PORT: u16 = 445;
/// Where TLS has pages inside (IANA: `https`, `pcsync-https`).
const HTTPS_PORTS: &[u16] = &[443, 8443];

impl Question {
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
