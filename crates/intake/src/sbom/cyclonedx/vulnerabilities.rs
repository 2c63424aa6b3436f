//! What a CycloneDX document says of vulnerabilities: a maker's statements where it has an analysis, else reports.

use wardround_model::{CveId, FactKind, Justification, Subject, VexStatus};

use super::{Affected, AffectedVersion, Bom, Vulnerability};
use crate::about::Named;
use crate::vex::{Claim, Said, caution, cve_of};
use crate::{Row, Rows};

/// The claims of a document. A vulnerability without an analysis becomes a report about `subject`.
pub(super) fn claims(
    rows: &mut Rows<'_>,
    subject: Subject,
    bom: &Bom,
    product: Option<&Named>,
) -> Vec<Claim> {
    let mut claims = Vec::new();
    for vulnerability in &bom.vulnerabilities {
        rows.count_row();
        let row = Row(vulnerability.row);
        let Some(cve) = cve_of(rows, row, vulnerability.ids.iter().map(String::as_str)) else { continue };
        match &vulnerability.state {
            None if !vulnerability.affects.iter().any(names_status) => {
                rows.fact(row, subject, FactKind::ScannerReport, &cve.to_string());
            }
            state => match status_of(state.as_deref()) {
                Some(status) => claims.extend(of_vulnerability(bom, product, vulnerability, cve, status)),
                None => rows.error(row, Some("state"), "is no state of an analysis that CycloneDX knows"),
            },
        }
    }
    claims
}

fn names_status(affected: &Affected) -> bool {
    affected.versions.iter().any(|version| version.status.is_some())
}

fn of_vulnerability(
    bom: &Bom,
    product: Option<&Named>,
    vulnerability: &Vulnerability,
    cve: CveId,
    status: VexStatus,
) -> Vec<Claim> {
    let justification = vulnerability.justification.as_deref().and_then(justification_of);
    let claim = |status, product: Option<&Named>, said_of: &str, version: Option<&str>| {
        let version = version.map(str::to_owned).or_else(|| product?.version.clone());
        let product = product.cloned();
        Claim {
            row: Row(vulnerability.row),
            said_of: said_of.to_owned(),
            product,
            version,
            at: None,
            said: Said { cve, status, justification },
        }
    };
    if vulnerability.affects.is_empty() {
        return vec![claim(status, product, "", None)];
    }
    let mut claims = Vec::new();
    for affected in &vulnerability.affects {
        let is_part = bom.references.contains(&affected.reference);
        if is_part || affected.versions.is_empty() {
            // Versions of a part are not those of the product; a status among them can only make matters worse.
            let worst = affected
                .versions
                .iter()
                .filter_map(|version| explicit(version, status))
                .max_by_key(|s| caution(*s));
            let status = worst.filter(|worst| caution(*worst) > caution(status)).unwrap_or(status);
            claims.push(claim(status, product, &affected.reference, None));
        }
        for version in affected.versions.iter().filter(|_| !is_part) {
            let status = explicit(version, status).unwrap_or(status);
            claims.push(claim(status, product, &affected.reference, Some(&version.version)));
        }
    }
    claims
}

/// What a version's own status says beside the state of the whole.
fn explicit(version: &AffectedVersion, state: VexStatus) -> Option<VexStatus> {
    Some(match (version.status.as_deref()?, state) {
        ("affected", _) => VexStatus::Affected,
        ("unaffected", VexStatus::Fixed) => VexStatus::Fixed,
        ("unaffected", _) => VexStatus::NotAffected,
        _ => VexStatus::UnderInvestigation,
    })
}

/// States of an analysis (ECMA-424, impactAnalysisState). Without one, versions say their own.
fn status_of(state: Option<&str>) -> Option<VexStatus> {
    Some(match state {
        Some("resolved" | "resolved_with_pedigree") => VexStatus::Fixed,
        Some("exploitable") => VexStatus::Affected,
        Some("in_triage") | None => VexStatus::UnderInvestigation,
        Some("false_positive" | "not_affected") => VexStatus::NotAffected,
        Some(_) => return None,
    })
}

/// Justifications (ECMA-424, impactAnalysisJustification), as CISA's five.
fn justification_of(text: &str) -> Option<Justification> {
    Some(match text {
        "code_not_present" => Justification::VulnerableCodeNotPresent,
        "code_not_reachable" => Justification::VulnerableCodeNotInExecutePath,
        "requires_configuration" | "requires_dependency" | "requires_environment" => {
            Justification::VulnerableCodeCannotBeControlledByAdversary
        }
        "protected_by_compiler"
        | "protected_at_runtime"
        | "protected_at_perimeter"
        | "protected_by_mitigating_control" => Justification::InlineMitigationsAlreadyExist,
        _ => return None,
    })
}
