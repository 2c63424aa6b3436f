//! Tables of coverage: `source`, `interface`, `skip`, `intelligence_source`, `network`.

use wardround_model::{Coverage, IntelligenceSource, Network, Skip, SkipReason, Source, SourceKind};

use crate::columns::evidence_cells;
use crate::error::Trouble;
use crate::table::{Reader, Table, Writer};

static SOURCE: Table = Table {
    owner: "round_id",
    name: "source",
    key: &["position"],
    values: &["name", "bytes", "records", "first_at", "last_at", "ended_early", "kind"],
};
static INTERFACE: Table =
    Table { owner: "round_id", name: "interface", key: &["source_position", "position"], values: &["name"] };
static SKIP: Table = Table {
    owner: "round_id",
    name: "skip",
    key: &["position"],
    values: &["reason", "count", "evidence_source", "evidence_record", "evidence_offset"],
};
static INTELLIGENCE_SOURCE: Table = Table {
    owner: "round_id",
    name: "intelligence_source",
    key: &["position"],
    values: &["name", "records", "as_of"],
};
static NETWORK: Table = Table {
    owner: "round_id",
    name: "network",
    key: &["position"],
    values: &["prefix", "seen_directly", "seen_from_afar"],
};

/// Writes all but `values_not_allowed`, which stands in the round's own row.
pub(crate) fn write(writer: Writer<'_>, coverage: &Coverage) -> Result<(), Trouble> {
    write_sources(writer, &coverage.sources)?;
    let mut skips = writer.table(&SKIP)?;
    for (position, skip) in coverage.skipped.iter().enumerate() {
        let [source, record, offset] = evidence_cells(skip.first);
        skips.row(&[
            position.into(),
            skip.reason.code().into(),
            skip.count.into(),
            source,
            record,
            offset,
        ])?;
    }
    Ok(())
}

fn write_sources(writer: Writer<'_>, all: &[Source]) -> Result<(), Trouble> {
    let (mut sources, mut interfaces) = (writer.table(&SOURCE)?, writer.table(&INTERFACE)?);
    for (position, source) in all.iter().enumerate() {
        sources.row(&[
            position.into(),
            (&source.name).into(),
            source.bytes.into(),
            source.records.into(),
            source.first.into(),
            source.last.into(),
            source.ended_early.as_ref().into(),
            source.kind.code().into(),
        ])?;
        for (place, name) in source.interfaces.iter().enumerate() {
            interfaces.row(&[position.into(), place.into(), name.into()])?;
        }
    }
    Ok(())
}

pub(crate) fn read(reader: Reader<'_>, values_not_allowed: u64) -> Result<Coverage, Trouble> {
    let skipped = reader.list(&SKIP, |columns| {
        let reason = columns.code(SkipReason::from_code)?;
        Ok(Skip { reason, count: columns.number()?, first: columns.evidence()? })
    })?;
    Ok(Coverage { sources: read_sources(reader)?, skipped, values_not_allowed })
}

fn read_sources(reader: Reader<'_>) -> Result<Vec<Source>, Trouble> {
    let mut sources = reader.list(&SOURCE, |columns| {
        let (name, bytes, records) = (columns.text()?, columns.number()?, columns.number()?);
        let (first, last, ended_early) =
            (columns.maybe_moment()?, columns.maybe_moment()?, columns.maybe_text()?);
        let kind = columns.code(SourceKind::from_code)?;
        Ok(Source { kind, name, bytes, records, first, last, interfaces: Vec::new(), ended_early })
    })?;
    let interfaces = reader.lists(&INTERFACE, sources.len(), |columns| columns.text())?;
    for (source, interfaces) in sources.iter_mut().zip(interfaces) {
        source.interfaces = interfaces;
    }
    Ok(sources)
}

/// What was known when the round was judged.
pub(crate) fn write_intelligence(writer: Writer<'_>, all: &[IntelligenceSource]) -> Result<(), Trouble> {
    let mut table = writer.table(&INTELLIGENCE_SOURCE)?;
    for (position, source) in all.iter().enumerate() {
        table.row(&[position.into(), (&source.name).into(), source.records.into(), source.as_of.into()])?;
    }
    Ok(())
}

pub(crate) fn read_intelligence(reader: Reader<'_>) -> Result<Vec<IntelligenceSource>, Trouble> {
    reader.list(&INTELLIGENCE_SOURCE, |columns| {
        let name = columns.text()?;
        Ok(IntelligenceSource { name, records: columns.number()?, as_of: columns.maybe_moment()? })
    })
}

/// Stretches of addresses and how well each was seen.
pub(crate) fn write_networks(writer: Writer<'_>, all: &[Network]) -> Result<(), Trouble> {
    let mut table = writer.table(&NETWORK)?;
    for (position, network) in all.iter().enumerate() {
        let Network { prefix, seen_directly, seen_from_afar } = network;
        table.row(&[position.into(), prefix.into(), (*seen_directly).into(), (*seen_from_afar).into()])?;
    }
    Ok(())
}

pub(crate) fn read_networks(reader: Reader<'_>) -> Result<Vec<Network>, Trouble> {
    reader.list(&NETWORK, |columns| {
        let prefix = columns.text()?;
        Ok(Network { prefix, seen_directly: columns.number()?, seen_from_afar: columns.number()? })
    })
}

/// What kind each source of a round is, by its position.
pub(crate) fn source_kinds(reader: Reader<'_>) -> Result<Vec<String>, Trouble> {
    let mut select = reader
        .connection()
        .prepare_cached("SELECT kind FROM source WHERE round_id = ?1 ORDER BY position")?;
    let kinds = select.query_map([reader.owner()], |row| row.get(0))?;
    Ok(kinds.collect::<Result<_, _>>()?)
}
