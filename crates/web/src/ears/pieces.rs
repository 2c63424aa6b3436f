//! What was heard, in files: one piece an hour and interface, in the lines of `wardround_live`, readable by its owner alone.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::flows_at;
use wardround_capture::{Captured, Harvests, Limits};
use wardround_live::{HarvestError, read_harvest, write_harvest};
use wardround_model::{Source, SourceIndex, SourceKind, Timestamp};

/// How a file of a piece ends.
const ENDING: &str = ".harvest";

/// The pieces of a folder, the oldest first.
pub(super) fn all(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> =
        entries.map(|entry| entry.path()).filter(|path| interface(path).is_some()).collect();
    files.sort();
    files
}

/// Writes a piece so that it is whole or not there.
pub(super) fn write(folder: &Path, name: &str, piece: &Captured, at: Timestamp) -> io::Result<()> {
    let unfinished = folder.join(format!("{name}.unfinished"));
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    let mut file = BufWriter::new(file);
    write_harvest(&mut file, piece)?;
    file.flush()?;
    file.get_ref().sync_all()?;
    fs::rename(unfinished, folder.join(format!("{:020}-{name}{ENDING}", at.nanoseconds())))
}

/// The interface that a piece is of.
pub(super) fn interface(path: &Path) -> Option<&str> {
    let (at, name) = path.file_name()?.to_str()?.strip_suffix(ENDING)?.split_once('-')?;
    at.parse::<i64>().is_ok().then_some(name)
}

/// When a piece was taken.
pub(super) fn began(path: &Path) -> Option<Timestamp> {
    let (at, _) = path.file_name()?.to_str()?.split_once('-')?;
    at.parse().ok().map(Timestamp::from_nanoseconds)
}

/// Pieces put together; one that cannot be read, or could not be kept, is lost coverage of its interface. Nothing where there is none.
pub(super) fn together(files: &[PathBuf], unkept: &BTreeMap<String, u64>) -> Option<Captured> {
    let lost = unkept.iter().filter(|(_, count)| **count > 0).map(|(name, count)| (name.as_str(), *count));
    let names = files.iter().filter_map(|path| interface(path)).chain(lost.clone().map(|(name, _)| name));
    let names: BTreeSet<&str> = names.collect();
    let numbers: BTreeMap<&str, SourceIndex> = names.iter().copied().zip((0..).map(SourceIndex)).collect();
    let mut harvests = Harvests::new(&Limits::default(), names.iter().map(|name| source(name)).collect());
    for path in files {
        let Some((name, number)) = interface(path).and_then(|name| Some((name, *numbers.get(name)?))) else {
            continue;
        };
        let piece = File::open(path).map_err(HarvestError::from);
        match piece.and_then(|file| read_harvest(&mut BufReader::new(file), number, name)) {
            Ok(Some(piece)) => harvests.add(number, piece),
            // None is a file that was emptied.
            Ok(None) | Err(_) => {
                harvests.interrupted(number, &format!("a part of what {name} showed could not be read again"))
            }
        }
    }
    for (name, count) in lost {
        if let Some(number) = numbers.get(name) {
            harvests.not_seen(*number, count);
            harvests.interrupted(
                *number,
                &format!("a part of what {name} showed could not be kept: is the disk full?"),
            );
        }
    }
    (!names.is_empty()).then(|| harvests.finish())
}

/// An interface, or an address for flow records, as a source.
pub(super) fn source(name: &str) -> Source {
    let is_of_flows = flows_at(name).is_some();
    let (kind, what) =
        if is_of_flows { (SourceKind::Flows, "flow records at") } else { (SourceKind::Capture, "interface") };
    Source {
        kind,
        name: format!("{what} {name}"),
        bytes: 0,
        records: 0,
        first: None,
        last: None,
        interfaces: if is_of_flows { Vec::new() } else { vec![name.to_owned()] },
        ended_early: None,
    }
}
