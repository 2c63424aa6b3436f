//! Texts as they are seen on networks, in lists of installed software and of packages, against what they must be read as
//! and the CVEs of the index that the program carries. The table: `banners.tsv`; a third of it are traps.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may fail loudly")]

use wardround_intel::affected::Judgement;
use wardround_intel::feed::FeedKind;
use wardround_intel::names::{AliasKind, Aliases, Distribution, Purl, SeenProduct, products_in};
use wardround_intel::{Index, IndexBuilder, Profile, snapshot};

struct Row<'t> {
    kind: &'t str,
    text: &'t str,
    products: &'t str,
    distribution: &'t str,
    has: &'t str,
    has_not: &'t str,
    trap: bool,
}

fn rows() -> Vec<Row<'static>> {
    let lines = include_str!("banners.tsv").lines().filter(|line| !line.starts_with('#'));
    let row = |line: &'static str| {
        let columns: Vec<&str> = line.split('\t').collect();
        assert_eq!(columns.len(), 7, "{line}");
        Row {
            kind: columns[0],
            text: columns[1],
            products: columns[2],
            distribution: columns[3],
            has: columns[4],
            has_not: columns[5],
            trap: columns[6].starts_with("trap:"),
        }
    };
    lines.map(row).collect()
}

fn read(row: &Row<'_>) -> Vec<SeenProduct> {
    let aliases = Aliases::builtin();
    let parts: Vec<&str> = row.text.split('|').collect();
    match row.kind {
        "banner" => products_in(row.text),
        "installed" => {
            let given = |at: usize| Some(parts[at]).filter(|text: &&str| !text.is_empty());
            aliases.product(parts[0], given(1), given(2)).into_iter().collect()
        }
        "package" => {
            let distribution = Distribution::of_ecosystem(parts[0]).unwrap();
            vec![aliases.package(distribution, Some(parts[1]), parts[2], Some(parts[3]))]
        }
        "purl" => aliases.of_purl(&row.text.parse::<Purl>().unwrap()).into_iter().collect(),
        kind => unreachable!("{kind}"),
    }
}

/// The products that CPE names, the first of their names each.
fn shown(products: &[SeenProduct]) -> String {
    let named = products.iter().filter_map(|product| {
        let name = product.cpe_names().first()?;
        Some(format!("{}:{} {}", name.vendor, name.product, product.version.as_deref().unwrap_or("-")))
    });
    let texts: Vec<String> = named.collect();
    if texts.is_empty() { "-".into() } else { texts.join("; ") }
}

/// The CVEs that the products surely have by their versions alone, and those that they may have.
fn cves(index: &Index<'_>, products: &[SeenProduct]) -> (Vec<String>, Vec<String>) {
    let (mut sure, mut open) = (Vec::new(), Vec::new());
    for product in products {
        for found in index.vulnerabilities_of_product(product) {
            let doubt =
                found.judgement == Judgement::Unknown || found.needs_platform() || product.distribution_build;
            let list = if doubt { &mut open } else { &mut sure };
            list.push(found.cve().to_string());
        }
    }
    (sure, open)
}

#[test]
fn texts_are_read_and_judged_as_checked_by_hand() {
    let index = Index::open(snapshot()).unwrap();
    let rows = rows();
    let traps = rows.iter().filter(|row| row.trap).count();
    let mut wrong = Vec::new();
    let (mut found, mut cleared) = (0, 0);
    for row in &rows {
        let products = read(row);
        if shown(&products) != row.products {
            wrong.push(format!("{}: read as {}, not {}", row.text, shown(&products), row.products));
        }
        let by = products.iter().find_map(|product| product.distribution);
        let by = by.map_or("-".to_owned(), |by| format!("{by:?}"));
        if by != row.distribution && !products.is_empty() {
            wrong.push(format!("{}: by {by}, not {}", row.text, row.distribution));
        }
        let (sure, open) = cves(&index, &products);
        if row.has != "-" {
            found += 1;
            let (list, cve) = row.has.strip_prefix('?').map_or((&sure, row.has), |cve| (&open, cve));
            if !list.iter().any(|found| found == cve) {
                wrong.push(format!("{}: {cve} not found", row.text));
            }
        }
        if row.has_not != "-" {
            cleared += 1;
            if sure.iter().any(|cve| cve == row.has_not) {
                wrong.push(format!("{}: blamed for {}", row.text, row.has_not));
            }
        }
    }
    println!(
        "{} rows, {traps} traps, {found} CVEs found, {cleared} not blamed; wrong: {wrong:#?}",
        rows.len()
    );
    assert!(wrong.is_empty(), "{} wrong", wrong.len());
    assert!(rows.len() >= 150 && traps * 3 >= rows.len(), "{} rows, {traps} traps", rows.len());
}

