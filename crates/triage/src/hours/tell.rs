//! From what was chosen to a plan that people read: tasks with their checks, and what is left and why.

use std::collections::BTreeMap;

use wardround_model::{Asset, AssetId, Decision, Digest, Finding, FindingId, Role, Round};

use super::budget::Budget;
use super::choose::{Choice, Percent};
use super::doors::{Door, Doors, subject_words};
use super::efforts::Efforts;
use super::fixes::{Fix, Fixes, Letter};
use super::permission::{Permission, maker_says, window};
use super::quiet::Talks;
use super::task::{Device, HourPlan, Left, LeftBecause, MakerLetter, Task, TaskId, Team, Work};
use super::words;
use crate::phrases;

/// Everything that a plan is told from.
pub(crate) struct Teller<'a> {
    pub(crate) round: &'a Round,
    pub(crate) doors: &'a Doors<'a>,
    pub(crate) fixes: &'a Fixes,
    pub(crate) efforts: &'a Efforts,
    pub(crate) budget: &'a Budget,
}

/// What is open for one reason: its own fix, why, and whether it is contained meanwhile.
type Open = (Fix, LeftBecause, bool);

/// A chosen fix with the places of its chosen visits.
struct Chosen {
    fix: usize,
    visits: Vec<usize>,
}

