//! What a reason rests on, as it was seen or said.

use wardround_model::{Ground, Observation, Statement};

use super::RoundView;
use super::conversations::{Ends, Flow};
use crate::error::{StoreError, Trouble};
use crate::table::By;
use crate::{conversation, observation, statement};

/// What a reason rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// A fact that was seen or that a list holds.
    Observation(Observation),
    /// Traffic that was seen.
    Flow(Box<Flow>),
    /// What a person had said.
    Statement(Statement),
}

impl RoundView<'_> {
    /// What a ground names; `None` where the round has nothing of that id, or its value is no longer allowed to be shown.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn proof(&self, ground: Ground) -> Result<Option<Proof>, StoreError> {
        self.told(self.find(ground))
    }

    fn find(&self, ground: Ground) -> Result<Option<Proof>, Trouble> {
        let reader = self.reader();
        Ok(match ground {
            Ground::Observation(id) => {
                // Of facts with one id the last counts, as where rounds are compared.
                let found = observation::of_id(reader, id)?.pop();
                found.and_then(observation::AsWritten::allowed).map(Proof::Observation)
            }
            Ground::Conversation(id) => match conversation::of_id(reader, id)?.pop() {
                Some(conversation) => {
                    Some(Proof::Flow(Box::new(self.flow(conversation, &mut Ends::default())?)))
                }
                None => None,
            },
            Ground::Statement(id) => {
                let mut found = reader.each_where(
                    &statement::OF_ROUND,
                    (By::key("id"), id.0),
                    MOST_OF_ONE_ID,
                    |columns| {
                        let _position: u64 = columns.number()?;
                        statement::read_statement(columns)
                    },
                )?;
                found.pop().map(Proof::Statement)
            }
        })
    }
}

/// Rows with one id that are looked at: two digests can be made equal, and no more than that matters.
const MOST_OF_ONE_ID: usize = 16;
