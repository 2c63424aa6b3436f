//! The table `settled`: what answers took from the findings and open questions of a round.

use wardround_model::{AssetId, Reason, Settled, VexStatus};

use crate::error::Trouble;
use crate::reason::{Owner, ReasonWriter, Reasons};
use crate::table::{Reader, Table, Writer, shown};

static SETTLED: Table = Table {
    owner: "round_id",
    name: "settled",
    key: &["position"],
    values: &["asset_id", "cve", "status", "until_at"],
};

pub(crate) fn write(
    writer: Writer<'_>,
    reasons: &mut ReasonWriter<'_>,
    all: &[Settled],
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
        reasons.write(Owner::Settled(position), std::slice::from_ref(&settled.reason))?;
    }
    Ok(())
}

pub(crate) fn read(reader: Reader<'_>, reasons: &mut Reasons) -> Result<Vec<Settled>, Trouble> {
    let mut all = reader.list(&SETTLED, |columns| {
        Ok(Settled {
            asset: AssetId(columns.id("A-")?),
            cve: columns.shown()?,
            status: columns.code(VexStatus::from_code)?,
            until: columns.maybe_moment()?,
            reason: Reason::new("", []),
        })
    })?;
    for (position, settled) in all.iter_mut().enumerate() {
        settled.reason = reasons.take_one(Owner::Settled(position))?;
    }
    Ok(all)
}
