//! BACnet over IP (ASHRAE 135, annex J): that a device does what it is asked, and what its device object says of it.
//!
//! Plain BACnet knows no login, so whoever reaches a device that answers can ask it, too. Only messages whose lengths and tags fit
//! to the last byte are believed. Not here: values, names and places of objects, alarms, files; devices behind a router of BACnet,
//! which have no address here; answers in several segments; BACnet/SC, which is encrypted.

mod ack;
mod tags;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use wardround_model::{Endpoint, FactKind, Subject, Transport};

use self::tags::Tags;
use crate::reader::Reader;
use crate::{About, Datagram, Facts, Role};

/// BVLC type of BACnet/IP, and its functions that carry a message (annex J.2).
const BACNET_IP: u8 = 0x81;
mod function {
    pub(super) const FORWARDED: u8 = 0x04;
    pub(super) const DISTRIBUTE: u8 = 0x09;
    pub(super) const UNICAST: u8 = 0x0a;
    pub(super) const BROADCAST: u8 = 0x0b;
}
/// The version of the network layer, and bits of its control byte (6.2).
const NETWORK_VERSION: u8 = 1;
mod control {
    pub(super) const NETWORK_MESSAGE: u8 = 0x80;
    pub(super) const RESERVED: u8 = 0x50;
    pub(super) const DESTINATION: u8 = 0x20;
    pub(super) const SOURCE: u8 = 0x08;
}
/// Types of messages, in the upper half of their first byte (20.1), and of one the service.
mod pdu_type {
    pub(super) const CONFIRMED_REQUEST: u8 = 0;
    pub(super) const UNCONFIRMED_REQUEST: u8 = 1;
    pub(super) const SIMPLE_ACK: u8 = 2;
    pub(super) const COMPLEX_ACK: u8 = 3;
    pub(super) const ERROR: u8 = 5;
    pub(super) const REJECT: u8 = 6;
    pub(super) const ABORT: u8 = 7;
}
const I_AM: u8 = 0;
/// The last confirmed service and the last unconfirmed one (21).
const LAST_CONFIRMED: u8 = 34;
const LAST_UNCONFIRMED: u8 = 13;
/// Type of the device object (21).
const DEVICE: u16 = 8;

pub(crate) fn dissect(datagram: &Datagram<'_>, facts: &mut Facts) -> Option<Role> {
    let mut reader = Reader::new(datagram.payload);
    let (kind, function, length) = (reader.u8()?, reader.u8()?, usize::from(reader.u16()?));
    if kind != BACNET_IP || length != datagram.payload.len() {
        return None;
    }
    let sender = match function {
        function::UNICAST | function::BROADCAST | function::DISTRIBUTE => About::SenderService,
        function::FORWARDED => About::Named(origin(&mut reader)?),
        _ => return None,
    };
    message(Network::read(&mut reader)?, sender, reader.rest(), facts)
}

/// Who sent a message that was forwarded for it (annex J.2.5).
fn origin(reader: &mut Reader<'_>) -> Option<Subject> {
    let ip = IpAddr::from(reader.array::<4>()?);
    Some(Subject::Service(Endpoint { ip, transport: Transport::Udp, port: reader.u16()? }))
}

/// What the network layer tells (6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Network {
    /// A message for an application, of a host with an address here.
    Direct,
    /// The same, of a device behind a router.
    Routed,
    /// A message between routers.
    Routers,
}

impl Network {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let (version, control) = (reader.u8()?, reader.u8()?);
        if version != NETWORK_VERSION || control & control::RESERVED != 0 {
            return None;
        }
        let has = |bit| control & bit != 0;
        if has(control::DESTINATION) {
            skip_address(reader)?;
        }
        if has(control::SOURCE) && skip_address(reader)? == 0 {
            return None;
        }
        if has(control::DESTINATION) {
            let _hops = reader.u8()?;
        }
        Some(match (has(control::NETWORK_MESSAGE), has(control::SOURCE)) {
            (true, _) => Self::Routers,
            (false, true) => Self::Routed,
            (false, false) => Self::Direct,
        })
    }
}

/// Passes over a network and an address in it; how long the address is.
fn skip_address(reader: &mut Reader<'_>) -> Option<u8> {
    let _network = reader.u16()?;
    let length = reader.u8()?;
    reader.take(usize::from(length)).map(|_| length)
}

fn message(network: Network, sender: About, apdu: &[u8], facts: &mut Facts) -> Option<Role> {
    if network == Network::Routers {
        return Some(Role::Unknown);
    }
    // What a device behind a router says is of no host with an address here.
    let mut unheard = Facts::default();
    let facts = if network == Network::Direct { facts } else { &mut unheard };
    match apdu.first()? >> 4 {
        pdu_type::CONFIRMED_REQUEST => {
            let service = if apdu.first()? & 0x08 == 0 { 3 } else { 5 };
            (*apdu.get(service)? <= LAST_CONFIRMED).then_some(Role::Client)
        }
        pdu_type::UNCONFIRMED_REQUEST => unconfirmed(apdu, sender, facts),
        pdu_type::SIMPLE_ACK => ack::simple(apdu, facts),
        pdu_type::COMPLEX_ACK => ack::complex(apdu, facts),
        pdu_type::ERROR => (apdu.len() > 3 && *apdu.get(2)? <= LAST_CONFIRMED).then_some(Role::Server),
        pdu_type::REJECT | pdu_type::ABORT => (apdu.len() == 3).then_some(Role::Unknown),
        _ => None,
    }
}

/// A service that nobody acknowledges; of these, only I-Am is read (16.10.2).
fn unconfirmed(apdu: &[u8], sender: About, facts: &mut Facts) -> Option<Role> {
    let (&[first, service], parameters) = apdu.split_first_chunk()?;
    if first & 0x0f != 0 || service > LAST_UNCONFIRMED {
        return None;
    }
    if service == I_AM {
        let mut tags = Tags::new(parameters);
        let (kind, instance) = tags.object()?;
        let (_longest, _segmentation, vendor) = (tags.unsigned()?, tags.enumerated()?, tags.unsigned()?);
        if kind != DEVICE || !tags.is_at_end() {
            return None;
        }
        facts.tell(sender, FactKind::BacnetDevice, instance.to_string().as_bytes());
        facts.tell(sender, FactKind::BacnetVendorId, vendor.to_string().as_bytes());
    }
    Some(Role::Unknown)
}
