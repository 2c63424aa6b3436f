//! Several programs and one store.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;

use rusqlite::Connection;
use wardround_model::RoundId;
use wardround_store::{Store, StoreError};

use crate::child;
use crate::sample::{self, Size};

#[test]
fn a_store_that_another_program_holds_is_said_to_be_in_use_and_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rounds.db");
    let mut store = Store::open(&path).unwrap();
    store.round_save(&sample::round(Size::CLINIC, 1)).unwrap();
    let mut holder =
        child::process("shared::role::holds_the_store", &path).stdin(Stdio::piped()).spawn().unwrap();
    // The pipe stays open until the holder has ended.
    let mut told = BufReader::new(holder.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert!(told.any(|line| line == "held"));
    let (open, save) = std::thread::scope(|threads| {
        let open = threads.spawn(|| Store::open(&path).unwrap_err());
        let save = threads.spawn(|| store.round_save(&sample::round(Size::CLINIC, 2)).unwrap_err());
        (open.join().unwrap(), save.join().unwrap())
    });
    for error in [open, save] {
        assert!(matches!(error, StoreError::Locked { .. }), "{error}");
    }
    let reader = Store::open_read_only(&path).unwrap();
    assert_eq!(reader.round_load(RoundId(1)).unwrap(), sample::round(Size::CLINIC, 1));
    drop(holder.stdin.take());
    assert!(holder.wait().unwrap().success());
    assert_eq!(store.round_save(&sample::round(Size::CLINIC, 2)).unwrap(), RoundId(2));
}

mod role {
    use super::*;

    #[test]
    #[ignore = "started by a_store_that_another_program_holds_is_said_to_be_in_use_and_can_be_read"]
    fn holds_the_store() {
        let connection = Connection::open(child::place()).unwrap();
        connection.execute_batch("BEGIN IMMEDIATE").unwrap();
        println!("\nheld");
        // Until the other side closes the pipe.
        std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
    }

    #[test]
    #[ignore = "started by programs_that_start_at_once_share_a_new_store"]
    fn saves_three_rounds() {
        let mut store = Store::open(child::place()).unwrap();
        for seed in 1..=3 {
            store.round_save(&sample::round(Size::CLINIC, seed)).unwrap();
        }
    }
}

#[test]
fn programs_that_start_at_once_share_a_new_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/rounds.db");
    let start = |_| child::process("shared::role::saves_three_rounds", &path).spawn().unwrap();
    let programs: Vec<_> = (0..6).map(start).collect();
    for program in programs {
        let output = program.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    assert_eq!(Store::open_read_only(&path).unwrap().round_list().unwrap().len(), 18);
}

#[test]
fn threads_share_a_new_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rounds.db");
    std::thread::scope(|threads| {
        for seed in 0..8 {
            let path = &path;
            threads.spawn(move || {
                let mut store = Store::open(path).unwrap();
                let id = store.round_save(&sample::round(Size::CLINIC, seed)).unwrap();
                // Opening and closing others meanwhile must not drop this one's locks.
                let reader = Store::open_read_only(path).unwrap();
                assert_eq!(reader.round_load(id).unwrap(), sample::round(Size::CLINIC, seed));
            });
        }
    });
    let connection = Connection::open(&path).unwrap();
    let told: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    let rounds: i64 = connection.query_row("SELECT count(*) FROM round", [], |row| row.get(0)).unwrap();
    assert_eq!((told.as_str(), rounds), ("ok", 8));
}
