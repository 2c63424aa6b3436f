//! Signs of laboratory analysers and devices at the point of care, by the messages of CLSI (ASTM, POCT1-A), of medical devices that
//! announce themselves (IEEE 11073 SDC), and of systems that report who used records of patients (IHE ATNA). Not here: signs of single
//! facts (`rules/signs.txt`).
//!
//! No program of a maker was there to be recorded, so none of these signs is enough by itself: a family that the device names, or its
//! card's maker, has to be the second.

use wardround_model::{FactKind, Protocol, Reason};

use crate::portrait::{Portrait, Talk, because, because_of_talks};
use crate::signs::Test;
use crate::terms::Terms;

/// The tests, by the names that `rules/signs.txt` calls them.
pub(crate) const TESTS: &[(&str, Test)] =
    &[("is-sent-results", is_sent_results), ("reports-on-records", reports_on_records)];

/// What is sent messages may pass on those of others.
fn reports_on_records(p: &Portrait<'_>) -> Option<Reason> {
    let said = p.facts_where(FactKind::AuditEvent, |event| Terms::RecordEvents.has(event));
    (!said.is_empty() && p.serving(Protocol::Syslog).is_empty())
        .then(|| because("It reports who used records of patients (audit trail)", said))
}

/// What analysers send.
const RESULTS: &str = "results";

fn is_sent_results(p: &Portrait<'_>) -> Option<Reason> {
    let sends = |talk: &Talk<'_>| p.scene.says(talk.peer_ip, FactKind::AstmSends, |value| value == RESULTS);
    let talks = p.serving(Protocol::Astm).into_iter().chain(p.using(Protocol::Astm));
    let talks: Vec<_> = talks.filter(sends).collect();
    let fits = !talks.is_empty() && !p.has(FactKind::AstmSends, RESULTS);
    fits.then(|| because_of_talks("It is sent laboratory results (ASTM)", talks))
}
