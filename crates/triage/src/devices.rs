//! Devices against advisories: maker, model and software of an asset against what CISA and makers publish (CSAF).
//!
//! The best agreeing names decide: a statement about this very model counts before one about its family. A version that
//! was not seen, or cannot be compared, never becomes a sure finding. Not here: software by its CPE name (`products`).

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use wardround_intel::affected::SeenVersion;
use wardround_intel::feed::csaf::Remedies;
use wardround_intel::index::{AdvisoryMatch, Index, ProductMatch, Verdict};
use wardround_model::{Asset, Claim, Confidence, CveId, Finding, Grade, Ground, Reason, Unjudged};

use crate::known::{self, Match};
use crate::scene::Scene;

/// Maker and model have to be this sure before an advisory is held against a device.
const SURE_ENOUGH: Confidence = Confidence::percent(70);

/// What an asset says that it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Device<'a> {
    maker: &'a str,
    model: &'a str,
    software: Option<&'a str>,
}

/// What advisories say of a device.
#[derive(Default)]
struct Opinion {
    matches: Vec<Match>,
    /// Sentences about what could not be judged.
    open: Vec<String>,
}

/// Findings on devices, and what could not be judged. Each distinct device is judged once.
pub(crate) fn findings(scene: &Scene<'_>, index: &Index<'_>) -> (Vec<Finding>, Vec<Unjudged>) {
    let mut opinions = BTreeMap::new();
    let (mut findings, mut unjudged) = (Vec::new(), Vec::new());
    for asset in scene.assets() {
        let Some(device) = device(asset) else { continue };
        let opinion = opinions.entry(device).or_insert_with(|| opinion(index, &device));
        let seen = Reason::new(shown(&device), grounds(asset));
        for found in &opinion.matches {
            let mut found = found.clone();
            found.reasons.insert(0, seen.clone());
            findings.extend(known::finding(scene, index, asset, None, found));
        }
        let open = opinion.open.iter().map(|text| Reason::new(text.clone(), grounds(asset)));
        unjudged.extend(open.map(|reason| crate::known::open(asset, reason)));
    }
    (findings, unjudged)
}

fn device(asset: &Asset) -> Option<Device<'_>> {
    let sure = |claim: &Claim<String>| claim.confidence >= SURE_ENOUGH;
    let maker = asset.maker.as_ref().filter(|claim| sure(claim))?;
    let model = asset.model.as_ref().filter(|claim| sure(claim))?;
    let software = asset.software.as_ref().filter(|claim| sure(claim)).map(|claim| claim.value.as_str());
    Some(Device { maker: &maker.value, model: &model.value, software })
}

/// What maker, model and software of an asset rest on.
fn grounds(asset: &Asset) -> Vec<Ground> {
    let claims = [&asset.maker, &asset.model, &asset.software].into_iter().flatten();
    let mut grounds: Vec<_> =
        claims.flat_map(|claim| &claim.reasons).flat_map(|reason| reason.grounds.iter().copied()).collect();
    grounds.sort_unstable();
    grounds.dedup();
    grounds
}

fn shown(device: &Device<'_>) -> String {
    let Device { maker, model, software } = device;
    match software {
        Some(version) => format!("It shows itself as {model} by {maker} with software {version}"),
        None => format!("It shows itself as {model} by {maker}; its software version was not seen"),
    }
}

fn opinion(index: &Index<'_>, device: &Device<'_>) -> Opinion {
    let seen = SeenVersion::new(device.software, None);
    let statements = index.advisories_for(device.maker, device.model, &seen);
    let mut by_cve: BTreeMap<CveId, Vec<&AdvisoryMatch<'_>>> = BTreeMap::new();
    for statement in &statements {
        for cve in &statement.cves {
            by_cve.entry(*cve).or_default().push(statement);
        }
    }
    let mut opinion = Opinion::default();
    for (cve, statements) in by_cve {
        judge(&mut opinion, device, cve, &statements);
    }
    opinion.open.sort();
    opinion.open.dedup();
    opinion
}

