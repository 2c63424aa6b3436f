//! From an id to what was seen: file, record, byte.

use std::collections::BTreeMap;

use serde::Serialize;
use wardround_model::{
    Conversation, ConversationId, Evidence, Ground, Observation, ObservationId, Reason, Round, Statement,
};

/// A fact or traffic that was seen, and where.
#[derive(Serialize)]
pub(crate) struct Seen {
    /// Id of the observation or conversation.
    id: String,
    /// What it is about: an address, a service, or `client -> service`.
    subject: String,
    /// The kind of fact, or `conversation`.
    kind: &'static str,
    /// The value, or the protocol spoken.
    value: String,
    /// How often it was seen.
    count: u64,
    /// When it was first seen.
    at: String,
    /// Which file.
    file: String,
    /// Which packet or row of it, from 1.
    record: u64,
    /// At which byte of the decompressed file.
    offset: u64,
}

/// Everything that a ground can mean, by id.
pub(crate) struct Proofs<'a> {
    round: &'a Round,
    observations: BTreeMap<ObservationId, &'a Observation>,
    conversations: BTreeMap<ConversationId, &'a Conversation>,
}

impl<'a> Proofs<'a> {
    pub(crate) fn new(round: &'a Round) -> Self {
        Self {
            round,
            observations: round
                .observations
                .iter()
                .map(|observation| (observation.id(), observation))
                .collect(),
            conversations: round
                .conversations
                .iter()
                .map(|conversation| (conversation.id(), conversation))
                .collect(),
        }
    }

    /// What these reasons rest on, each once, in their order.
    pub(crate) fn of(&self, reasons: &[Reason]) -> Vec<Seen> {
        let mut told = Vec::new();
        for ground in reasons.iter().flat_map(|reason| &reason.grounds) {
            if !told.contains(ground) {
                told.push(*ground);
            }
        }
        told.into_iter().filter_map(|ground| self.seen(ground)).collect()
    }

    fn seen(&self, ground: Ground) -> Option<Seen> {
        match ground {
            Ground::Observation(id) => {
                self.observations.get(&id).map(|observation| self.observation(observation))
            }
            Ground::Statement(id) => {
                self.round.statements.iter().find(|said| said.id == id).map(Self::statement)
            }
            Ground::Conversation(id) => {
                self.conversations.get(&id).map(|conversation| self.conversation(conversation))
            }
        }
    }

    fn observation(&self, observation: &Observation) -> Seen {
        Seen {
            id: observation.id().to_string(),
            subject: observation.subject.to_string(),
            kind: observation.fact.kind().code(),
            value: observation.fact.value().to_owned(),
            count: observation.count,
            at: observation.first.at.to_string(),
            file: self.file(observation.first.evidence),
            record: observation.first.evidence.record,
            offset: observation.first.evidence.offset,
        }
    }

    fn conversation(&self, conversation: &Conversation) -> Seen {
        Seen {
            id: conversation.id().to_string(),
            subject: format!("{} -> {}", conversation.client, conversation.server),
            kind: "conversation",
            value: conversation.protocol.map_or("unrecognised", wardround_model::Protocol::code).to_owned(),
            count: conversation.connections,
            at: conversation.first.at.to_string(),
            file: self.file(conversation.first.evidence),
            record: conversation.first.evidence.record,
            offset: conversation.first.evidence.offset,
        }
    }

    fn statement(statement: &Statement) -> Seen {
        Seen {
            id: statement.id.to_string(),
            subject: statement.asset.to_string(),
            kind: statement.says.code(),
            value: statement.by.code().to_owned(),
            count: 1,
            at: statement.at.to_string(),
            file: String::new(),
            record: 0,
            offset: 0,
        }
    }

    fn file(&self, evidence: Evidence) -> String {
        self.round
            .coverage
            .sources
            .get(usize::from(evidence.source.0))
            .map_or_else(String::new, |source| source.name.clone())
    }
}
