//! What is saved is what is read, whole and in order; and what a list says of it.

use proptest::prelude::*;
use rusqlite::Connection;
use wardround_model::{CveId, Endpoint, Fact, FactKind, RoundId, Service, Subject};
use wardround_store::{Judged, RoundHead, Store, StoreError};

use crate::rows;
use crate::sample::{self, Size};
use crate::strategies;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_round_is_read_as_it_was_saved(rounds in proptest::collection::vec(strategies::round(), 1..3)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rounds.db");
        let mut store = Store::open(&path).unwrap();
        let ids: Vec<RoundId> = rounds.iter().map(|round| store.round_save(round).unwrap()).collect();
        prop_assert_eq!(store.round_latest().unwrap(), ids.last().copied());
        drop(store);
        let store = Store::open_read_only(&path).unwrap();
        for (id, round) in ids.iter().zip(&rounds) {
            prop_assert_eq!(&store.round_load(*id).unwrap(), round);
        }
    }
}

#[test]
fn a_list_tells_every_round_the_oldest_first() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path().join("rounds.db")).unwrap();
    assert_eq!(store.round_list().unwrap(), []);
    assert_eq!(store.round_latest().unwrap(), None);
    let rounds = [sample::round(Size::CLINIC, 1), sample::round(Size { assets: 3, ..Size::CLINIC }, 2)];
    for round in &rounds {
        store.round_save(round).unwrap();
    }
    let head = |id, assets, round: &wardround_model::Round| RoundHead {
        id: RoundId(id),
        run_at: round.run_at,
        as_of: round.as_of,
        judged_again_from: None,
        sources: vec!["clinic.pcapng".to_owned()],
        assets,
        findings: 60,
    };
    assert_eq!(store.round_list().unwrap(), [head(1, 40, &rounds[0]), head(2, 3, &rounds[1])]);
    assert_eq!(store.round_latest().unwrap(), Some(RoundId(2)));
}

#[test]
fn a_round_that_is_not_there_is_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path().join("rounds.db")).unwrap();
    for id in [-1, 0, 1, i64::MAX] {
        let error = store.round_load(RoundId(id)).unwrap_err();
        assert!(
            matches!(error, StoreError::NoSuchRound { round: RoundId(found), .. } if found == id),
            "{error}"
        );
    }
}

#[test]
fn a_number_beyond_sql_is_refused_and_nothing_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path().join("rounds.db")).unwrap();
    let mut round = sample::round(Size::CLINIC, 1);
    round.conversations.last_mut().unwrap().to_client.bytes = u64::MAX;
    let error = store.round_save(&round).unwrap_err();
    assert!(error.to_string().contains("conversation.to_client_bytes"), "{error}");
    assert_eq!(store.round_list().unwrap(), []);
    assert_eq!(store.round_save(&sample::round(Size::CLINIC, 1)).unwrap(), RoundId(1));
}

#[test]
fn a_text_beyond_the_limit_is_refused_and_nothing_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path().join("rounds.db")).unwrap();
    let mut round = sample::round(Size::CLINIC, 1);
    round.plan.last_mut().unwrap().why = "x".repeat(2 << 24);
    assert!(matches!(store.round_save(&round), Err(StoreError::TooLarge { .. })));
    assert_eq!(store.round_list().unwrap(), []);
}

/// A store as an older, laxer program might have left it, or as somebody changed it.
fn changed(sql: &str) -> Result<wardround_model::Round, StoreError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rounds.db");
    let id = Store::open(&path).unwrap().round_save(&sample::round(Size::CLINIC, 1)).unwrap();
    let connection = Connection::open(&path).unwrap();
    rows::lines_can_be_changed(&connection);
    connection
        .execute_batch(&format!("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; {sql}"))
        .unwrap();
    drop(connection);
    Store::open_read_only(&path).unwrap().round_load(id)
}

