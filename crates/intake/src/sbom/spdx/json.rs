//! SPDX 2 in JSON.

use serde::Deserialize;
use wardround_model::SourceKind;

use super::super::Component;
use super::{Document, Package, Relationship, add_reference, filled, kind_of, organization};
use crate::json::read_file;
use crate::{ImportError, Request};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Spdx {
    creation_info: Option<CreationInfo>,
    #[serde(default)]
    document_describes: Vec<String>,
    #[serde(default)]
    packages: Vec<Entry>,
    #[serde(default)]
    relationships: Vec<Link>,
}

#[derive(Deserialize)]
struct CreationInfo {
    created: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(rename = "SPDXID", default)]
    id: String,
    #[serde(default)]
    name: String,
    version_info: Option<String>,
    supplier: Option<String>,
    originator: Option<String>,
    #[serde(default)]
    primary_package_purpose: String,
    #[serde(default)]
    external_refs: Vec<Reference>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reference {
    reference_type: String,
    reference_locator: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Link {
    spdx_element_id: String,
    relationship_type: String,
    related_spdx_element: String,
}

pub(super) fn read(request: &Request<'_>) -> Result<Document, ImportError> {
    let spdx: Spdx = read_file(request, SourceKind::Spdx)?;
    let links = spdx.relationships.into_iter().map(|link| Relationship {
        from: link.spdx_element_id,
        kind: link.relationship_type,
        to: link.related_spdx_element,
    });
    Ok(Document {
        at: spdx.creation_info.and_then(|info| info.created?.parse().ok()),
        packages: (1..).zip(spdx.packages).map(|(row, entry)| package(row, entry)).collect(),
        relationships: links.collect(),
        describes: spdx.document_describes,
    })
}

fn package(row: u64, entry: Entry) -> Package {
    let makers = [entry.supplier, entry.originator].into_iter().flatten();
    let mut component = Component {
        row,
        kind: kind_of(&entry.primary_package_purpose),
        maker: makers.filter_map(|maker| organization(&maker)).next(),
        name: entry.name,
        version: entry.version_info.as_deref().and_then(filled),
        ..Component::default()
    };
    for Reference { reference_type, reference_locator } in &entry.external_refs {
        add_reference(&mut component, reference_type, reference_locator);
    }
    Package { id: entry.id, component }
}
