//! What a change takes, who makes it and how it is checked: data that a hospital may edit.
//!
//! The defaults come with the program (`data/efforts.toml`); a file of one's own changes minutes, people and what a change
//! removes, by the same names. Not here: which change settles which finding on which device (`doors`, `fixes`).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use wardround_model::{Finding, Role, WeakSetting, Weakness};

/// The longest file that is read.
const LONGEST: usize = 256 * 1024;

/// The most minutes of one part of a change: a week of work days.
const MOST_MINUTES: u32 = 2_400;

/// The change for published weaknesses of software.
pub(crate) const UPDATE_SOFTWARE: &str = "update-software";

/// The change for published weaknesses of devices.
pub(crate) const UPDATE_DEVICE: &str = "update-device";

static BUILT_IN: LazyLock<Efforts> = LazyLock::new(|| {
    // Tests read it; without it there would be no changes, and everything would be left for want of one.
    let file = toml::from_str::<File>(include_str!("../../data/efforts.toml"));
    file.map_or_else(|_| Efforts::none(), Efforts::from)
});

/// A text that is no file of efforts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EffortsError {
    /// It is far longer than any such file.
    #[error("a file of efforts has at most 256 kB; this is none")]
    TooLong,
    /// It is no TOML, or has a field that is not known.
    #[error("line {line}: {what}; docs/planning.md shows how such a file looks")]
    Form {
        /// Where, from 1.
        line: usize,
        /// What is wrong.
        what: String,
    },
    /// It names a change that does not exist.
    #[error("there is no change {code:?}; the changes are {known}")]
    Unknown {
        /// The name.
        code: String,
        /// All names.
        known: String,
    },
    /// A number is out of range.
    #[error("{field} of {code} must be {range}")]
    Range {
        /// Of which change.
        code: String,
        /// Which number.
        field: &'static str,
        /// What is allowed.
        range: &'static str,
    },
}

/// Who makes a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// The team that looks after the device.
    Owner,
    /// Always the same team.
    Team(Role),
}

/// What a change touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Touches {
    /// The device itself.
    Device,
    /// Only the network.
    Network,
    /// Only accounts or papers.
    Accounts,
}

/// One kind of change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) code: String,
    pub(crate) title: String,
    pub(crate) settles: Vec<WeakSetting>,
    pub(crate) once: u32,
    pub(crate) visit: u32,
    pub(crate) downtime: u32,
    pub(crate) closes: u8,
    pub(crate) who: Who,
    pub(crate) touches: Touches,
    pub(crate) before: String,
    pub(crate) after: String,
    pub(crate) back: String,
}

/// All changes, containment and the letter to a maker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Efforts {
    /// Sorted by code.
    pub(crate) changes: Vec<Change>,
    pub(crate) containment: Change,
    pub(crate) letter_minutes: u32,
}

impl Default for Efforts {
    fn default() -> Self {
        BUILT_IN.clone()
    }
}

impl Efforts {
    /// The same, with what a hospital's own file says in place of the defaults.
    ///
    /// # Errors
    /// When the file is no TOML, names a change or field that does not exist, or gives a number that is out of range.
    pub fn with(mut self, text: &str) -> Result<Self, EffortsError> {
        if text.len() > LONGEST {
            return Err(EffortsError::TooLong);
        }
        let own: Own = toml::from_str(text).map_err(|error| EffortsError::Form {
            line: error
                .span()
                .map_or(1, |span| 1 + text.get(..span.start).unwrap_or(text).matches('\n').count()),
            what: error.message().lines().next().unwrap_or_default().to_owned(),
        })?;
        if let Some(minutes) = own.letter.and_then(|letter| letter.minutes) {
            self.letter_minutes = in_range("letter", "minutes", minutes)?;
        }
        if let Some(change) = own.containment {
            change.put_into(&mut self.containment)?;
        }
        for (code, change) in own.change {
            let known = self.changes.iter_mut().find(|known| known.code == code);
            match known {
                Some(known) => change.put_into(known)?,
                None => return Err(self.unknown(code)),
            }
        }
        Ok(self)
    }

    /// No changes at all.
    fn none() -> Self {
        let containment = FileContainment {
            once: 0,
            visit: 0,
            downtime: 0,
            closes: 0,
            before: String::new(),
            after: String::new(),
            back: String::new(),
        };
        Self { changes: Vec::new(), containment: containment.into(), letter_minutes: 0 }
    }

    fn unknown(&self, code: String) -> EffortsError {
        let known: Vec<_> = self.changes.iter().map(|change| change.code.as_str()).collect();
        EffortsError::Unknown { code: code.chars().take(40).collect(), known: known.join(", ") }
    }

