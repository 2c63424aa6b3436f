//! Lists and other tools' files to observations: what every hospital already has.
//!
//! In: the bytes of one file and what is known about it. Out: [`Imported`]: observations like any sensor's, and an error
//! for each row that could not be read. [`recognise`] tells what kind of file it is; each reader sits in a module of its own
//! and writes into [`Rows`]. Names are used to tell things apart and are masked before they are kept, as everywhere.
//! Not here: which things are one device (`identify`), what is weak (`triage`), where imports are kept (`store`), captures.

mod about;
mod cpe;
mod directory;
mod inventory;
mod json;
mod kinds;
mod leases;
mod mds2;
mod neighbours;
mod protection;
mod rows;
mod rules;
mod sbom;
mod scanners;
mod sensors;
mod software;
pub mod table;
mod unpack;
mod vex;
mod xml;

#[cfg(test)]
mod told;

use wardround_model::{Conversation, ModelId, Observation, SourceIndex, SourceKind, Subject, Timestamp};

pub use kinds::{Recognised, recognise};
pub use rows::{Row, RowError, Rows, Thing};
pub use unpack::{is_capture, unpack};

/// The largest file that is read, in bytes.
pub const LARGEST_FILE: usize = 256 << 20;

/// What a file is about, where it does not say so itself: a list of packages names no host, an SBOM no device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// One device or system: its card, its address, or its name.
    Thing(Thing),
    /// Every device of a model.
    Model(ModelId),
}

/// One file to import.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The file's name without its folder.
    pub name: &'a str,
    /// Its bytes, as they are.
    pub bytes: &'a [u8],
    /// Its kind, where a person says it; else it is recognised.
    pub kind: Option<SourceKind>,
    /// What it is about, where a person says it.
    pub about: Option<About>,
    /// Its place among the sources of the round.
    pub source: SourceIndex,
    /// The day that it tells of: the file's own date where it has one, else this one.
    pub observed_at: Timestamp,
    /// Which column means what, where a person says it; else known headings are recognised.
    pub mapping: Option<&'a Mapping>,
}

/// Which column of a table means what: by the heading's text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapping {
    /// Heading to field name, in the order of a person's file.
    pub columns: Vec<(String, String)>,
}

/// What a file gave.
#[derive(Clone, Debug)]
pub struct Imported {
    /// What kind of file it is.
    pub kind: SourceKind,
    /// The day that it tells of.
    pub observed_at: Timestamp,
    /// Rows, records or elements read.
    pub rows: u64,
    /// What it says, sorted by subject, kind and value, each once.
    pub observations: Vec<Observation>,
    /// Who talked to whom, sorted by client and service: of logs alone.
    pub conversations: Vec<Conversation>,
    /// The first rows that could not be read, at most [`Rows::MOST_ERRORS`].
    pub errors: Vec<RowError>,
    /// All rows that could not be read.
    pub rows_failed: u64,
    /// Values that the allow-list did not let through.
    pub values_not_allowed: u64,
    /// What was understood of a table: heading and field, in the order of its columns; columns without a field are not read.
    pub columns: Vec<(String, Option<String>)>,
}

/// Why a file could not be imported at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// It is too large.
    #[error("{name} has {bytes} bytes; at most {LARGEST_FILE} are read. Split it, or export less")]
    TooLarge {
        /// The file.
        name: String,
        /// Its size.
        bytes: usize,
    },
    /// Its kind was not recognised.
    #[error("{name} looks like none of the files that can be imported{hint}; say what it is with --as KIND")]
    NotRecognised {
        /// The file.
        name: String,
        /// What it looked like, beginning with a colon or empty.
        hint: String,
    },
    /// It is damaged or not what it claims.
    #[error("{name} cannot be read as {}: {reason}", kind.label())]
    Damaged {
        /// The file.
        name: String,
        /// What it was read as.
        kind: SourceKind,
        /// What is wrong, where (line, row, element), and what to do.
        reason: String,
    },
    /// It does not say which device it is about, and nobody did.
    #[error(
        "{name} does not say which device it is about; say so with --for ADDRESS, --for NAME or --for-model MAKER MODEL"
    )]
    AboutNothing {
        /// The file.
        name: String,
    },
}

/// Reads one file.
///
/// # Errors
/// When the file as a whole cannot be read; single rows that cannot are in [`Imported::errors`].
pub fn import(request: &Request<'_>) -> Result<Imported, ImportError> {
    let name = request.name.to_owned();
    if request.bytes.len() > LARGEST_FILE {
        return Err(ImportError::TooLarge { name, bytes: request.bytes.len() });
    }
    let kind = match request.kind {
        Some(kind) => kind,
        None => recognise(request.name, request.bytes)?.kind,
    };
    let mut rows = Rows::new(request, kind);
    kinds::read(kind, request, &mut rows)?;
    Ok(rows.finish())
}

/// The subject that stands for what a request is about, if a person said so.
#[must_use]
pub fn subject_of(about: &About) -> Option<Subject> {
    match about {
        About::Thing(thing) => thing.subject(),
        About::Model(model) => Some(Subject::Model(*model)),
    }
}

/// What facts are about when the file does not say it: what a person said, with its marks kept as facts.
pub(crate) fn about(about: &About, row: Row, rows: &mut Rows<'_>) -> Option<Subject> {
    match about {
        About::Thing(thing) => rows.thing(row, thing),
        About::Model(model) => Some(Subject::Model(*model)),
    }
}

/// What a file is about that names nothing itself: what a person said.
pub(crate) fn about_of(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<Subject, ImportError> {
    let told = request.about.as_ref().and_then(|told| about(told, Row(1), rows));
    told.ok_or_else(|| ImportError::AboutNothing { name: request.name.to_owned() })
}
