//! CVE records (JSON 5) with CISA's "Vulnrichment" container: SSVC points, scores, affected products with a CPE,
//! and which references lead to an exploit.
//! Formats: <https://cveproject.github.io/cve-schema/schema/CVE_Record_Format.json>, one record a file; and a compact
//! form, one JSON line a CVE with the fields `id`, `ssvc`, `adp_metrics` and `adp_affected`.

mod affected;

use std::io::{BufRead, BufReader, Read};

use serde::Deserialize;
use wardround_model::{Automatable, CveId, Exploitation, TechnicalImpact};

use self::affected::RawAffected;
use super::nvd::{Configuration, Cvss, RawCvss, RawReference, cwe_number, fingerprint};
use super::{FeedError, FeedReport, Input, MAX_RECORD, SkipReason};

/// CISA's SSVC points of one CVE (SSVC 2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SsvcPoints {
    /// Exploitation.
    pub exploitation: Option<Exploitation>,
    /// Automatable.
    pub automatable: Option<Automatable>,
    /// Technical impact.
    pub technical_impact: Option<TechnicalImpact>,
}

/// What CISA adds to a CVE.
#[derive(Clone, Debug)]
pub struct Enrichment {
    /// The CVE.
    pub id: CveId,
    /// When it was judged, as written; orders two versions.
    pub judged: String,
    /// A digest of the record as written; orders two versions that were judged at the same time.
    pub fingerprint: u64,
    /// Its SSVC points.
    pub points: SsvcPoints,
    /// A base score: CISA's, else the CNA's.
    pub cvss: Option<Cvss>,
    /// The numbers of its CWE ids.
    pub cwes: Vec<u16>,
    /// True when the CNA or CISA marks a reference as one to an exploit.
    pub public_exploit: bool,
    /// The affected products that have a CPE name.
    pub configurations: Vec<Configuration>,
}

/// Reads one CVE record.
///
/// # Errors
/// When the file is not a CVE record in JSON.
pub fn read<R: Read>(
    input: &mut Input<R>,
    mut each: impl FnMut(Enrichment),
) -> Result<FeedReport, FeedError> {
    let mut report = FeedReport { records: 1, ..FeedReport::default() };
    let bytes = input.read_whole()?;
    let raw: RawRecord =
        serde_json::from_slice(&bytes).map_err(|error| input.json_error("the CVE record".into(), error))?;
    match raw.cve_metadata.cve_id.parse() {
        Ok(_) if raw.cve_metadata.state.as_deref() == Some("REJECTED") => {
            report.skip(SkipReason::Withdrawn, &raw.cve_metadata.cve_id);
        }
        Ok(id) => {
            each(Enrichment { fingerprint: fingerprint(&bytes), ..raw.containers.read(id, &mut report) })
        }
        Err(_) => report.skip(SkipReason::CveId, &raw.cve_metadata.cve_id),
    }
    input.finish(&mut report)?;
    Ok(report)
}

/// Reads the compact form.
///
/// # Errors
/// When the file breaks off or no line of it can be used.
pub fn read_lines<R: Read>(
    input: &mut Input<R>,
    mut each: impl FnMut(Enrichment),
) -> Result<FeedReport, FeedError> {
    let mut report = FeedReport::default();
    let meter = input.meter();
    let mut lines = BufReader::new(&mut *input);
    let mut line = Vec::new();
    let result = loop {
        meter.next_record();
        line.clear();
        match (&mut lines).take(MAX_RECORD).read_until(b'\n', &mut line) {
            Ok(0) => break Ok(()),
            Ok(_) => read_line(&line, &mut report, &mut each),
            Err(error) => break Err(error),
        }
    };
    result.map_err(|source| input.read_error(source))?;
    if report.records == report.skipped_total() {
        return Err(FeedError::Empty { file: input.name().into(), expected: "line with SSVC points" });
    }
    input.finish(&mut report)?;
    Ok(report)
}

fn read_line(line: &[u8], report: &mut FeedReport, each: &mut impl FnMut(Enrichment)) {
    if line.trim_ascii().is_empty() {
        return;
    }
    report.records += 1;
    let raw = match serde_json::from_slice::<RawLine>(line) {
        Ok(raw) => raw,
        Err(error) => return report.skip(SkipReason::Malformed, &error.to_string()),
    };
    let Ok(id) = raw.id.parse() else { return report.skip(SkipReason::CveId, &raw.id) };
    each(Enrichment {
        id,
        judged: String::new(),
        fingerprint: fingerprint(line.trim_ascii()),
        points: raw.ssvc.read(),
        cvss: raw.adp_metrics.iter().find_map(RawMetric::read),
        cwes: Vec::new(),
        public_exploit: false,
        configurations: affected::configurations(&raw.adp_affected, report).into_iter().collect(),
    });
}

