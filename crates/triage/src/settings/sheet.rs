//! The maker's security sheet (MDS2) against the network: answers that a weak setting makes untrue.

use std::collections::BTreeMap;

use wardround_model::{AssetId, FactKind, Ground, Reason, WeakSetting};

use super::Sign;
use super::rulebook::{Contradiction, rulebook};
use crate::scene::{Scene, Seen};

/// Signs that contradict an answer, given all others.
pub(super) fn signs(scene: &Scene<'_>, others: &[Sign]) -> Vec<Sign> {
    let answers = scene.facts(FactKind::Mds2Answer);
    if answers.is_empty() {
        return Vec::new();
    }
    let shown = shown(others);
    let signs = answers.iter().flat_map(|seen| {
        let of = |rule: &&Contradiction| {
            let place = shown.get(&(seen.asset.id, rule.setting));
            rule.answer.eq_ignore_ascii_case(seen.value()).then_some(place).flatten()
        };
        rulebook().contradictions.iter().filter_map(move |rule| Some(sign(seen, rule, of(&rule)?)))
    });
    signs.collect()
}

/// What shows each weak setting of each asset; of both sides of a conversation where the setting is of both.
fn shown(signs: &[Sign]) -> BTreeMap<(AssetId, WeakSetting), Vec<Ground>> {
    let mut shown: BTreeMap<_, Vec<Ground>> = BTreeMap::new();
    for sign in signs {
        for asset in sign.others.iter().copied().chain([sign.asset]) {
            shown.entry((asset, sign.setting)).or_insert_with(|| sign.reason.grounds.clone());
        }
    }
    shown
}

fn sign(seen: &Seen<'_>, rule: &Contradiction, grounds: &[Ground]) -> Sign {
    let question = rule.answer.split(':').next().unwrap_or_default().to_lowercase();
    let grounds = [seen.ground()].into_iter().chain(grounds.iter().copied());
    let reason = Reason::new(format!("It {}", rule.shows), grounds);
    Sign::seen(seen.asset.id, WeakSetting::Mds2Contradicted, question, None, rule.title.clone(), reason)
}
