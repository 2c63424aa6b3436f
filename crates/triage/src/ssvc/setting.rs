//! The points of weak settings. Nobody publishes them; they are this project's judgement, with a reason each.
//!
//! How to use most of them is well known (`public-poc`); attackers are known to use some; what only tells that somebody
//! should look (a device that no list names) is no attack at all.

use wardround_model::{Automatable, Exploitation, TechnicalImpact, WeakSetting};

use super::{Point, Points};

/// The points of a weak setting; `protocol` is what shows it (`telnet`, `ftp`, `tls` ...).
pub(crate) fn of_setting(setting: WeakSetting, protocol: &str, detail: Detail) -> Points {
    let (exploitation, why_exploitation) = exploitation(setting, protocol);
    let (automatable, why_automatable) = automatable(setting);
    let (impact, why_impact) = technical_impact(setting, protocol, detail);
    Points {
        exploitation: Point::by_rule(exploitation, why_exploitation),
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

fn exploitation(setting: WeakSetting, protocol: &str) -> (Exploitation, &'static str) {
    let used = used_by_attackers(setting, protocol).map(|why| (Exploitation::Active, why));
    let no_attack = no_attack(setting).map(|why| (Exploitation::None, why));
    used.or(no_attack).unwrap_or((Exploitation::PublicPoc, well_known(setting)))
}

fn used_by_attackers(setting: WeakSetting, protocol: &str) -> Option<&'static str> {
    match setting {
        WeakSetting::Unsupported if protocol.starts_with("windows") => Some(
            "CISA's list of weaknesses that attackers use has some of each Windows that gets no more fixes",
        ),
        WeakSetting::BackupMissing => {
            Some("Criminals lock the data of hospitals for a ransom, and count on this")
        }
        WeakSetting::SecondFactorMissing => {
            Some("Stolen passwords are one of the most used ways into hospitals")
        }
        WeakSetting::AccountsPrivileged if protocol == "second-factor" => {
            Some("Stolen passwords are one of the most used ways into hospitals")
        }
        _ => None,
    }
}

fn no_attack(setting: WeakSetting) -> Option<&'static str> {
    match setting {
        WeakSetting::NewDevice | WeakSetting::VanishedDevice => {
            Some("This is no attack; it only tells that somebody should look")
        }
        WeakSetting::Mds2Gap | WeakSetting::Mds2Contradicted => {
            Some("No attack is known; it tells what the device lacks")
        }
        _ => None,
    }
}

fn well_known(setting: WeakSetting) -> &'static str {
    match setting {
        WeakSetting::ClearTextCredentials | WeakSetting::ClearTextPatientData => {
            "Reading along on a network is well known and needs only free programs"
        }
        WeakSetting::Smb1 => "Ways to attack SMB 1 are well known and built into free programs",
        WeakSetting::Ntlm1 => "Free programs and tables turn such a login into the password's hash",
        WeakSetting::TlsCertificateExpired | WeakSetting::TlsCertificateSelfSigned => {
            "Posing as a server whose certificate nobody can check is well known"
        }
        WeakSetting::TlsCertificateWeak => "Ways to forge such a certificate have been published",
        WeakSetting::KerberosEncryptionWeak => {
            "Free programs find passwords out from such tickets, without asking again"
        }
        WeakSetting::TftpStart => "Free programs answer such requests, and ask for such files, by themselves",
        WeakSetting::RadiusUnsigned => {
            "How to forge such an answer within minutes has been published (CVE-2024-3596)"
        }
        WeakSetting::SshAlgorithmWeak => "Attacks on these old ways to encrypt have been published",
        WeakSetting::RdpWithoutNla => "Free programs use holes of Remote Desktop that need no login",
        WeakSetting::TlsVersionOld => "Attacks on TLS 1.0 and 1.1 have been published",
        WeakSetting::DicomOpenToMany | WeakSetting::UnauthenticatedControl => {
            "Free programs ask image services for pictures and store new ones"
        }
        WeakSetting::AnonymousAccess => "Free programs look for services that let anyone in",
        WeakSetting::ControlWithoutLogin => {
            "Free programs read and set values over Modbus, BACnet, KNX and CoAP"
        }
        WeakSetting::ControlInClear => "Free programs read and set values over OPC UA",
        WeakSetting::SnmpDefaultCommunity => {
            "Every network scanner tries this community, which works like a password"
        }
        WeakSetting::Unsupported | WeakSetting::UpdatesMissing => {
            "Each fix shows attackers where to look, and programs that use the gap follow"
        }
        WeakSetting::EndpointProtectionOff => "Common malware runs where nothing stops it",
        WeakSetting::RemoteAccessAcrossAreas => "Programs that guess logins from afar are free",
        _ => "How to use such a weak setting is well known",
    }
}

