//! Releases of Windows: from the names and builds that lists and the network show to CPE and to dates of support.

use compact_str::CompactString;

use super::CpeName;
use super::aliases::{Alias, AliasKind, Aliases};

/// A release of Windows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowsRelease {
    /// The name in lower case: `windows 10 22h2`.
    pub name: CompactString,
    /// What CPE calls it.
    pub cpe: CpeName,
    /// The product at endoflife.date: `windows`, `windows-server`.
    pub eol_slug: CompactString,
    /// The cycle there, as its `releaseCycle` begins: `10-22h2`. Editions with dates of their own add `-e`, `-w`, `-lts`.
    pub cycle: CompactString,
    /// The build, without revision: 19045.
    pub build: Option<u32>,
}

/// The release of Windows that a name (`Microsoft Windows 10 Pro 22H2`) or a build (`10.0.19045.3803`, `19045`) is of,
/// by the built-in table; `None` when it is none or when several releases have that build.
#[must_use]
pub fn windows(text: &str) -> Option<WindowsRelease> {
    Aliases::builtin().windows(text)
}

impl Aliases {
    /// The release of Windows that a name or a build is of: see `windows`.
    #[must_use]
    pub fn windows(&self, text: &str) -> Option<WindowsRelease> {
        let text = text.chars().take(MAX_NAME).collect::<String>().to_lowercase();
        let named = plain_name(&text);
        let row = self.row(AliasKind::Windows, &named);
        row.or_else(|| self.windows_by_build(&text, &named)).and_then(WindowsRelease::of)
    }

    /// The one release with the build that the text tells; where the text names a system too, it must be of that.
    fn windows_by_build(&self, text: &str, named: &str) -> Option<&Alias> {
        let build = build_in(text)?;
        let rows = self.beginning(AliasKind::Windows, "windows ");
        let mut rows = rows.filter(|row| row.setting("build") == Some(build) && row.name.starts_with(named));
        let row = rows.next()?;
        rows.next().is_none().then_some(row)
    }
}

/// A longer text is no name of a system.
const MAX_NAME: usize = 120;

/// Words that say which edition it is; the release does not hang on them.
const EDITIONS: &[&str] = &[
    "business",
    "core",
    "datacenter",
    "edition",
    "education",
    "embedded",
    "enterprise",
    "essentials",
    "evaluation",
    "for",
    "foundation",
    "home",
    "iot",
    "k",
    "kn",
    "ltsb",
    "ltsc",
    "microsoft",
    "n",
    "premium",
    "pro",
    "professional",
    "server-core",
    "standard",
    "starter",
    "ultimate",
    "version",
    "workstations",
    "x64",
    "x86",
    "32-bit",
    "64-bit",
];

/// `windows 10 22h2` of `Microsoft Windows 10 Pro for Workstations, version 22H2`; brackets, builds, editions and
/// service packs are left out.
fn plain_name(text: &str) -> String {
    let text: String = text.split(['(', '[']).next().unwrap_or_default().replace(['®', '™', ','], " ");
    let words = text
        .split_whitespace()
        .take_while(|word| !matches!(*word, "service" | "sp1" | "sp2" | "sp3" | "build"));
    let telling = words.filter(|word| {
        !EDITIONS.contains(word) && *word != "10.0" && !word.starts_with("10.0.") && !word.starts_with("6.")
    });
    let words: Vec<&str> = telling.filter(|word| build_in(word).is_none()).collect();
    words.join(" ")
}

/// 19045 in `10.0.19045.3803`, `10.0 (19045)`, `19045.3803` or `build 19045`.
fn build_in(text: &str) -> Option<&str> {
    let numbers = text.split(|letter: char| !letter.is_ascii_digit() && letter != '.');
    let mut builds = numbers.filter_map(|number| {
        let rest = ["10.0.", "6.3.", "6.2.", "6.1.", "6.0.", "5.2.", "5.1."]
            .iter()
            .find_map(|start| number.strip_prefix(start));
        rest.unwrap_or(number).split('.').next()
    });
    builds.find(|build| matches!(build.len(), 4 | 5) && build.parse::<u32>().is_ok_and(|build| build >= 2195))
}

impl WindowsRelease {
    fn of(row: &Alias) -> Option<Self> {
        let (slug, cycle) = row.setting("eol")?.split_once('/')?;
        Some(Self {
            name: row.name.clone(),
            cpe: row.cpe.first()?.clone(),
            eol_slug: slug.into(),
            cycle: cycle.into(),
            build: row.setting("build").and_then(|build| build.parse().ok()),
        })
    }
}
