//! What is said of devices and findings.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use wardround_model::{
    AssetId, CareRole, CveId, DeviceClass, FindingId, Justification, Role, Statement, Timestamp, VexStatus,
    Weakness,
};
use wardround_store::{KeptStatement, Store};

use super::super::answer::Answer;
use super::super::asked::Fields;
use super::super::fields::{Field, Kind};
use super::super::operations::Operation;
use crate::asked::Asked;
use crate::asks::Sent;
use crate::deeds::devices::{self, LONGEST_VALUE, MOST, MOST_SPARES, Said};
use crate::pages::say;
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::Verb;
use crate::site::Site;

const OWNER: Field = Field::may("owner", "Who looks after it.", Kind::Code(roles));
const AREA: Field = Field::may("care_area", "The care area that it serves.", Kind::Line(LONGEST_VALUE));
const CARE_ROLE: Field = Field::may(
    "care_role",
    "What it does for patients.",
    Kind::Code(|| CareRole::ALL.iter().map(|role| role.code()).collect()),
);
const SPARES: Field = Field::may("spares", "Others that can take its place.", Kind::Number(MOST_SPARES));
const CLASS: Field = Field::may(
    "class",
    "What kind of device it is.",
    Kind::Code(|| DeviceClass::ALL.iter().map(|class| class.code()).collect()),
);
const CVE: Field = Field::may("cve", "A published weakness; `status` goes with it.", Kind::Line(20));
const STATUS: Kind = Kind::Code(|| VexStatus::ALL.iter().map(|status| status.code()).collect());
const BY: Field = Field::must("by", "The role that is spoken in.", Kind::Code(roles));
const BECAUSE: Field =
    Field::must("because", "How it is known. No names of patients.", Kind::Line(Statement::LONGEST));
const UNTIL: Field =
    Field::may("until", "The last day that it holds; absent: it does not end by itself.", Kind::Day);

const OF_DEVICE: &[Field] = &[
    OWNER,
    AREA,
    CARE_ROLE,
    SPARES,
    CLASS,
    CVE,
    Field::may("status", "Whether that weakness is there.", STATUS),
    BY,
    BECAUSE,
    UNTIL,
];
const OF_DEVICES: &[Field] = &[
    Field::must("devices", "The devices.", Kind::Devices(MOST)),
    OWNER,
    AREA,
    CARE_ROLE,
    SPARES,
    BY,
    BECAUSE,
    UNTIL,
];
const OF_FINDING: &[Field] = &[
    Field::must("status", "Whether the weakness is there.", STATUS),
    Field::may(
        "justification",
        "Why it is not, in the words of OpenVEX.",
        Kind::Code(|| Justification::ALL.iter().map(|why| why.code()).collect()),
    ),
    BY,
    BECAUSE,
    UNTIL,
];

fn roles() -> Vec<&'static str> {
    Role::ALL.iter().filter(|role| **role != Role::Unknown).map(|role| role.code()).collect()
}

/// What was kept. A round counts what was said before it was run.
#[derive(Serialize, JsonSchema)]
struct KeptWords {
    /// What was said in one go has one moment: all of it can be taken back by this.
    moment: String,
    /// Their ids, such as "S-3".
    statements: Vec<String>,
}

