//! Somebody's API tokens: make one, which is shown once, and end it.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use wardround_report::page::{count, day, day_and_time};
use wardround_store::Token;

use crate::asks::Sent;
use crate::layout::{self, Page, form_token, plain};
use crate::problem::Problem;
use crate::routes::{Needs, Route};
use crate::session::Person;
use crate::site::Site;
use crate::tokens::{self, LONGEST_DAYS, LONGEST_NAME, MOST, Scope};

const PATH: &str = "/account/tokens";
/// Days that are offered.
const DAYS: [i64; 5] = [1, 7, 30, 90, LONGEST_DAYS];
/// The days that are chosen unless others are.
const USUAL_DAYS: i64 = 90;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get(Needs::SignedIn, PATH, show),
        Route::post(Needs::SignedIn, "/account/tokens", "token.make", make),
        Route::post(Needs::SignedIn, "/account/tokens/{token}/end", "token.end", end),
    ]
}

async fn show(State(site): State<Site>, person: Person) -> Result<Page, Problem> {
    let working = tokens::working(&site, &person).await?;
    let body = html! {
        p { "A program shows a token instead of signing in. It does no more than you may, and no more than you choose here. It ends with your account. All that it asks is in the log under your name." }
        (list(&person, &working))
        section aria-labelledby="make" {
            h2 id="make" { "Make a token" }
            @if working.len() < MOST { (form(&person)) } @else { p { "You have " (MOST) " that work. End one first." } }
        }
        p { "What can be asked, and how: " a href="/api/v1/openapi.json" { "description of the API (OpenAPI)" } "." }
    };
    Ok(layout::page(&site, &person, None, "Tokens for programs", &body))
}

fn list(person: &Person, working: &[Token]) -> Markup {
    html! {
        @if working.is_empty() { p { "You have none." } }
        @else {
            div class="scroll" { table class="list" {
                caption class="aside" { "Your tokens that work" }
                thead { tr { th scope="col" { "Name" } th scope="col" { "May" } th scope="col" { "Ends" } th scope="col" { "Last used (UTC)" } th scope="col" { "" span class="aside" { "End it" } } } }
                tbody { @for token in working { tr {
                    th scope="row" { (plain(&token.name)) " " span class="soft" { "(" (token.id) ")" } }
                    td { (Scope::from_code(&token.scope).map_or("nothing", Scope::label)) }
                    td { (day(token.until)) }
                    td { @match token.used_at { Some(at) => { (day_and_time(at)) } None => { "never" } } }
                    td { form method="post" action={ (PATH) "/" (token.id) "/end" } class="inline" { (form_token(person)) button class="quiet" { "End it" span class="aside" { " " (token.id) } } } }
                } } }
            } }
        }
    }
}

fn form(person: &Person) -> Markup {
    html! {
        form class="fields panel" method="post" action=(PATH) {
            (form_token(person))
            label { "Name" span class="hint" { "What it is for, such as the ticket system." } input name="name" required maxlength=(LONGEST_NAME); }
            label { "May" select name="scope" { @for scope in Scope::ALL.iter().filter(|scope| scope.may_be_given_by(person.role)) { option value=(scope.code()) { (scope.label()) } } } }
            label { "Ends after" select name="days" { @for days in DAYS { option value=(days) selected[days == USUAL_DAYS] { (count(days.unsigned_abs(), "day", "days")) } } } }
            div { button { "Make it" } }
        }
    }
}

async fn make(State(site): State<Site>, person: Person, sent: Sent) -> Result<Response, Problem> {
    let name = sent.text("name").to_owned();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(Problem::Bad(format!("Name the token, in at most {LONGEST_NAME} characters.")));
    }
    let scope = Scope::from_code(sent.text("scope")).filter(|scope| scope.may_be_given_by(person.role));
    let days = sent.text("days").parse().ok().filter(|days| (1..=LONGEST_DAYS).contains(days));
    let (Some(scope), Some(days)) = (scope, days) else {
        return Err(Problem::Bad("Choose what it may, and after how many days it ends.".to_owned()));
    };
    if days > scope.longest_days() {
        let longest = count(scope.longest_days().unsigned_abs(), "day", "days");
        return Err(Problem::Bad(format!("A token for people and settings ends after {longest} at most.")));
    }
    if tokens::working(&site, &person).await?.len() >= MOST {
        return Err(Problem::Bad(format!("You have {MOST} tokens that work. End one first.")));
    }
    let token = tokens::make(&site, &person, &name, scope, days).await?;
    let body = html! {
        div class="notice good" { p { "The token is made. Copy it now: it is not shown again." } }
        p { code class="code" { (token) } }
        p { "Try it:" }
        pre { "curl --header \"Authorization: Bearer TOKEN\" https://THIS-SITE/api/v1/rounds" }
        p { a class="button" href=(PATH) { "I have it" } }
    };
    Ok(layout::page(&site, &person, None, "Keep this token", &body).into_response())
}

async fn end(
    State(site): State<Site>,
    person: Person,
    Path(text): Path<String>,
) -> Result<Response, Problem> {
    let id = text.parse().map_err(|()| Problem::NotFound)?;
    if tokens::end(&site, &person, id).await? {
        Ok(Redirect::to(PATH).into_response())
    } else {
        Err(Problem::NotFound)
    }
}
