//! Addresses behind which several devices seem to be: address translation (RFC 3022), or devices that take turns with an address.
//!
//! No single sign proves it: programs name a system that they do not run on, a computer starts another system, one host has several
//! names. So two signs are asked for, which one device does not show at one time; and none of hosts that are known to speak for others:
//! routers, proxies, hosts of remote desktops, hosts of virtual machines.
//! Not here: what follows (`portrait`, and [`crate::classify`]).

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::IpAddr;

use wardround_model::{FactKind, Observation, Protocol, Reason, Subject, Timestamp};

use crate::grouping::{Group, Groups};
use crate::portrait::because;
use crate::scene::{Scene, is_served, speaks};

/// Why several devices seem to be behind an address.
#[derive(Debug, Default)]
pub(crate) struct Behind(HashMap<IpAddr, Reason>);

impl Behind {
    /// Looks at every address.
    pub(crate) fn of(groups: &Groups, scene: &Scene<'_>) -> Self {
        let mut behind = HashMap::new();
        let forwarded: HashSet<IpAddr> = groups.list.iter().flat_map(|it| &it.forwards).copied().collect();
        for group in groups.list.iter().filter(|group| !group.is_contested && group.forwards.len() < 2) {
            for (ip, since) in group.ips.iter().filter(|(ip, _)| ip.is_ipv4()) {
                let facts = facts_of(*ip, *since, scene);
                let is_on_link = is_of_one_card(group) && !forwarded.contains(ip);
                if let Some(reason) = several(&facts, is_on_link)
                    && !speaks_for_others(*ip, scene)
                {
                    behind.insert(*ip, reason);
                }
            }
        }
        Self(behind)
    }

    /// Why several devices seem to be behind this address, if they do.
    pub(crate) fn reason(&self, ip: IpAddr) -> Option<&Reason> {
        self.0.get(&ip)
    }
}

/// Whether it is a card with one IPv4 address, and sends from no other.
fn is_of_one_card(group: &Group) -> bool {
    let addresses = group.ips.iter().filter(|(ip, _)| ip.is_ipv4()).count();
    group.cards.len() == 1 && addresses == 1 && group.forwards.is_empty()
}

/// Facts of traffic about an address itself, since its card has it.
fn facts_of<'a>(ip: IpAddr, since: Option<Timestamp>, scene: &Scene<'a>) -> Vec<&'a Observation> {
    let all = scene.about_ip(ip).iter().copied();
    all.filter(|it| {
        it.subject == Subject::Ip(ip)
            && since.is_none_or(|since| it.first.at >= since)
            && !scene.is_of_list(it)
    })
    .collect()
}

/// A host that is known to speak for others, or to run what others see as hosts.
fn speaks_for_others(ip: IpAddr, scene: &Scene<'_>) -> bool {
    let is_host_of_machines = |text: &str| {
        let text = text.to_ascii_lowercase();
        ["esxi", "vcenter", "proxmox", "pve-api", "xcp-ng", "xenserver", "hyper-v"]
            .iter()
            .any(|name| text.contains(name))
    };
    let says_so = scene.about_ip(ip).iter().any(|it| match it.fact.kind() {
        FactKind::HttpPassesOn | FactKind::HttpProxy | FactKind::IsRouter => true,
        FactKind::HttpServer | FactKind::SnmpSystemDescription | FactKind::ServerSoftware => {
            is_host_of_machines(it.fact.value())
        }
        _ => false,
    });
    let desktops = scene.as_server(ip).iter().filter(|it| speaks(it, Protocol::Rdp) && is_served(it));
    says_so || desktops.map(|it| it.client).collect::<BTreeSet<_>>().len() > 1
}

/// A sign, in the words behind "this address:", and its proof.
struct Sign<'a> {
    text: String,
    proof: Vec<&'a Observation>,
}

/// Two signs, of which one is of different systems.
fn several(facts: &[&Observation], is_on_link: bool) -> Option<Reason> {
    let (lifetimes, systems) = (lifetimes(facts), systems(facts));
    let makers = dicom_makers(facts).filter(|_| lifetimes.is_some());
    let is_of_systems = lifetimes.is_some() || systems.is_some();
    let passed_on = one_too_few(facts).filter(|_| is_on_link);
    let signs = [lifetimes, systems, computers(facts), makers, passed_on];
    let signs: Vec<Sign<'_>> = signs.into_iter().flatten().collect();
    if !is_of_systems || signs.len() < 2 {
        return None;
    }
    let texts: Vec<&str> = signs.iter().map(|sign| sign.text.as_str()).collect();
    let text = format!(
        "{} (address translation) or to take turns with it: {}; so what they say is not taken for one device's",
        Reason::SEVERAL_BEHIND,
        texts.join("; ")
    );
    // The first proofs of all signs, then the second ones, so that the limit of proofs leaves no sign without one.
    let proof =
        [0, 1].into_iter().flat_map(|nth| signs.iter().filter_map(move |sign| sign.proof.get(nth).copied()));
    Some(because(text, proof))
}

/// What was seen of facts that go together: the first of them, and from when to when.
struct Seen<'a> {
    proof: &'a Observation,
    first: Timestamp,
    last: Timestamp,
}

