//! No synthetic patient string of the demo capture appears anywhere: store, output, errors; in UTF-8, UTF-16, hex or base64.

use std::path::Path;

use wardround_model::words;

use crate::program::{Place, clinic};
use crate::truth::truth;

/// A text in every form that it could be kept in, in lower case.
fn forms(text: &str) -> Vec<Vec<u8>> {
    let text = text.to_lowercase();
    let utf16: Vec<u16> = text.encode_utf16().collect();
    let little: Vec<u8> = utf16.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = utf16.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into_bytes();
    // Upper-case texts give other hex digits; both are looked for.
    let upper = text.to_uppercase();
    vec![
        text.clone().into_bytes(),
        little,
        big,
        hex(text.as_bytes()),
        hex(upper.as_bytes()),
        base64(text.as_bytes()),
    ]
}

/// Base64 of the whole groups of three bytes, in lower case as the searched bytes are: enough to find a login by.
fn base64(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |three: &[u8]| {
        let bits = u32::from_be_bytes([0, three[0], three[1], three[2]]);
        [18, 12, 6, 0].map(|shift| DIGITS[(bits >> shift & 63) as usize])
    };
    bytes.chunks_exact(3).flat_map(group).collect()
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

/// Whether a text is there in any of its forms.
pub(crate) fn is_in(bytes: &[u8], text: &str) -> bool {
    let bytes = bytes.to_ascii_lowercase();
    forms(text).iter().any(|form| contains(&bytes, form))
}

#[track_caller]
pub(crate) fn assert_clean(what: &str, bytes: &[u8], canaries: &[String]) {
    let bytes = bytes.to_ascii_lowercase();
    for canary in canaries {
        // Each word by itself too, unless it is a word for devices: half a name is a name.
        let words =
            canary.split([' ', '.', '-', '^']).filter(|word| word.len() >= 6 && words::mask(word, 64) == "*");
        for text in words.chain([canary.as_str()]) {
            assert!(!forms(text).iter().any(|form| contains(&bytes, form)), "{text:?} is in {what}");
        }
    }
}

pub(crate) fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn the_search_finds_what_is_there() {
    let bytes = std::fs::read(clinic()).unwrap().to_ascii_lowercase();
    let truth = truth();
    assert!(truth.canaries.len() >= 10);
    for canary in &truth.canaries {
        assert!(
            forms(canary).iter().any(|form| contains(&bytes, form)),
            "{canary:?} is not in the capture: the other tests would prove nothing"
        );
    }
}

#[test]
fn none_is_in_store_output_or_errors() {
    let (place, canaries, clinic) = (Place::new(), truth().canaries, clinic());
    let clinic = clinic.to_str().unwrap();
    let mut said = Vec::new();
    for words in [
        &["round", clinic, "--html", "round.html"][..],
        &["round", clinic, "--format", "json"],
        &["asset", "list"],
        &["finding", "list"],
        &["round", "diff", "R-1", "R-2"],
        &["work", "list", "--all"],
        &["work", "export"],
        &["work", "export", "--format", "json"],
        &["report", "round", "--format", "html"],
        &["report", "round", "--format", "csv"],
        &["report", "work", "--format", "json"],
        &["report", "board", "--format", "html"],
    ] {
        let output = place.run(words);
        assert!(output.status.success());
        said.extend([output.stdout, output.stderr].concat());
    }
    // What is packed in a file is read as people read it.
    for kind in ["round", "work", "board"] {
        place.ok(&["report", kind, "--output", "report.pdf"]);
        said.extend(crate::reports::pdf_text(&place.path("report.pdf")).into_bytes());
    }
    assert_clean("the output", &said, &canaries);
    let kept = files(place.folder.path());
    assert!(
        kept.iter().any(|file| file.ends_with("rounds.sqlite"))
            && kept.iter().any(|file| file.ends_with("round.html"))
    );
    for file in kept {
        assert_clean(&file.display().to_string(), &std::fs::read(&file).unwrap(), &canaries);
    }
}

#[test]
fn none_is_in_errors_about_a_broken_capture() {
    let (place, canaries) = (Place::new(), truth().canaries);
    let whole = std::fs::read(clinic()).unwrap();
    for part in 1..20 {
        let cut = whole.len() * part / 20;
        let mut bytes = whole[..cut].to_vec();
        bytes.extend([0xff; 64]);
        let file = place.file("broken.pcapng", &bytes);
        let output = place.run(&["round", file.to_str().unwrap()]);
        assert_clean("the output", &[output.stdout, output.stderr].concat(), &canaries);
    }
}
