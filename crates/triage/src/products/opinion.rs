//! What the index says of one product in one version.

use wardround_intel::Index;
use wardround_intel::affected::{Bound, Criterion, Judgement, Range, Versions};
use wardround_intel::index::{Match as Listed, Platform, Qualifiers};
use wardround_intel::names::{CpeName, Distribution, SeenProduct};
use wardround_model::{Grade, Reason};

use crate::known::Match;
use crate::phrases;

/// Findings that every asset with this product has, and what stays open.
#[derive(Default)]
pub(super) struct Opinion {
    pub(super) matches: Vec<Match>,
    pub(super) open: Vec<String>,
}

/// What the index says of a product; nothing of one that the lists have no name for.
pub(super) fn of(index: &Index<'_>, product: &SeenProduct) -> Opinion {
    let Some(cpe) = product.cpe_names().first() else { return Opinion::default() };
    if product.version.is_none() {
        return Opinion::open(hidden(product));
    }
    if product.distribution_build || cpe.product == "linux_kernel" {
        return Opinion::open(mended_elsewhere(product));
    }
    let mut opinion = Opinion::default();
    let mut unclear = 0_usize;
    for listed in index.vulnerabilities_of_product(product) {
        match grade(index, &listed) {
            Some(grade) => opinion.matches.push(matched(product, cpe, &listed, grade)),
            None => unclear += 1,
        }
    }
    if unclear > 0 {
        opinion.open.push(unclear_records(product, unclear));
    }
    opinion
}

impl Opinion {
    fn open(text: String) -> Self {
        Self { matches: Vec::new(), open: vec![text] }
    }
}

/// How sure a listed vulnerability is; `None` when it is too vague to blame anybody for it.
///
/// What depends on something unseen is told only of vulnerabilities that attackers are known to use.
fn grade(index: &Index<'_>, listed: &Listed<'_>) -> Option<Grade> {
    let exploited = index.cve(listed.cve()).is_some_and(|facts| facts.kev.is_some());
    match listed.judgement {
        Judgement::Exact | Judgement::AnyUpdate | Judgement::InRange if !listed.needs_platform() => {
            Some(Grade::ExactVersion)
        }
        Judgement::Exact | Judgement::AnyUpdate | Judgement::InRange if exploited => {
            Some(Grade::NeedsPlatform)
        }
        // A record for all versions is most often one that does not know which.
        Judgement::AllVersions if exploited => Some(Grade::NeedsPlatform),
        _ => None,
    }
}

fn matched(product: &SeenProduct, cpe: &CpeName, listed: &Listed<'_>, grade: Grade) -> Match {
    let range = range(&listed.statement.criterion);
    let mut reasons =
        vec![Reason::new(format!("The published record of {} names {range}", listed.cve()), [])];
    if grade == Grade::NeedsPlatform {
        reasons.push(Reason::new(condition(listed), []));
    }
    if let Some(version) = listed.fixed_in() {
        reasons.push(Reason::new(format!("Version {version} has the fix, by that record"), []));
    }
    Match {
        cve: listed.cve(),
        product: format!("{}:{}", cpe.vendor, cpe.product),
        version: product.version.as_ref().map(ToString::to_string),
        advisory: None,
        grade,
        reasons,
    }
}

/// Versions in words: `versions 7.0 up to 7.2`, `versions before 7.3`, `version 7.2 p2`.
fn range(criterion: &Criterion<'_>) -> String {
    let update = criterion.update.filter(|update| *update != "-").map(|update| format!(" {update}"));
    let update = update.unwrap_or_default();
    match criterion.versions {
        Versions::Any => "no version, so all may be meant".to_owned(),
        Versions::NotApplicable => "a product without versions".to_owned(),
        Versions::Exactly(version) => format!("version {version}{update}"),
        Versions::Pattern(pattern) => format!("versions {pattern}"),
        Versions::Range(Range { from, to }) => {
            let from =
                from.map(
                    |Bound { version, inclusive }| {
                        if inclusive { format!(" from {version}") } else { format!(" after {version}") }
                    },
                );
            let to = to.map(|Bound { version, inclusive }| {
                if inclusive { format!(" up to {version}{update}") } else { format!(" before {version}") }
            });
            format!("versions{}{}", from.unwrap_or_default(), to.unwrap_or_default())
        }
    }
}

fn condition(listed: &Listed<'_>) -> String {
    let platform = listed.statement.platform.as_ref().and_then(platforms);
    let variant = variant(&listed.statement.qualifiers);
    match platform.or(variant) {
        Some(name) => format!("That holds only together with {name}, which was not seen"),
        None => "The record does not say which versions are meant".to_owned(),
    }
}

fn platforms(platform: &Platform<'_>) -> Option<String> {
    let products = platform.choices().into_iter().flatten();
    let mut names: Vec<_> =
        products.map(|one| format!("{} {}", one.vendor, one.product).replace('_', " ")).collect();
    names.sort();
    names.dedup();
    phrases::list(names.into_iter())
}

fn variant(qualifiers: &Qualifiers<'_>) -> Option<String> {
    let Qualifiers { target_sw, target_hw, edition, sw_edition, language, other } = qualifiers;
    let told =
        [target_sw, target_hw, edition, sw_edition, language, other].into_iter().filter_map(|one| *one);
    phrases::list(told.map(str::to_owned))
}

/// A product's name and version, as people write them.
pub(super) fn name(product: &SeenProduct) -> String {
    let cpe = product.cpe_names().first();
    let name = cpe.map_or_else(
        || product.name.to_string(),
        |cpe| phrases::product(&format!("{}:{}", cpe.vendor, cpe.product)),
    );
    match &product.version {
        Some(version) => format!("{name} {version}"),
        None => name,
    }
}

fn hidden(product: &SeenProduct) -> String {
    let name = name(product);
    format!(
        "It shows {name}, but not its version, so the known weaknesses of {name} could not be checked. Whoever runs \
         it can look the version up"
    )
}

fn mended_elsewhere(product: &SeenProduct) -> String {
    let name = name(product);
    let who = product.distribution.map_or("whoever builds it for this device", label);
    format!(
        "It shows {name}, but {who} mends weaknesses without raising this number, so it could not be judged. A list of \
         the installed packages and their full versions would settle it"
    )
}

fn unclear_records(product: &SeenProduct, count: usize) -> String {
    let weaknesses = if count == 1 { "published weakness" } else { "published weaknesses" };
    format!(
        "{count} {weaknesses} of {} may apply or not: the records name a part, a setting or versions that do not \
         show on the network. Whoever runs it can compare them",
        name(product)
    )
}

fn label(distribution: Distribution) -> &'static str {
    match distribution {
        Distribution::Debian => "Debian",
        Distribution::Ubuntu => "Ubuntu",
        Distribution::Raspbian => "Raspberry Pi OS",
        Distribution::RedHat => "Red Hat",
        Distribution::CentOs => "CentOS, Rocky or AlmaLinux",
        Distribution::Fedora => "Fedora",
        Distribution::Suse => "SUSE",
        Distribution::Amazon => "Amazon Linux",
        Distribution::Alpine => "Alpine",
        Distribution::FreeBsd => "FreeBSD",
    }
}
