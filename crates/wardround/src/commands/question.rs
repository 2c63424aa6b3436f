//! `wardround question`: what nobody has answered yet, and who could.

use std::fmt::Write as _;

use anyhow::Result;
use wardround_model::{Asset, Round, Unjudged};

use crate::arguments::answer::QuestionCommand;
use crate::commands::{lookup, print};
use wardround_report::page::count;

/// The most weaknesses that are named with one question.
const MOST_CVES: usize = 3;

pub(crate) fn run(command: QuestionCommand) -> Result<()> {
    let QuestionCommand::List(look) = command;
    let again = look.store.again();
    let (_, round) = lookup::round(look)?;
    print(&list(&round, &again))
}

fn list(round: &Round, again: &str) -> String {
    if round.unjudged.is_empty() {
        return "There is no open question.\n".to_owned();
    }
    let many =
        count(u64::try_from(round.unjudged.len()).unwrap_or(u64::MAX), "open question", "open questions");
    let mut text = format!("{many}. Until one is answered, what it asks is unknown, not safe.\n");
    for unjudged in &round.unjudged {
        one(&mut text, round, unjudged);
    }
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "\nTo answer: wardround answer ASSET --not-affected CVE --because TEXT --by ROLE{again}"
    );
    text
}

fn one(text: &mut String, round: &Round, unjudged: &Unjudged) {
    let title = round.asset(unjudged.asset).map_or_else(String::new, Asset::title);
    let question = if unjudged.question.is_empty() { &unjudged.reason.text } else { &unjudged.question };
    let _ = writeln!(text, "\n{}  {}  {title}", unjudged.id(), unjudged.asset);
    let _ = writeln!(text, "  {question}");
    let _ = writeln!(text, "  Who could settle it: {}", unjudged.who.label());
    if !unjudged.question.is_empty() {
        let _ = writeln!(text, "  Why it is asked: {}", unjudged.reason.text);
    }
    let named: Vec<String> = unjudged.cves.iter().take(MOST_CVES).map(ToString::to_string).collect();
    let more = unjudged.cves.len().saturating_sub(MOST_CVES);
    if !named.is_empty() {
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let _ = writeln!(text, "  What it may have: {}{more}", named.join(", "));
    }
}
