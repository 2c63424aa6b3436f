//! The table of operations, and what each does.

use axum::extract::{Path, State};
use axum::handler::Handler;
use axum::http::StatusCode;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use wardround_model::{Area, AssetId, Decision, DeviceClass, FindingId, Role};
use wardround_remedy::TaskId;
use wardround_store::StoreError;
use wardround_store::view::{
    DeviceFilter, DeviceSort, FindingFilter, FindingKind, Page, RoundView, Worst, Zone,
};

use super::answer::{Answer, tag_of};
use super::asked::{Fields, cursor};
use super::fields::Field;
use super::shapes::{Covered, Device, DeviceWhole, Job, Known, List, One, Round, Talk, Weak, WeakWhole};
use crate::asked::{Asked, Looked};
use crate::deeds::tasks;
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::{Brings, Needs, Route, Verb};
use crate::site::Site;

/// A field of an address.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// The values that it can have, where they are few.
    pub(crate) values: fn() -> Vec<&'static str>,
    /// The smallest and the largest number, where it is one.
    pub(crate) range: Option<(u32, u32)>,
}

impl Parameter {
    /// One that has one of these values.
    pub(super) const fn one_of(
        name: &'static str,
        about: &'static str,
        values: fn() -> Vec<&'static str>,
    ) -> Self {
        Self { name, about, values, range: None }
    }
}

/// One thing that can be asked.
pub(crate) struct Operation {
    pub(crate) id: &'static str,
    pub(crate) about: &'static str,
    pub(crate) permission: Permission,
    pub(crate) parameters: &'static [Parameter],
    pub(crate) condition: Conditional,
    /// What kinds of answer it gives.
    pub(crate) content: &'static [&'static str],
    /// Its answer is a file to take away.
    pub(crate) is_file: bool,
    pub(crate) schema: fn(&mut SchemaGenerator) -> Schema,
    pub(crate) route: Route,
}

/// Whether a change says which version it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Conditional {
    Never,
    May,
    Must,
}

impl Operation {
    pub(super) fn new<T: JsonSchema, H, A>(
        id: &'static str,
        about: &'static str,
        permission: Permission,
        path: &'static str,
        parameters: &'static [Parameter],
        handler: H,
    ) -> Self
    where
        H: Handler<A, Site>,
        A: 'static,
    {
        let route = Route::get(Needs::Token(permission), path, handler).logged(id);
        Self::of::<T>(id, about, permission, parameters, route)
    }

    /// A change.
    pub(super) fn change<T: JsonSchema, H, A>(
        id: &'static str,
        about: &'static str,
        permission: Permission,
        (verb, path): (Verb, &'static str),
        fields: &'static [Field],
        handler: H,
    ) -> Self
    where
        H: Handler<A, Site>,
        A: 'static,
    {
        Self::of::<T>(id, about, permission, &[], Route::change(permission, verb, path, id, fields, handler))
    }

    pub(super) fn of<T: JsonSchema>(
        id: &'static str,
        about: &'static str,
        permission: Permission,
        parameters: &'static [Parameter],
        route: Route,
    ) -> Self {
        let schema = |generator: &mut SchemaGenerator| generator.subschema_for::<T>();
        let (condition, content) = (Conditional::Never, &["application/json"][..]);
        Self { id, about, permission, parameters, condition, content, is_file: false, schema, route }
    }

    /// The status where it was done.
    pub(super) fn answers(mut self, success: StatusCode) -> Self {
        self.route = self.route.answers(success);
        self
    }

    /// Whether its answer has a tag.
    pub(crate) fn is_tagged(&self) -> bool {
        let reads = self.route.gate.brings == Brings::Nothing && !self.is_file;
        self.condition != Conditional::Never || (reads && self.route.gate.patience.is_some())
    }

    /// Its answer is a file of one of these kinds.
    pub(super) fn file(mut self, content: &'static [&'static str]) -> Self {
        (self.content, self.is_file) = (content, true);
        self
    }

    /// Its answer, or what is sent to it, is secret: what is kept for a repeated request is sealed.
    pub(super) fn secret(mut self) -> Self {
        self.route = self.route.secret();
        self
    }

    /// It may or must say which version it means.
    pub(super) fn unless_changed(mut self, condition: Conditional) -> Self {
        self.condition = condition;
        self
    }
}

