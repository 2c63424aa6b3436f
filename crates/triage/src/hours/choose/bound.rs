//! How much harm could be removed at most: a bound from above, for the answer at hand.
//!
//! Whatever set of visits is best, it removes at most what is removed by a set that we know plus the sum of what each of
//! its visits would add to that set (submodularity). That sum is bounded by filling each pool with the densest visits,
//! the last one in part. A group's visits, sorted, are one bundle that carries the minutes to pay once, then single
//! visits; a group that cannot be begun within its pool is left out, as no feasible set has it.

use super::{Group, Harm, Percent, Problem, Ratio};

/// No choice within these minutes of each pool removes more than this; `known` is what a set of visits closes and removes.
pub(super) fn at_most(problem: &Problem, pools: &[u32], known: (&[Percent], Harm)) -> Harm {
    let mut pieces: Vec<Vec<Ratio>> = vec![Vec::new(); pools.len()];
    for place in problem.places() {
        let Some(group) = problem.group(place) else { continue };
        let mut gains = problem.gains(place, known.0);
        gains.truncate(group.fitting(pools));
        if let Some(pieces) = pieces.get_mut(group.pool) {
            pieces.extend(concave(group, &gains));
        }
    }
    let filled = pieces.into_iter().zip(pools).map(|(pieces, minutes)| fill(pieces, *minutes));
    problem.all().min(known.1 + filled.sum::<Harm>())
}

/// The pieces of the least concave curve over what a group removes by minutes: the densest bundle, then each visit.
fn concave(group: &Group, gains: &[Harm]) -> Vec<Ratio> {
    let mut bundle: Option<Ratio> = None;
    let mut rest = gains.iter().enumerate().peekable();
    while let Some((place, gain)) = rest.peek() {
        let harm = bundle.map_or(0, |ratio| ratio.harm) + **gain;
        let with = Ratio { harm, minutes: group.minutes(false, place + 1) };
        if bundle.is_some_and(|ratio| with <= ratio) {
            break;
        }
        bundle = Some(with);
        rest.next();
    }
    let visits = rest.map(|(_, gain)| Ratio { harm: *gain, minutes: u64::from(group.visit.max(1)) });
    bundle.into_iter().chain(visits).collect()
}

/// What the densest pieces remove within these minutes, the last one in part and rounded up.
fn fill(mut pieces: Vec<Ratio>, minutes: u32) -> Harm {
    pieces.sort_unstable_by(|one, two| two.cmp(one));
    let mut left = u64::from(minutes);
    let mut filled = 0;
    for piece in pieces {
        let taken = piece.minutes.min(left);
        filled += (piece.harm * taken).div_ceil(piece.minutes.max(1));
        left -= taken;
        if left == 0 {
            break;
        }
    }
    filled
}
