//! Logs of buildings and plant: Zeek's Modbus, and those of the ICSNPP packages for BACnet.

use std::collections::BTreeMap;

use wardround_model::{Endpoint, FactKind, Subject, Timestamp, Transport};

use super::super::record::Record;
use super::super::service;
use crate::{Row, Rows};

/// What a device did as it was asked, by the name of the function: answers alone, and no exceptions.
pub(super) fn modbus(record: &Record<'_>, row: Row, rows: &mut Rows<'_>) {
    let is_request = record.get("pdu_type").is_some_and(|kind| kind == "REQ");
    let Some(function) = record.get("func").filter(|_| !is_request && record.get("exception").is_none())
    else {
        return;
    };
    let is_value =
        ["COIL", "REGISTER", "DISCRETE", "FIFO", "FILE"].iter().any(|part| function.contains(part));
    let did = match function.as_ref() {
        name if name.contains("EXCEPTION") => return,
        name if name.starts_with("READ_") && is_value => "read",
        name if name.starts_with("WRITE_") || name.starts_with("MASK_WRITE") => "write",
        _ => return,
    };
    let server =
        service(record.get("id.resp_h").as_deref(), Transport::Tcp, record.get("id.resp_p").as_deref());
    if let Some(server) = server {
        rows.fact(row, Subject::Service(server), FactKind::ModbusAnswers, did);
    }
}

/// Who sent what a row of BACnet tells.
fn sender(record: &Record<'_>) -> Option<Endpoint> {
    service(record.get("source_h").as_deref(), Transport::Udp, record.get("source_p").as_deref())
}

/// What a device did as it was asked over BACnet.
pub(super) fn bacnet(record: &Record<'_>, row: Row, rows: &mut Rows<'_>) {
    let service = record.get("pdu_service").unwrap_or_default();
    let did = match record.get("pdu_type").as_deref() {
        Some("COMPLEX_ACK") if service.starts_with("read_") => "read",
        Some("SIMPLE_ACK") if service.starts_with("write_") => "write",
        _ => return,
    };
    if let Some(sender) = sender(record) {
        rows.fact(row, Subject::Service(sender), FactKind::BacnetAnswers, did);
    }
}

/// Devices by the address that they speak from. A router of BACnet speaks for many: of an address with several devices nothing is
/// told, since the log does not say which of them has it.
#[derive(Debug, Default)]
pub(super) struct Devices(BTreeMap<Endpoint, Device>);

#[derive(Debug)]
struct Device {
    row: Row,
    at: Timestamp,
    instance: Option<String>,
    is_router: bool,
    properties: Vec<(FactKind, String)>,
}

/// Properties of the device object that are kept (ASHRAE 135, 12.11), by ICSNPP's names.
const PROPERTIES: &[(&str, FactKind)] = &[
    ("vendor-name", FactKind::BacnetVendor),
    ("model-name", FactKind::BacnetModel),
    ("firmware-revision", FactKind::BacnetFirmware),
    ("application-software-version", FactKind::BacnetSoftware),
];
/// The most values of properties of one device.
const MOST_PROPERTIES: usize = 16;

impl Devices {
    /// A device that says which it is.
    pub(super) fn take(&mut self, record: &Record<'_>, row: Row, at: Timestamp) {
        let is_device = record.get("pdu_service").as_deref() == Some("i-am")
            && record.get("object_type").as_deref() == Some("device");
        if is_device {
            self.hear(record, row, at);
        }
    }

    /// What a device says of itself.
    pub(super) fn take_property(&mut self, record: &Record<'_>, row: Row, at: Timestamp) {
        let is_answer = record.get("pdu_service").as_deref() == Some("read-property-ack")
            && record.get("object_type").as_deref() == Some("device");
        let name = record.get("property").unwrap_or_default();
        let kind = PROPERTIES.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind);
        if let (true, Some(kind), Some(value)) = (is_answer, kind, record.get("value"))
            && let Some(device) = self.hear(record, row, at)
            && device.properties.len() < MOST_PROPERTIES
        {
            device.properties.push((kind, value.into_owned()));
        }
    }

    fn hear(&mut self, record: &Record<'_>, row: Row, at: Timestamp) -> Option<&mut Device> {
        let sender = sender(record)?;
        if self.0.len() >= Rows::MOST_HELD && !self.0.contains_key(&sender) {
            return None;
        }
        let instance = record.get("instance_number").map(std::borrow::Cow::into_owned);
        let new = || Device { row, at, instance: instance.clone(), is_router: false, properties: Vec::new() };
        let device = self.0.entry(sender).or_insert_with(new);
        device.is_router |= device.instance != instance;
        Some(device)
    }

    /// Tells those that speak for themselves.
    pub(super) fn tell(self, rows: &mut Rows<'_>) {
        for (endpoint, device) in self.0.into_iter().filter(|(_, device)| !device.is_router) {
            rows.seen_at(device.at);
            let about = Subject::Service(endpoint);
            if let Some(instance) = &device.instance {
                rows.fact(device.row, about, FactKind::BacnetDevice, instance);
            }
            for (kind, value) in &device.properties {
                rows.fact(device.row, about, *kind, value);
            }
        }
    }
}
