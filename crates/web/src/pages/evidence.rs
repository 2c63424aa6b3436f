//! *Evidence*: the fact, the traffic or the word that a reason rests on.

use axum::extract::{Path, State};
use maud::{Markup, html};
use wardround_model::{ConversationId, Coverage, Evidence, Ground, ObservationId, StatementId};
use wardround_report::page::{count, day_and_time, number};
use wardround_store::StoreError;
use wardround_store::view::{Flow, FlowEnd, Proof, RoundView};

use crate::asked::{Asked, Looked};
use crate::layout::{self, Page, plain};
use crate::pages::parts;
use crate::pages::say::said;
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::{Needs, Route};
use crate::session::Person;
use crate::site::Site;

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get(Needs::May(Permission::See), "/evidence/{ground}", show)]
}

async fn show(
    State(site): State<Site>,
    person: Person,
    Path(text): Path<String>,
    asked: Asked,
) -> Result<Page, Problem> {
    let ground = ground(&text).ok_or(Problem::NotFound)?;
    let look =
        move |view: &RoundView<'_>| -> Result<_, StoreError> { Ok((view.proof(ground)?, view.coverage()?)) };
    let looked = asked.look(&site, look).await?.ok_or(Problem::NotFound)?;
    let body = html! {
        (parts::of_round(&looked))
        @match &looked.found.0 {
            Some(proof) => { (told(&asked, proof, &looked.found.1)) }
            None => { p { "This round has nothing of that name any more: its value may be one that is no longer kept." } }
        }
    };
    let _: &Looked<_> = &looked;
    Ok(layout::page(&site, &person, None, &format!("Evidence {ground}"), &body))
}

/// The ground that an address names.
pub(crate) fn ground(text: &str) -> Option<Ground> {
    let digest = |prefix| text.strip_prefix(prefix)?.parse().ok();
    let observation = digest("O-").map(|digest| Ground::Observation(ObservationId(digest)));
    let conversation = || digest("C-").map(|digest| Ground::Conversation(ConversationId(digest)));
    let statement = || Some(Ground::Statement(StatementId(text.strip_prefix("S-")?.parse().ok()?)));
    observation.or_else(conversation).or_else(statement)
}

fn told(asked: &Asked, proof: &Proof, coverage: &Coverage) -> Markup {
    match proof {
        Proof::Observation(observation) => html! {
            p { "A fact that was seen on the network, or that a list holds." }
            dl {
                dt { "About" } dd { code { (observation.subject) } }
                dt { "Fact" } dd { code { (observation.fact.kind().code()) } }
                dt { "Value" } dd { code { (plain(observation.fact.value())) } }
                dt { "First" } dd { (source(coverage, observation.first.evidence)) ", " (day_and_time(observation.first.at)) " UTC" }
                dt { "Last" } dd { (day_and_time(observation.last)) " UTC" }
                dt { "Seen" } dd { (count(observation.count, "time", "times")) }
            }
        },
        Proof::Flow(flow) => html! { p { "Traffic that was seen." } (self::flow(asked, flow, coverage)) },
        Proof::Statement(statement) => html! {
            p { "What a person said." }
            dl {
                dt { "Of" } dd { a href=(asked.of_round(&format!("/devices/{}", statement.asset))) { (statement.asset) } }
                dt { "Said" } dd { (said(&statement.says)) }
                dt { "Why" } dd { (plain(&statement.because)) }
                dt { "By" } dd { (statement.by.label()) ", " (day_and_time(statement.at)) " UTC" }
            }
        },
    }
}

/// A packet of a capture or a row of a list.
pub(crate) fn source(coverage: &Coverage, evidence: Evidence) -> String {
    let source = coverage.sources.get(usize::from(evidence.source.0));
    let name = source.map_or_else(|| "a source".to_owned(), |source| plain(&source.name));
    let (what, _) = source.map_or(wardround_model::SourceKind::Capture, |source| source.kind).record();
    format!("{what} {} of {name}", number(evidence.record))
}

fn flow(asked: &Asked, flow: &Flow, coverage: &Coverage) -> Markup {
    let talk = &flow.conversation;
    let end = |end: &Option<FlowEnd>| html! { @if let Some(end) = end { ", " (parts::device(asked, end.id, &end.title)) } };
    html! {
        dl {
            dt { "Who asked" } dd { code { (talk.client) } (end(&flow.client)) }
            dt { "Who was asked" } dd { code { (talk.server) } (end(&flow.server)) }
            dt { "What is spoken" } dd { (talk.protocol.map_or("not recognised", wardround_model::Protocol::label)) }
            dt { "Connections" } dd { (number(talk.connections)) }
            dt { "Sent" } dd { (count(talk.to_server.bytes, "byte", "bytes")) " there, " (number(talk.to_client.bytes)) " back" }
            dt { "First" } dd { (source(coverage, talk.first.evidence)) ", " (day_and_time(talk.first.at)) " UTC" }
            dt { "Last" } dd { (day_and_time(talk.last)) " UTC" }
            dt { "Hours with packets" } dd { (talk.active) ", UTC" }
        }
    }
}
