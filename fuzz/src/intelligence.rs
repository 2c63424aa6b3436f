//! Feeds, indexes, bundles and names of products: what is known of weaknesses.

use std::io::Cursor;
use std::path::Path;
use std::sync::LazyLock;

use wardround_feeds::archive::{self, Limits};
use wardround_feeds::keys::Trusted;
use wardround_feeds::lists::{self, Documents, Meta, Page, Provider};
use wardround_feeds::openpgp::Certificate;
use wardround_feeds::{Catalogue, bundle};
use wardround_identify::fingerprints::Fingerprints;
use wardround_intel::cvss::{Environment, Reach, Requirement, Vector};
use wardround_intel::feed::{FeedKind, Input, csaf};
use wardround_intel::index::{PackageRef, PackageVersion, changed_since};
use wardround_intel::names;
use wardround_intel::{Index, IndexBuilder, Profile};

/// Reads a feed file; the first byte of `bytes` chooses which.
pub fn feed(bytes: &[u8]) {
    let Some((choice, bytes)) = bytes.split_first() else { return };
    if let Some(kind) = FeedKind::ALL.get(usize::from(*choice) % FeedKind::ALL.len()) {
        feed_as(*kind, bytes);
    }
}

/// Reads a file of one feed. Whatever was read of it makes an index that holds together, and read again it is the same.
pub fn feed_as(kind: FeedKind, bytes: &[u8]) {
    let built = |times: usize| {
        let mut builder = IndexBuilder::new(Profile::Full);
        for _ in 0..times {
            let _ = builder.read(kind, "fuzz", bytes);
        }
        builder.finish()
    };
    let once = built(1);
    let Ok(index) = Index::open_checked(&once) else { panic!("an index of ours does not hold together") };
    assert!(built(2) == once, "read again it is another");
    ask(&index);
}

/// Opens an index and asks it everything: damaged bytes give fewer answers. The bytes are an index, or edits of one that the seeds
/// of the feeds make: where (two bytes) and what (one byte). Whoever damages an index can hash it again, so it is.
pub fn index(bytes: &[u8]) {
    static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(index_of_the_seeds);
    if let Ok(index) = Index::open(bytes) {
        ask(&index);
    }
    let mut damaged = WHOLE.clone();
    for edit in bytes.as_chunks::<3>().0 {
        let at = usize::from(u16::from_le_bytes([edit[0], edit[1]])) % damaged.len();
        damaged[at] = edit[2];
    }
    seal(&mut damaged);
    let _ = Index::open_checked(&damaged).map(|index| ask(&index));
    let _ = Index::open(&damaged).map(|index| ask(&index));
}

/// Every feed has something in this index.
fn index_of_the_seeds() -> Vec<u8> {
    let mut builder = IndexBuilder::new(Profile::Full);
    let chosen: [&[u8]; 7] = [
        include_bytes!("../seeds/feed/nvd"),
        include_bytes!("../seeds/feed/kev"),
        include_bytes!("../seeds/feed/epss"),
        include_bytes!("../seeds/feed/cve-record"),
        include_bytes!("../seeds/feed/ssvc-lines"),
        include_bytes!("../seeds/feed/csaf"),
        include_bytes!("../seeds/feed/oui"),
    ];
    let named: [(FeedKind, &[u8]); 8] = [
        (FeedKind::Osv, include_bytes!("../seeds/osv/advisory.json")),
        (FeedKind::Osv, include_bytes!("../seeds/osv/pypa.yaml")),
        (FeedKind::RustSec, include_bytes!("../seeds/rustsec/advisory.md")),
        (FeedKind::DebianTracker, include_bytes!("../seeds/debian-tracker/tracker.json")),
        (FeedKind::DebianChangelog, include_bytes!("../seeds/debian-changelog/changelog")),
        (FeedKind::EndOfLife, include_bytes!("../seeds/end-of-life/answer.json")),
        (FeedKind::EndOfLife, include_bytes!("../seeds/end-of-life/page.md")),
        (FeedKind::Recalls, include_bytes!("../seeds/recalls/enforcement.json")),
    ];
    let chosen = chosen.map(|seed| (FeedKind::ALL[usize::from(seed[0])], &seed[1..]));
    for (kind, seed) in chosen.into_iter().chain(named) {
        if let Err(error) = builder.read(kind, "seed", seed) {
            panic!("a seed of {kind:?} is none: {error}");
        }
    }
    builder.finish()
}

