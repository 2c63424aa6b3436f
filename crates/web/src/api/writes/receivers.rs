//! Whom the site tells by itself: mail for people, webhooks and syslog for programs. Secrets go in, and do not come out again.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use wardround_notice::Way;
use wardround_store::{KeptReceiver, Store};

use super::super::answer::Answer;
use super::super::asked::Fields;
use super::super::fields::{Field, Kind};
use super::super::operations::Operation;
use super::Done;
use crate::asked::Asked;
use crate::asks::Sent;
use crate::deeds::receivers::{self, By};
use crate::layout::plain;
use crate::notices::{self, LONGEST_NAME};
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::Verb;
use crate::site::Site;

const PATH: &str = "/api/v1/receivers/{receiver}";
/// Addresses of one mail.
const MOST_ADDRESSES: usize = 20;
/// The longest certificates, as PEM.
const LONGEST_CERTIFICATES: usize = 20_000;
const NAME: Field = Field::must("name", "What you call it.", Kind::Line(LONGEST_NAME));
const HOST: Field = Field::must("host", "The server, by its name or address.", Kind::Line(253));
const PORT: Field = Field::must("port", "Its port, from 1.", Kind::Number(65_535));
const INSIDE: Field = Field::may(
    "inside",
    "It is inside the hospital: without this, addresses inside are refused.",
    Kind::Flag,
);
const NAMES: Field =
    Field::may("names", "Devices and weaknesses are named: without this, only numbers are told.", Kind::Flag);
const TRUSTED: Field = Field::may(
    "trusted",
    "Its certificate as PEM, if it has one that this computer does not trust. Then only this one is trusted.",
    Kind::Line(LONGEST_CERTIFICATES),
);
const SITE: Field = Field::may("site", "The address of this site, for links; absent: none.", Kind::Line(300));
const MAIL: &[Field] = &[
    NAME,
    Field::must(
        "to",
        "Addresses that it goes to.",
        Kind::Lines { most: MOST_ADDRESSES, longest: 254, least: 1, form: "to" },
    ),
    Field::must("from", "An address that your mail server takes.", Kind::Line(254)),
    HOST,
    PORT,
    Field::must(
        "protection",
        "How it is protected; `none` only for this computer.",
        Kind::Code(|| vec!["starttls", "tls", "none"]),
    ),
    Field::may("login", "The name of a login, if it asks for one.", Kind::Line(500)),
    Field::may("password", "Its password. It is never told again.", Kind::Secret(500)),
    INSIDE,
    NAMES,
    TRUSTED,
    SITE,
];
const WEBHOOK: &[Field] = &[
    NAME,
    Field::must("url", "The address; it begins with https:// and is never told again.", Kind::Secret(1_300)),
    INSIDE,
    NAMES,
    TRUSTED,
    SITE,
];
const SYSLOG: &[Field] = &[
    NAME,
    HOST,
    PORT,
    Field::may("plain", "Without TLS: only for this computer.", Kind::Flag),
    INSIDE,
    NAMES,
    TRUSTED,
    SITE,
];

/// Somebody that the site tells by itself.
#[derive(Serialize, JsonSchema)]
struct Receiver {
    /// Its id, such as "N-3".
    id: String,
    /// `mail`, `webhook` or `syslog`.
    kind: String,
    name: String,
    /// Where it is; absent where that can't be read with the key of this site: remove it then, and add it anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    reached: Option<ReachedAt>,
    made_at: String,
    /// Since when it is switched off.
    #[serde(skip_serializing_if = "Option::is_none")]
    off_since: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_told: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<Trouble>,
    /// Notices that wait for it.
    waiting: u64,
    /// Notices that it was never told, because it was too long or too much.
    lost: u64,
}

/// How somebody is reached, without secrets.
#[derive(Serialize, JsonSchema)]
struct ReachedAt {
    host: String,
    port: u16,
    /// Addresses of mail.
    to: Vec<String>,
    /// Whether it may be an address inside the hospital.
    inside: bool,
    /// Whether devices and weaknesses are named.
    names: bool,
}

/// Why somebody could not be told.
#[derive(Serialize, JsonSchema)]
struct Trouble {
    at: String,
    text: String,
}

impl Receiver {
    fn of(site: &Site, kept: &KeptReceiver) -> Self {
        let reached = notices::unsealed(site, kept).map(|receiver| {
            let (host, port, to) = match receiver.way {
                Way::Mail(mail) => (mail.host, mail.port, mail.to),
                Way::Webhook(webhook) => (webhook.host, webhook.port, Vec::new()),
                Way::Syslog(syslog) => (syslog.host, syslog.port, Vec::new()),
            };
            ReachedAt { host, port, to, inside: receiver.inside, names: receiver.names }
        });
        let trouble = kept.trouble.as_ref();
        Self {
            id: kept.id.to_string(),
            kind: kept.kind.clone(),
            name: plain(&kept.name),
            reached,
            made_at: kept.made_at.to_string(),
            off_since: kept.off_at.map(|at| at.to_string()),
            last_told: kept.told_at.map(|at| at.to_string()),
            trouble: trouble.map(|(at, text)| Trouble { at: at.to_string(), text: plain(text) }),
            waiting: kept.waiting,
            lost: kept.lost,
        }
    }
}

