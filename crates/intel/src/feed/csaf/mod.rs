//! CSAF 2.0 advisories: which products of which makers have which CVEs.
//! Format: <https://docs.oasis-open.org/csaf/csaf/v2.0/os/csaf-v2.0-os.html>, sections 3.2.2 and 3.2.3. Read: the
//! advisory's id and date, the product tree, product status and the kinds of remediation; no prose.

pub mod faults;
mod range;
#[cfg(test)]
mod tests;
mod tree;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use serde::Deserialize;
use wardround_model::CveId;

pub use range::{Stated, read_versions};
use tree::{Meaning, Products};

pub use tree::Product;

use super::nvd::fingerprint;
use super::{FeedError, FeedReport, Input, SkipReason};

/// One advisory.
#[derive(Clone, Debug)]
pub struct Advisory {
    /// Its id, such as `ICSMA-23-194-01`.
    pub id: String,
    /// When it was last released, as written; orders two versions.
    pub released: String,
    /// A digest of the document as written; orders two versions that were released at the same time.
    pub fingerprint: u64,
    /// Who published it.
    pub publisher: String,
    /// What it says.
    pub statements: Vec<Statement>,
}

/// What an advisory says of one product: these CVEs have this status.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The product, with its versions.
    pub product: Product,
    /// The status.
    pub status: Status,
    /// The kinds of remediation that are told for it.
    pub remedies: Remedies,
    /// The CVEs, sorted.
    pub cves: Vec<CveId>,
}

/// How a product stands to a CVE (CSAF 2.0, 3.2.3.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// It has it.
    Affected,
    /// It has the fix.
    Fixed,
    /// It never had it, or not in a way that can be used.
    NotAffected,
    /// The maker does not know yet.
    UnderInvestigation,
}

/// Kinds of remediation (CSAF 2.0, 3.2.3.12.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Remedies {
    /// The maker has a fix.
    pub vendor_fix: bool,
    /// There is a way to lower the risk.
    pub mitigation: bool,
    /// There is a way around it.
    pub workaround: bool,
    /// There is no fix yet.
    pub none_available: bool,
    /// There will be no fix.
    pub no_fix_planned: bool,
}

/// Reads one advisory.
///
/// # Errors
/// When the file is not a CSAF document in JSON.
pub fn read<R: Read>(input: &mut Input<R>, mut each: impl FnMut(Advisory)) -> Result<FeedReport, FeedError> {
    let mut report = FeedReport { records: 1, ..FeedReport::default() };
    let bytes = input.read_whole()?;
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let raw: Raw =
        serde_json::from_slice(text).map_err(|error| input.json_error("the CSAF document".into(), error))?;
    if raw.document.is_made_up() {
        report.skip(SkipReason::NotReal, &raw.document.tracking.id);
        input.finish(&mut report)?;
        return Ok(report);
    }
    report.saw_day(&raw.document.tracking.current_release_date);
    each(Advisory { fingerprint: fingerprint(text), ..raw.read(&mut report) });
    input.finish(&mut report)?;
    Ok(report)
}

#[derive(Deserialize)]
struct Raw {
    document: RawDocument,
    #[serde(default)]
    product_tree: tree::RawTree,
    #[serde(default)]
    vulnerabilities: Vec<RawVulnerability>,
}

#[derive(Deserialize)]
struct RawDocument {
    #[serde(default)]
    publisher: RawPublisher,
    tracking: RawTracking,
}

#[derive(Default, Deserialize)]
struct RawPublisher {
    #[serde(default)]
    name: String,
    #[serde(default)]
    namespace: String,
}

impl RawDocument {
    /// Drafts, and documents of publishers that do not exist: the standard's own examples (csaf.io) and names that are
    /// reserved for examples (RFC 2606).
    fn is_made_up(&self) -> bool {
        let host = self.publisher.namespace.split("://").last().unwrap_or_default();
        let host = host.split(['/', ':']).next().unwrap_or_default();
        let labels: Vec<&str> = host.rsplit('.').take(2).collect();
        let example = matches!(
            labels.as_slice(),
            ["example", ..] | ["io", "csaf"] | ["com" | "net" | "org", "example"]
        );
        example || self.tracking.status == "draft"
    }
}

#[derive(Deserialize)]
struct RawTracking {
    id: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    current_release_date: String,
}

#[derive(Deserialize)]
struct RawVulnerability {
    cve: Option<String>,
    #[serde(default)]
    product_status: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    remediations: Vec<RawRemediation>,
}

#[derive(Deserialize)]
struct RawRemediation {
    #[serde(default)]
    category: String,
    #[serde(default)]
    product_ids: Vec<String>,
    #[serde(default)]
    group_ids: Vec<String>,
}

fn status_called(name: &str) -> Option<Status> {
    match name {
        "known_affected" | "first_affected" | "last_affected" => Some(Status::Affected),
        "fixed" | "first_fixed" => Some(Status::Fixed),
        "known_not_affected" => Some(Status::NotAffected),
        "under_investigation" => Some(Status::UnderInvestigation),
        _ => None,
    }
}

