//! How signs are weighed: what each is worth, and what follows from all of them.
//!
//! A sign's weight says in how many of a hundred cases it would be enough by itself. Signs for one class are taken as
//! independent: what doubt each leaves is multiplied. Signs for another kind of thing lower the confidence, and where two
//! kinds are both well supported, nothing is claimed. A medical class needs more than others, and
//! at least one sign from clinical traffic or from a text that names a medical product.
//! Not here: the signs themselves (`signs`, `families`, `telephones`) and their weights (`rules/signs.txt`).

use std::collections::BTreeMap;

use wardround_model::{Claim, Confidence, DeviceClass, Ground, Reason};

/// A sign that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Evidence {
    /// Of which class it is a sign.
    pub(crate) class: DeviceClass,
    /// In how many of a hundred cases it would be enough by itself, 1 to 95.
    pub(crate) weight: u8,
    /// Whether it rests on clinical traffic: without such a sign no medical class is claimed.
    pub(crate) is_clinical: bool,
    /// The sentence and its grounds.
    pub(crate) reason: Reason,
}

/// Confidence that a class needs to be claimed, in per cent.
const ENOUGH: u8 = 50;
/// What a medical class needs.
const ENOUGH_FOR_MEDICAL: u8 = 60;
/// No claim is surer than this: everything here rests on what devices say of themselves.
const MOST: u8 = 97;
/// A sign or sum of signs that must be mentioned when it speaks for another kind of thing.
const WORTH_MENTIONING: u8 = 35;
/// Against another kind that would be claimed by itself, a claim needs this confidence.
const ENOUGH_AGAINST_ANOTHER: u8 = 75;
/// The most signs that are named where nothing is claimed.
const MAX_HINTS: usize = 3;

/// All signs of one class.
struct Case<'e> {
    class: DeviceClass,
    signs: Vec<&'e Evidence>,
    /// What doubt they leave, 0.0 to 1.0.
    doubt: f64,
}

