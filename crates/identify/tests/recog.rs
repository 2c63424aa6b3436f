//! The files of recog in `../shared/data`, when they are there; a line says so when they are not.
#![expect(clippy::unwrap_used, reason = "tests may fail loudly")]

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::Event;
use wardround_identify::fingerprints::Fingerprints;

/// The files by their names.
fn files() -> Option<BTreeMap<String, String>> {
    let part = "recog/xml";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(part);
    if !path.exists() {
        // Past the test harness's capture: a skip must be seen.
        let _ = writeln!(std::io::stderr(), "skipped: ../shared/data/{part} is not there");
        assert!(std::env::var_os("WARDROUND_NEED_DATA").is_none(), "../shared/data/{part} is needed");
        return None;
    }
    let file = |path: std::path::PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, std::fs::read_to_string(path).unwrap())
    };
    Some(std::fs::read_dir(path).unwrap().map(|entry| file(entry.unwrap().path())).collect())
}

/// Texts that a file's own fingerprints must match: examples that are plain text, with their file's kind.
fn examples(xml: &str) -> (String, Vec<String>, usize) {
    let mut reader = Reader::from_str(xml);
    let (mut kind, mut found, mut open, mut fingerprints) = (String::new(), Vec::<String>::new(), false, 0);
    loop {
        let event = reader.read_event().unwrap();
        match &event {
            Event::Start(tag) => {
                let attribute = |name: &str| {
                    let mut all = tag.attributes().flatten();
                    all.find(|it| it.key.as_ref() == name).map(|it| it.value.into_owned())
                };
                match tag.name().as_ref() {
                    "fingerprints" => {
                        kind = attribute("matches").or(attribute("protocol")).unwrap_or_default()
                    }
                    "fingerprint" => fingerprints += 1,
                    "example" if attribute("_encoding").is_none() && attribute("_filename").is_none() => {
                        found.push(String::new());
                        open = true;
                    }
                    _ => {}
                }
            }
            Event::Text(text) if open => found.last_mut().unwrap().push_str(text),
            Event::CData(text) if open => found.last_mut().unwrap().push_str(text),
            Event::GeneralRef(name) if open => {
                let known = quick_xml::escape::resolve_predefined_entity(name).unwrap_or(" ");
                found.last_mut().unwrap().push_str(known);
            }
            Event::End(tag) if tag.name().as_ref() == "example" => open = false,
            Event::Eof => return (kind, found, fingerprints),
            _ => {}
        }
    }
}

#[test]
fn every_real_fingerprint_is_used_or_counted_and_matches_its_examples() {
    let Some(files) = files() else { return };
    let (mut used, mut skipped, mut held, mut missed) = (0, 0, 0, Vec::new());
    let mut all = Fingerprints::default();
    for (name, text) in &files {
        let (kind, examples, fingerprints) = examples(text);
        all = all.with(name, text).unwrap();
        let own = Fingerprints::default().with(name, text).unwrap();
        let read = own.files().first().unwrap();
        if read.not_kept.is_some() {
            assert_eq!(own.len(), 0, "{name}");
            continue;
        }
        assert_eq!(read.used + read.skipped.len(), fingerprints, "{name}: one is neither used nor counted");
        (used, skipped) = (used + read.used, skipped + read.skipped.len());
        for (line, why) in &read.skipped {
            println!("{name}, line {line}: {why}");
        }
        held += examples.len();
        let none = examples.into_iter().filter(|text| own.properties(&kind, text).is_none());
        missed.extend(none.map(|text| format!("{name}: {text:?}")));
    }
    println!("{used} used, {skipped} skipped, {held} examples held");
    assert_eq!(all.len(), used, "all of them have room together");
    assert!(used > 1_000 && held > 500, "{used} used, {held} examples");
    assert!(skipped * 50 < used, "{skipped} of {used} are skipped");
    assert!(missed.is_empty(), "{} of {held}: {missed:#?}", missed.len());
}
