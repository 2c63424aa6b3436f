//! What is different between two rounds, found by their rows: the same that `wardround_remedy::diff` says of the whole rounds.

use std::collections::{BTreeSet, HashMap};

use rusqlite::Connection;
use wardround_model::{AssetChange, AssetId, Decision, FindingChange, FindingId, Ground, Subject};
use wardround_remedy::{Again, shows_another_value};

use crate::columns::Columns;
use crate::coverage;
use crate::error::Trouble;
use crate::observation::{self, AsWritten};
use crate::reason::grounds_of_weakness;
use crate::table::{Reader, Table, Writer, shown};

/// What is different between two rounds.
pub(crate) struct Differences {
    /// Assets by what became of them, then in order.
    pub(crate) assets: Vec<(AssetChange, AssetId)>,
    /// Findings by what became of them, then in their round's order.
    pub(crate) findings: Vec<Changed>,
    /// Findings that both have, as the earlier round counts them.
    pub(crate) still: i64,
}

/// How many findings became what, in the order of [`FindingChange::ALL`].
pub(crate) type Counts = [i64; 5];

impl Differences {
    /// How many findings became what.
    pub(crate) fn counts(&self) -> Counts {
        let count = |change| self.findings.iter().filter(|changed| changed.change == change).count();
        let [new, _, fixed, not_seen_again, asset_not_seen] = [
            FindingChange::New,
            FindingChange::Still,
            FindingChange::Fixed,
            FindingChange::NotSeenAgain,
            FindingChange::AssetNotSeen,
        ]
        .map(|change| i64::try_from(count(change)).unwrap_or(i64::MAX));
        [new, self.still, fixed, not_seen_again, asset_not_seen]
    }
}

/// A finding that only one of two rounds has.
pub(crate) struct Changed {
    pub(crate) change: FindingChange,
    pub(crate) position: i64,
    pub(crate) id: FindingId,
    pub(crate) asset: AssetId,
    pub(crate) title: String,
    pub(crate) decision: Decision,
}

static FINDING: Table = Table {
    owner: "round_id",
    name: "finding",
    key: &["position"],
    values: &["id", "asset_id", "title", "decision"],
};
static ASSET: Table = Table { owner: "round_id", name: "asset", key: &["id"], values: &[] };

/// Findings of the round `?1` whose id the round `?2` does not have.
const FINDINGS_OF_ONE: &str = "
    SELECT position, id, asset_id, title, decision FROM finding AS one
    WHERE round_id = ?1 AND NOT EXISTS (SELECT 1 FROM finding AS other WHERE other.id = one.id AND other.round_id = ?2)
    ORDER BY position";
/// Assets of the round `?1` whose id the round `?2` does not have.
const ASSETS_OF_ONE: &str = "
    SELECT DISTINCT id FROM asset AS one
    WHERE round_id = ?1 AND NOT EXISTS (SELECT 1 FROM asset AS other WHERE other.id = one.id AND other.round_id = ?2)
    ORDER BY id";
const COUNT_FINDINGS: &str = "SELECT count(*) FROM finding WHERE round_id = ?1";
const HAS_ASSET: &str = "SELECT EXISTS (SELECT 1 FROM asset WHERE id = ?1 AND round_id = ?2)";
/// What is different between an earlier round and a later one.
pub(crate) fn between(connection: &Connection, before: i64, after: i64) -> Result<Differences, Trouble> {
    let mut findings = findings_of_one(connection, after, before, |_| Ok(FindingChange::New))?;
    let mut proofs = Proofs::of(connection, before, after)?;
    let mut has_asset = connection.prepare_cached(HAS_ASSET)?;
    let mut gone = findings_of_one(connection, before, after, |changed| {
        if !has_asset.query_row((changed.asset.to_string(), after), |row| row.get::<_, bool>(0))? {
            return Ok(FindingChange::AssetNotSeen);
        }
        proofs.change(changed.position)
    })?;
    gone.sort_by_key(|changed| changed.change);
    let all: i64 = connection.query_row(COUNT_FINDINGS, [before], |row| row.get(0))?;
    let still = all.saturating_sub(i64::try_from(gone.len()).unwrap_or(i64::MAX));
    findings.append(&mut gone);
    let new = assets_of_one(connection, after, before)?;
    let not_seen = assets_of_one(connection, before, after)?;
    let assets = new.into_iter().map(|id| (AssetChange::New, id));
    let assets = assets.chain(not_seen.into_iter().map(|id| (AssetChange::NotSeen, id))).collect();
    Ok(Differences { assets, findings, still })
}

/// What findings of an earlier round rest on, held against a later round.
struct Proofs<'c> {
    before: Reader<'c>,
    after: Reader<'c>,
    /// What kind each source of the two rounds is.
    kinds_before: Vec<String>,
    kinds_after: Vec<String>,
    /// What the later round knows of things that were asked for.
    known: HashMap<Subject, Vec<AsWritten>>,
}

/// Rows of the later round that are kept at hand, and the most that are looked at of one thing.
const MOST_KNOWN: usize = 16_384;

