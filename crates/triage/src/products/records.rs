//! What the published records say of one product in one version.

use std::collections::BTreeMap;

use wardround_intel::Index;
use wardround_intel::affected::{Bound, Criterion, Judgement, Range, Versions};
use wardround_intel::index::{Applicability, Match as Listed, Platform, Qualifiers};
use wardround_model::{CveId, Grade, Reason};

use super::{Product, platform};
use crate::known::Match;
use crate::opinion::{Open, Opinion};
use crate::phrases;
use crate::system::System;

/// What the records say of a product that shows its version and is built by its makers.
pub(super) fn of(index: &Index<'_>, product: &Product, system: Option<&System>) -> Opinion {
    let mut opinion = Opinion::default();
    let mut unclear = Vec::new();
    let listed = listed(index, product);
    opinion.of_system = listed.iter().any(Listed::needs_platform);
    let statements = statements(index, product, &listed);
    for found in &listed {
        opinion.considered.push(found.cve());
        match best(index, product, system, found, &statements) {
            Verdict::Has(found, grade) => opinion.matches.push(matched(product, &found, grade)),
            Verdict::Unclear => unclear.push(found.cve()),
            Verdict::Elsewhere => {}
        }
    }
    opinion.considered.sort_unstable();
    if !unclear.is_empty() {
        opinion.open.push(unclear_records(product, unclear));
    }
    opinion
}

/// How a record stands to a product on its system.
enum Verdict<'a> {
    Has(Box<Listed<'a>>, Grade),
    /// Too vague to blame anybody for it.
    Unclear,
    /// It asks for another system than the one that is there.
    Elsewhere,
}

/// One answer a CVE, over all names of the product.
fn listed<'a>(index: &Index<'a>, product: &Product) -> Vec<Listed<'a>> {
    let mut strongest: BTreeMap<CveId, Listed<'a>> = BTreeMap::new();
    for name in &product.names {
        for found in index.vulnerabilities_of(Some(name.part), &name.vendor, &name.product, &product.seen) {
            let known = strongest.entry(found.cve()).or_insert(found);
            if found.is_stronger_than(known) {
                *known = found;
            }
        }
    }
    strongest.into_values().collect()
}

/// Every statement of the records whose strongest one needs a platform: another one may be the fitting one.
fn statements<'a>(
    index: &Index<'a>,
    product: &Product,
    listed: &[Listed<'a>],
) -> BTreeMap<CveId, Vec<Applicability<'a>>> {
    let mut statements: BTreeMap<CveId, Vec<Applicability<'a>>> = BTreeMap::new();
    // By CVE, since that is the order of `listed`.
    let open: Vec<CveId> = listed.iter().filter(|one| one.needs_platform()).map(Listed::cve).collect();
    if !open.is_empty() {
        let names = product.names.iter();
        let rows =
            names.flat_map(|name| index.product_rows_of(Some(name.part), &name.vendor, &name.product, &open));
        rows.for_each(|row| statements.entry(row.cve).or_default().push(row));
    }
    statements
}

/// The verdict by the statement that says most on this system.
fn best<'a>(
    index: &Index<'_>,
    product: &Product,
    system: Option<&System>,
    found: &Listed<'a>,
    statements: &BTreeMap<CveId, Vec<Applicability<'a>>>,
) -> Verdict<'a> {
    let exploited = index.cve(found.cve()).is_some_and(|facts| facts.kev.is_some());
    let own = verdict(found, holds(product, system, &found.statement), exploited);
    if !found.needs_platform() || matches!(own, Verdict::Has(_, Grade::ExactVersion)) {
        return own;
    }
    let others = statements.get(&found.cve()).into_iter().flatten();
    let judged = others.filter_map(|statement| {
        let judgement = product.seen.judge(&statement.criterion);
        // What is said of all versions is kept to the index's own answer, which takes back doubtful ones.
        let told = judgement <= Judgement::InRange;
        told.then_some(Listed { statement: *statement, judgement })
    });
    let verdicts = judged.map(|one| verdict(&one, holds(product, system, &one.statement), exploited));
    verdicts.fold(own, |best, next| if rank(&next) < rank(&best) { next } else { best })
}

fn holds(product: &Product, system: Option<&System>, statement: &Applicability<'_>) -> Option<bool> {
    platform::holds(statement, product, system)
}

fn rank(verdict: &Verdict<'_>) -> (u8, Grade) {
    match verdict {
        Verdict::Has(_, grade) => (0, *grade),
        Verdict::Unclear => (1, Grade::MakerOnly),
        Verdict::Elsewhere => (2, Grade::MakerOnly),
    }
}

/// What depends on something unseen is told only of vulnerabilities that attackers are known to use.
fn verdict<'a>(listed: &Listed<'a>, platform: Option<bool>, exploited: bool) -> Verdict<'a> {
    if platform == Some(false) {
        return Verdict::Elsewhere;
    }
    match listed.judgement {
        Judgement::Exact | Judgement::AnyUpdate | Judgement::InRange if platform == Some(true) => {
            Verdict::Has(Box::new(*listed), Grade::ExactVersion)
        }
        Judgement::Exact | Judgement::AnyUpdate | Judgement::InRange if exploited => {
            Verdict::Has(Box::new(*listed), Grade::NeedsPlatform)
        }
        // A record for all versions is most often one that does not know which.
        Judgement::AllVersions if exploited => Verdict::Has(Box::new(*listed), Grade::NeedsPlatform),
        _ => Verdict::Unclear,
    }
}

fn matched(product: &Product, listed: &Listed<'_>, grade: Grade) -> Match {
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
        product: product.code(),
        version: product.version.clone(),
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

fn unclear_records(product: &Product, cves: Vec<CveId>) -> Open {
    let name = product.name();
    let count = cves.len();
    let weaknesses = if count == 1 { "published weakness" } else { "published weaknesses" };
    let text = format!(
        "{count} {weaknesses} of {name} may apply or not: the records name a part, a setting or versions that do not \
         show on the network. Whoever runs it can compare them"
    );
    let question = format!("Do the published weaknesses of {name} apply to the way it is set up here?");
    Open::to_owner(format!("records:{name}"), text, question).of(Grade::NeedsPlatform, cves)
}
