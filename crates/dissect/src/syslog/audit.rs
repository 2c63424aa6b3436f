//! Audit trails of what was done to patient data: IHE ATNA, with messages of DICOM (PS3.15, A.5) or RFC 3881.
//!
//! Only the kind of event is told, and whether a patient is named. Nothing here is a parser of XML.
//! Not here: participants, users, patients, objects, moments.

/// The document's root.
const ROOT: &[u8] = b"<AuditMessage";
/// A host and a program may stand before it.
const MAX_BEFORE: usize = 320;
/// Kinds of event by their codes (PS3.16, CID 400).
const EVENTS: &[(&[u8], &[u8])] = &[
    (b"110100", b"application-activity"),
    (b"110101", b"audit-log-used"),
    (b"110102", b"images-begin-transfer"),
    (b"110103", b"images-accessed"),
    (b"110104", b"images-transferred"),
    (b"110105", b"study-deleted"),
    (b"110106", b"export"),
    (b"110107", b"import"),
    (b"110108", b"network-entry"),
    (b"110109", b"order-record"),
    (b"110110", b"patient-record"),
    (b"110111", b"procedure-record"),
    (b"110112", b"query"),
    (b"110113", b"security-alert"),
    (b"110114", b"user-authentication"),
];

/// What is told of an audit message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Audit {
    /// The kind of event, a word of [`EVENTS`] or `other`.
    pub(super) event: &'static [u8],
    /// A participant is a patient with an identifier.
    pub(super) names_patient: bool,
}

/// The audit message that the text of a message is.
pub(super) fn read(content: &[u8]) -> Option<Audit> {
    let first = content.iter().take(MAX_BEFORE).position(|byte| *byte == b'<')?;
    let document = behind_prolog(content.get(first..)?)?;
    let behind = document.strip_prefix(ROOT)?;
    if !matches!(behind.first(), Some(b'>' | b' ' | b'\t' | b'\r' | b'\n')) {
        return None;
    }
    let code =
        tags(document, b"EventID").find_map(|tag| attribute(tag, b"csd-code").or(attribute(tag, b"code")));
    let event =
        EVENTS.iter().find(|(number, _)| Some(*number) == code).map_or(&b"other"[..], |(_, event)| event);
    Some(Audit { event, names_patient: tags(document, b"ParticipantObjectIdentification").any(is_patient) })
}

/// The root and what follows, behind a declaration and comments (XML 1.0, 2.8).
fn behind_prolog(mut rest: &[u8]) -> Option<&[u8]> {
    while rest.starts_with(b"<?") || rest.starts_with(b"<!") {
        let end = rest.iter().position(|byte| *byte == b'>')?;
        rest = rest.get(end.saturating_add(1)..)?.trim_ascii_start();
    }
    Some(rest)
}

/// A person (`ParticipantObjectTypeCode` 1) in the role of a patient (1), by an identifier (PS3.15, A.5.2.5; RFC 3881, 5.5).
fn is_patient(tag: &[u8]) -> bool {
    attribute(tag, b"ParticipantObjectTypeCode") == Some(b"1")
        && attribute(tag, b"ParticipantObjectTypeCodeRole") == Some(b"1")
        && attribute(tag, b"ParticipantObjectID").is_some_and(|id| !id.trim_ascii().is_empty())
}

/// What stands in the start tags of this name behind it.
fn tags<'a>(document: &'a [u8], name: &'static [u8]) -> impl Iterator<Item = &'a [u8]> {
    document.split(|byte| *byte == b'<').filter_map(move |piece| {
        let behind = piece.strip_prefix(name)?;
        let tag = behind.split(|byte| *byte == b'>').next()?;
        tag.first().is_some_and(u8::is_ascii_whitespace).then_some(tag)
    })
}

/// The value of an attribute.
fn attribute<'a>(tag: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let places = tag.windows(name.len().max(1)).enumerate().filter(|(_, window)| *window == name);
    places.into_iter().find_map(|(at, _)| {
        let before = tag.get(at.checked_sub(1)?)?;
        let value = tag.get(at.saturating_add(name.len())..)?.trim_ascii_start().strip_prefix(b"=")?;
        let (quote, value) = value.trim_ascii_start().split_first()?;
        let is_quoted = before.is_ascii_whitespace() && matches!(quote, b'"' | b'\'');
        let end = value.iter().position(|byte| byte == quote).filter(|_| is_quoted)?;
        value.get(..end)
    })
}
