//! Each question put to a real server of its kind, in namespaces of its own: what it answers names what it is, and what nobody may
//! read is nowhere. `lab/servers` starts them.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

#[path = "../zoo/hospital.rs"]
mod hospital;
mod lab;
mod multicast;
mod snmp3;
mod switch;

use std::net::Ipv4Addr;

use wardround_ask::{Exchange, Halt, Listed, Outcome, observations, observations_inside};
use wardround_model::{Protocol, Timestamp};
use wardround_send::{Answer, Desk, Ended, run};

use lab::{Lab, in_namespaces};

/// A server's name, what it is known to speak, and what must be told of it: kinds of facts, and what their values begin with.
type Known = (&'static str, Protocol, &'static [(&'static str, &'static str)]);

/// The servers that may be there.
const SERVERS: &[Known] = &[
    (
        "ssh",
        Protocol::Ssh,
        &[("scan.open", "ssh"), ("ssh.banner", "OpenSSH_"), ("ssh.weak-algorithm", "nothing-weak")],
    ),
    (
        "ssh-weak",
        Protocol::Ssh,
        &[
            ("ssh.banner", "OpenSSH_"),
            ("ssh.weak-algorithm", "diffie-hellman-group1-sha1"),
            ("ssh.weak-algorithm", "3des-cbc"),
            ("ssh.weak-algorithm", "hmac-md5"),
        ],
    ),
    ("http", Protocol::Http, &[("scan.open", "http"), ("http.server", "nginx/")]),
    (
        "https",
        Protocol::Tls,
        &[
            ("scan.open", "tls"),
            ("tls.version", "1.2"),
            ("tls.certificate-self-signed", "yes"),
            ("http.server", "nginx/"),
        ],
    ),
    (
        "fhir",
        Protocol::Http,
        &[
            ("fhir.version", "5.0.0"),
            ("service.software", "Example FHIR Server 4.7.11"),
            ("http.server", "uvicorn"),
        ],
    ),
    (
        "fhir-tls",
        Protocol::Tls,
        &[
            ("scan.open", "tls"),
            ("tls.version", "1.2"),
            ("tls.certificate-self-signed", "yes"),
            ("fhir.version", "5.0.0"),
            ("service.software", "Example FHIR Server 4.7.11"),
        ],
    ),
    ("dns-dnsmasq", Protocol::Dns, &[("scan.open", "dns"), ("service.software", "dnsmasq 2")]),
    ("dns-bind", Protocol::Dns, &[("scan.open", "dns"), ("service.software", "BIND 9")]),
    ("ftp", Protocol::Ftp, &[("scan.open", "ftp"), ("ftp.banner", "vsFTPd 3")]),
    (
        "smb",
        Protocol::Smb,
        &[
            ("scan.open", "smb"),
            ("smb.dialect", "3.1.1"),
            ("smb.signing", "required"),
            ("service.software", "Samba"),
        ],
    ),
    ("ldap", Protocol::Ldap, &[("scan.open", "ldap"), ("service.software", "OpenLDAP")]),
    ("mysql", Protocol::Mysql, &[("scan.open", "mysql"), ("service.software", "MariaDB ")]),
    ("postgres", Protocol::Postgresql, &[("scan.open", "postgresql")]),
    ("cups", Protocol::Ipp, &[("http.server", "CUPS/2")]),
    ("printer", Protocol::Ipp, &[("scan.open", "ipp"), ("ipp.model", "Example LaserPrint 4711x")]),
    ("rdp", Protocol::Rdp, &[("scan.open", "rdp"), ("rdp.security", "tls")]),
    (
        "snmp",
        Protocol::Snmp,
        &[("scan.open", "snmp"), ("snmp.version", "2c"), ("snmp.system-description", "Linux * ")],
    ),
    ("ntp", Protocol::Ntp, &[("scan.open", "ntp")]),
    (
        "dicom",
        Protocol::Dicom,
        &[
            ("scan.open", "dicom"),
            ("dicom.association", "accepted"),
            ("dicom.implementation-version", "OFFIS_DCMTK_36"),
        ],
    ),
    (
        "modbus",
        Protocol::Modbus,
        &[
            ("scan.open", "modbus"),
            ("modbus.vendor", "Example Controls"),
            ("modbus.product", "EX-4711"),
            ("modbus.revision", "2.1"),
        ],
    ),
    (
        "bacnet",
        Protocol::Bacnet,
        &[
            ("scan.open", "bacnet"),
            ("bacnet.vendor", "Example Controls"),
            ("bacnet.model", "EX-4712"),
            ("bacnet.firmware", "2.4.1"),
            ("bacnet.software", "1.9"),
        ],
    ),
];
/// What `lab/servers` sets as community, and who it says is to be called.
const COMMUNITY: &str = "sesame-4711";
const CONTACT: &str = "mustermann";

