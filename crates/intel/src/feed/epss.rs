//! FIRST's EPSS scores: the probability that a CVE is exploited in the next 30 days.
//! Format: <https://www.first.org/epss/data_stats>: a comment `#model_version:…,score_date:…`, then `cve,epss,percentile`.

use std::io::Read;

use wardround_model::{CveId, Epss};

use super::{FeedError, FeedReport, Input, SkipReason};
use crate::day::Day;

/// The score of one CVE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EpssScore {
    /// The CVE.
    pub id: CveId,
    /// Its probability.
    pub probability: Epss,
}

/// Reads the table. Without a comment line, the day in the file's name is the day of the scores.
///
/// # Errors
/// When the file breaks off or holds no scores.
pub fn read<R: Read>(input: &mut Input<R>, mut each: impl FnMut(EpssScore)) -> Result<FeedReport, FeedError> {
    let mut report = FeedReport { as_of: day_in_name(input.name()), ..FeedReport::default() };
    let meter = input.meter();
    let mut rows = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&mut *input);
    let mut row = csv::ByteRecord::new();
    let result = loop {
        meter.next_record();
        match rows.read_byte_record(&mut row) {
            Ok(true) => read_row(&row, &mut report, &mut each),
            end => break end,
        }
    };
    super::oui::close_table(result, input, &mut report, "EPSS scores")?;
    Ok(report)
}

/// The `2026-08-16` of `epss_2026-08-16.csv`.
fn day_in_name(name: &str) -> Option<Day> {
    name.match_indices("20").find_map(|(at, _)| name.get(at..)?.parse().ok())
}

fn read_row(row: &csv::ByteRecord, report: &mut FeedReport, each: &mut impl FnMut(EpssScore)) {
    let text = |at: usize| row.get(at).and_then(|field| std::str::from_utf8(field).ok()).unwrap_or_default();
    let first = text(0).trim_start_matches('\u{feff}');
    if first.starts_with('#') {
        let date = row.iter().find_map(|field| field.strip_prefix(b"score_date:"));
        report.as_of = date.and_then(|date| std::str::from_utf8(date).ok()?.parse().ok()).or(report.as_of);
        return;
    }
    if first == "cve" {
        return;
    }
    report.records += 1;
    let Ok(id) = first.parse::<CveId>() else { return report.skip(SkipReason::CveId, first) };
    match probability(text(1)) {
        Some(probability) => each(EpssScore { id, probability }),
        None => report.skip(SkipReason::Value, text(1)),
    }
}

fn probability(text: &str) -> Option<Epss> {
    let value: f64 = text.parse().ok()?;
    let inside = (0.0..=1.0).contains(&value);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked: 0 to 10,000")]
    let ten_thousandths = inside.then(|| (value * 10_000.0).round() as u16)?;
    Epss::from_ten_thousandths(ten_thousandths)
}
