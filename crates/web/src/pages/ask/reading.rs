//! Reading servers: the site's key, the line that lets it read, and how to go on.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use wardround_ask::reading::permit_line;

use crate::asks::Sent;
use crate::layout::{form_token, plain};
use crate::problem::Problem;
use crate::reading::{KeptKey, make};
use crate::roles::Permission;
use crate::session::Person;
use crate::site::Site;

pub(super) fn section(person: &Person, kept: Option<&KeptKey>) -> Markup {
    html! {
        section aria-labelledby="reading" {
            h2 id="reading" { "Reading servers" }
            p { "A Linux server tells most: which packages it has, and so which holes were mended. Its owner lets this site log in by a key that can do one thing: read." }
            @match kept {
                None => {
                    p { "There is no key yet." }
                    @if person.may(Permission::Ask) { (button(person, "make", "Make a key")) }
                }
                Some(kept) => {
                    p { "The key was made on " (day(kept)) " by " (plain(&kept.by)) ". It is kept sealed, and nobody can look at it." }
                    ol {
                        li { "On each server, make an account: " code { "useradd -m -p '*' wardround" } }
                        li { "Put this one line into its " code { ".ssh/authorized_keys" } ":"
                            label { "Line for the servers" textarea readonly rows="9" { (permit_line(&kept.public)) } } }
                        li { "Make a plan above, and name the servers under " em { "More choices" } "." }
                    }
                    p class="soft" { "With this line the server itself lets the key run the one command that reads, and nothing else. No password is used." }
                    @if person.may(Permission::Ask) {
                        details {
                            summary { "Take the key away, or make a new one" }
                            p { "Servers no longer let this site in then. A new key needs the new line on each of them." }
                            div class="row" { (button(person, "make", "Make a new key")) (button(person, "remove", "Take the key away")) }
                        }
                    }
                }
            }
        }
    }
}

fn button(person: &Person, what: &str, label: &str) -> Markup {
    html! {
        form method="post" action="/ask/key" class="step" { (form_token(person)) button name="do" value=(what) { (label) } }
    }
}

fn day(kept: &KeptKey) -> String {
    kept.made().to_string().chars().take(10).collect()
}

/// Makes a key, or takes it away.
pub(super) async fn key(State(site): State<Site>, person: Person, sent: Sent) -> Result<Response, Problem> {
    super::steps::refuse_demo(&site)?;
    let kept = match sent.text("do") {
        "make" => Some(make(&site.keys, &person.name).map_err(|_| Problem::Fault)?),
        "remove" => None,
        _ => return Err(Problem::Bad("Say what to do with the key.".to_owned())),
    };
    site.asking.step(move |asker| asker.keep_read_key(kept, &person.name)).await?;
    Ok(Redirect::to("/ask#reading").into_response())
}
