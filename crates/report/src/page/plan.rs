//! The page of a plan for the hours at hand, and of an answer to "what if".

use wardround_model::{Asset, Round, RoundId};
use wardround_triage::{
    Device, HourPlan, Left, Outcome, Picture, Quiet, Task, Team, WhatIf, Window, Work, hours_in_words,
    maker_in_words,
};

use super::text::Page;
use super::words::{capital, count, day, day_and_time, listed, number, wide};

/// Devices told one by one in a task; the JSON has all.
const TOLD_DEVICES: usize = 4;

/// Things left that are told; the JSON has all.
const TOLD_LEFT: usize = 10;

/// Findings named in a task.
const TOLD_FINDINGS: usize = 3;

/// Lays a plan out as text.
pub fn render(id: RoundId, round: &Round, plan: &HourPlan, again: &str) -> String {
    let mut page = Page::with_whole_ids();
    let minutes = plan.teams.iter().map(|team| team.minutes).sum();
    page.heading(&format!("Plan for {}", hours_in_words(minutes)));
    page.hanging("", &format!("From round {id} of {}.", day_and_time(round.run_at)));
    page.hanging("", &summary(plan));
    for team in plan.teams.iter().filter(|team| team.minutes > 0 || team.used > 0) {
        page.hanging("  - ", &team_line(team, plan.teams.len()));
    }
    for (place, task) in plan.tasks.iter().enumerate() {
        page.line("");
        page.hanging(&format!("{:>2}. ", place + 1), &format!("[{}] {}", task.decision.label(), task.title));
        tell(&mut page, task, plan.harm, again);
    }
    left(&mut page, &plan.left, plan.harm);
    page.section("How to read this", &notes(plan));
    page.finish()
}

fn summary(plan: &HourPlan) -> String {
    if plan.harm == 0 {
        return "Nothing weak was found in what could be seen, so there is nothing to plan. What could not be seen is not \
                safe for that."
            .to_owned();
    }
    if plan.tasks.is_empty() {
        return "No task fits these hours. The list below says what would help.".to_owned();
    }
    format!(
        "These tasks take away {} % of the harm that the weak places found could do. That is at least {} % of the best that \
         any plan for these hours could do.",
        plan.share_of_all(),
        plan.share_of_best()
    )
}

fn team_line(team: &Team, teams: usize) -> String {
    let who = match team.role {
        Some(role) => capital(role.label()),
        None if teams == 1 => "All people".to_owned(),
        None => "All others".to_owned(),
    };
    format!("{who}: {} of {} used", hours_in_words(team.used), hours_in_words(team.minutes))
}

fn tell(page: &mut Page, task: &Task, harm: u64, again: &str) {
    let mut part = |label: &str, text: &str| page.hanging(&format!("    {label:14}"), text);
    let downtime = match task.downtime {
        0 => "The device goes on working".to_owned(),
        minutes => format!("Each device is out of use for about {}", hours_in_words(minutes)),
    };
    part("Who", &format!("{}, {}. {downtime}.", capital(task.who.label()), hours_in_words(task.minutes)));
    if let Work::Containment(Some(letter)) = &task.work {
        part(
            "Letter",
            &format!("{}, {}. {}.", capital(letter.by.label()), hours_in_words(letter.minutes), letter.text),
        );
    }
    part("Why", &task.why);
    part("By when", &format!("{}.", task.by_when));
    for device in task.devices.iter().filter(|_| tells_devices(task)).take(TOLD_DEVICES) {
        part("Device", &told(device));
    }
    let more = task.devices.len().saturating_sub(TOLD_DEVICES);
    if more > 0 && tells_devices(task) {
        part("", &format!("And {} more; --format json tells of each.", number(wide(more))));
    }
    part("Check before", &format!("{}.", task.before));
    part("Check after", &format!("{}.", task.after));
    part("Way back", &format!("{}.", task.back));
    part("Takes away", &format!("{} of all harm.", share(task.removes, harm)));
    part("Evidence", &evidence(task, again));
}

/// Devices are told one by one where somebody must be asked before they are touched or go out of use.
fn tells_devices(task: &Task) -> bool {
    task.downtime > 0 || task.devices.iter().any(|device| device.maker.is_some())
}

fn told(device: &Device) -> String {
    let mut text = format!("{}.", device.title);
    if let Some(says) = &device.maker {
        text += &format!(" {}.", capital(&maker_in_words(says)));
        text += &match &device.window {
            Some(Window { when, at, statement, .. }) => {
                let at = day(*at);
                format!(" Off patients: {when}, as its clinical owner said on {at} ({statement}).")
            }
            None => " Off patients: not known; its clinical owner must say.".to_owned(),
        };
    }
    text += &match device.quiet {
        Some(Quiet { from, until }) => {
            format!(
                " Quiet on the network from {} to {}, which does not mean free.",
                day_and_time(from),
                day_and_time(until)
            )
        }
        None => " No quiet time on the network was seen.".to_owned(),
    };
    text
}

