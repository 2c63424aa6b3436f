//! Any round that the model can hold, for laws.

use std::net::IpAddr;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use wardround_model::*;

prop_compose! {
    /// Any round: lists of up to three, texts of any characters, numbers up to what SQL holds.
    pub(crate) fn round()(
        (run_at, as_of, program) in (moment(), moment(), text()),
        coverage in coverage(),
        observations in vec(observation(), 0..4),
        (conversations, statements) in (vec(conversation(), 0..4), vec(statement(), 0..4)),
        networks in vec(network(), 0..4),
        assets in vec(asset(), 0..4),
        findings in vec(finding(), 0..4),
        (unjudged, settled) in (vec(unjudged(), 0..4), vec(settled(), 0..4)),
        plan in vec(plan_item(), 0..4),
        intelligence in vec(intelligence_source(), 0..4),
    ) -> Round {
        Round {
            run_at, as_of, program, coverage, observations, conversations, statements, networks, assets, findings, unjudged,
            settled, plan, intelligence,
        }
    }
}

/// Any round whose parts belong together: most findings, questions and statements are about its assets, most conversations
/// join them.
pub(crate) fn joined_round() -> impl Strategy<Value = Round> {
    round().prop_map(joined)
}

fn joined(mut round: Round) -> Round {
    let ids: Vec<AssetId> = round.assets.iter().map(|asset| asset.id).collect();
    let ips: Vec<IpAddr> = round.assets.iter().flat_map(|asset| asset.ips.clone()).collect();
    // Every fourth stays as it is: about nothing that the round has.
    let id = |n: usize, held: AssetId| ids.get(n % 4).copied().unwrap_or(held);
    let ip = |n: usize, held: IpAddr| ips.get(n % 5).copied().unwrap_or(held);
    for (n, finding) in round.findings.iter_mut().enumerate() {
        finding.asset = id(n, finding.asset);
    }
    for (n, unjudged) in round.unjudged.iter_mut().enumerate() {
        unjudged.asset = id(n + 1, unjudged.asset);
    }
    for (n, settled) in round.settled.iter_mut().enumerate() {
        settled.asset = id(n + 2, settled.asset);
    }
    for (n, statement) in round.statements.iter_mut().enumerate() {
        statement.asset = id(n, statement.asset);
    }
    for (n, conversation) in round.conversations.iter_mut().enumerate() {
        conversation.client = ip(n, conversation.client);
        conversation.server.ip = ip(n + 2, conversation.server.ip);
    }
    round
}

/// Any characters, NUL, line ends, quotes and emoji among them.
fn text() -> impl Strategy<Value = String> {
    vec(prop_oneof![any::<char>(), select(vec!['\0', '\'', '"', '\n', '%', ';', '\u{feff}'])], 0..8)
        .prop_map(String::from_iter)
}

fn moment() -> impl Strategy<Value = Timestamp> {
    prop_oneof![any::<i64>(), select(vec![i64::MIN, 0, i64::MAX])].prop_map(Timestamp::from_nanoseconds)
}

/// Up to what SQL holds; the refusal of more has its own test.
fn count() -> impl Strategy<Value = u64> {
    prop_oneof![0..100_u64, 0..=u64::MAX / 2, Just(u64::MAX / 2)]
}

fn digest() -> impl Strategy<Value = Digest> {
    any::<u64>().prop_map(|seed| Digest::of(&[&seed.to_string()]))
}

fn mac() -> impl Strategy<Value = MacAddr> {
    any::<[u8; 6]>().prop_map(MacAddr)
}

fn endpoint() -> impl Strategy<Value = Endpoint> {
    (any::<IpAddr>(), select(vec![Transport::Tcp, Transport::Udp]), any::<u16>())
        .prop_map(|(ip, transport, port)| Endpoint { ip, transport, port })
}

fn evidence() -> impl Strategy<Value = Evidence> {
    (any::<u16>(), count(), count()).prop_map(|(source, record, offset)| Evidence {
        source: SourceIndex(source),
        record,
        offset,
    })
}

fn sighting() -> impl Strategy<Value = Sighting> {
    (evidence(), moment()).prop_map(|(evidence, at)| Sighting { evidence, at })
}

fn protocol() -> impl Strategy<Value = Option<Protocol>> {
    option::of(select(Protocol::ALL))
}

prop_compose! {
    fn source()(
        (kind, name, bytes, records) in (select(SourceKind::ALL), text(), count(), count()),
        first in option::of(moment()),
        last in option::of(moment()),
        interfaces in vec(text(), 0..4),
        ended_early in option::of(text()),
    ) -> Source {
        Source { kind, name, bytes, records, first, last, interfaces, ended_early }
    }
}

