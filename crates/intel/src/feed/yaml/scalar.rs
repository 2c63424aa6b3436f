//! Keys, quoted texts and flow collections: what stands on one line.

use serde_json::{Map, Value};

/// What a text that begins with a quote or bracket is.
pub(super) enum Flow {
    /// All of it was read.
    Whole(Value),
    /// It goes on in the next line.
    Unclosed,
    /// It is wrong.
    Wrong(&'static str),
}

/// How deep flow collections may stand in each other.
const DEPTH: usize = 8;

/// The key at the beginning of a line, and what follows its colon.
pub(super) fn key(text: &str) -> Option<(String, &str)> {
    let (key, rest) = if text.starts_with(['"', '\'']) {
        let mut reader = Reader { rest: text };
        let Ok(Value::String(key)) = reader.quoted() else { return None };
        (key, reader.rest.trim_start().strip_prefix(':')?)
    } else {
        let end = text.match_indices(':').map(|(at, _)| at).find(|&at| {
            let after = text.get(at + 1..).unwrap_or_default();
            after.is_empty() || after.starts_with([' ', '\t'])
        })?;
        let (key, rest) = text.split_at_checked(end)?;
        (key.trim_end().to_owned(), rest.strip_prefix(':')?)
    };
    let plain =
        !key.is_empty() && !key.starts_with(['[', '{', '&', '*', '!', '#', '|', '>', '?', '%', '@', '`']);
    plain.then(|| (key, rest.trim_start()))
}

/// A plain text without what ` #` begins.
pub(super) fn without_comment(text: &str) -> &str {
    let end = text.find(" #").or(text.find("\t#")).unwrap_or(text.len());
    text.get(..end).unwrap_or(text).trim_end()
}

/// Reads a quoted text or a flow collection, with nothing but a comment behind it.
pub(super) fn flow(text: &str) -> Flow {
    let mut reader = Reader { rest: text };
    match reader.value(0) {
        Ok(value) => {
            let rest = reader.rest.trim_start();
            let ends = rest.is_empty() || rest.starts_with('#');
            if ends { Flow::Whole(value) } else { Flow::Wrong("something stands behind a quote or bracket") }
        }
        Err(Stop::Unclosed) => Flow::Unclosed,
        Err(Stop::Wrong(reason)) => Flow::Wrong(reason),
    }
}

enum Stop {
    Unclosed,
    Wrong(&'static str),
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn next(&mut self) -> Result<char, Stop> {
        let mut letters = self.rest.chars();
        let letter = letters.next().ok_or(Stop::Unclosed)?;
        self.rest = letters.as_str();
        Ok(letter)
    }

    fn value(&mut self, depth: usize) -> Result<Value, Stop> {
        if depth > DEPTH {
            return Err(Stop::Wrong("brackets stand too deep in each other"));
        }
        self.rest = self.rest.trim_start();
        match self.rest.chars().next().ok_or(Stop::Unclosed)? {
            '"' | '\'' => self.quoted(),
            '[' => self.sequence(depth),
            '{' => self.mapping(depth),
            '&' | '*' | '!' => Err(Stop::Wrong("anchors, aliases and tags are not read")),
            _ => Ok(self.plain(&[',', ']', '}'])),
        }
    }

    fn plain(&mut self, ends: &[char]) -> Value {
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        let text = text.trim();
        if matches!(text, "" | "~" | "null") { Value::Null } else { Value::String(text.to_owned()) }
    }

    fn quoted(&mut self) -> Result<Value, Stop> {
        let quote = self.next()?;
        let mut text = String::new();
        loop {
            match self.next()? {
                '\'' if quote == '\'' && self.rest.starts_with('\'') => text.push(self.next()?),
                letter if letter == quote => return Ok(Value::String(text)),
                '\\' if quote == '"' => self.escape(&mut text)?,
                letter => text.push(letter),
            }
        }
    }

    fn escape(&mut self, text: &mut String) -> Result<(), Stop> {
        let letter = match self.next()? {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            '0' => '\0',
            'e' => '\u{1b}',
            'x' => self.code(2)?,
            'u' => self.code(4)?,
            'U' => self.code(8)?,
            // A line that was broken: the break was joined as one space.
            ' ' => return Ok(()),
            other => other,
        };
        text.push(letter);
        Ok(())
    }

    fn code(&mut self, digits: usize) -> Result<char, Stop> {
        let wrong = || Stop::Wrong("an escape is no letter");
        let (code, rest) = self.rest.split_at_checked(digits).ok_or(Stop::Unclosed)?;
        self.rest = rest;
        let code = u32::from_str_radix(code, 16).map_err(|_| wrong())?;
        // Halves of a pair stand for letters that nothing we keep is written with.
        Ok(char::from_u32(code).unwrap_or('\u{fffd}'))
    }

    fn sequence(&mut self, depth: usize) -> Result<Value, Stop> {
        self.next()?;
        let mut items = Vec::new();
        loop {
            self.rest = self.rest.trim_start();
            if self.rest.starts_with(']') {
                self.next()?;
                return Ok(Value::Array(items));
            }
            items.push(self.value(depth + 1)?);
            self.separator(']')?;
        }
    }

    fn mapping(&mut self, depth: usize) -> Result<Value, Stop> {
        self.next()?;
        let mut map = Map::new();
        loop {
            self.rest = self.rest.trim_start();
            if self.rest.starts_with('}') {
                self.next()?;
                return Ok(Value::Object(map));
            }
            let key = if self.rest.starts_with(['"', '\'']) {
                self.quoted()?
            } else {
                self.plain(&[':', ',', '}'])
            };
            self.rest = self.rest.trim_start();
            if self.next()? != ':' {
                return Err(Stop::Wrong("a key in braces has no colon"));
            }
            let value = self.value(depth + 1)?;
            map.insert(key.as_str().unwrap_or_default().to_owned(), value);
            self.separator('}')?;
        }
    }

    /// A comma, or the end that the caller sees next.
    fn separator(&mut self, end: char) -> Result<(), Stop> {
        self.rest = self.rest.trim_start();
        match self.rest.chars().next().ok_or(Stop::Unclosed)? {
            ',' => self.next().map(|_| ()),
            letter if letter == end => Ok(()),
            _ => Err(Stop::Wrong("a comma is missing in brackets")),
        }
    }
}
