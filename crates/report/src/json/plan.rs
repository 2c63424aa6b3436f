//! A plan for the hours at hand as JSON, and an answer to "what if": documented in `docs/json.md`.

use anyhow::Result;
use serde::Serialize;
use wardround_model::{AssetId, FindingId, Role, RoundId};
use wardround_triage::{Device, HourPlan, Left, Outcome, Picture, Task, Team, Work};

use super::SCHEMA_VERSION;

#[derive(Serialize)]
struct Document {
    schema_version: u32,
    round: String,
    harm: u64,
    removed: u64,
    bound: u64,
    percent_of_all_harm: u64,
    percent_of_best_at_least: u64,
    teams: Vec<TeamShape>,
    tasks: Vec<TaskShape>,
    left: Vec<LeftShape>,
    findings_not_counted: usize,
}

#[derive(Serialize)]
struct TeamShape {
    team: Option<&'static str>,
    minutes: u32,
    used: u32,
}

#[derive(Serialize)]
struct TaskShape {
    id: String,
    work: &'static str,
    title: String,
    who: &'static str,
    minutes: u32,
    downtime_minutes: u32,
    letter: Option<LetterShape>,
    decision: &'static str,
    why: String,
    by_when: String,
    check_before: String,
    check_after: String,
    way_back: String,
    removes: u64,
    devices: Vec<DeviceShape>,
    findings: Vec<String>,
}

#[derive(Serialize)]
struct LetterShape {
    text: String,
    who: &'static str,
    minutes: u32,
}

#[derive(Serialize)]
struct DeviceShape {
    asset: String,
    title: String,
    maker: Option<MakerShape>,
    off_patients: Option<WindowShape>,
    quiet_on_network: Option<QuietShape>,
}

#[derive(Serialize)]
struct MakerShape {
    position: &'static str,
    document: String,
    at: Option<String>,
}

#[derive(Serialize)]
struct WindowShape {
    when: String,
    because: String,
    confirmed: String,
    statement: String,
}

#[derive(Serialize)]
struct QuietShape {
    from: String,
    until: String,
}

#[derive(Serialize)]
struct LeftShape {
    title: String,
    who: &'static str,
    because: &'static str,
    why: &'static str,
    contained: bool,
    minutes: u32,
    harm: u64,
    assets: Vec<String>,
    findings: Vec<String>,
}

#[derive(Serialize)]
struct OutcomeShape {
    schema_version: u32,
    before: PictureShape,
    after: PictureShape,
    findings_settled: Vec<String>,
    would_lose: Vec<String>,
}

#[derive(Serialize)]
struct PictureShape {
    harm: u64,
    act: u64,
    attend: u64,
    ways: u64,
    goals_reached: u64,
}

/// A plan as JSON, with a line end.
pub fn render(id: RoundId, plan: &HourPlan) -> Result<String> {
    text(&Document {
        schema_version: SCHEMA_VERSION,
        round: id.to_string(),
        harm: plan.harm,
        removed: plan.removed,
        bound: plan.bound,
        percent_of_all_harm: plan.share_of_all(),
        percent_of_best_at_least: plan.share_of_best(),
        teams: plan.teams.iter().map(team).collect(),
        tasks: plan.tasks.iter().map(task).collect(),
        left: plan.left.iter().map(left).collect(),
        findings_not_counted: plan.not_counted,
    })
}

/// An answer to "what if" as JSON, with a line end.
pub fn render_outcome(outcome: &Outcome) -> Result<String> {
    text(&OutcomeShape {
        schema_version: SCHEMA_VERSION,
        before: picture(&outcome.before),
        after: picture(&outcome.after),
        findings_settled: findings(&outcome.settled),
        would_lose: assets(&outcome.would_lose),
    })
}

/// Any shape as JSON, with a line end.
pub(super) fn text(document: &impl Serialize) -> Result<String> {
    let mut text = serde_json::to_string_pretty(document)?;
    text.push('\n');
    Ok(text)
}

fn team(team: &Team) -> TeamShape {
    TeamShape { team: team.role.map(Role::code), minutes: team.minutes, used: team.used }
}

fn task(task: &Task) -> TaskShape {
    let (work, letter) = match &task.work {
        Work::Change => ("change", None),
        Work::Containment(letter) => ("containment", letter.as_ref()),
    };
    TaskShape {
        id: task.id.to_string(),
        work,
        title: task.title.clone(),
        who: task.who.code(),
        minutes: task.minutes,
        downtime_minutes: task.downtime,
        letter: letter.map(|letter| LetterShape {
            text: letter.text.clone(),
            who: letter.by.code(),
            minutes: letter.minutes,
        }),
        decision: task.decision.code(),
        why: task.why.clone(),
        by_when: task.by_when.clone(),
        check_before: task.before.clone(),
        check_after: task.after.clone(),
        way_back: task.back.clone(),
        removes: task.removes,
        devices: task.devices.iter().map(device).collect(),
        findings: findings(&task.findings),
    }
}

fn device(device: &Device) -> DeviceShape {
    DeviceShape {
        asset: device.asset.to_string(),
        title: device.title.clone(),
        maker: device.maker.as_ref().map(|says| MakerShape {
            position: says.position.code(),
            document: says.document.clone(),
            at: says.at.map(|at| at.to_string()),
        }),
        off_patients: device.window.as_ref().map(|window| WindowShape {
            when: window.when.clone(),
            because: window.because.clone(),
            confirmed: window.at.to_string(),
            statement: window.statement.to_string(),
        }),
        quiet_on_network: device
            .quiet
            .map(|quiet| QuietShape { from: quiet.from.to_string(), until: quiet.until.to_string() }),
    }
}

fn left(left: &Left) -> LeftShape {
    LeftShape {
        title: left.title.clone(),
        who: left.who.code(),
        because: left.because.code(),
        why: left.because.sentence(),
        contained: left.contained,
        minutes: left.minutes,
        harm: left.harm,
        assets: assets(&left.assets),
        findings: findings(&left.findings),
    }
}

fn picture(picture: &Picture) -> PictureShape {
    PictureShape {
        harm: picture.harm,
        act: picture.act,
        attend: picture.attend,
        ways: picture.ways,
        goals_reached: picture.goals,
    }
}

pub(super) fn findings(ids: &[FindingId]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

pub(super) fn assets(ids: &[AssetId]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}
