//! What is said to be done and still has to be shown, with the cheapest way to show each (P12).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Result;
use wardround_ask::proof::{Way, cheapest};
use wardround_ask::{Exchange, Plan};
use wardround_model::{Endpoint, ObservationId, Round, RoundId, SourceKind, Subject};
use wardround_remedy::{Item, State, Worklist};
use wardround_report::page::count;
use wardround_store::Store;

/// Rounds that are read to find what a flaw rested on, at most: what older ones saw is waited for.
const MOST_ROUNDS: usize = 8;

/// A finding that is said to be settled.
pub(super) struct Claimed {
    pub(super) task: String,
    pub(super) title: String,
    pub(super) way: Way,
}

/// What each sight of a proof was of: its subject, and the kind of source.
type Seen = BTreeMap<ObservationId, (Subject, SourceKind)>;

/// Every claim of the worklist, with the cheapest way to show it. `plan` holds all questions that may be put.
pub(super) fn claims(
    worklist: &Worklist<'_>,
    store: &Store,
    newest: (RoundId, &Round),
    plan: &Plan,
) -> Result<Vec<Claimed>> {
    let mut known: BTreeMap<RoundId, Seen> = [(newest.0, seen(newest.1))].into();
    let mut claimed = Vec::new();
    for task in &worklist.tasks {
        for part in task.parts().filter(|part| matches!(part.state, State::Claimed(_))) {
            let round = part.item.seen_in;
            if !known.contains_key(&round) && known.len() < MOST_ROUNDS {
                known.insert(round, seen(&store.round_load(round)?));
            }
            let way = way(part.item, known.get(&round), plan);
            claimed.push(Claimed { task: task.id().to_string(), title: part.item.title.clone(), way });
        }
    }
    Ok(claimed)
}

fn seen(round: &Round) -> Seen {
    let kinds: Vec<SourceKind> = round.coverage.sources.iter().map(|source| source.kind).collect();
    let of = |it: &wardround_model::Observation| {
        let kind = kinds.get(usize::from(it.first.evidence.source.0)).copied()?;
        Some((it.id(), (it.subject, kind)))
    };
    round.observations.iter().filter_map(of).collect()
}

fn way(item: &Item, seen: Option<&Seen>, plan: &Plan) -> Way {
    let of = |sight: &wardround_remedy::Sight| {
        let (subject, source) = *seen?.get(&sight.observation)?;
        Some((sight.kind, subject, source))
    };
    let sights: Vec<_> = item.proof.iter().filter_map(of).collect();
    cheapest(item.can_be_verified(), &sights, |kind, endpoint| {
        let at = |it: &&Exchange| it.endpoint() == endpoint;
        match plan.exchanges.iter().find(at) {
            Some(exchange) if exchange.question.shows(kind) => Ok(()),
            Some(_) => Err("the question that its service expects does not show it".to_owned()),
            None => {
                let left = plan.left_out.iter().find(|left| std::net::IpAddr::V4(left.ip) == endpoint.ip);
                Err(left.map_or("it is not in the scope", |left| left.reason.as_str()).to_owned())
            }
        }
    })
}

/// The questions that are left, each with the task that it proves.
pub(super) fn reasons(claimed: &[Claimed]) -> BTreeMap<Endpoint, String> {
    let mut reasons: BTreeMap<Endpoint, String> = BTreeMap::new();
    for claim in claimed {
        if let Way::Ask(endpoint) = claim.way {
            let reason = reasons.entry(endpoint).or_insert_with(|| "it shows whether it is done:".to_owned());
            if !reason.contains(&claim.task) && reason.len() < 200 {
                reason.push(' ');
                reason.push_str(&claim.task);
            }
        }
    }
    reasons
}

pub(super) fn told(claimed: &[Claimed]) -> Result<String> {
    if claimed.is_empty() {
        return Ok("Nothing is said to be done that still has to be shown.\n".to_owned());
    }
    let all = count(claimed.len() as u64, "finding", "findings");
    let mut text = format!("Said to be done and not shown yet: {all}. The cheapest way to show each:\n\n");
    for claim in claimed {
        let way = &claim.way;
        writeln!(text, "  {}  {}\n      {way}", claim.task, claim.title)?;
    }
    Ok(text)
}