impl Teller<'_> {
    pub(crate) fn plan(&self, choice: &Choice) -> HourPlan {
        let chosen = self.the_most_harm_first(chosen(choice));
        let mut closed: Vec<Percent> = vec![0; self.doors.doors.len()];
        let talks = Talks::of(self.touched(&chosen), &self.round.conversations);
        let tasks: Vec<Task> = chosen.iter().filter_map(|one| self.task(one, &mut closed, &talks)).collect();
        HourPlan {
            harm: self.doors.harm(),
            removed: choice.removed / 100,
            bound: choice.bound.div_ceil(100),
            teams: self.teams(&tasks),
            left: self.left(&closed),
            tasks,
            not_counted: self.doors.not_counted,
        }
    }

    /// Chosen fixes by what each removes alone.
    fn the_most_harm_first(&self, mut chosen: Vec<Chosen>) -> Vec<Chosen> {
        let harm = |one: &Chosen| -> u64 {
            let percent = self
                .fixes
                .fixes
                .get(one.fix)
                .and_then(|fix| fix.change(self.efforts))
                .map_or(0, |change| change.closes);
            let doors = one.visits.iter().flat_map(|visit| self.visited(one.fix, *visit));
            doors.map(|(_, door)| u64::from(door.weight) * u64::from(percent)).sum()
        };
        chosen.sort_by_cached_key(|one| (std::cmp::Reverse(harm(one)), one.fix));
        chosen
    }

    /// The doors of a visit.
    fn visited(&self, fix: usize, visit: usize) -> impl Iterator<Item = (usize, &Door)> {
        let places = self.fixes.visits.get(fix).and_then(|visits| visits.get(visit));
        places.into_iter().flatten().filter_map(|place| Some((*place, self.doors.doors.get(*place)?)))
    }

    fn touched(&self, chosen: &[Chosen]) -> impl Iterator<Item = &Asset> {
        let doors = chosen.iter().flat_map(|one| {
            one.visits.iter().filter_map(|visit| self.visited(one.fix, *visit).next().map(|(_, door)| door))
        });
        doors.filter_map(|door| self.doors.asset(door)).collect::<Vec<_>>().into_iter()
    }

    fn task(&self, chosen: &Chosen, closed: &mut [Percent], talks: &Talks) -> Option<Task> {
        let fix = self.fixes.fixes.get(chosen.fix)?;
        let change = fix.change(self.efforts)?;
        let doors: Vec<_> = chosen.visits.iter().flat_map(|visit| self.visited(chosen.fix, *visit)).collect();
        let findings: Vec<&Finding> =
            doors.iter().flat_map(|(_, door)| self.doors.findings_of(door)).copied().collect();
        let worst = doors.iter().max_by_key(|(place, door)| (door.weight, std::cmp::Reverse(*place)))?.1;
        let assets = self.assets(doors.iter().map(|(_, door)| *door));
        let visits = u32::try_from(assets.len()).unwrap_or(u32::MAX);
        let decision =
            findings.iter().map(|finding| finding.judgement.decision).max().unwrap_or(Decision::Track);
        Some(Task {
            id: task_id(fix, self.efforts),
            work: self.work(fix),
            title: words::title(&self.words(fix, worst), &assets),
            who: fix.who(),
            minutes: change.once.saturating_add(change.visit.max(1).saturating_mul(visits)),
            downtime: change.downtime,
            decision,
            why: self.why(worst).unwrap_or_default(),
            by_when: phrases::by_when(decision).to_owned(),
            before: change.before.clone(),
            after: change.after.clone(),
            back: change.back.clone(),
            removes: close(&doors, change.closes, closed),
            devices: assets.into_iter().map(|asset| self.device(asset, talks)).collect(),
            codes: phrases::codes(findings.iter().map(|finding| &finding.weakness)),
            findings: ids(&findings),
        })
    }

    fn work(&self, fix: &Fix) -> Work {
        let Fix::Contain { kind, letter, owner } = fix else { return Work::Change };
        let letter = letter.map(|letter: Letter| MakerLetter {
            text: words::letter(letter, kind),
            by: *owner,
            minutes: self.efforts.letter_minutes,
        });
        Work::Containment(letter)
    }

    /// What a fix is, in words; `door` is one of those that it closes.
    fn words(&self, fix: &Fix, door: &Door) -> String {
        let title = fix.change(self.efforts).map_or("", |change| change.title.as_str());
        let subject = self.doors.findings_of(door).first().map(|finding| subject_words(finding));
        title.replace("{}", &subject.unwrap_or_default())
    }

    fn why(&self, door: &Door) -> Option<String> {
        let worst = self.doors.findings_of(door).first()?;
        Some(phrases::why(worst, self.doors.said.class(self.doors.asset(door)?)))
    }

    /// The assets of these doors, each once, the one with the most harm behind a door first.
    fn assets<'b>(&self, doors: impl Iterator<Item = &'b Door>) -> Vec<&Asset> {
        let mut worst: BTreeMap<usize, u32> = BTreeMap::new();
        for door in doors {
            let weight = worst.entry(door.asset).or_default();
            *weight = door.weight.max(*weight);
        }
        let mut places: Vec<_> = worst.into_iter().collect();
        places.sort_by_key(|(place, weight)| (std::cmp::Reverse(*weight), *place));
        places.into_iter().filter_map(|(place, _)| self.doors.assets.get(place).copied()).collect()
    }

    fn device(&self, asset: &Asset, talks: &Talks) -> Device {
        Device {
            asset: asset.id,
            title: asset.title(),
            maker: maker_says(asset, &self.doors.said),
            window: window(asset, &self.doors.said),
            quiet: talks.quiet(asset.id, &self.round.coverage),
        }
    }

    fn teams(&self, tasks: &[Task]) -> Vec<Team> {
        let mut teams: Vec<Team> = self
            .budget
            .owners()
            .into_iter()
            .zip(self.budget.pools())
            .map(|(role, minutes)| Team { role, minutes, used: 0 })
            .collect();
        for task in tasks {
            let letter = match &task.work {
                Work::Containment(Some(letter)) => Some((letter.by, letter.minutes)),
                _ => None,
            };
            for (role, minutes) in [(task.who, task.minutes)].into_iter().chain(letter) {
                if let Some(team) = teams.get_mut(self.budget.pool(role)) {
                    team.used = team.used.saturating_add(minutes);
                }
            }
        }
        teams
    }

    /// What is still open, put together by fix and reason.
    fn left(&self, closed: &[Percent]) -> Vec<Left> {
        let mut open: BTreeMap<Open, Vec<(&Door, Percent)>> = BTreeMap::new();
        let doors = self.doors.doors.iter().zip(closed);
        for (door, closed) in doors.filter(|(door, closed)| self.most(door) > **closed) {
            open.entry((Fix::of(door), self.because(door), *closed > 0)).or_default().push((door, *closed));
        }
        let mut left: Vec<Left> = open
            .iter()
            .filter_map(|((fix, because, contained), doors)| self.left_of(fix, *because, *contained, doors))
            .collect();
        // The map's order stands where the harm is equal.
        left.sort_by_key(|left| std::cmp::Reverse(left.harm));
        left
    }

    /// The most that the door's own change could close.
    fn most(&self, door: &Door) -> Percent {
        self.efforts.change(door.change).map_or(0, |change| change.closes)
    }

    fn because(&self, door: &Door) -> LeftBecause {
        let minutes = self.budget.pools().get(self.budget.pool(door.who)).copied().unwrap_or(0);
        let needed =
            self.efforts.change(door.change).map_or(0, |change| change.once.saturating_add(change.visit));
        match door.permission {
            Permission::NeedsMaker => LeftBecause::NeedsMaker,
            Permission::NeedsWindow => LeftBecause::NoWindow,
            Permission::NeedsIdentity => LeftBecause::NotIdentified,
            Permission::Given if minutes == 0 => LeftBecause::NoPeople,
            Permission::Given if needed > minutes => LeftBecause::TooLong,
            Permission::Given => LeftBecause::NoTime,
        }
    }

    fn left_of(
        &self,
        fix: &Fix,
        because: LeftBecause,
        contained: bool,
        doors: &[(&Door, Percent)],
    ) -> Option<Left> {
        let change = fix.change(self.efforts)?;
        let worst = doors.iter().max_by_key(|(door, _)| door.weight)?.0;
        let assets = self.assets(doors.iter().map(|(door, _)| *door));
        let visits = u32::try_from(assets.len()).unwrap_or(u32::MAX);
        let mut places: Vec<AssetId> = assets.iter().map(|asset| asset.id).collect();
        places.sort_unstable();
        let findings: Vec<&Finding> =
            doors.iter().flat_map(|(door, _)| self.doors.findings_of(door)).copied().collect();
        Some(Left {
            title: words::title(&self.words(fix, worst), &assets),
            who: fix.who(),
            because,
            contained,
            minutes: change.once.saturating_add(change.visit.saturating_mul(visits)),
            harm: doors
                .iter()
                .map(|(door, closed)| u64::from(door.weight) * u64::from(100 - (*closed).min(100)))
                .sum::<u64>()
                / 100,
            assets: places,
            findings: ids(&findings),
        })
    }
}

