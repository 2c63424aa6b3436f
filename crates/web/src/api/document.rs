//! The description of the API: OpenAPI 3.1, made from the table of operations.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::operations::{Conditional, Operation, Parameter};
use super::{fields, keys};
use crate::events::Happening;
use crate::routes::Brings;
use crate::tokens::Scope;

/// Problems that any operation may answer with.
const PROBLEMS: &[(&str, &str)] = &[
    ("400", "A field is unknown, or has a value that it can't have."),
    ("401", "No token was sent that works."),
    ("403", "The token's scope or its owner's role does not include this."),
    ("404", "There is no such thing, or no round yet."),
    ("413", "Too much was sent."),
    ("500", "A fault of the site; its log says more."),
    ("503", "The site has much to do; try again in a minute."),
];
/// Problems that changes may answer with too.
const OF_CHANGES: &[(&str, &str)] = &[
    (
        "409",
        "It cannot be done as things stand; or a request with the same key is being done, or has no known end.",
    ),
    ("415", "It is no JSON, or does not say so."),
    ("422", "Fields are wrong, each is named in `errors`; or the key came with another request before."),
    (
        "429",
        "Too many changes in a short time, or too many keys are kept; `Retry-After` says when to try again.",
    ),
];
/// Problems that sending a file may answer with too: of those of changes, these.
const OF_FILES: &[&str] = &["409", "429"];
/// Problems that changes may answer with that say which version they mean.
const OF_VERSIONS: &[(&str, &str)] = &[("412", "It was changed meanwhile: read it again.")];
/// Problems of following what happens.
const OF_FOLLOWING: &[(&str, &str)] =
    &[("429", "As many follow as may; `Retry-After` says when to try again.")];
const OF_NO_VERSION: &[(&str, &str)] = &[("428", "Say which version you mean, as `If-Match`.")];

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
    let mut paths: Map<String, Value> = Map::new();
    for operation in operations {
        let method = operation.route.method.to_lowercase();
        let path = paths.entry(operation.route.path).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(method, described(operation, &mut generator));
        }
    }
    let mut schemas = generator.take_definitions(true);
    schemas.insert("Problem".to_owned(), problem());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Wardround",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "What the pages of a site show and change, for programs.",
            "license": { "name": "Apache-2.0 OR MIT" },
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": problems(),
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
    })
}

fn described(operation: &Operation, generator: &mut SchemaGenerator) -> Value {
    let gate = operation.route.gate;
    let scopes = Scope::ALL.iter().filter(|scope| scope.permits(operation.permission));
    let parameters = in_path(operation.route.path).into_iter();
    let parameters = parameters.chain(operation.parameters.iter().map(in_query)).chain(in_headers(operation));
    let mut told = json!({
        "operationId": operation.id,
        "summary": operation.about,
        "parameters": parameters.collect::<Vec<_>>(),
        "security": scopes.map(|scope| json!({ "token": [scope.code()] })).collect::<Vec<_>>(),
        "responses": responses(operation, generator),
    });
    let body = match gate.brings {
        Brings::Json => Some(json!({
            "required": gate.fields.iter().any(|field| field.required),
            "content": { "application/json": { "schema": fields::schema(gate.fields) } },
        })),
        Brings::File => Some(json!({ "required": true, "content": { "application/octet-stream": {} } })),
        Brings::Nothing | Brings::Form | Brings::Files => None,
    };
    if let (Some(told), Some(body)) = (told.as_object_mut(), body) {
        told.insert("requestBody".to_owned(), body);
    }
    told
}

