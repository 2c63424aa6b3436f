//! A made-up hospital for tests: assets with an address each, facts about them, and who talks to whom.

use std::net::IpAddr;
use std::sync::LazyLock;

use wardround_intel::feed::FeedKind;
use wardround_intel::names::Aliases;
use wardround_intel::{Index, IndexBuilder, Profile};
use wardround_model::*;

use crate::{Input, Triaged};

/// Several threads, so that every test also shows that their number changes nothing.
pub(crate) const WORKERS: std::num::NonZeroUsize = std::num::NonZeroUsize::MIN.saturating_add(2);

/// The moment that tests judge at.
pub(crate) const AS_OF: &str = "2026-11-24T00:00:00Z";

#[derive(Clone, Debug, Default)]
pub(crate) struct Hospital {
    pub(crate) assets: Vec<Asset>,
    pub(crate) observations: Vec<Observation>,
    pub(crate) conversations: Vec<Conversation>,
    pub(crate) statements: Vec<Statement>,
    /// Bytes of an index; empty when nothing is known.
    pub(crate) index: Vec<u8>,
}

static NOTHING_KNOWN: LazyLock<Vec<u8>> = LazyLock::new(|| IndexBuilder::new(Profile::Full).finish());

/// An index of these feeds.
pub(crate) fn index_of(feeds: &[(FeedKind, String)]) -> Vec<u8> {
    let mut builder = IndexBuilder::new(Profile::Full);
    for (kind, text) in feeds {
        let report = builder.read(*kind, "feed", text.as_bytes()).unwrap();
        assert_eq!(report.skipped_total(), 0, "{report:?}");
    }
    builder.finish()
}

pub(crate) fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn sighting() -> Sighting {
    let evidence = Evidence { source: SourceIndex(0), record: 1, offset: 24 };
    Sighting { evidence, at: AS_OF.parse().unwrap() }
}

pub(crate) fn claim<T>(value: T) -> Claim<T> {
    Claim { value, confidence: Confidence::percent(95), reasons: Vec::new() }
}

fn shown(text: &str, by: ObservationId) -> Claim<String> {
    Claim { reasons: vec![Reason::new("it says so", [Ground::Observation(by)])], ..claim(text.to_owned()) }
}

impl Hospital {
    /// This is known of vulnerabilities.
    pub(crate) fn knowing(mut self, feeds: &[(FeedKind, String)]) -> Self {
        self.index = index_of(feeds);
        self
    }

    /// An asset of this class at this address.
    pub(crate) fn host(mut self, address: &str, class: DeviceClass) -> Self {
        let moment = sighting().at;
        self.assets.push(Asset {
            id: AssetId::of_anchor(address),
            macs: Vec::new(),
            ips: vec![ip(address)],
            names: Vec::new(),
            class: claim(class),
            maker: None,
            model: None,
            operating_system: None,
            care_area: None,
            serial: None,
            software: None,
            services: Vec::new(),
            products: Vec::new(),
            first_seen: moment,
            last_seen: moment,
            seen_directly: true,
        });
        self
    }

    /// The last host is a device of this maker and model.
    pub(crate) fn made_by(mut self, maker: &str, model: &str) -> Self {
        let address = self.assets.last().unwrap().ips[0];
        let of_maker = self.observe(Subject::Ip(address), FactKind::DicomManufacturer, maker);
        let of_model = self.observe(Subject::Ip(address), FactKind::DicomModel, model);
        let asset = self.assets.last_mut().unwrap();
        asset.maker = Some(shown(maker, of_maker));
        asset.model = Some(shown(model, of_model));
        self
    }

    /// The last host says that its software has this version.
    pub(crate) fn software(mut self, version: &str) -> Self {
        let address = self.assets.last().unwrap().ips[0];
        let of_software = self.observe(Subject::Ip(address), FactKind::DicomSoftwareVersions, version);
        self.assets.last_mut().unwrap().software = Some(shown(version, of_software));
        self
    }

    /// A service of a host shows this.
    pub(crate) fn service(mut self, endpoint: &str, kind: FactKind, value: &str) -> Self {
        let endpoint: Endpoint = endpoint.parse().unwrap();
        let id = self.observe(Subject::Service(endpoint), kind, value);
        let text = Fact::new(kind, value.as_bytes()).unwrap().value().to_owned();
        let asset = self.assets.iter_mut().find(|asset| asset.ips.contains(&endpoint.ip)).unwrap();
        let shows_a_product = matches!(
            kind,
            FactKind::SshBanner | FactKind::HttpServer | FactKind::FtpBanner | FactKind::ServerSoftware
        );
        if shows_a_product {
            asset.products.push(SeenProduct { endpoint: Some(endpoint), text, observation: id });
        }
        self
    }

    /// A host shows this.
    pub(crate) fn fact(mut self, address: &str, kind: FactKind, value: &str) -> Self {
        self.observe(Subject::Ip(ip(address)), kind, value);
        self
    }

    fn observe(&mut self, subject: Subject, kind: FactKind, value: &str) -> ObservationId {
        let fact = Fact::new(kind, value.as_bytes()).unwrap();
        let observation = Observation { subject, fact, first: sighting(), last: sighting().at, count: 1 };
        let id = observation.id();
        self.observations.push(observation);
        id
    }

    /// A client that a service answered.
    pub(crate) fn talk(self, client: &str, server: &str, protocol: Protocol) -> Self {
        self.talks(client, server, Some(protocol))
    }

