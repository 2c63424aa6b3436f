//! What makers say of vulnerabilities: of a model whatever its version, or of versions of it.
//!
//! What is said of one version holds for that version alone: it settles a vulnerability only where the asset's own
//! software version is equal to it. Ranges settle nothing; where one may hold the asset's version and takes nothing
//! away, what is said of the version alone does not settle either. Of two words the one that takes nothing away counts.

use std::collections::{BTreeMap, BTreeSet};

use wardround_intel::affected::{Bound, Criterion, Judgement, Range, SeenVersion, Versions};
use wardround_intel::feed::csaf::{Stated, read_versions};
use wardround_model::{Asset, CveId, FactKind, Justification, Reason, VexStatus};

use super::{Answer, By};
use crate::devices;
use crate::scene::{Scene, Seen};

/// What one fact says.
struct Word {
    cve: CveId,
    status: VexStatus,
    why: Option<Justification>,
}

/// How a statement about versions stands to the version of an asset.
enum Standing {
    /// It names this very version.
    Equal,
    /// It is about a range that holds this version.
    Within,
    /// That cannot be said.
    Unclear,
    /// It is about others.
    Other,
}

/// What holds for an asset, by vulnerability.
pub(super) fn answers(scene: &Scene<'_>, asset: &Asset) -> BTreeMap<CveId, Answer> {
    let mut answers = BTreeMap::new();
    for seen in scene.facts_of(asset.id, FactKind::MakerVex) {
        if let Some(word) = Word::read(&mut seen.value().split(',')) {
            add(&mut answers, word.cve, of_model(&seen, &word));
        }
    }
    if let Some(software) = devices::software(asset) {
        add_of_versions(&mut answers, scene, asset, software);
    }
    answers
}

fn add(answers: &mut BTreeMap<CveId, Answer>, cve: CveId, answer: Answer) {
    match answers.get(&cve) {
        Some(known) if !known.settles => {}
        _ => {
            answers.insert(cve, answer);
        }
    }
}

fn add_of_versions(answers: &mut BTreeMap<CveId, Answer>, scene: &Scene<'_>, asset: &Asset, software: &str) {
    let version = SeenVersion::new(Some(software), None);
    let mut doubtful = BTreeSet::new();
    let mut settled = Vec::new();
    for seen in scene.facts_of(asset.id, FactKind::MakerVexVersion) {
        let mut parts = seen.value().splitn(4, ',');
        let (Some(word), Some(stated)) = (Word::read(&mut parts), parts.next()) else { continue };
        let settles = word.settles_a_version();
        match standing(&version, stated) {
            Standing::Equal if settles => settled.push((word.cve, of_version(&seen, &word, software))),
            Standing::Equal | Standing::Within if !settles => {
                add(answers, word.cve, of_version(&seen, &word, software));
            }
            Standing::Unclear if !settles => {
                doubtful.insert(word.cve);
            }
            _ => {}
        }
    }
    for (cve, answer) in settled.into_iter().filter(|(cve, _)| !doubtful.contains(cve)) {
        add(answers, cve, answer);
    }
}

impl Word {
    /// Reads `CVE,status,why`; the last may be empty or missing.
    fn read<'a>(parts: &mut impl Iterator<Item = &'a str>) -> Option<Self> {
        let cve = parts.next()?.parse().ok()?;
        let status = VexStatus::from_code(parts.next()?)?;
        let why = parts.next().and_then(Justification::from_code);
        Some(Self { cve, status, why })
    }

    fn settles_a_model(&self) -> bool {
        self.status == VexStatus::NotAffected && self.why.is_some()
    }

    /// `fixed` of one version says that this version has the fix; of a model it says nothing of the version here.
    fn settles_a_version(&self) -> bool {
        self.settles_a_model() || self.status == VexStatus::Fixed
    }

    fn label(&self) -> String {
        let because = self.why.map(|why| format!(", since {}", why.label())).unwrap_or_default();
        format!("{}{because}", self.status.label())
    }
}

fn of_model(seen: &Seen<'_>, word: &Word) -> Answer {
    let text = format!("Its maker says that this model is {}", word.label());
    answer(seen, word, word.settles_a_model(), By::Maker, text)
}

fn of_version(seen: &Seen<'_>, word: &Word, software: &str) -> Answer {
    let text = format!("Its maker says that this model with software {software} is {}", word.label());
    answer(seen, word, word.settles_a_version(), By::MakerOfVersion, text)
}

fn answer(seen: &Seen<'_>, word: &Word, settles: bool, by: By, text: String) -> Answer {
    let reason = Reason::new(text, [seen.ground()]);
    Answer { status: word.status, settles, by, until: None, reason }
}

fn standing(version: &SeenVersion, stated: &str) -> Standing {
    let judgement = match read_versions(stated) {
        Some(list) => list.iter().map(|one| version.judge(&criterion(one))).min(),
        None => Some(version.judge_text(stated)),
    };
    match judgement {
        Some(Judgement::Exact) => Standing::Equal,
        Some(Judgement::AnyUpdate | Judgement::InRange | Judgement::AllVersions) => Standing::Within,
        Some(Judgement::NotAffected) => Standing::Other,
        Some(Judgement::Unknown) | None => Standing::Unclear,
    }
}

fn criterion(stated: &Stated) -> Criterion<'_> {
    fn bound(end: Option<&(String, bool)>) -> Option<Bound<'_>> {
        end.map(|(version, inclusive)| Bound { version, inclusive: *inclusive })
    }
    let versions = match stated {
        Stated::All => Versions::Any,
        Stated::Exactly(version) => Versions::Exactly(version),
        Stated::Range(from, to) => {
            Versions::Range(Range { from: bound(from.as_ref()), to: bound(to.as_ref()) })
        }
    };
    Criterion { versions, update: None }
}