/// Facts by what they are a sign of; what is of nothing is left out.
fn by<'a, K: Ord>(
    facts: &[&'a Observation],
    key: impl Fn(&'a Observation) -> Option<K>,
) -> BTreeMap<K, Seen<'a>> {
    let mut seen: BTreeMap<K, Seen<'a>> = BTreeMap::new();
    for it in facts {
        let Some(key) = key(it) else { continue };
        let (first, last) = (it.first.at.min(it.last), it.first.at.max(it.last));
        let one = seen.entry(key).or_insert(Seen { proof: it, first, last });
        one.first = one.first.min(first);
        one.last = one.last.max(last);
    }
    seen
}

/// Those that were seen while another was: a device that started another system, was renamed or replaced shows one behind the other.
fn at_one_time<'a, K: Ord + Clone>(seen: &BTreeMap<K, Seen<'a>>) -> Vec<(K, &'a Observation)> {
    let overlaps = |key: &K, one: &Seen<'_>| {
        seen.iter().any(|(other, it)| other != key && it.first <= one.last && one.first <= it.last)
    };
    seen.iter().filter(|(key, one)| overlaps(key, one)).map(|(key, one)| (key.clone(), one.proof)).collect()
}

/// Those seen at one time, where there are so many.
fn at_least<'a, K: Ord + Clone>(
    seen: &BTreeMap<K, Seen<'a>>,
    least: usize,
    text: impl FnOnce(&[K]) -> String,
) -> Option<Sign<'a>> {
    let (keys, proof): (Vec<K>, Vec<_>) = at_one_time(seen).into_iter().unzip();
    (keys.len() >= least).then(|| Sign { text: text(&keys), proof })
}

/// What a connection's time to live began with, and how many routers took one off.
fn lifetime(it: &Observation) -> Option<(u8, u8)> {
    let (began, routers) =
        it.fact.value().split_once('-').filter(|_| it.fact.kind() == FactKind::TimeToLive)?;
    Some((began.parse().ok()?, routers.parse().ok()?))
}

/// Times to live of different systems.
fn lifetimes<'a>(facts: &[&'a Observation]) -> Option<Sign<'a>> {
    let seen = by(facts, |it| lifetime(it).map(|(began, _)| began));
    at_least(&seen, 2, |began| {
        let began: Vec<String> = began.iter().map(u8::to_string).collect();
        format!("its connections begin with times to live of different systems ({})", began.join(" and "))
    })
}

/// Systems that programs name, those of one maker together: a tablet asks for pages as a computer of its maker does.
const SYSTEMS: &[(&str, &[&str])] = &[
    ("Windows", &["windows"]),
    ("Apple", &["macintosh", "mac os", "iphone", "ipad", "darwin"]),
    ("Linux or Android", &["linux", "android", "ubuntu", "debian", "raspbian", "fedora", "cros"]),
];

fn system(it: &Observation) -> Option<&'static str> {
    if !matches!(it.fact.kind(), FactKind::HttpUserAgent | FactKind::SshClientBanner) {
        return None;
    }
    let said = it.fact.value().to_ascii_lowercase();
    let named = SYSTEMS.iter().find(|(_, words)| words.iter().any(|word| said.contains(word)));
    named.map(|(system, _)| *system)
}

/// Programs that name different systems.
fn systems<'a>(facts: &[&'a Observation]) -> Option<Sign<'a>> {
    at_least(&by(facts, system), 2, |systems| {
        format!("programs at it name different systems ({})", systems.join(" and "))
    })
}

/// Names of computers that a host gives as its own.
fn computers<'a>(facts: &[&'a Observation]) -> Option<Sign<'a>> {
    [FactKind::KerberosComputer, FactKind::NetbiosName, FactKind::LlmnrName].into_iter().find_map(|kind| {
        let label = |it: &'a Observation| {
            let name = it.fact.value().split('.').next()?.trim_end_matches('$').to_lowercase();
            (it.fact.kind() == kind && name.chars().any(char::is_alphanumeric)).then_some(name)
        };
        at_least(&by(facts, label), 2, |names| format!("it goes by {} names of computers", names.len()))
    })
}

/// So many makers' software of DICOM at one address; a workstation may have that of two.
const MANY_MAKERS: usize = 3;

/// Who makes an implementation of DICOM gives it a number below his own: the first parts tell makers apart (PS3.5, 9 and annex A).
fn dicom_makers<'a>(facts: &[&'a Observation]) -> Option<Sign<'a>> {
    let maker = |it: &'a Observation| {
        let uid = Some(it.fact.value()).filter(|_| it.fact.kind() == FactKind::DicomImplementationClass)?;
        Some(uid.split('.').take(5).collect::<Vec<_>>())
    };
    at_least(&by(facts, maker), MANY_MAKERS, |makers| {
        format!("it speaks DICOM by software of {} makers", makers.len())
    })
}

/// Every connection came from its own card, and yet a router took one or two off its time to live. A host that runs containers or machines
/// opens some itself.
fn one_too_few<'a>(facts: &[&'a Observation]) -> Option<Sign<'a>> {
    let passed: Vec<_> = facts.iter().filter_map(|it| Some((*it, lifetime(it)?.1))).collect();
    let all_were = !passed.is_empty() && passed.iter().all(|(_, routers)| (1..=2).contains(routers));
    let text = "its connections come from a card on this link, and yet a router has passed them on (time to live one too low)";
    all_were.then(|| Sign { text: text.to_owned(), proof: passed.into_iter().map(|(it, _)| it).collect() })
}
