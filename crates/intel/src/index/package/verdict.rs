//! What a distribution says of one CVE in its own package, all its statements taken together.

use wardround_model::CveId;

use super::super::Index;
use super::{Handling, PackageSource, PackageVerdict, PackageVersion, Statement};

/// What a distribution says of a CVE in a package of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DistributionVerdict<'a> {
    /// How the installed version stands to it.
    pub verdict: PackageVerdict,
    /// The version that has the fix, when one is named.
    pub fixed_in: Option<&'a str>,
    /// The record that says so.
    pub id: &'a str,
    /// Who says so.
    pub source: PackageSource,
    /// What the distribution plans, when it has not fixed it.
    pub handling: Handling,
}

impl<'a> Index<'a> {
    /// What the distribution of this release (`Debian:12`) says of a CVE in its source package; `None` when it says
    /// nothing, and then the upstream version is all that is known.
    ///
    /// The tracker decides; where it is silent or says "open", a changelog that names the CVE shows the fix; else
    /// advisories count, and of several the one that still blames the version.
    #[must_use]
    pub fn distribution_verdict(
        &self,
        release: &str,
        source_package: &str,
        installed: PackageVersion<'_>,
        cve: CveId,
    ) -> Option<DistributionVerdict<'a>> {
        let statements = self.package_statements(release, source_package);
        let about: Vec<DistributionVerdict<'a>> = statements
            .iter()
            .filter(|one| one.cves.contains(&cve))
            .map(|one| one.of_distribution(release, installed))
            .collect();
        let of = |source: PackageSource| {
            about.iter().filter(move |one| one.source == source).min_by_key(|one| one.verdict)
        };
        let changelog = about
            .iter()
            .find(|one| one.source == PackageSource::Changelog && one.verdict == PackageVerdict::Fixed);
        let (tracker, advisory) = (of(PackageSource::Tracker), of(PackageSource::Advisory));
        let decided = tracker.filter(|one| {
            !matches!(one.verdict, PackageVerdict::NotFixedYet | PackageVerdict::CannotCompare)
        });
        let undecided = tracker.or(of(PackageSource::Changelog));
        decided.or(changelog).or(advisory).or(undecided).copied()
    }
}

impl<'a> Statement<'a> {
    fn of_distribution(&self, release: &str, installed: PackageVersion<'_>) -> DistributionVerdict<'a> {
        let (verdict, fixed_in) = self.verdict(release, installed);
        DistributionVerdict { verdict, fixed_in, id: self.id, source: self.source, handling: self.handling }
    }
}
