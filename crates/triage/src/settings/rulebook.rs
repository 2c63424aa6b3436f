//! The rules that are data: `data/settings.toml`, read once. A test holds the file to having no rule that cannot be read;
//! the program leaves such rules out.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;
use wardround_model::{FactKind, Grade, Timestamp, WeakSetting};

const FILE: &str = include_str!("../../data/settings.toml");
const DAY: i64 = 86_400;

/// All of it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rulebook {
    #[serde(rename = "setting")]
    pub(crate) settings: Vec<SettingTexts>,
    #[serde(rename = "rule")]
    pub(super) rules: Vec<Rule>,
    #[serde(rename = "contradiction")]
    pub(super) contradictions: Vec<Contradiction>,
}

/// What is told of a weak setting.
#[derive(Debug, Deserialize)]
pub(crate) struct SettingTexts {
    #[serde(deserialize_with = "setting")]
    pub(crate) code: WeakSetting,
    /// MITRE's number; a test holds it to the model's.
    #[cfg_attr(not(test), expect(dead_code, reason = "read by tests alone"))]
    pub(crate) cwe: u32,
    pub(crate) breaks: Vec<String>,
    #[serde(flatten)]
    pub(crate) texts: Option<Texts>,
}

/// What people read of a weak setting.
#[derive(Debug, Deserialize)]
pub(crate) struct Texts {
    pub(crate) what: String,
    pub(crate) could: Option<String>,
    pub(crate) task: String,
    pub(crate) alone: String,
    pub(crate) maker: String,
    pub(crate) check: String,
}

/// A weak setting that facts show by themselves.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    #[cfg_attr(not(test), expect(dead_code, reason = "tells people which rule a test is about"))]
    pub(super) id: String,
    #[serde(default)]
    pub(super) of: Of,
    #[serde(deserialize_with = "setting")]
    pub(super) setting: WeakSetting,
    #[serde(default)]
    pub(super) grade: Told,
    pub(super) when: Vec<Condition>,
    pub(super) protocol: String,
    #[serde(default)]
    pub(super) names: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) allows_change: Vec<String>,
    pub(super) title: String,
    pub(super) shows: String,
    #[cfg_attr(not(test), expect(dead_code, reason = "examples are run by tests alone"))]
    pub(super) yes: Vec<String>,
    #[cfg_attr(not(test), expect(dead_code, reason = "examples are run by tests alone"))]
    pub(super) no: Vec<String>,
}

/// What a rule is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Of {
    #[default]
    Asset,
    Accounts,
}

/// Who says so.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Told {
    #[default]
    Seen,
    Listed,
}

/// Something that must hold of a fact.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Condition {
    #[serde(deserialize_with = "kind")]
    pub(super) fact: FactKind,
    #[serde(default)]
    is: Vec<String>,
    #[serde(default)]
    begins: Vec<String>,
    #[serde(default)]
    contains: Vec<String>,
    #[serde(default)]
    not: Vec<String>,
    pub(super) older_than_days: Option<u32>,
    #[serde(default)]
    later_than_now: bool,
    #[serde(default)]
    pub(super) bits_below: BTreeMap<String, u32>,
}

/// An answer of the maker's sheet that a weak setting makes untrue.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Contradiction {
    pub(super) answer: String,
    #[serde(deserialize_with = "setting")]
    pub(super) setting: WeakSetting,
    pub(super) title: String,
    pub(super) shows: String,
    #[cfg_attr(not(test), expect(dead_code, reason = "examples are run by tests alone"))]
    pub(super) yes: Vec<String>,
    #[cfg_attr(not(test), expect(dead_code, reason = "examples are run by tests alone"))]
    pub(super) no: Vec<String>,
}

/// The rules.
pub(crate) fn rulebook() -> &'static Rulebook {
    static BOOK: OnceLock<Rulebook> = OnceLock::new();
    BOOK.get_or_init(|| read(FILE).unwrap_or_default())
}

fn read(text: &str) -> Result<Rulebook, toml::de::Error> {
    toml::from_str(text)
}