#[derive(Deserialize)]
struct RawLine {
    id: String,
    #[serde(default)]
    ssvc: RawPoints,
    #[serde(default)]
    adp_metrics: Vec<RawMetric>,
    #[serde(default)]
    adp_affected: Vec<RawAffected>,
}

#[derive(Default, Deserialize)]
struct RawPoints {
    #[serde(rename = "Exploitation")]
    exploitation: Option<String>,
    #[serde(rename = "Automatable")]
    automatable: Option<String>,
    #[serde(rename = "Technical Impact")]
    technical_impact: Option<String>,
}

impl RawPoints {
    fn read(&self) -> SsvcPoints {
        let lower = |text: &Option<String>| text.as_deref().unwrap_or_default().to_ascii_lowercase();
        SsvcPoints {
            exploitation: match lower(&self.exploitation).as_str() {
                "none" => Some(Exploitation::None),
                "poc" | "public poc" => Some(Exploitation::PublicPoc),
                "active" => Some(Exploitation::Active),
                _ => None,
            },
            automatable: match lower(&self.automatable).as_str() {
                "no" => Some(Automatable::No),
                "yes" => Some(Automatable::Yes),
                _ => None,
            },
            technical_impact: match lower(&self.technical_impact).as_str() {
                "partial" => Some(TechnicalImpact::Partial),
                "total" => Some(TechnicalImpact::Total),
                _ => None,
            },
        }
    }

    /// Points are a list of objects with one field each.
    fn merge(&mut self, other: Self) {
        self.exploitation = other.exploitation.or(self.exploitation.take());
        self.automatable = other.automatable.or(self.automatable.take());
        self.technical_impact = other.technical_impact.or(self.technical_impact.take());
    }
}

#[derive(Deserialize)]
struct RawMetric {
    #[serde(rename = "cvssV4_0")]
    v4_0: Option<RawCvss>,
    #[serde(rename = "cvssV3_1")]
    v3_1: Option<RawCvss>,
    #[serde(rename = "cvssV3_0")]
    v3_0: Option<RawCvss>,
    other: Option<RawOther>,
}

impl RawMetric {
    fn read(&self) -> Option<Cvss> {
        [&self.v3_1, &self.v3_0, &self.v4_0].into_iter().flatten().find_map(RawCvss::read)
    }
}

#[derive(Deserialize)]
struct RawOther {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    content: serde_json::Value,
}

#[derive(Deserialize)]
struct RawContent {
    #[serde(default)]
    options: Vec<RawPoints>,
    timestamp: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawRecord {
    cve_metadata: RawMetadata,
    containers: RawContainers,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawMetadata {
    cve_id: String,
    state: Option<String>,
}

#[derive(Deserialize)]
struct RawContainers {
    cna: RawContainer,
    #[serde(default)]
    adp: Vec<RawContainer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawContainer {
    #[serde(default)]
    metrics: Vec<RawMetric>,
    #[serde(default)]
    affected: Vec<RawAffected>,
    #[serde(default)]
    problem_types: Vec<RawProblemType>,
    #[serde(default)]
    references: Vec<RawReference>,
}

#[derive(Deserialize)]
struct RawProblemType {
    #[serde(default)]
    descriptions: Vec<RawProblem>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawProblem {
    cwe_id: Option<String>,
}

impl RawContainers {
    fn read(&self, id: CveId, report: &mut FeedReport) -> Enrichment {
        let (points, judged) = self.points();
        report.saw_day(&judged);
        let both = || self.adp.iter().chain([&self.cna]);
        let problems = both().flat_map(|one| &one.problem_types).flat_map(|one| &one.descriptions);
        let cwes = problems.filter_map(|problem| cwe_number(problem.cwe_id.as_deref()?)).collect();
        let configurations = both().flat_map(|one| affected::configurations(&one.affected, report)).collect();
        let cvss = both().flat_map(|one| &one.metrics).find_map(RawMetric::read);
        let public_exploit = both().flat_map(|one| &one.references).any(RawReference::is_exploit);
        let points = points.read();
        Enrichment { id, judged, fingerprint: 0, points, cvss, cwes, public_exploit, configurations }
    }

    fn points(&self) -> (RawPoints, String) {
        let mut points = RawPoints::default();
        let mut judged = String::new();
        let others = self.adp.iter().flat_map(|one| &one.metrics).filter_map(|metric| metric.other.as_ref());
        for other in others.filter(|other| other.kind.as_deref() == Some("ssvc")) {
            let Ok(content) = RawContent::deserialize(&other.content) else { continue };
            content.options.into_iter().for_each(|option| points.merge(option));
            judged = content.timestamp.unwrap_or_default().chars().take(40).collect();
        }
        (points, judged)
    }
}
