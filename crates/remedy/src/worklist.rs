//! The worklist at a moment: every task with its state, its date and its evidence, and the letters that are due.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use wardround_model::{AssetId, RoundId, Timestamp};
use wardround_triage::{Efforts, Visit, VisitStep, VisitWork};

use crate::event::{Event, EventId, What, in_force};
use crate::history::{Head, History, Item, TaskId};
use crate::letter::{Letter, letters};
use crate::policy::Policy;
use crate::state::{Reopening, Said, State, standing};
use crate::task::{Comment, Part, Step, Task, TaskState};

/// What there is to do, and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worklist<'a> {
    /// The moment that dates are judged at.
    pub at: Timestamp,
    /// The latest round, where there is one.
    pub round: Option<RoundId>,
    /// What is open first, by date, then by urgency.
    pub tasks: Vec<Task<'a>>,
    /// Letters to makers: those that are due, wait for an answer, or were answered. By kind of device.
    pub letters: Vec<Letter>,
}

/// What one round moved: findings with their tasks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moves<'a> {
    /// Seen settled by this round.
    pub verified: Vec<(&'a Head, &'a Item)>,
    /// Open again with this round.
    pub reopened: Vec<(&'a Head, &'a Item)>,
}

/// All that a worklist is made from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// What the rounds showed.
    pub history: History,
    /// The visits of the latest round.
    pub visits: Vec<Visit>,
    /// What people said, the oldest first.
    pub events: Vec<Event>,
}

impl Work {
    /// The worklist at this moment.
    #[must_use]
    pub fn worklist(&self, efforts: &Efforts, policy: &Policy, now: Timestamp) -> Worklist<'_> {
        worklist(&self.history, &self.visits, &self.events, efforts, policy, now)
    }
}

/// The worklist at this moment. `visits` are those of the latest round of the history.
#[must_use]
pub fn worklist<'a>(
    history: &'a History,
    visits: &[Visit],
    events: &'a [Event],
    efforts: &Efforts,
    policy: &Policy,
    now: Timestamp,
) -> Worklist<'a> {
    worklist_of(history, visits, events, efforts, policy, now, &|_| true)
}

/// The tasks of the worklist that are wanted, as they stand in it. Its letters tell of the wanted tasks alone, so that those of
/// one kind of device are right where all its tasks are wanted.
#[must_use]
pub fn worklist_of<'a>(
    history: &'a History,
    visits: &[Visit],
    events: &'a [Event],
    efforts: &Efforts,
    policy: &Policy,
    now: Timestamp,
    wanted: &dyn Fn(&Head) -> bool,
) -> Worklist<'a> {
    let wanted: BTreeMap<TaskId, &Head> =
        history.heads.iter().filter(|(_, head)| wanted(head)).map(|(id, head)| (*id, head)).collect();
    let assets: BTreeSet<AssetId> = wanted.values().map(|head| head.asset).collect();
    let in_force = in_force(events);
    let known_as: BTreeMap<TaskId, TaskId> =
        history.heads.values().flat_map(|head| head.known_as.iter().map(|old| (*old, head.id))).collect();
    let now_called = |task| *known_as.get(&task).unwrap_or(&task);
    let events = by_task_told(events, &in_force, &now_called);
    let visits = visits.iter().filter(|visit| assets.contains(&visit.asset));
    let mut maker = Maker { visits: by_task(visits), events, efforts, policy, now };
    let mut items: BTreeMap<TaskId, Vec<&Item>> = BTreeMap::new();
    for item in history.items.values() {
        let tasks = [Some(item.task), item.containment].into_iter().flatten();
        for task in tasks.filter(|task| wanted.contains_key(task)) {
            items.entry(task).or_default().push(item);
        }
    }
    let tasks = items.iter().filter_map(|(task, items)| maker.task(wanted.get(task)?, items));
    let mut tasks: Vec<Task<'a>> = tasks.collect();
    tasks.sort_by_cached_key(|task| {
        let due = task.due.filter(|_| task.state.is_pending());
        (!task.state.is_pending(), due.is_none(), due, Reverse(task.decision), task.state, task.id())
    });
    let letters = letters(&tasks, policy, now);
    Worklist { at: now, round: history.through.map(|(round, _)| round), tasks, letters }
}

impl<'a> Worklist<'a> {
    /// What this round moved.
    #[must_use]
    pub fn moves(&self, round: RoundId) -> Moves<'a> {
        let mut moves = Moves::default();
        for task in self.tasks.iter().filter(|task| task.head.work == VisitWork::Change) {
            for part in task.parts() {
                match &part.state {
                    State::Verified(verified) if verified.round == round => {
                        moves.verified.push((task.head, part.item));
                    }
                    State::Reopened(reopening) if reopened_by(reopening) == Some(round) => {
                        moves.reopened.push((task.head, part.item));
                    }
                    _ => {}
                }
            }
        }
        moves
    }
}

/// The round that opened it again, where a round did.
fn reopened_by(reopening: &Reopening) -> Option<RoundId> {
    match reopening {
        Reopening::Regression { round, .. }
        | Reopening::StillThere { round, .. }
        | Reopening::RiskRaised { round, .. }
        | Reopening::CountsAgain { round } => Some(*round),
        Reopening::ExceptionEnded(_) | Reopening::ByPerson { .. } => None,
    }
}

fn by_task<'v>(visits: impl Iterator<Item = &'v Visit>) -> BTreeMap<TaskId, &'v Visit> {
    visits.map(|visit| (TaskId::of(visit.asset, visit.goes, visit.work), visit)).collect()
}

