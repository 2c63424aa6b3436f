//! One round from captures to plan.

use std::num::NonZeroUsize;

use wardround_capture::{CaptureError, Captured, Input, NothingRead, Options, Progress};
use wardround_identify::{Makers, identify};
use wardround_intel::Index;
use wardround_model::{IntelligenceSource, MacAddr, Round, Timestamp};
use wardround_triage::triage;

/// What a round is judged by, apart from what it reads.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// When the round is run; told, and nothing depends on it.
    pub run_at: Timestamp,
    /// The moment that expiry and age are judged at.
    pub as_of: Timestamp,
    /// Processor cores to use, 1 or more; the result is the same with any number.
    pub workers: NonZeroUsize,
}

/// A round, and inputs that could not be read at all.
#[derive(Debug)]
pub struct Outcome {
    /// The round over what could be read.
    pub round: Round,
    /// What could not be read, and why.
    pub failed: Vec<CaptureError>,
}

/// Reads the inputs in one pass, works out who is there and what is weak, and decides what to do first.
///
/// # Errors
/// When no input could be read; where some could, the others are in [`Outcome::failed`].
pub fn run(
    inputs: &[Input],
    settings: &Settings,
    index: &Index<'_>,
    progress: &dyn Progress,
) -> Result<Outcome, NothingRead> {
    let options = Options { workers: settings.workers, ..Options::at(settings.as_of) };
    let Captured { mut observations, mut conversations, coverage, failed } =
        wardround_capture::read(inputs, &options, progress)?;
    observations.sort_by(|a, b| (&a.subject, &a.fact).cmp(&(&b.subject, &b.fact)));
    conversations.sort_by_key(|conversation| (conversation.client, conversation.server));
    let inventory = identify(&observations, &conversations, &OuiTable(index));
    let judged = triage(&wardround_triage::Input {
        assets: &inventory.assets,
        observations: &observations,
        conversations: &conversations,
        statements: &[],
        index,
        as_of: settings.as_of,
        owner_of: &|subject| inventory.asset_of(subject),
    });
    let round = Round {
        run_at: settings.run_at,
        as_of: settings.as_of,
        program: concat!("wardround ", env!("CARGO_PKG_VERSION")).to_owned(),
        coverage,
        observations,
        conversations,
        statements: Vec::new(),
        networks: inventory.networks,
        assets: inventory.assets,
        findings: judged.findings,
        unjudged: judged.unjudged,
        plan: judged.plan,
        intelligence: intelligence(index),
    };
    Ok(Outcome { round, failed })
}

/// Makers by the first bytes of a card address, from the index.
struct OuiTable<'a>(&'a Index<'a>);

impl Makers for OuiTable<'_> {
    fn maker(&self, mac: MacAddr) -> Option<&str> {
        self.0.oui(mac.0)
    }
}

fn intelligence(index: &Index<'_>) -> Vec<IntelligenceSource> {
    let source = |source: wardround_intel::index::Source| IntelligenceSource {
        name: source.kind.source_name().to_owned(),
        records: u64::from(source.records),
        as_of: source.as_of.map(wardround_intel::Day::start),
    };
    index.sources().into_iter().map(source).collect()
}
