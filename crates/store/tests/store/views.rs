//! What a view says of a stored round is what the round itself says.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use proptest::prelude::*;
use wardround_model::*;
use wardround_store::Store;
use wardround_store::view::*;

use crate::sample::{self, Size};
use crate::strategies;

/// A round in a store of its own.
struct Kept {
    _folder: tempfile::TempDir,
    store: Store,
    id: RoundId,
    round: Round,
}

impl Kept {
    fn new(round: Round) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path().join("rounds.db")).unwrap();
        let id = store.round_save(&round).unwrap();
        Self { _folder: folder, store, id, round }
    }

    fn view(&self) -> RoundView<'_> {
        self.store.round_view(self.id).unwrap()
    }

    /// Every position of an asset that a list shows: the first of those that share an id stands for all.
    fn ids(&self) -> Vec<AssetId> {
        self.round.assets.iter().map(|asset| asset.id).collect()
    }

    fn has_one_asset_an_id(&self) -> bool {
        let mut ids = self.ids();
        ids.sort();
        ids.windows(2).all(|pair| pair[0] != pair[1])
    }
}

/// All pages from the first to the last, and back again: both ways give the same rows.
fn all_pages<T: Clone + PartialEq + std::fmt::Debug>(page: impl Fn(Turn) -> Page<T>) -> Vec<T> {
    let (mut rows, mut turn, mut last) = (Vec::new(), Turn::First, page(Turn::First));
    assert_eq!(last.before, None);
    loop {
        rows.extend(last.rows.clone());
        let Some(after) = last.after else { break };
        turn = Turn::After(after);
        last = page(turn);
        assert!(!last.rows.is_empty() && last.before.is_some());
    }
    if turn != Turn::First {
        let mut back = last.rows.clone();
        while let Some(before) = last.before {
            last = page(Turn::Before(before));
            back = last.rows.iter().cloned().chain(back).collect();
        }
        assert_eq!(back, rows);
    }
    rows
}

fn findings_of(round: &Round, asset: AssetId) -> Vec<&Finding> {
    round.findings.iter().filter(|finding| finding.asset == asset).collect()
}

fn worst(round: &Round, asset: AssetId) -> Worst {
    findings_of(round, asset).iter().map(|finding| finding.judgement.decision).max().into()
}

fn device_filters(round: &Round) -> Vec<DeviceFilter> {
    let any = DeviceFilter::default();
    let mut filters = vec![any.clone()];
    for asset in &round.assets {
        let title = asset.title();
        filters.push(DeviceFilter { class: Some(asset.class.value), ..any.clone() });
        filters.push(DeviceFilter { area: Some(asset.class.value.area()), ..any.clone() });
        filters.push(DeviceFilter { worst: Some(worst(round, asset.id)), ..any.clone() });
        filters.push(DeviceFilter { text: title.chars().take(5).collect(), ..any.clone() });
        filters.extend(
            asset
                .serial
                .iter()
                .map(|serial| DeviceFilter { text: serial.value.chars().take(5).collect(), ..any.clone() }),
        );
        filters.push(DeviceFilter {
            text: asset.id.to_string(),
            class: Some(asset.class.value),
            ..any.clone()
        });
        let care_area = asset.care_area.as_ref().map(|claim| claim.value.clone());
        filters.push(DeviceFilter { care_area: Some(care_area.unwrap_or_default()), ..any.clone() });
        filters.push(DeviceFilter { network: Some(network(asset)), ..any.clone() });
    }
    filters
}

fn network(asset: &Asset) -> String {
    let ip = asset.ips.iter().find(|ip| ip.is_ipv4()).or(asset.ips.first());
    ip.map(|ip| Network::prefix_of(*ip)).unwrap_or_default()
}

