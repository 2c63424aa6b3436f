//! Software bills of materials to observations: what a device, or every device of a model, is made of.
//!
//! One module a format. Each gives the thing that the document is about and its [`Component`]s; what is told of them stands
//! here. Parts that a document itself says are not in the product (tools of its build, tests) are left out. Not here: whether a part
//! is weak; what a maker says of weaknesses (`vex`).

pub(crate) mod cyclonedx;
pub(crate) mod spdx;

use wardround_model::{FactKind, Subject};

use crate::about::Named;
use crate::{ImportError, Request, Row, Rows, about, cpe};

/// What a component is, as far as it matters here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    /// A program, a library, or something else that runs.
    #[default]
    Software,
    /// An operating system.
    System,
    /// A device's own program.
    Firmware,
    /// A whole device.
    Device,
    /// A part without a program of its own: a file, a key, a board.
    Other,
}

/// The most components of a document.
const MOST_COMPONENTS: usize = 1_000_000;

/// A component of a product, or the product itself.
#[derive(Clone, Debug, Default)]
struct Component {
    /// Its place in the document, from 1.
    row: u64,
    kind: Kind,
    maker: Option<String>,
    name: String,
    version: Option<String>,
    purls: Vec<String>,
    cpes: Vec<String>,
}

impl Component {
    /// Maker, name and version, where it has both names.
    fn named(&self) -> Option<Named> {
        let maker = self.maker.as_deref().filter(|_| !self.name.is_empty())?;
        Some(Named::new(maker, &self.name, self.version.as_deref()))
    }
}

/// What facts of the document are about, with the names of the product where it is one.
///
/// # Errors
/// When neither a person nor the document says it.
fn subject_of(
    request: &Request<'_>,
    rows: &mut Rows<'_>,
    product: Option<&Component>,
) -> Result<Subject, ImportError> {
    let named = product.and_then(Component::named);
    let subject = about::subject_of(request, rows, named.as_ref())?;
    if let Some((product, named)) = product.zip(named) {
        // A program's bill that was given for a device does not tell the device's maker and model.
        let tells_names = match subject {
            Subject::Model(_) => named.subject() == subject,
            _ => matches!(product.kind, Kind::Device | Kind::Firmware),
        };
        if tells_names {
            named.tell(rows, Row(product.row), subject);
        }
    }
    Ok(subject)
}

/// Tells the product itself: of a model, its names alone, since it is the model and not a part of it.
fn tell_product(rows: &mut Rows<'_>, subject: Subject, product: &Component) {
    let is_model = matches!(subject, Subject::Model(_));
    let kind = if is_model { Kind::Device } else { product.kind };
    tell(rows, subject, &Component { kind, ..product.clone() });
}

/// Tells a component: by its package URL and CPE names, else by its name and version.
fn tell(rows: &mut Rows<'_>, subject: Subject, component: &Component) {
    let row = Row(component.row);
    for purl in &component.purls {
        match short_purl(purl) {
            Some(purl) => rows.fact(row, subject, FactKind::Package, &purl),
            None => rows.error(row, Some("purl"), "is no package URL; one looks like pkg:npm/left-pad@1.3.0"),
        }
    }
    for name in &component.cpes {
        match cpe::to_23(name) {
            Some(name) => rows.fact(row, subject, FactKind::CpeName, &name),
            None => rows.error(
                row,
                Some("cpe"),
                "is no CPE name; one looks like cpe:2.3:a:openbsd:openssh:7.4:*:*:*:*:*:*:*",
            ),
        }
    }
    let named = match &component.version {
        Some(version) => format!("{} {version}", component.name),
        None => component.name.clone(),
    };
    let is_named_only = component.purls.is_empty() && component.cpes.is_empty();
    match component.kind {
        Kind::System => rows.fact(row, subject, FactKind::OperatingSystem, &named),
        Kind::Software | Kind::Firmware if is_named_only => {
            rows.fact(row, subject, FactKind::InstalledSoftware, &named)
        }
        Kind::Software | Kind::Firmware | Kind::Device | Kind::Other => {}
    }
}

/// The longest package URL that is kept.
const LONGEST_PURL: usize = 255;

/// A package URL (purl-spec: `pkg:type/namespace/name@version?qualifiers#subpath`). A long one is kept without its subpath and
/// those qualifiers that do not tell one package from another.
fn short_purl(purl: &str) -> Option<String> {
    let purl = purl.trim();
    let (kind, _) = purl.strip_prefix("pkg:")?.split_once('/')?;
    if kind.is_empty() || !kind.bytes().all(|b| b.is_ascii_alphanumeric() || b".+-".contains(&b)) {
        return None;
    }
    if purl.len() <= LONGEST_PURL {
        return Some(purl.to_owned());
    }
    let (whole, _) = purl.split_once('#').unwrap_or((purl, ""));
    let (name, qualifiers) = whole.split_once('?').unwrap_or((whole, ""));
    let telling =
        |qualifier: &&str| ["arch=", "distro=", "epoch="].iter().any(|key| qualifier.starts_with(key));
    let kept: Vec<&str> = qualifiers.split('&').filter(telling).collect();
    Some(if kept.is_empty() { name.to_owned() } else { format!("{name}?{}", kept.join("&")) })
}

#[cfg(test)]
mod tests;