fn responses(operation: &Operation, generator: &mut SchemaGenerator) -> Map<String, Value> {
    let gate = operation.route.gate;
    let reads = gate.brings == Brings::Nothing;
    let mut done = json!({
        "description": if gate.patience.is_none() { kinds() } else { "It is told, or done.".to_owned() },
        "content": content(operation, generator),
    });
    if operation.is_tagged()
        && let Some(done) = done.as_object_mut()
    {
        let about = "Send it as If-None-Match, to learn whether anything changed; as If-Match, to change this version alone.";
        let tag = json!({ "ETag": { "description": about, "schema": { "type": "string" } } });
        done.insert("headers".to_owned(), tag);
    }
    let mut responses = Map::new();
    responses.insert(gate.success.as_str().to_owned(), done);
    if reads && operation.is_tagged() {
        responses.insert("304".to_owned(), json!({ "description": "Nothing changed." }));
    }
    let of_changes = OF_CHANGES.iter().filter(|(status, _)| match gate.brings {
        Brings::Json => true,
        Brings::File => OF_FILES.contains(status),
        Brings::Nothing | Brings::Form | Brings::Files => false,
    });
    let of_versions = if operation.condition == Conditional::Never { &[] } else { OF_VERSIONS };
    let of_no_version = if operation.condition == Conditional::Must { OF_NO_VERSION } else { &[] };
    let of_following = if gate.patience.is_none() { OF_FOLLOWING } else { &[] };
    let others = [PROBLEMS, of_versions, of_no_version, of_following].into_iter().flatten();
    for (status, _) in others.chain(of_changes) {
        let reference = format!("#/components/responses/{}", name_of(status, reads));
        responses.insert((*status).to_owned(), json!({ "$ref": reference }));
    }
    responses
}

/// The kinds of answer, each with its shape; files have shapes of their own kind.
fn content(operation: &Operation, generator: &mut SchemaGenerator) -> Map<String, Value> {
    let mut one = || {
        if operation.is_file { json!({}) } else { json!({ "schema": (operation.schema)(generator) }) }
    };
    operation.content.iter().map(|kind| ((*kind).to_owned(), one())).collect()
}

/// What a problem is called among the components: where programs follow what happens, 429 means something else.
fn name_of(status: &str, reads: bool) -> String {
    if reads && status == "429" { "following-429".to_owned() } else { status.to_owned() }
}

/// The problems, once each.
fn problems() -> Map<String, Value> {
    let of_all = [PROBLEMS, OF_CHANGES, OF_VERSIONS, OF_NO_VERSION].into_iter().flatten();
    let all =
        of_all.map(|problem| (problem, false)).chain(OF_FOLLOWING.iter().map(|problem| (problem, true)));
    let told = |about: &str| {
        let schema = json!({ "schema": { "$ref": "#/components/schemas/Problem" } });
        json!({ "description": about, "content": { "application/problem+json": schema } })
    };
    all.map(|((status, about), reads)| (name_of(status, reads), told(about))).collect()
}

/// The kinds of events, with what each means.
fn kinds() -> String {
    let kinds = Happening::KINDS.iter().map(|(kind, about)| format!("- `{kind}`: {about}"));
    format!("Events, until the token ends or the site stops:\n{}", kinds.collect::<Vec<_>>().join("\n"))
}

fn in_headers(operation: &Operation) -> Vec<Value> {
    let header = |name: &str, required: bool, about: &str, schema: Value| json!({ "name": name, "in": "header", "required": required, "description": about, "schema": schema });
    let mut all = Vec::new();
    if operation.route.gate.brings == Brings::Json {
        let about =
            "A new one for each change: the same request with the same key changes nothing twice, for a day.";
        let schema = json!({ "type": "string", "pattern": keys::PATTERN });
        all.push(header("Idempotency-Key", false, about, schema));
    }
    if operation.route.gate.patience.is_none() {
        let about =
            "The id of the last event that was got: what is kept of what came after it is told first.";
        all.push(header("Last-Event-ID", false, about, json!({ "type": "string" })));
    }
    if operation.condition != Conditional::Never {
        let about = "The ETag of the version that is meant: another one is not changed.";
        let must = operation.condition == Conditional::Must;
        all.push(header("If-Match", must, about, json!({ "type": "string" })));
    }
    all
}

fn in_path(path: &str) -> Vec<Value> {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    names
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect()
}

fn in_query(parameter: &Parameter) -> Value {
    let values = (parameter.values)();
    let schema = match (parameter.range, values.is_empty()) {
        (Some((least, most)), _) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        (None, true) => json!({ "type": "string" }),
        (None, false) => json!({ "type": "string", "enum": values }),
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
            "errors": {
                "type": "array",
                "description": "What is wrong with which field.",
                "items": {
                    "type": "object",
                    "required": ["pointer", "detail"],
                    "properties": {
                        "pointer": { "type": "string", "description": "Where the field stands (RFC 6901)." },
                        "detail": { "type": "string" },
                    },
                },
            },
        },
    })
}
