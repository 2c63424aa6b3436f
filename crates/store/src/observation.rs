//! The table `observation`, and `import_observation`: facts of a round, and of one list.
//!
//! Facts come back in through the allow-list, as they came in from the wire. An allow-list that has become stricter
//! since a round was saved therefore holds for that round too: a value that it masks further is read so, and one that
//! it lets through no longer is left out and counted among the values that were not allowed. The store is not changed.

use wardround_model::{
    AccountId, Digest, Evidence, Fact, FactKind, ListedId, ModelId, Observation, ObservationId, Sighting,
    SourceIndex, Subject, Timestamp, Transport,
};

use crate::columns::{Columns, endpoint_cells, evidence_cells, transport_from_code};
use crate::error::Trouble;
use crate::lookup::{Entries, From, Lookup, find, key_of};
use crate::table::{Cell, Paged, Reader, Table, Writer, shown};

/// The table of facts of a round.
pub(crate) static TABLE: Paged = Paged(Table {
    owner: "round_id",
    name: "observation",
    key: &["position"],
    values: &[
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
});

pub(crate) fn write(writer: Writer<'_>, all: &[Observation]) -> Result<(), Trouble> {
    let mut table = writer.pages(&TABLE)?;
    let mut told = None;
    for (position, observation) in all.iter().enumerate() {
        // What several facts are about is written out once.
        let of = match told.take() {
            Some((subject, cells)) if subject == observation.subject => cells,
            _ => subject_cells(observation.subject),
        };
        let [subject, mac, ip, transport, port] = of.each_ref().map(Cell::again);
        let [source, record, offset] = evidence_cells(observation.first.evidence);
        table.row(&[
            position.into(),
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
        told = Some((observation.subject, of));
    }
    table.finish()?;
    write_lookups(writer, all)
}

/// What facts are looked up by: their ids, and what they are about. Those of one card, host or thing mostly stand together, and have
/// one entry then.
pub(crate) fn write_lookups(writer: Writer<'_>, all: &[Observation]) -> Result<(), Trouble> {
    let (mut by_id, mut by_subject) = (Entries::default(), Entries::default());
    let mut latest = None;
    for (position, observation) in all.iter().enumerate() {
        by_id.add(observation.id().0.bits(), position)?;
        let thing = whole(observation.subject);
        if latest.replace(thing) != Some(thing) {
            by_subject.add(key_of_subject(thing), position)?;
        }
    }
    by_id.write(writer, Lookup::Observation)?;
    by_subject.write(writer, Lookup::Subject)
}

/// The host of a service; otherwise the same.
fn whole(subject: Subject) -> Subject {
    subject.service().map_or(subject, |service| Subject::Ip(service.ip))
}

fn key_of_subject(thing: Subject) -> u64 {
    key_of(&[&thing.to_string()])
}

/// Positions with one key that are looked at: keys can be made equal, and no more than that matters.
const MOST_OF_ONE_KEY: usize = 4_096;

/// A row as it was written, whatever the allow-list lets through today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AsWritten {
    pub(crate) subject: Subject,
    pub(crate) kind: FactKind,
    pub(crate) value: String,
    pub(crate) first: Sighting,
    pub(crate) last: Timestamp,
    pub(crate) count: u64,
}

impl AsWritten {
    /// A row behind its position.
    fn read(columns: &mut Columns<'_>) -> Result<Self, Trouble> {
        let (subject, kind, value) =
            (read_subject(columns)?, columns.code(FactKind::from_code)?, columns.text()?);
        let first = columns.sighting()?;
        Ok(Self { subject, kind, value, first, last: columns.moment()?, count: columns.number()? })
    }

    /// The fact, where its value is still allowed.
    pub(crate) fn allowed(self) -> Option<Observation> {
        let Self { subject, kind, value, first, last, count } = self;
        let fact = Fact::new(kind, value.as_bytes()).ok()?;
        Some(Observation { subject, fact, first, last, count })
    }
}

/// The rows of a round that are about this card, thing or host (with its services) and are wanted, in their order, at most so many.
pub(crate) fn about(
    reader: Reader<'_>,
    subject: Subject,
    most: usize,
    wanted: impl Fn(&AsWritten) -> bool,
) -> Result<Vec<AsWritten>, Trouble> {
    let thing = whole(subject);
    let mut rows = Vec::new();
    for first in find(reader, Lookup::Subject, key_of_subject(thing), From::At(0), MOST_OF_ONE_KEY)? {
        reader.each_from(&TABLE, first, |columns| {
            let row = AsWritten::read(columns)?;
            let goes_on = whole(row.subject) == thing && rows.len() < most;
            if goes_on && wanted(&row) {
                rows.push(row);
            }
            Ok(goes_on)
        })?;
    }
    Ok(rows)
}

/// The rows of a round with this id, in their order.
pub(crate) fn of_id(reader: Reader<'_>, id: ObservationId) -> Result<Vec<AsWritten>, Trouble> {
    let positions = find(reader, Lookup::Observation, id.0.bits(), From::At(0), MOST_OF_ONE_KEY)?;
    reader.each_at(&TABLE, &positions, |columns| {
        let _position: u64 = columns.number()?;
        AsWritten::read(columns)
    })
}

/// The facts of this kind, as far as their values are still allowed, without reading pages that have none.
pub(crate) fn of_kind(reader: Reader<'_>, kind: FactKind) -> Result<Vec<Observation>, Trouble> {
    let mut facts = Vec::new();
    reader.each_in(&TABLE, ("kind", kind.code()), |columns| {
        let _position: u64 = columns.number()?;
        let row = AsWritten::read(columns)?;
        facts.extend(Some(row).filter(|row| row.kind == kind).and_then(AsWritten::allowed));
        Ok(())
    })?;
    Ok(facts)
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
