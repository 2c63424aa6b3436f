//! What assets have that the index can be asked about: devices, products, packages, systems. Each distinct thing is kept
//! once, however many assets have it.
//!
//! A bill of materials often names one component twice, by package URL and by CPE name; then the URL decides, since the
//! CPE name is guessed from it. Not here: what the index says (`opinion` and its makers).

mod gaps;
mod read;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use wardround_intel::names::{Aliases, Distribution, SeenProduct};
use wardround_model::{Asset, AssetId, Endpoint, FactKind, Ground, Observation};

pub(crate) use self::gaps::{Gap, Gaps};
use crate::by_asset::ByAsset;
use crate::devices::{self, Device};
use crate::packages::Package;
use crate::products::Product;
use crate::scene::{Scene, Seen};
use crate::system::{self, System, Told};

/// A thing that the index can be asked about.
#[derive(Clone, Debug)]
pub(crate) enum Thing<'a> {
    Device(Device<'a>),
    Product(Box<Product>),
    Package(Package),
    /// The operating system itself.
    System,
    /// A kernel of Linux whose package is not known, by its version.
    Kernel(&'a str),
}

/// A thing, and the system of the assets that have it, where that is known and matters.
#[derive(Clone, Debug)]
pub(crate) struct Kept<'a> {
    pub(crate) thing: Thing<'a>,
    pub(crate) system: Option<usize>,
}

/// A thing of an asset, and what shows it.
#[derive(Debug)]
pub(crate) struct Held<'a> {
    pub(crate) asset: &'a Asset,
    /// Its place among the things.
    pub(crate) thing: usize,
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) proof: Proof<'a>,
}

/// What shows a thing.
#[derive(Debug)]
pub(crate) enum Proof<'a> {
    /// One fact; its id is worked out only where it is told.
    Fact(&'a Observation),
    Grounds(Vec<Ground>),
}

impl Proof<'_> {
    pub(crate) fn grounds(&self) -> Vec<Ground> {
        match self {
            Self::Fact(observation) => vec![Ground::Observation(observation.id())],
            Self::Grounds(grounds) => grounds.clone(),
        }
    }
}

