//! "Running on": whether what a record asks for beside the product can be there (NVD's AND and OR, and the narrower
//! attributes of CPE names).

use wardround_intel::Index;
use wardround_intel::cpe::Part;
use wardround_intel::index::{Applicability, Platform, PlatformProduct, Qualifiers};

use super::Product;
use crate::system::System;

/// Whether everything that a statement asks for is there: `Some(false)` when something else is, `None` when that cannot
/// be said.
pub(super) fn holds(
    index: &Index<'_>,
    statement: &Applicability<'_>,
    product: &Product,
    system: Option<&System>,
) -> Option<bool> {
    let platform = statement.platform.map_or(Some(true), |platform| has(index, platform, product, system));
    both(platform, suits(&statement.qualifiers, system, product.target.as_deref()))
}

/// Of each choice one product must be there. A firmware is on its own device: `pump_firmware` on `pump`.
fn has(index: &Index<'_>, platform: Platform, own: &Product, system: Option<&System>) -> Option<bool> {
    let is_own_device = |wanted: &PlatformProduct<'_>| {
        let firmware = |name: &str| name.strip_suffix("_firmware") == Some(wanted.product);
        wanted.part == Part::Hardware
            && own.codes().any(|(vendor, name)| vendor == wanted.vendor && firmware(name))
    };
    let choice = |products: Vec<_>| {
        let seen =
            products.iter().map(|wanted| if is_own_device(wanted) { Some(true) } else { system?.is(wanted) });
        seen.fold(Some(false), either)
    };
    index.choices(platform).into_iter().map(choice).fold(Some(true), both)
}

fn suits(wanted: &Qualifiers<'_>, system: Option<&System>, target: Option<&str>) -> Option<bool> {
    let Qualifiers { target_sw, target_hw, edition, sw_edition, language, other } = *wanted;
    let rest = [target_hw, edition, sw_edition, language, other].iter().all(Option::is_none);
    let target = target_sw.map_or(Some(true), |wanted| {
        let own = target.map(|own| own.eq_ignore_ascii_case(wanted));
        own.or_else(|| system?.is_of(wanted))
    });
    both(target, if rest { Some(true) } else { None })
}

fn both(one: Option<bool>, two: Option<bool>) -> Option<bool> {
    match (one, two) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn either(one: Option<bool>, two: Option<bool>) -> Option<bool> {
    match (one, two) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    }
}
