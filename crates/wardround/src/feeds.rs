//! A folder of feeds, file by file, into an index builder. Not here: what a feed says (`intel`).
//!
//! Files are recognised by name and content, plain, gzip, or a gzipped tar of such files. Nothing is unpacked to the disk; the
//! readers themselves bound how much they take of a file and of a record.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use flate2::read::MultiGzDecoder;
use wardround_intel::IndexBuilder;
use wardround_intel::feed::{FeedError, FeedKind, FeedReport, RECOGNISED_FROM};

/// How deep folders are followed.
const DEPTH: usize = 8;

/// What became of one file.
pub(crate) enum Outcome {
    /// It was read as this feed.
    Read(FeedKind, FeedReport),
    /// It is none of the feeds that we read.
    NotAFeed,
    /// It was one, but it cannot be used.
    Failed(FeedError),
}

/// Reads a feed file, or every file below a folder in the order of their names, and tells what became of each.
pub(crate) fn read(
    from: &Path,
    builder: &mut IndexBuilder,
    tell: &mut dyn FnMut(&str, Outcome),
) -> Result<()> {
    let mut files = Vec::new();
    if from.is_dir() {
        list(from, DEPTH, &mut files)?;
    } else {
        files.push(from.to_owned());
    }
    files.sort();
    for path in files {
        let name = path.to_string_lossy().into_owned();
        read_file(&path, &name, builder, tell).with_context(|| format!("{name} could not be read"))?;
    }
    Ok(())
}

/// Files below a folder; links are not followed, so that nothing is read twice or from elsewhere.
fn list(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries = std::fs::read_dir(folder)
        .with_context(|| format!("the folder {} could not be read", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_file() {
            files.push(entry.path());
        } else if kind.is_dir() && depth > 0 {
            list(&entry.path(), depth - 1, files)?;
        }
    }
    Ok(())
}

fn read_file(
    path: &Path,
    name: &str,
    builder: &mut IndexBuilder,
    tell: &mut dyn FnMut(&str, Outcome),
) -> Result<()> {
    let file = BufReader::with_capacity(1 << 18, File::open(path)?);
    if name.ends_with(".tar.gz") || name.ends_with(".tgz") {
        return read_archive(tar::Archive::new(MultiGzDecoder::new(file)), name, builder, tell);
    }
    let outcome = if name.ends_with(".gz") {
        read_feed(name, MultiGzDecoder::new(file), builder)
    } else {
        read_feed(name, file, builder)
    };
    tell(name, outcome);
    Ok(())
}

fn read_archive(
    mut archive: tar::Archive<impl Read>,
    name: &str,
    builder: &mut IndexBuilder,
    tell: &mut dyn FnMut(&str, Outcome),
) -> Result<()> {
    for entry in archive.entries()? {
        let entry = entry?;
        if entry.header().entry_type().is_file() {
            let inner = format!("{name}/{}", entry.path()?.display());
            let outcome = read_feed(&inner, entry, builder);
            tell(&inner, outcome);
        }
    }
    Ok(())
}

fn read_feed(name: &str, mut reader: impl Read, builder: &mut IndexBuilder) -> Outcome {
    let mut first = Vec::new();
    let looked = reader.by_ref().take(RECOGNISED_FROM as u64).read_to_end(&mut first);
    if let Err(source) = looked {
        return Outcome::Failed(FeedError::Unreadable { file: name.to_owned(), source });
    }
    let Some(kind) = FeedKind::recognise(name, &first) else { return Outcome::NotAFeed };
    match builder.read(kind, name, first.as_slice().chain(reader)) {
        Ok(report) => Outcome::Read(kind, report),
        Err(error) => Outcome::Failed(error),
    }
}
