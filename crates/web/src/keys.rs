//! Keys of the site: files of mode 0600 in a folder of their own, made at first start.
//!
//! `seal.key` seals second factors in the store (ChaCha20-Poly1305, RFC 8439); `audit.key` signs checkpoints of the log
//! (Ed25519, RFC 8032) and `audit.pub` checks them; `report.key` and `report.pub` do the same for reports; `metrics.token` lets a
//! collector read the metrics. Whoever has a copy of the store alone can sign in as nobody and make no log that passes.

use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

use crate::codes::{from_hex, hex};

/// Why keys could not be read or made.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The system does not let us.
    #[error("the key file {} could not be read or made ({reason}); the folder must belong to the user of the site", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// It is not what it should be.
    #[error("the key file {} is damaged; put it back from a copy. Without it nobody can sign in", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// Others can read it.
    #[error("the key file {} can be read by other users; take it from them (chmod 600), and think of new keys", path.display())]
    OpenToOthers {
        /// The file.
        path: PathBuf,
    },
}

/// The keys of the site.
pub(crate) struct Keys {
    seal: LessSafeKey,
    /// Makes digests that nobody can try out who has the store alone.
    digest: [u8; 32],
    audit: Ed25519KeyPair,
    /// Signs reports.
    pub(crate) report: Ed25519KeyPair,
    /// What a collector of metrics must show.
    pub(crate) metrics: blake3::Hash,
    random: SystemRandom,
}

/// Random numbers from the system; without them nothing safe can be made.
#[derive(Debug, thiserror::Error)]
#[error("the system gives no random numbers")]
pub(crate) struct NoRandom;

impl Keys {
    /// Reads the keys in this folder, or makes those that are not there.
    pub(crate) fn open(folder: &Path) -> Result<Self, KeyError> {
        make_folder(folder)?;
        let seal = secret(&folder.join("seal.key"))?;
        let metrics = secret(&folder.join("metrics.token"))?;
        let damaged = |name: &str| KeyError::Damaged { path: folder.join(name) };
        let key = UnboundKey::new(&CHACHA20_POLY1305, &seal).map_err(|_| damaged("seal.key"))?;
        Ok(Self {
            seal: LessSafeKey::new(key),
            digest: blake3::derive_key("wardround 2026-11 digests of secrets", &seal),
            audit: signing(folder, "audit")?,
            report: signing(folder, "report")?,
            metrics: blake3::hash(hex(&metrics).as_bytes()),
            random: SystemRandom::new(),
        })
    }

    /// So many random bytes.
    pub(crate) fn random<const N: usize>(&self) -> Result<[u8; N], NoRandom> {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes).map_err(|_| NoRandom)?;
        Ok(bytes)
    }

    /// Seals bytes for one purpose; only the same purpose opens them.
    pub(crate) fn seal(&self, purpose: &str, bytes: &[u8]) -> Result<String, NoRandom> {
        let nonce: [u8; NONCE_LEN] = self.random()?;
        let mut sealed = bytes.to_vec();
        let key = &self.seal;
        key.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(purpose.as_bytes()),
            &mut sealed,
        )
        .map_err(|_| NoRandom)?;
        Ok(format!("{}{}", hex(&nonce), hex(&sealed)))
    }

    /// Opens what was sealed; nothing where it was changed, or sealed for something else or with another key.
    pub(crate) fn unseal(&self, purpose: &str, sealed: &str) -> Option<Vec<u8>> {
        let mut bytes = from_hex(sealed)?;
        let nonce = Nonce::try_assume_unique_for_key(bytes.get(..NONCE_LEN)?).ok()?;
        let body = bytes.get_mut(NONCE_LEN..)?;
        let opened = self.seal.open_in_place(nonce, Aad::from(purpose.as_bytes()), body).ok()?;
        Some(opened.to_vec())
    }

    /// A digest for one purpose that cannot be tried out without this key.
    pub(crate) fn hasher(&self, purpose: &str) -> blake3::Hasher {
        let mut hasher = blake3::Hasher::new_keyed(&self.digest);
        hasher.update(purpose.as_bytes()).update(&[0]);
        hasher
    }

    /// What checks the signatures of the log.
    pub(crate) fn audit_public(&self) -> Vec<u8> {
        self.audit.public_key().as_ref().to_vec()
    }

    /// Signs for the log, as hex.
    pub(crate) fn sign(&self, bytes: &[u8]) -> String {
        hex(self.audit.sign(bytes).as_ref())
    }
}

/// The key of this name that signs, with the half that checks beside it; made where it is not there.
fn signing(folder: &Path, name: &str) -> Result<Ed25519KeyPair, KeyError> {
    let file = folder.join(format!("{name}.key"));
    let pair = Ed25519KeyPair::from_seed_unchecked(&secret(&file)?);
    let pair = pair.map_err(|_| KeyError::Damaged { path: file })?;
    let public = folder.join(format!("{name}.pub"));
    let text = format!("{}\n", hex(pair.public_key().as_ref()));
    if fs::read_to_string(&public).ok().as_deref() != Some(text.as_str()) {
        write_new(&public, &text, true).map_err(|reason| KeyError::File { path: public, reason })?;
    }
    Ok(pair)
}

