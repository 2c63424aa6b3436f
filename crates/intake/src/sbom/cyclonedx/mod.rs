//! CycloneDX 1.2 to 1.7 (ECMA-424), in JSON and XML: components however deep they nest, and what is said of vulnerabilities.
//!
//! A vulnerability with an analysis is a maker's statement; one without is a report of another scanner. Components that are
//! `excluded` or external, and those of pedigree, tools and formulation, are not in the product.

mod json;
mod vulnerabilities;
mod xml;

use std::collections::BTreeSet;

use wardround_model::{SourceKind, Timestamp};

use super::{Component, Kind, MOST_COMPONENTS, subject_of, tell, tell_product};
use crate::json::names_field;
use crate::vex;
use crate::{ImportError, Request, Rows};

/// What is read of a document, whatever its syntax.
#[derive(Debug, Default)]
struct Bom {
    /// The thing that it is about.
    product: Option<Component>,
    at: Option<Timestamp>,
    components: Vec<Component>,
    /// What other parts of the document call its components.
    references: BTreeSet<String>,
    vulnerabilities: Vec<Vulnerability>,
    /// There were more components than are read.
    is_too_large: bool,
}

impl Bom {
    /// Adds a component and what the document calls it; more than [`MOST_COMPONENTS`] are only counted.
    fn add(&mut self, component: Component, reference: Option<String>) {
        if self.components.len() < MOST_COMPONENTS {
            self.components.push(component);
            self.references.extend(reference);
        } else {
            self.is_too_large = true;
        }
    }
}

/// A vulnerability, and what is said of it.
#[derive(Debug, Default)]
struct Vulnerability {
    row: u64,
    /// Its own number, and those by which other sources know it.
    ids: Vec<String>,
    state: Option<String>,
    justification: Option<String>,
    affects: Vec<Affected>,
}

/// What a vulnerability is said of: a product or a component, and which of its versions.
#[derive(Debug, Default)]
struct Affected {
    reference: String,
    versions: Vec<AffectedVersion>,
}

#[derive(Debug, Default)]
struct AffectedVersion {
    /// A version, or a range of them.
    version: String,
    status: Option<String>,
}

pub(crate) fn looks(_name: &str, bytes: &[u8]) -> bool {
    is_xml(bytes) || names_field(bytes, "bomFormat")
}

fn is_xml(bytes: &[u8]) -> bool {
    crate::xml::begins_with(bytes, &["bom"])
}

pub(crate) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    read_as(request, rows, SourceKind::CycloneDx)
}

/// Reads a document under the kind that was asked for: it may also be given as a VEX document.
pub(crate) fn read_as(
    request: &Request<'_>,
    rows: &mut Rows<'_>,
    kind: SourceKind,
) -> Result<(), ImportError> {
    let bom =
        if is_xml(request.bytes) { xml::read(request, kind, rows)? } else { json::read(request, kind)? };
    if bom.is_too_large {
        let reason = format!("it has more than {MOST_COMPONENTS} components; export it in parts");
        return Err(ImportError::Damaged { name: request.name.to_owned(), kind, reason });
    }
    if let Some(at) = bom.at {
        rows.observed_at(at);
    }
    let product = bom.product.as_ref();
    let subject = subject_of(request, rows, product)?;
    if let Some(product) = product {
        rows.count_row();
        tell_product(rows, subject, product);
    }
    for component in &bom.components {
        rows.count_row();
        tell(rows, subject, component);
    }
    let named = product.and_then(Component::named);
    let claims = vulnerabilities::claims(rows, subject, &bom, named.as_ref());
    vex::settle(request, rows, claims)
}

/// What a component's type means here (ECMA-424, component type).
fn kind_of(text: &str) -> Kind {
    match text {
        "operating-system" => Kind::System,
        "firmware" => Kind::Firmware,
        "device" => Kind::Device,
        "file" | "data" | "cryptographic-asset" | "machine-learning-model" => Kind::Other,
        _ => Kind::Software,
    }
}

/// Whether a scope says that the component is not in the product.
fn is_left_out(scope: Option<&str>) -> bool {
    scope == Some("excluded")
}
