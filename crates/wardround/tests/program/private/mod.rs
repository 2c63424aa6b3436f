//! A name that is put wherever a protocol or an imported file may name a patient, a person or a login is told, kept and printed nowhere.
//!
//! A protocol or a kind of file without a row does not compile.

mod files;
mod lists;
mod said;
mod wire;

use crate::canaries::{assert_clean, files as files_in};
use crate::program::{Place, error};

/// The name, as it is put in places: from its beginning, as far as there is room, but never less than [`NEEDLE`].
const NAME: &str = "Quendelbirnfroscher";
/// What is looked for, without regard to case.
const NEEDLE: &str = "quende";

/// Its first letters.
fn name(length: usize) -> &'static str {
    assert!(length >= NEEDLE.len());
    &NAME[..length]
}

/// Puts one text in the place of another, everywhere.
#[track_caller]
fn put(bytes: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let (mut put, mut rest, mut times) = (Vec::new(), bytes, 0);
    while let Some(at) = rest.windows(old.len()).position(|window| window == old) {
        put.extend([&rest[..at], new].concat());
        rest = &rest[at + old.len()..];
        times += 1;
    }
    assert!(times > 0, "{:?} is not there", String::from_utf8_lossy(old));
    [&put, rest].concat()
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[track_caller]
fn assert_nameless(what: &str, bytes: &[u8]) {
    assert_clean(what, bytes, &[NEEDLE.to_owned()]);
}

/// Runs a round of what is in the place with these words, and every command that tells of it: the name is neither printed nor kept,
/// but in the files that were read.
fn assert_told_nowhere(place: &Place, words: &[&str], read: &[&str]) {
    let mut said = Vec::new();
    let round =
        |more: &[&'static str]| -> Vec<&str> { [&["round", "--as-of", "2026-11-24"], words, more].concat() };
    for words in [
        round(&["--html", "round.html"]),
        round(&["--format", "json"]),
        vec!["asset", "list"],
        vec!["finding", "list"],
        vec!["question", "list"],
        vec!["import", "list"],
        vec!["work", "list", "--all"],
        vec!["work", "export", "--format", "json"],
        vec!["report", "round", "--format", "html"],
        vec!["report", "round", "--format", "csv"],
        vec!["report", "board", "--format", "html"],
    ] {
        let output = place.run(&words);
        assert!(output.status.success(), "{words:?}: {}", error(&output));
        said.extend([output.stdout, output.stderr].concat());
    }
    assert_nameless("the output", &said);
    let kept = files_in(place.folder.path());
    assert!(
        kept.iter().any(|file| file.ends_with("rounds.sqlite"))
            && kept.iter().any(|file| file.ends_with("round.html"))
    );
    for file in kept.iter().filter(|file| !read.iter().any(|name| file.ends_with(name))) {
        assert_nameless(&file.display().to_string(), &std::fs::read(file).unwrap());
    }
}
