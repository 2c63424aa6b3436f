//! What a FHIR server says of itself: that it speaks FHIR (R4, http.html, 3.1.0.6), and the software of its CapabilityStatement
//! (R4, 5.2.3; `GET [base]/metadata`).
//!
//! Not here: resources, which are about patients; who published the statement, which may be a person; what else it says.

use wardround_model::FactKind;

use super::chunk_size;
use crate::head::Head;
use crate::lines::{contains_ignoring_case, first_line, starts_ignoring_case};
use crate::{About, Facts};

const MEDIA_TYPE: &str = "application/fhir+json";
/// How far a statement is read. What is wanted comes before the list of resources in what servers of today say.
const MAX_READ: usize = 12 * 1024;
/// What is told of a server that does not say its version of FHIR.
const NOT_TOLD: &[u8] = b"not-told";
/// How deep things lie in each other, at most, in what is read.
const DEEPEST: u32 = 64;

/// Tells it of an answer; where it is not there as far as it is read, how many more bytes are wanted.
pub(super) fn tell(head: &Head<'_>, is_chunked: bool, body: &[u8], facts: &mut Facts) -> Result<(), usize> {
    let Some(media) = head.field("content-type").filter(|value| starts_ignoring_case(value, MEDIA_TYPE))
    else {
        return Ok(());
    };
    let joined;
    let body = match (is_chunked, head.content_length()) {
        (true, _) => {
            joined = chunks(body)?;
            joined.as_slice()
        }
        (false, Some(length)) => {
            let wanted = length.min(MAX_READ);
            body.get(..wanted).ok_or_else(|| wanted.saturating_sub(body.len()))?
        }
        // Where it ends is not known before it ended.
        (false, None) => &[],
    };
    let statement = Statement::read(body);
    let is_ours = statement.resource == b"CapabilityStatement" || statement.resource == b"Conformance";
    let version = if is_ours && is_version(statement.fhir) { statement.fhir } else { of_media(media) };
    facts.tell(About::SenderService, FactKind::FhirVersion, version);
    if is_ours && !statement.name.is_empty() {
        let software = [statement.name, b" ", statement.version].concat();
        facts.tell(About::SenderService, FactKind::ServerSoftware, software.trim_ascii());
    }
    Ok(())
}

/// The version of FHIR that a media type says: `application/fhir+json; fhirVersion=4.0` (R4, 3.1.0.1.10).
fn of_media(media: &[u8]) -> &[u8] {
    let said = media.split(|byte| *byte == b';').map(<[u8]>::trim_ascii).find_map(|parameter| {
        starts_ignoring_case(parameter, "fhirversion=").then(|| parameter.get(12..)).flatten()
    });
    said.filter(|version| is_version(version)).unwrap_or(NOT_TOLD)
}

fn is_version(text: &[u8]) -> bool {
    (1..=16).contains(&text.len())
        && text.first().is_some_and(u8::is_ascii_digit)
        && text.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
        && !contains_ignoring_case(text, "not")
}

/// A body in chunks (RFC 9112, 7.1), joined as far as it is read.
fn chunks(mut body: &[u8]) -> Result<Vec<u8>, usize> {
    let mut joined = Vec::new();
    while joined.len() < MAX_READ {
        let Some((line, used)) = first_line(body) else {
            return if body.len() < 64 { Err(1) } else { Ok(joined) };
        };
        let Some(size) = chunk_size(line) else { return Ok(joined) };
        if size == 0 {
            return Ok(joined);
        }
        let (data, room) = (size.saturating_sub(2), MAX_READ.saturating_sub(joined.len()));
        body = body.get(used..).unwrap_or_default();
        let wanted = if data >= room { room } else { size };
        let Some(chunk) = body.get(..wanted) else { return Err(wanted.saturating_sub(body.len())) };
        joined.extend_from_slice(chunk.get(..data.min(room)).unwrap_or_default());
        body = body.get(wanted..).unwrap_or_default();
    }
    Ok(joined)
}

/// What is read of a statement: texts without escapes, as they stand.
#[derive(Default)]
struct Statement<'a> {
    resource: &'a [u8],
    fhir: &'a [u8],
    name: &'a [u8],
    version: &'a [u8],
}

impl<'a> Statement<'a> {
    /// Walks over JSON (RFC 8259) from its beginning, however it ends.
    fn read(json: &'a [u8]) -> Self {
        let (mut found, mut rest) = (Self::default(), json);
        let (mut deep, mut of, mut key): (u32, &[u8], Option<&[u8]>) = (0, b"", None);
        while let Some((byte, behind)) = rest.split_first() {
            rest = behind;
            match byte {
                b'{' | b'[' => {
                    if deep == 1 {
                        of = if *byte == b'{' { key.unwrap_or_default() } else { b"" };
                    }
                    key = None;
                    deep = deep.saturating_add(1);
                    if deep > DEEPEST {
                        return found;
                    }
                }
                b'}' | b']' => deep = deep.saturating_sub(1),
                b',' => key = None,
                b'"' => {
                    let Some((text, behind)) = text(rest) else { return found };
                    rest = behind;
                    match key {
                        None => key = Some(text),
                        Some(key) => found.take(deep, of, key, text),
                    }
                }
                _ => {}
            }
        }
        found
    }

