//! One signed file that carries an index to where there is no network.
//!
//! ```text
//! 0   magic "WRBUNDLE"         8
//! 8   format version           u32, little-endian
//! 12  length of the manifest   u32, little-endian
//! 16  manifest                 JSON
//! ... signature                64, Ed25519 over everything before it
//! ... index                    as long as the manifest says, with the hash that it says
//! ```
//!
//! Nothing of a bundle is used before its signature is checked with a key that the hospital trusts, and nothing of its index
//! before its hash is. Not here: whether the index is newer than the one in use (`index`).

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use wardround_intel::Index;
use wardround_intel::index::IndexError;
use wardround_model::Timestamp;

use crate::keys::{KeyError, PrivateKey, PublicKey, Trusted};
use crate::place;

const MAGIC: [u8; 8] = *b"WRBUNDLE";
const FORMAT: u32 = 1;
const SIGNATURE: usize = 64;

/// The most bytes of a manifest.
const MAX_MANIFEST: u32 = 1 << 20;

/// The most bytes of an index: ten times the whole of what is published.
const MAX_INDEX: u64 = 8 << 30;

/// What a bundle says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// When it was made, RFC 3339.
    pub made_at: String,
    /// Which version of the program made it.
    pub made_by: String,
    /// Who signed it.
    pub key: String,
    /// The sources of the index.
    pub sources: Vec<Carried>,
    /// How long the index is.
    pub index_bytes: u64,
    /// SHA-256 of the index.
    pub index_sha256: String,
}

/// One source of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    /// What it is called.
    pub name: String,
    /// The day that it is of.
    pub as_of: Option<String>,
    /// How many records it has.
    pub records: u32,
}

/// A bundle that is not made or not taken, and why.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The disk refuses.
    #[error("{}: {source}; check the stick, the disk and the rights", .path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is something else.
    #[error("{} is not a bundle of Wardround; make one with `wardround intel bundle FILE`", .0.display())]
    NotABundle(PathBuf),
    /// It is of a later version.
    #[error("{} has format {found}, this program reads {FORMAT}; update this program first", .path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// The format that was found.
        found: u32,
    },
    /// Nobody has said that its maker is trusted.
    #[error(
        "{} is signed with a key that is not trusted here. Its words: {words}. Ask its maker to read them to you; if they are \
         the same, import it again with --trust {key}", .path.display()
    )]
    NotTrusted {
        /// The file.
        path: PathBuf,
        /// The fingerprint.
        words: String,
        /// The key.
        key: String,
    },
    /// It was changed after it was signed.
    #[error("{} was changed after it was signed, at {part}; nothing of it was taken: copy it again, then ask its maker", .path.display())]
    Changed {
        /// The file.
        path: PathBuf,
        /// Which part.
        part: &'static str,
    },
    /// The index in it is of no use here.
    #[error("the index in {}: {source}", .path.display())]
    Index {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: IndexError,
    },
    /// The key.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Writes a bundle of this index.
///
/// # Errors
/// When the index does not hold together, or the file cannot be written.
pub fn write(
    path: &Path,
    index: &[u8],
    made_at: Timestamp,
    key: &PrivateKey,
) -> Result<Manifest, BundleError> {
    let disk = |source| BundleError::Disk { path: path.to_owned(), source };
    let opened =
        Index::open_checked(index).map_err(|source| BundleError::Index { path: path.to_owned(), source })?;
    let (index_sha256, index_bytes) = place::digest(&ring::digest::SHA256, index).map_err(disk)?;
    let sources = opened.sources().into_iter().map(|source| Carried {
        name: source.kind.source_name().to_owned(),
        as_of: source.as_of.map(|day| day.to_string()),
        records: source.records,
    });
    let manifest = Manifest {
        made_at: made_at.to_whole_second().to_string(),
        made_by: format!("wardround {}", env!("CARGO_PKG_VERSION")),
        key: key.public()?.to_string(),
        sources: sources.collect(),
        index_bytes,
        index_sha256,
    };
    let head = head(&manifest).map_err(disk)?;
    let signature = key.sign(&head);
    place::write_parts(path, &[&head, &signature, index]).map_err(disk)?;
    Ok(manifest)
}

/// What is signed.
fn head(manifest: &Manifest) -> io::Result<Vec<u8>> {
    let text = serde_json::to_vec(manifest)?;
    let length = u32::try_from(text.len()).map_err(io::Error::other)?;
    Ok([&MAGIC[..], &FORMAT.to_le_bytes(), &length.to_le_bytes(), &text].concat())
}

