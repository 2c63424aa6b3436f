//! A CSAF provider (CSAF 2.0, section 7): its metadata leads to ROLIE feeds or folders, these to advisories, each with its hash
//! and signature beside it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::signature::{self, Keys};
use super::{Wanted, Work};
use crate::address;
use crate::download::{Fresh, Got};
use crate::error::FetchError;
use crate::lists::{Document, Documents, ListError, Provider, hash_word};
use crate::place;
use crate::state::Validators;

/// The most bytes of a provider's metadata.
const MAX_METADATA: u64 = 4 << 20;

/// The most bytes of a list.
const MAX_LIST: u64 = 256 << 20;

/// The most bytes of a file with a hash.
const MAX_HASH: u64 = 4 << 10;

/// So many parts of an address tell one advisory from another: `OT/white/2026/icsa-26-001-01.json`.
const NAME_PARTS: usize = 4;

pub(super) fn run(work: &mut Work<'_>) -> Result<(), FetchError> {
    for url in work.source.addresses(crate::moment::year(work.now)) {
        let done = provider(work, &url);
        work.go_on_after(done)?;
    }
    Ok(())
}

fn provider(work: &mut Work<'_>, url: &str) -> Result<(), FetchError> {
    let url = work.address(url);
    let bytes = work.fetcher.bytes(&url, MAX_METADATA)?;
    let provider = Provider::parse(&bytes).map_err(|error| FetchError::malformed(&url, error))?;
    if provider.closed > 0 {
        work.note(format!("feeds for a closed circle, which were not asked for: {}", provider.closed));
    }
    let lists = lists(work, &url, &provider)?;
    if lists.documents.is_empty() {
        return Ok(());
    }
    let keys = Keys::of(work, &url, &provider)?;
    let before = work.done.failed;
    let mut proofs = Proofs::default();
    for document in lists.documents.values() {
        let done = advisory(work, document, &keys, &mut proofs);
        work.go_on_after(done)?;
    }
    proofs.tell(work);
    if work.done.failed == before {
        work.state.lists.extend(lists.seen);
    }
    Ok(())
}

/// Urgent documents first, then the newest: what an interrupted update brings is then the most useful part.
type Order = (usize, Reverse<Option<String>>, String);

#[derive(Default)]
struct Lists {
    documents: BTreeMap<Order, Document>,
    /// Versions of the lists, to be remembered when all of their documents are here.
    seen: Vec<(String, Validators)>,
}

