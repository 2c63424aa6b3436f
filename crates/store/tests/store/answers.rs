//! Answers to programs: kept with their keys for a day, bounded, and never a reason to do something twice.

use wardround_model::Timestamp;
use wardround_store::{AccountId, KeptAnswer, KeyState, NewKey, NewToken, Store, TokenId};

const DAY: i64 = 86_400;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

/// A store with an account and its token, `K-1`.
fn store(folder: &tempfile::TempDir) -> Store {
    let path = folder.path().join("rounds.db");
    let mut store = Store::open(&path).unwrap();
    let insert = "INSERT INTO account (name, role, password, second_factor, last_step, made_at)
                  VALUES ('ada', 'security', '', '', 0, 0)";
    rusqlite::Connection::open(&path).unwrap().execute(insert, []).unwrap();
    let token = NewToken {
        digest: "token".to_owned(),
        account: AccountId(1),
        name: "tickets".to_owned(),
        scope: "write".to_owned(),
        made_at: at(0),
        until: at(100 * DAY),
    };
    assert_eq!(store.token_save(&token).unwrap(), TokenId(1));
    store
}

fn key(key: &str, request: &str) -> NewKey {
    NewKey { key: key.to_owned(), token: TokenId(1), request: request.to_owned() }
}

fn answer(body: &str) -> KeptAnswer {
    KeptAnswer { code: 201, tag: Some("\"a\"".to_owned()), body: body.to_owned() }
}

#[test]
fn an_answer_is_kept_for_a_day_also_when_the_store_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(&folder);
    assert_eq!(store.answer_begin(&key("one", "a"), at(1)).unwrap(), KeyState::New);
    assert_eq!(store.answer_begin(&key("one", "a"), at(2)).unwrap(), KeyState::Unanswered);
    assert_eq!(store.answer_begin(&key("one", "b"), at(2)).unwrap(), KeyState::OfAnother);
    store.answer_keep("one", &answer("{}")).unwrap();
    drop(store);
    let mut store = Store::open(folder.path().join("rounds.db")).unwrap();
    let kept = KeyState::Answered(answer("{}"));
    assert_eq!(store.answer_begin(&key("one", "a"), at(DAY)).unwrap(), kept);
    assert_eq!(store.answer_begin(&key("one", "b"), at(DAY)).unwrap(), KeyState::OfAnother);
    assert_eq!(store.answer_begin(&key("one", "b"), at(DAY + 2)).unwrap(), KeyState::New);
    store.answer_forget("one").unwrap();
    assert_eq!(store.answer_begin(&key("one", "a"), at(DAY + 3)).unwrap(), KeyState::New);
}

#[test]
fn there_are_never_more_keys_than_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(&folder);
    let rows = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1999)
                INSERT INTO api_answer (key_digest, token_id, request_digest, at) SELECT i, 1, 'r', 1000 FROM n";
    rusqlite::Connection::open(folder.path().join("rounds.db")).unwrap().execute(rows, []).unwrap();
    assert_eq!(store.answer_begin(&key("last", "a"), at(1)).unwrap(), KeyState::New);
    assert_eq!(store.answer_begin(&key("more", "a"), at(1)).unwrap(), KeyState::Full);
    assert_eq!(store.answer_begin(&key("last", "a"), at(1)).unwrap(), KeyState::Unanswered);
    assert_eq!(store.answer_begin(&key("more", "a"), at(DAY + 2)).unwrap(), KeyState::New);
}

#[test]
fn what_is_redacted_is_in_no_answer_and_the_key_is_still_known() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = store(&folder);
    store.answer_begin(&key("one", "a"), at(1)).unwrap();
    store.answer_keep("one", &answer(r#"{"text":"Marys \"iPhone\""}"#)).unwrap();
    store.redact("Marys \"iPhone\"", at(2)).unwrap();
    assert_eq!(store.answer_begin(&key("one", "a"), at(3)).unwrap(), KeyState::Unanswered);
}
