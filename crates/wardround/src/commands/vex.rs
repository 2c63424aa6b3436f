//! `wardround vex`: what the hospital itself found of weaknesses, in a form that other programs read.
//!
//! OpenVEX 0.2.0 (OpenVEX specification, 2023). The same answers give the same bytes: nothing of it is taken from a clock.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;
use wardround_model::{AssetId, CveId, Justification, Says, Statement, Timestamp, VexStatus};

use crate::arguments::answer::{VexCommand, VexFormat};
use crate::commands::{lookup, print};

#[derive(Serialize)]
struct Document {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@id")]
    id: String,
    author: String,
    timestamp: String,
    version: u32,
    tooling: &'static str,
    statements: Vec<StatementShape>,
}

#[derive(Serialize)]
struct StatementShape {
    vulnerability: VulnerabilityShape,
    timestamp: String,
    products: Vec<ProductShape>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    justification: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    impact_statement: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action_statement: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_notes: Option<String>,
}

#[derive(Serialize)]
struct VulnerabilityShape {
    name: String,
}

#[derive(Serialize)]
struct ProductShape {
    #[serde(rename = "@id")]
    id: String,
}

pub(crate) fn run(command: &VexCommand) -> Result<()> {
    let VexCommand::Export { format: VexFormat::Openvex, author, store } = command;
    let statements = wardround_round::kept_statements(&lookup::store(store.clone())?)?;
    let mut text = serde_json::to_string_pretty(&document(&statements, author)?)?;
    text.push('\n');
    print(&text)
}

/// What was said last of each weakness on each device.
fn last(statements: &[Statement]) -> Vec<(&Statement, CveId, VexStatus, Option<Justification>)> {
    let mut last: BTreeMap<(CveId, AssetId), _> = BTreeMap::new();
    for statement in statements {
        if let Says::Vex { cve, status, justification } = statement.says {
            last.insert((cve, statement.asset), (statement, cve, status, justification));
        }
    }
    last.into_values().collect()
}

fn document(statements: &[Statement], author: &str) -> Result<Document> {
    let last = last(statements);
    let latest = last.iter().map(|(statement, ..)| statement.at).max().unwrap_or(Timestamp::EPOCH);
    let shapes: Vec<StatementShape> = last
        .into_iter()
        .map(|(statement, cve, status, justification)| shape(statement, cve, status, justification))
        .collect();
    // The id names the content: documents that say the same have the same.
    let digest = blake3::hash(&serde_json::to_vec(&shapes)?).to_hex();
    Ok(Document {
        context: "https://openvex.dev/ns/v0.2.0",
        id: format!("urn:wardround:vex:{}", digest.get(..32).unwrap_or_default()),
        author: author.to_owned(),
        timestamp: latest.to_string(),
        version: 1,
        tooling: concat!("wardround ", env!("CARGO_PKG_VERSION")),
        statements: shapes,
    })
}

fn shape(
    statement: &Statement,
    cve: CveId,
    status: VexStatus,
    justification: Option<Justification>,
) -> StatementShape {
    let because = Some(statement.because.clone());
    let when = |wanted: VexStatus| because.clone().filter(|_| status == wanted);
    StatementShape {
        vulnerability: VulnerabilityShape { name: cve.to_string() },
        timestamp: statement.at.to_string(),
        products: vec![ProductShape { id: format!("urn:wardround:asset:{}", statement.asset) }],
        status: status.code(),
        justification: justification.map(Justification::code),
        impact_statement: when(VexStatus::NotAffected),
        action_statement: when(VexStatus::Affected),
        status_notes: when(VexStatus::Fixed).or_else(|| when(VexStatus::UnderInvestigation)),
    }
}
