//! How an attacker could come from one part of the hospital to another: the question of *Ways in*, and its answer as data.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use schemars::JsonSchema;
use serde::Serialize;
use wardround_model::Area;
use wardround_store::view::WayGround;
use wardround_triage::{Cuts, Reached, Step, Way};

use super::super::asked::Fields;
use super::super::operations::{Operation, Parameter, ROUND, any};
use super::super::shapes::One;
use super::size;
use crate::asked::Asked;
use crate::ground::{Door, Question};
use crate::problem::Problem;
use crate::roles::Permission;
use crate::site::Site;
use crate::ways::{End, MOST_WAYS, Told, answer, file, title};

fn areas() -> Vec<&'static str> {
    Area::ALL.iter().map(|area| area.code()).collect()
}

const FIELDS: &[Parameter] = &[
    ROUND,
    any("from", "From this device, by its name, address or id; else from outside."),
    Parameter::one_of("from_area", "From devices of this part of the hospital.", areas),
    any("to", "To this device; else to what patients depend on."),
    Parameter::one_of("to_area", "To devices of this part of the hospital.", areas),
    Parameter::one_of("seen", "`only`: by what was seen alone, and not by rules of firewalls.", || {
        vec!["only"]
    }),
];

/// Ways of an attacker. A way is a chain of weak places that fit together; it does not say that anybody has gone it.
#[derive(Serialize, JsonSchema)]
struct Ways {
    from: Side,
    to: Side,
    /// The likeliest first. None is no proof that there is none.
    ways: Vec<FoundWay>,
    /// There may be more than are told.
    more: bool,
    /// What cuts the most of all ways; only for ways from outside to what patients depend on.
    #[serde(skip_serializing_if = "Option::is_none")]
    cut: Option<CutWays>,
    /// Rules of firewalls that counted.
    rules: u64,
    /// Files with more rules than could be held against so many devices: what they let through is left out.
    left_out: Vec<String>,
}

/// What to mend to cut the most ways: always the device that most of the shortest ways pass, then they are looked for again.
#[derive(Serialize, JsonSchema)]
struct CutWays {
    /// Pairs of a way in and a goal that some way joins now.
    ways: u64,
    /// In this order, five at most.
    mend: Vec<Mended>,
    /// The fewest devices that cut every way; absent where they could not be found.
    #[serde(skip_serializing_if = "Option::is_none")]
    fewest_that_cut_all: Option<Vec<String>>,
    /// At least so many must be mended to cut every way; 0 where that is not known.
    at_least: u64,
}

/// A device to mend, with all of its weak places.
#[derive(Serialize, JsonSchema)]
struct Mended {
    device: String,
    device_title: String,
    /// What is left of the ways once it is mended, with those before it.
    ways_left: u64,
}

impl CutWays {
    fn of(ground: &WayGround, cuts: &Cuts) -> Self {
        let mended = cuts.cuts.iter().map(|cut| Mended {
            device: cut.asset.to_string(),
            device_title: title(ground, cut.asset),
            ways_left: cut.ways_left,
        });
        let all = cuts.all.as_ref().map(|all| all.iter().map(ToString::to_string).collect());
        Self { ways: cuts.ways, mend: mended.collect(), fewest_that_cut_all: all, at_least: cuts.at_least }
    }
}

/// One side of the question.
#[derive(Serialize, JsonSchema)]
struct Side {
    /// How it was understood: `any` (outside, or what patients depend on), `devices`, or `unclear` (then no way is looked for).
    meant: &'static str,
    /// How many devices are meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    devices: Option<u64>,
    /// Which may be meant, where the text is of several: ask again with the id.
    choices: Vec<Choice>,
}

/// A device that may be meant.
#[derive(Serialize, JsonSchema)]
struct Choice {
    id: String,
    title: String,
}

impl From<&End> for Side {
    fn from(from: &End) -> Self {
        match from {
            End::Any => Self { meant: "any", devices: None, choices: Vec::new() },
            End::Devices(ids) => {
                Self { meant: "devices", devices: Some(size(ids.len())), choices: Vec::new() }
            }
            End::Unclear(_, named) => {
                let choices =
                    named.iter().map(|(id, title)| Choice { id: id.to_string(), title: title.clone() });
                Self { meant: "unclear", devices: None, choices: choices.collect() }
            }
        }
    }
}

