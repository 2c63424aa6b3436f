use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use wardround_model::*;

use super::*;
use crate::hospital::{AS_OF, Hospital, vulnerability};

fn standing(ward: &Hospital) -> Standing<'_> {
    Standing {
        assets: &ward.assets,
        conversations: &ward.conversations,
        observations: &[],
        statements: &[],
        as_of: AS_OF.parse().unwrap(),
    }
}

/// A published weakness on the asset at this address.
fn weak(ward: &Hospital, address: &str, exploited: bool) -> Finding {
    let asset = ward.assets.iter().find(|asset| asset.ips[0].to_string() == address).unwrap();
    vulnerability(asset, "CVE-2020-0001", "a:b", Grade::ExactVersion, exploited)
}

/// A way as `entry: address, address by weakness, ...`.
fn told(ward: &Hospital, way: &Way) -> String {
    let address = |id| ward.assets.iter().find(|asset| asset.id == id).and_then(Asset::address).unwrap();
    let step = |step: &Step| {
        let how = match step.reached {
            Reached::Start(None) => "",
            Reached::Start(Some(_)) => "seen ",
            Reached::Seen(_) => "-> ",
            Reached::SameNetwork => "~> ",
            Reached::Allowed(LetThrough { is_sure: true, .. }) => "=> ",
            Reached::Allowed(_) => "?> ",
        };
        format!("{how}{}{}", address(step.asset), if step.by.is_some() { "!" } else { "" })
    };
    let steps: Vec<_> = way.steps.iter().map(step).collect();
    format!("{} {}: {}", way.weight, way.entry.map_or("asked", Entry::code), steps.join(" "))
}

fn ways(ward: &Hospital, findings: &[Finding]) -> Vec<String> {
    Paths::new(&standing(ward), findings).ways(20).iter().map(|way| told(ward, way)).collect()
}

fn ward() -> Hospital {
    Hospital::default()
        .host("10.1.1.1", DeviceClass::Workstation)
        .host("10.1.1.2", DeviceClass::Server)
        .host("10.1.2.3", DeviceClass::Ventilator)
        .talk("10.1.1.1", "8.8.8.8:443/tcp", Protocol::Tls)
        .talk("10.1.1.2", "10.1.2.3:443/tcp", Protocol::Tls)
}

#[test]
fn a_way_needs_a_weak_place_at_each_step() {
    let ward = ward();
    let (server, ventilator) = (weak(&ward, "10.1.1.2", true), weak(&ward, "10.1.2.3", true));
    let whole = ways(&ward, &[server.clone(), ventilator.clone()]);
    assert_eq!(whole, ["50 mail: seen 10.1.1.1 ~> 10.1.1.2! -> 10.1.2.3!"]);
    assert!(ways(&ward, &[server]).is_empty());
    assert!(ways(&ward, &[ventilator]).is_empty());
}

#[test]
fn ways_between_groups_are_the_likeliest_between_their_devices() {
    let ward = ward();
    let findings = [weak(&ward, "10.1.1.2", true), weak(&ward, "10.1.2.3", true)];
    let standing = standing(&ward);
    let paths = Paths::new(&standing, &findings);
    let [person, server, ventilator] = [0, 1, 2].map(|place: usize| ward.assets[place].id);
    let ways = |from: Option<&[AssetId]>, to: Option<&[AssetId]>| -> Vec<String> {
        paths.ways_of(from, to, 10).iter().map(|way| told(&ward, way)).collect()
    };
    assert_eq!(ways(None, Some(&[ventilator])), ways(None, None));
    assert_eq!(ways(Some(&[person]), None), ways(Some(&[person]), Some(&[ventilator])));
    assert_eq!(
        paths.ways_of(Some(&[person]), Some(&[ventilator]), 1)[0],
        paths.between(person, ventilator).unwrap()
    );
    // Of two devices to begin on, the nearer one; what is on both sides is reached already.
    let [way] = &ways(Some(&[person, server]), Some(&[ventilator, server]))[..] else { panic!() };
    assert_eq!(*way, ways(Some(&[server]), Some(&[ventilator]))[0]);
    assert_eq!(ways(Some(&[]), None), Vec::<String>::new());
    assert_eq!(ways(Some(&[AssetId(Digest::of(&["nobody"]))]), None), Vec::<String>::new());
}

