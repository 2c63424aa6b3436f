//! Devices against advisories: maker, model and software of an asset against what CISA and makers publish (CSAF).
//!
//! The best agreeing names decide: a statement about this very model counts before one about its family. A version that
//! was not seen, or cannot be compared, never becomes a sure finding. Not here: software by its CPE name (`products`).

#[cfg(test)]
pub(crate) mod tests;

use std::collections::BTreeMap;

use wardround_intel::affected::SeenVersion;
use wardround_intel::feed::csaf::Remedies;
use wardround_intel::index::{AdvisoryMatch, Index, ProductMatch, Verdict};
use wardround_model::{Asset, Claim, Confidence, CveId, Grade, Ground};

use crate::known::{Match, Says};
use crate::opinion::{Asked, Open, Opinion};
use crate::recalls;

/// Maker and model have to be this sure before an advisory is held against a device.
const SURE_ENOUGH: Confidence = Confidence::percent(70);

/// What an asset says that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Device<'a> {
    pub(crate) maker: &'a str,
    pub(crate) model: &'a str,
    pub(crate) software: Option<&'a str>,
}

/// The device that an asset is, where its maker and model are sure enough.
pub(crate) fn device(asset: &Asset) -> Option<Device<'_>> {
    let (maker, model) = (sure(asset.maker.as_ref())?, sure(asset.model.as_ref())?);
    Some(Device { maker, model, software: software(asset) })
}

/// The version of an asset's own software, where it is sure enough.
pub(crate) fn software(asset: &Asset) -> Option<&str> {
    sure(asset.software.as_ref())
}

fn sure(claim: Option<&Claim<String>>) -> Option<&str> {
    claim.filter(|claim| claim.confidence >= SURE_ENOUGH).map(|claim| claim.value.as_str())
}

/// What maker, model and software of an asset rest on.
pub(crate) fn grounds(asset: &Asset) -> Vec<Ground> {
    let claims = [&asset.maker, &asset.model, &asset.software].into_iter().flatten();
    let mut grounds: Vec<_> =
        claims.flat_map(|claim| &claim.reasons).flat_map(|reason| reason.grounds.iter().copied()).collect();
    grounds.sort_unstable();
    grounds.dedup();
    grounds
}

impl Device<'_> {
    /// Its maker, model and software, as people write them.
    pub(crate) fn name(&self) -> String {
        let Device { maker, model, software } = self;
        match software {
            Some(version) => format!("{maker} {model} {version}"),
            None => format!("{maker} {model}"),
        }
    }
}

pub(crate) fn shown(device: &Device<'_>) -> String {
    let Device { maker, model, software } = device;
    match software {
        Some(version) => format!("It shows itself as {model} by {maker} with software {version}"),
        None => format!("It shows itself as {model} by {maker}; its software version was not seen"),
    }
}

/// What advisories and recalls say of a device.
pub(crate) fn opinion(index: &Index<'_>, device: &Device<'_>) -> Opinion {
    let seen = SeenVersion::new(device.software, None);
    let statements = index.advisories_for(device.maker, device.model, &seen);
    let mut by_cve: BTreeMap<CveId, Vec<&AdvisoryMatch<'_>>> = BTreeMap::new();
    for statement in &statements {
        for cve in &statement.cves {
            by_cve.entry(*cve).or_default().push(statement);
        }
    }
    let mut opinion = Opinion { considered: by_cve.keys().copied().collect(), ..Opinion::default() };
    let mut open = BTreeMap::new();
    for (cve, statements) in by_cve {
        judge(&mut opinion, &mut open, device, cve, &statements);
    }
    opinion.open.extend(open.into_values().map(|(open, cves): (Open, Vec<CveId>)| {
        let grade = open.grade.unwrap_or(Grade::ModelFamily);
        open.of(grade, cves)
    }));
    recalls::of_device(index, device, &mut opinion);
    opinion
}

/// Questions by what they are about, each with the vulnerabilities that it would settle.
type Questions = BTreeMap<String, (Open, Vec<CveId>)>;

