//! One row of a log: fields by name, whether it came as text between tabs or as an object of JSON.

use std::borrow::Cow;

use serde_json::Value;

/// The longest line that is read.
pub(super) const LONGEST_LINE: usize = 256 * 1024;

/// One row.
#[derive(Debug)]
pub(super) enum Record<'a> {
    /// Cells between tabs, and the fields that they stand for.
    Cells {
        /// Names of the fields.
        fields: &'a [&'a str],
        /// Their values, in the same order.
        cells: Vec<&'a str>,
    },
    /// An object.
    Object(Value),
}

impl Record<'_> {
    /// The value of a field, where it is set. Of an object, dots lead into objects inside where no field has the whole name.
    pub(super) fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        let value = match self {
            Self::Cells { fields, cells } => {
                let place = fields.iter().position(|field| *field == name)?;
                cells.get(place).map(|cell| Cow::Borrowed(*cell))
            }
            Self::Object(object) => object.get(name).or_else(|| inside(object, name)).and_then(text),
        };
        value.filter(|value| !matches!(value.as_ref(), "" | "-" | "(empty)"))
    }

    /// A number; 0 where there is none.
    pub(super) fn number(&self, name: &str) -> u64 {
        self.get(name).and_then(|value| value.parse().ok()).unwrap_or(0)
    }

    /// Something that a field's text says.
    pub(super) fn parse<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.get(name)?.parse().ok()
    }
}

fn inside<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    name.split('.').try_fold(object, |object, part| object.get(part))
}

/// A scalar as text; the scalars of a list with commas between them.
fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        Value::Bool(yes) => Some(Cow::Borrowed(if *yes { "T" } else { "F" })),
        Value::Array(list) => {
            let scalars = list.iter().filter(|item| !item.is_array()).filter_map(text);
            Some(Cow::Owned(scalars.collect::<Vec<_>>().join(",")))
        }
        Value::Null | Value::Object(_) => None,
    }
}

/// Reads a line of JSON; the error never repeats the line.
pub(super) fn object(line: &str) -> Result<Record<'static>, &'static str> {
    if line.len() > LONGEST_LINE {
        return Err("is longer than a row of such a log can be");
    }
    match serde_json::from_str::<Value>(line) {
        Ok(object @ Value::Object(_)) => Ok(Record::Object(object)),
        Ok(_) | Err(_) => Err("is no whole object of JSON: it was cut off or damaged; export it again"),
    }
}
