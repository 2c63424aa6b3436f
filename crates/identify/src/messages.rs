//! Signs of information systems, analysers and monitors: who sends which HL7 v2 message (HL7 v2.5.1, chapters 3, 4, 7).
//!
//! Who opens the connection says little, since analysers wait for their system as often as they call it; what is sent
//! and received decides. A sender of results alone may be an analyser, a monitor or a reporting system, so what it is
//! takes one more sign: its own name, a message that only laboratories send, or a maker of one kind of device. Not here: what each sign
//! is worth (`rules/signs.txt`).

use std::ops::RangeInclusive;

use wardround_model::{DeviceClass, FactKind, Observation, Protocol, Reason};

use crate::makers::Maker;
use crate::portrait::{Portrait, Talk, because, because_of_talks, peers, words};
use crate::signs::Test;
use crate::terms::Terms;

use DeviceClass::{LaboratoryAnalyser, PatientMonitor};

/// The tests, by the names that `rules/signs.txt` calls them.
pub(crate) const TESTS: &[(&str, Test)] = &[
    ("receives-messages-of-several", |p| receives(p, 2..=usize::MAX)),
    ("sends-orders", sends_orders),
    ("receives-results", receives_results),
    ("speaks-for-several", speaks_for_several),
    ("receives-messages-of-one", |p| receives(p, 1..=1).filter(|_| receives_results(p).is_none())),
    ("is-named-like-a-system", is_named_like_a_system),
    ("calls-itself-an-analyser", |p| names_itself(p, Terms::Analysers)),
    ("sends-laboratory-results", sends_laboratory_results),
    ("has-card-of-analysers", has_card_of_analysers),
    ("calls-itself-a-family-of-analysers", |p| names_itself(p, Terms::AnalyserFamilies)),
    ("calls-itself-a-monitor", |p| names_itself(p, Terms::Monitors)),
    ("calls-itself-a-family-of-monitors", |p| names_itself(p, Terms::MonitorFamilies)),
    ("has-card-of-monitors", has_card_of_monitors),
    ("sends-only-results", sends_only_results),
];

/// The first part of a message type: `ORU` of `ORU^R01`.
fn code(value: &str) -> &str {
    value.split(['^', '_']).next().unwrap_or(value)
}

fn is_one_of(codes: &[&str], value: &str) -> bool {
    codes.contains(&code(value))
}

fn sends<'a>(p: &Portrait<'a>, codes: &[&str]) -> Vec<&'a Observation> {
    p.facts_where(FactKind::Hl7Sends, |value| is_one_of(codes, value))
}

/// Messages of others that it was sent, without answers to its own.
fn received<'a>(p: &Portrait<'a>) -> Vec<&'a Observation> {
    p.facts_where(FactKind::Hl7Receives, |value| !is_one_of(Terms::Answers.list(), value))
}

/// Conversations with hosts that send messages, by whoever they were begun.
fn senders<'a>(p: &Portrait<'a>) -> Vec<Talk<'a>> {
    let sends = |talk: &Talk<'_>| {
        p.scene.says(talk.peer_ip, FactKind::Hl7Sends, |value| !is_one_of(Terms::Answers.list(), value))
    };
    let talks = p.serving(Protocol::Hl7).into_iter().chain(p.using(Protocol::Hl7));
    talks.filter(sends).collect()
}

fn receives(p: &Portrait<'_>, hosts: RangeInclusive<usize>) -> Option<Reason> {
    let messages = received(p);
    let talks = senders(p);
    let count = peers(&talks).max(1);
    let fits = !messages.is_empty() && hosts.contains(&count);
    let from = if count == 1 { "another host".to_owned() } else { format!("{count} hosts") };
    let text = format!("It receives HL7 messages ({}) from {from}", listed(&messages));
    fits.then(|| if talks.is_empty() { because(text, messages) } else { because_of_talks(text, talks) })
}

fn receives_results(p: &Portrait<'_>) -> Option<Reason> {
    let results = p.facts_where(FactKind::Hl7Receives, |value| is_one_of(Terms::Results.list(), value));
    let text = format!("It receives HL7 results ({})", listed(&results));
    (!results.is_empty()).then(|| because(text, results))
}

fn sends_orders(p: &Portrait<'_>) -> Option<Reason> {
    let messages = sends(p, Terms::MessagesOfSystems.list());
    let text = format!("It sends HL7 messages that only information systems send ({})", listed(&messages));
    (!messages.is_empty()).then(|| because(text, messages))
}

fn speaks_for_several(p: &Portrait<'_>) -> Option<Reason> {
    let named: Vec<_> = p.facts(FactKind::Hl7SendingApplication).to_vec();
    let text =
        format!("It sends HL7 messages in the name of {} applications, so it passes them on", named.len());
    (p.values(FactKind::Hl7SendingApplication).len() >= 2).then(|| because(text, named))
}

