//! The decision that the board is asked for: hours, what to replace, what to shield, whose word is missing. Each line is
//! counted from open tasks; where none calls for a decision, none is asked for.

use std::collections::{BTreeMap, BTreeSet};

use wardround_model::{AssetId, Decision, Role};
use wardround_remedy::{Task, Worklist};
use wardround_triage::{LeftBecause, VisitWork, hours_in_words};

use super::super::Sources;
use super::super::words::kinds;
use crate::document::Block;
use crate::page::{count, day, listed, wide};

/// The change of a system that gets no updates any more, as in the file of efforts.
const REPLACE: &str = "replace-system";

pub(super) fn asked(sources: &Sources<'_>) -> Block {
    let lines = [hours(sources.worklist), replace(sources), shield(sources), word(sources)];
    let mut items: Vec<String> = lines.into_iter().flatten().collect();
    if items.is_empty() {
        items.push("Nothing this time. No open task needs a decision of the board.".to_owned());
    }
    Block::Asked { heading: "The decision that we ask for".to_owned(), items }
}

/// Tasks with something left to do that presses.
fn pressing<'w, 'a>(worklist: &'w Worklist<'a>) -> impl Iterator<Item = &'w Task<'a>> {
    let presses = |task: &&Task<'_>| task.state.is_pending() && task.decision >= Decision::Attend;
    worklist.tasks.iter().filter(presses)
}

/// Minutes of what is open of a task and may be done now.
fn minutes(task: &Task<'_>) -> u32 {
    let open = task.steps.iter().filter(|step| step.parts.iter().any(|part| part.state.is_pending()));
    let free = open.filter(|step| step.waits.is_none());
    free.filter_map(|step| step.minutes).map(|(minutes, _)| minutes).fold(0, u32::saturating_add)
}

fn hours(worklist: &Worklist<'_>) -> Option<String> {
    let mut by_team: BTreeMap<usize, (Role, u32)> = BTreeMap::new();
    for task in pressing(worklist) {
        let place = Role::ALL.iter().position(|role| *role == task.who()).unwrap_or(usize::MAX);
        let of = &mut by_team.entry(place).or_insert((task.who(), 0)).1;
        *of = of.saturating_add(minutes(task));
    }
    by_team.retain(|_, (_, minutes)| *minutes > 0);
    let all = by_team.values().fold(0, |all: u32, (_, minutes)| all.saturating_add(*minutes));
    let teams: Vec<String> =
        by_team.values().map(|(role, minutes)| format!("{} {}", role.label(), rounded(*minutes))).collect();
    let by = pressing(worklist).filter(|task| minutes(task) > 0).filter_map(|task| task.due).max();
    let by = match by {
        Some(by) if by < worklist.at => " now, since it is late".to_owned(),
        Some(by) => format!(" by {}", day(by)),
        None => String::new(),
    };
    (all > 0).then(|| format!("Give {} of work{by}: {}.", rounded(all), listed(&teams, teams.len())))
}

/// Minutes up to two hours, then hours, rounded up.
fn rounded(minutes: u32) -> String {
    if minutes < 120 { hours_in_words(minutes) } else { hours_in_words(minutes.div_ceil(60) * 60) }
}

fn replace(sources: &Sources<'_>) -> Option<String> {
    let replaces = |task: &&Task<'_>| {
        task.steps
            .iter()
            .any(|step| step.code == REPLACE && step.parts.iter().any(|part| part.state.is_pending()))
    };
    let tasks = sources.worklist.tasks.iter().filter(|task| task.state.is_pending()).filter(replaces);
    let assets: BTreeSet<AssetId> = tasks.map(Task::asset).collect();
    let kinds = kinds(sources.round.1, &assets);
    (!assets.is_empty()).then(|| {
        format!("Decide when to replace what gets no more updates: {kinds}. We do not know the price.")
    })
}

fn shield(sources: &Sources<'_>) -> Option<String> {
    let contain = |task: &&Task<'_>| task.head.work == VisitWork::Containment && task.state.is_pending();
    let assets: BTreeSet<AssetId> = sources.worklist.tasks.iter().filter(contain).map(Task::asset).collect();
    let kinds = kinds(sources.round.1, &assets);
    (!assets.is_empty()).then(|| {
        format!(
            "Let the network team shield {kinds} until a fix is allowed. Only who needs them will reach them."
        )
    })
}

/// Whose word is missing.
fn word(sources: &Sources<'_>) -> Option<String> {
    let waits = |wanted: LeftBecause| {
        let tasks = pressing(sources.worklist).filter(|task| task.waits() == Some(wanted));
        wide(tasks.map(Task::asset).collect::<BTreeSet<_>>().len())
    };
    let (maker, window, who) =
        (waits(LeftBecause::NeedsMaker), waits(LeftBecause::NoWindow), waits(LeftBecause::NotIdentified));
    let mut parts = Vec::new();
    if maker > 0 {
        parts.push(format!("back our letters to the makers of {}", count(maker, "device", "devices")));
    }
    if window > 0 {
        parts.push(format!("have wards name a time for {}", count(window, "device", "devices")));
    }
    if who > 0 {
        parts.push(format!(
            "have somebody find out what {}",
            count(who, "unknown device is", "unknown devices are")
        ));
    }
    let text = listed(&parts, parts.len());
    (!parts.is_empty()).then(|| crate::page::capital(&text) + ".")
}
