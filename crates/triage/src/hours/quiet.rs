//! When devices were quiet on the network: the longest time in which none of their conversations was under way.
//!
//! Quiet is not free. A pump runs on without a network, and only a part of the traffic may have been mirrored. So this is
//! told as what it is, and no window follows from it (`permission`).

use std::collections::BTreeMap;
use std::net::IpAddr;

use wardround_model::{Asset, AssetId, Conversation, Coverage, Source, SourceKind, Timestamp};

/// Shorter silences are not told: half an hour.
const SHORTEST: i64 = 30 * 60 * 1_000_000_000;

/// A time in which a device was not seen to talk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quiet {
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

/// Times of conversations, by asset.
pub(crate) struct Talks(BTreeMap<AssetId, Vec<(Timestamp, Timestamp)>>);

impl Talks {
    /// Of these assets alone: those that are told of.
    pub(crate) fn of<'a>(assets: impl Iterator<Item = &'a Asset>, conversations: &[Conversation]) -> Self {
        let mut talks: BTreeMap<AssetId, Vec<(Timestamp, Timestamp)>> = BTreeMap::new();
        let mut owners: BTreeMap<IpAddr, AssetId> = BTreeMap::new();
        for asset in assets {
            talks.entry(asset.id).or_default();
            owners.extend(asset.ips.iter().map(|ip| (*ip, asset.id)));
        }
        for conversation in conversations {
            for ip in [conversation.client, conversation.server.ip] {
                if let Some(talks) = owners.get(&ip).and_then(|asset| talks.get_mut(asset)) {
                    talks.push((conversation.first.at, conversation.last));
                }
            }
        }
        talks.values_mut().for_each(|times| times.sort_unstable());
        Self(talks)
    }

    /// The longest quiet time of an asset within what was captured; the earliest of equals.
    pub(crate) fn quiet(&self, asset: AssetId, coverage: &Coverage) -> Option<Quiet> {
        let times = self.0.get(&asset).map_or(&[][..], Vec::as_slice);
        let captures = coverage.sources.iter().filter(|source| source.kind == SourceKind::Capture);
        let longest = captures.filter_map(|source| longest_gap(source, times));
        longest
            .reduce(|best, gap| if length(gap) > length(best) { gap } else { best })
            .filter(|gap| length(*gap) >= SHORTEST)
    }
}

fn length(gap: Quiet) -> i64 {
    gap.until.since(gap.from)
}

/// The longest time of a capture that no conversation covers.
fn longest_gap(source: &Source, times: &[(Timestamp, Timestamp)]) -> Option<Quiet> {
    let (first, last) = (source.first?, source.last?);
    let mut best = Quiet { from: first, until: first };
    let mut quiet_from = first;
    for (from, until) in times.iter().copied().chain([(last, last)]) {
        let gap = Quiet { from: quiet_from, until: from.min(last) };
        if length(gap) > length(best) {
            best = gap;
        }
        quiet_from = quiet_from.max(until);
    }
    Some(best)
}

#[cfg(test)]
mod tests {
    use wardround_model::{DeviceClass, Protocol};

    use super::*;
    use crate::hospital::Hospital;

    fn at(time: &str) -> Timestamp {
        format!("2026-11-23T{time}:00Z").parse().unwrap()
    }

    fn coverage(from: &str, until: &str) -> Coverage {
        let source = Source {
            kind: SourceKind::Capture,
            name: "a.pcap".to_owned(),
            bytes: 0,
            records: 0,
            first: Some(at(from)),
            last: Some(at(until)),
            interfaces: Vec::new(),
            ended_early: None,
        };
        Coverage { sources: vec![source], ..Coverage::default() }
    }

    /// The quiet time of a pump that talked at these times, as `from-until`.
    fn quiet(talks: &[(&str, &str)], coverage: &Coverage) -> Option<String> {
        let mut ward = Hospital::default().host("10.1.1.1", DeviceClass::InfusionPump);
        for (from, until) in talks {
            ward = ward.talk("10.1.1.1", "10.1.1.9:443/tcp", Protocol::Tls);
            let talk = ward.conversations.last_mut().unwrap();
            (talk.first.at, talk.last) = (at(from), at(until));
        }
        let talks = Talks::of(ward.assets.iter(), &ward.conversations);
        let quiet = talks.quiet(ward.assets[0].id, coverage)?;
        let time = |moment: Timestamp| moment.to_string()[11..16].to_owned();
        Some(format!("{}-{}", time(quiet.from), time(quiet.until)))
    }

    #[test]
    fn the_longest_silence_is_told_and_short_ones_are_not() {
        let day = coverage("00:00", "12:00");
        let told = |talks: &[(&str, &str)]| quiet(talks, &day);
        assert_eq!(told(&[("01:00", "02:00"), ("05:00", "11:50")]).as_deref(), Some("02:00-05:00"));
        assert_eq!(told(&[("01:00", "08:00"), ("02:00", "03:00")]).as_deref(), Some("08:00-12:00"));
        assert_eq!(told(&[("00:10", "11:50")]), None);
        assert_eq!(told(&[]).as_deref(), Some("00:00-12:00"));
        assert_eq!(quiet(&[], &Coverage::default()), None);
    }
}
