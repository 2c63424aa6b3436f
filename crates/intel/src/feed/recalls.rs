//! Recalls of medical devices: openFDA's device recalls and enforcement reports.
//! Formats: <https://open.fda.gov/apis/device/recall/> and <https://open.fda.gov/apis/device/enforcement/>. Read: numbers,
//! names, dates, codes and FDA's own groups of causes; no prose on what happened.

use std::io::Read;

use serde::Deserialize;

use super::nvd::fingerprint;
use super::{FeedError, FeedReport, Input, SkipReason, json};
use crate::day::Day;
use crate::index::RecallClass;

/// The most letters that are kept of a device's description.
const DESCRIPTION: usize = 120;
/// The most letters of a description whose words a model is looked for among.
const SEARCHED: usize = 600;

/// A recall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecallRecord {
    /// FDA's number: `Z-1603-2023`.
    pub id: String,
    /// The firm that recalls.
    pub firm: String,
    /// The device as FDA describes it, shortened.
    pub device: String,
    /// The beginning of the description and the name of the kind of device: what a model is looked for in.
    pub searched: String,
    /// FDA's product code, or an empty text.
    pub product_code: String,
    /// How dangerous.
    pub class: RecallClass,
    /// When it began.
    pub began: Option<Day>,
    /// Where it stands.
    pub status: String,
    /// The cause as FDA groups it, or an empty text.
    pub cause: String,
    /// The newest day in it; orders two versions.
    pub newest: Option<Day>,
    /// A digest of it as written; orders two versions of one day.
    pub fingerprint: u64,
}

/// Reads a file of results, one after another.
///
/// # Errors
/// When the file breaks off, is not JSON or has no `results`.
pub fn read<R: Read>(
    input: &mut Input<R>,
    mut each: impl FnMut(RecallRecord),
) -> Result<FeedReport, FeedError> {
    let mut report = FeedReport::default();
    json::each_record(input, "results", &[], &mut |raw| {
        report.records += 1;
        match serde_json::from_str::<Raw>(raw) {
            Ok(record) => record.read(fingerprint(raw.as_bytes()), &mut report, &mut each),
            Err(error) => report.skip(SkipReason::Malformed, &error.to_string()),
        }
    })?;
    input.finish(&mut report)?;
    Ok(report)
}

#[derive(Deserialize)]
struct Raw {
    #[serde(alias = "recall_number")]
    product_res_number: Option<String>,
    recalling_firm: Option<String>,
    product_description: Option<String>,
    product_code: Option<String>,
    classification: Option<String>,
    #[serde(alias = "recall_initiation_date")]
    event_date_initiated: Option<String>,
    event_date_posted: Option<String>,
    #[serde(alias = "termination_date")]
    event_date_terminated: Option<String>,
    report_date: Option<String>,
    #[serde(alias = "status")]
    recall_status: Option<String>,
    root_cause_description: Option<String>,
    #[serde(default)]
    openfda: RawDevice,
}

#[derive(Default, Deserialize)]
struct RawDevice {
    /// A text, or a list of them.
    #[serde(default, deserialize_with = "json::one_or_many")]
    device_name: Vec<String>,
}

impl Raw {
    fn read(self, fingerprint: u64, report: &mut FeedReport, each: &mut impl FnMut(RecallRecord)) {
        let id = tidy(self.product_res_number.as_deref().unwrap_or_default(), 40);
        let firm = tidy(self.recalling_firm.as_deref().unwrap_or_default(), 100);
        let description = self.product_description.unwrap_or_default();
        if id.is_empty() || firm.is_empty() || description.trim().is_empty() {
            return report.skip(SkipReason::Value, &format!("{id}: no number, firm or device"));
        }
        let began = day(self.event_date_initiated.as_deref());
        let days = [self.event_date_posted, self.event_date_terminated, self.report_date];
        let newest = days.iter().filter_map(|text| day(text.as_deref())).max().max(began);
        report.as_of = report.as_of.max(newest);
        let kind = self.openfda.device_name.into_iter().next().unwrap_or_default();
        each(RecallRecord {
            device: tidy(&description, DESCRIPTION),
            searched: format!("{} {}", tidy(&description, SEARCHED), tidy(&kind, 100)),
            product_code: tidy(self.product_code.as_deref().unwrap_or_default(), 10),
            class: class_of(self.classification.as_deref().unwrap_or_default()),
            status: tidy(self.recall_status.as_deref().unwrap_or_default(), 40),
            cause: tidy(self.root_cause_description.as_deref().unwrap_or_default(), 60),
            id,
            firm,
            began,
            newest,
            fingerprint,
        });
    }
}

fn class_of(text: &str) -> RecallClass {
    match text.trim() {
        "Class I" | "1" => RecallClass::One,
        "Class II" | "2" => RecallClass::Two,
        "Class III" | "3" => RecallClass::Three,
        _ => RecallClass::NotStated,
    }
}

/// `2023-03-27` or `20230327`.
fn day(text: Option<&str>) -> Option<Day> {
    let text = text?.trim();
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let (year, month, day) = (text.get(..4)?, text.get(4..6)?, text.get(6..)?);
        return format!("{year}-{month}-{day}").parse().ok();
    }
    text.parse().ok()
}

/// One space between words, nothing that does not print, at most so many letters.
fn tidy(text: &str, letters: usize) -> String {
    let printable: String =
        text.chars().take(letters * 4).map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let words: Vec<&str> = printable.split_whitespace().collect();
    words.join(" ").chars().take(letters).collect::<String>().trim_end().to_owned()
}
