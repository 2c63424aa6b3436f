//! Walks folders of feeds and writes an index: `build OUT full|snapshot PATH...`. What the binary's `intel build` does,
//! with nothing around it; also the way to measure.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::Instant;

use flate2::read::GzDecoder;
use wardround_intel::feed::{FeedKind, RECOGNISED_FROM};
use wardround_intel::{Index, IndexBuilder, Profile};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let (Some(out), Some(profile)) = (arguments.next(), arguments.next()) else {
        return Err("usage: build OUT full|snapshot PATH...".into());
    };
    let profile = if profile == "full" { Profile::Full } else { Profile::Snapshot };
    let started = Instant::now();
    let mut builder = IndexBuilder::new(profile);
    for path in arguments {
        read_path(Path::new(&path), &mut builder)?;
    }
    let read = started.elapsed();
    let bytes = builder.finish();
    println!("read in {read:.1?}, written in {:.1?}: {} bytes", started.elapsed() - read, bytes.len());
    std::fs::write(out, &bytes)?;
    print_contents(&bytes)
}

fn print_contents(bytes: &[u8]) -> Result<(), Failure> {
    let index = Index::open_checked(bytes)?;
    println!("{:#?}", index.stats());
    for source in index.sources() {
        let day = source.as_of.map_or("unknown".into(), |day| day.to_string());
        let name = source.kind.source_name();
        println!(
            "{name}: {} records in {} files, {} skipped, as of {day}",
            source.records, source.files, source.skipped
        );
    }
    Ok(())
}

fn read_path(path: &Path, builder: &mut IndexBuilder) -> Result<(), Failure> {
    if path.is_dir() { read_folder(path, builder) } else { read_file(path, builder) }
}

fn read_folder(folder: &Path, builder: &mut IndexBuilder) -> Result<(), Failure> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.sort();
    for path in paths {
        read_path(&path, builder)?;
    }
    Ok(())
}

fn read_file(path: &Path, builder: &mut IndexBuilder) -> Result<(), Failure> {
    let name = path.to_string_lossy().into_owned();
    let file = BufReader::new(File::open(path)?);
    if name.ends_with(".tar.gz") {
        let mut archive = tar::Archive::new(GzDecoder::new(file));
        for entry in archive.entries()? {
            let entry = entry?;
            let name = entry.path()?.to_string_lossy().into_owned();
            read_feed(&name, entry, builder);
        }
    } else if name.ends_with(".gz") {
        read_feed(&name, GzDecoder::new(file), builder);
    } else {
        read_feed(&name, file, builder);
    }
    Ok(())
}

fn read_feed(name: &str, mut reader: impl Read, builder: &mut IndexBuilder) {
    let mut first = Vec::new();
    if reader.by_ref().take(RECOGNISED_FROM as u64).read_to_end(&mut first).is_err() {
        return;
    }
    let Some(kind) = FeedKind::recognise(name, &first) else { return };
    match builder.read(kind, name, first.as_slice().chain(reader)) {
        Ok(report) if kind != FeedKind::Csaf && kind != FeedKind::CveRecord => {
            println!("{name}: {kind:?}, {} records, skipped {:?}", report.records, report.skipped);
        }
        Ok(_) => {}
        Err(error) => println!("{error}"),
    }
}
