//! The worklist as JSON: documented in `docs/json.md`.

use anyhow::Result;
use serde::Serialize;
use wardround_model::{AssetId, MakerPosition, Role, Timestamp};
use wardround_remedy::{
    Attachment, Change, Claim, Event, Exception, LastLook, Letter, LetterState, Part, Reopening, Said, Sight,
    State, Step, Task, What, Worklist,
};
use wardround_triage::VisitWork;

use super::SCHEMA_VERSION;
use super::plan::text;

#[derive(Serialize)]
struct Document {
    schema_version: u32,
    at: String,
    round: Option<String>,
    tasks: Vec<TaskShape>,
    letters: Vec<LetterShape>,
}

#[derive(Serialize)]
struct TaskShape {
    id: String,
    state: &'static str,
    team: &'static str,
    work: &'static str,
    owner: Option<String>,
    asset: String,
    device: String,
    decision: &'static str,
    due: Option<String>,
    overdue: bool,
    needs_sign_off: bool,
    waits_for: Option<&'static str>,
    maker_says: Option<&'static str>,
    off_patients: Option<String>,
    steps: Vec<StepShape>,
    files: Vec<FileShape>,
    events: Vec<EventShape>,
    taken_back: Vec<EventShape>,
}

#[derive(Serialize)]
struct StepShape {
    code: String,
    title: String,
    why: String,
    minutes: Option<u32>,
    downtime_minutes: Option<u32>,
    waits_for: Option<&'static str>,
    check_before: String,
    check_after: String,
    way_back: String,
    findings: Vec<FindingShape>,
}

#[derive(Serialize)]
struct FindingShape {
    id: String,
    title: String,
    code: String,
    decision: &'static str,
    state: &'static str,
    since: String,
    due: Option<String>,
    seen_in: String,
    last_look: &'static str,
    can_be_verified: bool,
    claim: Option<ClaimShape>,
    exception: Option<ExceptionShape>,
    reopened_because: Option<&'static str>,
    verified_in: Option<String>,
    before: Vec<SightShape>,
    after: Vec<SightShape>,
}

#[derive(Serialize)]
struct ClaimShape {
    by: String,
    at: String,
    signed_by: Option<String>,
}

#[derive(Serialize)]
struct ExceptionShape {
    owner: String,
    because: String,
    control: String,
    until: String,
}

#[derive(Serialize)]
struct SightShape {
    observation: String,
    kind: &'static str,
    value: String,
    last: String,
}

#[derive(Serialize)]
struct EventShape {
    id: String,
    at: String,
    by: String,
    what: &'static str,
    text: Option<String>,
    findings: Vec<String>,
}

#[derive(Serialize)]
struct FileShape {
    event: String,
    name: String,
    bytes: u64,
    sha256: String,
    gone: bool,
}

#[derive(Serialize)]
struct LetterShape {
    kind: String,
    team: &'static str,
    state: &'static str,
    on: Option<String>,
    due: Option<String>,
    document: Option<String>,
    overdue: bool,
    assets: Vec<String>,
    codes: Vec<String>,
    tasks: Vec<String>,
}

/// A worklist as JSON, with a line end.
pub fn render(worklist: &Worklist<'_>) -> Result<String> {
    text(&Document {
        schema_version: SCHEMA_VERSION,
        at: worklist.at.to_string(),
        round: worklist.round.map(|round| round.to_string()),
        tasks: worklist.tasks.iter().map(task).collect(),
        letters: worklist.letters.iter().map(letter).collect(),
    })
}

fn shown(moment: Timestamp) -> String {
    moment.to_string()
}

fn task(task: &Task<'_>) -> TaskShape {
    TaskShape {
        id: task.id().to_string(),
        state: task.state.code(),
        team: Role::code(task.who()),
        work: match task.head.work {
            VisitWork::Change => "change",
            VisitWork::Containment => "containment",
        },
        owner: task.owner.as_ref().map(ToString::to_string),
        asset: task.asset().to_string(),
        device: task.head.device.clone(),
        decision: task.decision.code(),
        due: task.due.map(shown),
        overdue: task.overdue,
        needs_sign_off: task.needs_sign_off(),
        waits_for: task.waits().map(|waits| waits.code()),
        maker_says: task.maker.as_ref().map(|says| MakerPosition::code(says.position)),
        off_patients: task.window.as_ref().map(|window| window.when.clone()),
        steps: task.steps.iter().map(step).collect(),
        files: task.files().map(|(said, kept)| file(said, kept)).collect(),
        events: task.log.iter().map(|said| event(said)).collect(),
        taken_back: task.taken_back.iter().map(|said| event(said)).collect(),
    }
}

fn step(step: &Step<'_>) -> StepShape {
    StepShape {
        code: step.code.to_owned(),
        title: step.title.to_owned(),
        why: step.why.clone(),
        minutes: step.minutes.map(|(minutes, _)| minutes),
        downtime_minutes: step.minutes.map(|(_, downtime)| downtime),
        waits_for: step.waits.map(|waits| waits.code()),
        check_before: step.checks.before.clone(),
        check_after: step.checks.after.clone(),
        way_back: step.checks.back.clone(),
        findings: step.parts.iter().map(finding).collect(),
    }
}

