//! What the published records say of one product in one version.

use std::sync::Arc;

use compact_str::{CompactString, format_compact};
use wardround_intel::Index;
use wardround_intel::affected::{Bound, Criterion, Judgement, Range, Versions};
use wardround_intel::index::{Answers, Match as Listed, Platform, ProductName, Qualifiers};
use wardround_model::{CveId, Grade};

use super::{Product, platform};
use crate::known::{Match, Says};
use crate::opinion::{Open, Opinion};
use crate::phrases;
use crate::system::System;

/// What the records say of a product that shows its version and is built by its makers.
pub(super) fn of(index: &Index<'_>, product: &Product, system: Option<&System>) -> Opinion {
    let said = said(index, product, system, &answers(index, product, None));
    let open = unclear_records(product, said.unclear).into_iter().collect();
    let Said { matches, considered, of_system, .. } = said;
    Opinion { matches, open, considered, of_system, ..Opinion::default() }
}

/// The opinion with what the records of these CVEs, in ascending order, say now. It equals [`of`] where nothing but facts
/// about the CVEs changed: what is stated of the product did not.
pub(super) fn again(
    index: &Index<'_>,
    product: &Product,
    system: Option<&System>,
    known: &Opinion,
    cves: &[CveId],
) -> Opinion {
    let said = said(index, product, system, &answers(index, product, Some(cves)));
    let is_same = |cve: &CveId| cves.binary_search(cve).is_err();
    let mut matches: Vec<_> = known.matches.iter().filter(|found| is_same(&found.cve)).cloned().collect();
    matches.extend(said.matches);
    matches.sort_by_key(|found| found.cve);
    let about = about_records(product);
    let (records, others): (Vec<_>, Vec<_>) = known.open.iter().partition(|open| open.about == about);
    let unclear = records.iter().flat_map(|open| &open.cves).copied().filter(is_same);
    let open = unclear_records(product, unclear.chain(said.unclear).collect());
    let open = open.into_iter().chain(others.into_iter().cloned()).collect();
    Opinion {
        matches,
        open,
        weak: known.weak.clone(),
        considered: known.considered.clone(),
        of_system: known.of_system,
        not_listed_in: known.not_listed_in.clone(),
    }
}

/// What records say, apart.
struct Said {
    matches: Vec<Arc<Match>>,
    unclear: Vec<CveId>,
    considered: Vec<CveId>,
    of_system: bool,
}

/// How all matches of one product name it.
struct Named {
    product: Arc<str>,
    version: Option<Arc<str>>,
}

fn said(index: &Index<'_>, product: &Product, system: Option<&System>, answers: &Answers<'_>) -> Said {
    let (mut matches, mut unclear) = (Vec::new(), Vec::new());
    let named = Named { product: product.code().into(), version: product.version.as_deref().map(Arc::from) };
    let listed = answers.strongest.as_slice();
    for found in listed {
        match best(index, product, system, found, &answers.holding) {
            Verdict::Has(found, grade) => matches.push(matched(index, &named, found, grade).into()),
            Verdict::Unclear => unclear.push(found.cve()),
            Verdict::Elsewhere => {}
        }
    }
    let considered = listed.iter().map(Listed::cve).collect();
    Said { matches, unclear, considered, of_system: listed.iter().any(Listed::needs_platform) }
}

/// How a record stands to a product on its system.
enum Verdict<'b, 'a> {
    Has(&'b Listed<'a>, Grade),
    /// Too vague to blame anybody for it.
    Unclear,
    /// It asks for another system than the one that is there.
    Elsewhere,
}

/// What the index says under all names of the product, of these CVEs, or all. What is said of all versions is kept to the
/// strongest answers, which take back doubtful ones.
fn answers<'a>(index: &Index<'a>, product: &Product, among: Option<&[CveId]>) -> Answers<'a> {
    let names = product.names.iter();
    let names =
        names.map(|name| ProductName { vendor: &name.vendor, product: &name.product, part: name.part });
    index.answers_of(names, &product.seen, among)
}

/// The verdict by the statement that says most on this system.
fn best<'b, 'a>(
    index: &Index<'_>,
    product: &Product,
    system: Option<&System>,
    found: &'b Listed<'a>,
    statements: &'b [Listed<'a>],
) -> Verdict<'b, 'a> {
    let exploited = || index.cve(found.cve()).is_some_and(|facts| facts.kev.is_some());
    let of = |one: &'b Listed<'a>| {
        verdict(one, platform::holds(index, &one.statement, product, system), exploited)
    };
    let own = of(found);
    if !found.needs_platform() || matches!(own, Verdict::Has(_, Grade::ExactVersion)) {
        return own;
    }
    let from = statements.partition_point(|one| one.cve() < found.cve());
    let others = statements.iter().skip(from).take_while(|one| one.cve() == found.cve());
    others.map(of).fold(own, |best, next| if rank(&next) < rank(&best) { next } else { best })
}

