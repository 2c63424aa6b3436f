//! Software as lists of installed software, package managers and bills of materials name it.

use compact_str::{CompactString, format_compact};

use super::aliases::{Alias, AliasKind, Aliases};
use super::distribution::{self, SeenPackage};
use super::{Distribution, Purl, SeenProduct};

impl Aliases {
    /// The product behind an entry of a list of installed software: `Mozilla Firefox (x64 en-US)`, publisher `Mozilla`,
    /// version `128.0`. `None` when the table has no name for it, or when the publisher is another one than the table's.
    #[must_use]
    pub fn product(
        &self,
        display_name: &str,
        publisher: Option<&str>,
        version: Option<&str>,
    ) -> Option<SeenProduct> {
        let entry = Entry::read(display_name);
        let row = entry.names().find_map(|name| self.installed(&name))?;
        if row.setting("by").is_some_and(|maker| publisher.is_some_and(|told| !is_by(told, maker))) {
            return None;
        }
        let version = version.map(str::trim).filter(|text| !text.is_empty());
        let version = match row.has_style("java") {
            true => java_version(&entry.plain),
            false => version.or_else(|| entry.version()).map(CompactString::from),
        };
        Some(SeenProduct::of(&row.name, Some(row), version))
    }

    fn installed(&self, name: &str) -> Option<&Alias> {
        self.row(AliasKind::Installed, name).or_else(|| self.row(AliasKind::Network, name))
    }

    /// The product behind a distribution's package, for its CPE names: what the package has is asked of the index by
    /// `SeenProduct::package`. `release` is the distribution's (`12`, `22.04`), `source` the source package where known.
    #[must_use]
    pub fn package(
        &self,
        distribution: Distribution,
        release: Option<&str>,
        source: &str,
        version: Option<&str>,
    ) -> SeenProduct {
        distribution::product_of_package(self, distribution, release, source, version)
    }

    /// The product behind a package URL; `None` when it is neither a distribution's package nor in the table.
    #[must_use]
    pub fn of_purl(&self, purl: &Purl) -> Option<SeenProduct> {
        let version = purl.version.as_deref();
        match purl.kind.as_str() {
            "deb" | "rpm" | "apk" => {
                let ecosystem = purl.ecosystem()?;
                let distribution = Distribution::of_ecosystem(&ecosystem)?;
                let release = ecosystem.split_once(':').map(|(_, release)| release);
                Some(self.package(distribution, release, &purl.source_name(), version))
            }
            "generic" => self.product(&purl.name, purl.namespace.as_deref(), version),
            _ => None,
        }
    }
}

/// An entry's name in lower case, without what stands in brackets.
struct Entry {
    plain: String,
}

/// Words at the end of a name that do not belong to it.
const TRAILING: &[&str] = &[
    "32-bit", "64-bit", "amd64", "arm64", "bit", "build", "client", "de", "en-us", "lts", "release",
    "update", "version", "win32", "win64", "x64", "x86", "x86_64", "-",
];

/// A longer name is no name.
const MAX_NAME: usize = 200;

impl Entry {
    fn read(display_name: &str) -> Self {
        let lower: String = display_name.chars().take(MAX_NAME).collect::<String>().to_lowercase();
        let mut depth = 0usize;
        let mut plain = String::new();
        for letter in lower.chars() {
            match letter {
                '(' | '[' => depth += 1,
                ')' | ']' => depth = depth.saturating_sub(1),
                '®' | '™' | ',' => plain.push(' '),
                _ if depth == 0 => plain.push(letter),
                _ => {}
            }
        }
        let words: Vec<&str> = plain.split_whitespace().collect();
        Self { plain: words.join(" ") }
    }

    /// The name; the name without its versions; then without one more word at its end, as long as the words there are
    /// versions and the like.
    fn names(&self) -> impl Iterator<Item = String> {
        let (name, _) = self.plain.split_once(" - ").unwrap_or((&self.plain, ""));
        let mut words: Vec<&str> = name.split(' ').collect();
        let bare: Vec<&str> = words.iter().copied().filter(|word| !is_version_word(word)).collect();
        let mut names = vec![name.to_owned(), bare.join(" ")];
        while words.last().is_some_and(|last| is_version_word(last) || TRAILING.contains(last)) {
            words.pop();
            names.push(words.join(" "));
        }
        names.into_iter()
    }

    /// The last word that is a version with a dot.
    fn version(&self) -> Option<&str> {
        let words = self.plain.rsplit(' ').filter(|word| is_version_word(word) && word.contains('.'));
        words.map(|word| word.trim_start_matches('v')).next()
    }
}

/// `131.0.2`, `v8.5`, `2024.1-2`; not `7-zip` nor `64-bit`.
fn is_version_word(word: &str) -> bool {
    let bare = word.strip_prefix('v').unwrap_or(word);
    let begins_number = |text: &str| text.starts_with(|letter: char| letter.is_ascii_digit());
    bare.split('-').all(begins_number)
}

/// `Java 8 Update 202` is 1.8.0 with update 202, as its makers and NVD number it; later ones are numbered as they look.
fn java_version(plain: &str) -> Option<CompactString> {
    let mut numbers = plain.split(' ').filter_map(|word| word.parse::<u16>().ok());
    let (major, update) = (numbers.next()?, numbers.next());
    match (major, update) {
        (9.., _) => Some(format_compact!("{major}")),
        (_, Some(update)) => Some(format_compact!("1.{major}.0 update {update}")),
        (_, None) => Some(format_compact!("1.{major}.0")),
    }
}

/// True when the publisher's name has the maker's word in it.
fn is_by(publisher: &str, maker: &str) -> bool {
    publisher.to_lowercase().contains(maker)
}

impl SeenPackage {
    /// True when it can be looked up with certainty: the release is known.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        self.release().is_some()
    }
}
