//! A round: one run of the whole line, kept as it was.

use std::fmt;
use std::str::FromStr;

use crate::{
    Asset, AssetId, Conversation, Coverage, Decision, Finding, FindingId, Network, Observation, Settled,
    Statement, Timestamp, Unjudged,
};

/// The id of a round in its store, as `R-3`; they count up from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoundId(pub i64);

/// A text that is not a round's id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a round; one looks like R-3, and `wardround round list` shows them")]
pub struct InvalidRoundId(pub String);

impl fmt::Display for RoundId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "R-{}", self.0)
    }
}

impl FromStr for RoundId {
    type Err = InvalidRoundId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix("R-").or(text.strip_prefix("r-")).unwrap_or(text);
        let number = digits.parse().ok().filter(|number| *number > 0);
        number.map(Self).ok_or_else(|| InvalidRoundId(text.chars().take(40).collect()))
    }
}

/// A part of the intelligence that a round was judged with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntelligenceSource {
    /// Its name, such as `NVD` or `CISA KEV`.
    pub name: String,
    /// Records in it.
    pub records: u64,
    /// Its own date.
    pub as_of: Option<Timestamp>,
}

/// One thing to do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanItem {
    /// What is weak and where, in one line.
    pub title: String,
    /// What it is, in plain words.
    pub what: String,
    /// Why it matters to patients, their data or the hospital's work.
    pub why: String,
    /// How sure we are, and why.
    pub how_sure: String,
    /// The next step.
    pub next_step: String,
    /// The most urgent decision among its findings.
    pub decision: Decision,
    /// The findings that it settles, the most urgent first.
    pub findings: Vec<FindingId>,
    /// The assets that it touches, sorted.
    pub assets: Vec<AssetId>,
}

/// One run of the whole line. Everything below `statements` is derived from what stands above it, the
/// intelligence and `as_of`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// When it was run: the only part, with its id, that two equal rounds differ in.
    pub run_at: Timestamp,
    /// The moment that expiry and age are judged at.
    pub as_of: Timestamp,
    /// The version of the program.
    pub program: String,
    /// What could be seen and what could not.
    pub coverage: Coverage,
    /// Every fact, sorted by subject, kind and value.
    pub observations: Vec<Observation>,
    /// Who talked to whom, sorted by client and server.
    pub conversations: Vec<Conversation>,
    /// What people had said when it was run, oldest first.
    pub statements: Vec<Statement>,
    /// Stretches of addresses and how well each was seen, sorted.
    pub networks: Vec<Network>,
    /// Who is there, sorted by class, then address.
    pub assets: Vec<Asset>,
    /// What is weak, the most urgent first.
    pub findings: Vec<Finding>,
    /// What could not be judged.
    pub unjudged: Vec<Unjudged>,
    /// What answers of people and makers settled, sorted by asset and vulnerability.
    pub settled: Vec<Settled>,
    /// What to do now, at most ten things, the most urgent first.
    pub plan: Vec<PlanItem>,
    /// What was known when it was judged.
    pub intelligence: Vec<IntelligenceSource>,
}

impl Round {
    /// The most things that a plan tells a person to do now.
    pub const PLAN_LENGTH: usize = 10;

    /// The asset with this id.
    #[must_use]
    pub fn asset(&self, id: AssetId) -> Option<&Asset> {
        self.assets.iter().find(|asset| asset.id == id)
    }

    /// The finding with this id.
    #[must_use]
    pub fn finding(&self, id: FindingId) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.id == id)
    }
}
