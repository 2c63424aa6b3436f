//! CycloneDX in XML.

use wardround_model::SourceKind;

use super::super::Component;
use super::{Affected, AffectedVersion, Bom, Vulnerability, is_left_out, kind_of};
use crate::xml::{Element, Part, Vocabulary, read_file};
use crate::{ImportError, Request, Rows};

const VOCABULARY: Vocabulary = Vocabulary {
    names: &[
        "timestamp",
        "manufacture",
        "manufacturer",
        "supplier",
        "publisher",
        "name",
        "version",
        "scope",
        "isExternal",
        "purl",
        "cpe",
        "components",
        "type",
        "bom-ref",
        "id",
        "references",
        "reference",
        "analysis",
        "state",
        "justification",
        "affects",
        "target",
        "ref",
        "versions",
        "range",
        "status",
    ],
    records: &["metadata", "component", "vulnerability"],
    passed_over: &["formulation", "declarations", "annotations"],
};

pub(super) fn read(request: &Request<'_>, kind: SourceKind, rows: &mut Rows<'_>) -> Result<Bom, ImportError> {
    let mut bom = Bom::default();
    read_file(request, kind, VOCABULARY, rows, |_, part| match part {
        Part::Record(record) if record.name == "metadata" => metadata(&mut bom, &record),
        Part::Record(record) if record.name == "component" => add(&mut bom, &record),
        Part::Record(record) => bom.vulnerabilities.push(vulnerability(&record)),
        Part::Opened(_) => {}
    })?;
    Ok(bom)
}

fn metadata(bom: &mut Bom, metadata: &Element) {
    bom.at = metadata.text_of("timestamp").and_then(|at| at.parse().ok());
    let Some(part) = metadata.child("component") else { return };
    let component = component_of(part);
    let maker = organization(metadata, "manufacture").or_else(|| organization(metadata, "supplier"));
    let component = Component { maker: component.maker.or(maker), ..component };
    bom.product = Some(component);
    for inner in part.members("components", "component") {
        add(bom, inner);
    }
}

/// Adds a component and those inside it; the depth of elements is bounded.
fn add(bom: &mut Bom, part: &Element) {
    if is_left_out(part.text_of("scope")) || part.attribute("isExternal") == Some("true") {
        return;
    }
    bom.add(component_of(part), part.attribute("bom-ref").map(str::to_owned));
    for inner in part.members("components", "component") {
        add(bom, inner);
    }
}

fn organization(element: &Element, name: &str) -> Option<String> {
    element.child(name)?.text_of("name").map(str::to_owned)
}

fn component_of(part: &Element) -> Component {
    let text = |name| part.text_of(name).map(str::to_owned);
    let maker = organization(part, "manufacturer").or_else(|| organization(part, "supplier"));
    Component {
        row: part.row.0,
        kind: kind_of(part.attribute("type").unwrap_or_default()),
        maker: maker.or_else(|| text("publisher")),
        name: text("name").unwrap_or_default(),
        version: text("version"),
        purls: text("purl").into_iter().collect(),
        cpes: text("cpe").into_iter().collect(),
    }
}

fn vulnerability(element: &Element) -> Vulnerability {
    let references =
        element.members("references", "reference").filter_map(|reference| reference.text_of("id"));
    let analysis =
        |name| element.child("analysis").and_then(|analysis| analysis.text_of(name)).map(str::to_owned);
    let affects = element.members("affects", "target").map(|target| Affected {
        reference: target.text_of("ref").unwrap_or_default().to_owned(),
        versions: target.members("versions", "version").filter_map(affected_version).collect(),
    });
    Vulnerability {
        row: element.row.0,
        ids: element.text_of("id").into_iter().chain(references).map(str::to_owned).collect(),
        state: analysis("state"),
        justification: analysis("justification"),
        affects: affects.collect(),
    }
}

fn affected_version(version: &Element) -> Option<AffectedVersion> {
    let text = version.text_of("version").or_else(|| version.text_of("range"))?;
    Some(AffectedVersion { version: text.to_owned(), status: version.text_of("status").map(str::to_owned) })
}
