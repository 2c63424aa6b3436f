//! What lists say of a thing's kind, maker, model, system and department, and how far each kind of list is believed.
//!
//! Traffic is believed first: a device that acts as a scanner is one, whatever a list says. Then an inventory, which
//! somebody keeps for the purpose; then what a directory says of the operating system. What contradicts is told behind.
//! Not here: which rows are about the thing (`joining`).

use std::cmp::Reverse;

use wardround_model::{Claim, Confidence, DeviceClass, FactKind, Observation, Reason, SourceKind, words};

use crate::evidence;
use crate::kinds::{class_of_name, class_of_system};
use crate::portrait::{Portrait, because};

/// What one row says, and how sure that makes it.
pub(crate) struct Said {
    pub(crate) value: String,
    pub(crate) percent: u8,
    pub(crate) reason: Reason,
}

/// How far a kind of list is believed in what a device is, in per cent.
fn trust(kind: SourceKind) -> u8 {
    use SourceKind as K;
    match kind {
        K::Inventory => 85,
        K::DirectoryComputers | K::DirectoryAccounts | K::SecondFactors | K::EndpointProtection => 75,
        K::Nmap | K::Nessus | K::OpenVas => 55,
        _ => 70,
    }
}

/// How far a kind of list is believed in what system runs: the system's own tools first.
fn trust_of_system(kind: SourceKind) -> u8 {
    use SourceKind as K;
    match kind {
        K::Dpkg | K::Rpm | K::Apk | K::Winget | K::Wmic | K::SoftwareList | K::Asked => 95,
        K::DirectoryComputers | K::MissingUpdates | K::EndpointProtection => 85,
        K::Nmap | K::Nessus | K::OpenVas => 55,
        _ => 65,
    }
}

/// Where several devices seem to be behind an address, no claim is surer than this.
pub(crate) const MOST_OF_SEVERAL: Confidence = Confidence::percent(60);

/// `The inventory list`.
fn named(kind: SourceKind) -> String {
    format!("The {}", kind.label())
}

/// What lists say of one property, the surest and the latest first; masked values say nothing.
pub(crate) fn said(p: &Portrait<'_>, kind: FactKind, what: &str) -> Vec<Said> {
    let mut facts: Vec<&Observation> = p
        .facts(kind)
        .iter()
        .copied()
        .filter(|it| it.fact.value().chars().any(char::is_alphanumeric))
        .collect();
    facts.sort_by_key(|it| (Reverse(trust(p.scene.kind_of(it))), Reverse(it.last)));
    let one = |it: &Observation| {
        let (list, value) = (p.scene.kind_of(it), it.fact.value());
        let reason = because(format!("{} gives \"{value}\" as {what}", named(list)), [it]);
        Said { value: value.to_owned(), percent: trust(list), reason }
    };
    facts.into_iter().map(one).collect()
}

/// The operating system with its version.
pub(crate) fn system(p: &Portrait<'_>) -> Vec<Said> {
    let mut facts: Vec<&Observation> = p.facts(FactKind::OperatingSystem).to_vec();
    facts.sort_by_key(|it| (Reverse(trust_of_system(p.scene.kind_of(it))), Reverse(it.last)));
    let one = |it: &Observation| {
        let (list, name) = (p.scene.kind_of(it), it.fact.value());
        let same_row = |other: &&&Observation| other.first.evidence.source == it.first.evidence.source;
        let version = p.facts(FactKind::OperatingSystemVersion).iter().find(same_row);
        let version = version.map(|it| it.fact.value()).filter(|version| !name.contains(version));
        let value = version.map_or_else(|| name.to_owned(), |version| format!("{name} {version}"));
        let reason = because(format!("{} gives \"{name}\" as its operating system", named(list)), [it]);
        Said { value, percent: trust_of_system(list), reason }
    };
    facts.into_iter().map(one).collect()
}

/// A class that a list speaks for.
struct Spoken {
    class: DeviceClass,
    percent: u8,
    reason: Reason,
}

/// The class by all that traffic (`seen`) and lists say; less sure where several devices seem to be behind an address, whichever a list
/// means.
pub(crate) fn class(p: &Portrait<'_>, seen: Claim<DeviceClass>) -> Claim<DeviceClass> {
    let claim = weighed(p, seen);
    if p.several.is_some() { claim.at_most(MOST_OF_SEVERAL) } else { claim }
}