/// Writes the hashes of the sections and of their table anew; see `layout` of the index.
fn seal(index: &mut [u8]) {
    const HEADER: usize = 32;
    let word = |index: &[u8], at: usize| {
        let bytes = index.get(at..)?.first_chunk().copied()?;
        usize::try_from(u64::from_le_bytes(bytes)).ok()
    };
    let sections = index.get(12).map_or(0, |count| usize::from(*count));
    let end = HEADER + sections * 32;
    for row in (HEADER..end).step_by(32) {
        let (Some(start), Some(length)) = (word(index, row), word(index, row + 8)) else { return };
        let section = start.checked_add(length).and_then(|end| index.get(start..end));
        let hash = section.map(blake3::hash);
        if let (Some(hash), Some(place)) = (hash, index.get_mut(row + 16..row + 32)) {
            place.copy_from_slice(&hash.as_bytes()[..16]);
        }
    }
    if let Some(hash) = index.get(HEADER..end).map(blake3::hash) {
        index[16..HEADER].copy_from_slice(&hash.as_bytes()[..16]);
    }
}

/// Asks for everything that an index names, and for some things that it may not.
fn ask(index: &Index<'_>) {
    let cves = index.cves().take(64).count();
    let _ = (cves, index.advisories().take(64).count(), index.sources(), index.stats());
    let _ = index.oui([0, 9, 0x5c, 1, 2, 3]);
    for seen in wardround_intel::names::products_in("OpenSSH_7.2p2 nginx/1.10.3") {
        let _ = index.vulnerabilities_of_product(&seen);
    }
    let nothing = IndexBuilder::default().finish();
    let Ok(nothing) = Index::open(&nothing) else { panic!("an index of nothing does not open") };
    let named = changed_since(&nothing, index);
    for package in named.packages.iter().take(16) {
        for version in
            [PackageVersion::Full("1:2.3-4"), PackageVersion::WithoutEpoch("2.3"), PackageVersion::Unknown]
        {
            let package = PackageRef { ecosystem: package.ecosystem, name: package.name, version };
            let _ = index.package_vulnerabilities(&package);
        }
    }
    for product in named.lifecycles.iter().take(16) {
        let _ = index.end_of_life(product, "10.0.19045");
    }
    for firm in named.recalling_firms.iter().take(16) {
        let _ = index.recalls_of(firm, "Infuser 3000");
    }
}

/// Reads a banner into products.
pub fn banner(bytes: &[u8]) {
    let _ = wardround_intel::names::products_in(&String::from_utf8_lossy(bytes));
}

/// Reads a CVSS vector and scores it: what was read is written the same, and an attacker who must come nearer is no worse.
pub fn cvss(bytes: &[u8]) {
    let Some((choice, text)) = bytes.split_first() else { return };
    let Ok(vector) = String::from_utf8_lossy(text).parse::<Vector>() else { return };
    assert_eq!(vector.to_string().parse::<Vector>().as_ref(), Ok(&vector), "written and read it differs");
    let aim = |bits: u8| {
        [None, Some(Requirement::Low), Some(Requirement::Medium), Some(Requirement::High)]
            [usize::from(bits & 3)]
    };
    let at = |reach| Environment {
        confidentiality: aim(*choice),
        integrity: aim(choice >> 2),
        availability: aim(choice >> 4),
        reach: Some(reach),
    };
    let scores = [Reach::Physical, Reach::Local, Reach::Adjacent, Reach::Network]
        .map(|reach| vector.score_in(&at(reach)));
    assert!(scores.is_sorted(), "nearer is worse: {scores:?}");
}

/// Reads a CSAF document: its advisory and its faults; and, when it is none, its text as versions.
pub fn csaf(bytes: &[u8]) {
    let _ = csaf::read(&mut Input::new("advisory.json", bytes), drop);
    let faults = csaf::faults::check(&mut Input::new("advisory.json", bytes)).unwrap_or_default();
    assert!(faults.len() <= csaf::faults::MAX_FAULTS, "{} faults", faults.len());
    let _ = csaf::read_versions(&String::from_utf8_lossy(bytes));
}

