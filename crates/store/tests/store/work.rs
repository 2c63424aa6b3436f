//! What people say of tasks: kept as said, in order, and never changed.

use std::collections::BTreeSet;

use proptest::prelude::*;
use rusqlite::Connection;
use wardround_model::*;
use wardround_remedy::{
    Attachment, ClinicalOwner, Event, EventId, Exception, FileName, Head, History, NewEvent, Note, Person,
    Policy, Task, TaskId, What, Work, worklist_of,
};
use wardround_store::{Store, StoreError};
use wardround_triage::{Efforts, VisitWork};

use crate::sample::{self, Size};

pub(crate) fn now() -> Timestamp {
    Timestamp::from_seconds(1_790_000_500)
}

pub(crate) fn person(name: &str) -> Person {
    name.parse().unwrap()
}

fn note(text: &str) -> Note {
    text.parse().unwrap()
}

/// A store with two rounds of a small clinic.
pub(crate) fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path().join("rounds.db")).unwrap();
    for seed in [1, 2] {
        store.round_save(&sample::round(Size::CLINIC, seed)).unwrap();
    }
    (folder, store)
}

/// Says something of the first task that changes a device.
pub(crate) fn say(store: &mut Store, say: impl FnOnce(&Task<'_>) -> NewEvent) -> (NewEvent, EventId) {
    say_with(store, say, |store, new| store.work_event_save(new, now()).unwrap())
}

/// Attaches a file to it.
pub(crate) fn attach(store: &mut Store, name: &str, content: &[u8]) -> (NewEvent, EventId) {
    let file = Attachment::of(FileName::cleaned(name), content, format!("{:064x}", content.len())).unwrap();
    let attach = |task: &Task<'_>| task.attach(person("K. Ito"), file).unwrap();
    say_with(store, attach, |store, new| store.attachment_save(new, content, now()).unwrap().unwrap())
}

fn say_with(
    store: &mut Store,
    say: impl FnOnce(&Task<'_>) -> NewEvent,
    keep: impl FnOnce(&mut Store, &NewEvent) -> EventId,
) -> (NewEvent, EventId) {
    let efforts = Efforts::default();
    let work = store.work_load(&efforts).unwrap();
    let worklist = work.worklist(&efforts, &Policy::default(), now());
    let mut changes = worklist.tasks.iter().filter(|task| task.head.work == VisitWork::Change);
    let first = changes.by_ref().min_by_key(|task| task.id()).unwrap();
    let new = say(first);
    let id = keep(store, &new);
    (new, id)
}

fn exception() -> Exception {
    let until = Timestamp::from_seconds(1_791_000_000);
    Exception { owner: person("K. Ito"), because: note("later"), control: note("own network"), until }
}

/// Everything that can be said, in an order in which it can be.
fn everything(store: &mut Store) -> Vec<NewEvent> {
    let mut all = Vec::new();
    let mut add = |new: (NewEvent, EventId)| all.push(new.0);
    add(say(store, |task| task.assign(person("K. Ito"), person("R. Ferreira"))));
    add(say(store, |task| task.comment(person("K. Ito"), note("it's \"urgent\", ä"))));
    add(say(store, |task| task.sign_off(ClinicalOwner(person("Sister Okafor"))).unwrap()));
    add(say(store, |task| task.done(person("R. Ferreira")).unwrap()));
    add(say(store, |task| task.reopen(person("K. Ito"), note("it is not")).unwrap()));
    add(say(store, |task| task.except(person("K. Ito"), exception(), &Policy::default(), now()).unwrap()));
    add(say(store, |task| task.undo(person("K. Ito"), EventId(6)).unwrap()));
    add(say(store, |task| task.letter_sent(person("K. Ito"), now(), now()).unwrap()));
    add(say(store, |task| task.letter_answered(person("K. Ito"), now(), note("PSB-12"), now()).unwrap()));
    add(attach(store, "letter of its maker.pdf", b"%PDF-1.7 "));
    all
}

#[test]
fn everything_that_can_be_said_is_read_as_it_was_said() {
    let (_folder, mut store) = store();
    let all = everything(&mut store);
    let codes: Vec<_> = all.iter().map(|new| new.what().code()).collect();
    let every = What::CODES.iter().all(|code| codes.contains(code));
    assert!(every, "{codes:?}");
    let kept = store.work_event_list().unwrap();
    assert_eq!(kept.len(), all.len());
    for ((number, kept), new) in (1..).zip(&kept).zip(&all) {
        let event = Event {
            id: EventId(number),
            task: new.task(),
            after: RoundId(2),
            at: now(),
            by: new.by().clone(),
            what: new.what().clone(),
            findings: new.findings().to_vec(),
        };
        assert_eq!(*kept, event);
    }
}

#[test]
fn the_worklist_is_made_from_the_rounds_in_their_order() {
    let (_folder, store) = store();
    let efforts = Efforts::default();
    let rounds = [1, 2].map(|seed| sample::round(Size::CLINIC, seed));
    let history = History::of([(RoundId(1), &rounds[0]), (RoundId(2), &rounds[1])], &efforts);
    let Work { history: kept, .. } = store.work_load(&efforts).unwrap();
    assert_eq!(kept, history);
    assert!(kept.items.len() > 10);
}

/// Rounds in which findings come, change, go and come back.
fn moving(order: &[u8]) -> Vec<Round> {
    let at = |n: i64| Timestamp::from_seconds(1_790_000_000 + n * 86_400);
    let round = |(day, which): (i64, &u8)| {
        let mut round = sample::round(Size::CLINIC, 1);
        round.as_of = at(day);
        for observation in &mut round.observations {
            observation.last = at(day);
        }
        let proof: Vec<ObservationId> = round.observations.iter().map(Observation::id).take(60).collect();
        for (finding, id) in round.findings.iter_mut().zip(proof) {
            finding.reasons = vec![Reason::new("it shows so", [Ground::Observation(id)])];
        }
        match which % 4 {
            // Other values, and no findings.
            1 => {
                let mut other = sample::round(Size::CLINIC, 2).observations;
                other.iter_mut().for_each(|observation| observation.last = at(day));
                round.observations = other;
                round.findings.clear();
            }
            // Nothing at all.
            2 => {
                round.findings.clear();
                round.assets.clear();
                round.observations.clear();
            }
            // The same, judged otherwise.
            3 => round.findings.truncate(30),
            _ => {}
        }
        round
    };
    (0..).zip(order).map(round).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// What is kept is what walking all rounds gives, whenever it was kept.
    #[test]
    fn a_kept_history_is_what_the_rounds_show(
        order in prop::collection::vec(0_u8..4, 1..6),
        kept in prop::collection::vec(any::<bool>(), 6),
        at_hand: bool,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path().join("rounds.db")).unwrap();
        let efforts = Efforts::default();
        let rounds = moving(&order);
        for (round, keep) in rounds.iter().zip(kept) {
            let id = store.round_save(round).unwrap();
            if keep {
                store.work_catch_up(at_hand.then_some((id, round))).unwrap();
            }
        }
        let history = History::of((1..).map(RoundId).zip(&rounds), &efforts);
        let work = store.work_load(&efforts).unwrap();
        prop_assert_eq!(&work.history, &history);
        prop_assert_eq!(&work.visits, &wardround_triage::visits(rounds.last().unwrap(), &efforts));
        store.work_catch_up(None).unwrap();
        let again = store.work_load(&efforts).unwrap();
        prop_assert_eq!(&again.history, &history);
    }
}

/// Says something of some task, as a person would, or as somebody's hand writes it into a store.
fn say_something(store: &mut Store, path: &std::path::Path, (kind, which): (u8, usize)) {
    let efforts = Efforts::default();
    let work = store.work_load(&efforts).unwrap();
    let worklist = work.worklist(&efforts, &Policy::default(), now());
    let Some(task) = worklist.tasks.get(which % worklist.tasks.len().max(1)) else { return };
    let by = || person("K. Ito");
    let said = match kind % 8 {
        0 => Some(task.assign(by(), person("R. Ferreira"))),
        1 => Some(task.comment(by(), note("it is loud"))),
        2 => task.sign_off(ClinicalOwner(person("Sister Okafor"))).ok(),
        3 => task.done(by()).ok(),
        4 => task.except(by(), exception(), &Policy::default(), now()).ok(),
        5 => task.letter_sent(by(), now(), now()).ok(),
        6 => task.log.first().map(|event| task.undo(by(), event.id).unwrap()),
        _ => {
            let undo = "INSERT INTO work_event (task_id, after_round, at, by_name, kind, undone_event)
                        VALUES (?1, 1, 5, 'A', 'undone', 1 + abs(random()) % 6)";
            Connection::open(path).unwrap().execute(undo, [task.id().to_string()]).unwrap();
            None
        }
    };
    if let Some(new) = said {
        store.work_event_save(&new, now()).unwrap();
    }
}

/// The tasks and letters of a part, read alone, stand as in the whole worklist.
fn assert_part_stands_as_in_whole(store: &Store, whole: &Work, tasks: &BTreeSet<TaskId>) {
    let (efforts, policy) = (Efforts::default(), Policy::default());
    let part = store.work_of(tasks).unwrap().unwrap();
    let wanted = |head: &Head| tasks.contains(&head.id);
    let Work { history, visits, events } = &part;
    let alone = worklist_of(history, visits, events, &efforts, &policy, now(), &wanted);
    let Work { history, visits, events } = whole;
    assert_eq!(alone, worklist_of(history, visits, events, &efforts, &policy, now(), &wanted));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// What is read of a few tasks alone is what walking all rounds and hearing all words gives.
    #[test]
    fn tasks_that_are_read_alone_stand_as_in_the_whole_worklist(
        order in prop::collection::vec(0_u8..4, 1..5),
        words in prop::collection::vec((any::<u8>(), any::<usize>()), 0..12),
        renamed in prop::option::of((any::<usize>(), any::<usize>())),
        picked in any::<usize>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rounds.db");
        let mut store = Store::open(&path).unwrap();
        let rounds = moving(&order);
        let mut words = words.into_iter();
        for round in &rounds {
            store.round_save(round).unwrap();
            prop_assert_eq!(store.work_tasks().unwrap(), None);
            words.by_ref().take(4).for_each(|word| say_something(&mut store, &path, word));
        }
        store.work_catch_up(None).unwrap();
        words.for_each(|word| say_something(&mut store, &path, word));
        let efforts = Efforts::default();
        let mut walked = Work {
            history: History::of((1..).map(RoundId).zip(&rounds), &efforts),
            visits: wardround_triage::visits(rounds.last().unwrap(), &efforts),
            events: store.work_event_list().unwrap(),
        };
        let ids: Vec<TaskId> = walked.history.heads.keys().copied().collect();
        if let Some((one, other)) = renamed.filter(|_| !ids.is_empty()) {
            // One task had the id that another one has now.
            let (new, old) = (ids[one % ids.len()], ids[other % ids.len()]);
            let update = "UPDATE walked_task SET known_as = ?2 WHERE task_id = ?1";
            Connection::open(&path).unwrap().execute(update, [new.to_string(), old.to_string()]).unwrap();
            walked.history.heads.get_mut(&new).unwrap().known_as.push(old);
        }
        prop_assert_eq!(&store.work_load(&efforts).unwrap(), &walked);
        let kinds = store.work_tasks().unwrap().unwrap();
        prop_assert_eq!(kinds.values().flatten().count(), walked.history.heads.len());
        for (kind, tasks) in &kinds {
            prop_assert_eq!(store.work_tasks_of_kind(kind).unwrap(), Some(tasks.clone()));
            assert_part_stands_as_in_whole(&store, &walked, &tasks.iter().copied().collect());
        }
        let some: Vec<TaskId> = walked.history.heads.keys().copied().skip(picked % 7).step_by(3).collect();
        assert_part_stands_as_in_whole(&store, &walked, &some.iter().copied().collect());
        some.iter().for_each(|task| assert_part_stands_as_in_whole(&store, &walked, &BTreeSet::from([*task])));
        for item in walked.history.items.values() {
            let tasks: Vec<TaskId> = [Some(item.task), item.containment].into_iter().flatten().collect();
            prop_assert_eq!(store.work_tasks_of_finding(item.finding).unwrap(), Some(tasks));
        }
        for known in [None].into_iter().chain(walked.events.iter().map(|event| Some(event.id))) {
            let since = walked.events.iter().filter(|event| Some(event.id) > known);
            let said: BTreeSet<TaskId> = since.map(|event| event.task).collect();
            prop_assert_eq!(store.work_said_since(known).unwrap(), said);
        }
    }
}

#[test]
fn a_finding_is_found_by_an_id_that_it_had() {
    let (folder, mut store) = store();
    let work = store.work_catch_up(None).unwrap();
    let item = work.history.items.values().next().unwrap();
    let old = FindingId::of_code(item.asset, "something else");
    let connection = Connection::open(folder.path().join("rounds.db")).unwrap();
    let update = "UPDATE walked_finding SET known_as = 'F-000000000001 ' || ?2 WHERE finding_id = ?1";
    connection.execute(update, [item.finding.to_string(), old.to_string()]).unwrap();
    let tasks: Vec<TaskId> = [Some(item.task), item.containment].into_iter().flatten().collect();
    assert_eq!(store.work_tasks_of_finding(old).unwrap(), Some(tasks));
    assert_eq!(store.work_tasks_of_finding(FindingId::of_code(item.asset, "a third")).unwrap(), Some(vec![]));
}

#[test]
fn visits_that_another_program_told_are_told_again() {
    let (folder, mut store) = store();
    let work = store.work_catch_up(None).unwrap();
    assert!(store.work_is_kept().unwrap());
    let connection = Connection::open(folder.path().join("rounds.db")).unwrap();
    connection
        .execute_batch("UPDATE walked_with SET made_by = 'another'; UPDATE walked_visit SET title = 'other'")
        .unwrap();
    assert!(!store.work_is_kept().unwrap());
    assert_eq!(store.work_load(&Efforts::default()).unwrap(), work);
    store.work_catch_up(None).unwrap();
    assert!(store.work_is_kept().unwrap());
    assert_eq!(store.work_load(&Efforts::default()).unwrap(), work);
}

#[test]
fn the_rounds_of_that_test_move_in_every_way() {
    let rounds = moving(&[0, 1, 0, 3, 0, 2]);
    let history = History::of((1..).map(RoundId).zip(&rounds), &Efforts::default());
    let turns: Vec<String> = history
        .items
        .values()
        .flat_map(|item| &item.turns)
        .map(|dated| format!("{:?}", dated.turn))
        .collect();
    for kind in ["Found", "Fixed", "Back", "LeftOut(Judgement)", "Again"] {
        assert!(turns.iter().any(|turn| turn.starts_with(kind)), "{kind}");
    }
}

#[test]
fn a_history_that_was_walked_in_another_way_is_made_again() {
    let (folder, mut store) = store();
    store.work_catch_up(None).unwrap();
    let efforts = Efforts::default();
    let history = store.work_load(&efforts).unwrap().history;
    let connection = Connection::open(folder.path().join("rounds.db")).unwrap();
    connection
        .execute_batch("UPDATE walked SET way = 99; UPDATE walked_finding SET title = 'other'")
        .unwrap();
    assert_eq!(store.work_load(&efforts).unwrap().history, history);
    store.work_catch_up(None).unwrap();
    assert_eq!(store.work_load(&efforts).unwrap().history, history);
    let left: i64 = connection
        .query_row("SELECT count(*) FROM walked_finding WHERE title = 'other'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(left, 0);
}

/// A store in which somebody changed what was said.
fn changed(sql: &str) -> Result<Vec<Event>, StoreError> {
    let (folder, mut store) = store();
    everything(&mut store);
    drop(store);
    let path = folder.path().join("rounds.db");
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(&format!("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; {sql}"))
        .unwrap();
    drop(connection);
    Store::open_read_only(&path).unwrap().work_event_list()
}

#[test]
fn what_contradicts_itself_is_an_error_that_names_the_column_and_no_value() {
    for (sql, place) in [
        ("UPDATE work_event SET task_id = 'ERIKA'", "work_event.task_id"),
        ("UPDATE work_event SET by_name = ''", "work_event.by_name"),
        ("UPDATE work_event SET text = 'ERIKA' || char(10) || 'X' WHERE id = 2", "work_event.text"),
        ("UPDATE work_event SET until_at = 5 WHERE id = 1", "work_event.undone_event"),
        ("UPDATE work_event SET person = NULL WHERE id = 1", "work_event.undone_event"),
        ("UPDATE attachment SET bytes = 0", "work_event.bytes"),
        ("DELETE FROM attachment", "work_event.gone_at"),
        ("UPDATE attachment SET event_id = 1", "work_event.gone_at"),
        ("UPDATE work_event SET text = '../ERIKA' WHERE kind = 'attached'", "work_event.text"),
        ("UPDATE work_event_finding SET finding_id = 'ERIKA'", "work_event_finding.finding_id"),
        ("UPDATE work_event_finding SET position = position + 1", "work_event_finding.position"),
        ("DROP TABLE work_event_finding", "the list of tables"),
    ] {
        let error = changed(sql).unwrap_err();
        assert!(
            matches!(&error, StoreError::Damaged { place: found, .. } if found == place),
            "{sql}: {error}"
        );
        assert!(!error.to_string().contains("ERIKA"), "{error}");
    }
    let error = changed("UPDATE work_event SET kind = 'ERIKA'").unwrap_err();
    assert!(matches!(&error, StoreError::UnknownCode { place, .. } if place == "work_event.kind"), "{error}");
}
