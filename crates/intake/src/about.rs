//! What a document is about: what a person said, else the product that it names itself.

use wardround_model::{FactKind, ModelId, Subject};

use crate::{About, ImportError, Request, Row, Rows};

/// A product that a document names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    /// Its maker.
    pub(crate) maker: String,
    /// Its model.
    pub(crate) model: String,
    /// Its version, where it is one version.
    pub(crate) version: Option<String>,
}

impl Named {
    /// The most characters of each name.
    const LONGEST: usize = 200;

    /// A product by these names, each cut to its longest.
    pub(crate) fn new(maker: &str, model: &str, version: Option<&str>) -> Self {
        let cut = |text: &str| text.trim().chars().take(Self::LONGEST).collect();
        Self { maker: cut(maker), model: cut(model), version: version.map(cut) }
    }

    /// Every device of this model.
    pub(crate) fn subject(&self) -> Subject {
        Subject::Model(ModelId::of(&self.maker, &self.model))
    }

    /// Tells maker and model of what facts are about.
    pub(crate) fn tell(&self, rows: &mut Rows<'_>, row: Row, subject: Subject) {
        rows.fact(row, subject, FactKind::ListedMaker, &self.maker);
        rows.fact(row, subject, FactKind::ListedModel, &self.model);
    }
}

/// What facts of a document are about.
///
/// # Errors
/// When neither a person nor the document says it.
pub(crate) fn subject_of(
    request: &Request<'_>,
    rows: &mut Rows<'_>,
    named: Option<&Named>,
) -> Result<Subject, ImportError> {
    let nothing = || ImportError::AboutNothing { name: request.name.to_owned() };
    match &request.about {
        Some(About::Thing(thing)) => rows.thing(Row(1), thing).ok_or_else(nothing),
        Some(About::Model(model)) => Ok(Subject::Model(*model)),
        None => named.map(Named::subject).ok_or_else(nothing),
    }
}
