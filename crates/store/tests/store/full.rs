//! A full disk and a read-only disk: a small tmpfs in a mount namespace of its own, which is gone with its process.

use std::process::Command;

use crate::child;

/// Runs a role on a fresh disk of two mebibytes; `then` runs in the shell before the second role.
fn on_a_small_disk(first: &str, then: &str, second: &str) {
    let place = tempfile::tempdir().unwrap();
    let (_folder, program) = child::copy_for_all();
    if !can_mount(place.path()) {
        return child::skip("no disk can be mounted here, not even in a namespace of its own");
    }
    let run = |role| format!("\"$1\" {role} --ignored --nocapture --test-threads=1");
    let script =
        format!("mount -t tmpfs -o size=2m disk \"$PLACE\" && {} && {then} && exec \"$@\"", run(first));
    let mut front = in_a_namespace();
    front.args(["sh", "-c", &script, "sh"]).env("PLACE", place.path());
    child::must_pass(front, &program, second, place.path());
}

fn in_a_namespace() -> Command {
    let mut front = Command::new("unshare");
    front.arg("--mount");
    if !child::is_root() {
        front.args(["--user", "--map-root-user"]);
    }
    front
}

fn can_mount(place: &std::path::Path) -> bool {
    let mut test = in_a_namespace();
    test.args(["mount", "-t", "tmpfs", "disk"]).arg(place);
    test.output().is_ok_and(|output| output.status.success())
}

#[test]
fn a_full_disk_loses_nothing_that_was_saved() {
    on_a_small_disk("full::disk::starts_a_store", "true", "full::disk::is_filled");
}

#[test]
fn a_new_store_on_a_full_disk_is_refused() {
    on_a_small_disk("full::disk::starts_a_store", "true", "full::disk::has_no_room_for_a_store");
}

#[test]
fn a_read_only_disk_can_be_read() {
    let remount = "mount -o remount,bind,ro \"$PLACE\"";
    on_a_small_disk("full::disk::starts_a_store", remount, "full::disk::is_read_only");
}

mod disk {
    use std::fs;
    use std::io::Write as _;
    use std::path::{Path, PathBuf};

    use wardround_model::RoundId;
    use wardround_store::{Store, StoreError};

    use crate::child;
    use crate::sample::{self, Size};

    fn path() -> PathBuf {
        child::place().join("rounds.db")
    }

    /// Fills the disk to its last byte; deleting the file frees it again.
    fn fill() -> PathBuf {
        let filler = child::place().join("filler");
        let mut file = fs::File::create(&filler).unwrap();
        while file.write_all(&[0; 512]).is_ok() {}
        filler
    }

    fn is_whole(path: &Path, seeds: std::ops::RangeInclusive<u32>) {
        let store = Store::open_read_only(path).unwrap();
        for seed in seeds {
            assert_eq!(store.round_load(RoundId(seed.into())).unwrap(), sample::round(Size::CLINIC, seed));
        }
    }

    #[test]
    #[ignore = "started by tests that mount a disk"]
    fn starts_a_store() {
        Store::open(path()).unwrap().round_save(&sample::round(Size::CLINIC, 1)).unwrap();
    }

    #[test]
    #[ignore = "started by tests that mount a disk"]
    fn is_filled() {
        let mut store = Store::open(path()).unwrap();
        let filler = fill();
        // Room in the log, if any is left, is soon used up.
        let full = (2..20)
            .find_map(|seed| Some((seed, store.round_save(&sample::round(Size::CLINIC, seed)).err()?)));
        let (seed, error) = full.unwrap();
        assert!(matches!(error, StoreError::Full { .. }), "{error}");
        assert!(error.to_string().contains("rounds.db"), "{error}");
        is_whole(&path(), 1..=seed - 1);
        drop(store);
        // Reading and the refusal to write hold for a program that starts on the full disk, too.
        is_whole(&path(), 1..=seed - 1);
        let again =
            Store::open(path()).and_then(|mut store| store.round_save(&sample::round(Size::CLINIC, seed)));
        assert!(matches!(again, Err(StoreError::Full { .. })), "{again:?}");
        fs::remove_file(filler).unwrap();
        let mut store = Store::open(path()).unwrap();
        assert_eq!(store.round_save(&sample::round(Size::CLINIC, seed)).unwrap(), RoundId(seed.into()));
        is_whole(&path(), 1..=seed);
    }

    #[test]
    #[ignore = "started by tests that mount a disk"]
    fn has_no_room_for_a_store() {
        let filler = fill();
        let new = child::place().join("new.db");
        let error = Store::open(&new).unwrap_err();
        assert!(matches!(error, StoreError::Full { .. }), "{error}");
        // What is there can be read, although SQLite has no room for the shared memory of a reader.
        is_whole(&path(), 1..=1);
        let error = Store::open(path()).unwrap_err();
        assert!(matches!(error, StoreError::Full { .. }), "{error}");
        fs::remove_file(filler).unwrap();
        Store::open(&new).unwrap().round_save(&sample::round(Size::CLINIC, 1)).unwrap();
        is_whole(&new, 1..=1);
    }

    #[test]
    #[ignore = "started by tests that mount a disk"]
    fn is_read_only() {
        is_whole(&path(), 1..=1);
        for path in [path(), child::place().join("new.db")] {
            let error = Store::open(path).unwrap_err();
            assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
        }
        let error = Store::open(child::place().join("folder/new.db")).unwrap_err();
        assert!(matches!(error, StoreError::FolderNotMade { .. }), "{error}");
    }
}
