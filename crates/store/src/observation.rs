//! The table `observation`, and `import_observation`: facts of a round, and of one list.
//!
//! Facts come back in through the allow-list, as they came in from the wire. An allow-list that has become stricter
//! since a round was saved therefore holds for that round too: a value that it masks further is read so, and one that
//! it lets through no longer is left out and counted among the values that were not allowed. The store is not changed.

use wardround_model::{
    AccountId, Digest, Evidence, Fact, FactKind, ListedId, ModelId, Observation, Sighting, SourceIndex,
    Subject, Transport,
};

use crate::columns::{Columns, endpoint_cells, evidence_cells, transport_from_code};
use crate::error::Trouble;
use crate::table::{Cell, Reader, Table, Writer, shown};

/// The table of facts of a round.
pub(crate) static TABLE: Table = Table {
    owner: "round_id",
    name: "observation",
    key: &["position"],
    values: &[
        "id",
        "subject_id",
        "mac",
        "ip",
        "transport",
        "port",
        "kind",
        "value",
        "evidence_source",
        "evidence_record",
        "evidence_offset",
        "first_at",
        "last_at",
        "count",
    ],
};

pub(crate) fn write(writer: Writer<'_>, all: &[Observation]) -> Result<(), Trouble> {
    let mut table = writer.table(&TABLE)?;
    for (position, observation) in all.iter().enumerate() {
        let [subject, mac, ip, transport, port] = subject_cells(observation.subject);
        let [source, record, offset] = evidence_cells(observation.first.evidence);
        table.row(&[
            position.into(),
            shown(observation.id()),
            subject,
            mac,
            ip,
            transport,
            port,
            observation.fact.kind().code().into(),
            observation.fact.value().into(),
            source,
            record,
            offset,
            observation.first.at.into(),
            observation.last.into(),
            observation.count.into(),
        ])?;
    }
    Ok(())
}

pub(crate) fn subject_cells(subject: Subject) -> [Cell<'static>; 5] {
    let none = || Cell::Null;
    match subject {
        Subject::Mac(mac) => [none(), shown(mac), none(), none(), none()],
        Subject::Ip(ip) => [none(), none(), shown(ip), none(), none()],
        Subject::Listed(_) | Subject::Account(_) | Subject::Model(_) => {
            [shown(subject), none(), none(), none(), none()]
        }
        Subject::Service(endpoint) => {
            let [ip, transport, port] = endpoint_cells(Some(endpoint));
            [none(), none(), ip, transport, port]
        }
    }
}

/// Facts of a list: the list itself is their only source.
static OF_IMPORT: Table = Table {
    owner: "import_id",
    name: "import_observation",
    key: &["position"],
    values: &[
        "subject_id",
        "mac",
        "ip",
        "transport",
        "port",
        "kind",
        "value",
        "record",
        "first_at",
        "last_at",
        "count",
    ],
};

/// Writes what a list says.
pub(crate) fn write_of_import(writer: Writer<'_>, all: &[Observation]) -> Result<(), Trouble> {
    let mut table = writer.table(&OF_IMPORT)?;
    for (position, observation) in all.iter().enumerate() {
        let [subject, mac, ip, transport, port] = subject_cells(observation.subject);
        let (kind, value) = (observation.fact.kind().code(), observation.fact.value());
        let (first, last) = (observation.first.at.into(), observation.last.into());
        let (record, count) = (observation.first.evidence.record.into(), observation.count.into());
        table.row(&[
            position.into(),
            subject,
            mac,
            ip,
            transport,
            port,
            kind.into(),
            value.into(),
            record,
            first,
            last,
            count,
        ])?;
    }
    Ok(())
}

/// What a list says, as far as the values are still allowed, and how many are not.
pub(crate) fn read_of_import(reader: Reader<'_>) -> Result<(Vec<Observation>, u64), Trouble> {
    allowed(reader.list(&OF_IMPORT, |columns| {
        let (subject, fact) = read_said(columns)?;
        let evidence = Evidence { source: SourceIndex(0), record: columns.number()?, offset: 0 };
        let first = Sighting { evidence, at: columns.moment()? };
        let (last, count) = (columns.moment()?, columns.number()?);
        Ok(fact.map(|fact| Observation { subject, fact, first, last, count }))
    })?)
}

/// The observations whose value is still allowed, and how many are not.
pub(crate) fn read(reader: Reader<'_>) -> Result<(Vec<Observation>, u64), Trouble> {
    allowed(reader.list(&TABLE, read_row)?)
}

fn allowed(rows: Vec<Option<Observation>>) -> Result<(Vec<Observation>, u64), Trouble> {
    let all = rows.len();
    let kept: Vec<Observation> = rows.into_iter().flatten().collect();
    let refused = u64::try_from(all - kept.len()).unwrap_or(u64::MAX);
    Ok((kept, refused))
}

/// A row behind its position; nothing where the value is no longer allowed.
pub(crate) fn read_row(columns: &mut Columns<'_>) -> Result<Option<Observation>, Trouble> {
    let _id = columns.id("O-")?;
    let (subject, fact) = read_said(columns)?;
    let first = columns.sighting()?;
    let (last, count) = (columns.moment()?, columns.number()?);
    Ok(fact.map(|fact| Observation { subject, fact, first, last, count }))
}

/// Subject, kind and value; no fact where the value is not allowed.
fn read_said(columns: &mut Columns<'_>) -> Result<(Subject, Option<Fact>), Trouble> {
    let subject = read_subject(columns)?;
    let kind = columns.code(FactKind::from_code)?;
    Ok((subject, Fact::new(kind, columns.str()?.as_bytes()).ok()))
}

fn read_subject(columns: &mut Columns<'_>) -> Result<Subject, Trouble> {
    let known = columns.maybe_code(subject_from_id)?;
    let mac = columns.maybe_shown()?;
    let ip = columns.maybe_shown()?;
    let transport: Option<Transport> = columns.maybe_code(transport_from_code)?;
    let port = columns.maybe_number()?;
    match (known, mac, ip, transport, port) {
        (Some(subject), None, None, None, None) => Ok(subject),
        (None, Some(mac), None, None, None) => Ok(Subject::Mac(mac)),
        (None, None, Some(ip), None, None) => Ok(Subject::Ip(ip)),
        (None, None, Some(ip), Some(transport), Some(port)) => {
            Ok(Subject::Service(wardround_model::Endpoint { ip, transport, port }))
        }
        _ => Err(columns.damaged()),
    }
}

/// The thing of a list, account or model with this id.
fn subject_from_id(text: &str) -> Option<Subject> {
    let digest = |prefix: &str| text.strip_prefix(prefix)?.parse::<Digest>().ok();
    let listed = digest("L-").map(|digest| Subject::Listed(ListedId(digest)));
    let account = || digest("U-").map(|digest| Subject::Account(AccountId(digest)));
    let model = || digest("M-").map(|digest| Subject::Model(ModelId(digest)));
    listed.or_else(account).or_else(model)
}
