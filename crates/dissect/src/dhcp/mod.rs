//! DHCP for IPv4: what a client calls itself, what it asks for, and which address its card was given.
//!
//! RFC 2131 (messages), RFC 2132 (options), RFC 4702 (fully qualified name). Facts are about the card named in `chaddr`, so they
//! hold through a relay too.
//!
//! Not here: options that are split over several (RFC 3396) are read up to the end of their first part. DHCP for IPv6 is in [`v6`].

#[cfg(test)]
mod tests;
pub(crate) mod v6;

use std::net::{IpAddr, Ipv4Addr};

use wardround_model::{FactKind, MacAddr, Subject, words};

use crate::reader::{Reader, is_text, unpadded};
use crate::{About, Datagram, Facts, Role};

/// What stands before the options of every DHCP message (RFC 2131, 3).
const MAGIC: [u8; 4] = [99, 130, 83, 99];
/// `htype` and `hlen` of Ethernet.
const ETHERNET: [u8; 2] = [1, 6];
/// The most routers of one lease that are told; a second or third is already rare.
const MAX_ROUTERS: usize = 4;

/// Options (RFC 2132; 81: RFC 4702).
mod option {
    pub(super) const PAD: u8 = 0;
    pub(super) const ROUTER: u8 = 3;
    pub(super) const HOST_NAME: u8 = 12;
    pub(super) const OVERLOAD: u8 = 52;
    pub(super) const MESSAGE_TYPE: u8 = 53;
    pub(super) const PARAMETERS: u8 = 55;
    pub(super) const VENDOR_CLASS: u8 = 60;
    pub(super) const FULL_NAME: u8 = 81;
    pub(super) const END: u8 = 255;
}

/// Message types (RFC 2132, 9.6).
mod message_type {
    pub(super) const DISCOVER: u8 = 1;
    pub(super) const REQUEST: u8 = 3;
    pub(super) const ACK: u8 = 5;
    pub(super) const INFORM: u8 = 8;
}

/// Reads one DHCP message.
pub(crate) fn dissect(datagram: &Datagram<'_>, facts: &mut Facts) -> Option<Role> {
    let message = Message::parse(datagram.payload)?;
    if !message.hardware.is_one_card() {
        return Some(message.role);
    }
    let kind = message.option(option::MESSAGE_TYPE).and_then(<[u8]>::first).copied();
    match (message.role, kind) {
        (Role::Client, Some(message_type::DISCOVER)) => message.tell_client(facts),
        (Role::Client, Some(message_type::REQUEST | message_type::INFORM)) => {
            message.tell_client(facts);
            message.tell_owner(message.client_address, facts);
        }
        (Role::Server, Some(message_type::ACK)) => {
            message.tell_owner(message.your_address, facts);
            message.tell_routers(facts);
        }
        _ => {}
    }
    Some(message.role)
}

/// The fields of a message that are read, at their places of RFC 2131, 2.
struct Message<'a> {
    role: Role,
    client_address: Ipv4Addr,
    your_address: Ipv4Addr,
    hardware: MacAddr,
    /// 64 and 128 bytes that hold more options when option 52 says so.
    server_name: &'a [u8],
    file: &'a [u8],
    options: &'a [u8],
}

impl<'a> Message<'a> {
    fn parse(payload: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::new(payload);
        let role = match reader.u8()? {
            1 => Role::Client,
            2 => Role::Server,
            _ => return None,
        };
        if reader.array()? != ETHERNET {
            return None;
        }
        // Hops, transaction, seconds, flags.
        reader.take(9)?;
        let client_address = Ipv4Addr::from(reader.u32()?);
        let your_address = Ipv4Addr::from(reader.u32()?);
        // Next server and relay.
        reader.take(8)?;
        let hardware = MacAddr(reader.array()?);
        // The rest of the sixteen bytes for a hardware address.
        reader.take(10)?;
        let server_name = reader.take(64)?;
        let file = reader.take(128)?;
        let is_dhcp = reader.array()? == MAGIC;
        let options = reader.rest();
        is_dhcp.then_some(Self { role, client_address, your_address, hardware, server_name, file, options })
    }

