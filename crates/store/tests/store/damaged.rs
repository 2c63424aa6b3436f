//! A store that was cut, overwritten or made up: one clear error or what is still right, never a panic.

use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::Index;
use wardround_model::RoundId;
use wardround_store::{Store, StoreError};

use crate::sample::{self, Size};

/// A text that no error may repeat: it stands in banners and titles of the stored round.
const STORED: &str = "OpenSSH";

/// The bytes of a sound store with two rounds.
static SOUND: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rounds.db");
    let mut store = Store::open(&path).unwrap();
    for seed in 1..=2 {
        store.round_save(&sample::round(Size::CLINIC, seed)).unwrap();
    }
    drop(store);
    std::fs::read(path).unwrap()
});

/// Everything that can be asked of a store in these bytes; errors must name the file and no stored value.
fn ask(bytes: &[u8], log: Option<&[u8]>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rounds.db");
    std::fs::write(&path, bytes).unwrap();
    if let Some(log) = log {
        std::fs::write(folder.path().join("rounds.db-wal"), log).unwrap();
    }
    for store in [Store::open_read_only(&path), Store::open(&path)] {
        match store {
            Ok(store) => ask_store(store, &path),
            Err(error) => is_clear(&error, &path),
        }
    }
}

fn ask_store(mut store: Store, path: &Path) {
    let listed = store.round_list().map(drop);
    let latest = store.round_latest().map(drop);
    let loaded = (1..=2).map(|id| store.round_load(RoundId(id)).map(drop));
    let asked: Vec<Result<(), StoreError>> = [listed, latest].into_iter().chain(loaded).collect();
    let saved = store.round_save(&sample::round(Size::CLINIC, 3)).map(drop);
    for error in asked.into_iter().chain([saved]).filter_map(Result::err) {
        is_clear(&error, path);
    }
}

fn is_clear(error: &StoreError, path: &Path) {
    let text = error.to_string();
    let file = path.file_name().unwrap().to_str().unwrap();
    assert!(text.contains(file) && !text.contains(STORED) && !text.contains('\n'), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_store_cut_anywhere(at: Index) {
        ask(&SOUND[..at.index(SOUND.len())], None);
    }

    #[test]
    fn a_store_with_bytes_changed(changes in proptest::collection::vec((any::<Index>(), any::<u8>()), 1..40)) {
        let mut bytes = SOUND.clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        ask(&bytes, None);
    }

    #[test]
    fn a_store_with_changes_to_its_head_and_tables(changes in proptest::collection::vec((16..4096_usize, any::<u8>()), 1..6)) {
        let mut bytes = SOUND.clone();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        ask(&bytes, None);
    }

    #[test]
    fn a_store_with_a_page_in_the_place_of_another(from: Index, to: Index) {
        let mut bytes = SOUND.clone();
        let pages = bytes.len() / 4096;
        let (from, to) = (from.index(pages) * 4096, to.index(pages) * 4096);
        bytes.copy_within(from..from + 4096, to);
        ask(&bytes, None);
    }

    #[test]
    fn a_store_with_a_made_up_log(log in proptest::collection::vec(any::<u8>(), 0..10_000)) {
        ask(&SOUND, Some(&log));
    }

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..10_000), magic: bool) {
        let head: &[u8] = if magic { &SOUND[..100] } else { &[] };
        ask(&[head, &bytes].concat(), None);
    }
}

#[test]
fn a_sound_store_is_sound() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rounds.db");
    std::fs::write(&path, SOUND.as_slice()).unwrap();
    let store = Store::open_read_only(&path).unwrap();
    assert_eq!(store.round_load(RoundId(2)).unwrap(), sample::round(Size::CLINIC, 2));
    assert!(SOUND.windows(STORED.len()).any(|window| window == STORED.as_bytes()));
}

#[test]
fn a_store_cut_in_half_is_said_to_be_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rounds.db");
    std::fs::write(&path, &SOUND[..SOUND.len() / 2]).unwrap();
    let opened = Store::open_read_only(&path).and_then(|store| store.round_load(RoundId(2)));
    let error = opened.unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
    assert!(error.to_string().contains("quick_check"), "{error}");
}