fn lists(work: &mut Work<'_>, base: &str, provider: &Provider) -> Result<Lists, FetchError> {
    let mut lists = Lists::default();
    for feed in &provider.feeds {
        let url = work.refer(base, feed)?;
        if let Some(bytes) = list(work, &url, &mut lists)? {
            lists.add(work, &url, Documents::of_rolie(&bytes))?;
        }
    }
    // A provider that has both gives the same advisories twice.
    for folder in provider.folders.iter().filter(|_| provider.feeds.is_empty()) {
        let folder = if folder.ends_with('/') { folder.clone() } else { format!("{folder}/") };
        let changes = work.refer(base, &format!("{folder}changes.csv"))?;
        match list(work, &changes, &mut lists) {
            Ok(Some(bytes)) => lists.add(work, &changes, Documents::of_changes(&bytes))?,
            Ok(None) => {}
            Err(FetchError::Status { status: 404, .. }) => {
                let index = work.refer(base, &format!("{folder}index.txt"))?;
                if let Some(bytes) = list(work, &index, &mut lists)? {
                    lists.add(work, &index, Documents::of_index(&bytes))?;
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(lists)
}

/// The list at this address, when it is another one than last time.
fn list(work: &mut Work<'_>, url: &str, lists: &mut Lists) -> Result<Option<Vec<u8>>, FetchError> {
    let known = if work.state.is_whole(&work.folder) { work.state.lists.get(url).cloned() } else { None };
    match work.fetcher.small(url, known.as_ref(), MAX_LIST)? {
        Got::Unchanged => {
            work.done.unchanged += 1;
            Ok(None)
        }
        Got::New((bytes, validators)) => {
            lists.seen.push((url.to_owned(), validators));
            Ok(Some(bytes))
        }
    }
}

impl Lists {
    fn add(
        &mut self,
        work: &mut Work<'_>,
        url: &str,
        documents: Result<Documents, ListError>,
    ) -> Result<(), FetchError> {
        let documents = documents.map_err(|error| FetchError::malformed(url, error))?;
        if documents.unusable > 0 {
            work.note(format!(
                "entries of {url} that cannot be used and were passed over: {}",
                documents.unusable
            ));
        }
        for mut document in documents.documents {
            document.url = work.refer(url, &document.url)?;
            for beside in [&mut document.hash, &mut document.signature].into_iter().flatten() {
                *beside = work.refer(url, beside)?;
            }
            let first = &work.source.first;
            let rank = first.iter().position(|text| document.url.contains(text)).unwrap_or(first.len());
            let order = (rank, Reverse(document.updated.clone()), document.url.clone());
            self.documents.insert(order, document);
        }
        Ok(())
    }
}

fn advisory(
    work: &mut Work<'_>,
    document: &Document,
    keys: &Keys,
    proofs: &mut Proofs,
) -> Result<(), FetchError> {
    let name = address::file_name(&document.url, NAME_PARTS);
    let known = work.state.present(&work.folder, &name);
    let is_known = known.is_some_and(|known| known.url == document.url && known.stated == document.updated);
    if document.updated.is_some() && is_known {
        work.done.unchanged += 1;
        return Ok(());
    }
    let wanted = Wanted { url: &document.url, name: &name, stated: document.updated.as_deref() };
    if let Some(fresh) = work.fetch(&wanted)? {
        let verified = proofs.verify(work, document, &fresh, keys);
        work.settle(&fresh, &wanted, verified)?;
        work.pause();
    }
    Ok(())
}

/// What stood beside the advisories.
#[derive(Default)]
struct Proofs {
    /// The ending that the last hash had, asked for first.
    ending: Option<&'static str>,
    unhashed: u64,
    unsigned: u64,
    unchecked: u64,
}

impl Proofs {
    fn verify(
        &mut self,
        work: &Work<'_>,
        document: &Document,
        fresh: &Fresh,
        keys: &Keys,
    ) -> Result<(), FetchError> {
        match self.hash(work, document)? {
            Some(stated) => check_hash(&stated, document, fresh)?,
            None => self.unhashed += 1,
        }
        let url = document.signature.clone().unwrap_or_else(|| format!("{}.asc", document.url));
        match keys.check(work, &url, document, fresh)? {
            signature::Found::Right => {}
            signature::Found::None => self.unsigned += 1,
            signature::Found::CannotCheck => self.unchecked += 1,
        }
        Ok(())
    }

    /// The hash beside a document, when there is one.
    fn hash(&mut self, work: &Work<'_>, document: &Document) -> Result<Option<String>, FetchError> {
        let endings = self
            .ending
            .into_iter()
            .chain([".sha512", ".sha256"])
            .map(|ending| (Some(ending), format!("{}{ending}", document.url)));
        let stated = document.hash.iter().map(|url| (None, url.clone()));
        for (ending, url) in stated.chain(endings) {
            match work.fetcher.bytes(&url, MAX_HASH) {
                Ok(bytes) => {
                    self.ending = ending.or(self.ending);
                    let word = hash_word(&bytes);
                    return word.map(Some).ok_or_else(|| FetchError::malformed(&url, "it holds no hash"));
                }
                Err(FetchError::Status { status: 404 | 410, .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// What people should know of advisories that were taken without proof.
    fn tell(&self, work: &mut Work<'_>) {
        for (count, what) in [
            (self.unhashed, "no hash beside them; they came over TLS alone"),
            (self.unsigned, "no signature beside them"),
            (self.unchecked, "a signature that was not checked, because no key for it is known"),
        ] {
            if count > 0 {
                work.note(format!("new advisories with {what}: {count}"));
            }
        }
    }
}

fn check_hash(stated: &str, document: &Document, fresh: &Fresh) -> Result<(), FetchError> {
    let (algorithm, name) = if stated.len() == 128 {
        (&ring::digest::SHA512, "SHA-512")
    } else {
        (&ring::digest::SHA256, "SHA-256")
    };
    let file = std::fs::File::open(&fresh.path).map_err(FetchError::disk(&fresh.path))?;
    let (found, _) = place::digest(algorithm, file).map_err(FetchError::disk(&fresh.path))?;
    if found == stated {
        Ok(())
    } else {
        Err(FetchError::Hash { url: document.url.clone(), algorithm: name })
    }
}