fn ask(questions: &mut Questions, open: Open, cve: CveId) {
    questions.entry(open.about.clone()).or_insert_with(|| (open, Vec::new())).1.push(cve);
}

/// What statements about one CVE come to; they are sorted, the best agreeing names first.
fn judge(
    opinion: &mut Opinion,
    questions: &mut Questions,
    device: &Device<'_>,
    cve: CveId,
    statements: &[&AdvisoryMatch<'_>],
) {
    let of_family = |one: &&&AdvisoryMatch<'_>| one.names == ProductMatch::Family;
    let family_only = statements.iter().all(|one| of_family(&one));
    let with = |verdict: Verdict| {
        statements.iter().filter(|one| family_only || !of_family(one)).find(|one| one.verdict() == verdict)
    };
    let (affected, unknown) = (with(Verdict::Affected), with(Verdict::Unknown));
    match (affected, unknown, device.software) {
        // A name of the family alone is no finding: it may be another model, or lack the part that is weak.
        (Some(statement), ..) | (None, Some(statement), _) if family_only => {
            ask(questions, same_family(device, statement), cve);
        }
        (Some(statement), _, software) => {
            let grade = if software.is_some() { Grade::ExactVersion } else { Grade::VersionUnknown };
            opinion.matches.push(matched(cve, statement, software, grade).into());
        }
        (None, Some(statement), None) if may_be_affected(statement) => {
            opinion.matches.push(matched(cve, statement, None, Grade::VersionUnknown).into());
        }
        (None, Some(statement), _) => ask(questions, cannot_say(device, statement), cve),
        (None, None, _) => {}
    }
}

fn may_be_affected(statement: &AdvisoryMatch<'_>) -> bool {
    statement.status == wardround_intel::feed::csaf::Status::Affected
}

fn matched(cve: CveId, statement: &AdvisoryMatch<'_>, software: Option<&str>, grade: Grade) -> Match {
    let says = format!("The advisory {} lists as affected: {}", statement.advisory.id, named(statement));
    Match {
        cve,
        product: statement.product.into(),
        version: software.map(Into::into),
        advisory: Some(statement.advisory.id.to_owned()),
        grade,
        says: Says::Sentences([says].into_iter().chain(help(statement)).collect()),
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

/// What an open question about an advisory is about: the advisory and the name in it, the same in every round.
fn about(statement: &AdvisoryMatch<'_>) -> String {
    format!("advisory:{}:{}", statement.advisory.id, statement.product)
}

fn same_family(device: &Device<'_>, statement: &AdvisoryMatch<'_>) -> Open {
    let Device { maker, model, .. } = device;
    let text = format!(
        "The advisory {} is about {}. It shows itself as {model} by {maker}, which may be of the same family; the maker can \
         say whether this one is affected",
        statement.advisory.id,
        named(statement)
    );
    let question = format!(
        "Is this {model} the {} that the advisory {} names?",
        statement.product, statement.advisory.id
    );
    let mut open = Open::to_owner(about(statement), text, question);
    open.grade = Some(Grade::ModelFamily);
    open
}

fn cannot_say(device: &Device<'_>, statement: &AdvisoryMatch<'_>) -> Open {
    let Device { maker, model, software } = device;
    let version = software.map_or_else(|| "which was not seen".to_owned(), |text| format!("{text} here"));
    let text = format!(
        "The advisory {} may be about this {model} by {maker}: it names {}, which cannot be compared with its \
         software version, {version}. The maker can say whether it is affected",
        statement.advisory.id,
        named(statement)
    );
    let question = match software {
        Some(version) => {
            format!("Is {model} with software {version} affected by the advisory {}?", statement.advisory.id)
        }
        None => format!(
            "Which software runs on this {model}, and is it affected by the advisory {}?",
            statement.advisory.id
        ),
    };
    let mut open = Open::to_owner(about(statement), text, question);
    open.grade = Some(Grade::VersionUnknown);
    open.who = Asked::Maker;
    open
}
