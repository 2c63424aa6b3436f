//! A folder of feeds, file by file, into an index builder. Not here: what a feed says (`intel`).
//!
//! Files are recognised by name and content, plain, gzip, tar in gzip, or zip. Nothing is unpacked to the disk; `archive` bounds
//! what comes out of a file, the readers what they take of a record. Hidden files and folders are passed over: the state and
//! what is still on its way live there.

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};

use wardround_intel::IndexBuilder;
use wardround_intel::feed::{FeedError, FeedKind, FeedReport, RECOGNISED_FROM};

use crate::archive::{self, Limits};

/// How deep folders are followed.
const DEPTH: usize = 8;

/// What became of one file, or of one member of an archive.
#[derive(Debug)]
pub enum Outcome {
    /// It was read as this feed.
    Read(FeedKind, FeedReport),
    /// It is none of the feeds that we read.
    NotAFeed,
    /// It was one, but it cannot be used.
    Failed(FeedError),
}

/// A folder or file that cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("{} could not be read: {source}", .path.display())]
pub struct FolderError {
    /// Which.
    pub path: PathBuf,
    /// What the system says.
    pub source: io::Error,
}

/// Reads a feed file, or every file below a folder in the order of their names, and tells what became of each.
///
/// # Errors
/// When the folder or one of its files cannot be opened. What can be opened but not used is told, not an error.
pub fn read_folder(
    from: &Path,
    builder: &mut IndexBuilder,
    tell: &mut dyn FnMut(&str, Outcome),
) -> Result<(), FolderError> {
    for path in feed_files(from)? {
        let failed = |source| FolderError { path: path.clone(), source };
        let file = File::open(&path).map_err(failed)?;
        read_file(file, &path.to_string_lossy(), builder, tell);
    }
    Ok(())
}

/// The files below a folder in the order of their names, or the file itself.
///
/// # Errors
/// When a folder cannot be read.
pub fn feed_files(from: &Path) -> Result<Vec<PathBuf>, FolderError> {
    let mut files = Vec::new();
    if from.is_dir() {
        list(from, DEPTH, &mut files).map_err(|(path, source)| FolderError { path, source })?;
    } else {
        files.push(from.to_owned());
    }
    files.sort();
    Ok(files)
}

/// Links are not followed, so that nothing is read twice or from elsewhere.
fn list(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), (PathBuf, io::Error)> {
    let failed = |source| (folder.to_owned(), source);
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let kind = entry.file_type().map_err(failed)?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if kind.is_file() {
            files.push(entry.path());
        } else if kind.is_dir() && depth > 0 {
            list(&entry.path(), depth - 1, files)?;
        }
    }
    Ok(())
}

/// Reads one file, or each member of it, and tells what became of it.
pub(crate) fn read_file(
    file: impl Read + Seek,
    name: &str,
    builder: &mut IndexBuilder,
    tell: &mut dyn FnMut(&str, Outcome),
) {
    let walked = archive::walk(file, name, Limits::default(), &mut |member, reader| {
        let outcome = read_feed(member, reader, builder);
        tell(member, outcome);
    });
    if let Err(source) = walked {
        tell(name, Outcome::Failed(FeedError::Unreadable { file: name.to_owned(), source }));
    }
}

pub(crate) fn read_feed(name: &str, reader: &mut dyn Read, builder: &mut IndexBuilder) -> Outcome {
    let mut first = Vec::new();
    let looked = Read::take(&mut *reader, RECOGNISED_FROM as u64).read_to_end(&mut first);
    if let Err(source) = looked {
        return Outcome::Failed(FeedError::Unreadable { file: name.to_owned(), source });
    }
    let Some(kind) = FeedKind::recognise(name, &first) else { return Outcome::NotAFeed };
    match builder.read(kind, name, first.as_slice().chain(reader)) {
        Ok(report) => Outcome::Read(kind, report),
        Err(error) => Outcome::Failed(error),
    }
}
