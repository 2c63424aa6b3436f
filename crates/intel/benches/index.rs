//! Figures of the index: opening, look-ups, judging, and building from the real feeds when they are there.
//! Run: `cargo bench -p wardround-intel`.

use std::hint::black_box;
use std::io::Read;
use std::path::Path;
use std::time::Instant;

use flate2::read::GzDecoder;
use wardround_intel::affected::SeenVersion;
use wardround_intel::feed::FeedKind;
use wardround_intel::names::products_in;
use wardround_intel::{Index, IndexBuilder, Profile};

const FEEDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/nvd");

fn main() {
    let bytes = wardround_intel::snapshot();
    println!("the snapshot: {} bytes", bytes.len());
    measure("open", 100_000, || Index::open(black_box(bytes)).is_ok());
    measure("open_checked", 5, || Index::open_checked(black_box(bytes)).is_ok());
    let Ok(index) = Index::open(bytes) else { return println!("the snapshot does not open") };
    lookups(&index);
    build();
}

fn lookups(index: &Index<'_>) {
    let ids: Vec<_> = index.cves().map(|cve| cve.id).step_by(97).collect();
    let mut next = ids.iter().cycle();
    measure("cve", 1_000_000, || next.next().and_then(|&id| index.cve(id)));
    measure("oui", 1_000_000, || index.oui(black_box([0x00, 0x09, 0xfb, 1, 2, 3])));
    for banner in ["SSH-2.0-OpenSSH_7.2p2", "Apache/2.4.29 (Ubuntu) OpenSSL/1.0.2k", "Linux 4.4.0"] {
        measure(&format!("banner {banner:?} to CVEs"), 200, || {
            products_in(banner)
                .iter()
                .map(|product| index.vulnerabilities_of_product(product).len())
                .sum::<usize>()
        });
    }
    let seen = SeenVersion::new(Some("B.06.10"), None);
    measure("advisories of a monitor", 2_000, || {
        index.advisories_for("Philips", "IntelliVue MX40", &seen).len()
    });
    let seen = SeenVersion::new(Some("4.1"), None);
    measure("advisories of a switch", 200, || {
        index.advisories_for("Siemens", "SCALANCE X308-2", &seen).len()
    });
}

fn measure<T>(name: &str, times: u32, mut work: impl FnMut() -> T) {
    let started = Instant::now();
    for _ in 0..times {
        black_box(work());
    }
    let each = started.elapsed() / times;
    let per_second = 1.0 / each.as_secs_f64().max(1e-12);
    println!("{name}: {each:?} each, {per_second:.0} a second");
}

fn build() {
    let Ok(folder) = Path::new(FEEDS).read_dir() else {
        return println!("build: skipped, ../shared/data is not there");
    };
    let mut builder = IndexBuilder::new(Profile::Full);
    let mut size = 0;
    let started = Instant::now();
    for entry in folder.flatten() {
        let mut text = Vec::new();
        let read =
            std::fs::File::open(entry.path()).and_then(|file| GzDecoder::new(file).read_to_end(&mut text));
        if read.is_ok()
            && builder.read(FeedKind::Nvd, &entry.path().to_string_lossy(), text.as_slice()).is_ok()
        {
            size += text.len();
        }
    }
    let read = started.elapsed();
    let index = builder.finish();
    println!(
        "build: {size} bytes of NVD read in {read:.2?}, {} bytes written in {:.2?}",
        index.len(),
        started.elapsed() - read
    );
}