fn coverage() -> impl Strategy<Value = Coverage> {
    let skip = (select(SkipReason::ALL), count(), evidence()).prop_map(|(reason, count, first)| Skip {
        reason,
        count,
        first,
    });
    (vec(source(), 0..4), vec(skip, 0..4), count())
        .prop_map(|(sources, skipped, values_not_allowed)| Coverage { sources, skipped, values_not_allowed })
}

fn subject() -> impl Strategy<Value = Subject> {
    prop_oneof![
        mac().prop_map(Subject::Mac),
        any::<IpAddr>().prop_map(Subject::Ip),
        endpoint().prop_map(Subject::Service),
        digest().prop_map(|digest| Subject::Listed(ListedId(digest))),
        digest().prop_map(|digest| Subject::Account(AccountId(digest))),
        digest().prop_map(|digest| Subject::Model(ModelId(digest))),
    ]
}

/// Any fact that the allow-list lets through.
pub(crate) fn fact() -> impl Strategy<Value = Fact> {
    select(FactKind::ALL).prop_flat_map(|kind| {
        let value = match kind.allowed().shape {
            Shape::Ip => any::<IpAddr>().prop_map(|ip| ip.to_string()).boxed(),
            Shape::Mac => mac().prop_map(|mac| mac.to_string()).boxed(),
            Shape::Number => "[0-9]{1,3}".boxed(),
            Shape::Moment => moment().prop_map(|moment| moment.to_string()).boxed(),
            Shape::Code => "[A-Za-z0-9._:+/^,-]{1,3}".boxed(),
            Shape::Product => "[!-~][ -~]{0,40}".boxed(),
            Shape::Words => "(CT|pacs|erika|[!-~]{1,8})[-_ ]?[0-9a-z]{1,6}".boxed(),
            Shape::Locator => "[a-z]{1,4}:[a-z0-9.@/-]{1,12}".boxed(),
            Shape::Agent => "(curl|Mozilla|erika)/[0-9.]{1,6}".boxed(),
        };
        value.prop_filter_map("outside the allow-list", move |value| Fact::new(kind, value.as_bytes()).ok())
    })
}

fn observation() -> impl Strategy<Value = Observation> {
    (subject(), fact(), sighting(), moment(), count())
        .prop_map(|(subject, fact, first, last, count)| Observation { subject, fact, first, last, count })
}

fn volume() -> impl Strategy<Value = Volume> {
    (count(), count()).prop_map(|(packets, bytes)| Volume { packets, bytes })
}

prop_compose! {
    fn conversation()(
        client in any::<IpAddr>(),
        server in endpoint(),
        protocol in protocol(),
        roles in select(vec![RolesKnownBy::Protocol, RolesKnownBy::Ports]),
        (connections, already_open) in (count(), count()),
        (to_server, to_client) in (volume(), volume()),
        (first, last) in (sighting(), moment()),
        (from, to) in (moment(), moment()),
    ) -> Conversation {
        let mut active = ActiveHours::between(from, to);
        active.join(ActiveHours::of_ends(first.at, last));
        Conversation {
            client, server, protocol, roles, connections, already_open, to_server, to_client, first, last,
            active,
        }
    }
}

fn network() -> impl Strategy<Value = Network> {
    (text(), count(), count()).prop_map(|(prefix, seen_directly, seen_from_afar)| Network {
        prefix,
        seen_directly,
        seen_from_afar,
    })
}

fn reason() -> impl Strategy<Value = Reason> {
    let ground = prop_oneof![
        digest().prop_map(|digest| Ground::Observation(ObservationId(digest))),
        digest().prop_map(|digest| Ground::Conversation(ConversationId(digest))),
        any::<i64>().prop_map(|number| Ground::Statement(StatementId(number))),
    ];
    (text(), vec(ground, 0..4)).prop_map(|(text, grounds)| Reason { text, grounds })
}

fn claim<T: std::fmt::Debug>(value: impl Strategy<Value = T>) -> impl Strategy<Value = Claim<T>> {
    (value, 0..=100_u8, vec(reason(), 0..4)).prop_map(|(value, percent, reasons)| Claim {
        value,
        confidence: Confidence::percent(percent),
        reasons,
    })
}

fn service() -> impl Strategy<Value = Service> {
    (endpoint(), protocol(), count()).prop_map(|(endpoint, protocol, clients)| Service {
        endpoint,
        protocol,
        clients,
    })
}

fn product() -> impl Strategy<Value = SeenProduct> {
    (option::of(endpoint()), text(), digest()).prop_map(|(endpoint, text, digest)| SeenProduct {
        endpoint,
        text,
        observation: ObservationId(digest),
    })
}

