use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use wardround_model::Timestamp;
use wardround_store::Store;

use super::*;

fn places(folder: &Path) -> Places {
    Places {
        store: folder.join(STORE),
        keys: folder.join("keys"),
        own: vec![folder.join("work.toml")],
        fingerprints: folder.join("fingerprints"),
        ask: vec![folder.join("ask/log.jsonl")],
    }
}

/// A folder with a store, a key of the site and a policy.
fn filled(folder: &Path) -> Places {
    let places = places(folder);
    Store::open(&places.store).unwrap();
    fs::create_dir(&places.keys).unwrap();
    fs::write(places.keys.join("seal.key"), b"SECRET-OF-THE-SITE").unwrap();
    fs::write(&places.own[0], b"[days]\nact = 7\n").unwrap();
    fs::create_dir(&places.fingerprints).unwrap();
    fs::write(places.fingerprints.join("ours.xml"), b"<fingerprints/>").unwrap();
    places
}

struct Made {
    folder: tempfile::TempDir,
    file: PathBuf,
    key: PathBuf,
    kept: Kept,
}

fn made() -> Made {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("data")).unwrap();
    let places = filled(&folder.path().join("data"));
    let (key, file) = (folder.path().join("backup.key"), folder.path().join("monday.age"));
    let recipient = Recipient::new(&new_key(&key).unwrap()).unwrap();
    let kept = backup(&places, &file, &recipient, Timestamp::EPOCH).unwrap();
    Made { folder, file, key, kept }
}

