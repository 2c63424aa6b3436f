//! Naming models: an imaging device or a building controller may be asked its one question once a person named its model.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use wardround_ask::{Named, Question, Saying};

use super::plan::words;
use super::steps::{LONGEST, refuse_demo};
use crate::asks::Sent;
use crate::layout::{form_token, plain};
use crate::problem::Problem;
use crate::roles::Permission;
use crate::session::Person;
use crate::site::Site;

pub(super) fn section(person: &Person, named: &[Saying]) -> Markup {
    html! {
        section aria-labelledby="naming" {
            h2 id="naming" { "Naming models" }
            p { "An imaging device or a building controller can be asked one question, its own, once a person named its model. Two people approve each plan that has it. What treats a patient is asked nothing, whoever names it." }
            @if named.is_empty() {
                p { "No model is named, so nothing medical and no controller is asked." }
            } @else {
                (table(person, named))
            }
            @if person.may(Permission::Ask) {
                details { summary { "Name a model" } (form(person)) }
            }
        }
    }
}

fn table(person: &Person, named: &[Saying]) -> Markup {
    let may = person.may(Permission::Ask);
    html! {
        div class="scroll" { table {
            thead { tr { th scope="col" { "Model" } th scope="col" { "Question" } th scope="col" { "Who and why" } } }
            tbody {
                @for one in named {
                    tr {
                        th scope="row" { (plain(&one.named.model)) }
                        td { (words(one.named.question)) @if !one.named.called.is_empty() { ", called " (plain(&one.named.called)) } }
                        td { p { (plain(&one.by)) ": " (plain(&one.because)) } @if may { (take_back(person, one)) } }
                    }
                }
            }
        } }
    }
}

fn take_back(person: &Person, one: &Saying) -> Markup {
    html! {
        form method="post" action="/ask/name" class="step" {
            (form_token(person))
            input type="hidden" name="model" value=(one.named.model);
            input type="hidden" name="question" value=(one.named.question.code());
            input type="hidden" name="called" value=(one.named.called);
            button name="do" value="remove" class="quiet" aria-label={ "Take back " (plain(&one.named.model)) } { "Take back" }
        }
    }
}

fn form(person: &Person) -> Markup {
    let mut questions = Question::ALL.iter().filter(|question| question.native().is_some());
    let first = questions.next();
    html! {
        form class="fields panel" method="post" action="/ask/name" {
            (form_token(person))
            label { "Model" span class="hint" { "As the page of the device tells it." } input name="model" required maxlength="128" autocomplete="off" spellcheck="false"; }
            fieldset {
                legend { "Its one question" }
                @for question in first.into_iter().chain(questions) {
                    div class="choice" { label class="check" { input type="radio" name="question" value=(question.code()) checked[Some(question) == first] required; " " (sentence(words(*question))) } }
                }
            }
            label { "Called" span class="hint" { "For DICOM: the title of its application, if it takes only its own. Up to 16 letters." } input name="called" maxlength="16" autocomplete="off" spellcheck="false"; }
            label { "Why it does no harm" span class="hint" { "What its maker says, or where it was tried." } input name="because" required maxlength="300"; }
            div { button name="do" value="name" { "Name it" } " " span class="soft" { "Nothing is sent by this." } }
        }
    }
}

/// With a large letter at its beginning.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Names a model, or takes that back.
pub(super) async fn name(State(site): State<Site>, person: Person, sent: Sent) -> Result<Response, Problem> {
    refuse_demo(&site)?;
    let remove = match sent.text("do") {
        "name" => false,
        "remove" => true,
        _ => return Err(Problem::Bad("Say what to do with the model.".to_owned())),
    };
    let question = Question::from_code(sent.text("question"));
    let Some(question) = question.filter(|question| question.native().is_some()) else {
        return Err(Problem::Bad("Choose the one question of this model.".to_owned()));
    };
    let named =
        Named { model: sent.text("model").to_owned(), question, called: sent.text("called").to_owned() };
    named.check().map_err(|error| Problem::Bad(sentence(&format!("{error}."))))?;
    let because: String = match remove {
        true => "taken back".to_owned(),
        false => sent.text("because").chars().take(LONGEST).collect(),
    };
    if because.trim().is_empty() {
        return Err(Problem::Bad("Say why it does no harm.".to_owned()));
    }
    let saying = Saying { named, by: person.name.clone(), because };
    site.asking.step(move |asker| asker.name(saying, remove)).await?;
    Ok(Redirect::to("/ask#naming").into_response())
}
