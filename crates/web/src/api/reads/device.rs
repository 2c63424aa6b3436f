//! More of one device: its history, the facts behind it, its conversations; and who talks with whom in all.

use axum::extract::{Path, State};
use schemars::JsonSchema;
use serde::Serialize;
use wardround_store::StoreError;
use wardround_store::view::{DeviceChange, Page, RoundView, ZonePair};

use super::super::answer::Answer;
use super::super::asked::Fields;
use super::super::operations::{CURSOR, LIMIT, OF_ROUND, Operation, Parameter, ROUND, list, one};
use super::super::shapes::{List, One, Talk};
use super::evidence::Fact;
use crate::asked::{Asked, Looked};
use crate::deeds::devices;
use crate::problem::Problem;
use crate::roles::Permission;
use crate::site::Site;

/// Changes and facts of one device that are told.
const MOST: usize = 1_000;
const FLOWS: &[Parameter] = &[ROUND, LIMIT, CURSOR];

/// What became of a device over time.
#[derive(Serialize, JsonSchema)]
struct History {
    /// The rounds that saw it, the latest first.
    seen_in: Vec<Seen>,
    /// What became of its findings, the latest first; the last thousand.
    changes: Vec<Change>,
}

/// A round that saw a device.
#[derive(Serialize, JsonSchema)]
struct Seen {
    round: String,
    run_at: String,
}

/// What became of a finding in a round.
#[derive(Serialize, JsonSchema)]
struct Change {
    round: String,
    run_at: String,
    change: &'static str,
    finding: String,
    title: String,
    decision: &'static str,
}

impl From<&DeviceChange> for Change {
    fn from(from: &DeviceChange) -> Self {
        Self {
            round: from.round.to_string(),
            run_at: from.run_at.to_string(),
            change: from.change.code(),
            finding: from.finding.to_string(),
            title: from.title.clone(),
            decision: from.decision.code(),
        }
    }
}

/// The facts behind a device.
#[derive(Serialize, JsonSchema)]
struct Facts {
    /// The first thousand.
    facts: Vec<NamedFact>,
}

/// A fact with its id.
#[derive(Serialize, JsonSchema)]
struct NamedFact {
    /// Its id as evidence, such as "O-1a2b3c4d5e6f".
    id: String,
    #[serde(flatten)]
    fact: Fact,
}

/// How much one part of the hospital talked with another.
#[derive(Serialize, JsonSchema)]
struct Pair {
    from: &'static str,
    to: &'static str,
    conversations: u64,
    /// Those that carry care itself.
    clinical: u64,
    bytes: u64,
}

impl From<&ZonePair> for Pair {
    fn from(from: &ZonePair) -> Self {
        let ZonePair { client, server, conversations, clinical, bytes } = *from;
        Self { from: client.code(), to: server.code(), conversations, clinical, bytes }
    }
}

pub(super) fn operations() -> Vec<Operation> {
    let see = Permission::See;
    vec![
        Operation::new::<One<History>, _, _>(
            "devices.history",
            "The rounds that saw a device, and what became of its findings.",
            see,
            "/api/v1/devices/{device}/history",
            OF_ROUND,
            history,
        ),
        Operation::new::<One<Facts>, _, _>(
            "devices.facts",
            "The facts about a device's cards, addresses and services.",
            see,
            "/api/v1/devices/{device}/facts",
            OF_ROUND,
            facts,
        ),
        Operation::new::<List<Talk>, _, _>(
            "devices.conversations",
            "The conversations of one device.",
            see,
            "/api/v1/devices/{device}/conversations",
            FLOWS,
            conversations,
        ),
        Operation::new::<List<Pair>, _, _>(
            "conversations.matrix",
            "How much each part of the hospital talked with each other.",
            see,
            "/api/v1/conversations/matrix",
            OF_ROUND,
            matrix,
        ),
    ]
}

async fn history(
    State(site): State<Site>,
    Path(text): Path<String>,
    asked: Asked,
) -> Result<Answer<One<History>>, Problem> {
    Fields::of(&asked, OF_ROUND)?.place()?;
    let id = devices::id(&text).ok_or(Problem::NotFound)?;
    let look = move |view: &RoundView<'_>| -> Result<_, StoreError> {
        Ok((view.seen_in(id)?, view.device_changes(id, MOST)?))
    };
    let looked = asked.look(&site, look).await?.ok_or(Problem::NotFound)?;
    let (seen, changes) = &looked.found;
    if seen.is_empty() {
        return Err(Problem::NotFound);
    }
    let seen = seen.iter().map(|(round, at)| Seen { round: round.to_string(), run_at: at.to_string() });
    let history = History { seen_in: seen.collect(), changes: changes.iter().map(Into::into).collect() };
    Ok(one(&site, looked.round.id, history))
}

async fn facts(
    State(site): State<Site>,
    Path(text): Path<String>,
    asked: Asked,
) -> Result<Answer<One<Facts>>, Problem> {
    Fields::of(&asked, OF_ROUND)?.place()?;
    let id = devices::id(&text).ok_or(Problem::NotFound)?;
    let look =
        move |view: &RoundView<'_>| -> Result<_, StoreError> { Ok((view.device(id)?, view.coverage()?)) };
    let Looked { round, found: (device, coverage), .. } =
        asked.look(&site, look).await?.ok_or(Problem::NotFound)?;
    let device = device.ok_or(Problem::NotFound)?;
    let facts = device.observations.iter().take(MOST);
    let facts =
        facts.map(|fact| NamedFact { id: fact.id().to_string(), fact: Fact::of(fact, Some(&coverage)) });
    Ok(one(&site, round.id, Facts { facts: facts.collect() }))
}

async fn conversations(
    State(site): State<Site>,
    Path(text): Path<String>,
    asked: Asked,
) -> Result<Answer<List<Talk>>, Problem> {
    let fields = Fields::of(&asked, FLOWS)?;
    let id = devices::id(&text).ok_or(Problem::NotFound)?;
    let (rows, (round, turn)) = (fields.rows()?, fields.place()?);
    let look = move |view: &RoundView<'_>| -> Result<Option<Page<_>>, StoreError> {
        let Some(device) = view.device(id)? else { return Ok(None) };
        Ok(Some(view.flows_of(&device.asset.ips, turn, rows)?))
    };
    let Looked { round, is_latest, found } =
        asked.look_at(&site, round, look).await?.ok_or(Problem::NotFound)?;
    let looked = Looked { round, is_latest, found: found.ok_or(Problem::NotFound)? };
    Ok(list(&site, &looked))
}

async fn matrix(State(site): State<Site>, asked: Asked) -> Result<Answer<List<Pair>>, Problem> {
    Fields::of(&asked, OF_ROUND)?.place()?;
    let look = |view: &RoundView<'_>| -> Result<_, StoreError> {
        Ok(Page { rows: view.zone_pairs()?, before: None, after: None })
    };
    let looked = asked.look(&site, look).await?.ok_or(Problem::NotFound)?;
    Ok(list(&site, &looked))
}