pub(super) const fn any(name: &'static str, about: &'static str) -> Parameter {
    Parameter { name, about, values: Vec::new, range: None }
}

pub(super) const fn number(name: &'static str, about: &'static str, least: u32, most: u32) -> Parameter {
    Parameter { name, about, values: Vec::new, range: Some((least, most)) }
}

pub(super) const ROUND: Parameter = any("round", "Of this round, such as R-3; else of the latest.");
/// The most rows of a list, as the description has it.
const MOST_ROWS: u32 = 1_000;
pub(super) const LIMIT: Parameter =
    number("limit", "Rows at once, 1 to 1000; 100 unless given.", 1, MOST_ROWS);
pub(super) const CURSOR: Parameter = any("cursor", "The `next` of the page before.");
pub(super) const TEXT: Parameter = any("text", "With each of these words.");
pub(super) const OWNER: Parameter = Parameter::one_of("owner", "Looked after by this team.", || {
    Role::ALL.iter().map(|role| role.code()).collect()
});

pub(super) const OF_ROUND: &[Parameter] = &[ROUND];
pub(super) const CLASS: Parameter = Parameter::one_of("class", "Of this class.", || {
    DeviceClass::ALL.iter().map(|class| class.code()).collect()
});
pub(super) const AREA: Parameter = Parameter::one_of("area", "Of this part of the hospital.", || {
    Area::ALL.iter().map(|area| area.code()).collect()
});
pub(super) const WORST: Parameter =
    Parameter::one_of("decision", "With this as its most urgent decision.", || {
        Worst::all().into_iter().map(Worst::code).collect()
    });
pub(super) const NETWORK: Parameter =
    any("network", "With its address in this network, such as 10.20.1.0/24.");
pub(super) const CARE_AREA: Parameter = any("care_area", "That serves this care area.");
const SORT: Parameter = Parameter::one_of("sort", "The order; urgency unless given.", || {
    DeviceSort::ALL.iter().map(|sort| sort.code()).collect()
});
pub(super) const DECISION: Parameter = Parameter::one_of("decision", "Of this decision.", || {
    Decision::ALL.iter().map(|decision| decision.code()).collect()
});
pub(super) const KIND: Parameter =
    Parameter::one_of("kind", "Of this kind.", || FindingKind::ALL.iter().map(|kind| kind.code()).collect());
pub(super) const DEVICE: Parameter = any("device", "On this device, such as A-1a2b3c4d5e6f.");
pub(super) const CVE: Parameter = any("cve", "Of this CVE record.");
pub(super) const GROUP: Parameter =
    any("group", "Of this group of findings that say the same, in this round.");

const DEVICES: &[Parameter] = &[ROUND, LIMIT, CURSOR, TEXT, CLASS, AREA, WORST, NETWORK, CARE_AREA, SORT];
const FINDINGS: &[Parameter] = &[ROUND, LIMIT, CURSOR, TEXT, OWNER, DECISION, KIND, DEVICE, CVE, GROUP];
const TALKS: &[Parameter] = &[
    ROUND,
    LIMIT,
    CURSOR,
    Parameter::one_of("from", "Asked by this part of the hospital; `to` goes with it.", zones),
    Parameter::one_of("to", "Asked of this part of the hospital.", zones),
];
fn zones() -> Vec<&'static str> {
    Zone::all().into_iter().map(Zone::code).collect()
}

/// All of them.
pub(crate) fn operations() -> Vec<Operation> {
    [reads(), super::reads::operations(), super::writes::operations(), super::follow::operations()]
        .into_iter()
        .flatten()
        .collect()
}

