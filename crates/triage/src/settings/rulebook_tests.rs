use std::collections::BTreeSet;

use wardround_model::{DeviceClass, FactKind, Finding, WeakSetting, Weakness};

use super::rulebook::{Contradiction, Of, Rule, file};
use crate::hospital::Hospital;
use crate::phrases::tests::grade;

const HOST: &str = "10.1.1.1";

/// Settings whose texts depend on more than the setting.
const TOLD_BY_PHRASES: &[WeakSetting] = &[
    WeakSetting::ClearTextCredentials,
    WeakSetting::ClearTextPatientData,
    WeakSetting::Smb1,
    WeakSetting::TlsCertificateExpired,
    WeakSetting::TlsCertificateSelfSigned,
    WeakSetting::TlsCertificateWeak,
    WeakSetting::TlsVersionOld,
    WeakSetting::DicomOpenToMany,
    WeakSetting::SnmpDefaultCommunity,
];

#[test]
fn every_rule_can_be_read_and_has_examples_of_both_kinds() {
    let book = file().unwrap();
    let ids: BTreeSet<_> = book.rules.iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(ids.len(), book.rules.len(), "two rules have one id");
    for Rule { id, yes, no, when, .. } in &book.rules {
        assert!(!yes.is_empty() && !no.is_empty() && !when.is_empty(), "{id}");
    }
    for Contradiction { answer, yes, no, .. } in &book.contradictions {
        assert!(!yes.is_empty() && !no.is_empty(), "{answer}");
    }
}

#[test]
fn every_weak_setting_has_its_texts_and_the_requirements_that_it_breaks() {
    let book = file().unwrap();
    for setting in WeakSetting::ALL {
        let told: Vec<_> = book.settings.iter().filter(|one| one.code == *setting).collect();
        let [told] = told.as_slice() else { panic!("{} is there {} times", setting.code(), told.len()) };
        assert_eq!(told.cwe, setting.cwe(), "{}", setting.code());
        assert!(told.breaks.iter().any(|one| one.starts_with("CSF ")), "{}", setting.code());
        assert_eq!(told.texts.is_none(), TOLD_BY_PHRASES.contains(setting), "{}", setting.code());
        let texts =
            told.texts.iter().flat_map(|one| [&one.what, &one.task, &one.alone, &one.maker, &one.check]);
        assert!(texts.into_iter().all(|text| text.len() > 10), "{}", setting.code());
    }
}

/// The facts of an example.
fn facts(example: &str) -> Vec<(FactKind, String)> {
    let fact = |part: &str| {
        let (code, value) = part.trim().split_once(' ').unwrap();
        (FactKind::from_code(code).unwrap_or_else(|| panic!("{code} is no kind of fact")), value.to_owned())
    };
    example.split(';').map(fact).collect()
}

/// A host, or a directory with one account, with the facts of an example.
fn with(rule: &Rule, example: &str) -> Hospital {
    let facts = facts(example);
    if rule.of == Of::Accounts {
        let facts: Vec<_> = facts.iter().map(|(kind, value)| (*kind, value.as_str())).collect();
        return Hospital::default().host(HOST, DeviceClass::AccountDirectory).account("one", &facts);
    }
    let is_of_service = |kind: FactKind| {
        ["tls.", "smb.", "snmp.", "login.", "ssh.", "rdp.", "ftp.", "modbus.", "bacnet."]
            .iter()
            .any(|start| kind.code().starts_with(start))
    };
    facts.iter().fold(Hospital::default().host(HOST, DeviceClass::Server), |hospital, (kind, value)| {
        if is_of_service(*kind) {
            hospital.service("10.1.1.1:443/tcp", *kind, value)
        } else {
            hospital.fact(HOST, *kind, value)
        }
    })
}

fn finds(rule: &Rule, example: &str) -> bool {
    let hospital = with(rule, example);
    let code = rule.setting.code();
    hospital.codes().iter().any(|found| {
        let found = found.split_once(' ').unwrap().1;
        let (setting, protocol) = found.split_once(':').unwrap();
        setting == code && (rule.protocol.contains('{') || protocol == rule.protocol)
    })
}

#[test]
fn every_rule_finds_what_it_says_and_nothing_that_it_must_not() {
    for rule in &file().unwrap().rules {
        for example in &rule.yes {
            assert!(finds(rule, example), "{} misses {example}", rule.id);
            let titles =
                with(rule, example).triage().findings.into_iter().map(|one| one.title + &one.reasons[0].text);
            for title in titles {
                assert!(!title.contains('{'), "{}: {title}", rule.id);
            }
        }
        for example in &rule.no {
            assert!(!finds(rule, example), "{} blames {example}", rule.id);
        }
    }
}

/// What each rule tells of its first example: title, why we say so, what it breaks.
#[test]
fn what_each_rule_tells() {
    let mut told = String::new();
    for rule in &file().unwrap().rules {
        let triaged = with(rule, &rule.yes[0]).triage();
        let own = |one: &&Finding| matches!(one.weakness, Weakness::Setting { setting, .. } if setting == rule.setting);
        let finding = triaged.findings.iter().find(own).unwrap();
        let breaks = crate::requirements(rule.setting).join(", ");
        told += &format!("{}: {}\n  {}\n  {breaks}\n", rule.id, finding.title, finding.reasons[0].text);
    }
    let read: Vec<_> = told.lines().filter(|line| !line.contains("CSF ")).collect();
    assert!(grade(&read.join(".\n")) <= 8.0, "grade {:.1}", grade(&read.join(".\n")));
    insta::assert_snapshot!(told);
}
