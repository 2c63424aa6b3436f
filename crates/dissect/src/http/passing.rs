//! What says that the sender passes on what others ask or answer: `Via` (RFC 9110, 7.6.3), `Forwarded` (RFC 7239) and
//! `X-Forwarded-For`.
//!
//! Not here: for whom it asks, and what it is called: these fields name clients and hosts, so only that they are there is told, and of
//! `Via` a product of the list below.

use wardround_model::FactKind;

use crate::head::Head;
use crate::{About, Facts};

/// Products that name themselves in `Via`, in lower case.
const PRODUCTS: &[&str] = &[
    "apache",
    "apachetrafficserver",
    "bluecoat",
    "cisco-wsa",
    "envoy",
    "fortiproxy",
    "haproxy",
    "iwss",
    "iwsva",
    "kong",
    "mitmproxy",
    "mwg",
    "nginx",
    "privoxy",
    "proxysg",
    "sophos",
    "squid",
    "tinyproxy",
    "traefik",
    "varnish",
    "zscaler",
];
/// The longest version that is told.
const MAX_VERSION: usize = 12;

/// A request: who sends it asks for others.
pub(super) fn tell_of_request(head: &Head<'_>, facts: &mut Facts) {
    tell_via(head, facts);
    for field in ["forwarded", "x-forwarded-for"] {
        if head.field(field).is_some_and(|value| !value.is_empty()) {
            facts.tell(About::Sender, FactKind::HttpPassesOn, field.as_bytes());
        }
    }
}

/// An answer: who sends it passes it on.
pub(super) fn tell_of_answer(head: &Head<'_>, facts: &mut Facts) {
    tell_via(head, facts);
}

/// Everybody on the way appends an entry, so that the last one is the sender's.
fn tell_via(head: &Head<'_>, facts: &mut Facts) {
    let Some(entry) = head.values("via").last().and_then(last_entry) else { return };
    facts.tell(About::Sender, FactKind::HttpPassesOn, b"via");
    if let Some((product, version)) = product(entry) {
        let value = [product.as_bytes(), if version.is_empty() { b"" } else { b"/" }, version].concat();
        facts.tell(About::Sender, FactKind::HttpProxy, &value);
    }
}

/// The last entry of a list, `1.1 name (comment)`: a comma inside a comment parts nothing.
fn last_entry(list: &[u8]) -> Option<&[u8]> {
    let (mut depth, mut start) = (0u32, 0usize);
    for (place, byte) in list.iter().enumerate() {
        match byte {
            b'(' => depth = depth.saturating_add(1),
            b')' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => start = place.saturating_add(1),
            _ => {}
        }
    }
    let entry = list.get(start..)?.trim_ascii();
    let protocol = entry.split(|byte| *byte == b' ').next()?;
    protocol.iter().any(u8::is_ascii_digit).then_some(entry)
}

/// The well-known product that an entry names, in its comment or in the place of a host, and its version.
fn product(entry: &[u8]) -> Option<(&'static str, &[u8])> {
    let words = entry.split(|byte| b" ();,".contains(byte)).skip(1);
    words.into_iter().find_map(|word| {
        let mut parts = word.splitn(2, |byte| *byte == b'/');
        let name = parts.next()?;
        let known = PRODUCTS.iter().find(|known| name.eq_ignore_ascii_case(known.as_bytes()))?;
        Some((*known, version(parts.next().unwrap_or_default())))
    })
}

/// The numbers that a version begins with.
fn version(text: &[u8]) -> &[u8] {
    let length = text.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'.').count();
    text.get(..length.min(MAX_VERSION)).unwrap_or_default()
}
