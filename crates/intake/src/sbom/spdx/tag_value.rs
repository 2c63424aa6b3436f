//! SPDX 2 in tag-value: a line is `Tag: value`; a value in `<text>` may be of many lines, which are passed over.

use super::super::MOST_COMPONENTS;
use super::{Document, Package, Relationship, add_reference, filled, kind_of, organization};
use crate::{Row, Rows};

/// The most relationships of a document.
const MOST_RELATIONSHIPS: usize = 2_000_000;

/// What a line belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Section {
    Document,
    Package,
    /// A file, a snippet, a licence: not read.
    Other,
}

pub(super) fn read(bytes: &[u8], rows: &mut Rows<'_>) -> Document {
    let text = String::from_utf8_lossy(bytes);
    let mut document = Document::default();
    let mut section = Section::Document;
    let mut is_in_text = false;
    for (row, line) in (1..).map(Row).zip(text.lines()) {
        if is_in_text {
            is_in_text = !line.contains("</text>");
            continue;
        }
        let Some((tag, value)) = line.split_once(':').map(|(tag, value)| (tag.trim(), value.trim())) else {
            continue;
        };
        is_in_text = value.starts_with("<text>") && !value.contains("</text>");
        section = section_of(tag).unwrap_or(section);
        match (tag, section) {
            ("PackageName", _) if document.packages.len() < MOST_COMPONENTS => {
                document.packages.push(package(row, value));
            }
            ("PackageName", _) => {
                section = Section::Other;
                rows.error(row, Some(tag), "is one package more than are read; export it in parts");
            }
            ("Created", _) => document.at = value.parse().ok(),
            ("Relationship", _) => match relationship(value) {
                Some(_) if document.relationships.len() >= MOST_RELATIONSHIPS => {
                    rows.error(row, Some(tag), "is one relationship more than are read; export it in parts");
                }
                Some(relationship) => document.relationships.push(relationship),
                None => rows.error(row, Some("Relationship"), "is not of the form: this KIND that"),
            },
            (tag, Section::Package) => {
                if let Some(package) = document.packages.last_mut() {
                    add(package, tag, value);
                }
            }
            _ => {}
        }
    }
    if is_in_text {
        rows.error(Row(1), None, "a text that begins with <text> does not end; export it again");
    }
    document
}

/// The section that a tag begins.
fn section_of(tag: &str) -> Option<Section> {
    match tag {
        "PackageName" => Some(Section::Package),
        "FileName" | "SnippetSPDXID" | "LicenseID" => Some(Section::Other),
        _ => None,
    }
}

fn package(row: Row, name: &str) -> Package {
    let mut package = Package::default();
    package.component.row = row.0;
    package.component.name = name.to_owned();
    package
}

fn add(package: &mut Package, tag: &str, value: &str) {
    let component = &mut package.component;
    match tag {
        "SPDXID" => package.id = value.to_owned(),
        "PackageVersion" => component.version = filled(value),
        "PackageSupplier" => component.maker = organization(value).or(component.maker.take()),
        "PackageOriginator" => component.maker = component.maker.take().or(organization(value)),
        "PrimaryPackagePurpose" => component.kind = kind_of(value),
        "ExternalRef" => {
            let mut words = value.split_whitespace();
            if let (Some(_category), Some(kind), Some(locator)) = (words.next(), words.next(), words.next()) {
                add_reference(component, kind, locator);
            }
        }
        _ => {}
    }
}

fn relationship(value: &str) -> Option<Relationship> {
    let mut words = value.split_whitespace().map(str::to_owned);
    Some(Relationship { from: words.next()?, kind: words.next()?, to: words.next()? })
}
