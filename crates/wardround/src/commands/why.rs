//! `wardround why ID`: from any statement down to the packet, row or person that proves it.

use std::fmt::Write as _;

use anyhow::Result;
use wardround_model::{Claim, Conversation, Ground, Observation, Reason, Round, StatementId};

use crate::arguments::Why;
use crate::commands::{lookup, points, print};
use crate::failure::NotFound;
use wardround_report::page;

pub(crate) fn run(why: &Why) -> Result<()> {
    let (_, round) = lookup::round_of(&mut lookup::store(why.look.store.clone())?, why.look.round)?;
    print(&answer(&round, why.id.trim())?)
}

fn answer(round: &Round, id: &str) -> Result<String> {
    let mut text = String::new();
    match id.to_lowercase().get(..2) {
        Some("f-") => finding(&mut text, round, id)?,
        Some("o-") => observation(&mut text, round, lookup_observation(round, id)?, "")?,
        Some("s-") => ground(&mut text, round, Ground::Statement(lookup_statement(round, id)?))?,
        Some("c-") => conversation(&mut text, round, lookup_conversation(round, id)?, "")?,
        // Anything else means an asset: its id, or an address of it.
        _ => asset(&mut text, round, id)?,
    }
    Ok(text)
}

fn lookup_observation<'a>(round: &'a Round, id: &str) -> Result<&'a Observation> {
    let wanted = id.to_lowercase();
    let matches = round.observations.iter().filter(|observation| lookup::starts(observation.id(), &wanted));
    lookup::one(
        matches.collect(),
        "observation",
        id,
        "`wardround why` on an asset or finding names some",
        |found| found.id().to_string(),
    )
}

fn lookup_statement(round: &Round, id: &str) -> Result<StatementId> {
    let said = round.statements.iter().find(|said| said.id.to_string().eq_ignore_ascii_case(id));
    let none = || {
        NotFound(format!("nobody had said {id} when this round was run; `wardround answer list` shows all"))
    };
    Ok(said.map(|said| said.id).ok_or_else(none)?)
}

fn lookup_conversation<'a>(round: &'a Round, id: &str) -> Result<&'a Conversation> {
    let wanted = id.to_lowercase();
    let matches =
        round.conversations.iter().filter(|conversation| lookup::starts(conversation.id(), &wanted));
    lookup::one(
        matches.collect(),
        "conversation",
        id,
        "`wardround why` on an asset or finding names some",
        |found| found.id().to_string(),
    )
}

fn asset(text: &mut String, round: &Round, id: &str) -> Result<()> {
    let asset = lookup::asset(round, id)?;
    writeln!(text, "{}  {}", asset.id, asset.title())?;
    claim(text, round, "is", asset.class.value.label(), &asset.class)?;
    for (label, known) in [
        ("was made by", &asset.maker),
        ("is the model", &asset.model),
        ("has the serial number", &asset.serial),
        ("runs software", &asset.software),
        ("runs the operating system", &asset.operating_system),
        ("serves", &asset.care_area),
    ] {
        if let Some(known) = known {
            claim(text, round, label, &known.value, known)?;
        }
    }
    for finding in round.findings.iter().filter(|finding| finding.asset == asset.id) {
        writeln!(
            text,
            "\nWe say that it has {} ({}). Ask: wardround why {}",
            finding.title,
            finding.grade.label(),
            finding.id
        )?;
    }
    for settled in round.settled.iter().filter(|settled| settled.asset == asset.id) {
        writeln!(text, "\nWe leave {} out; this {}, because", settled.cve, page::holds(settled))?;
        reasons(text, round, std::slice::from_ref(&settled.reason))?;
    }
    Ok(())
}

fn claim<T>(text: &mut String, round: &Round, verb: &str, value: &str, claim: &Claim<T>) -> Result<()> {
    writeln!(
        text,
        "\nWe say that it {verb}: {value} ({}, {} %), because",
        claim.confidence.word(),
        claim.confidence.as_percent()
    )?;
    reasons(text, round, &claim.reasons)
}

fn finding(text: &mut String, round: &Round, id: &str) -> Result<()> {
    let finding = lookup::finding(round, id)?;
    writeln!(text, "{}  {}", finding.id, finding.title)?;
    writeln!(text, "\nWe say that {} has it ({}), because", finding.asset, finding.grade.label())?;
    reasons(text, round, &finding.reasons)?;
    writeln!(text, "\nWe say {} (SSVC), because", finding.judgement.decision.label())?;
    reasons(text, round, &points(&finding.judgement))?;
    writeln!(text, "\nAsk on: wardround why {}", finding.asset)?;
    Ok(())
}

fn reasons(text: &mut String, round: &Round, reasons: &[Reason]) -> Result<()> {
    for reason in reasons {
        writeln!(text, "  - {}", reason.text)?;
        for ground in reason.grounds.iter().take(5) {
            self::ground(text, round, *ground)?;
        }
        let more = reason.grounds.len().saturating_sub(5);
        if more > 0 {
            writeln!(text, "      and {more} more like these")?;
        }
    }
    Ok(())
}

fn ground(text: &mut String, round: &Round, ground: Ground) -> Result<()> {
    match ground {
        Ground::Observation(id) => match round.observations.iter().find(|observation| observation.id() == id)
        {
            Some(found) => observation(text, round, found, "      "),
            None => Ok(()),
        },
        Ground::Statement(id) => match round.statements.iter().find(|statement| statement.id == id) {
            Some(said) => {
                let (who, at) = (said.by.label(), page::day_and_time(said.at));
                let what = super::answer::sentence(&said.says);
                writeln!(text, "      {id}  said by: {who}, {at} UTC: {what}, because: {}", said.because)?;
                Ok(())
            }
            None => Ok(()),
        },
        Ground::Conversation(id) => {
            match round.conversations.iter().find(|conversation| conversation.id() == id) {
                Some(found) => conversation(text, round, found, "      "),
                None => Ok(()),
            }
        }
    }
}

fn observation(text: &mut String, round: &Round, observation: &Observation, indent: &str) -> Result<()> {
    let (kind, value) = (observation.fact.kind().allowed(), observation.fact.value());
    writeln!(text, "{indent}{}  {} {} \"{value}\"", observation.id(), observation.subject, kind.label)?;
    writeln!(text, "{indent}    first in {}", page::place(round, observation.first))?;
    if observation.count == 1 {
        return Ok(());
    }
    writeln!(
        text,
        "{indent}    told {}, last {}",
        wardround_report::page::count(observation.count, "time", "times"),
        observation.last.to_whole_second()
    )?;
    Ok(())
}

fn conversation(text: &mut String, round: &Round, conversation: &Conversation, indent: &str) -> Result<()> {
    let protocol = conversation.protocol.map_or("something unrecognised", wardround_model::Protocol::label);
    writeln!(
        text,
        "{indent}{}  {} talked {protocol} to {}",
        conversation.id(),
        conversation.client,
        conversation.server
    )?;
    writeln!(text, "{indent}    first in {}", page::place(round, conversation.first))?;
    let (there, back) = (conversation.to_server, conversation.to_client);
    let connections = wardround_report::page::count(conversation.connections, "connection", "connections");
    writeln!(
        text,
        "{indent}    {connections}, {} packets there, {} back",
        wardround_report::page::number(there.packets),
        wardround_report::page::number(back.packets)
    )?;
    writeln!(text, "{indent}    hours with packets: {} (UTC)", conversation.active)?;
    Ok(())
}