#[test]
fn each_entry_is_told_from_what_was_seen() {
    let ward = Hospital::default()
        .host("10.1.1.1", DeviceClass::InfusionPump)
        .host("10.1.2.1", DeviceClass::PatientMonitor)
        .host("10.1.3.1", DeviceClass::Mobile)
        .host("10.1.4.1", DeviceClass::Ventilator)
        .talk("9.9.9.9", "10.1.1.1:80/tcp", Protocol::Http)
        .talk("10.1.2.1", "9.9.9.9:443/tcp", Protocol::Tls)
        .talk("10.1.3.1", "10.1.4.1:80/tcp", Protocol::Http);
    let findings: Vec<_> =
        ["10.1.1.1", "10.1.2.1", "10.1.3.1", "10.1.4.1"].map(|address| weak(&ward, address, true)).to_vec();
    assert_eq!(
        ways(&ward, &findings),
        [
            "5 internet: seen 10.1.1.1!",
            "40 guest-network: ~> 10.1.3.1! -> 10.1.4.1!",
            "50 remote-care: seen 10.1.2.1",
        ]
    );
}

#[test]
fn a_retired_device_and_a_missing_backup_are_no_steps() {
    let ward = ward();
    let findings = [weak(&ward, "10.1.1.2", true), weak(&ward, "10.1.2.3", true)];
    let retired = Statement {
        id: StatementId(1),
        asset: ward.assets[1].id,
        says: Says::Retired,
        by: Role::Server,
        at: AS_OF.parse().unwrap(),
        because: String::new(),
        until: None,
    };
    let said = Standing { statements: std::slice::from_ref(&retired), ..standing(&ward) };
    assert!(Paths::new(&said, &findings).ways(9).is_empty());
    let mut backup = findings.clone();
    backup[0].weakness =
        Weakness::Setting { setting: WeakSetting::BackupMissing, protocol: "backup".to_owned() };
    assert!(ways(&ward, &backup).is_empty());
}

#[test]
fn what_falls_takes_along_what_is_weak_and_leaves_its_users_without() {
    let ward = ward().host("10.1.3.1", DeviceClass::InfusionPump).talk(
        "10.1.3.1",
        "10.1.1.2:443/tcp",
        Protocol::Tls,
    );
    let findings = [weak(&ward, "10.1.2.3", false)];
    let standing = standing(&ward);
    let paths = Paths::new(&standing, &findings);
    let loss = paths.if_falls(Fallen::Asset(ward.assets[1].id));
    assert_eq!(loss.taken, [ward.assets[2].id]);
    assert_eq!(loss.users, [ward.assets[3].id]);
    assert_eq!(
        loss.care,
        [(DeviceClass::Ventilator, 1, 0), (DeviceClass::InfusionPump, 0, 1), (DeviceClass::Server, 1, 0),]
    );
    let network = paths.if_falls(Fallen::Network("10.1.1.77".parse().unwrap()));
    assert_eq!(network.fallen.len(), 2);
    assert_eq!(network.taken, [ward.assets[2].id]);
}

#[test]
fn whoever_holds_the_directory_holds_its_users() {
    let ward = Hospital::default()
        .host("10.1.1.1", DeviceClass::AccountDirectory)
        .host("10.1.2.1", DeviceClass::Workstation)
        .host("10.1.3.1", DeviceClass::Workstation)
        .talk("10.1.2.1", "10.1.1.1:389/tcp", Protocol::Tls);
    let standing = standing(&ward);
    let loss = Paths::new(&standing, &[]).if_falls(Fallen::Asset(ward.assets[0].id));
    assert_eq!((loss.taken, loss.users), (vec![ward.assets[1].id], Vec::new()));
}

/// A small hospital: what each asset weighs to take (0: not weak), and who was seen to ask whom.
#[derive(Clone, Debug)]
struct Small {
    classes: Vec<usize>,
    weak: Vec<u8>,
    talks: Vec<(usize, usize)>,
    outside: Vec<usize>,
}

const CLASSES: [DeviceClass; 4] =
    [DeviceClass::Workstation, DeviceClass::Server, DeviceClass::Ventilator, DeviceClass::Mobile];

fn small() -> impl Strategy<Value = Small> {
    let talks = prop::collection::vec((0..8_usize, 0..8_usize), 0..12);
    let weak = prop::collection::vec(0..3_u8, 8);
    (prop::collection::vec(0..4_usize, 8), weak, talks, prop::collection::vec(0..8_usize, 0..3))
        .prop_map(|(classes, weak, talks, outside)| Small { classes, weak, talks, outside })
}

fn address(place: usize) -> String {
    format!("10.1.{}.{place}", place / 3)
}

