//! The store itself, and the table `round`.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};
use wardround_model::{CveId, Round, RoundId, Timestamp};

use crate::error::{StoreError, Trouble};
use crate::reason::{ReasonWriter, Reasons};
use crate::table::{Place, Reader, Writer};
use crate::{
    asset, conversation, coverage, exploited, finding, judged_again, observation, open, place, plan, settled,
    statement, summary,
};

/// Rounds, imported lists and what people said, in one SQLite file.
#[derive(Debug)]
pub struct Store {
    pub(crate) connection: Connection,
    pub(crate) path: PathBuf,
}

/// What a list of rounds says of one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundHead {
    /// Its id.
    pub id: RoundId,
    /// When it was run.
    pub run_at: Timestamp,
    /// The moment that expiry and age were judged at.
    pub as_of: Timestamp,
    /// The round that was observed, where this one only judges again what it saw.
    pub judged_again_from: Option<RoundId>,
    /// The names of what was read, in the order given.
    pub sources: Vec<String>,
    /// How many assets it found.
    pub assets: u64,
    /// How many findings it has.
    pub findings: u64,
}

/// What a round was judged by, beside what the round itself says.
#[derive(Clone, Copy, Debug, Default)]
pub struct Judged<'a> {
    /// The round whose sight it judges again.
    pub again_from: Option<RoundId>,
    /// The weaknesses that were known to be exploited, where that can be told.
    pub exploited: Option<&'a [CveId]>,
}

impl Store {
    /// Opens a store for writing, and makes it if there is none; only the owner can read the file.
    ///
    /// A store of an earlier version is brought up to date.
    ///
    /// # Errors
    /// When the file cannot be made or written, is no store, is of a newer version, or stays in use by another
    /// program for five seconds.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let (connection, path) = open::for_writing(path.as_ref())?;
        Ok(Self { connection, path })
    }

    /// Opens a store for reading; nothing is made or changed, and the file may be on a read-only disk.
    ///
    /// # Errors
    /// When there is no store, or this version cannot read it.
    pub fn open_read_only(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let (connection, path) = open::for_reading(path.as_ref())?;
        Ok(Self { connection, path })
    }

    /// The store's real path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Copies the whole store, as it is at one moment, to a new file that its owner alone can read; others go on meanwhile.
    ///
    /// # Errors
    /// When the file is there already or cannot be written, or the store cannot be read.
    pub fn copy_to(&self, to: &Path) -> Result<(), StoreError> {
        place::make_private(to)?;
        let copy = || -> Result<(), Trouble> {
            let to = to.to_str().ok_or(rusqlite::Error::InvalidPath(to.to_owned()))?;
            self.connection.execute("VACUUM INTO ?1", [to])?;
            Ok(())
        };
        copy().map_err(|trouble| trouble.at(&self.path))
    }

    /// Keeps a round: all of it, on the disk, before this returns; or nothing of it.
    ///
    /// # Errors
    /// When the store cannot be written, is in use by another program for five seconds, or its disk is full.
    pub fn round_save(&mut self, round: &Round) -> Result<RoundId, StoreError> {
        self.round_save_judged(round, Judged::default())
    }

    /// The same, with what it was judged by.
    ///
    /// # Errors
    /// When the store cannot be written, is in use by another program for five seconds, or its disk is full.
    pub fn round_save_judged(&mut self, round: &Round, judged: Judged<'_>) -> Result<RoundId, StoreError> {
        save(&mut self.connection, round, judged).map_err(|trouble| trouble.at(&self.path))
    }

    /// All rounds, the oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn round_list(&self) -> Result<Vec<RoundHead>, StoreError> {
        list(&self.connection).map_err(|trouble| trouble.at(&self.path))
    }

    /// The round that was saved last.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn round_latest(&self) -> Result<Option<RoundId>, StoreError> {
        latest(&self.connection).map_err(|trouble| trouble.at(&self.path))
    }

    /// The round that was saved before this one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn round_before(&self, id: RoundId) -> Result<Option<RoundId>, StoreError> {
        let find = || -> Result<Option<i64>, Trouble> {
            Ok(self
                .connection
                .query_row("SELECT max(id) FROM round WHERE id < ?1", [id.0], |row| row.get(0))?)
        };
        Ok(find().map_err(|trouble| trouble.at(&self.path))?.map(RoundId))
    }

    /// The whole round, equal to what was saved.
    ///
    /// The one difference there can be: facts that an allow-list that has become stricter since then masks further, or
    /// leaves out and counts in [`wardround_model::Coverage::values_not_allowed`]. A ground may then point to nothing.
    ///
    /// # Errors
    /// When the store holds no such round, is damaged, or has words that this version does not know.
    pub fn round_load(&self, id: RoundId) -> Result<Round, StoreError> {
        let round = load(&self.connection, id).map_err(|trouble| trouble.at(&self.path))?;
        round.ok_or_else(|| StoreError::NoSuchRound { path: self.path.clone(), round: id })
    }

    /// The same as far as it was seen and said: without what was judged, and without reasons, which are most of a large round.
    ///
    /// # Errors
    /// Like [`Store::round_load`].
    pub fn round_load_seen(&self, id: RoundId) -> Result<Round, StoreError> {
        let read = || load_seen(&*self.connection.unchecked_transaction()?, id);
        let round = read().map_err(|trouble: Trouble| trouble.at(&self.path))?;
        round.ok_or_else(|| StoreError::NoSuchRound { path: self.path.clone(), round: id })
    }
}

