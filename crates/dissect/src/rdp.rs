//! Remote Desktop ([MS-RDPBCGR] 2.2.1.1, 2.2.1.2, over X.224 in TPKT): how the server wants the connection secured, and the TLS that
//! begins inside.
//!
//! Not here: the cookie of a request, which names a user; what follows the negotiation.

use wardround_model::FactKind;

use crate::reader::Reader;
use crate::{About, Facts, Half, Role, Start, Verdict, tls};

const PORT: u16 = 3389;
/// TPKT (RFC 1006, 6): version and length of all.
const TPKT_VERSION: u8 = 3;
const TPKT_HEADER: usize = 4;
/// A request with the longest cookie, or routing token, that servers take.
const MAX_REQUEST: usize = 512;
/// X.224 (13.3, 13.4): connection request and confirm, and how much each has before what RDP adds.
const REQUEST: u8 = 0xe0;
const CONFIRM: u8 = 0xd0;
const FIXED: usize = 7;
/// Kinds of negotiation (2.2.1.1.1, 2.2.1.2.1, 2.2.1.2.2); each is eight bytes long.
const NEGOTIATION_REQUEST: u8 = 1;
const NEGOTIATION_RESPONSE: u8 = 2;
const NEGOTIATION_FAILURE: u8 = 3;

pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    if let Some(verdict) = tls::inside(half, facts) {
        return verdict;
    }
    match half.start {
        Start::Opening => {}
        Start::NextMessage => return Verdict::Finished { sender: Role::Unknown },
        Start::Middle => return Verdict::NotThis,
    }
    let more = Verdict::More { wanted: half.bytes.len().saturating_add(1) };
    let mut reader = Reader::new(half.bytes);
    match (reader.u8(), reader.u8()) {
        (None, _) | (Some(TPKT_VERSION), None) => return more,
        (Some(TPKT_VERSION), Some(0)) => {}
        _ => return Verdict::NotThis,
    }
    let Some(length) = reader.u16().map(usize::from) else { return more };
    if !(TPKT_HEADER + FIXED..=MAX_REQUEST).contains(&length) {
        return Verdict::NotThis;
    }
    let Some(packet) = half.bytes.get(..length) else { return Verdict::More { wanted: length } };
    let [indicator, kind, ..] = packet.get(TPKT_HEADER..).unwrap_or_default() else {
        return Verdict::NotThis;
    };
    if usize::from(*indicator).saturating_add(TPKT_HEADER + 1) != length {
        return Verdict::NotThis;
    }
    let added = packet.get(TPKT_HEADER + FIXED..).unwrap_or_default();
    match *kind {
        REQUEST => request(half, packet, added),
        CONFIRM => confirm(half, packet, added, facts),
        _ => Verdict::NotThis,
    }
}

/// The eight bytes of a negotiation: its kind, and what it says.
fn negotiation(added: &[u8]) -> Option<(u8, u32)> {
    let (kind, [_flags, 8, 0, a, b, c, d]) = (added.first()?, added.get(1..8)?) else { return None };
    Some((*kind, u32::from_le_bytes([*a, *b, *c, *d])))
}

/// Other protocols connect by the same request (S7, for one): only what RDP adds tells it.
fn request(half: &Half<'_>, packet: &[u8], added: &[u8]) -> Verdict {
    let end = added.len().saturating_sub(8);
    let asks = negotiation(added.get(end..).unwrap_or_default())
        .is_some_and(|(kind, _)| kind == NEGOTIATION_REQUEST);
    if asks || added.starts_with(b"Cookie: mstshash=") || half.receiver_port == PORT && added.is_empty() {
        Verdict::Message { used: packet.len(), sender: Role::Client }
    } else {
        Verdict::NotThis
    }
}

