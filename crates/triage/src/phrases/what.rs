//! What a weakness is, for somebody who never heard of it.

use wardround_model::{Exploitation, Finding, Grade, WeakSetting, Weakness};

use crate::scanners::SOME_SOFTWARE;
use crate::settings::texts;

/// What is weak: two or three sentences. `findings` have one remedy and are sorted, the most urgent first.
pub(crate) fn what(findings: &[&Finding]) -> String {
    match findings.first().map(|finding| &finding.weakness) {
        Some(Weakness::Setting { setting, protocol }) => of_setting(*setting, protocol, findings),
        Some(Weakness::Vulnerability { product, version, advisory, .. }) => {
            if product == SOME_SOFTWARE {
                return of_product(SOME_SOFTWARE, Some(""), findings).replace("  ", " ");
            }
            let kind = if advisory.is_some() { "device" } else { "software" };
            of_product(&format!("{kind} {}", super::product(product)), version.as_deref(), findings)
        }
        None => String::new(),
    }
}

fn of_setting(setting: WeakSetting, protocol: &str, findings: &[&Finding]) -> String {
    let label = super::protocol(protocol);
    match setting {
        WeakSetting::ClearTextCredentials => format!(
            "Somebody logs in over {label}, which sends the password as open text. Anyone who can read along on the \
             network can take the password and use it."
        ),
        WeakSetting::ClearTextPatientData => format!(
            "Data about patients is sent over {label} without encryption. Anyone who can read along on the network \
             can read it, or change it on its way."
        ),
        WeakSetting::Smb1 => {
            "Files are shared by SMB 1, a method from the 1980s that has been retired. Malware has used it to spread \
             from computer to computer, in hospitals too."
                .to_owned()
        }
        WeakSetting::TlsCertificateExpired
        | WeakSetting::TlsCertificateSelfSigned
        | WeakSetting::TlsCertificateWeak => certificate(findings),
        WeakSetting::TlsVersionOld => {
            "The encryption that it uses (an old version of TLS) has known gaps and has been retired. Data that looks \
             safe on its way is less safe than it seems."
                .to_owned()
        }
        WeakSetting::DicomOpenToMany => {
            "Several computers ask it for images or send it some, and no login was seen. Other computers on this \
             network may be able to do the same."
                .to_owned()
        }
        WeakSetting::SnmpDefaultCommunity => {
            "It answers questions about itself to anyone who sends a password that everyone knows. The questions use \
             SNMP, a way to watch devices and sometimes to set them."
                .to_owned()
        }
        setting => texts(setting).map(|texts| texts.what.clone()).unwrap_or_default(),
    }
}

fn certificate(findings: &[&Finding]) -> String {
    let mut faults: Vec<_> = findings.iter().filter_map(|finding| fault(&finding.weakness)).collect();
    faults.sort_unstable();
    faults.dedup();
    let faults = super::list(faults.into_iter().map(str::to_owned)).unwrap_or_default();
    format!(
        "A certificate is the proof by which a computer shows who it is. This one {faults}, so it proves little."
    )
}

fn fault(weakness: &Weakness) -> Option<&'static str> {
    match weakness {
        Weakness::Setting { setting: WeakSetting::TlsCertificateExpired, .. } => Some("is not valid today"),
        Weakness::Setting { setting: WeakSetting::TlsCertificateSelfSigned, .. } => {
            Some("was signed by the device itself")
        }
        Weakness::Setting { setting: WeakSetting::TlsCertificateWeak, .. } => Some("is too weak"),
        _ => None,
    }
}

fn of_product(product: &str, version: Option<&str>, findings: &[&Finding]) -> String {
    let version =
        version.map_or_else(|| ", in a version that we did not see,".to_owned(), |text| format!(" {text}"));
    let weak = match findings.len() {
        1 => "a published weakness".to_owned(),
        more => format!("{more} published weaknesses"),
    };
    let used = findings.iter().filter(|one| one.judgement.exploitation == Exploitation::Active).count();
    let known = findings.iter().filter(|one| one.judgement.exploitation == Exploitation::PublicPoc).count();
    let news = match (used, known, findings.len()) {
        (0, 0, _) => "We know of no attack that uses it so far.".to_owned(),
        (0, known, all) if known < all => "How to attack some of them is public knowledge.".to_owned(),
        (0, _, _) => "How to attack it is public knowledge.".to_owned(),
        (_, _, 1) => "Attackers use it already.".to_owned(),
        (1, ..) => "Attackers use one of them already.".to_owned(),
        (more, ..) => format!("Attackers use {more} of them already."),
    };
    let sure = findings.iter().any(|one| one.grade <= Grade::ExactVersion);
    let has = if sure { "has" } else { "may have" };
    format!("The {product}{version} {has} {weak}. {news}")
}
