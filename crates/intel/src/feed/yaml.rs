//! The part of YAML that advisories and front matter are written in, into a JSON value whose scalars are all texts.
//!
//! Read: block mappings and sequences, plain, quoted and block scalars, flow sequences and mappings, comments. Refused:
//! anchors, aliases, tags and several documents, so that no text can grow or loop when it is read.

mod scalar;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

/// How deep things may stand in each other.
const DEPTH: usize = 24;

/// A text that is not of the part that is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct YamlError {
    /// Line, from 1.
    pub(crate) line: u64,
    /// What is wrong there.
    pub(crate) reason: &'static str,
}

/// Reads one document; a first line `---` is skipped.
pub(crate) fn read(text: &str) -> Result<Value, YamlError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = Lines { lines: text.lines().collect(), at: 0, depth: 0 };
    if lines.peek().is_some_and(|line| line.text == "---") {
        lines.at += 1;
    }
    let value = lines.block(0)?;
    match lines.peek() {
        None => Ok(value),
        Some(line) if line.text == "..." => Ok(value),
        Some(_) => Err(lines.error("stands deeper or shallower than what it belongs to")),
    }
}

/// A line that says something.
#[derive(Clone, Copy)]
struct Line<'t> {
    indent: usize,
    text: &'t str,
}

struct Lines<'t> {
    lines: Vec<&'t str>,
    at: usize,
    depth: usize,
}

impl<'t> Lines<'t> {
    fn error(&self, reason: &'static str) -> YamlError {
        YamlError { line: u64::try_from(self.at).unwrap_or(u64::MAX).saturating_add(1), reason }
    }

