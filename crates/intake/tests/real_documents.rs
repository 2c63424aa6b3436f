//! Real bills of materials, statements and advisories in `../shared/data`, when they are there; a line says so when they are not.
#![expect(clippy::unwrap_used, reason = "tests may fail loudly")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use wardround_intake::{About, ImportError, Imported, Request, Thing, import};
use wardround_model::{SourceIndex, SourceKind, Timestamp};

fn data(part: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(part);
    if path.exists() {
        return Some(path);
    }
    // Past the test harness's capture: a skip must be seen.
    let _ = writeln!(std::io::stderr(), "skipped: ../shared/data/{part} is not there");
    assert!(std::env::var_os("WARDROUND_NEED_DATA").is_none(), "../shared/data/{part} is needed");
    None
}

fn files_of(archive: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in tar::Archive::new(GzDecoder::new(File::open(archive).unwrap())).entries().unwrap() {
        let mut entry = entry.unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        files.insert(entry.path().unwrap().display().to_string(), bytes);
    }
    files
}

fn read(name: &str, bytes: &[u8], about: Option<About>) -> Result<Imported, ImportError> {
    let source = SourceIndex(0);
    import(&Request { name, bytes, kind: None, about, source, observed_at: Timestamp::EPOCH, mapping: None })
}

fn device() -> Option<About> {
    Some(About::Thing(Thing { ip: "10.0.0.1".parse().ok(), ..Thing::default() }))
}

fn facts(imported: &Imported) -> BTreeSet<String> {
    let fact = |o: &wardround_model::Observation| {
        format!("{} {} {}", o.subject, o.fact.kind().code(), o.fact.value())
    };
    imported.observations.iter().map(fact).collect()
}

/// What became of each file of an archive.
fn outcomes(files: &BTreeMap<String, Vec<u8>>) -> (BTreeMap<&str, Imported>, BTreeMap<&str, String>) {
    let (mut done, mut refused) = (BTreeMap::new(), BTreeMap::new());
    for (name, bytes) in files {
        match read("document", bytes, device()) {
            Ok(imported) => drop(done.insert(name.as_str(), imported)),
            Err(error) => drop(refused.insert(name.as_str(), error.to_string())),
        }
    }
    (done, refused)
}

fn say(what: &str, done: &BTreeMap<&str, Imported>, refused: &BTreeMap<&str, String>) {
    let rows: u64 = done.values().map(|imported| imported.rows).sum();
    let failed: u64 = done.values().map(|imported| imported.rows_failed).sum();
    let facts: usize = done.values().map(|imported| imported.observations.len()).sum();
    let not_allowed: u64 = done.values().map(|imported| imported.values_not_allowed).sum();
    println!(
        "{what}: {} read with {rows} rows, {facts} facts, {failed} rows failed, {not_allowed} values not allowed; {} refused",
        done.len(),
        refused.len()
    );
    for (name, imported) in done.iter().filter(|(_, imported)| imported.rows_failed > 0) {
        println!("  {name}: {:?}", imported.errors.first());
    }
}

#[test]
fn every_cyclonedx_example_is_read_and_both_syntaxes_say_the_same() {
    let Some(archive) = data("sbom/cyclonedx-examples.tar.gz") else { return };
    let files = files_of(&archive);
    let (done, refused) = outcomes(&files);
    say("CycloneDX", &done, &refused);
    for (name, bytes) in &files {
        let is_bom = String::from_utf8_lossy(bytes).contains("cyclonedx.org/schema/bom/")
            && name.ends_with(".xml")
            || name.ends_with(".json") && String::from_utf8_lossy(bytes).contains("\"bomFormat\"");
        assert_eq!(is_bom, done.contains_key(name.as_str()), "{name}: {:?}", refused.get(name.as_str()));
    }
    let mut twins = 0;
    for (name, imported) in &done {
        let Some(twin) = name.strip_suffix(".json").and_then(|name| done.get(format!("{name}.xml").as_str()))
        else {
            continue;
        };
        twins += 1;
        let (json, xml) = (facts(imported), facts(twin));
        let difference: Vec<&String> = json.symmetric_difference(&xml).collect();
        assert!(difference.is_empty(), "{name}: {difference:#?}");
    }
    assert!(twins > 10, "{twins}");
}

#[test]
fn every_spdx_example_is_read_or_refused_by_name() {
    let Some(archive) = data("sbom/spdx-examples.tar.gz") else { return };
    let files = files_of(&archive);
    let (done, refused) = outcomes(&files);
    say("SPDX", &done, &refused);
    for (name, bytes) in &files {
        let text = String::from_utf8_lossy(bytes);
        let is_2 = name.ends_with(".json") && text.contains("\"spdxVersion\"") || name.ends_with(".spdx");
        assert_eq!(is_2, done.contains_key(name.as_str()), "{name}: {:?}", refused.get(name.as_str()));
        if text.contains("https://spdx.org/rdf/3") && name.ends_with(".json") {
            let Some(reason) = refused.get(name.as_str()) else { panic!("{name} was read") };
            assert!(reason.contains("SPDX 3, which is not read yet"), "{name}: {reason}");
        }
    }
    assert!(done.values().all(|imported| imported.kind == SourceKind::Spdx));
}

#[test]
fn medical_advisories_tell_of_their_models() {
    let Some(folder) = data("csaf/icsma") else { return };
    let mut files = BTreeMap::new();
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        files.insert(path.display().to_string(), std::fs::read(&path).unwrap());
    }
    let (mut models, mut failed) = (BTreeSet::new(), 0);
    for (name, bytes) in &files {
        match read("advisory.json", bytes, None) {
            Ok(imported) => {
                models.extend(imported.observations.iter().map(|observation| observation.subject));
                failed += imported.rows_failed;
                assert!(!imported.observations.is_empty(), "{name}");
            }
            Err(error) => panic!("{name}: {error}"),
        }
    }
    println!("CSAF: {} advisories about {} models, {failed} rows failed", files.len(), models.len());
}
