//! What was seen and what could not be seen, in sentences: told before anything else.

use wardround_model::{Network, Protocol, Round, SkipReason, Source, SourceKind, Timestamp};

use super::words::{count, day, day_and_time, how_long, listed, number, time};
use super::{lists, mirror};
use crate::mirror::{MirrorAdvice, advice};

/// What captures and lists showed.
pub(crate) fn seen(round: &Round) -> Vec<String> {
    let mut lines: Vec<String> = captures(round).map(source).collect();
    let points: Vec<String> =
        round.coverage.sources.iter().flat_map(|source| source.interfaces.clone()).collect();
    if !points.is_empty() {
        lines.push(format!(
            "{}: {}.",
            count(size(points.len()), "capture point", "capture points"),
            listed(&points, 8)
        ));
    }
    lines.extend(networks(round));
    if captures(round).next().is_some() {
        lines.push(conversations(round));
    }
    lines.extend(lists::read(round));
    lines
}

/// The captures among the sources.
pub(crate) fn captures(round: &Round) -> impl Iterator<Item = &Source> {
    round.coverage.sources.iter().filter(|source| source.kind.is_traffic())
}

fn source(source: &Source) -> String {
    let (one, many) = source.kind.record();
    let (name, packets) = (&source.name, count(source.records, one, many));
    match source.first.zip(source.last) {
        Some((first, last)) => format!("{packets} in {name}: {}.", span(first, last)),
        None => format!("{packets} in {name}."),
    }
}

/// `23 Nov 2026, 07:00 to 07:15 (15 minutes, UTC)`.
fn span(first: Timestamp, last: Timestamp) -> String {
    let until = if day(first) == day(last) { time(last) } else { day_and_time(last) };
    format!("{} to {until} ({}, UTC)", day_and_time(first), how_long(last.since(first)))
}

fn networks(round: &Round) -> Option<String> {
    let seen: Vec<&Network> =
        round.networks.iter().filter(|network| network.seen_directly > 0 && is_plain(network)).collect();
    let named: Vec<String> =
        seen.iter().map(|network| format!("{} ({})", network.prefix, network.seen_directly)).collect();
    (!named.is_empty()).then(|| {
        format!(
            "{} with devices on them: {}.",
            count(size(named.len()), "network", "networks"),
            listed(&named, 12)
        )
    })
}

/// IPv6 link-local addresses exist on every link and tell no network apart.
fn is_plain(network: &Network) -> bool {
    !network.prefix.starts_with("fe80:")
}

fn conversations(round: &Round) -> String {
    let all = size(round.conversations.len());
    let known =
        size(round.conversations.iter().filter(|conversation| conversation.protocol.is_some()).count());
    let clinical = round
        .conversations
        .iter()
        .filter(|conversation| conversation.protocol.is_some_and(Protocol::is_clinical));
    let clinical = size(clinical.count());
    format!(
        "{} (who talked to whom); what they speak was recognised in {}, of which {} carry care itself (such as DICOM and HL7).",
        count(all, "conversation", "conversations"),
        number(known),
        number(clinical)
    )
}

/// What captures and lists could not show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotSeen {
    /// In sentences.
    pub lines: Vec<String>,
    /// The same for those who read of no device: it names no switch that a mirror port could be at.
    pub in_short: Vec<String>,
    /// Where the next mirror port would add most.
    pub mirror_ports: Vec<MirrorAdvice>,
}

impl NotSeen {
    /// What this round could not see.
    #[must_use]
    pub fn of(round: &Round) -> Self {
        let mirror_ports = advice(round);
        let (before, behind) = (missing(round), untold(round));
        let around =
            |advice: Vec<String>| before.iter().cloned().chain(advice).chain(behind.clone()).collect();
        Self {
            lines: around(mirror::lines(round, &mirror_ports)),
            in_short: around(mirror::in_short(round, &mirror_ports)),
            mirror_ports,
        }
    }
}

/// What did not come: told before the places where it would.
fn missing(round: &Round) -> Vec<String> {
    let mut lines = lists::not_shown(round);
    lines.extend(round.coverage.sources.iter().filter_map(ended_early));
    lines.extend(silence(round));
    lines.extend(from_afar(round));
    lines.extend(one_way(round));
    lines
}

/// What came and tells less than it could.
fn untold(round: &Round) -> Vec<String> {
    let mut lines: Vec<String> = unanswered(round).into_iter().collect();
    lines.extend(encrypted(round));
    lines.extend(several_behind(round));
    lines.extend(already_open(round));
    lines.extend(skipped(round));
    lines
}

fn ended_early(source: &Source) -> Option<String> {
    source.ended_early.as_ref().map(|why| format!("{why}."))
}

fn silence(round: &Round) -> Option<String> {
    let firsts = captures(round).filter_map(|source| source.first);
    let lasts = captures(round).filter_map(|source| source.last);
    let span = lasts.max()?.since(firsts.min()?);
    Some(format!(
        "A device that stayed silent during these {} is not on this list; silence is not safety.",
        how_long(span)
    ))
}

