//! The whole index: real feeds, with NVD multiplied.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Instant;

use flate2::read::GzDecoder;
use wardround_intel::affected::SeenVersion;
use wardround_intel::feed::{FeedKind, Input, csaf};
use wardround_intel::index::{PackageRef, PackageVersion, changed_since};
use wardround_intel::{Index, IndexBuilder, Profile};

use crate::estate::{self, Component, Name};
use crate::multiply::{self, Update};
use crate::{heading, memory, once, rate, row};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
const FEEDS: [&str; 9] = [
    "kev",
    "epss",
    "csaf/cisa-csaf.tar.gz",
    "oui",
    "eol",
    "osv/debian-elts.tar.gz",
    "osv/pypa.tar.gz",
    "osv/rustsec.tar.gz",
    "nvd",
];
/// What 100,000 assets have.
const COMPONENTS: usize = 500_000;
const DISTINCT: usize = 20_000;

pub(crate) fn measure() {
    if !Path::new(DATA).exists() {
        return println!("\nskipped: ../shared/data is not there, so there is no whole index to measure");
    }
    heading("The whole index: building");
    let mut pairs = BTreeSet::new();
    let old = build(0, &mut pairs);
    let new = build(500, &mut BTreeSet::new());
    let (old_index, index) = (Index::open(&old).expect("ours opens"), Index::open(&new).expect("ours opens"));
    let empty = estate::empty();
    let everything = estate::everything(&index, &empty);
    let products: Vec<Name<'_>> =
        everything.products.iter().map(|one| (one.part, one.vendor, one.product)).collect();
    heading("The whole index: opening");
    opening(&new, &products);
    heading("The whole index: look-ups, different ones, one thread");
    look_up_packages(&index, &everything.packages);
    look_up_dates(&index, &everything.lifecycles);
    look_up_advisories(&index, &pairs);
    matching(&index, &products);
    heading("An update of 500 CVEs");
    rate("what differs", 5, || changed_since(&old_index, &index));
    let changed = changed_since(&old_index, &index);
    row("touched", &format!("{} CVEs, {} products", changed.cves.len(), changed.products.len()));
}

/// Builds the index; notes the makers and products of advisories.
fn build(updated: usize, pairs: &mut BTreeSet<(String, String)>) -> Vec<u8> {
    let mut builder = IndexBuilder::new(Profile::Full);
    let mut update = Update { left: updated };
    let mut reading = std::time::Duration::ZERO;
    for path in FEEDS.iter().flat_map(|part| files(&Path::new(DATA).join(part))) {
        each_member(&path, &mut |name, bytes| {
            let Some(kind) = FeedKind::recognise(name, bytes) else { return };
            let multiplied = (kind == FeedKind::Nvd)
                .then(|| multiply::feed(std::str::from_utf8(bytes).expect("JSON is UTF-8"), &mut update));
            if kind == FeedKind::Csaf {
                let _ = csaf::read(&mut Input::new(name, bytes), |advisory| note(&advisory, pairs));
            }
            let started = Instant::now();
            let text = multiplied.as_ref().map_or(bytes, |text| text.as_bytes());
            let _ = builder.read(kind, name, text);
            reading += started.elapsed();
        });
    }
    let started = Instant::now();
    let bytes = builder.finish();
    let writing = started.elapsed();
    if updated == 0 {
        let stats = Index::open(&bytes).expect("ours opens").stats();
        row("holds", &format!("{} CVEs, {} products", stats.cves, stats.products));
        row("", &format!("{} packages, {} advisories", stats.packages, stats.advisories));
        row("reading feeds, one thread", &format!("{reading:.2?}"));
        row("writing, one thread", &format!("{writing:.2?}"));
        row("size", &format!("{} bytes", bytes.len()));
        row("most memory while building", &format!("{} MB", memory::resident("VmHWM") / 1024));
    }
    bytes
}

fn note(advisory: &csaf::Advisory, pairs: &mut BTreeSet<(String, String)>) {
    let products = advisory.statements.iter().map(|statement| &statement.product);
    pairs.extend(products.map(|product| (product.manufacturer.clone(), product.name.clone())));
}