    /// The first option with this code.
    fn option(&self, code: u8) -> Option<&'a [u8]> {
        let overload = find(self.options, option::OVERLOAD).and_then(<[u8]>::first).copied().unwrap_or(0);
        let file = if overload & 1 == 1 { self.file } else { &[] };
        let server_name = if overload & 2 == 2 { self.server_name } else { &[] };
        [self.options, file, server_name].into_iter().find_map(|region| find(region, code))
    }

    fn card(&self) -> About {
        About::Named(Subject::Mac(self.hardware))
    }

    fn tell_client(&self, facts: &mut Facts) {
        let host_name = self.option(option::HOST_NAME).unwrap_or_default();
        let full_name = self.option(option::FULL_NAME).map(full_name).unwrap_or_default();
        for name in [host_name, &full_name].into_iter().filter(|name| !name.is_empty()) {
            facts.tell(self.card(), FactKind::DhcpHostName, name);
        }
        let class = self.option(option::VENDOR_CLASS).map(unpadded);
        if let Some(class) = class.filter(|class| is_text(class) && !repeats(class, host_name)) {
            facts.tell(self.card(), FactKind::DhcpVendorClass, class);
        }
        if let Some(parameters) = self.option(option::PARAMETERS) {
            facts.tell(self.card(), FactKind::DhcpParameters, decimal(parameters).as_bytes());
        }
    }

    fn tell_owner(&self, address: Ipv4Addr, facts: &mut Facts) {
        if is_host(address) {
            facts.tell(self.card(), FactKind::OwnsIp, address.to_string().as_bytes());
        }
    }

    fn tell_routers(&self, facts: &mut Facts) {
        let list = self.option(option::ROUTER).unwrap_or_default();
        let addresses = list.as_chunks::<4>().0.iter().map(|bytes| Ipv4Addr::from(*bytes));
        for router in addresses.filter(|address| is_host(*address)).take(MAX_ROUTERS) {
            facts.tell(About::Named(Subject::Ip(IpAddr::V4(router))), FactKind::IsRouter, b"dhcp");
        }
    }
}

fn is_host(address: Ipv4Addr) -> bool {
    !(address.is_unspecified() || address.is_broadcast() || address.is_multicast() || address.is_loopback())
}

/// The first option with this code in one region; an option that runs over the end ends it.
fn find(region: &[u8], code: u8) -> Option<&[u8]> {
    let mut reader = Reader::new(region);
    loop {
        match reader.u8()? {
            option::PAD => {}
            option::END => return None,
            found => {
                let length = usize::from(reader.u8()?);
                let value = reader.take(length)?;
                if found == code {
                    return Some(value);
                }
            }
        }
    }
}

/// The name in option 81: behind flags and two results, as text or, when bit E is set, as DNS labels (RFC 4702, 2.1).
fn full_name(value: &[u8]) -> Vec<u8> {
    const ENCODED: u8 = 4;
    let Some(([flags, _, _], name)) = value.split_first_chunk() else { return Vec::new() };
    if flags & ENCODED == 0 {
        return name.to_vec();
    }
    joined_labels(name)
}

/// DNS labels with dots between them, up to the end or the root.
fn joined_labels(name: &[u8]) -> Vec<u8> {
    let mut labels = Reader::new(name);
    let label = || labels.u8().and_then(|length| labels.take(usize::from(length)));
    std::iter::from_fn(label).take_while(|label| !label.is_empty()).collect::<Vec<_>>().join(b".".as_slice())
}

/// Whether a vendor class repeats a host name that may name a person; it is then as personal as the name.
fn repeats(class: &[u8], host_name: &[u8]) -> bool {
    let (class, name) = (String::from_utf8_lossy(class), String::from_utf8_lossy(host_name));
    let is_personal = words::mask(&name, usize::MAX).contains(words::MASK);
    is_personal && class.to_lowercase().contains(&name.to_lowercase())
}

/// Option codes in decimal, in the client's order, as many as the allow-list lets through.
fn decimal(codes: &[u8]) -> String {
    let mut text = String::new();
    for code in codes {
        let next = if text.is_empty() { code.to_string() } else { format!(",{code}") };
        if text.len().saturating_add(next.len()) > FactKind::DhcpParameters.allowed().max {
            break;
        }
        text.push_str(&next);
    }
    text
}
