//! People: who may sign in, inviting others, closing accounts.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use wardround_model::Timestamp;
use wardround_report::page::day;
use wardround_store::{Account, AccountId, Store};

use crate::account;
use crate::asks::Sent;
use crate::layout::{self, Page, form_token};
use crate::problem::Problem;
use crate::roles::{Permission, SiteRole};
use crate::routes::{Menu, Needs, Route};
use crate::session::Person;
use crate::site::{Site, now};

const NEEDS: Needs = Needs::May(Permission::ManagePeople);

/// How long an auditor's account works at most: a year.
const LONGEST_AUDIT_DAYS: i64 = 366;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get(NEEDS, "/people", show).in_menu(Menu::People).logged("people.list"),
        Route::post(NEEDS, "/people/invite", "people.invite", invite),
        Route::post(NEEDS, "/people/{account}/close", "people.close", close),
    ]
}

async fn show(State(site): State<Site>, person: Person) -> Result<Page, Problem> {
    let accounts = site.home.read(Store::account_list).await?;
    Ok(layout::page(
        &site,
        &person,
        Some(Menu::People),
        "People",
        &html! {
            (table(&person, &accounts))
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
                thead { tr { th scope="col" { "Name" } th scope="col" { "Role" } th scope="col" { "Since" } th scope="col" { "Until" } th scope="col" { span class="aside" { "Close" } } } }
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
                            td {
                                @if account.is_open_at(now) && account.id != person.account {
                                    form method="post" action={ "/people/" (account.id.0) "/close" } {
                                        (form_token(person))
                                        button class="quiet" { "Close" span class="aside" { " the account of " (account.kept.name) } }
                                    }
                                }
                            }
                        }
                    }
                }
            } }
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

async fn invite(State(site): State<Site>, person: Person, sent: Sent) -> Result<Page, Problem> {
    let role = SiteRole::from_code(sent.text("role"))
        .ok_or_else(|| Problem::Bad("Choose a role for them.".to_owned()))?;
    let days: Option<i64> =
        sent.text("days").parse().ok().filter(|days| (1..=LONGEST_AUDIT_DAYS).contains(days));
    if (role == SiteRole::Auditor || !sent.text("days").is_empty()) && days.is_none() {
        return Err(Problem::Bad("Say in how many days the account ends: from 1 to 366.".to_owned()));
    }
    let at = |seconds: i64| Timestamp::from_seconds(now().seconds().saturating_add(seconds));
    let code =
        account::invite_from_site(&site, role, at(account::INVITED_FOR), days.map(|days| at(days * 86_400)))
            .await?;
    Ok(layout::page(
        &site,
        &person,
        Some(Menu::People),
        "Invitation",
        &html! {
            p { "One-time code for the role " strong { (role.label()) } ":" }
            p class="code panel" { (code) }
            p { "They open this site, choose " strong { "Join here" } ", and type it. It is not shown again." }
            p { a href="/people" { "Back to people" } }
        },
    ))
}

async fn close(
    State(site): State<Site>,
    person: Person,
    Path(account): Path<i64>,
) -> Result<Response, Problem> {
    if AccountId(account) == person.account {
        return Err(Problem::Bad("You cannot close your own account.".to_owned()));
    }
    let at = now();
    site.home.write(move |store| store.account_close(AccountId(account), at)).await?;
    site.token_ended();
    Ok(Redirect::to("/people").into_response())
}