fn reads() -> Vec<Operation> {
    use Permission::{See, SeeSummary};
    vec![
        Operation::new::<Vec<Round>, _, _>(
            "rounds.list",
            "All rounds, the latest first: how the risk went over time.",
            SeeSummary,
            "/api/v1/rounds",
            &[],
            rounds,
        ),
        Operation::new::<One<Covered>, _, _>(
            "coverage.get",
            "What was read, and what could not be seen.",
            See,
            "/api/v1/coverage",
            OF_ROUND,
            coverage,
        ),
        Operation::new::<List<Known>, _, _>(
            "intelligence.list",
            "Sources of what is known of weaknesses, with their dates.",
            See,
            "/api/v1/intelligence",
            OF_ROUND,
            intelligence,
        ),
        Operation::new::<List<Device>, _, _>(
            "devices.list",
            "Devices and systems.",
            See,
            "/api/v1/devices",
            DEVICES,
            devices,
        ),
        Operation::new::<One<DeviceWhole>, _, _>(
            "devices.get",
            "One device: what is said of it, how surely, and why.",
            See,
            "/api/v1/devices/{device}",
            OF_ROUND,
            device,
        ),
        Operation::new::<List<Weak>, _, _>(
            "findings.list",
            "What is weak, the most urgent first.",
            See,
            "/api/v1/findings",
            FINDINGS,
            findings,
        ),
        Operation::new::<One<WeakWhole>, _, _>(
            "findings.get",
            "One finding, with its reasons.",
            See,
            "/api/v1/findings/{finding}",
            OF_ROUND,
            finding,
        ),
        Operation::new::<List<Talk>, _, _>(
            "conversations.list",
            "Who talked with whom, between two parts of the hospital.",
            See,
            "/api/v1/conversations",
            TALKS,
            conversations,
        ),
        Operation::new::<One<Job>, _, _>("work.get", "One task.", See, "/api/v1/work/{task}", &[], task),
    ]
}

/// A list of a page of rows.
pub(super) fn list<'a, R: 'a, T: From<&'a R>>(site: &Site, looked: &'a Looked<Page<R>>) -> Answer<List<T>> {
    let (round, page) = (looked.round.id, &looked.found);
    Answer(List {
        round: round.to_string(),
        demo: site.is_demo(),
        items: page.rows.iter().map(T::from).collect(),
        next: page.after.map(|after| cursor(round, after)),
    })
}

pub(super) fn one<T>(site: &Site, round: impl ToString, item: T) -> Answer<One<T>> {
    Answer(One { round: round.to_string(), demo: site.is_demo(), item })
}

async fn rounds(State(site): State<Site>, asked: Asked) -> Result<Answer<Vec<Round>>, Problem> {
    Fields::of(&asked, &[])?;
    let rounds = site.hospital().read(wardround_store::Store::round_summaries).await?;
    Ok(Answer(rounds.iter().map(Into::into).collect()))
}

async fn coverage(State(site): State<Site>, asked: Asked) -> Result<Answer<One<Covered>>, Problem> {
    Fields::of(&asked, OF_ROUND)?.place()?;
    let look = |view: &RoundView<'_>| -> Result<_, StoreError> { Ok((view.coverage()?, view.networks()?)) };
    let looked = asked.look(&site, look).await?.ok_or(Problem::NotFound)?;
    let (coverage, networks) = &looked.found;
    Ok(one(&site, looked.round.id, Covered::of(coverage, networks, &looked.round)))
}

async fn intelligence(State(site): State<Site>, asked: Asked) -> Result<Answer<List<Known>>, Problem> {
    Fields::of(&asked, OF_ROUND)?.place()?;
    let look = |view: &RoundView<'_>| -> Result<_, StoreError> {
        Ok(Page { rows: view.intelligence()?, before: None, after: None })
    };
    let looked = asked.look(&site, look).await?.ok_or(Problem::NotFound)?;
    Ok(list(&site, &looked))
}

/// Which devices are asked for.
pub(super) fn device_filter(fields: &Fields<'_>) -> Result<DeviceFilter, Problem> {
    Ok(DeviceFilter {
        class: fields.code("class", DeviceClass::from_code)?,
        area: fields.code("area", Area::from_code)?,
        worst: fields.code("decision", Worst::from_code)?,
        network: fields.text("network").map(str::to_owned),
        care_area: fields.text("care_area").map(str::to_owned),
        text: fields.text("text").unwrap_or_default().to_owned(),
    })
}

async fn devices(State(site): State<Site>, asked: Asked) -> Result<Answer<List<Device>>, Problem> {
    let fields = Fields::of(&asked, DEVICES)?;
    let filter = device_filter(&fields)?;
    let sort = fields.code("sort", DeviceSort::from_code)?.unwrap_or_default();
    let (rows, (round, turn)) = (fields.rows()?, fields.place()?);
    let look = move |view: &RoundView<'_>| view.devices(&filter, sort, turn, rows);
    let looked = asked.look_at(&site, round, look).await?.ok_or(Problem::NotFound)?;
    Ok(list(&site, &looked))
}

