//! What can go wrong with a source, in words that say what to do next.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Why a source, or one file of it, could not be brought up to date. What was there before is kept.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address is not over TLS, or not an address.
    #[error("{url} is not an https address; only https is fetched")]
    Insecure {
        /// The address.
        url: String,
    },
    /// The server sends us elsewhere, and we do not follow.
    #[error("{url} sends us on to {to}: {reason}; check the address in the list of sources")]
    Redirect {
        /// Where we asked.
        url: String,
        /// Where we were sent.
        to: String,
        /// Why we do not go there.
        reason: &'static str,
    },
    /// No connection.
    #[error("{host} cannot be reached: {reason}; check the network, the firewall and the proxy (--proxy)")]
    Unreachable {
        /// The server.
        host: String,
        /// What the system says.
        reason: String,
    },
    /// The server could not prove who it is.
    #[error(
        "{host} could not prove who it is: {reason}; where a proxy opens TLS, give its certificate with --ca-file"
    )]
    Tls {
        /// The server.
        host: String,
        /// What TLS says.
        reason: String,
    },
    /// Nothing came for too long.
    #[error("{host} sent nothing for {} seconds; run the update again, it goes on where it stopped", .after.as_secs())]
    Stalled {
        /// The server.
        host: String,
        /// How long we waited.
        after: Duration,
    },
    /// An answer that is neither the file nor "not changed".
    #[error("{url} answers {status}{}", status_hint(*.status))]
    Status {
        /// The address.
        url: String,
        /// The HTTP status (RFC 9110).
        status: u16,
    },
    /// The server is busy and wants us to come back later than we wait.
    #[error("{host} is busy and asks to be left alone for {} seconds; run the update again later", .wait.as_secs())]
    Busy {
        /// The server.
        host: String,
        /// How long it asks for.
        wait: Duration,
    },
    /// The connection ended before the file did, again and again.
    #[error("{url} broke off after {got} bytes; run the update again, it goes on where it stopped")]
    CutShort {
        /// The address.
        url: String,
        /// How much came.
        got: u64,
    },
    /// Larger than any honest file of this source.
    #[error(
        "{url} is larger than {limit} bytes; it was not taken: if that is right, raise max-megabytes in the list of sources"
    )]
    TooLarge {
        /// The address.
        url: String,
        /// The limit.
        limit: u64,
    },
    /// The bytes are not those that the publisher's hash is for.
    #[error(
        "{url} does not have the {algorithm} hash that its publisher states; it was not taken: try again later, then report it to the publisher"
    )]
    Hash {
        /// The address.
        url: String,
        /// Which hash.
        algorithm: &'static str,
    },
    /// The publisher's signature is not over these bytes.
    #[error("{url} does not have a right signature: {reason}; it was not taken: report it to the publisher")]
    Signature {
        /// The address.
        url: String,
        /// What is wrong.
        reason: String,
    },
    /// The file is whole but is not, or no longer, what it should be.
    #[error("{file} was not taken: {reason}")]
    Refused {
        /// The file.
        file: String,
        /// Why, and what next.
        reason: String,
    },
    /// A list of documents (`.meta`, provider metadata, ROLIE, an API's page) that cannot be read.
    #[error("{url} is not of the form that its publisher describes: {reason}; try again later")]
    Malformed {
        /// The address.
        url: String,
        /// What is wrong.
        reason: String,
    },
    /// Our own disk.
    #[error("{}: {source}; check the disk and the rights", .path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl FetchError {
    /// Whether asking again at once may help.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Stalled { .. } | Self::CutShort { .. } => true,
            Self::Status { status, .. } => matches!(status, 408 | 429 | 500..=599),
            _ => false,
        }
    }

    /// Whether everything else would fail in the same way.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        matches!(self, Self::Disk { .. })
    }

    /// The error of a file of ours.
    pub(crate) fn disk(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Disk { path, source }
    }

    pub(crate) fn malformed(url: &str, reason: impl ToString) -> Self {
        Self::Malformed { url: url.to_owned(), reason: reason.to_string().chars().take(200).collect() }
    }
}

fn status_hint(status: u16) -> &'static str {
    match status {
        401 | 403 => " (not allowed); check the proxy's rules, or whether the publisher wants a key",
        404 | 410 => " (not there); the publisher may have moved it: check the list of sources",
        407 => " (the proxy wants a name and password); give them as --proxy http://NAME:PASSWORD@HOST:PORT",
        429 => " (too many requests); run the update again later",
        500..=599 => " (the publisher's server has trouble); run the update again later",
        _ => "; check the address in the list of sources",
    }
}
