//! What the hospital is called.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use wardround_report::document::seal::LONGEST_NAME;

use super::super::answer::{Answer, Tagged, tag_of};
use super::super::asked::Fields;
use super::super::fields::{Field, Kind};
use super::super::operations::{Conditional, Operation};
use crate::asked::Asked;
use crate::asks::Sent;
use crate::condition::Condition;
use crate::naming;
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::Verb;
use crate::site::Site;

const PATH: &str = "/api/v1/hospital";
const NAMED: &[Field] = &[Field::may("name", "What it is called; empty: nothing.", Kind::Line(LONGEST_NAME))];

/// The hospital.
#[derive(Serialize, JsonSchema)]
struct Called {
    /// What it is called; empty where nobody said.
    name: String,
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new::<Called, _, _>(
            "hospital.get",
            "What the hospital is called.",
            Permission::SeeSummary,
            PATH,
            &[],
            show,
        ),
        Operation::change::<Called, _, _>(
            "hospital.name",
            "Name the hospital: it stands on pages and reports.",
            Permission::ChangeSettings,
            (Verb::Put, PATH),
            NAMED,
            name,
        )
        .unless_changed(Conditional::Must),
    ]
}

/// The tag of this name, as reading it tells it.
pub(crate) fn tag_of_name(name: &str) -> Result<String, Problem> {
    tag_of(&Called { name: name.to_owned() })
}

async fn show(State(site): State<Site>, asked: Asked) -> Result<Answer<Called>, Problem> {
    Fields::of(&asked, &[])?;
    Ok(Answer(Called { name: site.naming.name() }))
}

async fn name(State(site): State<Site>, condition: Condition, sent: Sent) -> Result<Tagged<Called>, Problem> {
    let name = naming::rename(&site, &sent, condition.required()?).await?;
    Ok(Tagged(tag_of_name(&name)?, Called { name }))
}