/// The requirements that a weak setting breaks: of HIPAA's Security Rule, NIST CSF 2.0 and HHS' goals for hospitals.
#[must_use]
pub fn requirements(setting: WeakSetting) -> &'static [String] {
    rulebook().settings.iter().find(|one| one.code == setting).map_or(&[], |one| one.breaks.as_slice())
}

/// What people read of a weak setting, where that does not depend on more than the setting.
pub(crate) fn texts(setting: WeakSetting) -> Option<&'static Texts> {
    rulebook().settings.iter().find(|one| one.code == setting)?.texts.as_ref()
}

impl Told {
    pub(super) fn grade(self) -> Grade {
        match self {
            Self::Seen => Grade::Seen,
            Self::Listed => Grade::Listed,
        }
    }
}

impl Rule {
    /// The condition whose fact the rule begins with.
    pub(super) fn first(&self) -> Option<&Condition> {
        self.when.first()
    }

    /// Whether its conditions after the first hold of some facts.
    pub(super) fn rest_holds(&self, facts: &[(FactKind, &str)], as_of: Timestamp) -> bool {
        self.when.iter().skip(1).all(|condition| condition.holds_among(facts, as_of))
    }
}

impl Condition {
    /// Whether it holds of any of these facts; one that only forbids values holds without the fact.
    pub(super) fn holds_among(&self, facts: &[(FactKind, &str)], as_of: Timestamp) -> bool {
        let own = facts.iter().filter(|(kind, _)| *kind == self.fact);
        if self.not.is_empty() {
            own.into_iter().any(|(_, value)| self.holds(value, as_of))
        } else {
            own.into_iter().all(|(_, value)| !among(&self.not, value))
        }
    }

    /// Whether it holds of this value.
    pub(super) fn holds(&self, value: &str, as_of: Timestamp) -> bool {
        let lower = value.to_lowercase();
        let begins = |start: &String| lower.starts_with(&start.to_lowercase());
        let contains = |part: &String| lower.contains(&part.to_lowercase());
        (self.is.is_empty() || among(&self.is, value))
            && !among(&self.not, value)
            && (self.begins.is_empty() || self.begins.iter().any(begins))
            && (self.contains.is_empty() || self.contains.iter().any(contains))
            && self.older_than_days.is_none_or(|days| is_older(value, days, as_of))
            && (!self.later_than_now || value.parse().is_ok_and(|moment: Timestamp| moment > as_of))
            && (self.bits_below.is_empty() || self.short_key(value).is_some())
    }

    /// Kind, bits and the least bits of a key that is too short, as `rsa-1024` tells it.
    pub(super) fn short_key<'v>(&self, value: &'v str) -> Option<(&'v str, u32, u32)> {
        let (kind, bits) = value.split_once('-')?;
        let (bits, least) = (bits.parse().ok()?, *self.bits_below.get(kind)?);
        (bits < least).then_some((kind, bits, least))
    }
}

fn among(values: &[String], value: &str) -> bool {
    values.iter().any(|one| one.eq_ignore_ascii_case(value))
}

fn is_older(value: &str, days: u32, as_of: Timestamp) -> bool {
    let limit = Timestamp::from_seconds(as_of.seconds().saturating_sub(i64::from(days).saturating_mul(DAY)));
    value.parse().is_ok_and(|moment: Timestamp| moment < limit)
}

fn setting<'de, D: serde::Deserializer<'de>>(from: D) -> Result<WeakSetting, D::Error> {
    let code = String::deserialize(from)?;
    WeakSetting::from_code(&code).ok_or_else(|| serde::de::Error::custom("no such weak setting"))
}

fn kind<'de, D: serde::Deserializer<'de>>(from: D) -> Result<FactKind, D::Error> {
    let code = String::deserialize(from)?;
    FactKind::from_code(&code).ok_or_else(|| serde::de::Error::custom("no such kind of fact"))
}

#[cfg(test)]
pub(super) fn file() -> Result<Rulebook, toml::de::Error> {
    read(FILE)
}
