//! A hospital in lines of text, so that a scenario reads at a glance.
//!
//! ```text
//! 00:09:5c:1b:64:21 owns 10.1.2.21                 a card says that it has an address
//! 00:a0:57:4e:10:01 sends 10.1.2.21                a packet with this source came from that card
//! 10.1.2.21 dicom.command C-STORE-RQ               any fact: subject, kind's code, value
//! 10.1.2.21:445/tcp smb.dialect 1.0                a fact about a service
//! 10.1.2.21 > 10.1.2.10:104/tcp dicom              a conversation that was answered
//! 10.1.2.21 >> 10.1.2.10:104/tcp dicom             only the client's packets were seen
//! 10.1.2.21 >? 10.1.2.10:104/tcp                   nobody answered
//! 00:09:5c:1b:64:21 owns 10.1.2.21 @60-90          any line: seen from second 60 to 90, else at 0
//! tag=4711 list.class ventilator ~inventory        a fact about a thing of a list, and which kind of list says it
//! tag=4711 is name=ct-1 ~inventory                 an id by which lists name the same thing
//! ```

use wardround_model::{
    AssetId, Conversation, DeviceClass, Evidence, Fact, FactKind, ListedId, MacAddr, Observation, Protocol,
    RolesKnownBy, Sighting, Source, SourceIndex, SourceKind, Statement, Subject, Timestamp, Volume,
};

use crate::fingerprints::Fingerprints;
use crate::{Input, Inventory, Makers, identify};

/// Observations and conversations.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hospital {
    pub(crate) observations: Vec<Observation>,
    pub(crate) conversations: Vec<Conversation>,
    pub(crate) statements: Vec<Statement>,
    pub(crate) fingerprints: Fingerprints,
}

/// One source of each kind, in the order of all kinds: a capture is the first.
fn sources() -> Vec<Source> {
    let source = |kind: &SourceKind| Source {
        kind: *kind,
        name: kind.code().to_owned(),
        bytes: 0,
        records: 0,
        first: None,
        last: None,
        interfaces: Vec::new(),
        ended_early: None,
    };
    SourceKind::ALL.iter().map(source).collect()
}

/// A small table of card makers, as the register writes them.
pub(crate) struct SomeMakers;

const MAKERS: &[(&str, &str)] = &[
    ("00:06:6b", "Sysmex Corporation"),
    ("00:0f:14", "Mindray Co., Ltd."),
    ("00:09:5c", "Philips Medical Systems"),
    ("00:09:fb", "Philips Patient Monitoring"),
    ("00:12:21", "B.Braun Melsungen AG"),
    ("00:a0:57", "LANCOM Systems GmbH"),
    ("00:04:13", "snom technology GmbH"),
    ("08:00:66", "AGFA CORPORATION"),
    ("6c:65:67", "BELIMO Automation AG"),
    ("ac:cc:8e", "Axis Communications AB"),
    ("b8:ca:3a", "Dell Inc."),
    ("00:50:56", "VMware, Inc."),
    ("50:81:40", "HP Inc."),
];

impl Makers for SomeMakers {
    fn maker(&self, mac: MacAddr) -> Option<&str> {
        let text = mac.to_string();
        MAKERS.iter().find(|(prefix, _)| text.starts_with(prefix)).map(|(_, maker)| *maker)
    }
}

impl Hospital {
    /// Reads the lines; what follows `#` is for the reader.
    pub(crate) fn read(text: &str) -> Self {
        let mut hospital = Self::default();
        for (number, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if !line.is_empty() {
                hospital.read_line(line, u64::try_from(number).unwrap());
            }
        }
        hospital
    }

    fn read_line(&mut self, line: &str, number: u64) {
        let (line, when) = line.rsplit_once(" @").unwrap_or((line, "0-0"));
        let (first, last) = when.split_once('-').unwrap_or((when, when));
        let (line, list) = line.rsplit_once(" ~").unwrap_or((line, "capture"));
        let source = SourceKind::ALL.iter().position(|kind| kind.code() == list).expect("a kind of source");
        let at = |text: &str| Timestamp::from_seconds(text.parse().unwrap());
        let evidence =
            Evidence { source: SourceIndex(u16::try_from(source).unwrap()), record: number, offset: 24 };
        let first = Sighting { evidence, at: at(first) };
        let mut parts = line.splitn(3, ' ');
        let mut part = || parts.next().map(str::trim).filter(|part| !part.is_empty());
        let (subject, verb, rest) = (part().unwrap(), part().unwrap(), part().unwrap_or_default());
        if verb.starts_with('>') {
            self.conversations.push(conversation(subject, verb, rest, first, at(last)));
        } else {
            self.observations.push(observation(subject, verb, rest, first, at(last)));
        }
    }

