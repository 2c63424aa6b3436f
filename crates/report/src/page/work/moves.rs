//! What a round verified and what it opened again, in a line each.

use wardround_model::RoundId;
use wardround_remedy::{Head, Item, Worklist};

use crate::page::words::{count, listed, wide};

/// Devices that are named in a line.
const NAMED: usize = 3;

/// What this round moved; nothing where it moved nothing.
pub fn moves(worklist: &Worklist<'_>, round: RoundId) -> Vec<String> {
    let moves = worklist.moves(round);
    [
        line(
            &moves.verified,
            "weakness is verified as settled: it was seen again with another value",
            "weaknesses are verified as settled: they were seen again with other values",
        ),
        line(&moves.reopened, "weakness is open again", "weaknesses are open again"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn line(moved: &[(&Head, &Item)], one: &str, many: &str) -> Option<String> {
    if moved.is_empty() {
        return None;
    }
    let mut named: Vec<String> =
        moved.iter().map(|(head, _)| format!("{} ({})", head.device, head.id)).collect();
    named.sort();
    named.dedup();
    Some(format!("{}, on {}.", count(wide(moved.len()), one, many), listed(&named, NAMED)))
}
