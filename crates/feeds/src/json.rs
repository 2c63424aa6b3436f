//! Fields of JSON that somebody else wrote: there or not, never a panic.

use serde_json::Value;

use crate::error::FetchError;

/// The document behind an address.
pub(crate) fn parse(url: &str, bytes: &[u8]) -> Result<Value, FetchError> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    serde_json::from_slice(text).map_err(|error| FetchError::malformed(url, error))
}

/// The text at a JSON pointer (RFC 6901).
pub(crate) fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer)?.as_str()
}

/// The list at a JSON pointer; nothing when there is none.
pub(crate) fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}
