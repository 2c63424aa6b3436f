//! Nmap XML (`nmap -oX`): hosts, cards, names, open services with their software, and what some scripts learn.
//!
//! A service that Nmap names by its port number alone gives no software. The system that Nmap guesses from a host's packets is not
//! kept, since it is wrong too often; what a host says of itself to a script is.

mod scripts;

use std::net::IpAddr;

use wardround_model::{Endpoint, FactKind, MacAddr, SourceKind, Subject, Timestamp, Transport};

use super::{names_distribution, product, service};
use crate::xml::{Element, Part, Vocabulary, begins_with, read_file};
use crate::{ImportError, Request, Row, Rows, Thing};

const VOCABULARY: Vocabulary = Vocabulary {
    names: &[
        "nmaprun",
        "start",
        "status",
        "state",
        "address",
        "addr",
        "addrtype",
        "hostnames",
        "hostname",
        "name",
        "type",
        "ports",
        "port",
        "protocol",
        "portid",
        "service",
        "product",
        "version",
        "extrainfo",
        "method",
        "tunnel",
        "cpe",
        "hostscript",
        "script",
        "id",
        "output",
        "table",
        "elem",
        "key",
        "endtime",
    ],
    records: &["host"],
    passed_over: &[],
};

pub(crate) fn looks(_name: &str, bytes: &[u8]) -> bool {
    begins_with(bytes, &["nmaprun"])
}

pub(crate) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    read_file(request, SourceKind::Nmap, VOCABULARY, rows, |rows, part| match part {
        Part::Opened(run) => {
            if let Some(start) = seconds(run.attribute("start")) {
                rows.observed_at(start);
            }
        }
        Part::Record(host) => {
            rows.count_row();
            read_host(rows, &host);
        }
    })
}

fn seconds(text: Option<&str>) -> Option<Timestamp> {
    text?.parse().ok().map(Timestamp::from_seconds)
}

/// One host that answered; one that did not is no thing.
fn read_host(rows: &mut Rows<'_>, host: &Element) {
    let state = host.child("status").and_then(|status| status.attribute("state"));
    if state.is_some_and(|state| state != "up") {
        return;
    }
    let row = host.row;
    let addresses = || host.all("address").filter_map(|address| address.attribute("addr"));
    let ips: Vec<IpAddr> = addresses().filter_map(|addr| addr.parse().ok()).collect();
    let mac = addresses().find_map(card);
    let thing = Thing { mac, ip: ips.first().copied(), name: name_of(host), ..Thing::default() };
    let Some(subject) = rows.thing(row, &thing) else { return };
    if matches!(subject, Subject::Mac(_)) {
        for ip in &ips {
            rows.fact(row, subject, FactKind::OwnsIp, &ip.to_string());
        }
    }
    let Some(ip) = thing.ip else { return };
    let mut sharing = None;
    for endpoint in host.members("ports", "port").filter_map(|port| read_port(rows, ip, port)) {
        let is_sharing = endpoint.transport == Transport::Tcp && matches!(endpoint.port, 445 | 139);
        sharing = sharing.max(Some(endpoint).filter(|_| is_sharing));
    }
    for script in host.members("hostscript", "script") {
        scripts::of_host(rows, script, ip, sharing);
    }
}

/// A card's address, in whatever case; Nmap writes capitals.
fn card(text: &str) -> Option<MacAddr> {
    text.to_ascii_lowercase().parse().ok().filter(|mac: &MacAddr| mac.is_one_card())
}

/// The name that the network gives it; else the one that a person typed.
fn name_of(host: &Element) -> Option<String> {
    let names = || host.members("hostnames", "hostname");
    let of_network = names().find(|name| name.attribute("type") == Some("PTR"));
    of_network.or_else(|| names().next()).and_then(|name| name.attribute("name")).map(str::to_owned)
}

/// One port: the service on it, where it is open.
fn read_port(rows: &mut Rows<'_>, ip: IpAddr, port: &Element) -> Option<Endpoint> {
    let row = port.row;
    if port.child("state").and_then(|state| state.attribute("state")) != Some("open") {
        return None;
    }
    let (transport, number) = (port.attribute("protocol"), port.attribute("portid"));
    let Some(endpoint) = service(ip, transport.unwrap_or_default(), number.unwrap_or_default()) else {
        // SCTP and IP protocols have no services that are kept.
        rows.error(row, Some("portid"), "is no port of TCP or UDP, which alone are kept");
        return None;
    };
    let subject = Subject::Service(endpoint);
    rows.fact(row, subject, FactKind::ServiceOpen, &word_for(port.child("service")));
    if let Some(service) =
        port.child("service").filter(|service| service.attribute("method") != Some("table"))
    {
        read_software(rows, row, subject, service);
    }
    for script in port.all("script") {
        scripts::of_service(rows, script, endpoint);
    }
    Some(endpoint)
}

/// Nmap's word for a service, as it prints it: `ssh`, `ssl/http`.
fn word_for(service: Option<&Element>) -> String {
    let attribute = |name| service.and_then(|service| service.attribute(name));
    let name = attribute("name").unwrap_or("unknown");
    if attribute("tunnel") == Some("ssl") { format!("ssl/{name}") } else { name.to_owned() }
}

/// The software that answered.
fn read_software(rows: &mut Rows<'_>, row: Row, subject: Subject, service: &Element) {
    let text = |name| service.attribute(name).unwrap_or_default();
    let (name, version) = (text("product"), text("version"));
    if name == "OpenSSH" && !version.is_empty() {
        rows.fact(row, subject, FactKind::SshBanner, &ssh_banner(version));
    } else if !name.is_empty() {
        let built_for = Some(text("extrainfo")).filter(|info| names_distribution(info) && is_short(info));
        let built_for = built_for.map(|info| format!(" ({info})")).unwrap_or_default();
        rows.fact(row, subject, FactKind::ServerSoftware, format!("{name} {version}{built_for}").trim_end());
    }
    let is_mended = names_distribution(version) || names_distribution(text("extrainfo"));
    for cpe in service.all("cpe").filter_map(Element::filled) {
        product(rows, row, subject, cpe, is_mended);
    }
}

/// Words of a build, such as `Ubuntu`: longer ones may name the host.
fn is_short(info: &str) -> bool {
    info.split_whitespace().count() <= 2
}

/// The banner that Nmap took apart: `9.2p1 Debian 2+deb12u7` was `SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7`.
fn ssh_banner(version: &str) -> String {
    let version = version.replace(" Debian ", " Debian-").replace(" Ubuntu ", " Ubuntu-");
    format!("SSH-2.0-OpenSSH_{version}")
}