    /// The next line that is not empty or a comment.
    fn peek(&mut self) -> Option<Line<'t>> {
        loop {
            let line = *self.lines.get(self.at)?;
            let text = line.trim_start_matches(' ');
            if text.trim().is_empty() || text.starts_with('#') {
                self.at += 1;
                continue;
            }
            return Some(Line { indent: line.len() - text.len(), text: text.trim_end() });
        }
    }

    /// What stands at this indent or deeper; nothing is `Null`.
    fn block(&mut self, least: usize) -> Result<Value, YamlError> {
        let Some(line) = self.peek().filter(|line| line.indent >= least) else { return Ok(Value::Null) };
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(self.error("things stand too deep in each other"));
        }
        let value = if is_item(line.text) {
            self.sequence(line.indent)
        } else if scalar::key(line.text).is_some() {
            self.mapping(line.indent)
        } else {
            self.at += 1;
            self.scalar(line.text, line.indent)
        };
        self.depth -= 1;
        value
    }

    fn sequence(&mut self, indent: usize) -> Result<Value, YamlError> {
        let mut items = Vec::new();
        while let Some(line) = self.peek().filter(|line| line.indent == indent && is_item(line.text)) {
            let rest = line.text.get(1..).unwrap_or_default();
            let inner = rest.trim_start();
            let column = indent + 1 + (rest.len() - inner.len());
            if inner.is_empty() || inner.starts_with('#') {
                self.at += 1;
                items.push(self.block(indent + 1)?);
            } else if scalar::key(inner).is_some() || is_item(inner) {
                items.push(self.inline_block(inner, column)?);
            } else {
                self.at += 1;
                items.push(self.scalar(inner, indent + 1)?);
            }
        }
        Ok(Value::Array(items))
    }

    /// A mapping or sequence that begins behind a dash: as if the dash were a space.
    fn inline_block(&mut self, inner: &'t str, column: usize) -> Result<Value, YamlError> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(self.error("things stand too deep in each other"));
        }
        let value = if is_item(inner) {
            // A sequence straight in a sequence: nobody writes that.
            Err(self.error("a sequence begins on the line of another"))
        } else {
            self.mapping_from(Line { indent: column, text: inner }, column)
        };
        self.depth -= 1;
        value
    }

    fn mapping(&mut self, indent: usize) -> Result<Value, YamlError> {
        match self.peek() {
            Some(line) => self.mapping_from(line, indent),
            None => Ok(Value::Null),
        }
    }

    fn mapping_from(&mut self, first: Line<'t>, indent: usize) -> Result<Value, YamlError> {
        let mut map = Map::new();
        let mut next = Some(first);
        while let Some(line) = next.filter(|line| line.indent == indent && !is_item(line.text)) {
            let Some((key, rest)) = scalar::key(line.text) else {
                return Err(self.error("a key with a colon is missing"));
            };
            self.at += 1;
            let value = self.value(rest, indent)?;
            if map.insert(key, value).is_some() {
                return Err(self.error("a key stands twice"));
            }
            next = self.peek();
        }
        Ok(Value::Object(map))
    }

    /// What follows a key: on its line, or below it.
    fn value(&mut self, rest: &'t str, indent: usize) -> Result<Value, YamlError> {
        if !rest.is_empty() && !rest.starts_with('#') {
            return self.scalar(rest, indent + 1);
        }
        // A sequence may stand as deep as its key.
        let item = self.peek().is_some_and(|line| line.indent == indent && is_item(line.text));
        self.block(if item { indent } else { indent + 1 })
    }

    /// A scalar or a flow collection that begins with this text; its other lines stand at `least` or deeper.
    fn scalar(&mut self, text: &'t str, least: usize) -> Result<Value, YamlError> {
        let first = text.chars().next().unwrap_or_default();
        match first {
            '|' | '>' => Ok(Value::String(self.block_scalar(first == '>', least))),
            '&' | '*' | '!' => Err(self.error("anchors, aliases and tags are not read")),
            '"' | '\'' | '[' | '{' => self.flow(text, least),
            '@' | '`' | '%' => Err(self.error("a text begins with a reserved letter")),
            _ => self.plain(text, least),
        }
    }

    fn plain(&mut self, text: &'t str, least: usize) -> Result<Value, YamlError> {
        let mut whole = scalar::without_comment(text).to_owned();
        while let Some(line) = self.peek().filter(|line| line.indent >= least) {
            whole.push(' ');
            whole.push_str(scalar::without_comment(line.text));
            self.at += 1;
        }
        if whole.contains(": ") || whole.ends_with(':') {
            return Err(self.error("a colon stands in a text without quotes"));
        }
        let null = matches!(whole.as_str(), "" | "~" | "null");
        Ok(if null { Value::Null } else { Value::String(whole) })
    }

    /// Joins lines until what was opened is closed.
    fn flow(&mut self, text: &'t str, least: usize) -> Result<Value, YamlError> {
        let mut whole = text.to_owned();
        loop {
            match scalar::flow(&whole) {
                scalar::Flow::Whole(value) => return Ok(value),
                scalar::Flow::Wrong(reason) => return Err(self.error(reason)),
                scalar::Flow::Unclosed => {}
            }
            // Reading again from the start is quadratic: honest texts have few lines.
            let Some(&line) = self.lines.get(self.at).filter(|_| whole.len() < 64 * 1024) else {
                return Err(self.error("a quote or bracket is not closed"));
            };
            let deep_enough = line.trim().is_empty() || line.len() - line.trim_start().len() >= least.min(1);
            if !deep_enough {
                return Err(self.error("a quote or bracket is not closed"));
            }
            whole.push(if line.trim().is_empty() { '\n' } else { ' ' });
            whole.push_str(line.trim());
            self.at += 1;
        }
    }

    /// The raw lines below, at `least` or deeper.
    fn block_scalar(&mut self, folded: bool, least: usize) -> String {
        let mut whole = String::new();
        while let Some(&line) = self.lines.get(self.at) {
            let indent = line.len() - line.trim_start_matches(' ').len();
            if !line.trim().is_empty() && indent < least {
                break;
            }
            whole.push_str(line.trim());
            whole.push(if folded { ' ' } else { '\n' });
            self.at += 1;
        }
        whole.truncate(whole.trim_end().len());
        whole
    }
}

fn is_item(text: &str) -> bool {
    text == "-" || text.starts_with("- ")
}
