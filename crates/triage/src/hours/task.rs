//! What a plan for the hours at hand says: the tasks, what they remove, and what is left and why.

use std::fmt;

use wardround_model::{AssetId, Decision, Digest, FindingId, Role};

use super::permission::{MakerSays, Window};
use super::quiet::Quiet;

/// The id of a task, as `T-1a2b3c4d5e6f`: the same kind of work by the same team has it in every round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(pub Digest);

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "T-{}", self.0)
    }
}

/// A plan for the hours at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HourPlan {
    /// The harm behind all findings that count.
    pub harm: u64,
    /// The harm that the tasks remove.
    pub removed: u64,
    /// No plan within the same hours removes more than this.
    pub bound: u64,
    /// The hours of each team and what is used of them.
    pub teams: Vec<Team>,
    /// What to do, the most harm first.
    pub tasks: Vec<Task>,
    /// What is left, the most harm first.
    pub left: Vec<Left>,
    /// Findings that do not count: on retired devices, or without a change that settles them.
    pub not_counted: usize,
}

impl HourPlan {
    /// At least so many per cent of the best that any plan within the same hours could remove.
    #[must_use]
    pub fn share_of_best(&self) -> u64 {
        percent(self.removed, self.bound)
    }

    /// So many per cent of all harm.
    #[must_use]
    pub fn share_of_all(&self) -> u64 {
        percent(self.removed, self.harm)
    }
}

/// Rounded down; all of nothing is everything.
fn percent(part: u64, whole: u64) -> u64 {
    part.saturating_mul(100).checked_div(whole).unwrap_or(100)
}

/// A team's minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Team {
    /// Which; `None`: all others together.
    pub role: Option<Role>,
    /// Minutes at hand.
    pub minutes: u32,
    /// Minutes used by tasks.
    pub used: u32,
}

/// What kind of work a task is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// A change that is allowed.
    Change,
    /// Keeping others away from devices that must not be changed, and a letter to their maker where one is due.
    Containment(Option<MakerLetter>),
}

/// A letter to a maker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MakerLetter {
    /// To whom and about what, in a sentence.
    pub text: String,
    /// Who writes it.
    pub by: Role,
    /// Minutes for it.
    pub minutes: u32,
}

/// One device in a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Which.
    pub asset: AssetId,
    /// As people know it.
    pub title: String,
    /// What its maker says; `None` where no maker has to be asked.
    pub maker: Option<MakerSays>,
    /// A time off patients that its clinical owner confirmed.
    pub window: Option<Window>,
    /// When it was quiet on the network: no leave to touch it.
    pub quiet: Option<Quiet>,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// What kind of work.
    pub work: Work,
    /// What to do and where, in one line.
    pub title: String,
    /// Who does it.
    pub who: Role,
    /// Minutes of that team, without the letter.
    pub minutes: u32,
    /// Minutes for which each device is out of use; 0: it goes on working.
    pub downtime: u32,
    /// The most urgent decision among its findings.
    pub decision: Decision,
    /// What could happen to patients, their data or the hospital's work.
    pub why: String,
    /// By when.
    pub by_when: String,
    /// The check before.
    pub before: String,
    /// The check after.
    pub after: String,
    /// The way back.
    pub back: String,
    /// The harm that it removes beyond the tasks before it.
    pub removes: u64,
    /// Where.
    pub devices: Vec<Device>,
    /// What it settles, wholly or in part.
    pub findings: Vec<FindingId>,
    /// The codes of what it settles.
    pub codes: String,
}

/// Why something is not in the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftBecause {
    /// Its maker has not approved a change.
    NeedsMaker,
    /// Its maker approved it, but no clinical owner confirmed a time off patients.
    NoWindow,
    /// Nobody knows what it is.
    NotIdentified,
    /// The team has no hours.
    NoPeople,
    /// It takes longer than the team has.
    TooLong,
    /// The hours go to what removes more harm.
    NoTime,
}

impl LeftBecause {
    /// Its name in JSON.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NeedsMaker => "needs-maker",
            Self::NoWindow => "no-window",
            Self::NotIdentified => "not-identified",
            Self::NoPeople => "no-people",
            Self::TooLong => "too-long",
            Self::NoTime => "no-time",
        }
    }

    /// Whether only hours are missing, not somebody's word.
    #[must_use]
    pub const fn is_about_hours(self) -> bool {
        matches!(self, Self::NoPeople | Self::TooLong | Self::NoTime)
    }

    /// In a sentence, with what would help.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NeedsMaker => "Its maker has not approved a change; ask for it",
            Self::NoWindow => {
                "Its maker approved it, but no clinical owner has said when it is off patients. Ask for a time"
            }
            Self::NotIdentified => {
                "Nobody knows yet what it is. Find that out first; it may be keeping a patient alive"
            }
            Self::NoPeople => "The team that does it has no hours in this plan",
            Self::TooLong => "It takes longer than the hours that the team has",
            Self::NoTime => "The hours go to what removes more harm",
        }
    }
}

/// Something that is not in the plan, or only in part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// What would settle it and where, in one line.
    pub title: String,
    /// Who would do it.
    pub who: Role,
    /// Why it is left.
    pub because: LeftBecause,
    /// Whether the plan keeps others away from it meanwhile.
    pub contained: bool,
    /// Minutes that it would take.
    pub minutes: u32,
    /// The harm that stays.
    pub harm: u64,
    /// Where, sorted.
    pub assets: Vec<AssetId>,
    /// What stays, wholly or in part.
    pub findings: Vec<FindingId>,
}
