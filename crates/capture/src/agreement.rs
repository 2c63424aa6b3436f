//! What both sides of a connection tell together: one asked for it, the other granted it.
//!
//! Words count only from a side that was read from its opening without a gap: what stands before them could mean something else.
//! Which of the two is heard first does not matter.

use wardround_dissect::{About, Facts, Words};
use wardround_model::Fact;

/// The words of one connection so far.
#[derive(Debug, Default)]
pub(crate) struct Agreement {
    asked: Option<Fact>,
    granted: bool,
    told: bool,
}

impl Agreement {
    /// Takes what one side said in a call, and tells what is agreed with it.
    pub(crate) fn hear(&mut self, facts: &mut Facts, from_opening: bool) {
        let words = facts.take_words();
        if !from_opening || words == Words::default() {
            return;
        }
        let service = if words.granted { About::SenderService } else { About::ReceiverService };
        self.granted |= words.granted;
        self.asked = self.asked.take().or(words.asked);
        if let Some(fact) = self.asked.as_ref().filter(|_| self.granted && !self.told) {
            facts.tell(service, fact.kind(), fact.value().as_bytes());
            self.told = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use wardround_model::FactKind;

    use super::*;

    #[derive(Clone, Copy)]
    enum Says {
        Asks,
        Grants,
    }

    use Says::{Asks, Grants};

    /// What is told when both sides say these in turn, each from its opening or not.
    fn told(words: &[(Says, bool)]) -> Vec<(About, String)> {
        let (mut agreement, mut facts) = (Agreement::default(), Facts::default());
        for (says, from_opening) in words {
            match says {
                Asks => facts.ask(FactKind::OpenLogin, b"ftp"),
                Grants => facts.grant(),
            }
            agreement.hear(&mut facts, *from_opening);
        }
        facts.drain().map(|(about, fact)| (about, fact.value().to_owned())).collect()
    }

    #[test]
    fn what_was_asked_and_granted_is_told_once_about_the_service() {
        let of = |about| vec![(about, "ftp".to_owned())];
        assert_eq!(told(&[(Asks, true), (Grants, true)]), of(About::SenderService));
        assert_eq!(told(&[(Grants, true), (Asks, true)]), of(About::ReceiverService));
        assert_eq!(told(&[(Asks, true), (Grants, true), (Grants, true), (Asks, true)]).len(), 1);
    }

    #[test]
    fn one_side_alone_or_a_side_with_a_gap_tells_nothing() {
        for words in [
            [(Asks, true), (Asks, true)],
            [(Grants, true), (Grants, true)],
            [(Asks, false), (Grants, true)],
            [(Asks, true), (Grants, false)],
        ] {
            assert_eq!(told(&words), []);
        }
    }
}
