//! What people say and decide of a task: forms, and what becomes of them. Whoever is signed in says it; what must not be said is
//! refused by the task itself; all of it can be taken back.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use wardround_model::Timestamp;
use wardround_remedy::{
    ClinicalOwner, Event, EventId, Exception, NewEvent, Note, Person as Speaker, Policy, Refused,
    State as Stands, Task, What,
};
use wardround_report::page::day;

use crate::asks::Sent;
use crate::desk::LetterRow;
use crate::layout::form_token;
use crate::pages::task;
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::{Needs, Route};
use crate::session::Person;
use crate::site::{Site, now};

pub(crate) fn routes() -> Vec<Route> {
    let work = Needs::May(Permission::Work);
    let sign_off = Needs::May(Permission::SignOff);
    let accept = Needs::May(Permission::AcceptRisk);
    vec![
        Route::post(work, "/work/{task}/assign", "task.assign", assign),
        Route::post(work, "/work/{task}/comment", "task.comment", comment),
        Route::post(work, "/work/{task}/done", "task.done", done),
        Route::post(work, "/work/{task}/reopen", "task.reopen", reopen),
        Route::post(work, "/work/{task}/letter-sent", "task.letter-sent", letter_sent),
        Route::post(work, "/work/{task}/letter-answered", "task.letter-answered", letter_answered),
        Route::post(sign_off, "/work/{task}/sign-off", "task.sign-off", self::sign_off),
        Route::post(accept, "/work/{task}/except", "task.except", except),
        Route::post(work, "/work/{task}/undo/{event}", "task.undo", undo),
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

/// Whether somebody may take this back: whoever may say it may.
pub(crate) fn may_undo(person: &Person, what: &What, log: &[&Event], taken_back: &[&Event]) -> bool {
    let mut what = what;
    // Taking back what took something back says that thing again. Each goes to an earlier one.
    while let What::Undone(target) = what {
        let Some(event) = log.iter().chain(taken_back).find(|event| event.id == *target) else { break };
        if matches!(event.what, What::Undone(next) if next >= *target) {
            break;
        }
        what = &event.what;
    }
    person.may(match what {
        What::SignedOff => Permission::SignOff,
        What::Excepted(_) => Permission::AcceptRisk,
        _ => Permission::Work,
    })
}

/// A form about a task: who sent it, what it says, and what is to be done with it.
struct Asking {
    site: Site,
    person: Person,
    task: String,
    sent: Sent,
}

impl Asking {
    /// What was typed into a field, where it is fit to be kept.
    fn field<T: std::str::FromStr<Err = wardround_remedy::InvalidText>>(
        &self,
        name: &str,
        label: &str,
    ) -> Result<T, Problem> {
        self.sent.text(name).parse().map_err(|error| Problem::Bad(format!("{label}: {error}.")))
    }

    /// A day, at this time of it.
    fn day(&self, name: &str, time: &str) -> Result<Timestamp, Problem> {
        let moment = format!("{}T{time}Z", self.sent.text(name)).parse();
        moment.map_err(|_| Problem::Bad("A day looks like 2027-01-31.".to_owned()))
    }

    /// Keeps what is said, when the task lets it be said.
    async fn keep(
        self,
        say: impl FnOnce(&Task<'_>, Speaker, &Policy, Timestamp) -> Result<NewEvent, Problem> + Send + 'static,
    ) -> Result<Response, Problem> {
        let id = task::id(&self.task).ok_or(Problem::NotFound)?;
        let by: Speaker = self.person.name.parse().map_err(|_| Problem::Fault)?;
        let hospital = self.site.hospital();
        let _one_at_a_time = hospital.speaking.lock().await;
        let (policy, at) = (self.site.policy.clone(), now());
        let said = move |task: &Task<'_>| say(task, by, &policy, at);
        let event = hospital.tell_task(&self.site.policy, id, at, said).await??;
        let task = event.task();
        hospital.write(move |store| store.work_event_save(&event, at)).await?;
        Ok(Redirect::to(&format!("/work/{task}#said")).into_response())
    }
}

impl axum::extract::FromRequestParts<Site> for Asking {
    type Rejection = Problem;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        site: &Site,
    ) -> Result<Self, Problem> {
        let Path(task) = Path::<Vec<(String, String)>>::from_request_parts(parts, site)
            .await
            .map_err(|_| Problem::NotFound)?;
        let task = task.into_iter().find(|(name, _)| name == "task").map(|(_, value)| value);
        Ok(Self {
            site: site.clone(),
            person: Person::from_request_parts(parts, site).await?,
            task: task.ok_or(Problem::NotFound)?,
            sent: Sent::from_request_parts(parts, site).await?,
        })
    }
}

/// Why it was refused, in words for this page.
fn told(refused: Refused) -> Problem {
    let text = match refused {
        Refused::NothingOpen(_) => "Nothing of this task is open.".to_owned(),
        Refused::NeedsSignOff(_) => {
            "This work touches a device that cares for patients. Its clinical owner must agree first.".to_owned()
        }
        Refused::NoCare(_) => {
            "This work changes no device that cares for patients. Nobody has to agree first.".to_owned()
        }
        Refused::NothingToReopen(_) => {
            "Nothing of this task is said to be done or accepted as a risk. Only a later round opens what was verified."
                .to_owned()
        }
        Refused::NoMaker(_) => "No maker has to be asked about this task.".to_owned(),
        Refused::EndsBefore => "The last day must be later than today.".to_owned(),
        Refused::TooLong(latest) => format!("The last day is {} at the latest.", day(latest)),
        Refused::NoSuchEvent(..) => "That is not there to be taken back any more.".to_owned(),
        Refused::NotYet => "That day has not come yet.".to_owned(),
    };
    Problem::Bad(text)
}

async fn assign(asking: Asking) -> Result<Response, Problem> {
    let to: Speaker = asking.field("to", "Who does it")?;
    asking.keep(move |task, by, _, _| Ok(task.assign(by, to))).await
}

async fn comment(asking: Asking) -> Result<Response, Problem> {
    let text: Note = asking.field("text", "Remark")?;
    asking.keep(move |task, by, _, _| Ok(task.comment(by, text))).await
}

async fn done(asking: Asking) -> Result<Response, Problem> {
    asking.keep(|task, by, _, _| task.done(by).map_err(told)).await
}

async fn reopen(asking: Asking) -> Result<Response, Problem> {
    let because: Note = asking.field("because", "Why")?;
    asking.keep(move |task, by, _, _| task.reopen(by, because).map_err(told)).await
}

/// The clinical owner speaks; whoever is signed in heard it, and stands for that.
async fn sign_off(asking: Asking) -> Result<Response, Problem> {
    let owner: Speaker = asking.field("owner", "Clinical owner who agrees")?;
    let heard: Speaker = format!("{owner} (told to {})", asking.person.name)
        .parse()
        .map_err(|error| Problem::Bad(format!("Clinical owner who agrees: {error}.")))?;
    asking.keep(move |task, _, _, _| task.sign_off(ClinicalOwner(heard)).map_err(told)).await
}

async fn except(asking: Asking) -> Result<Response, Problem> {
    let exception = Exception {
        owner: asking.field("owner", "Who answers for it")?,
        because: asking.field("because", "Why it is not settled")?,
        control: asking.field("control", "What keeps the risk small meanwhile")?,
        until: asking.day("until", "23:59:59")?,
    };
    asking.keep(move |task, by, policy, at| task.except(by, exception, policy, at).map_err(told)).await
}

async fn letter_sent(asking: Asking) -> Result<Response, Problem> {
    let on = asking.day("on", "00:00:00")?;
    asking.keep(move |task, by, _, at| task.letter_sent(by, on, at).map_err(told)).await
}

async fn letter_answered(asking: Asking) -> Result<Response, Problem> {
    let (on, document): (_, Note) =
        (asking.day("on", "00:00:00")?, asking.field("document", "The document")?);
    asking.keep(move |task, by, _, at| task.letter_answered(by, on, document, at).map_err(told)).await
}

async fn undo(
    State(_): State<Site>,
    Path((_, event)): Path<(String, String)>,
    asking: Asking,
) -> Result<Response, Problem> {
    let id: EventId = event.parse().map_err(|_| Problem::NotFound)?;
    let person = asking.person.clone();
    asking
        .keep(move |task, by, _, _| {
            let event = task.log.iter().find(|event| event.id == id);
            if event.is_some_and(|event| !may_undo(&person, &event.what, &task.log, &task.taken_back)) {
                return Err(Problem::NotPermitted);
            }
            task.undo(by, id).map_err(told)
        })
        .await
}
