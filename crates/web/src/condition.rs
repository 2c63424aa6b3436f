//! What a program says of the version that it means to change (RFC 9110 section 13.1.1): so that it does not undo what somebody
//! else changed meanwhile. Forms of pages say nothing of it.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

use crate::problem::Problem;
use crate::site::Site;

/// The tags that were sent as `If-Match`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Condition(Option<String>);

impl Condition {
    /// Whether one was sent.
    pub(crate) fn is_there(&self) -> bool {
        self.0.is_some()
    }

    /// Holds what was sent, if anything, against how it is tagged now.
    pub(crate) fn check(&self, tag: &str) -> Result<(), Problem> {
        let Some(sent) = &self.0 else { return Ok(()) };
        // Compared strongly: a weak tag names no version that could be changed.
        let is_meant = sent.split(',').map(str::trim).any(|one| one == "*" || one == tag);
        if is_meant { Ok(()) } else { Err(Problem::Changed) }
    }

    /// Refuses where none was sent.
    pub(crate) fn required(self) -> Result<Self, Problem> {
        if self.is_there() { Ok(self) } else { Err(Problem::NoCondition) }
    }
}

impl FromRequestParts<Site> for Condition {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Site) -> Result<Self, Infallible> {
        let sent = parts.headers.get(header::IF_MATCH);
        // What is no text is no tag of ours.
        Ok(Self(sent.map(|sent| String::from_utf8_lossy(sent.as_bytes()).into_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_version_that_was_named_is_changed() {
        let sent = |text: &str| Condition(Some(text.to_owned()));
        assert!(sent("\"a\"").check("\"a\"").is_ok());
        assert!(sent("\"b\", \"a\"").check("\"a\"").is_ok());
        assert!(sent("*").check("\"a\"").is_ok());
        assert!(matches!(sent("W/\"a\"").check("\"a\""), Err(Problem::Changed)));
        assert!(matches!(sent("").check("\"a\""), Err(Problem::Changed)));
        assert!(Condition::default().check("\"a\"").is_ok());
        assert!(matches!(Condition::default().required(), Err(Problem::NoCondition)));
    }
}
