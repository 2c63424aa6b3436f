//! The tables `finding` and `unjudged`.

use wardround_model::{
    AssetId, Automatable, Decision, Exploitation, Finding, FindingId, Grade, Judgement, MissionWellbeing,
    Reason, Role, TechnicalImpact, Unjudged, WeakSetting, Weakness,
};

use crate::columns::{Columns, endpoint_cells};
use crate::error::Trouble;
use crate::reason::{Owner, ReasonWriter, Reasons};
use crate::table::{By, Cell, Reader, Table, TableWriter, Writer, shown};

static FINDING: Table = Table {
    owner: "round_id",
    name: "finding",
    key: &["position"],
    values: &[
        "id",
        "asset_id",
        "cve",
        "product",
        "version",
        "advisory",
        "setting",
        "protocol",
        "ip",
        "transport",
        "port",
        "grade",
        "title",
        "decision",
        "exploitation",
        "automatable",
        "technical_impact",
        "mission_wellbeing",
    ],
};
const BY_ID: By = By::index("id", "finding_of_id");
const OF_ASSET: By = By::index("asset_id", "unjudged_of_asset");
static UNJUDGED: Table = Table {
    owner: "round_id",
    name: "unjudged",
    key: &["position"],
    values: &["asset_id", "about", "grade", "who", "question"],
};
static UNJUDGED_CVE: Table = Table {
    owner: "round_id",
    name: "unjudged_cve",
    key: &["unjudged_position", "position"],
    values: &["cve"],
};

pub(crate) fn write<'r>(
    writer: Writer<'_>,
    reasons: &mut ReasonWriter<'_, 'r>,
    all: &'r [Finding],
) -> Result<(), Trouble> {
    let mut table = writer.table(&FINDING)?;
    for (position, finding) in all.iter().enumerate() {
        write_row(&mut table, position, finding)?;
        reasons.finding(position, &finding.reasons, &finding.judgement.reasons)?;
    }
    Ok(())
}

fn write_row(table: &mut TableWriter<'_>, position: usize, finding: &Finding) -> Result<(), Trouble> {
    let [cve, product, version, advisory, setting, protocol] = weakness_cells(&finding.weakness);
    let [ip, transport, port] = endpoint_cells(finding.endpoint);
    let judgement = &finding.judgement;
    table.row(&[
        position.into(),
        shown(finding.id),
        shown(finding.asset),
        cve,
        product,
        version,
        advisory,
        setting,
        protocol,
        ip,
        transport,
        port,
        finding.grade.code().into(),
        (&finding.title).into(),
        judgement.decision.code().into(),
        judgement.exploitation.code().into(),
        judgement.automatable.code().into(),
        judgement.technical_impact.code().into(),
        judgement.mission_wellbeing.code().into(),
    ])
}

fn weakness_cells(weakness: &Weakness) -> [Cell<'_>; 6] {
    match weakness {
        Weakness::Vulnerability { cve, product, version, advisory } => {
            let (version, advisory) = (version.as_ref().into(), advisory.as_ref().into());
            [shown(cve), product.into(), version, advisory, Cell::Null, Cell::Null]
        }
        Weakness::Setting { setting, protocol } => {
            let none = || Cell::Null;
            [none(), none(), none(), none(), setting.code().into(), protocol.into()]
        }
    }
}

pub(crate) fn read(reader: Reader<'_>, reasons: &mut Reasons) -> Result<Vec<Finding>, Trouble> {
    let mut findings = reader.list(&FINDING, read_row)?;
    for (position, finding) in findings.iter_mut().enumerate() {
        finding.reasons = reasons.take(Owner::Weakness(position))?;
        finding.judgement.reasons = reasons.take(Owner::Judgement(position))?;
    }
    Ok(findings)
}

/// The first finding with this id, and its position.
pub(crate) fn read_one(reader: Reader<'_>, id: FindingId) -> Result<Option<(usize, Finding)>, Trouble> {
    let mut found = reader.each_where(&FINDING, (BY_ID, id.to_string()), 1, |columns| {
        Ok((columns.number::<usize>()?, read_row(columns)?))
    })?;
    let Some((position, mut finding)) = found.pop() else { return Ok(None) };
    let mut reasons = Reasons::of_finding(reader, position)?;
    finding.reasons = reasons.take(Owner::Weakness(position))?;
    finding.judgement.reasons = reasons.take(Owner::Judgement(position))?;
    Ok(Some((position, finding)))
}