    /// The place of the change that settles this finding; `device`: on a device that only its maker may change.
    pub(crate) fn change_for(&self, finding: &Finding, device: bool) -> Option<usize> {
        let by_code =
            |code: &str| self.changes.binary_search_by(|change| change.code.as_str().cmp(code)).ok();
        match &finding.weakness {
            Weakness::Vulnerability { advisory: Some(_), .. } => by_code(UPDATE_DEVICE),
            Weakness::Vulnerability { .. } if device => by_code(UPDATE_DEVICE),
            Weakness::Vulnerability { .. } => by_code(UPDATE_SOFTWARE),
            Weakness::Setting { setting, .. } => {
                self.changes.iter().position(|change| change.settles.contains(setting))
            }
        }
    }

    pub(crate) fn change(&self, place: usize) -> Option<&Change> {
        self.changes.get(place)
    }
}

fn in_range(code: &str, field: &'static str, minutes: u32) -> Result<u32, EffortsError> {
    let range = "0 to 2400 minutes";
    (minutes <= MOST_MINUTES).then_some(minutes).ok_or_else(|| EffortsError::Range {
        code: code.to_owned(),
        field,
        range,
    })
}

/// A hospital's own file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Own {
    letter: Option<OwnLetter>,
    containment: Option<OwnChange>,
    #[serde(default)]
    change: BTreeMap<String, OwnChange>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnLetter {
    minutes: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnChange {
    once: Option<u32>,
    visit: Option<u32>,
    downtime: Option<u32>,
    closes: Option<u8>,
    who: Option<Who>,
}

impl OwnChange {
    fn put_into(self, change: &mut Change) -> Result<(), EffortsError> {
        let fields = [
            ("once", self.once, &mut change.once),
            ("visit", self.visit, &mut change.visit),
            ("downtime", self.downtime, &mut change.downtime),
        ];
        for (field, own, minutes) in fields {
            if let Some(own) = own {
                *minutes = in_range(&change.code, field, own)?;
            }
        }
        if let Some(closes) = self.closes {
            let range = || EffortsError::Range {
                code: change.code.clone(),
                field: "closes",
                range: "0 to 100 per cent",
            };
            change.closes = Some(closes).filter(|closes| *closes <= 100).ok_or_else(range)?;
        }
        change.who = self.who.unwrap_or(change.who);
        Ok(())
    }
}

/// The file that comes with the program.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "version")]
    _version: u32,
    letter: FileLetter,
    containment: FileContainment,
    change: BTreeMap<String, FileChange>,
}

#[derive(Deserialize)]
struct FileLetter {
    minutes: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileContainment {
    once: u32,
    visit: u32,
    downtime: u32,
    closes: u8,
    before: String,
    after: String,
    back: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileChange {
    title: String,
    #[serde(default)]
    settles: Vec<SettingCode>,
    once: u32,
    visit: u32,
    downtime: u32,
    closes: u8,
    who: Who,
    touches: Touches,
    before: String,
    after: String,
    back: String,
}

/// A weak setting by its code.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct SettingCode(WeakSetting);

impl TryFrom<String> for SettingCode {
    type Error = &'static str;

    fn try_from(code: String) -> Result<Self, Self::Error> {
        WeakSetting::from_code(&code).map(Self).ok_or("no such weak setting")
    }
}

impl<'de> Deserialize<'de> for Who {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        let role = || Role::from_code(&code).map(Self::Team);
        let who = if code == "owner" { Some(Self::Owner) } else { role() };
        who.ok_or_else(|| serde::de::Error::custom("`who` is `owner` or the code of a role"))
    }
}

impl From<File> for Efforts {
    fn from(file: File) -> Self {
        let change = |(code, change): (String, FileChange)| Change {
            code,
            title: change.title,
            settles: change.settles.into_iter().map(|code| code.0).collect(),
            once: change.once,
            visit: change.visit,
            downtime: change.downtime,
            closes: change.closes,
            who: change.who,
            touches: change.touches,
            before: change.before,
            after: change.after,
            back: change.back,
        };
        Self {
            changes: file.change.into_iter().map(change).collect(),
            containment: file.containment.into(),
            letter_minutes: file.letter.minutes,
        }
    }
}

impl From<FileContainment> for Change {
    fn from(file: FileContainment) -> Self {
        Self {
            code: "containment".to_owned(),
            title: "Let only those computers reach it that need to".to_owned(),
            settles: Vec::new(),
            once: file.once,
            visit: file.visit,
            downtime: file.downtime,
            closes: file.closes,
            who: Who::Team(Role::Network),
            touches: Touches::Network,
            before: file.before,
            after: file.after,
            back: file.back,
        }
    }
}
