//! One statement against one installed version: OSV's evaluation (ossf.github.io/osv-schema, "Evaluation").

use std::cmp::Ordering;

use super::super::package_order::compare;
use super::{PackageMatch, PackageRange, PackageVerdict, PackageVersion, RangeEnd, Statement};

/// A verdict, with the fix that it rests on.
type Judged<'a> = (PackageVerdict, Option<&'a str>);

impl<'a> Statement<'a> {
    pub(super) fn judge(self, ecosystem: &str, installed: PackageVersion<'_>) -> PackageMatch<'a> {
        let (verdict, fixed_in) = self.verdict(ecosystem, installed);
        PackageMatch {
            id: self.id,
            cves: self.cves,
            aliases: self.aliases,
            verdict,
            fixed_in,
            source: self.source,
            handling: self.handling,
        }
    }

    pub(super) fn verdict(&self, ecosystem: &str, installed: PackageVersion<'_>) -> Judged<'a> {
        if self.undecided {
            return (PackageVerdict::CannotCompare, None);
        }
        let listed =
            self.versions.iter().any(|one| compare(ecosystem, installed, one) == Some(Ordering::Equal));
        let ranges = self.ranges.iter().map(|range| range.verdict(ecosystem, installed));
        let strongest = ranges.min_by_key(|&(verdict, _)| verdict);
        match strongest {
            Some(judged @ (PackageVerdict::Affected | PackageVerdict::NotFixedYet, _)) => judged,
            _ if listed => (PackageVerdict::Affected, None),
            Some((PackageVerdict::Fixed, _)) => {
                (PackageVerdict::Fixed, self.fix_before(ecosystem, installed))
            }
            Some(judged) => judged,
            None if self.versions.is_empty() => (PackageVerdict::CannotCompare, None),
            None => self.not_listed(ecosystem, installed),
        }
    }

    /// A version that no list names: not affected, when it can be told apart from all of them.
    fn not_listed(&self, ecosystem: &str, installed: PackageVersion<'_>) -> Judged<'a> {
        let apart = self.versions.iter().all(|one| compare(ecosystem, installed, one).is_some());
        (if apart { PackageVerdict::NotAffected } else { PackageVerdict::CannotCompare }, None)
    }

    /// The newest fix that the installed version has.
    fn fix_before(&self, ecosystem: &str, installed: PackageVersion<'_>) -> Option<&'a str> {
        let fixes = self.ranges.iter().filter_map(|range| match range.end {
            RangeEnd::Fixed(version) => Some(version),
            _ => None,
        });
        let had = fixes.filter(|fix| compare(ecosystem, installed, fix).is_some_and(Ordering::is_ge));
        had.reduce(|one, two| {
            let newer = compare(ecosystem, PackageVersion::Full(two), one) == Some(Ordering::Greater);
            if newer { two } else { one }
        })
    }
}

impl<'a> PackageRange<'a> {
    fn verdict(&self, ecosystem: &str, installed: PackageVersion<'_>) -> Judged<'a> {
        let order = |bound: &str| compare(ecosystem, installed, bound);
        let begun = self.introduced.map_or(Some(true), |from| order(from).map(Ordering::is_ge));
        let (inside, end) = match self.end {
            RangeEnd::Open => (Some(true), (PackageVerdict::NotFixedYet, None)),
            RangeEnd::Fixed("0") => return (PackageVerdict::NotAffected, None),
            RangeEnd::Fixed(fix) => (order(fix).map(Ordering::is_lt), (PackageVerdict::Affected, Some(fix))),
            RangeEnd::LastAffected(last) => {
                (order(last).map(Ordering::is_le), (PackageVerdict::Affected, None))
            }
        };
        match (begun, inside) {
            (Some(false), _) => (PackageVerdict::NotAffected, None),
            (Some(true), Some(true)) => end,
            (_, Some(false)) if end.1.is_some() => (PackageVerdict::Fixed, end.1),
            (_, Some(false)) => (PackageVerdict::NotAffected, None),
            _ => (PackageVerdict::CannotCompare, end.1),
        }
    }
}
