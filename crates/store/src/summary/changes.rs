//! What is different between two rounds, found by their rows: the same that `wardround_remedy::diff` says of the whole rounds.

use rusqlite::Connection;
use wardround_model::{AssetChange, AssetId, Decision, FactKind, FindingChange, FindingId};
use wardround_remedy::{Again, shows_another_value};

use crate::columns::Columns;
use crate::error::Trouble;
use crate::table::{Table, Writer, shown};

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
static PROOF: Table = Table {
    owner: "round_id",
    name: "observation",
    key: &["position"],
    values: &["kind", "any", "same", "since"],
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
/// For each fact of the round `?1` that its finding at `?2` rests on: its kind, and of the same property of that thing, told
/// by the same kind of source, whether the round `?3` saw it again, with that value, and no earlier. Of facts with one id
/// the first counts.
const PROOFS: &str = "
    SELECT seen.kind, count(later.position), coalesce(max(later.value = seen.value), 0),
           coalesce(max(later.last_at >= seen.last_at), 0)
    FROM (SELECT DISTINCT ground.observation_id AS id
          FROM reasons_of_finding AS why
          CROSS JOIN ground ON ground.round_id = why.round_id AND ground.list = why.weakness_list
          WHERE why.round_id = ?1 AND why.finding_position = ?2 AND ground.observation_id IS NOT NULL) AS proof
    CROSS JOIN observation AS seen ON seen.round_id = ?1
         AND seen.position = (SELECT min(position) FROM observation INDEXED BY observation_of_id
                              WHERE round_id = ?1 AND id = proof.id)
    LEFT JOIN observation AS later INDEXED BY observation_of_subject ON later.round_id = ?3
         AND later.ip IS seen.ip AND later.mac IS seen.mac AND later.subject_id IS seen.subject_id
         AND later.transport IS seen.transport AND later.port IS seen.port AND later.kind = seen.kind
         AND (SELECT kind FROM source WHERE round_id = ?3 AND position = later.evidence_source)
             IS (SELECT kind FROM source WHERE round_id = ?1 AND position = seen.evidence_source)
    GROUP BY seen.position";
/// Whether the finding at `?2` also rests on traffic, of which a later look may simply have seen less.
const ON_TRAFFIC: &str = "
    SELECT EXISTS (SELECT 1 FROM reasons_of_finding AS why
                   CROSS JOIN ground ON ground.round_id = why.round_id AND ground.list = why.weakness_list
                   WHERE why.round_id = ?1 AND why.finding_position = ?2 AND ground.conversation_id IS NOT NULL)";

/// What is different between an earlier round and a later one.
pub(crate) fn between(connection: &Connection, before: i64, after: i64) -> Result<Differences, Trouble> {
    let mut findings = findings_of_one(connection, after, before, |_| Ok(FindingChange::New))?;
    let mut proofs = connection.prepare_cached(PROOFS)?;
    let mut on_traffic = connection.prepare_cached(ON_TRAFFIC)?;
    let mut has_asset = connection.prepare_cached(HAS_ASSET)?;
    let mut gone = findings_of_one(connection, before, after, |changed| {
        if !has_asset.query_row((changed.asset.to_string(), after), |row| row.get::<_, bool>(0))? {
            return Ok(FindingChange::AssetNotSeen);
        }
        if on_traffic.query_row((before, changed.position), |row| row.get::<_, bool>(0))? {
            return Ok(FindingChange::NotSeenAgain);
        }
        let mut shown = proofs.query((before, changed.position, after))?;
        let mut looks = Vec::new();
        while let Some(row) = shown.next()? {
            let mut columns = Columns::new(row, &PROOF);
            let kind = columns.code(FactKind::from_code)?;
            let mut is = || Ok::<bool, Trouble>(columns.number::<i64>()? > 0);
            looks.push(Again { kind, any: is()?, same: is()?, since: is()? });
        }
        Ok(if shows_another_value(looks) { FindingChange::Fixed } else { FindingChange::NotSeenAgain })
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