    /// A client that a service answered, perhaps in a protocol that was not recognised.
    pub(crate) fn talks(mut self, client: &str, server: &str, protocol: Option<Protocol>) -> Self {
        self.conversations.push(Conversation {
            client: ip(client),
            server: server.parse().unwrap(),
            protocol,
            roles: RolesKnownBy::Protocol,
            connections: 1,
            already_open: 0,
            to_server: Volume { packets: 10, bytes: 1000 },
            to_client: Volume { packets: 10, bytes: 1000 },
            first: sighting(),
            last: sighting().at,
            active: wardround_model::ActiveHours::at(sighting().at),
        });
        self
    }

    /// The last host runs this operating system.
    pub(crate) fn runs(self, name: &str) -> Self {
        let address = self.last_address();
        self.fact(&address, FactKind::OperatingSystem, name)
    }

    /// The last host has this package, product or software.
    pub(crate) fn has(self, kind: FactKind, value: &str) -> Self {
        let address = self.last_address();
        self.fact(&address, kind, value)
    }

    /// This is said of every device of a model.
    pub(crate) fn of_model(mut self, maker: &str, model: &str, kind: FactKind, value: &str) -> Self {
        self.observe(Subject::Model(ModelId::of(maker, model)), kind, value);
        self
    }

    /// An account of the directory that is the last host.
    pub(crate) fn account(mut self, name: &str, facts: &[(FactKind, &str)]) -> Self {
        let directory = ListedId::of_name(&self.last_address());
        let account = Subject::Account(AccountId::of(directory, name));
        self.observe(account, FactKind::AccountDirectory, &directory.to_string());
        for (kind, value) in facts {
            self.observe(account, *kind, value);
        }
        self
    }

    /// The biomedical engineer said this of the host at this address on 2026-10-01.
    pub(crate) fn said(mut self, address: &str, says: Says, until: Option<&str>) -> Self {
        let id = StatementId(i64::try_from(self.statements.len()).unwrap() + 1);
        let asset = AssetId::of_anchor(address);
        let (by, at) = (Role::Biomedical, "2026-10-01T00:00:00Z".parse().unwrap());
        let because = "The module is not built in.".to_owned();
        let until = until.map(|until| until.parse().unwrap());
        self.statements.push(Statement { id, asset, says, by, at, because, until });
        self
    }

    fn last_address(&self) -> String {
        self.assets.last().unwrap().ips[0].to_string()
    }

    /// Does something with the input of triage.
    pub(crate) fn with_input<R>(&self, bytes: &[u8], each: impl FnOnce(&Input<'_>) -> R) -> R {
        let owner_of = |subject: &Subject| {
            let asset = self.assets.iter().find(|asset| match subject {
                Subject::Listed(id) => *id == ListedId::of_name(&asset.ips[0].to_string()),
                subject => subject.ip().is_some_and(|ip| asset.ips.contains(&ip)),
            });
            asset.map(|asset| asset.id)
        };
        each(&Input {
            index: &Index::open(bytes).unwrap(),
            assets: &self.assets,
            observations: &self.observations,
            conversations: &self.conversations,
            statements: &self.statements,
            aliases: Aliases::builtin(),
            workers: WORKERS,
            as_of: AS_OF.parse().unwrap(),
            owner_of: &owner_of,
        })
    }

    pub(crate) fn triage(&self) -> Triaged {
        let bytes = if self.index.is_empty() { &*NOTHING_KNOWN } else { &self.index };
        self.with_input(bytes, crate::triage)
    }

    /// Findings as `address code`, in the order of urgency.
    pub(crate) fn codes(&self) -> Vec<String> {
        let address = |id| self.assets.iter().find(|asset| asset.id == id).and_then(Asset::address).unwrap();
        let triaged = self.triage();
        triaged.findings.iter().map(|one| format!("{} {}", address(one.asset), one.weakness)).collect()
    }
}

impl Hospital {
    /// A weak setting found on an asset, as a list tells it.
    pub(crate) fn weak(&self, asset: &Asset, setting: WeakSetting) -> Finding {
        self.with_input(&NOTHING_KNOWN, |input| {
            let scene = crate::scene::Scene::new(input);
            let weakness = Weakness::Setting { setting, protocol: "list".to_owned() };
            let ground = Ground::Observation(ObservationId(Digest::of(&["list"])));
            let reasons = vec![Reason::new("A list says so", [ground])];
            crate::settings::weak(&scene, asset, weakness, None, Grade::Listed, setting.code(), reasons)
                .unwrap()
        })
    }
}

/// A published vulnerability found on an asset, decided by these points.
pub(crate) fn vulnerability(
    asset: &Asset,
    cve: &str,
    product: &str,
    grade: Grade,
    exploited: bool,
) -> Finding {
    let advisory = (!product.contains(':')).then(|| "ICSMA-20-001-01".to_owned());
    let version = matches!(grade, Grade::ExactVersion | Grade::NeedsPlatform).then(|| "7.2p2".to_owned());
    let cve = cve.parse().unwrap();
    let weakness = Weakness::Vulnerability { cve, product: product.to_owned(), version, advisory };
    let known = crate::ssvc::Known { exploited, ..Default::default() };
    let index = Index::open(&NOTHING_KNOWN).unwrap();
    let scene = crate::scene::Scene::new(&Input {
        index: &index,
        assets: std::slice::from_ref(asset),
        observations: &[],
        conversations: &[],
        statements: &[],
        aliases: Aliases::builtin(),
        workers: WORKERS,
        as_of: AS_OF.parse().unwrap(),
        owner_of: &|_| None,
    });
    let mission = crate::ssvc::mission_wellbeing(asset, &scene);
    Finding {
        id: FindingId::of(asset.id, &weakness),
        asset: asset.id,
        weakness,
        endpoint: None,
        grade,
        title: format!("known weakness {cve}"),
        reasons: vec![Reason::new("It showed a product text", [])],
        judgement: crate::ssvc::judge(crate::ssvc::of_vulnerability(&known), mission),
    }
}
