//! The table `conversation`, and `import_conversation`: who talked to whom, of a round and of one log.

use std::net::IpAddr;

use wardround_model::{
    ActiveHours, Conversation, ConversationId, Evidence, Protocol, RolesKnownBy, Sighting, SourceIndex,
    Volume,
};

use crate::columns::{Columns, endpoint_cells, evidence_cells};
use crate::error::Trouble;
use crate::lookup::{Entries, From, Lookup, find, key_of};
use crate::table::{Cell, Paged, Reader, Table, Writer, shown};

/// The table.
pub(crate) static TABLE: Paged = Paged(Table {
    owner: "round_id",
    name: "conversation",
    key: &["position"],
    values: &[
        "client_ip",
        "server_ip",
        "transport",
        "port",
        "protocol",
        "roles_known_by",
        "connections",
        "already_open",
        "to_server_packets",
        "to_server_bytes",
        "to_client_packets",
        "to_client_bytes",
        "evidence_source",
        "evidence_record",
        "evidence_offset",
        "first_at",
        "last_at",
    ],
});

/// Their hours of the week, where they are more than those of the first packet and of the last.
pub(crate) static HOURS: Paged =
    Paged(Table { owner: "round_id", name: "active_hours", key: &["position"], values: &["hours"] });

pub(crate) fn write(writer: Writer<'_>, all: &[Conversation]) -> Result<(), Trouble> {
    write_rows(writer, all)?;
    let mut hours = writer.pages(&HOURS)?;
    for (position, conversation) in all.iter().enumerate() {
        if let Some(active) = conversation.active_beyond_its_ends() {
            hours.row(&[position.into(), Cell::Made(active.code())])?;
        }
    }
    hours.finish()?;
    write_lookups(writer, all)
}

fn write_rows(writer: Writer<'_>, all: &[Conversation]) -> Result<(), Trouble> {
    let mut table = writer.pages(&TABLE)?;
    for (position, conversation) in all.iter().enumerate() {
        let [server_ip, transport, port] = endpoint_cells(Some(conversation.server));
        let [source, record, offset] = evidence_cells(conversation.first.evidence);
        table.row(&[
            position.into(),
            shown(conversation.client),
            server_ip,
            transport,
            port,
            conversation.protocol.map(Protocol::code).into(),
            roles_code(conversation.roles).into(),
            conversation.connections.into(),
            conversation.already_open.into(),
            conversation.to_server.packets.into(),
            conversation.to_server.bytes.into(),
            conversation.to_client.packets.into(),
            conversation.to_client.bytes.into(),
            source,
            record,
            offset,
            conversation.first.at.into(),
            conversation.last.into(),
        ])?;
    }
    table.finish()
}

/// What conversations are looked up by.
pub(crate) fn write_lookups(writer: Writer<'_>, all: &[Conversation]) -> Result<(), Trouble> {
    let (mut by_id, mut by_host) = (Entries::default(), Entries::default());
    for (position, conversation) in all.iter().enumerate() {
        by_id.add(conversation.id().0.bits(), position)?;
        by_host.add(key_of_host(conversation.client), position)?;
        by_host.add(key_of_host(conversation.server.ip), position)?;
    }
    by_id.write(writer, Lookup::Conversation)?;
    by_host.write(writer, Lookup::Host)
}

/// The conversations of a round with this id, in their order.
pub(crate) fn of_id(reader: Reader<'_>, id: ConversationId) -> Result<Vec<Conversation>, Trouble> {
    let positions = find(reader, Lookup::Conversation, id.0.bits(), From::At(0), MOST_OF_ONE_ID)?;
    at(reader, &positions)
}

/// The conversations of a round at these positions, which ascend.
pub(crate) fn at(reader: Reader<'_>, positions: &[u64]) -> Result<Vec<Conversation>, Trouble> {
    let mut found = reader.each_at(&TABLE, positions, |columns| {
        let _position: u64 = columns.number()?;
        read_row(columns)
    })?;
    for (conversation, position) in found.iter_mut().zip(positions) {
        let position = usize::try_from(*position).unwrap_or(usize::MAX);
        for (_, hours) in reader.each_of(&HOURS, position, read_hours)? {
            conversation.active.join(hours);
        }
    }
    Ok(found)
}

/// The position of a conversation, and its hours.
fn read_hours(columns: &mut Columns<'_>) -> Result<(usize, ActiveHours), Trouble> {
    Ok((columns.number()?, columns.code(ActiveHours::from_code)?))
}

/// Rows with one id that are looked at: two digests can be made equal, and no more than that matters.
const MOST_OF_ONE_ID: usize = 16;

