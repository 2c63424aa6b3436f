//! What a list of rounds says of each of them, and how the risk went over time.

use rusqlite::types::Value;
use wardround_model::{Coverage, FindingChange, IntelligenceSource, Network, PlanItem, RoundId, Timestamp};

use super::{ChangeCounts, RoundView, Urgency};
use crate::Store;
use crate::columns::Columns;
use crate::coverage;
use crate::error::{StoreError, Trouble};
use crate::plan;
use crate::table::{Place, Table};

/// A round as one line of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundSummary {
    /// Its id.
    pub id: RoundId,
    /// When it was run.
    pub run_at: Timestamp,
    /// The round that was observed, where this one only judges again what it saw.
    pub judged_again_from: Option<RoundId>,
    /// The moment that expiry and age were judged at.
    pub as_of: Timestamp,
    /// The version of the program.
    pub program: String,
    /// Devices.
    pub devices: u64,
    /// Devices whose own card was not seen.
    pub from_afar: u64,
    /// Findings.
    pub findings: Urgency,
    /// What could not be judged.
    pub unjudged: u64,
    /// What answers settled.
    pub settled: u64,
    /// Facts.
    pub observations: u64,
    /// Conversations.
    pub conversations: u64,
    /// Conversations whose protocol is known.
    pub recognised: u64,
    /// Conversations that carry care itself.
    pub clinical: u64,
    /// Conversations that are encrypted.
    pub encrypted: u64,
    /// Conversations that were mirrored in one direction only.
    pub one_way: u64,
    /// Conversations without an answer.
    pub unanswered: u64,
    /// Connections that were open before the capture began.
    pub already_open: u64,
    /// The round before it, that it is compared with.
    pub compared_with: Option<RoundId>,
    /// What became of findings since then.
    pub changes: ChangeCounts,
}

static SUMMARY: Table = Table {
    owner: "round_id",
    name: "round_summary",
    key: &["id"],
    values: &[
        "run_at",
        "as_of",
        "program",
        "assets",
        "from_afar",
        "act",
        "attend",
        "track_star",
        "track",
        "unjudged",
        "settled",
        "observations",
        "conversations",
        "recognised",
        "clinical",
        "encrypted",
        "one_way",
        "unanswered",
        "already_open",
        "compared_with",
        "new",
        "still",
        "fixed",
        "not_seen_again",
        "asset_not_seen",
        "(SELECT from_round FROM judged_again WHERE judged_again.round_id = round.id)",
    ],
};

impl Store {
    /// All rounds, the latest first, each with how much it found: how the risk went over time.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn round_summaries(&self) -> Result<Vec<RoundSummary>, StoreError> {
        let read = || -> Result<Vec<RoundSummary>, Trouble> {
            let sql = format!(
                "SELECT {} FROM round CROSS JOIN round_summary ON round_summary.round_id = id ORDER BY id DESC",
                SUMMARY.listed()
            );
            let mut select = self.connection.prepare_cached(&sql)?;
            let mut rows = select.query([])?;
            let mut all = Vec::new();
            while let Some(row) = rows.next()? {
                all.push(read_summary(&mut Columns::new(row, &SUMMARY))?);
            }
            Ok(all)
        };
        read().map_err(|trouble| trouble.at(&self.path))
    }
}

impl RoundView<'_> {
    /// How much the round found.
    ///
    /// # Errors
    /// When the store cannot be read, or the round could not be read when its summary was to be made.
    pub fn summary(&self) -> Result<RoundSummary, StoreError> {
        let sql = format!(
            "SELECT {} FROM round CROSS JOIN round_summary ON round_summary.round_id = id WHERE id = ?",
            SUMMARY.listed()
        );
        let read = self.rows(&SUMMARY, &sql, &[Value::Integer(self.id().0)], read_summary);
        let none = || Trouble::Damaged(Place { table: SUMMARY.name, column: "round_id" });
        self.told(read.and_then(|mut found| found.pop().ok_or_else(none)))
    }

    /// What could be seen and what could not.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn coverage(&self) -> Result<Coverage, StoreError> {
        let not_allowed = "SELECT values_not_allowed FROM round WHERE id = ?";
        let read = || {
            let mut counts =
                self.rows(&SUMMARY, not_allowed, &[Value::Integer(self.id().0)], |columns| columns.number())?;
            coverage::read(self.reader(), counts.pop().unwrap_or_default())
        };
        self.told(read())
    }

    /// Stretches of addresses, and how well each was seen.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn networks(&self) -> Result<Vec<Network>, StoreError> {
        self.told(coverage::read_networks(self.reader()))
    }

    /// At most ten things to do first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn plan(&self) -> Result<Vec<PlanItem>, StoreError> {
        self.told(plan::read(self.reader()))
    }

    /// What was known when the round was judged.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn intelligence(&self) -> Result<Vec<IntelligenceSource>, StoreError> {
        self.told(coverage::read_intelligence(self.reader()))
    }
}

fn read_summary(columns: &mut Columns<'_>) -> Result<RoundSummary, Trouble> {
    let mut summary = RoundSummary {
        id: RoundId(columns.number()?),
        run_at: columns.moment()?,
        as_of: columns.moment()?,
        program: columns.text()?,
        devices: columns.number()?,
        from_afar: columns.number()?,
        findings: Urgency::read(columns)?,
        unjudged: columns.number()?,
        settled: columns.number()?,
        observations: columns.number()?,
        conversations: columns.number()?,
        recognised: columns.number()?,
        clinical: columns.number()?,
        encrypted: columns.number()?,
        one_way: columns.number()?,
        unanswered: columns.number()?,
        already_open: columns.number()?,
        compared_with: columns.maybe_number()?.map(RoundId),
        changes: ChangeCounts::read(columns)?,
        judged_again_from: None,
    };
    summary.judged_again_from = columns.maybe_number()?.map(RoundId);
    Ok(summary)
}

impl ChangeCounts {
    /// Reads five columns, in the order of [`FindingChange::ALL`].
    fn read(columns: &mut Columns<'_>) -> Result<Self, Trouble> {
        let mut counts = Self::default();
        for change in FindingChange::ALL {
            counts.set(*change, columns.number()?);
        }
        Ok(counts)
    }
}
