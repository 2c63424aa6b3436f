//! CVSS vectors of versions 2, 3.0, 3.1 and 4.0: their base score, its word, and the score where the asset stands.
//!
//! The arithmetic is that of RustSec's `cvss` crate. Added here: vectors of version 3 must have all base metrics, the
//! base score comes from the base metrics alone (in version 4 others would change it), and the environment of an asset.
//! Not here: which asset has what (`triage`), and scores that feeds give without a vector.

mod environment;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use compact_str::CompactString;
use wardround_model::CvssScore;

pub use environment::{Environment, Reach, Requirement};

/// No vector with all metrics of its version is longer.
const MAX_LENGTH: usize = 400;

/// A version of the standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// CVSS 2.0: its vectors have no prefix.
    V2,
    /// CVSS 3.0.
    V30,
    /// CVSS 3.1.
    V31,
    /// CVSS 4.0.
    V40,
}

impl Version {
    const ALL: [Self; 4] = [Self::V2, Self::V30, Self::V31, Self::V40];

    /// What its vectors begin with.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::V2 => "",
            Self::V30 => "CVSS:3.0/",
            Self::V31 => "CVSS:3.1/",
            Self::V40 => "CVSS:4.0/",
        }
    }

    /// The metrics that a vector must have.
    fn base_metrics(self) -> &'static [&'static str] {
        match self {
            Self::V2 => &["AV", "AC", "Au", "C", "I", "A"],
            Self::V30 | Self::V31 => &["AV", "AC", "PR", "UI", "S", "C", "I", "A"],
            Self::V40 => &["AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"],
        }
    }
}

/// A text that is not a CVSS vector.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a CVSS vector ({reason}); one looks like CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")]
pub struct InvalidVector {
    /// What is wrong with it.
    pub reason: CompactString,
}

impl InvalidVector {
    fn because(reason: impl fmt::Display) -> Self {
        Self { reason: compact_str::format_compact!("{reason}") }
    }
}

/// One metric and its value: `AV`, `N`.
type Metric = (CompactString, CompactString);

/// A vector that has all base metrics of its version, and others if told.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Vector {
    version: Version,
    /// In the order in which they were written.
    metrics: Vec<Metric>,
    base_score: CvssScore,
}

impl FromStr for Vector {
    type Err = InvalidVector;

    fn from_str(text: &str) -> Result<Self, InvalidVector> {
        let text = text.trim();
        if text.len() > MAX_LENGTH {
            return Err(InvalidVector::because("longer than 400 bytes"));
        }
        // NVD used to write those of version 2 in brackets.
        let text = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')).unwrap_or(text);
        let version = version_of(text)?;
        let rest = text.strip_prefix(version.prefix()).unwrap_or(text);
        let metrics = rest.split('/').map(read_metric).collect::<Result<Vec<_>, _>>()?;
        let base_score = base_score(version, &metrics)?;
        // The metrics beside the base must be of the standard too.
        scored(version, &metrics)?;
        Ok(Self { version, metrics, base_score })
    }
}

fn version_of(text: &str) -> Result<Version, InvalidVector> {
    let prefixed = Version::ALL.into_iter().skip(1).find(|version| text.starts_with(version.prefix()));
    match prefixed {
        Some(version) => Ok(version),
        None if text.starts_with("CVSS:") => {
            Err(InvalidVector::because("a version other than 3.0, 3.1, 4.0"))
        }
        None => Ok(Version::V2),
    }
}

fn read_metric(text: &str) -> Result<Metric, InvalidVector> {
    let pair = text.split_once(':').map(|(name, value)| (name.into(), value.into()));
    pair.ok_or_else(|| InvalidVector::because("a part that is not metric:value"))
}

impl fmt::Display for Vector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&written(self.version, &self.metrics))
    }
}

impl Vector {
    /// The version of the standard that it is written for.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// The value of a metric, as written.
    #[must_use]
    pub fn metric(&self, name: &str) -> Option<&str> {
        self.metrics.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The base score: how bad it is anywhere.
    #[must_use]
    pub fn base_score(&self) -> CvssScore {
        self.base_score
    }

    /// What an environment changes, as metrics: `CR:M/IR:H/AR:H/MAV:A`.
    #[must_use]
    pub fn metrics_in(&self, environment: &Environment) -> String {
        let told = environment.metrics(self);
        let changing = told.iter().filter(|(_, value)| value != "X");
        changing.map(|(name, value)| format!("{name}:{value}")).collect::<Vec<_>>().join("/")
    }

    /// The score where the asset stands. What the vector says of its author's own environment is replaced.
    /// Version 2 cannot say how far off an attacker may be; there `Environment::reach` changes nothing.
    #[must_use]
    pub fn score_in(&self, environment: &Environment) -> CvssScore {
        let told = environment.metrics(self);
        let kept = self.metrics.iter().filter(|(name, _)| told.iter().all(|(own, _)| own != name)).cloned();
        let whole: Vec<Metric> = kept.chain(told.iter().cloned()).collect();
        let scored = scored(self.version, &whole).ok();
        scored.and_then(|scored| tenths(environmental(&scored))).unwrap_or(self.base_score)
    }
}

fn base_score(version: Version, metrics: &[Metric]) -> Result<CvssScore, InvalidVector> {
    let of_base = |name: &&str| metrics.iter().find(|(own, _)| own == *name).cloned();
    let base = version
        .base_metrics()
        .iter()
        .map(|name| of_base(name).ok_or_else(|| InvalidVector::because(format_args!("{name} is missing"))));
    let base = base.collect::<Result<Vec<_>, _>>()?;
    tenths(scored(version, &base)?.score()).ok_or_else(|| InvalidVector::because("it has no score"))
}

fn scored(version: Version, metrics: &[Metric]) -> Result<::cvss::Cvss, InvalidVector> {
    written(version, metrics).parse().map_err(InvalidVector::because)
}

fn written(version: Version, metrics: &[Metric]) -> String {
    let metrics: Vec<String> = metrics.iter().map(|(name, value)| format!("{name}:{value}")).collect();
    format!("{}{}", version.prefix(), metrics.join("/"))
}

fn environmental(scored: &::cvss::Cvss) -> f64 {
    match scored {
        ::cvss::Cvss::CvssV20(vector) => vector.environmental_score().value(),
        ::cvss::Cvss::CvssV30(vector) | ::cvss::Cvss::CvssV31(vector) => vector.environmental_score().value(),
        // Version 4 has one score, of all metrics that are told.
        other => other.score(),
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0 to 100")]
fn tenths(score: f64) -> Option<CvssScore> {
    CvssScore::from_tenths((score * 10.0).round().clamp(0.0, 100.0) as u8)
}

/// The word for a score (CVSS 3.1, section 5; 4.0, section 6: the same).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// 0.0.
    None,
    /// 0.1 to 3.9.
    Low,
    /// 4.0 to 6.9.
    Medium,
    /// 7.0 to 8.9.
    High,
    /// 9.0 to 10.0; version 2 does not have this word and ends at high.
    Critical,
}

impl Severity {
    /// The word for a score of this version (version 2: NVD's own scale, which begins at low and ends at high).
    #[must_use]
    pub fn of(score: CvssScore, version: Version) -> Self {
        match (score.tenths(), version) {
            (0..=39, Version::V2) => Self::Low,
            (70.., Version::V2) => Self::High,
            (0, _) => Self::None,
            (1..=39, _) => Self::Low,
            (40..=69, _) => Self::Medium,
            (70..=89, _) => Self::High,
            (90.., _) => Self::Critical,
        }
    }

    /// The word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}
