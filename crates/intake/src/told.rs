//! What a file told, as lines that tests compare. For tests alone.

use wardround_model::{ModelId, SourceIndex, Timestamp};

use crate::{About, ImportError, Imported, Request, Thing, import};

/// The day that a test imports on.
pub(crate) const TODAY: Timestamp = Timestamp::from_seconds(1_795_478_400);

/// Imports a file that nobody said anything of.
pub(crate) fn file(name: &str, bytes: &[u8]) -> Result<Imported, ImportError> {
    about(name, bytes, None)
}

/// Imports a file about what a person said.
pub(crate) fn about(name: &str, bytes: &[u8], about: Option<About>) -> Result<Imported, ImportError> {
    let source = SourceIndex(0);
    import(&Request { name, bytes, kind: None, about, source, observed_at: TODAY, mapping: None })
}

/// A device with this address.
pub(crate) fn device(ip: &str) -> Option<About> {
    Some(About::Thing(Thing { ip: ip.parse().ok(), ..Thing::default() }))
}

/// Every device of this model.
pub(crate) fn model(maker: &str, model: &str) -> Option<About> {
    Some(About::Model(ModelId::of(maker, model)))
}

/// Each fact as `subject kind value`, sorted.
pub(crate) fn facts(imported: &Imported) -> Vec<String> {
    let line = |o: &wardround_model::Observation| {
        format!("{} {} {}", o.subject, o.fact.kind().code(), o.fact.value())
    };
    let mut lines: Vec<String> = imported.observations.iter().map(line).collect();
    lines.sort();
    lines
}

/// Each error as `row column: message`.
pub(crate) fn errors(imported: &Imported) -> Vec<String> {
    let column =
        |column: &Option<String>| column.as_deref().map(|name| format!(" {name}")).unwrap_or_default();
    imported.errors.iter().map(|e| format!("{}{}: {}", e.row, column(&e.column), e.message)).collect()
}

/// Why a file was refused.
pub(crate) fn refused(name: &str, bytes: &[u8]) -> String {
    file(name, bytes).map_or_else(|error| error.to_string(), |_| "it was read".to_owned())
}