fn files(path: &Path) -> Vec<PathBuf> {
    let Ok(folder) = path.read_dir() else { return vec![path.to_owned()] };
    let mut files: Vec<PathBuf> = folder.flatten().map(|entry| entry.path()).collect();
    files.sort();
    files
}

/// Calls `each` with every file, unpacked.
fn each_member(path: &Path, each: &mut dyn FnMut(&str, &[u8])) {
    let name = path.to_string_lossy();
    let file = File::open(path).expect("a feed");
    let mut bytes = Vec::new();
    if name.ends_with(".tar.gz") {
        for entry in tar::Archive::new(GzDecoder::new(file)).entries().expect("an archive") {
            let mut entry = entry.expect("a member");
            let name = entry.path().expect("a name").display().to_string();
            bytes.clear();
            entry.read_to_end(&mut bytes).expect("its bytes");
            each(&name, &bytes);
        }
    } else {
        let mut reader: Box<dyn Read> =
            if name.ends_with(".gz") { Box::new(GzDecoder::new(file)) } else { Box::new(file) };
        reader.read_to_end(&mut bytes).expect("its bytes");
        each(&name, &bytes);
    }
}

fn opening(bytes: &[u8], products: &[Name<'_>]) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("whole.wri");
    std::fs::write(&path, bytes).expect("the disk takes it");
    memory::measure(&path, products);
    once("check everything", || Index::open_checked(bytes).expect("ours holds together"));
}

fn look_up_packages(index: &Index<'_>, packages: &[wardround_intel::index::PackageName<'_>]) {
    let mut next = packages.iter().cycle();
    rate("vulnerabilities of a package", 20_000, || {
        let one = next.next().expect("packages");
        let version = PackageVersion::Full("1.2.3-1");
        let package = PackageRef { ecosystem: one.ecosystem, name: one.name, version };
        index.package_vulnerabilities(&package).len()
    });
}

fn look_up_dates(index: &Index<'_>, products: &[&str]) {
    let mut next = products.iter().cycle();
    rate("end of life", 20_000, || index.end_of_life(next.next().expect("products"), "10.0").len());
}

fn look_up_advisories(index: &Index<'_>, pairs: &BTreeSet<(String, String)>) {
    let seen = SeenVersion::new(Some("1.0"), None);
    let mut next = pairs.iter().cycle();
    let mut found = 0;
    rate("advisories of a device", 2_000, || {
        let (maker, product) = next.next().expect("pairs");
        found += index.advisories_for(maker, product, &seen).len();
    });
    row("statements found for a device", &(found / 2_000).to_string());
}

/// An estate against the whole index: what is installed on many computers is judged once.
fn matching(index: &Index<'_>, products: &[Name<'_>]) {
    let distinct = estate::components(index, products, DISTINCT);
    let mut next = distinct.iter().cycle();
    rate("vulnerabilities of a component", 2_000, || judge(index, next.next().expect("components")));
    heading("Matching: two threads");
    row("estate", &format!("{COMPONENTS} components, {} of them different", distinct.len()));
    let started = Instant::now();
    let found = in_two(&distinct, |part| part.iter().map(|one| judge(index, one)).collect());
    let judged = started.elapsed();
    let pairs: usize = (0..COMPONENTS).filter_map(|at| found.get(at * 7919 % found.len())).sum();
    row("judged", &format!("{judged:.2?}; {:.2?} with all components", started.elapsed()));
    row("found", &format!("{} of the different, {pairs} of all", found.iter().sum::<usize>()));
    row("memory", &format!("{} MB with both indexes and all names", memory::resident("VmRSS") / 1024));
}

fn judge(index: &Index<'_>, ((part, vendor, product), seen): &Component<'_>) -> usize {
    index.vulnerabilities_of(Some(*part), vendor, product, seen).len()
}

/// Half of the work on each of two threads.
fn in_two<T: Sync>(things: &[T], work: impl Fn(&[T]) -> Vec<usize> + Sync) -> Vec<usize> {
    let (one, two) = things.split_at(things.len() / 2);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| work(one));
        let second = work(two);
        [first.join().expect("the thread ends"), second].concat()
    })
}
