//! Models that people named, each with the one question that it may be asked (P2). Nothing medical and no controller is asked without.
//!
//! Which question fits which kind of thing is a list in code: what keeps a patient alive, gives drugs, or is not known is on none.

use serde::{Deserialize, Serialize};
use wardround_model::{Area, Asset, DeviceClass, Protocol};

use crate::envelope::LEAST_CONFIDENCE;
use crate::question::Question;
use crate::who::NOT_SURE;

/// The longest model that is named, in characters.
const LONGEST_MODEL: usize = 128;
/// The longest title of an application (DICOM PS3.5, 6.2, AE).
const LONGEST_TITLE: usize = 16;

/// A model, and its question.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Named {
    /// The model, as rounds tell it.
    pub model: String,
    /// The question.
    pub question: Question,
    /// By which title its application is called (DICOM); empty where it takes any.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub called: String,
}

/// A model that somebody named, by whom and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saying {
    /// The model, and its question.
    #[serde(flatten)]
    pub named: Named,
    /// Who decides it.
    pub by: String,
    /// Why it does no harm.
    pub because: String,
}

/// Why nobody can name this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidNamed {
    /// The question is put without being named.
    #[error("only dicom-echo, modbus-identity and bacnet-device are put to models that were named")]
    Question,
    /// There is no model, or too long a one.
    #[error("say which model it is, as the page of the device tells it")]
    Model,
    /// It is no title.
    #[error("a title of an application is up to 16 letters, digits and signs, and is for dicom-echo alone")]
    Title,
}

impl Named {
    /// Whether it can be named.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), InvalidNamed> {
        if self.question.native().is_none() {
            return Err(InvalidNamed::Question);
        }
        if self.model.trim().is_empty() || self.model.chars().count() > LONGEST_MODEL {
            return Err(InvalidNamed::Model);
        }
        let is_title = self.called.len() <= LONGEST_TITLE
            && self.called.bytes().all(|byte| byte != b'\\' && (byte == b' ' || byte.is_ascii_graphic()));
        let has_one = self.question == Question::DicomEcho || self.called.is_empty();
        if is_title && has_one { Ok(()) } else { Err(InvalidNamed::Title) }
    }

    /// Why an asset of this model may not be asked its question, if it may not; nothing at all where it is another model.
    pub(crate) fn refusal(&self, asset: &Asset) -> Option<Result<(), &'static str>> {
        let same = |model: &str| model.trim().eq_ignore_ascii_case(self.model.trim());
        let model = asset.model.as_ref().filter(|model| same(&model.value))?;
        Some(if self.check().is_err() {
            Err("what was named is no question to a model")
        } else if !fits(self.question, asset.class.value) {
            Err("its kind is never asked this question, whoever names it")
        } else if asset.class.confidence.min(model.confidence).as_percent() < LEAST_CONFIDENCE {
            Err(NOT_SURE)
        } else {
            Ok(())
        })
    }
}

/// Whether people can name a model of this kind at all.
pub(crate) fn may_be_named(class: DeviceClass) -> bool {
    Question::ALL.iter().any(|question| fits(*question, class))
}

/// Whether a question may be put to things of this kind.
fn fits(question: Question, class: DeviceClass) -> bool {
    use DeviceClass as C;
    match question {
        Question::DicomEcho => {
            matches!(class, C::ImagingModality | C::ImagingArchive | C::Workstation | C::Server)
        }
        Question::ModbusIdentity | Question::BacnetDevice => class.area() == Area::Plant,
        _ => false,
    }
}

impl Question {
    /// The protocol of which it is the native question, where it is put to models alone that were named. Its ports are on the list of
    /// those that are never asked otherwise (P5).
    #[must_use]
    pub const fn native(self) -> Option<Protocol> {
        match self {
            Self::DicomEcho => Some(Protocol::Dicom),
            Self::ModbusIdentity => Some(Protocol::Modbus),
            Self::BacnetDevice => Some(Protocol::Bacnet),
            _ => None,
        }
    }
}
