//! Weak settings: what is weak whatever the software's version, read off the facts and conversations themselves.
//!
//! A rule gives signs; signs of one setting on one asset become one finding. No sign without grounds. Not here: how
//! urgent a setting is (`ssvc`) and what people read of it (`phrases`).

mod clinical;
mod fact;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use wardround_model::{AssetId, Endpoint, Finding, FindingId, Grade, Reason, WeakSetting, Weakness};

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
    pub(crate) detail: Detail,
    /// In one line for people: what is weak.
    pub(crate) title: String,
    pub(crate) reason: Reason,
}

/// Every weak setting of every asset, each once.
pub(crate) fn findings(scene: &Scene<'_>) -> Vec<Finding> {
    let mut signs: BTreeMap<(AssetId, Weakness), Vec<Sign>> = BTreeMap::new();
    for sign in fact::signs(scene).into_iter().chain(clinical::signs(scene)) {
        let weakness = Weakness::Setting { setting: sign.setting, protocol: sign.protocol.clone() };
        signs.entry((sign.asset, weakness)).or_default().push(sign);
    }
    signs
        .into_iter()
        .filter_map(|((asset, weakness), signs)| finding(scene, asset, weakness, &signs))
        .collect()
}

fn finding(scene: &Scene<'_>, asset: AssetId, weakness: Weakness, signs: &[Sign]) -> Option<Finding> {
    let first = signs.first()?;
    let detail = signs.iter().map(|sign| sign.detail).max().unwrap_or(Detail::Plain);
    let points = ssvc::of_setting(first.setting, &first.protocol, detail);
    Some(Finding {
        id: FindingId::of(asset, &weakness),
        asset,
        endpoint: signs.iter().filter_map(|sign| sign.endpoint).min(),
        grade: Grade::Seen,
        title: first.title.clone(),
        reasons: reasons(signs),
        judgement: ssvc::judge(points, ssvc::mission_wellbeing(scene.asset(asset)?, scene)),
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
