//! The table `observation`.
//!
//! Facts come back in through the allow-list, as they came in from the wire. An allow-list that has become stricter
//! since a round was saved therefore holds for that round too: a value that it masks further is read so, and one that
//! it lets through no longer is left out and counted among the values that were not allowed. The store is not changed.

use wardround_model::{Fact, FactKind, Observation, Subject, Transport};

use crate::columns::{Columns, endpoint_cells, evidence_cells, transport_from_code};
use crate::error::Trouble;
use crate::table::{Cell, Reader, Table, Writer, shown};

static OBSERVATION: Table = Table {
    name: "observation",
    key: &["position"],
    values: &[
        "id",
        "mac",
        "ip",
        "transport",
        "port",
        "kind",
        "value",
        "evidence_source",
        "evidence_packet",
        "evidence_offset",
        "first_at",
        "last_at",
        "count",
    ],
};

pub(crate) fn write(writer: Writer<'_>, all: &[Observation]) -> Result<(), Trouble> {
    let mut table = writer.table(&OBSERVATION)?;
    for (position, observation) in all.iter().enumerate() {
        let [mac, ip, transport, port] = subject_cells(observation.subject);
        let [source, packet, offset] = evidence_cells(observation.first.evidence);
        table.row(&[
            position.into(),
            shown(observation.id()),
            mac,
            ip,
            transport,
            port,
            observation.fact.kind().code().into(),
            observation.fact.value().into(),
            source,
            packet,
            offset,
            observation.first.at.into(),
            observation.last.into(),
            observation.count.into(),
        ])?;
    }
    Ok(())
}

fn subject_cells(subject: Subject) -> [Cell<'static>; 4] {
    match subject {
        Subject::Mac(mac) => [shown(mac), Cell::Null, Cell::Null, Cell::Null],
        Subject::Ip(ip) => [Cell::Null, shown(ip), Cell::Null, Cell::Null],
        Subject::Listed(_) | Subject::Account(_) | Subject::Model(_) => {
            [Cell::Null, Cell::Null, Cell::Null, Cell::Null]
        }
        Subject::Service(endpoint) => {
            let [ip, transport, port] = endpoint_cells(Some(endpoint));
            [Cell::Null, ip, transport, port]
        }
    }
}

/// The observations whose value is still allowed, and how many are not.
pub(crate) fn read(reader: Reader<'_>) -> Result<(Vec<Observation>, u64), Trouble> {
    let rows = reader.list(&OBSERVATION, read_row)?;
    let all = rows.len();
    let kept: Vec<Observation> = rows.into_iter().flatten().collect();
    let refused = u64::try_from(all - kept.len()).unwrap_or(u64::MAX);
    Ok((kept, refused))
}

fn read_row(columns: &mut Columns<'_>) -> Result<Option<Observation>, Trouble> {
    let _id = columns.id("O-")?;
    let subject = read_subject(columns)?;
    let kind = columns.code(FactKind::from_code)?;
    let fact = Fact::new(kind, columns.str()?.as_bytes());
    let first = columns.sighting()?;
    let (last, count) = (columns.moment()?, columns.number()?);
    Ok(fact.ok().map(|fact| Observation { subject, fact, first, last, count }))
}

fn read_subject(columns: &mut Columns<'_>) -> Result<Subject, Trouble> {
    let mac = columns.maybe_shown()?;
    let ip = columns.maybe_shown()?;
    let transport: Option<Transport> = columns.maybe_code(transport_from_code)?;
    let port = columns.maybe_number()?;
    match (mac, ip, transport, port) {
        (Some(mac), None, None, None) => Ok(Subject::Mac(mac)),
        (None, Some(ip), None, None) => Ok(Subject::Ip(ip)),
        (None, Some(ip), Some(transport), Some(port)) => {
            Ok(Subject::Service(wardround_model::Endpoint { ip, transport, port }))
        }
        _ => Err(columns.damaged()),
    }
}
