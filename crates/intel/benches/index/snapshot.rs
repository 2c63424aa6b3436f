//! The committed snapshot: opening it, and single look-ups.

use std::hint::black_box;

use wardround_intel::Index;
use wardround_intel::affected::SeenVersion;
use wardround_intel::names::products_in;

use crate::{heading, rate, row};

pub(crate) fn measure() {
    let bytes = wardround_intel::snapshot();
    heading("The snapshot");
    row("size", &format!("{} bytes", bytes.len()));
    rate("open", 100_000, || Index::open(black_box(bytes)).is_ok());
    rate("open and check everything", 5, || Index::open_checked(black_box(bytes)).is_ok());
    let Ok(index) = Index::open(bytes) else { return row("", "does not open: `make intel` builds it again") };
    let ids: Vec<_> = index.cves().map(|cve| cve.id).step_by(97).collect();
    let mut next = ids.iter().cycle();
    rate("a CVE", 1_000_000, || next.next().and_then(|&id| index.cve(id)));
    rate("the maker of an address", 1_000_000, || index.oui(black_box([0x00, 0x09, 0xfb, 1, 2, 3])));
    for banner in ["SSH-2.0-OpenSSH_7.2p2", "Apache/2.4.29 (Ubuntu) OpenSSL/1.0.2k", "Linux 4.4.0"] {
        rate(&format!("banner {banner:?}"), 200, || {
            let products = products_in(banner);
            products.iter().map(|product| index.vulnerabilities_of_product(product).len()).sum::<usize>()
        });
    }
    let seen = SeenVersion::new(Some("B.06.10"), None);
    rate("advisories of a monitor", 2_000, || {
        index.advisories_for("Philips", "IntelliVue MX40", &seen).len()
    });
    let seen = SeenVersion::new(Some("4.1"), None);
    rate("advisories of a switch", 2_000, || index.advisories_for("Siemens", "SCALANCE X308-2", &seen).len());
    rate("end of life of a version", 100_000, || index.end_of_life("openssl:openssl", "3.0.11").len());
}
