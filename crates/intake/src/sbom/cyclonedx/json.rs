//! CycloneDX in JSON.

use serde::Deserialize;
use wardround_model::SourceKind;

use super::super::Component;
use super::{Affected, AffectedVersion, Bom, Vulnerability, is_left_out, kind_of};
use crate::json::read_file;
use crate::{ImportError, Request};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    components: Vec<Part>,
    #[serde(default)]
    vulnerabilities: Vec<Weakness>,
}

#[derive(Default, Deserialize)]
struct Metadata {
    timestamp: Option<String>,
    component: Option<Part>,
    /// Who made the product, before 1.6; since then `manufacturer` is who made the document.
    manufacture: Option<Organization>,
    supplier: Option<Organization>,
}

#[derive(Deserialize)]
struct Organization {
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(rename = "bom-ref")]
    reference: Option<String>,
    manufacturer: Option<Organization>,
    supplier: Option<Organization>,
    publisher: Option<String>,
    #[serde(default)]
    name: String,
    version: Option<String>,
    scope: Option<String>,
    #[serde(default)]
    is_external: bool,
    purl: Option<String>,
    cpe: Option<String>,
    #[serde(default)]
    components: Vec<Part>,
}

#[derive(Deserialize)]
struct Weakness {
    id: Option<String>,
    #[serde(default)]
    references: Vec<Reference>,
    analysis: Option<Analysis>,
    #[serde(default)]
    affects: Vec<Target>,
}

#[derive(Deserialize)]
struct Reference {
    id: Option<String>,
}

#[derive(Deserialize)]
struct Analysis {
    state: Option<String>,
    justification: Option<String>,
}

#[derive(Deserialize)]
struct Target {
    #[serde(rename = "ref", default)]
    reference: String,
    #[serde(default)]
    versions: Vec<TargetVersion>,
}

#[derive(Deserialize)]
struct TargetVersion {
    version: Option<String>,
    range: Option<String>,
    status: Option<String>,
}

pub(super) fn read(request: &Request<'_>, kind: SourceKind) -> Result<Bom, ImportError> {
    let document: Document = read_file(request, kind)?;
    let mut bom = Bom { at: document.metadata.timestamp.and_then(|at| at.parse().ok()), ..Bom::default() };
    let Metadata { component, manufacture, supplier, .. } = document.metadata;
    if let Some(mut part) = component {
        let maker = [manufacture, supplier].into_iter().flatten().find_map(|organization| organization.name);
        add_all(&mut bom, std::mem::take(&mut part.components));
        let component = component_of(part, 1);
        let component = Component { maker: component.maker.or(maker), ..component };
        bom.product = Some(component);
    }
    add_all(&mut bom, document.components);
    bom.vulnerabilities =
        (1..).zip(document.vulnerabilities).map(|(row, weakness)| vulnerability(row, weakness)).collect();
    Ok(bom)
}

/// Adds parts and the parts inside them, each after the one that it is in.
fn add_all(bom: &mut Bom, parts: Vec<Part>) {
    let mut waiting: Vec<Part> = parts.into_iter().rev().collect();
    while let Some(mut part) = waiting.pop() {
        if is_left_out(part.scope.as_deref()) || part.is_external {
            continue;
        }
        waiting.extend(std::mem::take(&mut part.components).into_iter().rev());
        let reference = part.reference.take();
        let row = u64::try_from(bom.components.len()).unwrap_or(u64::MAX).saturating_add(1);
        bom.add(component_of(part, row), reference);
    }
}

fn component_of(part: Part, row: u64) -> Component {
    let organizations = [part.manufacturer, part.supplier].into_iter().flatten();
    let maker = organizations.filter_map(|organization| organization.name).next().or(part.publisher);
    Component {
        row,
        kind: kind_of(&part.kind),
        maker,
        name: part.name,
        version: part.version.filter(|version| !version.is_empty()),
        purls: part.purl.into_iter().collect(),
        cpes: part.cpe.into_iter().collect(),
    }
}

fn vulnerability(row: u64, weakness: Weakness) -> Vulnerability {
    let references = weakness.references.into_iter().filter_map(|reference| reference.id);
    let Analysis { state, justification } =
        weakness.analysis.unwrap_or(Analysis { state: None, justification: None });
    let affects = weakness.affects.into_iter().map(|target| Affected {
        reference: target.reference,
        versions: target.versions.into_iter().filter_map(affected_version).collect(),
    });
    Vulnerability {
        row,
        ids: weakness.id.into_iter().chain(references).collect(),
        state,
        justification,
        affects: affects.collect(),
    }
}

fn affected_version(version: TargetVersion) -> Option<AffectedVersion> {
    Some(AffectedVersion { version: version.version.or(version.range)?, status: version.status })
}