fn finding(part: &Part<'_>) -> FindingShape {
    let item = part.item;
    let (before, after) = evidence(part);
    FindingShape {
        id: item.finding.to_string(),
        title: item.title.clone(),
        code: item.code.clone(),
        decision: item.decision.code(),
        state: part.state.code(),
        since: shown(item.since()),
        due: part.due.map(shown),
        seen_in: item.seen_in.to_string(),
        last_look: match item.last_look {
            LastLook::There => "there",
            LastLook::NotSeenAgain => "not-seen-again",
            LastLook::DeviceNotSeen => "device-not-seen",
            LastLook::NotThere => "not-there",
        },
        can_be_verified: item.can_be_verified(),
        claim: match &part.state {
            State::Claimed(said) | State::Reopened(Reopening::StillThere { claim: said, .. }) => {
                Some(claim(said))
            }
            State::Verified(verified) => verified.claim.as_ref().map(claim),
            _ => None,
        },
        exception: match &part.state {
            State::Excepted(held)
            | State::Reopened(
                Reopening::ExceptionEnded(held) | Reopening::RiskRaised { exception: held, .. },
            ) => Some(exception(held)),
            _ => None,
        },
        reopened_because: match &part.state {
            State::Reopened(reopening) => Some(reopened(reopening)),
            _ => None,
        },
        verified_in: match &part.state {
            State::Verified(verified) => Some(verified.round.to_string()),
            _ => None,
        },
        before,
        after,
    }
}

/// What was seen before and after: of what is open, what shows it.
fn evidence(part: &Part<'_>) -> (Vec<SightShape>, Vec<SightShape>) {
    let all = |sights: &[Sight]| sights.iter().map(sight).collect();
    let of = |changes: &[Change], side: fn(&Change) -> &Sight| {
        changes.iter().map(|change| sight(side(change))).collect()
    };
    match &part.state {
        State::Verified(verified) => {
            (of(&verified.changes, |change| &change.before), of(&verified.changes, |change| &change.after))
        }
        State::Reopened(Reopening::Regression { before, after, .. }) => (all(before), all(after)),
        _ => (all(&part.item.proof), Vec::new()),
    }
}

fn reopened(reopening: &Reopening) -> &'static str {
    match reopening {
        Reopening::Regression { .. } => "regression",
        Reopening::StillThere { .. } => "still-there",
        Reopening::ExceptionEnded(_) => "exception-ended",
        Reopening::RiskRaised { .. } => "risk-raised",
        Reopening::ByPerson { .. } => "by-person",
        Reopening::CountsAgain { .. } => "counts-again",
    }
}

fn claim(claim: &Claim) -> ClaimShape {
    let Said { by, at } = &claim.said;
    let signed_by = claim.signed.as_ref().map(|said| said.by.to_string());
    ClaimShape { by: by.to_string(), at: shown(*at), signed_by }
}

fn exception(exception: &Exception) -> ExceptionShape {
    ExceptionShape {
        owner: exception.owner.to_string(),
        because: exception.because.to_string(),
        control: exception.control.to_string(),
        until: shown(exception.until),
    }
}

fn sight(sight: &Sight) -> SightShape {
    SightShape {
        observation: sight.observation.to_string(),
        kind: sight.kind.code(),
        value: sight.value.clone(),
        last: shown(sight.last),
    }
}

fn event(event: &Event) -> EventShape {
    EventShape {
        id: event.id.to_string(),
        at: shown(event.at),
        by: event.by.to_string(),
        what: event.what.code(),
        text: match &event.what {
            What::Assigned(to) => Some(to.to_string()),
            What::Reopened(text) | What::Commented(text) => Some(text.to_string()),
            What::LetterAnswered { document, .. } => Some(document.to_string()),
            What::Attached(file) => Some(file.name.to_string()),
            What::Undone(event) => Some(event.to_string()),
            What::Done | What::SignedOff | What::Excepted(_) | What::LetterSent { .. } => None,
        },
        findings: event.findings.iter().map(ToString::to_string).collect(),
    }
}

fn file(said: &Event, file: &Attachment) -> FileShape {
    FileShape {
        event: said.id.to_string(),
        name: file.name.to_string(),
        bytes: file.bytes,
        sha256: file.sha256.clone(),
        gone: file.is_gone,
    }
}

fn letter(letter: &Letter) -> LetterShape {
    let (state, on, due, document) = match &letter.state {
        LetterState::ToWrite(by) => ("to-write", None, Some(*by), None),
        LetterState::Sent { on, answer_by } => ("sent", Some(*on), Some(*answer_by), None),
        LetterState::Answered { on, document } => ("answered", Some(*on), None, Some(document.clone())),
    };
    LetterShape {
        kind: letter.kind.clone(),
        team: letter.by.code(),
        state,
        on: on.map(shown),
        due: due.map(shown),
        document,
        overdue: letter.overdue,
        assets: letter.devices.keys().map(AssetId::to_string).collect(),
        codes: letter.weaknesses.keys().cloned().collect(),
        tasks: letter.tasks.iter().map(ToString::to_string).collect(),
    }
}
