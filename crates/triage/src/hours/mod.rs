//! The plan for the hours at hand: findings grouped into fixes, and those chosen that remove the most harm to patients.
//!
//! Data walks through the modules in this order: findings become doors with the harm behind each ([`doors`], [`harm`]);
//! doors become fixes, or letters and containment where a device must not be changed ([`permission`], [`fixes`],
//! [`efforts`]); [`choose`] picks within the hours ([`budget`]) and gives a bound; [`tell`] says it ([`task`]). [`visits`] tells all of it by device. All of it is
//! in whole numbers and the same every time. Not here: what is weak, the ten things to do of a round (`plan`), files.

mod budget;
mod choose;
mod doors;
mod efforts;
mod fixes;
mod harm;
mod permission;
mod quiet;
mod task;
mod tell;
#[cfg(test)]
mod tests;
mod visits;
mod what_if;
mod words;

use wardround_model::Round;

pub use budget::{Budget, BudgetError};
pub use efforts::{Efforts, EffortsError};
pub use permission::{MakerSays, Window};
pub use quiet::Quiet;
pub use task::{Device, HourPlan, Left, LeftBecause, MakerLetter, Task, TaskId, Team, Work};
pub use visits::{Checks, Goes, Visit, VisitStep, VisitWork, visits};
pub use what_if::{Outcome, Picture, WhatIf, what_if};
pub use words::{hours as hours_in_words, maker as maker_in_words};

use crate::ssvc::Standing;

/// The plan for these hours over what a round found.
#[must_use]
pub fn plan_hours(round: &Round, budget: &Budget, efforts: &Efforts) -> HourPlan {
    let standing = Standing::from(round);
    let doors = doors::Doors::new(&standing, &round.findings, efforts, harm::Scale::built_in());
    let fixes = fixes::Fixes::new(&doors, efforts, budget);
    let choice = choose::choose(&fixes.problem);
    tell::Teller { round, doors: &doors, fixes: &fixes, efforts, budget }.plan(&choice)
}
