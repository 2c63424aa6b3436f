//! What would change if something were done: a fix, an isolation, a retirement, or all weak places of a product gone.

use wardround_model::{AssetId, Conversation, Decision, Finding, FindingId, Round, Weakness};

use super::doors::Doors;
use super::efforts::Efforts;
use super::harm::Scale;
use crate::paths::Paths;
use crate::phrases;
use crate::ssvc::Standing;

/// What is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhatIf {
    /// The change that settles this finding is made on its device, with all that it settles there.
    Fix(FindingId),
    /// The device is cut off the network.
    Isolate(AssetId),
    /// The device is taken away.
    Retire(AssetId),
    /// All weak places of products with this in their name are mended.
    Product(String),
}

/// How things stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Picture {
    /// The harm behind all findings that count.
    pub harm: u64,
    /// Findings to act on at once.
    pub act: u64,
    /// Findings to see to soon.
    pub attend: u64,
    /// Ways from an entry to a goal.
    pub ways: u64,
    /// Goals that a way leads to.
    pub goals: u64,
}

/// How things stand before and after.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Now.
    pub before: Picture,
    /// Then.
    pub after: Picture,
    /// Findings that would be gone, sorted.
    pub settled: Vec<FindingId>,
    /// Devices that were seen to use it, and would lose it; sorted.
    pub would_lose: Vec<AssetId>,
}

/// How things would stand if this were done.
#[must_use]
pub fn what_if(round: &Round, efforts: &Efforts, asked: &WhatIf) -> Outcome {
    let scale = Scale::built_in();
    let standing = Standing::from(round);
    let doors = Doors::new(&standing, &round.findings, efforts, scale);
    let before = picture(&doors, &standing, &round.findings);
    let settled = settled(&doors, asked);
    let kept: Vec<Finding> = round
        .findings
        .iter()
        .filter(|finding| settled.binary_search(&finding.id).is_err())
        .cloned()
        .collect();
    let (gone, cut_off) = match asked {
        WhatIf::Isolate(asset) => (Some(*asset), Some(*asset)),
        WhatIf::Retire(asset) => (Some(*asset), None),
        WhatIf::Fix(_) | WhatIf::Product(_) => (None, None),
    };
    let conversations = without(round, gone);
    // A device that is cut off stands in no network any more; one that is taken away is not there at all.
    let assets: Vec<_> = round.assets.iter().filter(|asset| Some(asset.id) != gone).cloned().collect();
    let standing = Standing { conversations: &conversations, assets: &assets, ..standing };
    let later = Doors::new(&standing, &kept, efforts, scale);
    let mut after = picture(&later, &standing, &kept);
    if let Some(asset) = cut_off {
        after.harm += doors.harm_of(asset) * u64::from(scale.isolated) / 100;
        let (act, attend) = urgent(kept.iter().filter(|finding| finding.asset == asset));
        after.act += act;
        after.attend += attend;
    }
    Outcome { before, after, settled, would_lose: gone.map(|asset| users(round, asset)).unwrap_or_default() }
}

fn picture(doors: &Doors<'_>, standing: &Standing<'_>, findings: &[Finding]) -> Picture {
    let (act, attend) = urgent(doors.findings.iter().copied());
    let (ways, goals) = Paths::new(standing, findings).count();
    Picture { harm: doors.harm(), act, attend, ways, goals }
}

fn urgent<'a>(findings: impl Iterator<Item = &'a Finding>) -> (u64, u64) {
    findings.fold((0, 0), |(act, attend), finding| match finding.judgement.decision {
        Decision::Act => (act + 1, attend),
        Decision::Attend => (act, attend + 1),
        Decision::TrackStar | Decision::Track => (act, attend),
    })
}

/// Findings that would be gone, sorted.
fn settled(doors: &Doors<'_>, asked: &WhatIf) -> Vec<FindingId> {
    let mut settled: Vec<FindingId> = match asked {
        WhatIf::Fix(finding) => {
            let door =
                doors.doors.iter().find(|door| doors.findings_of(door).iter().any(|one| one.id == *finding));
            door.map_or_else(
                || vec![*finding],
                |door| doors.findings_of(door).iter().map(|one| one.id).collect(),
            )
        }
        WhatIf::Isolate(_) => Vec::new(),
        WhatIf::Retire(asset) => {
            doors.findings.iter().filter(|one| one.asset == *asset).map(|one| one.id).collect()
        }
        WhatIf::Product(name) => {
            let wanted = name.to_lowercase();
            doors.findings.iter().filter(|one| is_of(one, &wanted)).map(|one| one.id).collect()
        }
    };
    settled.sort_unstable();
    settled
}

/// Whether a finding is of a product with this in its name, in small letters.
fn is_of(finding: &Finding, wanted: &str) -> bool {
    let Weakness::Vulnerability { product, .. } = &finding.weakness else { return false };
    product.to_lowercase().contains(wanted) || phrases::product(product).to_lowercase().contains(wanted)
}

/// Conversations without those of this asset.
fn without(round: &Round, gone: Option<AssetId>) -> Vec<Conversation> {
    let Some(asset) = gone.and_then(|gone| round.asset(gone)) else { return round.conversations.clone() };
    let is_own = |one: &Conversation| asset.ips.contains(&one.client) || asset.ips.contains(&one.server.ip);
    round.conversations.iter().filter(|one| !is_own(one)).cloned().collect()
}

/// Assets that were seen to use this one, sorted.
fn users(round: &Round, asset: AssetId) -> Vec<AssetId> {
    let Some(own) = round.asset(asset) else { return Vec::new() };
    let used =
        round.conversations.iter().filter(|one| one.was_answered() && own.ips.contains(&one.server.ip));
    let mut clients: Vec<_> = used.map(|one| one.client).collect();
    clients.sort_unstable();
    clients.dedup();
    let is_client =
        |asset: &&wardround_model::Asset| asset.ips.iter().any(|ip| clients.binary_search(ip).is_ok());
    let mut users: Vec<_> =
        round.assets.iter().filter(is_client).map(|asset| asset.id).filter(|id| *id != asset).collect();
    users.sort_unstable();
    users
}
