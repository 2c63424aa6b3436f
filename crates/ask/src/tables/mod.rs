//! What a switch knows of its neighbours: its tables by SNMP 2c, walked column by column (GetBulk; RFC 3416, 4.2.3).
//!
//! It is the one question of more than one datagram. So it has a budget: [`Tables`] gives one request at a time, never sooner than
//! [`WALK_GAP`] after the one before, and no more than [`MOST_WALKED`]. Only a ticket gives one.

mod columns;
mod facts;
mod name;
mod response;
#[cfg(test)]
mod tests;

use std::time::Duration;

use crate::community::Community;
use crate::elements::{self, INTEGER, NULL, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, element, request_id};
use crate::envelope::{MOST_WALK_ANSWER, MOST_WALKED, WALK_GAP, WALK_ROWS, WALK_TIME};
use crate::usm::UserTalk;
use crate::walk::Outcome;

use columns::COLUMNS;
pub(crate) use facts::facts;
pub use name::Name;
use response::Response;

/// GetBulkRequest (RFC 3416, 3).
const GET_BULK: u8 = 0xa5;

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Send this, as one datagram.
    Ask(Vec<u8>),
    /// Nothing before this moment, told as time since the walk began.
    Wait(Duration),
    /// All is read, or the budget is used up.
    Done,
}

/// A walk over the tables of one switch.
#[derive(Debug)]
pub struct Tables {
    community: Community,
    /// As whom it is walked by SNMP 3, where it is.
    user: Option<UserTalk>,
    /// The last answer, in clear.
    answer: Vec<u8>,
    id: [u8; 4],
    /// The column that is read, and how far.
    column: usize,
    last: Option<Name>,
    asked: u32,
    ready: Duration,
    is_waiting: bool,
    /// Bytes that were heard.
    heard: usize,
    /// Names behind which was asked.
    walked: Vec<Name>,
}

impl Tables {
    pub(crate) const fn new(community: Community, id: [u8; 4]) -> Self {
        Self {
            community,
            user: None,
            answer: Vec::new(),
            id,
            column: 0,
            last: None,
            asked: 0,
            ready: Duration::ZERO,
            is_waiting: false,
            heard: 0,
            walked: Vec::new(),
        }
    }

    /// The same by SNMP 3, with a talk that asks for the system group first.
    pub(crate) fn of_user(talk: UserTalk, id: [u8; 4]) -> Self {
        Self { user: Some(talk), ..Self::new(Community::masked(), id) }
    }

    /// What the talk of a user says before tables are walked, if it is at that.
    fn before(&mut self, now: Duration) -> Option<Turn> {
        let talk = self.user.as_mut()?;
        if let Some(message) = talk.say() {
            self.asked = self.asked.saturating_add(1);
            self.ready = now.saturating_add(WALK_GAP);
            self.is_waiting = true;
            return Some(Turn::Ask(message));
        }
        match talk.result() {
            Some(Ok(_)) => None,
            _ => Some(Turn::Done),
        }
    }

    /// The next request, if there is one. While one is not answered, there is none: a second would be a try again.
    pub fn next(&mut self, now: Duration) -> Turn {
        let is_over = self.asked >= MOST_WALKED || now >= WALK_TIME || self.heard >= MOST_WALK_ANSWER;
        if self.is_waiting || is_over {
            return Turn::Done;
        }
        if now < self.ready {
            return Turn::Wait(self.ready);
        }
        if let Some(turn) = self.before(now) {
            return turn;
        }
        let request = match self.behind() {
            _ if self.asked == 0 => elements::snmp_system(&self.community, self.id),
            Some(name) => {
                self.walked.push(name.clone());
                let pdu = bulk(numbered(self.id, self.asked), &name);
                match &mut self.user {
                    Some(talk) => talk.sign(&pdu),
                    None => with_community(&self.community, &pdu),
                }
            }
            None => return Turn::Done,
        };
        self.asked = self.asked.saturating_add(1);
        self.ready = now.saturating_add(WALK_GAP);
        self.is_waiting = true;
        Turn::Ask(request)
    }

    /// The name behind which is asked next; nothing where all columns are read.
    fn behind(&self) -> Option<Name> {
        let column = COLUMNS.get(self.column)?;
        Some(self.last.clone().unwrap_or_else(|| column.name()))
    }

