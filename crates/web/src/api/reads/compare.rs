//! Two rounds against each other: what became of each finding, and which devices only one of them has.

use axum::extract::{Path, State};
use schemars::JsonSchema;
use serde::Serialize;
use wardround_model::{AssetId, FindingChange, RoundId};
use wardround_store::view::{ChangeCounts, ChangeRow, FlowEnd, Page, RoundDifference, Turn};
use wardround_store::{Store, StoreError};

use super::super::answer::Answer;
use super::super::asked::{Fields, cursor};
use super::super::operations::{CURSOR, LIMIT, Operation, Parameter};
use super::size;
use crate::asked::Asked;
use crate::problem::Problem;
use crate::roles::Permission;
use crate::site::Site;

/// Devices of each kind that are told.
const MOST_DEVICES: usize = 1_000;
const FIELDS: &[Parameter] = &[
    LIMIT,
    CURSOR,
    Parameter::one_of(
        "change",
        "Findings of which this became; `new` unless given. Of those that are in both there are no rows.",
        || FindingChange::ALL.iter().map(|change| change.code()).collect(),
    ),
];

/// How many findings became what.
#[derive(Serialize, JsonSchema)]
struct Became {
    #[serde(flatten)]
    counts: std::collections::BTreeMap<&'static str, u64>,
}

impl From<&ChangeCounts> for Became {
    fn from(from: &ChangeCounts) -> Self {
        Self { counts: FindingChange::ALL.iter().map(|change| (change.code(), from.of(*change))).collect() }
    }
}

/// A finding that changed.
#[derive(Serialize, JsonSchema)]
struct Changed {
    id: String,
    title: String,
    decision: &'static str,
    device: String,
}

impl From<&ChangeRow> for Changed {
    fn from(from: &ChangeRow) -> Self {
        Self {
            id: from.id.to_string(),
            title: from.title.clone(),
            decision: from.decision.code(),
            device: from.asset.to_string(),
        }
    }
}

/// A device by its name.
#[derive(Serialize, JsonSchema)]
struct Named {
    id: String,
    title: String,
}

/// Devices that only one round has.
#[derive(Serialize, JsonSchema)]
struct Devices {
    /// How many.
    count: u64,
    /// The first thousand.
    items: Vec<Named>,
}

impl Devices {
    fn of(ids: &[AssetId], named: Vec<FlowEnd>) -> Self {
        let items = named.into_iter().map(|end| Named { id: end.id.to_string(), title: end.title });
        Self { count: size(ids.len()), items: items.collect() }
    }
}

/// What changed between two rounds. Only what a later look saw mended is called fixed; what was not seen again proves nothing.
#[derive(Serialize, JsonSchema)]
struct Difference {
    demo: bool,
    /// The earlier round.
    before: String,
    /// The later round.
    after: String,
    /// What became of the findings of both.
    counts: Became,
    devices_new: Devices,
    devices_not_seen: Devices,
    /// What became of these findings.
    change: &'static str,
    items: Vec<Changed>,
    /// Where the next page begins: send it as `cursor`. Absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

pub(super) fn operations() -> Vec<Operation> {
    vec![Operation::new::<Difference, _, _>(
        "rounds.compare",
        "What changed between two rounds.",
        Permission::See,
        "/api/v1/rounds/{after}/since/{before}",
        FIELDS,
        compare,
    )]
}

async fn compare(
    State(site): State<Site>,
    Path((after, before)): Path<(String, String)>,
    asked: Asked,
) -> Result<Answer<Difference>, Problem> {
    let id = |text: &str| text.parse::<RoundId>().map_err(|_| Problem::NotFound);
    let (after, before) = (id(&after)?, id(&before)?);
    let fields = Fields::of(&asked, FIELDS)?;
    let change = fields.code("change", FindingChange::from_code)?.unwrap_or(FindingChange::New);
    let (rows, (of, turn)) = (fields.rows()?, fields.place()?);
    if of.is_some_and(|of| of != after) {
        return Err(Problem::Bad("The cursor is of another round.".to_owned()));
    }
    let demo = site.is_demo();
    let look = move |store: &Store| tell(store, (before, after), change, turn, rows);
    let told = site.hospital().read(look).await?;
    Ok(Answer(Difference { demo, ..told }))
}

fn tell(
    store: &Store,
    (before, after): (RoundId, RoundId),
    change: FindingChange,
    turn: Turn,
    rows: usize,
) -> Result<Difference, StoreError> {
    let asked = (before, after);
    let (before, after) = (store.round_kept_for(before)?, store.round_kept_for(after)?);
    let (earlier, view) = (store.round_view(before)?, store.round_view(after)?);
    let RoundDifference { counts, page, assets } = view.difference(before, change, turn, rows)?;
    let first = |all: &[AssetId]| all.iter().take(MOST_DEVICES).copied().collect::<Vec<_>>();
    let Page { rows, after: more, .. } = page;
    Ok(Difference {
        demo: false,
        before: before.to_string(),
        after: after.to_string(),
        counts: (&counts).into(),
        devices_new: Devices::of(&assets.new, view.device_names(&first(&assets.new))?),
        devices_not_seen: Devices::of(&assets.not_seen, earlier.device_names(&first(&assets.not_seen))?),
        change: change.code(),
        items: rows.iter().map(Into::into).collect(),
        next: more.map(|more| cursor(asked.1, more)),
    })
}
