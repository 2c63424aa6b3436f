//! Which sources there are and where they stand: data, that a hospital can change.
//!
//! The built-in list is `data/sources.toml`. A file of the same form in the data folder adds sources (a maker's CSAF
//! provider), replaces one by its id, switches one off, and sends addresses to a mirror. Nothing is fetched here.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::Deserialize;

use crate::address;

/// The list that the program carries with it.
const BUILT_IN: &str = include_str!("../data/sources.toml");

/// The most sources of one list.
const MAX_SOURCES: usize = 500;

/// The sources, in the order in which they are fetched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// Every source, switched off ones included.
    pub sources: Vec<Source>,
    /// Beginnings of addresses that are replaced, the first that fits.
    pub mirrors: Vec<Mirror>,
}

/// One publisher's data and the way to get it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Source {
    /// A short name, also of its folder: small letters, digits and hyphens.
    pub id: String,
    /// What people call it.
    #[serde(default)]
    pub name: String,
    /// How it is fetched.
    pub method: Method,
    /// Where it stands. `{each}` is replaced by every value of `each`, `{year}` by every year from `first-year`.
    #[serde(default)]
    pub urls: Vec<String>,
    /// Values for `{each}`.
    #[serde(default)]
    pub each: Vec<String>,
    /// First year for `{year}`.
    #[serde(default)]
    pub first_year: Option<i16>,
    /// For `nvd`: where changes since a moment can be asked for (API 2.0).
    #[serde(default)]
    pub changes: Option<String>,
    /// For `nvd`: the environment variable that holds a key of one's own, which NVD gives for the asking.
    #[serde(default)]
    pub key_variable: Option<String>,
    /// For `nvd`: the file that holds that key, when the variable is not set.
    #[serde(default)]
    pub key_file: Option<PathBuf>,
    /// For `csaf`: documents whose address has one of these texts come first.
    #[serde(default)]
    pub first: Vec<String>,
    /// For `csaf`: the fingerprint that the provider's OpenPGP key must have, in hexadecimal.
    #[serde(default)]
    pub key_fingerprint: Option<String>,
    /// For `openfda`: the data set, as `device/recall`.
    #[serde(default)]
    pub dataset: Option<String>,
    /// Seconds between two requests.
    #[serde(default)]
    pub pause_seconds: u16,
    /// The most MiB of one file as it is sent.
    #[serde(default = "default_megabytes")]
    pub max_megabytes: u64,
    /// Whether it is fetched.
    #[serde(default = "default_enabled")]
    pub enabled: bool,
}

fn default_megabytes() -> u64 {
    512
}

fn default_enabled() -> bool {
    true
}

/// How a source is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Files at fixed addresses.
    Files,
    /// NVD: a feed file a year with its `.meta`, then changes by API 2.0.
    Nvd,
    /// A CSAF provider, from its `provider-metadata.json` (CSAF 2.0, section 7).
    Csaf,
    /// openFDA's list of bulk downloads.
    Openfda,
}

/// A place to ask instead of another.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mirror {
    /// The beginning of the publisher's addresses.
    pub from: String,
    /// What stands in its place.
    pub to: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListFile {
    #[serde(default)]
    source: Vec<Source>,
    #[serde(default)]
    mirror: Vec<Mirror>,
    #[serde(default)]
    off: Vec<String>,
    #[serde(default)]
    only_these: bool,
}

/// A list of sources that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// It is not TOML of our form.
    #[error("{file}: {reason}; docs/intelligence.md shows the form")]
    Malformed {
        /// The file.
        file: String,
        /// What is wrong and where.
        reason: String,
    },
    /// A source is not whole.
    #[error("{file}: the source \"{id}\" {problem}; docs/intelligence.md shows the form")]
    Source {
        /// The file.
        file: String,
        /// The source.
        id: String,
        /// What is wrong.
        problem: &'static str,
    },
}

impl Catalogue {
    /// The built-in list.
    ///
    /// # Errors
    /// Never, as long as the tests of this module pass.
    pub fn built_in() -> Result<Self, CatalogueError> {
        Self::default().with(BUILT_IN, "the built-in list of sources")
    }

