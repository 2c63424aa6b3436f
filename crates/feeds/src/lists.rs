//! The lists in which publishers say what they have: a CSAF provider's metadata, its ROLIE feeds, `changes.csv` and
//! `index.txt` (CSAF 2.0, section 7), and NVD's `.meta` files. Bytes in, values out; nothing is fetched here.
//!
//! A line that cannot be used is counted. A list that is no such list at all is an error.

use serde::Deserialize;
use serde_json::Value;

use crate::json;

/// The most documents of one list: the largest provider has 40,000.
const MAX_DOCUMENTS: usize = 200_000;

/// The longest reference that is followed.
const MAX_REFERENCE: usize = 1_000;

/// The most lists and keys of one provider.
const MAX_PARTS: usize = 100;

/// A list that is not of the form that its specification gives; the text says what is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ListError(String);

impl ListError {
    fn new(reason: impl ToString) -> Self {
        Self(reason.to_string().chars().take(160).collect())
    }
}

/// What a CSAF provider offers to everybody (CSAF 2.0, section 7.1.7 on).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provider {
    /// Addresses of ROLIE feeds.
    pub feeds: Vec<String>,
    /// Addresses of folders with `changes.csv` and `index.txt`.
    pub folders: Vec<String>,
    /// Its OpenPGP keys.
    pub keys: Vec<PublicKey>,
    /// Feeds for a closed circle, which are not asked for.
    pub closed: u32,
}

/// Where a provider's key stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// Its address.
    pub url: String,
    /// The fingerprint that the provider states, in small hexadecimal letters.
    pub fingerprint: Option<String>,
}

/// One document of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Where it stands, relative to the list.
    pub url: String,
    /// The version that the list names: a moment.
    pub updated: Option<String>,
    /// Where its hash stands, when the list says so.
    pub hash: Option<String>,
    /// Where its signature stands, when the list says so.
    pub signature: Option<String>,
}

/// The documents of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Documents {
    /// Each that can be fetched.
    pub documents: Vec<Document>,
    /// How many entries cannot be used.
    pub unusable: u64,
}

impl Provider {
    /// Reads `provider-metadata.json`.
    ///
    /// # Errors
    /// When it is not JSON, or names nothing to fetch.
    pub fn parse(bytes: &[u8]) -> Result<Self, ListError> {
        let metadata = value(bytes)?;
        let mut provider = Self::default();
        for distribution in json::list(&metadata, "/distributions").iter().take(MAX_PARTS) {
            provider.add(distribution);
        }
        let keys = json::list(&metadata, "/public_openpgp_keys").iter().take(MAX_PARTS);
        provider.keys = keys.filter_map(public_key).collect();
        if provider.feeds.is_empty() && provider.folders.is_empty() {
            return Err(ListError::new("it names no list of advisories that everybody may read"));
        }
        Ok(provider)
    }

    fn add(&mut self, distribution: &Value) {
        for feed in json::list(distribution, "/rolie/feeds").iter().take(MAX_PARTS) {
            let label = json::text(feed, "/tlp_label").unwrap_or("WHITE");
            match reference(json::text(feed, "/url")) {
                Some(url) if ["WHITE", "CLEAR", "UNLABELED", "GREEN"].contains(&label) => {
                    self.feeds.push(url);
                }
                Some(_) => self.closed += 1,
                None => {}
            }
        }
        self.folders.extend(reference(json::text(distribution, "/directory_url")));
    }
}

fn public_key(key: &Value) -> Option<PublicKey> {
    let url = reference(json::text(key, "/url"))?;
    let fingerprint = json::text(key, "/fingerprint").map(str::to_ascii_lowercase);
    Some(PublicKey { url, fingerprint })
}

impl Documents {
    /// Reads a ROLIE feed (RFC 8322, JSON as CSAF 2.0 section 7.1.15 gives it).
    ///
    /// # Errors
    /// When it is not such a feed.
    pub fn of_rolie(bytes: &[u8]) -> Result<Self, ListError> {
        let feed = value(bytes)?;
        let entries = feed.pointer("/feed/entry").and_then(Value::as_array);
        let entries = entries.ok_or_else(|| ListError::new("it has no list of entries"))?;
        let mut documents = Self::default();
        for entry in entries {
            documents.push(rolie_entry(entry))?;
        }
        Ok(documents)
    }

    /// Reads `changes.csv`: a path and a moment a line.
    ///
    /// # Errors
    /// When no line is of that form.
    pub fn of_changes(bytes: &[u8]) -> Result<Self, ListError> {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let mut documents = Self::default();
        for row in reader.byte_records() {
            let row = row.map_err(ListError::new)?;
            let field = |at: usize| row.get(at).and_then(|field| std::str::from_utf8(field).ok());
            let updated = field(1).filter(|moment| moment.parse::<wardround_model::Timestamp>().is_ok());
            documents.push(field(0).zip(updated).and_then(|(path, at)| relative(path, Some(at))))?;
        }
        documents.some()
    }

