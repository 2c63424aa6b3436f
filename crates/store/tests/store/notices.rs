//! Notices wait until they were told, in bounded number, each once.

use wardround_model::Timestamp;
use wardround_store::{Failed, MOST_WAITING, NewReceiver, NewWaiting, ReceiverId, Store};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

fn kept(store: &mut Store) -> ReceiverId {
    let new = NewReceiver {
        kind: "mail".to_owned(),
        name: "IT".to_owned(),
        sealed: "00".to_owned(),
        made_at: at(1),
    };
    store.receiver_save(&new).unwrap()
}

fn waiting(receiver: ReceiverId, known_as: &str, due_at: Timestamp) -> NewWaiting {
    NewWaiting { receiver, known_as: known_as.to_owned(), due_at, told: format!("\"{known_as}\"") }
}

#[test]
fn a_notice_waits_once_until_it_was_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path().join("rounds.db")).unwrap();
    let (one, other) = (kept(&mut store), kept(&mut store));
    let new = [waiting(one, "R-1", at(10)), waiting(one, "R-2", at(500)), waiting(other, "R-1", at(10))];
    store.notices_add(&new, &[("notices.round", "2".to_owned())], at(10)).unwrap();
    store.notices_add(&new, &[], at(11)).unwrap();
    assert_eq!(store.setting("notices.round").unwrap().as_deref(), Some("2"));
    assert!(store.notices_due(one, at(9)).unwrap().is_empty());
    let due = store.notices_due(one, at(10)).unwrap();
    assert_eq!(due.iter().map(|it| (it.told.as_str(), it.tries)).collect::<Vec<_>>(), [("\"R-1\"", 0)]);
    let failed =
        Failed { waiting: &[due[0].id], at: at(20), again: at(80), oldest: at(0), why: "nobody answers" };
    store.notices_failed(one, &failed).unwrap();
    assert!(store.notices_due(one, at(79)).unwrap().is_empty());
    assert_eq!(store.notices_due(one, at(80)).unwrap()[0].tries, 1);
    let list = store.receiver_list().unwrap();
    assert_eq!(list[0].trouble, Some((at(20), "nobody answers".to_owned())));
    assert_eq!((list[0].waiting, list[1].waiting, list[0].told_at), (2, 1, None));
    store.notices_told(one, &[due[0].id], at(90), None).unwrap();
    let list = store.receiver_list().unwrap();
    assert_eq!((list[0].waiting, list[0].told_at, &list[0].trouble), (1, Some(at(90)), &None));
    // It waits nowhere any more, also after another start.
    drop(store);
    let store = Store::open(folder.path().join("rounds.db")).unwrap();
    assert_eq!(store.notices_due(one, at(999)).unwrap().len(), 1);
}

#[test]
fn what_waits_too_long_or_is_too_much_is_lost_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path().join("rounds.db")).unwrap();
    let one = kept(&mut store);
    let many: Vec<NewWaiting> =
        (0..MOST_WAITING + 3).map(|number| waiting(one, &format!("R-{number}"), at(1))).collect();
    store.notices_add(&many, &[], at(1)).unwrap();
    let due = store.notices_due(one, at(1)).unwrap();
    assert_eq!((due.len(), due[0].told.as_str()), (200, "\"R-3\""));
    assert_eq!(store.receiver_list().unwrap()[0].lost, 3);
    let failed = Failed { waiting: &[due[0].id], at: at(9), again: at(10), oldest: at(2), why: "x" };
    store.notices_failed(one, &failed).unwrap();
    let list = store.receiver_list().unwrap();
    assert_eq!((list[0].lost, list[0].waiting), (203, 0));
}

#[test]
fn who_is_switched_off_or_gone_is_told_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path().join("rounds.db")).unwrap();
    let one = kept(&mut store);
    store.notices_add(&[waiting(one, "R-1", at(1))], &[], at(1)).unwrap();
    assert!(store.receiver_switch(one, Some(at(2))).unwrap());
    store.notices_add(&[waiting(one, "R-2", at(1))], &[], at(3)).unwrap();
    assert_eq!(store.receiver_list().unwrap()[0].waiting, 0);
    assert!(store.receiver_switch(one, None).unwrap());
    store.notices_add(&[waiting(one, "R-3", at(1))], &[], at(4)).unwrap();
    assert_eq!(store.notices_due(one, at(9)).unwrap().len(), 1);
    assert!(store.receiver_remove(one).unwrap() && !store.receiver_remove(one).unwrap());
    assert!(store.notices_due(one, at(9)).unwrap().is_empty());
    store.notices_add(&[waiting(one, "R-4", at(1))], &[], at(5)).unwrap();
    assert!(store.notices_due(one, at(9)).unwrap().is_empty());
    assert_eq!(kept(&mut store), ReceiverId(2));
}
