//! What the index says of one thing that assets have: shared by all that have it, and judged once.

use std::sync::Arc;

use wardround_model::{CveId, Grade, Reason, WeakSetting};

use crate::known::Match;

/// What is said of one thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Opinion {
    /// Published vulnerabilities that it has or may have; shared with the opinion that takes its place when little changes.
    pub(crate) matches: Vec<Arc<Match>>,
    /// What is weak about it whatever its vulnerabilities: its support has ended, it was recalled.
    pub(crate) weak: Vec<Weak>,
    /// What stays open.
    pub(crate) open: Vec<Open>,
    /// Every CVE that was looked at, ascending: when one of them changes, the opinion may.
    pub(crate) considered: Vec<CveId>,
    /// Another system could make it another opinion.
    pub(crate) of_system: bool,
    /// The ecosystem of a package that the index knows nothing about by this name.
    pub(crate) not_listed_in: Option<String>,
}

/// A weak setting that follows from what is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Weak {
    pub(crate) setting: WeakSetting,
    /// What shows it, as in the finding's code.
    pub(crate) protocol: String,
    /// How sure; `None` takes the grade of what shows the thing: seen on the network, or told by a list.
    pub(crate) grade: Option<Grade>,
    pub(crate) title: String,
    pub(crate) reasons: Vec<Reason>,
}

/// A question that would settle something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Open {
    /// What it is about, the same in every round.
    pub(crate) about: String,
    pub(crate) grade: Option<Grade>,
    /// The vulnerabilities that it would settle, ascending.
    pub(crate) cves: Vec<CveId>,
    /// What was seen, and why it could not be judged.
    pub(crate) text: String,
    pub(crate) who: Asked,
    /// One sentence.
    pub(crate) question: String,
}

/// Whom a question goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Whoever looks after devices of its class.
    Owner,
    /// Its maker.
    Maker,
}

impl Opinion {
    /// Nothing but a question.
    pub(crate) fn open(open: Open) -> Self {
        Self { open: vec![open], ..Self::default() }
    }
}

impl Open {
    /// A question to whoever looks after the device, about no vulnerability in particular.
    pub(crate) fn to_owner(
        about: impl Into<String>,
        text: impl Into<String>,
        question: impl Into<String>,
    ) -> Self {
        let (about, text, question) = (about.into(), text.into(), question.into());
        Self { about, grade: None, cves: Vec::new(), text, who: Asked::Owner, question }
    }

    /// The same about these vulnerabilities.
    pub(crate) fn of(mut self, grade: Grade, cves: impl IntoIterator<Item = CveId>) -> Self {
        self.grade = Some(grade);
        self.cves = cves.into_iter().collect();
        self.cves.sort_unstable();
        self.cves.dedup();
        self
    }
}