impl<'c> Proofs<'c> {
    fn of(connection: &'c Connection, before: i64, after: i64) -> Result<Self, Trouble> {
        let (before, after) = (Reader::new(connection, before), Reader::new(connection, after));
        let (kinds_before, kinds_after) = (coverage::source_kinds(before)?, coverage::source_kinds(after)?);
        Ok(Self { before, after, kinds_before, kinds_after, known: HashMap::new() })
    }

    /// What became of the finding at this position of the earlier round, whose asset was seen again.
    fn change(&mut self, finding: i64) -> Result<FindingChange, Trouble> {
        let mut seen = BTreeSet::new();
        for ground in grounds_of_weakness(self.before, usize::try_from(finding).unwrap_or(usize::MAX))? {
            match ground {
                Ground::Observation(id) => drop(seen.insert(id)),
                // A later look may simply have seen less traffic.
                Ground::Conversation(_) => return Ok(FindingChange::NotSeenAgain),
                Ground::Statement(_) => {}
            }
        }
        let mut looks = Vec::new();
        for id in seen {
            // Of facts with one id the first counts.
            if let Some(seen) = observation::of_id(self.before, id)?.into_iter().next() {
                looks.push(self.again(&seen)?);
            }
        }
        Ok(if shows_another_value(looks) { FindingChange::Fixed } else { FindingChange::NotSeenAgain })
    }

    /// Of the same property of that thing, told by the same kind of source: whether the later round saw it again, with that value,
    /// and no earlier.
    fn again(&mut self, seen: &AsWritten) -> Result<Again, Trouble> {
        let told_by = source_kind(&self.kinds_before, seen);
        let known = known_of(&mut self.known, self.after, seen.subject)?;
        let later = known.iter().filter(|later| later.subject == seen.subject && later.kind == seen.kind);
        let later = later.filter(|later| source_kind(&self.kinds_after, later) == told_by);
        Ok(Again {
            kind: seen.kind,
            any: later.clone().next().is_some(),
            same: later.clone().any(|later| later.value == seen.value),
            since: later.clone().any(|later| later.last >= seen.last),
        })
    }
}

/// What a round knows of this thing.
fn known_of<'k>(
    known: &'k mut HashMap<Subject, Vec<AsWritten>>,
    round: Reader<'_>,
    subject: Subject,
) -> Result<&'k [AsWritten], Trouble> {
    if !known.contains_key(&subject) {
        if known.values().map(Vec::len).sum::<usize>() > MOST_KNOWN {
            known.clear();
        }
        let rows = observation::about(round, subject, MOST_KNOWN, |row| row.subject == subject)?;
        known.insert(subject, rows);
    }
    Ok(known.get(&subject).map(Vec::as_slice).unwrap_or_default())
}

fn source_kind<'k>(kinds: &'k [String], row: &AsWritten) -> Option<&'k str> {
    kinds.get(usize::from(row.first.evidence.source.0)).map(String::as_str)
}

fn findings_of_one(
    connection: &Connection,
    one: i64,
    other: i64,
    mut change: impl FnMut(&Changed) -> Result<FindingChange, Trouble>,
) -> Result<Vec<Changed>, Trouble> {
    let mut select = connection.prepare_cached(FINDINGS_OF_ONE)?;
    let mut rows = select.query((one, other))?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let mut columns = Columns::new(row, &FINDING);
        let mut changed = Changed {
            change: FindingChange::New,
            position: columns.number()?,
            id: FindingId(columns.id("F-")?),
            asset: AssetId(columns.id("A-")?),
            title: columns.text()?,
            decision: columns.code(Decision::from_code)?,
        };
        changed.change = change(&changed)?;
        all.push(changed);
    }
    Ok(all)
}

fn assets_of_one(connection: &Connection, one: i64, other: i64) -> Result<Vec<AssetId>, Trouble> {
    let mut select = connection.prepare_cached(ASSETS_OF_ONE)?;
    let mut rows = select.query((one, other))?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(AssetId(Columns::new(row, &ASSET).id("A-")?));
    }
    Ok(all)
}

static ASSET_CHANGE: Table =
    Table { owner: "round_id", name: "asset_change", key: &["change", "position"], values: &["asset_id"] };
static FINDING_CHANGE: Table = Table {
    owner: "round_id",
    name: "finding_change",
    key: &["change", "position"],
    values: &["finding_id", "asset_id", "title", "decision"],
};

/// Keeps what is different from the round before, and returns how many findings became what.
pub(super) fn write(connection: &Connection, before: i64, after: i64) -> Result<Counts, Trouble> {
    let gone = between(connection, before, after)?;
    let writer = Writer::new(connection, after);
    let mut assets = writer.table(&ASSET_CHANGE)?;
    for (position, (change, id)) in gone.assets.iter().enumerate() {
        assets.row(&[change.code().into(), position.into(), shown(id)])?;
    }
    let mut findings = writer.table(&FINDING_CHANGE)?;
    for (position, changed) in gone.findings.iter().enumerate() {
        findings.row(&[
            changed.change.code().into(),
            position.into(),
            shown(changed.id),
            shown(changed.asset),
            (&changed.title).into(),
            changed.decision.code().into(),
        ])?;
    }
    Ok(gone.counts())
}