/// Fixes in the order in which they were first chosen, each with its visits.
fn chosen(choice: &Choice) -> Vec<Chosen> {
    let place = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let mut order: BTreeMap<u32, usize> = BTreeMap::new();
    let mut chosen: Vec<Chosen> = Vec::new();
    for pick in &choice.picks {
        let at = *order.entry(pick.group).or_insert_with(|| {
            chosen.push(Chosen { fix: place(pick.group), visits: Vec::new() });
            chosen.len() - 1
        });
        if let Some(one) = chosen.get_mut(at) {
            one.visits.push(place(pick.visit));
        }
    }
    chosen
}

/// Closes these doors as far as this, and says how much harm that removes.
fn close(doors: &[(usize, &Door)], percent: Percent, closed: &mut [Percent]) -> u64 {
    let mut removed = 0;
    for (place, door) in doors {
        let Some(before) = closed.get_mut(*place) else { continue };
        removed += u64::from(door.weight) * u64::from(percent.saturating_sub(*before));
        *before = percent.max(*before);
    }
    removed / 100
}

fn ids(findings: &[&Finding]) -> Vec<FindingId> {
    let mut ids: Vec<FindingId> = findings.iter().map(|finding| finding.id).collect();
    ids.sort_unstable();
    ids
}

/// Names and not places make the id, so that it stays when changes are added.
fn task_id(fix: &Fix, efforts: &Efforts) -> TaskId {
    let code = fix.change(efforts).map_or("", |change| change.code.as_str());
    let role = |role: &Role| role.code();
    TaskId(match fix {
        Fix::Change { subject, who, .. } => Digest::of(&["task", code, subject, role(who)]),
        Fix::Contain { kind, letter, owner } => {
            let letter = match letter {
                Some(Letter::Ask) => "ask",
                Some(Letter::AskAgain) => "ask-again",
                None => "",
            };
            Digest::of(&["task", code, kind, letter, role(owner)])
        }
    })
}
