//! RustSec's advisories: Markdown whose first block is TOML, one a file.
//! Format: <https://github.com/rustsec/advisory-db#advisory-format>. Read as OSV records of `crates.io`.

use std::cmp::Ordering;
use std::io::Read;

use serde::Deserialize;

use super::nvd::fingerprint;
use super::osv::{OsvEnd, OsvPackage, OsvRange, OsvRecord, told_apart};
use super::{FeedError, FeedReport, Input, SkipReason};
use crate::version::{Scheme, compare};

/// The most bytes of an advisory: the largest known has under 20,000.
const MAX: u64 = 1 << 20;

/// Reads one advisory.
///
/// # Errors
/// When the file does not begin with a block of TOML that is an advisory.
pub fn read<R: Read>(input: &mut Input<R>, mut each: impl FnMut(OsvRecord)) -> Result<FeedReport, FeedError> {
    let mut report = FeedReport { records: 1, ..FeedReport::default() };
    let bytes = input.read_whole()?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MAX {
        return Err(FeedError::TooLarge {
            file: input.name().into(),
            part: "the advisory".into(),
            limit: MAX,
        });
    }
    let front = std::str::from_utf8(&bytes).ok().and_then(front_of);
    let front =
        front.ok_or_else(|| input.malformed("the advisory", 1, "it has no block of TOML in UTF-8"))?;
    let raw: Raw =
        toml::from_str(front).map_err(|error| input.malformed("the advisory", 1, error.message()))?;
    raw.read(fingerprint(&bytes), &mut report, &mut each);
    input.finish(&mut report)?;
    Ok(report)
}

/// The block of TOML at the beginning.
pub(super) fn front_of(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches('\u{feff}').trim_start().strip_prefix("```toml")?;
    rest.split_once("\n```").map(|(front, _)| front)
}

#[derive(Deserialize)]
struct Raw {
    advisory: RawAdvisory,
    #[serde(default)]
    versions: RawVersions,
}

#[derive(Deserialize)]
struct RawAdvisory {
    id: String,
    package: String,
    date: String,
    withdrawn: Option<String>,
    informational: Option<String>,
    #[serde(default)]
    aliases: Vec<String>,
}

#[derive(Default, Deserialize)]
struct RawVersions {
    #[serde(default)]
    patched: Vec<String>,
    #[serde(default)]
    unaffected: Vec<String>,
}

impl Raw {
    fn read(self, fingerprint: u64, report: &mut FeedReport, each: &mut impl FnMut(OsvRecord)) {
        let RawAdvisory { id, package, date, withdrawn, informational, aliases } = self.advisory;
        report.saw_day(withdrawn.as_ref().unwrap_or(&date));
        if matches!(informational.as_deref(), Some("unmaintained" | "notice")) {
            return report.skip(SkipReason::NotAVulnerability, &id);
        }
        if withdrawn.is_some() {
            report.skip(SkipReason::Withdrawn, &id);
        }
        let requirements = [self.versions.patched, self.versions.unaffected].concat();
        let Some(ranges) = ranges_outside(&requirements) else {
            return report.skip(SkipReason::Value, &format!("{id}: {requirements:?}"));
        };
        let (cves, aliases) = told_apart(&id, aliases);
        let package =
            OsvPackage { ecosystem: "crates.io".into(), name: package, ranges, versions: Vec::new() };
        let affected = if withdrawn.is_some() { Vec::new() } else { vec![package] };
        let modified = withdrawn.clone().unwrap_or(date);
        let withdrawn = withdrawn.is_some();
        each(OsvRecord { id, modified, fingerprint, withdrawn, cves, aliases, affected });
    }
}

/// Versions that are safe: from one on (inclusive, or just behind it), up to before another.
struct Safe {
    from: Option<(String, bool)>,
    to: Option<String>,
}

