//! Signs of servers and of what carries traffic.
//!
//! A server's signs say what it offers; what else it is weighs more (`evidence`).

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use wardround_model::{DeviceClass, FactKind, MacAddr, Protocol, Reason};

use crate::addresses::Stretch;
use crate::evidence::Rule;
use crate::office::has_card_of;
use crate::portrait::{Portrait, because, because_of_talks, peers, virtual_by};
use crate::telephones;

use DeviceClass::{AccountDirectory, DatabaseServer, FileServer, NetworkDevice, NetworkService, Server};

/// The signs, the strongest first.
pub(crate) const RULES: &[Rule] = &[
    Rule::sign(NetworkDevice, 90, |p| forwards(p, 3, 2)),
    Rule::sign(NetworkDevice, 85, is_virtual_router),
    Rule::sign(NetworkDevice, 70, says_that_it_is_a_router),
    Rule::sign(NetworkDevice, 75, carries_traffic_by_its_word),
    Rule::sign(NetworkDevice, 65, is_in_a_spanning_tree),
    Rule::sign(NetworkDevice, 60, is_named_as_a_router),
    Rule::sign(NetworkDevice, 55, |p| forwards(p, 2, 2).filter(|_| forwards(p, 3, 2).is_none())),
    // Two addresses in one network may be a host's own that it never claimed, such as privacy addresses of IPv6.
    Rule::sign(NetworkDevice, 30, |p| forwards(p, 2, 1).filter(|_| forwards(p, 2, 2).is_none())),
    Rule::sign(NetworkDevice, 60, lets_others_in),
    Rule::sign(NetworkDevice, 40, asks_as_network_devices),
    Rule::sign(NetworkDevice, 40, logs_as_network_devices),
    Rule::sign(NetworkDevice, 20, |p| has_card_of(p, NetworkDevice)),
    Rule::sign(DatabaseServer, 75, |p| offers(p, DATABASES, "a database", ANY)),
    Rule::sign(AccountDirectory, 75, |p| {
        offers(p, &[Protocol::Kerberos], "logins of a domain (Kerberos)", ANY)
    }),
    Rule::sign(AccountDirectory, 60, |p| {
        offers(p, &[Protocol::Radius], "logins of the network (RADIUS)", ANY)
    }),
    Rule::sign(AccountDirectory, 70, |p| names(p, "drsuapi", "that domain controllers have")),
    Rule::sign(NetworkService, 45, |p| names(p, "dhcpsrv", "of a server of addresses (DHCP)")),
    Rule::sign(Server, 45, |p| names(p, "exchange", "of a mail server (Exchange)")),
    Rule::sign(Server, 45, |p| names(p, "certificates", "of a server that issues certificates")),
    Rule::sign(NetworkService, 70, |p| offers(p, &[Protocol::Dhcp, Protocol::Dhcpv6], "addresses", ANY)),
    Rule::sign(NetworkService, 65, |p| offers(p, &[Protocol::Dns], "names", SEVERAL)),
    Rule::sign(NetworkService, 45, |p| offers(p, &[Protocol::Dns], "names", ONE)),
    Rule::sign(NetworkService, 50, |p| offers(p, &[Protocol::Ntp], "time", ANY)),
    Rule::sign(NetworkService, 60, |p| passes_on(p, |field| field != "x-forwarded-for")),
    // Servers hand this field on to others, too.
    Rule::sign(NetworkService, 40, |p| passes_on(p, |field| field == "x-forwarded-for")),
    Rule::sign(FileServer, 65, |p| offers(p, &[Protocol::Smb], "files (SMB)", SEVERAL)),
    Rule::sign(FileServer, 50, |p| offers(p, &[Protocol::Smb], "files (SMB)", ONE).filter(|_| !is_leased(p))),
    Rule::sign(Server, 55, |p| {
        offers(p, &[Protocol::Http, Protocol::Tls], "web or encrypted pages", SEVERAL)
    }),
    Rule::sign(Server, 40, |p| offers(p, &[Protocol::Http, Protocol::Tls], "web or encrypted pages", ONE)),
    Rule::sign(Server, 50, |p| offers(p, &[Protocol::Mqtt], "messages of sensors (MQTT)", ANY)),
    Rule::sign(Server, 50, |p| offers(p, MAIL, "mail", ANY)),
    Rule::sign(Server, 55, telephones::is_registrar),
    Rule::sign(Server, 45, |p| offers(p, &[Protocol::Ftp], "files (FTP)", ANY)),
    // Nobody answers log messages, so it is not known whether they arrive.
    Rule::sign(Server, 40, |p| offers(p, &[Protocol::Syslog], "a place for log messages (syslog)", SEVERAL)),
    Rule::sign(Server, 30, |p| offers(p, &[Protocol::Winrm], "management from afar (WinRM)", ANY)),
    Rule::sign(Server, 30, |p| offers(p, &[Protocol::Ssh], "logins (SSH)", ANY)),
    Rule::sign(Server, 25, is_virtual),
];

