//! What somebody says and decides of a task. Whoever asks says it; what must not be said is refused by the task itself; all of it can
//! be taken back.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use wardround_model::Timestamp;
use wardround_remedy::{
    ClinicalOwner, Event, EventId, Exception, InvalidText, MOST_FILES, NewEvent, Note, Person as Speaker,
    Policy, Refused, Task, TaskId, What,
};
use wardround_report::page::day;
use wardround_store::Store;

use crate::api;
use crate::asks::Sent;
use crate::condition::Condition;
use crate::events::Happening;
use crate::problem::Problem;
use crate::roles::Permission;
use crate::session::Person;
use crate::site::{Site, now};

/// What can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    Assign,
    Comment,
    Done,
    Reopen,
    LetterSent,
    LetterAnswered,
    SignOff,
    Except,
    Undo,
}

impl Word {
    /// What saying it needs. What may be taken back is decided by what was said too ([`may_undo`]).
    pub(crate) const fn needs(self) -> Permission {
        match self {
            Self::SignOff => Permission::SignOff,
            Self::Except => Permission::AcceptRisk,
            _ => Permission::Work,
        }
    }
}

/// What was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spoken {
    pub(crate) task: TaskId,
    pub(crate) event: EventId,
}

/// The task that an address names.
pub(crate) fn id(text: &str) -> Option<TaskId> {
    text.strip_prefix("W-")?.parse().ok().map(TaskId)
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

/// Something to be said of a task: by whom, of which, and what was sent.
pub(crate) struct Asking {
    pub(crate) site: Site,
    person: Person,
    task: String,
    event: Option<String>,
    sent: Sent,
    condition: Condition,
}

impl FromRequestParts<Site> for Asking {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Problem> {
        let named = Path::<Vec<(String, String)>>::from_request_parts(parts, site).await;
        let mut named = named.map_err(|_| Problem::NotFound)?.0.into_iter();
        let mut value = |wanted: &str| named.find(|(name, _)| name == wanted).map(|(_, value)| value);
        let (task, event) = (value("task").ok_or(Problem::NotFound)?, value("event"));
        let Ok(condition) = Condition::from_request_parts(parts, site).await;
        Ok(Self {
            site: site.clone(),
            person: Person::from_request_parts(parts, site).await?,
            task,
            event,
            sent: Sent::from_request_parts(parts, site).await?,
            condition,
        })
    }
}

impl Asking {
    /// What was typed into a field, where it is fit to be kept.
    fn field<T: std::str::FromStr<Err = InvalidText>>(
        &self,
        name: &'static str,
        label: &str,
    ) -> Result<T, Problem> {
        self.sent.text(name).parse().map_err(|error| Problem::Field(name, format!("{label}: {error}.")))
    }

    /// A day, at this time of it.
    fn day(&self, name: &'static str, time: &str) -> Result<Timestamp, Problem> {
        let moment = format!("{}T{time}Z", self.sent.text(name)).parse();
        moment.map_err(|_| Problem::Field(name, "A day looks like 2027-01-31.".to_owned()))
    }

    /// Keeps what is said, when the task lets it be said.
    async fn keep(
        self,
        say: impl FnOnce(&Task<'_>, Speaker, &Policy, Timestamp) -> Result<NewEvent, Problem> + Send + 'static,
    ) -> Result<Spoken, Problem> {
        let id = id(&self.task).ok_or(Problem::NotFound)?;
        let by: Speaker = self.person.name.parse().map_err(|_| Problem::Fault)?;
        let hospital = self.site.hospital();
        let _one_at_a_time = hospital.speaking.lock().await;
        if self.condition.is_there() {
            self.condition.check(&api::tag_of_task(&self.site, id).await?)?;
        }
        let (policy, at) = (self.site.policy.clone(), now());
        let said = move |task: &Task<'_>| say(task, by, &policy, at);
        let event = hospital.tell_task(&self.site.policy, id, at, said).await??;
        let (task, is_undo) = (event.task(), matches!(event.what(), What::Undone(_)));
        let save = move |store: &mut Store| store.work_event_save(&event, at);
        let event = match is_undo {
            true => hospital.write_at_any_rate(save).await?,
            false => hospital.write(save).await?,
        };
        self.site.tell(Happening::TaskChanged(task));
        Ok(Spoken { task, event })
    }
}

/// Says this of the task.
pub(crate) async fn speak(asking: Asking, word: Word) -> Result<Spoken, Problem> {
    match word {
        Word::Assign => {
            let to: Speaker = asking.field("to", "Who does it")?;
            asking.keep(move |task, by, _, _| Ok(task.assign(by, to))).await
        }
        Word::Comment => {
            let text: Note = asking.field("text", "Remark")?;
            asking.keep(move |task, by, _, _| Ok(task.comment(by, text))).await
        }
        Word::Done => asking.keep(|task, by, _, _| task.done(by).map_err(told)).await,
        Word::Reopen => {
            let because: Note = asking.field("because", "Why")?;
            asking.keep(move |task, by, _, _| task.reopen(by, because).map_err(told)).await
        }
        Word::SignOff => sign_off(asking).await,
        Word::Except => except(asking).await,
        Word::LetterSent => {
            let on = asking.day("on", "00:00:00")?;
            asking.keep(move |task, by, _, at| task.letter_sent(by, on, at).map_err(told)).await
        }
        Word::LetterAnswered => {
            let (on, document): (_, Note) =
                (asking.day("on", "00:00:00")?, asking.field("document", "The document")?);
            asking.keep(move |task, by, _, at| task.letter_answered(by, on, document, at).map_err(told)).await
        }
        Word::Undo => undo(asking).await,
    }
}

/// The clinical owner speaks; whoever asks heard it, and stands for that.
async fn sign_off(asking: Asking) -> Result<Spoken, Problem> {
    let owner: Speaker = asking.field("owner", "Clinical owner who agrees")?;
    let heard: Speaker = format!("{owner} (told to {})", asking.person.name)
        .parse()
        .map_err(|error| Problem::Field("owner", format!("Clinical owner who agrees: {error}.")))?;
    asking.keep(move |task, _, _, _| task.sign_off(ClinicalOwner(heard)).map_err(told)).await
}

async fn except(asking: Asking) -> Result<Spoken, Problem> {
    let exception = Exception {
        owner: asking.field("owner", "Who answers for it")?,
        because: asking.field("because", "Why it is not settled")?,
        control: asking.field("control", "What keeps the risk small meanwhile")?,
        until: asking.day("until", "23:59:59")?,
    };
    asking.keep(move |task, by, policy, at| task.except(by, exception, policy, at).map_err(told)).await
}

async fn undo(asking: Asking) -> Result<Spoken, Problem> {
    let id: EventId = asking.event.as_deref().unwrap_or_default().parse().map_err(|_| Problem::NotFound)?;
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

/// Why it was refused, in words that fit both doors.
pub(super) fn told(refused: Refused) -> Problem {
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
        Refused::TooManyFiles(_) => format!(
            "This task has {MOST_FILES} files, with those that were taken back. It takes no more."
        ),
        Refused::NotYet => "That day has not come yet.".to_owned(),
    };
    Problem::Refused(text)
}
