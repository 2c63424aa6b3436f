//! Lists as sources of a round, beside captures. Not here: reading them (`intake`) and keeping them (`store`).

use wardround_model::{Coverage, Evidence, Observation, Skip, SkipReason, Source, SourceIndex};

/// A list that was read, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// What it is, its rows and its day.
    pub source: Source,
    /// What it says, with the row of each; the source in this evidence does not count.
    pub observations: Vec<Observation>,
    /// Rows that could not be read, and the first of them.
    pub failed: Option<(u64, u64)>,
    /// Values that the allow-list did not let through.
    pub values_not_allowed: u64,
}

/// Adds lists to what captures show: each gets its place behind the captures, and what several say is one observation.
/// Sorted by subject, kind and value.
pub(crate) fn join(mut all: Vec<Observation>, lists: &[List], coverage: &mut Coverage) -> Vec<Observation> {
    for list in lists {
        let place = SourceIndex(u16::try_from(coverage.sources.len()).unwrap_or(u16::MAX));
        coverage.sources.push(list.source.clone());
        coverage.values_not_allowed = coverage.values_not_allowed.saturating_add(list.values_not_allowed);
        coverage.skipped.extend(list.failed.filter(|(count, _)| *count > 0).map(|(count, row)| Skip {
            reason: SkipReason::BadRow,
            count,
            first: Evidence { source: place, record: row, offset: 0 },
        }));
        all.extend(list.observations.iter().map(|said| {
            let mut said = said.clone();
            said.first.evidence.source = place;
            said
        }));
    }
    all.sort_by(|one, other| {
        (&one.subject, &one.fact, one.first).cmp(&(&other.subject, &other.fact, other.first))
    });
    all.dedup_by(|again, known| {
        let is_same = again.subject == known.subject && again.fact == known.fact;
        if is_same {
            known.count = known.count.saturating_add(again.count);
            known.last = known.last.max(again.last);
        }
        is_same
    });
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use wardround_model::{Fact, FactKind, Sighting, SourceKind, Subject, Timestamp};

    fn said(row: u64, day: i64) -> Observation {
        let evidence = Evidence { source: SourceIndex(0), record: row, offset: 0 };
        let at = Timestamp::from_seconds(day);
        Observation {
            subject: Subject::Ip("10.0.0.1".parse().unwrap()),
            fact: Fact::new(FactKind::ListedModel, b"SpaceCom").unwrap(),
            first: Sighting { evidence, at },
            last: at,
            count: 1,
        }
    }

    fn list(name: &str, said: Observation, failed: Option<(u64, u64)>) -> List {
        let source = Source {
            kind: SourceKind::Inventory,
            name: name.to_owned(),
            bytes: 1,
            records: 1,
            first: None,
            last: None,
            interfaces: Vec::new(),
            ended_early: None,
        };
        List { source, observations: vec![said], failed, values_not_allowed: 1 }
    }

    #[test]
    fn what_two_lists_say_is_one_observation_with_the_first_as_its_proof() {
        let mut coverage = Coverage::default();
        let lists = [list("a.csv", said(7, 20), None), list("b.csv", said(3, 10), Some((2, 9)))];
        let [joined] = join(Vec::new(), &lists, &mut coverage).try_into().unwrap();
        assert_eq!((joined.first.evidence.source, joined.first.evidence.record), (SourceIndex(0), 7));
        assert_eq!((joined.count, joined.last), (2, Timestamp::from_seconds(20)));
        assert_eq!((coverage.sources.len(), coverage.values_not_allowed), (2, 2));
        let [skip] = coverage.skipped.try_into().unwrap();
        assert_eq!((skip.count, skip.first.source, skip.first.record), (2, SourceIndex(1), 9));
    }
}