fn automatable(setting: WeakSetting) -> (Automatable, &'static str) {
    use Automatable::{No, Yes};
    match setting {
        WeakSetting::ClearTextCredentials | WeakSetting::ClearTextPatientData | WeakSetting::Ntlm1 => {
            (No, "An attacker must first reach a place that the traffic passes")
        }
        WeakSetting::TlsCertificateExpired
        | WeakSetting::TlsCertificateSelfSigned
        | WeakSetting::TlsCertificateWeak
        | WeakSetting::TlsVersionOld
        | WeakSetting::RadiusUnsigned
        | WeakSetting::TftpStart
        | WeakSetting::SshAlgorithmWeak
        | WeakSetting::ControlInClear => (No, "An attacker must first get between the two sides"),
        WeakSetting::KerberosEncryptionWeak => {
            (No, "An attacker must first have an account or get between the two sides")
        }
        WeakSetting::RdpWithoutNla => (Yes, "A program can find and try such desktops by itself"),
        WeakSetting::Smb1 => (Yes, "Malware has spread over SMB 1 from computer to computer by itself"),
        WeakSetting::DicomOpenToMany
        | WeakSetting::UnauthenticatedControl
        | WeakSetting::AnonymousAccess
        | WeakSetting::ControlWithoutLogin => (Yes, "A program can find and ask such services by itself"),
        WeakSetting::Unsupported | WeakSetting::UpdatesMissing => {
            (Yes, "Malware finds and enters such systems by itself")
        }
        WeakSetting::SecondFactorMissing
        | WeakSetting::AccountsPrivileged
        | WeakSetting::RemoteAccessAcrossAreas => (Yes, "Programs try passwords by themselves"),
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
        WeakSetting::ClearTextCredentials | WeakSetting::Ntlm1 | WeakSetting::KerberosEncryptionWeak => {
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
        | WeakSetting::TlsVersionOld
        | WeakSetting::SshAlgorithmWeak
        | WeakSetting::ControlInClear => {
            (Partial, "What passes between the two sides could be read or changed")
        }
        WeakSetting::RadiusUnsigned => {
            (Partial, "A forged answer lets a stranger into the network, or into what asks there for logins")
        }
        WeakSetting::RdpWithoutNla => {
            (Partial, "It opens more to strangers; it does not by itself let them in")
        }
        WeakSetting::DicomOpenToMany => {
            (Partial, "It was seen to accept several computers; which requests it would refuse was not seen")
        }
        WeakSetting::ControlWithoutLogin if detail == Detail::AllowsChange => {
            (Total, "It was seen to change a value as it was asked")
        }
        WeakSetting::ControlWithoutLogin => {
            (Partial, "It was seen to obey; whether it would change values was not seen")
        }
        WeakSetting::SnmpDefaultCommunity if detail == Detail::AllowsChange => {
            (Total, "The community that it answers to commonly allows settings to be changed")
        }
        WeakSetting::SnmpDefaultCommunity => {
            (Partial, "The community that it answers to commonly allows reading, not changing")
        }
        WeakSetting::Unsupported | WeakSetting::UpdatesMissing => {
            (Total, "Gaps that stay open in such systems have given whole control")
        }
        WeakSetting::EndpointProtectionOff => (Total, "Malware could do there whatever it likes, unseen"),
        WeakSetting::BackupMissing => (Total, "Without a copy, all that it holds could be lost"),
        WeakSetting::AccountsPrivileged => (Total, "Such an account may change every system"),
        WeakSetting::RogueNetworkService => (Total, "It can send the traffic of others wherever it likes"),
        _ => (Partial, "By itself it gives limited control"),
    }
}
