//! One task as it stands, and what can be said of it. What must not be said is refused here, and counts for nothing in
//! [`crate::standing`] should it stand in a store all the same.

use wardround_model::{AssetId, Decision, FindingId, Role, Timestamp};
use wardround_triage::{Checks, LeftBecause, MakerSays, VisitWork, Window};

use crate::attachment::{Attachment, MOST_FILES};
use crate::event::{Event, EventId, Exception, NewEvent, What};
use crate::history::{Head, Item, TaskId};
use crate::policy::Policy;
use crate::state::{Said, State};
use crate::words::{Note, Person};

/// The person who leads the ward or department that a device serves, by name: nobody else can sign work on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClinicalOwner(pub Person);

/// How a task stands: as the most pressing of its findings does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TaskState {
    /// Some of it is open again.
    Reopened,
    /// Some of it is open, and nobody does it.
    Open,
    /// Some of it is open, and somebody does it.
    Assigned,
    /// All of it is said to be done, and some of it waits for a later look.
    Claimed,
    /// What is left of it is an accepted risk.
    Excepted,
    /// A later round saw all of it settled.
    Verified,
    /// All that is left of it counts no longer.
    LeftOut,
}

impl TaskState {
    /// Its name in JSON and CSV.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Reopened => "reopened",
            Self::Open => "open",
            Self::Assigned => "assigned",
            Self::Claimed => "claimed",
            Self::Excepted => "excepted",
            Self::Verified => "verified",
            Self::LeftOut => "left-out",
        }
    }

    /// Its name for people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Reopened => "open again",
            Self::Open => "open",
            Self::Assigned => "assigned",
            Self::Claimed => "said to be done, not seen yet",
            Self::Excepted => "risk accepted for a time",
            Self::Verified => "verified",
            Self::LeftOut => "counts no longer",
        }
    }

    /// Whether there is something left to do.
    #[must_use]
    pub const fn is_pending(self) -> bool {
        matches!(self, Self::Reopened | Self::Open | Self::Assigned)
    }
}

/// One finding in a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    /// The finding, through the rounds.
    pub item: &'a Item,
    /// How it stands here.
    pub state: State,
    /// The clinical owner's word that no claim has used yet.
    pub signed: Option<Said>,
    /// By when it is settled, where a clock runs.
    pub due: Option<Timestamp>,
}

/// One change of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step<'a> {
    /// The change by its code, as in the file of efforts.
    pub code: &'a str,
    /// What to do, in words.
    pub title: &'a str,
    /// The checks around it, and the way back.
    pub checks: Checks,
    /// What could happen to patients, their data or the hospital's work; empty where the latest round does not have it.
    pub why: String,
    /// Minutes there, and minutes out of use, where the latest round has it.
    pub minutes: Option<(u32, u32)>,
    /// Whose word is missing before it may be done.
    pub waits: Option<LeftBecause>,
    /// What it settles.
    pub parts: Vec<Part<'a>>,
}

/// A remark of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Who, and when.
    pub said: Said,
    /// What.
    pub text: Note,
}

/// One visit of one team to one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task<'a> {
    /// What it is about.
    pub head: &'a Head,
    /// How it stands.
    pub state: TaskState,
    /// Who does it, as somebody said.
    pub owner: Option<Person>,
    /// The most urgent decision of what is open; of all, where nothing is.
    pub decision: Decision,
    /// By when what is open is settled, where a clock runs.
    pub due: Option<Timestamp>,
    /// Whether that has passed.
    pub overdue: bool,
    /// What the device's maker says; `None` where no maker has to be asked.
    pub maker: Option<MakerSays>,
    /// A time off patients that the device's clinical owner confirmed.
    pub window: Option<Window>,
    /// What to do, the most harm first.
    pub steps: Vec<Step<'a>>,
    /// Remarks, the oldest first.
    pub comments: Vec<Comment>,
    /// All that was said of it and that counts, the oldest first.
    pub log: Vec<&'a Event>,
    /// What was said of it and taken back, the oldest first.
    pub taken_back: Vec<&'a Event>,
}