    fn take(&mut self, deep: u32, of: &[u8], key: &[u8], text: &'a [u8]) {
        let place = match (deep, of, key) {
            (1, _, b"resourceType") => &mut self.resource,
            (1, _, b"fhirVersion") => &mut self.fhir,
            (2, b"software", b"name") => &mut self.name,
            (2, b"software", b"version") => &mut self.version,
            _ => return,
        };
        // The first counts; what has escapes in it is none of ours.
        if place.is_empty() && !text.contains(&b'\\') {
            *place = text;
        }
    }
}

/// A text up to its closing sign, and what is behind.
fn text(json: &[u8]) -> Option<(&[u8], &[u8])> {
    let (mut is_escaped, mut end) = (false, None);
    for (at, byte) in json.iter().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => {
                end = Some(at);
                break;
            }
            _ => {}
        }
    }
    let (text, behind) = json.split_at_checked(end?)?;
    Some((text, behind.get(1..)?))
}

#[cfg(test)]
mod tests {
    use crate::Start;
    use crate::http::dissect;
    use crate::laws::Side;
    use proptest::prelude::*;

    const STATEMENT: &str = r#"{"resourceType":"CapabilityStatement","text":{"div":"<div>a \"name\": {x}</div>","name":"no"},
        "publisher":"Dr. Erika Mustermann","contact":[{"name":"Mustermann","software":{"name":"no","version":"7"}}],
        "software": { "name" : "HAPI FHIR Server", "version":"8.10.0", "releaseDate":"2026" },
        "implementation":{"description":"Station 3","name":"no"}, "fhirVersion":"4.0.1","rest":[{"mode":"server"}]}"#;

    fn told(media: &str, body: &str, is_chunked: bool) -> String {
        let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {media}\r\n");
        let answer = if is_chunked {
            let (first, second) = body.split_at(body.len() / 3);
            let chunk = |data: &str| format!("{:x}\r\n{data}\r\n", data.len());
            format!("{head}Transfer-Encoding: chunked\r\n\r\n{}{}0\r\n\r\n", chunk(first), chunk(second))
        } else {
            format!("{head}Content-Length: {}\r\n\r\n{body}", body.len())
        };
        Side { sender_port: 8080, ..Side::new(dissect, answer.as_bytes(), Start::Opening) }.check().lines()
    }

    #[test]
    fn a_statement_names_software_and_version_and_no_person() {
        let expected =
            "SenderService fhir.version=4.0.1\nSenderService service.software=HAPI FHIR Server 8.10.0\n";
        for is_chunked in [false, true] {
            assert_eq!(told("application/fhir+json;charset=UTF-8", STATEMENT, is_chunked), expected);
        }
    }

    #[test]
    fn a_resource_tells_that_it_is_fhir_and_nothing_of_the_patient() {
        let patient = r#"{"resourceType":"Patient","software":{"name":"Erika"},"fhirVersion":"9","name":[{"family":"Mustermann"}]}"#;
        for (media, expected) in [
            ("application/fhir+json", "SenderService fhir.version=not-told\n"),
            ("application/fhir+json; fhirVersion=4.0; charset=utf-8", "SenderService fhir.version=4.0\n"),
            ("application/fhir+json; fhirVersion=<b>Erika", "SenderService fhir.version=not-told\n"),
            ("application/json", ""),
        ] {
            assert_eq!(told(media, patient, false), expected, "{media}");
        }
    }

    #[test]
    fn what_comes_late_or_is_escaped_is_not_told() {
        let escaped = STATEMENT.replace("HAPI FHIR", "HAPI \\u0041");
        assert_eq!(told("application/fhir+json", &escaped, false), "SenderService fhir.version=4.0.1\n");
        let late = STATEMENT.replace("\"text\":{", &format!("\"text\":{{\"x\":\"{}\",", "y".repeat(20_000)));
        assert_eq!(told("application/fhir+json", &late, false), "SenderService fhir.version=not-told\n");
    }

    proptest! {
        #[test]
        fn any_body_tells_the_same_however_it_is_cut(
            body in "[\\[\\]{}\":,a0-9\r\n\\\\]{0,120}",
            length in proptest::option::of(0usize..140),
        ) {
            let framing = length.map_or("Transfer-Encoding: chunked".to_owned(), |it| format!("Content-Length: {it}"));
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\n";
            let answer = format!("{head}{framing}\r\n\r\n{body}");
            Side { sender_port: 8080, ..Side::new(dissect, answer.as_bytes(), Start::Opening) }.check();
        }

        #[test]
        fn any_json_is_walked_to_an_end(body in "[\\[\\]{}\",:a\\\\]{0,200}") {
            let _ = super::Statement::read(body.as_bytes());
            let _ = super::chunks(body.as_bytes());
        }
    }
}
