//! Which visits to make so that the most harm is removed within the minutes at hand.
//!
//! The problem is budgeted maximum coverage. A *door* is what one change closes on one device, with the harm behind it;
//! a *group* is one kind of change, with minutes to pay once and minutes for each *visit*; a visit closes doors, wholly
//! or in part. The minutes come from *pools*, one for each role whose hours are given and one for all others.
//!
//! Closing doors has diminishing returns (it is monotone and submodular), so greedy by harm per minute does well: with
//! plain costs, the better of greedy and the best single choice reaches a fixed share of the best (Khuller, Moss and
//! Naor, 1999), and greedy behind every choice of three reaches 1 - 1/e (Sviridenko, 2004). Minutes that a group shares
//! weaken those proofs, so nothing is claimed from them here: each answer comes with a bound computed for it
//! ([`Choice::bound`]), which no choice within the same minutes can pass. All arithmetic is in whole numbers and every
//! tie is broken by place, so that the same problem gives the same answer.
//!
//! Not here: what a door, a change or harm is (`doors`, `fixes`, `harm`).

mod bound;
mod greedy;
mod search;
#[cfg(test)]
mod tests;

pub(crate) use search::choose;

/// The share of a door that a visit closes, in per cent, 0 to 100.
pub(crate) type Percent = u8;

/// What a visit does to one door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cover {
    /// The door's place in [`Problem::doors`].
    pub(crate) door: u32,
    /// How much of it is closed.
    pub(crate) percent: Percent,
}

/// One kind of change that can be made on one or more devices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Group {
    /// The pool that pays for it.
    pub(crate) pool: usize,
    /// Minutes to pay once, when the first visit is made.
    pub(crate) once: u32,
    /// Minutes for each visit, 1 or more.
    pub(crate) visit: u32,
    /// Minutes that another pool pays once.
    pub(crate) also: Option<(usize, u32)>,
    /// What each visit closes; each door at most once in one visit.
    pub(crate) visits: Vec<Vec<Cover>>,
}

/// Doors, what can be done about them, and the minutes of each pool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The harm behind each door.
    pub(crate) doors: Vec<u32>,
    /// What can be done.
    pub(crate) groups: Vec<Group>,
    /// Minutes of each pool.
    pub(crate) pools: Vec<u32>,
}

/// A visit: the place of its group, and its place in the group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Pick {
    pub(crate) group: u32,
    pub(crate) visit: u32,
}

/// Harm in hundredths: weight of a door times per cent closed.
pub(crate) type Harm = u64;

/// What was chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Choice {
    /// The visits, in the order in which they were chosen: the most harm per minute first.
    pub(crate) picks: Vec<Pick>,
    /// The harm that they remove, in hundredths.
    pub(crate) removed: Harm,
    /// No choice within the same minutes removes more than this, in hundredths.
    pub(crate) bound: Harm,
}

impl Problem {
    /// All the harm there is, in hundredths.
    pub(crate) fn all(&self) -> Harm {
        self.doors.iter().map(|weight| Harm::from(*weight) * 100).sum()
    }

    fn group(&self, place: u32) -> Option<&Group> {
        self.groups.get(index(place))
    }

    fn covers(&self, pick: Pick) -> &[Cover] {
        let visit = self.group(pick.group).and_then(|group| group.visits.get(index(pick.visit)));
        visit.map_or(&[], Vec::as_slice)
    }

    fn weight(&self, door: u32) -> Harm {
        self.doors.get(index(door)).copied().map_or(0, Harm::from)
    }

    fn places(&self) -> impl Iterator<Item = u32> + use<> {
        0..u32::try_from(self.groups.len()).unwrap_or(u32::MAX)
    }

    /// What each visit of a group would remove beyond what is closed already, the most first, without those that add nothing.
    fn gains(&self, place: u32, closed: &[Percent]) -> Vec<Harm> {
        let visits = self.group(place).into_iter().flat_map(Group::places);
        let gain = |visit| self.gain(Pick { group: place, visit }, closed);
        let mut gains: Vec<Harm> = visits.map(gain).filter(|harm| *harm > 0).collect();
        gains.sort_unstable_by(|one, two| two.cmp(one));
        gains
    }

    /// The harm that a visit would remove beyond what is closed already.
    fn gain(&self, pick: Pick, closed: &[Percent]) -> Harm {
        let gain = |cover: &Cover| {
            let before = closed.get(index(cover.door)).copied().unwrap_or(0);
            self.weight(cover.door) * Harm::from(cover.percent.saturating_sub(before))
        };
        self.covers(pick).iter().map(gain).sum()
    }
}

impl Group {
    /// Minutes of its own pool for the first so many visits.
    fn minutes(&self, opened: bool, visits: usize) -> u64 {
        let once = if opened { 0 } else { u64::from(self.once) };
        once + u64::from(self.visit.max(1)) * u64::try_from(visits).unwrap_or(u64::MAX)
    }

    /// Minutes of all pools together.
    fn all_minutes(&self, opened: bool, visits: usize) -> u64 {
        let also = if opened { 0 } else { self.also.map_or(0, |(_, minutes)| u64::from(minutes)) };
        self.minutes(opened, visits) + also
    }

    /// How many visits the whole pools could pay.
    fn fitting(&self, pools: &[u32]) -> usize {
        let minutes = |pool: usize| pools.get(pool).copied().unwrap_or(0);
        let also_fits = self.also.is_none_or(|(pool, also)| also <= minutes(pool));
        match minutes(self.pool).checked_sub(self.once) {
            Some(rest) if also_fits => index(rest / self.visit.max(1)),
            _ => 0,
        }
    }

    fn places(&self) -> impl Iterator<Item = u32> + use<> {
        0..u32::try_from(self.visits.len()).unwrap_or(u32::MAX)
    }
}

/// Harm per minute, compared without rounding.
#[derive(Clone, Copy, Debug)]
struct Ratio {
    harm: Harm,
    minutes: u64,
}

impl Ord for Ratio {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let across = |one: &Self, two: &Self| u128::from(one.harm) * u128::from(two.minutes.max(1));
        across(self, other).cmp(&across(other, self))
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ratio {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ratio {}

fn index(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}
