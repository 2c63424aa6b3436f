//! A check for a terminal: what attackers use first, then the rest a line each, then what could not be checked.

use wardround_model::{CveId, CvssScore, Grade, Source};
use wardround_triage::{Asked, Published};

use super::Check;
use crate::page::text::Page;
use crate::page::{count, known, number};

/// The most weaknesses that are named on one line.
const NAMED: usize = 4;

/// A component with its counts.
struct Line {
    name: String,
    all: usize,
    exploited: Vec<String>,
    worst: Option<CvssScore>,
    unsure: usize,
}

/// A check as text; `next` says what to do then.
#[must_use]
pub fn render(check: &Check<'_>, next: &[(String, &str)]) -> String {
    let mut page = Page::with_whole_ids();
    let mut lines = lines(check);
    lines.sort_by(|one, two| {
        let key = |line: &Line| (line.exploited.len(), line.worst, line.all);
        key(two).cmp(&key(one)).then_with(|| one.name.cmp(&two.name))
    });
    page.section("What was read", &check.lists.iter().map(read).collect::<Vec<_>>());
    page.section("What came of it", &summary(check, &lines));
    let (used, rest): (Vec<_>, Vec<_>) = lines.iter().partition(|line| !line.exploited.is_empty());
    section(&mut page, "Attackers use these weaknesses: mend them first", &used);
    section(&mut page, "Other published weaknesses", &rest);
    warnings(&mut page, check);
    open(&mut page, check);
    page.section(
        "What it was held against",
        &known(&wardround_round::intelligence(check.index), check.as_of),
    );
    page.heading("Next");
    for (command, what) in next {
        page.line(&format!("  {command}  {what}"));
    }
    page.finish()
}

fn lines(check: &Check<'_>) -> Vec<Line> {
    let told = check.told().filter(|(_, weaknesses)| !weaknesses.is_empty());
    told.filter_map(|(component, weaknesses)| {
        let exploited = weaknesses.iter().filter(|one| one.is_exploited());
        Some(Line {
            name: component.name()?,
            all: weaknesses.len(),
            exploited: exploited.map(named).collect(),
            worst: weaknesses.iter().filter_map(|one| Some(one.facts?.cvss?.score)).max(),
            unsure: weaknesses.iter().filter(|one| one.grade() > Grade::ExactVersion).count(),
        })
    })
    .collect()
}

fn named(one: &Published<'_>) -> String {
    match one.fixed_in() {
        Some(version) => format!("{} (mended in {version})", one.cve()),
        None => one.cve().to_string(),
    }
}

fn read(list: &Source) -> String {
    let (one, many) = list.kind.record();
    format!("{}: {}, {}.", list.name, list.kind.label(), count(list.records, one, many))
}

fn summary(check: &Check<'_>, lines: &[Line]) -> Vec<String> {
    let all: usize = lines.iter().map(|line| line.all).sum();
    let things = check.judging.components().filter(|one| one.name().is_some()).count();
    if all == 0 {
        let things = count(size(things), "component was looked up", "components were looked up");
        return vec![format!(
            "{things}, and no published weakness was found. That is no proof: see what could not be checked."
        )];
    }
    vec![format!(
        "{} looked up; {} with published weaknesses, {} in all.",
        count(size(things), "component was", "components were"),
        number(size(lines.len())),
        number(size(all)),
    )]
}

fn section(page: &mut Page, heading: &str, lines: &[&Line]) {
    if !lines.is_empty() {
        page.section(heading, &lines.iter().map(|line| line.tell()).collect::<Vec<_>>());
    }
}

impl Line {
    fn tell(&self) -> String {
        let worst = self.worst.map(|score| format!(", the worst scores {score} of 10")).unwrap_or_default();
        let unsure = match self.unsure {
            0 => String::new(),
            some => format!(", {} of them only on some platforms", number(size(some))),
        };
        let all = count(size(self.all), "weakness", "weaknesses");
        let end = if self.exploited.is_empty() { "" } else { "." };
        format!("{}: {all}{unsure}{worst}{end}{}", self.name, named_first(&self.exploited))
    }
}

/// ` Attackers use CVE-...`: the first of these by name; empty where there is none.
fn named_first(used: &[String]) -> String {
    let first = used.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match used.len().checked_sub(NAMED) {
        _ if used.is_empty() => String::new(),
        None | Some(0) => format!(" Attackers use {first}"),
        Some(more) => format!(" Attackers use {first} and {more} more"),
    }
}

fn warnings(page: &mut Page, check: &Check<'_>) {
    let all: Vec<String> =
        check.judging.components().flat_map(|one| one.warnings()).map(|title| format!("{title}.")).collect();
    if !all.is_empty() {
        page.section("Support and recalls", &all);
    }
}

fn open(page: &mut Page, check: &Check<'_>) {
    let asked =
        check.judging.components().flat_map(|one| one.questions()).map(|asked| question(check, &asked));
    let gaps = check.judging.not_checked().into_iter().map(|open| format!("{}.", open.reason.text));
    let all: Vec<String> = gaps.chain(asked).collect();
    if !all.is_empty() {
        page.section("What could not be checked: unknown, not safe", &all);
    }
}

/// A question, and whether it is urgent: attackers use some of what it would settle.
fn question(check: &Check<'_>, asked: &Asked<'_>) -> String {
    let is_used = |cve: &CveId| check.index.cve(*cve).is_some_and(|facts| facts.kev.is_some());
    let used: Vec<String> = asked.cves.iter().copied().filter(is_used).map(|cve| cve.to_string()).collect();
    if used.is_empty() {
        format!("{}.", asked.text)
    } else {
        format!("{}.{}.", asked.text, named_first(&used))
    }
}

fn size(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
