//! Weak settings that facts show by themselves, by the rules of the rulebook: on an asset, or counted over the accounts of
//! a directory.

use std::collections::BTreeMap;

use wardround_model::{Asset, AssetId, FactKind, Ground, Observation, Reason, Timestamp};

use super::Sign;
use super::rulebook::{Of, Rule, rulebook};
use crate::phrases;
use crate::scene::{Scene, Seen};
use crate::ssvc::Detail;

/// The most accounts that a finding names as grounds.
const MOST_GROUNDS: usize = 5;

pub(super) fn signs(scene: &Scene<'_>) -> Vec<Sign> {
    let rules = rulebook().rules.iter();
    rules
        .flat_map(|rule| match rule.of {
            Of::Asset => on_assets(scene, rule),
            Of::Accounts => on_accounts(scene, rule),
        })
        .collect()
}

fn on_assets(scene: &Scene<'_>, rule: &Rule) -> Vec<Sign> {
    let Some(first) = rule.first() else { return Vec::new() };
    let holding = scene.facts(first.fact).iter().filter(|seen| first.holds(seen.value(), scene.as_of));
    let fits = |seen: &&Seen<'_>| {
        let others: Vec<_> = if rule.when.len() == 1 { Vec::new() } else { others(scene, seen.asset, rule) };
        rule.rest_holds(&others, scene.as_of)
    };
    holding.filter(fits).map(|seen| sign(rule, seen, scene.as_of)).collect()
}

/// The facts of an asset that the later conditions of a rule are about.
fn others<'a>(scene: &Scene<'a>, asset: &Asset, rule: &Rule) -> Vec<(FactKind, &'a str)> {
    let kinds = rule.when.iter().skip(1).map(|condition| condition.fact);
    kinds.flat_map(|kind| scene.facts_of(asset.id, kind).map(move |seen| (kind, seen.value()))).collect()
}

fn sign(rule: &Rule, seen: &Seen<'_>, as_of: Timestamp) -> Sign {
    let value = seen.value();
    let text = |template: &str| filled(rule, template, value, as_of);
    let place = seen.endpoint().map_or_else(|| "It".to_owned(), |endpoint| endpoint.to_string());
    let changes = rule.allows_change.iter().any(|one| one == value);
    Sign {
        asset: seen.asset.id,
        setting: rule.setting,
        protocol: rule.protocol.replace("{value}", value),
        endpoint: seen.endpoint(),
        grade: rule.grade.grade(),
        detail: if changes { Detail::AllowsChange } else { Detail::Plain },
        title: text(&rule.title),
        reason: Reason::new(format!("{place} {}", text(&rule.shows)), [seen.ground()]),
        others: Vec::new(),
    }
}

/// A text of a rule with what a value says in it.
fn filled(rule: &Rule, template: &str, value: &str, _: Timestamp) -> String {
    let mut text = template.to_owned();
    if let Some((kind, bits, least)) = rule.first().and_then(|first| first.short_key(value)) {
        let name = rule.names.get(kind).map_or(kind, String::as_str);
        text = text.replace("{name}", name).replace("{bits}", &bits.to_string());
        text = text.replace("{least}", &least.to_string());
    }
    if let Ok(moment) = value.parse() {
        text = text.replace("{day}", &phrases::day(moment));
    }
    let name = rule.names.iter().find(|(known, _)| known.eq_ignore_ascii_case(value));
    let name = name.map_or(value, |(_, name)| name.as_str());
    text.replace("{name}", name).replace("{protocol}", &phrases::protocol(value)).replace("{value}", value)
}

/// One sign for each directory with accounts that a rule finds weak.
fn on_accounts(scene: &Scene<'_>, rule: &Rule) -> Vec<Sign> {
    let mut weak: BTreeMap<AssetId, Vec<&Observation>> = BTreeMap::new();
    let mut all: BTreeMap<AssetId, usize> = BTreeMap::new();
    for account in scene.accounts() {
        let count = all.entry(account.directory.id).or_default();
        *count = count.saturating_add(1);
        let shows = shows(rule, &account.facts, scene.as_of);
        weak.entry(account.directory.id).or_default().extend(shows);
    }
    let found = weak.into_iter().filter(|(_, shown)| !shown.is_empty());
    found
        .map(|(directory, shown)| counted(rule, directory, &shown, all.get(&directory).copied().unwrap_or(0)))
        .collect()
}

/// The fact by which a rule finds an account weak.
fn shows<'a>(rule: &Rule, facts: &[&'a Observation], as_of: Timestamp) -> Option<&'a Observation> {
    let first = rule.first()?;
    let own: Vec<_> = facts.iter().map(|one| (one.fact.kind(), one.fact.value())).collect();
    let shown =
        facts.iter().find(|one| one.fact.kind() == first.fact && first.holds(one.fact.value(), as_of))?;
    rule.rest_holds(&own, as_of).then_some(*shown)
}

fn counted(rule: &Rule, directory: AssetId, shown: &[&Observation], all: usize) -> Sign {
    let days = rule.when.iter().find_map(|condition| condition.older_than_days);
    let fill = |template: &str| {
        let text = template.replace("{count}", &shown.len().to_string()).replace("{all}", &all.to_string());
        let text = days.map_or_else(|| text.clone(), |days| text.replace("{days}", &days.to_string()));
        if shown.len() == 1 { singular(&text) } else { text }
    };
    let grounds = shown.iter().take(MOST_GROUNDS).map(|one| Ground::Observation(one.id()));
    Sign {
        asset: directory,
        setting: rule.setting,
        protocol: rule.protocol.clone(),
        endpoint: None,
        grade: rule.grade.grade(),
        detail: Detail::Plain,
        title: fill(&rule.title),
        reason: Reason::new(format!("It {}", fill(&rule.shows)), grounds),
        others: Vec::new(),
    }
}

fn singular(text: &str) -> String {
    text.replace("1 accounts", "1 account").replace("1 people log", "1 person logs")
}
