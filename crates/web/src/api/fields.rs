//! What a program sends to be changed: a JSON object, held to the fields that its operation declares. What passes becomes the same
//! as a form of a page ([`Sent`]), so that one function decides for both.

use axum::http::{HeaderMap, header};
use serde_json::{Map, Value, json};
use wardround_model::AssetId;

use crate::asks::Sent;
use crate::layout::plain;
use crate::problem::Problem;

/// Errors that are told at once.
const MOST_ERRORS: usize = 20;
/// Entries of one list or object.
const MOST_ENTRIES: usize = 60;
/// The longest entry of an object, in characters.
const LONGEST_ENTRY: usize = 200;

/// A field of what is sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
}

/// What a field may hold.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// One line of so many characters at most.
    Line(usize),
    /// Text as it is, such as a password, of so many characters at most. It is never told again.
    Secret(usize),
    /// Lines of one kind, so many at least and at most; each becomes a field of a form of this name.
    Lines { most: usize, longest: usize, least: usize, form: &'static str },
    /// One of these.
    Code(fn() -> Vec<&'static str>),
    /// A day.
    Day,
    /// A number up to this one.
    Number(u32),
    /// Yes or no.
    Flag,
    /// Ids of devices, so many at most.
    Devices(usize),
    /// Lines by their names; each becomes two fields of a form, of these names, or one of its own.
    Pairs(Option<(&'static str, &'static str)>),
}

impl Field {
    pub(crate) const fn may(name: &'static str, about: &'static str, kind: Kind) -> Self {
        Self { name, about, kind, required: false }
    }

    pub(crate) const fn must(name: &'static str, about: &'static str, kind: Kind) -> Self {
        Self { name, about, kind, required: true }
    }

    /// Adds the value as a form has it; what is wrong with it, where something is.
    fn add(&self, value: &Value, form: &mut Vec<(String, String)>) -> Result<(), &'static str> {
        let name = self.name.replace('_', "-");
        let one = match self.kind {
            Kind::Line(longest) => line(value, longest, self.required)?,
            Kind::Secret(longest) => {
                let is_fit =
                    |text: &&str| text.chars().count() <= longest && !(self.required && text.is_empty());
                value.as_str().filter(is_fit).ok_or("It is no text, empty or too long.")?.to_owned()
            }
            Kind::Lines { most, longest, least, form: name } => {
                let all = value.as_array().filter(|all| (least..=most).contains(&all.len()));
                for one in all.ok_or("It is no list, or has too few or too many entries.")? {
                    form.push((name.to_owned(), line(one, longest, true)?));
                }
                return Ok(());
            }
            Kind::Code(codes) => value
                .as_str()
                .filter(|text| codes().contains(text))
                .ok_or("It has none of its values.")?
                .to_owned(),
            Kind::Day => day(value).ok_or("A day looks like 2027-01-31.")?,
            Kind::Number(most) => {
                let number = value.as_u64().filter(|number| *number <= u64::from(most));
                number.ok_or("It is no whole number of its range.")?.to_string()
            }
            Kind::Flag => match value.as_bool().ok_or("It is true or false.")? {
                true => "yes".to_owned(),
                false => return Ok(()),
            },
            Kind::Devices(most) => return devices(value, most, form),
            Kind::Pairs(names) => return pairs(value, names, form),
        };
        form.push((name, one));
        Ok(())
    }

    fn schema(&self) -> Value {
        let mut schema = match self.kind {
            Kind::Line(longest) => {
                json!({ "type": "string", "minLength": u8::from(self.required), "maxLength": longest })
            }
            Kind::Secret(longest) => json!({
                "type": "string", "minLength": u8::from(self.required), "maxLength": longest, "writeOnly": true,
            }),
            Kind::Lines { most, longest, least, .. } => json!({
                "type": "array", "minItems": least, "maxItems": most,
                "items": { "type": "string", "minLength": 1, "maxLength": longest },
            }),
            Kind::Code(codes) => json!({ "type": "string", "enum": codes() }),
            Kind::Day => {
                json!({ "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" })
            }
            Kind::Number(most) => json!({ "type": "integer", "minimum": 0, "maximum": most }),
            Kind::Flag => json!({ "type": "boolean" }),
            Kind::Devices(most) => json!({
                "type": "array", "minItems": 1, "maxItems": most,
                "items": { "type": "string", "pattern": "^A-[0-9a-f]{12}$" },
            }),
            Kind::Pairs(_) => json!({
                "type": "object", "maxProperties": MOST_ENTRIES,
                "propertyNames": { "minLength": 1, "maxLength": LONGEST_ENTRY },
                "additionalProperties": { "type": "string", "minLength": 1, "maxLength": LONGEST_ENTRY },
            }),
        };
        if let Some(schema) = schema.as_object_mut() {
            schema.insert("description".to_owned(), self.about.into());
        }
        schema
    }
}