fn lets_through(filter: &DeviceFilter, round: &Round, asset: &Asset) -> bool {
    let mut texts = vec![asset.title(), asset.id.to_string()];
    texts.extend(asset.names.clone());
    texts.extend(asset.ips.iter().map(ToString::to_string));
    texts.extend(asset.macs.iter().map(ToString::to_string));
    texts.extend(
        [&asset.maker, &asset.model, &asset.serial].into_iter().flatten().map(|claim| claim.value.clone()),
    );
    let has = |word: &str| texts.iter().any(|text| text.to_lowercase().contains(word));
    let care_area = asset.care_area.as_ref().map_or("", |claim| claim.value.as_str());
    filter.class.is_none_or(|class| class == asset.class.value)
        && filter.area.is_none_or(|area| area == asset.class.value.area())
        && filter.worst.is_none_or(|wanted| wanted == worst(round, asset.id))
        && filter.network.as_ref().is_none_or(|wanted| *wanted == network(asset))
        && filter.care_area.as_ref().is_none_or(|wanted| wanted == care_area)
        && filter.text.to_lowercase().split_whitespace().all(has)
}

/// The key that a list of this order is sorted by.
fn devices_in_order(round: &Round, sort: DeviceSort) -> Vec<&Asset> {
    let mut assets: Vec<&Asset> = round.assets.iter().collect();
    let count = |asset: &Asset, decision| {
        findings_of(round, asset.id).iter().filter(|finding| finding.judgement.decision == decision).count()
    };
    let unjudged = |asset: &Asset| round.unjudged.iter().filter(|it| it.asset == asset.id).count();
    match sort {
        DeviceSort::Class => {}
        DeviceSort::Title => assets.sort_by_key(|asset| asset.title().to_lowercase()),
        DeviceSort::LastSeen => assets.sort_by_key(|asset| std::cmp::Reverse(asset.last_seen)),
        DeviceSort::Address => assets.sort_by_key(|asset| {
            let ip = asset.ips.iter().find(|ip| ip.is_ipv4()).or(asset.ips.first()).copied();
            (ip.is_none(), ip, asset.macs.first().copied())
        }),
        DeviceSort::Urgency => assets.sort_by_key(|asset| {
            let decisions = [Decision::Act, Decision::Attend, Decision::TrackStar, Decision::Track];
            std::cmp::Reverse((decisions.map(|decision| count(asset, decision)), unjudged(asset)))
        }),
    }
    assets
}

fn devices_agree(kept: &Kept) {
    let (view, round) = (kept.view(), &kept.round);
    for filter in device_filters(round) {
        let counts = view.device_counts(&filter).unwrap();
        let matching = |asset: &Asset| lets_through(&filter, round, asset);
        assert_eq!(counts.total(), round.assets.iter().filter(|asset| matching(asset)).count() as u64);
        for class in DeviceClass::ALL {
            let without = DeviceFilter { class: None, area: None, ..filter.clone() };
            let of_class =
                |asset: &&Asset| asset.class.value == *class && lets_through(&without, round, asset);
            assert_eq!(counts.of_class(*class), round.assets.iter().filter(of_class).count() as u64);
        }
        for urgency in Worst::all() {
            let without = DeviceFilter { worst: Some(urgency), ..filter.clone() };
            let of_worst = round.assets.iter().filter(|asset| lets_through(&without, round, asset));
            assert_eq!(counts.of_worst(urgency), of_worst.count() as u64);
        }
        for sort in DeviceSort::ALL {
            let rows = all_pages(|turn| view.devices(&filter, *sort, turn, 2).unwrap());
            let shown: Vec<AssetId> = rows.iter().map(|row| row.id).collect();
            let expected = devices_in_order(round, *sort).into_iter().filter(|asset| matching(asset));
            assert_eq!(shown, expected.map(|asset| asset.id).collect::<Vec<_>>(), "{sort:?} {filter:?}");
            rows.iter().for_each(|row| row_agrees(row, round));
        }
    }
}