/// A finding, still without its reasons.
fn read_row(columns: &mut Columns<'_>) -> Result<Finding, Trouble> {
    Ok(Finding {
        id: FindingId(columns.id("F-")?),
        asset: AssetId(columns.id("A-")?),
        weakness: read_weakness(columns)?,
        endpoint: columns.maybe_endpoint()?,
        grade: columns.code(Grade::from_code)?,
        title: columns.text()?,
        reasons: Vec::new(),
        judgement: Judgement {
            decision: columns.code(Decision::from_code)?,
            exploitation: columns.code(Exploitation::from_code)?,
            automatable: columns.code(Automatable::from_code)?,
            technical_impact: columns.code(TechnicalImpact::from_code)?,
            mission_wellbeing: columns.code(MissionWellbeing::from_code)?,
            reasons: Vec::new(),
        },
    })
}

fn read_weakness(columns: &mut Columns<'_>) -> Result<Weakness, Trouble> {
    let (cve, product) = (columns.maybe_shown()?, columns.maybe_text()?);
    let (version, advisory) = (columns.maybe_text()?, columns.maybe_text()?);
    let (setting, protocol) = (columns.maybe_code(WeakSetting::from_code)?, columns.maybe_text()?);
    match (cve, product, setting, protocol) {
        (Some(cve), Some(product), None, None) => {
            Ok(Weakness::Vulnerability { cve, product, version, advisory })
        }
        (None, None, Some(setting), Some(protocol)) => Ok(Weakness::Setting { setting, protocol }),
        _ => Err(columns.damaged()),
    }
}

pub(crate) fn write_unjudged<'r>(
    writer: Writer<'_>,
    reasons: &mut ReasonWriter<'_, 'r>,
    all: &'r [Unjudged],
) -> Result<(), Trouble> {
    let (mut table, mut cves) = (writer.table(&UNJUDGED)?, writer.table(&UNJUDGED_CVE)?);
    for (position, unjudged) in all.iter().enumerate() {
        let (about, grade) = ((&unjudged.about).into(), unjudged.grade.map(Grade::code).into());
        let (who, question) = (unjudged.who.code().into(), (&unjudged.question).into());
        table.row(&[position.into(), shown(unjudged.asset), about, grade, who, question])?;
        for (place, cve) in unjudged.cves.iter().enumerate() {
            cves.row(&[position.into(), place.into(), shown(cve)])?;
        }
        reasons.unjudged(position, &unjudged.reason)?;
    }
    Ok(())
}

/// What could not be judged, still without its reason and its weaknesses.
fn read_unjudged_row(columns: &mut Columns<'_>) -> Result<Unjudged, Trouble> {
    let (asset, about) = (AssetId(columns.id("A-")?), columns.text()?);
    let grade = columns.maybe_code(Grade::from_code)?;
    let (who, question) = (columns.code(Role::from_code)?, columns.text()?);
    Ok(Unjudged { grade, ..Unjudged::new(asset, about, Reason::new("", []), who, question) })
}

/// What could not be judged of one asset, at most so many.
pub(crate) fn read_unjudged_of(
    reader: Reader<'_>,
    asset: AssetId,
    most: usize,
) -> Result<Vec<Unjudged>, Trouble> {
    let rows = reader.each_where(&UNJUDGED, (OF_ASSET, asset.to_string()), most, |columns| {
        Ok((columns.number::<usize>()?, read_unjudged_row(columns)?))
    })?;
    let mut all = Vec::with_capacity(rows.len());
    for (position, mut unjudged) in rows {
        let place = i64::try_from(position).unwrap_or(i64::MAX);
        unjudged.cves = reader.each_where(
            &UNJUDGED_CVE,
            (By::key("unjudged_position"), place),
            usize::MAX,
            |columns| {
                let _key: (i64, i64) = (columns.number()?, columns.number()?);
                columns.shown()
            },
        )?;
        let mut reasons = Reasons::of_unjudged(reader, position)?;
        unjudged.reason = reasons.take_one(Owner::Unjudged(position))?;
        all.push(unjudged);
    }
    Ok(all)
}

pub(crate) fn read_unjudged(reader: Reader<'_>, reasons: &mut Reasons) -> Result<Vec<Unjudged>, Trouble> {
    let mut all = reader.list(&UNJUDGED, read_unjudged_row)?;
    let mut cves = reader.lists(&UNJUDGED_CVE, all.len(), |columns| columns.shown())?;
    for (position, unjudged) in all.iter_mut().enumerate() {
        unjudged.reason = reasons.take_one(Owner::Unjudged(position))?;
        unjudged.cves = cves.next().unwrap_or_default();
    }
    Ok(all)
}
