//! Real feeds from `../shared/data`, when they are there, over HTTP and through every check: the index is the one that the files
//! themselves give.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use wardround_feeds::{index, update};
use wardround_intel::{Index, Profile};

use crate::hospital::Hospital;
use crate::publisher::{Conduct, Publisher};

fn data() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    if path.is_dir() {
        return Some(path);
    }
    let _ = writeln!(std::io::stderr(), "skipped: ../shared/data is not there");
    assert!(std::env::var_os("WARDROUND_NEED_DATA").is_none(), "../shared/data is needed");
    None
}

fn hex(digest: &ring::digest::Digest) -> String {
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A year of NVD with its `.meta`.
fn serve_year(publisher: &Publisher, file: &Path, year: u16) {
    let packed = std::fs::read(file).unwrap();
    let mut text = Vec::new();
    GzDecoder::new(packed.as_slice()).read_to_end(&mut text).unwrap();
    let sha256 = hex(&ring::digest::digest(&ring::digest::SHA256, &text));
    let meta = format!("lastModifiedDate:2026-08-20T03:00:00-04:00\r\nsha256:{sha256}\r\n");
    publisher.put(&format!("/nvd-{year}.meta"), meta);
    publisher.put(&format!("/nvd-{year}.json.gz"), packed);
}

/// A folder of advisories as a provider offers them.
fn serve_advisories(publisher: &Publisher, folder: &Path) {
    let mut list = String::new();
    let mut names: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    for path in names {
        let (name, text) =
            (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap());
        let sha256 = hex(&ring::digest::digest(&ring::digest::SHA256, &text));
        publisher.put(&format!("/csaf/{name}"), text);
        publisher.put(&format!("/csaf/{name}.sha256"), format!("{sha256}  {name}\n"));
        list.push_str(&format!("\"{name}\",\"2025-02-01T00:00:00Z\"\n"));
    }
    publisher.put("/csaf/changes.csv", list);
    let metadata = format!(r#"{{"distributions":[{{"directory_url":"{}"}}]}}"#, publisher.url("/csaf/"));
    publisher.put("/provider-metadata.json", metadata);
}

const SOURCES: &str = "
[[source]]
id = 'kev'
method = 'files'
urls = ['HERE/kev.json']
[[source]]
id = 'epss'
method = 'files'
urls = ['HERE/epss_2026-08-16.csv.gz']
[[source]]
id = 'oui'
method = 'files'
urls = ['HERE/ieee.tar.gz']
[[source]]
id = 'nvd'
method = 'nvd'
first-year = 2025
urls = ['HERE/nvd-{year}.json.gz']
[[source]]
id = 'csaf'
method = 'csaf'
urls = ['HERE/provider-metadata.json']
";

#[test]
fn real_feeds_over_http_give_the_index_of_the_files() {
    let Some(data) = data() else { return };
    let publisher = Publisher::new();
    let files =
        ["kev/known_exploited_vulnerabilities.json", "epss/epss_2026-08-16.csv.gz", "oui/ieee.tar.gz"];
    for (file, path) in files.iter().zip(["/kev.json", "/epss_2026-08-16.csv.gz", "/ieee.tar.gz"]) {
        publisher.put(path, std::fs::read(data.join(file)).unwrap());
    }
    // A line that breaks twice costs nothing but a moment.
    publisher.once("/epss_2026-08-16.csv.gz", Conduct::CutAfter(1_000_000));
    publisher.once("/epss_2026-08-16.csv.gz", Conduct::CutAfter(1_000_000));
    let years = [2025, 2026].map(|year| data.join(format!("nvd/nvdcve-2.0-{year}.json.gz")));
    years.iter().zip(2025..).for_each(|(file, year)| serve_year(&publisher, file, year));
    serve_advisories(&publisher, &data.join("csaf/icsma"));

    let sources = SOURCES.replace("HERE", &publisher.url(""));
    let hospital = Hospital::with(publisher, sources);
    for report in hospital.update_all() {
        assert_eq!(report.fetched.failed, 0, "{}: {:?}", report.id, report.fetched.problems);
        assert!(report.as_of.is_some() || report.id == "oui", "{} is not dated", report.id);
    }
    let again = hospital.update_all();
    assert!(again.iter().all(|report| report.fetched.new_files == 0), "{again:?}");

    let folders = update::folders(&hospital.catalogue(), hospital.folder.path());
    let fetched = index::build(&folders, Profile::Full, &mut |_, _| {}).unwrap();
    let from: Vec<PathBuf> =
        files.iter().map(|file| data.join(file)).chain(years).chain([data.join("csaf/icsma")]).collect();
    let direct = index::build(&from, Profile::Full, &mut |_, _| {}).unwrap();
    assert!(fetched == direct, "the index over HTTP differs: {} and {} bytes", fetched.len(), direct.len());
    assert_eq!(Index::open(&fetched).unwrap().stats().advisories, 133);
}
