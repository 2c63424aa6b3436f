//! What a system and a host's name in a list tell of the kind of device. Not here: words for types, which the reader of a list
//! turns into classes (`intake`), and how far lists are believed (`lists`).

use wardround_model::DeviceClass;

use DeviceClass as C;

/// Words in a host's name that tell what the system is for.
const NAMES: &[(&str, DeviceClass)] = &[
    ("pacs", C::ImagingArchive),
    ("vna", C::ImagingArchive),
    ("ris", C::ClinicalSystem),
    ("lis", C::ClinicalSystem),
    ("his", C::ClinicalSystem),
    ("kis", C::ClinicalSystem),
    ("ehr", C::ClinicalSystem),
    ("emr", C::ClinicalSystem),
    ("billing", C::BusinessSystem),
    ("payroll", C::BusinessSystem),
    ("erp", C::BusinessSystem),
    ("sap", C::BusinessSystem),
    ("finance", C::BusinessSystem),
    ("accounting", C::BusinessSystem),
    ("invoice", C::BusinessSystem),
    ("scheduling", C::BusinessSystem),
];

/// Systems by their name, the more telling first; in lower case.
const SYSTEMS: &[(&str, DeviceClass)] = &[
    ("windows server", C::Server),
    ("windows storage server", C::FileServer),
    ("windows 2000 server", C::Server),
    ("hyper-v server", C::Server),
    ("windows", C::Workstation),
    ("mac os", C::Workstation),
    ("macos", C::Workstation),
    ("ipados", C::Mobile),
    ("iphone os", C::Mobile),
    ("android", C::Mobile),
    ("vmware esx", C::Server),
    ("red hat enterprise linux", C::Server),
    ("suse linux enterprise server", C::Server),
    ("ubuntu server", C::Server),
    ("proxmox", C::Server),
    ("aix", C::Server),
    ("solaris", C::Server),
    ("cisco ios", C::NetworkDevice),
    ("cisco nx-os", C::NetworkDevice),
    ("junos", C::NetworkDevice),
    ("fortios", C::NetworkDevice),
    ("pan-os", C::NetworkDevice),
    ("arubaos", C::NetworkDevice),
];

/// What kind of device runs this system: embedded ones run in anything.
pub(crate) fn class_of_system(text: &str) -> Option<DeviceClass> {
    let lower = text.to_lowercase();
    if lower.contains("embedded") || lower.contains("iot") {
        return None;
    }
    SYSTEMS.iter().find(|(name, _)| lower.starts_with(name)).map(|(_, class)| *class)
}

/// What kind of system a host's name tells of.
pub(crate) fn class_of_name(name: &str) -> Option<DeviceClass> {
    crate::portrait::words(name)
        .find_map(|word| NAMES.iter().find(|(known, _)| *known == word).map(|(_, class)| *class))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn systems_tell_servers_from_workstations() {
        for (text, expected) in [
            ("Windows Server 2012 R2 Standard", Some(C::Server)),
            ("Windows 10 Enterprise", Some(C::Workstation)),
            ("Windows 10 IoT Enterprise LTSC", None),
            ("Windows Embedded Standard 7", None),
            ("Debian GNU/Linux 12", None),
            ("VMware ESXi 7.0.3", Some(C::Server)),
        ] {
            assert_eq!(class_of_system(text), expected, "{text}");
        }
    }

    #[test]
    fn names_are_whole_words() {
        for (name, expected) in [
            ("PACS01", Some(C::ImagingArchive)),
            ("srv-erp-2", Some(C::BusinessSystem)),
            ("iris-2", None),
            ("sapphire", None),
        ] {
            assert_eq!(class_of_name(name), expected, "{name}");
        }
    }
}
