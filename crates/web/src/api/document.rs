//! The description of the API: OpenAPI 3.1, made from the table of operations.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::operations::{Operation, Parameter};
use crate::tokens::Scope;

/// Problems that any operation may answer with.
const PROBLEMS: &[(&str, &str)] = &[
    ("400", "A field is unknown, or has a value that it can't have."),
    ("401", "No token was sent that works."),
    ("403", "The token's scope or its owner's role does not include this."),
    ("404", "There is no such thing, or no round yet."),
    ("413", "The address is too long."),
    ("500", "A fault of the site; its log says more."),
    ("503", "The site has much to do; try again in a minute."),
];

pub(crate) async fn show() -> Answer<Value> {
    Answer(super::described())
}

/// The document over these operations.
pub(crate) fn document(operations: &[Operation]) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    let paths: Map<String, Value> = operations
        .iter()
        .map(|operation| {
            (operation.route.path.to_owned(), json!({ "get": described(operation, &mut generator) }))
        })
        .collect();
    let mut schemas = generator.take_definitions(true);
    schemas.insert("Problem".to_owned(), problem());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Wardround",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What the pages of a site show, for programs. It reads, and changes nothing.",
            "license": { "name": "Apache-2.0 OR MIT" },
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
    })
}

fn described(operation: &Operation, generator: &mut SchemaGenerator) -> Value {
    let schema = (operation.schema)(generator);
    let mut responses = Map::new();
    responses.insert(
        "200".to_owned(),
        json!({
            "description": "It is told.",
            "headers": { "ETag": { "description": "Send it as If-None-Match, to learn whether anything changed.", "schema": { "type": "string" } } },
            "content": { "application/json": { "schema": schema } },
        }),
    );
    responses.insert("304".to_owned(), json!({ "description": "Nothing changed." }));
    for (status, about) in PROBLEMS {
        let content =
            json!({ "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } });
        responses.insert((*status).to_owned(), json!({ "description": about, "content": content }));
    }
    let scopes = Scope::ALL.iter().filter(|scope| scope.permits(operation.permission));
    let parameters: Vec<Value> =
        in_path(operation.route.path).into_iter().chain(operation.parameters.iter().map(in_query)).collect();
    json!({
        "operationId": operation.id,
        "summary": operation.about,
        "parameters": parameters,
        "security": scopes.map(|scope| json!({ "token": [scope.code()] })).collect::<Vec<_>>(),
        "responses": responses,
    })
}

fn in_path(path: &str) -> Vec<Value> {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    names
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect()
}

fn in_query(parameter: &Parameter) -> Value {
    let values = (parameter.values)();
    let schema = match (parameter.name, values.is_empty()) {
        ("limit", _) => json!({ "type": "integer", "minimum": 1, "maximum": super::asked::MOST }),
        (_, true) => json!({ "type": "string" }),
        (_, false) => json!({ "type": "string", "enum": values }),
    };
    json!({ "name": parameter.name, "in": "query", "description": parameter.about, "schema": schema })
}

fn problem() -> Value {
    json!({
        "type": "object",
        "description": "What went wrong, and what to do next (RFC 9457).",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": { "type": "string", "description": "Its name; it stays the same." },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string" },
        },
    })
}
