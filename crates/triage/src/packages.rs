//! Packages of a distribution's release or of a language's registry, against what is stated of them in that ecosystem
//! and by its own order of versions.
//!
//! A distribution's own word counts before advisories: its version may look old and have the fix. A package of a covered
//! ecosystem of which nothing is stated has no known weakness. Not here: which assets have which packages (`things`).

use std::collections::BTreeMap;

use wardround_intel::Index;
use wardround_intel::index::{Handling, PackageMatch, PackageRef, PackageVerdict, PackageVersion};
use wardround_intel::names::{Distribution, SeenPackage};
use wardround_model::{CveId, Grade};

use crate::known::{Match, Says};
use crate::opinion::{Open, Opinion};

/// A package of an ecosystem in a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Package {
    /// As OSV names it, with the release where it has some: `Debian:12`, `PyPI`.
    pub(crate) ecosystem: String,
    /// Its name there; for distributions of the source package.
    pub(crate) name: String,
    pub(crate) version: Option<String>,
    /// The version may lack its epoch, as banners do.
    epoch_hidden: bool,
}

/// What is said of one CVE in a package.
struct Said<'a> {
    verdict: PackageVerdict,
    fixed_in: Option<&'a str>,
    id: &'a str,
    handling: Handling,
}

impl Package {
    pub(crate) fn new(ecosystem: String, name: String, version: Option<String>) -> Self {
        Self { ecosystem, name, version, epoch_hidden: false }
    }

    /// The package behind a banner, where its release is known: by the banner, or by the system that shows it.
    pub(crate) fn behind(shown: &SeenPackage, release: Option<&str>) -> Option<Self> {
        let told = shown.release().is_some().then(|| shown.ecosystem.to_string());
        let same = release.filter(|release| {
            release.split(':').next() == Some(shown.ecosystem.as_str()) && shown.release().is_none()
        });
        Some(Self {
            ecosystem: told.or(same.map(str::to_owned))?,
            name: shown.source.to_string(),
            version: Some(shown.version.as_ref()?.to_string()),
            epoch_hidden: shown.epoch_hidden,
        })
    }

    /// What tells it apart from every other package.
    pub(crate) fn key(&self) -> String {
        format!("package {} {} {:?} {}", self.ecosystem, self.name, self.version, self.epoch_hidden)
    }

    /// Its name and version, as people write them.
    pub(crate) fn shown(&self) -> String {
        match &self.version {
            Some(version) => format!("{} {version}", self.name),
            None => self.name.clone(),
        }
    }

    fn installed(&self) -> PackageVersion<'_> {
        match &self.version {
            None => PackageVersion::Unknown,
            Some(version) if self.epoch_hidden => PackageVersion::WithoutEpoch(version),
            Some(version) => PackageVersion::Full(version),
        }
    }
}

/// What the index says of a package.
pub(crate) fn opinion(index: &Index<'_>, package: &Package) -> Opinion {
    let reference =
        PackageRef { ecosystem: &package.ecosystem, name: &package.name, version: package.installed() };
    let stated = index.package_vulnerabilities(&reference);
    let mut opinion = Opinion::default();
    if stated.is_empty() {
        opinion.not_listed_in = Some(package.ecosystem.clone());
        return opinion;
    }
    let mut by_cve: BTreeMap<CveId, Vec<&PackageMatch<'_>>> = BTreeMap::new();
    for one in &stated {
        one.cves.iter().for_each(|cve| by_cve.entry(*cve).or_default().push(one));
    }
    let mut unclear = Vec::new();
    for (cve, about) in by_cve {
        opinion.considered.push(cve);
        let said = said(index, package, cve, &about);
        match said.verdict {
            PackageVerdict::Affected => opinion.matches.push(matched(package, cve, &said).into()),
            PackageVerdict::NotFixedYet if said.handling != Handling::Unimportant => {
                opinion.matches.push(matched(package, cve, &said).into());
            }
            PackageVerdict::CannotCompare => unclear.push(cve),
            PackageVerdict::NotFixedYet | PackageVerdict::Fixed | PackageVerdict::NotAffected => {}
        }
    }
    opinion.open.extend(unnumbered(package, &stated));
    if !unclear.is_empty() {
        opinion.open.push(cannot_compare(package, unclear));
    }
    opinion
}

