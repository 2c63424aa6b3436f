//! All that must not be lost, kept in one file and put back on a bare machine, by the real program.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::bad_stores::SmallDisk;
use crate::program::{Place, assert_fails, clinic, skip};

/// The line `age1...` that making a key prints.
fn recipient(place: &Place) -> String {
    let told = place.ok(&["backup", "key", "backup.key"]);
    told.split_whitespace().find(|word| word.starts_with("age1")).unwrap().to_owned()
}

#[test]
fn rounds_come_back_on_a_bare_machine() {
    let place = Place::new();
    place.ok(&["round", clinic().to_str().unwrap()]);
    let to = recipient(&place);
    let told = place.ok(&["backup", "monday.age", "--to", &to]);
    assert!(told.contains("encrypted"), "{told}");
    let again = place.run(&["backup", "monday.age", "--to", &to]);
    assert_fails(&again, 1, &["is there already"]);

    let restore = ["restore", "monday.age", "--key", "backup.key", "--store", "bare/rounds.sqlite"];
    let told = place.ok(&restore);
    assert!(told.contains("with 1 round"), "{told}");
    let devices = |store: &[&str]| place.ok(&[&["round", "show", "--format", "json"], store].concat());
    assert_eq!(devices(&["--store", "bare/rounds.sqlite"]), devices(&[]));
    assert_fails(&place.run(&restore), 1, &["there is a store at", "--replace"]);
    let told = place.ok(&[&restore[..], &["--replace"]].concat());
    assert!(told.contains("rounds.sqlite.before"), "{told}");
}

#[test]
fn a_backup_is_of_one_moment_while_rounds_are_stored() {
    let place = Place::new();
    let capture = clinic();
    let round = ["round", capture.to_str().unwrap()];
    place.ok(&round);
    let to = recipient(&place);
    let mut writer = place.command(&round).stdout(std::process::Stdio::null()).spawn().unwrap();
    let mut made = 0;
    while made < 3 || writer.try_wait().unwrap().is_none() {
        place.ok(&["backup", &format!("{made}.age"), "--to", &to]);
        made += 1;
    }
    assert!(writer.wait().unwrap().success());
    for number in 0..made {
        let (file, store) = (format!("{number}.age"), format!("{number}/rounds.sqlite"));
        let told = place.ok(&["restore", &file, "--key", "backup.key", "--store", &store]);
        assert!(told.contains("with 1 round") || told.contains("with 2 rounds"), "{told}");
        place.ok(&["round", "show", "--store", &store]);
    }
}

#[test]
fn what_is_no_backup_is_refused_in_a_sentence() {
    let place = Place::new();
    let to = recipient(&place);
    assert_fails(
        &place.run(&["backup", "x.age", "--to", &to]),
        1,
        &["there is no store at", "run a round first"],
    );
    place.ok(&["round", clinic().to_str().unwrap()]);
    assert_fails(&place.run(&["backup", "x.age", "--to", "age1nonsense"]), 1, &["no recipient of backups"]);
    place.file("letter.age", b"Dear board,");
    let restore = ["restore", "letter.age", "--key", "backup.key", "--store", "bare/rounds.sqlite"];
    assert_fails(&place.run(&restore), 1, &["is no backup of ours", "Nothing was put in its place"]);
    assert!(!place.path("bare/rounds.sqlite").exists());
}

/// The names in a folder of the place.
fn names(place: &Place, folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(place.path(folder)).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_full_disk_leaves_no_half_backup_and_no_half_store() {
    let place = Place::new();
    place.ok(&["round", clinic().to_str().unwrap()]);
    let to = recipient(&place);
    let Some(_disk) = SmallDisk::new(place.path("disk"), "65536") else {
        return skip("mounting a small disk needs root");
    };
    assert_fails(&place.run(&["backup", "disk/monday.age", "--to", &to]), 1, &["could not be written"]);
    assert!(names(&place, "disk").is_empty());
    place.ok(&["backup", "monday.age", "--to", &to]);
    let restore = ["restore", "monday.age", "--key", "backup.key", "--store", "disk/rounds.sqlite"];
    assert_fails(&place.run(&restore), 1, &["nothing was put in its place"]);
    assert!(names(&place, "disk").is_empty());
}

#[test]
fn a_kill_at_any_moment_leaves_a_whole_backup_or_none() {
    let place = Place::new();
    place.ok(&["round", clinic().to_str().unwrap()]);
    let to = recipient(&place);
    let started = Instant::now();
    place.ok(&["backup", "whole.age", "--to", &to]);
    let whole = started.elapsed();
    for moment in 0..12_u32 {
        let (file, store) = (format!("{moment}.age"), format!("{moment}/rounds.sqlite"));
        let mut child = place.command(&["backup", &file, "--to", &to]).stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep((whole * moment / 10).min(Duration::from_secs(5)));
        child.kill().unwrap();
        child.wait().unwrap();
        if place.path(&file).exists() {
            place.ok(&["restore", &file, "--key", "backup.key", "--store", &store]);
        }
        let restore = ["restore", "whole.age", "--key", "backup.key", "--store", "killed/rounds.sqlite"];
        let mut child = place.command(&restore).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep((whole * moment / 10).min(Duration::from_secs(5)));
        child.kill().unwrap();
        child.wait().unwrap();
        // What is there under the store's name is the store.
        if place.path("killed/rounds.sqlite").exists() {
            place.ok(&["round", "show", "--store", "killed/rounds.sqlite"]);
            std::fs::remove_file(place.path("killed/rounds.sqlite")).unwrap();
        }
    }
    // A new try stumbles over nothing that a killed one left.
    place.ok(&["restore", "whole.age", "--key", "backup.key", "--store", "killed/rounds.sqlite"]);
}
