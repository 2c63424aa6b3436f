//! People: who may sign in, inviting others, another role or end, closing accounts.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use wardround_model::Timestamp;
use wardround_report::page::{day, day_and_time};
use wardround_store::{Account, AccountId, Invitation, Store};

use crate::asks::Sent;
use crate::condition::Condition;
use crate::deeds::people::{self, LONGEST_AUDIT_DAYS};
use crate::layout::{self, Page, form_token};
use crate::problem::Problem;
use crate::roles::{Permission, SiteRole};
use crate::routes::{Menu, Needs, Route};
use crate::session::Person;
use crate::site::{Peer, Site, now};

const NEEDS: Needs = Needs::May(Permission::ManagePeople);

const PATH: &str = "/people";

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get(NEEDS, "/people", show).in_menu(Menu::People).logged("people.list"),
        Route::post(NEEDS, "/people/invite", "people.invite", invite),
        Route::post(NEEDS, "/people/invited/{invitation}/withdraw", "people.withdraw", withdraw),
        Route::post(NEEDS, "/people/{account}/change", "people.change", change),
        Route::post(NEEDS, "/people/{account}/close", "people.close", close),
        Route::post(NEEDS, "/people/{account}/sign-out", "people.sign-out", sign_out),
    ]
}

async fn show(State(site): State<Site>, person: Person) -> Result<Page, Problem> {
    let at = now();
    let read = move |store: &Store| Ok((store.account_list()?, store.invitation_list(at)?));
    let (accounts, invited) = site.home.read(read).await?;
    Ok(layout::page(
        &site,
        &person,
        Some(Menu::People),
        "People",
        &html! {
            (table(&person, &accounts))
            (waiting(&person, &invited))
            (invitation(&person, None))
        },
    ))
}

fn table(person: &Person, accounts: &[Account]) -> Markup {
    let now = now();
    html! {
        section aria-labelledby="accounts" {
            h2 id="accounts" { "Accounts" }
            div class="scroll" tabindex="0" role="region" aria-label="Table" { table {
                thead { tr { th scope="col" { "Name" } th scope="col" { "Role" } th scope="col" { "Since" } th scope="col" { "Until" } } }
                tbody {
                    @for account in accounts {
                        tr {
                            th scope="row" { (account.kept.name) }
                            td { (SiteRole::from_code(&account.kept.role).map_or("Unknown", SiteRole::label)) }
                            td class="nowrap" { (day(account.kept.made_at)) }
                            td class="nowrap" {
                                @if let Some(closed) = account.closed_at { "closed " (day(closed)) }
                                @else if let Some(ends) = account.kept.ends_at { (day(ends)) }
                                @else { "open" }
                            }
                        }
                        @if account.closed_at.is_none() && account.id != person.account {
                            tr class="deeds" { td colspan="4" { div { (other(person, account)) (leaving(person, account, now)) } } }
                        }
                    }
                }
            } }
        }
    }
}

/// Closing an account, and ending its sessions.
fn leaving(person: &Person, account: &Account, now: Timestamp) -> Markup {
    let path = |deed: &str| format!("/people/{}/{deed}", account.id.0);
    html! {
        @if account.is_open_at(now) { div class="row" {
            form method="post" action=(path("close")) {
                (form_token(person))
                button class="quiet" { "Close" span class="aside" { " the account of " (account.kept.name) } }
            }
            form method="post" action=(path("sign-out")) {
                (form_token(person))
                button class="quiet" { "Sign out" span class="aside" { " " (account.kept.name) " everywhere" } }
            }
        } }
    }
}

/// The form for another role or end.
fn other(person: &Person, account: &Account) -> Markup {
    // The last day on which it works is the one before the moment of its end.
    let last =
        account.kept.ends_at.map(|end| Timestamp::from_nanoseconds(end.nanoseconds().saturating_sub(1)));
    let last = last.map(|last| last.to_string()).and_then(|text| text.get(..10).map(str::to_owned));
    html! {
        details {
            summary { "Change" span class="aside" { " role or end of " (account.kept.name) } }
            form class="fields" method="post" action={ "/people/" (account.id.0) "/change" } {
                (form_token(person))
                label {
                    "Role"
                    select name="role" { @for role in SiteRole::ALL { option value=(role.code()) selected[account.kept.role == role.code()] { (role.label()) } } }
                }
                label { "Last day" span class="hint" { "Empty: it has no end. An auditor must have one." } input type="date" name="last-day" value=[last]; }
                div { button { "Save" } }
            }
        }
    }
}

