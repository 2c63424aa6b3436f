//! The tables `finding` and `unjudged`.

use wardround_model::{
    AssetId, Automatable, Decision, Exploitation, Finding, FindingId, Grade, Judgement, MissionWellbeing,
    Reason, Role, TechnicalImpact, Unjudged, WeakSetting, Weakness,
};

use crate::columns::{Columns, endpoint_cells};
use crate::error::Trouble;
use crate::reason::{Owner, ReasonWriter, Reasons};
use crate::table::{Cell, Reader, Table, TableWriter, Writer, shown};

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

pub(crate) fn write(
    writer: Writer<'_>,
    reasons: &mut ReasonWriter<'_>,
    all: &[Finding],
) -> Result<(), Trouble> {
    let mut table = writer.table(&FINDING)?;
    for (position, finding) in all.iter().enumerate() {
        write_row(&mut table, position, finding)?;
        reasons.write(Owner::Weakness(position), &finding.reasons)?;
        reasons.write(Owner::Judgement(position), &finding.judgement.reasons)?;
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
        finding.reasons = reasons.take(Owner::Weakness(position));
        finding.judgement.reasons = reasons.take(Owner::Judgement(position));
    }
    Ok(findings)
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

pub(crate) fn write_unjudged(
    writer: Writer<'_>,
    reasons: &mut ReasonWriter<'_>,
    all: &[Unjudged],
) -> Result<(), Trouble> {
    let (mut table, mut cves) = (writer.table(&UNJUDGED)?, writer.table(&UNJUDGED_CVE)?);
    for (position, unjudged) in all.iter().enumerate() {
        let (about, grade) = ((&unjudged.about).into(), unjudged.grade.map(Grade::code).into());
        let (who, question) = (unjudged.who.code().into(), (&unjudged.question).into());
        table.row(&[position.into(), shown(unjudged.asset), about, grade, who, question])?;
        for (place, cve) in unjudged.cves.iter().enumerate() {
            cves.row(&[position.into(), place.into(), shown(cve)])?;
        }
        reasons.write(Owner::Unjudged(position), std::slice::from_ref(&unjudged.reason))?;
    }
    Ok(())
}

pub(crate) fn read_unjudged(reader: Reader<'_>, reasons: &mut Reasons) -> Result<Vec<Unjudged>, Trouble> {
    let nothing = Reason::new("", []);
    let mut all = reader.list(&UNJUDGED, |columns| {
        let (asset, about) = (AssetId(columns.id("A-")?), columns.text()?);
        let grade = columns.maybe_code(Grade::from_code)?;
        let (who, question) = (columns.code(Role::from_code)?, columns.text()?);
        Ok(Unjudged { grade, ..Unjudged::new(asset, about, nothing.clone(), who, question) })
    })?;
    let mut cves = reader.lists(&UNJUDGED_CVE, all.len(), |columns| columns.shown())?;
    for (position, unjudged) in all.iter_mut().enumerate() {
        unjudged.reason = reasons.take_one(Owner::Unjudged(position))?;
        unjudged.cves = cves.next().unwrap_or_default();
    }
    Ok(all)
}