/// The key that signs reports, where the site has made one in this folder.
///
/// # Errors
/// When it is damaged, or others can read it.
pub fn report_key(folder: &Path) -> Result<Option<Ed25519KeyPair>, KeyError> {
    if folder.join("report.key").exists() { signing(folder, "report").map(Some) } else { Ok(None) }
}

/// The key that checks signatures of reports, as hex.
///
/// # Errors
/// When the file cannot be read or holds no key.
pub fn report_public(file: &Path) -> Result<String, KeyError> {
    public(file).map(|key| hex(&key))
}

/// Whether a signature of the log is right; `key` is what `audit.pub` holds.
pub(crate) fn is_signed(key: &[u8], bytes: &[u8], signature: &str) -> bool {
    from_hex(signature)
        .is_some_and(|signature| UnparsedPublicKey::new(&ED25519, key).verify(bytes, &signature).is_ok())
}

/// A key that checks.
pub(crate) fn public(file: &Path) -> Result<Vec<u8>, KeyError> {
    let text = fs::read_to_string(file).map_err(|reason| KeyError::File { path: file.to_owned(), reason })?;
    from_hex(text.trim()).ok_or_else(|| KeyError::Damaged { path: file.to_owned() })
}

/// Makes a folder that only its owner sees.
pub(crate) fn make_folder(folder: &Path) -> Result<(), KeyError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(|reason| KeyError::File { path: folder.to_owned(), reason })
}

/// The 32 secret bytes in a file; made where it is not there.
fn secret(path: &Path) -> Result<[u8; 32], KeyError> {
    let failed = |reason| KeyError::File { path: path.to_owned(), reason };
    if !path.exists() {
        let mut bytes = [0; 32];
        SystemRandom::new().fill(&mut bytes).map_err(|_| failed(io::Error::other("no random numbers")))?;
        match write_new(path, &format!("{}\n", hex(&bytes)), false) {
            // Two starts at once: the first one's key is used by both.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            other => other.map_err(failed)?,
        }
    }
    refuse_open(path)?;
    let mut text = String::new();
    fs::File::open(path).and_then(|file| file.take(200).read_to_string(&mut text)).map_err(failed)?;
    let bytes = from_hex(text.trim()).and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| KeyError::Damaged { path: path.to_owned() })
}

/// Refuses a file of secrets that others can read.
pub(crate) fn refuse_open(path: &Path) -> Result<(), KeyError> {
    let metadata =
        fs::symlink_metadata(path).map_err(|reason| KeyError::File { path: path.to_owned(), reason })?;
    if metadata.permissions().mode() & 0o077 == 0 {
        Ok(())
    } else {
        Err(KeyError::OpenToOthers { path: path.to_owned() })
    }
}

/// Writes a file of mode 0600 that is on the disk when this returns.
pub(crate) fn write_new(path: &Path, text: &str, replace: bool) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600);
    if replace {
        options.create(true).truncate(true)
    } else {
        options.create_new(true)
    };
    let mut file = options.open(path)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_for_its_purpose_and_with_its_key_alone() {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let [keys, others] = folders.each_ref().map(|folder| Keys::open(folder.path()).unwrap());
        let sealed = keys.seal("second factor", b"secret").unwrap();
        assert!(!sealed.contains(&hex(b"secret")));
        assert_eq!(keys.unseal("second factor", &sealed).unwrap(), b"secret");
        assert_eq!(keys.unseal("something else", &sealed), None);
        assert_eq!(others.unseal("second factor", &sealed), None);
        assert_eq!(keys.unseal("second factor", &sealed[2..]), None);
        assert_eq!(keys.unseal("second factor", ""), None);
        let again = Keys::open(folders[0].path()).unwrap();
        assert_eq!(again.unseal("second factor", &sealed).unwrap(), b"secret");
        let key = public(&folders[0].path().join("audit.pub")).unwrap();
        assert!(is_signed(&key, b"log", &again.sign(b"log")));
        assert!(!is_signed(&key, b"another log", &again.sign(b"log")));
    }

    #[test]
    fn key_files_are_their_owners_alone_or_refused() {
        let folder = tempfile::tempdir().unwrap();
        let _ = Keys::open(folder.path()).unwrap();
        let file = folder.path().join("seal.key");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(Keys::open(folder.path()), Err(KeyError::OpenToOthers { .. })));
        fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        fs::write(&file, "short").unwrap();
        assert!(matches!(Keys::open(folder.path()), Err(KeyError::Damaged { .. })));
    }
}
