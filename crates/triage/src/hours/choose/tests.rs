use proptest::prelude::*;

use super::*;

fn cover(door: u32, percent: Percent) -> Cover {
    Cover { door, percent }
}

/// Minutes of each pool that these visits take.
fn minutes(problem: &Problem, picks: &[Pick]) -> Vec<u64> {
    let mut minutes = vec![0; problem.pools.len()];
    let mut opened = std::collections::BTreeSet::new();
    for pick in picks {
        let group = &problem.groups[pick.group as usize];
        minutes[group.pool] += u64::from(group.visit);
        if opened.insert(pick.group) {
            minutes[group.pool] += u64::from(group.once);
            if let Some((pool, also)) = group.also {
                minutes[pool] += u64::from(also);
            }
        }
    }
    minutes
}

fn fits(problem: &Problem, picks: &[Pick]) -> bool {
    minutes(problem, picks).iter().zip(&problem.pools).all(|(used, left)| *used <= u64::from(*left))
}

fn removed(problem: &Problem, picks: &[Pick]) -> Harm {
    let mut closed = vec![0; problem.doors.len()];
    for cover in picks.iter().flat_map(|pick| problem.covers(*pick)) {
        closed[cover.door as usize] = cover.percent.max(closed[cover.door as usize]);
    }
    closed.iter().zip(&problem.doors).map(|(percent, weight)| u64::from(*percent) * u64::from(*weight)).sum()
}

/// The best of all sets of visits that fit, by looking at every one.
fn best_of_all(problem: &Problem) -> Harm {
    let all: Vec<Pick> = problem
        .groups
        .iter()
        .zip(0..)
        .flat_map(|(group, place)| group.places().map(move |visit| Pick { group: place, visit }))
        .collect();
    let chosen =
        |set: u32| all.iter().enumerate().filter(move |(bit, _)| set >> bit & 1 == 1).map(|(_, pick)| *pick);
    let sets = (0..1_u32 << all.len()).map(|set| chosen(set).collect::<Vec<_>>());
    sets.filter(|picks| fits(problem, picks)).map(|picks| removed(problem, &picks)).max().unwrap_or(0)
}

#[test]
fn one_change_that_closes_many_doors_comes_before_many_that_close_one() {
    let one = |visits: Vec<Vec<Cover>>| Group { once: 30, visit: 30, visits, ..Group::default() };
    let problem = Problem {
        doors: vec![10; 6],
        groups: vec![
            one(vec![vec![cover(0, 100)]]),
            one(vec![(0..6).map(|door| cover(door, 100)).collect()]),
        ],
        pools: vec![60],
    };
    let choice = choose(&problem);
    assert_eq!(choice.picks, [Pick { group: 1, visit: 0 }]);
    assert_eq!((choice.removed, choice.bound), (6_000, 6_000));
}

#[test]
fn minutes_to_pay_once_are_worth_it_only_with_enough_visits() {
    let visits = |doors: std::ops::Range<u32>| doors.map(|door| vec![cover(door, 100)]).collect::<Vec<_>>();
    let problem = |minutes| Problem {
        doors: vec![10; 9],
        groups: vec![
            Group { once: 60, visit: 10, visits: visits(0..8), ..Group::default() },
            Group { once: 0, visit: 40, visits: visits(8..9), ..Group::default() },
        ],
        pools: vec![minutes],
    };
    assert_eq!(choose(&problem(60)).picks, [Pick { group: 1, visit: 0 }]);
    assert_eq!(choose(&problem(140)).picks.len(), 8);
}

#[test]
fn the_best_single_change_beats_a_dense_but_tiny_one() {
    let group =
        |visit, door| Group { once: 0, visit, visits: vec![vec![cover(door, 100)]], ..Group::default() };
    let problem =
        Problem { doors: vec![10, 500], groups: vec![group(1, 0), group(100, 1)], pools: vec![100] };
    assert_eq!(choose(&problem).picks, [Pick { group: 1, visit: 0 }]);
}

#[test]
fn nothing_to_do_and_no_time_are_answers() {
    assert_eq!(choose(&Problem::default()), Choice::default());
    let group = Group { once: 5, visit: 5, visits: vec![vec![cover(0, 100)]], ..Group::default() };
    let problem = Problem { doors: vec![7], groups: vec![group], pools: vec![0] };
    assert_eq!(choose(&problem), Choice::default());
}

fn any_problem() -> impl Strategy<Value = Problem> {
    let cover = (0..7_u32, prop_oneof![Just(100_u8), Just(60), 1..=100_u8])
        .prop_map(|(door, percent)| cover(door, percent));
    let visit = prop::collection::vec(cover, 0..4).prop_map(|mut covers: Vec<Cover>| {
        covers.sort_by_key(|cover| cover.door);
        covers.dedup_by_key(|cover| cover.door);
        covers
    });
    let visits = prop::collection::vec(visit, 1..4);
    let group = (0..2_usize, 0..60_u32, 1..40_u32, prop::option::of((0..2_usize, 0..30_u32)), visits);
    let group = group.prop_map(|(pool, once, visit, also, visits)| Group {
        pool,
        once,
        visit,
        also: also.filter(|(other, _)| *other != pool),
        visits,
    });
    let doors = prop::collection::vec(1..100_u32, 7);
    (doors, prop::collection::vec(group, 0..4), prop::collection::vec(0..200_u32, 2))
        .prop_map(|(doors, groups, pools)| Problem { doors, groups, pools })
}

/// The same problem with all its minutes in one pool.
fn in_one_pool(mut problem: Problem, minutes: u32) -> Problem {
    problem.pools = vec![minutes];
    for group in &mut problem.groups {
        group.pool = 0;
        group.once += group.also.take().map_or(0, |(_, minutes)| minutes);
    }
    problem
}

proptest! {
    #[test]
    fn never_over_the_minutes_and_never_above_the_bound(problem in any_problem()) {
        let choice = choose(&problem);
        prop_assert!(fits(&problem, &choice.picks));
        prop_assert_eq!(choice.removed, removed(&problem, &choice.picks));
        let best = best_of_all(&problem);
        prop_assert!(choice.removed <= best);
        prop_assert!(best <= choice.bound, "best {} bound {}", best, choice.bound);
    }

    #[test]
    fn no_visit_is_made_twice(problem in any_problem()) {
        let mut picks = choose(&problem).picks;
        let made = picks.len();
        picks.sort();
        picks.dedup();
        prop_assert_eq!(picks.len(), made);
    }

    #[test]
    fn more_hours_never_remove_less(problem in any_problem(), quarters in 0..12_u32, more in 1..12_u32) {
        let few = choose(&in_one_pool(problem.clone(), quarters * 15)).removed;
        let many = choose(&in_one_pool(problem, (quarters + more) * 15)).removed;
        prop_assert!(many >= few, "{} with more, {} with fewer", many, few);
    }

    #[test]
    fn small_problems_are_solved_well(problem in any_problem()) {
        let best = best_of_all(&problem);
        // 1 - 1/e is 63.2 %; shared minutes weaken the proof, so this is what was measured here, not a law.
        prop_assert!(choose(&problem).removed * 100 >= best * 63);
    }
}