fn row_agrees(row: &DeviceRow, round: &Round) {
    let asset = round.asset(row.id).unwrap();
    let count = |decision| {
        findings_of(round, row.id).iter().filter(|it| it.judgement.decision == decision).count() as u64
    };
    assert_eq!((&row.title, row.class), (&asset.title(), asset.class.value));
    assert_eq!(row.address, asset.address().unwrap_or_default());
    assert_eq!((row.network.as_str(), row.worst), (network(asset).as_str(), worst(round, row.id)));
    assert_eq!((row.findings.act, row.findings.attend), (count(Decision::Act), count(Decision::Attend)));
    assert_eq!(
        (row.findings.track_star, row.findings.track),
        (count(Decision::TrackStar), count(Decision::Track))
    );
    assert_eq!((row.first_seen, row.last_seen), (asset.first_seen, asset.last_seen));
    assert_eq!(row.unjudged, round.unjudged.iter().filter(|it| it.asset == row.id).count() as u64);
}

/// The hours of a device are those of its conversations with others; an address is of the first that has it.
fn hours_agree(found: &DeviceDetails, round: &Round) {
    let place = round.assets.iter().position(|it| it.id == found.asset.id);
    let is_its = |ip| round.assets.iter().position(|it| it.ips.contains(&ip)) == place;
    let mut hours = ActiveHours::NONE;
    let talks = round.conversations.iter().filter(|it| is_its(it.client) != is_its(it.server.ip));
    talks.for_each(|it| hours.join(it.active));
    assert_eq!(found.active, hours);
}

fn each_device_agrees(kept: &Kept) {
    let (view, round) = (kept.view(), &kept.round);
    for asset in &round.assets {
        let found = view.device(asset.id).unwrap().unwrap();
        assert_eq!(&found.asset, asset);
        row_agrees(&found.row, round);
        let of = |other: &AssetId| *other == asset.id;
        assert_eq!(
            found.unjudged,
            round.unjudged.iter().filter(|it| of(&it.asset)).cloned().collect::<Vec<_>>()
        );
        assert_eq!(
            found.settled,
            round.settled.iter().filter(|it| of(&it.asset)).cloned().collect::<Vec<_>>()
        );
        let statements: Vec<Statement> =
            round.statements.iter().filter(|it| of(&it.asset)).cloned().collect();
        assert_eq!(found.statements, statements);
        let about = |observation: &&Observation| match observation.subject {
            Subject::Mac(mac) => asset.macs.contains(&mac),
            subject => subject.ip().is_some_and(|ip| asset.ips.contains(&ip)),
        };
        let facts: Vec<ObservationId> =
            round.observations.iter().filter(about).map(Observation::id).collect();
        let mut told: Vec<ObservationId> = found.observations.iter().map(Observation::id).collect();
        told.sort();
        told.dedup();
        assert!(facts.iter().all(|id| told.contains(id)) && told.iter().all(|id| facts.contains(id)));
        assert_eq!(view.seen_in(asset.id).unwrap(), [(kept.id, round.run_at)]);
        peers_agree(&found, kept);
        hours_agree(&found, round);
    }
    assert_eq!(view.device(AssetId(Digest::of(&["nobody"]))).unwrap(), None);
}

/// The asset that has this address: the first of several.
fn at(round: &Round, ip: IpAddr) -> Option<&Asset> {
    round.assets.iter().find(|asset| asset.ips.contains(&ip))
}

