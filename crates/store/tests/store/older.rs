//! A store of version 1 or 2, with rounds in it, is brought up to date: whole, or not at all.

use std::path::Path;

use rusqlite::Connection;
use wardround_model::*;
use wardround_store::view::{
    DeviceCounts, DeviceDetails, DeviceFilter, DeviceRow, DeviceSort, Flow, Proof, Turn,
};
use wardround_store::{NewStatement, Store, StoreError};
use wardround_triage::Efforts;

use crate::sample::{self, Size};
use crate::{child, rows};

/// What version 1 wrote for a small round: one row in each table that the step touches.
const ROUND: &str = "
    INSERT INTO round VALUES (1, 1000, 2000, 'wardround 0.1.0', 3);
    INSERT INTO source VALUES (1, 0, 'clinic.pcapng', 800, 20, 5, 6, NULL);
    INSERT INTO interface VALUES (1, 0, 0, 'clinical');
    INSERT INTO skip VALUES (1, 0, 'cut-short', 2, 0, 7, 700);
    INSERT INTO observation VALUES
        (1, 0, 'O-000000000001', NULL, '10.0.0.1', 'tcp', 22, 'ssh.banner', 'OpenSSH_7.2p2', 0, 9, 900, 5, 6, 4),
        (1, 1, 'O-000000000002', '00:1b:00:00:00:01', NULL, NULL, NULL, 'address.owns', '10.0.0.1', 0, 1, 24, 5, 6, 1);
    INSERT INTO conversation VALUES
        (1, 0, 'C-000000000001', '10.0.0.2', '10.0.0.1', 'tcp', 22, 'ssh', 'protocol', 1, 0, 5, 500, 6, 600, 0, 8, 800, 5, 6);
    INSERT INTO network VALUES (1, 0, '10.0.0.0/24', 1, 1);
    INSERT INTO asset VALUES (1, 0, 'A-000000000001', 5, 6, 1);
    INSERT INTO asset_ip VALUES (1, 0, 0, '10.0.0.1');
    INSERT INTO claim VALUES (1, 0, 'class', 'server', 80), (1, 0, 'software', '4.2', 70);
    INSERT INTO finding VALUES
        (1, 0, 'F-000000000001', 'A-000000000001', NULL, NULL, NULL, NULL, 'smb1', 'smb', NULL, NULL, NULL, 'seen',
         'SMB 1', 'act', 'active', 'yes', 'total', 'high');
    INSERT INTO unjudged VALUES (1, 0, 'A-000000000001');
    INSERT INTO reason VALUES
        (1, 0, 0, 'class', NULL, NULL, NULL, 'it answers'), (1, 1, NULL, NULL, 0, 'weakness', NULL, 'it chose SMB 1'),
        (1, 2, NULL, NULL, NULL, NULL, 0, 'no version');
    INSERT INTO ground VALUES (1, 0, 0, 'O-000000000001', NULL), (1, 1, 0, NULL, 'C-000000000001');
    INSERT INTO plan_item VALUES (1, 0, 'a', 'b', 'c', 'd', 'e', 'act');
    INSERT INTO plan_finding VALUES (1, 0, 0, 'F-000000000001');
    INSERT INTO plan_asset VALUES (1, 0, 0, 'A-000000000001');
    INSERT INTO intelligence_source VALUES (1, 0, 'NVD', 5, NULL);";

fn version_1(path: &Path) {
    let connection = Connection::open(path).unwrap();
    connection.execute_batch(include_str!("version_1.sql")).unwrap();
    connection.execute_batch(ROUND).unwrap();
    mark(path, &connection, 1);
}

