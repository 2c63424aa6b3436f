//! Two rounds compared in their store are told apart as two rounds in memory are.

#[path = "../../store/tests/store/strategies.rs"]
#[cfg(test)]
mod strategies;

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use wardround_model::*;
    use wardround_round::{Difference, diff};
    use wardround_store::Store;
    use wardround_store::view::{RoundView, Turn};

    use super::strategies;

    /// What becomes of something from one round to the next.
    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Fate {
        Stays,
        Goes,
        Changes,
    }

    fn fates() -> impl Strategy<Value = Vec<Fate>> {
        vec(prop_oneof![Just(Fate::Stays), Just(Fate::Goes), Just(Fate::Changes)], 16)
    }

    /// A round whose findings rest on its facts, and a later one in which things stayed, went or changed.
    fn pair() -> impl Strategy<Value = [Round; 2]> {
        (strategies::joined_round(), fates(), fates(), fates(), strategies::joined_round()).prop_map(
            |(before, of_assets, of_findings, of_facts, other)| {
                let before = grounded(before);
                let mut after = before.clone();
                after.assets = kept(&before.assets, &of_assets);
                after.findings = kept(&before.findings, &of_findings);
                after.observations =
                    before.observations.iter().zip(&of_facts).filter_map(seen_later).collect();
                after.assets.extend(other.assets.iter().cloned());
                let other = Round { observations: after.observations.clone(), ..other };
                after.findings.extend(grounded(other).findings);
                [before, after]
            },
        )
    }

    fn grounded(mut round: Round) -> Round {
        let ids: Vec<Ground> = round.observations.iter().map(|it| Ground::Observation(it.id())).collect();
        for (n, finding) in round.findings.iter_mut().enumerate() {
            let grounds = ids.iter().skip(n).step_by(2).copied();
            finding.reasons.push(Reason::new("it was seen", grounds));
        }
        round
    }

    fn kept<T: Clone>(all: &[T], fates: &[Fate]) -> Vec<T> {
        all.iter().zip(fates).filter(|(_, fate)| **fate != Fate::Goes).map(|(one, _)| one.clone()).collect()
    }

    fn seen_later((observation, fate): (&Observation, &Fate)) -> Option<Observation> {
        let fact = match fate {
            Fate::Goes => return None,
            Fate::Stays => observation.fact.clone(),
            Fate::Changes => Fact::new(observation.fact.kind(), b"7").unwrap_or(observation.fact.clone()),
        };
        Some(Observation { fact, ..observation.clone() })
    }

    /// The difference as the store's pages tell it.
    fn told(view: &RoundView<'_>, before: RoundId, still: &[FindingId]) -> Difference {
        let assets = view.difference(before, FindingChange::New, Turn::First, 1).unwrap().assets;
        let mut findings = Vec::new();
        for change in FindingChange::ALL {
            let mut turn = Turn::First;
            loop {
                let page = view.difference(before, *change, turn, 2).unwrap().page;
                findings.extend(page.rows.iter().map(|row| (*change, row.id)));
                match page.after {
                    Some(after) => turn = Turn::After(after),
                    None => break,
                }
            }
            if *change == FindingChange::Still {
                findings.extend(still.iter().map(|id| (*change, *id)));
            }
        }
        Difference { assets_new: assets.new, assets_not_seen: assets.not_seen, findings }
    }

    fn agrees(store: &Store, [(before, one), (after, other)]: [(RoundId, &Round); 2]) {
        let expected = diff(one, other);
        let view = store.round_view(after).unwrap();
        let still: Vec<FindingId> = expected.findings_with(FindingChange::Still).collect();
        assert_eq!(told(&view, before, &still), expected);
        let counts = view.difference(before, FindingChange::Fixed, Turn::First, 1).unwrap().counts;
        for change in FindingChange::ALL {
            assert_eq!(counts.of(*change), expected.findings_with(*change).count() as u64, "{change:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_store_compares_rounds_as_they_are([one, two] in pair(), three in strategies::joined_round()) {
            let folder = tempfile::tempdir().unwrap();
            let mut store = Store::open(folder.path().join("rounds.db")).unwrap();
            let rounds = [&one, &two, &three].map(|round| (store.round_save(round).unwrap(), round));
            let [first, second, third] = rounds;
            // The first two pairs are kept, the others are found on the spot.
            for pair in [[first, second], [second, third], [first, third], [third, first], [second, first]] {
                agrees(&store, pair);
            }
        }
    }
}
