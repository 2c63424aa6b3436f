//! The table `plan_item` and what hangs on it: `plan_finding`, `plan_asset`.

use wardround_model::{AssetId, Decision, FindingId, PlanItem};

use crate::columns::Columns;
use crate::error::Trouble;
use crate::table::{Reader, Table, Writer, shown};

static ITEM: Table = Table {
    owner: "round_id",
    name: "plan_item",
    key: &["position"],
    values: &["title", "what", "why", "how_sure", "next_step", "decision"],
};
static FINDING: Table = Table {
    owner: "round_id",
    name: "plan_finding",
    key: &["item_position", "position"],
    values: &["finding_id"],
};
static ASSET: Table = Table {
    owner: "round_id",
    name: "plan_asset",
    key: &["item_position", "position"],
    values: &["asset_id"],
};

pub(crate) fn write(writer: Writer<'_>, plan: &[PlanItem]) -> Result<(), Trouble> {
    let (mut items, mut findings) = (writer.table(&ITEM)?, writer.table(&FINDING)?);
    let mut assets = writer.table(&ASSET)?;
    for (owner, item) in plan.iter().enumerate() {
        items.row(&[
            owner.into(),
            (&item.title).into(),
            (&item.what).into(),
            (&item.why).into(),
            (&item.how_sure).into(),
            (&item.next_step).into(),
            item.decision.code().into(),
        ])?;
        for (position, finding) in item.findings.iter().enumerate() {
            findings.row(&[owner.into(), position.into(), shown(finding)])?;
        }
        for (position, asset) in item.assets.iter().enumerate() {
            assets.row(&[owner.into(), position.into(), shown(asset)])?;
        }
    }
    Ok(())
}

pub(crate) fn read(reader: Reader<'_>) -> Result<Vec<PlanItem>, Trouble> {
    let mut plan = reader.list(&ITEM, read_item)?;
    let findings = reader.lists(&FINDING, plan.len(), |columns| Ok(FindingId(columns.id("F-")?)))?;
    let assets = reader.lists(&ASSET, plan.len(), |columns| Ok(AssetId(columns.id("A-")?)))?;
    for ((item, findings), assets) in plan.iter_mut().zip(findings).zip(assets) {
        item.findings = findings;
        item.assets = assets;
    }
    Ok(plan)
}

/// A thing to do, still without what it settles.
fn read_item(columns: &mut Columns<'_>) -> Result<PlanItem, Trouble> {
    Ok(PlanItem {
        title: columns.text()?,
        what: columns.text()?,
        why: columns.text()?,
        how_sure: columns.text()?,
        next_step: columns.text()?,
        decision: columns.code(Decision::from_code)?,
        findings: Vec::new(),
        assets: Vec::new(),
    })
}
