//! OpenVAS and Greenbone results (GMP XML): hosts with what was found on them, and results with their quality of detection.
//!
//! A result that the scanner itself holds for uncertain (quality below 70 of 100, its own default) is an error of its row and no
//! report; so is nothing that a person marked as a false positive. A result's description, which quotes the host, is never read.

use std::net::IpAddr;

use wardround_model::{FactKind, MacAddr, SourceKind, Subject, Timestamp};

use super::{Report, names_distribution, product, report, service};
use crate::xml::{Element, Part, Vocabulary, begins_with, read_file};
use crate::{ImportError, Request, Row, Rows, Thing};

const VOCABULARY: Vocabulary = Vocabulary {
    names: &[
        "ip",
        "end",
        "detail",
        "name",
        "value",
        "host",
        "hostname",
        "port",
        "nvt",
        "oid",
        "refs",
        "ref",
        "type",
        "id",
        "cve",
        "severity",
        "qod",
        "creation_time",
        "report",
        "results",
    ],
    records: &["result", "host"],
    passed_over: &[],
};

/// Below it, the scanner itself holds a result for uncertain (Greenbone's default filter `min_qod=70`).
const LEAST_QUALITY: u8 = 70;
/// What the numbers of all its tests begin with; the rest fits and is as exact.
const TESTS: &str = "1.3.6.1.4.1.25623.1.";

pub(crate) fn looks(_name: &str, bytes: &[u8]) -> bool {
    // Other tools name their first element `report` too; here it holds the scan's times or tests.
    let start = String::from_utf8_lossy(bytes.get(..bytes.len().min(4096)).unwrap_or_default());
    let is_scan =
        ["<scan_start>", "<nvt ", "<scan_run_status>", "format_id="].iter().any(|part| start.contains(part));
    begins_with(bytes, &["get_reports_response", "get_results_response"])
        || is_scan && begins_with(bytes, &["report"])
}

pub(crate) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    let mut latest = None;
    read_file(request, SourceKind::OpenVas, VOCABULARY, rows, |rows, part| {
        let Part::Record(record) = part else { return };
        rows.count_row();
        let time = record.text_of("creation_time").or_else(|| record.text_of("end"));
        let at: Option<Timestamp> = time.and_then(|text| text.parse().ok());
        rows.observed_at(at.unwrap_or(request.observed_at));
        latest = latest.max(at);
        match record.name {
            "result" => read_result(rows, &record),
            // Lists of ports and of errors name hosts too, without anything else.
            _ if record.child("ip").is_none() => {}
            _ => read_host(rows, &record),
        }
    })?;
    rows.observed_at(latest.unwrap_or(request.observed_at));
    Ok(())
}

/// A detail of a host.
fn detail<'a>(host: &'a Element, name: &'a str) -> Option<&'a str> {
    host.all("detail")
        .find(|detail| detail.text_of("name") == Some(name))
        .and_then(|detail| detail.text_of("value"))
}

fn read_host(rows: &mut Rows<'_>, host: &Element) {
    let row = host.row;
    let mac = detail(host, "MAC").and_then(|text| text.to_ascii_lowercase().parse::<MacAddr>().ok());
    let thing = Thing {
        mac: mac.filter(|mac| mac.is_one_card()),
        ip: host.text_of("ip").and_then(|text| text.parse().ok()),
        name: detail(host, "hostname").map(str::to_owned),
        ..Thing::default()
    };
    let Some(subject) = rows.thing(row, &thing) else { return };
    let system = detail(host, "best_os_txt");
    if let Some(system) = system {
        rows.fact(row, subject, FactKind::OperatingSystem, system);
    }
    if let Some(cpe) = detail(host, "best_os_cpe") {
        product(rows, row, subject, cpe, false);
    }
    let is_mended = system.is_some_and(names_distribution);
    for app in host.all("detail").filter(|detail| detail.text_of("name") == Some("App")) {
        if let Some(cpe) = app.text_of("value") {
            product(rows, row, subject, cpe, is_mended);
        }
    }
}

fn read_result(rows: &mut Rows<'_>, result: &Element) {
    let row = result.row;
    let address = result.text_of("host").and_then(|text| text.parse::<IpAddr>().ok());
    let name = result.child("host").and_then(|host| host.text_of("hostname"));
    let thing = Thing { ip: address, name: name.map(str::to_owned), ..Thing::default() };
    let Some(host) = rows.thing(row, &thing) else { return };
    let port = result.text_of("port").unwrap_or_default();
    let endpoint = address.and_then(|ip| endpoint(ip, port));
    if let Some(endpoint) = endpoint {
        rows.fact(row, Subject::Service(endpoint), FactKind::ServiceOpen, word_of(port));
    }
    match (severity(result), quality(result)) {
        (Some(severity), _) if severity < 0.0 => {}
        (None, _) => rows.error(row, Some("severity"), "is no number; export it again"),
        (_, Some(quality)) if quality < LEAST_QUALITY => {
            rows.error(
                row,
                Some("qod"),
                "is below 70 of 100: the scanner itself is not sure. Scan again with a login",
            );
        }
        (Some(severity), _) => {
            let subject = endpoint.map_or(host, Subject::Service);
            read_report(rows, row, subject, result, severity > 0.0);
        }
    }
}

fn severity(result: &Element) -> Option<f32> {
    result.text_of("severity")?.parse().ok().filter(|severity: &f32| severity.is_finite())
}

/// Quality of detection, 0 to 100; old reports have none.
fn quality(result: &Element) -> Option<u8> {
    result.child("qod")?.text_of("value")?.parse().ok()
}

fn read_report(rows: &mut Rows<'_>, row: Row, subject: Subject, result: &Element, is_weakness: bool) {
    let Some(test) = result.child("nvt") else {
        return rows.error(row, Some("nvt"), "is missing: which test found it is not known. Export it again");
    };
    let oid = test.attribute("oid").unwrap_or_default();
    let number = format!("openvas:{}", oid.strip_prefix(TESTS).unwrap_or(oid));
    let title = test.text_of("name").or_else(|| result.text_of("name")).unwrap_or_default();
    report(rows, row, subject, &Report { number: &number, title, cves: cves_of(test), is_weakness });
}

/// CVE numbers of a test: references in new reports, a list with commas in old ones, where `NOCVE` means none.
fn cves_of(test: &Element) -> Vec<&str> {
    let new = test.members("refs", "ref").filter(|reference| reference.attribute("type") == Some("cve"));
    let old = test.text_of("cve").unwrap_or_default().split(',').map(str::trim);
    let old = old.filter(|cve| !cve.is_empty() && *cve != "NOCVE");
    new.filter_map(|reference| reference.attribute("id")).chain(old).collect()
}

/// `443/tcp`, or `https (443/tcp)` in old reports; `general/tcp` is the host.
fn endpoint(ip: IpAddr, port: &str) -> Option<wardround_model::Endpoint> {
    let inner = port.rsplit_once('(').map_or(port, |(_, inner)| inner.trim_end_matches(')'));
    let (number, transport) = inner.split_once('/')?;
    service(ip, transport, number)
}

fn word_of(port: &str) -> &str {
    port.split_once(" (").map_or("unknown", |(word, _)| word)
}
