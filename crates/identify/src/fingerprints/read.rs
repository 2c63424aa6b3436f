//! The XML of fingerprints. There are no entities but XML's own five, and no document type.

use std::sync::Arc;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::pattern::{self, Fingerprint, Param, Value};
use super::{FingerprintError, FingerprintFile, texts};

/// The most bytes of a file.
const MAX_BYTES: usize = 1 << 20;
/// The most params of one fingerprint, and attributes of one element.
const MAX_PARAMS: usize = 64;
/// The most bytes of a name, a description or a value.
const MAX_TEXT: usize = 256;

type Wrong = String;

/// How many more fingerprints may be used, and how many of them may take much room.
pub(super) struct Room {
    pub(super) fingerprints: usize,
    pub(super) large: usize,
}

/// What was read: the file, the place of its text, and its fingerprints.
pub(super) type Contents = (FingerprintFile, Option<usize>, Vec<Fingerprint>);

/// Reads a file, of which no more may be used than there is room for.
pub(super) fn read(name: &str, text: &str, room: Room) -> Result<Contents, FingerprintError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader::from_str(text);
    let mut file = File::new(name, room);
    let read = if text.len() > MAX_BYTES {
        Err(format!("it has more than {MAX_BYTES} bytes; split it in several files"))
    } else {
        file.walk(&mut reader, text)
    };
    match read {
        Ok(()) => Ok((file.read, file.place, file.fingerprints)),
        Err(reason) => {
            let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
            Err(FingerprintError { file: name.to_owned(), line: line(text, at), reason })
        }
    }
}

