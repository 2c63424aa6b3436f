//! What recog's words for devices (`hw.device`, `os.device`) mean here.
//!
//! Small on purpose: words that stand for several kinds of thing (`Appliance`, `VoIP`, `Storage`, `DVR`) mean nothing, and none
//! means a medical device, since a banner is no clinical evidence.

use wardround_model::DeviceClass;

const CLASSES: &[(&str, DeviceClass)] = &[
    ("Printer", DeviceClass::Printer),
    ("Multifunction Device", DeviceClass::Printer),
    ("Router", DeviceClass::NetworkDevice),
    ("Broadband Router", DeviceClass::NetworkDevice),
    ("Switch", DeviceClass::NetworkDevice),
    ("Firewall", DeviceClass::NetworkDevice),
    ("WAP", DeviceClass::NetworkDevice),
    ("Wireless Controller", DeviceClass::NetworkDevice),
    ("IP Camera", DeviceClass::Camera),
    ("Web Cam", DeviceClass::Camera),
    ("NAS", DeviceClass::FileServer),
    ("UPS", DeviceClass::BuildingController),
    ("PDU", DeviceClass::BuildingController),
    ("Building Automation", DeviceClass::BuildingController),
    ("Mobile Phone", DeviceClass::Mobile),
    ("Tablet", DeviceClass::Mobile),
];

/// The class that a word means; case does not matter.
pub(super) fn class(word: &str) -> Option<DeviceClass> {
    CLASSES.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, class)| *class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_means_a_medical_device() {
        assert!(CLASSES.iter().all(|(_, class)| !class.is_medical() && *class != DeviceClass::Unknown));
        assert_eq!(class("Medical"), None);
        assert_eq!(class("web cam"), Some(DeviceClass::Camera));
        assert_eq!(class("VoIP"), None, "telephones, their servers and adapters");
    }
}
