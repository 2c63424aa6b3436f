//! Imported lists, what people said, and saved mappings: kept once, replaced by the later one, never lost.

use proptest::prelude::*;
use rusqlite::Connection;
use wardround_model::*;
use wardround_store::{ImportId, Kept, NewImport, NewStatement, Store, StoreError, Use};

use crate::strategies;

fn day(n: i64) -> Timestamp {
    Timestamp::from_seconds(1_790_000_000 + n * 86_400)
}

fn import(digest: &str, name: &str, on: i64) -> NewImport {
    NewImport {
        digest: digest.to_owned(),
        name: name.to_owned(),
        kind: SourceKind::DirectoryComputers,
        about: String::new(),
        mapping: Some("our export".to_owned()),
        observed_at: day(on),
        imported_at: day(9),
        bytes: 500,
        rows: 12,
        rows_failed: 1,
        first_failed: Some(7),
        values_not_allowed: 2,
        columns: vec![("Name".to_owned(), "name".to_owned())],
    }
}

fn said(row: u64, name: &str) -> Observation {
    let evidence = Evidence { source: SourceIndex(0), record: row, offset: 0 };
    let fact = Fact::new(FactKind::OperatingSystem, b"Windows 10").unwrap();
    let first = Sighting { evidence, at: day(0) };
    Observation { subject: Subject::Listed(ListedId::of_name(name)), fact, first, last: day(0), count: 1 }
}

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().join("rounds.db")).unwrap();
    (folder, store)
}

#[test]
fn a_list_is_kept_once_and_read_as_it_was() {
    let (_folder, mut store) = store();
    let new = import("a", "computers.csv", 1);
    let all = [said(2, "pc-1"), said(3, "pc-2")];
    assert_eq!(store.import_save(&new, &all, &[]).unwrap(), Kept::New(ImportId(1), None));
    assert_eq!(store.import_save(&new, &all, &[]).unwrap(), Kept::AlreadyHere(ImportId(1)));
    let [kept] = store.import_load_used().unwrap().try_into().unwrap();
    assert_eq!((&kept.head.import, kept.observations.as_slice()), (&new, all.as_slice()));
}

fn talk(row: u64) -> Conversation {
    let ip = |last: u8| std::net::IpAddr::from([10, 0, 0, last]);
    Conversation {
        client: ip(1),
        server: Endpoint { ip: ip(2), transport: Transport::Tcp, port: 443 },
        protocol: Some(Protocol::Tls),
        roles: RolesKnownBy::Ports,
        connections: 3,
        already_open: 1,
        to_server: Volume { packets: 4, bytes: 50 },
        to_client: Volume { packets: 6, bytes: 70 },
        first: Sighting { evidence: Evidence { source: SourceIndex(0), record: row, offset: 0 }, at: day(0) },
        last: day(1),
        active: wardround_model::ActiveHours::between(day(0), day(1)),
    }
}

