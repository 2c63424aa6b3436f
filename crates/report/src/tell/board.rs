//! The board's page: how it stands and where it goes, what threatens patients, what was done, what is not seen, and the
//! decision that is asked for. One page, in plain words, without a device by name.

mod asked;
mod direction;

use std::collections::BTreeSet;

use wardround_model::{AssetId, Decision, PlanItem, Round};
use wardround_remedy::{State, Task, TaskState, Worklist};
use wardround_round::census;

use self::direction::Direction;
use super::Sources;
use super::words::kinds;
use crate::document::{Bar, Block, Figure};
use crate::mirror::advice;
use crate::page::{count, wide};

/// Threats that are told.
const THREATS: usize = 3;

/// Gaps in sight that are told.
const GAPS: usize = 3;

pub(super) fn blocks(sources: &Sources<'_>) -> Vec<Block> {
    let (_, round) = sources.round;
    let direction = Direction::of(sources);
    vec![
        Block::Lead { text: direction.posture(round) },
        Block::Figures { figures: figures(sources, &direction) },
        bars(sources),
        Block::heading("What threatens patients"),
        threats(round),
        Block::heading("What was done"),
        Block::List { items: done(sources, &direction) },
        Block::heading("What we do not see"),
        Block::List { items: not_seen(round) },
        asked::asked(sources),
    ]
}

/// How many findings of a round have this decision.
fn of(round: &Round, decision: Decision) -> u64 {
    wide(round.findings.iter().filter(|finding| finding.judgement.decision == decision).count())
}

fn figures(sources: &Sources<'_>, direction: &Direction) -> Vec<Figure> {
    let (_, round) = sources.round;
    let was = |value: u64| crate::page::number(value);
    let before = |value: &dyn Fn(&Round) -> u64| {
        sources.before.map_or_else(String::new, |(_, earlier)| format!("was {}", was(value(earlier))))
    };
    let act = |round: &Round| of(round, Decision::Act);
    let attend = |round: &Round| of(round, Decision::Attend);
    let devices = |round: &Round| wide(round.assets.len());
    let late = sources.worklist.tasks.iter().filter(|task| task.overdue).count();
    let figure = |value: u64, label: &str, before: String| Figure {
        value: was(value),
        label: label.to_owned(),
        before,
    };
    vec![
        figure(act(round), "weak places to act on at once", before(&act)),
        figure(attend(round), "weak places to see to soon", before(&attend)),
        Figure {
            value: if direction.known { was(direction.fixed) } else { "-".to_owned() },
            label: "pressing ones fixed since, and seen to be".to_owned(),
            before: String::new(),
        },
        figure(wide(late), "tasks that are late", String::new()),
        figure(devices(round), "devices and systems seen", before(&devices)),
    ]
}

fn bars(sources: &Sources<'_>) -> Block {
    let (_, round) = sources.round;
    let bar = |(decision, label): (Decision, &str)| Bar {
        label: label.to_owned(),
        now: of(round, decision),
        before: sources.before.map(|(_, earlier)| of(earlier, decision)),
    };
    let labels = [
        (Decision::Act, "Act at once"),
        (Decision::Attend, "See to soon"),
        (Decision::TrackStar, "Watch closely"),
        (Decision::Track, "With the usual work"),
    ];
    Block::Bars {
        heading: "Open weak places by how much they press".to_owned(),
        bars: labels.into_iter().map(bar).collect(),
    }
}

fn threats(round: &Round) -> Block {
    let medical = round.assets.iter().filter(|asset| asset.class.value.is_medical());
    let medical: BTreeSet<AssetId> = medical.map(|asset| asset.id).collect();
    let mut told = BTreeSet::new();
    let items = round.plan.iter().filter(|item| item.assets.iter().any(|asset| medical.contains(asset)));
    let items = items.filter(|item| told.insert(harm(item))).take(THREATS);
    let items: Vec<String> = items.map(|item| threat(round, item)).collect();
    if items.is_empty() {
        return Block::paragraph(
            "No weak place was found on a device that takes part in care. That holds for what could be seen.",
        );
    }
    Block::List { items }
}

fn threat(round: &Round, item: &PlanItem) -> String {
    format!("On {}: {}.", kinds(round, &item.assets.iter().copied().collect()), harm(item))
}

/// What could happen. What depends on the device comes behind it, and may name another one.
fn harm(item: &PlanItem) -> &str {
    item.why.split(". ").next().unwrap_or(&item.why).trim_end_matches('.')
}

fn done(sources: &Sources<'_>, direction: &Direction) -> Vec<String> {
    let worklist = sources.worklist;
    let mut lines = vec![verified(worklist)];
    if direction.unproven > 0 {
        lines.push(format!(
            "{} not seen again. That proves nothing, so we do not count them as fixed.",
            count(direction.unproven, "pressing weak place was", "pressing weak places were")
        ));
    }
    lines.push(late(worklist));
    let in_state = |state| worklist.tasks.iter().filter(|task| task.state == state).count();
    let claimed = wide(in_state(TaskState::Claimed));
    if claimed > 0 {
        lines.push(format!(
            "{} said to be done. A later round must show it.",
            count(claimed, "task is", "tasks are")
        ));
    }
    let again = wide(in_state(TaskState::Reopened));
    if again > 0 {
        lines.push(format!("{} open again.", count(again, "task is", "tasks are")));
    }
    let accepted = wide(in_state(TaskState::Excepted));
    if accepted > 0 {
        lines.push(format!(
            "For {} the hospital takes the risk for a time.",
            count(accepted, "task", "tasks")
        ));
    }
    lines
}