fn peers_agree(device: &DeviceDetails, kept: &Kept) {
    let round = &kept.round;
    let mut expected: BTreeMap<String, u64> = BTreeMap::new();
    for conversation in &round.conversations {
        let ends = [conversation.client, conversation.server.ip];
        let [client, server] = ends.map(|ip| at(round, ip).map(|asset| asset.id));
        for (this, that, ip) in [(client, server, ends[1]), (server, client, ends[0])] {
            if this == Some(device.asset.id) && that != this {
                let name = that.map_or_else(|| ip.to_string(), |id| id.to_string());
                *expected.entry(name).or_default() += 1;
            }
        }
    }
    let named = |peer: &Peer| match &peer.end {
        PeerEnd::Device(end, _) => end.id.to_string(),
        PeerEnd::Address(ip) => ip.to_string(),
    };
    let told: BTreeMap<String, u64> =
        device.peers.iter().map(|peer| (named(peer), peer.conversations)).collect();
    assert_eq!(device.row.peers, expected.len() as u64);
    assert_eq!(told, expected);
}

fn findings_agree(kept: &Kept) {
    let (view, round) = (kept.view(), &kept.round);
    let any = FindingFilter::default();
    let mut filters = vec![any.clone()];
    for finding in &round.findings {
        let cve = match finding.weakness {
            Weakness::Vulnerability { cve, .. } => Some(cve),
            Weakness::Setting { .. } => None,
        };
        filters.push(FindingFilter { asset: Some(finding.asset), ..any.clone() });
        filters.push(FindingFilter { decision: Some(finding.judgement.decision), ..any.clone() });
        filters.push(FindingFilter { text: finding.title.chars().take(4).collect(), ..any.clone() });
        filters.push(FindingFilter { kind: Some(kind(finding)), cve, ..any.clone() });
        filters.push(FindingFilter { owner: Some(Role::Unknown), ..any.clone() });
    }
    for filter in filters {
        let rows = all_pages(|turn| view.findings(&filter, turn, 2).unwrap());
        let matching = |finding: &&Finding| finding_matches(&filter, round, finding);
        let expected: Vec<FindingId> = round.findings.iter().filter(matching).map(|it| it.id).collect();
        assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), expected, "{filter:?}");
        let counts = view.finding_counts(&filter).unwrap();
        assert_eq!(counts.total(), expected.len() as u64, "{filter:?}");
        let by_decision: u64 = Decision::ALL.iter().map(|decision| counts.of_decision(*decision)).sum();
        let without = FindingFilter { decision: None, ..filter.clone() };
        let all = round.findings.iter().filter(|finding| finding_matches(&without, round, finding)).count();
        assert_eq!(by_decision, all as u64);
        if filter.asset.is_none() && filter.cve.is_none() {
            let groups = all_pages(|turn| view.finding_groups(&filter, turn, 2).unwrap());
            assert_eq!(groups.iter().map(|group| group.findings).sum::<u64>(), expected.len() as u64);
            for group in groups {
                let inside = FindingFilter { group: Some(group.group), ..filter.clone() };
                let found = all_pages(|turn| view.findings(&inside, turn, 3).unwrap());
                assert_eq!(found.len() as u64, group.findings);
                assert_eq!(view.finding_group(group.group).unwrap().map(|it| it.title), Some(group.title));
            }
        }
    }
    for finding in &round.findings {
        let found = view.finding(finding.id).unwrap().unwrap();
        assert_eq!(Some(&found.finding), round.finding(finding.id));
        assert_eq!(found.device.map(|row| row.id), round.asset(finding.asset).map(|asset| asset.id));
    }
}

fn kind(finding: &Finding) -> FindingKind {
    match finding.weakness {
        Weakness::Vulnerability { .. } => FindingKind::Vulnerability,
        Weakness::Setting { .. } => FindingKind::Setting,
    }
}

fn owner(round: &Round, asset: AssetId) -> Role {
    let Some(asset) = round.asset(asset) else { return Role::Unknown };
    let said = round.statements.iter().filter(|it| it.asset == asset.id && it.holds_at(round.as_of));
    let owners = said.filter_map(|it| match it.says {
        Says::Owner(role) => Some(((it.at, it.id), role)),
        _ => None,
    });
    owners.max_by_key(|(when, _)| *when).map_or_else(|| Role::of(asset.class.value), |(_, role)| role)
}

