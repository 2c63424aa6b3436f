//! NVD's JSON 2.0 feed: CVEs with their CPE configurations.
//! Format: <https://csrc.nist.gov/schema/nvd/api/2.0/cve_api_json_2.0.schema>. Read: ids, dates, scores, weaknesses,
//! configurations, and which references lead to an exploit. Descriptions are looked at only for the mark of a withdrawn record.

use std::io::Read;

use serde::Deserialize;
use wardround_model::{CveId, CvssScore};

use super::json;
use super::{FeedError, FeedReport, Input, SkipReason};
use crate::cpe::Cpe;
use crate::day::Day;

/// What NVD says of one CVE.
#[derive(Clone, Debug)]
pub struct CveRecord {
    /// Its id.
    pub id: CveId,
    /// When it was published.
    pub published: Option<Day>,
    /// When it was last changed, as written; orders two versions of one record.
    pub modified: String,
    /// A digest of the record as written; orders two versions of one record that were changed at the same time.
    pub fingerprint: u64,
    /// True when the record was rejected.
    pub withdrawn: bool,
    /// Its base score.
    pub cvss: Option<Cvss>,
    /// The numbers of its CWE ids.
    pub cwes: Vec<u16>,
    /// True when NVD marks a reference as one to an exploit.
    pub public_exploit: bool,
    /// What has it: any one of these.
    pub configurations: Vec<Configuration>,
}

/// A CVSS base score with its vector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cvss {
    /// The base score.
    pub score: CvssScore,
    /// The vector, as written; version 2 has no prefix.
    pub vector: String,
}

/// A combination of products: one of each node.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// Are all nodes needed (`AND`), or one of them?
    pub all: bool,
    /// The nodes.
    pub nodes: Vec<Node>,
}

/// A choice of products, or products that are needed together.
#[derive(Clone, Debug)]
pub struct Node {
    /// Are all needed?
    pub all: bool,
    /// The products.
    pub matches: Vec<CpeMatch>,
}

/// One product with a range of versions.
#[derive(Clone, Debug)]
pub struct CpeMatch {
    /// Does this product have the vulnerability, or does it only have to be there?
    pub vulnerable: bool,
    /// Its name.
    pub name: Cpe,
    /// The oldest version, and whether it is in.
    pub from: Option<(String, bool)>,
    /// The newest version, and whether it is in.
    pub to: Option<(String, bool)>,
}

/// Reads a feed file, one record after another.
///
/// # Errors
/// When the file breaks off, is not JSON or has no `vulnerabilities`.
pub fn read<R: Read>(input: &mut Input<R>, mut each: impl FnMut(CveRecord)) -> Result<FeedReport, FeedError> {
    let mut report = FeedReport::default();
    let texts = json::each_record(input, "vulnerabilities", &["timestamp"], &mut |raw| {
        report.records += 1;
        read_record(raw, &mut report, &mut each);
    })?;
    if let Some(day) = texts.get("timestamp").and_then(|text| text.parse().ok()) {
        report.as_of = Some(day);
    }
    input.finish(&mut report)?;
    Ok(report)
}

fn read_record(raw: &str, report: &mut FeedReport, each: &mut impl FnMut(CveRecord)) {
    let fingerprint = fingerprint(raw.as_bytes());
    let raw = match serde_json::from_str::<Raw>(raw) {
        Ok(Raw { cve }) => cve,
        Err(error) => return report.skip(SkipReason::Malformed, &error.to_string()),
    };
    let Ok(id) = raw.id.parse::<CveId>() else { return report.skip(SkipReason::CveId, &raw.id) };
    let published = raw.published.as_deref().unwrap_or_default();
    let modified = raw.last_modified.as_deref().unwrap_or(published);
    report.saw_day(modified);
    let withdrawn = raw.is_withdrawn();
    if withdrawn {
        report.skip(SkipReason::Withdrawn, &raw.id);
    }
    let configurations = read_configurations(&raw.configurations, &raw.id, report);
    each(CveRecord {
        id,
        published: published.parse().ok(),
        modified: modified.chars().take(40).collect(),
        fingerprint,
        withdrawn,
        cvss: raw.metrics.base_score(),
        cwes: raw.weaknesses.iter().flat_map(RawWeakness::numbers).collect(),
        public_exploit: raw.references.iter().any(RawReference::is_exploit),
        configurations,
    });
}

/// Eight bytes of BLAKE3 over a record as written.
pub(crate) fn fingerprint(raw: &[u8]) -> u64 {
    let digest = *blake3::hash(raw).as_bytes();
    digest.iter().take(8).fold(0, |value, &byte| value << 8 | u64::from(byte))
}

fn read_configurations(raw: &[RawConfiguration], id: &str, report: &mut FeedReport) -> Vec<Configuration> {
    let mut configurations = Vec::with_capacity(raw.len());
    for configuration in raw {
        if configuration.negate || configuration.nodes.iter().any(|node| node.negate) {
            report.skip(SkipReason::Negation, id);
            continue;
        }
        let nodes = configuration.nodes.iter().map(|node| read_node(node, id, report)).collect();
        configurations.push(Configuration { all: is_and(configuration.operator.as_deref()), nodes });
    }
    configurations
}

fn is_and(operator: Option<&str>) -> bool {
    operator.is_some_and(|operator| operator.eq_ignore_ascii_case("AND"))
}