/// Invitations that nobody has used yet.
fn waiting(person: &Person, invited: &[Invitation]) -> Markup {
    html! {
        @if !invited.is_empty() {
            section aria-labelledby="invited" {
                h2 id="invited" { "Invited, and not here yet" }
                div class="scroll" tabindex="0" role="region" aria-label="Invitations" { table {
                    thead { tr { th scope="col" { "Role" } th scope="col" { "Code works until (UTC)" } th scope="col" { span class="aside" { "Take back" } } } }
                    tbody { @for one in invited { tr {
                        th scope="row" { (SiteRole::from_code(&one.role).map_or("Unknown", SiteRole::label)) }
                        td class="nowrap" { (day_and_time(one.until)) }
                        td { form method="post" action={ "/people/invited/" (people::name_of(one)) "/withdraw" } {
                            (form_token(person))
                            button class="quiet" { "Take back" span class="aside" { " the invitation" } }
                        } }
                    } } }
                } }
            }
        }
    }
}

fn invitation(person: &Person, error: Option<&str>) -> Markup {
    html! {
        section aria-labelledby="invite" {
            h2 id="invite" { "Invite somebody" }
            (layout::error_summary(error))
            p { "You get a one-time code. Give it to them in person or by phone. It works once, within two days." }
            form class="fields panel" method="post" action="/people/invite" {
                (form_token(person))
                fieldset {
                    legend { "Role" }
                    @for role in SiteRole::ALL {
                        label class="choice" {
                            input type="radio" name="role" value=(role.code()) required;
                            " " (role.label()) " " span class="hint" { (role.may_in_words()) }
                        }
                    }
                }
                label {
                    "Days until the account ends"
                    span class="hint" { "An auditor must have an end. Leave it empty for the others, unless they leave." }
                    input type="number" name="days" min="1" max=(LONGEST_AUDIT_DAYS);
                }
                div { button { "Invite" } }
            }
        }
    }
}

async fn invite(State(site): State<Site>, person: Person, peer: Peer, sent: Sent) -> Result<Page, Problem> {
    let invited = people::invite(&site, &person, peer.address(), &sent).await?;
    Ok(layout::page(
        &site,
        &person,
        Some(Menu::People),
        "Invitation",
        &html! {
            p { "One-time code for the role " strong { (invited.role.label()) } ":" }
            p class="code panel" { (invited.code) }
            p { "They open this site, choose " strong { "Join here" } ", and type it. It is not shown again." }
            p { a href=(PATH) { "Back to people" } }
        },
    ))
}

async fn withdraw(State(site): State<Site>, Path(name): Path<String>) -> Result<Response, Problem> {
    people::withdraw(&site, &name).await?;
    Ok(Redirect::to(PATH).into_response())
}

async fn change(
    State(site): State<Site>,
    person: Person,
    peer: Peer,
    Path(account): Path<i64>,
    sent: Sent,
) -> Result<Response, Problem> {
    let (id, any) = (AccountId(account), Condition::default());
    people::change(&site, &person, peer.address(), id, &sent, any).await?;
    Ok(Redirect::to(PATH).into_response())
}

/// Ends all sessions of somebody; they may sign in again.
async fn sign_out(
    State(site): State<Site>,
    person: Person,
    Path(account): Path<i64>,
) -> Result<Response, Problem> {
    people::sign_out(&site, &person, AccountId(account)).await?;
    Ok(Redirect::to(PATH).into_response())
}

async fn close(
    State(site): State<Site>,
    person: Person,
    Path(account): Path<i64>,
) -> Result<Response, Problem> {
    people::close(&site, &person, AccountId(account)).await?;
    Ok(Redirect::to(PATH).into_response())
}
