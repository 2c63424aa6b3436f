//! The table `settled`: what answers took from the findings and open questions of a round.

use wardround_model::{AssetId, Reason, Settled, VexStatus};

use crate::columns::Columns;
use crate::error::Trouble;
use crate::reason::{Owner, ReasonWriter, Reasons};
use crate::table::{By, Reader, Table, Writer, shown};

static SETTLED: Table = Table {
    owner: "round_id",
    name: "settled",
    key: &["position"],
    values: &["asset_id", "cve", "status", "until_at"],
};

const OF_ASSET: By = By::index("asset_id", "settled_of_asset");

pub(crate) fn write<'r>(
    writer: Writer<'_>,
    reasons: &mut ReasonWriter<'_, 'r>,
    all: &'r [Settled],
) -> Result<(), Trouble> {
    let mut table = writer.table(&SETTLED)?;
    for (position, settled) in all.iter().enumerate() {
        table.row(&[
            position.into(),
            shown(settled.asset),
            shown(settled.cve),
            settled.status.code().into(),
            settled.until.into(),
        ])?;
        reasons.settled(position, &settled.reason)?;
    }
    Ok(())
}

/// What answers settled of one asset, at most so many.
pub(crate) fn read_of(reader: Reader<'_>, asset: AssetId, most: usize) -> Result<Vec<Settled>, Trouble> {
    let rows = reader.each_where(&SETTLED, (OF_ASSET, asset.to_string()), most, |columns| {
        Ok((columns.number::<usize>()?, read_row(columns)?))
    })?;
    let mut all = Vec::with_capacity(rows.len());
    for (position, mut settled) in rows {
        let mut reasons = Reasons::of_settled(reader, position)?;
        settled.reason = reasons.take_one(Owner::Settled(position))?;
        all.push(settled);
    }
    Ok(all)
}

pub(crate) fn read(reader: Reader<'_>, reasons: &mut Reasons) -> Result<Vec<Settled>, Trouble> {
    let mut all = reader.list(&SETTLED, read_row)?;
    for (position, settled) in all.iter_mut().enumerate() {
        settled.reason = reasons.take_one(Owner::Settled(position))?;
    }
    Ok(all)
}

/// What was settled, still without its reason.
fn read_row(columns: &mut Columns<'_>) -> Result<Settled, Trouble> {
    Ok(Settled {
        asset: AssetId(columns.id("A-")?),
        cve: columns.shown()?,
        status: columns.code(VexStatus::from_code)?,
        until: columns.maybe_moment()?,
        reason: Reason::new("", []),
    })
}
