//! The table `conversation`.

use wardround_model::{Conversation, Protocol, RolesKnownBy, Volume};

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
