//! Windows by its build: which published weaknesses its installed build still has.
//!
//! The records name, for each release of Windows, the build that has the fix, so a build with its last number can be held
//! against them. Hundreds of weaknesses are mended by one update, so they become one finding; those that attackers are
//! known to use are told one by one. Not here: updates by their KB numbers, which the records do not have.

use std::cmp::Ordering;

use wardround_intel::Index;
use wardround_intel::affected::{Judgement, SeenVersion};
use wardround_intel::index::Match as Listed;
use wardround_intel::names::WindowsRelease;
use wardround_intel::version::{Scheme, compare};
use wardround_model::{Asset, FactKind, Grade, Reason, Timestamp, Unjudged, WeakSetting};

use crate::known::{self, Match, Says};
use crate::opinion::{Open, Opinion, Weak};
use crate::scene::Scene;
use crate::support;
use crate::system::{Family, System};

/// What the question about a build is about.
const BUILD: &str = "windows-build";
const WHICH_BUILD: &str = "Which full build does it run, as the command winver shows it?";

/// What the index says of a system.
pub(crate) fn opinion(index: &Index<'_>, system: &System, as_of: Timestamp) -> Opinion {
    let mut opinion = Opinion::default();
    if let Some(release) = &system.windows {
        match system.version.as_deref().filter(|version| is_whole(version)) {
            Some(build) => of_build(index, release, build, &mut opinion),
            None => of_any_build(index, system, release, &mut opinion),
        }
    } else if system.family == Some(Family::Windows) {
        opinion.open.push(which_build(system));
    }
    support::of_system(index, system, as_of, &mut opinion);
    opinion
}

/// The question that a version in the NTLM challenge leaves ([MS-NLMP] 2.2.2.10): it never tells updates. `None` where the
/// build is known otherwise.
pub(crate) fn of_ntlm(scene: &Scene<'_>, asset: &Asset) -> Option<Unjudged> {
    let seen = scene.facts_of(asset.id, FactKind::NtlmOsVersion).next()?;
    if scene.facts_of(asset.id, FactKind::OperatingSystemVersion).any(|told| is_whole(told.value())) {
        return None;
    }
    let text = format!(
        "It gives its Windows version as {} (Samba servers give one too). Installed updates do not show on the \
         network, so its known weaknesses could not be checked. A list of installed updates would settle it",
        seen.value()
    );
    let open = Open::to_owner(BUILD, text, WHICH_BUILD);
    Some(known::open(asset, &open, [seen.ground()]))
}

/// `10.0.19045.4651`: with the last number, which every update raises.
fn is_whole(version: &str) -> bool {
    version.split('.').filter(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit())).count()
        == 4
}

fn of_build(index: &Index<'_>, release: &WindowsRelease, build: &str, opinion: &mut Opinion) {
    let seen = SeenVersion::new(Some(build), None);
    let name = &release.cpe;
    let listed = index.vulnerabilities_of(Some(name.part), &name.vendor, &name.product, &seen);
    opinion.considered = listed.iter().map(Listed::cve).collect();
    let missing: Vec<_> = listed
        .iter()
        .filter(|one| one.judgement == Judgement::InRange && one.statement.platform.is_none())
        .filter_map(|one| Some((one, one.fixed_in()?)))
        .collect();
    let exploited =
        missing.iter().filter(|(one, _)| index.cve(one.cve()).is_some_and(|facts| facts.kev.is_some()));
    opinion.matches.extend(exploited.map(|(one, fixed)| used(release, build, one, fixed).into()));
    opinion.weak.extend(behind(release, build, &missing));
}

fn used(release: &WindowsRelease, build: &str, listed: &Listed<'_>, fixed: &str) -> Match {
    let said = format!("The published record of {} names builds before {fixed}", listed.cve());
    Match {
        cve: listed.cve(),
        product: format!("{}:{}", release.cpe.vendor, release.cpe.product).into(),
        version: Some(build.into()),
        advisory: None,
        grade: Grade::ExactVersion,
        says: Says::Sentences(vec![said, format!("Build {fixed} has the fix")]),
    }
}

fn behind(release: &WindowsRelease, build: &str, missing: &[(&Listed<'_>, &str)]) -> Option<Weak> {
    let newest = missing.iter().map(|(_, fixed)| *fixed).reduce(|one, two| {
        if compare(Scheme::Vendor, two, one) == Some(Ordering::Greater) { two } else { one }
    })?;
    let count = missing.len();
    let weaknesses = if count == 1 { "published weakness is" } else { "published weaknesses are" };
    let text = format!(
        "It runs build {build}; {count} {weaknesses} mended in later builds of {}, the newest of them in {newest}",
        release.name
    );
    Some(Weak {
        setting: WeakSetting::UpdatesMissing,
        protocol: "windows".to_owned(),
        grade: Some(Grade::ExactVersion),
        title: "Windows updates are missing".to_owned(),
        reasons: vec![Reason::new(text, [])],
    })
}

/// Without the build, the weaknesses that attackers use and that some build has the fix for are asked about.
fn of_any_build(index: &Index<'_>, system: &System, release: &WindowsRelease, opinion: &mut Opinion) {
    let name = &release.cpe;
    let unknown = SeenVersion::new(None, None);
    let listed = index.vulnerabilities_of(Some(name.part), &name.vendor, &name.product, &unknown);
    opinion.considered = listed.iter().map(Listed::cve).collect();
    let used = |one: &&Listed<'_>| index.cve(one.cve()).is_some_and(|facts| facts.kev.is_some());
    let mended = listed.iter().filter(|one| one.statement.platform.is_none() && one.fixed_in().is_some());
    let used: Vec<_> = mended.filter(used).map(Listed::cve).collect();
    if used.is_empty() {
        return opinion.open.push(which_build(system));
    }
    let count = used.len();
    let weaknesses = if count == 1 { "weakness" } else { "weaknesses" };
    let also = format!(". Attackers are known to use {count} published {weaknesses} that later builds mend");
    let mut open = which_build(system).of(Grade::VersionUnknown, used);
    open.text.push_str(&also);
    opinion.open.push(open);
}

fn which_build(system: &System) -> Open {
    let text = format!(
        "It runs {}, but its full build number is not known, so the known weaknesses of Windows could not be checked. A \
         list of installed updates would settle it",
        system.name
    );
    Open::to_owner(BUILD, text, WHICH_BUILD)
}
