//! Files of an archive, in memory. Not here: what is in them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Files by their path in the archive.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// All files of a `.tar.gz`.
pub(crate) fn read(path: &Path) -> Result<Files, String> {
    let wrong = |error: std::io::Error| format!("{}: {error}", path.display());
    let file = File::open(path).map_err(wrong)?;
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(file));
    let mut files = Files::new();
    for entry in archive.entries().map_err(wrong)? {
        let mut entry = entry.map_err(wrong)?;
        let name = entry.path().map_err(wrong)?.to_string_lossy().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).map_err(wrong)?;
        files.insert(name, bytes);
    }
    Ok(files)
}
