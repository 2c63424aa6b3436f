//! Results of other scanners to observations: hosts, open services, software, and the weaknesses that they report.
//!
//! One module a scanner. A report with CVE numbers becomes a fact for each; one without becomes the scanner's own number and
//! title. What a scanner saw on a host (its output) is never kept. Not here: whether a report is right.

pub(crate) mod nessus;
pub(crate) mod nmap;
pub(crate) mod openvas;

use std::net::IpAddr;

use wardround_model::{CveId, Endpoint, FactKind, Subject, Transport};

use crate::{Row, Rows, cpe};

/// One weakness that a scanner reported.
struct Report<'a> {
    /// The scanner and its own number: `nessus:57608`.
    number: &'a str,
    /// Its own words.
    title: &'a str,
    /// CVE numbers, as it wrote them.
    cves: Vec<&'a str>,
    /// Whether it is more than a remark.
    is_weakness: bool,
}

/// Adds a report's facts: its CVE numbers, or its own number and title where it has none and is more than a remark.
fn report(rows: &mut Rows<'_>, row: Row, subject: Subject, report: &Report<'_>) {
    let mut has_cve = false;
    for text in &report.cves {
        match text.trim().parse::<CveId>() {
            Ok(cve) => {
                has_cve = true;
                rows.fact(row, subject, FactKind::ScannerReport, &cve.to_string());
            }
            Err(_) => rows.error(row, Some("cve"), "is no CVE number; one looks like CVE-2018-15473"),
        }
    }
    if !has_cve && report.is_weakness {
        rows.fact(row, subject, FactKind::ScannerReport, report.number);
        let number = report.number.split_once(':').map_or(report.number, |(_, number)| number);
        rows.fact(row, subject, FactKind::ScannerTitle, &format!("{number} {}", report.title));
    }
}

/// The service on this port; `None` where it is no port of TCP or UDP.
fn service(ip: IpAddr, transport: &str, port: &str) -> Option<Endpoint> {
    let transport = match transport {
        "tcp" => Transport::Tcp,
        "udp" => Transport::Udp,
        _ => return None,
    };
    let port = port.parse().ok().filter(|port| *port > 0)?;
    Some(Endpoint { ip, transport, port })
}

/// Adds a product's CPE name. Where a distribution mends old versions without changing their number, the number of an
/// application says nothing of its weaknesses, so its name is left out there: its words are kept.
fn product(rows: &mut Rows<'_>, row: Row, subject: Subject, name: &str, is_mended_by_distribution: bool) {
    let Some(name) = cpe::to_23(name) else {
        return rows.error(row, Some("cpe"), "is no CPE name; one looks like cpe:/a:openbsd:openssh:7.4");
    };
    if !is_mended_by_distribution || cpe::is_system(&name) {
        rows.fact(row, subject, FactKind::CpeName, &name);
    }
}

/// Whether a text names a distribution that mends old versions without changing their number.
fn names_distribution(text: &str) -> bool {
    const DISTRIBUTIONS: [&str; 14] = [
        "debian",
        "ubuntu",
        "raspbian",
        "red hat",
        "redhat",
        "rhel",
        "centos",
        "almalinux",
        "rocky",
        "oracle linux",
        "amazon linux",
        "suse",
        "fedora",
        "+deb",
    ];
    let text = text.to_lowercase();
    DISTRIBUTIONS.iter().any(|name| text.contains(name))
}

#[cfg(test)]
mod tests;
