//! What may stand where a store is expected, and what is said of it.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use wardround_store::{Store, StoreError};

use crate::sample::{self, Size};

fn both(path: &Path) -> [StoreError; 2] {
    [Store::open(path).unwrap_err(), Store::open_read_only(path).unwrap_err()]
}

/// A file of this content, which nobody may change.
fn file(folder: &Path, content: &[u8]) -> PathBuf {
    let path = folder.join("file");
    fs::write(&path, content).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    path
}

fn is_refused_and_left_as_it_was(path: &Path) {
    let before = (fs::read(path).unwrap(), fs::metadata(path).unwrap());
    for error in both(path) {
        assert!(matches!(error, StoreError::NotAStore { .. }), "{error}");
        assert!(error.to_string().starts_with(&path.display().to_string()), "{error}");
    }
    let after = (fs::read(path).unwrap(), fs::metadata(path).unwrap());
    assert_eq!((&before.0, before.1.permissions()), (&after.0, after.1.permissions()));
    assert_eq!(before.1.modified().unwrap(), after.1.modified().unwrap());
}

#[test]
fn text_and_captures_are_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    for content in [&b"x"[..], b"a list of things to do", &[0; 4096], b"\x0a\x0d\x0d\x0a\x1c\x00\x00\x00"] {
        is_refused_and_left_as_it_was(&file(folder.path(), content));
    }
    is_refused_and_left_as_it_was(&file(folder.path(), &b"SQLite format 3\0".repeat(400)));
}

#[test]
fn databases_of_other_programs_are_refused_and_left_alone() {
    for sql in [
        "CREATE TABLE bookmark (id INTEGER)",
        "CREATE TABLE round (id INTEGER); PRAGMA user_version = 1",
        "PRAGMA application_id = 7; PRAGMA user_version = 1",
        "PRAGMA journal_mode = WAL; CREATE TABLE bookmark (id INTEGER)",
        "CREATE TABLE bookmark (id INTEGER); DROP TABLE bookmark; VACUUM",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = file(folder.path(), b"");
        Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        is_refused_and_left_as_it_was(&path);
        // While the other program has it open, with its log beside it.
        let other = Connection::open(&path).unwrap();
        other.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE more (id INTEGER)").unwrap();
        is_refused_and_left_as_it_was(&path);
    }
}

#[test]
fn a_newer_store_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rounds.db");
    Store::open(&path).unwrap().round_save(&sample::round(Size::CLINIC, 1)).unwrap();
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = fs::read(&path).unwrap();
    for error in both(&path) {
        assert!(matches!(error, StoreError::Newer { found: 99, known: 7, .. }), "{error}");
    }
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn what_is_not_there_or_empty_is_said_so_when_it_is_to_be_read() {
    let folder = tempfile::tempdir().unwrap();
    for missing in ["rounds.db", "no/such/folder/rounds.db"] {
        let error = Store::open_read_only(folder.path().join(missing)).unwrap_err();
        assert!(matches!(error, StoreError::NotFound { .. }), "{error}");
    }
    let path = file(folder.path(), b"");
    let error = Store::open_read_only(&path).unwrap_err();
    assert!(matches!(error, StoreError::Empty { .. }), "{error}");
    assert_eq!(fs::metadata(&path).unwrap().len(), 0);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    Store::open(&path).unwrap().round_save(&sample::round(Size::CLINIC, 1)).unwrap();
}

#[test]
fn folders_pipes_and_devices_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for path in [folder.path(), &pipe, Path::new("/dev/null"), Path::new("/")] {
        for error in both(path) {
            assert!(matches!(error, StoreError::NotAPlainFile { .. }), "{error}");
        }
    }
    let error = Store::open(file(folder.path(), b"x").join("rounds.db")).unwrap_err();
    assert!(matches!(error, StoreError::FolderNotMade { .. }), "{error}");
}

#[test]
fn a_store_keeps_to_its_own_folder_and_tidies_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path().join("a/b/rounds.db")).unwrap();
    store.round_save(&sample::round(Size::CLINIC, 1)).unwrap();
    drop(store);
    let left: Vec<_> =
        fs::read_dir(folder.path().join("a/b")).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left, ["rounds.db"]);
}

#[test]
fn settings_are_those_that_durability_rests_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rounds.db");
    drop(Store::open(&path).unwrap());
    let connection = Connection::open(&path).unwrap();
    let mode: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    let application: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0)).unwrap();
    assert_eq!((mode.as_str(), application.to_be_bytes()), ("wal", *b"Ward"));
}
