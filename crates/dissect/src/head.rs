//! The head of a message of HTTP/1 (RFC 9112, 2.1), RTSP (RFC 2326, 4) or SIP (RFC 3261, 7): a start line, fields, an empty line.

use wardround_model::{FactKind, Protocol};

use crate::lines::{contains_ignoring_case, starts_ignoring_case, whole_lines};
use crate::{About, Facts, base64};

/// The longest head that is read.
pub(crate) const MAX_HEAD: usize = 16 * 1024;
/// No body is longer than this: a length that somebody invented must not silence the rest of a connection for ever.
const MAX_BODY: u64 = 1 << 32;

/// A whole head.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Head<'a> {
    /// The first line, without its line end.
    pub(crate) start_line: &'a [u8],
    fields: &'a [u8],
    /// Bytes that it takes up with its empty line.
    pub(crate) length: usize,
}

impl<'a> Head<'a> {
    /// The head at the beginning; `None` when it is not complete, or longer than [`MAX_HEAD`].
    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        let bytes = bytes.get(..MAX_HEAD).unwrap_or(bytes);
        let mut length = 0usize;
        for line in whole_lines(bytes) {
            let with_end = bytes.get(length.saturating_add(line.len())..).unwrap_or_default();
            let end = if with_end.starts_with(b"\r") { 2 } else { 1 };
            length = length.saturating_add(line.len()).saturating_add(end);
            if line.is_empty() {
                return Self::of(bytes.get(..length)?);
            }
        }
        None
    }

    fn of(head: &'a [u8]) -> Option<Self> {
        let (start_line, used) = crate::lines::first_line(head)?;
        Some(Self { start_line, fields: head.get(used..)?, length: head.len() })
    }

    /// The value of the first field of this name, which is a name of the standard, as far as it has no control
    /// characters: those are invalid (RFC 9110, 5.5), and what follows may belong to another field.
    pub(crate) fn field(&self, name: &str) -> Option<&'a [u8]> {
        self.values(name).next()
    }

    /// The values of all fields of this name, in their order, as [`Self::field`] reads them.
    pub(crate) fn values(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        whole_lines(self.fields).filter_map(move |line| {
            let value = line.get(name.len()..)?.strip_prefix(b":")?;
            starts_ignoring_case(line, name).then(|| valid_part(value))
        })
    }

    /// Whether the field of this name holds `wanted`, whatever the case.
    pub(crate) fn field_contains(&self, name: &str, wanted: &str) -> bool {
        self.field(name).is_some_and(|value| contains_ignoring_case(value, wanted))
    }

    /// Whether a name and a password are sent as they are (RFC 7617). They are not looked at.
    pub(crate) fn has_basic_login(&self, field: &str) -> bool {
        self.field(field).is_some_and(is_basic_login)
    }

    /// A name and password in clear by this field (RFC 7617, 2): told for this protocol; neither is kept.
    pub(crate) fn tell_basic_login(
        &self,
        field: &str,
        (over, protocol): (Protocol, &[u8]),
        facts: &mut Facts,
    ) {
        tell_basic_login(self.field(field).unwrap_or_default(), (over, protocol), facts);
    }

    /// Length of the body, where the head says it (RFC 9110, 8.6).
    pub(crate) fn content_length(&self) -> Option<usize> {
        self.length_in("content-length")
    }

    /// Length of the body, as the field of this name says it.
    pub(crate) fn length_in(&self, name: &str) -> Option<usize> {
        let length: u64 = std::str::from_utf8(self.field(name)?).ok()?.parse().ok()?;
        usize::try_from(length.min(MAX_BODY)).ok()
    }
}

/// The value of a field as far as it has no control characters, without spaces around it.
pub(crate) fn valid_part(value: &[u8]) -> &[u8] {
    let valid = value.split(|byte| byte.is_ascii_control() && *byte != b'\t').next();
    valid.unwrap_or_default().trim_ascii()
}

fn is_basic_login(value: &[u8]) -> bool {
    starts_ignoring_case(value, "basic ") && value.len() > "basic ".len()
}

/// A name and password in clear by a field of this value (RFC 7617, 2), if it is one: told for this protocol; neither is kept.
pub(crate) fn tell_basic_login(value: &[u8], (over, protocol): (Protocol, &[u8]), facts: &mut Facts) {
    if !is_basic_login(value) {
        return;
    }
    facts.tell(About::ReceiverService, FactKind::ClearTextLogin, protocol);
    let both = base64::decode(value.get("basic ".len()..).unwrap_or_default().trim_ascii());
    facts.logs_in(over, both.split(|byte| *byte == b':').next().unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    const REQUEST: &[u8] =
        b"GET / HTTP/1.1\r\nhost: x\r\nContent-LENGTH:  12 \r\nAuthorization: Basic eDp5\r\n\r\nbody";

    #[test]
    fn a_head_ends_at_its_empty_line() {
        let head = Head::read(REQUEST).unwrap();
        assert_eq!((head.start_line, head.length), (b"GET / HTTP/1.1".as_slice(), REQUEST.len() - 4));
        assert!(Head::read(&REQUEST[..head.length - 1]).is_none());
        let bare = Head::read(b"GET / HTTP/1.0\nA: b\n\nrest").unwrap();
        assert_eq!((bare.field("a"), bare.length), (Some(b"b".as_slice()), 21));
    }

    #[test]
    fn fields_are_found_by_name() {
        let head = Head::read(REQUEST).unwrap();
        assert_eq!(head.content_length(), Some(12));
        assert!(head.has_basic_login("authorization"));
        assert_eq!((head.field("hos"), head.field("user-agent")), (None, None));
    }

    #[test]
    fn an_invented_length_is_bounded() {
        let head = |length: &str| {
            let text = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
            Head::read(text.as_bytes()).unwrap().content_length()
        };
        assert_eq!(head("18446744073709551615"), Some(1 << 32));
        assert_eq!((head("-1"), head("99999999999999999999999"), head("1, 1")), (None, None, None));
    }
}