/// All statements about one CVE taken together.
fn said<'a>(index: &Index<'a>, package: &Package, cve: CveId, about: &[&PackageMatch<'a>]) -> Said<'a> {
    let worst = about.iter().min_by_key(|one| one.verdict);
    let of = |one: &PackageMatch<'a>| Said {
        verdict: one.verdict,
        fixed_in: one.fixed_in,
        id: one.id,
        handling: one.handling,
    };
    let alone = worst.map_or(
        Said {
            verdict: PackageVerdict::CannotCompare,
            fixed_in: None,
            id: "",
            handling: Handling::NotStated,
        },
        |one| of(one),
    );
    // Where one statement is all there is, or all agree that nothing is wrong, there is nothing to weigh.
    let settled = about.len() == 1 || alone.verdict >= PackageVerdict::Fixed;
    if settled || Distribution::of_ecosystem(&package.ecosystem).is_none() {
        return alone;
    }
    let weighed = index.distribution_verdict(&package.ecosystem, &package.name, package.installed(), cve);
    weighed.map_or(alone, |one| Said {
        verdict: one.verdict,
        fixed_in: one.fixed_in,
        id: one.id,
        handling: one.handling,
    })
}

fn matched(package: &Package, cve: CveId, said: &Said<'_>) -> Match {
    let ecosystem = package.ecosystem.replace(':', " ");
    let by = if said.id.starts_with("CVE-") { String::new() } else { format!(" ({})", said.id) };
    let says = format!("The list of {ecosystem} says that {} has {cve} in this version{by}", package.name);
    Match {
        cve,
        product: package.name.as_str().into(),
        version: package.version.as_deref().map(Into::into),
        advisory: None,
        grade: if package.version.is_some() { Grade::ExactVersion } else { Grade::VersionUnknown },
        says: Says::Sentences(vec![says, help(package, said)]),
    }
}

fn help(package: &Package, said: &Said<'_>) -> String {
    if let Some(version) = said.fixed_in {
        return format!("Version {version} of the package has the fix");
    }
    let plan = match said.handling {
        Handling::Ignored => ", and plans none for this release",
        Handling::EndOfLife => ", since it no longer looks after this package",
        Handling::Postponed | Handling::NoAdvisory => ", and means to give it with a later update",
        Handling::NotStated | Handling::Unimportant => "",
    };
    let who = package.ecosystem.split(':').next().unwrap_or_default();
    match said.verdict {
        PackageVerdict::NotFixedYet => format!("{who} has no fix yet{plan}"),
        _ => "The list names no version with the fix".to_owned(),
    }
}

fn cannot_compare(package: &Package, cves: Vec<CveId>) -> Open {
    let name = package.shown();
    let text = format!(
        "The lists name weaknesses of the package {}, but its version here, {}, cannot be held against them",
        package.name,
        package.version.as_deref().unwrap_or("which is not known")
    );
    let question = format!("Which full version of the package {} is installed?", package.name);
    let grade = if package.version.is_some() { Grade::NeedsPlatform } else { Grade::VersionUnknown };
    Open::to_owner(format!("package:{}:{name}", package.ecosystem), text, question).of(grade, cves)
}

/// Records that blame this version and have no CVE number yet: told together.
fn unnumbered(package: &Package, stated: &[PackageMatch<'_>]) -> Option<Open> {
    let blames = |one: &&PackageMatch<'_>| one.cves.is_empty() && one.verdict <= PackageVerdict::NotFixedYet;
    let ids = crate::phrases::list(stated.iter().filter(blames).map(|one| one.id.to_owned()))?;
    let name = package.shown();
    let text = format!("The list says that {name} has a weakness without a common number ({ids})");
    let question = format!("Does the weakness {ids} of {name} apply here, and is there an update?");
    let mut open = Open::to_owner(format!("package:{}:{name}:unnumbered", package.ecosystem), text, question);
    open.grade = Some(Grade::ExactVersion);
    Some(open)
}
