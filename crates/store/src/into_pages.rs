//! From version 5 of the store to 6: the rows of a round into pages. Texts are moved as they are: what does not fit is found, as before,
//! when it is read, and keeps no other round from being moved.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};
use wardround_model::Digest;

use crate::error::Trouble;
use crate::lookup::{Entries, Lookup, key_of};
use crate::table::{Cell, Paged, Place, Writer};
use crate::view::{Zone, key_of_zones};
use crate::{asset, conversation, observation, reason, summary};

/// Every table whose rows stand in pages.
static ALL: &[&Paged] = &[
    &observation::TABLE,
    &conversation::TABLE,
    &asset::MAC,
    &asset::NAME,
    &asset::CLAIM,
    &asset::SERVICE,
    &asset::PRODUCT,
    &reason::REASON,
    &reason::GROUND,
    &reason::OF_CLAIM,
    &summary::PEER,
];

/// Moves what one round has.
pub(crate) fn move_round(connection: &Connection, round: i64) -> Result<(), Trouble> {
    let writer = Writer::new(connection, round);
    for table in ALL {
        move_rows(connection, writer, round, table)?;
    }
    look_up_observations(connection, writer, round)?;
    look_up_conversations(connection, writer, round)?;
    look_up_zones(connection, writer, round)
}

fn move_rows(
    connection: &Connection,
    writer: Writer<'_>,
    round: i64,
    paged: &'static Paged,
) -> Result<(), Trouble> {
    let table = &paged.0;
    let (columns, order) = (table.listed(), table.key.join(", "));
    let select = format!("SELECT {columns} FROM {}_5 WHERE round_id = ?1 ORDER BY {order}", table.name);
    let mut select = connection.prepare(&select)?;
    let width = select.column_count();
    let mut rows = select.query([round])?;
    let mut pages = writer.pages(paged)?;
    while let Some(row) = rows.next()? {
        let mut cells = Vec::with_capacity(width);
        for column in 0..width {
            cells.push(match row.get_ref(column)? {
                ValueRef::Null => Cell::Null,
                ValueRef::Integer(number) => Cell::Integer(number),
                ValueRef::Text(text) => {
                    Cell::Text(std::str::from_utf8(text).map_err(|_| Trouble::Damaged(table.place(column)))?)
                }
                ValueRef::Real(_) | ValueRef::Blob(_) => return Err(Trouble::Damaged(table.place(column))),
            });
        }
        pages.row(&cells)?;
    }
    pages.finish()
}

fn look_up_observations(connection: &Connection, writer: Writer<'_>, round: i64) -> Result<(), Trouble> {
    let (mut by_id, mut by_subject) = (Entries::default(), Entries::default());
    let mut select = connection.prepare(
        "SELECT position, id, coalesce(subject_id, mac, ip) FROM observation_5 WHERE round_id = ?1 ORDER BY position",
    )?;
    let mut rows = select.query([round])?;
    let mut latest = String::new();
    while let Some(row) = rows.next()? {
        let (position, id, thing): (usize, String, String) = (position_in(row, 0)?, row.get(1)?, row.get(2)?);
        add_id(&mut by_id, &id, position)?;
        if position == 0 || latest != thing {
            by_subject.add(key_of(&[&thing]), position)?;
            latest = thing;
        }
    }
    by_id.write(writer, Lookup::Observation)?;
    by_subject.write(writer, Lookup::Subject)
}

fn look_up_conversations(connection: &Connection, writer: Writer<'_>, round: i64) -> Result<(), Trouble> {
    let (mut by_id, mut by_host) = (Entries::default(), Entries::default());
    let mut select = connection
        .prepare("SELECT position, id, client_ip, server_ip FROM conversation_5 WHERE round_id = ?1")?;
    let mut rows = select.query([round])?;
    while let Some(row) = rows.next()? {
        let (position, id): (usize, String) = (position_in(row, 0)?, row.get(1)?);
        add_id(&mut by_id, &id, position)?;
        for column in [2, 3] {
            by_host.add(key_of(&[&row.get::<_, String>(column)?]), position)?;
        }
    }
    by_id.write(writer, Lookup::Conversation)?;
    by_host.write(writer, Lookup::Host)
}

fn look_up_zones(connection: &Connection, writer: Writer<'_>, round: i64) -> Result<(), Trouble> {
    let mut by_zones = Entries::default();
    let mut select = connection.prepare(
        "SELECT client_zone, server_zone, conversation_position FROM conversation_summary WHERE round_id = ?1",
    )?;
    let mut rows = select.query([round])?;
    while let Some(row) = rows.next()? {
        let zones = [row.get::<_, String>(0)?, row.get(1)?].map(|code| Zone::from_code(&code));
        if let [Some(client), Some(server)] = zones {
            by_zones.add(key_of_zones(client, server), position_in(row, 2)?)?;
        }
    }
    by_zones.write(writer, Lookup::Zones)
}

fn position_in(row: &Row<'_>, column: usize) -> Result<usize, Trouble> {
    let damaged = |_| Trouble::Damaged(Place { table: "round", column: "position" });
    usize::try_from(row.get::<_, i64>(column)?).map_err(damaged)
}

/// An id that is none leads nowhere: reading its row says that it is damaged.
fn add_id(entries: &mut Entries, id: &str, position: usize) -> Result<(), Trouble> {
    match id.get(2..).and_then(|digits| digits.parse::<Digest>().ok()) {
        Some(digest) => entries.add(digest.bits(), position),
        None => Ok(()),
    }
}
