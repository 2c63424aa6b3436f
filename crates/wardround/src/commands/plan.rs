//! `wardround plan`: what to do with the hours at hand, and what would change if something were done.

use std::path::Path;

use anyhow::{Context as _, Result};
use wardround_model::{Role, Round, RoundId};
use wardround_triage::{Budget, Efforts, Standing, WhatIf, decide_by, plan_hours, what_if};

use crate::arguments::{Format, PlanCommand, Question};
use crate::commands::{files, lookup, print};
use wardround_report::{json, page};

pub(crate) fn run(command: PlanCommand) -> Result<()> {
    let again = command.look.store.again();
    let teams: Vec<(Role, u32)> = command.people.iter().map(|team| (team.0, team.1.0)).collect();
    let budget = Budget::new(command.hours.0, &teams)?;
    let efforts = efforts(command.efforts.as_deref())?;
    let (id, mut round) = lookup::round(command.look)?;
    if let Some(table) = command.ssvc.as_deref() {
        decide_again(&mut round, table)?;
    }
    match command.what_if {
        Some(question) => answer(&round, &question, &efforts, command.format),
        None => tell(id, &round, &budget, &efforts, command.format, &again),
    }
}

fn tell(
    id: RoundId,
    round: &Round,
    budget: &Budget,
    efforts: &Efforts,
    format: Format,
    again: &str,
) -> Result<()> {
    let plan = plan_hours(round, budget, efforts);
    match format {
        Format::Text => print(&page::plan::render(id, round, &plan, again)),
        Format::Json => print(&json::plan::render(id, &plan)?),
    }
}

fn answer(round: &Round, question: &Question, efforts: &Efforts, format: Format) -> Result<()> {
    let asked = match question {
        Question::Fix(finding) => WhatIf::Fix(lookup::finding(round, finding)?.id),
        Question::Isolate(asset) => WhatIf::Isolate(lookup::asset(round, asset)?.id),
        Question::Retire(asset) => WhatIf::Retire(lookup::asset(round, asset)?.id),
        Question::Product(name) => WhatIf::Product(name.clone()),
    };
    let outcome = what_if(round, efforts, &asked);
    match format {
        Format::Text => print(&page::plan::render_outcome(round, &asked, &outcome)),
        Format::Json => print(&json::plan::render_outcome(&outcome)?),
    }
}

pub(crate) fn efforts(file: Option<&Path>) -> Result<Efforts> {
    let Some(file) = file else { return Ok(Efforts::default()) };
    let text = files::text(file)?;
    Efforts::default().with(&text).with_context(|| file.display().to_string())
}

/// Decides every finding again by this table.
fn decide_again(round: &mut Round, table: &str) -> Result<()> {
    let tables = files::tables(table)?;
    let mut findings = std::mem::take(&mut round.findings);
    decide_by(&tables, &mut findings, &Standing::from(&*round));
    round.findings = findings;
    Ok(())
}