    /// Takes a datagram; whether it answers the request that waits.
    pub fn hear(&mut self, bytes: &[u8]) -> bool {
        let Some(talk) = self.user.as_mut().filter(|_| self.is_waiting) else { return self.take(bytes) };
        if talk.result().is_some() {
            let pdu = talk.open(bytes);
            return pdu.is_some_and(|pdu| self.take(&with_community(&Community::masked(), &pdu)));
        }
        let is_it = talk.hear(bytes);
        if is_it {
            self.is_waiting = false;
            self.answer = talk.result().and_then(Result::ok).unwrap_or_default().to_vec();
        }
        is_it
    }

    /// Takes a message as of SNMP 2c.
    fn take(&mut self, bytes: &[u8]) -> bool {
        let id = numbered(self.id, self.asked.saturating_sub(1));
        let is_it = self.is_waiting && elements::snmp_answers(bytes, id);
        if is_it {
            self.is_waiting = false;
            self.heard = self.heard.saturating_add(bytes.len());
            self.answer = bytes.to_vec();
            if self.asked > 1 {
                self.go_on(bytes);
            }
        }
        is_it
    }

    /// The last answer in clear, once. Of a user's talk, nothing that was not an answer to the question.
    pub fn answer(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.answer)
    }

    /// Why the agent does not take the user, if it does not.
    #[must_use]
    pub fn refusal(&self) -> Option<(Outcome, &'static str)> {
        self.user.as_ref()?.result()?.err()
    }

    /// How many bytes of the last request nobody may read.
    #[must_use]
    pub fn secret_bytes(&self) -> usize {
        self.user.as_ref().map_or(self.community.as_bytes().len(), UserTalk::secret_bytes)
    }

    /// What can be said where it fell silent.
    #[must_use]
    pub fn why_silent(&self) -> &'static str {
        self.user.as_ref().map_or("", UserTalk::why_silent)
    }

    /// Goes on behind the last row of the column, or to the next column where it has no more. Rows that do not follow each other end it:
    /// an agent that goes in circles is not followed.
    fn go_on(&mut self, bytes: &[u8]) {
        let (Some(before), Some(column)) = (self.behind(), COLUMNS.get(self.column)) else { return };
        let mut last = before.clone();
        let mut is_over = false;
        let response = Response::read(bytes).filter(|response| response.error == 0);
        for row in response.iter().flat_map(|response| &response.rows) {
            is_over = !row.name.is_below(&column.name()) || row.name <= last || row.is_end();
            if is_over {
                break;
            }
            last = row.name.clone();
        }
        if is_over || last == before {
            self.column = self.column.saturating_add(1);
            self.last = None;
        } else {
            self.last = Some(last);
        }
    }

    /// Whether the budget ended before the tables did.
    #[must_use]
    pub fn is_cut_short(&self) -> bool {
        self.column < COLUMNS.len()
    }

    /// Names behind which was asked, in order: with them the same requests can be told again.
    #[must_use]
    pub fn walked(&self) -> &[Name] {
        &self.walked
    }
}

/// The requests of a walk as a log tells them, behind the first one, with asterisks in the place of the community.
pub(crate) fn told_again(id: [u8; 4], walked: &[Name]) -> Vec<Vec<u8>> {
    let again =
        |(nth, name): (u32, &Name)| with_community(&Community::masked(), &bulk(numbered(id, nth), name));
    (1..).zip(walked).map(again).collect()
}

/// The number of the nth request.
fn numbered(id: [u8; 4], nth: u32) -> [u8; 4] {
    u32::from_be_bytes(id).wrapping_add(nth).to_be_bytes()
}

/// One request for the rows behind a name.
fn bulk(id: [u8; 4], name: &Name) -> Vec<u8> {
    let binding = element(SEQUENCE, &[&element(OBJECT_IDENTIFIER, &[&name.encoded()]), &[NULL, 0]]);
    // No rows that do not repeat.
    let counts = [INTEGER, 1, 0, INTEGER, 1, WALK_ROWS];
    element(GET_BULK, &[&request_id(id), &counts, &element(SEQUENCE, &[&binding])])
}

/// A message of SNMP 2c.
fn with_community(community: &Community, pdu: &[u8]) -> Vec<u8> {
    element(SEQUENCE, &[&[INTEGER, 1, 1], &element(OCTET_STRING, &[community.as_bytes()]), pdu])
}
