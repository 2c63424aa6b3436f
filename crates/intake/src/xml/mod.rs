//! XML as far as other tools' files need it: elements of names that a reader knows, read record by record.
//!
//! There are no document type definitions and no entities but the five of XML itself: a `<!DOCTYPE>` may give its name (Nmap's
//! does), nothing more. Depth, attributes and elements of one record are bounded. Elements that a reader does not know are
//! passed over without being kept. Not here: what an element means; namespaces are taken off.

mod element;
mod error;
mod file;

use std::borrow::Cow;

use compact_str::CompactString;
use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};

pub(crate) use element::Element;
pub(crate) use error::XmlError;
pub(crate) use file::read_file;

use crate::Row;

/// The most elements that may stand inside each other.
const DEEPEST: usize = 64;
/// The most attributes of one element.
const MOST_ATTRIBUTES: usize = 64;
/// The most elements of one record.
const MOST_ELEMENTS: usize = 1_000_000;
/// The most bytes of text that are kept of one element.
const LONGEST_TEXT: usize = 64 << 10;

/// What a reader knows of a kind of document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Vocabulary {
    /// Names of the elements and attributes that are read; others are passed over.
    pub(crate) names: &'static [&'static str],
    /// The elements that are read whole, one by one.
    pub(crate) records: &'static [&'static str],
    /// Elements around records that are passed over, with the records inside them.
    pub(crate) passed_over: &'static [&'static str],
}

impl Vocabulary {
    fn name(&self, name: &str) -> Option<&'static str> {
        let found = self.names.iter().find(|known| **known == name);
        found.or_else(|| self.records.iter().find(|known| **known == name)).copied()
    }
}

/// What a reader is told of, in the order of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// A known element around records begins: its attributes alone.
    Opened(Element),
    /// A record, whole.
    Record(Element),
}

/// Whether bytes begin like XML whose first element has one of these names, whatever their prefix.
pub(crate) fn begins_with(bytes: &[u8], roots: &[&str]) -> bool {
    let start = bytes.get(..bytes.len().min(LONGEST_TEXT)).unwrap_or_default();
    let text = String::from_utf8_lossy(start);
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    while let Some((_, after)) = rest.split_once('<').filter(|(before, _)| before.trim().is_empty()) {
        let end = if after.starts_with("!--") { "-->" } else { ">" };
        if !after.starts_with(['!', '?']) {
            let name =
                after.split(|c: char| c.is_whitespace() || c == '>' || c == '/').next().unwrap_or_default();
            return roots.contains(&local(name));
        }
        rest = after.split_once(end).map_or("", |(_, rest)| rest);
    }
    false
}

/// The text of a file: UTF-8, with or without a mark; bytes that are none become replacement characters.
///
/// # Errors
/// When it is UTF-16.
pub(crate) fn text_of(bytes: &[u8]) -> Result<Cow<'_, str>, XmlError> {
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Err(XmlError::Utf16),
        [0xef, 0xbb, 0xbf, rest @ ..] => Ok(String::from_utf8_lossy(rest)),
        _ => Ok(String::from_utf8_lossy(bytes)),
    }
}