#[test]
#[ignore = "needs servers that `make test` does not install; `make ask-servers` runs it"]
fn real_servers_answer_and_are_named() {
    in_namespaces("servers_in_namespaces");
}

/// Name, address and port of all that could be started.
fn started(lab: &Lab) -> Vec<(String, Ipv4Addr, u16)> {
    let mut found = Vec::new();
    for line in &lab.lines {
        match line.split(' ').collect::<Vec<_>>().as_slice() {
            [name, ip, port] => found.push(((*name).to_owned(), ip.parse().unwrap(), port.parse().unwrap())),
            _ => Lab::skip(line),
        }
    }
    found
}

#[derive(Default)]
struct Notes(Vec<(Exchange, Answer)>);

impl Desk for Notes {
    fn may_still(&mut self, _: Timestamp, _: &Exchange) -> std::io::Result<bool> {
        Ok(true)
    }

    fn before(&mut self, _: Timestamp, _: &Exchange) -> std::io::Result<()> {
        Ok(())
    }

    fn after(&mut self, _: Timestamp, exchange: &Exchange, answer: &Answer) -> std::io::Result<()> {
        self.0.push((exchange.clone(), answer.clone()));
        Ok(())
    }

    fn stopped(&self) -> Option<Halt> {
        None
    }
}

#[test]
#[ignore = "run by the test above, in namespaces"]
fn servers_in_namespaces() {
    let lab = Lab::start("servers", &["lo"]);
    let started = started(&lab);
    let known = |name: &str| SERVERS.iter().find(|(known, ..)| *known == name).unwrap();
    let mut offers: Vec<(Ipv4Addr, Vec<(u16, Protocol)>)> = Vec::new();
    for (name, ip, port) in &started {
        let offer = (*port, known(name).1);
        match offers.iter_mut().find(|(other, _)| other == ip) {
            Some((_, ports)) => ports.push(offer),
            None => offers.push((*ip, vec![offer])),
        }
    }
    let servers = started.iter().filter(|(name, ..)| name.starts_with("fhir"));
    let fhir = servers.map(|(_, ip, port)| format!("{ip}:{port}/fhir").parse().unwrap()).collect();
    let listed = Listed { community: true, named: hospital::named(), fhir, ..Listed::default() };
    let approved = hospital::approved(&offers, listed).with_community(COMMUNITY.parse().ok());
    let mut notes = Notes::default();
    let ended = run(&approved, &mut notes);
    assert!(matches!(&ended, Ended::Done(distress) if distress.is_empty()), "{ended:?}");
    assert_eq!(notes.0.len(), started.len());
    let mut wrong = Vec::new();
    for (name, ip, port) in &started {
        let (_, protocol, expected) = known(name);
        let of_it = |(exchange, _): &&(Exchange, Answer)| (exchange.ip, exchange.port) == (*ip, *port);
        let (exchange, answer) = notes.0.iter().find(of_it).unwrap();
        let mut facts = observations(exchange, &answer.bytes, Timestamp::EPOCH, 1);
        facts.extend(observations_inside(exchange, &answer.inside, Timestamp::EPOCH, 1));
        let told: Vec<(&str, &str)> =
            facts.iter().map(|it| (it.fact.kind().code(), it.fact.value())).collect();
        println!("{name} ({}) {}: {told:?}", protocol.label(), answer.outcome.code());
        let has = |(kind, value): &(&str, &str)| told.iter().any(|(k, v)| k == kind && v.starts_with(value));
        if answer.outcome != Outcome::Answered || !expected.iter().all(has) {
            wrong.push(name);
        }
        let all = format!("{told:?}");
        assert!(!all.contains(COMMUNITY) && !all.to_lowercase().contains(CONTACT), "{all}");
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}
