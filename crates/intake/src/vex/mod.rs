//! What makers say of weaknesses (VEX) to observations: OpenVEX, CSAF, and the VEX part of CycloneDX.
//!
//! Each format gives [`Claim`]s. Later claims take the place of earlier ones about the same product; claims that disagree about one thing
//! become the most cautious of them, so that a claim never hides more than all of them together allow. A claim about
//! one version says nothing of others ([`FactKind::MakerVexVersion`]), unless a person gave the document for one device and it says the
//! same of every version. Not here: whether a claim is believed (`triage`).

mod csaf;
mod openvex;

use std::collections::BTreeMap;

use wardround_model::{CveId, FactKind, Justification, SourceKind, Subject, Timestamp, VexStatus};

use crate::about::Named;
use crate::json::names_field;
use crate::sbom::cyclonedx;
use crate::{About, ImportError, Request, Row, Rows};

/// What is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    /// Of which weakness.
    pub(crate) cve: CveId,
    /// Whether it is there.
    pub(crate) status: VexStatus,
    /// Why not, where it is not.
    pub(crate) justification: Option<Justification>,
}

/// One statement about one product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Claim {
    /// Its place in the document.
    pub(crate) row: Row,
    /// What the document calls the product: claims of one name follow each other in time.
    pub(crate) said_of: String,
    /// The product, where the document names its maker and model.
    pub(crate) product: Option<Named>,
    /// The version or range of versions that it is about; every version where there is none.
    pub(crate) version: Option<String>,
    /// When it was said, where claims have times of their own.
    pub(crate) at: Option<Timestamp>,
    /// What is said.
    pub(crate) said: Said,
}

pub(crate) fn looks(_name: &str, bytes: &[u8]) -> bool {
    is_openvex(bytes) || is_csaf(bytes)
}

fn is_openvex(bytes: &[u8]) -> bool {
    names_field(bytes, "@context") && names_field(bytes, "statements")
}

fn is_csaf(bytes: &[u8]) -> bool {
    names_field(bytes, "csaf_version")
}

pub(crate) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    let claims = if is_csaf(request.bytes) {
        csaf::read(request, rows)?
    } else if is_openvex(request.bytes) {
        openvex::read(request, rows)?
    } else if cyclonedx::looks(request.name, request.bytes) {
        return cyclonedx::read_as(request, rows, SourceKind::Vex);
    } else {
        let reason =
            "it is neither OpenVEX, nor CSAF, nor CycloneDX in JSON or XML; ask the maker for one of these"
                .to_owned();
        return Err(ImportError::Damaged { name: request.name.to_owned(), kind: SourceKind::Vex, reason });
    };
    settle(request, rows, claims)
}

/// The first CVE number among a weakness's names; an error for the row where there is none.
pub(crate) fn cve_of<'a>(
    rows: &mut Rows<'_>,
    row: Row,
    names: impl Iterator<Item = &'a str>,
) -> Option<CveId> {
    let found = names.filter_map(|name| name.trim().parse().ok()).next();
    if found.is_none() {
        rows.error(row, None, "names no CVE number, by which alone weaknesses are known here");
    }
    found
}

/// The most claims of a document.
const MOST_CLAIMS: usize = 500_000;

/// Writes what claims say, once a thing and weakness.
///
/// # Errors
/// When there are too many claims, or there are some, and none of them is about a thing that is known.
pub(crate) fn settle(
    request: &Request<'_>,
    rows: &mut Rows<'_>,
    claims: Vec<Claim>,
) -> Result<(), ImportError> {
    let is_empty = claims.is_empty();
    if claims.len() > MOST_CLAIMS {
        let reason =
            format!("it makes more than {MOST_CLAIMS} statements; ask the maker for one document a product");
        return Err(ImportError::Damaged { name: request.name.to_owned(), kind: SourceKind::Vex, reason });
    }
    let mut by_thing: BTreeMap<(Subject, CveId), Vec<Claim>> = BTreeMap::new();
    for claim in latest(claims) {
        let Some(subject) = subject_of(request, rows, &claim) else { continue };
        by_thing.entry((subject, claim.said.cve)).or_default().push(claim);
    }
    if by_thing.is_empty() && !is_empty {
        return Err(ImportError::AboutNothing { name: request.name.to_owned() });
    }
    for ((subject, _), claims) in by_thing {
        tell(rows, subject, &claims);
    }
    Ok(())
}

