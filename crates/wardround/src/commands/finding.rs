//! `wardround finding`: what is weak.

use std::fmt::Write as _;

use anyhow::Result;
use wardround_model::{Asset, Finding, Reason, Round};

use crate::arguments::FindingCommand;
use crate::commands::{lookup, points, print};

pub(crate) fn run(command: FindingCommand) -> Result<()> {
    match command {
        FindingCommand::List(look) => {
            let (_, round) = lookup::round(look)?;
            print(&list(&round))
        }
        FindingCommand::Show { finding, look } => {
            let again = look.store.again();
            let (_, round) = lookup::round(look)?;
            print(&show(&round, lookup::finding(&round, &finding)?, &again)?)
        }
    }
}

fn list(round: &Round) -> String {
    if round.findings.is_empty() {
        return "Nothing weak was found in what could be seen; `wardround round show` says what could not be seen.\n".to_owned();
    }
    let mut text = format!("{:14}  {:7}  {:15}  {}\n", "ID", "DO", "HOW SURE", "WHAT AND WHERE");
    for finding in &round.findings {
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{:14}  {:7}  {:15}  {} - {}",
            finding.id,
            finding.judgement.decision.label(),
            finding.grade.code(),
            finding.title,
            title(round, finding)
        );
    }
    text
}

fn title(round: &Round, finding: &Finding) -> String {
    round.asset(finding.asset).map_or_else(|| finding.asset.to_string(), Asset::title)
}

fn show(round: &Round, finding: &Finding, again: &str) -> Result<String> {
    let mut text = format!("{}  {}\n\n", finding.id, finding.title);
    writeln!(text, "{:10} {} ({})", "On", title(round, finding), finding.asset)?;
    if let Some(endpoint) = finding.endpoint {
        writeln!(text, "{:10} {endpoint}", "Where")?;
    }
    writeln!(text, "{:10} {}", "Weakness", finding.weakness)?;
    writeln!(text, "{:10} {}", "How sure", finding.grade.label())?;
    bullets(&mut text, &finding.reasons)?;
    writeln!(text, "{:10} {} (SSVC)", "Decision", finding.judgement.decision.label())?;
    bullets(&mut text, &points(&finding.judgement))?;
    if let Some(explained) =
        round.asset(finding.asset).and_then(|asset| wardround_triage::explain(finding, asset))
    {
        for (label, part) in [
            ("What it is", &explained.what),
            ("Why it matters", &explained.why),
            ("Next step", &explained.next_step),
        ] {
            writeln!(text, "\n{label}\n{}", textwrap::fill(part, 96))?;
        }
    }
    if let Some(place) = round.plan.iter().position(|item| item.findings.contains(&finding.id)) {
        writeln!(text, "\nIt is in the plan as number {} (wardround round show)", place + 1)?;
    }
    writeln!(text, "\nNext: wardround why {}{again}", finding.id)?;
    Ok(text)
}

fn bullets(text: &mut String, reasons: &[Reason]) -> Result<()> {
    for reason in reasons {
        writeln!(text, "{:10}   - {}", "", reason.text)?;
    }
    Ok(())
}
