//! Where things are kept when nobody says otherwise: the user's data folder (XDG Base Directory Specification).

use std::path::PathBuf;

use anyhow::{Result, bail};

/// The file that rounds are kept in.
pub(crate) fn store(chosen: Option<PathBuf>) -> Result<PathBuf> {
    match chosen {
        Some(path) => Ok(path),
        None => Ok(data_folder()?.join("rounds.sqlite")),
    }
}

/// The folder of rounds and intelligence.
pub(crate) fn data_folder() -> Result<PathBuf> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if let Some(folder) = absolute("XDG_DATA_HOME") {
        return Ok(folder.join("wardround"));
    }
    match absolute("HOME") {
        Some(home) => Ok(home.join(".local/share/wardround")),
        None => bail!(
            "there is no data folder, because HOME is not set; say where to keep rounds with --store FILE"
        ),
    }
}
