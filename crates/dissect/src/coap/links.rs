//! Lists of links (RFC 6690): of a list only the registered words for kinds of device, and the program that answers.

use wardround_model::FactKind;

use crate::{About, Facts};

/// How much of a list, how many links of it and how many parts of one are looked at.
const MOST: usize = 4096;
const MOST_LINKS: usize = 64;
const MOST_PARTS: usize = 16;
/// Kinds of device as registered (OCF Device Specification, table 1; LwM2M 1.1, 6.2.1); others may be anything.
const KINDS: &[&[u8]] = &[
    b"oma.lwm2m",
    b"oic.d.airconditioner",
    b"oic.d.airpurifier",
    b"oic.d.airqualitymonitor",
    b"oic.d.blind",
    b"oic.d.camera",
    b"oic.d.door",
    b"oic.d.fan",
    b"oic.d.garagedoor",
    b"oic.d.light",
    b"oic.d.sensor",
    b"oic.d.smartlock",
    b"oic.d.smartplug",
    b"oic.d.switch",
    b"oic.d.thermostat",
    b"oic.d.waterheater",
];
/// Where aiocoap says which version it is, in a link of the relation `impl-info`.
const AIOCOAP: &[u8] = b"https://christian.amsuess.com/tools/aiocoap/#version-";

/// Tells what a list of links names.
pub(super) fn tell(payload: &[u8], facts: &mut Facts) {
    let list = payload.get(..MOST).unwrap_or(payload);
    for link in split(list, b',').take(MOST_LINKS) {
        let mut parts = split(link, b';').take(MOST_PARTS);
        let target = parts.next().unwrap_or_default().trim_ascii();
        if let Some(version) = target.strip_prefix(b"<").and_then(|it| it.strip_prefix(AIOCOAP)) {
            software(version, facts);
        }
        for words in parts.filter_map(|part| part.trim_ascii_start().strip_prefix(b"rt=")) {
            for word in words.split(|byte| matches!(byte, b'"' | b' ')) {
                if let Some(known) = KINDS.iter().find(|known| **known == word) {
                    facts.tell(About::SenderService, FactKind::CoapKind, known);
                }
            }
        }
    }
}

fn software(version: &[u8], facts: &mut Facts) {
    let version = version.split(|byte| *byte == b'>').next().unwrap_or_default();
    let is_version = |byte: &u8| byte.is_ascii_alphanumeric() || b".+-".contains(byte);
    if version.first().is_some_and(u8::is_ascii_digit) && version.iter().all(is_version) {
        facts.tell(About::SenderService, FactKind::ServerSoftware, &[b"aiocoap", version].join(&b' '));
    }
}

/// The parts between separators that stand neither in quotes nor in angle brackets.
fn split(text: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    let (mut in_quotes, mut in_target) = (false, false);
    text.split(move |byte| {
        match byte {
            b'"' if !in_target => in_quotes = !in_quotes,
            b'<' if !in_quotes => in_target = true,
            b'>' if !in_quotes => in_target = false,
            _ => {}
        }
        *byte == separator && !in_quotes && !in_target
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(list: &str) -> Vec<String> {
        let mut facts = Facts::default();
        tell(list.as_bytes(), &mut facts);
        facts.drain().map(|(_, fact)| format!("{}={}", fact.kind().code(), fact.value())).collect()
    }

    #[test]
    fn registered_kinds_are_told_and_others_are_not() {
        assert_eq!(
            told("</oic/d>;rt=\"oic.wk.d oic.d.thermostat\";if=\"oic.if.r\", </rd>;rt=oma.lwm2m;ct=40"),
            ["coap.kind=oic.d.thermostat", "coap.kind=oma.lwm2m"]
        );
        assert_eq!(told("</erika>;rt=\"erika\";title=\"oic.d.light\""), [""; 0]);
    }

    #[test]
    fn what_stands_in_quotes_and_targets_is_no_link() {
        assert_eq!(told("</a>;title=\"x,</b>;rt=oic.d.light\""), [""; 0]);
        assert_eq!(told("</a,b;rt=oic.d.light>;ct=0"), [""; 0]);
        assert_eq!(told("<https://christian.amsuess.com/tools/aiocoap/#version-erika>"), [""; 0]);
    }
}