fn rank(verdict: &Verdict<'_, '_>) -> (u8, Grade) {
    match verdict {
        Verdict::Has(_, grade) => (0, *grade),
        Verdict::Unclear => (1, Grade::MakerOnly),
        Verdict::Elsewhere => (2, Grade::MakerOnly),
    }
}

/// What depends on something unseen is told only of vulnerabilities that attackers are known to use.
fn verdict<'b, 'a>(
    listed: &'b Listed<'a>,
    platform: Option<bool>,
    exploited: impl Fn() -> bool,
) -> Verdict<'b, 'a> {
    if platform == Some(false) {
        return Verdict::Elsewhere;
    }
    match listed.judgement {
        Judgement::Exact | Judgement::AnyUpdate | Judgement::InRange if platform == Some(true) => {
            Verdict::Has(listed, Grade::ExactVersion)
        }
        Judgement::Exact | Judgement::AnyUpdate | Judgement::InRange if exploited() => {
            Verdict::Has(listed, Grade::NeedsPlatform)
        }
        // A record for all versions is most often one that does not know which.
        Judgement::AllVersions if exploited() => Verdict::Has(listed, Grade::NeedsPlatform),
        _ => Verdict::Unclear,
    }
}

fn matched(index: &Index<'_>, named: &Named, listed: &Listed<'_>, grade: Grade) -> Match {
    let says = Says::Record {
        versions: range(&listed.statement.criterion),
        condition: (grade == Grade::NeedsPlatform).then(|| condition(index, listed).into()),
        fixed_in: listed.fixed_in().map(CompactString::from),
    };
    let (product, version) = (Arc::clone(&named.product), named.version.clone());
    Match { cve: listed.cve(), product, version, advisory: None, grade, says }
}

/// Versions in words: `versions 7.0 up to 7.2`, `versions before 7.3`, `version 7.2 p2`.
fn range(criterion: &Criterion<'_>) -> CompactString {
    let update = criterion.update.filter(|update| *update != "-").map(|update| format_compact!(" {update}"));
    let update = update.unwrap_or_default();
    match criterion.versions {
        Versions::Any => CompactString::const_new("no version, so all may be meant"),
        Versions::NotApplicable => CompactString::const_new("a product without versions"),
        Versions::Exactly(version) => format_compact!("version {version}{update}"),
        Versions::Pattern(pattern) => format_compact!("versions {pattern}"),
        Versions::Range(Range { from, to }) => {
            let from = from.map(|Bound { version, inclusive }| {
                if inclusive {
                    format_compact!(" from {version}")
                } else {
                    format_compact!(" after {version}")
                }
            });
            let to = to.map(|Bound { version, inclusive }| {
                if inclusive {
                    format_compact!(" up to {version}{update}")
                } else {
                    format_compact!(" before {version}")
                }
            });
            format_compact!("versions{}{}", from.unwrap_or_default(), to.unwrap_or_default())
        }
    }
}

fn condition(index: &Index<'_>, listed: &Listed<'_>) -> String {
    let platform = listed.statement.platform.and_then(|platform| platforms(index, platform));
    let variant = variant(&listed.statement.qualifiers);
    match platform.or(variant) {
        Some(name) => format!("That holds only together with {name}, which was not seen"),
        None => "The record does not say which versions are meant".to_owned(),
    }
}

fn platforms(index: &Index<'_>, platform: Platform) -> Option<String> {
    let products = index.choices(platform).into_iter().flatten();
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

fn about_records(product: &Product) -> String {
    format!("records:{}", product.name())
}

/// The question about records that are too vague, if there are any.
fn unclear_records(product: &Product, cves: Vec<CveId>) -> Option<Open> {
    let name = product.name();
    let weaknesses = match cves.len() {
        0 => return None,
        1 => "published weakness",
        _ => "published weaknesses",
    };
    let text = format!(
        "{} {weaknesses} of {name} may apply or not: the records name a part, a setting or versions that do not \
         show on the network. Whoever runs it can compare them",
        cves.len()
    );
    let question = format!("Do the published weaknesses of {name} apply to the way it is set up here?");
    Some(Open::to_owner(about_records(product), text, question).of(Grade::NeedsPlatform, cves))
}
