//! Accounts, invitations, sessions and the log, as the site keeps them.

use wardround_model::Timestamp;
use wardround_store::{AccountId, Invitation, Joined, NewAccount, NewAuditEntry, Store, audit_digest};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

fn store(folder: &tempfile::TempDir) -> Store {
    Store::open(folder.path().join("rounds.db")).unwrap()
}

fn account(name: &str, made_at: Timestamp) -> NewAccount {
    NewAccount {
        name: name.to_owned(),
        role: "ignored".to_owned(),
        password: "argon2id ...".to_owned(),
        second_factor: "sealed".to_owned(),
        last_step: 7,
        made_at,
        ends_at: None,
    }
}

fn invite(store: &mut Store, code: &str, until: i64) {
    let new = Invitation {
        digest: code.to_owned(),
        role: "network".to_owned(),
        until: at(until),
        account_ends_at: Some(at(9_000)),
    };
    store.invitation_save(&new).unwrap();
}

#[test]
fn an_invitation_makes_one_account_with_its_own_role_and_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(&folder);
    invite(&mut store, "code", 100);
    assert!(store.invitation_waits(at(99)).unwrap() && !store.invitation_waits(at(100)).unwrap());
    assert_eq!(store.account_join("other", &account("ada", at(1)), &[]).unwrap(), Joined::NotInvited);
    assert_eq!(store.account_join("code", &account("ada", at(100)), &[]).unwrap(), Joined::NotInvited);
    let codes = ["one".to_owned(), "two".to_owned()];
    let Joined::Made(id) = store.account_join("code", &account("ada", at(1)), &codes).unwrap() else {
        panic!()
    };
    assert_eq!(store.account_join("code", &account("eve", at(2)), &[]).unwrap(), Joined::NotInvited);
    let kept = store.account_named("ada").unwrap().unwrap();
    assert_eq!((kept.kept.role.as_str(), kept.kept.ends_at), ("network", Some(at(9_000))));
    assert!(kept.is_open_at(at(8_999)) && !kept.is_open_at(at(9_000)));
    assert!(store.account_use_recovery(id, "one", at(3)).unwrap());
    assert!(!store.account_use_recovery(id, "one", at(4)).unwrap());
    assert!(!store.account_use_recovery(AccountId(99), "two", at(4)).unwrap());
    assert!(!store.account_use_step(id, 7).unwrap() && store.account_use_step(id, 8).unwrap());
    assert!(!store.account_use_step(id, 8).unwrap());
    invite(&mut store, "again", 100);
    assert_eq!(store.account_join("again", &account("ada", at(1)), &[]).unwrap(), Joined::NameTaken);
    assert!(store.invitation_find("again", at(1)).unwrap().is_some(), "it was not used up");
}

