//! The table of names: what software, makers and releases are called, and what CPE and package managers call them.
//!
//! `data/aliases.tsv` comes with the program; a hospital's own file of the same form is laid over it (`Aliases::with`)
//! and wins. Columns: kind, name as seen (in lower case), what it means, styles. Nothing is matched by likeness.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use compact_str::CompactString;

use super::CpeName;
use crate::cpe::Part;

const BUILTIN: &str = include_str!("../../data/aliases.tsv");
/// A larger file is no table of names.
const MAX_FILE: usize = 4 << 20;
const MAX_TEXT: usize = 200;

/// What kind of name a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AliasKind {
    /// Software as it names itself on the network (and in lists of installed software).
    Network,
    /// Software as lists of installed software name it; too common a word to be looked for in banners.
    Installed,
    /// A distribution's source package (`deb/openssh`); means a name of software.
    Package,
    /// A spelling of a maker; means the maker.
    Maker,
    /// A release of Windows.
    Windows,
    /// Upstream or package version that only one release of a distribution has (`deb/openssh/9.2p1`).
    Release,
}

impl AliasKind {
    /// All kinds.
    pub const ALL: [Self; 6] =
        [Self::Network, Self::Installed, Self::Package, Self::Maker, Self::Windows, Self::Release];

    /// What the first column calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Installed => "installed",
            Self::Package => "package",
            Self::Maker => "maker",
            Self::Windows => "windows",
            Self::Release => "release",
        }
    }

    fn called(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    fn means_cpe(self) -> bool {
        matches!(self, Self::Network | Self::Installed | Self::Windows)
    }
}

/// One row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The kind.
    pub kind: AliasKind,
    /// The name as it is seen, in lower case.
    pub name: CompactString,
    /// What it means, as written.
    pub means: CompactString,
    /// The CPE names, where the row means some; the first is the present one.
    pub cpe: Arc<[CpeName]>,
    /// Words and settings (`portable`, `build=19045`), as written.
    styles: Vec<CompactString>,
    /// True when it is from a hospital's own file.
    pub own: bool,
}

impl Alias {
    /// True when the row has this style.
    #[must_use]
    pub fn has_style(&self, style: &str) -> bool {
        self.styles.iter().any(|own| own == style)
    }

    /// The value of a style such as `build=19045`.
    #[must_use]
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.styles.iter().find_map(|style| style.strip_prefix(name)?.strip_prefix('='))
    }
}

/// A row that is not of the form; the whole file is then refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}, {field}: {reason}")]
pub struct AliasError {
    /// The file's name.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column: `kind`, `name`, `means` or `styles`.
    pub field: &'static str,
    /// What is wrong, and what to write instead.
    pub reason: String,
}

/// The table.
#[derive(Clone, Debug, Default)]
pub struct Aliases {
    rows: BTreeMap<(AliasKind, CompactString), Alias>,
}