fn mark(path: &Path, connection: &Connection, version: i32) {
    use std::os::unix::fs::PermissionsExt as _;
    connection.pragma_update(None, "application_id", i32::from_be_bytes(*b"Ward")).unwrap();
    connection.pragma_update(None, "user_version", version).unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

/// A store of version 2 with everything that version 2 could hold of `newer`, a store of this version.
fn version_2(path: &Path, newer: &Path) {
    rows::instead_of_pages(&Connection::open(newer).unwrap());
    let connection = Connection::open(path).unwrap();
    connection.execute_batch(include_str!("version_2.sql")).unwrap();
    connection.execute("ATTACH ?1 AS newer", [newer.to_str().unwrap()]).unwrap();
    let mut select = connection
        .prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        .unwrap();
    let tables: Vec<String> = select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    drop(select);
    connection.pragma_update(None, "foreign_keys", false).unwrap();
    for table in tables.iter().filter(|table| !["reason", "ground"].contains(&table.as_str())) {
        let copy = format!("INSERT INTO main.{table} SELECT * FROM newer.{table}");
        connection.execute(&copy, []).unwrap();
    }
    connection.execute_batch(&rows_of_reasons("newer.")).unwrap();
    connection.execute_batch("DETACH newer").unwrap();
    mark(path, &connection, 2);
}

/// A round as versions before 6 could keep it: they knew no serial numbers and no hours.
fn round_of_then(number: u32) -> Round {
    let mut round = sample::round(Size::CLINIC, number);
    for it in &mut round.conversations {
        it.active = ActiveHours::of_ends(it.first.at, it.last);
    }
    round.assets.iter_mut().for_each(|asset| asset.serial = None);
    round
}

/// Fills the tables `reason` and `ground` as version 4 had them, a row for each reason of each thing, from those of this version.
fn rows_of_reasons(from: &str) -> String {
    format!(
        "CREATE TEMP TABLE told AS
             SELECT round_id, asset_position, about, NULL AS finding, NULL AS part, NULL AS unjudged, NULL AS settled, list
             FROM {from}reasons_of_claim
             UNION ALL SELECT round_id, NULL, NULL, finding_position, 'weakness', NULL, NULL, weakness_list
             FROM {from}reasons_of_finding WHERE weakness_list IS NOT NULL
             UNION ALL SELECT round_id, NULL, NULL, finding_position, 'judgement', NULL, NULL, judgement_list
             FROM {from}reasons_of_finding WHERE judgement_list IS NOT NULL
             UNION ALL SELECT round_id, NULL, NULL, NULL, NULL, unjudged_position, NULL, list FROM {from}reasons_of_unjudged
             UNION ALL SELECT round_id, NULL, NULL, NULL, NULL, NULL, settled_position, list FROM {from}reasons_of_settled;
         CREATE TEMP TABLE rows_of_them AS
             SELECT told.*, line.position AS line, text,
                    row_number() OVER (PARTITION BY told.round_id ORDER BY told.rowid, line.position) - 1 AS position
             FROM told JOIN {from}reason AS line ON line.round_id = told.round_id AND line.list = told.list;
         INSERT INTO main.reason
             SELECT round_id, position, asset_position, about, finding, part, unjudged, settled, text FROM rows_of_them;
         INSERT INTO main.ground
             SELECT was.round_id, was.position, line.position, observation_id, conversation_id, statement_id
             FROM rows_of_them AS was
             JOIN {from}ground AS line
                  ON line.round_id = was.round_id AND line.list = was.list AND line.reason_position = was.line;
         DROP TABLE rows_of_them;
         DROP TABLE told;"
    )
}

/// Takes back what version 5 did to the reasons.
fn without_lists(connection: &Connection) {
    let tables = [
        "reason",
        "ground",
        "reasons_of_claim",
        "reasons_of_finding",
        "reasons_of_unjudged",
        "reasons_of_settled",
    ];
    for table in tables {
        connection.execute_batch(&format!("ALTER TABLE {table} RENAME TO newer_{table}")).unwrap();
    }
    connection.execute_batch(include_str!("version_4_reasons.sql")).unwrap();
    connection.execute_batch(&rows_of_reasons("newer_")).unwrap();
    for table in tables {
        connection.execute_batch(&format!("DROP TABLE newer_{table}")).unwrap();
    }
}

#[test]
fn a_store_of_version_2_keeps_its_rounds_and_what_was_said_and_gets_a_worklist() {
    let folder = tempfile::tempdir().unwrap();
    let (newer, path) = (folder.path().join("newer.db"), folder.path().join("rounds.db"));
    let rounds = [1, 2].map(round_of_then);
    let mut store = Store::open(&newer).unwrap();
    for round in &rounds {
        store.round_save(round).unwrap();
    }
    let Statement { asset, says, by, at, because, until, .. } = rounds[0].statements[0].clone();
    store.statement_save(&NewStatement { asset, says, by, at, because, until }).unwrap();
    let said = store.statement_list().unwrap();
    drop(store);
    let shape_of_newer = shape(&newer);
    version_2(&path, &newer);
    let error = Store::open_read_only(&path).unwrap_err();
    assert!(matches!(error, StoreError::Older { found: 2, known: 7, .. }), "{error}");
    let mut store = Store::open(&path).unwrap();
    assert_eq!(store.round_load(RoundId(1)).unwrap(), rounds[0]);
    assert_eq!(store.round_load(RoundId(2)).unwrap(), rounds[1]);
    assert_eq!(store.statement_list().unwrap(), said);
    let work = store.work_load(&Efforts::default()).unwrap();
    assert_eq!((work.history.items.len() > 10, work.events.len()), (true, 0));
    assert_eq!(store.round_save(&rounds[0]).unwrap(), RoundId(3));
    drop(store);
    assert_eq!(shape(&path), shape_of_newer);
}

/// The tables that version 5 added, those that hang on others first.
const VERSION_5: &[&str] = &[
    "import_conversation",
    "walked_step",
    "walked_visit",
    "walked_with",
    "api_answer",
    "waiting_notice",
    "receiver",
    "attachment_piece",
    "attachment",
    "asset_searched",
];
/// The indexes that it added to older tables.
const INDEXES_OF_VERSION_5: &[&str] = &[
    "walked_task_by_kind",
    "walked_task_renamed",
    "walked_finding_by_task",
    "walked_finding_by_id",
    "walked_finding_by_containment",
    "walked_finding_renamed",
    "work_event_by_task",
    "work_event_by_undone",
];

/// Fills the table that versions 3 and 4 looked for assets in, a row for each, from the lines of this version.
fn search_by_rows(connection: &Connection) {
    connection.execute_batch(include_str!("../../src/from_2_to_3_search.sql")).unwrap();
    let mut select = connection.prepare("SELECT round_id, first, text FROM asset_searched").unwrap();
    let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let rows: Vec<(i64, i64, String)> = select.query_map([], read).unwrap().map(Result::unwrap).collect();
    for (round, first, text) in rows {
        for (position, text) in (first..).zip(text.split('\n')) {
            let insert = "INSERT INTO asset_search
                SELECT round_id, asset_position, class, worst, network, care_area, by_urgency, by_title, by_address, by_last, ?3
                FROM asset_summary WHERE round_id = ?1 AND asset_position = ?2";
            connection.execute(insert, (round, position, text.replace('\u{1f}', "\n"))).unwrap();
        }
    }
}

/// Takes out of a store what version 5 added, and back what it changed.
fn without_version_5(connection: &Connection) {
    rows::instead_of_pages(connection);
    without_lists(connection);
    search_by_rows(connection);
    for table in VERSION_5 {
        connection.execute_batch(&format!("DROP TABLE {table}")).unwrap();
    }
    for index in INDEXES_OF_VERSION_5 {
        connection.execute_batch(&format!("DROP INDEX {index}")).unwrap();
    }
}

/// A store of this version becomes one of version 3 with the same rounds.
fn version_3(path: &Path) {
    let connection = Connection::open(path).unwrap();
    without_version_5(&connection);
    let added = [
        "judged_again",
        "named_round",
        "known_exploited",
        "round_known_exploited",
        "saved_view_field",
        "saved_view",
        "api_token",
    ];
    for table in added {
        connection.execute_batch(&format!("DROP TABLE {table}")).unwrap();
    }
    mark(path, &connection, 3);
}

/// What a search finds in the rounds of a store, in each order.
fn searched(store: &Store) -> Vec<(DeviceCounts, Vec<DeviceRow>)> {
    let mut all = Vec::new();
    for (round, text) in [(1, "10."), (2, "10."), (1, "server"), (2, "philips 10")] {
        let filter = DeviceFilter { text: text.to_owned(), ..DeviceFilter::default() };
        for sort in DeviceSort::ALL {
            let view = store.round_view(RoundId(round)).unwrap();
            let (counts, page) = view.devices_counted(&filter, *sort, Turn::First, 500).unwrap();
            all.push((counts, page.rows));
        }
    }
    assert!(all.iter().any(|(_, rows)| rows.len() > 5));
    all
}

#[test]
fn a_store_of_version_3_keeps_all_that_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let (path, newer) = (folder.path().join("rounds.db"), folder.path().join("newer.db"));
    let rounds = [1, 2].map(round_of_then);
    let mut store = Store::open(&path).unwrap();
    for round in &rounds {
        store.round_save(round).unwrap();
    }
    let work = store.work_catch_up(None).unwrap();
    let found = searched(&store);
    drop((store, Store::open(&newer).unwrap()));
    version_3(&path);
    let error = Store::open_read_only(&path).unwrap_err();
    assert!(matches!(error, StoreError::Older { found: 3, known: 7, .. }), "{error}");
    let store = Store::open(&path).unwrap();
    assert_eq!(store.round_load(RoundId(1)).unwrap(), rounds[0]);
    assert_eq!(store.round_load(RoundId(2)).unwrap(), rounds[1]);
    assert_eq!(store.work_load(&Efforts::default()).unwrap().history, work.history);
    // What was judged again before counts as observed, so nothing of it goes.
    assert!(store.round_list().unwrap().iter().all(|head| head.judged_again_from.is_none()));
    assert_eq!(store.round_surplus().unwrap(), None);
    assert_eq!(searched(&store), found);
    drop(store);
    assert_eq!(shape(&path), shape(&newer));
}