#[test]
fn two_who_use_one_code_at_once_make_one_account() {
    let folder = tempfile::tempdir().unwrap();
    invite(&mut store(&folder), "code", 100);
    let joined: Vec<Joined> = std::thread::scope(|scope| {
        let threads: Vec<_> = ["ada", "eve"]
            .into_iter()
            .map(|name| {
                let mut store = store(&folder);
                scope.spawn(move || store.account_join("code", &account(name, at(1)), &[]).unwrap())
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(joined.iter().filter(|joined| matches!(joined, Joined::Made(_))).count(), 1);
    assert_eq!(store(&folder).account_list().unwrap().len(), 1);
}

#[test]
fn sessions_end_alone_with_their_account_and_by_age() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(&folder);
    invite(&mut store, "code", 100);
    let Joined::Made(id) = store.account_join("code", &account("ada", at(1)), &[]).unwrap() else { panic!() };
    for (digest, made) in [("a", 10), ("b", 20), ("c", 30), ("d", 40)] {
        store.session_begin(digest, id, at(made)).unwrap();
    }
    store.session_seen("a", at(45)).unwrap();
    store.session_end("d").unwrap();
    store.session_end_old(at(15), at(25)).unwrap();
    let there =
        |store: &Store| ["a", "b", "c", "d"].map(|digest| store.session_find(digest).unwrap().is_some());
    assert_eq!(there(&store), [false, false, true, false]);
    store.session_begin("e", id, at(50)).unwrap();
    store.account_set_password(id, "argon2id new", "c").unwrap();
    assert!(store.session_find("c").unwrap().is_some() && store.session_find("e").unwrap().is_none());
    assert!(store.account_close(id, at(60)).unwrap() && !store.account_close(id, at(61)).unwrap());
    assert_eq!(there(&store), [false; 4]);
}

#[test]
fn invitations_wait_until_they_are_used_taken_back_or_too_old_and_closed_accounts_stay_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(&folder);
    for (code, until) in [("late", 100), ("soon", 50), ("old", 5)] {
        invite(&mut store, code, until);
    }
    let waiting = |store: &wardround_store::Store, now| {
        store.invitation_list(at(now)).unwrap().into_iter().map(|one| one.digest).collect::<Vec<_>>()
    };
    assert_eq!(waiting(&store, 10), ["soon", "late"]);
    assert!(store.invitation_remove("soon").unwrap() && !store.invitation_remove("soon").unwrap());
    let Joined::Made(id) = store.account_join("late", &account("ada", at(10)), &[]).unwrap() else {
        panic!()
    };
    assert!(waiting(&store, 10).is_empty());
    assert!(store.account_change(id, "board", Some(at(90))).unwrap());
    let kept = store.account_get(id).unwrap().unwrap().kept;
    assert_eq!((kept.role.as_str(), kept.ends_at), ("board", Some(at(90))));
    assert!(store.account_close(id, at(60)).unwrap());
    assert!(!store.account_change(id, "administrator", None).unwrap(), "it is closed");
    assert!(store.account_get(wardround_store::AccountId(9)).unwrap().is_none());
}

#[test]
fn failures_are_counted_forgotten_and_never_more_than_there_is_room_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(&folder);
    for moment in 1..=3 {
        store.failure_add("x", at(moment), at(0)).unwrap();
    }
    assert_eq!(store.failures_of("x").unwrap().unwrap().count, 3);
    store.failure_add("y", at(100), at(50)).unwrap();
    assert_eq!(store.failures_of("x").unwrap(), None, "too long ago");
    store.failures_clear("y").unwrap();
    assert_eq!(store.failures_of("y").unwrap(), None);
}

#[test]
fn entries_are_chained_whoever_adds_them() {
    let folder = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let mut store = store(&folder);
            scope.spawn(move || {
                for number in 0..10 {
                    let new = NewAuditEntry {
                        at: at(number),
                        who: Some((AccountId(thread), "ada".to_owned())),
                        address: None,
                        action: "test".to_owned(),
                        subject: format!("{thread} {number}"),
                        outcome: "done".to_owned(),
                    };
                    store.audit_add(&new).unwrap();
                }
            });
        }
    });
    let store = store(&folder);
    let (mut before, mut count) = (String::new(), 0);
    let check = |entry: wardround_store::AuditEntry| {
        count += 1;
        assert_eq!(entry.id, count);
        assert_eq!(entry.digest, audit_digest(&before, entry.id, &entry.said));
        before = entry.digest;
    };
    store.audit_each(check).unwrap();
    assert_eq!(count, 40);
    assert_eq!(store.audit_head().unwrap().unwrap().0, 40);
    let page = store.audit_before(Some(11), 5).unwrap();
    assert_eq!(page.iter().map(|entry| entry.id).collect::<Vec<_>>(), [10, 9, 8, 7, 6]);
}

#[test]
fn no_text_can_be_moved_from_one_field_to_the_next() {
    let entry = |action: &str, subject: &str| NewAuditEntry {
        at: at(1),
        who: None,
        address: None,
        action: action.to_owned(),
        subject: subject.to_owned(),
        outcome: "done".to_owned(),
    };
    assert_ne!(audit_digest("", 1, &entry("ab", "c")), audit_digest("", 1, &entry("a", "bc")));
}
