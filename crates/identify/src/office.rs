//! Signs of workstations, phones, tablets, printers and desk phones.

use std::collections::BTreeSet;

use wardround_model::{DeviceClass, FactKind, Observation, Protocol, Reason};

use crate::evidence::Rule;
use crate::makers::Maker;
use crate::plant::is_kind;
use crate::portrait::{Portrait, Talk, because, because_of_talks, virtual_by, words};
use crate::telephones;

use DeviceClass::{Mobile, Printer, VoicePhone, Workstation};

/// The signs, the strongest first.
pub(crate) const RULES: &[Rule] = &[
    Rule::sign(Workstation, 70, browses_as_a_computer),
    Rule::sign(Workstation, 40, leases_as_windows),
    Rule::sign(Workstation, 30, opens_files_or_prints),
    Rule::sign(Workstation, 25, uses_many_services),
    Rule::sign(Workstation, 25, |p| {
        is_called(p, &["ws", "wks", "workstation", "pc", "laptop", "notebook", "desktop", "macbook", "imac"])
    }),
    Rule::sign(Mobile, 75, browses_as_a_phone),
    Rule::sign(Mobile, 40, |p| is_called(p, &["iphone", "ipad", "android", "galaxy", "pixel", "tablet"])),
    Rule::sign(Mobile, 35, leases_as_a_phone),
    Rule::sign(Mobile, 15, hides_its_card),
    Rule::sign(Printer, 65, announces_printing),
    Rule::sign(Printer, 60, |p| takes(p, Protocol::Ipp, "print jobs (IPP)")),
    Rule::sign(Printer, 60, |p| takes(p, Protocol::RawPrint, "raw print jobs")),
    Rule::sign(Printer, 25, |p| is_called(p, &["printer", "print", "prn", "mfp", "copier", "plotter"])),
    Rule::sign(Printer, 25, |p| has_card_of(p, Printer)),
    Rule::sign(VoicePhone, 40, |p| has_card_of(p, VoicePhone)),
    Rule::sign(Printer, 60, |p| is_kind(p, FactKind::WsDiscoveryKind, "PrintDeviceType", "a printer")),
    Rule::sign(Printer, 50, |p| is_kind(p, FactKind::UpnpKind, "Printer", "a printer")),
    Rule::sign(Workstation, 30, |p| is_kind(p, FactKind::WsDiscoveryKind, "Computer", "a Windows computer")),
    Rule::sign(VoicePhone, 75, telephones::says_so_on_the_cable),
    Rule::sign(VoicePhone, 45, telephones::registers),
    Rule::sign(VoicePhone, 45, telephones::asks_for_settings),
    Rule::sign(VoicePhone, 20, |p| is_called(p, &["voip", "phone", "tel"])),
];

/// Browsers as User-Agents name them, with their versions.
const BROWSERS: &[&str] =
    &["chrome/", "firefox/", "edg/", "edge/", "opr/", "safari/", "chromium/", "msie", "trident/"];
const COMPUTERS: &[&str] = &["windows", "macintosh", "x11", "cros"];
const PHONES: &[&str] = &["iphone", "ipad", "android"];

fn is_browser_on(agent: &str, systems: &[&str]) -> bool {
    let lower = agent.to_ascii_lowercase();
    let has = |wanted: &[&str]| wanted.iter().any(|word| lower.contains(word));
    has(BROWSERS) && has(systems)
}

fn browses_as_a_computer(p: &Portrait<'_>) -> Option<Reason> {
    let fits = |agent: &str| is_browser_on(agent, COMPUTERS) && !is_browser_on(agent, PHONES);
    let agents = p.facts_where(FactKind::HttpUserAgent, fits);
    let text = format!("It browses the web as a person's computer does ({})", agents.first()?.fact.value());
    Some(because(text, agents))
}

fn browses_as_a_phone(p: &Portrait<'_>) -> Option<Reason> {
    let agents = p.facts_where(FactKind::HttpUserAgent, |agent| is_browser_on(agent, PHONES));
    let text = format!("It browses the web as a phone or tablet does ({})", agents.first()?.fact.value());
    Some(because(text, agents))
}

/// Options that Windows asks for, in its order, since Windows 10; and earlier.
const WINDOWS_LEASES: &[&str] = &[
    "1,3,6,15,31,33,43,44,46,47,119,121,249,252",
    "1,3,6,15,31,33,43,44,46,47,121,249,252",
    "1,15,3,6,44,46,47,31,33,121,249,43",
    "1,15,3,6,44,46,47,31,33,121,249,252,43",
];

fn leases_as_windows(p: &Portrait<'_>) -> Option<Reason> {
    let classes = p.facts_where(FactKind::DhcpVendorClass, |value| value.starts_with("MSFT "));
    let lists = p.facts_where(FactKind::DhcpParameters, |value| WINDOWS_LEASES.contains(&value));
    let grounds: Vec<_> = classes.into_iter().chain(lists).collect();
    (!grounds.is_empty()).then(|| because("It asks for its address as Windows does (DHCP)", grounds))
}