/// Its endpoint mapper names an interface.
fn names(p: &Portrait<'_>, interface: &str, whose: &str) -> Option<Reason> {
    let named = p.facts_where(FactKind::RpcInterface, |value| value == interface);
    (!named.is_empty()).then(|| because(format!("It offers an interface {whose} (RPC)"), named))
}

const DATABASES: &[Protocol] =
    &[Protocol::Mysql, Protocol::Postgresql, Protocol::Mssql, Protocol::Mongodb, Protocol::Oracle];
const MAIL: &[Protocol] = &[Protocol::Smtp, Protocol::Imap, Protocol::Pop3];

/// It says by such a field that it asks for others, or answers for them.
fn passes_on(p: &Portrait<'_>, wanted: fn(&str) -> bool) -> Option<Reason> {
    let (said, products) = (p.facts_where(FactKind::HttpPassesOn, wanted), p.facts(FactKind::HttpProxy));
    let field = said.first()?.fact.value();
    let product = products.first().map_or_else(String::new, |it| format!(" by {}", it.fact.value()));
    let text = format!(
        "It passes on web requests or answers of others{product} (HTTP {field}), so what programs say through it is not its own"
    );
    Some(because(text, said.iter().chain(products).copied()))
}

/// How many hosts use a service. The same clients never count for two rules.
type Clients = RangeInclusive<usize>;
const ANY: Clients = 1..=usize::MAX;
const ONE: Clients = 1..=1;
const SEVERAL: Clients = 2..=usize::MAX;

/// Something that so many hosts use.
fn offers(p: &Portrait<'_>, protocols: &[Protocol], what: &str, clients: Clients) -> Option<Reason> {
    let talks: Vec<_> = protocols.iter().flat_map(|protocol| p.serving(*protocol)).collect();
    let count = peers(&talks);
    let to = if count == 1 { "1 host".to_owned() } else { format!("{count} hosts") };
    clients.contains(&count).then(|| because_of_talks(format!("It offers {what} to {to}"), talks))
}

/// Whether it got its address by DHCP, as servers rarely do.
fn is_leased(p: &Portrait<'_>) -> bool {
    !p.facts(FactKind::DhcpParameters).is_empty() || !p.facts(FactKind::DhcpVendorClass).is_empty()
}

fn forwards(p: &Portrait<'_>, addresses: usize, networks: usize) -> Option<Reason> {
    let all = &p.group.forwards;
    let stretches: BTreeSet<_> = all.iter().map(|ip| Stretch::of(*ip)).collect();
    let fits = all.len() >= addresses && stretches.len() >= networks;
    let text = format!(
        "It forwards for others: packets from {} addresses of {} came from its cards",
        all.len(),
        if stretches.len() == 1 { "1 network".to_owned() } else { format!("{} networks", stretches.len()) }
    );
    let proof = p.facts_where(FactKind::SendsFromIp, |value| value.parse().is_ok_and(|ip| all.contains(&ip)));
    let together = match p.group.cards.len() {
        0 | 1 => String::new(),
        cards => format!("; its {cards} cards have addresses that follow each other, so they are of one box"),
    };
    fits.then(|| because(text + &together, proof))
}

