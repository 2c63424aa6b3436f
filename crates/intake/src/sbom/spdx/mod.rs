//! SPDX 2.1 to 2.3 (ISO/IEC 5962) in JSON and tag-value: packages with their package URLs and CPE names.
//!
//! A package that a relationship makes a tool, a test or a dependency of development, and nothing makes a part, is not in the
//! product. SPDX in RDF, in YAML, and SPDX 3 are refused by name.

mod json;
mod tag_value;

use std::collections::BTreeSet;

use wardround_model::{SourceKind, Timestamp};

use super::{Component, Kind, subject_of, tell, tell_product};
use crate::json::names_field;
use crate::xml::begins_with;
use crate::{ImportError, Request, Rows};

/// What is read of a document, whatever its syntax.
#[derive(Debug, Default)]
struct Document {
    at: Option<Timestamp>,
    packages: Vec<Package>,
    relationships: Vec<Relationship>,
    /// Ids of packages that the document itself names as its subjects.
    describes: Vec<String>,
}

#[derive(Debug, Default)]
struct Package {
    id: String,
    component: Component,
}

/// One thing and another, and how they belong together.
#[derive(Debug, Default)]
struct Relationship {
    from: String,
    kind: String,
    to: String,
}

/// How SPDX is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Syntax {
    Json,
    TagValue,
    Json3,
    Rdf,
    Yaml,
}

impl Syntax {
    fn of(bytes: &[u8]) -> Option<Self> {
        let start = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
        let start = String::from_utf8_lossy(start);
        let has_line =
            |begin: &str| start.trim_start_matches('\u{feff}').lines().any(|line| line.starts_with(begin));
        if names_field(bytes, "spdxVersion") {
            Some(Self::Json)
        } else if names_field(bytes, "@context") && String::from_utf8_lossy(bytes).contains("spdx.org/rdf/3")
        {
            Some(Self::Json3)
        } else if has_line("SPDXVersion:") {
            Some(Self::TagValue)
        } else if begins_with(bytes, &["RDF", "SpdxDocument"]) && start.contains("spdx.org/rdf/terms") {
            Some(Self::Rdf)
        } else if has_line("spdxVersion:") || has_line("SPDXID:") {
            Some(Self::Yaml)
        } else {
            None
        }
    }
}

pub(crate) fn looks(_name: &str, bytes: &[u8]) -> bool {
    Syntax::of(bytes).is_some()
}

pub(crate) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    let refused = |what: &str| ImportError::Damaged {
        name: request.name.to_owned(),
        kind: SourceKind::Spdx,
        reason: format!("{what}; export it as SPDX 2.3 in JSON or tag-value, or as CycloneDX"),
    };
    let document = match Syntax::of(request.bytes) {
        Some(Syntax::Json) => json::read(request)?,
        Some(Syntax::TagValue) => tag_value::read(request.bytes, rows),
        Some(Syntax::Json3) => return Err(refused("it is SPDX 3, which is not read yet")),
        Some(Syntax::Rdf) => return Err(refused("it is SPDX in RDF, which is not read")),
        Some(Syntax::Yaml) => return Err(refused("it is SPDX in YAML, which is not read")),
        None => return Err(refused("it is no SPDX document")),
    };
    tell_document(request, rows, document)
}

fn tell_document(request: &Request<'_>, rows: &mut Rows<'_>, document: Document) -> Result<(), ImportError> {
    if let Some(at) = document.at {
        rows.observed_at(at);
    }
    let left_out = left_out(&document);
    let product = described(&document);
    let subject = subject_of(request, rows, product.map(|product| &product.component))?;
    for package in &document.packages {
        rows.count_row();
        if product.is_some_and(|product| product.id == package.id) {
            tell_product(rows, subject, &package.component);
        } else if !left_out.contains(package.id.as_str()) {
            tell(rows, subject, &package.component);
        }
    }
    Ok(())
}

/// The one package that the document is about: the only one that it describes, or the only one.
fn described(document: &Document) -> Option<&Package> {
    let of_relationships = document.relationships.iter().filter_map(Relationship::describes);
    let ids: BTreeSet<&str> = document.describes.iter().map(String::as_str).chain(of_relationships).collect();
    let mut found =
        document.packages.iter().filter(|package| ids.is_empty() || ids.contains(package.id.as_str()));
    found.next().filter(|_| found.next().is_none())
}

impl Relationship {
    fn describes(&self) -> Option<&str> {
        match self.kind.as_str() {
            "DESCRIBES" => Some(&self.to),
            "DESCRIBED_BY" => Some(&self.from),
            _ => None,
        }
    }

    /// What it makes something that is used beside the product and is not in it (SPDX 2.3, 11.1).
    fn beside(&self) -> Option<&str> {
        match self.kind.as_str() {
            "BUILD_TOOL_OF"
            | "DEV_TOOL_OF"
            | "TEST_TOOL_OF"
            | "BUILD_DEPENDENCY_OF"
            | "DEV_DEPENDENCY_OF"
            | "TEST_DEPENDENCY_OF"
            | "TEST_OF"
            | "TEST_CASE_OF"
            | "DOCUMENTATION_OF"
            | "EXAMPLE_OF"
            | "METAFILE_OF" => Some(&self.from),
            _ => None,
        }
    }

    /// What it makes a part of something.
    fn part(&self) -> Option<&str> {
        match self.kind.as_str() {
            "CONTAINS" | "DEPENDS_ON" | "DESCRIBES" | "STATIC_LINK" | "DYNAMIC_LINK" => Some(&self.to),
            "CONTAINED_BY" | "DEPENDENCY_OF" | "RUNTIME_DEPENDENCY_OF" | "DESCRIBED_BY" => Some(&self.from),
            _ => None,
        }
    }
}

/// Ids of packages that are beside the product and no part of anything.
fn left_out(document: &Document) -> BTreeSet<&str> {
    let parts = document.relationships.iter().filter_map(Relationship::part);
    let parts: BTreeSet<&str> = document.describes.iter().map(String::as_str).chain(parts).collect();
    let beside = document.relationships.iter().filter_map(Relationship::beside);
    beside.filter(|id| !parts.contains(id)).collect()
}

/// What a package's purpose means here (SPDX 2.3, 7.24).
fn kind_of(purpose: &str) -> Kind {
    match purpose {
        "OPERATING-SYSTEM" | "OPERATING_SYSTEM" => Kind::System,
        "FIRMWARE" => Kind::Firmware,
        "DEVICE" => Kind::Device,
        "FILE" | "SOURCE" | "ARCHIVE" => Kind::Other,
        _ => Kind::Software,
    }
}

/// The maker of `Organization: Name (mail)`; a person is not kept.
fn organization(supplier: &str) -> Option<String> {
    let name = supplier.trim().strip_prefix("Organization:")?;
    let name = name.split('(').next().unwrap_or(name).trim();
    Some(name.to_owned()).filter(|name| !name.is_empty())
}

/// A text of SPDX, where it says something.
fn filled(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !matches!(text.as_str(), "" | "NOASSERTION" | "NONE"))
}

/// Adds a reference of a package to another system, by its type.
fn add_reference(component: &mut Component, kind: &str, locator: &str) {
    match kind {
        "purl" => component.purls.push(locator.to_owned()),
        "cpe22Type" | "cpe23Type" => component.cpes.push(locator.to_owned()),
        _ => {}
    }
}
