//! Holds what this crate reads of other people's captures against what those people's own tools wrote of them.
//!
//! ```text
//! cargo run --release --package wardround-capture --example accuracy -- ../shared/data [--list]
//! ```
//!
//! In: the archives of `../shared/data/captures` and `../shared/data/dicom`, and `../shared/data/recog`. Out: a table of scores, one row a source and field:
//! what is the same, what differs, what is not read here, and what is kept back because it may name a person. Each
//! difference must be explained in `bench/accuracy.explained.tsv`; one that is not makes the program fail, and so does a
//! score below [`GOAL`]. Below the table stands what has *no peer*: nothing real could be had to compare it with.
//! `--list` prints every difference. Nothing is written to disk.

mod archive;
#[path = "../../src/tests/build.rs"]
#[expect(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the tests' own writer of packets, on short messages"
)]
mod build;
mod dicom;
mod explained;
mod icsnpp;
mod ndpi;
mod no_peer;
mod reading;
mod recog;
mod score;
mod table;
mod zeek;

use std::path::Path;
use std::process::ExitCode;

use explained::Explained;
use score::Scores;

/// The part of what we read that must be the same, in hundredths.
const GOAL: u64 = 97;

/// Why a difference is what it is.
const EXPLAINED: &str = include_str!("../../../../bench/accuracy.explained.tsv");

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| "../shared/data".to_owned());
    let list = arguments.next().is_some_and(|word| word == "--list");
    match run(Path::new(&folder)) {
        Ok(None) => {
            println!("accuracy: {folder} is not there, so nothing was compared");
            ExitCode::SUCCESS
        }
        Ok(Some((scores, explained))) => tell(&scores, &explained, list),
        Err(error) => {
            eprintln!("accuracy: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Compares all sources; `None` when the data is not there.
fn run(folder: &Path) -> Result<Option<(Scores, Explained)>, String> {
    let captures = folder.join("captures");
    if !captures.is_dir() {
        return Ok(None);
    }
    let mut scores = Scores::default();
    let mut zeek = archive::read(&captures.join("zeek-traces.tar.gz"))?;
    zeek.extend(archive::read(&captures.join("zeek-baselines.tar.gz"))?);
    zeek::compare(&zeek, &mut scores)?;
    icsnpp::compare(&archive::read(&captures.join("icsnpp-bacnet-modbus.tar.gz"))?, &mut scores);
    ndpi::compare(&archive::read(&captures.join("ndpi-it.tar.gz"))?, &mut scores);
    dicom::compare(&archive::read(&folder.join("dicom/pynetdicom-pdus.tar.gz"))?, &mut scores);
    recog::compare(&folder.join("recog/xml"), &mut scores)?;
    let explained = Explained::parse(EXPLAINED)?;
    scores.set_aside(|difference| explained.says_not_read(difference));
    Ok(Some((scores, explained)))
}

/// Prints the table; whether every difference is explained and the goal is reached.
fn tell(scores: &Scores, explained: &Explained, list: bool) -> ExitCode {
    print!("{scores}");
    println!("{}", no_peer::told());
    let unexplained: Vec<_> = scores.differences().filter(|it| !explained.covers(it)).collect();
    if list {
        scores.differences().for_each(|difference| println!("{difference}"));
    }
    println!("\n{}", explained.told(scores));
    for difference in &unexplained {
        println!("not explained: {difference}");
    }
    let percent = scores.hundredths();
    println!("same: {}.{:02} % of what is read here", percent / 100, percent % 100);
    if unexplained.is_empty() && percent >= GOAL.saturating_mul(100) {
        return ExitCode::SUCCESS;
    }
    println!("accuracy: {} differences are not explained; the goal is {GOAL} %", unexplained.len());
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A quick look for `make test`: the same over the smallest archive, where it is there.
    #[test]
    fn what_icsnpp_wrote_of_bacnet_and_modbus_is_what_we_read() {
        let archive = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../../shared/data/captures/icsnpp-bacnet-modbus.tar.gz");
        if !archive.is_file() {
            println!("skipped: {} is not there", archive.display());
            return;
        }
        let mut scores = Scores::default();
        icsnpp::compare(&archive::read(&archive).unwrap(), &mut scores);
        let explained = Explained::parse(EXPLAINED).unwrap();
        scores.set_aside(|difference| explained.says_not_read(difference));
        let unexplained: Vec<_> =
            scores.differences().filter(|it| !explained.covers(it)).map(ToString::to_string).collect();
        assert_eq!(unexplained, Vec::<String>::new());
        assert!(scores.hundredths() > 9_000, "{scores}");
    }

    /// The same over the PDUs of DICOM.
    #[test]
    fn what_pynetdicom_says_of_its_own_pdus_is_what_we_read() {
        let archive =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/dicom/pynetdicom-pdus.tar.gz");
        if !archive.is_file() {
            println!("skipped: {} is not there", archive.display());
            return;
        }
        let mut scores = Scores::default();
        dicom::compare(&archive::read(&archive).unwrap(), &mut scores);
        let differences: Vec<_> = scores.differences().map(ToString::to_string).collect();
        assert_eq!(differences, Vec::<String>::new());
        assert!(scores.compared() > 100, "{scores}");
    }
}
