//! What a round tells a person, in its order, as plain texts.

use wardround_model::{DeviceClass, IntelligenceSource, PlanItem, Round, RoundId, Timestamp};
use wardround_round::census;

use super::words::{count, day, day_and_time, how_long, listed, number};
use super::{returned, settled, sight};

/// One kind of device in the census.
pub struct Kind {
    /// How many.
    pub count: usize,
    /// Of what, in words.
    pub label: &'static str,
    /// The part of the hospital, in words; empty where it is that of the line before.
    pub area: &'static str,
    /// Whether they take part in care.
    pub medical: bool,
}

/// One thing to do.
pub struct Todo {
    /// What is weak and where.
    pub title: String,
    /// SSVC's word for how urgent it is.
    pub decision: &'static str,
    /// What it is, why it matters, how sure, the next step: heading and text.
    pub parts: Vec<(&'static str, String)>,
    /// Ids to ask `why` about.
    pub findings: Vec<String>,
    /// Findings beyond those.
    pub more: usize,
}

/// What a round tells, in its order.
pub struct Story {
    /// `Round R-3`.
    pub title: String,
    /// When it was run and judged.
    pub subtitle: String,
    /// What was seen.
    pub seen: Vec<String>,
    /// What could not be seen.
    pub not_seen: Vec<String>,
    /// The census in one sentence.
    pub census_line: String,
    /// The census.
    pub census: Vec<Kind>,
    /// The plan in one sentence.
    pub plan_line: String,
    /// At most ten things to do.
    pub plan: Vec<Todo>,
    /// What could not be judged.
    pub unjudged: Vec<String>,
    /// What answers settled.
    pub settled: Vec<String>,
    /// How old what is known is.
    pub intelligence: Vec<String>,
    /// What this round verified and opened again, where a worklist tells it.
    pub moves: Vec<String>,
    /// What to do next with the program: command and what it does.
    pub next: Vec<(String, &'static str)>,
}

/// The most findings that are named with one thing to do.
const FINDINGS_NAMED: usize = 3;

/// The most sentences about what could not be judged.
const UNJUDGED_NAMED: usize = 5;

/// Tells a round; `again` is added to the commands for the next step, so that they find the same store.
pub fn story(id: RoundId, round: &Round, again: &str) -> Story {
    Story {
        title: format!("Round {id}"),
        subtitle: when(round.run_at, round.as_of),
        seen: seen(round),
        not_seen: not_seen(round),
        census_line: census_line(round),
        census: kinds(round),
        plan_line: plan_line(round),
        plan: round.plan.iter().map(todo).collect(),
        unjudged: unjudged(round),
        settled: settled::settled(round),
        intelligence: known(&round.intelligence, round.as_of),
        moves: Vec::new(),
        next: next(round, again),
    }
}

/// When a round was run and judged.
#[must_use]
pub fn when(run_at: Timestamp, as_of: Timestamp) -> String {
    format!("Run {} UTC; expiry and age judged at {} UTC", day_and_time(run_at), day_and_time(as_of))
}

/// What a round saw.
#[must_use]
pub fn seen(round: &Round) -> Vec<String> {
    sight::seen(round).into_iter().chain(returned::returned(round)).collect()
}

/// What a round could not see.
#[must_use]
pub fn not_seen(round: &Round) -> Vec<String> {
    sight::NotSeen::of(round).lines
}

fn kinds(round: &Round) -> Vec<Kind> {
    let mut area_before = "";
    let mut kind = |class: DeviceClass, count| {
        let area = class.area().label();
        let first = area != std::mem::replace(&mut area_before, area);
        Kind {
            count,
            label: if count == 1 { class.label() } else { class.plural() },
            area: if first { area } else { "" },
            medical: class.is_medical(),
        }
    };
    census(&round.assets).lines.into_iter().map(|line| kind(line.class, line.count)).collect()
}

fn census_line(round: &Round) -> String {
    let census = census(&round.assets);
    let unknown = match census.unknown() {
        0 => "none is of unknown kind".to_owned(),
        1 => "1 is of unknown kind".to_owned(),
        many => format!("{many} are of unknown kind"),
    };
    let medical = match census.medical() {
        1 => "1 takes part in care".to_owned(),
        many => format!("{many} take part in care"),
    };
    format!(
        "{}: {medical}, {unknown}.",
        count(size(census.total()), "device or system", "devices and systems")
    )
}

fn plan_line(round: &Round) -> String {
    let in_plan: usize = round.plan.iter().map(|item| item.findings.len()).sum();
    let left = round.findings.len().saturating_sub(in_plan);
    match (round.findings.len(), left) {
        (0, _) => "Nothing weak was found in what could be seen.".to_owned(),
        (all, 0) => format!("These settle all {} found.", count(size(all), "weakness", "weaknesses")),
        (all, left) => format!(
            "These settle {} of {} weaknesses found; the other {} can wait (wardround finding list shows all).",
            number(size(in_plan)),
            number(size(all)),
            number(size(left))
        ),
    }
}

fn todo(item: &PlanItem) -> Todo {
    Todo {
        title: item.title.clone(),
        decision: item.decision.label(),
        parts: vec![
            ("What it is", item.what.clone()),
            ("Why it matters", item.why.clone()),
            ("How sure", item.how_sure.clone()),
            ("Next step", item.next_step.clone()),
        ],
        findings: item.findings.iter().take(FINDINGS_NAMED).map(ToString::to_string).collect(),
        more: item.findings.len().saturating_sub(FINDINGS_NAMED),
    }
}

fn unjudged(round: &Round) -> Vec<String> {
    let named = round.unjudged.iter().take(UNJUDGED_NAMED);
    let title = |id| round.asset(id).map_or_else(|| "A device".to_owned(), wardround_model::Asset::title);
    let mut lines: Vec<String> =
        named.map(|unjudged| format!("{}: {}.", title(unjudged.asset), unjudged.reason.text)).collect();
    let more = round.unjudged.len().saturating_sub(UNJUDGED_NAMED);
    if more > 0 {
        lines.push(format!("{} more (wardround asset show tells them for each device).", number(size(more))));
    }
    lines
}

/// How old what was known is.
#[must_use]
pub fn known(sources: &[IntelligenceSource], as_of: Timestamp) -> Vec<String> {
    let dated = |source: &IntelligenceSource| {
        // The name before what it stands for and whom it is from, which `wardround intel status` tells.
        let name = source.name.split(" (").next().unwrap_or_default();
        source.as_of.map_or_else(|| format!("{name} (undated)"), |date| format!("{name} of {}", day(date)))
    };
    let named: Vec<String> = sources.iter().map(dated).collect();
    let mut lines = vec![format!("Judged with {}.", listed(&named, 12))];
    lines.extend(oldest(sources, as_of).map(|age| {
        format!("The oldest part was {age} old at the moment judged: a weakness published since is not in this list.")
    }));
    lines
}

fn oldest(sources: &[IntelligenceSource], as_of: Timestamp) -> Option<String> {
    let oldest: Timestamp = sources.iter().filter_map(|source| source.as_of).min()?;
    let age = as_of.since(oldest);
    (age > 0).then(|| how_long(age))
}

fn next(round: &Round, again: &str) -> Vec<(String, &'static str)> {
    let mut next = Vec::new();
    if let Some(finding) = round.plan.first().and_then(|item| item.findings.first()) {
        next.push((format!("wardround why {finding}{again}"), "why do you say so?"));
    }
    if let Some(asset) = round.assets.first() {
        next.push((format!("wardround asset show {}{again}", asset.id), "one device, and how we know it"));
    }
    next.push((format!("wardround asset list{again}"), "everything that was seen"));
    next.push((format!("wardround finding list{again}"), "everything that is weak"));
    if !round.findings.is_empty() {
        next.push((format!("wardround work{again}"), "who does what by when, and what is verified"));
    }
    next
}

fn size(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
