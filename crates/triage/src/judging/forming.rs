//! Forming opinions: each distinct thing against the index, by several workers at once.
//!
//! Things that differ in their system alone often share an opinion, so one worker has all of those. Which worker has which
//! changes nothing in what comes out: opinions stand in the order of the things.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::Arc;

use wardround_intel::Index;
use wardround_model::Timestamp;

use crate::opinion::{Open, Opinion};
use crate::things::{Kept, Thing, Things};
use crate::{devices, packages, products, windows};

/// Opinions on all things, in their order.
pub(super) fn all(
    workers: NonZeroUsize,
    index: &Index<'_>,
    as_of: Timestamp,
    things: &Things<'_>,
) -> Vec<Arc<Opinion>> {
    let shares = shares(workers, things);
    let form = |share: &Vec<usize>| {
        let mut shared = Shared::new();
        let kept = share.iter().filter_map(|at| Some((*at, things.all.get(*at)?)));
        kept.map(|(at, kept)| (at, one(&mut shared, index, as_of, things, kept))).collect::<Vec<_>>()
    };
    let mut formed: Vec<(usize, Arc<Opinion>)> = std::thread::scope(|scope| {
        let helpers: Vec<_> = shares.iter().skip(1).map(|share| scope.spawn(|| form(share))).collect();
        let own = shares.first().map(form).unwrap_or_default();
        let theirs = helpers.into_iter().zip(shares.iter().skip(1));
        // A worker that failed leaves its share to this one, which then fails in the same way and is heard.
        own.into_iter()
            .chain(theirs.flat_map(|(helper, share)| helper.join().unwrap_or_else(|_| form(share))))
            .collect()
    });
    formed.sort_unstable_by_key(|(at, _)| *at);
    formed.into_iter().map(|(_, opinion)| opinion).collect()
}

/// The places of the things that each worker has; those with one key stand together.
fn shares(workers: NonZeroUsize, things: &Things<'_>) -> Vec<Vec<usize>> {
    let mut shares = vec![Vec::new(); workers.get()];
    for (at, kept) in things.all.iter().enumerate() {
        let number = key(kept).map_or(at, |key| spread(&key));
        if let Some(share) = shares.get_mut(number % workers) {
            share.push(at);
        }
    }
    shares
}

/// A number that is the same for the same key in every run (FNV-1a); it only spreads work.
fn spread(key: &str) -> usize {
    key.bytes().fold(0x811c_9dc5, |hash: usize, byte| (hash ^ usize::from(byte)).wrapping_mul(0x0100_0193))
}

/// What things with the same opinion, but for their system, have in common.
fn key(kept: &Kept<'_>) -> Option<String> {
    match &kept.thing {
        Thing::Product(product) => Some(product.key()),
        Thing::Package(package) => Some(package.key()),
        Thing::Device(_) | Thing::System | Thing::Kernel(_) => None,
    }
}

/// Opinions on things that hold whatever the system.
pub(super) type Shared = HashMap<String, Arc<Opinion>>;

/// The opinion on a thing; one that no system changes is formed once for all systems.
pub(super) fn one(
    shared: &mut Shared,
    index: &Index<'_>,
    as_of: Timestamp,
    things: &Things<'_>,
    kept: &Kept<'_>,
) -> Arc<Opinion> {
    let Some(key) = key(kept) else { return Arc::new(opinion(index, as_of, things, kept)) };
    if let Some(known) = shared.get(&key) {
        return Arc::clone(known);
    }
    let formed = Arc::new(opinion(index, as_of, things, kept));
    if !formed.of_system {
        shared.insert(key, Arc::clone(&formed));
    }
    formed
}

fn opinion(index: &Index<'_>, as_of: Timestamp, things: &Things<'_>, kept: &Kept<'_>) -> Opinion {
    let system = things.system(kept);
    match &kept.thing {
        Thing::Device(device) => devices::opinion(index, device),
        Thing::Product(product) => products::opinion(index, product, system, as_of),
        Thing::Package(package) => packages::opinion(index, package),
        Thing::System => {
            system.map_or_else(Opinion::default, |system| windows::opinion(index, system, as_of))
        }
        Thing::Kernel(version) => Opinion::open(kernel(version)),
    }
}

fn kernel(version: &str) -> Open {
    let text = format!(
        "It runs the Linux kernel {version}, but whoever builds it mends weaknesses without raising this number, so it \
         could not be judged. The version of the kernel's package would settle it"
    );
    Open::to_owner(
        "package:linux:linux_kernel",
        text,
        "Which package of the kernel is installed, with its full version?",
    )
}