#[test]
fn killed_at_any_moment_it_is_of_one_version_or_the_other_and_whole() {
    for attempt in 0..10 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rounds.db");
        version_1(&path);
        let mut child = child::process("older::role::brings_it_up_to_date", &path).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(attempt * 4));
        child.kill().unwrap();
        child.wait().unwrap();
        let mut store = Store::open(&path).unwrap();
        assert_eq!(store.round_load(RoundId(1)).unwrap().observations.len(), 2);
        store.round_save(&round_of_then(1)).unwrap();
    }
}

mod role {
    use super::*;

    #[test]
    #[ignore = "started by killed_at_any_moment_it_is_of_one_version_or_the_other_and_whole"]
    fn brings_it_up_to_date() {
        Store::open(child::place()).unwrap();
    }
}

/// Every table with its columns, and every table's references.
fn shape(path: &Path) -> Vec<String> {
    let connection = Connection::open(path).unwrap();
    let mut select = connection
        .prepare(
            "SELECT t.name || '.' || c.name || ' ' || c.type || ' ' || c.\"notnull\" || ' ' || c.pk || ' '
                    || coalesce(c.dflt_value, '-')
             FROM sqlite_schema AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table'
             UNION ALL
             SELECT t.name || ' -> ' || f.\"table\" || '.' || f.\"to\" || ' ' || f.\"from\" || ' ' || f.on_delete
             FROM sqlite_schema AS t, pragma_foreign_key_list(t.name) AS f WHERE t.type = 'table'
             UNION ALL SELECT 'index ' || name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL
             ORDER BY 1",
        )
        .unwrap();
    let lines = select.query_map([], |row| row.get(0)).unwrap();
    lines.collect::<Result<_, _>>().unwrap()
}

