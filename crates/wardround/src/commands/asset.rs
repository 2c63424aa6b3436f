//! `wardround asset`: who is on the network.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::Result;
use wardround_model::{ActiveHours, Asset, Claim, Conversation, FactKind, Reason, Round, Subject};

use crate::arguments::AssetCommand;
use crate::commands::{answer, lookup, print};
use wardround_report::page;

pub(crate) fn run(command: AssetCommand) -> Result<()> {
    match command {
        AssetCommand::List(look) => {
            let (_, round) = lookup::round(look)?;
            print(&list(&round))
        }
        AssetCommand::Show { asset, look } => {
            let again = look.store.again();
            let (_, round) = lookup::round(look)?;
            print(&show(&round, lookup::asset(&round, &asset)?, &again)?)
        }
    }
}

fn list(round: &Round) -> String {
    let mut text = format!("{:14}  {:28}  {:>5}  {:>4}  {}\n", "ID", "KIND", "SURE", "WEAK", "WHO");
    for asset in &round.assets {
        let weak = round.findings.iter().filter(|finding| finding.asset == asset.id).count();
        let sure = format!("{} %", asset.class.confidence.as_percent());
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{:14}  {:28}  {sure:>5}  {weak:>4}  {}",
            asset.id,
            asset.class.value.label(),
            who(asset)
        );
    }
    text
}

/// Maker, model, names and one address, as far as they are known.
fn who(asset: &Asset) -> String {
    let claims = [&asset.maker, &asset.model].into_iter().flatten().map(|claim| claim.value.clone());
    let mut words: Vec<String> = claims.collect();
    words.extend(asset.names.first().map(|name| format!("\"{name}\"")));
    words.extend(asset.address());
    words.join(", ")
}

fn show(round: &Round, asset: &Asset, again: &str) -> Result<String> {
    let mut text = format!("{}  {}\n\n", asset.id, asset.title());
    claim(&mut text, "Kind", asset.class.value.label(), &asset.class)?;
    for (label, known) in [
        ("Maker", &asset.maker),
        ("Model", &asset.model),
        ("Serial", &asset.serial),
        ("Software", &asset.software),
        ("System", &asset.operating_system),
        ("Care area", &asset.care_area),
    ] {
        match known {
            Some(known) => claim(&mut text, label, &known.value, known)?,
            None => writeln!(text, "{label:10} not known")?,
        }
    }
    let addresses =
        asset.macs.iter().map(ToString::to_string).chain(asset.ips.iter().map(ToString::to_string));
    writeln!(text, "{:10} {}", "Addresses", addresses.collect::<Vec<_>>().join(", "))?;
    let own = round
        .observations
        .iter()
        .filter(|fact| matches!(fact.subject, Subject::Mac(card) if asset.macs.contains(&card)));
    for port in page::plugged_in(own) {
        writeln!(text, "{:10} {port}", "Switch")?;
    }
    writeln!(
        text,
        "{:10} {}",
        "Names",
        if asset.names.is_empty() { "none seen".to_owned() } else { asset.names.join(", ") }
    )?;
    writeln!(
        text,
        "{:10} {} to {}",
        "Seen",
        asset.first_seen.to_whole_second(),
        asset.last_seen.to_whole_second()
    )?;
    let active = active(round, asset);
    if !active.is_empty() {
        writeln!(text, "{:10} {active} (hours with traffic, UTC)", "Active")?;
    }
    if !page::Traffic::of(round).shows(asset) {
        writeln!(text, "{:10} lists name it; no traffic of it was seen", "")?;
    } else if !asset.seen_directly {
        writeln!(text, "{:10} only traffic that a router had forwarded was seen, not its own link", "")?;
    }
    for said in round.statements.iter().filter(|said| said.asset == asset.id) {
        let (what, who) = (answer::sentence(&said.says), said.by.label());
        writeln!(text, "{:10} {what} ({}, said by: {who})", "Answer", said.id)?;
    }
    if let Some(said) = page::said_to_be_gone(round, asset) {
        writeln!(text, "{:10} it was seen after that, so it counts ({})", "", said.id)?;
    }
    services(&mut text, asset)?;
    listens(&mut text, round, asset)?;
    findings(&mut text, round, asset)?;
    writeln!(text, "\nNext: wardround why {}{again}", asset.id)?;
    Ok(text)
}

fn claim<T>(text: &mut String, label: &str, value: &str, claim: &Claim<T>) -> Result<()> {
    writeln!(text, "{label:10} {value} ({}, {} %)", claim.confidence.word(), claim.confidence.as_percent())?;
    for Reason { text: reason, .. } in claim.reasons.iter().take(4) {
        writeln!(text, "{:10}   - {reason}", "")?;
    }
    Ok(())
}

fn services(text: &mut String, asset: &Asset) -> Result<()> {
    writeln!(
        text,
        "\nServices that it was seen to offer: {}",
        if asset.services.is_empty() { "none" } else { "" }
    )?;
    for service in &asset.services {
        let protocol = service.protocol.map_or("not recognised", wardround_model::Protocol::label);
        writeln!(
            text,
            "  {:28} {protocol:16} used by {}",
            service.endpoint.to_string(),
            wardround_report::page::count(service.clients, "host", "hosts")
        )?;
    }
    Ok(())
}

/// The hours of the week in which it took part in any conversation.
fn active(round: &Round, asset: &Asset) -> ActiveHours {
    let mut hours = ActiveHours::NONE;
    let is_its = |it: &&Conversation| asset.ips.contains(&it.client) || asset.ips.contains(&it.server.ip);
    round.conversations.iter().filter(is_its).for_each(|it| hours.join(it.active));
    hours
}

/// Ports that its own system says it listens on: whether a filter lets others reach them is not known.
fn listens(text: &mut String, round: &Round, asset: &Asset) -> Result<()> {
    let told = round.observations.iter().filter(|seen| seen.fact.kind() == FactKind::ListensOn);
    let here = told.filter_map(|seen| match seen.subject {
        Subject::Service(at) if asset.ips.contains(&at.ip) => Some((at.port, seen.fact.value())),
        _ => None,
    });
    let ports: BTreeSet<(u16, &str)> = here.collect();
    if !ports.is_empty() {
        let ports: Vec<String> =
            ports.iter().map(|(port, transport)| format!("{port}/{transport}")).collect();
        writeln!(text, "Its own system says that it listens on: {}", ports.join(", "))?;
    }
    Ok(())
}

fn findings(text: &mut String, round: &Round, asset: &Asset) -> Result<()> {
    let findings: Vec<_> = round.findings.iter().filter(|finding| finding.asset == asset.id).collect();
    writeln!(
        text,
        "\nWhat is weak: {}",
        if findings.is_empty() { "nothing was found in what could be seen" } else { "" }
    )?;
    for finding in findings {
        writeln!(text, "  {:14}  {:7}  {}", finding.id, finding.judgement.decision.label(), finding.title)?;
    }
    for unjudged in round.unjudged.iter().filter(|unjudged| unjudged.asset == asset.id) {
        writeln!(text, "  could not be judged: {}", unjudged.reason.text)?;
    }
    for settled in round.settled.iter().filter(|settled| settled.asset == asset.id) {
        let (said, holds) = (&settled.reason.text, page::holds(settled));
        writeln!(text, "  settled: {said}; this {holds} ({})", settled.cve)?;
    }
    Ok(())
}
