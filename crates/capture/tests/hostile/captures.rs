//! The captures that are damaged: our own, and those of others where they are present (`../shared/data`).

use std::fs::File;
use std::io::Read;
use std::path::Path;

use flate2::read::{GzDecoder, MultiGzDecoder};

use crate::pieces::Taken;
use crate::seeds::{files, seeds};

/// A capture and its name.
pub(crate) type Named = (String, Taken);

/// The demo capture, and the seeds of the targets that read captures and protocols.
pub(crate) fn ours() -> Vec<Named> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut all =
        vec![named("examples/clinic.pcapng", std::fs::read(root.join("examples/clinic.pcapng")).unwrap())];
    for path in files(&root.join("fuzz/seeds/capture")) {
        all.push(named(
            &format!("capture/{}", path.file_name().unwrap().to_str().unwrap()),
            std::fs::read(&path).unwrap(),
        ));
    }
    all.extend(seeds().iter().map(|seed| named(&seed.name, seed.capture())));
    all
}

/// Each capture in the archives of others, one after the other.
pub(crate) fn of_others(mut take: impl FnMut(&Named)) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/captures");
    if !folder.is_dir() {
        println!("skipped: no captures in ../shared/data; the same number of mutations is made of our own");
        return;
    }
    for archive in files(&folder).iter().filter(|path| path.to_string_lossy().ends_with(".tar.gz")) {
        let mut archive = tar::Archive::new(GzDecoder::new(File::open(archive).unwrap()));
        for file in archive.entries().unwrap() {
            let mut file = file.unwrap();
            let name = file.path().unwrap().to_string_lossy().into_owned();
            let plain = name.trim_end_matches(".gz");
            if [".pcap", ".pcapng", ".trace", ".cap"].iter().any(|end| plain.ends_with(end)) {
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes).unwrap();
                take(&named(&name, bytes));
            }
        }
    }
}

/// Taken apart; what is compressed with gzip, as what is inside.
fn named(name: &str, mut bytes: Vec<u8>) -> Named {
    if name.ends_with(".gz") {
        let mut inside = Vec::new();
        if MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut inside).is_ok() {
            bytes = inside;
        }
    }
    (name.to_owned(), Taken::apart(&bytes))
}
