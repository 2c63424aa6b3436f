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
        let row = self.row(AliasKind::Windows, &text.trim().to_lowercase())?;
        WindowsRelease::of(row)
    }
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