/// Card addresses that stand-by groups of routers share: VRRP and CARP (RFC 9568, 7.3), HSRP, GLBP.
const SHARED_CARDS: &[&[u8]] = &[
    &[0x00, 0x00, 0x5e, 0x00, 0x01],
    &[0x00, 0x00, 0x5e, 0x00, 0x02],
    &[0x00, 0x00, 0x0c, 0x07, 0xac],
    &[0x00, 0x00, 0x0c, 0x9f],
    &[0x00, 0x07, 0xb4, 0x00],
];

fn is_virtual_router(p: &Portrait<'_>) -> Option<Reason> {
    let shared = |mac: &&MacAddr| SHARED_CARDS.iter().any(|start| mac.0.starts_with(start));
    let mac = p.group.cards.iter().find(shared)?;
    Some(because(
        "Its card address is one that routers standing by for each other share",
        p.proof_of_card(*mac),
    ))
}

fn says_that_it_is_a_router(p: &Portrait<'_>) -> Option<Reason> {
    let said = p.facts_where(FactKind::IsRouter, |value| value == "ndp");
    (!said.is_empty()).then(|| because("It announces itself as a router (IPv6)", said))
}

fn is_named_as_a_router(p: &Portrait<'_>) -> Option<Reason> {
    let said = p.facts_where(FactKind::IsRouter, |value| value == "dhcp");
    (!said.is_empty()).then(|| because("DHCP names it as the way out of its network", said))
}

/// Computers with several cards call themselves bridges, too, where they carry virtual machines; so it takes no second word.
fn carries_traffic_by_its_word(p: &Portrait<'_>) -> Option<Reason> {
    let telephone = p.facts_where(FactKind::LldpWorksAs, |value| value == "telephone");
    let said = p.facts_where(FactKind::LldpWorksAs, |value| value != "telephone");
    let first = said.first().filter(|_| telephone.is_empty())?.fact.value();
    Some(because(format!("It says on the cable (LLDP) that it works as {}", article(first)), said))
}

/// Computers that carry virtual machines have bridges, too, by cards that nobody made.
fn is_in_a_spanning_tree(p: &Portrait<'_>) -> Option<Reason> {
    let said = p.facts(FactKind::StpRole);
    let is_made = |mac: &MacAddr| !mac.is_locally_administered() && virtual_by(*mac).is_none();
    let text = if p.has(FactKind::StpRole, "root") {
        "It is the root of a spanning tree, as switches are"
    } else {
        "It is part of a spanning tree, as switches are"
    };
    (!said.is_empty() && p.group.cards.iter().all(is_made)).then(|| because(text, said.iter().copied()))
}

fn article(works_as: &str) -> &'static str {
    match works_as {
        "router" => "a router",
        "access-point" => "a wireless access point",
        _ => "a switch",
    }
}

/// Switches and access points ask for those who come in by them.
fn lets_others_in(p: &Portrait<'_>) -> Option<Reason> {
    let said = p.facts(FactKind::RadiusLetsIn);
    let first = said.first()?.fact.value();
    Some(because(format!("It lets others into the network by {first} (RADIUS)"), said.iter().copied()))
}

/// Switches and gateways of these makers add attributes of their own.
fn asks_as_network_devices(p: &Portrait<'_>) -> Option<Reason> {
    let said = p.facts(FactKind::RadiusVendor);
    let text = "It asks for logins (RADIUS) in the way of a maker of network devices";
    (!said.is_empty()).then(|| because(text, said.iter().copied()))
}

/// Systems of switches, routers and firewalls, as their log messages show them.
const NETWORK_SYSTEMS: &[&str] = &["Cisco-IOS", "Cisco-ASA", "filterlog", "pfsense"];

/// What is sent messages may pass on those of others.
fn logs_as_network_devices(p: &Portrait<'_>) -> Option<Reason> {
    let said = p.facts_where(FactKind::SyslogProgram, |program| NETWORK_SYSTEMS.contains(&program));
    let first = said.first().filter(|_| p.serving(Protocol::Syslog).is_empty())?.fact.value();
    Some(because(format!("It sends log messages as network devices do ({first})"), said))
}

fn is_virtual(p: &Portrait<'_>) -> Option<Reason> {
    let name = p.group.cards.iter().find_map(|mac| virtual_by(*mac))?;
    Some(p.because_of_cards(format!("Its network card is that of a virtual machine ({name})")))
}
