//! The log: entry by entry, with the digests that chain them, and the signed checkpoints.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use wardround_store::{AuditCheckpoint, AuditEntry, Store};

use super::super::answer::Answer;
use super::super::asked::Fields;
use super::super::operations::{LIMIT, Operation, Parameter, any};
use crate::asked::Asked;
use crate::problem::Problem;
use crate::roles::Permission;
use crate::site::Site;

const ENTRIES: &[Parameter] = &[
    LIMIT,
    any("after", "The number of an entry: those after it, the oldest first. 0 begins with the first."),
    any("before", "The number of an entry: those before it, the latest first."),
];
const CHECKPOINTS: &[Parameter] = &[LIMIT, any("after", "The number of an entry: checkpoints after it.")];

/// An entry of the log.
#[derive(Serialize, JsonSchema)]
struct Entry {
    /// Its number; they count up from 1 without a gap.
    number: i64,
    at: String,
    /// The account of who asked, such as "P-3"; absent where nobody was signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    /// What they are called; with the id of the token, where a program asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// From which address.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    /// What was asked, as a code.
    action: String,
    /// Of what.
    subject: String,
    /// What became of it: `asked`, `done`, `refused`, `failed` or `repeated`.
    outcome: String,
    /// The digest of this entry and the one before it.
    digest: String,
}

impl From<AuditEntry> for Entry {
    fn from(from: AuditEntry) -> Self {
        let said = from.said;
        let (account, name) = said.who.map(|(id, name)| (id.to_string(), name)).unzip();
        Self {
            number: from.id,
            at: said.at.to_string(),
            account,
            name,
            address: said.address,
            action: said.action,
            subject: said.subject,
            outcome: said.outcome,
            digest: from.digest,
        }
    }
}

/// Entries of the log.
#[derive(Serialize, JsonSchema)]
struct Entries {
    items: Vec<Entry>,
    /// Where the next page begins: send it as `before`, or as `after` where you sent that. Absent where there is none now.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A signed statement of how the log ended.
#[derive(Serialize, JsonSchema)]
struct Checkpoint {
    /// The last entry then.
    entry: i64,
    at: String,
    /// That moment in nanoseconds since 1970, as it is signed.
    at_nanoseconds: String,
    /// That entry's digest.
    digest: String,
    /// Ed25519 over the lines "wardround audit checkpoint 1", entry, nanoseconds and digest, as hex.
    signature: String,
}

impl From<&AuditCheckpoint> for Checkpoint {
    fn from(from: &AuditCheckpoint) -> Self {
        Self {
            entry: from.entry,
            at: from.at.to_string(),
            at_nanoseconds: from.at.nanoseconds().to_string(),
            digest: from.digest.clone(),
            signature: from.signature.clone(),
        }
    }
}

/// Checkpoints, the oldest first.
#[derive(Serialize, JsonSchema)]
struct Checkpoints {
    items: Vec<Checkpoint>,
    /// Where the next page begins: send it as `after`. Absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// The key that checks the signatures, as hex. Keep it apart: who can change the log could change this too.
    key: String,
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new::<Entries, _, _>(
            "audit.list",
            "The log: who asked for what, the latest first, or the oldest first where `after` is sent.",
            Permission::SeeAudit,
            "/api/v1/audit",
            ENTRIES,
            entries,
        ),
        Operation::new::<Checkpoints, _, _>(
            "audit.checkpoints",
            "Signed statements of how the log ended, the oldest first.",
            Permission::SeeAudit,
            "/api/v1/audit/checkpoints",
            CHECKPOINTS,
            checkpoints,
        ),
    ]
}

/// The number of an entry.
fn entry(text: &str) -> Option<i64> {
    text.parse().ok().filter(|number| *number >= 0)
}

async fn entries(State(site): State<Site>, asked: Asked) -> Result<Answer<Entries>, Problem> {
    let fields = Fields::of(&asked, ENTRIES)?;
    let (after, before) = (fields.code("after", entry)?, fields.code("before", entry)?);
    let rows = fields.rows()?;
    if after.is_some() && before.is_some() {
        return Err(Problem::Bad(
            "Say what comes after an entry or what comes before one, not both.".to_owned(),
        ));
    }
    let most = u32::try_from(rows).unwrap_or(u32::MAX);
    let read = move |store: &Store| match after {
        Some(after) => store.audit_after(after, most),
        None => store.audit_before(before, most),
    };
    let found = site.home.read(read).await?;
    let last = found.last().filter(|_| found.len() == rows).map(|entry| entry.id);
    // Before the first entry there is none; after the last one there soon will be.
    let next = last.filter(|last| after.is_some() || *last > 1).map(|last| last.to_string());
    Ok(Answer(Entries { items: found.into_iter().map(Into::into).collect(), next }))
}

async fn checkpoints(State(site): State<Site>, asked: Asked) -> Result<Answer<Checkpoints>, Problem> {
    let fields = Fields::of(&asked, CHECKPOINTS)?;
    let (after, rows) = (fields.code("after", entry)?.unwrap_or(0), fields.rows()?);
    let all = site.home.read(Store::audit_checkpoints).await?;
    let mut left = all.iter().filter(|checkpoint| checkpoint.entry > after);
    let items: Vec<Checkpoint> = left.by_ref().take(rows).map(Into::into).collect();
    let next = left.next().and(items.last()).map(|last| last.entry.to_string());
    Ok(Answer(Checkpoints { items, next, key: crate::codes::hex(&site.keys.audit_public()) }))
}
