//! The letter to a maker: what is asked, and the clock on the answer. One letter for all devices of a kind.
//!
//! It names the kind of device and the published weaknesses, and neither addresses nor places: it leaves the hospital.

use std::collections::{BTreeMap, BTreeSet};

use wardround_model::{AssetId, MakerPosition, Role, Timestamp};
use wardround_triage::LeftBecause;

use crate::event::{Event, What};
use crate::history::TaskId;
use crate::policy::Policy;
use crate::task::Task;

/// Weaknesses that a letter names.
const TOLD_WEAKNESSES: usize = 20;

/// Why a maker is written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asked {
    /// It was not asked yet.
    First,
    /// It forbade the change, so another way is asked for.
    Again,
}

/// How a letter stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LetterState {
    /// It is to be written by then.
    ToWrite(Timestamp),
    /// It went out on that day, and its answer is due by then.
    Sent {
        /// The day.
        on: Timestamp,
        /// When the answer is due.
        answer_by: Timestamp,
    },
    /// It was answered on that day; what the maker says of the devices is for a person to record.
    Answered {
        /// The day.
        on: Timestamp,
        /// The document that says so.
        document: String,
    },
}

/// A letter to the maker of devices of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The kind: maker and model, else what it is.
    pub kind: String,
    /// Why it is written; `None`: nothing is open for want of the maker's word any more.
    pub asks: Option<Asked>,
    /// The team that writes it.
    pub by: Role,
    /// The devices, each with its name for people.
    pub devices: BTreeMap<AssetId, String>,
    /// What is open on them: the code and the title of each weakness.
    pub weaknesses: BTreeMap<String, String>,
    /// The tasks that wait for it.
    pub tasks: BTreeSet<TaskId>,
    /// How it stands.
    pub state: LetterState,
    /// Whether its date has passed: that of writing it, or that of its answer.
    pub overdue: bool,
}

/// All letters, by kind of device.
pub(crate) fn letters(tasks: &[Task<'_>], policy: &Policy, now: Timestamp) -> Vec<Letter> {
    // What was said of one task is said of all devices of its kind.
    let mut told: BTreeMap<&str, Vec<&Event>> = BTreeMap::new();
    for task in tasks {
        let letters = task.log.iter().filter(|event| is_of_letter(&event.what));
        told.entry(&task.head.kind).or_default().extend(letters);
    }
    let mut letters: BTreeMap<&str, Letter> = BTreeMap::new();
    for task in tasks {
        let since = waits_since(task);
        let was_told = told.get(task.head.kind.as_str()).is_some_and(|events| !events.is_empty());
        if since.is_some() || (was_told && task.maker.is_some()) {
            let letter = letters.entry(&task.head.kind).or_insert_with(|| Letter::new(task));
            letter.add(task, since.map(|since| policy.send_by(since)));
        }
    }
    for (kind, letter) in &mut letters {
        let mut events = told.remove(kind).unwrap_or_default();
        events.sort_by_key(|event| event.id);
        events.iter().for_each(|event| letter.hear(&event.what, policy));
    }
    letters.into_values().map(|letter| letter.at(now)).collect()
}

fn is_of_letter(what: &What) -> bool {
    matches!(what, What::LetterSent { .. } | What::LetterAnswered { .. })
}

/// Since when something of a task waits for its maker's word.
fn waits_since(task: &Task<'_>) -> Option<Timestamp> {
    let waiting = task.steps.iter().filter(|step| step.waits == Some(LeftBecause::NeedsMaker));
    let open = waiting.flat_map(|step| &step.parts).filter(|part| part.state.is_pending());
    open.map(|part| part.item.since()).min()
}

impl Letter {
    fn new(task: &Task<'_>) -> Self {
        Self {
            kind: task.head.kind.clone(),
            asks: None,
            by: task.who(),
            devices: BTreeMap::new(),
            weaknesses: BTreeMap::new(),
            tasks: BTreeSet::new(),
            state: LetterState::ToWrite(Timestamp::from_nanoseconds(i64::MAX)),
            overdue: false,
        }
    }

    fn add(&mut self, task: &Task<'_>, due: Option<Timestamp>) {
        self.devices.insert(task.asset(), task.head.device.clone());
        let Some(due) = due else { return };
        self.tasks.insert(task.id());
        let forbidden = task.maker.as_ref().is_some_and(|says| says.position == MakerPosition::Forbidden);
        let asks = if forbidden { Asked::Again } else { Asked::First };
        self.asks = Some(self.asks.map_or(asks, |known| known.min(asks)));
        let open = task.parts().filter(|part| part.state.is_pending());
        self.weaknesses.extend(open.map(|part| (part.item.code.clone(), part.item.title.clone())));
        if let LetterState::ToWrite(by) = &mut self.state {
            *by = due.min(*by);
        }
    }

    fn hear(&mut self, what: &What, policy: &Policy) {
        match what {
            What::LetterSent { on, .. } => {
                self.state = LetterState::Sent { on: *on, answer_by: policy.answer_by(*on) };
            }
            What::LetterAnswered { on, document, .. } => {
                self.state = LetterState::Answered { on: *on, document: document.to_string() };
            }
            _ => {}
        }
    }

    fn at(mut self, now: Timestamp) -> Self {
        self.overdue = match self.state {
            LetterState::ToWrite(by) => by < now,
            LetterState::Sent { answer_by, .. } => answer_by < now,
            LetterState::Answered { .. } => false,
        };
        self
    }

    /// The letter itself, to be put on the hospital's own paper; `answer_by` is the day that is asked for.
    #[must_use]
    pub fn text(&self, answer_by: Timestamp) -> String {
        let day = day(answer_by);
        let devices = match self.devices.len() {
            1 => "one of these devices. It shows".to_owned(),
            many => format!("{many} of these devices. They show"),
        };
        let first = match self.asks {
            Some(Asked::Again) => {
                "You have told us not to make the change. What else do you offer against these weaknesses?"
            }
            _ => "Is the device affected? Please answer for each weakness, as VEX or a security advisory.",
        };
        format!(
            "To the maker of: {kind}\nAbout: security of our devices, answer asked for by {day}\n\n\
             We run {devices} weak places that could harm patients or their data:\n\n{known}\n\
             Please answer these points on paper, with the date and the number of the document:\n\n\
             \x20 1. {first}\n\
             \x20 2. Is there a patch or a new version? Which one, who may install it, and how is it checked?\n\
             \x20 3. Do you approve that we install it, and updates of the operating system, ourselves?\n\
             \x20 4. If there is none: by which day will there be one, and what may we do until then?\n\
             \x20 5. Please send the bill of materials (SBOM, CycloneDX or SPDX) of the version that we run.\n\
             \x20 6. Please send the current MDS2 form (ANSI/NEMA HN 1).\n\n\
             Please also tell us if we must take a device out of use.\n\n\
             [Name, hospital, telephone; serial numbers and versions of the devices]\n",
            kind = self.kind,
            known = self.known(),
        )
    }
}

impl Letter {
    /// What is open, a line each.
    fn known(&self) -> String {
        let told = self.weaknesses.iter().take(TOLD_WEAKNESSES);
        let mut lines: Vec<String> = told.map(|(code, title)| format!("  - {code}: {title}\n")).collect();
        let more = self.weaknesses.len().saturating_sub(TOLD_WEAKNESSES);
        if more > 0 {
            lines.push(format!("  - and {more} more\n"));
        }
        lines.concat()
    }
}

fn day(moment: Timestamp) -> String {
    moment.to_string().split('T').next().unwrap_or_default().to_owned()
}
