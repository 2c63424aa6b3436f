//! What *Today* shows before the first round: the doors in.

use maud::{Markup, html};

use wardround_report::page::count;

use crate::ears::Ear;
use crate::layout::form_token;
use crate::pages::{import, listen};
use crate::roles::Permission;
use crate::session::Person;

/// The doors that this person may open.
pub(crate) fn doors(person: &Person, is_running: bool, ears: &[Ear]) -> Markup {
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
                section aria-labelledby="listen" {
                    h2 id="listen" { "Listen at the network" }
                    @if ears.is_empty() {
                        p { "Let this computer listen at a mirror port of your switch. Nothing is asked of any device. The first devices show within a minute." }
                        p { a class="button" href="/settings/interfaces" { "Choose an interface" } }
                    } @else {
                        div data-again="3" {}
                        @for ear in ears { p { strong { (ear.name) } ": " (listen::how(ear)) " " (count(ear.frames, "packet was", "packets were")) " read." } }
                        p { "The first round runs by itself." }
                        p { a href="/settings/interfaces" { "How it goes" } }
                    }
                }
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
                @if ears.is_empty() { li { "Nothing listens at the network yet. Choose an interface, or record traffic at a mirror port and give it the file." } }
                li { "A device that says nothing while you record, and is on no list, is not seen." }
                li { "What is encrypted stays closed: who talks is seen, what is said is not." }
            }
        }
    }
}
