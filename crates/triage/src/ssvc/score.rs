//! The CVSS score where an asset stands: what the asset does for patients, how much care hangs on it, and from where it was
//! seen to be reached, in the words of CVSS (`intel::cvss::Environment`).
//!
//! It decides nothing, since SSVC does; among findings with equal points and equal sureness the higher score comes
//! first. It is kept as one reason of the decision, in a form that can be read back. Not here: spares, which lower what
//! depends on an asset but not what its loss would do.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use wardround_intel::cvss::{Environment, Reach, Vector};
use wardround_model::{Asset, CareRole, CvssScore, Judgement, MissionWellbeing, Reason};

use super::exposure::{Exposure, Exposures};
use super::said::Said;
use super::tables::Standing;

/// How many reasons stand before it: one for each point of CISA's table.
const PLACE: usize = 4;

/// The score of a vulnerability on one asset, and what makes it another one than elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Score {
    /// Where the asset stands.
    pub here: CvssScore,
    /// Anywhere: the base score.
    pub elsewhere: CvssScore,
    /// The environmental metrics: `CR:M/IR:H/AR:H/MAV:A`.
    pub environment: String,
}

impl Score {
    /// The score that a decision tells; `None` of weak settings, and where no vector is published.
    #[must_use]
    pub fn of(judgement: &Judgement) -> Option<Self> {
        let rest = judgement.reasons.get(PLACE)?.text.strip_prefix("CVSS ")?;
        let (here, rest) = rest.split_once(" here, ")?;
        let (elsewhere, rest) = rest.split_once(" elsewhere (")?;
        let (environment, _) = rest.split_once(')')?;
        Some(Self { here: score(here)?, elsewhere: score(elsewhere)?, environment: environment.to_owned() })
    }

    fn text(&self, role: CareRole, mission: MissionWellbeing, reach: Option<Reach>) -> String {
        let Self { here, elsewhere, environment } = self;
        let care = match mission {
            MissionWellbeing::Low => "little care depends on it",
            MissionWellbeing::Medium => "some care depends on it",
            MissionWellbeing::High => "much care depends on it",
        };
        let near = match reach {
            Some(Reach::Adjacent) if environment.contains("MAV:A") => {
                ", and only devices of its own network were seen to talk with it"
            }
            _ => "",
        };
        let role = role.label();
        format!("CVSS {here} here, {elsewhere} elsewhere ({environment}): it {role}, {care}{near}")
    }
}

/// `9.8` as 98 tenths.
fn score(text: &str) -> Option<CvssScore> {
    let (whole, tenth) = text.split_once('.')?;
    let (whole, tenth): (u8, u8) = (whole.parse().ok()?, tenth.parse().ok()?);
    CvssScore::from_tenths(whole.checked_mul(10)?.checked_add(tenth)?)
}

/// A vector in an environment.
type Key = (String, CareRole, MissionWellbeing, Option<Reach>);

/// What scores hang on, laid out once, and those that were worked out.
pub(crate) struct Scores<'a> {
    said: Said<'a>,
    exposures: Exposures,
    known: Mutex<HashMap<Key, Option<String>>>,
}

impl<'a> Scores<'a> {
    pub(crate) fn new(standing: &Standing<'a>) -> Self {
        Self {
            said: Said::new(standing.statements, standing.as_of),
            exposures: Exposures::new(standing.assets, standing.conversations),
            known: Mutex::default(),
        }
    }

    /// The score of a vector on an asset, as a reason; `None` where the text is no vector.
    pub(crate) fn reason(&self, asset: &Asset, vector: &str, mission: MissionWellbeing) -> Option<Reason> {
        let exposure = self.exposures.of(asset.id);
        let reach = reach(exposure.value);
        let key = (vector.to_owned(), self.said.care_role(asset), mission, reach);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let text = known.entry(key).or_insert_with_key(|(vector, role, mission, reach)| {
            let vector: Vector = vector.parse().ok()?;
            Some(at(&vector, *role, *mission, *reach))
        });
        let grounds = exposure.reason.grounds.into_iter().filter(|_| reach == Some(Reach::Adjacent));
        text.clone().map(|text| Reason::new(text, grounds))
    }
}

fn at(vector: &Vector, role: CareRole, mission: MissionWellbeing, reach: Option<Reach>) -> String {
    let environment = Environment::of(role, mission, reach);
    let score = Score {
        here: vector.score_in(&environment),
        elsewhere: vector.base_score(),
        environment: vector.metrics_in(&environment),
    };
    score.text(role, mission, reach)
}

