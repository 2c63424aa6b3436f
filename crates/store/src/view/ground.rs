//! What ways of an attacker are found in: of a round who is there, who is weak, who talked with whom, and what rules of firewalls say.

use std::collections::BTreeSet;

use wardround_model::{Asset, Conversation, FactKind, Finding, Observation, Source, Statement, Timestamp};

use super::RoundView;
use crate::error::{StoreError, Trouble};
use crate::reason::Reasons;
use crate::table::Reader;
use crate::{asset, conversation, coverage, finding, observation, statement};

/// The part of a round that ways are found in. Reasons are left out: no way needs them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayGround {
    /// Who is there.
    pub assets: Vec<Asset>,
    /// Who is weak.
    pub findings: Vec<Finding>,
    /// Who talked with whom: of two hosts the first conversation that was answered, which stands for all.
    pub conversations: Vec<Conversation>,
    /// Rules of firewalls.
    pub rules: Vec<Observation>,
    /// What people had said.
    pub statements: Vec<Statement>,
    /// What was read, by number.
    pub sources: Vec<Source>,
    /// The moment that the round was judged at.
    pub as_of: Timestamp,
}

impl RoundView<'_> {
    /// What ways are found in, without the rest of the round.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn way_ground(&self) -> Result<WayGround, StoreError> {
        let as_of = self.summary()?.as_of;
        self.told(read(self.reader(), as_of))
    }
}

fn read(reader: Reader<'_>, as_of: Timestamp) -> Result<WayGround, Trouble> {
    Ok(WayGround {
        assets: asset::read(reader, &mut Reasons::default())?,
        findings: finding::read(reader, &mut Reasons::default())?,
        conversations: met(reader)?,
        rules: observation::of_kind(reader, FactKind::FirewallRule)?,
        statements: statement::read(reader)?,
        sources: coverage::read(reader, 0)?.sources,
        as_of,
    })
}

/// Each pair of hosts once: a round may have many conversations of one pair.
fn met(reader: Reader<'_>) -> Result<Vec<Conversation>, Trouble> {
    let (mut read, mut pairs, mut met) = (0, BTreeSet::new(), Vec::new());
    reader.each(&conversation::TABLE, |columns| {
        columns.position(read)?;
        read += 1;
        let one = conversation::read_row(columns)?;
        if !one.is_unanswered() && pairs.insert((one.client, one.server.ip)) {
            met.push(one);
        }
        Ok(())
    })?;
    met.shrink_to_fit();
    Ok(met)
}
