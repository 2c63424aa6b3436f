//! Observations to assets: which facts are about the same thing, and what kind of thing it is.
//!
//! In: everything that was observed, in traffic or in lists, what people said, and who makes which network cards. Out: an [`Inventory`] in which every claim has a
//! confidence and reasons that lead back to observations and conversations.
//! Not here: what is weak (`triage`), what is known of products (`intel`), files, a clock.
//!
//! The line: `scene` lays the input out, `ownership` says who has which address, `grouping` puts cards and addresses together, `behind`
//! finds addresses that several devices seem to share, `joining` adds the things of lists, a `portrait` holds all that was seen of one
//! thing, the rules find signs in it (`signs` with the tests in `imaging`, `messages`, `laboratory`, `office`, `infrastructure` and `plant`;
//! `families`, `telephones`, and a hospital's own `fingerprints`), `evidence` weighs them, `lists` adds what lists say, `claims` says who
//! made it, `describe` makes the asset, and `statements` changes it to what people said.
//!
//! Our own rules are files (`rules/`, read by `rules`): what devices say of themselves, what is a sign of what, and every weight.

mod addresses;
mod bedside;
mod behind;
mod cards;
mod claims;
mod describe;
mod evidence;
mod families;
pub mod fingerprints;
mod grouping;
mod imaging;
mod infrastructure;
mod joining;
mod kinds;
mod laboratory;
mod lists;
mod makers;
mod messages;
mod model_numbers;
mod networks;
mod office;
mod ownership;
mod plant;
mod portrait;
mod rules;
mod scene;
mod signs;
mod statements;
mod telephones;
mod terms;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::thread;

use wardround_model::{
    AccountId, Asset, AssetId, Claim, Conversation, DeviceClass, FactKind, ListedId, MacAddr, ModelId,
    Network, Observation, Reason, Source, Statement, Subject, Timestamp,
};

use crate::behind::Behind;
use crate::evidence::Evidence;
use crate::fingerprints::{Fingerprints, Matcher};
use crate::grouping::{Group, Groups};
use crate::portrait::Portrait;
use crate::scene::Scene;
use crate::statements::Spoken;

/// Who made a network card.
pub trait Makers: Sync {
    /// The name that the first bytes of this card address are registered to (IEEE), if any.
    fn maker(&self, mac: MacAddr) -> Option<&str>;
}

/// What is known of a hospital before anybody asks what it means.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// Everything that was observed.
    pub observations: &'a [Observation],
    /// Who talked to whom.
    pub conversations: &'a [Conversation],
    /// What was read: evidence names its place here. What has no place was seen in traffic.
    pub sources: &'a [Source],
    /// What people said.
    pub statements: &'a [Statement],
    /// Fingerprints that the hospital added.
    pub fingerprints: &'a Fingerprints,
    /// The moment at which statements must hold.
    pub as_of: Timestamp,
    /// How many threads may work at once. What comes out is the same.
    pub workers: NonZeroUsize,
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
    by_listed: HashMap<ListedId, AssetId>,
    by_account: HashMap<AccountId, AssetId>,
    by_model: BTreeMap<ModelId, Vec<AssetId>>,
    known_as: HashMap<AssetId, AssetId>,
}

impl Inventory {
    /// The asset that a fact with this subject is about, unless it is none of the hospital's or was never seen to be
    /// there. An account's asset is its directory. A model is many assets ([`Self::assets_of_model`]), never one.
    #[must_use]
    pub fn asset_of(&self, subject: &Subject) -> Option<AssetId> {
        match subject {
            Subject::Mac(mac) => self.by_card.get(mac).copied(),
            Subject::Ip(ip) => self.asset_of_ip(*ip),
            Subject::Service(endpoint) => self.asset_of_ip(endpoint.ip),
            Subject::Listed(id) => self.by_listed.get(id).copied(),
            Subject::Account(id) => self.by_account.get(id).copied(),
            Subject::Model(_) => None,
        }
    }

    /// The asset that has this address.
    #[must_use]
    pub fn asset_of_ip(&self, ip: IpAddr) -> Option<AssetId> {
        self.by_ip.get(&ip).copied()
    }

    /// The assets of a model, sorted: those whose maker and model are written so.
    #[must_use]
    pub fn assets_of_model(&self, model: ModelId) -> &[AssetId] {
        self.by_model.get(&model).map(Vec::as_slice).unwrap_or_default()
    }

