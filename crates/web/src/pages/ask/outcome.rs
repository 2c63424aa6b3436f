//! What a run did: how far it is or how it ended, what it changed in what is known, what came of each host, and whether they still
//! speak.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use maud::{Markup, html};
use wardround_ask::journal::Line;
use wardround_ask::{Outcome, Plan, Question};
use wardround_model::{AssetId, Timestamp};
use wardround_report::page::count;

use super::plan::words;
use super::{Around, Settled, asset};
use crate::asking::{AskStanding, UnderWay};
use crate::layout::{form_token, plain};
use crate::roles::Permission;
use crate::session::Person;

/// What the log calls it where hosts were not listened to, or not to the end.
const DEAF: [&str; 2] = ["not-listening", "listened-too-short"];
/// Findings that are named.
const MOST_NAMED: usize = 20;

/// The lines of the plan that was asked last.
fn lines<'a>(stands: &'a AskStanding, mark: &str) -> Vec<&'a Line> {
    let all = stands.lines.iter();
    let from = all.clone().rposition(|line| line.plan == mark && line.event == "begin").unwrap_or(0);
    all.skip(from).filter(|line| line.plan == mark).collect()
}

fn is_outcome(line: &Line) -> bool {
    line.event == "left-alone" || Outcome::from_code(&line.event).is_some()
}

/// Questions that were settled, of how many.
pub(super) fn progress(stands: &AskStanding) -> (u64, u64) {
    let Some(plan) = &stands.asked else { return (0, 0) };
    let done = lines(stands, &plan.mark()).iter().filter(|line| is_outcome(line)).count();
    (done as u64, plan.exchanges.len() as u64)
}

/// Whether hosts are listened to before or after they are asked, as the log calls it.
pub(super) fn listening(stands: &AskStanding) -> Option<&'static str> {
    let mark = stands.asked.as_ref()?.mark();
    let all = ["listening", "listening-after"];
    lines(stands, &mark).iter().rev().find_map(|line| all.into_iter().find(|event| line.event == *event))
}

/// When the last run ended, if it did.
pub(super) fn ended(stands: &AskStanding) -> Option<Timestamp> {
    let mark = stands.asked.as_ref()?.mark();
    let end = lines(stands, &mark).into_iter().rev().find(|line| line.event == "end")?;
    end.at.parse().ok()
}

pub(super) fn section(person: &Person, stands: &AskStanding, around: &Around) -> Markup {
    let Some(plan) = &stands.asked else { return html! {} };
    let lines = lines(stands, &plan.mark());
    let said = |event: &str| lines.iter().rev().find(|line| line.event == event);
    let is_busy = stands.under_way == UnderWay::Yes;
    let (done, all) = progress(stands);
    html! {
        section aria-labelledby="outcome" {
            h2 id="outcome" { @if is_busy { "What is being asked" } @else { "What was asked last" } }
            @if let Some(begin) = said("begin") {
                p class="soft" { "Started on " (local(&begin.at, around)) @if !begin.by.is_empty() { " by " (plain(&begin.by)) } ", from round R-" (plan.round) "." }
            }
            @if let Some(end) = said("end").filter(|_| !is_busy) {
                p { (done) " of " (count(all, "question", "questions")) ": " (plain(&end.text)) "." }
            }
            @for line in lines.iter().filter(|line| DEAF.contains(&line.event.as_str())) {
                p { "Hosts were not listened to: " (plain(&line.text)) "." }
            }
            @if !is_busy || listening(stands) == Some("listening-after") { (changed(person, said("learned").map(|line| line.text.as_str()), around)) }
            (hosts(plan, &lines, around))
            @if !is_busy && person.may(Permission::Ask) && done > 0 {
                form method="post" action="/ask/after" class="step" { (form_token(person)) button class="quiet" { "Do they still speak?" } " " span class="soft" { "Looks at the newest round for the ten minutes after. Nothing is sent." } }
            }
        }
    }
}

fn local(at: &str, around: &Around) -> String {
    let moment: Option<Timestamp> = at.parse().ok();
    moment.map(|at| wardround_ask::hours::local(&around.zone, at)).unwrap_or_default()
}

/// What it changed in what is known.
fn changed(person: &Person, learned: Option<&str>, around: &Around) -> Markup {
    html! {
        @if let Some(learned) = learned {
            p { "What it changed: " (plain(learned)) ". " }
        }
        @match &around.settled {
            None => {
                p { "The next round reads the answers." }
                @if person.may(Permission::RunRounds) {
                    form method="post" action="/rounds/run" class="step" { (form_token(person)) button { "Run a round now" } }
                }
            }
            Some(settled) => { (settled_by(settled, around)) }
        }
    }
}

