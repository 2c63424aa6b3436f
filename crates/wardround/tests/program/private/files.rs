//! The name in every kind of file that is imported.

use wardround_intake::{About, Request, Thing, import};
use wardround_model::{SourceIndex, SourceKind, Timestamp};

use super::lists::listed;
use super::{NEEDLE, assert_nameless, assert_told_nowhere};
use crate::canaries::is_in;
use crate::program::{Place, error};

/// Kind, name and bytes of each file; the name tells nobody.
fn all() -> Vec<(SourceKind, String, Vec<u8>)> {
    let file = |kind: &SourceKind| listed(*kind).map(|bytes| (*kind, format!("{}.list", kind.code()), bytes));
    SourceKind::ALL.iter().filter_map(file).collect()
}

#[test]
fn each_kind_that_is_imported_has_a_file_and_no_other_has() {
    let kinds: Vec<_> = all().into_iter().map(|(kind, ..)| kind).collect();
    let imported: Vec<_> = SourceKind::ALL.iter().copied().filter(|kind| kind.is_imported()).collect();
    assert_eq!(kinds, imported);
}

#[test]
fn a_name_in_any_kind_of_file_is_no_fact() {
    for (kind, name, bytes) in all() {
        assert!(is_in(&bytes, NEEDLE), "{kind:?}: the name is not there");
        let device = Thing { ip: Some("10.20.1.5".parse().unwrap()), ..Thing::default() };
        let request = Request {
            name: &name,
            bytes: &bytes,
            kind: Some(kind),
            about: Some(About::Thing(device)),
            source: SourceIndex(0),
            observed_at: Timestamp::from_seconds(1_795_478_400),
            mapping: None,
        };
        let imported = import(&request).unwrap();
        // It was read, so that the name had its chance.
        assert!(
            !imported.observations.is_empty() || !imported.conversations.is_empty(),
            "{kind:?}: {:?}",
            imported.errors
        );
        println!(
            "{}: {} facts, {} rows that could not be read",
            kind.code(),
            imported.observations.len(),
            imported.rows_failed
        );
        assert_nameless(kind.code(), format!("{imported:?}").as_bytes());
    }
}

#[test]
fn a_name_in_any_kind_of_file_is_kept_and_printed_nowhere() {
    let place = Place::new();
    let files = all();
    let mut said = Vec::new();
    for (kind, name, bytes) in &files {
        place.file(name, bytes);
        let words = ["import", name, "--as", kind.code(), "--for", "10.20.1.5", "--day", "2026-11-23"];
        for words in [&[&words[..], &["--dry-run"]].concat()[..], &words] {
            let output = place.run(words);
            assert!(output.status.success(), "{words:?}: {}", error(&output));
            said.extend([output.stdout, output.stderr].concat());
        }
    }
    assert_nameless("what imports said", &said);
    let names: Vec<&str> = files.iter().map(|(_, name, _)| name.as_str()).collect();
    assert_told_nowhere(&place, &[], &names);
}
