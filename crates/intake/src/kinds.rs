//! Which kind of file it is, and which reader reads it: one line a kind. Not here: the readers.

use wardround_model::SourceKind;

use crate::{ImportError, Request, Rows};

/// What a file looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recognised {
    /// Its kind.
    pub kind: SourceKind,
}

/// How a reader looks at a file: its name and its first bytes. Most telling first.
type Looks = fn(name: &str, bytes: &[u8]) -> bool;
/// How a reader reads a file.
type Read = fn(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError>;

/// Every kind that can be imported, the most telling first.
const KINDS: &[(SourceKind, Looks, Read)] = &[];

/// What kind of file this is, by its name and contents.
///
/// # Errors
/// When it looks like none that can be imported.
pub fn recognise(name: &str, bytes: &[u8]) -> Result<Recognised, ImportError> {
    let found = KINDS.iter().find(|(_, looks, _)| looks(name, bytes));
    let kind = found.map(|(kind, ..)| *kind);
    kind.map(|kind| Recognised { kind })
        .ok_or_else(|| ImportError::NotRecognised { name: name.to_owned(), hint: String::new() })
}

pub(crate) fn read(kind: SourceKind, request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    match KINDS.iter().find(|(known, ..)| *known == kind) {
        Some((_, _, read)) => read(request, rows),
        None => Err(ImportError::NotRecognised { name: request.name.to_owned(), hint: String::new() }),
    }
}
