//! Signs of workstations, phones and tablets that take several facts or hosts together. Not here: signs of single facts
//! (`rules/signs.txt`).

use std::collections::BTreeSet;

use wardround_model::{FactKind, Protocol, Reason};

use crate::cards::virtual_by;
use crate::portrait::{Portrait, because, because_of_talks};
use crate::signs::Test;
use crate::telephones;
use crate::terms::Terms;

/// The tests, by the names that `rules/signs.txt` calls them.
pub(crate) const TESTS: &[(&str, Test)] = &[
    ("browses-as-a-computer", browses_as_a_computer),
    ("uses-many-services", uses_many_services),
    ("browses-as-a-phone", browses_as_a_phone),
    ("hides-its-card", hides_its_card),
    ("registers-as-telephones-do", telephones::registers),
];

/// A browser on such a system, as its User-Agent names both.
fn is_browser_on(agent: &str, systems: Terms) -> bool {
    let lower = agent.to_ascii_lowercase();
    Terms::Browsers.are_in(&lower) && systems.are_in(&lower)
}

fn browses_as_a_computer(p: &Portrait<'_>) -> Option<Reason> {
    let fits = |agent: &str| is_browser_on(agent, Terms::Computers) && !is_browser_on(agent, Terms::Phones);
    let agents = p.facts_where(FactKind::HttpUserAgent, fits);
    let text = format!("It browses the web as a person's computer does ({})", agents.first()?.fact.value());
    Some(because(text, agents))
}

fn browses_as_a_phone(p: &Portrait<'_>) -> Option<Reason> {
    let agents = p.facts_where(FactKind::HttpUserAgent, |agent| is_browser_on(agent, Terms::Phones));
    let text = format!("It browses the web as a phone or tablet does ({})", agents.first()?.fact.value());
    Some(because(text, agents))
}

fn hides_its_card(p: &Portrait<'_>) -> Option<Reason> {
    let mac =
        p.group.cards.iter().find(|mac| mac.is_locally_administered() && virtual_by(**mac).is_none())?;
    let leased = !p.facts(FactKind::DhcpParameters).is_empty();
    leased.then(|| {
        because("It uses a card address of its own choice, as phones do for privacy", p.proof_of_card(*mac))
    })
}

/// So many kinds of service are more than a device needs.
const MANY_SERVICES: usize = 4;

fn uses_many_services(p: &Portrait<'_>) -> Option<Reason> {
    // What every device needs says nothing.
    let needs = |protocol: Protocol| {
        matches!(protocol, Protocol::Dhcp | Protocol::Dhcpv6 | Protocol::Dns | Protocol::Ntp | Protocol::Mdns)
            || !protocol.has_own_port()
    };
    let talks =
        p.uses.iter().filter(|talk| talk.conversation.protocol.is_some_and(|protocol| !needs(protocol)));
    let kinds: BTreeSet<_> = talks.clone().filter_map(|talk| talk.conversation.protocol).collect();
    let text = format!("It uses {} kinds of service on other hosts", kinds.len());
    (kinds.len() >= MANY_SERVICES).then(|| because_of_talks(text, talks.copied()))
}