/// A bundle whose signature is right.
#[derive(Debug)]
pub struct Opened {
    /// What it says of itself.
    pub manifest: Manifest,
    /// Who signed it.
    pub key: PublicKey,
    path: PathBuf,
    rest: File,
}

/// Opens a bundle that somebody trusted has signed.
///
/// # Errors
/// When it is no bundle, or its signature is not right, or not of somebody who is trusted.
pub fn open(path: &Path, trusted: &Trusted) -> Result<Opened, BundleError> {
    let mut rest = File::open(path).map_err(|source| BundleError::Disk { path: path.to_owned(), source })?;
    let (manifest, key) = read_head(&mut rest, path, trusted)?;
    Ok(Opened { manifest, key, path: path.to_owned(), rest })
}

/// Reads everything before the index and checks the signature over it.
///
/// # Errors
/// As `open`.
pub fn read_head(
    reader: &mut impl Read,
    path: &Path,
    trusted: &Trusted,
) -> Result<(Manifest, PublicKey), BundleError> {
    let not_a_bundle = || BundleError::NotABundle(path.to_owned());
    let changed = |part| BundleError::Changed { path: path.to_owned(), part };
    let mut start = [0; 16];
    reader.read_exact(&mut start).map_err(|_| not_a_bundle())?;
    let ([magic @ .., _, _, _, _, _, _, _, _], [_, _, _, _, _, _, _, _, f0, f1, f2, f3, l0, l1, l2, l3]) =
        (&start, start);
    if *magic != MAGIC {
        return Err(not_a_bundle());
    }
    let found = u32::from_le_bytes([f0, f1, f2, f3]);
    if found != FORMAT {
        return Err(BundleError::Format { path: path.to_owned(), found });
    }
    let length = u32::from_le_bytes([l0, l1, l2, l3]);
    let text = exactly(reader, length.min(MAX_MANIFEST)).filter(|_| length <= MAX_MANIFEST);
    let text = text.ok_or_else(|| changed("its manifest"))?;
    let mut signature = [0; SIGNATURE];
    reader.read_exact(&mut signature).map_err(|_| changed("its signature"))?;
    // Only the name of the key is looked at before the signature is known to be right.
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|_| changed("its manifest"))?;
    let key: PublicKey = manifest.key.parse().map_err(|_| changed("its key"))?;
    if !trusted.contains(&key) {
        let (words, key) = (key.words(), key.to_string());
        return Err(BundleError::NotTrusted { path: path.to_owned(), words, key });
    }
    if !key.has_signed(&[&start[..], &text].concat(), &signature) {
        return Err(changed("its manifest"));
    }
    Ok((manifest, key))
}

fn exactly(reader: &mut impl Read, length: u32) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(u64::from(length)).read_to_end(&mut bytes).ok()?;
    (u32::try_from(bytes.len()) == Ok(length)).then_some(bytes)
}

impl Opened {
    /// Writes the index to this new file, synced, with its hash checked.
    ///
    /// # Errors
    /// When it is not the index that was signed; the file is then gone again.
    pub fn unpack(mut self, aside: &Path) -> Result<(), BundleError> {
        let unpacked = self.copy(aside);
        if unpacked.is_err() {
            // The first error is what counts.
            let _ = std::fs::remove_file(aside);
        }
        unpacked
    }

    fn copy(&mut self, aside: &Path) -> Result<(), BundleError> {
        let changed = || BundleError::Changed { path: self.path.clone(), part: "its index" };
        let wanted = self.manifest.index_bytes;
        if wanted > MAX_INDEX {
            return Err(changed());
        }
        let disk = |source| BundleError::Disk { path: aside.to_owned(), source };
        let mut file = place::create(aside).map_err(disk)?;
        // One byte more than there may be, so that something behind the index shows.
        let copied = io::copy(&mut (&self.rest).take(wanted + 1), &mut file).map_err(disk)?;
        file.flush().and_then(|()| file.sync_all()).map_err(disk)?;
        let written = File::open(aside).map_err(disk)?;
        let (sha256, _) = place::digest(&ring::digest::SHA256, written).map_err(disk)?;
        if copied == wanted && sha256 == self.manifest.index_sha256 { Ok(()) } else { Err(changed()) }
    }
}

#[cfg(test)]
#[path = "bundle/tests.rs"]
mod tests;
