//! Nessus results (`.nessus`, NessusClientData_v2): hosts, open services, software, and reports.
//!
//! A plugin's output, which quotes the host, is never read.

use std::net::IpAddr;

use jiff::civil::DateTime;
use wardround_model::{FactKind, MacAddr, SourceKind, Subject, Timestamp};

use super::{Report, names_distribution, product, report, service};
use crate::xml::{Element, Part, Vocabulary, begins_with, read_file};
use crate::{ImportError, Request, Row, Rows, Thing};

const VOCABULARY: Vocabulary = Vocabulary {
    names: &[
        "name",
        "HostProperties",
        "tag",
        "ReportItem",
        "port",
        "svc_name",
        "protocol",
        "severity",
        "pluginID",
        "pluginName",
        "cve",
    ],
    records: &["ReportHost"],
    passed_over: &[],
};

pub(crate) fn looks(_name: &str, bytes: &[u8]) -> bool {
    begins_with(bytes, &["NessusClientData_v2"])
}

pub(crate) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    let mut latest = None;
    read_file(request, SourceKind::Nessus, VOCABULARY, rows, |rows, part| {
        if let Part::Record(host) = part {
            rows.count_row();
            let at = day_of(&host);
            rows.observed_at(at.unwrap_or(request.observed_at));
            latest = latest.max(at);
            read_host(rows, &host);
        }
    })?;
    rows.observed_at(latest.unwrap_or(request.observed_at));
    Ok(())
}

/// A property of a host.
fn tag<'a>(host: &'a Element, name: &str) -> Option<&'a str> {
    let tags = || host.members("HostProperties", "tag");
    tags().find(|tag| tag.attribute("name") == Some(name)).and_then(Element::filled)
}

/// When a host's scan ended: seconds since 1970 in newer files, else a text without a zone, of which the day counts.
fn day_of(host: &Element) -> Option<Timestamp> {
    let seconds =
        tag(host, "HOST_END_TIMESTAMP").and_then(|text| text.parse().ok()).map(Timestamp::from_seconds);
    seconds.or_else(|| {
        let moment = DateTime::strptime("%a %b %d %H:%M:%S %Y", tag(host, "HOST_END")?).ok()?;
        format!("{moment}Z").parse().ok()
    })
}

fn read_host(rows: &mut Rows<'_>, host: &Element) {
    let row = host.row;
    let name = host.attribute("name");
    let ip = tag(host, "host-ip").or(name).and_then(|text| text.parse::<IpAddr>().ok());
    let names = [tag(host, "host-fqdn"), tag(host, "netbios-name"), tag(host, "hostname"), name];
    let name = names.into_iter().flatten().find(|name| name.parse::<IpAddr>().is_err());
    let thing = Thing { mac: only_card(host), ip, name: name.map(str::to_owned), ..Thing::default() };
    let Some(subject) = rows.thing(row, &thing) else { return };
    let system = system_of(host);
    if let Some(system) = system {
        rows.fact(row, subject, FactKind::OperatingSystem, system);
    }
    read_products(rows, row, subject, host, system.is_some_and(names_distribution));
    for item in host.all("ReportItem") {
        read_item(rows, subject, ip, item);
    }
}

/// The card of a host that has one; of several, none is known to own the address.
fn only_card(host: &Element) -> Option<MacAddr> {
    let text = tag(host, "mac-address")?.to_ascii_lowercase();
    let mut cards = text.split_whitespace().filter_map(|card| card.parse().ok());
    cards.next().filter(|card: &MacAddr| cards.next().is_none() && card.is_one_card())
}

/// The system, where Nessus names one alone and is sure: less than 90 of 100 is a guess.
fn system_of(host: &Element) -> Option<&str> {
    let is_sure = tag(host, "operating-system-conf")
        .is_none_or(|sure| sure.parse::<u32>().is_ok_and(|sure| sure >= 90));
    tag(host, "operating-system").filter(|system| is_sure && system.lines().count() == 1)
}

/// Products that were found: `cpe:/a:openbsd:openssh:7.4 -> OpenBSD OpenSSH`.
fn read_products(rows: &mut Rows<'_>, row: Row, subject: Subject, host: &Element, is_mended: bool) {
    for found in host.members("HostProperties", "tag") {
        let is_product =
            found.attribute("name").is_some_and(|name| name == "cpe" || name.starts_with("cpe-"));
        if let Some(name) = found.filled().filter(|_| is_product) {
            product(rows, row, subject, name.split(" -> ").next().unwrap_or(name), is_mended);
        }
    }
}

fn read_item(rows: &mut Rows<'_>, host: Subject, ip: Option<IpAddr>, item: &Element) {
    let row = item.row;
    let text = |name| item.attribute(name).unwrap_or_default();
    let endpoint = ip.and_then(|ip| service(ip, text("protocol"), text("port")));
    if let Some(endpoint) = endpoint {
        // A question mark says that the word comes from the port's number.
        let word = text("svc_name").trim_end_matches('?');
        let word = if word.is_empty() { "unknown" } else { word };
        rows.fact(row, Subject::Service(endpoint), FactKind::ServiceOpen, word);
    }
    let Ok(severity) = text("severity").parse::<u8>() else {
        return rows.error(row, Some("severity"), "is no number from 0 to 4; export it again");
    };
    let number = format!("nessus:{}", text("pluginID"));
    let cves = item.all("cve").filter_map(Element::filled).collect();
    let found = Report { number: &number, title: text("pluginName"), cves, is_weakness: severity > 0 };
    report(rows, row, endpoint.map_or(host, Subject::Service), &found);
}
