//! Fixes by device: what one team has to do at one device, whatever the hours. The worklist (`remedy`) is made from it.
//!
//! The same doors and the same permission as the plan: a change that a device must not get yet is told with what it waits
//! for, and its containment stands beside it. Not here: who does it, by when, and whether it was done.

use std::collections::BTreeMap;

use wardround_model::{Asset, AssetId, Decision, Finding, FindingId, Role, Round};

use super::doors::{Door, Doors, comes_over_network, owner, subject_words};
use super::efforts::{Change, Efforts, Touches, Who};
use super::harm::Scale;
use super::permission::{MakerSays, Permission, Window, maker_says, window};
use super::task::LeftBecause;
use super::words;
use crate::phrases;
use crate::ssvc::Standing;
use crate::ssvc::said::Said;

/// Who goes there, as it stays the same when the device gets another owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Goes {
    /// Whoever looks after the device.
    Owner,
    /// Always this team.
    Team(Role),
}

/// What is done there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VisitWork {
    /// The device is changed.
    Change,
    /// Others are kept away from a device that must not be changed yet.
    Containment,
}

/// What one team does at one device in one go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// Which device.
    pub asset: AssetId,
    /// As people know it.
    pub title: String,
    /// Its maker and model, else what it is with its id: whom a letter is written to, and about what.
    pub kind: String,
    /// Who goes there.
    pub goes: Goes,
    /// The team that this is now.
    pub who: Role,
    /// What is done.
    pub work: VisitWork,
    /// Whether the device touches patients and is itself changed, so that its clinical owner has a word.
    pub touches_care: bool,
    /// What its maker says; `None` where no maker has to be asked.
    pub maker: Option<MakerSays>,
    /// A time off patients that its clinical owner confirmed.
    pub window: Option<Window>,
    /// The steps, the most harm first; one or more.
    pub steps: Vec<VisitStep>,
}

/// One change of a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitStep {
    /// The change by its code, as in the file of efforts.
    pub code: String,
    /// What to do, in words.
    pub title: String,
    /// Minutes there.
    pub minutes: u32,
    /// Minutes for which the device is out of use; 0: it goes on working.
    pub downtime: u32,
    /// The most urgent decision among its findings.
    pub decision: Decision,
    /// What could happen to patients, their data or the hospital's work.
    pub why: String,
    /// Whose word is missing before it may be done.
    pub waits: Option<LeftBecause>,
    /// What it settles, wholly or in part; the most harm first.
    pub findings: Vec<FindingId>,
}

/// The checks around a change, and the way back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checks {
    /// Before.
    pub before: String,
    /// After.
    pub after: String,
    /// The way back.
    pub back: String,
}

impl Efforts {
    /// The checks around the change with this code; empty where there is no such change any more.
    #[must_use]
    pub fn checks(&self, code: &str) -> Checks {
        let change = self.changes.iter().chain([&self.containment]).find(|change| change.code == code);
        change.map_or_else(Checks::default, |change| Checks {
            before: change.before.clone(),
            after: change.after.clone(),
            back: change.back.clone(),
        })
    }
}

/// All visits of a round, by device, then by who goes there and what is done.
#[must_use]
pub fn visits(round: &Round, efforts: &Efforts) -> Vec<Visit> {
    let standing = Standing::from(round);
    let doors = Doors::new(&standing, &round.findings, efforts, Scale::built_in());
    let mut by_visit: BTreeMap<(AssetId, Goes, VisitWork), Vec<&Door>> = BTreeMap::new();
    for door in &doors.doors {
        let (Some(asset), Some(change)) = (doors.asset(door), efforts.change(door.change)) else { continue };
        let goes = goes(change, owner(asset, &doors.said));
        by_visit.entry((asset.id, goes, VisitWork::Change)).or_default().push(door);
    }
    for (asset, contained) in contained(&doors, efforts) {
        let team = Goes::Team(Role::Network);
        by_visit.insert((asset, team, VisitWork::Containment), contained);
    }
    let teller = Teller { doors: &doors, efforts };
    by_visit.iter().filter_map(|((_, goes, work), doors)| teller.visit(*goes, *work, doors)).collect()
}

/// A team that also looks after the device goes there as its owner: one visit, not two.
fn goes(change: &Change, owner: Role) -> Goes {
    match change.who {
        Who::Team(team) if team != owner => Goes::Team(team),
        Who::Team(_) | Who::Owner => Goes::Owner,
    }
}

