//! How long a plan for the hours at hand takes over a large hospital: `cargo bench -p wardround-triage --bench plan`.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench may fail loudly")]

mod large;

use std::time::Instant;

use wardround_model::Role;
use wardround_triage::{Budget, Efforts, plan_hours};

fn main() {
    let size = large::Size { assets: 20_000, findings: 100_000, conversations: 100_000 };
    let round = large::round(size);
    println!("{size:?}");
    let teams = [(Role::Biomedical, 120), (Role::Network, 240)];
    for (hours, teams) in [(6, &[][..]), (6, &teams), (40, &[]), (400, &[])] {
        let budget = Budget::new(hours * 60, teams).unwrap();
        let started = Instant::now();
        let plan = plan_hours(&round, &budget, &Efforts::default());
        println!(
            "  {hours} hours, {} teams: {:?}, {} tasks, {} % of all harm, at least {} % of the best",
            teams.len(),
            started.elapsed(),
            plan.tasks.len(),
            plan.share_of_all(),
            plan.share_of_best()
        );
    }
}