impl Small {
    fn ward(&self) -> (Hospital, Vec<Finding>) {
        let mut ward = Hospital::default();
        for (place, class) in self.classes.iter().enumerate() {
            ward = ward.host(&address(place), CLASSES[*class]);
        }
        for (client, server) in &self.talks {
            ward = ward.talk(&address(*client), &format!("{}:80/tcp", address(*server)), Protocol::Http);
        }
        for server in &self.outside {
            ward = ward.talk("9.9.9.9", &format!("{}:80/tcp", address(*server)), Protocol::Http);
        }
        let weak = self.weak.iter().enumerate().filter(|(_, weak)| **weak > 0);
        let findings = weak.map(|(place, weak)| self::weak(&ward, &address(place), *weak > 1)).collect();
        (ward, findings)
    }

    /// The weight of one edge, by the rules in words: taking the server, and more where the way was not seen.
    fn edge(&self, from: usize, to: usize, closed: &[usize]) -> Option<u32> {
        let taken = self.taken(to, closed)?;
        let seen = self.talks.contains(&(from, to));
        let near = from / 3 == to / 3;
        (from != to && (seen || near)).then_some(taken + if seen { 0 } else { weights::SAME_NETWORK })
    }

    fn taken(&self, place: usize, closed: &[usize]) -> Option<u32> {
        let ward = Hospital::default().host("10.0.0.1", DeviceClass::Server);
        let finding = |exploited| weights::of(&weak(&ward, "10.0.0.1", exploited));
        match self.weak[place] {
            _ if closed.contains(&place) => None,
            0 => None,
            1 => Some(finding(false)),
            _ => Some(finding(true)),
        }
    }

    /// Shortest ways between all pairs (Floyd and Warshall, 1962).
    fn all_pairs(&self, closed: &[usize]) -> Vec<Vec<Option<u32>>> {
        let places = 0..self.classes.len();
        let mut ways: Vec<Vec<Option<u32>>> = places
            .clone()
            .map(|from| {
                places
                    .clone()
                    .map(|to| if from == to { Some(0) } else { self.edge(from, to, closed) })
                    .collect()
            })
            .collect();
        for middle in places.clone() {
            for from in places.clone() {
                for to in places.clone() {
                    let through = ways[from][middle].zip(ways[middle][to]).map(|(one, other)| one + other);
                    ways[from][to] = [ways[from][to], through].into_iter().flatten().min();
                }
            }
        }
        ways
    }

    /// How many goals a way from the Internet or from a mail leads to, with these devices mended.
    fn reached(&self, closed: &[usize]) -> usize {
        let pairs = self.all_pairs(closed);
        let goals =
            (0..self.classes.len()).filter(|goal| CLASSES[self.classes[*goal]] == DeviceClass::Ventilator);
        let begins = |place: usize| {
            let mail = CLASSES[self.classes[place]] == DeviceClass::Workstation;
            let internet = self.outside.contains(&place) && self.taken(place, closed).is_some();
            mail || internet
        };
        let guests = |goal: usize| self.guest(goal, &pairs, closed);
        goals
            .filter(|goal| (0..8).any(|from| begins(from) && pairs[from][*goal].is_some()) || guests(*goal))
            .count()
    }

