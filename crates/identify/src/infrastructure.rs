//! Signs of servers and of what carries traffic that take several facts or hosts together.
//!
//! A server's signs say what it offers; what else it is weighs more (`evidence`). Not here: signs of single facts (`rules/signs.txt`).

use std::collections::BTreeSet;

use wardround_model::{FactKind, MacAddr, Protocol, Reason};

use crate::addresses::Stretch;
use crate::cards::{is_shared, virtual_by};
use crate::portrait::{Portrait, because, because_of_talks, peers};
use crate::signs::Test;
use crate::terms::Terms;

/// The tests, by the names that `rules/signs.txt` calls them.
pub(crate) const TESTS: &[(&str, Test)] = &[
    ("forwards-three-addresses-of-two-networks", |p| forwards(p, 3, 2)),
    ("is-virtual-router", is_virtual_router),
    ("carries-traffic-by-its-word", carries_traffic_by_its_word),
    ("is-in-a-spanning-tree", is_in_a_spanning_tree),
    ("forwards-two-addresses-of-two-networks", |p| forwards(p, 2, 2).filter(|_| forwards(p, 3, 2).is_none())),
    ("forwards-two-addresses-of-one-network", |p| forwards(p, 2, 1).filter(|_| forwards(p, 2, 2).is_none())),
    ("logs-as-network-devices", logs_as_network_devices),
    ("passes-on-requests", |p| passes_on(p, |field| field != "x-forwarded-for")),
    ("passes-on-whom-it-forwards-for", |p| passes_on(p, |field| field == "x-forwarded-for")),
    ("offers-files-to-one", offers_files_to_one),
    ("is-virtual", is_virtual),
];

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

/// One host alone, and at an address that it was not lent.
fn offers_files_to_one(p: &Portrait<'_>) -> Option<Reason> {
    let talks = p.serving(Protocol::Smb);
    let fits = peers(&talks) == 1 && !is_leased(p);
    fits.then(|| because_of_talks("It offers files (SMB) to 1 host", talks))
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

fn is_virtual_router(p: &Portrait<'_>) -> Option<Reason> {
    let mac = p.group.cards.iter().find(|mac| is_shared(**mac))?;
    Some(because(
        "Its card address is one that routers standing by for each other share",
        p.proof_of_card(*mac),
    ))
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

/// What is sent messages may pass on those of others.
fn logs_as_network_devices(p: &Portrait<'_>) -> Option<Reason> {
    let said = p.facts_where(FactKind::SyslogProgram, |program| Terms::NetworkSystems.has(program));
    let first = said.first().filter(|_| p.serving(Protocol::Syslog).is_empty())?.fact.value();
    Some(because(format!("It sends log messages as network devices do ({first})"), said))
}

fn is_virtual(p: &Portrait<'_>) -> Option<Reason> {
    let name = p.group.cards.iter().find_map(|mac| virtual_by(*mac))?;
    Some(p.because_of_cards(format!("Its network card is that of a virtual machine ({name})")))
}
