//! When support of a product's releases ends: endoflife.date.
//! Formats: its API v1 (<https://endoflife.date/docs/api/v1/>: one product, or all of them with their releases), and the
//! YAML front matter of the pages that it is made from, one product a file.

mod page;

use std::io::Read;

use serde::Deserialize;

use super::nvd::fingerprint;
use super::{FeedError, FeedReport, Input, SkipReason};
use crate::day::Day;
use crate::index::Until;

/// A product with its release cycles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lifecycle {
    /// Its key: `windows-server`.
    pub product: String,
    /// What people call it.
    pub title: String,
    /// Other names of it: of addresses, of packages, and `vendor:product` as CPE has it.
    pub names: Vec<String>,
    /// Its release cycles.
    pub cycles: Vec<Cycle>,
    /// The newest day in it; orders two versions.
    pub newest: Option<Day>,
    /// A digest of it as written; orders two versions of one day.
    pub fingerprint: u64,
}

/// A release cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// The cycle: `22.04`, `2012-R2`.
    pub name: String,
    /// What people call it (code name, or label), or an empty text.
    pub label: String,
    /// Its newest version, or an empty text.
    pub latest: String,
    /// When it was released.
    pub released: Option<Day>,
    /// Until when it is improved.
    pub active: Until,
    /// Until when it gets security fixes.
    pub security: Until,
    /// Until when extended support gives fixes.
    pub extended: Until,
}

/// Reads an answer of the API, or a page.
///
/// # Errors
/// When the file is neither.
pub fn read<R: Read>(input: &mut Input<R>, mut each: impl FnMut(Lifecycle)) -> Result<FeedReport, FeedError> {
    let mut report = FeedReport::default();
    let bytes = input.read_whole()?;
    if bytes.trim_ascii_start().starts_with(b"{") {
        read_api(&bytes, input, &mut report, &mut each)?;
    } else {
        report.records = 1;
        each(page::read(&bytes, input, &mut report)?);
    }
    input.finish(&mut report)?;
    Ok(report)
}

fn read_api<R: Read>(
    bytes: &[u8],
    input: &Input<R>,
    report: &mut FeedReport,
    each: &mut impl FnMut(Lifecycle),
) -> Result<(), FeedError> {
    let answer: RawAnswer = serde_json::from_slice(bytes)
        .map_err(|error| input.json_error("the list of products".into(), error))?;
    let products: Vec<&serde_json::value::RawValue> = if answer.result.get().starts_with('[') {
        serde_json::from_str(answer.result.get())
            .map_err(|error| input.json_error("the list of products".into(), error))?
    } else {
        vec![answer.result]
    };
    for raw in products {
        report.records += 1;
        match serde_json::from_str::<RawProduct>(raw.get()) {
            Ok(product) => each(product.read(fingerprint(raw.get().as_bytes()), report)),
            Err(error) => report.skip(SkipReason::Malformed, &error.to_string()),
        }
    }
    if let Some(day) = answer.generated_at.and_then(|text| text.parse().ok()) {
        report.as_of = Some(day);
    }
    Ok(())
}

#[derive(Deserialize)]
struct RawAnswer<'t> {
    generated_at: Option<String>,
    #[serde(borrow)]
    result: &'t serde_json::value::RawValue,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawProduct {
    name: String,
    #[serde(default)]
    label: Option<String>,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    identifiers: Vec<RawIdentifier>,
    releases: Vec<RawRelease>,
}

#[derive(Deserialize)]
struct RawIdentifier {
    id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawRelease {
    name: String,
    codename: Option<String>,
    label: Option<String>,
    release_date: Option<String>,
    is_eoas: Option<bool>,
    eoas_from: Option<String>,
    is_eol: Option<bool>,
    eol_from: Option<String>,
    is_eoes: Option<bool>,
    eoes_from: Option<String>,
    latest: Option<RawLatest>,
}

#[derive(Deserialize)]
struct RawLatest {
    name: Option<String>,
    date: Option<String>,
}

impl RawProduct {
    fn read(self, fingerprint: u64, report: &mut FeedReport) -> Lifecycle {
        let mut newest = None;
        let cycles = self.releases.into_iter().filter_map(|one| one.read(&mut newest, report)).collect();
        report.as_of = report.as_of.max(newest);
        let identifiers = self.identifiers.iter().map(|one| one.id.as_str());
        let names = self.aliases.iter().cloned().chain(identifiers.filter_map(name_of_identifier)).collect();
        let title = self.label.unwrap_or_else(|| self.name.clone());
        Lifecycle { product: self.name, title, names, cycles, newest, fingerprint }
    }
}

impl RawRelease {
    fn read(self, newest: &mut Option<Day>, report: &mut FeedReport) -> Option<Cycle> {
        let day = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<Day>().ok());
        let until = |from: &Option<String>, over: Option<bool>| match (day(from), over) {
            (Some(day), _) => Until::Day(day),
            (None, Some(true)) => Until::Ended,
            (None, Some(false)) => Until::Open,
            (None, None) => Until::NotStated,
        };
        if self.name.is_empty() {
            report.skip(SkipReason::Value, "a release without a name");
            return None;
        }
        *newest = (*newest).max(day(&self.release_date));
        let mut cycle = Cycle {
            label: label(&self.name, self.codename, self.label),
            name: self.name,
            latest: String::new(),
            released: day(&self.release_date),
            active: until(&self.eoas_from, self.is_eoas),
            security: until(&self.eol_from, self.is_eol),
            extended: until(&self.eoes_from, self.is_eoes),
        };
        if let Some(latest) = self.latest {
            *newest = (*newest).max(day(&latest.date));
            cycle.latest = latest.name.unwrap_or_default();
        }
        Some(cycle)
    }
}

/// The code name, else the label when it says more than the cycle itself.
fn label(name: &str, codename: Option<String>, label: Option<String>) -> String {
    codename.or(label).filter(|label| label != name && label.len() <= 100).unwrap_or_default()
}

/// What an identifier calls the product: `vendor:product` of a CPE name, the name of a package.
fn name_of_identifier(identifier: &str) -> Option<String> {
    let cpe = identifier.strip_prefix("cpe:2.3:").or_else(|| identifier.strip_prefix("cpe:/"));
    match cpe {
        Some(name) => {
            let mut parts = name.split(':').skip(1);
            Some(format!("{}:{}", parts.next()?, parts.next()?))
        }
        None if identifier.starts_with("pkg:") => None,
        None => Some(identifier.to_owned()),
    }
}
