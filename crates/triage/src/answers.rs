//! What people and makers say of vulnerabilities on a device (VEX): what is settled, what is surer, what is asked again.
//!
//! The latest word of a person about a CVE counts, and before the maker's. Nothing vanishes: what an answer takes from the
//! findings stands among the settled, with the answer as its ground. Only `not affected` and `fixed` of a person, and `not
//! affected` with a reason of a maker, settle anything, and what a maker says of the very version here. Not here: who may
//! answer.

mod maker;

use std::collections::BTreeMap;

use wardround_intel::Index;
use wardround_model::{
    Asset, CveId, Finding, Grade, Ground, Reason, Says, Settled, Statement, Timestamp, Unjudged, VexStatus,
    Weakness,
};

use crate::known::{self, Match};
use crate::opinion::Open;
use crate::phrases;
use crate::scanners::SOME_SOFTWARE;
use crate::scene::Scene;

/// What is left after answers.
#[derive(Default)]
pub(crate) struct Answered {
    pub(crate) findings: Vec<Finding>,
    pub(crate) unjudged: Vec<Unjudged>,
    pub(crate) settled: Vec<Settled>,
}

/// An answer about one vulnerability.
#[derive(Clone)]
struct Answer {
    status: VexStatus,
    /// It takes the vulnerability away.
    settles: bool,
    by: By,
    until: Option<Timestamp>,
    reason: Reason,
}

/// Who gave an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Person,
    /// The maker, of every version of the model.
    Maker,
    /// The maker, of the version that is here.
    MakerOfVersion,
}

/// The answers about one asset.
pub(crate) struct Answers<'a> {
    holding: BTreeMap<CveId, Answer>,
    /// The latest word of a person, which holds no longer.
    expired: BTreeMap<CveId, &'a Statement>,
}

impl<'a> Answers<'a> {
    pub(crate) fn of(scene: &Scene<'a>, asset: &Asset) -> Self {
        let mut holding = maker::answers(scene, asset);
        let mut expired = BTreeMap::new();
        let mut latest: BTreeMap<CveId, &'a Statement> = BTreeMap::new();
        for statement in scene.statements_of(asset.id) {
            if let Says::Vex { cve, .. } = statement.says {
                latest.insert(cve, statement);
            }
        }
        for (cve, statement) in latest {
            if statement.holds_at(scene.as_of) {
                holding.extend(by_person(statement).map(|answer| (cve, answer)));
            } else {
                expired.insert(cve, statement);
            }
        }
        Self { holding, expired }
    }

    /// Whether nobody said anything.
    pub(crate) fn is_empty(&self) -> bool {
        self.holding.is_empty() && self.expired.is_empty()
    }

    /// Holds the answers against what was found.
    pub(crate) fn apply(
        &self,
        index: &Index<'_>,
        scene: &Scene<'_>,
        asset: &Asset,
        findings: Vec<Finding>,
        unjudged: Vec<Unjudged>,
    ) -> Answered {
        let mut answered = Answered::default();
        if self.is_empty() {
            return Answered { findings, unjudged, ..answered };
        }
        let mut met: BTreeMap<CveId, bool> = BTreeMap::new();
        for mut finding in findings {
            let Some(cve) = cve_of(&finding) else {
                answered.findings.push(finding);
                continue;
            };
            met.insert(cve, true);
            match self.holding.get(&cve) {
                Some(answer) if answer.settles => {}
                Some(answer) => {
                    surer(&mut finding, answer);
                    answered.findings.push(finding);
                }
                None => answered.findings.push(finding),
            }
        }
        for mut open in unjudged {
            let had = !open.cves.is_empty();
            open.cves.iter().for_each(|cve| {
                met.entry(*cve).or_insert(false);
            });
            open.cves.retain(|cve| !self.holding.get(cve).is_some_and(|answer| answer.settles));
            answered.unjudged.extend((!had || !open.cves.is_empty()).then_some(open));
        }
        self.tell(index, scene, asset, &met, &mut answered);
        answered
    }

    /// What was settled, what is affected by somebody's word alone, and what is asked again. `met` are the
    /// vulnerabilities that were found or asked about, and whether they were findings.
    fn tell(
        &self,
        index: &Index<'_>,
        scene: &Scene<'_>,
        asset: &Asset,
        met: &BTreeMap<CveId, bool>,
        answered: &mut Answered,
    ) {
        for (cve, answer) in &self.holding {
            let found = met.get(cve);
            if answer.settles && found.is_some() {
                answered.settled.push(Settled {
                    asset: asset.id,
                    cve: *cve,
                    status: answer.status,
                    until: answer.until,
                    reason: answer.reason.clone(),
                });
            } else if answer.status == VexStatus::Affected && found != Some(&true) {
                answered.findings.extend(by_word(index, scene, asset, *cve, answer));
            }
        }
        let again = self.expired.iter().filter(|(cve, _)| met.contains_key(*cve));
        answered.unjudged.extend(again.map(|(cve, statement)| asked_again(asset, *cve, statement)));
    }
}

fn cve_of(finding: &Finding) -> Option<CveId> {
    match &finding.weakness {
        Weakness::Vulnerability { cve, .. } => Some(*cve),
        Weakness::Setting { .. } => None,
    }
}

/// Adds what was said; `affected` makes a guess as sure as a match.
fn surer(finding: &mut Finding, answer: &Answer) {
    if answer.status == VexStatus::Affected {
        let least = if answer.by == By::Maker { Grade::VersionUnknown } else { Grade::ExactVersion };
        finding.grade = finding.grade.min(least);
    }
    finding.reasons.push(answer.reason.clone());
}

fn by_word(
    index: &Index<'_>,
    scene: &Scene<'_>,
    asset: &Asset,
    cve: CveId,
    answer: &Answer,
) -> Option<Finding> {
    let product = asset.model.as_ref().map_or(SOME_SOFTWARE, |model| &model.value);
    let grade = if answer.by == By::Maker { Grade::VersionUnknown } else { Grade::Listed };
    let reasons = vec![answer.reason.clone()];
    known::finding(scene, index, asset, None, &Match::told(cve, product, grade), reasons)
}

fn by_person(statement: &Statement) -> Option<Answer> {
    let Says::Vex { status, justification, .. } = &statement.says else { return None };
    let day = phrases::day(statement.at);
    let why = justification.map(|why| format!(", since {}", why.label())).unwrap_or_default();
    let because = if statement.because.trim().is_empty() {
        String::new()
    } else {
        format!(": \u{201c}{}\u{201d}", statement.because.trim().trim_end_matches('.'))
    };
    let text =
        format!("The {} said on {day} that it is {}{why}{because}", statement.by.label(), status.label());
    let settles = matches!(status, VexStatus::NotAffected | VexStatus::Fixed);
    let reason = Reason::new(text, [Ground::Statement(statement.id)]);
    Some(Answer { status: *status, settles, by: By::Person, until: statement.until, reason })
}

fn asked_again(asset: &Asset, cve: CveId, statement: &Statement) -> Unjudged {
    let until = statement.until.map(phrases::day).unwrap_or_default();
    let Says::Vex { status, .. } = &statement.says else {
        return known::open(asset, &Open::to_owner(format!("answer:{cve}"), "", ""), []);
    };
    let text = format!(
        "The {} said that it is {} by {cve}, and that this holds until {until}. That day has passed",
        statement.by.label(),
        status.label()
    );
    let question = format!("Is this device still {} by {cve}?", status.label());
    let open = Open::to_owner(format!("answer:{cve}"), text, question).of(Grade::VersionUnknown, [cve]);
    known::open(asset, &open, [Ground::Statement(statement.id)])
}