/// All that the site tells by itself.
#[derive(Serialize, JsonSchema)]
struct Receivers {
    items: Vec<Receiver>,
}

/// Somebody new to be told.
#[derive(Serialize, JsonSchema)]
struct NewReceiver {
    /// Its id, such as "N-3".
    id: String,
    /// The secret that messages of a webhook are signed with (Standard Webhooks). It is told once.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl From<receivers::Added> for NewReceiver {
    fn from(from: receivers::Added) -> Self {
        Self { id: from.id.to_string(), secret: from.secret }
    }
}

/// How a trial went.
#[derive(Serialize, JsonSchema)]
struct Trial {
    /// Whether it was told; look whether it arrived.
    told: bool,
    /// What is to be known of it, or why it could not be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

pub(super) fn operations() -> Vec<Operation> {
    let may = Permission::ChangeSettings;
    let add = |id, about, path, fields, by: By| {
        let add = move |State(site): State<Site>, sent: Sent| add(site, by, sent);
        Operation::change::<NewReceiver, _, _>(id, about, may, (Verb::Post, path), fields, add)
            .answers(StatusCode::CREATED)
            .secret()
    };
    let act = |id, about, path, handler| {
        Operation::change::<Done, _, _>(id, about, may, (Verb::Post, path), &[], handler)
    };
    vec![
        Operation::new::<Receivers, _, _>(
            "receivers.list",
            "Whom the site tells by itself, and how that goes.",
            may,
            "/api/v1/receivers",
            &[],
            list,
        ),
        Operation::new::<Receiver, _, _>("receivers.get", "One of them.", may, PATH, &[], show),
        add("receivers.add-mail", "Tell people by mail.", "/api/v1/receivers/mail", MAIL, By::Mail),
        add(
            "receivers.add-webhook",
            "Tell a program by a webhook.",
            "/api/v1/receivers/webhook",
            WEBHOOK,
            By::Webhook,
        ),
        add(
            "receivers.add-syslog",
            "Tell a program by syslog.",
            "/api/v1/receivers/syslog",
            SYSLOG,
            By::Syslog,
        ),
        Operation::change::<Trial, _, _>(
            "receivers.try",
            "Tell it something now, for a trial.",
            may,
            (Verb::Post, "/api/v1/receivers/{receiver}/try"),
            &[],
            try_now,
        ),
        act(
            "receivers.off",
            "Tell it nothing from now on. What waits for it is thrown away.",
            "/api/v1/receivers/{receiver}/off",
            switch(false),
        ),
        act("receivers.on", "Tell it again.", "/api/v1/receivers/{receiver}/on", switch(true)),
        Operation::change::<Done, _, _>(
            "receivers.remove",
            "Remove it, with all that waits for it.",
            may,
            (Verb::Delete, PATH),
            &[],
            remove,
        ),
    ]
}

async fn list(State(site): State<Site>, asked: Asked) -> Result<Answer<Receivers>, Problem> {
    Fields::of(&asked, &[])?;
    let all = site.home.read(Store::receiver_list).await?;
    Ok(Answer(Receivers { items: all.iter().map(|receiver| Receiver::of(&site, receiver)).collect() }))
}

async fn show(
    State(site): State<Site>,
    Path(text): Path<String>,
    asked: Asked,
) -> Result<Answer<Receiver>, Problem> {
    Fields::of(&asked, &[])?;
    let receiver = receivers::named_by(&site, &text).await?;
    Ok(Answer(Receiver::of(&site, &receiver)))
}

async fn add(site: Site, by: By, sent: Sent) -> Result<Answer<NewReceiver>, Problem> {
    Ok(Answer(receivers::add(&site, by, &sent).await?.into()))
}

async fn try_now(State(site): State<Site>, Path(text): Path<String>) -> Result<Answer<Trial>, Problem> {
    Ok(Answer(match receivers::try_now(&site, &text).await?.went {
        Ok(note) => Trial { told: true, detail: note.map(|note| plain(&note)) },
        Err(why) => Trial { told: false, detail: Some(plain(&why)) },
    }))
}

type Switched = std::pin::Pin<Box<dyn Future<Output = Result<Answer<Done>, Problem>> + Send>>;

/// Switches one on or off.
fn switch(on: bool) -> impl Fn(State<Site>, Path<String>) -> Switched + Clone + Send + Sync + 'static {
    move |State(site), Path(text)| {
        Box::pin(async move {
            receivers::switch(&site, &text, on).await?;
            Ok(Answer(Done::yes()))
        })
    }
}

async fn remove(State(site): State<Site>, Path(text): Path<String>) -> Result<Answer<Done>, Problem> {
    receivers::remove(&site, &text).await?;
    Ok(Answer(Done::yes()))
}
