//! The `affected` list of a CVE record: products with a CPE name and their versions.

use serde::Deserialize;

use crate::cpe::{Attribute, Cpe};
use crate::feed::nvd::{Configuration, CpeMatch, Node};
use crate::feed::{FeedReport, SkipReason};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawAffected {
    #[serde(default)]
    cpes: Vec<String>,
    #[serde(default)]
    versions: Vec<RawVersion>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawVersion {
    #[serde(default)]
    version: String,
    #[serde(default)]
    status: String,
    less_than: Option<String>,
    less_than_or_equal: Option<String>,
    version_type: Option<String>,
}

/// One configuration of all products that have a CPE name; none when no product has.
pub(super) fn configurations(affected: &[RawAffected], report: &mut FeedReport) -> Option<Configuration> {
    let mut matches = Vec::new();
    for one in affected {
        let mut names: Vec<Cpe> = Vec::new();
        for text in &one.cpes {
            match text.parse::<Cpe>() {
                Ok(name) => names.push(name),
                Err(error) => report.skip(SkipReason::Cpe, &error.to_string()),
            }
        }
        matches.extend(one.matches(names));
    }
    (!matches.is_empty()).then(|| Configuration { all: false, nodes: vec![Node { all: false, matches }] })
}

impl RawAffected {
    /// Versions come from the list, and only without one from the names.
    fn matches(&self, mut names: Vec<Cpe>) -> Vec<CpeMatch> {
        if self.versions.is_empty() {
            return names.into_iter().map(whole).collect();
        }
        for name in &mut names {
            (name.version, name.update) = (Attribute::Any, Attribute::Any);
        }
        names.sort();
        names.dedup();
        let versions = || self.versions.iter().filter(|version| version.counts());
        names
            .iter()
            .flat_map(|name| versions().filter_map(|version| version.with_name(name.clone())))
            .collect()
    }
}

fn whole(name: Cpe) -> CpeMatch {
    CpeMatch { vulnerable: true, name, from: None, to: None }
}

impl RawVersion {
    /// Commits of a source tree are no versions that a device tells.
    fn counts(&self) -> bool {
        self.status.eq_ignore_ascii_case("affected") && self.version_type.as_deref() != Some("git")
    }

    fn with_name(&self, mut name: Cpe) -> Option<CpeMatch> {
        let from = Some(self.version.trim()).filter(|&text| !says_nothing(text) && text != "0");
        let from = from.map(|text| (text.to_owned(), true));
        let end = match (&self.less_than, &self.less_than_or_equal) {
            (Some(end), _) => Some((end.trim(), false)),
            (None, Some(end)) => Some((end.trim(), true)),
            (None, None) => None,
        };
        match end {
            Some(("*", _)) => Some(CpeMatch { from, ..whole(name) }),
            Some((end, _)) if says_nothing(end) => None,
            Some((end, inclusive)) => {
                Some(CpeMatch { from, to: Some((end.to_owned(), inclusive)), ..whole(name) })
            }
            None if matches!(self.version.trim(), "*" | "all" | "All") => Some(whole(name)),
            None => {
                let (version, _) = from?;
                name.version = Attribute::exactly(&version);
                Some(whole(name))
            }
        }
    }
}

fn says_nothing(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    matches!(text.as_str(), "" | "*" | "-" | "n/a" | "unspecified" | "unknown" | "all" | "next of")
}
