//! `wardround intel key`, `bundle` and `import`: from a computer with a network to one without, by a stick.

use std::os::unix::fs::PermissionsExt as _;

use crate::program::{Place, assert_fails};
use crate::updates::Online;

/// A computer that has made a bundle of this day, the bundle, and the public key.
fn bundled(day: &str) -> (Online, Vec<u8>, String) {
    let online = Online::of(day);
    let said = online.place.ok(&["intel", "key"]);
    let key =
        said.split_whitespace().find(|word| word.starts_with("wardround-public-key:")).unwrap().to_owned();
    online.place.ok(&["intel", "bundle", "stick.wrb"]);
    let bytes = std::fs::read(online.place.path("stick.wrb")).unwrap();
    (online, bytes, key)
}

#[test]
fn a_bundle_is_taken_from_those_who_are_trusted_alone() {
    let (online, bytes, key) = bundled("2026-11-01");
    let ward = Place::new();
    ward.file("stick.wrb", &bytes);
    let refused = ward.run(&["intel", "import", "stick.wrb"]);
    assert_fails(&refused, 1, &["is signed with a key that is not trusted here", "Its words:", &key]);
    assert!(ward.ok(&["intel", "status"]).contains("built into the program"));
    // The index in the program knows more, and this is a hospital that has said so.
    let taken = ward.ok(&["intel", "import", "stick.wrb", "--trust", &key, "--older", "--accept-loss"]);
    assert!(taken.contains("KEV") && taken.contains("2026-11-01"), "{taken}");
    assert!(ward.ok(&["intel", "status"]).contains("2026-11-01"));
    assert_eq!(std::fs::read(ward.path(".local/share/wardround/intelligence.wri")).unwrap(), online.index());
    ward.ok(&["intel", "import", "stick.wrb"]);
}

#[test]
fn words_are_the_same_on_both_sides_and_the_private_key_is_private() {
    let (online, bytes, key) = bundled("2026-11-01");
    let file = online.place.path(".local/share/wardround/bundle.key");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_fails(&online.place.run(&["intel", "key"]), 1, &["already there", "--output"]);
    let made = online.place.ok(&["intel", "bundle", "again.wrb"]);
    let words =
        made.lines().find(|line| line.trim().split(' ').count() == 12 && line.starts_with("    ")).unwrap();
    let ward = Place::new();
    ward.file("stick.wrb", &bytes);
    ward.file("key.pub", format!("# of the main building\n{key}\n").as_bytes());
    let all = ["intel", "import", "stick.wrb", "--trust", "key.pub", "--older", "--accept-loss"];
    assert!(ward.ok(&all).contains(words.trim()), "{words}");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert_fails(
        &online.place.run(&["intel", "bundle", "x.wrb"]),
        1,
        &["other people can read", "chmod 600"],
    );
}

#[test]
fn an_older_or_poorer_bundle_is_refused_unless_somebody_says_so() {
    let (_, old, key) = bundled("2026-11-01");
    let ward = Online::of("2026-11-02");
    ward.place.file("old.wrb", &old);
    let before = ward.index();
    let words = ["intel", "import", "old.wrb", "--trust", &key];
    assert_fails(
        &ward.place.run(&words),
        1,
        &["older than what is here", "2026-11-01", "2026-11-02", "--older"],
    );
    assert!(ward.index() == before);
    // What was refused is not trusted either.
    assert_fails(&ward.place.run(&["intel", "import", "old.wrb"]), 1, &["not trusted"]);
    ward.place.ok(&[&words[..], &["--older"]].concat());
    assert!(ward.place.ok(&["intel", "status"]).contains("2026-11-01"));
    let fresh = Place::new();
    fresh.file("old.wrb", &old);
    let words = ["intel", "import", "old.wrb", "--trust", &key, "--older"];
    assert_fails(&fresh.run(&words), 1, &["would know less", "NVD", "--accept-loss"]);
}

#[test]
fn a_bundle_that_was_changed_is_refused() {
    let (_, bytes, key) = bundled("2026-11-03");
    let ward = Online::of("2026-11-02");
    let before = ward.index();
    let words = ["intel", "import", "stick.wrb", "--trust", &key];
    for at in [4, 9, 40, bytes.len() / 2, bytes.len() - 1] {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        ward.place.file("stick.wrb", &changed);
        assert_fails(&ward.place.run(&words), 1, &["stick.wrb"]);
        assert!(ward.index() == before, "byte {at}");
    }
    ward.place.file("stick.wrb", &bytes[..bytes.len() - 10]);
    assert_fails(&ward.place.run(&words), 1, &["was changed after it was signed", "copy it again"]);
    let left: Vec<_> = std::fs::read_dir(ward.place.path(".local/share/wardround")).unwrap().collect();
    assert_eq!(left.len(), 3, "feeds, index, list of sources: {left:?}");
    ward.place.file("stick.wrb", &bytes);
    assert!(ward.place.ok(&words).contains("2026-11-03"));
}