    /// The id that the asset has in this round which had this id in another: lists and traffic may have told more of it.
    #[must_use]
    pub fn current(&self, id: AssetId) -> AssetId {
        self.known_as.get(&id).copied().unwrap_or(id)
    }

    fn of(mut found: Vec<Found<'_>>, input: &Input<'_>) -> Self {
        tell_apart(&mut found);
        let known_as = known_as(&found);
        let spoken = Spoken::new(input.statements, input.as_of, &known_as);
        found.retain(|it| !spoken.is_gone(&it.asset, it.in_traffic.then_some(it.asset.last_seen)));
        let listed = found.iter().flat_map(|it| it.listed.iter().map(|id| (*id, it.asset.id))).collect();
        let networks = networks::networks(found.iter().filter(|it| it.in_traffic).map(|it| &it.asset));
        let mut assets: Vec<Asset> = found.into_iter().map(|it| it.asset).collect();
        for asset in &mut assets {
            spoken.apply(asset);
        }
        assets.sort_by_cached_key(census_order);
        let mut inventory = Self { networks, by_listed: listed, known_as, ..Self::default() };
        inventory.index(assets, input.observations);
        inventory
    }

    fn index(&mut self, assets: Vec<Asset>, observations: &[Observation]) {
        for asset in &assets {
            self.by_card.extend(asset.macs.iter().map(|mac| (*mac, asset.id)));
            self.by_ip.extend(asset.ips.iter().map(|ip| (*ip, asset.id)));
            if let Some(model) = &asset.model {
                let maker = asset.maker.as_ref().map_or("", |maker| maker.value.as_str());
                self.by_model.entry(ModelId::of(maker, &model.value)).or_default().push(asset.id);
            }
        }
        for ids in self.by_model.values_mut() {
            ids.sort_unstable();
        }
        for it in observations.iter().filter(|it| it.fact.kind() == FactKind::AccountDirectory) {
            let directory = it.fact.value().parse().ok().and_then(|id| self.by_listed.get(&id)).copied();
            if let (Subject::Account(account), Some(directory)) = (it.subject, directory) {
                self.by_account.insert(account, directory);
            }
        }
        self.assets = assets;
    }
}

/// By class, then by the address that people look for first, then by card.
fn census_order(asset: &Asset) -> (DeviceClass, bool, Option<IpAddr>, Vec<MacAddr>, AssetId) {
    let ip = asset.ips.iter().find(|ip| ip.is_ipv4()).or(asset.ips.first()).copied();
    (asset.class.value, ip.is_none(), ip, asset.macs.clone(), asset.id)
}

/// An asset before its place among the others is known, and what it was made from.
struct Found<'g> {
    asset: Asset,
    group: &'g Group,
    /// Things of lists that lead to it.
    listed: Vec<ListedId>,
    /// Whether traffic shows it, not lists alone.
    in_traffic: bool,
}

/// Lists and texts grow in steps larger than most of them are; of all assets together that is a third of their memory.
fn leave_no_slack(asset: &mut Asset) {
    let Asset {
        macs, ips, names, class, maker, model, serial, software, operating_system, care_area, ..
    } = asset;
    macs.shrink_to_fit();
    ips.shrink_to_fit();
    names.shrink_to_fit();
    let mut lists = vec![&mut class.reasons];
    for claim in [maker, model, serial, software, operating_system, care_area].into_iter().flatten() {
        claim.value.shrink_to_fit();
        lists.push(&mut claim.reasons);
    }
    for reasons in lists {
        reasons.shrink_to_fit();
        for reason in reasons {
            reason.text.shrink_to_fit();
            reason.grounds.shrink_to_fit();
        }
    }
    asset.services.shrink_to_fit();
    asset.products.shrink_to_fit();
}

