//! What is mapped and what is refused, and readers that go on while the file is replaced.
#![expect(clippy::unwrap_used, reason = "tests may fail loudly")]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use wardround_intel::feed::FeedKind;
use wardround_intel::{IndexBuilder, Profile};
use wardround_mapped::{Current, MapError, MappedIndex};

/// An index of so many CVEs.
fn index_of(cves: u32) -> Vec<u8> {
    let mut builder = IndexBuilder::new(Profile::Full);
    let mut text = String::from("cve,epss,percentile\n");
    (1..=cves).for_each(|number| text.push_str(&format!("CVE-2024-{number:04},0.5,0.5\n")));
    builder.read(FeedKind::Epss, "epss.csv", text.as_bytes()).unwrap();
    builder.finish()
}

/// Written aside, then renamed into place, as everything that writes an index does.
fn put(path: &Path, bytes: &[u8]) {
    let aside = path.with_extension("new");
    fs::write(&aside, bytes).unwrap();
    fs::set_permissions(&aside, Permissions::from_mode(0o600)).unwrap();
    fs::rename(&aside, path).unwrap();
}

fn place(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("index.wri")
}

#[test]
fn maps_what_is_ours_and_an_index() {
    let folder = tempfile::tempdir().unwrap();
    let path = place(&folder);
    put(&path, &index_of(3));
    assert_eq!(MappedIndex::open(&path).unwrap().index().unwrap().cve_count(), 3);
    assert_eq!(MappedIndex::open_checked(&path).unwrap().index().unwrap().cve_count(), 3);
    fs::set_permissions(&path, Permissions::from_mode(0o666)).unwrap();
    assert!(matches!(MappedIndex::open(&path), Err(MapError::NotOurs { mode: 0o666, .. })));
}

#[test]
fn refuses_what_is_no_regular_file_or_no_index() {
    let folder = tempfile::tempdir().unwrap();
    let path = place(&folder);
    assert!(matches!(MappedIndex::open(folder.path()), Err(MapError::NotAFile { .. })));
    assert!(matches!(MappedIndex::open(Path::new("/dev/null")), Err(MapError::NotAFile { .. })));
    assert!(matches!(MappedIndex::open(&path), Err(MapError::Unreadable { .. })));
    for bytes in [&b""[..], b"WRINTEL\0", &[0; 4096]] {
        put(&path, bytes);
        let error = MappedIndex::open(&path).unwrap_err();
        assert!(matches!(error, MapError::Index { .. } | MapError::Unreadable { .. }), "{error}");
    }
    let mut damaged = index_of(3);
    *damaged.last_mut().unwrap() ^= 1;
    put(&path, &damaged);
    assert!(matches!(MappedIndex::open_checked(&path), Err(MapError::Index { .. })));
}

#[test]
fn a_file_that_another_user_owns_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = place(&folder);
    put(&path, &index_of(1));
    // Only root may give files away.
    if std::os::unix::fs::chown(&path, Some(12_345), None).is_ok() {
        assert!(matches!(MappedIndex::open(&path), Err(MapError::NotOurs { owner: 12_345, .. })));
    }
}

#[test]
fn a_new_file_is_swapped_in_and_a_bad_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = place(&folder);
    put(&path, &index_of(1));
    let current = Current::open(&path).unwrap();
    assert!(current.refresh().unwrap().is_none());
    let kept = current.get();
    put(&path, &index_of(2));
    assert!(current.is_replaced().unwrap());
    let old = current.refresh().unwrap().unwrap();
    assert_eq!((old.index().unwrap().cve_count(), kept.index().unwrap().cve_count()), (1, 1));
    assert_eq!(current.get().index().unwrap().cve_count(), 2);
    put(&path, b"poison");
    assert!(current.refresh().is_err());
    assert_eq!(current.get().index().unwrap().cve_count(), 2);
}

#[test]
fn readers_go_on_while_files_are_swapped() {
    let folder = tempfile::tempdir().unwrap();
    let path = place(&folder);
    let versions: Vec<Vec<u8>> = (1..=4).map(|number| index_of(number * 50)).collect();
    put(&path, &versions[0]);
    let current = Current::open(&path).unwrap();
    let stop = AtomicBool::new(false);
    std::thread::scope(|threads| {
        let reader = || {
            let mut reads = 0u32;
            while !stop.load(Ordering::Relaxed) || reads == 0 {
                let held = current.get();
                let index = held.index().unwrap();
                // Whole, of one version: never a mixture.
                assert!(index.cve_count().is_multiple_of(50) && index.cves().count() == index.cve_count());
                reads += 1;
            }
        };
        let readers = [threads.spawn(reader), threads.spawn(reader)];
        for bytes in versions.iter().cycle().skip(1).take(40) {
            put(&path, bytes);
            assert!(current.refresh().unwrap().is_some());
        }
        stop.store(true, Ordering::Relaxed);
        readers.into_iter().for_each(|reader| reader.join().unwrap());
    });
}