    /// This list with what the text of a file called `file` changes.
    ///
    /// # Errors
    /// When the text is not of our form, or a source lacks something.
    pub fn with(mut self, text: &str, file: &str) -> Result<Self, CatalogueError> {
        let list: ListFile = toml::from_str(text).map_err(|error| CatalogueError::Malformed {
            file: file.to_owned(),
            reason: one_line(&error.to_string()),
        })?;
        if list.only_these {
            self.sources.clear();
        }
        for source in list.source {
            check(&source).map_err(|problem| CatalogueError::Source {
                file: file.to_owned(),
                id: source.id.clone(),
                problem,
            })?;
            self.put(source);
        }
        self.switch_off(&list.off, file)?;
        self.mirrors.splice(0..0, list.mirror);
        Ok(self)
    }

    fn put(&mut self, source: Source) {
        if let Some(known) = self.sources.iter_mut().find(|known| known.id == source.id) {
            *known = source;
        } else if self.sources.len() < MAX_SOURCES {
            self.sources.push(source);
        }
    }

    fn switch_off(&mut self, ids: &[String], file: &str) -> Result<(), CatalogueError> {
        for id in ids {
            let Some(source) = self.sources.iter_mut().find(|source| source.id == *id) else {
                let problem = "is to be switched off but is not in the list";
                return Err(CatalogueError::Source { file: file.to_owned(), id: id.clone(), problem });
            };
            source.enabled = false;
        }
        Ok(())
    }

    /// Whether the list itself names this computer over plain HTTP: then that is allowed, else only https is.
    #[must_use]
    pub fn names_this_computer(&self) -> bool {
        let own = self.sources.iter().flat_map(|source| source.urls.iter().chain(&source.changes));
        let mirrors = self.mirrors.iter().map(|mirror| &mirror.to);
        own.chain(mirrors).any(|url| address::is_loopback_http(url))
    }

    /// The address to ask for this one: a mirror's, when one is set.
    #[must_use]
    pub fn mirrored(&self, url: &str) -> String {
        let mirror = self.mirrors.iter().find_map(|mirror| {
            url.strip_prefix(mirror.from.as_str()).map(|rest| format!("{}{rest}", mirror.to))
        });
        mirror.unwrap_or_else(|| url.to_owned())
    }
}

impl Source {
    /// What people call it; its id when nobody gave it a name.
    #[must_use]
    pub fn title(&self) -> &str {
        if self.name.is_empty() { &self.id } else { &self.name }
    }

    /// Its addresses in the year `this_year`, each once, in order.
    #[must_use]
    pub fn addresses(&self, this_year: i16) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let mut addresses = Vec::new();
        for url in self.urls.iter().flat_map(|url| self.expanded(url, this_year)) {
            if seen.insert(url.clone()) {
                addresses.push(url);
            }
        }
        addresses
    }

    fn expanded(&self, url: &str, this_year: i16) -> Vec<String> {
        let each: Vec<String> = if url.contains("{each}") {
            self.each.iter().map(|value| url.replace("{each}", &percent(value))).collect()
        } else {
            vec![url.to_owned()]
        };
        let years = || self.first_year.unwrap_or(this_year)..=this_year;
        let expand = |url: String| -> Vec<String> {
            if url.contains("{year}") {
                years().map(|year| url.replace("{year}", &year.to_string())).collect()
            } else {
                vec![url]
            }
        };
        each.into_iter().flat_map(expand).collect()
    }
}

/// A value as a part of an address (RFC 3986, section 2.1): OSV has ecosystems such as `Rocky Linux`.
fn percent(value: &str) -> String {
    let mut text = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

fn check(source: &Source) -> Result<(), &'static str> {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if source.id.is_empty() || source.id.len() > 60 || !source.id.bytes().all(letter) {
        return Err("needs an id of small letters, digits and hyphens");
    }
    if source.urls.is_empty() {
        return Err("has no address: urls = [\"https://...\"]");
    }
    let is_web = |url: &String| url.starts_with("https://") || url.starts_with("http://");
    if !source.urls.iter().chain(&source.changes).all(is_web) {
        return Err("has an address that does not begin with https://");
    }
    if source.urls.iter().any(|url| url.contains("{each}")) && source.each.is_empty() {
        return Err("says {each} but gives no values: each = [\"...\"]");
    }
    if source.first_year.is_some_and(|year| !(1990..=9999).contains(&year)) {
        return Err("has a first-year that cannot be");
    }
    if source.method == Method::Openfda && source.dataset.is_none() {
        return Err("does not say which data set: dataset = \"device/recall\"");
    }
    Ok(())
}

