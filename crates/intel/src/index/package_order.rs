//! The order of versions that an ecosystem defines.

use std::cmp::Ordering;

use super::package::PackageVersion;
use crate::version::{Scheme, compare as compare_in};

/// How an installed version stands to one that a record names; `None` when that cannot be said.
pub(super) fn compare(ecosystem: &str, installed: PackageVersion<'_>, stated: &str) -> Option<Ordering> {
    match installed {
        PackageVersion::Unknown => None,
        PackageVersion::Full(version) => order(ecosystem, version, stated),
        PackageVersion::WithoutEpoch(version) => {
            order(ecosystem, without_epoch(version), without_epoch(stated))
        }
    }
}

fn without_epoch(version: &str) -> &str {
    match version.split_once(':') {
        Some((epoch, rest)) if epoch.bytes().all(|byte| byte.is_ascii_digit()) => rest,
        _ => version,
    }
}

/// Which of two versions of an ecosystem is newer; `None` when that cannot be said.
pub(crate) fn order(ecosystem: &str, one: &str, two: &str) -> Option<Ordering> {
    if one == two {
        return Some(Ordering::Equal);
    }
    compare_in(Scheme::of_ecosystem(ecosystem)?, one, two)
}
