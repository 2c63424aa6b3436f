//! Observations to assets: which facts are about the same thing, and what kind of thing it is.
//!
//! In: everything that was observed, and who makes which network cards. Out: an [`Inventory`] in which every claim has a
//! confidence and reasons that lead back to observations and conversations.
//! Not here: what is weak (`triage`), what is known of products (`intel`), files, a clock.
//!
//! The line: `scene` lays the input out, `ownership` says who has which address, `grouping` puts cards and addresses
//! together, a `portrait` holds all that was seen of one thing, the rules (`imaging`, `messages`, `office`,
//! `infrastructure`, `plant`, `families`) find signs in it, `evidence` weighs them, `describe` makes the asset.

mod addresses;
mod describe;
mod evidence;
mod families;
mod grouping;
mod imaging;
mod infrastructure;
mod makers;
mod messages;
mod networks;
mod office;
mod ownership;
mod plant;
mod portrait;
mod scene;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use wardround_model::{
    Asset, AssetId, Claim, Conversation, DeviceClass, MacAddr, Network, Observation, Subject,
};

use crate::evidence::{Evidence, Rule};
use crate::grouping::Groups;
use crate::portrait::Portrait;
use crate::scene::Scene;

/// Who made a network card.
pub trait Makers {
    /// The name that the first bytes of this card address are registered to (IEEE), if any.
    fn maker(&self, mac: MacAddr) -> Option<&str>;
}

/// What there is: assets, and the networks in which they were seen.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    /// The assets in the order of a census: by class, then by address.
    pub assets: Vec<Asset>,
    /// The networks, sorted.
    pub networks: Vec<Network>,
    by_card: HashMap<MacAddr, AssetId>,
    by_ip: HashMap<IpAddr, AssetId>,
}

impl Inventory {
    /// The asset that a fact with this subject is about, unless it is none of the hospital's or was never seen to be
    /// there.
    #[must_use]
    pub fn asset_of(&self, subject: &Subject) -> Option<AssetId> {
        match subject {
            Subject::Mac(mac) => self.by_card.get(mac).copied(),
            Subject::Ip(ip) => self.asset_of_ip(*ip),
            Subject::Service(endpoint) => self.asset_of_ip(endpoint.ip),
            Subject::Listed(_) | Subject::Account(_) | Subject::Model(_) => None,
        }
    }

    /// The asset that has this address.
    #[must_use]
    pub fn asset_of_ip(&self, ip: IpAddr) -> Option<AssetId> {
        self.by_ip.get(&ip).copied()
    }

    fn of(mut assets: Vec<Asset>) -> Self {
        tell_apart(&mut assets);
        assets.sort_by_cached_key(census_order);
        let networks = networks::networks(&assets);
        let cards = assets.iter().flat_map(|asset| asset.macs.iter().map(|mac| (*mac, asset.id))).collect();
        let ips = assets.iter().flat_map(|asset| asset.ips.iter().map(|ip| (*ip, asset.id))).collect();
        Self { assets, networks, by_card: cards, by_ip: ips }
    }
}

/// By class, then by the address that people look for first, then by card.
fn census_order(asset: &Asset) -> (DeviceClass, bool, Option<IpAddr>, Vec<MacAddr>, AssetId) {
    let ip = asset.ips.iter().find(|ip| ip.is_ipv4()).or(asset.ips.first()).copied();
    (asset.class.value, ip.is_none(), ip, asset.macs.clone(), asset.id)
}

/// Gives assets whose ids are equal by chance different ones.
fn tell_apart(assets: &mut [Asset]) {
    let mut taken: BTreeMap<AssetId, u64> = BTreeMap::new();
    for asset in assets {
        let again = taken.entry(asset.id).or_default();
        *again = again.saturating_add(1);
        if *again > 1 {
            asset.id = AssetId::of_anchor(&format!("{} {again}", asset.id));
        }
    }
}

/// All families of rules.
const RULES: [&[Rule]; 5] =
    [imaging::RULES, messages::RULES, office::RULES, infrastructure::RULES, plant::RULES];

/// Works out what there is, from everything that was observed.
///
/// The result does not depend on the order of the input. Time and memory grow with the input, a little more than in
/// proportion.
#[must_use]
pub fn identify(
    observations: &[Observation],
    conversations: &[Conversation],
    makers: &dyn Makers,
) -> Inventory {
    let scene = Scene::new(observations, conversations);
    let groups = Groups::of(&scene);
    let asset = |group| {
        let portrait = Portrait::of(group, &groups, &scene, makers);
        describe::describe(&portrait, classify(&portrait))
    };
    Inventory::of(groups.list.iter().map(asset).collect())
}

fn classify(portrait: &Portrait<'_>) -> Claim<DeviceClass> {
    let by_rules = RULES.into_iter().flat_map(|rules| evidence::weigh(rules, portrait));
    let signs: Vec<Evidence> = families::signs(portrait).into_iter().chain(by_rules).collect();
    evidence::judge(&signs)
}