fn finding_matches(filter: &FindingFilter, round: &Round, finding: &Finding) -> bool {
    let (title, cve) = match &finding.weakness {
        Weakness::Vulnerability { cve, .. } => {
            (finding.title.replace(&format!(" {cve}"), "").to_lowercase(), Some(*cve))
        }
        Weakness::Setting { .. } => (finding.title.to_lowercase(), None),
    };
    // A list by device shows those of devices that the round has.
    let of_asset = |asset| finding.asset == asset && round.asset(asset).is_some();
    filter.decision.is_none_or(|decision| decision == finding.judgement.decision)
        && filter.kind.is_none_or(|wanted| wanted == kind(finding))
        && filter.owner.is_none_or(|wanted| wanted == owner(round, finding.asset))
        && filter.asset.is_none_or(of_asset)
        && filter.cve.is_none_or(|wanted| Some(wanted) == cve)
        && filter.text.to_lowercase().split_whitespace().all(|word| title.contains(word))
}

fn conversations_agree(kept: &Kept) {
    let (view, round) = (kept.view(), &kept.round);
    let zone = |ip| match at(round, ip) {
        Some(asset) => Zone::Area(asset.class.value.area()),
        None if is_to_many(ip) => Zone::Many,
        None => Zone::Elsewhere,
    };
    let pairs = view.zone_pairs().unwrap();
    let all: u64 = pairs.iter().map(|pair| pair.conversations).sum();
    assert_eq!(all, round.conversations.len() as u64);
    for client in Zone::all() {
        for server in Zone::all() {
            let between = |it: &&Conversation| zone(it.client) == client && zone(it.server.ip) == server;
            let expected: Vec<&Conversation> = round.conversations.iter().filter(between).collect();
            let flows = all_pages(|turn| view.flows(client, server, turn, 2).unwrap());
            assert_eq!(flows.iter().map(|flow| &flow.conversation).collect::<Vec<_>>(), expected);
            for flow in &flows {
                let told = flow.client.as_ref().map(|end| (end.id, end.title.clone()));
                let client = at(round, flow.conversation.client).map(|asset| (asset.id, asset.title()));
                assert_eq!(told, client);
            }
            let pair = pairs.iter().find(|pair| (pair.client, pair.server) == (client, server));
            assert_eq!(pair.map_or(0, |pair| pair.conversations), expected.len() as u64);
        }
    }
    for asset in &round.assets {
        let mine = |it: &&Conversation| asset.ips.contains(&it.client) || asset.ips.contains(&it.server.ip);
        let expected: Vec<&Conversation> = round.conversations.iter().filter(mine).collect();
        let flows = all_pages(|turn| view.flows_of(&asset.ips, turn, 2).unwrap());
        assert_eq!(flows.iter().map(|flow| &flow.conversation).collect::<Vec<_>>(), expected);
    }
}

fn proofs_agree(kept: &Kept) {
    let (view, round) = (kept.view(), &kept.round);
    for observation in &round.observations {
        let found = view.proof(Ground::Observation(observation.id())).unwrap();
        assert!(matches!(found, Some(Proof::Observation(found)) if found.id() == observation.id()));
    }
    for conversation in &round.conversations {
        let found = view.proof(Ground::Conversation(conversation.id())).unwrap();
        assert!(matches!(found, Some(Proof::Flow(flow)) if flow.conversation.id() == conversation.id()));
    }
    for statement in &round.statements {
        let found = view.proof(Ground::Statement(statement.id)).unwrap();
        assert!(matches!(found, Some(Proof::Statement(found)) if found.id == statement.id));
    }
    assert_eq!(view.proof(Ground::Observation(ObservationId(Digest::of(&["none"])))).unwrap(), None);
}

