//! Greedy: always the visits with the most harm per minute that still fit, until nothing fits.
//!
//! A group that is not begun yet is weighed by its best bundle: so many visits that, with the minutes to pay once, the
//! harm per minute is highest. Harm per minute of a group only falls while a run goes on, so a stale value is looked at
//! again only when it comes up (lazy evaluation, Minoux 1978).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{Harm, Percent, Pick, Problem, Ratio, index};

/// The visits of a group that are not made yet, by what they would remove when that was last worked out.
type Queue = BinaryHeap<(Harm, Reverse<u32>)>;

/// A run in progress.
#[derive(Clone)]
pub(super) struct Run<'a> {
    problem: &'a Problem,
    left: Vec<u32>,
    opened: Vec<bool>,
    closed: Vec<Percent>,
    queues: Vec<Queue>,
    pub(super) picks: Vec<Pick>,
    pub(super) removed: Harm,
}

/// Visits of one group that are worth making together.
struct Bundle {
    visits: Vec<(Harm, Reverse<u32>)>,
    ratio: Ratio,
}

impl<'a> Run<'a> {
    /// Nothing chosen yet.
    pub(super) fn new(problem: &'a Problem) -> Self {
        let closed = vec![0; problem.doors.len()];
        let queue = |(place, group): (usize, &super::Group)| -> Queue {
            let place = u32::try_from(place).unwrap_or(u32::MAX);
            let gain = |visit| (problem.gain(Pick { group: place, visit }, &closed), Reverse(visit));
            group.places().map(gain).filter(|(harm, _)| *harm > 0).collect()
        };
        Self {
            queues: problem.groups.iter().enumerate().map(queue).collect(),
            left: problem.pools.clone(),
            opened: vec![false; problem.groups.len()],
            closed,
            picks: Vec::new(),
            removed: 0,
            problem,
        }
    }

    /// The same, with other minutes.
    pub(super) fn within(&self, pools: &[u32]) -> Self {
        Self { left: pools.to_vec(), ..self.clone() }
    }

    /// What is closed, by door.
    pub(super) fn closed(&self) -> &[Percent] {
        &self.closed
    }

    /// Makes these visits first; `false` when they do not fit.
    pub(super) fn begin(&mut self, seed: &[Pick]) -> bool {
        seed.iter().all(|pick| {
            let fits = self.most_visits(pick.group) >= 1;
            if fits {
                self.make(*pick);
            }
            fits
        })
    }

    /// Makes as many visits of this group as fit.
    pub(super) fn begin_group(&mut self, group: u32) {
        let most = self.most_visits(group);
        let visits: Vec<_> = std::iter::from_fn(|| self.pop(group)).take(most).collect();
        visits.into_iter().for_each(|(_, Reverse(visit))| self.make(Pick { group, visit }));
    }

    /// Makes visits by harm per minute until nothing fits.
    pub(super) fn finish(&mut self) {
        let mut next: BinaryHeap<(Ratio, Reverse<u32>)> = BinaryHeap::with_capacity(self.queues.len());
        for group in self.problem.places() {
            next.extend(self.bundle(group).map(|bundle| (bundle.ratio, Reverse(group))));
        }
        while let Some((stale, Reverse(group))) = next.pop() {
            let Some(bundle) = self.bundle_out(group) else { continue };
            if bundle.ratio < stale {
                next.push((bundle.ratio, Reverse(group)));
                self.put_back(group, bundle.visits);
                continue;
            }
            for (_, Reverse(visit)) in bundle.visits {
                self.make(Pick { group, visit });
            }
            next.extend(self.bundle(group).map(|bundle| (bundle.ratio, Reverse(group))));
        }
    }

    fn bundle(&mut self, group: u32) -> Option<Bundle> {
        let bundle = self.bundle_out(group)?;
        self.put_back(group, bundle.visits.clone());
        Some(bundle)
    }

    /// The visits of a group with the most harm per minute that fit, taken out of its queue.
    fn bundle_out(&mut self, place: u32) -> Option<Bundle> {
        let group = self.problem.group(place)?;
        let opened = self.opened.get(index(place)).copied().unwrap_or(false);
        let most = self.most_visits(place);
        let mut visits = Vec::new();
        let mut ratio = Ratio { harm: 0, minutes: 1 };
        while visits.len() < most {
            let Some(best) = self.pop(place) else { break };
            let harm = ratio.harm + best.0;
            let with = Ratio { harm, minutes: group.all_minutes(opened, visits.len() + 1) };
            if !visits.is_empty() && with <= ratio {
                self.put_back(place, vec![best]);
                break;
            }
            ratio = with;
            visits.push(best);
        }
        (!visits.is_empty()).then_some(Bundle { visits, ratio })
    }

    /// The visit of a group that removes most now, taken out of its queue.
    fn pop(&mut self, place: u32) -> Option<(Harm, Reverse<u32>)> {
        let queue = self.queues.get_mut(index(place))?;
        while let Some((stale, Reverse(visit))) = queue.pop() {
            let harm = self.problem.gain(Pick { group: place, visit }, &self.closed);
            if harm == stale {
                return Some((harm, Reverse(visit)));
            }
            if harm > 0 {
                queue.push((harm, Reverse(visit)));
            }
        }
        None
    }

    fn put_back(&mut self, place: u32, visits: Vec<(Harm, Reverse<u32>)>) {
        if let Some(queue) = self.queues.get_mut(index(place)) {
            queue.extend(visits);
        }
    }

    /// How many visits of a group fit into what is left.
    fn most_visits(&self, place: u32) -> usize {
        let Some(group) = self.problem.group(place) else { return 0 };
        if self.opened.get(index(place)).copied().unwrap_or(false) {
            let left = self.left.get(group.pool).copied().unwrap_or(0);
            return index(left / group.visit.max(1));
        }
        group.fitting(&self.left)
    }

    fn make(&mut self, pick: Pick) {
        let Some(group) = self.problem.group(pick.group) else { return };
        let opened =
            self.opened.get_mut(index(pick.group)).is_some_and(|opened| std::mem::replace(opened, true));
        let (once, also) = if opened { (0, None) } else { (group.once, group.also) };
        let own = Some((group.pool, once.saturating_add(group.visit.max(1))));
        for (pool, minutes) in own.into_iter().chain(also) {
            if let Some(left) = self.left.get_mut(pool) {
                *left = left.saturating_sub(minutes);
            }
        }
        self.removed += self.problem.gain(pick, &self.closed);
        for cover in self.problem.covers(pick) {
            if let Some(closed) = self.closed.get_mut(index(cover.door)) {
                *closed = cover.percent.max(*closed);
            }
        }
        self.picks.push(pick);
    }
}