fn read_node(raw: &RawNode, id: &str, report: &mut FeedReport) -> Node {
    let mut matches = Vec::with_capacity(raw.cpe_match.len());
    for one in &raw.cpe_match {
        match one.criteria.parse::<Cpe>() {
            Ok(name) => matches.push(one.with_name(name)),
            Err(error) => report.skip(SkipReason::Cpe, &format!("{id}: {error}")),
        }
    }
    Node { all: is_and(raw.operator.as_deref()), matches }
}

#[derive(Deserialize)]
struct Raw {
    cve: RawCve,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawCve {
    id: String,
    published: Option<String>,
    last_modified: Option<String>,
    vuln_status: Option<String>,
    #[serde(default)]
    descriptions: Vec<RawText>,
    #[serde(default)]
    metrics: RawMetrics,
    #[serde(default)]
    weaknesses: Vec<RawWeakness>,
    #[serde(default)]
    references: Vec<RawReference>,
    #[serde(default)]
    configurations: Vec<RawConfiguration>,
}

impl RawCve {
    /// Old feeds have no status; their records say it in the first words.
    fn is_withdrawn(&self) -> bool {
        let says = |text: &RawText| text.value.trim_start_matches(['*', ' ']).starts_with("REJECT");
        self.vuln_status.as_deref() == Some("Rejected") || self.descriptions.iter().any(says)
    }
}

#[derive(Deserialize)]
struct RawText {
    #[serde(default)]
    value: String,
}

/// The part of a reference that NVD (`Exploit`) and CVE records (`exploit`) share.
#[derive(Deserialize)]
pub(crate) struct RawReference {
    tags: Option<Vec<String>>,
}

impl RawReference {
    /// "An in-depth description of steps to exploit a vulnerability", or a proof of concept
    /// (<https://github.com/CVEProject/cve-schema/blob/main/schema/tags/reference-tags.json>).
    pub(crate) fn is_exploit(&self) -> bool {
        self.tags.iter().flatten().any(|tag| tag.eq_ignore_ascii_case("exploit"))
    }
}

#[derive(Deserialize)]
struct RawWeakness {
    #[serde(default)]
    description: Vec<RawText>,
}

impl RawWeakness {
    fn numbers(&self) -> impl Iterator<Item = u16> {
        self.description.iter().filter_map(|text| cwe_number(&text.value))
    }
}

/// The number of `CWE-79`.
pub(crate) fn cwe_number(text: &str) -> Option<u16> {
    text.strip_prefix("CWE-")?.parse().ok()
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawMetrics {
    #[serde(default)]
    cvss_metric_v40: Vec<RawMetric>,
    #[serde(default)]
    cvss_metric_v31: Vec<RawMetric>,
    #[serde(default)]
    cvss_metric_v30: Vec<RawMetric>,
    #[serde(default)]
    cvss_metric_v2: Vec<RawMetric>,
}

impl RawMetrics {
    /// The score that most readers compare with: version 3.1, then 3.0, 4.0 and 2; NVD's own before others'.
    fn base_score(&self) -> Option<Cvss> {
        let versions =
            [&self.cvss_metric_v31, &self.cvss_metric_v30, &self.cvss_metric_v40, &self.cvss_metric_v2];
        versions.into_iter().find_map(|metrics| {
            let primary = metrics.iter().find(|metric| metric.kind.as_deref() == Some("Primary"));
            primary.or(metrics.first())?.cvss_data.read()
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawMetric {
    #[serde(rename = "type")]
    kind: Option<String>,
    cvss_data: RawCvss,
}

/// The part of a CVSS object that NVD and CVE records share.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RawCvss {
    vector_string: String,
    base_score: f64,
}

impl RawCvss {
    /// The score, when it is one.
    pub(crate) fn read(&self) -> Option<Cvss> {
        let tenths = self.base_score * 10.0;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked: 0 to 100")]
        let tenths = (0.0..=100.0).contains(&tenths).then(|| tenths.round() as u8)?;
        let score = CvssScore::from_tenths(tenths)?;
        let vector = self.vector_string.trim();
        let plain = vector.len() <= 200 && vector.bytes().all(|byte| byte.is_ascii_graphic());
        plain.then(|| Cvss { score, vector: vector.into() })
    }
}

#[derive(Deserialize)]
struct RawConfiguration {
    operator: Option<String>,
    #[serde(default)]
    negate: bool,
    #[serde(default)]
    nodes: Vec<RawNode>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawNode {
    operator: Option<String>,
    #[serde(default)]
    negate: bool,
    #[serde(default)]
    cpe_match: Vec<RawMatch>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawMatch {
    vulnerable: bool,
    criteria: String,
    version_start_including: Option<String>,
    version_start_excluding: Option<String>,
    version_end_including: Option<String>,
    version_end_excluding: Option<String>,
}

impl RawMatch {
    fn with_name(&self, name: Cpe) -> CpeMatch {
        let bound = |inclusive: &Option<String>, exclusive: &Option<String>| {
            let inclusive = inclusive.as_ref().map(|text| (short(text), true));
            inclusive.or_else(|| exclusive.as_ref().map(|text| (short(text), false)))
        };
        CpeMatch {
            vulnerable: self.vulnerable,
            name,
            from: bound(&self.version_start_including, &self.version_start_excluding),
            to: bound(&self.version_end_including, &self.version_end_excluding),
        }
    }
}

/// No version is longer; a longer text is cut, and then cannot be compared.
fn short(text: &str) -> String {
    text.chars().take(100).collect()
}
