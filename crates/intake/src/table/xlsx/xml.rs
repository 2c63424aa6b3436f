//! The XML of a part: start of elements, texts and ends, with DTDs refused. Names are read without their prefix.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::XlsxError;

/// A part of a workbook as text.
#[derive(Debug)]
pub(super) struct Part {
    path: String,
    text: String,
}

impl Part {
    pub(super) fn new(path: &str, bytes: Vec<u8>) -> Result<Self, XlsxError> {
        let damaged = || XlsxError::Xml { part: path.to_owned(), byte: 0 };
        let text = String::from_utf8(bytes).map_err(|_| damaged())?;
        Ok(Self { path: path.to_owned(), text })
    }

    pub(super) fn steps(&self) -> Steps<'_> {
        let mut reader = Reader::from_str(self.text.trim_start_matches('\u{feff}'));
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = true;
        Steps { path: &self.path, reader }
    }

    /// Calls `found` for each start of an element with this name.
    pub(super) fn each_start(
        &self,
        name: &str,
        mut found: impl FnMut(&Element<'_>),
    ) -> Result<(), XlsxError> {
        let mut steps = self.steps();
        while let Some(step) = steps.next()? {
            if let Step::Start(element) = step
                && element.is(name)
            {
                found(&element);
            }
        }
        Ok(())
    }
}

/// The start of an element.
#[derive(Debug)]
pub(super) struct Element<'a>(BytesStart<'a>);

impl Element<'_> {
    pub(super) fn is(&self, name: &str) -> bool {
        self.0.local_name().as_ref() == name
    }

    /// An attribute by its name without a prefix. Few attributes are looked at: a list of them must not cost more.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes();
        let found = attributes
            .with_checks(false)
            .take(64)
            .flatten()
            .find(|attribute| attribute.key.local_name().as_ref() == name)?;
        let value = found.normalized_value(quick_xml::XmlVersion::Explicit1_0).ok()?;
        Some(value.into_owned())
    }
}

/// What comes next in a part.
#[derive(Debug)]
pub(super) enum Step<'a> {
    Start(Element<'a>),
    /// Text, with its character references resolved.
    Text(std::borrow::Cow<'a, str>),
    /// The end of an element with this name.
    End(String),
}

/// A part, step by step.
#[derive(Debug)]
pub(super) struct Steps<'a> {
    path: &'a str,
    reader: Reader<&'a [u8]>,
}

impl<'a> Steps<'a> {
    /// The next step; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Step<'a>>, XlsxError> {
        let dtd = || XlsxError::Dtd { part: self.path.to_owned() };
        loop {
            let event = self.reader.read_event();
            let step = match event {
                Ok(Event::Start(start)) => Step::Start(Element(start)),
                Ok(Event::End(end)) => Step::End(end.local_name().as_ref().to_owned()),
                Ok(Event::Text(text)) => Step::Text(text.into_inner()),
                Ok(Event::CData(text)) => Step::Text(text.into_inner()),
                Ok(Event::GeneralRef(reference)) => match character(&reference) {
                    Some(character) => Step::Text(String::from(character).into()),
                    None => return Err(dtd()),
                },
                Ok(Event::DocType(_)) => return Err(dtd()),
                Ok(Event::Eof) => return Ok(None),
                Ok(_) => continue,
                Err(_) => {
                    return Err(XlsxError::Xml {
                        part: self.path.to_owned(),
                        byte: self.reader.error_position(),
                    });
                }
            };
            return Ok(Some(step));
        }
    }
}

/// The character of a reference: by number, or one of the five that XML itself knows.
fn character(reference: &quick_xml::events::BytesRef<'_>) -> Option<char> {
    match reference.resolve_char_ref() {
        Ok(Some(character)) => Some(character),
        Err(_) => None,
        Ok(None) => match reference.xml10_content().as_ref() {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "apos" => Some('\''),
            "quot" => Some('"'),
            _ => None,
        },
    }
}