/// What was said of one task: what counts, and what was taken back.
#[derive(Default)]
struct Told<'a> {
    log: Vec<&'a Event>,
    taken_back: Vec<&'a Event>,
}

fn by_task_told<'a>(
    events: &'a [Event],
    in_force: &[&'a Event],
    now_called: &dyn Fn(TaskId) -> TaskId,
) -> BTreeMap<TaskId, Told<'a>> {
    let counts: BTreeSet<EventId> = in_force.iter().map(|event| event.id).collect();
    let mut by_task: BTreeMap<TaskId, Told<'a>> = BTreeMap::new();
    for event in in_force {
        by_task.entry(now_called(event.task)).or_default().log.push(event);
    }
    for event in events.iter().filter(|event| !counts.contains(&event.id)) {
        by_task.entry(now_called(event.task)).or_default().taken_back.push(event);
    }
    by_task
}

/// Makes tasks from what is known.
struct Maker<'a, 'v> {
    visits: BTreeMap<TaskId, &'v Visit>,
    events: BTreeMap<TaskId, Told<'a>>,
    efforts: &'v Efforts,
    policy: &'v Policy,
    now: Timestamp,
}

impl<'a> Maker<'a, '_> {
    fn task(&mut self, head: &'a Head, items: &[&'a Item]) -> Option<Task<'a>> {
        let Told { log, taken_back } = self.events.remove(&head.id).unwrap_or_default();
        let visit = self.visits.get(&head.id).copied();
        let steps = self.steps(head, items, &log, visit);
        let owner = log.iter().rev().find_map(|event| match &event.what {
            What::Assigned(to) => Some(to.clone()),
            _ => None,
        });
        let parts = || steps.iter().flat_map(|step| &step.parts);
        let pending = || parts().filter(|part| part.state.is_pending());
        let due = pending().filter_map(|part| part.due).min();
        let decision = |part: &Part<'_>| part.item.decision;
        Some(Task {
            head,
            state: state(parts().map(|part| &part.state), owner.is_some())?,
            owner,
            decision: pending().map(decision).max().or(parts().map(decision).max())?,
            due,
            overdue: due.is_some_and(|due| due < self.now),
            maker: visit.and_then(|visit| visit.maker.clone()),
            window: visit.and_then(|visit| visit.window.clone()),
            comments: comments(&log),
            steps,
            log,
            taken_back,
        })
    }

    /// The findings by change: those of the latest round first, the most harm first.
    fn steps(
        &self,
        head: &'a Head,
        items: &[&'a Item],
        log: &[&'a Event],
        visit: Option<&Visit>,
    ) -> Vec<Step<'a>> {
        let mut by_step: BTreeMap<(&str, &str), Vec<&Item>> = BTreeMap::new();
        for item in items {
            let (code, title) = head.containment.as_ref().unwrap_or(&item.step);
            by_step.entry((code, title)).or_default().push(item);
        }
        let told = |code: &str, title: &str| {
            let mut steps = visit.iter().flat_map(|visit| &visit.steps).enumerate();
            steps.find(|(_, step)| (step.code.as_str(), step.title.as_str()) == (code, title))
        };
        let mut steps: Vec<(usize, Step<'_>)> = by_step
            .into_iter()
            .map(|((code, title), items)| {
                let told = told(code, title);
                let parts = items.into_iter().map(|item| self.part(head, item, log));
                let step = self.step(code, title, told.map(|(_, step)| step), parts.collect());
                (told.map_or(usize::MAX, |(place, _)| place), step)
            })
            .collect();
        steps.sort_by_key(|(place, _)| *place);
        steps.into_iter().map(|(_, step)| step).collect()
    }

    fn step(
        &self,
        code: &'a str,
        title: &'a str,
        told: Option<&VisitStep>,
        mut parts: Vec<Part<'a>>,
    ) -> Step<'a> {
        parts.sort_by_key(|part| {
            (
                !part.state.is_pending(),
                part.due.is_none(),
                part.due,
                Reverse(part.item.decision),
                part.item.finding,
            )
        });
        Step {
            code,
            title,
            checks: self.efforts.checks(code),
            why: told.map(|step| step.why.clone()).unwrap_or_default(),
            minutes: told.map(|step| (step.minutes, step.downtime)),
            waits: told.and_then(|step| step.waits),
            parts,
        }
    }

    fn part(&self, head: &Head, item: &'a Item, log: &[&Event]) -> Part<'a> {
        let standing = standing(head, item, log, self.now);
        let due = self.policy.due(item.decision, item.since()).filter(|_| standing.state.is_pending());
        Part { item, state: standing.state, signed: standing.signed, due }
    }
}

fn state<'s>(states: impl Iterator<Item = &'s State>, owned: bool) -> Option<TaskState> {
    let of = |state: &State| match state {
        State::Reopened(_) => TaskState::Reopened,
        State::Open if owned => TaskState::Assigned,
        State::Open => TaskState::Open,
        State::Claimed(_) => TaskState::Claimed,
        State::Excepted(_) => TaskState::Excepted,
        State::Verified(_) => TaskState::Verified,
        State::LeftOut { .. } => TaskState::LeftOut,
    };
    states.map(of).min()
}

fn comments(log: &[&Event]) -> Vec<Comment> {
    let comment = |event: &&Event| match &event.what {
        What::Commented(text) => {
            Some(Comment { said: Said { by: event.by.clone(), at: event.at }, text: text.clone() })
        }
        _ => None,
    };
    log.iter().filter_map(comment).collect()
}
