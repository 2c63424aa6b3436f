//! For whom a backup is, and by whom it can be read: one key of age (X25519), kept apart from the machine.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use age::secrecy::ExposeSecret as _;

use crate::BackupError;

/// For whom backups are made: `age1...`.
#[derive(Clone)]
pub struct Recipient(pub(crate) age::x25519::Recipient);

impl Recipient {
    /// Reads one.
    ///
    /// # Errors
    /// When it is none.
    pub fn new(text: &str) -> Result<Self, BackupError> {
        text.trim().parse().map(Self).map_err(|_| BackupError::NoRecipient)
    }
}

/// Makes a key in a new file that its owner alone can read, and gives the recipient that belongs to it.
///
/// # Errors
/// When the file is there already or cannot be written.
pub fn new_key(path: &Path) -> Result<String, BackupError> {
    let key = age::x25519::Identity::generate();
    let recipient = key.to_public().to_string();
    let text = format!(
        "# Key of Wardround's backups. Keep it apart from the machine and the backups.\n# Recipient: {recipient}\n{}\n",
        key.to_string().expose_secret()
    );
    let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = opened.map_err(|reason| match reason.kind() {
        std::io::ErrorKind::AlreadyExists => BackupError::Exists { path: path.to_owned() },
        _ => BackupError::file(path, "made")(reason),
    })?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(BackupError::file(path, "written"))?;
    Ok(recipient)
}

/// The key in a file.
pub(crate) fn key(path: &Path) -> Result<age::x25519::Identity, BackupError> {
    let mode = fs::metadata(path).map_err(BackupError::file(path, "read"))?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(BackupError::KeyOpenToOthers { path: path.to_owned() });
    }
    let text = fs::read_to_string(path).map_err(BackupError::file(path, "read"))?;
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let key = lines.next().and_then(|line| line.parse().ok());
    key.ok_or_else(|| BackupError::NoKey { path: path.to_owned() })
}
