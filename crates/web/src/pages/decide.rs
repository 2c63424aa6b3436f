//! What people say and decide of a task, as forms. What becomes of them is decided in [`tasks`].

use std::pin::Pin;

use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use wardround_model::Timestamp;
use wardround_remedy::{Note, Person as Speaker, State as Stands, Task};

use crate::deeds::tasks::{self, Asking, Word};
use crate::desk::LetterRow;
use crate::layout::form_token;
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::{Needs, Route};
use crate::session::Person;

pub(crate) fn routes() -> Vec<Route> {
    let say = |word: Word, path, action| Route::post(Needs::May(word.needs()), path, action, door(word));
    vec![
        say(Word::Assign, "/work/{task}/assign", "task.assign"),
        say(Word::Comment, "/work/{task}/comment", "task.comment"),
        say(Word::Done, "/work/{task}/done", "task.done"),
        say(Word::Reopen, "/work/{task}/reopen", "task.reopen"),
        say(Word::LetterSent, "/work/{task}/letter-sent", "task.letter-sent"),
        say(Word::LetterAnswered, "/work/{task}/letter-answered", "task.letter-answered"),
        say(Word::SignOff, "/work/{task}/sign-off", "task.sign-off"),
        say(Word::Except, "/work/{task}/except", "task.except"),
        say(Word::Undo, "/work/{task}/undo/{event}", "task.undo").reserved(),
    ]
}

/// What somebody may say of a task as it stands.
pub(crate) fn forms(person: &Person, task: &Task<'_>, letter: Option<&LetterRow>, at: Timestamp) -> Markup {
    let is_open = task.parts().any(|part| part.state.is_pending());
    let is_held = task.parts().any(|part| matches!(part.state, Stands::Claimed(_) | Stands::Excepted(_)));
    let form = Form { person, task };
    html! {
        @if person.may(Permission::Work) {
            section aria-labelledby="say" class="screen" {
                h2 id="say" { "What you can say" }
                div class="decide" {
                    @if is_open { (form.assign()) }
                    @if is_open && task.needs_sign_off() { (form.sign_off()) }
                    @if is_open && !task.needs_sign_off() { (form.done()) }
                    (form.comment())
                    @if is_held { (form.reopen()) }
                    @if is_open && person.may(Permission::AcceptRisk) { (form.except(at)) }
                    @if letter.is_some() { (form.letter(at)) }
                }
            }
        }
    }
}

/// The forms of one task.
struct Form<'a> {
    person: &'a Person,
    task: &'a Task<'a>,
}

impl Form<'_> {
    fn of(&self, word: &str, summary: &str, is_first: bool, fields: &Markup, press: &str) -> Markup {
        html! {
            details open[is_first] {
                summary { (summary) }
                form method="post" action={ "/work/" (self.task.id()) "/" (word) } class="fields" {
                    (form_token(self.person))
                    (fields)
                    div { button { (press) } }
                }
            }
        }
    }

    fn assign(&self) -> Markup {
        let first = self.task.owner.is_none();
        let fields = html! {
            label { "Who does it" span class="hint" { "A person or a team, as you call them." }
                input name="to" required maxlength=(Speaker::LONGEST) value=[first.then_some(self.person.name.as_str())]; }
        };
        self.of("assign", "Say who does it", first, &fields, "Assign")
    }

    fn done(&self) -> Markup {
        let fields = html! { p class="hint" { "You say that all of it is done. The next round that sees another value verifies it." } };
        self.of("done", "Say that it is done", self.task.owner.is_some(), &fields, "It is done")
    }

    fn sign_off(&self) -> Markup {
        let fields = html! {
            @if self.person.may(Permission::SignOff) {
                p class="hint" { "This work touches a device that cares for patients. It cannot be called done before its clinical owner agrees. One word is good for one claim." }
                label { "Clinical owner who agrees" span class="hint" { "Name and ward. It is kept with your name: you heard it from them." }
                    input name="owner" required maxlength="60"; }
            }
        };
        if self.person.may(Permission::SignOff) {
            return self.of("sign-off", "Record that its clinical owner agrees", true, &fields, "They agree");
        }
        html! { p { "This work touches a device that cares for patients. Before it can be called done, somebody of biomedical engineering or compliance records that its clinical owner agrees." } }
    }

    fn comment(&self) -> Markup {
        let fields = html! { label { "Remark" span class="hint" { "One line. No names of patients." } input name="text" required maxlength=(Note::LONGEST); } };
        self.of("comment", "Make a remark", false, &fields, "Keep this")
    }

    fn reopen(&self) -> Markup {
        let fields = html! { label { "Why" input name="because" required maxlength=(Note::LONGEST); } };
        self.of("reopen", "Open it again", false, &fields, "Open it again")
    }

    fn except(&self, at: Timestamp) -> Markup {
        let fields = html! {
            p class="hint" { "This means what is known now, and not what is found later. It opens again by itself." }
            label { "Why it is not settled" input name="because" required maxlength=(Note::LONGEST); }
            label { "What keeps the risk small meanwhile" input name="control" required maxlength=(Note::LONGEST); }
            label { "Who answers for it" input name="owner" required maxlength=(Speaker::LONGEST) value=(self.person.name); }
            label { "Last day" input type="date" name="until" required min=(iso(at)); }
        };
        self.of("except", "Accept the risk for a time", false, &fields, "Accept the risk")
    }

    fn letter(&self, at: Timestamp) -> Markup {
        let sent =
            html! { label { "Sent on" input type="date" name="on" required max=(iso(at)) value=(iso(at)); } };
        let answered = html! {
            label { "Answered on" input type="date" name="on" required max=(iso(at)) value=(iso(at)); }
            label { "The document that says so" span class="hint" { "Then record on the page of the device what it says." } input name="document" required maxlength=(Note::LONGEST); }
        };
        html! {
            (self.of("letter-sent", "The letter to its maker went out", false, &sent, "It went out"))
            (self.of("letter-answered", "Its maker answered", false, &answered, "They answered"))
        }
    }
}

/// `2026-11-24`.
fn iso(moment: Timestamp) -> String {
    moment.to_string().split('T').next().unwrap_or_default().to_owned()
}

type Answered = Pin<Box<dyn Future<Output = Result<Response, Problem>> + Send>>;

/// Says it, and shows the task.
fn door(word: Word) -> impl Fn(Asking) -> Answered + Clone + Send + Sync + 'static {
    move |asking| Box::pin(say(asking, word))
}

async fn say(asking: Asking, word: Word) -> Result<Response, Problem> {
    let spoken = tasks::speak(asking, word).await?;
    Ok(Redirect::to(&format!("/work/{}#said", spoken.task)).into_response())
}