/// TOML's messages show the place on lines of their own; one line is kept.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_list_is_well_formed_and_over_https() {
        let catalogue = Catalogue::built_in().unwrap();
        let ids: Vec<&str> = catalogue.sources.iter().map(|source| source.id.as_str()).collect();
        for id in
            ["nvd", "kev", "epss", "cve-ssvc", "csaf-cisa", "osv", "debian", "fda-recalls", "eol", "oui"]
        {
            assert!(ids.contains(&id), "{id} is missing in {ids:?}");
        }
        for source in &catalogue.sources {
            let changes = source.changes.iter().cloned();
            for url in source.addresses(2026).into_iter().chain(changes) {
                assert!(url.starts_with("https://") && !url.contains('{') && !url.contains(' '), "{url}");
            }
        }
    }

    #[test]
    fn addresses_are_written_out() {
        let text = "[[source]]\nid = 'a'\nmethod = 'files'\neach = ['npm', 'Rocky Linux', 'Debian:12', 'npm']\n\
            first-year = 2025\nurls = ['https://h/{each}/{year}']";
        let catalogue = Catalogue::default().with(text, "x").unwrap();
        assert_eq!(
            catalogue.sources[0].addresses(2026),
            [
                "https://h/npm/2025",
                "https://h/npm/2026",
                "https://h/Rocky%20Linux/2025",
                "https://h/Rocky%20Linux/2026",
                "https://h/Debian:12/2025",
                "https://h/Debian:12/2026",
            ]
        );
    }

    #[test]
    fn a_hospitals_file_adds_replaces_switches_off_and_mirrors() {
        let text = "off = ['osv']\n[[source]]\nid = 'csaf-maker'\nmethod = 'csaf'\n\
            urls = ['https://maker.example/provider-metadata.json']\n[[source]]\nid = 'kev'\nmethod = 'files'\n\
            urls = ['https://own.example/kev.json']\n[[mirror]]\nfrom = 'https://nvd.nist.gov/'\nto = 'https://mirror.example/nvd/'";
        let catalogue = Catalogue::built_in().unwrap().with(text, "sources.toml").unwrap();
        let find = |id: &str| catalogue.sources.iter().find(|source| source.id == id).unwrap();
        assert!(!find("osv").enabled && find("csaf-maker").enabled);
        assert_eq!(find("kev").urls, ["https://own.example/kev.json"]);
        assert_eq!(catalogue.mirrored("https://nvd.nist.gov/feeds/x"), "https://mirror.example/nvd/feeds/x");
        assert_eq!(catalogue.mirrored("https://first.example/x"), "https://first.example/x");
    }

    #[test]
    fn a_wrong_list_says_what_is_wrong() {
        let wrong = |text: &str| Catalogue::default().with(text, "sources.toml").unwrap_err().to_string();
        for (text, said) in [
            ("[[source]]\nid = 'A b'\nmethod = 'files'\nurls = ['https://h']", "small letters"),
            ("[[source]]\nid = '../x'\nmethod = 'files'\nurls = ['https://h']", "small letters"),
            ("[[source]]\nid = 'a'\nmethod = 'files'", "no address"),
            ("[[source]]\nid = 'a'\nmethod = 'files'\nurls = ['ftp://h']", "https://"),
            ("[[source]]\nid = 'a'\nmethod = 'guess'\nurls = ['https://h']", "guess"),
            ("[[source]]\nid = 'a'\nmethod = 'files'\nurls = ['https://h/{each}']", "each"),
            ("[[source]]\nid = 'a'\nmethod = 'openfda'\nurls = ['https://h']", "data set"),
            ("off = ['nothing']", "not in the list"),
            ("colour = 1", "colour"),
        ] {
            let message = wrong(text);
            assert!(message.contains(said) && message.contains("sources.toml"), "{message}");
        }
    }
}