prop_compose! {
    fn asset()(
        id in digest(),
        (macs, ips, names) in (vec(mac(), 0..4), vec(any::<IpAddr>(), 0..4), vec(text(), 0..4)),
        class in claim(select(DeviceClass::ALL)),
        maker in option::of(claim(text())),
        model in option::of(claim(text())),
        serial in option::of(claim(text())),
        software in option::of(claim(text())),
        operating_system in option::of(claim(text())),
        care_area in option::of(claim(text())),
        services in vec(service(), 0..4),
        products in vec(product(), 0..4),
        (first_seen, last_seen, seen_directly) in (moment(), moment(), any::<bool>()),
    ) -> Asset {
        Asset {
            id: AssetId(id), macs, ips, names, class, maker, model, serial, software, operating_system, care_area,
            services, products, first_seen, last_seen, seen_directly,
        }
    }
}

fn weakness() -> impl Strategy<Value = Weakness> {
    prop_oneof![
        (cve(), text(), option::of(text()), option::of(text())).prop_map(
            |(cve, product, version, advisory)| {
                Weakness::Vulnerability { cve, product, version, advisory }
            }
        ),
        (select(WeakSetting::ALL), text())
            .prop_map(|(setting, protocol)| Weakness::Setting { setting, protocol }),
    ]
}

prop_compose! {
    fn judgement()(
        decision in select(Decision::ALL),
        exploitation in select(vec![Exploitation::None, Exploitation::PublicPoc, Exploitation::Active]),
        automatable in select(vec![Automatable::No, Automatable::Yes]),
        technical_impact in select(vec![TechnicalImpact::Partial, TechnicalImpact::Total]),
        mission_wellbeing in select(MissionWellbeing::ALL),
        reasons in vec(reason(), 0..5),
    ) -> Judgement {
        Judgement { decision, exploitation, automatable, technical_impact, mission_wellbeing, reasons }
    }
}

prop_compose! {
    fn finding()(
        (id, asset) in (digest(), digest()),
        weakness in weakness(),
        endpoint in option::of(endpoint()),
        grade in select(Grade::ALL),
        title in text(),
        reasons in vec(reason(), 0..4),
        judgement in judgement(),
    ) -> Finding {
        Finding { id: FindingId(id), asset: AssetId(asset), weakness, endpoint, grade, title, reasons, judgement }
    }
}

prop_compose! {
    fn unjudged()(
        (asset, about, reason) in (digest(), text(), reason()),
        grade in option::of(select(Grade::ALL)),
        cves in vec(cve(), 0..4),
        (who, question) in (select(Role::ALL), text()),
    ) -> Unjudged {
        Unjudged { asset: AssetId(asset), about, grade, cves, reason, who, question }
    }
}

prop_compose! {
    fn settled()(
        (asset, cve, status) in (digest(), cve(), select(VexStatus::ALL)),
        (until, reason) in (option::of(moment()), reason()),
    ) -> Settled {
        Settled { asset: AssetId(asset), cve, status, until, reason }
    }
}

prop_compose! {
    pub(crate) fn statement()(
        (id, asset) in (any::<i64>(), digest()),
        says in says(),
        by in select(Role::ALL),
        (at, until) in (moment(), option::of(moment())),
        because in text(),
    ) -> Statement {
        Statement { id: StatementId(id), asset: AssetId(asset), says, by, at, because, until }
    }
}

fn says() -> impl Strategy<Value = Says> {
    prop_oneof![
        (cve(), select(VexStatus::ALL), option::of(select(Justification::ALL)))
            .prop_map(|(cve, status, justification)| Says::Vex { cve, status, justification }),
        select(DeviceClass::ALL).prop_map(Says::Class),
        select(CareRole::ALL).prop_map(Says::CareRole),
        text().prop_map(Says::CareArea),
        any::<u32>().prop_map(Says::Spares),
        select(Role::ALL).prop_map(Says::Owner),
        (select(MakerPosition::ALL), text())
            .prop_map(|(position, document)| Says::MakerPosition { position, document }),
        text().prop_map(Says::OffPatients),
        Just(Says::Retired),
    ]
}

fn cve() -> impl Strategy<Value = CveId> {
    (1999..=9999_u16, any::<u32>()).prop_filter_map("a CVE id", |(year, number)| CveId::new(year, number))
}

prop_compose! {
    fn plan_item()(
        (title, what, why) in (text(), text(), text()),
        (how_sure, next_step) in (text(), text()),
        decision in select(Decision::ALL),
        findings in vec(digest().prop_map(FindingId), 0..4),
        assets in vec(digest().prop_map(AssetId), 0..4),
    ) -> PlanItem {
        PlanItem { title, what, why, how_sure, next_step, decision, findings, assets }
    }
}

fn intelligence_source() -> impl Strategy<Value = IntelligenceSource> {
    (text(), count(), option::of(moment())).prop_map(|(name, records, as_of)| IntelligenceSource {
        name,
        records,
        as_of,
    })
}
