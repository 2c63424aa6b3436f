//! Rounds that were judged again go when nobody needs them, and nothing else does; what is known to be exploited is told by ids.

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use wardround_model::*;
use wardround_remedy::{Person, Policy};
use wardround_store::{Judged, NewlyExploited, Store};
use wardround_triage::Efforts;

use crate::sample::{self, Size};

fn now() -> Timestamp {
    Timestamp::from_seconds(1_790_000_500)
}

/// A store with one observed round, and a place beside it.
fn store() -> (tempfile::TempDir, PathBuf, Store) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rounds.db");
    let mut store = Store::open(&path).unwrap();
    store.round_save(&sample::round(Size::CLINIC, 1)).unwrap();
    (folder, path, store)
}

/// The newest round, judged again.
fn again(store: &mut Store) -> RoundId {
    let from = store.round_latest().unwrap().unwrap();
    let round = store.round_load(from).unwrap();
    let judged = Judged { again_from: Some(from), exploited: None };
    store.round_save_judged(&round, judged).unwrap()
}

/// Removes what may go, and its rows; which rounds went.
fn tidy(store: &mut Store) -> Vec<RoundId> {
    let mut gone = Vec::new();
    while let Some((id, from)) = store.round_surplus().unwrap() {
        assert_eq!(from, RoundId(1));
        assert!(store.round_remove(id, now()).unwrap());
        gone.push(id);
    }
    while store.round_sweep().unwrap() {}
    gone
}

fn ids(store: &Store) -> Vec<i64> {
    store.round_list().unwrap().iter().map(|head| head.id.0).collect()
}

/// How many rows all tables have of a round.
fn rows_of(path: &Path, id: i64) -> i64 {
    let connection = Connection::open(path).unwrap();
    let mut select = connection
        .prepare(
            "SELECT t.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
             WHERE t.type = 'table' AND c.name = 'round_id' AND t.name <> 'judged_again'",
        )
        .unwrap();
    let tables: Vec<String> = select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert!(tables.len() > 20);
    let count = |table: &String| -> i64 {
        let sql = format!("SELECT count(*) FROM {table} WHERE round_id = ?1");
        connection.query_row(&sql, [id], |row| row.get(0)).unwrap()
    };
    tables.iter().map(count).sum()
}

#[test]
fn of_many_that_were_judged_again_few_stay_and_the_file_grows_no_more() {
    let (_folder, path, mut store) = store();
    let mut largest = Vec::new();
    for _ in 0..8 {
        again(&mut store);
        tidy(&mut store);
        assert!(store.round_list().unwrap().len() <= 3);
        let pages: i64 = Connection::open(&path)
            .unwrap()
            .pragma_query_value(None, "page_count", |row| row.get(0))
            .unwrap();
        largest.push(pages);
    }
    assert_eq!(ids(&store), [1, 8, 9]);
    assert!(largest[7] <= largest[3] + largest[3] / 10, "{largest:?}");
    assert_eq!((rows_of(&path, 5), rows_of(&path, 9) > 500), (0, true));
    let connection = Connection::open(&path).unwrap();
    let broken: i64 =
        connection.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0)).unwrap();
    assert_eq!(broken, 0);
    // All that is left is as it was, and says where it came from.
    let heads = store.round_list().unwrap();
    let from: Vec<_> = heads.iter().map(|head| head.judged_again_from).collect();
    assert_eq!(from, [None, Some(RoundId(1)), Some(RoundId(1))]);
    assert_eq!(store.round_load(RoundId(9)).unwrap(), store.round_load(RoundId(1)).unwrap());
    assert_eq!(store.round_kept_for(RoundId(5)).unwrap(), RoundId(1));
    assert_eq!(store.round_kept_for(RoundId(9)).unwrap(), RoundId(9));
}

#[test]
fn who_was_compared_with_a_round_that_went_is_compared_with_the_one_before() {
    let (_folder, _path, mut store) = store();
    again(&mut store);
    let mut round = store.round_load(RoundId(1)).unwrap();
    round.findings.truncate(50);
    let judged = Judged { again_from: Some(RoundId(2)), exploited: None };
    store.round_save_judged(&round, judged).unwrap();
    let before = store.round_view(RoundId(3)).unwrap().summary().unwrap();
    assert_eq!(before.compared_with, Some(RoundId(2)));
    assert_eq!(tidy(&mut store), []);
    again(&mut store);
    assert_eq!(tidy(&mut store), [RoundId(2)]);
    let after = store.round_view(RoundId(3)).unwrap().summary().unwrap();
    assert_eq!(after.compared_with, Some(RoundId(1)));
    assert_eq!(after.changes, before.changes);
    assert!(after.changes.of(FindingChange::NotSeenAgain) + after.changes.of(FindingChange::Fixed) > 0);
}

