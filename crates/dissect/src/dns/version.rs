//! The version of a name server: the answer to `version.bind` (RFC 4892, 2) and `version.server` (2.1).

use wardround_model::FactKind;

use super::message::{Message, record_type};
use crate::reader::{Reader, is_text};
use crate::{About, Facts};

/// Tells what a server says of itself.
pub(super) fn tell(message: Message<'_>, facts: &mut Facts) {
    if !message.is_response() {
        return;
    }
    let told = message.records().find(|record| {
        let is_version = |name: &&[u8]| name.eq_ignore_ascii_case(b"version");
        let labels = record.owner.labels();
        record.kind == record_type::TXT
            && labels.first().is_some_and(is_version)
            && matches!(labels, [_, kind] if kind.eq_ignore_ascii_case(b"bind") || kind.eq_ignore_ascii_case(b"server"))
    });
    let Some(record) = told else { return };
    let mut reader = Reader::new(record.data);
    let text = reader.u8().and_then(|length| reader.take(usize::from(length))).unwrap_or_default();
    if is_text(text) && text.iter().any(u8::is_ascii_digit) {
        facts.tell(About::SenderService, FactKind::ServerSoftware, software(text).as_bytes());
    }
}

/// The product and its version. BIND, from which the question comes, tells its version alone; dnsmasq joins the two by a hyphen.
fn software(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    if text.starts_with(|first: char| first.is_ascii_digit()) {
        return format!("BIND {text}");
    }
    match text.split_once('-') {
        Some((product, version))
            if product.chars().all(char::is_alphabetic)
                && version.starts_with(|first: char| first.is_ascii_digit()) =>
        {
            format!("{product} {version}")
        }
        _ => text.into_owned(),
    }
}
