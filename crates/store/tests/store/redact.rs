//! A value that is taken out is nowhere in the files of the store, and everything else is as it was.

use std::path::Path;

use proptest::prelude::*;
use wardround_model::*;
use wardround_store::{
    NewAuditEntry, NewSavedView, NewStatement, NotRedactable, Store, StoreError, audit_digest,
};

use crate::sample::{self, Size};

const SMALL: Size = Size { assets: 5, observations: 30, conversations: 10, findings: 6 };

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_790_000_000 + seconds)
}

fn entry(subject: &str) -> NewAuditEntry {
    let (action, outcome) = ("look".to_owned(), "done".to_owned());
    NewAuditEntry { at: at(0), who: None, address: None, action, subject: subject.to_owned(), outcome }
}

/// A store with the value in names, sources, reasons, plans, notes, views and mappings, in small and large letters.
fn holding(path: &Path, value: &str) -> Store {
    let mut store = Store::open(path).unwrap();
    store.audit_add(&entry("A-1a2b3c4d5e6f")).unwrap();
    let mut round = sample::round(SMALL, 1);
    for asset in &mut round.assets {
        asset.names.push(value.to_uppercase());
        asset.class.reasons.push(Reason::new(format!("its name is {value}"), []));
    }
    for source in &mut round.coverage.sources {
        source.name = format!("{value}.pcapng");
    }
    for item in &mut round.plan {
        item.what = format!("Ask {value}, {value} knows");
    }
    let anchor = round.assets.first().unwrap().id;
    store.round_save(&round).unwrap();
    let because = format!("{} told us", value.to_lowercase());
    let says = Says::Spares(2);
    let said = NewStatement { asset: anchor, says, by: Role::Network, at: at(1), because, until: None };
    store.statement_save(&said).unwrap();
    store.mapping_save("ours", &[(value.to_owned(), "name".to_owned())]).unwrap();
    // A value that was replaced leaves its bytes in the file.
    store.mapping_save("ours", &[("Name".to_owned(), "name".to_owned())]).unwrap();
    store.mapping_save("theirs", &[(value.to_owned(), "name".to_owned())]).unwrap();
    let fields = vec![("search".to_owned(), value.to_owned())];
    let view = NewSavedView {
        account: wardround_store::AccountId(1),
        list: "devices".to_owned(),
        name: format!("all of {value}"),
        is_shared: false,
        fields,
    };
    store.saved_view_save(&view, at(2)).unwrap();
    store
}

fn is_in_a_file(folder: &Path, value: &str) -> bool {
    let forms = [value.to_owned(), value.to_lowercase(), value.to_uppercase()];
    std::fs::read_dir(folder).unwrap().any(|file| {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        forms.iter().any(|form| bytes.windows(form.len()).any(|window| window == form.as_bytes()))
    })
}

fn chain_fits(store: &Store) -> Vec<NewAuditEntry> {
    let (mut before, mut all) = (String::new(), vec![]);
    let check = |entry: wardround_store::AuditEntry| {
        assert_eq!(audit_digest(&before, entry.id, &entry.said), entry.digest);
        before = entry.digest;
        all.push(entry.said);
    };
    store.audit_each(check).unwrap();
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn what_was_taken_out_is_in_no_byte_of_the_store(value in "[A-Zäöü][a-zäé]{1,6}[-_' .%][A-Za-zäé\"%_]{3,10}") {
        let folder = tempfile::tempdir().unwrap();
        let mut store = holding(&folder.path().join("rounds.db"), &value);
        prop_assert!(is_in_a_file(folder.path(), &value));
        let told = store.redact_find(&value).unwrap();
        prop_assert!(is_in_a_file(folder.path(), &value), "looking changes nothing");
        prop_assert_eq!(&store.redact(&value, at(9)).unwrap(), &told);
        prop_assert!(!is_in_a_file(folder.path(), &value));
        for table in ["asset_name", "asset_searched", "source", "reason", "plan_item", "statement", "mapping_column",
                      "saved_view", "saved_view_field"] {
            prop_assert!(told.iter().any(|one| one.table == table), "{} is missing", table);
        }
        prop_assert!(store.redact(&value, at(10)).unwrap().is_empty());
        let log = chain_fits(&store);
        prop_assert_eq!(log.len(), 2, "what found nothing is not logged");
        prop_assert_eq!(log.last().unwrap().action.as_str(), "redact");
        let mut expected = sample::round(SMALL, 1);
        let id = store.round_latest().unwrap().unwrap();
        let round = store.round_load(id).unwrap();
        expected.coverage = round.coverage.clone();
        expected.plan = round.plan.clone();
        for (asset, kept) in expected.assets.iter_mut().zip(&round.assets) {
            prop_assert!(kept.names.last().unwrap().starts_with("redac"));
            asset.names = kept.names.clone();
            asset.class = kept.class.clone();
        }
        prop_assert_eq!(round, expected, "nothing else was changed");
    }
}

#[test]
fn what_must_stay_is_refused_and_nothing_is_changed() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = holding(&folder.path().join("rounds.db"), "Mary's phone");
    store.audit_add(&entry("of Peter Miller")).unwrap();
    for (value, expected) in [
        ("abc", NotRedactable::Shape),
        (" Mary's", NotRedactable::Shape),
        ("Mary\nphone", NotRedactable::Shape),
        ("REDACT", NotRedactable::OwnWord),
        ("position", NotRedactable::OwnWord),
        ("cleartext-cred", NotRedactable::Unreadable),
        ("peter miller", NotRedactable::Log),
    ] {
        let error = store.redact(value, at(9)).unwrap_err();
        assert!(
            matches!(error, StoreError::NotRedactable { why, .. } if why == expected),
            "{value}: {error}"
        );
    }
    assert!(is_in_a_file(folder.path(), "Mary's phone"));
    assert_eq!(chain_fits(&store).len(), 2);
}

#[test]
fn while_somebody_reads_the_file_is_not_called_clean() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rounds.db");
    let mut store = holding(&path, "Mary's phone");
    let reader = rusqlite::Connection::open(&path).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM round;").unwrap();
    let error = store.redact("Mary's phone", at(9)).unwrap_err();
    assert!(matches!(error, StoreError::Locked { .. }), "{error}");
    drop(reader);
    assert!(store.redact("Mary's phone", at(10)).unwrap().is_empty());
    assert!(!is_in_a_file(folder.path(), "Mary's phone"));
}
