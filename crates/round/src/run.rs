//! One round from captures, lists and statements to plan.

use std::num::NonZeroUsize;

use wardround_capture::{CaptureError, Captured, Input, Limits, NothingRead, Options, Prefix, Progress};
use wardround_identify::fingerprints::Fingerprints;
use wardround_identify::{Inventory, Makers, identify};
use wardround_intel::Index;
use wardround_intel::names::Aliases;
use wardround_model::{
    Conversation, Coverage, CveId, IntelligenceSource, MacAddr, Observation, Round, Statement, Timestamp,
};
use wardround_triage::{DecisionTables, triage_by};

use crate::lists::{self, List};

/// What a round is judged by, apart from what it reads.
#[derive(Clone, Copy, Debug)]
pub struct Settings<'a> {
    /// When the round is run; told, and nothing depends on it.
    pub run_at: Timestamp,
    /// The moment that expiry and age are judged at.
    pub as_of: Timestamp,
    /// Processor cores to use, 1 or more; the result is the same with any number.
    pub workers: NonZeroUsize,
    /// The tables that decisions follow.
    pub tables: &'a DecisionTables,
    /// What names mean: the built-in table, with a hospital's own rows over it.
    pub aliases: &'a Aliases,
    /// What banners mean, as the hospital's own files of fingerprints say.
    pub fingerprints: &'a Fingerprints,
    /// Networks whose packets are left out: nothing but their addresses is looked at.
    pub excluded: &'a [Prefix],
    /// How much of captures is followed and kept at once.
    pub limits: Limits,
}

/// A round, and inputs that could not be read at all.
#[derive(Debug)]
pub struct Outcome {
    /// The round over what could be read.
    pub round: Round,
    /// What could not be read, and why.
    pub failed: Vec<CaptureError>,
}

/// What a round is run over.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    /// Captures to read.
    pub captures: &'a [Input],
    /// Lists that were read before, in an order that does not depend on when.
    pub lists: &'a [List],
    /// What people said of devices, oldest first.
    pub statements: &'a [Statement],
}

/// Reads the captures in one pass, adds the lists, works out who is there and what is weak, and decides what to do first.
///
/// # Errors
/// When there are captures and none could be read; where some could, the others are in [`Outcome::failed`].
pub fn run(
    sources: &Sources<'_>,
    settings: &Settings<'_>,
    index: &Index<'_>,
    progress: &dyn Progress,
) -> Result<Outcome, NothingRead> {
    run_with(None, sources, settings, index, progress)
}

/// The same with what interfaces showed meanwhile, beside the captures.
///
/// # Errors
/// When there are captures and none could be read, and no interface showed anything.
pub fn run_with(
    heard: Option<Captured>,
    sources: &Sources<'_>,
    settings: &Settings<'_>,
    index: &Index<'_>,
    progress: &dyn Progress,
) -> Result<Outcome, NothingRead> {
    let captured = match (captured(sources.captures, settings, progress), heard) {
        (captured, None) => captured?,
        (Ok(captured), Some(heard)) => captured.and(heard),
        (Err(NothingRead(failed)), Some(heard)) => Captured { failed, ..heard },
    };
    Ok(run_over(captured, sources, settings, index))
}

/// The same over packets that were read before, in place of the captures.
#[must_use]
pub fn run_over(
    captured: Captured,
    sources: &Sources<'_>,
    settings: &Settings<'_>,
    index: &Index<'_>,
) -> Outcome {
    let Captured { observations, conversations, mut coverage, failed } = captured;
    let before = coverage.sources.len();
    let observations = lists::join(observations, sources.lists, &mut coverage);
    let conversations = lists::join_conversations(conversations, sources.lists, before);
    let seen = Seen { coverage, observations, conversations };
    Outcome { round: judged(seen, sources.statements, settings, index), failed }
}

