//! CSAF 2.0 and 2.1 (OASIS) as makers publish it: what its product tree calls a product, and what each vulnerability says of it.

mod tree;

use std::collections::BTreeMap;

use serde::Deserialize;
use wardround_model::{CveId, Justification, SourceKind, VexStatus};

use super::{Claim, Said, cve_of};
use crate::json::read_file;
use crate::{ImportError, Request, Row, Rows};
use tree::{ProductTree, Products};

#[derive(Deserialize)]
struct Csaf {
    document: Document,
    #[serde(default)]
    product_tree: ProductTree,
    #[serde(default)]
    vulnerabilities: Vec<Vulnerability>,
}

#[derive(Deserialize)]
struct Document {
    tracking: Tracking,
}

#[derive(Deserialize)]
struct Tracking {
    current_release_date: Option<String>,
}

#[derive(Deserialize)]
struct Vulnerability {
    cve: Option<String>,
    #[serde(default)]
    product_status: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    flags: Vec<Flag>,
}

#[derive(Deserialize)]
struct Flag {
    label: String,
    #[serde(default)]
    product_ids: Vec<String>,
    #[serde(default)]
    group_ids: Vec<String>,
}

/// The most members of groups that are looked at in a document; what is beyond gets no reason, which hides nothing.
const MOST_MEMBERS: usize = 1_000_000;

pub(super) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<Vec<Claim>, ImportError> {
    let csaf: Csaf = read_file(request, SourceKind::Vex)?;
    if let Some(at) = csaf.document.tracking.current_release_date.and_then(|at| at.parse().ok()) {
        rows.observed_at(at);
    }
    let products = Products::of(csaf.product_tree);
    let mut claims = Vec::new();
    let mut members = MOST_MEMBERS;
    for (row, vulnerability) in (1..).map(Row).zip(&csaf.vulnerabilities) {
        rows.count_row();
        if let Some(cve) = cve_of(rows, row, vulnerability.cve.as_deref().into_iter()) {
            claims.extend(of_vulnerability(rows, row, &products, vulnerability, cve, &mut members));
        }
    }
    Ok(claims)
}

fn of_vulnerability(
    rows: &mut Rows<'_>,
    row: Row,
    products: &Products,
    vulnerability: &Vulnerability,
    cve: CveId,
    members: &mut usize,
) -> Vec<Claim> {
    let justifications = justifications(products, vulnerability, members);
    let mut claims = Vec::new();
    for (list, ids) in &vulnerability.product_status {
        let Some(status) = status_of(list) else { continue };
        for id in ids {
            let Some(product) = products.get(id) else {
                rows.error(
                    row,
                    Some(list),
                    "names a product that the product tree does not; ask the maker for a new document",
                );
                continue;
            };
            let justification =
                justifications.get(id.as_str()).copied().filter(|_| status == VexStatus::NotAffected);
            claims.push(Claim {
                row,
                said_of: id.clone(),
                product: product.named(),
                version: product.version.clone(),
                at: None,
                said: Said { cve, status, justification },
            });
        }
    }
    claims
}

/// Why products are not affected: the flags, whose labels are CISA's five.
fn justifications<'a>(
    products: &'a Products,
    vulnerability: &'a Vulnerability,
    members: &mut usize,
) -> BTreeMap<&'a str, Justification> {
    let mut known = BTreeMap::new();
    for flag in &vulnerability.flags {
        let Some(justification) = Justification::from_code(&flag.label) else { continue };
        for group in &flag.group_ids {
            let ids = products.group(group);
            known.extend(ids.iter().take(*members).map(|id| (id.as_str(), justification)));
            *members = members.saturating_sub(ids.len());
        }
        known.extend(flag.product_ids.iter().map(|id| (id.as_str(), justification)));
    }
    known
}

/// Lists of products (CSAF 2.0, 3.2.3.9). `recommended` says nothing of weaknesses.
fn status_of(list: &str) -> Option<VexStatus> {
    Some(match list {
        "first_affected" | "known_affected" | "last_affected" => VexStatus::Affected,
        "known_not_affected" => VexStatus::NotAffected,
        "first_fixed" | "fixed" => VexStatus::Fixed,
        "under_investigation" => VexStatus::UnderInvestigation,
        _ => return None,
    })
}
