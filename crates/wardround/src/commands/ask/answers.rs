//! Answers of a run beside those of the one before: a run that stopped early must not hide what a fuller one learned.

use std::collections::BTreeSet;

use wardround_ask::Outcome;
use wardround_model::{Endpoint, FactKind, Observation, Subject};

/// Whether a question was settled: what the port told earlier no longer counts.
pub(super) const fn settles(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Answered | Outcome::Ended | Outcome::Refused)
}

/// What was found now, and of what was found earlier all that no question of this run settled, with its old dates. What tables of
/// switches told of cards stays as long as no run has `read_tables` again: a card that went away must not stay for ever.
pub(super) fn merged(
    mut found: Vec<Observation>,
    earlier: &[Observation],
    settled: &BTreeSet<Endpoint>,
    read_tables: bool,
) -> Vec<Observation> {
    let told: BTreeSet<(Subject, FactKind)> =
        found.iter().map(|one| (one.subject, one.fact.kind())).collect();
    let still = |old: &&Observation| match old.subject {
        Subject::Service(endpoint) => !settled.contains(&endpoint),
        Subject::Mac(_) if read_tables => false,
        subject => !told.contains(&(subject, old.fact.kind())),
    };
    found.extend(earlier.iter().filter(still).cloned());
    found.sort_by(|one, other| {
        (&one.subject, &one.fact, one.first).cmp(&(&other.subject, &other.fact, other.first))
    });
    found.dedup_by(|again, known| (&again.subject, &again.fact) == (&known.subject, &known.fact));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use wardround_model::{Evidence, Fact, Sighting, SourceIndex, Timestamp, Transport};

    fn endpoint(port: u16) -> Endpoint {
        Endpoint { ip: [10, 20, 1, 9].into(), transport: Transport::Tcp, port }
    }

    fn seen(port: u16, banner: &str, second: i64) -> Observation {
        let at = Timestamp::from_seconds(second);
        let evidence = Evidence { source: SourceIndex(0), record: 1, offset: 0 };
        Observation {
            subject: Subject::Service(endpoint(port)),
            fact: Fact::new(FactKind::HttpServer, banner.as_bytes()).unwrap(),
            first: Sighting { evidence, at },
            last: at,
            count: 1,
        }
    }

    #[test]
    fn what_was_not_asked_again_stays_with_its_date_and_what_was_is_replaced() {
        let earlier = [seen(80, "nginx/1.18.0", 100), seen(8080, "nginx/1.18.0", 101)];
        let all = merged(vec![seen(80, "nginx/1.22.1", 200)], &earlier, &[endpoint(80)].into(), false);
        assert_eq!(all, [seen(80, "nginx/1.22.1", 200), seen(8080, "nginx/1.18.0", 101)]);
    }

    #[test]
    fn a_port_that_is_closed_now_is_forgotten_and_one_that_was_silent_is_not() {
        let earlier = [seen(80, "nginx/1.18.0", 100)];
        assert!(settles(Outcome::Refused) && !settles(Outcome::Silent) && !settles(Outcome::Stopped));
        assert_eq!(merged(Vec::new(), &earlier, &[endpoint(80)].into(), false), []);
        assert_eq!(merged(Vec::new(), &earlier, &BTreeSet::new(), false), earlier);
    }

    #[test]
    fn cards_of_a_switch_stay_until_tables_are_read_again() {
        let card = Subject::Mac("00:1b:2c:00:01:09".parse().unwrap());
        let fact = Fact::new(FactKind::OwnsIp, b"10.20.1.9").unwrap();
        let old = [Observation { subject: card, fact, ..seen(80, "x", 100) }];
        assert_eq!(merged(Vec::new(), &old, &BTreeSet::new(), false), old);
        assert_eq!(merged(Vec::new(), &old, &BTreeSet::new(), true), []);
    }
}