#[test]
fn the_allow_list_holds_for_what_is_read_too() {
    let before = sample::round(Size::CLINIC, 1);
    let host = before.observations.iter().find(|seen| matches!(seen.subject, Subject::Ip(_))).unwrap();
    assert_eq!(host.fact, Fact::new(FactKind::Hl7Sends, b"ORU^R01").unwrap());
    let after =
        changed("UPDATE observation SET value = line(value, 1, 'MUSTERMANN ERIKA') WHERE first = 0").unwrap();
    assert_eq!(after.observations.len(), before.observations.len() - 1);
    assert_eq!(after.coverage.values_not_allowed, before.coverage.values_not_allowed + 1);
    let after = changed(
        "UPDATE observation SET kind = line(kind, 1, 'hl7.sending-facility'), value = line(value, 1, 'MUSTERMANN CT')
             WHERE first = 0",
    );
    assert_eq!(after.unwrap().observations[1].fact.value(), "* CT");
}

#[test]
fn what_contradicts_itself_is_an_error_that_names_the_column_and_no_value() {
    for (sql, place) in [
        ("UPDATE asset SET id = 'ERIKA' WHERE position = 3", "asset.id"),
        ("DELETE FROM asset WHERE position = 3", "asset.position"),
        ("UPDATE claim SET about = every(about, 'maker') WHERE first = 0", "claim.confidence"),
        ("UPDATE claim SET confidence = line(confidence, 3, '101') WHERE first = 0", "claim.confidence"),
        (
            "UPDATE service SET asset_position = every(asset_position, '999') WHERE first = 0",
            "service.asset_position",
        ),
        ("UPDATE service SET ip = every(ip, 'ERIKA')", "service.ip"),
        ("UPDATE service SET port = every(port, '70000')", "service.port"),
        ("UPDATE observation SET mac = every(mac, '00:00:00:00:00:01')", "observation.port"),
        (
            "UPDATE conversation SET to_client_bytes = every(to_client_bytes, '-1')",
            "conversation.to_client_bytes",
        ),
        ("UPDATE round SET values_not_allowed = -1", "round.values_not_allowed"),
        ("UPDATE finding SET setting = NULL, protocol = NULL WHERE position = 1", "finding.protocol"),
        (
            "UPDATE ground SET observation_id = every(observation_id, '\u{1b}'),
             conversation_id = every(conversation_id, '\u{1b}')",
            "ground.statement_id",
        ),
        ("UPDATE ground SET list = line(list, 0, '9999') WHERE first = 0", "ground.reason_position"),
        ("UPDATE reason SET position = line(position, 0, '1') WHERE first = 0", "reason.position"),
        ("DELETE FROM reasons_of_unjudged WHERE unjudged_position = 0", "reason.list"),
        ("UPDATE reasons_of_finding SET weakness_list = 9999 WHERE finding_position = 0", "reason.list"),
        ("UPDATE reasons_of_finding SET finding_position = 999 WHERE finding_position = 0", "reason.list"),
        ("UPDATE reasons_of_settled SET settled_position = 5 WHERE settled_position = 0", "reason.list"),
        ("DELETE FROM plan_item WHERE position = 0", "plan_item.position"),
        ("UPDATE observation SET value = without(value, 3) WHERE first = 0", "observation.value"),
        ("UPDATE observation SET position = without(position, 3) WHERE first = 0", "observation.subject_id"),
        ("UPDATE observation SET value = line(value, 3, 'ERIKA\u{1b}') WHERE first = 0", "observation.value"),
        ("DELETE FROM observation WHERE first = 0", "observation.position"),
        ("UPDATE conversation SET first_at = x'00'", "conversation.first_at"),
        ("DROP TABLE plan_asset", "the list of tables"),
    ] {
        let error = changed(sql).unwrap_err();
        assert!(
            matches!(&error, StoreError::Damaged { place: found, .. } if found == place),
            "{sql}: {error}"
        );
        assert!(!error.to_string().contains("ERIKA"), "{error}");
    }
}

/// Rows of one device stand in one page, however many they are: a host may answer at every port.
#[test]
fn a_device_with_every_port_and_a_long_list_of_software_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path().join("rounds.db")).unwrap();
    let mut round = sample::round(Size::CLINIC, 1);
    let asset = round.assets.iter_mut().find(|asset| !asset.services.is_empty()).unwrap();
    let service = asset.services[0].clone();
    let offered = |port| Service { endpoint: Endpoint { port, ..service.endpoint }, ..service.clone() };
    asset.services = (0..=u16::MAX).map(offered).collect();
    asset.names = (0..60_000).map(|number| format!("host-with-a-rather-long-name-{number}")).collect();
    let id = store.round_save(&round).unwrap();
    assert_eq!(store.round_load(id).unwrap(), round);
}