/// Fixes that a later round saw, and how many days they took.
fn verified(worklist: &Worklist<'_>) -> String {
    const DAY: i64 = 86_400 * 1_000_000_000;
    let mut days: Vec<i64> = changes(worklist)
        .flat_map(Task::parts)
        .filter_map(|part| match &part.state {
            State::Verified(verified) => Some(verified.at.since(part.item.turns.first()?.at) / DAY),
            _ => None,
        })
        .collect();
    days.sort_unstable();
    match days.get(days.len() / 2) {
        None => "No fix was seen by a later round yet.".to_owned(),
        Some(middle) => format!(
            "{} so far, each seen by a later round. Half of them took {} or less.",
            count(wide(days.len()), "weak place was fixed", "weak places were fixed"),
            count(u64::try_from(*middle).unwrap_or(0), "day", "days")
        ),
    }
}

/// Tasks that change a device; those that keep others away take no weakness from it.
fn changes<'w, 'a>(worklist: &'w Worklist<'a>) -> impl Iterator<Item = &'w Task<'a>> {
    worklist.tasks.iter().filter(|task| task.head.containment.is_none())
}

fn late(worklist: &Worklist<'_>) -> String {
    let late: Vec<&Task<'_>> = worklist.tasks.iter().filter(|task| task.overdue).collect();
    let oldest = late.iter().filter_map(|task| task.due).min();
    match oldest {
        None => "No task is late.".to_owned(),
        Some(due) => format!(
            "{} late. The oldest was due on {}.",
            count(wide(late.len()), "task is", "tasks are"),
            crate::page::day(due)
        ),
    }
}

fn not_seen(round: &Round) -> Vec<String> {
    let unknown = census(&round.assets).unknown();
    let mut lines = Vec::new();
    if unknown > 0 {
        lines.push(count(
            wide(unknown),
            "device is of unknown kind. It may keep a patient alive.",
            "devices are of unknown kind. One of them may keep a patient alive.",
        ));
    }
    if !round.unjudged.is_empty() {
        let open = count(wide(round.unjudged.len()), "question is", "questions are");
        lines.push(format!("{open} open. What could not be judged is unknown, not safe."));
    }
    lines.extend(mirror(round).or_else(|| from_afar(round)));
    let skipped = round.coverage.sources.iter().filter(|source| source.ended_early.is_some()).count();
    if skipped > 0 {
        lines.push(format!("{} not read to the end.", count(wide(skipped), "file was", "files were")));
    }
    lines.truncate(GAPS);
    lines.push(silence(round));
    lines
}

/// Where it would pay most to listen next; which network that is, the team that does it reads elsewhere.
fn mirror(round: &Round) -> Option<String> {
    let next = advice(round).into_iter().find(|next| next.unheard > 0)?;
    let medical = match (next.medical, next.unheard) {
        (0, _) => String::new(),
        (1, 1) => " It is medical.".to_owned(),
        (all, unheard) if all == unheard => " All are medical.".to_owned(),
        (some, _) => format!(" Of these, {} medical.", count(some, "is", "are")),
    };
    let devices = count(next.unheard, "device", "devices");
    let them = if next.unheard == 1 { "it" } else { "them" };
    Some(format!(
        "In one network we know of {devices} and do not hear {them}.{medical} The next mirror port adds most there."
    ))
}

fn from_afar(round: &Round) -> Option<String> {
    let afar = round.networks.iter().filter(|network| network.seen_directly == 0).count();
    (afar > 0).then(|| format!("{} seen only from afar.", count(wide(afar), "network was", "networks were")))
}

fn silence(round: &Round) -> String {
    if crate::page::captures(round).next().is_none() {
        return "No traffic was watched. What no list names is not in these numbers.".to_owned();
    }
    "A device that stayed silent while we watched is not in these numbers.".to_owned()
}

#[cfg(test)]
mod tests {
    use wardround_model::{DeviceClass, SourceKind};

    use super::*;
    use crate::page::made_up::{asset, list, round, talk};

    /// What is told of so many pumps and printers on lists.
    fn told(pumps: u8, printers: u8) -> Option<String> {
        let mut assets: Vec<_> =
            (1..=pumps + printers).map(|last| asset(&format!("10.1.4.{last}"), "2026-11-23")).collect();
        for printer in assets.iter_mut().skip(usize::from(pumps)) {
            printer.class.value = DeviceClass::Printer;
        }
        let mut round = round(assets, Vec::new());
        round.coverage.sources.push(list(SourceKind::Inventory));
        mirror(&round)
    }

    #[test]
    fn where_to_listen_next_is_one_line_that_names_no_network() {
        let lines = [told(6, 3), told(1, 1), told(2, 0), told(1, 0), told(0, 1)];
        insta::assert_snapshot!(lines.map(Option::unwrap).join("\n"), @r"
        In one network we know of 9 devices and do not hear them. Of these, 6 are medical. The next mirror port adds most there.
        In one network we know of 2 devices and do not hear them. Of these, 1 is medical. The next mirror port adds most there.
        In one network we know of 2 devices and do not hear them. All are medical. The next mirror port adds most there.
        In one network we know of 1 device and do not hear it. It is medical. The next mirror port adds most there.
        In one network we know of 1 device and do not hear it. The next mirror port adds most there.
        ");
        assert_eq!(told(0, 0), None);
    }

    #[test]
    fn half_a_conversation_alone_is_no_line_of_the_board() {
        let mut round = round(Vec::new(), Vec::new());
        round.conversations = vec![talk("10.1.2.1", "10.1.3.7", (5, 0))];
        assert_eq!((advice(&round).len(), mirror(&round)), (1, None));
    }
}