impl Aliases {
    /// The table that comes with the program.
    pub fn builtin() -> &'static Self {
        static TABLE: OnceLock<Aliases> = OnceLock::new();
        TABLE.get_or_init(|| {
            // A row that is wrong would be left out; a test holds the file to having none.
            let rows = numbered(BUILTIN).filter_map(|(_, line)| read_row(line, false).ok());
            Self { rows: rows.map(|row| ((row.kind, row.name.clone()), row)).collect() }
        })
    }

    /// This table with the rows of a hospital's own file over it; a row of the same kind and name is replaced.
    ///
    /// # Errors
    /// The first row that is not of the form, with its line and column.
    pub fn with(&self, file: &str, text: &str) -> Result<Self, AliasError> {
        let error = |line, (field, reason): (&'static str, String)| AliasError {
            file: file.chars().take(MAX_TEXT).collect(),
            line,
            field,
            reason,
        };
        if text.len() > MAX_FILE {
            return Err(error(1, ("kind", "the file is larger than 4 MB; split it".into())));
        }
        let mut table = self.clone();
        for (line, row) in numbered(text) {
            let row = read_row(row, true).map_err(|wrong| error(line, wrong))?;
            table.rows.insert((row.kind, row.name.clone()), row);
        }
        Ok(table)
    }

    /// The row of this kind and name (lower case).
    #[must_use]
    pub fn row(&self, kind: AliasKind, name: &str) -> Option<&Alias> {
        self.rows.get(&(kind, CompactString::from(name)))
    }

    /// All rows, by kind and name.
    pub fn rows(&self) -> impl Iterator<Item = &Alias> {
        self.rows.values()
    }

    /// The rows of a kind whose names begin with `start`, by name.
    pub(super) fn beginning<'a>(
        &'a self,
        kind: AliasKind,
        start: &'a str,
    ) -> impl Iterator<Item = &'a Alias> + use<'a> {
        let from = (kind, CompactString::from(start));
        let near = self.rows.range(from..).map(|(_, row)| row);
        near.take_while(move |row| row.kind == kind && row.name.starts_with(start))
    }

    /// The row for software that names itself so on the network; case does not matter.
    pub(super) fn on_network(&self, name: &str) -> Option<&Alias> {
        self.row(AliasKind::Network, &name.to_ascii_lowercase())
    }

    /// The rows in which every word of the query stands, in the name or in what it means; best first: the name itself,
    /// names that begin with the query, then the others, each by kind and name. At most 100.
    #[must_use]
    pub fn search(&self, query: &str) -> Vec<&Alias> {
        let query = query.to_lowercase();
        let words: Vec<&str> = query
            .split(|letter: char| letter.is_whitespace() || letter == '_')
            .filter(|word| !word.is_empty())
            .collect();
        if words.is_empty() {
            return Vec::new();
        }
        let holds = |row: &&Alias| {
            let means = row.means.to_lowercase();
            words.iter().all(|word| row.name.contains(word) || means.contains(word))
        };
        let mut found: Vec<&Alias> = self.rows().filter(holds).collect();
        let rank = |row: &Alias| (row.name != query.trim(), !row.name.starts_with(query.trim()));
        found.sort_by_key(|row| (rank(row), row.kind, row.name.clone()));
        found.truncate(100);
        found
    }

    /// The maker that a spelling stands for, as the table writes it; the name itself when the table has none.
    #[must_use]
    pub fn maker<'a>(&'a self, name: &'a str) -> &'a str {
        let known = |name: &str| self.row(AliasKind::Maker, name).map(|row| row.means.as_str());
        let lower = name.trim().to_lowercase();
        known(&lower).or_else(|| known(&crate::tokens::of_maker(name))).unwrap_or_else(|| name.trim())
    }
}

/// The lines that say something, each with its number.
fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.strip_prefix('\u{feff}').unwrap_or(text).lines().map(str::trim_end);
    (1..).zip(lines).filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
}

type Wrong = (&'static str, String);

fn read_row(line: &str, own: bool) -> Result<Alias, Wrong> {
    let columns: Vec<&str> = line.split('\t').map(str::trim).collect();
    let (kind, name, means, styles) = match columns.as_slice() {
        [kind, name, means] => (*kind, *name, *means, ""),
        [kind, name, means, styles] => (*kind, *name, *means, *styles),
        _ => return Err(("kind", "three or four columns, with a tab between two, are needed".into())),
    };
    let kind = AliasKind::called(kind).ok_or_else(|| {
        let kinds = AliasKind::ALL.map(AliasKind::name).join(", ");
        ("kind", format!("{kind:?} is none of {kinds}"))
    })?;
    let name = read_text("name", name)?;
    if name != name.to_lowercase().as_str() {
        return Err(("name", format!("{name:?} is not in lower case")));
    }
    let means = read_text("means", means)?;
    let cpe = if kind.means_cpe() { read_names(&means)? } else { Vec::new() };
    let styles = styles.split_whitespace().map(CompactString::from).collect();
    Ok(Alias { kind, name, means, cpe: cpe.into(), styles, own })
}

fn read_text(field: &'static str, text: &str) -> Result<CompactString, Wrong> {
    if text.is_empty() {
        Err((field, "is empty".into()))
    } else if text.len() > MAX_TEXT || text.chars().any(char::is_control) {
        Err((field, format!("is longer than {MAX_TEXT} bytes or has control characters")))
    } else {
        Ok(text.into())
    }
}

fn read_names(text: &str) -> Result<Vec<CpeName>, Wrong> {
    let read = |name: &str| {
        read_name(name.trim()).ok_or_else(|| {
            ("means", format!("{:?} is not part:vendor:product, such as a:openbsd:openssh", name.trim()))
        })
    };
    text.split(',').map(read).collect()
}

fn read_name(text: &str) -> Option<CpeName> {
    let mut parts = text.splitn(3, ':');
    let part = Some(parts.next()?).filter(|part| part.len() == 1)?;
    let part = Part::from_letter(part.chars().next()?)?;
    let mut word = || {
        let graphic = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        parts.next().filter(graphic).filter(|text| *text == text.to_ascii_lowercase())
    };
    Some(CpeName { part, vendor: word()?.into(), product: word()?.into() })
}