#[test]
fn findings_with_the_same_reasons_share_a_list() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rounds.db");
    let mut round = sample::round(Size::CLINIC, 1);
    let same = round.findings[0].judgement.reasons.clone();
    for finding in &mut round.findings {
        finding.judgement.reasons.clone_from(&same);
    }
    round.findings[0].judgement.reasons[0].text.push('!');
    let mut store = Store::open(&path).unwrap();
    let id = store.round_save(&round).unwrap();
    assert_eq!(store.round_load(id).unwrap(), round);
    let lists: i64 = Connection::open(&path)
        .unwrap()
        .query_row("SELECT count(DISTINCT judgement_list) FROM reasons_of_finding", [], |row| row.get(0))
        .unwrap();
    assert_eq!(lists, 2);
}

#[test]
fn a_code_of_a_newer_program_is_said_to_be_one() {
    for (sql, place) in [
        ("UPDATE observation SET kind = line(kind, 5, 'ERIKA') WHERE first = 0", "observation.kind"),
        ("UPDATE conversation SET protocol = every(protocol, 'ERIKA')", "conversation.protocol"),
        ("UPDATE claim SET value = every(value, 'ERIKA')", "claim.value"),
        ("UPDATE active_hours SET hours = every(hours, 'ERIKA')", "active_hours.hours"),
        ("UPDATE finding SET setting = 'ERIKA' WHERE position = 1", "finding.setting"),
        ("UPDATE finding SET decision = 'ERIKA'", "finding.decision"),
        ("UPDATE skip SET reason = 'ERIKA'", "skip.reason"),
        ("UPDATE reasons_of_claim SET about = every(about, 'ERIKA')", "reasons_of_claim.about"),
    ] {
        let error = changed(sql).unwrap_err();
        assert!(
            matches!(&error, StoreError::UnknownCode { place: found, .. } if found == place),
            "{sql}: {error}"
        );
        assert!(!error.to_string().contains("ERIKA"), "{error}");
    }
}

#[test]
fn deleting_a_round_takes_all_of_it_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rounds.db");
    let mut store = Store::open(&path).unwrap();
    // Each lacks assets and findings of the one before it and has others, so that every table says something of each.
    let of_seed = |seed| {
        let mut round = sample::round(Size::CLINIC, seed);
        round.assets.remove(0);
        round.assets.rotate_left(seed as usize);
        round.assets.pop();
        round.findings.remove(seed as usize);
        round
    };
    for seed in 1..=3 {
        let exploited = [CveId::new(2018, seed).unwrap()];
        let judged = Judged { again_from: None, exploited: Some(&exploited) };
        let id = store.round_save_judged(&of_seed(seed), judged).unwrap();
        store.round_named(id).unwrap();
    }
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("PRAGMA foreign_keys = ON; DELETE FROM round WHERE id = 3").unwrap();
    let mut tables = connection
        .prepare(
            "SELECT t.name FROM sqlite_schema AS t WHERE t.type = 'table' AND t.name = 'round'
             OR t.name <> 'judged_again' AND EXISTS (SELECT 1 FROM pragma_table_info(t.name) WHERE name = 'round_id')",
        )
        .unwrap();
    let tables: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert_eq!(tables.len(), 47);
    for table in tables.iter().filter(|table| *table != "round") {
        let sql = format!(
            "SELECT count(*) FILTER (WHERE round_id = 2) > 0, count(*) FILTER (WHERE round_id = 3) FROM {table}"
        );
        let left: (bool, i64) = connection.query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        assert_eq!(left, (true, 0), "{table}");
    }
    assert_eq!(store.round_load(RoundId(2)).unwrap(), of_seed(2));
    // An id that an auditor may have written down is never given to another round.
    assert_eq!(store.round_save(&of_seed(3)).unwrap(), RoundId(4));
}
