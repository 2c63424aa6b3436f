//! Signs of cameras and of building control.

use wardround_model::{DeviceClass, FactKind, Protocol, Reason};

use crate::evidence::Rule;
use crate::office::{has_card_of, is_called};
use crate::portrait::{Portrait, because, because_of_talks};

use DeviceClass::{BuildingController, Camera};

/// The signs, the strongest first.
pub(crate) const RULES: &[Rule] = &[
    Rule::sign(Camera, 55, gives_video),
    Rule::sign(Camera, 50, announces_video),
    Rule::sign(Camera, 60, |p| is_kind(p, FactKind::WsDiscoveryKind, "NetworkVideoTransmitter", "a camera")),
    Rule::sign(Camera, 50, |p| is_kind(p, FactKind::UpnpKind, "DigitalSecurityCamera", "a camera")),
    Rule::sign(Camera, 40, |p| has_card_of(p, Camera)),
    Rule::sign(Camera, 25, |p| is_called(p, &["cam", "camera"])),
    Rule::sign(BuildingController, 60, |p| answers(p, FactKind::BacnetAnswers, "BACnet")),
    Rule::sign(BuildingController, 55, |p| answers(p, FactKind::ModbusAnswers, "Modbus")),
    Rule::sign(BuildingController, 55, |p| answers(p, FactKind::EthernetIpRevision, "EtherNet/IP")),
    Rule::sign(BuildingController, 55, |p| answers(p, FactKind::S7Firmware, "S7")),
    Rule::sign(BuildingController, 60, |p| {
        answers(p, FactKind::KnxMedium, "KNX").or_else(|| answers(p, FactKind::KnxAnswers, "KNX"))
    }),
    Rule::sign(BuildingController, 60, speaks_fox),
    // Plugs and lamps of a home speak it, too, and so do programs.
    Rule::sign(BuildingController, 35, |p| answers(p, FactKind::CoapAnswers, "CoAP")),
    Rule::sign(BuildingController, 45, names_a_part_of_a_building),
    Rule::sign(Camera, 50, |p| is_kind(p, FactKind::CoapKind, "oic.d.camera", "a camera")),
    Rule::sign(BuildingController, 40, |p| answers(p, FactKind::OpcUaOffers, "OPC UA")),
    Rule::sign(BuildingController, 40, |p| has_card_of(p, BuildingController)),
    Rule::sign(BuildingController, 30, reports_as_building_makers_do),
    Rule::sign(BuildingController, 25, |p| {
        is_called(
            p,
            &["hvac", "bms", "bas", "plc", "ahu", "chiller", "boiler", "thermostat", "elevator", "ups"],
        )
    }),
];

fn gives_video(p: &Portrait<'_>) -> Option<Reason> {
    let talks = p.serving(Protocol::Rtsp);
    (!talks.is_empty()).then(|| because_of_talks("It gives video to others (RTSP)", talks))
}

/// Who only asks over such a protocol is a console or a server.
fn answers(p: &Portrait<'_>, kind: FactKind, protocol: &str) -> Option<Reason> {
    let facts = p.facts(kind);
    let text = || format!("It answers {protocol}, as controls of buildings and plant do");
    (!facts.is_empty()).then(|| because(text(), facts.iter().copied()))
}

/// It says so itself when devices look for each other.
pub(crate) fn is_kind(p: &Portrait<'_>, kind: FactKind, wanted: &str, what: &str) -> Option<Reason> {
    let said = p.facts_where(kind, |value| value == wanted);
    (!said.is_empty()).then(|| because(format!("It announces itself as {what}"), said))
}

fn speaks_fox(p: &Portrait<'_>) -> Option<Reason> {
    let talks = p.serving(Protocol::Fox);
    (!talks.is_empty())
        .then(|| because_of_talks("It answers Niagara Fox, as controls of buildings do", talks))
}

fn names_a_part_of_a_building(p: &Portrait<'_>) -> Option<Reason> {
    let kinds =
        p.facts_where(FactKind::CoapKind, |kind| kind.starts_with("oic.d.") && kind != "oic.d.camera");
    (!kinds.is_empty())
        .then(|| because("It says over CoAP that it is a sensor or a control of a building", kinds))
}

fn announces_video(p: &Portrait<'_>) -> Option<Reason> {
    let is_video = |value: &str| value.starts_with("_rtsp._tcp") || value.starts_with("_axis-video._tcp");
    let services = p.facts_where(FactKind::MdnsService, is_video);
    (!services.is_empty()).then(|| because("It announces video (mDNS)", services))
}

/// Many things report over MQTT; from a building maker's card it is a sensor or controller.
fn reports_as_building_makers_do(p: &Portrait<'_>) -> Option<Reason> {
    let talks = p.using(Protocol::Mqtt);
    let fits = !talks.is_empty() && has_card_of(p, BuildingController).is_some();
    fits.then(|| because_of_talks("It reports over MQTT, as sensors and controllers do", talks))
}
