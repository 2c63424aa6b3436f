//! Doors as fixes: one change for many devices, or, where a device must not be changed, its containment and a letter.

use std::collections::{BTreeMap, BTreeSet};

use wardround_model::{MakerPosition, Role};

use super::budget::Budget;
use super::choose::{Cover, Group, Problem};
use super::doors::{Door, Doors, comes_over_network, owner};
use super::efforts::{Change, Efforts};
use super::permission::{Permission, maker_says};

/// What makes several doors one fix.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fix {
    /// The same change by the same team.
    Change { change: usize, subject: String, who: Role },
    /// Keeping others away from devices of one kind.
    Contain { kind: String, letter: Option<Letter>, owner: Role },
}

/// Why a maker is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Letter {
    /// It was not asked yet.
    Ask,
    /// It forbade the change, so another way is asked for.
    AskAgain,
}

/// All fixes, and the problem of choosing among them.
pub(crate) struct Fixes {
    pub(crate) fixes: Vec<Fix>,
    /// By fix and visit: the places of the doors that the visit closes, wholly or in part.
    pub(crate) visits: Vec<Vec<Vec<usize>>>,
    pub(crate) problem: Problem,
}

impl Fix {
    pub(crate) fn change<'a>(&self, efforts: &'a Efforts) -> Option<&'a Change> {
        match self {
            Self::Change { change, .. } => efforts.change(*change),
            Self::Contain { .. } => Some(&efforts.containment),
        }
    }

    pub(crate) fn of(door: &Door) -> Self {
        Self::Change { change: door.change, subject: door.subject.clone(), who: door.who }
    }

    /// Who does it.
    pub(crate) fn who(&self) -> Role {
        match self {
            Self::Change { who, .. } => *who,
            Self::Contain { .. } => Role::Network,
        }
    }
}

impl Fixes {
    pub(crate) fn new(doors: &Doors<'_>, efforts: &Efforts, budget: &Budget) -> Self {
        let mut visits: BTreeMap<Fix, Vec<Vec<usize>>> = BTreeMap::new();
        let mut contained: BTreeSet<usize> = BTreeSet::new();
        for (place, door) in doors.doors.iter().enumerate() {
            match door.permission {
                Permission::Given => visits.entry(Fix::of(door)).or_default().push(vec![place]),
                Permission::NeedsMaker | Permission::NeedsWindow | Permission::NeedsIdentity => {
                    contained.insert(door.asset);
                }
            }
        }
        for (fix, closed) in containments(doors, efforts, &contained) {
            visits.entry(fix).or_default().push(closed);
        }
        let groups = visits.iter().map(|(fix, visits)| group(fix, visits, efforts, budget)).collect();
        let problem = Problem {
            doors: doors.doors.iter().map(|door| door.weight).collect(),
            groups,
            pools: budget.pools(),
        };
        let (fixes, visits) = visits.into_iter().unzip();
        Self { fixes, visits, problem }
    }
}

/// For each device that must not be changed, its containment and the doors that this closes in part.
fn containments(doors: &Doors<'_>, efforts: &Efforts, contained: &BTreeSet<usize>) -> Vec<(Fix, Vec<usize>)> {
    let mut by_asset: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (place, door) in doors.doors.iter().enumerate().filter(|(_, door)| contained.contains(&door.asset)) {
        if efforts.change(door.change).is_some_and(comes_over_network) {
            by_asset.entry(door.asset).or_default().push(place);
        }
    }
    by_asset.into_iter().filter_map(|(asset, closed)| Some((containment(doors, asset)?, closed))).collect()
}

fn containment(doors: &Doors<'_>, asset: usize) -> Option<Fix> {
    let asset = doors.assets.get(asset)?;
    let letter = match maker_says(asset, &doors.said).map(|says| says.position) {
        Some(MakerPosition::NotAsked) => Some(Letter::Ask),
        Some(MakerPosition::Forbidden) => Some(Letter::AskAgain),
        Some(MakerPosition::Approved) | None => None,
    };
    Some(Fix::Contain {
        kind: super::words::kind(asset, &doors.said),
        letter,
        owner: owner(asset, &doors.said),
    })
}

fn group(fix: &Fix, visits: &[Vec<usize>], efforts: &Efforts, budget: &Budget) -> Group {
    let Some(change) = fix.change(efforts) else { return Group::default() };
    let pool = budget.pool(fix.who());
    let cover = |door: &usize| Some(Cover { door: u32::try_from(*door).ok()?, percent: change.closes });
    let visits = visits.iter().map(|doors| doors.iter().filter_map(cover).collect()).collect();
    let letter = match fix {
        Fix::Contain { letter: Some(_), owner, .. } => Some((budget.pool(*owner), efforts.letter_minutes)),
        _ => None,
    };
    let (own, also) = match letter {
        Some((letter_pool, minutes)) if letter_pool == pool => (minutes, None),
        other => (0, other),
    };
    Group { pool, once: change.once + own, visit: change.visit.max(1), also, visits }
}