const INSERT_ROUND: &str =
    "INSERT INTO round (run_at, as_of, program, values_not_allowed) VALUES (?1, ?2, ?3, ?4)";
const SELECT_ROUND: &str = "SELECT run_at, as_of, program, values_not_allowed FROM round WHERE id = ?1";
const SELECT_LATEST: &str = "SELECT max(id) FROM round";
const SELECT_HEADS: &str = "
    SELECT id, run_at, as_of,
           coalesce(assets, 0), coalesce(act + attend + track_star + track, 0),
           (SELECT from_round FROM judged_again WHERE judged_again.round_id = round.id)
    FROM round LEFT JOIN round_summary ON round_summary.round_id = id ORDER BY id";
const SELECT_SOURCES: &str = "SELECT name FROM source WHERE round_id = ?1 ORDER BY position";

/// Kibibytes of a store that are held in memory while a round is saved; more for each finding, whose indexes are written in no order of
/// theirs, up to this.
const HELD_WHILE_SAVING: i64 = 8 * 1024;
const HELD_WHILE_SAVING_MOST: i64 = 128 * 1024;
const FINDINGS_OF_A_KIBIBYTE: usize = 4;
/// Kibibytes that are held otherwise: what SQLite holds unasked.
const HELD: i64 = 2_000;

fn save(connection: &mut Connection, round: &Round, judged: Judged<'_>) -> Result<RoundId, Trouble> {
    let of_findings = i64::try_from(round.findings.len() / FINDINGS_OF_A_KIBIBYTE).unwrap_or(i64::MAX);
    let held = HELD_WHILE_SAVING.saturating_add(of_findings).min(HELD_WHILE_SAVING_MOST);
    connection.pragma_update(None, "cache_size", -held)?;
    let saved = save_within(connection, round, judged);
    connection.pragma_update(None, "cache_size", -HELD)?;
    connection.execute_batch("PRAGMA shrink_memory")?;
    saved
}

fn save_within(connection: &mut Connection, round: &Round, judged: Judged<'_>) -> Result<RoundId, Trouble> {
    within(connection, |transaction| insert(transaction, round, judged))
}

/// Changes something in one transaction: all of it, or nothing.
pub(crate) fn within<T>(
    connection: &mut Connection,
    change: impl FnOnce(&Connection) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let changed = change(&transaction)?;
    transaction.commit()?;
    Ok(changed)
}

fn insert(transaction: &Connection, round: &Round, judged: Judged<'_>) -> Result<RoundId, Trouble> {
    let not_allowed = i64::try_from(round.coverage.values_not_allowed)
        .map_err(|_| Trouble::TooLarge(Place { table: "round", column: "values_not_allowed" }))?;
    let (run_at, as_of) = (round.run_at.nanoseconds(), round.as_of.nanoseconds());
    transaction.execute(INSERT_ROUND, (run_at, as_of, &round.program, not_allowed))?;
    let id = RoundId(transaction.last_insert_rowid());
    write(Writer::new(transaction, id.0), round)?;
    summary::write(transaction, id.0, round)?;
    if let Some(from) = judged.again_from {
        judged_again::write(transaction, id.0, from)?;
    }
    if let Some(exploited) = judged.exploited {
        exploited::write(transaction, id.0, exploited)?;
    }
    Ok(id)
}

/// Makes the summaries of rounds that were saved before there were any. A round that cannot be read any more gets none, and
/// keeps no other from being read.
pub(crate) fn summarise(connection: &Connection) -> Result<(), Trouble> {
    for id in summary::rounds_without(connection)? {
        match load_within(connection, RoundId(id)) {
            Ok(Some(round)) => summary::write(connection, id, &round)?,
            Ok(None) | Err(Trouble::Damaged(_) | Trouble::UnknownCode(_)) => {}
            Err(trouble) => return Err(trouble),
        }
    }
    Ok(())
}