#[test]
fn a_store_of_version_4_keeps_its_lists_and_takes_logs() {
    let folder = tempfile::tempdir().unwrap();
    let (path, newer) = (folder.path().join("rounds.db"), folder.path().join("newer.db"));
    let round = round_of_then(1);
    let mut store = Store::open(&path).unwrap();
    store.round_save(&round).unwrap();
    drop((store, Store::open(&newer).unwrap()));
    let connection = Connection::open(&path).unwrap();
    without_version_5(&connection);
    mark(&path, &connection, 4);
    drop(connection);
    let store = Store::open(&path).unwrap();
    assert_eq!(store.round_load(RoundId(1)).unwrap(), round);
    assert!(store.import_load_used().unwrap().is_empty());
    drop(store);
    assert_eq!(shape(&path), shape(&newer));
}

#[test]
fn its_round_is_read_as_it_was_and_new_ones_are_added() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rounds.db");
    version_1(&path);
    let error = Store::open_read_only(&path).unwrap_err();
    assert!(matches!(error, StoreError::Older { found: 1, known: 7, .. }), "{error}");
    let mut store = Store::open(&path).unwrap();
    let round = store.round_load(RoundId(1)).unwrap();
    assert_eq!(
        (round.coverage.sources[0].kind, round.coverage.sources[0].records),
        (SourceKind::Capture, 20)
    );
    assert_eq!(round.observations[0].first.evidence.record, 9);
    assert_eq!(round.observations.len(), 2);
    assert_eq!(round.conversations[0].first.evidence.record, 8);
    assert_eq!(round.coverage.skipped[0].first.record, 7);
    assert_eq!(round.assets[0].software.as_ref().unwrap().value, "4.2");
    assert_eq!(round.assets[0].class.reasons[0].grounds.len(), 1);
    assert_eq!(round.findings[0].reasons[0].grounds.len(), 1);
    assert_eq!(
        (round.unjudged[0].who, round.unjudged[0].reason.text.as_str()),
        (Role::Unknown, "no version")
    );
    assert_eq!((round.statements.len(), round.settled.len()), (0, 0));
    let newer = round_of_then(1);
    let id = store.round_save(&newer).unwrap();
    assert_eq!(store.round_load(id).unwrap(), newer);
}

