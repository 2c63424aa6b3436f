//! What is published of each thing on a list, before it stands anywhere: for whoever chooses what to buy or to install.
//!
//! No decision is here, since that hangs on where a thing stands and what it does for patients; a round tells it.

use wardround_intel::Index;
use wardround_intel::index::CveFacts;
use wardround_model::{CveId, Grade, Unjudged};

use crate::judging::Judging;
use crate::known::{Match, Says};
use crate::opinion::Opinion;
use crate::things::{Kept, Thing};

/// One distinct thing of lists, and what is published of it.
#[derive(Clone, Copy)]
pub struct Component<'b> {
    kept: &'b Kept<'b>,
    opinion: &'b Opinion,
}

/// One published weakness of a component.
#[derive(Clone, Copy, Debug)]
pub struct Published<'b> {
    found: &'b Match,
    /// What the index knows of it, where it knows anything.
    pub facts: Option<CveFacts<'b>>,
}

/// A question that would settle something about a component.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'b> {
    /// What could not be judged, and why.
    pub text: &'b str,
    /// In one sentence.
    pub question: &'b str,
    /// The weaknesses that it would settle, ascending.
    pub cves: &'b [CveId],
}

impl Judging<'_> {
    /// Each distinct thing, in the order of the lists.
    pub fn components(&self) -> impl Iterator<Item = Component<'_>> {
        self.opinions().map(|(kept, opinion)| Component { kept, opinion })
    }

    /// What could not be held against the index at all, together by reason.
    #[must_use]
    pub fn not_checked(&self) -> Vec<Unjudged> {
        self.scene().assets().flat_map(|asset| self.gaps_of(asset)).collect()
    }
}

impl<'b> Component<'b> {
    /// Its name and version, as people write them; `None` of what has no name of its own, such as an operating system.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        match &self.kept.thing {
            Thing::Device(device) => Some(device.name()),
            Thing::Product(product) => Some(product.name()),
            Thing::Package(package) => Some(package.shown()),
            Thing::Kernel(version) => Some(format!("Linux kernel {version}")),
            Thing::System => None,
        }
    }

    /// What lists of weaknesses call it: `vendor:product` of a CPE name, `ecosystem:name` of a package.
    #[must_use]
    pub fn product(&self) -> Option<String> {
        match &self.kept.thing {
            Thing::Product(product) => Some(product.code()),
            Thing::Package(package) => Some(format!("{}:{}", package.ecosystem, package.name)),
            Thing::Device(_) | Thing::Kernel(_) | Thing::System => None,
        }
    }

    /// Its version, where that is known.
    #[must_use]
    pub fn version(&self) -> Option<&'b str> {
        match &self.kept.thing {
            Thing::Product(product) => product.version(),
            Thing::Package(package) => package.version.as_deref(),
            Thing::Device(device) => device.software,
            Thing::Kernel(version) => Some(version),
            Thing::System => None,
        }
    }

    /// Its published weaknesses, by CVE.
    pub fn weaknesses<'i: 'b>(
        &self,
        index: &'i Index<'i>,
    ) -> impl Iterator<Item = Published<'b>> + use<'b, 'i> {
        let mut lookup = index.cve_lookup();
        self.opinion.matches.iter().map(move |found| Published { found, facts: lookup.facts(found.cve) })
    }

    /// How many published weaknesses it has.
    #[must_use]
    pub fn weakness_count(&self) -> usize {
        self.opinion.matches.len()
    }

    /// What is weak about it whatever its weaknesses, in one line each: its support has ended, it was recalled.
    pub fn warnings(&self) -> impl Iterator<Item = &'b str> + use<'b> {
        self.opinion.weak.iter().map(|weak| weak.title.as_str())
    }

    /// What stays open.
    pub fn questions(&self) -> impl Iterator<Item = Asked<'b>> + use<'b> {
        self.opinion.open.iter().map(|open| Asked {
            text: &open.text,
            question: &open.question,
            cves: &open.cves,
        })
    }
}

impl<'b> Published<'b> {
    /// The weakness.
    #[must_use]
    pub fn cve(&self) -> CveId {
        self.found.cve
    }

    /// The advisory that says so, where it is one.
    #[must_use]
    pub fn advisory(&self) -> Option<&'b str> {
        self.found.advisory.as_deref()
    }

    /// How sure it is.
    #[must_use]
    pub fn grade(&self) -> Grade {
        self.found.grade
    }

    /// The first version that has the fix, where the record says one.
    #[must_use]
    pub fn fixed_in(&self) -> Option<&'b str> {
        match &self.found.says {
            Says::Record { fixed_in, .. } => fixed_in.as_deref(),
            Says::Sentences(_) => None,
        }
    }

    /// The versions that the record names, in words.
    #[must_use]
    pub fn versions(&self) -> Option<&'b str> {
        match &self.found.says {
            Says::Record { versions, .. } => Some(versions),
            Says::Sentences(_) => None,
        }
    }

    /// What the record asks for beside, or what else is said, in sentences.
    pub fn says(&self) -> impl Iterator<Item = &'b str> + use<'b> {
        let (condition, sentences) = match &self.found.says {
            Says::Record { condition, .. } => (condition.as_deref(), [].as_slice()),
            Says::Sentences(sentences) => (None, sentences.as_slice()),
        };
        condition.into_iter().chain(sentences.iter().map(String::as_str))
    }

    /// Is it known to be used by attackers?
    #[must_use]
    pub fn is_exploited(&self) -> bool {
        self.facts.is_some_and(|facts| facts.kev.is_some())
    }
}