impl Remedies {
    fn join(&mut self, more: Self) {
        self.vendor_fix |= more.vendor_fix;
        self.mitigation |= more.mitigation;
        self.workaround |= more.workaround;
        self.none_available |= more.none_available;
        self.no_fix_planned |= more.no_fix_planned;
    }

    fn add(&mut self, category: &str) {
        match category {
            "vendor_fix" => self.vendor_fix = true,
            "mitigation" => self.mitigation = true,
            "workaround" => self.workaround = true,
            "none_available" => self.none_available = true,
            "no_fix_planned" => self.no_fix_planned = true,
            _ => {}
        }
    }
}

/// Statements by product and status.
type Statements = BTreeMap<(Product, Status), (Remedies, Vec<CveId>)>;

/// More statements than any honest advisory makes.
const MAX_STATEMENTS: usize = 100_000;

impl Raw {
    fn read(&self, report: &mut FeedReport) -> Advisory {
        let products = self.product_tree.products();
        let mut statements = Statements::new();
        for vulnerability in &self.vulnerabilities {
            vulnerability.add_to(&mut statements, &products, report);
        }
        leave_out_contradictions(&mut statements, report);
        let tracking = &self.document.tracking;
        Advisory {
            id: tree::tidy(&tracking.id),
            released: tracking.current_release_date.chars().take(40).collect(),
            fingerprint: 0,
            publisher: tree::tidy(&self.document.publisher.name),
            statements: statements.into_iter().map(Statement::from_entry).collect(),
        }
    }
}

impl Statement {
    fn from_entry(
        ((product, status), (remedies, mut cves)): ((Product, Status), (Remedies, Vec<CveId>)),
    ) -> Self {
        cves.sort_unstable();
        cves.dedup();
        Self { product, status, remedies, cves }
    }
}

impl RawVulnerability {
    fn add_to(&self, statements: &mut Statements, products: &Products<'_>, report: &mut FeedReport) {
        let id = self.cve.as_deref().unwrap_or_default();
        let Ok(cve) = id.parse::<CveId>() else { return report.skip(SkipReason::CveId, id) };
        let told = Told::by(&self.remediations);
        let named = self.product_status.iter().filter_map(|(name, ids)| Some((status_called(name)?, ids)));
        for (status, product_id) in named.flat_map(|(status, ids)| ids.iter().map(move |id| (status, id))) {
            let product = match products.meaning(product_id) {
                Meaning::Product(product) => product,
                Meaning::Nothing => {
                    report.skip(SkipReason::Malformed, &format!("{id}: no product {product_id}"));
                    continue;
                }
                Meaning::Doubtful => {
                    report.skip(SkipReason::Contradiction, &format!("{id}: two products {product_id}"));
                    continue;
                }
            };
            if statements.len() >= MAX_STATEMENTS {
                return report.skip(SkipReason::TooLarge, id);
            }
            let (remedies, cves) = statements.entry((product.clone(), status)).or_default();
            remedies.join(told.of(product_id, products));
            cves.push(cve);
        }
    }
}

/// What is told to do, by product and by group: each remediation is read once, however many products there are.
#[derive(Default)]
struct Told<'r> {
    products: BTreeMap<&'r str, Remedies>,
    groups: BTreeMap<&'r str, Remedies>,
}

impl<'r> Told<'r> {
    fn by(remediations: &'r [RawRemediation]) -> Self {
        let mut told = Self::default();
        for one in remediations {
            one.product_ids.iter().for_each(|id| told.products.entry(id).or_default().add(&one.category));
            one.group_ids.iter().for_each(|id| told.groups.entry(id).or_default().add(&one.category));
        }
        told
    }

    fn of(&self, id: &str, products: &Products<'_>) -> Remedies {
        let mut remedies = self.products.get(id).copied().unwrap_or_default();
        let Some(groups) = products.groups_of(id) else { return remedies };
        // The shorter way round: a document may have many of either.
        if groups.len() < self.groups.len() {
            groups.iter().filter_map(|group| self.groups.get(group)).for_each(|&more| remedies.join(more));
        } else {
            let own = self.groups.iter().filter(|(group, _)| groups.contains(*group));
            own.for_each(|(_, &more)| remedies.join(more));
        }
        remedies
    }
}

/// Leaves out every CVE that a product has with two statuses (6.1.6): nobody can say which is meant.
fn leave_out_contradictions(statements: &mut Statements, report: &mut FeedReport) {
    let mut known: BTreeMap<(&Product, CveId), Status> = BTreeMap::new();
    let mut contradicted: BTreeSet<(Product, CveId)> = BTreeSet::new();
    for ((product, status), (_, cves)) in statements.iter() {
        for &cve in cves {
            if *known.entry((product, cve)).or_insert(*status) != *status {
                contradicted.insert((product.clone(), cve));
            }
        }
    }
    for (_, cve) in &contradicted {
        report.skip(SkipReason::Contradiction, &cve.to_string());
    }
    if !contradicted.is_empty() {
        statements.retain(|(product, _), (_, cves)| {
            cves.retain(|&cve| !contradicted.contains(&(product.clone(), cve)));
            !cves.is_empty()
        });
    }
}
