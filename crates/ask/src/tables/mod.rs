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

    /// The next request, if there is one. While one is not answered, there is none: a second would be a try again.
    pub fn next(&mut self, now: Duration) -> Turn {
        let is_over = self.asked >= MOST_WALKED || now >= WALK_TIME || self.heard >= MOST_WALK_ANSWER;
        if self.is_waiting || is_over {
            return Turn::Done;
        }
        if now < self.ready {
            return Turn::Wait(self.ready);
        }
        let request = match self.behind() {
            _ if self.asked == 0 => elements::snmp_system(&self.community, self.id),
            Some(name) => {
                self.walked.push(name.clone());
                request(&self.community, numbered(self.id, self.asked), &name)
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
        let id = numbered(self.id, self.asked.saturating_sub(1));
        let is_it = self.is_waiting && elements::snmp_answers(bytes, id);
        if is_it {
            self.is_waiting = false;
            self.heard = self.heard.saturating_add(bytes.len());
            if self.asked > 1 {
                self.go_on(bytes);
            }
        }
        is_it
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
    let again = |(nth, name): (u32, &Name)| request(&Community::masked(), numbered(id, nth), name);
    (1..).zip(walked).map(again).collect()
}

/// The number of the nth request.
fn numbered(id: [u8; 4], nth: u32) -> [u8; 4] {
    u32::from_be_bytes(id).wrapping_add(nth).to_be_bytes()
}

/// One request for the rows behind a name.
fn request(community: &Community, id: [u8; 4], name: &Name) -> Vec<u8> {
    let binding = element(SEQUENCE, &[&element(OBJECT_IDENTIFIER, &[&name.encoded()]), &[NULL, 0]]);
    // No rows that do not repeat.
    let counts = [INTEGER, 1, 0, INTEGER, 1, WALK_ROWS];
    let bulk = element(GET_BULK, &[&request_id(id), &counts, &element(SEQUENCE, &[&binding])]);
    element(SEQUENCE, &[&[INTEGER, 1, 1], &element(OCTET_STRING, &[community.as_bytes()]), &bulk])
}