/// Reads a document and gives each of its parts to `each`.
///
/// # Errors
/// When it is no XML, has entities, or is larger than the limits; [`XmlError::EndsEarly`] when it is cut off, after the whole
/// records before were given.
pub(crate) fn read(text: &str, vocabulary: Vocabulary, mut each: impl FnMut(Part)) -> Result<(), XmlError> {
    let mut walk = Walk::new(text, vocabulary);
    let mut depth = 0_usize;
    let mut has_root = false;
    loop {
        let event = walk.event()?;
        match &event {
            Event::Start(start) if vocabulary.passed_over.contains(&local(start.name().into_inner())) => {
                walk.pass_over()?;
            }
            Event::Start(start) | Event::Empty(start) => {
                has_root = true;
                let is_open = matches!(event, Event::Start(_));
                let element = walk.element(start)?;
                match element {
                    Some(element) if vocabulary.records.contains(&element.name) => {
                        each(Part::Record(if is_open { walk.whole(element)? } else { element }));
                    }
                    other => {
                        depth = depth.saturating_add(usize::from(is_open));
                        if let Some(element) = other {
                            each(Part::Opened(element));
                        }
                    }
                }
                if depth > DEEPEST {
                    return Err(XmlError::TooDeep { line: walk.line() });
                }
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Eof if depth > 0 => return Err(XmlError::EndsEarly { line: walk.line() }),
            Event::Eof if !has_root => return Err(XmlError::Empty),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// A place in a document.
struct Walk<'a> {
    reader: Reader<&'a [u8]>,
    text: &'a str,
    vocabulary: Vocabulary,
    /// Where lines were counted last, and how many there were.
    counted: (usize, u64),
}

impl<'a> Walk<'a> {
    fn new(text: &'a str, vocabulary: Vocabulary) -> Self {
        let reader = Reader::from_str(text);
        Self { reader, text, vocabulary, counted: (0, 1) }
    }

    /// The line that the reader stands in, from 1.
    fn line(&mut self) -> u64 {
        let at = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        let (from, lines) = self.counted;
        let between = self.text.as_bytes().get(from..at).unwrap_or_default();
        let more = between.iter().filter(|byte| **byte == b'\n').count();
        self.counted = (at.max(from), lines.saturating_add(u64::try_from(more).unwrap_or(u64::MAX)));
        self.counted.1
    }

    fn event(&mut self) -> Result<Event<'a>, XmlError> {
        match self.reader.read_event() {
            Ok(Event::DocType(name)) if !is_plain(&name) => Err(XmlError::DocumentType { line: self.line() }),
            Ok(event) => Ok(event),
            // Each error of this kind is markup that nothing closes before the end.
            Err(quick_xml::Error::Syntax(_)) => Err(XmlError::EndsEarly { line: self.line() }),
            Err(_) => Err(XmlError::Damaged { line: self.line() }),
        }
    }

    /// An element that begins, with its known attributes; `None` when its name is not known.
    fn element(&mut self, start: &BytesStart<'_>) -> Result<Option<Element>, XmlError> {
        let line = self.line();
        let Some(name) = self.vocabulary.name(local(start.name().into_inner())) else { return Ok(None) };
        let mut element = Element::new(name, Row(line));
        for (count, attribute) in start.attributes().with_checks(false).enumerate() {
            if count >= MOST_ATTRIBUTES {
                return Err(XmlError::TooManyAttributes { line });
            }
            let attribute = attribute.map_err(|_| XmlError::Damaged { line })?;
            let Some(key) = self.vocabulary.name(local(attribute.key.into_inner())) else { continue };
            let value =
                attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| XmlError::Entity { line })?;
            element.attributes.push((key, CompactString::from(value)));
        }
        Ok(Some(element))
    }

    /// Everything inside an element that has begun, up to its end.
    fn whole(&mut self, first: Element) -> Result<Element, XmlError> {
        let mut open = vec![first];
        let mut elements = 1_usize;
        loop {
            let event = self.event()?;
            match &event {
                Event::Start(start) => match self.element(start)? {
                    Some(element) => open.push(element),
                    None => self.pass_over()?,
                },
                Event::Empty(start) => {
                    if let (Some(element), Some(parent)) = (self.element(start)?, open.last_mut()) {
                        parent.children.push(element);
                    }
                }
                Event::Text(text) => add(&mut open, &text.xml10_content()),
                Event::CData(text) => add(&mut open, &text.xml10_content()),
                Event::GeneralRef(entity) => {
                    let c = self.resolve(entity)?;
                    add(&mut open, c.encode_utf8(&mut [0; 4]));
                }
                Event::End(_) => {
                    let Some(done) = open.pop() else { return Err(XmlError::Damaged { line: self.line() }) };
                    match open.last_mut() {
                        Some(parent) => parent.children.push(done),
                        None => return Ok(done),
                    }
                }
                Event::Eof => return Err(XmlError::EndsEarly { line: self.line() }),
                _ => continue,
            }
            elements = elements.saturating_add(1);
            if elements > MOST_ELEMENTS {
                return Err(XmlError::TooManyElements { line: self.line() });
            }
            if open.len() > DEEPEST {
                return Err(XmlError::TooDeep { line: self.line() });
            }
        }
    }

    /// Passes over everything inside an element that has begun, up to its end.
    fn pass_over(&mut self) -> Result<(), XmlError> {
        let mut open = 1_usize;
        while open > 0 {
            match self.event()? {
                Event::Start(_) => open = open.saturating_add(1),
                Event::End(_) => open = open.saturating_sub(1),
                Event::Eof => return Err(XmlError::EndsEarly { line: self.line() }),
                _ => {}
            }
        }
        Ok(())
    }

    /// The character of a reference: a number, or one of the five names that XML itself has.
    fn resolve(&mut self, entity: &BytesRef<'_>) -> Result<char, XmlError> {
        let named = match &**entity {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "apos" => Some('\''),
            "quot" => Some('"'),
            _ => entity.resolve_char_ref().ok().flatten(),
        };
        named.ok_or_else(|| XmlError::Entity { line: self.line() })
    }
}

/// Adds text to the innermost open element, up to a limit.
fn add(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        let room = LONGEST_TEXT.saturating_sub(element.text.len());
        let end = text.floor_char_boundary(room);
        element.text.push_str(text.get(..end).unwrap_or_default());
    }
}

/// A name without its namespace's prefix.
fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// Whether a document type gives its name and nothing more.
fn is_plain(name: &str) -> bool {
    name.trim().bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.:".contains(&b))
}

#[cfg(test)]
mod tests;