/// What Debian's tracker says of one CVE; the layout is the tracker's, the facts are those of DSA-5724-1.
const TRACKER: &str = r#"{"openssh": {"CVE-2024-6387": {"releases": {
    "bullseye": {"status": "resolved", "fixed_version": "0", "urgency": "unimportant"},
    "bookworm": {"status": "resolved", "fixed_version": "1:9.2p1-2+deb12u3", "urgency": "not yet assigned"}}}}}"#;

/// The upstream version alone would blame all of these; the package's version, told by the banner, tells them apart.
#[test]
fn a_distribution_is_not_blamed_for_what_it_fixed() {
    use wardround_intel::index::PackageVerdict::{Affected, Fixed, NotAffected};
    let mut builder = IndexBuilder::new(Profile::Full);
    builder.read(FeedKind::DebianTracker, "tracker.json", TRACKER.as_bytes()).unwrap();
    let bytes = builder.finish();
    let index = Index::open_checked(&bytes).unwrap();
    let cve = "CVE-2024-6387".parse().unwrap();
    let verdict = |banner: &str| {
        let package = products_in(banner).remove(0).package.unwrap();
        let reference = package.reference();
        index
            .distribution_verdict(&package.ecosystem, &package.source, reference.version, cve)
            .unwrap()
            .verdict
    };
    assert_eq!(verdict("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7"), Fixed);
    assert_eq!(verdict("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3"), Fixed);
    assert_eq!(verdict("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u2"), Affected);
    assert_eq!(verdict("SSH-2.0-OpenSSH_8.4p1 Debian-5+deb11u3"), NotAffected);
}

/// Names that NVD has and that the data of the committed index lacks (2011, 2017 to 2023 are thin in it).
const NOT_IN_THE_INDEX: &[&str] = &[
    "a:anydesk:anydesk",
    "a:citrix:receiver",
    "a:citrix:workspace",
    "a:denx:u-boot",
    "a:filezilla-project:filezilla_client",
    "a:filezilla-project:filezilla_server",
    "a:foxitsoftware:pdf_reader",
    "a:gunicorn:gunicorn",
    "a:matt_johnston:dropbear_ssh_server",
    "a:microsoft:sql_server_2008",
    "a:microsoft:sql_server_2012",
    "a:microsoft:sql_server_2014",
    "a:microsoft:sql_server_2016",
    "a:microsoft:sql_server_2017",
    "a:microsoft:sql_server_2019",
    "a:microsoft:sql_server_2022",
    "a:microsoft:sql_server_management_studio",
    "a:nextgen:mirth_connect",
    "a:orthanc-server:orthanc",
    "a:progress:ws_ftp_server",
    "a:pureftpd:pure-ftpd",
    "a:realvnc:vnc_server",
    "a:solarwinds:orion_platform",
    "a:solarwinds:serv-u",
    "a:solarwinds:serv-u_ftp_server",
    "a:uvnc:ultravnc",
    "a:veritas:backup_exec",
    "a:vsftpd_project:vsftpd",
    "a:xiongmaitech:uc-httpd",
    "a:zimbra:collaboration",
    "a:zoom:meetings",
    "a:zoom:zoom",
    "o:microsoft:windows_10_1511",
    "o:microsoft:windows_10_1703",
    "o:microsoft:windows_10_1709",
    "o:microsoft:windows_10_1803",
    "o:microsoft:windows_10_1903",
    "o:microsoft:windows_10_1909",
    "o:microsoft:windows_10_2004",
    "o:microsoft:windows_10_20h2",
    "o:microsoft:windows_10_21h1",
    "o:microsoft:windows_11_24h2",
    "o:microsoft:windows_11_25h2",
    "o:microsoft:windows_server_2025",
    "o:synology:diskstation_manager",
];

#[test]
fn every_name_is_in_the_index() {
    let index = Index::open(snapshot()).unwrap();
    let mut missing = Vec::new();
    let mut count = 0;
    for row in Aliases::builtin().rows() {
        for name in row.cpe.iter() {
            count += 1;
            let text = format!("{}:{}:{}", name.part.letter(), name.vendor, name.product);
            let known = index.has_product(Some(name.part), &name.vendor, &name.product);
            if !known && !NOT_IN_THE_INDEX.contains(&text.as_str()) {
                missing.push(text);
            }
        }
        assert!(
            row.kind != AliasKind::Package
                || Aliases::builtin().row(AliasKind::Network, &row.means).is_some(),
            "{row:?}"
        );
    }
    missing.sort();
    missing.dedup();
    println!("{count} names; not in the index: {missing:#?}");
    assert!(missing.is_empty());
}