fn settled_by(settled: &Settled, around: &Around) -> Markup {
    let round = settled.round;
    html! {
        @match &settled.findings {
            None => { p { "Round " (round) " read the answers. " a href="/rounds" { "What rounds changed" } "." } }
            Some(findings) if findings.is_empty() => { p { "Round " (round) " read the answers. It settled no weak place on these hosts." } }
            Some(findings) => {
                p { "Round " (round) " read the answers. It settled " (count(findings.len() as u64, "weak place", "weak places")) " on these hosts:" }
                ul { @for (asset, title) in findings.iter().take(MOST_NAMED) { li { (plain(title)) " (" (name(around, *asset)) ")" } } }
            }
        }
    }
}

fn name(around: &Around, asset: AssetId) -> Markup {
    let title = around.titles.get(&asset).map_or_else(|| asset.to_string(), |title| plain(title));
    html! { a href={ "/devices/" (asset) } { (title) } }
}

/// What came of each host: outcomes of its questions, a sign of distress, and whether it still speaks.
fn hosts(plan: &Plan, lines: &[&Line], around: &Around) -> Markup {
    let mut of_host: BTreeMap<Ipv4Addr, Vec<&Line>> = BTreeMap::new();
    for line in lines {
        if let Some(host) = line.host() {
            of_host.entry(host).or_default().push(line);
        }
    }
    let shows_since = lines.iter().any(|line| tells_since(line));
    html! {
        @if !of_host.is_empty() {
            div class="scroll" { table {
                thead { tr { th scope="col" { "Host" } th scope="col" { "What came of it" } @if shows_since { th scope="col" { "Since then" } } } }
                tbody { @for (ip, lines) in &of_host { (host(plan, *ip, lines, shows_since, around)) } }
            } }
        }
    }
}

fn host(plan: &Plan, ip: Ipv4Addr, lines: &[&Line], shows_since: bool, around: &Around) -> Markup {
    let asset = plan.exchanges.iter().find(|one| one.ip == ip).and_then(|one| asset(&one.asset));
    let outcomes = lines.iter().filter(|line| is_outcome(line));
    let is_open = lines.iter().filter(|line| line.event == "sending").count()
        > lines.iter().filter(|line| is_outcome(line)).count();
    let since = lines.iter().rev().find(|line| tells_since(line));
    html! {
        tr {
            th scope="row" { (ip) @if let Some(asset) = asset { br; (name(around, asset)) } }
            td {
                @for line in outcomes { (question(line)) ": " (outcome(line)) "." br; }
                @if is_open { span class="soft" { "Waiting for an answer." } }
            }
            @if shows_since { td { @if let Some(line) = since { @if line.event == "distress" { strong { "Left alone: " } } (plain(&line.text)) "." } } }
        }
    }
}

fn tells_since(line: &Line) -> bool {
    ["distress", "still-speaks"].contains(&line.event.as_str())
}

/// A question in words, and where it went.
fn question(line: &Line) -> String {
    let question = Question::from_code(&line.question).map_or("a question", words);
    let place = line.to.split_once(':').map_or("", |(_, port)| port);
    format!("{question}, port {}", plain(place))
}

/// An outcome in words.
fn outcome(line: &Line) -> String {
    match Outcome::from_code(&line.event) {
        Some(Outcome::Answered) if !line.text.is_empty() => format!("answered; {}", plain(&line.text)),
        Some(Outcome::Answered) => "answered".to_owned(),
        Some(Outcome::Ended) => "ended without a word".to_owned(),
        Some(Outcome::Refused) => "the port is closed".to_owned(),
        Some(Outcome::NoConnection) => "no connection in time".to_owned(),
        Some(Outcome::Silent) => "no answer in time".to_owned(),
        Some(Outcome::FellSilent) => "it fell silent in the middle".to_owned(),
        Some(Outcome::Reset) => "it broke the connection off".to_owned(),
        Some(Outcome::Unreachable) => "not to be reached".to_owned(),
        Some(Outcome::AnotherCard) => "another card has its address; nothing was asked".to_owned(),
        Some(Outcome::Stopped) => "stopped".to_owned(),
        Some(Outcome::AnotherKey) => "it showed another key than the known one; nobody logged in".to_owned(),
        Some(Outcome::NotAllowed) if !line.text.is_empty() => plain(&line.text),
        Some(Outcome::NotAllowed) => "it did not take the key or the user".to_owned(),
        Some(Outcome::NotUnderstood) => "its answer was not understood".to_owned(),
        Some(Outcome::TooMuch) => "it told more than it may, or took longer".to_owned(),
        None => plain(&line.text),
    }
}
