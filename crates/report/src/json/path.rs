//! Ways of an attacker as JSON: documented in `docs/json.md`.

use anyhow::Result;
use serde::Serialize;
use wardround_model::{Asset, AssetId, Evidence, Round, RoundId};
use wardround_triage::{Cuts, Entry, LetThrough, Loss, Reached, Step, Way};

use super::SCHEMA_VERSION;
use super::plan::{assets, findings, text};

#[derive(Serialize)]
struct Ways {
    schema_version: u32,
    round: String,
    ways: Vec<WayShape>,
    cuts: Option<CutsShape>,
}

#[derive(Serialize)]
struct WayShape {
    entry: Option<&'static str>,
    weight: u32,
    likely: &'static str,
    steps: Vec<StepShape>,
}

#[derive(Serialize)]
struct StepShape {
    asset: String,
    title: String,
    reached: &'static str,
    conversation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<RuleShape>,
    finding: Option<String>,
}

#[derive(Serialize)]
struct RuleShape {
    file: String,
    line: u64,
    day: String,
}

#[derive(Serialize)]
struct CutsShape {
    ways: u64,
    mend: Vec<CutShape>,
    fewest_that_cut_all: Option<Vec<String>>,
    at_least: u64,
}

#[derive(Serialize)]
struct CutShape {
    asset: String,
    findings: Vec<String>,
    ways_left: u64,
}

#[derive(Serialize)]
struct LossShape {
    schema_version: u32,
    round: String,
    fallen: Vec<String>,
    taken: Vec<String>,
    without_what_they_use: Vec<String>,
    care: Vec<CareShape>,
}

#[derive(Serialize)]
struct CareShape {
    class: &'static str,
    care_role: &'static str,
    lost_or_in_reach: u64,
    without_what_they_use: u64,
}

/// Ways and what cuts them, with a line end.
pub fn ways(id: RoundId, round: &Round, ways: &[Way], cuts: Option<&Cuts>) -> Result<String> {
    text(&Ways {
        schema_version: SCHEMA_VERSION,
        round: id.to_string(),
        ways: ways.iter().map(|way| shape(round, way)).collect(),
        cuts: cuts.map(|cuts| CutsShape {
            ways: cuts.ways,
            mend: cuts
                .cuts
                .iter()
                .map(|cut| CutShape {
                    asset: cut.asset.to_string(),
                    findings: findings(&cut.findings),
                    ways_left: cut.ways_left,
                })
                .collect(),
            fewest_that_cut_all: cuts.all.as_deref().map(assets),
            at_least: cuts.at_least,
        }),
    })
}

fn shape(round: &Round, way: &Way) -> WayShape {
    WayShape {
        entry: way.entry.map(Entry::code),
        weight: way.weight,
        likely: way.word(),
        steps: way.steps.iter().map(|one| step(round, one)).collect(),
    }
}

fn step(round: &Round, step: &Step) -> StepShape {
    let title = |asset: AssetId| round.asset(asset).map_or_else(String::new, Asset::title);
    let (reached, conversation) = match step.reached {
        Reached::Start(seen) => ("start", seen),
        Reached::Seen(seen) => ("seen", Some(seen)),
        Reached::SameNetwork => ("same-network", None),
        Reached::Allowed(LetThrough { is_sure: true, .. }) => ("allowed", None),
        Reached::Allowed(_) => ("perhaps-allowed", None),
    };
    let rule = match step.reached {
        Reached::Allowed(allowed) => Some(rule(round, allowed)),
        _ => None,
    };
    StepShape {
        asset: step.asset.to_string(),
        title: title(step.asset),
        reached,
        conversation: conversation.map(|id| id.to_string()),
        rule,
        finding: step.by.map(|id| id.to_string()),
    }
}

fn rule(round: &Round, allowed: LetThrough) -> RuleShape {
    let Evidence { source, record, .. } = allowed.rule.evidence;
    let file = round.coverage.sources.get(usize::from(source.0)).map(|source| source.name.clone());
    RuleShape { file: file.unwrap_or_default(), line: record, day: allowed.rule.at.to_string() }
}

/// What is lost if something falls, with a line end.
pub fn loss(id: RoundId, loss: &Loss) -> Result<String> {
    let care = loss.care.iter().map(|(class, lost, without)| CareShape {
        class: class.code(),
        care_role: class.care_role().code(),
        lost_or_in_reach: *lost,
        without_what_they_use: *without,
    });
    text(&LossShape {
        schema_version: SCHEMA_VERSION,
        round: id.to_string(),
        fallen: assets(&loss.fallen),
        taken: assets(&loss.taken),
        without_what_they_use: assets(&loss.users),
        care: care.collect(),
    })
}
