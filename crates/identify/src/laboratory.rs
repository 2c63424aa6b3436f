//! Signs of laboratory analysers and devices at the point of care, by the messages of CLSI (ASTM, POCT1-A), of medical devices that
//! announce themselves (IEEE 11073 SDC), and of systems that report who used records of patients (IHE ATNA).
//!
//! No program of a maker was there to be recorded, so none of these signs is enough by itself: a family that the device names, or its
//! card's maker, has to be the second.

use wardround_model::{DeviceClass, FactKind, Protocol, Reason};

use crate::evidence::Rule;
use crate::plant::is_kind;
use crate::portrait::{Portrait, Talk, because, because_of_talks};

use DeviceClass::{ClinicalSystem, LaboratoryAnalyser, MedicalDevice};

/// The signs, the strongest first.
pub(crate) const RULES: &[Rule] = &[
    Rule::clinical(LaboratoryAnalyser, 50, sends_results),
    Rule::clinical(LaboratoryAnalyser, 50, says_hello),
    Rule::clinical(ClinicalSystem, 45, is_sent_results),
    Rule::clinical(MedicalDevice, 50, |p| {
        is_kind(p, FactKind::WsDiscoveryKind, "MedicalDevice", "a medical device (IEEE 11073 SDC)")
    }),
    // No program of a maker was there to be recorded, and imaging devices report events of images, too.
    Rule::clinical(ClinicalSystem, 30, reports_on_records),
];

/// Kinds of event that systems with records of patients report (PS3.15, A.5.3).
const OF_RECORDS: &[&str] = &["patient-record", "order-record", "procedure-record"];

/// What is sent messages may pass on those of others.
fn reports_on_records(p: &Portrait<'_>) -> Option<Reason> {
    let said = p.facts_where(FactKind::AuditEvent, |event| OF_RECORDS.contains(&event));
    (!said.is_empty() && p.serving(Protocol::Syslog).is_empty())
        .then(|| because("It reports who used records of patients (audit trail)", said))
}

fn is_results(value: &str) -> bool {
    value == "results"
}

fn sends_results(p: &Portrait<'_>) -> Option<Reason> {
    let results = p.facts_where(FactKind::AstmSends, is_results);
    (!results.is_empty()).then(|| because("It sends laboratory results (ASTM), as analysers do", results))
}

fn says_hello(p: &Portrait<'_>) -> Option<Reason> {
    let kinds = [FactKind::Poct1aModel, FactKind::Poct1aSerial, FactKind::Poct1aMaker];
    let said: Vec<_> = kinds.into_iter().flat_map(|kind| p.facts(kind)).copied().collect();
    (!said.is_empty()).then(|| because("It says hello as devices at the point of care do (POCT1-A)", said))
}

fn is_sent_results(p: &Portrait<'_>) -> Option<Reason> {
    let sends = |talk: &Talk<'_>| p.scene.says(talk.peer_ip, FactKind::AstmSends, is_results);
    let talks = p.serving(Protocol::Astm).into_iter().chain(p.using(Protocol::Astm));
    let talks: Vec<_> = talks.filter(sends).collect();
    let fits = !talks.is_empty() && sends_results(p).is_none();
    fits.then(|| because_of_talks("It is sent laboratory results (ASTM)", talks))
}