/// Gives assets whose ids are equal by chance different ones.
fn tell_apart(found: &mut [Found<'_>]) {
    let mut taken: BTreeMap<AssetId, u64> = BTreeMap::new();
    for Found { asset, .. } in found {
        let again = taken.entry(asset.id).or_default();
        *again = again.saturating_add(1);
        if *again > 1 {
            asset.id = AssetId::of_anchor(&format!("{} {again}", asset.id));
        }
    }
}

/// From every id that an asset could have had to the one that it has. What an asset has now comes before what another could
/// have had, and a card before an address.
fn known_as(found: &[Found<'_>]) -> HashMap<AssetId, AssetId> {
    let mut known: HashMap<AssetId, AssetId> =
        found.iter().map(|found| (found.asset.id, found.asset.id)).collect();
    for Found { asset, group, .. } in found {
        for id in describe::possible_ids(group) {
            known.entry(id).or_insert(asset.id);
        }
    }
    known
}

/// Works out what there is, from everything that was observed.
///
/// The result does not depend on the order of the input. Time and memory grow with the input, a little more than in
/// proportion.
#[must_use]
pub fn identify(input: &Input<'_>, makers: &dyn Makers) -> Inventory {
    let scene = Scene::new(input);
    let groups = Groups::of(&scene);
    let behind = Behind::of(&groups, &scene);
    let groups = joining::join(groups, &behind, &scene);
    let known = Known { input, makers, scene: &scene, groups: &groups, behind: &behind };
    let things: Vec<_> = groups.list.iter().zip(groups.things()).collect();
    Inventory::of(known.of_all(&things), input)
}

/// What has to be known of all to know one.
#[derive(Clone, Copy)]
struct Known<'g, 'a> {
    input: &'g Input<'a>,
    makers: &'g dyn Makers,
    scene: &'g Scene<'g>,
    groups: &'g Groups,
    behind: &'g Behind,
}

/// A thing, and those of lists that lead to it.
type Thing<'g> = (&'g Group, Vec<ListedId>);

impl<'g> Known<'g, '_> {
    /// Each thing by itself, shared out among the threads, in their order.
    fn of_all(self, things: &[Thing<'g>]) -> Vec<Found<'g>> {
        let share = things.len().div_ceil(self.input.workers.get()).max(1);
        thread::scope(|scope| {
            let (first, others) = things.split_at_checked(share).unwrap_or((things, &[]));
            let others: Vec<_> =
                others.chunks(share).map(|part| scope.spawn(move || self.of_some(part))).collect();
            let mut found = self.of_some(first);
            for other in others {
                found.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
            }
            found
        })
    }

    fn of_some(self, things: &[Thing<'g>]) -> Vec<Found<'g>> {
        let mut matcher = Matcher::new(self.input.fingerprints);
        things.iter().filter_map(|(group, listed)| self.of_one(group, listed, &mut matcher)).collect()
    }

    /// Nothing, where lists alone name it and say that it is gone.
    fn of_one(self, group: &'g Group, listed: &[ListedId], matcher: &mut Matcher<'g>) -> Option<Found<'g>> {
        let mut portrait = Portrait::of(group, self.groups, self.behind, self.scene, self.makers);
        portrait.fingerprinted = matcher.matches(&portrait);
        let in_traffic = portrait.is_in_traffic();
        if !in_traffic && lists::is_gone(&portrait) {
            return None;
        }
        let class = lists::class(&portrait, classify(&portrait));
        portrait.leave_out_what_is_behind();
        let mut asset = describe::describe(&portrait, class);
        leave_no_slack(&mut asset);
        Some(Found { asset, group, listed: listed.to_vec(), in_traffic })
    }
}

fn classify(portrait: &Portrait<'_>) -> Claim<DeviceClass> {
    let found: Vec<Evidence> = families::signs(portrait)
        .into_iter()
        .chain(telephones::signs(portrait))
        .chain(fingerprints::signs(portrait))
        .chain(signs::seen(portrait))
        .collect();
    match &portrait.several {
        None => evidence::judge(&found),
        Some(several) => judge_before_several(several, &found),
    }
}

/// Of an address behind which several devices seem to be, only the box itself can be told: what carries traffic.
fn judge_before_several(several: &Reason, signs: &[Evidence]) -> Claim<DeviceClass> {
    let carries = |sign: &&Evidence| sign.class == DeviceClass::NetworkDevice;
    let own: Vec<Evidence> = signs.iter().filter(carries).cloned().collect();
    let mut claim = evidence::judge(&own);
    if claim.value == DeviceClass::Unknown {
        return evidence::unknown(Some(several.clone()), signs);
    }
    claim.reasons.push(several.clone());
    claim
}
