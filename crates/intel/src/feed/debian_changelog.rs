//! A Debian changelog (`changelog.Debian`): which version of a package fixed which CVEs.
//! Format: Debian Policy 4.4. Names and mail addresses in it are not kept.

use std::io::Read;

use wardround_model::CveId;

use super::debian_tracker::ecosystem_of;
use super::{FeedError, FeedReport, Input, SkipReason};

/// A version that names a CVE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangelogEntry {
    /// The source package.
    pub package: String,
    /// The release that the newest entry is for: `Debian:12`; `Debian` when it does not say.
    pub ecosystem: String,
    /// The version whose entry names it: the first that has the fix.
    pub version: String,
    /// The CVE.
    pub cve: CveId,
}

/// Reads a changelog, uncompressed.
///
/// # Errors
/// When the file does not begin with the heading of an entry.
pub fn read<R: Read>(
    input: &mut Input<R>,
    mut each: impl FnMut(ChangelogEntry),
) -> Result<FeedReport, FeedError> {
    let mut report = FeedReport::default();
    let bytes = input.read_whole()?;
    // Old changelogs are in Latin-1 here and there; ids and versions are ASCII.
    let text = String::from_utf8_lossy(&bytes);
    let mut ecosystem = String::new();
    let mut at = None;
    for line in text.lines() {
        if let Some(heading) = Heading::read(line) {
            report.records += 1;
            if ecosystem.is_empty() {
                ecosystem = heading.ecosystem();
            }
            at = Some(heading);
        } else if let Some(heading) = at.filter(|_| !is_undone(line)) {
            for cve in cves_in(line) {
                let (package, version) = (heading.package.to_owned(), heading.version.to_owned());
                each(ChangelogEntry { package, ecosystem: ecosystem.clone(), version, cve });
            }
            if line.starts_with(" -- ") {
                saw_end(line, &mut report);
            }
        } else if line.contains("CVE-") {
            report.skip(SkipReason::Value, line);
        }
    }
    if report.records == 0 {
        return Err(FeedError::Empty { file: input.name().into(), expected: "heading of a changelog entry" });
    }
    input.finish(&mut report)?;
    Ok(report)
}

/// True when a text begins like a changelog.
pub(super) fn begins(text: &str) -> bool {
    text.lines().next().is_some_and(|line| Heading::read(line).is_some())
}

/// `openssh (1:9.2p1-2+deb12u3) bookworm-security; urgency=high`
#[derive(Clone, Copy)]
struct Heading<'t> {
    package: &'t str,
    version: &'t str,
    distribution: &'t str,
}

impl<'t> Heading<'t> {
    fn read(line: &'t str) -> Option<Self> {
        let (package, rest) = line.split_once(" (")?;
        let (version, rest) = rest.split_once(')')?;
        let (distributions, _) = rest.split_once(';')?;
        let distribution = distributions.split_whitespace().next()?;
        let named = |text: &str, more: &str| {
            let letters = |letter: char| letter.is_ascii_alphanumeric() || more.contains(letter);
            !text.is_empty() && text.len() <= 200 && text.chars().all(letters)
        };
        (named(package, "+-.") && named(version, "+-.:~")).then_some(Self { package, version, distribution })
    }

    /// From the distribution, else from `+deb12u3`, `~deb12u1` or `~bpo12` in the version.
    fn ecosystem(&self) -> String {
        let by_version = ["+deb", "~deb", "~bpo"].iter().find_map(|mark| {
            let rest = self.version.rsplit_once(mark)?.1;
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            rest.get(..digits).filter(|number| !number.is_empty()).map(|number| format!("Debian:{number}"))
        });
        let by_name = ecosystem_of(self.distribution).filter(|name| name != "Debian:sid");
        by_name.or(by_version).unwrap_or_else(|| "Debian".into())
    }
}

/// A line that takes a fix back, or says that a CVE is no matter here.
fn is_undone(line: &str) -> bool {
    let line = line.to_lowercase();
    ["revert", "not affected", "drop patch", "incomplete fix"].iter().any(|word| line.contains(word))
}

/// Every id on a line, also one that begins a file name: `CVE-2020-0003-1.patch`.
fn cves_in(line: &str) -> impl Iterator<Item = CveId> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    line.match_indices("CVE-").filter_map(move |(at, prefix)| {
        let id = line.get(at..)?;
        let year = prefix.len() + digits(id.get(prefix.len()..)?) + 1;
        id.get(..year + digits(id.get(year..)?))?.parse().ok()
    })
}

/// The day of ` -- Name <mail>  Sat, 22 Jun 2024 21:38:08 +0200`.
fn saw_end(line: &str, report: &mut FeedReport) {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut words = line.rsplit('>').next().unwrap_or_default().split_whitespace().skip(1);
    let (Some(day), Some(month), Some(year)) = (words.next(), words.next(), words.next()) else { return };
    if let Some(month) = (1..).zip(MONTHS).find(|(_, name)| *name == month).map(|(number, _): (u8, _)| number)
    {
        report.saw_day(&format!("{year}-{month:02}-{day:0>2}"));
    }
}
