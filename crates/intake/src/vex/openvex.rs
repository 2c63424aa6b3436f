//! OpenVEX 0.2.0, and 0.0.1 where it differs: statements about products.
//!
//! A product is known by its CPE name, whose vendor and product are maker and model; a package URL or another id names neither.

use serde::Deserialize;
use wardround_model::{Justification, SourceKind, Timestamp, VexStatus};

use super::{Claim, Said, cve_of};
use crate::about::Named;
use crate::json::read_file;
use crate::{ImportError, Request, Row, Rows, cpe};

#[derive(Deserialize)]
struct Document {
    timestamp: Option<String>,
    last_updated: Option<String>,
    statements: Vec<Statement>,
}

#[derive(Deserialize)]
struct Statement {
    vulnerability: Vulnerability,
    timestamp: Option<String>,
    last_updated: Option<String>,
    #[serde(default)]
    products: Vec<Product>,
    status: String,
    justification: Option<String>,
}

/// A name alone in 0.0.1.
#[derive(Deserialize)]
#[serde(untagged)]
enum Vulnerability {
    Name(String),
    Known {
        #[serde(default)]
        name: String,
        #[serde(default)]
        aliases: Vec<String>,
    },
}

/// An id alone in 0.0.1.
#[derive(Deserialize)]
#[serde(untagged)]
enum Product {
    Id(String),
    Known {
        #[serde(rename = "@id", default)]
        id: String,
        #[serde(default)]
        identifiers: Identifiers,
    },
}

#[derive(Default, Deserialize)]
struct Identifiers {
    purl: Option<String>,
    cpe22: Option<String>,
    cpe23: Option<String>,
}

pub(super) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<Vec<Claim>, ImportError> {
    let document: Document = read_file(request, SourceKind::Vex)?;
    let at = [document.last_updated, document.timestamp].into_iter().flatten().find_map(moment);
    if let Some(at) = at {
        rows.observed_at(at);
    }
    let mut claims = Vec::new();
    for (row, statement) in (1..).map(Row).zip(document.statements) {
        rows.count_row();
        let at = [statement.last_updated, statement.timestamp].into_iter().flatten().find_map(moment).or(at);
        let names = match &statement.vulnerability {
            Vulnerability::Name(name) => vec![name.as_str()],
            Vulnerability::Known { name, aliases } => {
                [name].into_iter().chain(aliases).map(String::as_str).collect()
            }
        };
        let Some(cve) = cve_of(rows, row, names.into_iter()) else { continue };
        let Some(status) = VexStatus::from_code(&statement.status) else {
            rows.error(
                row,
                Some("status"),
                "is no status that OpenVEX knows; ask the maker for a new document",
            );
            continue;
        };
        let justification = statement.justification.as_deref().and_then(Justification::from_code);
        let said = Said { cve, status, justification };
        if statement.products.is_empty() {
            let said_of = String::new();
            claims.push(Claim { row, said_of, product: None, version: None, at, said });
        }
        claims.extend(statement.products.into_iter().map(|product| claim(row, product, at, said)));
    }
    Ok(claims)
}

fn moment(text: String) -> Option<Timestamp> {
    text.parse().ok()
}

fn claim(row: Row, product: Product, at: Option<Timestamp>, said: Said) -> Claim {
    let (id, identifiers) = match product {
        Product::Id(id) => (id, Identifiers::default()),
        Product::Known { id, identifiers } => (id, identifiers),
    };
    let names = [identifiers.cpe23.as_deref(), identifiers.cpe22.as_deref(), Some(id.as_str())];
    let product = names.into_iter().flatten().find_map(named);
    let purl = identifiers.purl.as_deref().unwrap_or(&id);
    let version = product.as_ref().and_then(|named| named.version.clone()).or_else(|| version_of(purl));
    Claim { row, said_of: id, product, version, at, said }
}

/// Maker, model and version of a CPE name.
fn named(name: &str) -> Option<Named> {
    let name = cpe::to_23(name)?;
    let plain = |place: usize| {
        let value = cpe::attribute(&name, place);
        value.filter(|value| !matches!(value.as_str(), "*" | "-")).map(|value| value.replace('\\', ""))
    };
    let text = |place| plain(place).map(|value| value.replace('_', " "));
    Some(Named::new(&text(1)?, &text(2)?, plain(3).as_deref()))
}

/// The version of a package URL.
fn version_of(purl: &str) -> Option<String> {
    let whole = purl.strip_prefix("pkg:")?.split(['?', '#']).next()?;
    whole.rsplit_once('@').map(|(_, version)| version.to_owned()).filter(|version| !version.is_empty())
}
