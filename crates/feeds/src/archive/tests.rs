//! Archives as programs write them, and as attackers do.
#![expect(clippy::cast_possible_truncation, reason = "the samples are small")]

use std::io::{Cursor, Write as _};
use std::process::Command;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use proptest::prelude::*;

use super::*;

type Members = Vec<(String, Result<Vec<u8>, String>)>;

fn members(bytes: &[u8], limits: Limits) -> (Members, Result<(), String>) {
    let mut found = Vec::new();
    let done = walk(Cursor::new(bytes), "a", limits, &mut |name, reader| {
        let mut content = Vec::new();
        let read = reader.read_to_end(&mut content).map(|_| content).map_err(|error| error.to_string());
        found.push((name.to_owned(), read));
    });
    (found, done.map_err(|error| error.to_string()))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A zip with these members, deflated.
pub(crate) fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(content).unwrap();
        let packed = encoder.finish().unwrap();
        let mut crc = Crc::new();
        crc.update(content);
        let mut common = Vec::new();
        for value in [20u16, 0, 8, 0, 0] {
            common.extend(value.to_le_bytes());
        }
        for value in [crc.sum(), packed.len() as u32, content.len() as u32] {
            common.extend(value.to_le_bytes());
        }
        common.extend((name.len() as u16).to_le_bytes());
        common.extend([0, 0]);
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend((archive.len() as u32).to_le_bytes());
        directory.extend(name.as_bytes());
        archive.extend(b"PK\x03\x04");
        archive.extend(&common);
        archive.extend(name.as_bytes());
        archive.extend(packed);
    }
    let at = archive.len() as u32;
    archive.extend(&directory);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    archive.extend([(files.len() as u16).to_le_bytes(); 2].concat());
    archive.extend((directory.len() as u32).to_le_bytes());
    archive.extend(at.to_le_bytes());
    archive.extend([0, 0]);
    archive
}

use flate2::Crc;

#[test]
fn members_of_every_form_are_told() {
    let ok = |bytes: &[u8]| {
        let (found, done) = members(bytes, Limits::default());
        done.unwrap();
        found.into_iter().map(|(name, content)| (name, content.unwrap())).collect::<Vec<_>>()
    };
    assert_eq!(ok(b"plain"), [("a".to_owned(), b"plain".to_vec())]);
    assert_eq!(ok(b""), [("a".to_owned(), vec![])]);
    assert_eq!(ok(&gzip(b"packed")), [("a".to_owned(), b"packed".to_vec())]);
    let zipped = zip(&[("x.json", b"one"), ("d/y.json", b"two")]);
    let names: Vec<String> = ok(&zipped).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["a/x.json", "a/d/y.json"]);
    assert_eq!(ok(&zipped)[1].1, b"two");
}

#[test]
fn archives_of_other_programs_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let long = format!("{}.json", "n".repeat(120));
    std::fs::create_dir(folder.path().join("d")).unwrap();
    let large = vec![b'x'; 100_000];
    std::fs::write(folder.path().join("d/one.json"), &large).unwrap();
    std::fs::write(folder.path().join("d").join(&long), b"two").unwrap();
    for (program, words) in
        [("tar", vec!["czf", "t.tgz", "d"]), ("python3", vec!["-m", "zipfile", "-c", "z.zip", "d"])]
    {
        let status = Command::new(program).args(words).current_dir(folder.path()).status();
        if !status.is_ok_and(|status| status.success()) {
            println!("skipped: {program} is not here");
            continue;
        }
        let file = folder.path().join(if program == "tar" { "t.tgz" } else { "z.zip" });
        let (found, done) = members(&std::fs::read(file).unwrap(), Limits::default());
        done.unwrap();
        let mut contents: Vec<Vec<u8>> = found.into_iter().map(|(_, content)| content.unwrap()).collect();
        contents.sort_by_key(Vec::len);
        assert_eq!(contents, [b"two".to_vec(), large.clone()], "{program}");
    }
}

#[test]
fn bombs_are_stopped_early() {
    let limits = Limits { members: 3, bytes: 4 << 20, ratio: 100, ratio_from: 1 << 20 };
    let zeros = vec![0; 3 << 20];
    let (found, _) = members(&gzip(&zeros), limits);
    assert!(found[0].1.as_ref().unwrap_err().contains("100 times its size"), "{found:?}");
    let noise: Vec<u8> = (0..5u32 << 20).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let (found, _) = members(&gzip(&noise), limits);
    assert!(found[0].1.as_ref().unwrap_err().contains("more than 4194304 bytes"));
    let (_, done) = members(&zip(&[("bomb", &zeros)]), limits);
    assert!(done.unwrap_err().contains("100 times"));
    let many: Vec<(&str, &[u8])> = vec![("x", b"x"); 4];
    assert!(members(&zip(&many), limits).1.unwrap_err().contains("more than 3 files"));
    // Many small files that all lie in the same bytes, as in the bombs of David Fifield: the sum counts.
    let half = vec![0; 1 << 20];
    let parts: Vec<(&str, &[u8])> = vec![("x", &half); 3];
    assert!(members(&zip(&parts), Limits { bytes: 2 << 20, ..limits }).1.is_err());
}

#[test]
fn damage_is_said() {
    let whole = zip(&[("x.json", &[7; 5000]), ("y.json", b"two")]);
    for cut in [10, whole.len() / 2, whole.len() - 30] {
        let (_, done) = members(&whole[..cut], Limits::default());
        assert!(done.unwrap_err().contains("zip archive is damaged"));
    }
    let mut wrong = whole.clone();
    let at = wrong.len() - 30;
    wrong[at] ^= 0x55;
    let _ = members(&wrong, Limits::default());
    let mut changed = whole;
    changed[14 + 4] ^= 1;
    let crc_of_entry = changed.windows(4).position(|four| four == b"PK\x01\x02").unwrap() + 16;
    changed[crc_of_entry] ^= 1;
    assert!(members(&changed, Limits::default()).1.unwrap_err().contains("wrong checksum"));
    let packed = gzip(&[9; 5000]);
    let (found, _) = members(&packed[..packed.len() - 4], Limits::default());
    assert!(found[0].1.is_err());
}

proptest! {
    #[test]
    fn hostile_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600), kind in 0..4u8) {
        let start: &[u8] = [&b""[..], b"PK\x03\x04", b"\x1f\x8b\x08\0", b"PK\x05\x06"][usize::from(kind)];
        let limits = Limits { members: 50, bytes: 1 << 20, ratio: 100, ratio_from: 1 << 10 };
        let _ = members(&[start, &bytes].concat(), limits);
        let mut mutated = zip(&[("x", b"hello hello hello"), ("y", b"z")]);
        for (at, byte) in bytes.iter().take(6).enumerate() {
            let place = (usize::from(*byte) * 7 + at * 31) % mutated.len();
            mutated[place] ^= byte | 1;
        }
        let _ = members(&mutated, limits);
        let mut tarred = gzip(&bytes);
        tarred.truncate(tarred.len().saturating_sub(usize::from(kind)));
        let _ = members(&tarred, limits);
    }
}
