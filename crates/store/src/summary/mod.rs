//! What pages over a round need at once (`summary.sql`), made from the round in the transaction that saves it, and for rounds
//! of an earlier version when their store is brought up to date.

mod assets;
mod changes;
mod conversations;
mod findings;

use std::collections::BTreeMap;
use std::net::IpAddr;

use rusqlite::Connection;
use wardround_model::{AssetId, Conversation, Decision, Protocol, Role, Round, Says, Statement};

pub(crate) use changes::{Changed, Differences, between};
pub(crate) use conversations::{HOURS, PEER};

use crate::error::Trouble;
use crate::table::Writer;

const INSERT: &str = "
    INSERT INTO round_summary (round_id, assets, from_afar, act, attend, track_star, track, unjudged, settled, observations,
                               conversations, recognised, clinical, encrypted, one_way, unanswered, already_open,
                               compared_with, new, still, fixed, not_seen_again, asset_not_seen)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)";
const SELECT_BEFORE: &str = "SELECT max(id) FROM round WHERE id < ?1";
const SELECT_WITHOUT: &str = "
    SELECT id FROM round WHERE NOT EXISTS (SELECT 1 FROM round_summary WHERE round_id = round.id) ORDER BY id";

/// Rounds that were saved before there were summaries.
pub(crate) fn rounds_without(connection: &Connection) -> Result<Vec<i64>, Trouble> {
    let mut select = connection.prepare(SELECT_WITHOUT)?;
    let ids = select.query_map([], |row| row.get(0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

/// Writes the summary of a round whose other tables are written already.
pub(crate) fn write(connection: &Connection, id: i64, round: &Round) -> Result<(), Trouble> {
    let writer = Writer::new(connection, id);
    let places = Places::of(round);
    let peers = conversations::write(writer, round, &places)?;
    assets::write(writer, round, &places, &peers)?;
    findings::write(writer, round, &places)?;
    let before: Option<i64> = connection.query_row(SELECT_BEFORE, [id], |row| row.get(0))?;
    let changes = match before {
        Some(before) => changes::write(connection, before, id)?,
        None => [0; 5],
    };
    write_counts(connection, id, round, before, changes)
}

const UPDATE_COMPARED: &str = "
    UPDATE round_summary SET compared_with = ?2, new = ?3, still = ?4, fixed = ?5, not_seen_again = ?6, asset_not_seen = ?7
    WHERE round_id = ?1";

/// Compares a round anew with the one before it, since the one that it was compared with is there no more.
pub(crate) fn compare_anew(connection: &Connection, id: i64) -> Result<(), Trouble> {
    connection.execute("DELETE FROM asset_change WHERE round_id = ?1", [id])?;
    connection.execute("DELETE FROM finding_change WHERE round_id = ?1", [id])?;
    let before: Option<i64> = connection.query_row(SELECT_BEFORE, [id], |row| row.get(0))?;
    let [new, still, fixed, not_seen_again, asset_not_seen] = match before {
        Some(before) => changes::write(connection, before, id)?,
        None => [0; 5],
    };
    let counts = (id, before, new, still, fixed, not_seen_again, asset_not_seen);
    connection.execute(UPDATE_COMPARED, counts)?;
    Ok(())
}

fn write_counts(
    connection: &Connection,
    id: i64,
    round: &Round,
    before: Option<i64>,
    [new, still, fixed, not_seen_again, asset_not_seen]: changes::Counts,
) -> Result<(), Trouble> {
    let talks = |wanted: fn(&Conversation) -> bool| {
        size(round.conversations.iter().filter(|conversation| wanted(conversation)).count())
    };
    let decided = |decision| {
        size(round.findings.iter().filter(|finding| finding.judgement.decision == decision).count())
    };
    let open = round.conversations.iter().fold(0_u64, |sum, it| sum.saturating_add(it.already_open));
    connection.execute(
        INSERT,
        rusqlite::params![
            id,
            size(round.assets.len()),
            size(round.assets.iter().filter(|asset| !asset.seen_directly).count()),
            decided(Decision::Act),
            decided(Decision::Attend),
            decided(Decision::TrackStar),
            decided(Decision::Track),
            size(round.unjudged.len()),
            size(round.settled.len()),
            size(round.observations.len()),
            size(round.conversations.len()),
            talks(|it| it.protocol.is_some()),
            talks(is_clinical),
            talks(|it| matches!(it.protocol, Some(Protocol::Tls | Protocol::Ssh))),
            talks(Conversation::is_one_way),
            talks(Conversation::is_unanswered),
            i64::try_from(open).unwrap_or(i64::MAX),
            before,
            new,
            still,
            fixed,
            not_seen_again,
            asset_not_seen,
        ],
    )?;
    Ok(())
}

/// Where a round has what: the first of several where an id or an address is not the only one.
struct Places {
    assets: BTreeMap<AssetId, usize>,
    ips: BTreeMap<IpAddr, usize>,
    owners: Vec<Role>,
}

impl Places {
    fn of(round: &Round) -> Self {
        let (mut assets, mut ips) = (BTreeMap::new(), BTreeMap::new());
        for (position, asset) in round.assets.iter().enumerate() {
            assets.entry(asset.id).or_insert(position);
            for ip in &asset.ips {
                ips.entry(*ip).or_insert(position);
            }
        }
        let said = owners_said(round);
        let owner = |asset: &wardround_model::Asset| {
            said.get(&asset.id).map_or_else(|| Role::of(asset.class.value), |(_, role)| *role)
        };
        Self { assets, ips, owners: round.assets.iter().map(owner).collect() }
    }

    /// Who looks after the asset at this position.
    fn owner(&self, asset: Option<usize>) -> Role {
        asset.and_then(|position| self.owners.get(position)).copied().unwrap_or(Role::Unknown)
    }
}

/// What people had said of who looks after what: the latest that held.
fn owners_said(round: &Round) -> BTreeMap<AssetId, (&Statement, Role)> {
    let mut said: BTreeMap<AssetId, (&Statement, Role)> = BTreeMap::new();
    for statement in round.statements.iter().filter(|statement| statement.holds_at(round.as_of)) {
        let Says::Owner(role) = statement.says else { continue };
        let held = said.get(&statement.asset).map(|(held, _)| (held.at, held.id));
        if held.is_none_or(|held| held <= (statement.at, statement.id)) {
            said.insert(statement.asset, (statement, role));
        }
    }
    said
}

fn is_clinical(conversation: &Conversation) -> bool {
    conversation.protocol.is_some_and(Protocol::is_clinical)
}

/// How urgent: 0 for nothing, then as [`Decision::ALL`] counts from 1.
pub(crate) fn rank(decision: Option<Decision>) -> usize {
    decision.map_or(0, |decision| Decision::ALL.iter().take_while(|other| **other < decision).count() + 1)
}

fn size(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}