fn line(value: &Value, longest: usize, required: bool) -> Result<String, &'static str> {
    let text = value.as_str().ok_or("It is no text.")?;
    match text.chars().count() {
        0 if required => Err("It must not be empty."),
        many if many > longest => Err("It is too long."),
        _ => Ok(plain(text)),
    }
}

fn day(value: &Value) -> Option<String> {
    let text = value.as_str().filter(|text| text.len() == 10)?;
    text.parse::<jiff::civil::Date>().ok().map(|_| text.to_owned())
}

fn devices(value: &Value, most: usize, form: &mut Vec<(String, String)>) -> Result<(), &'static str> {
    let all = value.as_array().filter(|all| (1..=most).contains(&all.len()));
    for one in all.ok_or("It is no list of ids, or too long.")? {
        let id = one
            .as_str()
            .filter(|text| text.strip_prefix("A-").is_some_and(|id| id.parse().map(AssetId).is_ok()));
        form.push(("device".to_owned(), id.ok_or("An id looks like A-1a2b3c4d5e6f.")?.to_owned()));
    }
    Ok(())
}

fn pairs(
    value: &Value,
    names: Option<(&'static str, &'static str)>,
    form: &mut Vec<(String, String)>,
) -> Result<(), &'static str> {
    let all = value.as_object().filter(|all| all.len() <= MOST_ENTRIES);
    for (name, value) in all.ok_or("It is no object, or has too many entries.")? {
        let name = line(&Value::from(name.as_str()), LONGEST_ENTRY, true)?;
        let value = line(value, LONGEST_ENTRY, true)?;
        match names {
            Some((one, other)) => form.extend([(one.to_owned(), name), (other.to_owned(), value)]),
            None => form.push((name, value)),
        }
    }
    Ok(())
}

/// What was sent, as a form has it.
pub(crate) fn read(headers: &HeaderMap, bytes: &[u8], declared: &[Field]) -> Result<Sent, Problem> {
    if bytes.is_empty() && declared.iter().all(|field| !field.required) {
        return Ok(Sent::default());
    }
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        return Err(Problem::NotJson);
    }
    let sent: Value = serde_json::from_slice(bytes).map_err(|error| {
        Problem::Bad(format!("It is no JSON: line {}, column {}.", error.line(), error.column()))
    })?;
    let Value::Object(sent) = sent else { return Err(Problem::Bad("Send a JSON object.".to_owned())) };
    checked(&sent, declared)
}

fn checked(sent: &Map<String, Value>, declared: &[Field]) -> Result<Sent, Problem> {
    let (mut form, mut errors) = (Vec::new(), Vec::new());
    for name in sent.keys().filter(|name| declared.iter().all(|field| field.name != **name)) {
        errors.push((pointer(name), "There is no such field here.".to_owned()));
    }
    for field in declared {
        let added = match sent.get(field.name) {
            None | Some(Value::Null) if field.required => Err("It is missing."),
            None => Ok(()),
            Some(value) => field.add(value, &mut form),
        };
        if let Err(why) = added {
            errors.push((pointer(field.name), why.to_owned()));
        }
    }
    errors.truncate(MOST_ERRORS);
    if errors.is_empty() { Ok(Sent(form)) } else { Err(Problem::Fields(errors)) }
}

