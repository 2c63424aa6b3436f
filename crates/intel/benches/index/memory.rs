//! What an opened index costs: asked of a process of its own that does nothing else.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use wardround_intel::affected::SeenVersion;
use wardround_mapped::MappedIndex;

use crate::estate::Name;
use crate::row;

/// Names the index file to the process that opens it.
pub(crate) const CHILD: &str = "WARDROUND_BENCH_OPEN";

/// Opens the index in a process of its own, which looks up the products in a list beside it.
pub(crate) fn measure(index: &Path, products: &[Name<'_>]) {
    let step = (products.len() / 1_000).max(1);
    let lines = products.iter().step_by(step).take(1_000);
    let lines: Vec<String> = lines.map(|(_, vendor, product)| format!("{vendor}\t{product}")).collect();
    std::fs::write(index.with_extension("tsv"), lines.join("\n")).expect("the disk takes it");
    let program = std::env::current_exe().expect("this program has a path");
    let status = Command::new(program).env(CHILD, index).status().expect("the process starts");
    assert!(status.success());
}

/// What that process does.
pub(crate) fn child(index: &Path) {
    let list = std::fs::read_to_string(index.with_extension("tsv")).expect("the list");
    let before = resident("VmRSS");
    let started = Instant::now();
    let mapped = MappedIndex::open(index).expect("the index opens");
    let index = mapped.index().expect("the index opens");
    row("open, mapped (header alone)", &format!("{:.2?}", started.elapsed()));
    row("memory after opening", &format!("{} kB more", resident("VmRSS") - before));
    let seen = SeenVersion::new(Some("1.0"), None);
    let started = Instant::now();
    for (vendor, product) in list.lines().filter_map(|line| line.split_once('\t')) {
        std::hint::black_box(index.vulnerabilities_of(None, vendor, product, &seen));
    }
    row("1,000 products looked up, pages not yet read", &format!("{:.2?}", started.elapsed()));
    let (more, of_file) = (resident("VmRSS") - before, resident("RssFile"));
    row("memory after these", &format!("{more} kB more; {of_file} kB are of files"));
}

/// A figure of the kernel's about this process, in kB.
pub(crate) fn resident(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    line.and_then(|text| text.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
}