fn summary_agrees(kept: &Kept) {
    let (view, round) = (kept.view(), &kept.round);
    let summary = view.summary().unwrap();
    assert_eq!(kept.store.round_summaries().unwrap(), std::slice::from_ref(&summary));
    let count =
        |wanted: fn(&Conversation) -> bool| round.conversations.iter().filter(|it| wanted(it)).count();
    assert_eq!((summary.run_at, summary.as_of), (round.run_at, round.as_of));
    assert_eq!(summary.devices, round.assets.len() as u64);
    assert_eq!(summary.findings.total(), round.findings.len() as u64);
    assert_eq!(summary.one_way, count(Conversation::is_one_way) as u64);
    assert_eq!(summary.unanswered, count(Conversation::is_unanswered) as u64);
    assert_eq!(summary.recognised, count(|it| it.protocol.is_some()) as u64);
    assert_eq!(view.coverage().unwrap(), round.coverage);
    assert_eq!(view.networks().unwrap(), round.networks);
    assert_eq!(view.intelligence().unwrap(), round.intelligence);
    let classes: u64 = view.census().unwrap().iter().map(|(_, count)| count).sum();
    let networks: u64 = view.places(PlaceKind::Network).unwrap().iter().map(|place| place.devices).sum();
    let areas: u64 = view.places(PlaceKind::CareArea).unwrap().iter().map(|place| place.devices).sum();
    assert_eq!([classes, networks, areas], [summary.devices; 3]);
}

fn ground_agrees(kept: &Kept) {
    let (ground, round) = (kept.view().way_ground().unwrap(), &kept.round);
    let mut met = BTreeSet::new();
    let conversations = round.conversations.iter().filter(|one| !one.is_unanswered());
    let first = conversations.filter(|one| met.insert((one.client, one.server.ip)));
    // Ways need no hours.
    let without_hours = |one: &Conversation| {
        let active = wardround_model::ActiveHours::of_ends(one.first.at, one.last);
        Conversation { active, ..one.clone() }
    };
    assert_eq!(ground.conversations, first.map(without_hours).collect::<Vec<_>>());
    let rules = round.observations.iter().filter(|one| one.fact.kind() == FactKind::FirewallRule);
    assert_eq!(ground.rules, rules.cloned().collect::<Vec<_>>());
    assert_eq!(ground.statements, round.statements);
    assert_eq!((&ground.sources, ground.as_of), (&round.coverage.sources, round.as_of));
    let mut findings = round.findings.clone();
    findings.iter_mut().for_each(|finding| (finding.reasons, finding.judgement.reasons) = (vec![], vec![]));
    assert_eq!(ground.findings, findings);
    let about = |asset: &Asset| {
        let Asset { id, ips, names, .. } = asset.clone();
        (id, ips, names, asset.class.value, asset.title(), asset.last_seen)
    };
    let about = |assets: &[Asset]| assets.iter().map(about).collect::<Vec<_>>();
    assert_eq!(about(&ground.assets), about(&round.assets));
    let seen = kept.store.round_load_seen(kept.id).unwrap();
    assert_eq!(about(&seen.assets), about(&round.assets));
    let judged = (round.findings.clone(), round.unjudged.clone(), round.settled.clone(), round.plan.clone());
    let (findings, unjudged, settled, plan) = judged;
    assert_eq!(Round { findings, unjudged, settled, plan, assets: round.assets.clone(), ..seen }, *round);
}

fn all_agree(round: Round) {
    let kept = Kept::new(round);
    assert!(kept.has_one_asset_an_id());
    devices_agree(&kept);
    each_device_agrees(&kept);
    findings_agree(&kept);
    conversations_agree(&kept);
    proofs_agree(&kept);
    summary_agrees(&kept);
    ground_agrees(&kept);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn views_say_what_any_round_says(round in strategies::joined_round()) {
        all_agree(round);
    }
}

#[test]
fn views_say_what_the_round_of_a_clinic_says() {
    all_agree(sample::round(Size { assets: 14, observations: 60, conversations: 40, findings: 30 }, 1));
}
