//! Lists as sources of a round, beside captures. Not here: reading them (`intake`) and keeping them (`store`).

use wardround_model::{
    Conversation, Coverage, Evidence, Observation, Skip, SkipReason, Source, SourceIndex, Volume,
};

/// A list that was read, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// What it is, its rows and its day.
    pub source: Source,
    /// What it says, with the row of each; the source in this evidence does not count.
    pub observations: Vec<Observation>,
    /// Who talked to whom, where it is a log; the source in this evidence does not count either.
    pub conversations: Vec<Conversation>,
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

/// Adds the conversations of lists to those of captures, whose sources stand before. Of one that several saw, the larger count is
/// taken in each direction: they may have seen the same packets. Sorted by client and service.
pub(crate) fn join_conversations(
    mut all: Vec<Conversation>,
    lists: &[List],
    before: usize,
) -> Vec<Conversation> {
    for (number, list) in lists.iter().enumerate() {
        let place = SourceIndex(u16::try_from(before.saturating_add(number)).unwrap_or(u16::MAX));
        all.extend(list.conversations.iter().map(|told| {
            let mut told = told.clone();
            told.first.evidence.source = place;
            told
        }));
    }
    all.sort_by_key(|row| (row.client, row.server, row.first));
    all.dedup_by(|again, known| {
        let is_same = (again.client, again.server) == (known.client, known.server);
        if is_same {
            known.to_server = larger(known.to_server, again.to_server);
            known.to_client = larger(known.to_client, again.to_client);
            known.connections = known.connections.max(again.connections);
            known.already_open = known.already_open.min(again.already_open);
            known.protocol = known.protocol.or(again.protocol);
            known.roles = known.roles.min(again.roles);
            known.last = known.last.max(again.last);
            known.active.join(again.active);
        }
        is_same
    });
    all
}

fn larger(one: Volume, other: Volume) -> Volume {
    if (other.packets, other.bytes) > (one.packets, one.bytes) { other } else { one }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wardround_model::{
        ActiveHours, Endpoint, Fact, FactKind, Protocol, RolesKnownBy, Sighting, SourceKind, Subject,
        Timestamp, Transport,
    };

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
        List { source, observations: vec![said], conversations: Vec::new(), failed, values_not_allowed: 1 }
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

    #[test]
    fn what_a_log_and_a_capture_saw_counts_once_and_the_larger_share_counts() {
        let ip = |last: u8| std::net::IpAddr::from([10, 0, 0, last]);
        let talk = |record: u64, packets: u64, protocol: Option<Protocol>| Conversation {
            client: ip(1),
            server: Endpoint { ip: ip(2), transport: Transport::Tcp, port: 443 },
            protocol,
            roles: RolesKnownBy::Ports,
            connections: packets,
            already_open: 0,
            to_server: Volume { packets, bytes: 0 },
            to_client: Volume::default(),
            first: Sighting {
                evidence: Evidence { source: SourceIndex(0), record, offset: 0 },
                at: Timestamp::from_seconds(7),
            },
            last: Timestamp::from_seconds(8),
            active: ActiveHours::at(Timestamp::from_seconds(packets.cast_signed() * 3_600)),
        };
        let log = List {
            conversations: vec![talk(5, 9, Some(Protocol::Tls))],
            ..list("conn.log", said(1, 1), None)
        };
        let [joined] =
            join_conversations(vec![talk(3, 4, None)], std::slice::from_ref(&log), 1).try_into().unwrap();
        assert_eq!((joined.first.evidence.source, joined.first.evidence.record), (SourceIndex(0), 3));
        assert_eq!(
            (joined.connections, joined.to_server.packets, joined.protocol),
            (9, 9, Some(Protocol::Tls))
        );
        assert_eq!(joined.active.to_string(), "Thu 04:00-05:00 and 09:00-10:00");
        let [alone] = join_conversations(Vec::new(), &[log], 1).try_into().unwrap();
        assert_eq!(alone.first.evidence.source, SourceIndex(1), "a log stands behind the captures");
    }
}
