//! What a run writes down, what stops it, and what answers show.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use wardround_ask::journal::Line;
use wardround_ask::{
    Approved, Distress, Exchange, Halt, Question, StopFlag, observations, observations_inside,
};
use wardround_model::{Endpoint, Observation, Round, RoundId, Timestamp};
use wardround_report::page::count;
use wardround_send::{Answer, Desk};
use wardround_store::Store;

use super::answers;
use super::directories::Directories;
use super::folder::Appender;
use super::reading::Servers;
use super::vigil::Listening;
use crate::commands::now;

/// The newest round, read whole only when there is another one.
pub(super) struct Newest {
    pub(super) store: Store,
    /// The round that the plan was held against.
    pub(super) planned: RoundId,
    pub(super) since: Option<(RoundId, Round)>,
}

impl Newest {
    /// The round that came since the plan, if one did.
    fn look(&mut self) -> io::Result<Option<&Round>> {
        let gone = || io::Error::other("the store holds no round any more");
        let id = self.store.round_latest().map_err(io::Error::other)?.ok_or_else(gone)?;
        if id != self.planned && self.since.as_ref().is_none_or(|(known, _)| *known != id) {
            self.since = Some((id, self.store.round_load(id).map_err(io::Error::other)?));
        }
        Ok(self.since.as_ref().filter(|_| id != self.planned).map(|(_, round)| round))
    }
}

/// Keeps the log of one run.
pub(super) struct Keeper<'a> {
    pub(super) approved: &'a Approved,
    pub(super) newest: Newest,
    pub(super) log: Appender,
    /// Lines in the log so far.
    pub(super) lines: u64,
    pub(super) plan: String,
    pub(super) stop_file: PathBuf,
    pub(super) signalled: Arc<StopFlag>,
    /// Where hosts are listened to, if they are.
    pub(super) listening: Option<Listening>,
    pub(super) tell: &'a dyn Fn(&str),
    /// Servers that are read.
    pub(super) servers: Servers,
    /// Directories that are read.
    pub(super) directories: Directories,
    pub(super) found: Vec<Observation>,
    /// Services whose question was settled.
    pub(super) settled: BTreeSet<Endpoint>,
    /// Whether tables of a switch were read.
    pub(super) read_tables: bool,
    pub(super) asked: u64,
}

/// What is said of a walk that ended before its tables did.
const CUT_SHORT: &str = "not all of its tables was read";

impl Keeper<'_> {
    /// Writes down what is about no question.
    pub(super) fn note(&mut self, event: &str, to: &str, text: &str) -> io::Result<()> {
        let plan = self.plan.clone();
        self.add(&Line { plan, to: to.to_owned(), text: text.to_owned(), ..Line::new(now(), event) })
    }

    fn add(&mut self, line: &Line) -> io::Result<()> {
        self.log.add(line)?;
        self.lines = self.lines.saturating_add(1);
        Ok(())
    }

    fn line(&self, at: Timestamp, event: &str, exchange: &Exchange) -> Line {
        Line {
            plan: self.plan.clone(),
            to: exchange.place(),
            question: exchange.question.code().to_owned(),
            called: exchange.called.clone(),
            ..Line::new(at, event)
        }
    }
}

impl Desk for Keeper<'_> {
    fn may_still(&mut self, at: Timestamp, exchange: &Exchange) -> io::Result<bool> {
        let newer = self.newest.look()?;
        let Some(breach) = newer.and_then(|round| self.approved.breach_since(exchange, round)) else {
            return Ok(true);
        };
        let text = format!("a newer round: {} {}", breach.rule, breach.text);
        self.add(&Line { text, ..self.line(at, "left-alone", exchange) })?;
        Ok(false)
    }

    fn before(&mut self, at: Timestamp, exchange: &Exchange) -> io::Result<()> {
        let text = exchange.net.map(|net| format!("to all of {net}")).unwrap_or_default();
        let line = Line { packets: Some(exchange.packets), text, ..self.line(at, "sending", exchange) };
        self.asked = self.asked.saturating_add(1);
        self.add(&line)?;
        self.is_asked(exchange, at);
        Ok(())
    }

    fn after(&mut self, at: Timestamp, exchange: &Exchange, answer: &Answer) -> io::Result<()> {
        self.is_asked(exchange, at);
        let milliseconds = |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let record = self.lines.saturating_add(1);
        let mut left = self.servers.take(self.approved.plan(), exchange, answer, at, record)?;
        if let Some(text) = self.directories.take(self.approved.plan(), exchange, answer, at)? {
            left.text = text;
        }
        let line = Line {
            from: answer.from.map(|from| from.to_string()).unwrap_or_default(),
            bytes_out: Some(answer.sent),
            bytes_in: Some(answer.heard()),
            connect_ms: answer.connected.map(milliseconds),
            walked: answer.walked.iter().map(ToString::to_string).collect(),
            text: match answer.why {
                _ if answer.is_cut_short => CUT_SHORT.to_owned(),
                "" if exchange.net.is_some() => {
                    format!("{} answered", count(answer.others.len() as u64, "device", "devices"))
                }
                "" => left.text,
                why => why.to_owned(),
            },
            ..self.line(at, answer.outcome.code(), exchange)
        };
        self.add(&line)?;
        // What a directory told is kept as lists, and what its port told earlier still counts.
        if answers::settles(answer.outcome) && exchange.question != Question::DirectoryRead {
            self.settled.insert(exchange.endpoint());
            self.read_tables |= exchange.question.is_walk();
        }
        for (ip, bytes) in &answer.others {
            let one = exchange.answered_by(*ip);
            self.settled.insert(one.endpoint());
            self.found.extend(observations(&one, bytes, at, self.lines));
        }
        self.found.extend(left.observations);
        if !answer.bytes.is_empty() {
            self.found.extend(observations(exchange, &answer.bytes, at, self.lines));
        }
        if !answer.inside.is_empty() {
            self.found.extend(observations_inside(exchange, &answer.inside, at, self.lines));
        }
        Ok(())
    }

    fn stopped(&self) -> Option<Halt> {
        // What cannot be looked at counts as there.
        self.signalled.said().or_else(|| self.stop_file.try_exists().unwrap_or(true).then_some(Halt::Person))
    }

    fn seen(&mut self, at: Timestamp) -> io::Result<Vec<Distress>> {
        self.signs(at)
    }
}