#[test]
fn what_was_kept_comes_back_for_its_owner_alone() {
    let made = made();
    assert_eq!(made.kept.files, 4);
    assert_eq!(fs::metadata(&made.file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(&made.key).unwrap().permissions().mode() & 0o777, 0o600);
    let back = places(&made.folder.path().join("bare/machine"));
    let restored = restore(&made.file, &made.key, &back, false).unwrap();
    assert_eq!((restored.files, restored.set_aside), (4, vec![]));
    assert_eq!(fs::read(back.keys.join("seal.key")).unwrap(), b"SECRET-OF-THE-SITE");
    assert_eq!(fs::read(&back.own[0]).unwrap(), b"[days]\nact = 7\n");
    assert_eq!(fs::read(back.fingerprints.join("ours.xml")).unwrap(), b"<fingerprints/>");
    for file in [&back.store, &back.keys.join("seal.key")] {
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert!(Store::open_read_only(&back.store).unwrap().round_list().unwrap().is_empty());
    // Nothing is left beside, neither there nor here.
    let names = |folder: &Path| {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names(back.store.parent().unwrap()), ["fingerprints", "keys", "rounds.sqlite", "work.toml"]);
    assert!(names(&made.folder.path().join("data")).iter().all(|name| !name.starts_with(".backup")));
    assert_eq!(names(made.folder.path()), ["backup.key", "bare", "data", "monday.age"]);
}

#[test]
fn nothing_in_it_can_be_read_without_the_key() {
    let made = made();
    let bytes = fs::read(&made.file).unwrap();
    for text in [&b"SECRET-OF-THE-SITE"[..], b"seal.key", b"SQLite format", b"rounds.sqlite"] {
        assert!(!bytes.windows(text.len()).any(|window| window == text));
    }
    let other = made.folder.path().join("other.key");
    new_key(&other).unwrap();
    let back = places(&made.folder.path().join("bare"));
    let refused = restore(&made.file, &other, &back, false).unwrap_err().to_string();
    assert!(refused.contains("was made for another key"), "{refused}");
}

#[test]
fn a_backup_that_was_cut_or_changed_puts_nothing_in_place() {
    let made = made();
    let bytes = fs::read(&made.file).unwrap();
    let damaged = made.folder.path().join("damaged.age");
    let back = places(&made.folder.path().join("bare"));
    let refuse = |bytes: &[u8], what: &str| {
        fs::write(&damaged, bytes).unwrap();
        let error = restore(&damaged, &made.key, &back, false).unwrap_err();
        assert!(
            matches!(error, BackupError::Damaged { .. } | BackupError::OtherKey { .. }),
            "{what}: {error}"
        );
        assert!(!back.store.exists() && !back.keys.exists(), "{what}");
        assert_eq!(fs::read_dir(made.folder.path().join("bare")).unwrap().count(), 0, "{what}");
    };
    for place in (0..bytes.len()).step_by((bytes.len() / 60).max(1)) {
        refuse(&bytes[..place], &format!("cut at {place}"));
        let mut flipped = bytes.clone();
        flipped[place] ^= 1;
        refuse(&flipped, &format!("flipped at {place}"));
    }
    refuse(&[&bytes[..], b"more"].concat(), "more behind it");
    refuse(b"a letter to the board", "another file");
}

#[test]
fn what_is_there_is_neither_overwritten_nor_lost() {
    let made = made();
    let places = places(&made.folder.path().join("data"));
    let refused = restore(&made.file, &made.key, &places, false).unwrap_err().to_string();
    assert!(refused.contains("there is a store at"), "{refused}");
    fs::write(places.keys.join("seal.key"), b"NEWER").unwrap();
    let restored = restore(&made.file, &made.key, &places, true).unwrap();
    assert!(restored.set_aside.contains(&made.folder.path().join("data/rounds.sqlite.before")));
    assert_eq!(fs::read(places.keys.join("seal.key")).unwrap(), b"SECRET-OF-THE-SITE");
    assert_eq!(fs::read(places.keys.join("seal.key.before")).unwrap(), b"NEWER");
    let recipient = Recipient::new(&new_key(&made.folder.path().join("next.key")).unwrap()).unwrap();
    let refused = backup(&places, &made.file, &recipient, Timestamp::EPOCH).unwrap_err().to_string();
    assert!(refused.contains("is there already"), "{refused}");
}

#[test]
fn names_that_leave_the_folder_are_no_names_of_a_backup() {
    for name in ["rounds.sqlite", "keys/seal.key", "own/work.toml", "ask/log.jsonl"] {
        assert!(list::may_hold(name), "{name}");
    }
    for name in [
        "",
        "keys/",
        "keys/../x",
        "/etc/passwd",
        "own/.x",
        "ask/../x",
        "keys/a/b",
        "../rounds.sqlite",
        "keys/a b",
        "other",
    ] {
        assert!(!list::may_hold(name), "{name}");
    }
}

#[test]
fn keys_that_others_can_read_and_texts_that_are_none_are_refused() {
    let made = made();
    fs::set_permissions(&made.key, fs::Permissions::from_mode(0o644)).unwrap();
    let back = places(&made.folder.path().join("bare"));
    let refused = restore(&made.file, &made.key, &back, false).unwrap_err().to_string();
    assert!(refused.contains("can be read by other users"), "{refused}");
    assert!(Recipient::new("age1nonsense").is_err());
    assert!(new_key(&made.key).is_err());
}

#[test]
fn a_failure_in_the_middle_leaves_everything_as_it_was() {
    let made = made();
    let places = places(&made.folder.path().join("data"));
    fs::write(places.keys.join("seal.key"), b"NEWER").unwrap();
    // The store comes last, and cannot be set aside: something has that name.
    fs::write(made.folder.path().join("data/rounds.sqlite.before"), b"older").unwrap();
    let store = fs::read(&places.store).unwrap();
    let refused = restore(&made.file, &made.key, &places, true).unwrap_err().to_string();
    assert!(refused.contains("rounds.sqlite.before is there already"), "{refused}");
    assert_eq!(fs::read(places.keys.join("seal.key")).unwrap(), b"NEWER");
    assert!(!places.keys.join("seal.key.before").exists());
    assert_eq!(fs::read(&places.store).unwrap(), store);
}

#[test]
fn a_copy_that_a_killed_program_left_is_removed_a_day_later() {
    let made = made();
    let data = made.folder.path().join("data");
    let recipient = Recipient::new(&new_key(&made.folder.path().join("next.key")).unwrap()).unwrap();
    let (old, new) = (data.join(".backup-old"), data.join(".backup-new"));
    for folder in [&old, &new] {
        fs::create_dir(folder).unwrap();
        fs::write(folder.join(STORE), b"in clear").unwrap();
    }
    let two_days_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(2 * 86_400);
    fs::File::open(&old).unwrap().set_modified(two_days_ago).unwrap();
    backup(&places(&data), &made.folder.path().join("next.age"), &recipient, Timestamp::EPOCH).unwrap();
    assert!(!old.exists() && new.exists());
}

#[test]
fn what_was_asked_comes_back_with_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("data")).unwrap();
    let here = filled(&folder.path().join("data"));
    fs::create_dir(here.store.with_file_name("ask")).unwrap();
    // Larger than a key may be: the log only grows.
    let log = vec![b'x'; 5 << 20];
    fs::write(&here.ask[0], &log).unwrap();
    fs::write(here.store.with_file_name("ask").join("plan.json"), b"{}").unwrap();
    let (key, file) = (folder.path().join("backup.key"), folder.path().join("monday.age"));
    let recipient = Recipient::new(&new_key(&key).unwrap()).unwrap();
    backup(&here, &file, &recipient, Timestamp::EPOCH).unwrap();
    let back = places(&folder.path().join("bare/machine"));
    restore(&file, &key, &back, false).unwrap();
    assert_eq!(fs::read(&back.ask[0]).unwrap(), log);
    assert_eq!(fs::metadata(&back.ask[0]).unwrap().permissions().mode() & 0o777, 0o600);
    // What was not named stays out: a plan is asked once.
    assert!(!back.store.with_file_name("ask").join("plan.json").exists());
}