    /// Reads `index.txt`: a path a line.
    ///
    /// # Errors
    /// When no line is of that form.
    pub fn of_index(bytes: &[u8]) -> Result<Self, ListError> {
        let mut documents = Self::default();
        for line in bytes.split(|&byte| byte == b'\n') {
            let line = std::str::from_utf8(line).unwrap_or("?").trim();
            if !line.is_empty() {
                documents.push(relative(line, None))?;
            }
        }
        documents.some()
    }

    fn push(&mut self, document: Option<Document>) -> Result<(), ListError> {
        match document {
            Some(document) => self.documents.push(document),
            None => self.unusable += 1,
        }
        if self.documents.len() > MAX_DOCUMENTS {
            return Err(ListError::new(format!("it has more than {MAX_DOCUMENTS} documents")));
        }
        Ok(())
    }

    fn some(self) -> Result<Self, ListError> {
        if self.documents.is_empty() { Err(ListError::new("it names no document")) } else { Ok(self) }
    }
}

fn rolie_entry(entry: &Value) -> Option<Document> {
    let links = json::list(entry, "/link");
    let link = |relation: &str| {
        links
            .iter()
            .find(|link| json::text(link, "/rel") == Some(relation))
            .and_then(|link| json::text(link, "/href"))
    };
    let url = reference(json::text(entry, "/content/src").or_else(|| link("self")))?;
    let updated = json::text(entry, "/updated").map(|moment| moment.chars().take(40).collect());
    Some(Document { url, updated, hash: reference(link("hash")), signature: reference(link("signature")) })
}

/// A document below the list's own folder; a path that leads out of it is none.
fn relative(path: &str, updated: Option<&str>) -> Option<Document> {
    let path = path.strip_prefix("./").unwrap_or(path);
    let inside = !path.starts_with('/') && !path.contains([':', '\\', '?', '#']);
    let steps = path.split('/').all(|step| !step.is_empty() && step != "." && step != "..");
    let url = reference(Some(path)).filter(|path| inside && steps && path.ends_with(".json"))?;
    Some(Document { url, updated: updated.map(ToOwned::to_owned), hash: None, signature: None })
}

/// A reference that may stand in a request: of a sane length, without spaces and controls.
fn reference(text: Option<&str>) -> Option<String> {
    let text = text?.trim();
    let plain = !text.is_empty()
        && text.len() <= MAX_REFERENCE
        && !text.chars().any(|letter| letter.is_control() || letter.is_whitespace());
    plain.then(|| text.to_owned())
}

/// What an NVD `.meta` file says of the feed file beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meta {
    /// SHA-256 of the feed, unpacked, in small hexadecimal letters.
    pub sha256: String,
    /// When it last changed.
    pub modified: wardround_model::Timestamp,
}

impl Meta {
    /// Reads lines such as `sha256:0F...`.
    ///
    /// # Errors
    /// When the hash or the moment is missing.
    pub fn parse(bytes: &[u8]) -> Result<Self, ListError> {
        let text = std::str::from_utf8(bytes).map_err(|_| ListError::new("it is not text"))?;
        let field = |name: &str| {
            text.lines().find_map(|line| line.trim().strip_prefix(name)?.strip_prefix(':')).map(str::trim)
        };
        let sha256 = field("sha256").unwrap_or_default().to_ascii_lowercase();
        if sha256.len() != 64 || !sha256.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(ListError::new("it has no SHA-256"));
        }
        let modified = field("lastModifiedDate").and_then(crate::moment::parse);
        let modified =
            modified.ok_or_else(|| ListError::new("it does not say when the feed last changed"))?;
        Ok(Self { sha256, modified })
    }
}

/// How many results a page of NVD's API holds, and of how many (API 2.0).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    /// The place of its first result.
    pub start_index: u64,
    /// All results.
    pub total_results: u64,
    #[serde(rename = "vulnerabilities", deserialize_with = "counted")]
    /// Results on this page.
    pub results: u64,
}

impl Page {
    /// Reads a page; results are counted, not kept.
    ///
    /// # Errors
    /// When it is not such a page.
    pub fn parse(reader: impl std::io::Read) -> Result<Self, ListError> {
        serde_json::from_reader(reader).map_err(ListError::new)
    }
}

fn counted<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    struct Count;
    impl<'de> serde::de::Visitor<'de> for Count {
        type Value = u64;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a list of results")
        }

        fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut items: A) -> Result<u64, A::Error> {
            let mut count = 0;
            while items.next_element::<serde::de::IgnoredAny>()?.is_some() {
                count += 1;
            }
            Ok(count)
        }
    }
    deserializer.deserialize_seq(Count)
}

/// The hash in a file such as `DIGEST  advisory.json`: its first word, in small letters.
#[must_use]
pub fn hash_word(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    let word = text.split_whitespace().next()?.to_ascii_lowercase();
    let is_hash = matches!(word.len(), 64 | 128) && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hash.then_some(word)
}

fn value(bytes: &[u8]) -> Result<Value, ListError> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    serde_json::from_slice(text).map_err(ListError::new)
}

#[cfg(test)]
#[path = "lists/tests.rs"]
mod tests;