/// Reads names of installed software, of Windows and of packages, and a file of names.
pub fn names(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (one, two) = text.split_once('\n').unwrap_or((&text, ""));
    let aliases = names::Aliases::builtin();
    if let Some(product) = aliases.product(one, Some(two), Some(two)) {
        assert!(!product.cpe_names().is_empty(), "a product of the table has a name");
    }
    let _ = (names::windows(one), one.parse::<names::Purl>().map(|purl| aliases.of_purl(&purl)));
    if let Ok(own) = aliases.with("own.tsv", &text) {
        let _ = (own.products_in(one), own.search(two).len());
    }
}

/// Reads a file of fingerprints, and holds each of its lines against those that were read.
pub fn fingerprints(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(own) = Fingerprints::default().with("own.xml", &text) else { return };
    let used: usize = own.files().iter().map(|file| file.used).sum();
    assert_eq!(used, own.len(), "one is neither used nor counted");
    for line in text.lines() {
        let _ = own.properties("ssh.banner", line);
    }
}

/// Reads every member of a plain file, gzip, tar or zip, within small limits that hold whatever the bytes say.
pub fn archive(bytes: &[u8]) {
    let limits = Limits { members: 100, bytes: 1 << 20, ratio: 50, ratio_from: 1 << 12 };
    let (mut members, mut total) = (0_u64, 0_u64);
    let _ = archive::walk(Cursor::new(bytes), "fuzz", limits, &mut |_, reader| {
        members += 1;
        let mut content = Vec::new();
        let _ = reader.read_to_end(&mut content);
        total += content.len() as u64;
    });
    assert!(members <= limits.members && total <= limits.bytes, "{members} members, {total} bytes");
}

/// The key that signed the seed of `bundle`.
const BUNDLE_KEY: &str =
    "wardround-public-key:7be33fc9b32302a6043a733b0706288da3fca26dc712a5cbefebc497e9cf43b9";

/// Reads the signed part of a bundle: only what that key has signed may come out.
pub fn bundle(mut bytes: &[u8]) {
    let Ok(key) = BUNDLE_KEY.parse() else { panic!("the key is none") };
    let mut trusted = Trusted::default();
    trusted.add(key);
    if let Ok((manifest, by)) = bundle::read_head(&mut bytes, Path::new("fuzz"), &trusted) {
        assert!(
            by == key && manifest.made_at == "2026-11-26T03:38:19Z",
            "somebody forged a bundle: {manifest:?}"
        );
    }
}

/// Reads a publisher's list as each of the lists that there are; a path of a folder's list stays in the folder.
pub fn list(bytes: &[u8]) {
    let _ = (Provider::parse(bytes), Meta::parse(bytes), Page::parse(bytes), lists::hash_word(bytes));
    let _ = Documents::of_rolie(bytes);
    for documents in [Documents::of_changes(bytes), Documents::of_index(bytes)].into_iter().flatten() {
        for document in documents.documents {
            let outside = document.url.starts_with('/') || document.url.split('/').any(|step| step == "..");
            assert!(!outside && !document.url.contains([':', '\\']), "{document:?} leads out of its folder");
        }
    }
}

/// Reads a list of sources and writes out its addresses.
pub fn sources(bytes: &[u8]) {
    let Ok(catalogue) = Catalogue::default().with(&String::from_utf8_lossy(bytes), "fuzz") else { return };
    for source in &catalogue.sources {
        assert!(!source.id.contains(['/', '.']), "{} is no name of a folder", source.id);
        for url in source.addresses(2026).iter().take(100) {
            let _ = catalogue.mirrored(url);
        }
    }
}

/// Reads a key, and a signature over nothing: no bytes are a signature of the sample's key.
pub fn openpgp(bytes: &[u8]) {
    const KEY: &[u8] = include_bytes!("../seeds/openpgp/key");
    let Ok(key) = Certificate::parse(KEY) else { panic!("the sample is no key") };
    assert!(key.verify(b"fuzz", bytes).is_err(), "somebody forged a signature");
    if let Ok(read) = Certificate::parse(bytes) {
        let _ = (read.fingerprint(), read.verify(b"fuzz", bytes));
    }
}