/// What the conversations of a host are looked up by.
pub(crate) fn key_of_host(ip: IpAddr) -> u64 {
    key_of(&[&ip.to_string()])
}

pub(crate) fn read(reader: Reader<'_>) -> Result<Vec<Conversation>, Trouble> {
    let mut all = reader.list(&TABLE, read_row)?;
    reader.each(&HOURS, |columns| {
        let (position, hours) = read_hours(columns)?;
        all.get_mut(position).ok_or_else(|| columns.damaged())?.active.join(hours);
        Ok(())
    })?;
    Ok(all)
}

/// A row behind its position, with the hours of its first packet and of its last.
pub(crate) fn read_row(columns: &mut Columns<'_>) -> Result<Conversation, Trouble> {
    let mut conversation = Conversation {
        client: columns.shown()?,
        server: columns.endpoint()?,
        protocol: columns.maybe_code(Protocol::from_code)?,
        roles: columns.code(roles_from_code)?,
        connections: columns.number()?,
        already_open: columns.number()?,
        to_server: read_volume(columns)?,
        to_client: read_volume(columns)?,
        first: columns.sighting()?,
        last: columns.moment()?,
        active: ActiveHours::NONE,
    };
    conversation.active = ActiveHours::of_ends(conversation.first.at, conversation.last);
    Ok(conversation)
}

/// Conversations of a log: the log itself is their only source.
static OF_IMPORT: Table = Table {
    owner: "import_id",
    name: "import_conversation",
    key: &["position"],
    values: &[
        "client_ip",
        "server_ip",
        "transport",
        "port",
        "protocol",
        "roles_known_by",
        "connections",
        "already_open",
        "to_server_packets",
        "to_server_bytes",
        "to_client_packets",
        "to_client_bytes",
        "record",
        "first_at",
        "last_at",
        "hours",
    ],
};

/// Writes what a log says.
pub(crate) fn write_of_import(writer: Writer<'_>, all: &[Conversation]) -> Result<(), Trouble> {
    let mut table = writer.table(&OF_IMPORT)?;
    for (position, conversation) in all.iter().enumerate() {
        let [server_ip, transport, port] = endpoint_cells(Some(conversation.server));
        table.row(&[
            position.into(),
            shown(conversation.client),
            server_ip,
            transport,
            port,
            conversation.protocol.map(Protocol::code).into(),
            roles_code(conversation.roles).into(),
            conversation.connections.into(),
            conversation.already_open.into(),
            conversation.to_server.packets.into(),
            conversation.to_server.bytes.into(),
            conversation.to_client.packets.into(),
            conversation.to_client.bytes.into(),
            conversation.first.evidence.record.into(),
            conversation.first.at.into(),
            conversation.last.into(),
            conversation.active_beyond_its_ends().map_or(Cell::Null, |active| Cell::Made(active.code())),
        ])?;
    }
    Ok(())
}

/// What a log says.
pub(crate) fn read_of_import(reader: Reader<'_>) -> Result<Vec<Conversation>, Trouble> {
    reader.list(&OF_IMPORT, |columns| {
        let mut conversation = Conversation {
            client: columns.shown()?,
            server: columns.endpoint()?,
            protocol: columns.maybe_code(Protocol::from_code)?,
            roles: columns.code(roles_from_code)?,
            connections: columns.number()?,
            already_open: columns.number()?,
            to_server: read_volume(columns)?,
            to_client: read_volume(columns)?,
            first: Sighting {
                evidence: Evidence { source: SourceIndex(0), record: columns.number()?, offset: 0 },
                at: columns.moment()?,
            },
            last: columns.moment()?,
            active: ActiveHours::NONE,
        };
        conversation.active = ActiveHours::of_ends(conversation.first.at, conversation.last);
        if let Some(hours) = columns.maybe_code(ActiveHours::from_code)? {
            conversation.active.join(hours);
        }
        Ok(conversation)
    })
}

fn read_volume(columns: &mut Columns<'_>) -> Result<Volume, Trouble> {
    Ok(Volume { packets: columns.number()?, bytes: columns.number()? })
}

fn roles_code(roles: RolesKnownBy) -> &'static str {
    match roles {
        RolesKnownBy::Protocol => "protocol",
        RolesKnownBy::Ports => "ports",
    }
}

fn roles_from_code(code: &str) -> Option<RolesKnownBy> {
    [RolesKnownBy::Protocol, RolesKnownBy::Ports].into_iter().find(|roles| roles_code(*roles) == code)
}