/// Where a field stands (RFC 6901), short enough to be told.
fn pointer(name: &str) -> String {
    let name: String = plain(name).chars().take(40).collect();
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// The schema of an object with these fields.
pub(crate) fn schema(declared: &[Field]) -> Value {
    let properties: Map<String, Value> =
        declared.iter().map(|field| (field.name.to_owned(), field.schema())).collect();
    let required: Vec<&str> =
        declared.iter().filter(|field| field.required).map(|field| field.name).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DECLARED: &[Field] = &[
        Field::must("to", "", Kind::Line(5)),
        Field::may("care_role", "", Kind::Code(|| vec!["a", "b"])),
        Field::may("until", "", Kind::Day),
        Field::may("spares", "", Kind::Number(9)),
        Field::may("shared", "", Kind::Flag),
        Field::may("devices", "", Kind::Devices(2)),
        Field::may("columns", "", Kind::Pairs(Some(("heading", "field")))),
        Field::may("fields", "", Kind::Pairs(None)),
        Field::may("password", "", Kind::Secret(5)),
        Field::may("interfaces", "", Kind::Lines { most: 2, longest: 5, least: 1, form: "interface" }),
    ];

    fn sent(body: &str) -> Result<Sent, Problem> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, "application/json; charset=utf-8".parse().unwrap());
        read(&headers, body.as_bytes(), DECLARED)
    }

    #[test]
    fn an_object_becomes_the_form_that_a_page_would_send() {
        let body = r#"{"shared":true,"to":"Ana\u0007","care_role":"b","until":"2027-01-31","spares":0,
            "devices":["A-1a2b3c4d5e6f"],"columns":{"Host name":"name"},"fields":{"area":"medical"}}"#;
        let sent = sent(body).unwrap();
        assert_eq!((sent.text("to"), sent.text("care-role")), ("Ana\u{fffd}", "b"));
        assert_eq!(
            (sent.text("until"), sent.text("spares"), sent.text("shared")),
            ("2027-01-31", "0", "yes")
        );
        assert_eq!((sent.text("device"), sent.text("area")), ("A-1a2b3c4d5e6f", "medical"));
        assert_eq!((sent.text("heading"), sent.text("field")), ("Host name", "name"));
        let sent = self::sent(r#"{"to":"a","password":" \u0007 ","interfaces":["eth0","eth1"]}"#).unwrap();
        assert_eq!(sent.exact("password"), " \u{7} ", "a password is as it was typed");
        assert_eq!(sent.all("interface").collect::<Vec<_>>(), ["eth0", "eth1"]);
    }

    #[test]
    fn each_field_that_is_wrong_is_named() {
        let wrong = |body: &str| match sent(body) {
            Err(Problem::Fields(errors)) => errors.into_iter().map(|(at, _)| at).collect::<Vec<_>>(),
            other => panic!("{body}: {other:?}"),
        };
        assert_eq!(wrong(r#"{"a/b~":1}"#), ["/a~1b~0", "/to"]);
        assert_eq!(wrong(r#"{"to":null}"#), ["/to"]);
        for value in [r#""123456""#, "\"\"", "7", "[]"] {
            assert_eq!(wrong(&format!(r#"{{"to":{value}}}"#)), ["/to"], "{value}");
        }
        for (name, value) in [
            ("care_role", "\"c\""),
            ("care_role", "null"),
            ("until", "\"2027-02-30\""),
            ("until", "\"20270131\""),
            ("spares", "10"),
            ("spares", "-1"),
            ("spares", "1.5"),
            ("shared", "\"yes\""),
            ("devices", "[]"),
            ("devices", r#"["A-1"]"#),
            ("columns", r#"{"":"name"}"#),
            ("fields", r#"{"area":7}"#),
            ("password", "7"),
            ("password", "\"123456\""),
            ("interfaces", "[]"),
            ("interfaces", "\"eth0\""),
            ("interfaces", r#"["eth0", ""]"#),
            ("interfaces", r#"["a", "b", "c"]"#),
        ] {
            assert_eq!(wrong(&format!(r#"{{"to":"a","{name}":{value}}}"#)), [format!("/{name}")], "{value}");
        }
        assert!(matches!(sent("{"), Err(Problem::Bad(_))));
        assert!(matches!(sent("[]"), Err(Problem::Bad(_))));
        assert!(matches!(sent(&"[".repeat(5_000)), Err(Problem::Bad(_))));
        assert!(matches!(read(&HeaderMap::new(), b"{}", DECLARED), Err(Problem::NotJson)));
        assert!(read(&HeaderMap::new(), b"", &[]).is_ok());
    }
}
