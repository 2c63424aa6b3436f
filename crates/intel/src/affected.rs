//! Which versions a statement is about, and whether a version that was seen is one of them.
//!
//! The answer has an honest middle: what cannot be compared is `Unknown`, never a guess.

#[cfg(test)]
mod tests;

use std::cmp::Ordering;

use compact_str::{CompactString, format_compact};

use crate::cpe::Attribute;
use crate::version::{Extension, Version};

/// The versions that a statement is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Versions<'a> {
    /// All of them (CPE `*` without a range).
    Any,
    /// Those of a product whose versions have no names (CPE `-`).
    NotApplicable,
    /// One version.
    Exactly(&'a str),
    /// The versions that a CPE value with wildcards covers, as a formatted string: `7.4.*`.
    Pattern(&'a str),
    /// All between two bounds.
    Range(Range<'a>),
}

/// A range of versions; without a bound it is open on that side.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Range<'a> {
    /// The oldest.
    pub from: Option<Bound<'a>>,
    /// The newest; when not inclusive, the first version that has the fix.
    pub to: Option<Bound<'a>>,
}

/// One end of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bound<'a> {
    /// The version.
    pub version: &'a str,
    /// Does the range hold this version too?
    pub inclusive: bool,
}

/// What a statement says of versions: which, and which of their updates (`None`: all, `-`: the one without a name).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Criterion<'a> {
    /// The versions.
    pub versions: Versions<'a>,
    /// The update, as CPE has it apart from the version.
    pub update: Option<&'a str>,
}

impl<'a> Criterion<'a> {
    /// The first version that has the fix, when a range says one.
    #[must_use]
    pub fn fixed_in(&self) -> Option<&'a str> {
        match self.versions {
            Versions::Range(Range { to: Some(Bound { version, inclusive: false }), .. }) => Some(version),
            _ => None,
        }
    }
}

/// How a seen version stands to a criterion. The first is the strongest reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Judgement {
    /// It is the version named.
    Exact,
    /// It is an update of the version named, and all updates are meant.
    AnyUpdate,
    /// It lies in the range.
    InRange,
    /// All versions are meant.
    AllVersions,
    /// It cannot be said: no version seen, or one that cannot be compared.
    Unknown,
    /// It is none of them.
    NotAffected,
}

/// A version that was seen, made ready for many comparisons.
#[derive(Clone, Debug)]
pub struct SeenVersion {
    /// Version and update together: `7.2p2`.
    text: Option<CompactString>,
    parsed: Option<Version>,
    update: Option<CompactString>,
    portable: bool,
}

impl SeenVersion {
    /// The version and update that were seen. An update is given either way: `7.2p2`, or `7.2` and `p2`.
    #[must_use]
    pub fn new(version: Option<&str>, update: Option<&str>) -> Self {
        let version = version.map(str::trim).filter(|text| !text.is_empty());
        let update = update.map(str::trim).filter(|text| !text.is_empty());
        let text = version.map(|version| one_spelling(join(version, update)));
        let parsed = text.as_deref().and_then(Version::read);
        Self { text, parsed, update: update.map(CompactString::from), portable: false }
    }

    /// The same of a product whose first patch level is the release itself (OpenSSH's portable `7.3p1` is `7.3`).
    #[must_use]
    pub fn portable(mut self) -> Self {
        self.portable = true;
        self
    }

    /// How this version stands to a criterion.
    #[must_use]
    pub fn judge(&self, criterion: &Criterion<'_>) -> Judgement {
        match criterion.versions {
            Versions::Any => self.judge_update(criterion.update),
            Versions::NotApplicable => self.judge_not_applicable(),
            Versions::Exactly(version) => self.judge_exactly(version, criterion.update),
            Versions::Pattern(pattern) => self.judge_pattern(pattern),
            Versions::Range(range) => self.judge_range(&range, criterion.update),
        }
    }

    /// How this version stands to a text that names versions in no known way: the same words, or one item of a list of
    /// names, are that version; nothing else can be said.
    #[must_use]
    pub fn judge_text(&self, text: &str) -> Judgement {
        let plain = |text: &str| text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>();
        let Some(seen) = self.text.as_deref().map(plain).filter(|words| !words.is_empty()) else {
            return Judgement::Unknown;
        };
        let list = !text.contains(['<', '>', '=', '(']);
        let items = text.split('|').filter(|_| list).chain([text]);
        if items.into_iter().any(|item| plain(item) == seen) { Judgement::Exact } else { Judgement::Unknown }
    }

    fn judge_update(&self, update: Option<&str>) -> Judgement {
        match (update, self.update.as_deref()) {
            (None, _) => Judgement::AllVersions,
            (Some(wanted), Some(seen)) if wanted.eq_ignore_ascii_case(seen) => Judgement::AllVersions,
            (Some(_), Some(_)) => Judgement::NotAffected,
            (Some(_), None) => Judgement::Unknown,
        }
    }

