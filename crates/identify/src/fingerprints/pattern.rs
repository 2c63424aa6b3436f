//! One fingerprint: a pattern, and what it gives when it matches.

use std::collections::BTreeMap;
use std::sync::Arc;

use regex::bytes::{Captures, Regex, RegexBuilder};
use wardround_model::words;

/// The most bytes of a pattern.
pub(super) const MAX_PATTERN: usize = 2_048;
/// The most bytes of a pattern that is made ready, but for a few; of what it remembers while it runs as many.
const MAX_COMPILED: usize = 128 << 10;
/// The most bytes of one of those few.
const MAX_LARGE: usize = 1 << 20;
/// The most groups inside each other.
const MAX_NESTED: u32 = 50;
/// The most bytes of a property.
const MAX_PROPERTY: usize = 128;

/// A pattern and what it gives.
#[derive(Debug)]
pub(super) struct Fingerprint {
    /// Its description, else its place.
    pub(super) name: String,
    /// The name of its file.
    pub(super) file: Arc<str>,
    pub(super) pattern: Pattern,
    pub(super) params: Vec<Param>,
}

/// What a fingerprint gives: a property, from a group of the pattern or as it stands.
#[derive(Debug)]
pub(super) struct Param {
    /// The name of the property, such as `hw.vendor`.
    pub(super) name: String,
    pub(super) value: Value,
}

/// Where a property comes from.
#[derive(Debug)]
pub(super) enum Value {
    /// The group of this number, from 1.
    Group(usize),
    /// This text; `{hw.model}` in it is another property.
    Text(String),
}

/// A pattern that is ready.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) regex: Regex,
    /// Whether it is one of the few that take more room.
    pub(super) is_large: bool,
}

/// Makes a pattern ready; with `may_be_large` one that takes more room than others, too.
pub(super) fn compile(pattern: &str, flags: &str, may_be_large: bool) -> Result<Pattern, &'static str> {
    if pattern.len() > MAX_PATTERN {
        return Err("the pattern is too long");
    }
    let small = within(MAX_COMPILED, pattern, flags)?;
    let is_large = small.is_none();
    let large = || if may_be_large { within(MAX_LARGE, pattern, flags) } else { Ok(None) };
    let regex = small.map_or_else(large, |regex| Ok(Some(regex)))?.ok_or("the pattern is too large")?;
    Ok(Pattern { regex, is_large })
}

/// The same within so many bytes, without Unicode: nearly all that is kept is ASCII. `None` when it needs more.
fn within(bytes: usize, pattern: &str, flags: &str) -> Result<Option<Regex>, &'static str> {
    let mut builder = RegexBuilder::new(pattern);
    builder.unicode(false).size_limit(bytes).dfa_size_limit(MAX_COMPILED).nest_limit(MAX_NESTED);
    for flag in flags.split(',').map(str::trim).filter(|flag| !flag.is_empty()) {
        match flag {
            "REG_ICASE" => builder.case_insensitive(true),
            "REG_DOT_NEWLINE" => builder.dot_matches_new_line(true),
            // Ruby means by it what others mean by the flag before.
            "REG_MULTILINE" => builder.multi_line(true).dot_matches_new_line(true),
            _ => return Err("a flag of the pattern is not known"),
        };
    }
    match builder.build() {
        Ok(regex) => Ok(Some(regex)),
        Err(regex::Error::CompiledTooBig(_)) => Ok(None),
        Err(_) if pattern.contains("(?=") || pattern.contains("(?!") || pattern.contains("(?<") => {
            Err("the pattern looks ahead or behind, which is not done")
        }
        Err(_) => Err("the pattern is not understood"),
    }
}

impl Fingerprint {
    /// What it gives, when it matches.
    pub(super) fn properties(&self, text: &str) -> Option<BTreeMap<String, String>> {
        let groups = self.pattern.regex.captures(text.as_bytes())?;
        let mut given: BTreeMap<String, String> = BTreeMap::new();
        for param in &self.params {
            if let Some(value) = plain(&param.value, &groups) {
                given.insert(param.name.clone(), value);
            }
        }
        for param in &self.params {
            if let Value::Text(template) = &param.value
                && template.contains('{')
            {
                match filled(template, &given) {
                    Some(value) => given.insert(param.name.clone(), value),
                    None => given.remove(&param.name),
                };
            }
        }
        Some(given)
    }
}

/// A value of a group, or a text as it stands; what is masked in the text says nothing.
fn plain(value: &Value, groups: &Captures<'_>) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Group(number) => {
            let found = std::str::from_utf8(groups.get(*number)?.as_bytes()).ok()?.trim();
            let is_said = !found.is_empty() && found.len() <= MAX_PROPERTY && !found.contains(words::MASK);
            is_said.then(|| found.to_owned())
        }
    }
}

/// A text with other properties put in; `None` where one is missing.
fn filled(template: &str, given: &BTreeMap<String, String>) -> Option<String> {
    let mut parts = template.split('{');
    let mut value = parts.next()?.to_owned();
    for part in parts {
        let (name, after) = part.split_once('}')?;
        value.push_str(given.get(name).filter(|other| !other.contains('{'))?);
        value.push_str(after);
    }
    Some(value).filter(|value| value.len() <= MAX_PROPERTY)
}