fn write(writer: Writer<'_>, round: &Round) -> Result<(), Trouble> {
    coverage::write(writer, &round.coverage)?;
    observation::write(writer, &round.observations)?;
    conversation::write(writer, &round.conversations)?;
    statement::write(writer, &round.statements)?;
    coverage::write_networks(writer, &round.networks)?;
    let mut reasons = ReasonWriter::new(writer)?;
    asset::write(writer, &mut reasons, &round.assets)?;
    finding::write(writer, &mut reasons, &round.findings)?;
    finding::write_unjudged(writer, &mut reasons, &round.unjudged)?;
    settled::write(writer, &mut reasons, &round.settled)?;
    reasons.finish()?;
    plan::write(writer, &round.plan)?;
    coverage::write_intelligence(writer, &round.intelligence)
}

fn load(connection: &Connection, id: RoundId) -> Result<Option<Round>, Trouble> {
    // One view of the store for all tables, whatever others write meanwhile.
    load_within(&*connection.unchecked_transaction()?, id)
}

/// Reads it in a transaction that is open.
pub(crate) fn load_within(view: &Connection, id: RoundId) -> Result<Option<Round>, Trouble> {
    let reader = Reader::new(view, id.0);
    let mut reasons = Reasons::read(reader)?;
    let Some(seen) = seen(view, id, &mut reasons)? else { return Ok(None) };
    let round = Round {
        findings: finding::read(reader, &mut reasons)?,
        unjudged: finding::read_unjudged(reader, &mut reasons)?,
        settled: settled::read(reader, &mut reasons)?,
        plan: plan::read(reader)?,
        ..seen
    };
    reasons.all_taken()?;
    Ok(Some(round))
}

fn load_seen(view: &Connection, id: RoundId) -> Result<Option<Round>, Trouble> {
    seen(view, id, &mut Reasons::default())
}

/// What was seen and said; assets take their reasons.
fn seen(view: &Connection, id: RoundId, reasons: &mut Reasons) -> Result<Option<Round>, Trouble> {
    let head = view.query_row(SELECT_ROUND, [id.0], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, String>(2)?, row.get::<_, i64>(3)?))
    });
    let Some((run_at, as_of, program, not_allowed)) = head.optional()? else { return Ok(None) };
    let not_allowed = u64::try_from(not_allowed)
        .map_err(|_| Trouble::Damaged(Place { table: "round", column: "values_not_allowed" }))?;
    let reader = Reader::new(view, id.0);
    let (observations, refused) = observation::read(reader)?;
    Ok(Some(Round {
        run_at: Timestamp::from_nanoseconds(run_at),
        as_of: Timestamp::from_nanoseconds(as_of),
        program,
        coverage: coverage::read(reader, not_allowed.saturating_add(refused))?,
        observations,
        conversations: conversation::read(reader)?,
        statements: statement::read(reader)?,
        networks: coverage::read_networks(reader)?,
        assets: asset::read(reader, reasons)?,
        findings: Vec::new(),
        unjudged: Vec::new(),
        settled: Vec::new(),
        plan: Vec::new(),
        intelligence: coverage::read_intelligence(reader)?,
    }))
}

fn latest(connection: &Connection) -> Result<Option<RoundId>, Trouble> {
    let id: Option<i64> = connection.query_row(SELECT_LATEST, [], |row| row.get(0))?;
    Ok(id.map(RoundId))
}

fn list(connection: &Connection) -> Result<Vec<RoundHead>, Trouble> {
    let view = connection.unchecked_transaction()?;
    let mut heads = view.prepare(SELECT_HEADS)?;
    let mut sources = view.prepare(SELECT_SOURCES)?;
    let rows = heads.query_map([], |row| {
        let count = |column| row.get::<_, i64>(column).map(|count| u64::try_from(count).unwrap_or(0));
        let id: i64 = row.get(0)?;
        Ok(RoundHead {
            id: RoundId(id),
            run_at: Timestamp::from_nanoseconds(row.get(1)?),
            as_of: Timestamp::from_nanoseconds(row.get(2)?),
            sources: sources.query_map([id], |row| row.get(0))?.collect::<Result<_, _>>()?,
            assets: count(3)?,
            findings: count(4)?,
            judged_again_from: row.get::<_, Option<i64>>(5)?.map(RoundId),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
