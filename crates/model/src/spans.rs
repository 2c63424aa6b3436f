//! Sets of neighbouring points, such as addresses or ports, kept as stretches: never point by point.

use std::net::IpAddr;

/// A point that may have one before it and one behind it.
pub trait Point: Copy + Ord {
    /// The point behind it.
    #[must_use]
    fn next(self) -> Option<Self>;
    /// The point before it.
    #[must_use]
    fn previous(self) -> Option<Self>;
}

impl Point for u32 {
    fn next(self) -> Option<Self> {
        self.checked_add(1)
    }

    fn previous(self) -> Option<Self> {
        self.checked_sub(1)
    }
}

/// IPv4 stands before IPv6, and no address of the one has a neighbour of the other.
impl Point for IpAddr {
    fn next(self) -> Option<Self> {
        match self {
            Self::V4(ip) => ip.to_bits().checked_add(1).map(|bits| Self::V4(bits.into())),
            Self::V6(ip) => ip.to_bits().checked_add(1).map(|bits| Self::V6(bits.into())),
        }
    }

    fn previous(self) -> Option<Self> {
        match self {
            Self::V4(ip) => ip.to_bits().checked_sub(1).map(|bits| Self::V4(bits.into())),
            Self::V6(ip) => ip.to_bits().checked_sub(1).map(|bits| Self::V6(bits.into())),
        }
    }
}

/// A set of points: stretches that are sorted and neither touch nor overlap.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spans<T>(Vec<(T, T)>);

impl<T> Default for Spans<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Point> Spans<T> {
    /// All points of these stretches, each with its first and last point; one whose end stands before its beginning is empty.
    #[must_use]
    pub fn new(stretches: impl IntoIterator<Item = (T, T)>) -> Self {
        let mut all: Vec<(T, T)> = stretches.into_iter().filter(|(first, last)| first <= last).collect();
        all.sort_unstable();
        let mut joined: Vec<(T, T)> = Vec::with_capacity(all.len());
        for (first, last) in all {
            match joined.last_mut() {
                Some((_, end)) if first <= *end || end.next() == Some(first) => *end = last.max(*end),
                _ => joined.push((first, last)),
            }
        }
        Self(joined)
    }

    /// Its stretches, sorted.
    #[must_use]
    pub fn stretches(&self) -> &[(T, T)] {
        &self.0
    }

    /// Whether there is no point in it.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a point is in it.
    #[must_use]
    pub fn contains(&self, point: T) -> bool {
        let place = self.0.partition_point(|(_, last)| *last < point);
        self.0.get(place).is_some_and(|(first, _)| *first <= point)
    }

    /// The points that are in both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let (mut ours, mut theirs) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut both = Vec::new();
        while let (Some((first, last)), Some((start, end))) = (ours.peek(), theirs.peek()) {
            let (from, to) = (*first.max(start), *last.min(end));
            if from <= to {
                both.push((from, to));
            }
            if last < end {
                ours.next()
            } else {
                theirs.next()
            };
        }
        Self(both)
    }

    /// The points that are in either.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        match (self.is_empty(), other.is_empty()) {
            (_, true) => self.clone(),
            (true, _) => other.clone(),
            _ => Self::new(self.0.iter().chain(&other.0).copied()),
        }
    }

    /// The points that are in this and not in the other.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        let mut left = Vec::new();
        let mut theirs = other.0.iter().peekable();
        'ours: for (first, last) in &self.0 {
            let mut from = *first;
            while let Some((start, end)) = theirs.peek() {
                if *end < from {
                    theirs.next();
                    continue;
                }
                if start > last {
                    break;
                }
                if let Some(before) = start.previous().filter(|before| from <= *before) {
                    left.push((from, before));
                }
                match end.next().filter(|next| next <= last) {
                    Some(next) => from = next,
                    // What reaches to the end of ours may reach into the next one too, so it stays.
                    None => continue 'ours,
                }
            }
            left.push((from, *last));
        }
        Self(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn set() -> impl Strategy<Value = Vec<(u32, u32)>> {
        prop::collection::vec((0..40_u32, 0..40_u32), 0..6)
    }

    fn points(stretches: &[(u32, u32)]) -> BTreeSet<u32> {
        stretches.iter().flat_map(|(first, last)| *first..=*last).collect()
    }

    #[test]
    fn families_have_no_common_neighbours() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        assert_eq!(ip("255.255.255.255").next(), None);
        assert_eq!(ip("::").previous(), None);
        assert_eq!(ip("10.0.0.255").next(), Some(ip("10.0.1.0")));
    }

    proptest! {
        /// The same as sets of single points.
        #[test]
        fn stretches_are_what_their_points_are(one in set(), other in set()) {
            let (a, b) = (Spans::new(one.clone()), Spans::new(other.clone()));
            let (x, y) = (points(&one), points(&other));
            prop_assert_eq!(points(a.and(&b).stretches()), &x & &y);
            prop_assert_eq!(points(a.or(&b).stretches()), &x | &y);
            prop_assert_eq!(points(a.without(&b).stretches()), &x - &y);
            for set in [a.and(&b), a.or(&b), a.without(&b)] {
                let joined = set.stretches().iter().zip(set.stretches().iter().skip(1));
                for ((_, last), (first, _)) in joined {
                    prop_assert!(last + 1 < *first, "{:?}", set);
                }
                prop_assert!((0..45).all(|point| set.contains(point) == points(set.stretches()).contains(&point)));
            }
        }
    }
}
