//! The points of weak settings: the technique is well known for each, so exploitation is at least `public-poc`.
//! Nobody publishes these points for settings; they are this project's judgement, with a reason each.

use wardround_model::{Automatable, Exploitation, TechnicalImpact, WeakSetting};

use super::{Point, Points};

/// The points of a weak setting; `protocol` is what shows it (`telnet`, `ftp`, `tls` ...).
pub(crate) fn of_setting(setting: WeakSetting, protocol: &str, detail: Detail) -> Points {
    let (automatable, why_automatable) = automatable(setting);
    let (impact, why_impact) = technical_impact(setting, protocol, detail);
    Points {
        exploitation: Point::by_rule(Exploitation::PublicPoc, exploitation(setting)),
        automatable: Point::by_rule(automatable, why_automatable),
        technical_impact: Point::by_rule(impact, why_impact),
    }
}

/// What else bears on the impact of a weak setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Detail {
    /// Nothing.
    Plain,
    /// It lets others change things, as the SNMP community `private` commonly does.
    AllowsChange,
}

fn exploitation(setting: WeakSetting) -> &'static str {
    match setting {
        WeakSetting::ClearTextCredentials | WeakSetting::ClearTextPatientData => {
            "Reading along on a network is well known and needs only free programs"
        }
        WeakSetting::Smb1 => "Ways to attack SMB 1 are well known and built into free programs",
        WeakSetting::TlsCertificateExpired | WeakSetting::TlsCertificateSelfSigned => {
            "Posing as a server whose certificate nobody can check is well known"
        }
        WeakSetting::TlsCertificateWeak => "Ways to forge such a certificate have been published",
        WeakSetting::TlsVersionOld => "Attacks on TLS 1.0 and 1.1 have been published",
        WeakSetting::DicomOpenToMany => "Free programs ask image services for pictures and store new ones",
        WeakSetting::SnmpDefaultCommunity => {
            "Every network scanner tries this community, which works like a password"
        }
        _ => "How to use such a weak setting is well known",
    }
}

fn automatable(setting: WeakSetting) -> (Automatable, &'static str) {
    use Automatable::{No, Yes};
    match setting {
        WeakSetting::ClearTextCredentials | WeakSetting::ClearTextPatientData => {
            (No, "An attacker must first reach a place that the traffic passes")
        }
        WeakSetting::TlsCertificateExpired
        | WeakSetting::TlsCertificateSelfSigned
        | WeakSetting::TlsCertificateWeak
        | WeakSetting::TlsVersionOld => (No, "An attacker must first get between the two sides"),
        WeakSetting::Smb1 => (Yes, "Malware has spread over SMB 1 from computer to computer by itself"),
        WeakSetting::DicomOpenToMany => (Yes, "A program can find and ask such services by itself"),
        WeakSetting::SnmpDefaultCommunity => (Yes, "A program can find and ask such devices by itself"),
        _ => (No, "An attacker must first find it and act by hand"),
    }
}

fn technical_impact(setting: WeakSetting, protocol: &str, detail: Detail) -> (TechnicalImpact, &'static str) {
    use TechnicalImpact::{Partial, Total};
    match setting {
        WeakSetting::ClearTextCredentials if protocol == "telnet" => {
            (Total, "The stolen login opens the device's own console")
        }
        WeakSetting::ClearTextCredentials => {
            (Partial, "The stolen login opens what that account may see and do there")
        }
        WeakSetting::ClearTextPatientData => (Partial, "What passes by can be read, and changed on its way"),
        WeakSetting::Smb1 => (
            Partial,
            "The setting alone lets traffic be changed on its way; it does not by itself give control",
        ),
        WeakSetting::TlsCertificateExpired
        | WeakSetting::TlsCertificateSelfSigned
        | WeakSetting::TlsCertificateWeak
        | WeakSetting::TlsVersionOld => {
            (Partial, "What passes between the two sides could be read or changed")
        }
        WeakSetting::DicomOpenToMany => {
            (Partial, "It was seen to accept several computers; which requests it would refuse was not seen")
        }
        WeakSetting::SnmpDefaultCommunity if detail == Detail::AllowsChange => {
            (Total, "The community that it answers to commonly allows settings to be changed")
        }
        WeakSetting::SnmpDefaultCommunity => {
            (Partial, "The community that it answers to commonly allows reading, not changing")
        }
        _ => (Partial, "By itself it gives limited control"),
    }
}