/// The line of a place, from 1.
fn line(text: &str, at: usize) -> u64 {
    let before = text.as_bytes().get(..at).unwrap_or(text.as_bytes());
    u64::try_from(before.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(u64::MAX).saturating_add(1)
}

/// A file while it is read.
struct File {
    read: FingerprintFile,
    name: Arc<str>,
    /// Whether its first element has begun, and whether it has ended.
    begun: bool,
    ended: bool,
    place: Option<usize>,
    room: Room,
    fingerprints: Vec<Fingerprint>,
    open: Option<Open>,
    in_description: bool,
}

/// A fingerprint that has begun.
struct Open {
    line: u64,
    pattern: String,
    flags: String,
    description: String,
    params: Vec<Param>,
}

impl File {
    fn new(name: &str, room: Room) -> Self {
        Self {
            read: FingerprintFile { name: name.to_owned(), used: 0, skipped: Vec::new(), not_kept: None },
            name: name.into(),
            begun: false,
            ended: false,
            place: None,
            room,
            fingerprints: Vec::new(),
            open: None,
            in_description: false,
        }
    }

    fn walk(&mut self, reader: &mut Reader<&[u8]>, text: &str) -> Result<(), Wrong> {
        // Lines are counted on from the last fingerprint, so that a file is walked twice at most.
        let (mut counted, mut lines) = (0_usize, 1_u64);
        loop {
            match reader
                .read_event()
                .map_err(|_| String::from("the XML does not hold together; mend it there"))?
            {
                Event::Start(tag) => {
                    let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
                    let between = text.get(counted..at).unwrap_or_default();
                    lines = lines.saturating_add(line(between, between.len())).saturating_sub(1);
                    counted = at;
                    self.start(&tag, lines)?;
                }
                Event::Empty(tag) if tag.name().into_inner() == "param" => self.param(&tag)?,
                Event::Empty(tag) if tag.name().into_inner() == "fingerprint" => {
                    return Err(String::from("a fingerprint gives nothing; add a param, such as hw.vendor"));
                }
                Event::Text(text) => self.describe(&text.xml10_content()),
                Event::GeneralRef(name) => {
                    let known = quick_xml::escape::resolve_predefined_entity(&name);
                    self.describe(known.unwrap_or(" "));
                }
                Event::End(tag) => self.end(tag.name().into_inner())?,
                Event::DocType(_) => return Err(String::from("a document type is never read; remove it")),
                Event::Eof if self.ended => return Ok(()),
                Event::Eof if self.begun => {
                    return Err(String::from("the file ends in the middle; fetch it again"));
                }
                Event::Eof => return Err(String::from(NO_FINGERPRINTS)),
                _ => {}
            }
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>, line: u64) -> Result<(), Wrong> {
        match tag.name().into_inner() {
            "fingerprints" if !self.begun => {
                let matches = attribute(tag, "matches")?.or(attribute(tag, "protocol")?).unwrap_or_default();
                self.begun = true;
                self.place = texts::place(&matches);
                self.read.not_kept = self.place.is_none().then_some(matches);
            }
            _ if !self.begun => return Err(String::from(NO_FINGERPRINTS)),
            "fingerprint" => {
                let pattern = attribute_of(tag, "pattern", usize::MAX)?
                    .ok_or("a fingerprint has no pattern; add pattern=\"^...\"")?;
                let flags = attribute(tag, "flags")?.unwrap_or_default();
                let (description, params) = (String::new(), Vec::new());
                self.open = Some(Open { line, pattern, flags, description, params });
            }
            "description" => self.in_description = true,
            "param" => self.param(tag)?,
            _ => {}
        }
        Ok(())
    }

    fn describe(&mut self, text: &str) {
        if let Some(open) = self.open.as_mut().filter(|_| self.in_description) {
            let left = MAX_TEXT.saturating_sub(open.description.len());
            open.description.push_str(text.get(..text.floor_char_boundary(left)).unwrap_or_default());
        }
    }

    fn end(&mut self, name: &str) -> Result<(), Wrong> {
        match name {
            "description" => self.in_description = false,
            "fingerprints" => self.ended = true,
            "fingerprint" => {
                if let Some(open) = self.open.take().filter(|_| self.place.is_some()) {
                    self.add(open)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn param(&mut self, tag: &BytesStart<'_>) -> Result<(), Wrong> {
        let Some(open) = &mut self.open else { return Ok(()) };
        let name =
            attribute(tag, "name")?.ok_or("a param has no name; add one, such as name=\"hw.vendor\"")?;
        let position = attribute(tag, "pos")?.and_then(|text| text.parse::<usize>().ok());
        let position = position.ok_or("pos of a param is no number; it is 0, or the number of a group")?;
        // Names for vulnerability databases come from Wardround's own table.
        if name.ends_with(".cpe23") {
            return Ok(());
        }
        let value = match (position, attribute(tag, "value")?) {
            (0, Some(value)) => Value::Text(value),
            (0, None) => return Err(String::from("a param with pos=\"0\" has no value; add value=\"...\"")),
            (group, _) => Value::Group(group),
        };
        if open.params.len() >= MAX_PARAMS {
            return Err(format!("a fingerprint has more than {MAX_PARAMS} params; leave some out"));
        }
        open.params.push(Param { name, value });
        Ok(())
    }

    fn add(&mut self, open: Open) -> Result<(), Wrong> {
        let Open { line, pattern, flags, description, params } = open;
        let pattern = match pattern::compile(&pattern, &flags, self.room.large > 0) {
            Ok(pattern) => pattern,
            Err(why) => {
                self.read.skipped.push((line, why));
                return Ok(());
            }
        };
        let last = params.iter().filter_map(|param| match param.value {
            Value::Group(number) => Some(number),
            Value::Text(_) => None,
        });
        if last.max().is_some_and(|last| last >= pattern.regex.captures_len()) {
            return Err(String::from("pos of a param is a group that the pattern does not have; correct it"));
        }
        if self.room.fingerprints == 0 {
            return Err(format!("more than {} fingerprints; leave some out", super::MAX_FINGERPRINTS));
        }
        self.room.fingerprints = self.room.fingerprints.saturating_sub(1);
        self.room.large = self.room.large.saturating_sub(usize::from(pattern.is_large));
        let words = description.split_whitespace().collect::<Vec<_>>().join(" ");
        let name = if words.is_empty() { format!("of line {line}") } else { words };
        self.fingerprints.push(Fingerprint { name, file: Arc::clone(&self.name), pattern, params });
        self.read.used = self.read.used.saturating_add(1);
        Ok(())
    }
}

const NO_FINGERPRINTS: &str =
    "it does not begin with <fingerprints matches=\"...\">; name a file of recog's form";

/// A short attribute's value, without space around it; `None` when it is not there or is empty.
fn attribute(tag: &BytesStart<'_>, name: &str) -> Result<Option<String>, Wrong> {
    attribute_of(tag, name, MAX_TEXT)
        .map(|value| value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()))
}

fn attribute_of(tag: &BytesStart<'_>, name: &str, longest: usize) -> Result<Option<String>, Wrong> {
    for attribute in tag.attributes().with_checks(false).take(MAX_PARAMS) {
        let attribute = attribute.map_err(|_| "the XML does not hold together; mend it there")?;
        if attribute.key.into_inner() != name {
            continue;
        }
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|_| "an entity that XML itself does not have is never read; write the letter")?;
        if value.len() > longest || (longest < usize::MAX && value.chars().any(char::is_control)) {
            return Err(format!("{name} has more than {longest} bytes or control characters; shorten it"));
        }
        return Ok(Some(value.into_owned()));
    }
    Ok(None)
}