    /// Whether a way leads there from a network in which most devices are phones.
    fn guest(&self, goal: usize, pairs: &[Vec<Option<u32>>], closed: &[usize]) -> bool {
        let mobile = |place: &usize| CLASSES[self.classes[*place]] == DeviceClass::Mobile;
        (0..3).any(|network| {
            let inside: Vec<usize> = (0..8).filter(|place| place / 3 == network).collect();
            let mobiles = inside.iter().filter(|place| mobile(place)).count();
            mobiles * 2 > inside.len()
                && inside
                    .iter()
                    .any(|place| self.taken(*place, closed).is_some() && pairs[*place][goal].is_some())
        })
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The same weights as the textbook's way of working them out, between every two devices.
    #[test]
    fn shortest_ways_are_those_of_the_textbook(small in small()) {
        let (ward, findings) = small.ward();
        let standing = standing(&ward);
        let paths = Paths::new(&standing, &findings);
        let expected = small.all_pairs(&[]);
        for (from, row) in expected.iter().enumerate() {
            for (to, weight) in row.iter().enumerate() {
                let found = paths.between(ward.assets[from].id, ward.assets[to].id);
                prop_assert_eq!(found.as_ref().map(|way| way.weight), *weight, "{} to {}", from, to);
                for step in found.iter().flat_map(|way| way.steps.iter().skip(1)) {
                    prop_assert!(step.by.is_some());
                }
            }
        }
    }

    /// What is said to cut every way does, and no smaller set of devices would.
    #[test]
    fn the_fewest_devices_cut_every_way(small in small()) {
        let (ward, findings) = small.ward();
        let standing = standing(&ward);
        let cuts = Paths::new(&standing, &findings).cuts(8);
        let places: BTreeMap<_, _> = ward.assets.iter().enumerate().map(|(place, asset)| (asset.id, place)).collect();
        let all: Vec<usize> = cuts.all.unwrap().iter().map(|asset| places[asset]).collect();
        prop_assert_eq!(u64::try_from(all.len()).unwrap(), cuts.at_least);
        prop_assert_eq!(small.reached(&all), 0);
        let sets = (0..256_usize).map(|set| (0..8).filter(|place| set >> place & 1 == 1).collect::<Vec<_>>());
        for fewer in sets.filter(|set| set.len() < all.len()) {
            prop_assert!(small.reached(&fewer) > 0, "{:?} would do", fewer);
        }
        // Greedy goes on until nothing is left, and never raises the number of ways.
        let left: Vec<u64> = cuts.cuts.iter().map(|cut| cut.ways_left).collect();
        prop_assert!(left.is_sorted_by(|one, two| one >= two));
        prop_assert!(cuts.ways == 0 || left.last() == Some(&0));
    }

    /// The lightest finding of each device is all that ways need.
    #[test]
    fn ways_over_the_lightest_findings_are_the_same(small in small(), more in prop::collection::vec((0..8_usize, any::<bool>()), 0..8)) {
        let (ward, mut findings) = small.ward();
        findings.extend(more.iter().map(|(place, public)| weak(&ward, &address(*place), *public)));
        let few = super::lightest(findings.clone());
        prop_assert_eq!(ways(&ward, &few), ways(&ward, &findings));
        let devices: Vec<AssetId> = few.iter().map(|finding| finding.asset).collect();
        prop_assert_eq!(devices.iter().collect::<BTreeSet<_>>().len(), devices.len());
    }

    #[test]
    fn the_order_of_the_input_changes_nothing(small in small()) {
        let (ward, findings) = small.ward();
        let told = |ward: &Hospital, findings: &[Finding]| ways(ward, findings);
        let mut turned = ward.clone();
        turned.assets.reverse();
        turned.conversations.reverse();
        let reversed: Vec<Finding> = findings.iter().rev().cloned().collect();
        prop_assert_eq!(told(&ward, &findings), told(&turned, &reversed));
    }
}

/// What these rules say, each as a fact holds it behind its set.
fn rules(texts: &[&str]) -> Vec<Observation> {
    let line = |(record, text): (u64, &&str)| {
        let text = format!("{};{text}", Digest::of(&["core"]));
        let evidence = Evidence { source: SourceIndex(0), record, offset: 0 };
        let first = Sighting { evidence, at: Timestamp::EPOCH };
        Observation {
            subject: Subject::Listed(ListedId(Digest::of(&["core"]))),
            fact: Fact::new(FactKind::FirewallRule, text.as_bytes()).unwrap(),
            first,
            last: Timestamp::EPOCH,
            count: 1,
        }
    };
    (1..).zip(texts).map(line).collect()
}

#[test]
fn a_way_that_only_a_rule_opens_is_told_as_such() {
    let ward = Hospital::default()
        .host("10.1.1.1", DeviceClass::Workstation)
        .host("10.1.2.3", DeviceClass::Ventilator)
        .talk("10.1.1.1", "8.8.8.8:443/tcp", Protocol::Tls);
    let findings = [weak(&ward, "10.1.2.3", true)];
    let told = |texts: &[&str]| {
        let observations = rules(texts);
        let standing = Standing { observations: &observations, ..standing(&ward) };
        let paths = Paths::new(&standing, &findings);
        paths.ways(20).iter().map(|way| self::told(&ward, way)).collect::<Vec<_>>()
    };
    let begin = "0;0;0;begin-deny;sure;*;*;*";
    assert_eq!(told(&[]), [""; 0]);
    assert_eq!(told(&[begin]), [""; 0]);
    let open = told(&[begin, "0;1;0;accept;sure;10.1.1.0/24;10.1.2.0/24;tcp:443"]);
    assert_eq!(open, ["50 mail: seen 10.1.1.1 => 10.1.2.3!"]);
    let perhaps = told(&[begin, "0;1;0;accept;perhaps;10.1.1.0/24;10.1.2.0/24;tcp:443"]);
    assert_eq!(perhaps, ["65 mail: seen 10.1.1.1 ?> 10.1.2.3!"]);
    // A rule that nobody can use to ask a device for anything opens no way.
    assert_eq!(told(&[begin, "0;1;0;accept;sure;*;*;other"]), [""; 0]);
}
