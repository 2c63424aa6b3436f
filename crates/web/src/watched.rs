//! The watched folder: what other programs put there is read by the rounds of the schedule. Nothing in it is changed.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use wardround_intake::{Request, is_capture};
use wardround_model::{SourceIndex, Timestamp};
use wardround_round::{Said, new_import};
use wardround_store::Use;

use crate::hospital::{Hospital, waiting};
use crate::log;
use crate::problem::Problem;
use crate::rounds::Job;
use crate::site::{Site, now};

/// Files that are looked at.
const MOST_FILES: usize = 1_000;
/// The most bytes of a list that are read without anybody looking.
const LARGEST_LIST: u64 = 64 << 20;
/// A file that was changed so lately may still be written to.
const QUIET: i64 = 30 * 1_000_000_000;

/// Keeps the lists of the folder, and names its captures that are newer than a moment.
pub(crate) async fn job(site: &Site, since: Timestamp) -> Result<Job, Problem> {
    let Some(folder) = site.watched.clone() else { return Ok(Job::default()) };
    let hospital = site.hospital();
    waiting(move || {
        let at = now();
        let mut job = Job::default();
        for path in files(&folder, at) {
            if is_a_capture(&path) {
                if changed(&path).is_some_and(|changed| changed > since) {
                    job.files.push(path);
                }
            } else if keep(&hospital, &path, at).is_none() {
                // The name is not told: it may be anything.
                log::event("watched-file-not-read");
            }
        }
        Ok(job)
    })
    .await
}

/// Whether there is any list that a round would read.
pub(crate) async fn has_lists(site: &Site) -> Result<bool, Problem> {
    let imports = site.hospital().read(wardround_store::Store::import_list).await?;
    Ok(imports.iter().any(|head| head.used == Use::Used))
}

/// The plain files of the folder that nobody writes to just now, by name. Links are not followed.
fn files(folder: &Path, now: Timestamp) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let is_plain = |path: &PathBuf| {
        let is_hidden = path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'));
        !is_hidden && fs::symlink_metadata(path).is_ok_and(|file| file.file_type().is_file())
    };
    let is_quiet = |path: &PathBuf| changed(path).is_some_and(|changed| now.since(changed) >= QUIET);
    let mut files: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|path| is_plain(path) && is_quiet(path)).collect();
    files.sort();
    files.truncate(MOST_FILES);
    files
}

fn changed(path: &Path) -> Option<Timestamp> {
    let changed = fs::symlink_metadata(path).ok()?.modified().ok()?;
    let since = changed.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(Timestamp::from_nanoseconds(i64::try_from(since.as_nanos()).ok()?))
}

fn is_a_capture(path: &Path) -> bool {
    let mut start = [0; 4];
    let is_plain =
        fs::File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok() && is_capture(&start);
    let name = path.to_string_lossy().to_lowercase();
    let is_packed = [".gz", ".zst"].iter().any(|ending| {
        name.strip_suffix(ending).is_some_and(|name| name.ends_with(".pcap") || name.ends_with(".pcapng"))
    });
    is_plain || is_packed
}

/// Keeps a list, if it can be read; one that is here already stays as it is.
fn keep(hospital: &Hospital, path: &Path, now: Timestamp) -> Option<()> {
    let size = fs::symlink_metadata(path).ok()?.len();
    if size > LARGEST_LIST {
        return None;
    }
    let bytes = wardround_intake::unpack(fs::File::open(path).ok()?).ok()?;
    let name = path.file_name()?.to_string_lossy();
    let name: String = crate::layout::plain(&name).chars().take(120).collect();
    let request = Request {
        name: name.strip_suffix(".gz").unwrap_or(&name),
        bytes: &bytes,
        kind: None,
        about: None,
        source: SourceIndex(0),
        observed_at: changed(path)?.min(now),
        mapping: None,
    };
    let imported = wardround_intake::import(&request).ok()?;
    let new = new_import(&Said::default(), &request, &imported, now);
    if imported.observations.is_empty() && imported.conversations.is_empty() {
        return None;
    }
    hospital
        .change(|store| store.import_save(&new, &imported.observations, &imported.conversations))
        .ok()
        .map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_kept_once_and_links_hidden_and_fresh_files_are_left() {
        let folder = tempfile::tempdir().unwrap();
        let watched = folder.path().join("watched");
        fs::create_dir(&watched).unwrap();
        let hospital = Hospital::open(&folder.path().join("s.sqlite")).unwrap();
        fs::write(watched.join("computers.csv"), include_bytes!("../../../examples/lists/computers.csv"))
            .unwrap();
        fs::write(watched.join(".hidden.csv"), "name,ip\nx,10.0.0.1\n").unwrap();
        fs::write(watched.join("mirror.pcapng"), [0x0a, 0x0d, 0x0d, 0x0a, 0]).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", watched.join("link.csv")).unwrap();
        let written = changed(&watched.join("computers.csv")).unwrap();
        assert_eq!(files(&watched, written).len(), 0, "it may still be written to");
        let later = Timestamp::from_seconds(written.seconds() + 60);
        let found = files(&watched, later);
        let names: Vec<_> = found.iter().filter_map(|path| path.file_name()?.to_str()).collect();
        assert_eq!(names, ["computers.csv", "mirror.pcapng"]);
        assert!(is_a_capture(&found[1]) && !is_a_capture(&found[0]));
        assert!(keep(&hospital, &found[0], later).is_some());
        assert!(keep(&hospital, &found[0], later).is_some());
        assert_eq!(hospital.look(|store| store.import_list()).unwrap().len(), 1);
    }
}
