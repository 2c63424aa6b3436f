//! Names and sizes of files: a folder shows its story by its file names, and a file is read at one sitting.

use std::path::{Path, PathBuf};

use crate::Broken;

/// Names that hide a topic.
const NAMELESS: &[&str] = &["utils", "util", "helpers", "helper", "common", "manager", "misc"];

/// The most lines of one Rust file, tests included.
const LINES: usize = 600;

pub(crate) fn check() -> Vec<Broken> {
    let mut files = Vec::new();
    for folder in ["crates", "xtask"] {
        collect(Path::new(folder), &mut files);
    }
    files.sort();
    files.iter().filter_map(|file| name(file).or_else(|| length(file))).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn name(file: &Path) -> Option<Broken> {
    let stem = file.file_stem()?.to_str()?;
    NAMELESS
        .contains(&stem)
        .then(|| format!("{} hides its topic: name it after what it holds", file.display()))
}

fn length(file: &Path) -> Option<Broken> {
    let lines = std::fs::read_to_string(file).ok()?.lines().count();
    (lines > LINES)
        .then(|| format!("{} has {lines} lines, over {LINES}: cut it where its topics part", file.display()))
}
