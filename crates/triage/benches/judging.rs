//! Figures of judging: 100,000 invented assets with 500,000 components against the index that the program carries, and
//! judging again after a change of 500 CVEs. Run: `cargo bench -p wardround-triage`.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Instant;

use wardround_intel::affected::{Bound, Range, Versions};
use wardround_intel::index::{Changed, ProductName, changed_since};
use wardround_intel::{Index, IndexBuilder, Profile};
use wardround_model::*;
use wardround_triage::{DecisionTables, Input, Judging};

const ASSETS: u32 = 100_000;
const EACH: u32 = 5;
/// Hospitals run much of the same software: so many different components stand on all assets together.
const DIFFERENT: usize = 25_000;
const CHANGED: usize = 500;
const SYSTEMS: [&str; 3] =
    ["Debian GNU/Linux 12 (bookworm)", "Microsoft Windows 10 Pro 22H2", "Ubuntu 22.04.3 LTS"];

fn main() {
    let bytes = wardround_intel::snapshot();
    let nothing = IndexBuilder::new(Profile::Full).finish();
    let (Ok(index), Ok(empty)) = (Index::open(bytes), Index::open(&nothing)) else {
        return println!("the snapshot does not open");
    };
    let components = components(&index, &changed_since(&empty, &index));
    let (assets, observations) = (assets(), observations(&components));
    println!(
        "{} assets, {} facts, {} different components",
        assets.len(),
        observations.len(),
        components.len()
    );
    memory("before");
    // As an inventory does it: one look-up.
    let by_ip: HashMap<IpAddr, AssetId> =
        assets.iter().flat_map(|asset| asset.ips.iter().map(|ip| (*ip, asset.id))).collect();
    let owner_of = |subject: &Subject| by_ip.get(&subject.ip()?).copied();
    let input = Input {
        aliases: wardround_intel::names::Aliases::builtin(),
        workers: std::num::NonZeroUsize::MIN.saturating_add(1),
        assets: &assets,
        observations: &observations,
        conversations: &[],
        statements: &[],
        index: &index,
        as_of: Timestamp::from_seconds(1_795_651_200),
        owner_of: &owner_of,
    };
    let tables = DecisionTables::default();
    let mut judging = timed("judge everything", || Judging::of(&tables, &input));
    let (things, held) = judging.extent();
    println!("  {things} different things, had {held} times; {} matches on assets", judging.matches());
    memory("after judging");
    let cves: Vec<_> = index.cves().map(|cve| cve.id).collect();
    let changed =
        Changed { cves: cves.iter().copied().step_by(cves.len() / CHANGED).collect(), ..Changed::default() };
    let again = timed("judge 500 changed CVEs again", || judging.rejudge(&index, &changed));
    println!("  {} assets touched, {} findings told again", again.assets.len(), again.findings.len());
    let triaged = timed("tell every finding, question and the plan", || judging.triaged(&index));
    println!("  {} findings, {} questions", triaged.findings.len(), triaged.unjudged.len());
    memory("after telling all");
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let (started, used) = (Instant::now(), processor_time());
    let result = work();
    let used = processor_time().zip(used).map(|(after, before)| after.saturating_sub(before));
    let used = used.map(|ticks| format!(" ({ticks}0 ms of processor time)")).unwrap_or_default();
    println!("{what}: {:?}{used}", started.elapsed());
    result
}

/// The processor time of this process in hundredths of a second, where the system tells it (proc(5)): on a busy machine
/// it says more than the clock.
fn processor_time() -> Option<u64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(user.saturating_add(system))
}

/// The most memory so far, where the system tells it.
fn memory(when: &str) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or(" not told");
    println!("  memory {when}: {}", peak.trim());
}

/// CPE names with versions that the records name, of products spread over the whole index.
fn components(index: &Index<'_>, everything: &Changed<'_>) -> Vec<String> {
    let step = (everything.products.len() / DIFFERENT).max(1);
    everything
        .products
        .iter()
        .step_by(step)
        .take(DIFFERENT)
        .filter_map(|name| component(index, name))
        .collect()
}

fn component(index: &Index<'_>, name: &ProductName<'_>) -> Option<String> {
    let rows = index.product_rows(Some(name.part), name.vendor, name.product);
    let version = rows.iter().find_map(|row| match row.criterion.versions {
        Versions::Exactly(version) => Some(version),
        Versions::Range(Range { to: Some(Bound { version, .. }), .. }) => Some(version),
        _ => None,
    })?;
    let text =
        format!("cpe:2.3:{}:{}:{}:{version}:*:*:*:*:*:*:*", name.part.letter(), name.vendor, name.product);
    Fact::new(FactKind::CpeName, text.as_bytes()).ok().map(|fact| fact.value().to_owned())
}

fn ip(number: u32) -> IpAddr {
    IpAddr::from((0x0a00_0000 + number).to_be_bytes())
}

fn assets() -> Vec<Asset> {
    let moment = Timestamp::EPOCH;
    let asset = |number: u32| Asset {
        id: AssetId::of_anchor(&ip(number).to_string()),
        macs: Vec::new(),
        ips: vec![ip(number)],
        names: Vec::new(),
        class: Claim {
            value: if number.is_multiple_of(10) {
                DeviceClass::InfusionPump
            } else {
                DeviceClass::Workstation
            },
            confidence: Confidence::percent(95),
            reasons: Vec::new(),
        },
        maker: None,
        model: None,
        serial: None,
        software: None,
        operating_system: None,
        care_area: None,
        services: Vec::new(),
        products: Vec::new(),
        first_seen: moment,
        last_seen: moment,
        seen_directly: true,
    };
    (0..ASSETS).map(asset).collect()
}

fn observations(components: &[String]) -> Vec<Observation> {
    let first = Sighting {
        evidence: Evidence { source: SourceIndex(0), record: 1, offset: 0 },
        at: Timestamp::EPOCH,
    };
    let seen = |subject, kind, value: &str| {
        let fact = Fact::new(kind, value.as_bytes()).ok()?;
        Some(Observation { subject, fact, first, last: Timestamp::EPOCH, count: 1 })
    };
    let of_asset = |number: u32| {
        let subject = Subject::Ip(ip(number));
        let system = SYSTEMS.iter().cycle().nth(usize::try_from(number % 3).unwrap_or(0)).copied();
        let own = (0..EACH).filter_map(move |at| {
            // A stride that meets every component, and neighbours share some.
            let place = usize::try_from(number / 4 * 7 + at * 4_999).ok()? % components.len();
            seen(subject, FactKind::CpeName, components.get(place)?)
        });
        own.chain(system.and_then(|name| seen(subject, FactKind::OperatingSystem, name))).collect::<Vec<_>>()
    };
    (0..ASSETS).flat_map(of_asset).collect()
}
