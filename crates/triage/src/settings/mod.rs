//! Weak settings: what is weak whatever the software's version, read off the facts and conversations themselves.
//!
//! A rule gives signs; signs of one setting on one asset become one finding. No sign without grounds. Rules that look at
//! facts alone are data (`rulebook`); those that need the graph of conversations are code. Not here: how urgent a setting
//! is (`ssvc`) and what people read of it (`phrases`).

mod certificates;
mod clinical;
mod fact;
#[cfg(test)]
mod graph_tests;
mod inventory;
mod reach;
mod rulebook;
#[cfg(test)]
mod rulebook_tests;
mod sheet;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use wardround_model::{Asset, AssetId, Endpoint, Finding, FindingId, Grade, Reason, WeakSetting, Weakness};

pub use self::rulebook::requirements;
pub(crate) use self::rulebook::{Texts, texts};
use crate::phrases;
use crate::scene::Scene;
use crate::ssvc::{self, Detail};

/// The most reasons that one finding gives; the rest is told as a number.
const MOST_REASONS: usize = 5;

/// A weak setting seen once.
#[derive(Clone, Debug)]
pub(crate) struct Sign {
    pub(crate) asset: AssetId,
    pub(crate) setting: WeakSetting,
    /// The protocol that shows it, as in the finding's code.
    pub(crate) protocol: String,
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) grade: Grade,
    pub(crate) detail: Detail,
    /// In one line for people: what is weak.
    pub(crate) title: String,
    pub(crate) reason: Reason,
    /// Other assets that took part in what it shows.
    pub(crate) others: Vec<AssetId>,
}

impl Sign {
    /// A sign that the network shows.
    fn seen(
        asset: AssetId,
        setting: WeakSetting,
        protocol: String,
        endpoint: Option<Endpoint>,
        title: String,
        reason: Reason,
    ) -> Self {
        let (grade, detail, others) = (Grade::Seen, Detail::Plain, Vec::new());
        Self { asset, setting, protocol, endpoint, grade, detail, title, reason, others }
    }
}

/// Every weak setting of every asset, each once.
pub(crate) fn findings(scene: &Scene<'_>) -> Vec<Finding> {
    let mut signs: BTreeMap<(AssetId, Weakness), Vec<Sign>> = BTreeMap::new();
    for sign in all_signs(scene) {
        let weakness = Weakness::Setting { setting: sign.setting, protocol: sign.protocol.clone() };
        signs.entry((sign.asset, weakness)).or_default().push(sign);
    }
    signs
        .into_iter()
        .filter_map(|((asset, weakness), signs)| finding(scene, asset, weakness, &signs))
        .collect()
}

fn all_signs(scene: &Scene<'_>) -> Vec<Sign> {
    let mut signs = [
        fact::signs(scene),
        clinical::signs(scene),
        reach::signs(scene),
        certificates::signs(scene),
        inventory::signs(scene),
    ]
    .concat();
    let contradictions = sheet::signs(scene, &signs);
    signs.extend(contradictions);
    signs
}

fn finding(scene: &Scene<'_>, asset: AssetId, weakness: Weakness, signs: &[Sign]) -> Option<Finding> {
    let first = signs.first()?;
    let detail = signs.iter().map(|sign| sign.detail).max().unwrap_or(Detail::Plain);
    let points = ssvc::of_setting(first.setting, &first.protocol, detail);
    Some(Finding {
        id: FindingId::of(asset, &weakness),
        asset,
        endpoint: signs.iter().filter_map(|sign| sign.endpoint).min(),
        grade: signs.iter().map(|sign| sign.grade).min()?,
        title: first.title.clone(),
        reasons: reasons(signs),
        judgement: ssvc::judge(points, ssvc::mission_wellbeing(scene.asset(asset)?, scene)),
        weakness,
    })
}

/// A weak setting that was not read off signs, as a finding; `None` without grounds.
pub(crate) fn weak(
    scene: &Scene<'_>,
    asset: &Asset,
    weakness: Weakness,
    endpoint: Option<Endpoint>,
    grade: Grade,
    title: &str,
    reasons: Vec<Reason>,
) -> Option<Finding> {
    let Weakness::Setting { setting, protocol } = &weakness else { return None };
    let points = ssvc::of_setting(*setting, protocol, Detail::Plain);
    reasons.iter().any(|reason| !reason.grounds.is_empty()).then(|| Finding {
        id: FindingId::of(asset.id, &weakness),
        asset: asset.id,
        endpoint,
        grade,
        title: title.to_owned(),
        reasons,
        judgement: ssvc::judge(points, ssvc::mission_wellbeing(asset, scene)),
        weakness,
    })
}

/// The reason of each sign; beyond the limit one reason stands for the rest, with their grounds.
fn reasons(signs: &[Sign]) -> Vec<Reason> {
    let (told, rest) = signs.split_at(signs.len().min(MOST_REASONS));
    let mut reasons: Vec<_> = told.iter().map(|sign| sign.reason.clone()).collect();
    if !rest.is_empty() {
        let grounds = rest.iter().flat_map(|sign| sign.reason.grounds.iter().copied());
        reasons.push(Reason::new(phrases::seen_more_often(rest.len()), grounds));
    }
    reasons
}