/// The versions that none of the requirements covers; `None` when one is not understood.
fn ranges_outside(requirements: &[String]) -> Option<Vec<OsvRange>> {
    let mut safe: Vec<Safe> = requirements.iter().map(|one| read_requirement(one)).collect::<Option<_>>()?;
    for one in &safe {
        let ends = [one.from.as_ref().map(|(version, _)| version), one.to.as_ref()];
        ends.into_iter().flatten().all(|version| Scheme::Semver.reads(version)).then_some(())?;
    }
    safe.sort_by(compare_starts);
    let mut ranges = Vec::new();
    // From where on versions are not yet known to be safe; none: there is no such place any more.
    let mut open = Some(None::<String>);
    for Safe { from, to } in safe {
        let Some(introduced) = open.clone() else { break };
        let begins = from.as_ref().is_some_and(|(from, _)| {
            introduced.as_ref().is_none_or(|at| compare(Scheme::Semver, at, from) == Some(Ordering::Less))
        });
        if begins {
            let end = match from? {
                (version, true) => OsvEnd::Fixed(version),
                (version, false) => OsvEnd::LastAffected(version),
            };
            ranges.push(OsvRange { introduced: introduced.clone(), end });
        }
        let further = |to: &String| {
            introduced.as_ref().is_none_or(|at| compare(Scheme::Semver, at, to) == Some(Ordering::Less))
        };
        open = match to {
            None => None,
            Some(to) if further(&to) => Some(Some(to)),
            Some(_) => Some(introduced),
        };
    }
    ranges.extend(open.map(|introduced| OsvRange { introduced, end: OsvEnd::Open }));
    Some(ranges)
}

fn compare_starts(one: &Safe, two: &Safe) -> Ordering {
    match (&one.from, &two.from) {
        (Some((one, _)), Some((two, _))) => compare(Scheme::Semver, one, two).unwrap_or_else(|| one.cmp(two)),
        (one, two) => one.is_some().cmp(&two.is_some()),
    }
}

/// A requirement of Cargo's: `>= 1.2.3, < 2.0.0`, `^1.2`, `= 1.0.0`.
fn read_requirement(text: &str) -> Option<Safe> {
    let mut safe = Safe { from: None, to: None };
    for part in text.split(',').map(str::trim) {
        let end = part.find(|letter: char| letter.is_ascii_digit())?;
        let (mark, version) = part.split_at_checked(end)?;
        let full = padded(version.trim());
        match mark.trim() {
            ">=" => safe.from = Some((full, true)),
            ">" => safe.from = Some((full, false)),
            "<" => safe.to = Some(full),
            // The first version behind it: no release stands between the two.
            "<=" => safe.to = Some(behind(&full)?),
            "^" | "" => {
                safe.to = Some(next_breaking(version.trim(), false)?);
                safe.from = Some((full, true));
            }
            "~" => {
                safe.to = Some(next_breaking(version.trim(), true)?);
                safe.from = Some((full, true));
            }
            "=" => {
                safe.to = Some(behind(&full)?);
                safe.from = Some((full, true));
            }
            _ => return None,
        }
    }
    Some(safe)
}

/// `1.2` as `1.2.0`.
fn padded(version: &str) -> String {
    let dots = version.split(['-', '+']).next().unwrap_or(version).matches('.').count();
    match dots {
        0 => format!("{version}.0.0"),
        1 => format!("{version}.0"),
        _ => version.to_owned(),
    }
}

/// The numbers of a release.
fn numbers(version: &str) -> Option<Vec<u64>> {
    version.split(['-', '+']).next()?.split('.').map(|number| number.parse().ok()).collect()
}

/// The first release behind a version: `1.2.3` gives `1.2.4-0`, and `1.2.3-rc.1` its next pre-release.
fn behind(version: &str) -> Option<String> {
    if version.contains('-') {
        return Some(format!("{version}.0"));
    }
    match numbers(version)?.as_slice() {
        &[major, minor, patch] => Some(format!("{major}.{minor}.{}-0", patch.checked_add(1)?)),
        _ => None,
    }
}

/// Where Cargo's `^` (or `~`) ends.
fn next_breaking(version: &str, tilde: bool) -> Option<String> {
    let numbers = numbers(version)?;
    let at = |place: usize| numbers.get(place).copied();
    let (major, minor) = (at(0)?, at(1).unwrap_or_default());
    let next = |number: u64| number.checked_add(1);
    Some(match (tilde, major, minor) {
        (true, ..) if numbers.len() == 1 => format!("{}.0.0", next(major)?),
        (true, ..) => format!("{major}.{}.0", next(minor)?),
        (false, 0, 0) if numbers.len() > 2 => format!("0.0.{}", next(at(2)?)?),
        (false, 0, _) if numbers.len() > 1 => format!("0.{}.0", next(minor)?),
        _ => format!("{}.0.0", next(major)?),
    })
}
