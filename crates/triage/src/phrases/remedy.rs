//! What to do about a weakness: the title of an item and its next step, by remedy and by who does it.

use wardround_model::{Decision, Role, WeakSetting};

use crate::remedy::Remedy;
use crate::settings::{Texts, texts};

/// What to do and where, in one line.
pub(crate) fn title(remedy: &Remedy, role: Role, assets: &str) -> String {
    let label = |code: &str| super::protocol(code);
    let task = match remedy {
        Remedy::EncryptLogin(code) => format!("replace {} logins by {}", label(code), safe_login(code)),
        Remedy::EncryptPatientData(code) => format!("encrypt {} traffic", label(code)),
        Remedy::TurnOffSmb1 => "turn off SMB 1".to_owned(),
        Remedy::ReplaceCertificate => "replace the certificate".to_owned(),
        Remedy::RaiseTlsVersion => "turn off old encryption (TLS 1.0, 1.1)".to_owned(),
        Remedy::LimitImageService => "limit who may use the image service".to_owned(),
        Remedy::ChangeCommunity => "change the SNMP password".to_owned(),
        Remedy::Update(product) => format!("update {}", super::product(product)),
        Remedy::Settle(setting) => {
            return format!("{}: {assets}", capital(text_of(*setting, |texts| &texts.task)));
        }
        Remedy::AskMaker(_) => return format!("Ask the maker about published weaknesses: {assets}"),
    };
    if role.needs_maker() {
        format!("Ask the maker to {task}: {assets}")
    } else {
        format!("{}: {assets}", capital(&task))
    }
}

/// The next step: who does what, by when, and how the next round will check it.
pub(crate) fn step(remedy: &Remedy, role: Role, decision: Decision) -> String {
    let how = if role.needs_maker() { with_maker(remedy) } else { alone(remedy) };
    format!("{}: {how}. {}. {}.", who(role), super::by_when(decision), check(remedy))
}

fn who(role: Role) -> &'static str {
    match role {
        Role::Biomedical => "Biomedical engineer",
        Role::ClinicalSystems => "Owner of the clinical system",
        Role::Server => "Server team",
        Role::Network => "Network team",
        Role::HelpDesk => "Help desk",
        Role::BuildingServices => "Building services",
        Role::ClinicalOwner => "Clinical owner",
        Role::Manufacturer => "Manufacturer",
        Role::Compliance => "Compliance officer",
        Role::Unknown => "First find out whose device it is and what it does. Then its owner",
    }
}

fn safe_login(protocol: &str) -> &'static str {
    match protocol {
        "telnet" => "SSH",
        "ftp" => "SFTP",
        "smtp" | "imap" | "pop3" => "mail over TLS (STARTTLS)",
        "sip" => "SIP over TLS",
        "http-basic" | "http-digest" | "http-form" => "HTTPS",
        _ => "encrypted ones",
    }
}

fn alone(remedy: &Remedy) -> String {
    match remedy {
        Remedy::EncryptLogin(code) => {
            let safe = safe_login(code);
            format!(
                "set up {safe} in place of {}, then change the passwords that were used",
                super::protocol(code)
            )
        }
        Remedy::EncryptPatientData(code) => {
            format!("turn on encryption (TLS) for {} on both sides", super::protocol(code))
        }
        Remedy::TurnOffSmb1 => {
            "turn SMB 1 off. First move devices that still need it to a newer version".to_owned()
        }
        Remedy::ReplaceCertificate => {
            "install a new certificate from an issuer that the hospital's computers trust".to_owned()
        }
        Remedy::RaiseTlsVersion => {
            "allow TLS 1.2 and 1.3 only. Test the oldest devices that connect to it first".to_owned()
        }
        Remedy::LimitImageService => {
            "let only the devices that need it connect, by the network or by its own list".to_owned()
        }
        Remedy::ChangeCommunity => {
            "turn SNMP off, or choose a secret password, or use SNMP version 3".to_owned()
        }
        Remedy::Update(product) => {
            format!(
                "install the newest {} that its supplier supports. Make a backup first",
                super::product(product)
            )
        }
        Remedy::Settle(setting) => text_of(*setting, |texts| &texts.alone).to_owned(),
        Remedy::AskMaker(_) => "ask the maker which version has the fix".to_owned(),
    }
}

fn with_maker(remedy: &Remedy) -> String {
    let ask = match remedy {
        Remedy::EncryptLogin(code) => {
            format!("ask the maker for {} in place of {}", safe_login(code), super::protocol(code))
        }
        Remedy::EncryptPatientData(code) => {
            format!("ask the makers on both sides to turn on encryption (TLS) for {}", super::protocol(code))
        }
        Remedy::TurnOffSmb1 => "ask the maker to turn SMB 1 off".to_owned(),
        Remedy::ReplaceCertificate => "ask the maker how to install a trusted certificate".to_owned(),
        Remedy::RaiseTlsVersion => "ask the maker to turn old encryption off".to_owned(),
        Remedy::LimitImageService => "ask the maker to let only known devices connect".to_owned(),
        Remedy::ChangeCommunity => "ask the maker to turn SNMP off or to set a secret password".to_owned(),
        Remedy::Settle(setting) => text_of(*setting, |texts| &texts.maker).to_owned(),
        Remedy::Update(_) | Remedy::AskMaker(_) => {
            "ask the maker whether this device is affected and which fix is allowed".to_owned()
        }
    };
    format!(
        "{ask}. Change nothing on it without the maker. Until there is an answer, have the network team let only those \
         computers reach it that need to"
    )
}

fn check(remedy: &Remedy) -> String {
    match remedy {
        Remedy::EncryptLogin(code) => {
            format!("The next round checks whether a login over {} is still seen", super::protocol(code))
        }
        Remedy::EncryptPatientData(code) => {
            format!("The next round checks whether {} is still seen in clear", super::protocol(code))
        }
        Remedy::TurnOffSmb1 => "The next round checks whether SMB 1 is still spoken".to_owned(),
        Remedy::ReplaceCertificate => "The next round looks at the certificate again".to_owned(),
        Remedy::RaiseTlsVersion => "The next round checks which version of TLS is chosen".to_owned(),
        Remedy::LimitImageService => "The next round counts who still connects".to_owned(),
        Remedy::ChangeCommunity => {
            "The next round checks whether it still answers to that password".to_owned()
        }
        Remedy::Settle(setting) => text_of(*setting, |texts| &texts.check).to_owned(),
        Remedy::Update(_) => "The next round looks at the version that it shows".to_owned(),
        Remedy::AskMaker(_) => {
            "The next round looks at the version again; note the maker's answer until then".to_owned()
        }
    }
}

/// A text of the rulebook; a test holds it to having one for each setting that is settled so.
fn text_of(setting: WeakSetting, text: impl Fn(&'static Texts) -> &'static String) -> &'static str {
    texts(setting).map_or("", |texts| text(texts))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
