//! The seeds of the fuzz target `lists`: each is known for what it is, read without an error, and gives something; damaged, it is
//! read as far as it goes.

use std::path::Path;

use proptest::prelude::*;
use wardround_intake::{About, Request, Thing, import, recognise};
use wardround_model::{SourceIndex, SourceKind, Timestamp};

/// Name, kind and contents of each seed, by name.
fn seeds() -> Vec<(String, SourceKind, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/lists");
    let read = |path: std::path::PathBuf| {
        let bytes = std::fs::read(&path).ok()?;
        let (choice, bytes) = bytes.split_first()?;
        // A seed without its choice would be read as another kind, or not at all.
        let kind = SourceKind::ALL.get(usize::from(*choice)).filter(|kind| kind.is_imported());
        assert!(kind.is_some(), "{} does not begin with its kind", path.display());
        Some((path.file_name()?.to_string_lossy().into_owned(), *kind?, bytes.to_vec()))
    };
    let paths = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut seeds: Vec<_> = paths.filter_map(|entry| read(entry.path())).collect();
    seeds.sort();
    seeds
}

fn request(bytes: &[u8], kind: Option<SourceKind>) -> Request<'_> {
    let thing = Thing { name: Some("PACS01".to_owned()), ..Thing::default() };
    Request {
        name: "a file",
        bytes,
        kind,
        about: Some(About::Thing(thing)),
        source: SourceIndex(0),
        observed_at: Timestamp::from_seconds(1_795_478_400),
        mapping: None,
    }
}

#[test]
fn each_seed_is_known_and_read() {
    let seeds = seeds();
    assert!(seeds.len() >= 20, "{}", seeds.len());
    for (name, kind, bytes) in seeds {
        assert_eq!(recognise("a file", &bytes).map(|found| found.kind), Ok(kind), "{name}");
        let imported = import(&request(&bytes, None)).unwrap();
        assert_eq!((imported.errors, imported.rows_failed), (vec![], 0), "{name}");
        assert!(!imported.observations.is_empty(), "{name}");
    }
}

proptest! {
    #[test]
    fn damaged_seeds_are_read_as_far_as_they_go(
        pick: prop::sample::Index,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut: prop::sample::Index,
        is_cut: bool,
    ) {
        let seeds = seeds();
        let (_, kind, bytes) = pick.get(&seeds);
        let mut bytes = bytes.clone();
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if is_cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let once = import(&request(&bytes, Some(*kind)));
        let again = import(&request(&bytes, Some(*kind)));
        match (once, again) {
            (Ok(once), Ok(again)) => prop_assert_eq!(once.observations, again.observations),
            (once, again) => prop_assert_eq!(once.err(), again.err()),
        }
    }
}