/// Silence is never read as safety: where nothing was seen, the vector stays as it is.
fn reach(exposure: Exposure) -> Option<Reach> {
    match exposure {
        Exposure::NoneSeen => None,
        Exposure::OwnNetwork => Some(Reach::Adjacent),
        Exposure::AcrossNetworks | Exposure::AsksInternet | Exposure::Internet => Some(Reach::Network),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use wardround_intel::feed::FeedKind;
    use wardround_model::{DeviceClass, FactKind, Protocol};

    use super::*;
    use crate::DecisionTables;
    use crate::hospital::Hospital;

    /// A weakness of OpenSSL 3.0.11 with this vector; nobody is known to use it.
    fn openssl(vector: &str) -> Vec<(FeedKind, String)> {
        let text = format!(
            r#"{{"vulnerabilities":[{{"cve":{{"id":"CVE-2024-0001","metrics":{{"cvssMetricV31":[{{"type":"Primary",
            "cvssData":{{"baseScore":7.5,"vectorString":"{vector}"}}}}]}},"configurations":[{{"nodes":[{{"operator":"OR",
            "cpeMatch":[{{"vulnerable":true,"criteria":"cpe:2.3:a:openssl:openssl:*:*:*:*:*:*:*:*",
            "versionEndExcluding":"3.0.12"}}]}}]}}]}}}}]}}"#
        );
        vec![(FeedKind::Nvd, text)]
    }

    const STOPS_IT: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H";

    fn weak(hospital: Hospital, address: &str, class: DeviceClass) -> Hospital {
        hospital.host(address, class).has(FactKind::InstalledSoftware, "OpenSSL 3.0.11")
    }

    fn told(hospital: &Hospital) -> Vec<String> {
        let findings = hospital.triage().findings;
        findings.iter().map(|finding| finding.judgement.reasons[PLACE].text.clone()).collect()
    }

    #[test]
    fn a_score_says_what_makes_it_another_one_here() {
        let ward = |class| weak(Hospital::default(), "10.1.1.1", class).knowing(&openssl(STOPS_IT));
        let pump = ward(DeviceClass::Ventilator);
        let near = ward(DeviceClass::Ventilator).talk("10.1.1.9", "10.1.1.1:443/tcp", Protocol::Tls);
        let across = ward(DeviceClass::Ventilator).talk("10.1.2.9", "10.1.1.1:443/tcp", Protocol::Tls);
        let printer = ward(DeviceClass::Printer);
        let texts = [pump, near, across, printer].map(|ward| told(&ward).join("; "));
        insta::assert_snapshot!(texts.join("\n"), @r"
        CVSS 9.3 here, 7.5 elsewhere (CR:M/IR:H/AR:H): it keeps patients alive, much care depends on it
        CVSS 8.3 here, 7.5 elsewhere (CR:M/IR:H/AR:H/MAV:A): it keeps patients alive, much care depends on it, and only devices of its own network were seen to talk with it
        CVSS 9.3 here, 7.5 elsewhere (CR:M/IR:H/AR:H): it keeps patients alive, much care depends on it
        CVSS 5.7 here, 7.5 elsewhere (CR:L/IR:L/AR:L): it supports other work, little care depends on it
        ");
    }

    #[test]
    fn the_talk_that_shows_how_near_an_attacker_must_be_is_its_ground() {
        let ward = weak(Hospital::default(), "10.1.1.1", DeviceClass::Ventilator).knowing(&openssl(STOPS_IT));
        let near = ward.talk("10.1.1.9", "10.1.1.1:443/tcp", Protocol::Tls);
        let grounds = near.triage().findings[0].judgement.reasons[PLACE].grounds.clone();
        assert_eq!(grounds, [wardround_model::Ground::Conversation(near.conversations[0].id())]);
    }

    #[test]
    fn among_equals_the_higher_score_comes_first() {
        let loses_data = openssl("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N");
        for (archive, ventilator) in [("10.1.1.1", "10.1.1.2"), ("10.1.1.2", "10.1.1.1")] {
            let ward = weak(Hospital::default(), archive, DeviceClass::ImagingArchive);
            let ward = weak(ward, ventilator, DeviceClass::Ventilator).knowing(&loses_data);
            let findings = ward.triage().findings;
            let scores: Vec<_> = findings.iter().map(|one| Score::of(&one.judgement).unwrap().here).collect();
            assert_eq!(findings[0].judgement.decision, findings[1].judgement.decision);
            assert_eq!(findings[0].asset, ward.assets[0].id, "the archive keeps the data");
            assert!(scores[0] > scores[1], "{scores:?}");
        }
    }

    #[test]
    fn a_text_that_is_no_vector_gives_no_score_and_any_table_keeps_one() {
        let ward = weak(Hospital::default(), "10.1.1.1", DeviceClass::Ventilator);
        let without = ward.knowing(&openssl("no vector")).triage();
        assert_eq!(Score::of(&without.findings[0].judgement), None);
        let ward = weak(Hospital::default(), "10.1.1.1", DeviceClass::Ventilator).knowing(&openssl(STOPS_IT));
        let mut findings = ward.triage().findings;
        let score = Score::of(&findings[0].judgement).unwrap();
        let standing = Standing {
            assets: &ward.assets,
            conversations: &ward.conversations,
            observations: &[],
            statements: &ward.statements,
            as_of: "2026-11-24".parse().unwrap(),
        };
        crate::decide_by(&DecisionTables::deployer(), &mut findings, &standing);
        assert_eq!(Score::of(&findings[0].judgement), Some(score));
        assert_eq!(findings[0].judgement.reasons.len(), PLACE + 1 + 4);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(here in 0u8..=100, elsewhere in 0u8..=100, metrics in "[A-Z:/]{0,20}") {
            let tenths = |tenths| CvssScore::from_tenths(tenths).unwrap();
            let score = Score { here: tenths(here), elsewhere: tenths(elsewhere), environment: metrics };
            let text = score.text(CareRole::Support, MissionWellbeing::Low, Some(Reach::Adjacent));
            let mut ward = weak(Hospital::default(), "10.1.1.1", DeviceClass::Printer);
            let asset = ward.assets.pop().unwrap();
            let mut judgement = ward.weak(&asset, wardround_model::WeakSetting::Smb1).judgement;
            judgement.reasons.truncate(PLACE);
            prop_assert_eq!(Score::of(&judgement), None);
            judgement.reasons.push(Reason::new(text, []));
            prop_assert_eq!(Score::of(&judgement), Some(score));
        }

        #[test]
        fn any_reason_is_read_or_not(text in "CVSS .{0,40}") {
            let mut judgement = Hospital::default().host("10.1.1.1", DeviceClass::Printer);
            let asset = judgement.assets.pop().unwrap();
            let mut judgement = judgement.weak(&asset, wardround_model::WeakSetting::Smb1).judgement;
            judgement.reasons.truncate(PLACE);
            judgement.reasons.push(Reason::new(text, []));
            let _ = Score::of(&judgement);
        }
    }
}
