//! Why XML cannot be read, with the line.

use super::{DEEPEST, MOST_ATTRIBUTES, MOST_ELEMENTS};

/// Why a document cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum XmlError {
    /// It is in another encoding.
    #[error("it is UTF-16; save it as UTF-8")]
    Utf16,
    /// There is no element in it.
    #[error("it holds no XML element; export it again")]
    Empty,
    /// Its markup does not hold together.
    #[error("line {line}: the XML does not hold together; export it again")]
    Damaged {
        /// Where.
        line: u64,
    },
    /// It is cut off.
    #[error("line {line}: the file ends in the middle; let the tool finish, or export it again")]
    EndsEarly {
        /// Where.
        line: u64,
    },
    /// It declares a document type.
    #[error(
        "line {line}: DOCTYPE declares more than a name, which is never read; remove it, or export without it"
    )]
    DocumentType {
        /// Where.
        line: u64,
    },
    /// It uses an entity.
    #[error("line {line}: an entity that XML itself does not have is never read; export without it")]
    Entity {
        /// Where.
        line: u64,
    },
    /// Elements stand too deep inside each other.
    #[error("line {line}: more than {DEEPEST} elements stand inside each other; export it flat")]
    TooDeep {
        /// Where.
        line: u64,
    },
    /// An element has too many attributes.
    #[error("line {line}: an element has more than {MOST_ATTRIBUTES} attributes; export it again")]
    TooManyAttributes {
        /// Where.
        line: u64,
    },
    /// One record is too large.
    #[error("line {line}: one record has more than {MOST_ELEMENTS} elements; export it in parts")]
    TooManyElements {
        /// Where.
        line: u64,
    },
}
