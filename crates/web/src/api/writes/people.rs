//! People: who may sign in, inviting, another role or end, closing. Passwords and second factors are never here.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use wardround_store::{Account, AccountId, Invitation, Store};

use super::super::answer::{Answer, Tagged, tag_of};
use super::super::asked::Fields;
use super::super::fields::{Field, Kind};
use super::super::operations::{Conditional, Operation};
use super::Done;
use crate::asked::Asked;
use crate::asks::Sent;
use crate::condition::Condition;
use crate::deeds::people::{self, Invited, LONGEST_AUDIT_DAYS};
use crate::problem::Problem;
use crate::roles::{Permission, SiteRole};
use crate::routes::Verb;
use crate::session::Person;
use crate::site::{Peer, Site, now};

const PATH: &str = "/api/v1/people/{account}";
const ROLE: Field = Field::must(
    "role",
    "Their role. A program makes nobody an administrator.",
    Kind::Code(|| SiteRole::ALL.iter().map(|role| role.code()).collect()),
);
#[expect(clippy::cast_possible_truncation, reason = "a year of days")]
const DAYS: Field = Field::may(
    "days",
    "In how many days the account ends, from 1; an auditor's must.",
    Kind::Number(LONGEST_AUDIT_DAYS as u32),
);
const INVITED: &[Field] = &[ROLE, DAYS];
const CHANGED: &[Field] = &[
    ROLE,
    Field::may(
        "last_day",
        "The last day on which the account works; absent: it has no end. An auditor's has.",
        Kind::Day,
    ),
];

/// Somebody who may sign in, or could.
#[derive(Serialize, JsonSchema)]
struct Somebody {
    /// The id of the account, such as "P-3".
    id: String,
    /// What they sign in with.
    name: String,
    role: String,
    made_at: String,
    /// When the account ends by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_at: Option<String>,
    /// When somebody closed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_at: Option<String>,
}

impl From<&Account> for Somebody {
    fn from(from: &Account) -> Self {
        Self {
            id: from.id.to_string(),
            name: from.kept.name.clone(),
            role: from.kept.role.clone(),
            made_at: from.kept.made_at.to_string(),
            ends_at: from.kept.ends_at.map(|at| at.to_string()),
            closed_at: from.closed_at.map(|at| at.to_string()),
        }
    }
}

/// All accounts, the oldest first; also those that were closed.
#[derive(Serialize, JsonSchema)]
struct People {
    items: Vec<Somebody>,
}

/// An invitation that nobody has used yet.
#[derive(Serialize, JsonSchema)]
struct Unused {
    /// Its id.
    id: String,
    role: String,
    /// How long its code works.
    until: String,
    /// When the account will end.
    #[serde(skip_serializing_if = "Option::is_none")]
    account_ends_at: Option<String>,
}

impl From<&Invitation> for Unused {
    fn from(from: &Invitation) -> Self {
        Self {
            id: people::name_of(from).to_owned(),
            role: from.role.clone(),
            until: from.until.to_string(),
            account_ends_at: from.account_ends_at.map(|at| at.to_string()),
        }
    }
}

/// Invitations that nobody has used yet.
#[derive(Serialize, JsonSchema)]
struct Invitations {
    items: Vec<Unused>,
}

/// Somebody is invited: give them the code in person or by phone.
#[derive(Serialize, JsonSchema)]
struct Code {
    /// The one-time code. It is told once.
    code: String,
    role: &'static str,
    /// How long the code works.
    until: String,
    /// When the account will end.
    #[serde(skip_serializing_if = "Option::is_none")]
    account_ends_at: Option<String>,
}

impl From<Invited> for Code {
    fn from(from: Invited) -> Self {
        Self {
            code: from.code,
            role: from.role.code(),
            until: from.until.to_string(),
            account_ends_at: from.ends_at.map(|at| at.to_string()),
        }
    }
}