/// A way.
#[derive(Serialize, JsonSchema)]
struct FoundWay {
    /// In a word.
    likelihood: &'static str,
    /// How it begins, such as `mail`; absent where it begins at a device that you named.
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<&'static str>,
    /// Step by step; the last one is the goal.
    steps: Vec<WayStep>,
}

/// A device on a way.
#[derive(Serialize, JsonSchema)]
struct WayStep {
    device: String,
    device_title: String,
    /// How it is reached: `start`, `seen` (somebody was seen to go there), `same-network` or `rule` (nobody was).
    reached: &'static str,
    /// What shows it, such as "C-1a2b3c4d5e6f".
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<Rule>,
    /// The weak place by which it is taken; absent where none is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    finding: Option<String>,
}

/// A rule of a firewall that lets it through.
#[derive(Serialize, JsonSchema)]
struct Rule {
    file: String,
    line: u64,
    at: String,
    /// Whether all of the rule was understood; if not, it may let less through.
    sure: bool,
}

impl WayStep {
    fn of(ground: &WayGround, step: &Step) -> Self {
        let (reached, evidence, rule) = match step.reached {
            Reached::Start(seen) => ("start", seen.map(|seen| seen.to_string()), None),
            Reached::Seen(seen) => ("seen", Some(seen.to_string()), None),
            Reached::SameNetwork => ("same-network", None, None),
            Reached::Allowed(allowed) => {
                let evidence = allowed.rule.evidence;
                let rule = Rule {
                    file: file(ground, usize::from(evidence.source.0)).to_owned(),
                    line: evidence.record,
                    at: allowed.rule.at.to_string(),
                    sure: allowed.is_sure,
                };
                ("rule", None, Some(rule))
            }
        };
        Self {
            device: step.asset.to_string(),
            device_title: title(ground, step.asset),
            reached,
            evidence,
            rule,
            finding: step.by.map(|by| by.to_string()),
        }
    }
}

impl FoundWay {
    fn of(ground: &WayGround, way: &Way) -> Self {
        Self {
            likelihood: way.word(),
            entry: way.entry.map(wardround_triage::Entry::code),
            steps: way.steps.iter().map(|step| WayStep::of(ground, step)).collect(),
        }
    }
}

pub(super) fn operations() -> Vec<Operation> {
    vec![Operation::new::<One<Ways>, _, _>(
        "ways.find",
        "How an attacker could come from one part of the hospital, or from outside, to another part or to what patients depend on.",
        Permission::See,
        "/api/v1/ways",
        FIELDS,
        find,
    )]
}

async fn find(State(site): State<Site>, asked: Asked) -> Result<Response, Problem> {
    let fields = Fields::of(&asked, FIELDS)?;
    fields.place()?;
    for area in ["from_area", "to_area"] {
        fields.code(area, Area::from_code)?;
    }
    fields.code("seen", |text| (text == "only").then_some(()))?;
    let looked = asked.look(&site, |_| Ok(())).await?.ok_or(Problem::NotFound)?;
    let (round, demo) = (looked.round.id, site.is_demo());
    let question = Question { round, door: Door::Api, asked: asked.as_form() };
    let tell = move |_: &Asked, ground: &WayGround, told: &Told| {
        let ways = Ways {
            from: (&told.from).into(),
            to: (&told.to).into(),
            ways: told.ways.iter().map(|way| FoundWay::of(ground, way)).collect(),
            more: told.ways.len() == MOST_WAYS,
            cut: told.cuts.as_ref().map(|cuts| CutWays::of(ground, cuts)),
            rules: size(ground.rules.len()),
            left_out: told.left_out.clone(),
        };
        // Texts and numbers alone: there is nothing that JSON cannot say.
        serde_json::to_string(&One { round: round.to_string(), demo, item: ways }).unwrap_or_default()
    };
    let text = answer(&site, question, tell).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}
