//! What a person said, as JSON.

use serde::Serialize;
use wardround_model::{Justification, Says, Statement};

#[derive(Serialize)]
pub(super) struct StatementShape {
    id: String,
    asset: String,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cve: Option<String>,
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    by: &'static str,
    at: String,
    because: String,
    until: Option<String>,
}

pub(super) fn shape(statement: &Statement) -> StatementShape {
    let (value, detail) = says(&statement.says);
    let cve = match &statement.says {
        Says::Vex { cve, .. } => Some(cve.to_string()),
        _ => None,
    };
    StatementShape {
        id: statement.id.to_string(),
        asset: statement.asset.to_string(),
        kind: statement.says.code(),
        cve,
        value,
        detail,
        by: statement.by.code(),
        at: statement.at.to_string(),
        because: statement.because.clone(),
        until: statement.until.map(|until| until.to_string()),
    }
}

/// The value, and what stands beside it.
fn says(says: &Says) -> (Option<String>, Option<String>) {
    let code = |code: &str| Some(code.to_owned());
    match says {
        Says::Vex { status, justification, .. } => {
            (code(status.code()), justification.map(Justification::code).map(str::to_owned))
        }
        Says::Class(class) => (code(class.code()), None),
        Says::CareRole(role) => (code(role.code()), None),
        Says::CareArea(text) | Says::OffPatients(text) => (code(text), None),
        Says::Spares(number) => (Some(number.to_string()), None),
        Says::Owner(role) => (code(role.code()), None),
        Says::MakerPosition { position, document } => (code(position.code()), code(document)),
        Says::Retired => (None, None),
    }
}
