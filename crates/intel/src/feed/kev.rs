//! CISA's catalogue of known exploited vulnerabilities.
//! Format: <https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities_schema.json>.

use std::io::Read;

use serde::Deserialize;
use wardround_model::CveId;

use super::nvd::cwe_number;
use super::{FeedError, FeedReport, Input, SkipReason, json};
use crate::day::Day;

/// One entry: this CVE is being exploited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KevEntry {
    /// The CVE.
    pub id: CveId,
    /// When it was added.
    pub added: Day,
    /// Is it known to be used in ransomware campaigns?
    pub ransomware: bool,
    /// The numbers of its CWE ids.
    pub cwes: Vec<u16>,
}

/// Reads the catalogue.
///
/// # Errors
/// When the file breaks off, is not JSON or has no `vulnerabilities`.
pub fn read<R: Read>(input: &mut Input<R>, mut each: impl FnMut(KevEntry)) -> Result<FeedReport, FeedError> {
    let mut report = FeedReport::default();
    let texts = json::each_record(input, "vulnerabilities", &["dateReleased"], &mut |raw| {
        report.records += 1;
        match serde_json::from_str::<Raw>(raw) {
            Ok(raw) => read_entry(&raw, &mut report, &mut each),
            Err(error) => report.skip(SkipReason::Malformed, &error.to_string()),
        }
    })?;
    report.as_of = texts.get("dateReleased").and_then(|text| text.parse().ok()).or(report.as_of);
    input.finish(&mut report)?;
    Ok(report)
}

fn read_entry(raw: &Raw, report: &mut FeedReport, each: &mut impl FnMut(KevEntry)) {
    let Ok(id) = raw.cve_id.parse() else { return report.skip(SkipReason::CveId, &raw.cve_id) };
    let Ok(added) = raw.date_added.parse() else { return report.skip(SkipReason::Value, &raw.date_added) };
    report.saw_day(&raw.date_added);
    let ransomware = raw.known_ransomware_campaign_use.as_deref() == Some("Known");
    each(KevEntry {
        id,
        added,
        ransomware,
        cwes: raw.cwes.iter().filter_map(|cwe| cwe_number(cwe)).collect(),
    });
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    #[serde(rename = "cveID")]
    cve_id: String,
    date_added: String,
    known_ransomware_campaign_use: Option<String>,
    #[serde(default)]
    cwes: Vec<String>,
}
