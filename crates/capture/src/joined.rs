//! Two readings as one: files that were read, and what interfaces showed. The sources of the second stand after those of the first.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use wardround_model::{Coverage, Evidence, SourceIndex};

use crate::Captured;
use crate::facts;
use crate::harvests::add_beside;
use crate::skips::Skips;

impl Captured {
    /// This, and what another reading showed of the same network. A conversation that both show counts as of several interfaces:
    /// the larger share counts, since a recording and a live interface may be of the same port.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        let before = u16::try_from(self.coverage.sources.len()).unwrap_or(u16::MAX);
        let later = |evidence: &mut Evidence| {
            evidence.source = SourceIndex(evidence.source.0.saturating_add(before));
        };
        let Self { mut observations, mut conversations, coverage, failed } = other;
        observations.iter_mut().for_each(|one| later(&mut one.first.evidence));
        conversations.iter_mut().for_each(|one| later(&mut one.first.evidence));
        let Coverage { sources, mut skipped, values_not_allowed } = coverage;
        skipped.iter_mut().for_each(|one| later(&mut one.first));

        self.observations.extend(observations);
        self.observations = facts::merge(self.observations);
        let places = self.conversations.iter().enumerate().map(|(at, one)| ((one.client, one.server), at));
        let places: HashMap<_, _, RandomState> = places.collect();
        for told in conversations {
            let known = places.get(&(told.client, told.server)).copied();
            match known.and_then(|at| self.conversations.get_mut(at)) {
                Some(kept) => add_beside(kept, &told),
                None => self.conversations.push(told),
            }
        }
        self.conversations.sort_unstable_by_key(|one| (one.first, one.client, one.server));
        let mut skips = Skips::default();
        for skip in self.coverage.skipped.into_iter().chain(skipped) {
            skips.count_many(skip.reason, skip.count, skip.first);
        }
        self.coverage.skipped = skips.list().collect();
        self.coverage.sources.extend(sources);
        self.coverage.values_not_allowed =
            self.coverage.values_not_allowed.saturating_add(values_not_allowed);
        self.failed.extend(failed);
        self
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;
    use crate::{Limits, Options, read_bytes};

    /// The demo hospital's capture under a name.
    fn clinic(name: &str) -> Captured {
        let options = Options {
            as_of: wardround_model::Timestamp::from_seconds(1_795_651_200),
            workers: NonZeroUsize::MIN,
            limits: Limits::default(),
            excluded: Vec::new(),
        };
        read_bytes(name, include_bytes!("../../../examples/clinic.pcapng"), &options).unwrap()
    }

    #[test]
    fn the_same_port_seen_twice_shows_the_same_and_names_both_sources() {
        let (one, both) = (clinic("one"), clinic("one").and(clinic("two")));
        let names: Vec<_> = both.coverage.sources.iter().map(|source| source.name.as_str()).collect();
        assert_eq!(names, ["one", "two"]);
        assert_eq!(both.conversations, one.conversations);
        let facts = |captured: &Captured| {
            captured.observations.iter().map(|it| (it.subject, it.fact.clone(), it.first)).collect::<Vec<_>>()
        };
        assert_eq!(facts(&both), facts(&one));
        let twice =
            |captured: &Captured| captured.coverage.skipped.iter().map(|skip| skip.count).sum::<u64>();
        assert_eq!(twice(&both), 2 * twice(&one));
    }

    #[test]
    fn what_only_the_second_saw_names_its_place() {
        let both = Captured::default().and(clinic("live"));
        assert_eq!(both.conversations, clinic("live").conversations);
        let mut first = Captured::default();
        first.coverage.sources = clinic("empty").coverage.sources;
        let both = first.and(clinic("live"));
        assert!(both.observations.iter().all(|it| it.first.evidence.source == SourceIndex(1)));
        assert!(both.conversations.iter().all(|it| it.first.evidence.source == SourceIndex(1)));
    }
}
