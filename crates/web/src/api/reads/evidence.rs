//! What a reason rests on: a fact, traffic, or the word of a person.

use axum::extract::{Path, State};
use schemars::JsonSchema;
use serde::Serialize;
use wardround_model::{Coverage, Observation, Statement};
use wardround_store::StoreError;
use wardround_store::view::{Proof, RoundView};

use super::super::answer::Answer;
use super::super::asked::Fields;
use super::super::operations::{OF_ROUND, Operation, one};
use super::super::shapes::{One, Talk};
use crate::asked::Asked;
use crate::pages::evidence::{ground, source};
use crate::pages::say::said;
use crate::problem::Problem;
use crate::roles::Permission;
use crate::site::Site;

/// What a reason rests on: one of the three.
#[derive(Serialize, JsonSchema)]
struct Rests {
    /// Its id, such as "O-1a2b3c4d5e6f", "C-1a2b3c4d5e6f" or "S-3".
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    fact: Option<Fact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    traffic: Option<Traffic>,
    #[serde(skip_serializing_if = "Option::is_none")]
    statement: Option<Word>,
}

/// A fact that was seen on the network, or that a list holds.
#[derive(Serialize, JsonSchema)]
pub(super) struct Fact {
    /// Of which card, address or service.
    about: String,
    kind: &'static str,
    /// Masked where it may name a person.
    value: String,
    /// Where it stands, in words: a packet of a capture, or a row of a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    first: String,
    last: String,
    /// How often it was seen.
    count: u64,
}

impl Fact {
    pub(super) fn of(fact: &Observation, coverage: Option<&Coverage>) -> Self {
        Self {
            about: fact.subject.to_string(),
            kind: fact.fact.kind().code(),
            value: fact.fact.value().to_owned(),
            source: coverage.map(|coverage| source(coverage, fact.first.evidence)),
            first: fact.first.at.to_string(),
            last: fact.last.to_string(),
            count: fact.count,
        }
    }
}

/// Traffic that was seen.
#[derive(Serialize, JsonSchema)]
struct Traffic {
    #[serde(flatten)]
    talk: Talk,
    /// Where it began, in words: a packet of a capture, or a flow record.
    source: String,
    first: String,
}

/// What a person said.
#[derive(Serialize, JsonSchema)]
struct Word {
    device: String,
    /// In words.
    text: String,
    because: String,
    /// The role that was spoken in.
    by: &'static str,
    at: String,
}

impl From<&Statement> for Word {
    fn from(from: &Statement) -> Self {
        Self {
            device: from.asset.to_string(),
            text: said(&from.says),
            because: from.because.clone(),
            by: from.by.code(),
            at: from.at.to_string(),
        }
    }
}

pub(super) fn operations() -> Vec<Operation> {
    vec![Operation::new::<One<Rests>, _, _>(
        "evidence.get",
        "What a reason rests on: a fact, traffic, or the word of a person.",
        Permission::See,
        "/api/v1/evidence/{ground}",
        OF_ROUND,
        show,
    )]
}

async fn show(
    State(site): State<Site>,
    Path(text): Path<String>,
    asked: Asked,
) -> Result<Answer<One<Rests>>, Problem> {
    Fields::of(&asked, OF_ROUND)?.place()?;
    let ground = ground(&text).ok_or(Problem::NotFound)?;
    let look =
        move |view: &RoundView<'_>| -> Result<_, StoreError> { Ok((view.proof(ground)?, view.coverage()?)) };
    let looked = asked.look(&site, look).await?.ok_or(Problem::NotFound)?;
    let (proof, coverage) = looked.found;
    let mut rests = Rests { id: ground.to_string(), fact: None, traffic: None, statement: None };
    match proof.ok_or(Problem::NotFound)? {
        Proof::Observation(fact) => rests.fact = Some(Fact::of(&fact, Some(&coverage))),
        Proof::Flow(flow) => {
            let first = flow.conversation.first;
            let (source, first) = (source(&coverage, first.evidence), first.at.to_string());
            rests.traffic = Some(Traffic { talk: Talk::from(&*flow), source, first });
        }
        Proof::Statement(statement) => rests.statement = Some((&statement).into()),
    }
    Ok(one(&site, looked.round.id, rests))
}