fn from_afar(round: &Round) -> Option<String> {
    let dark = round.networks.iter().filter(|network| network.seen_directly == 0 && is_plain(network));
    let dark: Vec<String> = dark.map(|network| network.prefix.clone()).collect();
    let traffic = lists::Traffic::of(round);
    let afar = round.assets.iter().filter(|asset| !asset.seen_directly && traffic.shows(asset));
    let afar = size(afar.count());
    if dark.is_empty() {
        return (afar > 0).then(|| {
            format!(
                "{} seen only through a router: their own link was not mirrored.",
                count(afar, "device was", "devices were")
            )
        });
    }
    Some(format!(
        "{} seen only from afar: {}. A mirror port there would show the rest.",
        count(size(dark.len()), "network was", "networks were"),
        listed(&dark, 8)
    ))
}

fn one_way(round: &Round) -> Option<String> {
    let one_way = round.conversations.iter().filter(|conversation| conversation.is_one_way());
    let named: Vec<String> = one_way.map(|it| format!("{} to {}", it.client, it.server)).collect();
    (!named.is_empty()).then(|| {
        let many = count(size(named.len()), "conversation is", "conversations are");
        format!("{many} mirrored in one direction only ({}): check the mirror ports.", listed(&named, 4))
    })
}

fn unanswered(round: &Round) -> Option<String> {
    let unanswered =
        size(round.conversations.iter().filter(|conversation| conversation.is_unanswered()).count());
    (unanswered > 0).then(|| {
        let many = count(unanswered, "conversation had", "conversations had");
        format!("{many} no answer: nobody is there, or the answer was not mirrored.")
    })
}

fn encrypted(round: &Round) -> Option<String> {
    let is_closed = |protocol| matches!(protocol, Some(Protocol::Tls | Protocol::Ssh));
    let closed =
        size(round.conversations.iter().filter(|conversation| is_closed(conversation.protocol)).count());
    (closed > 0).then(|| {
        format!(
            "{} encrypted: who talks is seen, what is said is not.",
            count(closed, "conversation is", "conversations are")
        )
    })
}

fn several_behind(round: &Round) -> Option<String> {
    let hiding = round.assets.iter().filter(|asset| asset.hides_several());
    let named: Vec<String> = hiding.filter_map(wardround_model::Asset::address).collect();
    (!named.is_empty()).then(|| {
        format!(
            "{} to hide several devices ({}): what they are was not decided; a mirror port behind would show them.",
            count(size(named.len()), "address seems", "addresses seem"),
            listed(&named, 8)
        )
    })
}

fn already_open(round: &Round) -> Option<String> {
    let open: u64 = round.conversations.iter().map(|conversation| conversation.already_open).sum();
    (open > 0).then(|| {
        format!(
            "{} open before the capture began: how they were opened was not seen.",
            count(open, "connection was", "connections were")
        )
    })
}

fn skipped(round: &Round) -> Vec<String> {
    let line = |skip: &wardround_model::Skip| {
        let source = round.coverage.sources.get(usize::from(skip.first.source.0));
        let (name, kind) = source.map_or(("-", SourceKind::Capture), |it| (it.name.as_str(), it.kind));
        let (one, many) = counted(skip.reason, kind);
        let (record, place) = (kind.record().0, skip.first.record);
        format!(
            "{}: {} (first: {record} {place} of {name}).",
            count(skip.count, one, many),
            skip.reason.label()
        )
    };
    round.coverage.skipped.iter().filter(|skip| skip.reason != SkipReason::BadRow).map(line).collect()
}

/// What the count of a reason counts.
fn counted(reason: SkipReason, kind: SourceKind) -> (&'static str, &'static str) {
    match reason {
        SkipReason::Sampled => SourceKind::Capture.record(),
        SkipReason::LostRecords => SourceKind::Flows.record(),
        SkipReason::NoTemplate => ("group of flow records", "groups of flow records"),
        _ => kind.record(),
    }
}

fn size(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use wardround_model::{DeviceClass, Reason};

    use super::super::made_up;
    use super::*;

    #[test]
    fn addresses_behind_which_several_devices_seem_to_be_are_told() {
        let alone = made_up::asset("10.1.1.5", "2026-11-23");
        let mut many = made_up::asset("10.1.1.9", "2026-11-23");
        many.class.value = DeviceClass::Unknown;
        many.class.reasons.insert(0, Reason::new(format!("{}: ...", Reason::SEVERAL_BEHIND), []));
        let told = |assets| NotSeen::of(&made_up::round(assets, Vec::new())).lines.join("\n");
        assert!(told(vec![alone.clone(), many]).contains(
            "1 address seems to hide several devices (10.1.1.9): what they are was not decided; a mirror port behind would show them."
        ));
        assert!(!told(vec![alone]).contains("several devices"));
    }
}