/// The last claim about each product, version and weakness; the most cautious of those of one moment.
fn latest(claims: Vec<Claim>) -> Vec<Claim> {
    let mut last: BTreeMap<(String, Option<String>, CveId), Claim> = BTreeMap::new();
    for claim in claims {
        let key = (claim.said_of.clone(), claim.version.clone(), claim.said.cve);
        let rank = |claim: &Claim| (claim.at, caution(claim.said.status));
        match last.get_mut(&key) {
            Some(known) if rank(known) > rank(&claim) => {}
            Some(known) if rank(known) == rank(&claim) => merge(known, &claim),
            Some(known) => *known = claim,
            None => {
                last.insert(key, claim);
            }
        }
    }
    last.into_values().collect()
}

/// Two claims that say the same: the earlier place, and the reason where both give it.
fn merge(known: &mut Claim, claim: &Claim) {
    known.row = Row(known.row.0.min(claim.row.0));
    if known.said.justification != claim.said.justification {
        known.said.justification = None;
    }
}

/// How cautious a status is: what hides least is the highest.
pub(crate) fn caution(status: VexStatus) -> u8 {
    match status {
        VexStatus::Affected => 3,
        VexStatus::UnderInvestigation => 2,
        VexStatus::Fixed => 1,
        VexStatus::NotAffected => 0,
    }
}

/// What a claim is about: what a person said, else the product that it names.
fn subject_of(request: &Request<'_>, rows: &mut Rows<'_>, claim: &Claim) -> Option<Subject> {
    match (&request.about, &claim.product) {
        (Some(About::Thing(thing)), _) => rows.thing(claim.row, thing),
        (Some(About::Model(model)), _) => Some(Subject::Model(*model)),
        (None, Some(named)) => {
            let subject = named.subject();
            named.tell(rows, claim.row, subject);
            Some(subject)
        }
        (None, None) => {
            let message = "names no maker and model; say which device or model it is about";
            rows.error(claim.row, Some("product"), message);
            None
        }
    }
}

/// Writes the claims about one thing and weakness.
fn tell(rows: &mut Rows<'_>, subject: Subject, claims: &[Claim]) {
    let mut statuses = claims.iter().map(|claim| claim.said.status);
    let first = statuses.next();
    // A person gave the document for this device: what it says of every version, it says of this one.
    let is_of_all = !matches!(subject, Subject::Model(_)) && statuses.all(|status| Some(status) == first);
    let mut by_version: BTreeMap<Option<&str>, Claim> = BTreeMap::new();
    for claim in claims {
        let version = claim.version.as_deref().filter(|_| !is_of_all);
        match by_version.get_mut(&version) {
            Some(known) if caution(known.said.status) > caution(claim.said.status) => {}
            Some(known) if known.said.status == claim.said.status => merge(known, claim),
            _ => {
                by_version.insert(version, claim.clone());
            }
        }
    }
    // What is said of every version hides no more than what is said of one.
    let worst = claims.iter().map(|claim| claim.said).max_by_key(|said| caution(said.status));
    if let (Some(general), Some(worst)) = (by_version.get_mut(&None), worst)
        && caution(worst.status) > caution(general.said.status)
    {
        general.said = Said { justification: None, ..worst };
    }
    for (version, Claim { row, said, .. }) in by_version {
        let justification = said.justification.map(Justification::code);
        let status = said.status.code();
        let cve = said.cve;
        match (version, justification) {
            (None, Some(why)) => {
                rows.fact(row, subject, FactKind::MakerVex, &format!("{cve},{status},{why}"))
            }
            (None, None) => rows.fact(row, subject, FactKind::MakerVex, &format!("{cve},{status}")),
            (Some(version), why) => {
                let text = format!("{cve},{status},{},{version}", why.unwrap_or_default());
                rows.fact(row, subject, FactKind::MakerVexVersion, &text);
            }
        }
    }
}

#[cfg(test)]
mod tests;