fn is_named_like_a_system(p: &Portrait<'_>) -> Option<Reason> {
    let kinds = [FactKind::Hl7SendingApplication, FactKind::Hl7ReceivingApplication];
    let is_system = |value: &str| has_word(value, Terms::Systems);
    let named: Vec<_> = kinds.iter().flat_map(|kind| p.facts_where(*kind, is_system)).collect();
    let name = named.first()?.fact.value();
    let is_device = is_result_sender(p);
    (!is_device).then(|| because(format!("It is called {name} in HL7 messages"), named))
}

/// Whether it sends results, asks for its work at most, and takes no messages of others but orders.
fn is_result_sender(p: &Portrait<'_>) -> bool {
    let only = p.facts(FactKind::Hl7Sends).iter().all(|it| {
        is_one_of(Terms::MessagesOfDevices.list(), it.fact.value())
            || is_one_of(Terms::Answers.list(), it.fact.value())
    });
    let takes_orders_at_most = received(p).iter().all(|it| matches!(code(it.fact.value()), "OML" | "ORM"));
    let speaks_for_one = p.values(FactKind::Hl7SendingApplication).len() <= 1;
    !sends(p, Terms::Results.list()).is_empty() && only && takes_orders_at_most && speaks_for_one
}

fn sends_laboratory_results(p: &Portrait<'_>) -> Option<Reason> {
    let results = sends(p, &["OUL"]);
    let fits = is_result_sender(p) && !results.is_empty();
    fits.then(|| because("It sends results as laboratory automation does (HL7 OUL)", results))
}

fn has_word(name: &str, wanted: Terms) -> bool {
    words(name).any(|word| wanted.has(&word))
}

/// What a sender of results calls itself, when it has one of these words and does not speak for many.
fn own_names<'a>(p: &Portrait<'a>, wanted: Terms) -> Vec<&'a Observation> {
    let fits = |value: &str| has_word(value, wanted) && !has_word(value, Terms::Gateways);
    p.facts_where(FactKind::Hl7SendingApplication, fits)
}

fn names_itself(p: &Portrait<'_>, wanted: Terms) -> Option<Reason> {
    let named = own_names(p, wanted);
    let name = named.first()?.fact.value();
    let text = format!("It sends HL7 results and calls itself {name}");
    is_result_sender(p).then(|| because(text, named.into_iter().chain(sends(p, Terms::Results.list()))))
}

/// A sender of results whose card's maker makes such devices, among others or only these.
fn made_by_maker_of(p: &Portrait<'_>, class: DeviceClass, among_others: bool) -> Option<Reason> {
    let makes = |name: &str| {
        let made = Maker::named(name).map_or(&[][..], |maker| maker.makes.as_slice());
        made == [class].as_slice() || (among_others && made.contains(&class))
    };
    let (mac, maker) = p.card_makers.iter().find(|(_, name)| makes(name))?;
    let results = sends(p, Terms::Results.list());
    let text = format!(
        "It sends HL7 results ({}), and its network card is of {maker}, a maker of {}",
        listed(&results),
        class.plural()
    );
    is_result_sender(p).then(|| because(text, results.into_iter().chain(p.proof_of_card(*mac))))
}

fn has_card_of_analysers(p: &Portrait<'_>) -> Option<Reason> {
    let is_named =
        !own_names(p, Terms::Analysers).is_empty() || !own_names(p, Terms::AnalyserFamilies).is_empty();
    made_by_maker_of(p, LaboratoryAnalyser, is_named)
}

/// IHE's profile for devices at the bed (PCD TF-2, 3.1, Communicate PCD Data) asks for HL7 2.6, which laboratory
/// instruments do not use (LAW: 2.5.1).
fn has_card_of_monitors(p: &Portrait<'_>) -> Option<Reason> {
    let is_named =
        !own_names(p, Terms::Monitors).is_empty() || !own_names(p, Terms::MonitorFamilies).is_empty();
    let is_bedside = p.has(FactKind::Hl7Version, "2.6") && sends(p, &["OUL"]).is_empty();
    made_by_maker_of(p, PatientMonitor, is_named || is_bedside).filter(|_| !reports_to_laboratory(p))
}

/// Whether a host that it sends to is only ever called a laboratory's system; an engine is called by the names of all.
fn reports_to_laboratory(p: &Portrait<'_>) -> bool {
    let called = |talk: &Talk<'_>, wanted: fn(&str) -> bool| {
        p.scene.says(talk.peer_ip, FactKind::Hl7ReceivingApplication, wanted)
    };
    let mut talks = p.using(Protocol::Hl7).into_iter().chain(p.serving(Protocol::Hl7));
    talks.any(|talk| {
        called(&talk, |name| has_word(name, Terms::Laboratories))
            && !called(&talk, |name| !has_word(name, Terms::Laboratories))
    })
}

/// Worth no class: says that a host of unknown kind takes part in care.
fn sends_only_results(p: &Portrait<'_>) -> Option<Reason> {
    let results = sends(p, Terms::Results.list());
    let text = format!("It sends HL7 results ({}), so it takes part in care", listed(&results));
    is_result_sender(p).then(|| because(text, results))
}

fn listed(messages: &[&Observation]) -> String {
    let mut codes: Vec<&str> = messages.iter().map(|it| it.fact.value()).collect();
    codes.dedup();
    codes.truncate(4);
    codes.join(", ")
}
