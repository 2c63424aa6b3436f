//! How much of what there is to say of an asset is said.

use std::collections::BTreeSet;

use wardround_model::{CveId, Finding, Settled, Weakness};

/// How much of what there is to say of an asset is said: what is said anew takes the place of just that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything.
    Everything,
    /// Findings of some vulnerabilities, and questions. Nobody answered anything about the asset.
    Part {
        /// The vulnerabilities.
        cves: BTreeSet<CveId>,
        /// All questions, too.
        questions: bool,
    },
}

impl Scope {
    /// Whether findings of this weakness are within it.
    #[must_use]
    pub fn holds(&self, finding: &Finding) -> bool {
        match &finding.weakness {
            Weakness::Vulnerability { cve, .. } => self.has(*cve),
            Weakness::Setting { .. } => *self == Self::Everything,
        }
    }

    /// Whether findings of this vulnerability are within it.
    #[must_use]
    pub fn has(&self, cve: CveId) -> bool {
        match self {
            Self::Everything => true,
            Self::Part { cves, .. } => cves.contains(&cve),
        }
    }

    /// Whether questions are within it.
    #[must_use]
    pub fn asks(&self) -> bool {
        matches!(self, Self::Everything | Self::Part { questions: true, .. })
    }

    /// Whether what an answer settled is within it.
    #[must_use]
    pub fn settles(&self, settled: &Settled) -> bool {
        self.has(settled.cve)
    }

    /// Nothing yet.
    pub(super) fn nothing() -> Self {
        Self::Part { cves: BTreeSet::new(), questions: false }
    }

    /// Both.
    pub(super) fn widen(&mut self, other: &Self) {
        match (&mut *self, other) {
            (Self::Part { cves, questions }, Self::Part { cves: more, questions: ask }) => {
                cves.extend(more);
                *questions |= ask;
            }
            _ => *self = Self::Everything,
        }
    }

    /// This vulnerability, too.
    pub(super) fn add(&mut self, cve: CveId) {
        if let Self::Part { cves, .. } = self {
            cves.insert(cve);
        }
    }
}