async fn device(
    State(site): State<Site>,
    Path(text): Path<String>,
    asked: Asked,
) -> Result<Answer<One<DeviceWhole>>, Problem> {
    Fields::of(&asked, OF_ROUND)?.place()?;
    let id = text.strip_prefix("A-").and_then(|digest| digest.parse().ok()).map(AssetId);
    let id = id.ok_or(Problem::NotFound)?;
    let looked = asked.look(&site, move |view| view.device(id)).await?.ok_or(Problem::NotFound)?;
    let found = looked.found.ok_or(Problem::NotFound)?;
    Ok(one(&site, looked.round.id, (&found).into()))
}

/// Which findings are asked for.
pub(super) fn finding_filter(fields: &Fields<'_>) -> Result<FindingFilter, Problem> {
    let of_device = |text: &str| text.strip_prefix("A-")?.parse().ok().map(AssetId);
    Ok(FindingFilter {
        decision: fields.code("decision", Decision::from_code)?,
        kind: fields.code("kind", FindingKind::from_code)?,
        owner: fields.code("owner", Role::from_code)?,
        asset: fields.code("device", of_device)?,
        cve: fields.code("cve", |text| text.to_uppercase().parse().ok())?,
        group: fields.code("group", |text| text.parse().ok())?,
        text: fields.text("text").unwrap_or_default().to_owned(),
    })
}

async fn findings(State(site): State<Site>, asked: Asked) -> Result<Answer<List<Weak>>, Problem> {
    let fields = Fields::of(&asked, FINDINGS)?;
    let filter = finding_filter(&fields)?;
    let (rows, (round, turn)) = (fields.rows()?, fields.place()?);
    let look = move |view: &RoundView<'_>| view.findings(&filter, turn, rows);
    let looked = asked.look_at(&site, round, look).await?.ok_or(Problem::NotFound)?;
    Ok(list(&site, &looked))
}

async fn finding(
    State(site): State<Site>,
    Path(text): Path<String>,
    asked: Asked,
) -> Result<Answer<One<WeakWhole>>, Problem> {
    Fields::of(&asked, OF_ROUND)?.place()?;
    let id = text.strip_prefix("F-").and_then(|digest| digest.parse().ok()).map(FindingId);
    let id = id.ok_or(Problem::NotFound)?;
    let looked = asked.look(&site, move |view| view.finding(id)).await?.ok_or(Problem::NotFound)?;
    let found = looked.found.ok_or(Problem::NotFound)?;
    Ok(one(&site, looked.round.id, (&found.finding).into()))
}

async fn conversations(State(site): State<Site>, asked: Asked) -> Result<Answer<List<Talk>>, Problem> {
    let fields = Fields::of(&asked, TALKS)?;
    let from = fields.code("from", Zone::from_code)?;
    let (Some(from), Some(to)) = (from, fields.code("to", Zone::from_code)?) else {
        return Err(Problem::Bad("Say from which part of the hospital (from) to which (to).".to_owned()));
    };
    let (rows, (round, turn)) = (fields.rows()?, fields.place()?);
    let look = move |view: &RoundView<'_>| view.flows(from, to, turn, rows);
    let looked = asked.look_at(&site, round, look).await?.ok_or(Problem::NotFound)?;
    Ok(list(&site, &looked))
}

async fn task(
    State(site): State<Site>,
    Path(text): Path<String>,
    asked: Asked,
) -> Result<Answer<One<Job>>, Problem> {
    Fields::of(&asked, &[])?;
    task_as_it_stands(&site, tasks::id(&text).ok_or(Problem::NotFound)?).await
}

/// A task, as reading it tells it.
pub(super) async fn task_as_it_stands(site: &Site, id: TaskId) -> Result<Answer<One<Job>>, Problem> {
    let desk = site.hospital().desk(&site.policy).await?;
    let round = desk.round().ok_or(Problem::NotFound)?;
    let row = desk.row(id).ok_or(Problem::NotFound)?;
    Ok(one(site, round, Job::from(&**row)))
}

/// The tag of a task, as reading it tells it.
pub(crate) async fn tag_of_task(site: &Site, id: TaskId) -> Result<String, Problem> {
    tag_of(&task_as_it_stands(site, id).await?.0)
}