    fn judge_not_applicable(&self) -> Judgement {
        match self.text.as_deref() {
            None => Judgement::Unknown,
            Some("-") => Judgement::AllVersions,
            Some(_) => Judgement::NotAffected,
        }
    }

    fn judge_exactly(&self, version: &str, update: Option<&str>) -> Judgement {
        let Some(text) = &self.text else { return Judgement::Unknown };
        let wanted = join(version, update);
        if wanted.eq_ignore_ascii_case(text) {
            return Judgement::Exact;
        }
        if let Some(order) = self.compare_plain(&wanted) {
            return if order == Ordering::Equal { Judgement::Exact } else { Judgement::NotAffected };
        }
        let (Some(seen), Some(wanted)) = (&self.parsed, Version::read(&wanted)) else {
            return Judgement::Unknown;
        };
        match seen.compare(&wanted) {
            Some(Ordering::Equal) => Judgement::Exact,
            _ if update.is_none() && seen.extends(&wanted).is_some() => Judgement::AnyUpdate,
            // The update that was meant may be there without being told.
            _ if wanted.extends(seen).is_some() && self.update.is_none() && update.is_some() => {
                Judgement::Unknown
            }
            Some(_) => Judgement::NotAffected,
            None => Judgement::Unknown,
        }
    }

    /// Versions of numbers alone are no updates of one another, so their order says all.
    fn compare_plain(&self, wanted: &str) -> Option<Ordering> {
        self.parsed.as_ref()?.compare_plain(wanted)
    }

    fn judge_pattern(&self, pattern: &str) -> Judgement {
        let Some(text) = &self.text else { return Judgement::Unknown };
        match Attribute::read(pattern) {
            Ok(Attribute::Value(value)) if value.covers(&text.to_ascii_lowercase()) => Judgement::Exact,
            Ok(_) => Judgement::NotAffected,
            Err(_) => Judgement::Unknown,
        }
    }

    fn judge_range(&self, range: &Range<'_>, update: Option<&str>) -> Judgement {
        if self.is_bound(range) && update.is_none() {
            return Judgement::InRange;
        }
        let Some(seen) = &self.parsed else { return Judgement::Unknown };
        let from = range.from.map_or(Some(true), |bound| is_from(seen, &bound));
        let to = range.to.map_or(Some(true), |bound| self.is_up_to(seen, &bound, update));
        match (from, to) {
            (Some(false), _) | (_, Some(false)) => Judgement::NotAffected,
            (Some(true), Some(true)) => Judgement::InRange,
            _ => Judgement::Unknown,
        }
    }

    /// True when this is the very text of an end that is in the range: no order is needed to say so (`up to K`).
    fn is_bound(&self, range: &Range<'_>) -> bool {
        let ends = [range.from, range.to].into_iter().flatten().filter(|bound| bound.inclusive);
        let text = self.text.as_deref().unwrap_or_default();
        ends.into_iter().any(|bound| bound.version.eq_ignore_ascii_case(text))
    }

    /// NVD writes "up to 7.2p2" as "up to 7.2" with the update `p2`.
    fn is_up_to(&self, seen: &Version, bound: &Bound<'_>, update: Option<&str>) -> Option<bool> {
        let update = update.filter(|_| bound.inclusive);
        if let Some(order) = seen.compare_plain(bound.version).filter(|_| update.is_none()) {
            return Some(order == Ordering::Less || order == Ordering::Equal && bound.inclusive);
        }
        let end = Version::read(&join(bound.version, update))?;
        match seen.compare(&end)? {
            Ordering::Less => Some(true),
            Ordering::Equal => Some(bound.inclusive),
            Ordering::Greater if !bound.inclusive => Some(false),
            // "Up to 7.3" of a record that does not tell updates apart: is 7.3p2 meant?
            Ordering::Greater => match seen.extends(&end) {
                None => Some(false),
                Some(Extension::FirstPatch) if self.portable => Some(true),
                Some(_) => None,
            },
        }
    }
}

fn is_from(seen: &Version, bound: &Bound<'_>) -> Option<bool> {
    let order = match seen.compare_plain(bound.version) {
        Some(order) => order,
        None => seen.compare(&Version::read(bound.version)?)?,
    };
    Some(order == Ordering::Greater || order == Ordering::Equal && bound.inclusive)
}

/// `8 Service Pack 2` as `8 sp 2`.
fn one_spelling(text: CompactString) -> CompactString {
    let lower = text.to_ascii_lowercase();
    if lower.contains("service pack") { lower.replace("service pack", "sp").into() } else { text }
}

/// `7.2` and `p2` as `7.2p2`; `8` and `2` as `8 update 2`.
fn join(version: &str, update: Option<&str>) -> CompactString {
    match update.filter(|&update| update != "-") {
        None => CompactString::from(version),
        Some(update) if update.starts_with(|letter: char| letter.is_ascii_digit()) => {
            format_compact!("{version} update {update}")
        }
        Some(update) => format_compact!("{version}{update}"),
    }
}