/// What statements about one CVE come to; they are sorted, the best agreeing names first.
fn judge(opinion: &mut Opinion, device: &Device<'_>, cve: CveId, statements: &[&AdvisoryMatch<'_>]) {
    let of_family = |one: &&&AdvisoryMatch<'_>| one.names == ProductMatch::Family;
    let family_only = statements.iter().all(|one| of_family(&one));
    let with = |verdict: Verdict| {
        statements.iter().filter(|one| family_only || !of_family(one)).find(|one| one.verdict() == verdict)
    };
    let (affected, unknown) = (with(Verdict::Affected), with(Verdict::Unknown));
    match (affected, unknown, device.software) {
        // A name of the family alone is no finding: it may be another model, or lack the part that is weak.
        (Some(statement), ..) | (None, Some(statement), _) if family_only => {
            opinion.open.push(same_family(device, statement));
        }
        (Some(statement), _, software) => {
            let grade = if software.is_some() { Grade::ExactVersion } else { Grade::VersionUnknown };
            opinion.matches.push(matched(cve, statement, software, grade));
        }
        (None, Some(statement), None) if may_be_affected(statement) => {
            opinion.matches.push(matched(cve, statement, None, Grade::VersionUnknown));
        }
        (None, Some(statement), _) => opinion.open.push(cannot_say(device, statement)),
        (None, None, _) => {}
    }
}

fn may_be_affected(statement: &AdvisoryMatch<'_>) -> bool {
    statement.status == wardround_intel::feed::csaf::Status::Affected
}

fn matched(cve: CveId, statement: &AdvisoryMatch<'_>, software: Option<&str>, grade: Grade) -> Match {
    let says = format!("The advisory {} lists as affected: {}", statement.advisory.id, named(statement));
    let help = help(statement).into_iter().map(|text| Reason::new(text, []));
    Match {
        cve,
        product: statement.product.to_owned(),
        version: software.map(str::to_owned),
        advisory: Some(statement.advisory.id.to_owned()),
        grade,
        reasons: [Reason::new(says, [])].into_iter().chain(help).collect(),
    }
}

/// The product and its versions, as the advisory writes them.
fn named(statement: &AdvisoryMatch<'_>) -> String {
    let product = format!("{} by {}", statement.product, statement.manufacturer);
    match statement.versions {
        "" | "*" | "vers:all/*" => format!("{product}, all versions"),
        versions => format!("{product}, versions {versions}"),
    }
}

fn help(statement: &AdvisoryMatch<'_>) -> Option<String> {
    let Remedies { vendor_fix, mitigation, workaround, none_available, no_fix_planned } = statement.remedies;
    if let Some(version) = statement.fixed_in {
        return Some(format!("Version {version} has the fix, says the advisory"));
    }
    let text = match () {
        () if vendor_fix => "The maker has a fix or tells what to do, says the advisory",
        () if no_fix_planned => "The maker plans no fix, says the advisory",
        () if none_available => "There is no fix yet, says the advisory",
        () if mitigation || workaround => "The advisory tells how to lower the risk",
        () => return None,
    };
    Some(text.to_owned())
}

fn same_family(device: &Device<'_>, statement: &AdvisoryMatch<'_>) -> String {
    let Device { maker, model, .. } = device;
    format!(
        "The advisory {} is about {}. It shows itself as {model} by {maker}, which may be of the same family; the maker can \
         say whether this one is affected",
        statement.advisory.id,
        named(statement)
    )
}

fn cannot_say(device: &Device<'_>, statement: &AdvisoryMatch<'_>) -> String {
    let Device { maker, model, software } = device;
    let version = software.map_or_else(|| "which was not seen".to_owned(), |text| format!("{text} here"));
    format!(
        "The advisory {} may be about this {model} by {maker}: it names {}, which cannot be compared with its \
         software version, {version}. The maker can say whether it is affected",
        statement.advisory.id,
        named(statement)
    )
}