fn confirm(half: &Half<'_>, packet: &[u8], added: &[u8], facts: &mut Facts) -> Verdict {
    let chosen = match negotiation(added) {
        // PROTOCOL_RDP, _SSL, _HYBRID, _HYBRID_EX.
        Some((NEGOTIATION_RESPONSE, 0)) => Some("rdp"),
        Some((NEGOTIATION_RESPONSE, 1)) => Some("tls"),
        Some((NEGOTIATION_RESPONSE, 2 | 8)) => Some("nla"),
        Some((NEGOTIATION_RESPONSE | NEGOTIATION_FAILURE, _)) => None,
        // A server that knows no negotiation knows its first security alone.
        None if half.sender_port == PORT && added.is_empty() => Some("rdp"),
        _ => return Verdict::NotThis,
    };
    if let Some(chosen) = chosen {
        facts.tell(About::SenderService, FactKind::RdpSecurity, chosen.as_bytes());
    }
    match chosen {
        // TLS begins behind it (5.4.5.1).
        Some("tls" | "nla") => Verdict::Message { used: packet.len(), sender: Role::Server },
        _ => Verdict::Finished { sender: Role::Server },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::Side;
    use proptest::prelude::*;

    fn side(bytes: &[u8], sender_port: u16, receiver_port: u16) -> Side<'_> {
        Side { sender_port, receiver_port, ..Side::new(dissect, bytes, Start::Opening) }
    }

    fn confirm(chosen: u8) -> Vec<u8> {
        [[3, 0, 0, 19, 14, 0xd0, 0, 0, 0, 0, 0].as_slice(), &[2, 0, 8, 0, chosen, 0, 0, 0]].concat()
    }

    #[test]
    fn a_server_tells_how_it_is_secured() {
        for (chosen, expected) in [(0, "rdp"), (1, "tls"), (2, "nla"), (8, "nla")] {
            let told = side(&confirm(chosen), 40_000, 40_001).check();
            assert_eq!(told.lines(), format!("SenderService rdp.security={expected}\n"));
            assert_eq!(told.roles, [Role::Server]);
        }
        let old = side(&[3, 0, 0, 11, 6, 0xd0, 0, 0, 0, 0, 0], 3389, 50_000).check();
        assert_eq!(old.lines(), "SenderService rdp.security=rdp\n");
        // SSL_REQUIRED_BY_SERVER.
        let refused = [3, 0, 0, 19, 14, 0xd0, 0, 0, 0, 0, 0, 3, 0, 8, 0, 1, 0, 0, 0];
        let refused = side(&refused, 3389, 50_000).check();
        assert_eq!((refused.lines(), refused.roles), (String::new(), vec![Role::Server]));
    }

    #[test]
    fn a_client_is_known_and_its_user_is_not_told() {
        let cookie = b"Cookie: mstshash=mustermann\r\n";
        let length = u8::try_from(TPKT_HEADER + FIXED + cookie.len() + 8).unwrap();
        let head = [3, 0, 0, length, length - 5, 0xe0, 0, 0, 0, 0, 0];
        let bytes = [&head, cookie.as_slice(), &[1, 0, 8, 0, 3, 0, 0, 0]].concat();
        let told = side(&bytes, 50_000, 3389).check();
        assert_eq!((told.lines(), told.roles), (String::new(), vec![Role::Client]));
    }

    #[test]
    fn a_controller_that_connects_in_the_same_way_is_not_rdp() {
        // S7 (ISO on TCP): source and destination of the transport, and its size.
        let request = [3, 0, 0, 22, 17, 0xe0, 0, 0, 0, 1, 0, 0xc0, 1, 10, 0xc1, 2, 1, 0, 0xc2, 2, 1, 2];
        let mut answer = request;
        answer[5] = 0xd0;
        assert_eq!(side(&request, 50_000, 102).check().roles, []);
        assert_eq!(side(&answer, 102, 50_000).check().roles, []);
        assert_eq!(side(&[3, 0, 0, 11, 6, 0xd0, 0, 0, 0, 0, 0], 102, 50_000).check().roles, []);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, kind in 0xcf_u8..0xe2, port in 3388_u16..3391) {
            side(&bytes, port, 40_000).read(bytes.len().max(1));
            let length = u8::try_from((bytes.len() + 7).min(200)).unwrap();
            let packet = [&[3, 0, 0, length + 4, length - 1, kind], bytes.as_slice()].concat();
            side(&packet, port, 40_000).read(5);
        }
    }
}
