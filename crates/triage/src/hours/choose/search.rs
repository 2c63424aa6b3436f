//! The best of several greedy runs: plain, behind the best single group, and, where affordable, behind every choice of up to
//! three visits.
//!
//! More minutes must never remove less, which greedy alone does not promise. So runs are also made with fewer minutes, in
//! quarters of an hour, and the best of all is kept; the bound tells when no smaller budget can be better, which is
//! soon.

use super::greedy::Run;
use super::{Choice, Harm, Pick, Problem, bound};

/// Runs with fewer minutes are made in steps of this: a quarter of an hour.
const STEP: u32 = 15;

/// Steps are this fine up to here, 40 hours; beyond, each is an eighth longer than the one before.
const FINE_UP_TO: u32 = 2_400;

/// About how many visits may be looked at in all runs together, so that large hospitals do not wait.
const WORK: usize = 2_000_000;

/// The visits to make, what they remove and how much could be removed at most.
pub(crate) fn choose(problem: &Problem) -> Choice {
    let start = Run::new(problem);
    let visits: usize = problem.groups.iter().map(|group| group.visits.len()).sum();
    let seeds = seeds(problem, &start, visits);
    let mut best = start.clone();
    for pools in budgets(&problem.pools) {
        if best.removed > 0 && best.removed >= bound::at_most(problem, &pools, (start.closed(), 0)) {
            break;
        }
        for run in runs(problem, &start, &pools, &seeds) {
            if run.removed > best.removed {
                best = run;
            }
        }
    }
    let from_nothing = bound::at_most(problem, &problem.pools, (start.closed(), 0));
    let from_best = bound::at_most(problem, &problem.pools, (best.closed(), best.removed));
    Choice { bound: from_nothing.min(from_best), removed: best.removed, picks: best.picks }
}

/// The minutes of each pool, and fewer of each, downwards.
fn budgets(pools: &[u32]) -> Vec<Vec<u32>> {
    let most = pools.iter().copied().max().unwrap_or(0);
    let mut steps: Vec<u32> = (1..=FINE_UP_TO / STEP).map(|step| step * STEP).collect();
    let mut last = FINE_UP_TO;
    while last < most {
        last = last.saturating_add(last / 8);
        steps.push(last);
    }
    let fewer = steps.into_iter().rev().filter(|step| *step < most);
    let fewer = fewer.map(|step| pools.iter().map(|minutes| step.min(*minutes)).collect());
    std::iter::once(pools.to_vec()).chain(fewer).collect()
}

fn runs<'a>(problem: &Problem, start: &Run<'a>, pools: &[u32], seeds: &[Vec<Pick>]) -> Vec<Run<'a>> {
    let mut plain = start.within(pools);
    plain.finish();
    let mut single = start.within(pools);
    if let Some(group) = best_group(problem, start, pools) {
        single.begin_group(group);
    }
    single.finish();
    let seeded = seeds.iter().filter_map(|seed| {
        let mut run = start.within(pools);
        let fits = run.begin(seed);
        run.finish();
        fits.then_some(run)
    });
    let seeded = seeded.reduce(|best, run| if run.removed > best.removed { run } else { best });
    [Some(plain), Some(single), seeded].into_iter().flatten().collect()
}

/// The group that, as far as it fits, removes most by itself.
fn best_group(problem: &Problem, start: &Run<'_>, pools: &[u32]) -> Option<u32> {
    let most = |place: &u32| {
        let fitting = problem.group(*place).map_or(0, |group| group.fitting(pools));
        problem.gains(*place, start.closed()).into_iter().take(fitting).sum::<Harm>()
    };
    problem.places().max_by_key(|place| (most(place), std::cmp::Reverse(*place)))
}

/// Visits to begin a run with: every choice of three, else of two, else of the best ones, as far as that is affordable.
/// It does not depend on the minutes, so that more of them cannot be worse.
fn seeds(problem: &Problem, start: &Run<'_>, visits: usize) -> Vec<Vec<Pick>> {
    let affordable = WORK / (24 * visits.max(8));
    let picks = best_visits(problem, start, affordable);
    let mut seeds: Vec<Vec<Pick>> = picks.iter().map(|pick| vec![*pick]).collect();
    let pairs = visits * visits.saturating_sub(1) / 2;
    if pairs > affordable {
        return seeds;
    }
    let with_triples = pairs + pairs * visits.saturating_sub(2) / 3 <= affordable;
    for (place, first) in picks.iter().enumerate() {
        for (next, second) in picks.iter().enumerate().skip(place + 1) {
            seeds.push(vec![*first, *second]);
            let thirds = picks.iter().skip(next + 1).filter(|_| with_triples);
            seeds.extend(thirds.map(|third| vec![*first, *second, *third]));
        }
    }
    seeds
}

/// The visits that remove most by themselves.
fn best_visits(problem: &Problem, start: &Run<'_>, most: usize) -> Vec<Pick> {
    let visits = |group| {
        let of_group = problem.group(group).into_iter().flat_map(super::Group::places);
        of_group.map(move |visit| Pick { group, visit })
    };
    let mut picks: Vec<_> = problem
        .places()
        .flat_map(visits)
        .map(|pick| (std::cmp::Reverse(problem.gain(pick, start.closed())), pick))
        .collect();
    picks.sort_unstable();
    picks.into_iter().take(most).map(|(_, pick)| pick).collect()
}
