//! Findings of published vulnerabilities: what an index knows of a CVE, as a finding on an asset.

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
    pub(crate) product: String,
    pub(crate) version: Option<String>,
    pub(crate) advisory: Option<String>,
    pub(crate) grade: Grade,
    pub(crate) reasons: Vec<Reason>,
}

/// The match as a finding; `None` without grounds.
pub(crate) fn finding(
    scene: &Scene<'_>,
    index: &Index<'_>,
    asset: &Asset,
    endpoint: Option<Endpoint>,
    found: Match,
) -> Option<Finding> {
    let Match { cve, product, version, advisory, grade, reasons } = found;
    let title = title(&product, version.as_deref(), cve, grade);
    let weakness = Weakness::Vulnerability { cve, product, version, advisory };
    let known = index.cve(cve).map(|facts| known(&facts)).unwrap_or_default();
    if reasons.iter().all(|reason| reason.grounds.is_empty()) {
        return None;
    }
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