fn evidence(task: &Task, again: &str) -> String {
    let Some((first, others)) = task.findings.split_first() else { return String::new() };
    let others: Vec<_> = others.iter().map(ToString::to_string).collect();
    let also =
        if others.is_empty() { String::new() } else { format!("; also {}", listed(&others, TOLD_FINDINGS)) };
    format!("wardround why {first}{again}{also}. Codes: {}.", task.codes)
}

fn left(page: &mut Page, left: &[Left], harm: u64) {
    if left.is_empty() {
        return;
    }
    page.heading("What is left, and why");
    for one in left.iter().take(TOLD_LEFT) {
        let findings = count(wide(one.findings.len()), "weak place", "weak places");
        let text = format!(
            "{} ({findings}, {} of all harm). {}. {} {} {}.",
            one.title,
            share(one.harm, harm),
            because(one),
            if one.because.is_about_hours() { "It takes the" } else { "Once that is settled, it takes the" },
            one.who.label(),
            hours_in_words(one.minutes)
        );
        page.hanging("  - ", &text);
    }
    if left.len() > TOLD_LEFT {
        page.hanging(
            "  - ",
            &format!("{} more; --format json tells of each.", number(wide(left.len() - TOLD_LEFT))),
        );
    }
}

fn because(left: &Left) -> String {
    let contained = match (left.because.is_about_hours(), left.contained) {
        (true, _) => "",
        (false, true) => ". Until then this plan keeps others away from it",
        (false, false) => ". This plan has no hours to keep others away from it",
    };
    format!("{}{contained}", left.because.sentence())
}

fn notes(plan: &HourPlan) -> Vec<String> {
    let mut notes = vec![
        "Harm is a number of our own. It puts work in order; it counts no patients. docs/planning.md says how it is made."
            .to_owned(),
        "Quiet on the network is not free. A device can treat a patient without a word on the network. Only its clinical \
         owner can say when it is off patients."
            .to_owned(),
        "A medical device is changed only as its maker allows. Until then the plan has a letter and keeps others away from it."
            .to_owned(),
        "Minutes are guesses until you put in your own (--efforts FILE).".to_owned(),
    ];
    if plan.not_counted > 0 {
        let found = count(wide(plan.not_counted), "weak place was", "weak places were");
        notes.push(format!("{found} left out: the device is gone, or no task is known for it."));
    }
    notes
}

/// An answer to "what if" as text.
pub fn render_outcome(round: &Round, asked: &WhatIf, outcome: &Outcome) -> String {
    let title = |asset| round.asset(asset).map_or_else(String::new, Asset::title);
    let mut page = Page::with_whole_ids();
    page.heading(&match asked {
        WhatIf::Fix(finding) => {
            let found = round.finding(*finding);
            let on = found.map(|found| title(found.asset)).unwrap_or_default();
            format!("If \"{}\" were mended: {on}", found.map_or("", |found| found.title.as_str()))
        }
        WhatIf::Isolate(asset) => format!("If it were cut off the network: {}", title(*asset)),
        WhatIf::Retire(asset) => format!("If it were taken away: {}", title(*asset)),
        WhatIf::Product(name) => format!("If all weak places of {name} were mended"),
    });
    let rows = rows(&outcome.before, &outcome.after);
    page.line(&format!("  {:44} {:>9} {:>9}", "", "now", "then"));
    for (label, before, after) in rows {
        page.line(&format!("  {label:44} {:>9} {:>9}", number(before), number(after)));
    }
    if !outcome.settled.is_empty() {
        let settled = count(wide(outcome.settled.len()), "weak place goes", "weak places go");
        page.hanging("", &format!("{settled} with it."));
    }
    if !outcome.would_lose.is_empty() {
        page.section("Who was seen to use it, and would lose it", &would_lose(round, outcome));
    }
    page.finish()
}

fn rows(before: &Picture, after: &Picture) -> Vec<(&'static str, u64, u64)> {
    vec![
        ("Harm in all (a number of our own)", before.harm, after.harm),
        ("Weak places to act on at once (Act)", before.act, after.act),
        ("Weak places to see to soon (Attend)", before.attend, after.attend),
        ("Ways from an entry to a goal", before.ways, after.ways),
        ("Devices and stores that a way leads to", before.goals, after.goals),
    ]
}

fn would_lose(round: &Round, outcome: &Outcome) -> Vec<String> {
    let told =
        outcome.would_lose.iter().take(TOLD_LEFT).filter_map(|asset| round.asset(*asset)).map(Asset::title);
    let more = outcome.would_lose.len().saturating_sub(TOLD_LEFT);
    told.chain((more > 0).then(|| format!("{} more", number(wide(more))))).collect()
}

/// A part of a whole in per cent, as people say it.
fn share(part: u64, whole: u64) -> String {
    match part.saturating_mul(100).checked_div(whole).unwrap_or(0) {
        0 => "less than 1 %".to_owned(),
        percent => format!("{percent} %"),
    }
}