impl Case<'_> {
    fn add_up(evidence: &[Evidence]) -> Vec<Case<'_>> {
        let mut signs: BTreeMap<DeviceClass, Vec<&Evidence>> = BTreeMap::new();
        for sign in evidence.iter().filter(|sign| sign.weight > 0) {
            signs.entry(sign.class).or_default().push(sign);
        }
        let mut cases = Vec::new();
        for (class, mut signs) in signs {
            signs.sort_by_key(|sign| std::cmp::Reverse(sign.weight));
            let doubt = signs.iter().map(|sign| 1.0 - f64::from(sign.weight.min(95)) / 100.0).product();
            cases.push(Case { class, signs, doubt });
        }
        // Sorting is stable: of two that are worth the same, the first in the order of a census stays first.
        cases.sort_by(|a, b| a.doubt.total_cmp(&b.doubt));
        cases
    }

    fn support(&self) -> u8 {
        percent(1.0 - self.doubt)
    }

    /// Confidence beside the strongest case for another kind of thing.
    fn confidence(&self, rival: Option<&Case<'_>>) -> u8 {
        let rival_doubt = rival.map_or(1.0, |rival| rival.doubt);
        self.support().min(percent(rival_doubt / (self.doubt + rival_doubt)))
    }

    /// The confidence that a claim of this class needs.
    fn needed(&self) -> u8 {
        if self.class.is_medical() { ENOUGH_FOR_MEDICAL } else { ENOUGH }
    }

    fn is_enough(&self) -> bool {
        let has_clinical = self.signs.iter().any(|sign| sign.is_clinical);
        self.support() >= self.needed() && (has_clinical || !self.class.is_medical())
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 to 97")]
pub(crate) fn percent(share: f64) -> u8 {
    (share * 100.0).round().clamp(0.0, f64::from(MOST)) as u8
}

/// Servers are what a thing does, not what it is: an image archive may offer files and names too, and stays an archive.
fn is_by_role(class: DeviceClass) -> bool {
    use DeviceClass as C;
    matches!(class, C::Server | C::FileServer | C::DatabaseServer | C::NetworkService)
}

/// Whether one thing can well be both: systems that carry records often keep images too.
fn go_together(one: DeviceClass, other: DeviceClass) -> bool {
    use DeviceClass as C;
    let keeps_records = |class| matches!(class, C::ImagingArchive | C::ClinicalSystem);
    keeps_records(one) && keeps_records(other)
}

/// What kind of thing it is, by all signs.
pub(crate) fn judge(evidence: &[Evidence]) -> Claim<DeviceClass> {
    let (by_role, by_nature): (Vec<_>, Vec<_>) =
        Case::add_up(evidence).into_iter().partition(|case| is_by_role(case.class));
    match verdict(&by_nature) {
        Verdict::Claim(claim) => claim,
        Verdict::Contradiction(reason) => unknown(Some(reason), evidence),
        Verdict::Nothing => match verdict(&by_role) {
            Verdict::Claim(claim) => claim,
            Verdict::Contradiction(reason) => several_roles(reason, &by_role),
            Verdict::Nothing => unknown(None, evidence),
        },
    }
}

enum Verdict {
    Claim(Claim<DeviceClass>),
    Contradiction(Reason),
    Nothing,
}

fn verdict(cases: &[Case<'_>]) -> Verdict {
    let Some(best) = cases.iter().find(|case| case.is_enough()) else { return Verdict::Nothing };
    let rival = cases.iter().find(|case| case.class != best.class && !go_together(case.class, best.class));
    let confidence = best.confidence(rival);
    let needed = |rival: &Case<'_>| {
        if rival.support() >= ENOUGH { ENOUGH_AGAINST_ANOTHER } else { best.needed() }
    };
    match rival {
        Some(rival) if confidence < needed(rival) => Verdict::Contradiction(contradiction(best, rival)),
        _ => Verdict::Claim(Claim {
            value: best.class,
            confidence: Confidence::percent(confidence),
            reasons: reasons(best, rival),
        }),
    }
}

fn reasons(best: &Case<'_>, rival: Option<&Case<'_>>) -> Vec<Reason> {
    let own = best.signs.iter().map(|sign| sign.reason.clone());
    let rival = rival.filter(|rival| rival.support() >= WORTH_MENTIONING);
    let against = rival.into_iter().flat_map(|rival| {
        rival.signs.iter().take(1).map(|sign| Reason {
            text: format!("But this is a sign of {}: {}", rival.class.plural(), sign.reason.text),
            grounds: sign.reason.grounds.clone(),
        })
    });
    own.chain(against).collect()
}

fn contradiction(best: &Case<'_>, rival: &Case<'_>) -> Reason {
    let grounds = [best, rival].into_iter().flat_map(|case| case.signs.iter().take(1));
    let grounds: Vec<Ground> = grounds.flat_map(|sign| sign.reason.grounds.iter().copied()).collect();
    let (one, other) = (best.class.plural(), rival.class.plural());
    Reason::new(
        format!("Signs of {one} and of {other} contradict each other, so neither is claimed"),
        grounds,
    )
}

/// A server that offers several things, none of which stands out.
fn several_roles(reason: Reason, cases: &[Case<'_>]) -> Claim<DeviceClass> {
    let signs = cases.iter().flat_map(|case| case.signs.iter().take(1)).map(|sign| sign.reason.clone());
    let text = "It offers several kinds of service, and none stands out".to_owned();
    let first = Reason { text, grounds: reason.grounds };
    let support = cases.first().map_or(0, Case::support);
    Claim {
        value: DeviceClass::Server,
        confidence: Confidence::percent(support),
        reasons: [first].into_iter().chain(signs).collect(),
    }
}

/// Nothing is claimed: for this reason, or for want of signs.
pub(crate) fn unknown(first: Option<Reason>, evidence: &[Evidence]) -> Claim<DeviceClass> {
    let mut hints: Vec<&Evidence> = evidence.iter().collect();
    hints.sort_by_key(|sign| std::cmp::Reverse(sign.weight));
    let hints = hints.into_iter().take(MAX_HINTS).map(|sign| sign.reason.clone());
    let mut reasons: Vec<_> = first.into_iter().chain(hints).collect();
    if reasons.is_empty() {
        reasons.push(Reason::new("Nothing that was seen of it says what it is", []));
    }
    Claim { value: DeviceClass::Unknown, confidence: Confidence::NONE, reasons }
}
