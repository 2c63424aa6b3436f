//! Rounds that are started, and how far the one is that runs.

use axum::extract::State;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;

use super::super::answer::Answer;
use super::super::asked::Fields;
use super::super::operations::Operation;
use crate::asked::Asked;
use crate::problem::Problem;
use crate::roles::Permission;
use crate::rounds::{self, Doing, Job, State as RoundState};
use crate::routes::Verb;
use crate::site::Site;

/// How far the round is that runs, or how the last one went.
#[derive(Serialize, JsonSchema)]
pub(super) struct Progress {
    /// `idle` (none was run since the site was started), `reading`, `judging`, `kept` or `failed`.
    state: &'static str,
    /// Since when it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<String>,
    /// How much of what it reads it has read, in per cent, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    percent: Option<u8>,
    /// The round that was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    round: Option<String>,
    /// Why it failed, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

impl Progress {
    pub(super) fn now(site: &Site) -> Self {
        let mut progress = Self { state: "idle", since: None, percent: None, round: None, detail: None };
        match &*site.rounds.watch().borrow() {
            RoundState::Idle => {}
            RoundState::Running(running) => {
                progress.since = Some(running.since.to_string());
                (progress.state, progress.percent) = match running.doing {
                    Doing::Reading(percent) => ("reading", percent),
                    Doing::Judging => ("judging", None),
                };
            }
            RoundState::Done(id) => (progress.state, progress.round) = ("kept", Some(id.to_string())),
            RoundState::Failed(why) => (progress.state, progress.detail) = ("failed", Some(why.clone())),
        }
        progress
    }
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new::<Progress, _, _>(
            "rounds.now",
            "How far the round is that runs, or how the last one went.",
            Permission::SeeSummary,
            "/api/v1/rounds/now",
            &[],
            show,
        ),
        Operation::change::<Progress, _, _>(
            "rounds.run",
            "Start a round over the lists that are kept and what was heard.",
            Permission::RunRounds,
            (Verb::Post, "/api/v1/rounds"),
            &[],
            run,
        )
        .answers(StatusCode::ACCEPTED),
    ]
}

async fn show(State(site): State<Site>, asked: Asked) -> Result<Answer<Progress>, Problem> {
    Fields::of(&asked, &[])?;
    Ok(Answer(Progress::now(&site)))
}

async fn run(State(site): State<Site>) -> Result<Answer<Progress>, Problem> {
    rounds::start(&site, Job::default()).map_err(|_| Problem::Busy)?;
    Ok(Answer(Progress::now(&site)))
}