#[test]
fn what_was_observed_and_what_a_person_used_stays() {
    let (_folder, _path, mut store) = store();
    again(&mut store); // 2: somebody said something of a task while it was the newest.
    let efforts = Efforts::default();
    let work = store.work_load(&efforts).unwrap();
    let worklist = work.worklist(&efforts, &Policy::default(), now());
    let person = |name: &str| name.parse::<Person>().unwrap();
    let said = worklist.tasks[0].assign(person("K. Ito"), person("R. Ferreira"));
    store.work_event_save(&said, now()).unwrap();
    again(&mut store); // 3: a report named it.
    store.round_named(RoundId(3)).unwrap();
    for _ in 4..=6 {
        again(&mut store);
    }
    let newer = sample::round(Size::CLINIC, 2);
    store.round_save(&newer).unwrap(); // 7: observed.
    assert_eq!(tidy(&mut store), [RoundId(4), RoundId(5)]);
    assert_eq!(ids(&store), [1, 2, 3, 6, 7]);
    // One that is still needed is not removed, whoever asks.
    for id in [1, 2, 3, 6, 7, 99] {
        assert!(!store.round_remove(RoundId(id), now()).unwrap(), "{id}");
    }
    assert_eq!(ids(&store), [1, 2, 3, 6, 7]);
}

#[test]
fn a_worklist_that_was_walked_over_rounds_that_went_is_the_same() {
    let (_folder, _path, mut store) = store();
    store.work_catch_up(None).unwrap();
    for _ in 0..3 {
        again(&mut store);
        store.work_catch_up(None).unwrap();
    }
    let efforts = Efforts::default();
    let before = store.work_load(&efforts).unwrap();
    assert_eq!(tidy(&mut store), [RoundId(2)]);
    let after = store.work_load(&efforts).unwrap();
    assert!(before.history.items.len() > 10);
    assert_eq!(format!("{:?}", after.history), format!("{:?}", before.history));
}

#[test]
fn a_store_that_was_closed_in_the_middle_goes_on_where_it_was() {
    let (_folder, path, mut store) = store();
    for _ in 0..3 {
        again(&mut store);
    }
    let (id, _) = store.round_surplus().unwrap().unwrap();
    store.round_remove(id, now()).unwrap();
    assert_eq!(ids(&store), [1, 3, 4]);
    store.round_sweep().unwrap();
    drop(store);
    assert!(rows_of(&path, id.0) > 0);
    let mut store = Store::open(&path).unwrap();
    while store.round_sweep().unwrap() {}
    assert_eq!(rows_of(&path, id.0), 0);
    assert!(!store.round_sweep().unwrap());
    assert!(store.round_save(&sample::round(Size::CLINIC, 2)).unwrap() > id);
}

#[test]
fn what_is_newly_exploited_is_told_by_ids_and_not_by_their_number() {
    let (_folder, _path, mut store) = store();
    let round = sample::round(Size::CLINIC, 2);
    let cve = |number| CveId::new(2018, number).unwrap();
    let mut save = |exploited: Option<&[CveId]>| {
        store.round_save_judged(&round, Judged { again_from: None, exploited }).unwrap()
    };
    // The round has CVE-2018-15473 and others; nothing is known of the round before.
    let first = save(Some(&[cve(1), cve(2)]));
    let second = save(Some(&[cve(2), cve(15_473)]));
    let third = save(Some(&[cve(15_473), cve(2)]));
    let empty = save(Some(&[]));
    let told =
        |after: RoundId, before: RoundId| store.round_view(after).unwrap().newly_exploited(before).unwrap();
    assert_eq!(told(first, RoundId(1)), None);
    let NewlyExploited { published, findings } = told(second, first).unwrap();
    assert_eq!((published, findings.len()), (1, 1));
    let found = store.round_view(second).unwrap().finding(findings[0]).unwrap().unwrap();
    let is_it = |weakness: &Weakness| matches!(weakness, Weakness::Vulnerability { cve: of, .. } if *of == cve(15_473));
    assert!(is_it(&found.finding.weakness));
    assert_eq!(told(third, second).unwrap().published, 0);
    assert_eq!(told(third, empty), None);
}