#[test]
fn who_talked_in_a_log_is_read_as_it_was_and_goes_when_it_is_forgotten() {
    let (folder, mut store) = store();
    let new = NewImport { kind: SourceKind::Zeek, ..import("a", "conn.log", 1) };
    store.import_save(&new, &[], &[talk(9)]).unwrap();
    assert_eq!(store.import_load_used().unwrap()[0].conversations, [talk(9)]);
    store.import_forget(ImportId(1), day(9)).unwrap();
    let sql = Connection::open(folder.path().join("rounds.db")).unwrap();
    let left: i64 = sql.query_row("SELECT count(*) FROM import_conversation", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
}

#[test]
fn of_two_lists_the_one_of_the_later_day_is_used_in_whatever_order_they_come() {
    for (first, second) in [(1, 2), (2, 1)] {
        let (_folder, mut store) = store();
        store
            .import_save(&import(&first.to_string(), "computers.csv", first), &[said(2, "pc-1")], &[])
            .unwrap();
        let kept =
            store.import_save(&import(&second.to_string(), "computers.csv", second), &[said(2, "pc-2")], &[]);
        let (one, two) = (ImportId(1), ImportId(2));
        assert_eq!(
            kept.unwrap(),
            if first < second { Kept::New(two, Some(one)) } else { Kept::Older(two, one) }
        );
        let used = store.import_load_used().unwrap();
        let days: Vec<_> = used.iter().map(|import| import.head.import.observed_at).collect();
        assert_eq!(days, [day(2)]);
        assert_eq!(store.import_list().unwrap().len(), 2);
    }
}

#[test]
fn the_order_of_importing_does_not_show() {
    let names = ["b.csv", "a.csv", "c.csv"];
    let read = |order: [usize; 3]| {
        let (_folder, mut store) = store();
        for place in order {
            store.import_save(&import(names[place], names[place], 1), &[said(2, names[place])], &[]).unwrap();
        }
        let used = store.import_load_used().unwrap().into_iter();
        used.map(|import| (import.head.import, import.observations)).collect::<Vec<_>>()
    };
    assert_eq!(read([0, 1, 2]), read([2, 1, 0]));
    assert_eq!(read([0, 1, 2]), read([1, 2, 0]));
}

#[test]
fn what_is_forgotten_is_gone_from_the_file_and_the_one_before_it_is_used_again() {
    let (folder, mut store) = store();
    store.import_save(&import("a", "computers.csv", 1), &[said(2, "pc-1")], &[]).unwrap();
    store.import_save(&import("b", "computers.csv", 2), &[said(2, "pc-2")], &[]).unwrap();
    store.import_forget(ImportId(2), day(9)).unwrap();
    let used: Vec<Use> = store.import_list().unwrap().iter().map(|head| head.used).collect();
    assert_eq!(used, [Use::Used, Use::Forgotten]);
    assert_eq!(store.import_load_used().unwrap()[0].observations, [said(2, "pc-1")]);
    for id in [ImportId(2), ImportId(7)] {
        let error = store.import_forget(id, day(9)).unwrap_err();
        assert!(matches!(error, StoreError::NoSuchImport { import, .. } if import == id), "{error}");
    }
    let sql = Connection::open(folder.path().join("rounds.db")).unwrap();
    let left: i64 = sql
        .query_row("SELECT count(*) FROM import_observation WHERE import_id = 2", [], |row| row.get(0))
        .unwrap();
    assert_eq!(left, 0);
    // The same file may come again.
    let again = store.import_save(&import("b", "computers.csv", 2), &[said(2, "pc-2")], &[]).unwrap();
    assert_eq!(again, Kept::New(ImportId(3), Some(ImportId(1))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn any_statement_is_read_as_it_was_said_and_stays_when_taken_back(said in strategies::statement()) {
        let (_folder, mut store) = store();
        let Statement { asset, says, by, at, because, until, .. } = said;
        let new = NewStatement { asset, says, by, at, because, until };
        let id = store.statement_save(&new).unwrap();
        store.statement_take_back(id, day(5)).unwrap();
        prop_assert!(store.statement_take_back(id, day(6)).is_err());
        let [kept] = store.statement_list().unwrap().try_into().unwrap();
        let NewStatement { asset, says, by, at, because, until } = new;
        prop_assert_eq!(kept.statement, Statement { id, asset, says, by, at, because, until });
        prop_assert_eq!(kept.taken_back, Some(day(5)));
    }
}

#[test]
fn a_mapping_is_replaced_by_one_of_its_name() {
    let (_folder, mut store) = store();
    let columns =
        |field: &str| vec![("Gerät".to_owned(), field.to_owned()), ("Nr".to_owned(), "tag".to_owned())];
    store.mapping_save("ours", &columns("model")).unwrap();
    store.mapping_save("ours", &columns("type")).unwrap();
    assert_eq!(store.mapping_load("ours").unwrap(), Some(columns("type")));
    assert_eq!(store.mapping_load("theirs").unwrap(), None);
}