/// Options that iOS and Android ask for, in their order, since about 2017 and 2020; none of these is a computer's.
const PHONE_LEASES: &[&str] = &[
    "1,121,3,6,15,108,114,119,252",
    "1,121,3,6,15,114,119,252",
    "1,121,3,6,15,119,252",
    "1,3,6,15,26,28,51,58,59,43,114,108",
    "1,3,6,15,26,28,51,58,59,43,114",
    "1,3,6,15,26,28,51,58,59,43",
];

fn leases_as_a_phone(p: &Portrait<'_>) -> Option<Reason> {
    let lists = p.facts_where(FactKind::DhcpParameters, |value| PHONE_LEASES.contains(&value));
    (!lists.is_empty()).then(|| because("It asks for its address as phones and tablets do (DHCP)", lists))
}

fn hides_its_card(p: &Portrait<'_>) -> Option<Reason> {
    let mac =
        p.group.cards.iter().find(|mac| mac.is_locally_administered() && virtual_by(**mac).is_none())?;
    let leased = !p.facts(FactKind::DhcpParameters).is_empty();
    leased.then(|| {
        because("It uses a card address of its own choice, as phones do for privacy", p.proof_of_card(*mac))
    })
}

fn opens_files_or_prints(p: &Portrait<'_>) -> Option<Reason> {
    let talks: Vec<Talk<'_>> = [Protocol::Smb, Protocol::Ipp, Protocol::RawPrint]
        .into_iter()
        .flat_map(|protocol| p.using(protocol))
        .collect();
    (!talks.is_empty()).then(|| because_of_talks("It opens files or prints on other hosts", talks))
}

/// So many kinds of service are more than a device needs.
const MANY_SERVICES: usize = 4;

fn uses_many_services(p: &Portrait<'_>) -> Option<Reason> {
    // What every device needs says nothing.
    let needs = |protocol: Protocol| {
        matches!(protocol, Protocol::Dhcp | Protocol::Dhcpv6 | Protocol::Dns | Protocol::Ntp | Protocol::Mdns)
            || !protocol.has_own_port()
    };
    let talks =
        p.uses.iter().filter(|talk| talk.conversation.protocol.is_some_and(|protocol| !needs(protocol)));
    let kinds: BTreeSet<_> = talks.clone().filter_map(|talk| talk.conversation.protocol).collect();
    let text = format!("It uses {} kinds of service on other hosts", kinds.len());
    (kinds.len() >= MANY_SERVICES).then(|| because_of_talks(text, talks.copied()))
}

/// Names that a host gives itself.
const NAMES: &[FactKind] = &[
    FactKind::DhcpHostName,
    FactKind::MdnsHostName,
    FactKind::NtlmComputer,
    FactKind::KerberosComputer,
    FactKind::SnmpName,
    FactKind::LldpName,
    FactKind::CdpName,
    FactKind::RadiusName,
    FactKind::LlmnrName,
    FactKind::NetbiosName,
    FactKind::ListedName,
];

/// A host whose name has one of these words.
pub(crate) fn is_called(p: &Portrait<'_>, wanted: &[&str]) -> Option<Reason> {
    let fits = |value: &str| words(value).any(|word| wanted.contains(&word.as_str()));
    let named: Vec<&Observation> = NAMES.iter().flat_map(|kind| p.facts_where(*kind, fits)).collect();
    let text = format!("It is called {}", named.first()?.fact.value());
    Some(because(text, named))
}

/// A host whose card's maker makes little else than such devices.
pub(crate) fn has_card_of(p: &Portrait<'_>, class: DeviceClass) -> Option<Reason> {
    let makes = |name: &str| Maker::named(name).is_some_and(|maker| maker.makes == [class].as_slice());
    let (mac, maker) = p.card_makers.iter().find(|(_, name)| makes(name))?;
    let text = format!("Its network card is of {maker}, a maker of {}", class.plural());
    Some(because(text, p.proof_of_card(*mac)))
}

const PRINT_SERVICES: &[&str] = &["_ipp._tcp", "_ipps._tcp", "_printer._tcp", "_pdl-datastream._tcp"];

fn announces_printing(p: &Portrait<'_>) -> Option<Reason> {
    let is_printing = |value: &str| PRINT_SERVICES.iter().any(|service| value.starts_with(service));
    let services = p.facts_where(FactKind::MdnsService, is_printing);
    (!services.is_empty()).then(|| because("It announces printing (mDNS)", services))
}

fn takes(p: &Portrait<'_>, protocol: Protocol, what: &str) -> Option<Reason> {
    let talks = p.serving(protocol);
    (!talks.is_empty()).then(|| because_of_talks(format!("It takes {what}"), talks))
}