fn weighed(p: &Portrait<'_>, seen: Claim<DeviceClass>) -> Claim<DeviceClass> {
    let mut spoken = spoken(p);
    spoken.sort_by_key(|one| Reverse(one.percent));
    let Some(best) = spoken.first() else { return seen };
    let (class, percent) = (best.class, best.percent);
    let (same, other): (Vec<_>, Vec<_>) = spoken.into_iter().partition(|one| one.class == class);
    let reasons = same.into_iter().map(|one| one.reason);
    let against = other.into_iter().take(1).map(|one| contrary(one.class, &one.reason));
    if seen.value == DeviceClass::Unknown {
        let hints = seen.reasons.into_iter().filter(|reason| !reason.grounds.is_empty());
        return claim(class, percent, reasons.chain(against).chain(hints).collect());
    }
    if seen.value == class {
        let doubt = f64::from(100 - percent.min(100)) * f64::from(100 - seen.confidence.as_percent()) / 1e4;
        let reasons = seen.reasons.into_iter().chain(reasons).collect();
        return claim(class, evidence::percent(1.0 - doubt), reasons);
    }
    // Behind a plain computer in traffic there may be what only a list can tell.
    if is_plain(seen.value) && !is_plain(class) && percent >= 60 {
        let first = seen.reasons.into_iter().take(1).map(|reason| contrary(seen.value, &reason));
        return claim(class, percent.saturating_sub(10), reasons.chain(first).collect());
    }
    let first = reasons.take(1).map(|reason| contrary(class, &reason)).collect::<Vec<_>>();
    Claim { reasons: seen.reasons.into_iter().chain(first).collect(), ..seen }
}

fn claim(value: DeviceClass, percent: u8, reasons: Vec<Reason>) -> Claim<DeviceClass> {
    Claim { value, confidence: Confidence::percent(percent.min(97)), reasons }
}

fn contrary(class: DeviceClass, reason: &Reason) -> Reason {
    let text = format!("But this is a sign of {}: {}", class.plural(), reason.text);
    Reason { text, grounds: reason.grounds.clone() }
}

/// A computer of no particular use.
fn is_plain(class: DeviceClass) -> bool {
    use DeviceClass as C;
    matches!(
        class,
        C::Server | C::FileServer | C::DatabaseServer | C::NetworkService | C::Workstation | C::Unknown
    )
}

/// What lists say of its kind: outright, else by its name and its system.
fn spoken(p: &Portrait<'_>) -> Vec<Spoken> {
    let outright = p.facts(FactKind::ListedClass).iter().filter_map(|it| {
        let class = DeviceClass::from_code(it.fact.value()).filter(|class| *class != DeviceClass::Unknown)?;
        let list = p.scene.kind_of(it);
        let text = format!("{} says that its kind is: {}", named(list), class.label());
        Some(Spoken { class, percent: trust(list), reason: because(text, [*it]) })
    });
    let mut spoken: Vec<Spoken> = outright.collect();
    // A name and a system are worth little beside what somebody entered as its kind.
    if spoken.is_empty() {
        spoken.extend(by_name(p));
        spoken.extend(by_system(p));
    }
    spoken
}

fn by_name<'p>(p: &'p Portrait<'_>) -> impl Iterator<Item = Spoken> + 'p {
    p.facts(FactKind::ListedName).iter().filter_map(|it| {
        let text = format!("{} calls it {}", named(p.scene.kind_of(it)), it.fact.value());
        Some(Spoken { class: class_of_name(it.fact.value())?, percent: 62, reason: because(text, [*it]) })
    })
}

fn by_system<'p>(p: &'p Portrait<'_>) -> impl Iterator<Item = Spoken> + 'p {
    p.facts(FactKind::OperatingSystem).iter().filter_map(|it| {
        let text = format!("{} says that it runs {}", named(p.scene.kind_of(it)), it.fact.value());
        Some(Spoken { class: class_of_system(it.fact.value())?, percent: 60, reason: because(text, [*it]) })
    })
}

/// Whether lists alone know it, and say that it is gone: retired, or its computer account switched off.
pub(crate) fn is_gone(p: &Portrait<'_>) -> bool {
    let all = |kind: FactKind, gone: &str| {
        let facts = p.facts(kind);
        !facts.is_empty() && facts.iter().all(|it| it.fact.value() == gone)
    };
    let of = |kind: SourceKind| p.all_facts().iter().all(|it| p.scene.kind_of(it) == kind);
    all(FactKind::ListedState, "retired") && of(SourceKind::Inventory)
        || all(FactKind::ComputerEnabled, "no") && of(SourceKind::DirectoryComputers)
}

/// How lists tell it from others where they give no name: its inventory number, its serial number.
pub(crate) fn number(p: &Portrait<'_>) -> Option<String> {
    let first = |kind| p.values(kind).first().copied();
    let tag = first(FactKind::ListedTag).map(|tag| format!("inventory number {tag}"));
    tag.or_else(|| first(FactKind::ListedSerial).map(|serial| format!("serial number {serial}")))
}

/// Names that lists give, without those that are masked whole.
pub(crate) fn names<'p>(p: &'p Portrait<'_>) -> impl Iterator<Item = &'p str> + 'p {
    let mask = |c: char| c == words::MASK || !c.is_alphanumeric();
    p.values(FactKind::ListedName).into_iter().filter(move |name| !name.chars().all(mask))
}