/// Why something cannot be said of a task.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Nothing of it is open.
    #[error("nothing of {0} is open")]
    NothingOpen(TaskId),
    /// The clinical owner has not signed.
    #[error(
        "{0} touches a device that cares for patients: its clinical owner signs first (wardround work sign-off {0} --by NAME)"
    )]
    NeedsSignOff(TaskId),
    /// No clinical owner has to sign.
    #[error("{0} changes no device that cares for patients, so that nobody has to sign")]
    NoCare(TaskId),
    /// Nothing of it is said to be done or excepted.
    #[error(
        "nothing of {0} is said to be done or accepted as a risk; only a later round opens what was verified"
    )]
    NothingToReopen(TaskId),
    /// No maker has to be asked.
    #[error("no maker has to be asked about {0}")]
    NoMaker(TaskId),
    /// An exception that is over before it begins.
    #[error("an exception ends later than now")]
    EndsBefore,
    /// An exception that is longer than the policy lets it be.
    #[error("an exception ends by {} at the latest (the policy's [exception] longest)", day(*.0))]
    TooLong(Timestamp),
    /// No such event stands in the task's log.
    #[error("{0} is nothing that could be taken back from {1}; `wardround work show {1}` names what can")]
    NoSuchEvent(EventId, TaskId),
    /// It has as many files as it may have.
    #[error("{0} has {MOST_FILES} files already, with those that were taken back")]
    TooManyFiles(TaskId),
    /// A day that has not come yet.
    #[error("that day has not come yet")]
    NotYet,
}

fn day(moment: Timestamp) -> String {
    moment.to_string().split('T').next().unwrap_or_default().to_owned()
}

impl<'a> Task<'a> {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> TaskId {
        self.head.id
    }

    /// At which device.
    #[must_use]
    pub fn asset(&self) -> AssetId {
        self.head.asset
    }

    /// Which team.
    #[must_use]
    pub fn who(&self) -> Role {
        self.head.who
    }