/// The devices that must not be changed yet, each with what comes over the network.
fn contained<'d>(doors: &'d Doors<'_>, efforts: &Efforts) -> BTreeMap<AssetId, Vec<&'d Door>> {
    let mut contained: BTreeMap<AssetId, (bool, Vec<&Door>)> = BTreeMap::new();
    for door in &doors.doors {
        let (Some(asset), Some(change)) = (doors.asset(door), efforts.change(door.change)) else { continue };
        let (waits, over_network) = contained.entry(asset.id).or_default();
        *waits |= door.permission != Permission::Given;
        if comes_over_network(change) {
            over_network.push(door);
        }
    }
    let due = contained.into_iter().filter(|(_, (waits, doors))| *waits && !doors.is_empty());
    due.map(|(asset, (_, doors))| (asset, doors)).collect()
}

/// Everything that visits are told from.
struct Teller<'a> {
    doors: &'a Doors<'a>,
    efforts: &'a Efforts,
}

impl Teller<'_> {
    fn visit(&self, goes: Goes, work: VisitWork, doors: &[&Door]) -> Option<Visit> {
        let asset = self.doors.asset(doors.first()?)?;
        let said = &self.doors.said;
        let maker = maker_says(asset, said);
        let touched = doors.iter().any(|door| self.touches_device(door));
        let mut steps: Vec<(u32, VisitStep)> = match work {
            VisitWork::Change => doors.iter().filter_map(|door| self.step(asset, door)).collect(),
            VisitWork::Containment => self.containment(asset, doors).into_iter().collect(),
        };
        steps.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        Some(Visit {
            asset: asset.id,
            title: asset.title(),
            kind: kind(asset, said),
            goes,
            who: match goes {
                Goes::Owner => owner(asset, said),
                Goes::Team(team) => team,
            },
            work,
            touches_care: work == VisitWork::Change && maker.is_some() && touched,
            maker,
            window: window(asset, said),
            steps: steps.into_iter().map(|(_, step)| step).collect(),
        })
    }

    fn touches_device(&self, door: &Door) -> bool {
        self.efforts.change(door.change).is_some_and(|change| change.touches == Touches::Device)
    }

    fn step(&self, asset: &Asset, door: &Door) -> Option<(u32, VisitStep)> {
        let change = self.efforts.change(door.change)?;
        let findings = self.doors.findings_of(door);
        let subject = findings.first().map(|finding| subject_words(finding)).unwrap_or_default();
        let step = self.told(asset, change, findings)?;
        let title = change.title.replace("{}", &subject);
        Some((door.weight, VisitStep { title, waits: waits(door.permission), ..step }))
    }

    fn containment(&self, asset: &Asset, doors: &[&Door]) -> Option<(u32, VisitStep)> {
        let findings: Vec<&Finding> =
            doors.iter().flat_map(|door| self.doors.findings_of(door)).copied().collect();
        let step = self.told(asset, &self.efforts.containment, &findings)?;
        Some((doors.iter().map(|door| door.weight).max()?, step))
    }

    fn told(&self, asset: &Asset, change: &Change, findings: &[&Finding]) -> Option<VisitStep> {
        Some(VisitStep {
            code: change.code.clone(),
            title: change.title.clone(),
            minutes: change.visit,
            downtime: change.downtime,
            decision: findings.iter().map(|finding| finding.judgement.decision).max()?,
            why: phrases::why(findings.first()?, self.doors.said.class(asset)),
            waits: None,
            findings: findings.iter().map(|finding| finding.id).collect(),
        })
    }
}

/// What a letter to the maker is about: its maker and model. Where the model is not known, devices that look alike may be of
/// several makers, so that each is a kind of its own, told by its id.
fn kind(asset: &Asset, said: &Said<'_>) -> String {
    match asset.model {
        Some(_) => words::kind(asset, said),
        None => format!("{} ({})", words::kind(asset, said), asset.id),
    }
}

fn waits(permission: Permission) -> Option<LeftBecause> {
    match permission {
        Permission::Given => None,
        Permission::NeedsMaker => Some(LeftBecause::NeedsMaker),
        Permission::NeedsWindow => Some(LeftBecause::NoWindow),
        Permission::NeedsIdentity => Some(LeftBecause::NotIdentified),
    }
}