    pub(crate) fn inventory(&self) -> Inventory {
        self.inventory_by(1)
    }

    /// The same, worked out by so many threads.
    pub(crate) fn inventory_by(&self, workers: usize) -> Inventory {
        let input = Input {
            workers: workers.try_into().unwrap(),
            observations: &self.observations,
            conversations: &self.conversations,
            sources: &sources(),
            statements: &self.statements,
            fingerprints: &self.fingerprints,
            as_of: Timestamp::EPOCH,
        };
        identify(&input, &SomeMakers)
    }
}

pub(crate) fn subject(text: &str) -> Subject {
    if let Ok(endpoint) = text.parse() {
        return Subject::Service(endpoint);
    }
    if let Some(id) = listed(text) {
        return Subject::Listed(id);
    }
    text.parse().map(Subject::Mac).or_else(|_| text.parse().map(Subject::Ip)).unwrap()
}

/// `name=ct-1`, `tag=4711` or `serial=Philips/12`.
pub(crate) fn listed(text: &str) -> Option<ListedId> {
    match text.split_once('=')? {
        ("name", name) => Some(ListedId::of_name(name)),
        ("tag", tag) => Some(ListedId::of_tag(tag)),
        ("serial", serial) => {
            serial.split_once('/').map(|(maker, serial)| ListedId::of_serial(maker, serial))
        }
        _ => None,
    }
}

fn observation(about: &str, verb: &str, value: &str, first: Sighting, last: Timestamp) -> Observation {
    let kind = match verb {
        "owns" => FactKind::OwnsIp,
        "sends" => FactKind::SendsFromIp,
        "is" => FactKind::ListedAs,
        code => FactKind::from_code(code).unwrap_or_else(|| panic!("no kind of fact is called {code}")),
    };
    let id = listed(value).map(|id| id.to_string());
    let fact = Fact::new(kind, id.as_deref().unwrap_or(value).as_bytes()).unwrap();
    Observation { subject: subject(about), fact, first, last, count: 1 }
}

fn conversation(client: &str, verb: &str, rest: &str, first: Sighting, last: Timestamp) -> Conversation {
    let (server, protocol) = rest.split_once(' ').unwrap_or((rest, ""));
    let some = Volume { packets: 10, bytes: 1000 };
    let opening = Volume { packets: 1, bytes: 0 };
    let (to_server, to_client) = match verb {
        ">" => (some, some),
        ">>" => (some, Volume::default()),
        ">?" => (opening, Volume::default()),
        _ => panic!("no conversation is written {verb}"),
    };
    Conversation {
        client: client.parse().unwrap(),
        server: server.parse().unwrap(),
        protocol: (!protocol.is_empty()).then(|| Protocol::from_code(protocol.trim()).unwrap()),
        roles: RolesKnownBy::Protocol,
        connections: 1,
        already_open: 0,
        to_server,
        to_client,
        first,
        last,
        active: wardround_model::ActiveHours::of_ends(first.at, last),
    }
}

/// What each address or card is found to be; the lines of `expected` are `ADDRESS CLASS`.
pub(crate) fn check(name: &str, scenario: &str, expected: &[(&str, DeviceClass)]) {
    let inventory = Hospital::read(scenario).inventory();
    for (about, class) in expected {
        let id = inventory.asset_of(&subject(about));
        let asset = inventory.assets.iter().find(|asset| Some(asset.id) == id);
        let claim = &asset.unwrap_or_else(|| panic!("{name}: nothing is found at {about}")).class;
        assert_eq!(claim.value, *class, "{name}: {about}: {claim:#?}");
    }
}

/// Addresses that make up the things that are found: one line a thing.
pub(crate) fn things(scenario: &str) -> Vec<String> {
    let inventory = Hospital::read(scenario).inventory();
    let thing = |asset: &wardround_model::Asset| {
        let macs = asset.macs.iter().map(ToString::to_string);
        macs.chain(asset.ips.iter().map(ToString::to_string)).collect::<Vec<_>>().join(" ")
    };
    let mut things: Vec<_> = inventory.assets.iter().map(thing).collect();
    things.sort();
    things
}

/// The id of the thing at an address.
pub(crate) fn id(inventory: &Inventory, about: &str) -> Option<AssetId> {
    inventory.asset_of(&subject(about))
}
