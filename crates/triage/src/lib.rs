//! Assets and intelligence to findings, decisions and the plan.
//!
//! In: who is there, what was seen of them, and an index of what is known. Out: [`Triaged`]. A finding always names what
//! it rests on; what could not be judged is said to be so. The same input gives the same output in whatever order it
//! comes. Not here: files, a clock, sockets; who is there (`identify`); what is known (`intel`).

mod answers;
mod by_asset;
mod components;
mod devices;
#[cfg(test)]
mod hospital;
mod hours;
mod judging;
mod known;
mod opinion;
mod order;
mod packages;
mod paths;
mod phrases;
mod plan;
mod products;
mod recalls;
mod remedy;
mod scanners;
mod scene;
mod settings;
mod ssvc;
mod support;
mod system;
#[cfg(test)]
mod tests;
mod things;
mod windows;

use std::num::NonZeroUsize;

use wardround_intel::Index;
use wardround_intel::names::Aliases;
use wardround_model::{
    Asset, AssetId, Conversation, Finding, Observation, PlanItem, Settled, Statement, Subject, Timestamp,
    Unjudged,
};

pub use components::{Asked, Component, Published};
pub use hours::{
    Budget, BudgetError, Checks, Device, Efforts, EffortsError, Goes, HourPlan, Left, LeftBecause,
    MakerLetter, MakerSays, Outcome, Picture, Quiet, Task, TaskId, Team, Visit, VisitStep, VisitWork, WhatIf,
    Window, Work, hours_in_words, maker_in_words, plan_hours, visits, what_if,
};
pub use judging::{Judged, Judging, Scope};
pub use paths::{Cut, Cuts, Entry, Fallen, LetThrough, Loss, Paths, Reached, Step, Way, lightest};
pub use plan::explain;
pub use settings::requirements;
pub use ssvc::{
    DecisionTables, EPSS_LIKE_PUBLIC_POC, Exposure, Score, Standing, Table, TableError, decide, decide_by,
};

/// What triage looks at.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// Who is there.
    pub assets: &'a [Asset],
    /// What was seen.
    pub observations: &'a [Observation],
    /// Who talked to whom.
    pub conversations: &'a [Conversation],
    /// What people said of devices, oldest first.
    pub statements: &'a [Statement],
    /// What is known of vulnerabilities.
    pub index: &'a Index<'a>,
    /// What names mean: the built-in table, with a hospital's own rows over it.
    pub aliases: &'a Aliases,
    /// Threads to judge with, 1 or more; the result is the same with any number.
    pub workers: NonZeroUsize,
    /// The moment that expiry is judged at.
    pub as_of: Timestamp,
    /// Which asset a subject belongs to.
    pub owner_of: &'a dyn Fn(&Subject) -> Option<AssetId>,
}

/// What triage says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Triaged {
    /// What is weak, the most urgent first.
    pub findings: Vec<Finding>,
    /// What could not be judged, by asset.
    pub unjudged: Vec<Unjudged>,
    /// What an answer settled, by asset.
    pub settled: Vec<Settled>,
    /// What to do now: at most ten things, the most urgent first.
    pub plan: Vec<PlanItem>,
}

/// Findings, what could not be judged, and the plan, decided by CISA's table.
#[must_use]
pub fn triage(input: &Input<'_>) -> Triaged {
    triage_by(&DecisionTables::default(), input)
}

/// Findings, what could not be judged, and the plan, decided by these tables.
#[must_use]
pub fn triage_by(tables: &DecisionTables, input: &Input<'_>) -> Triaged {
    Judging::of(tables, input).triaged(input.index)
}

impl Triaged {
    /// These results with what was judged again in place of what it was said of. The plan is made anew.
    #[must_use]
    pub fn with(self, again: Judged, judging: &Judging<'_>) -> Self {
        let Judged { assets, findings: new, unjudged: asked, settled: answered } = again;
        let Self { mut findings, mut unjudged, mut settled, .. } = self;
        findings.retain(|one| !assets.get(&one.asset).is_some_and(|scope| scope.holds(one)));
        unjudged.retain(|one| !assets.get(&one.asset).is_some_and(Scope::asks));
        settled.retain(|one| !assets.get(&one.asset).is_some_and(|scope| scope.settles(one)));
        findings.extend(new);
        unjudged.extend(asked);
        settled.extend(answered);
        judging::sort(&mut findings, &mut unjudged, &mut settled);
        let plan = judging.plan(&findings);
        Self { findings, unjudged, settled, plan }
    }
}
