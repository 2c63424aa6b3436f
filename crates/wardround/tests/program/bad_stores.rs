//! Stores in trouble: locked, read-only, full, not ours. One clear sentence, and nothing is lost.

use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output};

use crate::program::{Place, assert_fails, clinic, error, is_root, skip};

/// Runs the program as a user without rights, from a copy that this user can reach.
fn as_nobody(place: &Place, words: &[&str]) -> Option<Output> {
    if !is_root() {
        skip("changing the user needs root");
        return None;
    }
    let program = place.path("program");
    std::fs::copy(env!("CARGO_BIN_EXE_wardround"), &program).unwrap();
    std::fs::copy(clinic(), place.path("clinic.pcapng")).unwrap();
    open_to_all(place);
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"]);
    command
        .arg(program)
        .args(words)
        .current_dir(place.folder.path())
        .env_clear()
        .env("HOME", place.folder.path());
    Some(command.output().unwrap())
}

fn open_to_all(place: &Place) {
    for entry in
        std::fs::read_dir(place.folder.path()).unwrap().flatten().filter(|entry| entry.path().is_file())
    {
        std::fs::set_permissions(entry.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    std::fs::set_permissions(place.folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn the_store_is_readable_by_its_owner_alone() {
    let place = Place::new();
    place.clinic_json(&[]);
    let folder = place.path(".local/share/wardround");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_said_before_reading() {
    let place = Place::new();
    let Some(output) = as_nobody(&place, &["round", "clinic.pcapng", "--store", "rounds.sqlite"]) else {
        return;
    };
    assert_fails(&output, 1, &["rounds.sqlite"]);
    assert!(output.stdout.is_empty());
}

#[test]
fn a_read_only_store_can_be_read_and_not_written() {
    let place = Place::new();
    place.clinic_json(&["--store", "rounds.sqlite"]);
    let Some(read) = as_nobody(&place, &["round", "list", "--store", "rounds.sqlite"]) else { return };
    assert!(read.status.success(), "{}", error(&read));
    let written = as_nobody(&place, &["round", "clinic.pcapng", "--store", "rounds.sqlite"]).unwrap();
    assert_fails(&written, 1, &["rounds.sqlite"]);
    assert!(place.ok(&["round", "list", "--store", "rounds.sqlite"]).contains("R-1"));
}

#[test]
fn a_locked_store_is_said_and_keeps_what_it_has() {
    let place = Place::new();
    place.clinic_json(&["--store", "rounds.sqlite"]);
    let other = rusqlite::Connection::open(place.path("rounds.sqlite")).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let clinic = clinic();
    let output = place.run(&["round", clinic.to_str().unwrap(), "--store", "rounds.sqlite"]);
    assert_fails(&output, 1, &["rounds.sqlite", "another"]);
    other.execute_batch("ROLLBACK").unwrap();
    drop(other);
    place.clinic_json(&["--store", "rounds.sqlite"]);
    assert!(place.ok(&["round", "list", "--store", "rounds.sqlite"]).contains("R-2"));
}

#[test]
fn a_file_that_is_no_store_is_left_alone() {
    let place = Place::new();
    let letter = b"A letter that somebody still needs.".repeat(200);
    let file = place.file("letter.txt", &letter);
    let clinic = clinic();
    let output = place.run(&["round", clinic.to_str().unwrap(), "--store", "letter.txt"]);
    assert_fails(&output, 1, &["letter.txt"]);
    assert_eq!(std::fs::read(file).unwrap(), letter);
}

/// A file system of this many bytes, gone with the value.
pub(crate) struct SmallDisk(std::path::PathBuf);

impl SmallDisk {
    pub(crate) fn new(path: std::path::PathBuf, size: &str) -> Option<Self> {
        std::fs::create_dir(&path).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(&path)
            .status();
        mounted.is_ok_and(|status| status.success()).then_some(Self(path))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_is_said_and_the_result_is_still_shown() {
    let place = Place::new();
    // Room for a store with a small list in it, and not for a round.
    place.file("list.csv", b"Name;IP;Manufacturer;Model\nward-1;10.0.0.1;Draeger;Infinity\n");
    place.ok(&["import", "list.csv", "--as", "inventory", "--store", "probe.sqlite"]);
    let size = std::fs::metadata(place.path("probe.sqlite")).unwrap().len() + 96 * 1024;
    let Some(disk) = SmallDisk::new(place.path("disk"), &size.to_string()) else {
        return skip("mounting a small disk needs root");
    };
    let clinic = clinic();
    let output = place.run(&[
        "round",
        clinic.to_str().unwrap(),
        "--store",
        "disk/rounds.sqlite",
        "--as-of",
        "2026-11-24",
    ]);
    assert_fails(&output, 1, &["full"]);
    let page = String::from_utf8_lossy(&output.stdout);
    assert!(
        page.contains("What to do first"),
        "what was found is shown although it could not be kept: {page}"
    );
    // Once there is room again, the same store can be used.
    let wider = Command::new("mount").args(["-o", "remount,size=64m"]).arg(&disk.0).status().unwrap();
    assert!(wider.success());
    place.clinic_json(&["--store", "disk/rounds.sqlite"]);
}