#[test]
fn it_becomes_what_a_new_store_is() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (folder.path().join("old.db"), folder.path().join("new.db"));
    version_1(&old);
    drop((Store::open(&old).unwrap(), Store::open(&new).unwrap()));
    assert_eq!(shape(&old), shape(&new));
    let connection = Connection::open(&old).unwrap();
    let broken: i64 =
        connection.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0)).unwrap();
    assert_eq!(broken, 0);
}

#[test]
fn what_hangs_on_a_table_that_was_made_anew_is_still_deleted_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rounds.db");
    version_1(&path);
    drop(Store::open(&path).unwrap());
    let connection = Connection::open(&path).unwrap();
    connection.pragma_update(None, "foreign_keys", true).unwrap();
    connection.execute("DELETE FROM round", []).unwrap();
    for table in ["observation", "claim", "reason", "ground", "reasons_of_claim", "reasons_of_finding"] {
        let left: i64 =
            connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
        assert_eq!(left, 0, "{table}");
    }
}

/// What pages over a round show of what stands in pages of the store.
fn looked_up(store: &Store, round: RoundId) -> (Vec<Vec<Flow>>, Vec<DeviceDetails>, Vec<Option<Proof>>) {
    let view = store.round_view(round).unwrap();
    let whole = store.round_load(round).unwrap();
    let pairs = view.zone_pairs().unwrap();
    let flows = pairs
        .iter()
        .map(|pair| view.flows(pair.client, pair.server, Turn::First, 500).unwrap().rows)
        .collect();
    // The hours of devices are kept from version 7 on.
    let device = |asset: &Asset| DeviceDetails {
        active: ActiveHours::NONE,
        ..view.device(asset.id).unwrap().unwrap()
    };
    let devices = whole.assets.iter().map(device).collect();
    let seen = whole.observations.iter().map(|seen| Ground::Observation(seen.id()));
    let grounds = seen.chain(whole.conversations.iter().map(|one| Ground::Conversation(one.id())));
    (flows, devices, grounds.map(|ground| view.proof(ground).unwrap()).collect())
}

#[test]
fn a_store_of_version_5_shows_the_same_from_pages() {
    let folder = tempfile::tempdir().unwrap();
    let (path, newer) = (folder.path().join("rounds.db"), folder.path().join("newer.db"));
    let rounds = [1, 2].map(round_of_then);
    let mut store = Store::open(&path).unwrap();
    for round in &rounds {
        store.round_save(round).unwrap();
    }
    let shown = looked_up(&store, RoundId(2));
    let missing = shown.2.iter().filter(|proof| proof.is_none()).count();
    assert_eq!((shown.0.len() > 1, shown.1.len() > 3, missing), (true, true, 0));
    drop((store, Store::open(&newer).unwrap()));
    let connection = Connection::open(&path).unwrap();
    rows::instead_of_pages(&connection);
    mark(&path, &connection, 5);
    drop(connection);
    let store = Store::open(&path).unwrap();
    assert_eq!([1, 2].map(|id| store.round_load(RoundId(id)).unwrap()), rounds);
    assert_eq!(looked_up(&store, RoundId(2)), shown);
    drop(store);
    assert_eq!(shape(&path), shape(&newer));
}
