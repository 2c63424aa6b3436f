//! WinRM over HTTP ([MS-WSMV], DMTF DSP0226): commands and settings of Windows from afar, and the name of a host that asks for a login.
//!
//! Not here: commands and what they answer, which are encrypted inside unless somebody turned that off; WinRM over HTTPS.

use crate::head::Head;
use crate::lines::starts_ignoring_case;
use crate::{Facts, Half, Start, Verdict, base64, ntlm};

/// The registered port (`wsman`). A client is known by its path anywhere, a server at this port alone: Windows' own web server has many
/// other uses.
const PORT: u16 = 5985;
/// Where requests go ([MS-WSMV] 2.1), and what may stand behind: the end, a query, a subscription.
const REQUEST: &[u8] = b"POST /wsman";
const BEHIND: &[u8] = b" ?/";
const WINDOWS: &[u8] = b"Microsoft-HTTPAPI/2.0";

/// Reads a message; the first of a side must be one of management, later ones need not.
pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let is_server = half.sender_port == PORT;
    let verdict = match half.start {
        Start::NextMessage => super::read(half, facts, |_| true),
        Start::Opening | Start::Middle if is_server => super::read(half, facts, is_answer),
        Start::Opening | Start::Middle => super::read(half, facts, is_request),
    };
    let is_read = matches!(verdict, Verdict::Message { .. } | Verdict::Finished { .. });
    if is_server && is_read && half.bytes.starts_with(super::STATUS_LINE) {
        challenge(half.bytes, facts);
    }
    verdict
}

fn is_request(head: &Head<'_>) -> bool {
    let behind = head.start_line.strip_prefix(REQUEST).and_then(|rest| rest.first());
    behind.is_some_and(|byte| BEHIND.contains(byte))
}

fn is_answer(head: &Head<'_>) -> bool {
    head.start_line.starts_with(super::STATUS_LINE) && head.field("server") == Some(WINDOWS)
}

/// What it says of itself when somebody logs in by NTLM (RFC 4559, 4). Nobody stands between: this server passes nothing on.
fn challenge(bytes: &[u8], facts: &mut Facts) {
    let Some(head) = Head::read(bytes) else { return };
    for value in head.values("www-authenticate") {
        let scheme = ["negotiate ", "ntlm "].iter().find(|scheme| starts_ignoring_case(value, scheme));
        if let Some(token) = scheme.and_then(|scheme| value.get(scheme.len()..))
            && ntlm::tell_challenge(&base64::decode(token.trim_ascii()), facts)
        {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;
    use crate::laws::Side;
    use proptest::prelude::*;

    /// What pywinrm 0.5.0 (PyPI) sends before it logs in by NTLM, and with a password in clear. No Windows was there to answer.
    const ASKED: &[u8] =
        b"POST /wsman HTTP/1.1\r\nHost: 127.0.0.1:5985\r\nUser-Agent: Python WinRM client\r\n\
        Accept-Encoding: gzip, deflate\r\nAccept: */*\r\nConnection: Keep-Alive\r\n\
        Content-Type: application/soap+xml;charset=UTF-8\r\nContent-Length: 0\r\n\r\n";
    const BASIC: &[u8] =
        b"POST /wsman HTTP/1.1\r\nHost: 127.0.0.1:5985\r\nUser-Agent: Python WinRM client\r\n\
        Content-Type: application/soap+xml;charset=UTF-8\r\nContent-Length: 4\r\n\
        Authorization: Basic ZXJpa2E6Y2FuYXJ5\r\n\r\n<ab>";
    /// A challenge of a computer called CT-2, of Windows 10.0.17763.
    const CHALLENGE: &[u8] =
        b"HTTP/1.1 401 \r\nServer: Microsoft-HTTPAPI/2.0\r\nWWW-Authenticate: Negotiate \
        TlRMTVNTUAACAAAAAAAAADgAAAAFgokCQ0hBTExFTkcAAAAAAAAAABAAEAA4AAAACgBjRQAAAA8BAAgAQwBUAC0AMgAAAAAA\r\n\
        Content-Length: 0\r\n\r\n";

    fn server(bytes: &[u8]) -> Side<'_> {
        Side { sender_port: PORT, ..Side::new(dissect, bytes, Start::Opening) }
    }

    #[test]
    fn a_client_is_known_by_its_path_and_a_password_in_clear_is_told() {
        let told = Side::new(dissect, ASKED, Start::Opening).check();
        assert_eq!(told.roles, [Role::Client]);
        let told = Side::new(dissect, BASIC, Start::Opening).check();
        assert!(told.lines().starts_with("ReceiverService login.clear-text=http-basic\n"), "{told:?}");
        assert!(!told.lines().contains("erika"));
    }

    #[test]
    fn a_host_names_itself_in_its_challenge() {
        assert_eq!(
            server(CHALLENGE).check().lines(),
            "SenderService http.server=Microsoft-HTTPAPI/2.0\nSender ntlm.computer=CT-2\nSender ntlm.os-version=10.0.17763\n"
        );
        // Elsewhere Windows' web server may be anything.
        assert_eq!(Side::new(dissect, CHALLENGE, Start::Opening).check().roles, []);
    }

    #[test]
    fn what_a_body_says_is_nobodys_name() {
        let chunked =
            b"HTTP/1.1 200 OK\r\nServer: Microsoft-HTTPAPI/2.0\r\nTransfer-Encoding: chunked\r\n\r\n";
        let inside = CHALLENGE.strip_prefix(b"HTTP/1.1 401 \r\n").unwrap();
        let told = server(&[&chunked[..], b"x\r\n", inside].concat()).check();
        assert_eq!(told.lines(), "SenderService http.server=Microsoft-HTTPAPI/2.0\n");
    }

    #[test]
    fn other_pages_and_servers_are_not_this() {
        for bytes in [
            b"POST /wsmanager HTTP/1.1\r\nHost: a\r\n\r\n".as_slice(),
            b"GET /wsman HTTP/1.1\r\nHost: a\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Length: 0\r\n\r\n",
        ] {
            assert_eq!(server(bytes).check().roles, [], "{bytes:?}");
            assert_eq!(Side::new(dissect, bytes, Start::Opening).check().roles, [], "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, place in 0usize..CHALLENGE.len(), chunk in 1usize..40) {
            let mut damaged = CHALLENGE.to_vec();
            damaged.splice(place..place, bytes);
            server(&damaged).read(chunk);
        }
    }
}
