//! Multicast DNS: what a device on the link announces of itself.
//!
//! RFC 6762 and RFC 6763. Host name, service types, maker and model. Names of service instances are given by people ("Erika's
//! iPhone") and are never read. Questions, and the known answers in them, speak of others.
//!
//! Reflectors repeat on one link what was said on another, under their own address. So a message that gives addresses,
//! but not the one that it came from, tells nothing.

use std::net::IpAddr;

use wardround_model::FactKind;

use super::message::{Message, Name, Record, record_type};
use crate::reader::{Reader, is_text};
use crate::{About, Datagram, Facts, Role};

/// Reads one message; tells what an announcement says of its sender.
pub(crate) fn dissect_mdns(datagram: &Datagram<'_>, facts: &mut Facts) -> Option<Role> {
    let message = Message::parse(datagram.payload)?;
    let sender = datagram.sender.ip();
    if message.is_response() && !is_reflected(message, sender) {
        message.records().for_each(|record| tell(record, sender, facts));
    }
    Some(message.role())
}

/// Whether addresses of the sender's family are given, and not one is the sender's.
fn is_reflected(message: Message<'_>, sender: IpAddr) -> bool {
    let addresses = || message.records().filter_map(address).filter(|ip| ip.is_ipv4() == sender.is_ipv4());
    addresses().next().is_some() && addresses().all(|ip| ip != sender)
}

pub(super) fn address(record: Record<'_>) -> Option<IpAddr> {
    match record.kind {
        record_type::A => <[u8; 4]>::try_from(record.data).ok().map(IpAddr::from),
        record_type::AAAA => <[u8; 16]>::try_from(record.data).ok().map(IpAddr::from),
        _ => None,
    }
}

fn tell(record: Record<'_>, sender: IpAddr, facts: &mut Facts) {
    match record.kind {
        record_type::A | record_type::AAAA if address(record) == Some(sender) => {
            tell_host_name(&record.owner, facts);
        }
        record_type::PTR => tell_services(record, facts),
        record_type::SRV => tell_service(&record.owner, facts),
        record_type::TXT => tell_texts(record, facts),
        _ => {}
    }
}

fn tell_host_name(owner: &Name<'_>, facts: &mut Facts) {
    if let [host, domain] = owner.labels()
        && is_local(domain)
    {
        facts.tell(About::Sender, FactKind::MdnsHostName, host);
    }
}

/// PTR of a service type, or of the list of all types (RFC 6763, 4.1 and 9).
fn tell_services(record: Record<'_>, facts: &mut Facts) {
    match Service::of(&record.owner) {
        Some(Service { name: b"_dns-sd", .. }) => {
            if let Some(pointee) = record.pointee() {
                tell_service(&pointee, facts);
            }
        }
        Some(service) => service.tell(facts),
        None => {}
    }
}

fn tell_service(name: &Name<'_>, facts: &mut Facts) {
    if let Some(service) = Service::of(name) {
        service.tell(facts);
    }
}

/// Maker and model in the `key=value` strings of a TXT record (RFC 6763, 6).
fn tell_texts(record: Record<'_>, facts: &mut Facts) {
    let Some(service) = Service::of(&record.owner) else { return };
    let mut reader = Reader::new(record.data);
    while let Some(text) = reader.u8().and_then(|length| reader.take(usize::from(length))) {
        let Some(equals) = text.iter().position(|b| *b == b'=') else { continue };
        let (key, value) = text.split_at_checked(equals).unwrap_or_default();
        let value = value.get(1..).unwrap_or_default();
        if let Some(kind) = service.kind_of(key).filter(|_| !value.is_empty() && is_text(value)) {
            facts.tell(About::Sender, kind, value);
        }
    }
}

/// A service type, `_ipp._tcp`.
#[derive(Clone, Copy)]
struct Service<'a> {
    name: &'a [u8],
    transport: &'a [u8],
}

impl<'a> Service<'a> {
    /// The type in the name of a type, of one of its subtypes, or of an instance (RFC 6763, 4.1 and 7).
    fn of(name: &Name<'a>) -> Option<Self> {
        match name.labels() {
            [.., name, transport, domain]
                if is_service_name(name) && is_transport(transport) && is_local(domain) =>
            {
                Some(Self { name, transport })
            }
            _ => None,
        }
    }

    fn tell(&self, facts: &mut Facts) {
        let name = self.name.to_ascii_lowercase();
        if KNOWN.split(|b| *b == b' ').any(|known| name.strip_prefix(b"_") == Some(known)) {
            let text = [&name, self.transport].join(b".".as_slice());
            facts.tell(About::Sender, FactKind::MdnsService, &text);
        }
    }

    /// What a key of its TXT record tells.
    ///
    /// `ty` is the make and model of a printer or scanner (Bonjour Printing 1.2.1, 9.2.7); with other services it may be a
    /// name that somebody chose.
    fn kind_of(&self, key: &[u8]) -> Option<FactKind> {
        match key.to_ascii_lowercase().as_slice() {
            b"usb_mfg" | b"manufacturer" => Some(FactKind::MdnsMaker),
            b"usb_mdl" | b"md" | b"model" => Some(FactKind::MdnsModel),
            b"ty" if self.prints() => Some(FactKind::MdnsModel),
            _ => None,
        }
    }

    fn prints(&self) -> bool {
        [b"_ipp".as_slice(), b"_ipps", b"_printer", b"_pdl-datastream", b"_scanner", b"_uscan", b"_uscans"]
            .iter()
            .any(|name| name.eq_ignore_ascii_case(self.name))
    }
}

/// Service names that are told (IANA, and such as devices use without having registered them). Anybody can announce a service
/// under any name, so that others could carry a person's.
const KNOWN: &[u8] = b"acp-sync adisk afpovertcp airplay airport amzn-wplay androidtvremote androidtvremote2 apple-mobdev \
apple-mobdev2 axis-nvr axis-video bacnet bonjour coap companion-link daap device-info dicom dicom-iscl dicom-tls dnssd dpap \
eppc esphomelib ftp googlecast googlezone hap hl7 home-assistant homekit hp-sca http http-alt https hue ica-networking ipp \
ipps ipp-tls ldap ldaps matter matterc mdns miio mqtt mysql nfs ntp nut nvstream onvif opc pdl-datastream postgresql \
presence printer privet psia ptp raop rdp rfb rsp rtsp scanner sftp-ssh sip sips sleep-proxy smb snmp soap sonos \
spotify-connect ssh syslog teamviewer telnet tftp touch-able uscan uscans vnc webdav webdavs workstation xbmc-jsonrpc xserveraid";

/// An underscore, then at most 15 letters, digits and hyphens (RFC 6763, 7; RFC 6335, 5.1).
fn is_service_name(label: &[u8]) -> bool {
    matches!(label, [b'_', name @ ..] if (1..=15).contains(&name.len())
        && name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-'))
}

fn is_transport(label: &[u8]) -> bool {
    label.eq_ignore_ascii_case(b"_tcp") || label.eq_ignore_ascii_case(b"_udp")
}

fn is_local(label: &[u8]) -> bool {
    label.eq_ignore_ascii_case(b"local")
}
