//! What several harvests show together: of one interface one after the other, and of several interfaces side by side.
//!
//! What one interface shows in several harvests adds up. Of what several interfaces see of one conversation, the larger share
//! counts, so that a packet that passes two of them does not count twice (as in `conversation`).

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;

use foldhash::fast::RandomState;
use wardround_model::{Conversation, Coverage, Endpoint, Evidence, Skip, SkipReason, Source, SourceIndex};

use crate::Captured;
use crate::conversation::{earliest, larger, sum};
use crate::facts::{self, FactTable};
use crate::limits::Limits;
use crate::skips::Skips;

/// Harvests, put together in bounded memory: as much is kept as of one file.
#[derive(Debug)]
pub struct Harvests {
    sources: Vec<Source>,
    facts: FactTable,
    conversations: HashMap<(IpAddr, Endpoint, SourceIndex), Conversation, RandomState>,
    limit: usize,
    skips: Skips,
    values_not_allowed: u64,
}

impl Harvests {
    /// None yet, of these sources: each as it is told, without records.
    #[must_use]
    pub fn new(limits: &Limits, sources: Vec<Source>) -> Self {
        Self {
            sources,
            facts: FactTable::of_harvests(limits),
            conversations: HashMap::default(),
            limit: limits.conversations,
            skips: Skips::default(),
            values_not_allowed: 0,
        }
    }

    /// The sources, with what was told of them so far.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Adds what the source with this number showed since it was last added.
    pub fn add(&mut self, number: SourceIndex, part: Captured) {
        for told in &part.coverage.sources {
            self.add_source(number, told);
        }
        for observation in part.observations {
            self.facts.add(observation, &mut self.skips);
        }
        for conversation in part.conversations {
            self.add_conversation(number, conversation);
        }
        for Skip { reason, count, first } in part.coverage.skipped {
            self.skips.count_many(reason, count, first);
        }
        self.values_not_allowed = self.values_not_allowed.saturating_add(part.coverage.values_not_allowed);
    }

    fn add_source(&mut self, number: SourceIndex, told: &Source) {
        let Some(source) = self.sources.get_mut(usize::from(number.0)) else { return };
        source.records = source.records.saturating_add(told.records);
        source.bytes = source.bytes.saturating_add(told.bytes);
        source.first = source.first.into_iter().chain(told.first).min();
        source.last = source.last.max(told.last);
        if let Some(why) = &told.ended_early {
            interrupt(source, why);
        }
    }

    fn add_conversation(&mut self, number: SourceIndex, told: Conversation) {
        let full = self.conversations.len() >= self.limit;
        match self.conversations.entry((told.client, told.server, number)) {
            Entry::Occupied(mut kept) => add_later(kept.get_mut(), &told),
            Entry::Vacant(_) if full => self.skips.count(SkipReason::TooManyFacts, told.first.evidence),
            Entry::Vacant(place) => {
                place.insert(told);
            }
        }
    }

    /// So many packets of a source came, but nobody could read them.
    pub fn not_seen(&mut self, number: SourceIndex, count: u64) {
        let told = self.sources.get(usize::from(number.0)).map_or(0, |source| source.records);
        let next = Evidence { source: number, record: told.saturating_add(1), offset: 0 };
        if count > 0 {
            self.skips.count_many(SkipReason::Dropped, count, next);
        }
    }

    /// Something kept a source from being seen for a while, in words.
    pub fn interrupted(&mut self, number: SourceIndex, why: &str) {
        if let Some(source) = self.sources.get_mut(usize::from(number.0)) {
            interrupt(source, why);
        }
    }

    /// All of them, as if they were one.
    #[must_use]
    pub fn finish(self) -> Captured {
        let mut rows: Vec<_> = self.conversations.into_iter().collect();
        rows.sort_unstable_by_key(|(key, _)| *key);
        let mut conversations: Vec<Conversation> = rows.into_iter().map(|(_, row)| row).collect();
        conversations.dedup_by(|again, kept| {
            let same = (again.client, again.server) == (kept.client, kept.server);
            if same {
                add_beside(kept, again);
            }
            same
        });
        for row in &mut conversations {
            // Its first part was beyond a limit, or lost with its reader; but it was a connection.
            row.connections = row.connections.max(1);
        }
        conversations.sort_unstable_by_key(|row| (row.first, row.client, row.server));
        let observations = facts::merge(self.facts.into_observations().collect());
        let coverage = Coverage {
            sources: self.sources,
            skipped: self.skips.list().collect(),
            values_not_allowed: self.values_not_allowed,
        };
        Captured { observations, conversations, coverage, failed: Vec::new() }
    }
}

/// The most that is told of what kept a source from being seen.
const MOST_WORDS: usize = 400;

/// Notes why, beside what was noted before; each once, and the first ones where there are many.
fn interrupt(source: &mut Source, why: &str) {
    match &mut source.ended_early {
        None => source.ended_early = Some(why.to_owned()),
        Some(known) if known.contains(why) || known.len() + why.len() > MOST_WORDS => {}
        Some(known) => {
            known.push_str("; ");
            known.push_str(why);
        }
    }
}

/// Adds what the same interface saw later.
fn add_later(kept: &mut Conversation, told: &Conversation) {
    kept.to_server = sum(kept.to_server, told.to_server);
    kept.to_client = sum(kept.to_client, told.to_client);
    kept.connections = kept.connections.saturating_add(told.connections);
    kept.already_open = kept.already_open.saturating_add(told.already_open);
    join(kept, told);
}

/// Adds what another interface saw.
pub(crate) fn add_beside(kept: &mut Conversation, told: &Conversation) {
    kept.to_server = larger(kept.to_server, told.to_server);
    kept.to_client = larger(kept.to_client, told.to_client);
    kept.connections = kept.connections.max(told.connections);
    // A connection that one of them saw opening was not open before.
    kept.already_open = kept.already_open.min(told.already_open);
    join(kept, told);
}

fn join(kept: &mut Conversation, told: &Conversation) {
    kept.protocol = match (kept.protocol, told.protocol) {
        (Some(one), Some(two)) => Some(if told.first < kept.first { two } else { one }),
        (one, two) => one.or(two),
    };
    kept.roles = kept.roles.min(told.roles);
    kept.first = earliest(kept.first, told.first);
    kept.last = kept.last.max(told.last);
    kept.active.join(told.active);
}