impl From<Said> for KeptWords {
    fn from(said: Said) -> Self {
        Self {
            moment: said.at.nanoseconds().to_string(),
            statements: said.statements.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Something that a person said of a device.
#[derive(Serialize, JsonSchema)]
struct Told {
    /// Its id, such as "S-3".
    id: String,
    /// What kind of thing is said.
    kind: &'static str,
    /// In words.
    text: String,
    /// The role that was spoken in.
    by: &'static str,
    at: String,
    because: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    /// Whether it was taken back.
    taken_back: bool,
}

impl From<&KeptStatement> for Told {
    fn from(kept: &KeptStatement) -> Self {
        let Statement { id, says, by, at, because, until, .. } = &kept.statement;
        Self {
            id: id.to_string(),
            kind: says.code(),
            text: say::said(says),
            by: by.code(),
            at: at.to_string(),
            because: because.clone(),
            until: until.map(|until| until.to_string()),
            taken_back: kept.taken_back.is_some(),
        }
    }
}

/// What people said of a device, the oldest first.
#[derive(Serialize, JsonSchema)]
struct Statements {
    items: Vec<Told>,
}

/// What was taken back.
#[derive(Serialize, JsonSchema)]
struct TakenBack {
    /// How many statements.
    statements: u64,
}

pub(super) fn operations() -> Vec<Operation> {
    let may = Permission::Answer;
    vec![
        Operation::new::<Statements, _, _>(
            "devices.statements",
            "What people said of a device, the oldest first.",
            Permission::See,
            "/api/v1/devices/{device}/statements",
            &[],
            list,
        ),
        Operation::change::<KeptWords, _, _>(
            "devices.say",
            "Say something of a device: who looks after it, its care area, what it does for patients, spares, a weakness.",
            may,
            (Verb::Post, "/api/v1/devices/{device}/statements"),
            OF_DEVICE,
            say_of_device,
        )
        .answers(StatusCode::CREATED),
        Operation::change::<KeptWords, _, _>(
            "devices.say-many",
            "Say the same of several devices: all of it is kept, or nothing.",
            may,
            (Verb::Post, "/api/v1/statements"),
            OF_DEVICES,
            say_of_devices,
        )
        .answers(StatusCode::CREATED),
        Operation::change::<KeptWords, _, _>(
            "findings.say",
            "Say whether a published weakness is there, and why not. The next round counts it.",
            may,
            (Verb::Post, "/api/v1/findings/{finding}/statements"),
            OF_FINDING,
            say_of_finding,
        )
        .answers(StatusCode::CREATED),
        Operation::change::<TakenBack, _, _>(
            "statements.take-back",
            "Take back what was said. It stays on record.",
            may,
            (Verb::Post, "/api/v1/statements/{statement}/take-back"),
            &[],
            take_back,
        ),
        Operation::change::<TakenBack, _, _>(
            "statements.take-back-many",
            "Take back all that was said in one go.",
            may,
            (Verb::Post, "/api/v1/moments/{moment}/take-back"),
            &[],
            take_back_many,
        ),
    ]
}

async fn list(
    State(site): State<Site>,
    Path(text): Path<String>,
    asked: Asked,
) -> Result<Answer<Statements>, Problem> {
    Fields::of(&asked, &[])?;
    let id = devices::id(&text).ok_or(Problem::NotFound)?;
    be_known(&site, &BTreeSet::from([id])).await?;
    let all = site.hospital().read(Store::statement_list).await?;
    let of_device = all.iter().filter(|kept| kept.statement.asset == id);
    Ok(Answer(Statements { items: of_device.map(Into::into).collect() }))
}

/// Each of these devices was seen by some round.
async fn be_known(site: &Site, devices: &BTreeSet<AssetId>) -> Result<(), Problem> {
    let wanted = devices.clone();
    let look = move |store: &Store| {
        let Some(latest) = store.round_latest()? else { return Ok(false) };
        let view = store.round_view(latest)?;
        for id in wanted {
            if view.seen_in(id)?.is_empty() {
                return Ok(false);
            }
        }
        Ok(true)
    };
    if site.hospital().read(look).await? { Ok(()) } else { Err(Problem::NotFound) }
}

async fn say_of_device(
    State(site): State<Site>,
    Path(text): Path<String>,
    sent: Sent,
) -> Result<Answer<KeptWords>, Problem> {
    let device = BTreeSet::from([devices::id(&text).ok_or(Problem::NotFound)?]);
    be_known(&site, &device).await?;
    Ok(Answer(devices::say(&site, &device, &sent).await?.into()))
}

async fn say_of_devices(State(site): State<Site>, sent: Sent) -> Result<Answer<KeptWords>, Problem> {
    let chosen: BTreeSet<AssetId> = sent.all("device").filter_map(devices::id).collect();
    be_known(&site, &chosen).await?;
    Ok(Answer(devices::say(&site, &chosen, &sent).await?.into()))
}

async fn say_of_finding(
    State(site): State<Site>,
    Path(text): Path<String>,
    sent: Sent,
) -> Result<Answer<KeptWords>, Problem> {
    let id = text.strip_prefix("F-").and_then(|digest| digest.parse().ok()).map(FindingId);
    let (device, cve) = weakness(&site, id.ok_or(Problem::NotFound)?).await?;
    Ok(Answer(devices::say_of_weakness(&site, device, cve, &sent).await?.into()))
}

/// Which published weakness a finding of the latest round is, and where.
async fn weakness(site: &Site, id: FindingId) -> Result<(AssetId, CveId), Problem> {
    let look = move |store: &Store| {
        let Some(latest) = store.round_latest()? else { return Ok(None) };
        store.round_view(latest)?.finding(id)
    };
    let found = site.hospital().read(look).await?.ok_or(Problem::NotFound)?.finding;
    let not_published = || {
        Problem::Refused("Only of a published weakness (CVE) can it be said whether it is there.".to_owned())
    };
    match found.weakness {
        Weakness::Vulnerability { cve, .. } => Ok((found.asset, cve)),
        Weakness::Setting { .. } => Err(not_published()),
    }
}

async fn take_back(
    State(site): State<Site>,
    Path(statement): Path<String>,
) -> Result<Answer<TakenBack>, Problem> {
    devices::take_back(&site, devices::statement(&statement).ok_or(Problem::NotFound)?).await?;
    Ok(Answer(TakenBack { statements: 1 }))
}

async fn take_back_many(
    State(site): State<Site>,
    Path(moment): Path<String>,
) -> Result<Answer<TakenBack>, Problem> {
    let said_at = Timestamp::from_nanoseconds(moment.parse().map_err(|_| Problem::NotFound)?);
    Ok(Answer(TakenBack { statements: devices::take_back_all(&site, said_at).await? }))
}
