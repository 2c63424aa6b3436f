//! Findings as doors: what one change settles on one device, with the harm behind it.

use std::ops::Range;

use wardround_model::{Asset, AssetId, Finding, Role, Says, Weakness};

use super::efforts::{Change, Efforts, Touches, Who};
use super::harm::Scale;
use super::permission::{Permission, permission};
use crate::phrases;
use crate::ssvc::Standing;
use crate::ssvc::exposure::Exposures;
use crate::ssvc::said::Said;

/// What one change settles on one device.
#[derive(Clone, Debug)]
pub(crate) struct Door {
    /// The place of the asset in [`Doors::assets`].
    pub(crate) asset: usize,
    /// The place of the change among all.
    pub(crate) change: usize,
    /// The product or protocol that the change is about; empty where it is about none.
    pub(crate) subject: String,
    pub(crate) weight: u32,
    /// Its findings, in [`Doors::findings`].
    pub(crate) findings: Range<usize>,
    pub(crate) permission: Permission,
    /// Who makes the change.
    pub(crate) who: Role,
}

/// All doors of a round, and what they are made from.
pub(crate) struct Doors<'a> {
    pub(crate) assets: Vec<&'a Asset>,
    /// By door; within one, the one with the most harm behind it first.
    pub(crate) findings: Vec<&'a Finding>,
    pub(crate) doors: Vec<Door>,
    /// Findings on assets that people retired, or that no change settles.
    pub(crate) not_counted: usize,
    pub(crate) said: Said<'a>,
}

/// One finding on its way into a door: asset, change, subject, harm and place.
type Placed<'a> = ((usize, usize, &'a str), u32, usize);

impl<'a> Doors<'a> {
    pub(crate) fn new(
        standing: &Standing<'a>,
        findings: &'a [Finding],
        efforts: &Efforts,
        scale: &Scale,
    ) -> Self {
        let said = Said::new(standing.statements, standing.as_of);
        let exposures = Exposures::new(standing.assets, standing.conversations);
        let mut assets: Vec<&Asset> = standing.assets.iter().collect();
        assets.sort_unstable_by_key(|asset| asset.id);
        let kinds: Vec<_> = assets
            .iter()
            .map(|asset| Kind {
                counts: !said.is_retired(asset),
                needs_maker: Role::of(said.class(asset)).needs_maker(),
                role: said.care_role(asset),
                exposure: exposures.of(asset.id).value,
            })
            .collect();
        let place = |finding: &'a Finding| {
            let asset = assets.binary_search_by_key(&finding.asset, |asset| asset.id).ok()?;
            let kind = kinds.get(asset).filter(|kind| kind.counts)?;
            let change = efforts.change_for(finding, kind.needs_maker)?;
            let subject = subject(&finding.weakness, efforts.change(change)?);
            Some(((asset, change, subject), scale.of(finding, kind.role, kind.exposure)))
        };
        let mut placed: Vec<Placed<'a>> = findings
            .iter()
            .enumerate()
            .filter_map(|(at, finding)| place(finding).map(|(key, harm)| (key, harm, at)))
            .collect();
        let not_counted = findings.len() - placed.len();
        let id = |at: usize| findings.get(at).map(|finding| finding.id);
        placed.sort_unstable_by(|one, two| (&one.0, two.1, id(one.2)).cmp(&(&two.0, one.1, id(two.2))));
        let mut doors =
            Self { assets, findings: Vec::with_capacity(placed.len()), doors: Vec::new(), not_counted, said };
        for same in placed.chunk_by(|one, two| one.0 == two.0) {
            doors.add(same, findings, efforts, scale);
        }
        doors
    }

    fn add(&mut self, same: &[Placed<'_>], findings: &'a [Finding], efforts: &Efforts, scale: &Scale) {
        let Some(((asset, change, subject), ..)) = same.first() else { return };
        let (Some(device), Some(kind)) = (self.assets.get(*asset).copied(), efforts.change(*change)) else {
            return;
        };
        let start = self.findings.len();
        self.findings.extend(same.iter().filter_map(|(.., at)| findings.get(*at)));
        self.doors.push(Door {
            asset: *asset,
            change: *change,
            subject: (*subject).to_owned(),
            weight: scale.together(same.iter().map(|(_, harm, _)| *harm)),
            findings: start..self.findings.len(),
            permission: permission(kind, device, &self.said),
            who: who(kind, device, &self.said),
        });
    }

    pub(crate) fn asset(&self, door: &Door) -> Option<&'a Asset> {
        self.assets.get(door.asset).copied()
    }

    pub(crate) fn findings_of(&self, door: &Door) -> &[&'a Finding] {
        self.findings.get(door.findings.clone()).unwrap_or_default()
    }

    /// The harm behind all doors.
    pub(crate) fn harm(&self) -> u64 {
        self.doors.iter().map(|door| u64::from(door.weight)).sum()
    }

    /// The harm behind the doors of one asset.
    pub(crate) fn harm_of(&self, asset: AssetId) -> u64 {
        let own = self.doors.iter().filter(|door| self.asset(door).is_some_and(|one| one.id == asset));
        own.map(|door| u64::from(door.weight)).sum()
    }
}

/// What bears on all findings of an asset.
struct Kind {
    counts: bool,
    needs_maker: bool,
    role: wardround_model::CareRole,
    exposure: crate::ssvc::Exposure,
}

/// What a change is about, where it is made for one product or protocol at a time.
fn subject<'a>(weakness: &'a Weakness, change: &Change) -> &'a str {
    match weakness {
        _ if !change.title.contains("{}") => "",
        Weakness::Vulnerability { product, .. } => product,
        Weakness::Setting { protocol, .. } => protocol,
    }
}

/// The subject in words for people.
pub(crate) fn subject_words(finding: &Finding) -> String {
    match &finding.weakness {
        Weakness::Vulnerability { product, .. } => phrases::product(product),
        Weakness::Setting { protocol, .. } => phrases::protocol(protocol),
    }
}

/// Who makes a change on this device: as people say, else by what it is.
fn who(change: &Change, asset: &Asset, said: &Said<'_>) -> Role {
    match change.who {
        Who::Team(role) => role,
        Who::Owner => owner(asset, said),
    }
}

/// Who looks after this device.
pub(crate) fn owner(asset: &Asset, said: &Said<'_>) -> Role {
    let owner = said.latest(asset.id, |statement| match statement.says {
        Says::Owner(role) => Some(role),
        _ => None,
    });
    owner.map_or_else(|| Role::of(said.class(asset)), |(role, _)| role)
}

/// Whether keeping others away from the device lowers the harm behind this door.
pub(crate) fn comes_over_network(change: &Change) -> bool {
    matches!(change.touches, Touches::Device | Touches::Network)
}
