//! How much harm to patients stands behind a weakness: whole numbers from a data file.
//!
//! A weight for the decision, raised or lowered by what depends on the device, what it does for patients, known attacks,
//! the exposure that was seen, and how surely the weakness is there. The numbers order work; they count no patients.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use wardround_model::{CareRole, Finding};

use crate::ssvc::Exposure;

static BUILT_IN: LazyLock<Scale> =
    LazyLock::new(|| toml::from_str(include_str!("../../data/harm.toml")).unwrap_or_default());

/// What each point counts for; a code that is missing counts as 100.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Scale {
    #[serde(rename = "version")]
    version: u32,
    share_of_others: u32,
    pub(crate) isolated: u32,
    decision: BTreeMap<String, u32>,
    mission_wellbeing: BTreeMap<String, u32>,
    care_role: BTreeMap<String, u32>,
    exploitation: BTreeMap<String, u32>,
    exposure: BTreeMap<String, u32>,
    grade: BTreeMap<String, u32>,
}

impl Scale {
    /// The numbers that come with the program.
    pub(crate) fn built_in() -> &'static Self {
        &BUILT_IN
    }

    /// The harm behind one finding: 1 or more.
    pub(crate) fn of(&self, finding: &Finding, role: CareRole, exposure: Exposure) -> u32 {
        let judgement = &finding.judgement;
        let shares = [
            value(&self.mission_wellbeing, judgement.mission_wellbeing.code()),
            value(&self.care_role, role.code()),
            value(&self.exploitation, judgement.exploitation.code()),
            value(&self.exposure, exposure.code()),
            value(&self.grade, finding.grade.code()),
        ];
        // Divided once at the end, so that no step is rounded.
        let weight = u128::from(value(&self.decision, judgement.decision.code()));
        let harm = shares.iter().fold(weight, |harm, share| harm * u128::from(*share));
        u32::try_from(harm / 10_u128.pow(10)).unwrap_or(u32::MAX).max(1)
    }

    /// The harm behind several findings that one change settles on one device.
    pub(crate) fn together(&self, harms: impl Iterator<Item = u32>) -> u32 {
        let (mut worst, mut all) = (0, 0_u64);
        for harm in harms {
            worst = harm.max(worst);
            all += u64::from(harm);
        }
        let others = (all - u64::from(worst)) * u64::from(self.share_of_others) / 100;
        worst.saturating_add(u32::try_from(others).unwrap_or(u32::MAX).min(worst))
    }
}

fn value(values: &BTreeMap<String, u32>, code: &str) -> u32 {
    values.get(code).copied().unwrap_or(100)
}

#[cfg(test)]
mod tests {
    use wardround_model::{Asset, Decision, DeviceClass, Exploitation, Grade, MissionWellbeing};

    use super::*;
    use crate::hospital::{Hospital, vulnerability};

    #[test]
    fn every_code_has_a_number() {
        let scale = Scale::built_in();
        let has = |values: &BTreeMap<String, u32>, codes: Vec<&str>| {
            assert!(codes.iter().all(|code| values.contains_key(*code)), "{codes:?}");
            assert_eq!(values.len(), codes.len());
        };
        has(&scale.decision, Decision::ALL.iter().map(|one| one.code()).collect());
        has(&scale.mission_wellbeing, MissionWellbeing::ALL.iter().map(|one| one.code()).collect());
        has(&scale.care_role, CareRole::ALL.iter().map(|one| one.code()).collect());
        has(&scale.exploitation, Exploitation::ALL.iter().map(|one| one.code()).collect());
        has(&scale.grade, Grade::ALL.iter().map(|one| one.code()).collect());
        use Exposure as E;
        let exposures = [E::NoneSeen, E::OwnNetwork, E::AcrossNetworks, E::AsksInternet, E::Internet];
        has(&scale.exposure, exposures.iter().map(|one| one.code()).collect());
    }

    fn pump() -> Asset {
        Hospital::default().host("10.1.1.1", DeviceClass::InfusionPump).assets.remove(0)
    }

    #[test]
    fn what_is_worse_counts_for_more() {
        let scale = Scale::built_in();
        let of = |grade, exploited, exposure| {
            let finding = vulnerability(&pump(), "CVE-2020-0001", "a:b", grade, exploited);
            scale.of(&finding, CareRole::Therapeutic, exposure)
        };
        // 100 for "act", times 1.5 for mission, 2.5 for treating, 1.5 for attacks, 2 for the Internet.
        assert_eq!(of(Grade::ExactVersion, true, Exposure::Internet), 1_125);
        assert!(of(Grade::ExactVersion, true, Exposure::OwnNetwork) < 1_125);
        assert!(of(Grade::MakerOnly, true, Exposure::Internet) < 1_125);
        assert!(of(Grade::ExactVersion, false, Exposure::Internet) < 1_125);
        assert!(of(Grade::MakerOnly, false, Exposure::OwnNetwork) >= 1);
    }

    #[test]
    fn a_device_is_lost_only_once() {
        let scale = Scale::built_in();
        assert_eq!(scale.together([100].into_iter()), 100);
        assert_eq!(scale.together([100, 50, 50].into_iter()), 110);
        assert_eq!(scale.together(std::iter::repeat_n(100, 1_000)), 200);
        assert_eq!(scale.together(std::iter::empty()), 0);
    }
}
