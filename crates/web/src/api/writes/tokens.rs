//! One's own tokens: which work, and ending them. None is made here: a token that is stolen must not live on in another.

use axum::extract::{Path, State};
use schemars::JsonSchema;
use serde::Serialize;
use wardround_store::Token;

use super::super::answer::Answer;
use super::super::asked::Fields;
use super::super::operations::Operation;
use super::Done;
use crate::asked::Asked;
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::Verb;
use crate::session::Person;
use crate::site::Site;
use crate::tokens;

/// A token of yours that works.
#[derive(Serialize, JsonSchema)]
struct Own {
    /// Its id, such as "K-3".
    id: String,
    name: String,
    scope: String,
    made_at: String,
    until: String,
    /// When it was last used, to the minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    used_at: Option<String>,
    /// Whether it is the one that asks.
    this: bool,
}

impl Own {
    fn of(token: &Token, person: &Person) -> Self {
        Self {
            id: token.id.to_string(),
            name: token.name.clone(),
            scope: token.scope.clone(),
            made_at: token.made_at.to_string(),
            until: token.until.to_string(),
            used_at: token.used_at.map(|at| at.to_string()),
            this: person.token == Some(token.id),
        }
    }
}

/// Your tokens that work.
#[derive(Serialize, JsonSchema)]
struct AllOwn {
    items: Vec<Own>,
}

pub(super) fn operations() -> Vec<Operation> {
    let may = Permission::EndTokens;
    vec![
        Operation::new::<AllOwn, _, _>(
            "tokens.list",
            "Your tokens that work. None can be made here.",
            may,
            "/api/v1/tokens",
            &[],
            list,
        ),
        Operation::change::<Done, _, _>(
            "tokens.end",
            "End a token of yours; also the one that asks.",
            may,
            (Verb::Delete, "/api/v1/tokens/{token}"),
            &[],
            end,
        ),
    ]
}

async fn list(State(site): State<Site>, person: Person, asked: Asked) -> Result<Answer<AllOwn>, Problem> {
    Fields::of(&asked, &[])?;
    let working = tokens::working(&site, &person).await?;
    Ok(Answer(AllOwn { items: working.iter().map(|token| Own::of(token, &person)).collect() }))
}

async fn end(
    State(site): State<Site>,
    person: Person,
    Path(text): Path<String>,
) -> Result<Answer<Done>, Problem> {
    let id = text.parse().map_err(|()| Problem::NotFound)?;
    if tokens::end(&site, &person, id).await? { Ok(Answer(Done::yes())) } else { Err(Problem::NotFound) }
}
