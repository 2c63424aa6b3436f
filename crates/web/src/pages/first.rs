//! What *Today* shows before the first round: the doors in.

use maud::{Markup, html};

use crate::layout::form_token;
use crate::pages::import;
use crate::roles::Permission;
use crate::session::Person;

/// The doors that this person may open.
pub(crate) fn doors(person: &Person, is_running: bool) -> Markup {
    html! {
        p class="lead" { "There is no round yet. A round reads what you have, says what is weak, and what to do first." }
        @if is_running { div class="notice" { p { "The first round runs now. " a href="/rounds/now" { "Watch it" } } } }
        div class="columns" {
            @if person.may(Permission::Import) {
                section aria-labelledby="drop" {
                    h2 id="drop" { "Start with what you have" }
                    p { "A list of computers, leases or equipment, or traffic recorded at a mirror port. You see what it says before anything is kept." }
                    (import::sending(person))
                }
            }
            @if person.may(Permission::ChangeSettings) {
                section aria-labelledby="demo" {
                    h2 id="demo" { "Look at a demo hospital first" }
                    p { "A small hospital that is made up, with its lists and a quarter of an hour of traffic. One press deletes it again." }
                    form method="post" action="/demo/show" { (form_token(person)) button { "Show the demo" } }
                }
            }
        }
        section aria-labelledby="cannot" {
            h2 id="cannot" { "What Wardround cannot see yet" }
            ul {
                li { "These pages do not listen at a network. " code { "wardround watch" } " does, into the same store. Or record traffic at a mirror port and give it the file." }
                li { "A device that says nothing while you record, and is on no list, is not seen." }
                li { "What is encrypted stays closed: who talks is seen, what is said is not." }
            }
        }
    }
}
