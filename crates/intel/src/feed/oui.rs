//! IEEE's tables of address blocks: which maker a MAC address belongs to.
//! Format: <https://standards-oui.ieee.org/oui/oui.csv>: `Registry,Assignment,Organization Name,Organization Address`.
//! Addresses of organisations are not kept.

use std::io::Read;

use super::{FeedError, FeedReport, Input, SkipReason};

/// A block of addresses and who makes the devices that have them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OuiBlock {
    /// How many leading bits of an address name the block: 24, 28 or 36.
    pub bits: u8,
    /// Those bits, at the top of 48.
    pub prefix: u64,
    /// The maker's name.
    pub maker: String,
}

/// Reads a table.
///
/// # Errors
/// When the file breaks off or holds no blocks.
pub fn read<R: Read>(input: &mut Input<R>, mut each: impl FnMut(OuiBlock)) -> Result<FeedReport, FeedError> {
    let mut report = FeedReport::default();
    let meter = input.meter();
    let mut rows = csv::ReaderBuilder::new().has_headers(true).flexible(true).from_reader(&mut *input);
    let mut row = csv::ByteRecord::new();
    let result = loop {
        meter.next_record();
        match rows.read_byte_record(&mut row) {
            Ok(true) => read_row(&row, &mut report, &mut each),
            end => break end,
        }
    };
    close_table(result, input, &mut report, "address blocks")?;
    Ok(report)
}

/// Ends the reading of a CSV table.
pub(super) fn close_table<R: Read>(
    result: csv::Result<bool>,
    input: &mut Input<R>,
    report: &mut FeedReport,
    expected: &'static str,
) -> Result<(), FeedError> {
    if let Err(error) = result {
        let line = error.position().map_or(report.records, csv::Position::line);
        return Err(match error.into_kind() {
            csv::ErrorKind::Io(source) => input.read_error(source),
            other => FeedError::Malformed {
                file: input.name().into(),
                part: "a row".into(),
                line,
                column: 1,
                reason: format!("{other:?}"),
            },
        });
    }
    if report.records == 0 {
        return Err(FeedError::Empty { file: input.name().into(), expected });
    }
    input.finish(report)
}

fn read_row(row: &csv::ByteRecord, report: &mut FeedReport, each: &mut impl FnMut(OuiBlock)) {
    report.records += 1;
    let digits = row.get(1).unwrap_or_default();
    let Some((bits, prefix)) = read_prefix(digits) else {
        return report.skip(SkipReason::Value, &String::from_utf8_lossy(digits));
    };
    let maker = tidy(&String::from_utf8_lossy(row.get(2).unwrap_or_default()));
    if matches!(maker.as_str(), "" | "Private" | "IEEE Registration Authority") {
        return report.skip(SkipReason::NoMaker, &String::from_utf8_lossy(digits));
    }
    each(OuiBlock { bits, prefix, maker });
}

fn read_prefix(digits: &[u8]) -> Option<(u8, u64)> {
    let bits = match digits.len() {
        6 => 24,
        7 => 28,
        9 => 36,
        _ => return None,
    };
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let value = u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    Some((bits, value << (48 - u32::from(bits))))
}

/// One space between words, nothing that does not print, at most 80 characters.
fn tidy(name: &str) -> String {
    let printable: String =
        name.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let words: Vec<&str> = printable.split_whitespace().collect();
    words.join(" ").chars().take(80).collect()
}
