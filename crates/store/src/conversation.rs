//! The table `conversation`, and `import_conversation`: who talked to whom, of a round and of one log.

use wardround_model::{Conversation, Evidence, Protocol, RolesKnownBy, Sighting, SourceIndex, Volume};

use crate::columns::{Columns, endpoint_cells, evidence_cells};
use crate::error::Trouble;
use crate::table::{Reader, Table, Writer, shown};

/// The table.
pub(crate) static TABLE: Table = Table {
    owner: "round_id",
    name: "conversation",
    key: &["position"],
    values: &[
        "id",
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
};

pub(crate) fn write(writer: Writer<'_>, all: &[Conversation]) -> Result<(), Trouble> {
    let mut table = writer.table(&TABLE)?;
    for (position, conversation) in all.iter().enumerate() {
        let [server_ip, transport, port] = endpoint_cells(Some(conversation.server));
        let [source, record, offset] = evidence_cells(conversation.first.evidence);
        table.row(&[
            position.into(),
            shown(conversation.id()),
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
    Ok(())
}

pub(crate) fn read(reader: Reader<'_>) -> Result<Vec<Conversation>, Trouble> {
    reader.list(&TABLE, read_row)
}

/// A row behind its position.
pub(crate) fn read_row(columns: &mut Columns<'_>) -> Result<Conversation, Trouble> {
    let _id = columns.id("C-")?;
    Ok(Conversation {
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
    })
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
        ])?;
    }
    Ok(())
}

/// What a log says.
pub(crate) fn read_of_import(reader: Reader<'_>) -> Result<Vec<Conversation>, Trouble> {
    reader.list(&OF_IMPORT, |columns| {
        Ok(Conversation {
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
        })
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
