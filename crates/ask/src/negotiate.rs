//! First messages of protocols that negotiate: SMB ([MS-SMB2] 2.2.3), PostgreSQL (55.2.11) and Remote Desktop ([MS-RDPBCGR] 2.2.1.1).
//! Nobody is named, nothing is opened.

/// `SSLRequest`: its length, and the number that means it.
pub(crate) const POSTGRES_TLS: &[u8] = &[0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

/// A connection request (X.224, 13.3, in TPKT, RFC 1006) with `RDP_NEG_REQ`: TLS and CredSSP are offered, as clients of today do.
pub(crate) const RDP: &[u8] = &[3, 0, 0, 19, 14, 0xe0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 3, 0, 0, 0];

/// Length of the header of direct TCP ([MS-SMB2] 2.1).
const FRAME: usize = 4;
/// Dialects that clients of today offer: 2.0.2 to 3.1.1.
const DIALECTS: &[u16] = &[0x0202, 0x0210, 0x0300, 0x0302, 0x0311];
/// Signing is possible ([MS-SMB2] 2.2.3).
const SIGNING_ENABLED: u16 = 1;
/// Where the negotiate context begins, from the header on: 64 of header, 36 of request, dialects, and padding to eight.
const CONTEXT_OFFSET: u8 = 112;
/// SMB2_PREAUTH_INTEGRITY_CAPABILITIES with SHA-512, which 3.1.1 demands ([MS-SMB2] 2.2.3.1.1): kind, length, reserved, one
/// algorithm, 32 bytes of salt, SHA-512.
const CONTEXT: &[u8] = &[1, 0, 38, 0, 0, 0, 0, 0, 1, 0, 32, 0, 1, 0];

/// The request. Its client's number and salt come from `seed`: nothing is ever signed with what follows from it.
pub(crate) fn smb(seed: &str) -> Vec<u8> {
    let random = blake3::hash(seed.as_bytes());
    let mut message = header();
    message.extend_from_slice(&[36, 0]);
    message.extend_from_slice(&u16::try_from(DIALECTS.len()).unwrap_or_default().to_le_bytes());
    message.extend_from_slice(&SIGNING_ENABLED.to_le_bytes());
    // Reserved, and no capabilities.
    message.extend_from_slice(&[0; 6]);
    message.extend(random.as_bytes().iter().take(16));
    message.extend_from_slice(&[CONTEXT_OFFSET, 0, 0, 0, 1, 0, 0, 0]);
    message.extend(DIALECTS.iter().flat_map(|dialect| dialect.to_le_bytes()));
    message.resize(usize::from(CONTEXT_OFFSET), 0);
    message.extend_from_slice(CONTEXT);
    message.extend_from_slice(random.as_bytes());
    let length = u32::try_from(message.len()).unwrap_or_default();
    [length.to_be_bytes().as_slice(), &message].concat()
}

/// The header ([MS-SMB2] 2.2.1.2): command 0, one credit wanted, message 0, no session.
fn header() -> Vec<u8> {
    let mut header = b"\xfeSMB\x40\0\0\0\0\0\0\0\0\0\x01\0".to_vec();
    header.resize(64, 0);
    header
}

/// Whether the whole answer is there.
pub(crate) fn smb_is_complete(bytes: &[u8]) -> bool {
    let [0, a, b, c, rest @ ..] = bytes else { return bytes.len() >= FRAME };
    let length = u32::from_be_bytes([0, *a, *b, *c]);
    u32::try_from(rest.len()).is_ok_and(|there| there >= length)
}

/// Whether a greeting is there: a line, or a packet of MySQL (length, number 0, protocol 10 or an error) with all that it says.
pub(crate) fn banner_is_complete(bytes: &[u8]) -> bool {
    match bytes {
        [low, high, 0, 0, 10 | 0xff, rest @ ..] => {
            rest.len().saturating_add(1) >= usize::from(u16::from_le_bytes([*low, *high]))
        }
        [_, _, 0, 0] => false,
        _ => bytes.contains(&b'\n') || bytes.len() >= 64,
    }
}

/// Whether the whole confirm is there, by the length of TPKT.
pub(crate) fn rdp_is_complete(bytes: &[u8]) -> bool {
    match bytes {
        [3, _, high, low, ..] => bytes.len() >= usize::from(u16::from_be_bytes([*high, *low])),
        [3, ..] | [] => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn its_lengths_and_offsets_fit() {
        let request = smb("seed");
        let message = &request[FRAME..];
        assert_eq!(usize::from(u16::from_be_bytes([request[2], request[3]])), message.len());
        assert_eq!((message[64], usize::from(message[66])), (36, DIALECTS.len()));
        let context = &message[usize::from(message[64 + 28])..];
        assert_eq!(context.len(), 8 + usize::from(context[2]));
        assert_eq!(message[64 + 28] % 8, 0);
    }

    #[test]
    fn an_answer_is_complete_when_all_of_it_is_there() {
        assert!(!smb_is_complete(&[0, 0, 0, 2, 9]));
        assert!(smb_is_complete(&[0, 0, 0, 2, 9, 9]));
        assert!(smb_is_complete(b"HTTP"));
    }

    #[test]
    fn a_request_and_a_confirm_of_rdp_say_how_long_they_are() {
        assert_eq!((usize::from(RDP[3]), usize::from(RDP[4])), (RDP.len(), RDP.len() - 5));
        assert!(
            !rdp_is_complete(&[3, 0, 0, 11, 6])
                && rdp_is_complete(&[3, 0, 0, 5, 0])
                && rdp_is_complete(b"SSH")
        );
    }

    #[test]
    fn a_greeting_is_a_line_or_a_whole_packet() {
        assert!(banner_is_complete(b"220 ftp\r\n") && !banner_is_complete(b"220 ftp"));
        assert!(banner_is_complete(b"\x03\0\0\0\x0a5.") && !banner_is_complete(b"\x03\0\0\0\x0a5"));
        assert!(!banner_is_complete(b"\x03\0\0\0"));
    }

    proptest! {
        #[test]
        fn any_answer_is_judged(bytes: Vec<u8>) {
            let _ = (smb_is_complete(&bytes), rdp_is_complete(&bytes));
        }
    }
}