/// What makes two things one, beside their system.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Key<'a> {
    Device(Device<'a>),
    Text(FactKind, &'a str),
    Shown(String, Option<String>, Option<Distribution>, bool),
    System,
}

/// Every thing and who has it.
pub(crate) struct Things<'a> {
    aliases: &'a Aliases,
    pub(crate) systems: Vec<System>,
    pub(crate) all: Vec<Kept<'a>>,
    /// By asset.
    pub(crate) held: Vec<Held<'a>>,
    by_asset: ByAsset,
    /// What could not be asked about, by asset.
    pub(crate) gaps: BTreeMap<AssetId, Gaps>,
    known: HashMap<(Key<'a>, Option<usize>), Result<usize, Gap>>,
    /// What each text of a banner shows.
    banners: HashMap<&'a str, Arc<[SeenProduct]>>,
    known_systems: BTreeMap<Told<'a>, usize>,
}

impl<'a> Things<'a> {
    pub(crate) fn of(scene: &Scene<'a>) -> Self {
        let mut things = Self {
            aliases: scene.aliases,
            systems: Vec::new(),
            all: Vec::new(),
            held: Vec::new(),
            by_asset: ByAsset::default(),
            gaps: BTreeMap::new(),
            known: HashMap::new(),
            banners: HashMap::new(),
            known_systems: BTreeMap::new(),
        };
        for asset in scene.assets() {
            let system = things.take_system(scene, asset);
            things.take_device(asset);
            things.take_banners(asset, system);
            things.take_listed(scene, asset, system);
        }
        things.by_asset = ByAsset::of(things.held.iter().map(|held| held.asset.id));
        things
    }

    /// What an asset has.
    pub(crate) fn held_by(&self, asset: AssetId) -> &[Held<'a>] {
        self.held.get(self.by_asset.range(asset)).unwrap_or_default()
    }

    pub(crate) fn system(&self, kept: &Kept<'_>) -> Option<&System> {
        self.systems.get(kept.system?)
    }

    fn take_system(&mut self, scene: &Scene<'a>, asset: &'a Asset) -> Option<usize> {
        let (told, grounds) = system::told(asset, scene)?;
        let next = self.systems.len();
        let at = *self.known_systems.entry(told).or_insert(next);
        if at == next {
            self.systems.push(System::read(told.0, told.1));
        }
        let thing = self.keep(Key::System, Some(at), |_| Ok(Thing::System));
        self.hold(asset, thing, None, Proof::Grounds(grounds));
        Some(at)
    }

    fn take_device(&mut self, asset: &'a Asset) {
        let Some(device) = devices::device(asset) else { return };
        let thing = self.keep(Key::Device(device), None, |_| Ok(Thing::Device(device)));
        self.hold(asset, thing, None, Proof::Grounds(devices::grounds(asset)));
    }

    /// Every product that the texts of an asset show, each once.
    fn take_banners(&mut self, asset: &'a Asset, system: Option<usize>) {
        let mut shown: BTreeMap<usize, (Option<Endpoint>, Vec<Ground>)> = BTreeMap::new();
        for text in &asset.products {
            let ground = Ground::Observation(text.observation);
            let products = self.banners.entry(&text.text);
            let products =
                Arc::clone(products.or_insert_with(|| self.aliases.products_in(&text.text).into()));
            for product in products.iter() {
                if let Ok(thing) = self.take_banner(asset, system, product, ground) {
                    let (endpoint, grounds) = shown.entry(thing).or_default();
                    *endpoint = [*endpoint, text.endpoint].into_iter().flatten().min();
                    grounds.push(ground);
                }
            }
        }
        for (thing, (endpoint, mut grounds)) in shown {
            grounds.sort_unstable();
            grounds.dedup();
            self.hold(asset, Ok(thing), endpoint, Proof::Grounds(grounds));
        }
    }

    fn take_banner(
        &mut self,
        asset: &Asset,
        system: Option<usize>,
        product: &SeenProduct,
        ground: Ground,
    ) -> Result<usize, Gap> {
        let version = product.version.as_ref().map(ToString::to_string);
        if product.cpe_names().is_empty() {
            if let Some(version) = version {
                self.gap(asset, Gap::NotInAnyList, format!("{} {version}", product.name), ground);
            }
            return Err(Gap::NotInAnyList);
        }
        let name = product.name.to_ascii_lowercase().to_string();
        let key = Key::Shown(name, version, product.distribution, product.distribution_build);
        self.keep(key, system, |system| {
            let release = system.and_then(System::ecosystem);
            read::shown(product, release.as_deref()).ok_or(Gap::NotInAnyList)
        })
    }

    /// Packages, products and installed software that lists name.
    fn take_listed(&mut self, scene: &Scene<'a>, asset: &'a Asset, system: Option<usize>) {
        let start = self.held.len();
        let packages: Vec<_> = scene.facts_of(asset.id, FactKind::Package).collect();
        for seen in &packages {
            self.take_fact(seen, system);
        }
        let mut named = None;
        for seen in scene.facts_of(asset.id, FactKind::CpeName) {
            let named = named.get_or_insert_with(|| read::names_of_packages(&packages));
            if named.is_empty() || !read::is_named_by_package(seen.value(), named) {
                self.take_fact(&seen, system);
            }
        }
        for seen in scene.facts_of(asset.id, FactKind::InstalledSoftware) {
            self.take_fact(&seen, system);
        }
        let has_kernel = self.held.get(start..).unwrap_or_default().iter().any(|held| {
            matches!(self.all.get(held.thing).map(|kept| &kept.thing), Some(Thing::Package(package)) if read::is_kernel(package))
        });
        for seen in scene.facts_of(asset.id, FactKind::KernelVersion).filter(|_| !has_kernel) {
            self.take_fact(&seen, system);
        }
    }

    fn take_fact(&mut self, seen: &Seen<'a>, system: Option<usize>) {
        let (kind, value) = (seen.observation.fact.kind(), seen.observation.fact.value());
        let thing = self.keep(Key::Text(kind, value), system, |system| {
            let release = system.and_then(System::ecosystem);
            read::listed(self.aliases, kind, value, release.as_deref())
        });
        match thing {
            Ok(_) => self.hold(seen.asset, thing, None, Proof::Fact(seen.observation)),
            Err(gap) => self.gap(seen.asset, gap, read::label(value), seen.ground()),
        }
    }

    /// The place of a thing, or why the index cannot be asked about it.
    fn keep(
        &mut self,
        key: Key<'a>,
        system: Option<usize>,
        read: impl FnOnce(Option<&System>) -> Result<Thing<'a>, Gap>,
    ) -> Result<usize, Gap> {
        let (all, systems) = (&mut self.all, &self.systems);
        *self.known.entry((key, system)).or_insert_with(|| {
            let thing = read(system.and_then(|at| systems.get(at)))?;
            all.push(Kept { thing, system });
            Ok(all.len().saturating_sub(1))
        })
    }

    fn hold(
        &mut self,
        asset: &'a Asset,
        thing: Result<usize, Gap>,
        endpoint: Option<Endpoint>,
        proof: Proof<'a>,
    ) {
        self.held.extend(thing.map(|thing| Held { asset, thing, endpoint, proof }));
    }

    fn gap(&mut self, asset: &Asset, gap: Gap, shown: String, ground: Ground) {
        self.gaps.entry(asset.id).or_default().add(gap, shown, ground);
    }
}