    /// All its findings.
    pub fn parts(&self) -> impl Iterator<Item = &Part<'a>> {
        self.steps.iter().flat_map(|step| &step.parts)
    }

    /// Whose word is missing before what is open may be done; `None`: something of it may be done now.
    #[must_use]
    pub fn waits(&self) -> Option<LeftBecause> {
        let mut open = self.steps.iter().filter(|step| step.parts.iter().any(|part| part.state.is_pending()));
        let first = open.next()?.waits?;
        open.all(|step| step.waits.is_some()).then_some(first)
    }

    /// Whether its clinical owner has to sign before it can be said to be done.
    #[must_use]
    pub fn needs_sign_off(&self) -> bool {
        self.head.touches_care && self.parts().any(|part| part.state.is_pending() && part.signed.is_none())
    }

    /// This person does it.
    #[must_use]
    pub fn assign(&self, by: Person, to: Person) -> NewEvent {
        self.event(by, What::Assigned(to), Vec::new())
    }

    /// It is done, says this person. That is a claim, until a later round has seen it.
    ///
    /// # Errors
    /// When nothing is open, or its clinical owner has to sign first.
    pub fn done(&self, by: Person) -> Result<NewEvent, Refused> {
        if self.needs_sign_off() {
            return Err(Refused::NeedsSignOff(self.id()));
        }
        Ok(self.event(by, What::Done, self.pending()?))
    }

    /// The device's clinical owner agrees with the work.
    ///
    /// # Errors
    /// When nothing is open, or nobody has to sign.
    pub fn sign_off(&self, by: ClinicalOwner) -> Result<NewEvent, Refused> {
        if !self.head.touches_care {
            return Err(Refused::NoCare(self.id()));
        }
        Ok(self.event(by.0, What::SignedOff, self.pending()?))
    }

    /// The risk of what is open now is accepted for a time. What is found later is not.
    ///
    /// # Errors
    /// When nothing is open, or the exception ends too early or too late.
    pub fn except(
        &self,
        by: Person,
        exception: Exception,
        policy: &Policy,
        now: Timestamp,
    ) -> Result<NewEvent, Refused> {
        let longest = policy.longest_exception(now);
        match exception.until {
            until if until <= now => Err(Refused::EndsBefore),
            until if until > longest => Err(Refused::TooLong(longest)),
            _ => Ok(self.event(by, What::Excepted(exception), self.pending()?)),
        }
    }

    /// What was said to be done, or accepted as a risk, is open again.
    ///
    /// # Errors
    /// When there is nothing of that kind.
    pub fn reopen(&self, by: Person, because: Note) -> Result<NewEvent, Refused> {
        let held = self.findings(|state| matches!(state, State::Claimed(_) | State::Excepted(_)));
        match held.is_empty() {
            true => Err(Refused::NothingToReopen(self.id())),
            false => Ok(self.event(by, What::Reopened(because), held)),
        }
    }

    /// A remark.
    #[must_use]
    pub fn comment(&self, by: Person, text: Note) -> NewEvent {
        self.event(by, What::Commented(text), Vec::new())
    }

    /// A file that belongs to it.
    ///
    /// # Errors
    /// When it has as many as it may have. What was taken back counts too, since it is still kept.
    pub fn attach(&self, by: Person, file: Attachment) -> Result<NewEvent, Refused> {
        let held = self.log.iter().chain(&self.taken_back).filter(|event| match &event.what {
            What::Attached(file) => !file.is_gone,
            _ => false,
        });
        match held.count() < MOST_FILES {
            true => Ok(self.event(by, What::Attached(file), Vec::new())),
            false => Err(Refused::TooManyFiles(self.id())),
        }
    }

    /// Its files that nobody took back, the oldest first, with the events that brought them.
    pub fn files(&self) -> impl Iterator<Item = (&'a Event, &'a Attachment)> {
        self.log.iter().filter_map(|event| match &event.what {
            What::Attached(file) => Some((*event, file)),
            _ => None,
        })
    }

    /// The letter to the device's maker went out on that day.
    ///
    /// # Errors
    /// When no maker has to be asked, or the day has not come yet.
    pub fn letter_sent(&self, by: Person, on: Timestamp, now: Timestamp) -> Result<NewEvent, Refused> {
        self.letter(on, now)?;
        Ok(self.event(by, What::LetterSent { kind: self.head.kind.clone(), on }, Vec::new()))
    }

    /// The device's maker answered on that day.
    ///
    /// # Errors
    /// When no maker has to be asked, or the day has not come yet.
    pub fn letter_answered(
        &self,
        by: Person,
        on: Timestamp,
        document: Note,
        now: Timestamp,
    ) -> Result<NewEvent, Refused> {
        self.letter(on, now)?;
        let kind = self.head.kind.clone();
        Ok(self.event(by, What::LetterAnswered { kind, on, document }, Vec::new()))
    }

    /// An event of its log does not count, as if it had not been.
    ///
    /// # Errors
    /// When its log has no such event.
    pub fn undo(&self, by: Person, event: EventId) -> Result<NewEvent, Refused> {
        match self.log.iter().any(|known| known.id == event) {
            true => Ok(self.event(by, What::Undone(event), Vec::new())),
            false => Err(Refused::NoSuchEvent(event, self.id())),
        }
    }

    fn letter(&self, on: Timestamp, now: Timestamp) -> Result<(), Refused> {
        match (&self.maker, self.head.work) {
            _ if on > now => Err(Refused::NotYet),
            (Some(_), VisitWork::Change) => Ok(()),
            _ => Err(Refused::NoMaker(self.id())),
        }
    }

    fn pending(&self) -> Result<Vec<FindingId>, Refused> {
        let open = self.findings(State::is_pending);
        if open.is_empty() { Err(Refused::NothingOpen(self.id())) } else { Ok(open) }
    }

    fn findings(&self, wanted: impl Fn(&State) -> bool) -> Vec<FindingId> {
        let mut all: Vec<FindingId> =
            self.parts().filter(|part| wanted(&part.state)).map(|part| part.item.finding).collect();
        all.sort_unstable();
        all
    }

    fn event(&self, by: Person, what: What, findings: Vec<FindingId>) -> NewEvent {
        NewEvent { task: self.id(), by, what, findings }
    }
}
