use proptest::prelude::*;

use super::*;
use crate::build::samples::{EPSS, OSV, built, files, nvd_file, nvd_record, one_of, product};
use crate::feed::FeedKind;
use crate::index::{PackageRef, PackageVersion};
use crate::{Index, Profile};

type Files = Vec<(FeedKind, &'static str, String)>;

/// What differs when this text of a file becomes that one.
fn check(from: &str, to: &str, test: impl Fn(&Changed<'_>)) {
    let edited: Files =
        files().into_iter().map(|(kind, name, text)| (kind, name, text.replacen(from, to, 1))).collect();
    assert_ne!(edited, files(), "{from} stands in no file");
    let (old, new) = (built(Profile::Full, &files()), built(Profile::Full, &edited));
    let (old, new) = (Index::open_checked(&old).unwrap(), Index::open_checked(&new).unwrap());
    let changed = changed_since(&old, &new);
    test(&changed);
    assert_eq!(changed_since(&new, &old), changed, "the other way round");
}

/// What differs, in one line a thing.
fn told(changed: &Changed<'_>) -> Vec<String> {
    let Changed { cves, products, packages, advisories, makers, lifecycles, recalling_firms } = changed;
    let mut told: Vec<String> = cves.iter().map(ToString::to_string).collect();
    told.extend(products.iter().map(|one| format!("{}:{}:{}", one.part.letter(), one.vendor, one.product)));
    told.extend(packages.iter().map(|one| format!("{} {}", one.ecosystem, one.name)));
    told.extend(
        advisories.iter().chain(makers).chain(lifecycles).chain(recalling_firms).map(|s| s.to_string()),
    );
    told
}

#[test]
fn a_change_touches_what_it_is_about_and_nothing_else() {
    // What stands in a file, what stands there instead, what differs.
    let table: [(&str, &str, &[&str]); 15] = [
        (r#""versionEndExcluding":"2.4""#, r#""versionEndExcluding":"2.5""#, &["a:acme:viewer"]),
        ("h:acme:pump:-", "h:acme:pump:2", &["o:acme:pump_firmware"]),
        // A product that only platforms name is gone, and another is there.
        ("h:acme:pump:-", "h:acme:pumps:-", &["h:acme:pump", "o:acme:pump_firmware", "h:acme:pumps"]),
        ("CVE-2020-9999,0.1", "CVE-2020-9999,0.2", &["CVE-2020-9999"]),
        (r#""dateAdded":"2022-01-02""#, r#""dateAdded":"2022-01-03""#, &["CVE-2016-6210"]),
        (r#""baseScore":5.9"#, r#""baseScore":6.9"#, &["CVE-2016-6210"]),
        (r#""Exploitation":"poc""#, r#""Exploitation":"active""#, &["CVE-2016-6210"]),
        ("1:6.7p1-5+deb8u9", "1:6.7p1-5+deb8u10", &["Debian:8 openssh"]),
        ("2.3.2", "2.3.3", &["PyPI flask"]),
        (r#""nodsa_reason":"postponed""#, r#""nodsa_reason":"ignored""#, &["Debian:12 nginx"]),
        (
            r#""name":"<12.3.""#,
            r#""name":"<12.4.""#,
            &["ICSMA-26-001-01", "Becton, Dickinson and Company (BD)"],
        ),
        // Released again with the same words: its makers are not touched.
        ("2026-02-03T06:00:00Z", "2026-02-04T06:00:00Z", &["ICSMA-26-001-01"]),
        ("2026-09-07", "2027-09-07", &["openssl"]),
        ("- /pumpos", "- /pumposs", &["pump-system"]),
        ("Open, Classified", "Terminated", &["Acme Medical Devices, Inc."]),
    ];
    for (from, to, touched) in table {
        check(from, to, |changed| {
            let mut expected: Vec<String> = touched.iter().map(|&text| text.to_owned()).collect();
            let mut told = told(changed);
            expected.sort();
            told.sort();
            assert_eq!(told, expected, "{from} becomes {to}");
        });
    }
}

#[test]
fn what_says_nothing_else_touches_nothing() {
    for (from, to) in
        [("# What happens", "# It happened"), ("minor issue", "small issue"), ("Fix a race", "Fix a bug")]
    {
        check(from, to, |changed| assert!(changed.is_empty(), "{changed:?}"));
    }
}

#[test]
fn everything_is_new_beside_an_empty_index() {
    let (empty, full) = (built(Profile::Full, &[]), built(Profile::Full, &files()));
    let (empty, full) = (Index::open(&empty).unwrap(), Index::open(&full).unwrap());
    let changed = changed_since(&empty, &full);
    let stats = full.stats();
    assert_eq!((changed.cves.len(), changed.products.len()), (stats.cves, stats.products));
    assert_eq!((changed.packages.len(), changed.lifecycles.len()), (stats.packages, stats.lifecycles));
    assert_eq!((changed.advisories.len(), changed.makers.len(), changed.recalling_firms.len()), (1, 1, 1));
}

/// Records of four CVEs and two packages, each in one of four states; state 0 is "not there".
fn feeds(states: &[usize]) -> Files {
    let at = |place: usize| states.get(place).copied().unwrap_or_default();
    let records: Vec<String> = (0..4)
        .filter(|&place| at(place) > 0)
        .map(|place| {
            let version = at(place);
            let matches = ["a:acme:viewer", "a:acme:server"].map(|name| {
                let name = format!("{name}:{}:*:*:*:*:*:*:*", if version == 3 { "3" } else { "*" });
                product(&name, if version == 2 { r#","versionEndExcluding":"2.0""# } else { "" })
            });
            // Which of the two products it is about.
            let matches = matches.get(place % 2..).unwrap_or_default().join(",");
            nvd_record(&format!("CVE-2020-000{}", place + 1), "2021-01-01", &one_of(&matches))
        })
        .collect();
    let packages = (4..6).filter(|&place| at(place) > 0).map(|place| {
        let text =
            OSV.replace("openssh", &format!("p{place}")).replace("ELA-26-1", &format!("ELA-26-{place}"));
        (FeedKind::Osv, "osv.json", text.replace("deb8u9", &format!("deb8u{}", at(place))))
    });
    let mut files: Files = packages.collect();
    files.push((FeedKind::Nvd, "nvd.json", nvd_file(&records)));
    files.push((FeedKind::Epss, "epss.csv", EPSS.replace("0.9,", &format!("0.{},", 1 + at(6)))));
    files
}

fn rows(index: &Index<'_>, name: &ProductName<'_>) -> Vec<String> {
    let rows = index.product_rows(Some(name.part), name.vendor, name.product);
    rows.iter().map(|row| format!("{} {:?} {:?}", row.cve, row.criterion, row.qualifiers)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Named is exactly what answers differently.
    #[test]
    fn what_differs_is_named_and_nothing_else(
        old in prop::collection::vec(0usize..4, 7),
        new in prop::collection::vec(0usize..4, 7),
    ) {
        let (old, new) = (built(Profile::Full, &feeds(&old)), built(Profile::Full, &feeds(&new)));
        let (old, new) = (Index::open_checked(&old).unwrap(), Index::open_checked(&new).unwrap());
        let changed = changed_since(&old, &new);
        for product in ["viewer", "server"] {
            let name = ProductName { vendor: "acme", product, part: Part::Application };
            prop_assert_eq!(changed.products.contains(&name), rows(&old, &name) != rows(&new, &name));
        }
        for name in ["p4", "p5"] {
            let package = PackageRef { ecosystem: "Debian:8", name, version: PackageVersion::Unknown };
            let differs = old.package_vulnerabilities(&package) != new.package_vulnerabilities(&package);
            prop_assert_eq!(changed.packages.iter().any(|one| one.name == name), differs);
        }
        for id in old.cves().chain(new.cves()).map(|cve| cve.id) {
            prop_assert_eq!(changed.cves.contains(&id), old.cve(id) != new.cve(id));
        }
        prop_assert!(changed_since(&new, &new).is_empty());
    }
}