pub(super) fn operations() -> Vec<Operation> {
    let may = Permission::ManagePeople;
    vec![
        Operation::new::<People, _, _>(
            "people.list",
            "Who may sign in, and who could.",
            may,
            "/api/v1/people",
            &[],
            list,
        ),
        Operation::new::<Somebody, _, _>("people.get", "One account.", may, PATH, &[], show),
        Operation::change::<Somebody, _, _>(
            "people.change",
            "Give somebody another role or end. Not yourself, and no administrator.",
            may,
            (Verb::Put, PATH),
            CHANGED,
            change,
        )
        .unless_changed(Conditional::Must),
        Operation::change::<Somebody, _, _>(
            "people.close",
            "Close an account: its sessions and tokens end at once. Not your own, and none of an administrator.",
            may,
            (Verb::Post, "/api/v1/people/{account}/close"),
            &[],
            close,
        ),
        Operation::change::<Somebody, _, _>(
            "people.sign-out",
            "End all sessions of somebody, who may sign in again. Not your own, and none of an administrator.",
            may,
            (Verb::Post, "/api/v1/people/{account}/sign-out"),
            &[],
            sign_out,
        ),
        Operation::new::<Invitations, _, _>(
            "people.invitations",
            "Invitations that nobody has used yet.",
            may,
            "/api/v1/invitations",
            &[],
            invitations,
        ),
        Operation::change::<Code, _, _>(
            "people.invite",
            "Invite somebody. The code that is answered works once, within two days.",
            may,
            (Verb::Post, "/api/v1/invitations"),
            INVITED,
            invite,
        )
        .answers(StatusCode::CREATED)
        .secret(),
        Operation::change::<Done, _, _>(
            "people.withdraw",
            "Take an invitation back that nobody has used.",
            may,
            (Verb::Delete, "/api/v1/invitations/{invitation}"),
            &[],
            withdraw,
        ),
    ]
}

/// The tag of an account, as reading it tells it.
pub(crate) fn tag_of_person(account: &Account) -> Result<String, Problem> {
    tag_of(&Somebody::from(account))
}

fn told(account: &Account) -> Result<Tagged<Somebody>, Problem> {
    Ok(Tagged(tag_of_person(account)?, account.into()))
}

fn id(text: &str) -> Result<AccountId, Problem> {
    text.parse().map_err(|()| Problem::NotFound)
}

async fn list(State(site): State<Site>, asked: Asked) -> Result<Answer<People>, Problem> {
    Fields::of(&asked, &[])?;
    let all = site.home.read(Store::account_list).await?;
    Ok(Answer(People { items: all.iter().map(Into::into).collect() }))
}

async fn show(
    State(site): State<Site>,
    Path(text): Path<String>,
    asked: Asked,
) -> Result<Answer<Somebody>, Problem> {
    Fields::of(&asked, &[])?;
    let id = id(&text)?;
    let account = site.home.read(move |store| store.account_get(id)).await?.ok_or(Problem::NotFound)?;
    Ok(Answer((&account).into()))
}

async fn change(
    State(site): State<Site>,
    person: Person,
    peer: Peer,
    Path(text): Path<String>,
    condition: Condition,
    sent: Sent,
) -> Result<Tagged<Somebody>, Problem> {
    let condition = condition.required()?;
    told(&people::change(&site, &person, peer.address(), id(&text)?, &sent, condition).await?)
}

async fn close(
    State(site): State<Site>,
    person: Person,
    Path(text): Path<String>,
) -> Result<Answer<Somebody>, Problem> {
    Ok(Answer((&people::close(&site, &person, id(&text)?).await?).into()))
}

async fn sign_out(
    State(site): State<Site>,
    person: Person,
    Path(text): Path<String>,
) -> Result<Answer<Somebody>, Problem> {
    Ok(Answer((&people::sign_out(&site, &person, id(&text)?).await?).into()))
}

async fn invitations(State(site): State<Site>, asked: Asked) -> Result<Answer<Invitations>, Problem> {
    Fields::of(&asked, &[])?;
    let at = now();
    let all = site.home.read(move |store| store.invitation_list(at)).await?;
    Ok(Answer(Invitations { items: all.iter().map(Into::into).collect() }))
}

async fn invite(
    State(site): State<Site>,
    person: Person,
    peer: Peer,
    sent: Sent,
) -> Result<Answer<Code>, Problem> {
    Ok(Answer(people::invite(&site, &person, peer.address(), &sent).await?.into()))
}

async fn withdraw(State(site): State<Site>, Path(name): Path<String>) -> Result<Answer<Done>, Problem> {
    people::withdraw(&site, &name).await?;
    Ok(Answer(Done::yes()))
}
