//! How one finding of one task stands: folded from what rounds showed and what people said, in the order in which both
//! came. **Done is a claim, verified is a fact**: only [`Turn::Fixed`], which a later observation makes, verifies.

use wardround_model::{Decision, RoundId, Timestamp};
use wardround_triage::VisitWork;

use crate::event::{Event, Exception, What};
use crate::history::{Dated, Head, Item, LeftOut, Turn};
use crate::proof::{Change, Sight};
use crate::words::{Note, Person};

/// Who said something, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Who.
    pub by: Person,
    /// When.
    pub at: Timestamp,
}

/// A claim that the work is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// By whom.
    pub said: Said,
    /// The latest round at that time.
    pub after: RoundId,
    /// The clinical owner who signed; where care is touched there is no claim without one.
    pub signed: Option<Said>,
}

/// How one finding of a task stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody said that it is done.
    Open,
    /// It is open again.
    Reopened(Reopening),
    /// Somebody says that it is done, and no later look has shown it yet.
    Claimed(Claim),
    /// The risk is accepted for a time.
    Excepted(Exception),
    /// A later round saw it settled.
    Verified(Verified),
    /// It counts no longer, although nothing else was seen.
    LeftOut {
        /// Since which round.
        round: RoundId,
        /// Why.
        why: LeftOut,
    },
}

/// A later round saw it settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Which round.
    pub round: RoundId,
    /// When.
    pub at: Timestamp,
    /// What was seen before and after.
    pub changes: Vec<Change>,
    /// Who had said that it was done, if somebody had.
    pub claim: Option<Claim>,
}

/// Why something is open again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reopening {
    /// It came back after it was verified.
    Regression {
        /// Which round saw it.
        round: RoundId,
        /// What was seen when it was settled.
        before: Vec<Sight>,
        /// What is seen now.
        after: Vec<Sight>,
    },
    /// A later look saw it as it was, although somebody had said that it was done.
    StillThere {
        /// Which round saw it.
        round: RoundId,
        /// The claim.
        claim: Claim,
        /// What it saw.
        seen: Vec<Sight>,
    },
    /// The exception is over.
    ExceptionEnded(Exception),
    /// The risk became larger than the one that was accepted.
    RiskRaised {
        /// Which round says so.
        round: RoundId,
        /// How urgent it is now.
        decision: Decision,
        /// The exception that ends with it.
        exception: Exception,
    },
    /// Somebody opened it again.
    ByPerson {
        /// Who.
        said: Said,
        /// Why.
        because: Note,
    },
    /// It was left out for a time, by an answer or by what was known.
    CountsAgain {
        /// Since which round.
        round: RoundId,
    },
}

impl State {
    /// Whether there is something left to do, or to say.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        matches!(self, Self::Open | Self::Reopened(_))
    }

    /// Its name in JSON and CSV.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Reopened(_) => "reopened",
            Self::Claimed(_) => "claimed",
            Self::Excepted(_) => "excepted",
            Self::Verified(_) => "verified",
            Self::LeftOut { .. } => "left-out",
        }
    }
}

/// How a finding of a task stands, and whether its clinical owner signed for what comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// How it stands.
    pub state: State,
    /// The clinical owner's word that no claim has used yet.
    pub signed: Option<Said>,
}

/// How a finding stands at this moment. `events` are those in force about the task, in their order.
#[must_use]
pub fn standing(head: &Head, item: &Item, events: &[&Event], now: Timestamp) -> Standing {
    let mut standing = Standing { state: State::Open, signed: None };
    let mut said =
        events.iter().filter(|event| event.findings.iter().any(|finding| item.is(*finding))).peekable();
    for dated in &item.turns {
        while let Some(event) = said.next_if(|event| event.after < dated.round) {
            standing.hear(head, event);
        }
        standing.see(dated);
    }
    for event in said {
        standing.hear(head, event);
    }
    standing.state = at(standing.state, head, item, now);
    standing
}

impl Standing {
    /// What a round showed.
    fn see(&mut self, dated: &Dated) {
        let round = dated.round;
        let before = std::mem::replace(&mut self.state, State::Open);
        self.state = match (&dated.turn, before) {
            (Turn::Found(_), before) => before,
            (Turn::Raised(decision), State::Excepted(exception)) => {
                State::Reopened(Reopening::RiskRaised { round, decision: *decision, exception })
            }
            (Turn::Raised(_), before) => before,
            (Turn::Fixed(changes), before) => State::Verified(Verified {
                round,
                at: dated.at,
                changes: changes.clone(),
                claim: match before {
                    State::Claimed(claim) => Some(claim),
                    _ => None,
                },
            }),
            (Turn::Back(before, after), _) => {
                self.signed = None;
                let (before, after) = (before.clone(), after.clone());
                State::Reopened(Reopening::Regression { round, before, after })
            }
            (Turn::LeftOut(why), _) => State::LeftOut { round, why: *why },
            (Turn::Again(_), _) => State::Reopened(Reopening::CountsAgain { round }),
        };
    }

    /// What a person said. What makes no sense as things stand changes nothing.
    fn hear(&mut self, head: &Head, event: &Event) {
        let said = || Said { by: event.by.clone(), at: event.at };
        match (&event.what, &self.state) {
            (_, State::Verified(_) | State::LeftOut { .. }) => {}
            (What::SignedOff, _) => self.signed = Some(said()),
            (What::Done, _) if !head.touches_care || self.signed.is_some() => {
                let signed = self.signed.take();
                self.state = State::Claimed(Claim { said: said(), after: event.after, signed });
            }
            (What::Excepted(exception), _) => self.state = State::Excepted(exception.clone()),
            (What::Reopened(because), State::Claimed(_) | State::Excepted(_)) => {
                self.signed = None;
                let because = because.clone();
                self.state = State::Reopened(Reopening::ByPerson { said: said(), because });
            }
            _ => {}
        }
    }
}

/// What time alone changes: exceptions end, and a claim that a later look contradicts is none.
fn at(state: State, head: &Head, item: &Item, now: Timestamp) -> State {
    match state {
        State::Excepted(exception) if exception.until < now => {
            State::Reopened(Reopening::ExceptionEnded(exception))
        }
        State::Claimed(claim) if is_contradicted(&claim, head, item) => {
            State::Reopened(Reopening::StillThere { round: item.seen_in, claim, seen: item.proof.clone() })
        }
        state => state,
    }
}

/// Whether a round after the claim saw the finding, at a time after the claim. Keeping others away takes no weakness from
/// the device, so that one still there says nothing against it.
fn is_contradicted(claim: &Claim, head: &Head, item: &Item) -> bool {
    head.work == VisitWork::Change
        && item.seen_in > claim.after
        && item.newest().is_some_and(|newest| newest > claim.said.at)
}