/// Another round over what a round saw: nothing is read again, and all of it is judged anew, by what is known now.
#[must_use]
pub fn judge_again(
    round: Round,
    statements: &[Statement],
    settings: &Settings<'_>,
    index: &Index<'_>,
) -> Round {
    let Round { coverage, observations, conversations, .. } = round;
    judged(Seen { coverage, observations, conversations }, statements, settings, index)
}

/// What the index has, as a round judged by it tells.
#[must_use]
pub fn intelligence(index: &Index<'_>) -> Vec<IntelligenceSource> {
    let source = |source: wardround_intel::index::Source| IntelligenceSource {
        name: source.kind.source_name().to_owned(),
        records: u64::from(source.records),
        as_of: source.as_of.map(wardround_intel::Day::start),
    };
    index.sources().into_iter().map(source).collect()
}

/// The weaknesses that the index knows to be exploited, as CISA lists them.
#[must_use]
pub fn exploited(index: &Index<'_>) -> Vec<CveId> {
    index.cves().filter(|cve| cve.kev.is_some()).map(|cve| cve.id).collect()
}

/// What a round saw.
struct Seen {
    coverage: Coverage,
    observations: Vec<Observation>,
    conversations: Vec<Conversation>,
}

/// Works out who is there and what is weak, and decides what to do first.
fn judged(seen: Seen, said: &[Statement], settings: &Settings<'_>, index: &Index<'_>) -> Round {
    let Seen { coverage, observations, conversations } = seen;
    let known = wardround_identify::Input {
        workers: settings.workers,
        observations: &observations,
        conversations: &conversations,
        sources: &coverage.sources,
        statements: said,
        fingerprints: settings.fingerprints,
        as_of: settings.as_of,
    };
    let inventory = identify(&known, &OuiTable(index));
    let statements = of_now(said, settings.as_of, &inventory);
    let judged = triage_by(
        settings.tables,
        &wardround_triage::Input {
            assets: &inventory.assets,
            observations: &observations,
            conversations: &conversations,
            statements: &statements,
            aliases: settings.aliases,
            workers: settings.workers,
            index,
            as_of: settings.as_of,
            owner_of: &|subject| inventory.asset_of(subject),
        },
    );
    Round {
        run_at: settings.run_at,
        as_of: settings.as_of,
        program: concat!("wardround ", env!("CARGO_PKG_VERSION")).to_owned(),
        coverage,
        observations,
        conversations,
        statements,
        networks: inventory.networks,
        assets: inventory.assets,
        findings: judged.findings,
        unjudged: judged.unjudged,
        settled: judged.settled,
        plan: judged.plan,
        intelligence: intelligence(index),
    }
}

/// What the captures show; nothing where there is none to read.
fn captured(
    captures: &[Input],
    settings: &Settings<'_>,
    progress: &dyn Progress,
) -> Result<Captured, NothingRead> {
    if captures.is_empty() {
        return Ok(Captured {
            observations: Vec::new(),
            conversations: Vec::new(),
            coverage: Coverage::default(),
            failed: Vec::new(),
        });
    }
    let options = Options {
        workers: settings.workers,
        excluded: settings.excluded.to_vec(),
        limits: settings.limits,
        ..Options::at(settings.as_of)
    };
    wardround_capture::read(captures, &options, progress)
}

/// Statements that hold, about the assets as this round knows them.
fn of_now(statements: &[Statement], as_of: Timestamp, inventory: &Inventory) -> Vec<Statement> {
    let held = statements.iter().filter(|statement| statement.holds_at(as_of));
    held.map(|statement| Statement { asset: inventory.current(statement.asset), ..statement.clone() })
        .collect()
}

/// Makers by the first bytes of a card address, from the index.
pub(crate) struct OuiTable<'a>(pub(crate) &'a Index<'a>);

impl Makers for OuiTable<'_> {
    fn maker(&self, mac: MacAddr) -> Option<&str> {
        self.0.oui(mac.0)
    }
}
