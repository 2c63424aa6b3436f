//! Lists held against what is published, without a hospital around them and without being kept.

use wardround_identify::identify;
use wardround_intel::Index;
use wardround_model::Coverage;
use wardround_triage::Judging;

use crate::lists::{self, List};
use crate::run::{OuiTable, Settings};

/// Holds each thing on the lists against the index, and hands what came of it to `tell`.
pub fn check<T>(
    lists: &[List],
    settings: &Settings<'_>,
    index: &Index<'_>,
    tell: impl FnOnce(&Judging<'_>) -> T,
) -> T {
    let mut coverage = Coverage::default();
    let observations = lists::join(Vec::new(), lists, &mut coverage);
    let known = wardround_identify::Input {
        workers: settings.workers,
        observations: &observations,
        conversations: &[],
        sources: &coverage.sources,
        statements: &[],
        fingerprints: settings.fingerprints,
        as_of: settings.as_of,
    };
    let inventory = identify(&known, &OuiTable(index));
    tell(&Judging::of(
        settings.tables,
        &wardround_triage::Input {
            assets: &inventory.assets,
            observations: &observations,
            conversations: &[],
            statements: &[],
            aliases: settings.aliases,
            workers: settings.workers,
            index,
            as_of: settings.as_of,
            owner_of: &|subject| inventory.asset_of(subject),
        },
    ))
}
