//! Who may be asked: hosts that are known to be office or server equipment, and nothing else (P2).

use std::net::{IpAddr, Ipv4Addr};

use wardround_model::{Area, Asset, DeviceClass, Protocol, Round};

use crate::envelope::LEAST_CONFIDENCE;
use crate::named;
use crate::scope::Net;

/// Classes that may be asked. Phones, cameras, building controllers, everything medical and what is unknown are not among them.
pub const MAY_BE_ASKED: &[DeviceClass] = &[
    DeviceClass::Workstation,
    DeviceClass::Printer,
    DeviceClass::Server,
    DeviceClass::FileServer,
    DeviceClass::DatabaseServer,
    DeviceClass::NetworkService,
    DeviceClass::AccountDirectory,
    DeviceClass::NetworkDevice,
    DeviceClass::BusinessSystem,
];

/// Why an asset may not be asked, if it may not (P2).
#[must_use]
pub fn refusal(asset: &Asset) -> Option<&'static str> {
    let class = &asset.class;
    let spoken = || asset.services.iter().filter_map(|service| service.protocol);
    if class.value.is_medical() {
        return Some(if named::may_be_named(class.value) {
            "it takes part in care; a person must name its model and question"
        } else {
            "it takes part in care, and its kind is asked nothing"
        });
    }
    if class.value == DeviceClass::Unknown {
        return Some("what it is is not known; a person must say so first");
    }
    if class.value.area() == Area::Plant {
        return Some("it runs or senses the building; a person must name its model and question");
    }
    if !MAY_BE_ASKED.contains(&class.value) {
        return Some("its kind is not on the list of what may be asked");
    }
    if class.confidence.as_percent() < LEAST_CONFIDENCE {
        return Some(NOT_SURE);
    }
    if spoken().any(|protocol| protocol.is_clinical() || is_plant(protocol)) {
        return Some("it serves care or the building");
    }
    None
}

fn is_plant(protocol: Protocol) -> bool {
    matches!(
        protocol,
        Protocol::Modbus
            | Protocol::Bacnet
            | Protocol::Mqtt
            | Protocol::EthernetIp
            | Protocol::S7
            | Protocol::Fox
            | Protocol::OpcUa
            | Protocol::Knx
            | Protocol::Coap
    )
}

/// What it is was seen, and not well enough.
pub(crate) const NOT_SURE: &str =
    "what it is is not sure enough; a person can say it (wardround answer --class)";

/// The asset that alone has this address.
pub(crate) fn holder(round: &Round, ip: Ipv4Addr) -> Result<&Asset, &'static str> {
    let mut holders = round.assets.iter().filter(|asset| asset.ips.contains(&IpAddr::V4(ip)));
    match (holders.next(), holders.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Err("the newest round does not know it"),
        (Some(_), Some(_)) => Err("several devices have its address"),
    }
}

/// Whether the 24 bits around an address are a clinical area: a medical device is there, or a device that serves one.
pub(crate) fn is_clinical(round: &Round, ip: Ipv4Addr) -> bool {
    let around = Net::subnet_of(ip);
    let here =
        |asset: &&Asset| asset.ips.iter().any(|ip| matches!(ip, IpAddr::V4(ip) if around.contains(*ip)));
    round.assets.iter().filter(here).any(|asset| {
        let speaks = asset.services.iter().any(|service| service.protocol.is_some_and(Protocol::is_clinical));
        asset.class.value.is_medical() || asset.care_area.is_some() || speaks
    })
}
