//! What a program leaves that was killed while it copied a store or put one back: a folder with a store in clear.

use std::fs;
use std::path::Path;
use std::time::Duration;

/// A folder this old belongs to no program that still runs.
const OLD: Duration = Duration::from_secs(24 * 60 * 60);

/// Removes the old ones among the folders here whose name begins so. Those of today may be another program's.
pub(crate) fn remove_old(folder: &Path, begins: &str) {
    let is_old = |path: &Path| {
        let modified = path.symlink_metadata().and_then(|folder| folder.modified()).ok();
        modified.and_then(|at| at.elapsed().ok()).is_some_and(|age| age > OLD)
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(begins)) {
        if is_old(&entry.path()) {
            // That one stays is no reason to make no backup, or to put none back.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
