//! Findings of published vulnerabilities: what an index knows of a CVE, as a finding on an asset.

use std::sync::Arc;

use compact_str::CompactString;
use wardround_intel::index::{CveFacts, Index};
use wardround_model::{
    Asset, CveId, Endpoint, Finding, FindingId, Grade, Ground, Reason, Role, Unjudged, Weakness,
};

use crate::opinion::{Asked, Open};

use crate::phrases;
use crate::scene::Scene;
use crate::ssvc::{self, Known};

/// A vulnerability of a product that an asset has, before it is judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Match {
    pub(crate) cve: CveId,
    /// `vendor:product` of a CPE name, or as an advisory writes it.
    pub(crate) product: Arc<str>,
    pub(crate) version: Option<Arc<str>>,
    pub(crate) advisory: Option<String>,
    pub(crate) grade: Grade,
    pub(crate) says: Says,
}

/// What published intelligence says for a match. A hospital has millions of matches and tells few, so the common one
/// becomes sentences only then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Says {
    /// The published record of the CVE names the product.
    Record {
        /// The versions that it names, in words.
        versions: CompactString,
        /// What it asks for beside, as a sentence.
        condition: Option<Box<str>>,
        fixed_in: Option<CompactString>,
    },
    /// These sentences.
    Sentences(Vec<String>),
}

impl Match {
    /// What somebody else says of this product: a scanner, a person, its maker.
    pub(crate) fn told(cve: CveId, product: &str, grade: Grade) -> Self {
        let says = Says::Sentences(Vec::new());
        Self { cve, product: product.into(), version: None, advisory: None, grade, says }
    }

    /// Why, in sentences that rest on what is published alone.
    pub(crate) fn reasons(&self) -> Vec<Reason> {
        let alone = |text: String| Reason::new(text, []);
        match &self.says {
            Says::Sentences(sentences) => sentences.iter().cloned().map(alone).collect(),
            Says::Record { versions, condition, fixed_in } => {
                let fix = fixed_in.as_ref();
                [format!("The published record of {} names {versions}", self.cve)]
                    .into_iter()
                    .chain(condition.as_deref().map(str::to_owned))
                    .chain(fix.map(|version| format!("Version {version} has the fix, by that record")))
                    .map(alone)
                    .collect()
            }
        }
    }
}

/// The match as a finding for these reasons; `None` without grounds.
pub(crate) fn finding(
    scene: &Scene<'_>,
    index: &Index<'_>,
    asset: &Asset,
    endpoint: Option<Endpoint>,
    found: &Match,
    reasons: Vec<Reason>,
) -> Option<Finding> {
    if reasons.iter().all(|reason| reason.grounds.is_empty()) {
        return None;
    }
    let Match { cve, product, version, advisory, grade, .. } = found;
    let (cve, grade) = (*cve, *grade);
    let title = title(product, version.as_deref(), cve, grade);
    let weakness = Weakness::Vulnerability {
        cve,
        product: product.to_string(),
        version: version.as_deref().map(str::to_owned),
        advisory: advisory.clone(),
    };
    let known = index.cve(cve).map(|facts| known(&facts)).unwrap_or_default();
    let mission_wellbeing = ssvc::mission_wellbeing(asset, scene);
    let score = scene.scores.reason(asset, &known.vector, mission_wellbeing.value);
    let mut judgement = ssvc::judge(ssvc::of_vulnerability(&known), mission_wellbeing);
    judgement.reasons.extend(score);
    Some(Finding {
        id: FindingId::of(asset.id, &weakness),
        asset: asset.id,
        weakness,
        endpoint,
        grade,
        title,
        reasons,
        judgement,
    })
}

fn title(product: &str, version: Option<&str>, cve: CveId, grade: Grade) -> String {
    if grade == Grade::Reported {
        return format!("Another scanner reported the published weakness {cve}");
    }
    let product = phrases::product(product);
    let version = version.map(|version| format!(" {version}")).unwrap_or_default();
    match grade {
        Grade::Seen | Grade::ExactVersion => format!("{product}{version} has the published weakness {cve}"),
        _ => format!("{product}{version} may have the published weakness {cve}"),
    }
}

fn known(facts: &CveFacts<'_>) -> Known {
    Known {
        exploited: facts.kev.is_some(),
        public_exploit: facts.public_exploit,
        exploitation: facts.exploitation,
        automatable: facts.automatable,
        technical_impact: facts.technical_impact,
        epss: facts.epss,
        score: facts.cvss.map(|cvss| cvss.score),
        vector: facts.cvss.map(|cvss| cvss.vector.to_owned()).unwrap_or_default(),
    }
}

/// An open question about an asset, for whoever can settle it.
pub(crate) fn open(asset: &Asset, open: &Open, grounds: impl IntoIterator<Item = Ground>) -> Unjudged {
    Unjudged {
        asset: asset.id,
        about: open.about.clone(),
        grade: open.grade,
        cves: open.cves.clone(),
        reason: Reason::new(open.text.clone(), grounds),
        who: match open.who {
            Asked::Owner => Role::of(asset.class.value),
            Asked::Maker => Role::Manufacturer,
        },
        question: open.question.clone(),
    }
}
