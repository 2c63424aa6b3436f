//! Putting files in their place: written aside, synced, renamed. A reader sees the old file or the new one.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use ring::digest::{Algorithm, Context};

/// Writes these bytes aside and puts them in the place of `file`; makes its folder when there is none.
///
/// # Errors
/// When the disk refuses; the old file is then still there.
pub fn write_aside(file: &Path, bytes: &[u8]) -> io::Result<()> {
    write_parts(file, &[bytes])
}

/// As `write_aside`, for bytes that lie in parts.
pub(crate) fn write_parts(file: &Path, parts: &[&[u8]]) -> io::Result<()> {
    std::fs::create_dir_all(folder_of(file))?;
    let aside = aside(file);
    let written = write_synced(&aside, parts).and_then(|()| put(&aside, file));
    if written.is_err() {
        // The first error is what counts; a left-over is only untidy.
        let _ = std::fs::remove_file(&aside);
    }
    written
}

/// Where a new version of this file grows: hidden, beside it.
pub(crate) fn aside(file: &Path) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    folder_of(file).join(format!(".{name}.{}.new", std::process::id()))
}

/// Takes away what a killed program left beside this file: an index is large.
pub(crate) fn sweep(file: &Path) {
    let own = file.file_name().unwrap_or_default().to_string_lossy();
    let Ok(entries) = std::fs::read_dir(folder_of(file)) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let process = name.strip_prefix('.').and_then(|name| name.strip_prefix(own.as_ref()));
        let process =
            process.and_then(|rest| rest.strip_prefix('.')?.strip_suffix(".new")?.parse::<u32>().ok());
        if process.is_some_and(|process| !Path::new(&format!("/proc/{process}")).exists()) {
            // What cannot be taken away is only untidy.
            let _ = std::fs::remove_file(&path);
        }
    }
}

fn write_synced(file: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let mut new = create(file)?;
    parts.iter().try_for_each(|part| new.write_all(part))?;
    new.sync_all()
}

/// A new file that nobody else may write, whatever the umask: an index that others could change is not mapped.
pub(crate) fn create(file: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o644).open(file)
}

/// Puts a file that is written and synced in its place, for good.
pub(crate) fn put(aside: &Path, file: &Path) -> io::Result<()> {
    std::fs::rename(aside, file)?;
    File::open(folder_of(file))?.sync_all()
}

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A file's text, at most so many bytes; `None` when there is no such file.
pub(crate) fn read_bounded(file: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    let opened = match File::open(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let mut bytes = Vec::new();
    opened.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > most) {
        return Err(io::Error::other(format!("is larger than {most} bytes")));
    }
    Ok(Some(bytes))
}

/// The digest of all that a reader gives, in small hexadecimal letters, and how much it was.
pub(crate) fn digest(algorithm: &'static Algorithm, mut reader: impl Read) -> io::Result<(String, u64)> {
    let mut context = Context::new(algorithm);
    let mut buffer = vec![0; 1 << 16];
    let mut length = 0;
    loop {
        let count = match reader.read(&mut buffer) {
            Ok(0) => return Ok((hex(context.finish().as_ref()), length)),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            count => count?,
        };
        context.update(buffer.get(..count).unwrap_or_default());
        length += u64::try_from(count).unwrap_or(0);
    }
}

/// Bytes as small hexadecimal letters.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Hexadecimal letters as bytes; spaces and colons between them are let through.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .filter(|letter| !letter.is_whitespace() && *letter != ':')
        .map(|letter| letter.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    let digits = digits?;
    let pairs = digits.chunks(2).map(|pair| match pair {
        [high, low] => Some(high << 4 | low),
        _ => None,
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_program_left_is_swept_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("index.wri");
        let (left, running) = (".index.wri.4294967295.new", format!(".index.wri.{}.new", std::process::id()));
        for name in [left, &running, ".index.wri.old.new", ".other.4294967295.new", "index.wri"] {
            std::fs::write(folder.path().join(name), name).unwrap();
        }
        sweep(&file);
        assert!(!folder.path().join(left).exists());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 4);
    }

    #[test]
    fn letters_and_bytes_go_both_ways() {
        assert_eq!(unhex("00 fF:7a"), Some(vec![0, 255, 122]));
        assert_eq!(hex(&[0, 255, 122]), "00ff7a");
        assert!(unhex("abc").is_none() && unhex("zz").is_none());
    }
}
