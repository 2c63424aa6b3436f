//! Sessions recorded between Samba's client and server with made-up names, and bytes of our own.

use proptest::prelude::*;

use super::*;
use crate::Start;
use crate::laws::Side;

const SMB3_SERVER: &[u8] = include_bytes!("recorded/smb3-server.bin");
const SMB3_CLIENT: &[u8] = include_bytes!("recorded/smb3-client.bin");
const SMB1_SERVER: &[u8] = include_bytes!("recorded/smb1-server.bin");
const SMB1_CLIENT: &[u8] = include_bytes!("recorded/smb1-client.bin");
/// Up to session setup, by smbclient of Samba 4.17.12 with `client ntlmv2 auth=no`: as it is by default, with
/// `ntlmssp_client:ntlm2=no`, and with `client use spnego=no`.
const NTLM1_SMB3_CLIENT: &[u8] = include_bytes!("recorded/ntlm1-smb3-client.bin");
const NTLM1_SMB1_CLIENT: &[u8] = include_bytes!("recorded/ntlm1-smb1-client.bin");
const NTLM1_SMB1_RAW_CLIENT: &[u8] = include_bytes!("recorded/ntlm1-smb1-raw-client.bin");
/// The same with `client use spnego=no` alone, and without a name.
const NTLM2_SMB1_RAW_CLIENT: &[u8] = include_bytes!("recorded/ntlm2-smb1-raw-client.bin");
const ANONYMOUS_SMB3_CLIENT: &[u8] = include_bytes!("recorded/anonymous-smb3-client.bin");

fn side(bytes: &[u8]) -> Side<'_> {
    Side::new(dissect, bytes, Start::Opening)
}

/// A message with its length before it.
fn framed(message: &[u8]) -> Vec<u8> {
    [u32::try_from(message.len()).unwrap().to_be_bytes().as_slice(), message].concat()
}

/// An SMB 2 message: command, status, flags, body.
fn smb2(command: u8, status: u32, flags: u8, body: &[u8]) -> Vec<u8> {
    let status = status.to_le_bytes();
    let mut header = [b"\xfeSMB\x40\0\0\0".as_slice(), &status, &[command, 0, 1, 0, flags]].concat();
    header.resize(64, 0);
    framed(&[header.as_slice(), body].concat())
}

fn negotiated(security_mode: u8, dialect: [u8; 2]) -> Vec<u8> {
    let body = [&[65, 0, security_mode, 0], dialect.as_slice(), &[0; 59]].concat();
    smb2(0, 0, 1, &body)
}

#[test]
fn smb_3_tells_dialect_signing_and_host() {
    let told = side(SMB3_SERVER).check();
    assert_eq!(
        told.lines(),
        "SenderService smb.dialect=3.1.1\n\
         SenderService smb.signing=optional\n\
         SenderService service.software=Samba\n\
         Sender ntlm.domain=KLINIK-FS01\n\
         Sender ntlm.computer=KLINIK-FS01\n\
         Sender ntlm.os-version=6.1.0\n"
    );
    assert_eq!(told.roles, [Role::Server, Role::Server]);
}

#[test]
fn smb_1_is_told_as_1_0() {
    let told = side(SMB1_SERVER).check();
    assert!(told.lines().starts_with("SenderService smb.dialect=1.0\nSenderService smb.signing=optional\n"));
    assert!(told.lines().contains("Sender ntlm.computer=CR-"), "{}", told.lines());
}

#[test]
fn clients_of_ntlm_version_2_and_without_a_name_tell_nothing() {
    for bytes in [SMB3_CLIENT, SMB1_CLIENT, NTLM2_SMB1_RAW_CLIENT, ANONYMOUS_SMB3_CLIENT] {
        let told = side(bytes).check();
        assert_eq!(told.lines(), "");
        assert!(told.roles.len() > 1 && told.roles.iter().all(|role| *role == Role::Client));
    }
}

#[test]
fn a_login_by_ntlm_version_1_is_told_and_nobody_named() {
    for (bytes, version) in
        [(NTLM1_SMB3_CLIENT, "1-session"), (NTLM1_SMB1_CLIENT, "1"), (NTLM1_SMB1_RAW_CLIENT, "1")]
    {
        let told = side(bytes).check();
        assert_eq!(told.lines(), format!("Sender ntlm.version={version}\n"));
        assert!(told.roles.iter().all(|role| *role == Role::Client));
    }
}

#[test]
fn a_session_setup_in_mid_connection_is_enough() {
    let negotiation = 4 + usize::from(NTLM1_SMB3_CLIENT[3]);
    let told = Side { start: Start::Middle, ..side(&NTLM1_SMB3_CLIENT[negotiation..]) }.check();
    assert_eq!(told.lines(), "Sender ntlm.version=1-session\n");
}

/// A session setup with this answer to a challenge, whose responses are as long as it says.
fn authenticate(lm: u8, nt: u8, flags: [u8; 4]) -> Vec<u8> {
    let field = |length: u8, offset: u8| [length, 0, length, 0, offset, 0, 0, 0];
    let mut message = [b"NTLMSSP\0\x03\0\0\0".as_slice(), &field(lm, 64), &field(nt, 64 + lm)].concat();
    message.resize(60, 0);
    message.extend(flags);
    message.resize(64 + usize::from(lm) + usize::from(nt), 7);
    message
}

#[test]
fn only_two_responses_of_24_bytes_are_version_1() {
    let told = |message: &[u8]| side(&smb2(1, 0, 0, message)).check().lines();
    assert_eq!(told(&authenticate(24, 24, [1, 2, 0, 0])), "Sender ntlm.version=1\n");
    assert_eq!(told(&authenticate(24, 24, [1, 2, 8, 0])), "Sender ntlm.version=1-session\n");
    for (lm, nt) in [(24, 44), (0, 0), (1, 0), (24, 0), (24, 25), (24, 23), (0, 24)] {
        assert_eq!(told(&authenticate(lm, nt, [1, 2, 0, 0])), "", "{lm} {nt}");
    }
    let whole = authenticate(24, 24, [1, 2, 0, 0]);
    assert_eq!(told(&whole[..whole.len() - 1]), "", "the response is cut");
    let of_the_server = smb2(1, 0, 1, &whole);
    assert_eq!(side(&of_the_server).check().lines(), "", "a server sends no response");
}

#[test]
fn a_password_as_it_is_is_not_taken_for_a_response() {
    let setup = |oem: u8, unicode: u8| {
        let mut message = [b"\xffSMB\x73\0\0\0\0\0".as_slice(), &[0; 22], &[13], &[0; 14]].concat();
        message.extend([oem, 0, unicode, 0, 0, 0, 0, 0, 0, 0, 0, 0, 60, 0]);
        message.extend([b'x'; 60]);
        side(&framed(&message)).check().lines()
    };
    assert_eq!(setup(24, 24), "Sender ntlm.version=1\n");
    for (oem, unicode) in [(12, 24), (24, 0), (24, 58), (0, 0)] {
        assert_eq!(setup(oem, unicode), "", "{oem} {unicode}");
    }
}

#[test]
fn dialects_and_signing_are_read() {
    for (mode, dialect, expected) in [
        (1, [0x02, 0x02], "smb.dialect=2.0.2\nSenderService smb.signing=optional"),
        (3, [0x10, 0x02], "smb.dialect=2.1\nSenderService smb.signing=required"),
        (1, [0x00, 0x03], "smb.dialect=3.0\nSenderService smb.signing=optional"),
        (3, [0x02, 0x03], "smb.dialect=3.0.2\nSenderService smb.signing=required"),
        (1, [0xff, 0x02], "smb.signing=optional"),
    ] {
        assert_eq!(side(&negotiated(mode, dialect)).check().lines(), format!("SenderService {expected}\n"));
    }
}

#[test]
fn samba_is_told_by_its_name_in_the_place_of_a_number_and_nobody_else_is() {
    let told = |guid: [u8; 16], read: u8, since: u8| {
        let most = [[0, 0, 128, 0], [0, 0, read, 0], [0, 0, 128, 0]].concat();
        let times = [[7; 8], [since; 8]].concat();
        let body = [&[65, 0, 1, 0, 0x11, 3, 0, 0], guid.as_slice(), &[0; 4], &most, &times, &[0; 9]].concat();
        side(&smb2(0, 0, 1, &body)).check().lines().contains("service.software=Samba")
    };
    let name = *b"klinik-fs01\0\0\0\0\0";
    assert!(
        told(name, 128, 0)
            && told(*b"fifteen_letters\0", 128, 0)
            && told(*b"vm\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 128, 0)
    );
    // Others: another length for reading; one that says since when it runs.
    assert!(!told(name, 1, 0) && !told(name, 128, 1));
    // Numbers of chance, as Windows has them; one with letters in it; none at all; no end; names with other signs and of one letter.
    for guid in [
        [0x6f, 0x1d, 0x8a, 0x45, 0x9c, 0x5b, 0x2a, 0x4e, 0x91, 0x3b, 0x72, 0xd5, 0xe0, 0xaa, 0x18, 0xc3],
        *b"klinik-fs01\0\0\0\0\x01",
        [0; 16],
        *b"a\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        *b"sixteen-letters0",
        *b"AAAAAAAAAAAAAAA\0",
        *b"klinik fs01\0\0\0\0\0",
    ] {
        assert!(!told(guid, 128, 0), "{guid:x?}");
    }
}

#[test]
fn an_answer_without_a_dialect_is_not_smb_1() {
    let mut refused = [b"\xffSMB\x72\0\0\0\0\x80".as_slice(), &[0; 22]].concat();
    refused.extend([1, 0xff, 0xff, 0, 0]);
    let told = side(&framed(&refused)).check();
    assert_eq!((told.lines(), told.roles), (String::new(), vec![Role::Server]));
}

#[test]
fn reading_ends_with_session_setup_or_encryption() {
    for (bytes, role) in [
        (smb2(1, 0, 1, &[9, 0, 0, 0, 0, 0, 0, 0]), Role::Server),
        (smb2(3, 0, 1, &[]), Role::Server),
        (smb2(5, 0, 0, b"e\0r\0i\0k\0a\0"), Role::Client),
        (framed(&[b"\xfdSMB".as_slice(), &[7; 60]].concat()), Role::Unknown),
    ] {
        let told = Side { start: Start::Middle, ..side(&bytes) }.check();
        assert_eq!((told.lines(), told.roles), (String::new(), vec![role]));
    }
}

#[test]
fn a_session_of_netbios_may_come_first() {
    let names = [b"\x81\0\0\x44".as_slice(), &[0x20; 68], SMB1_CLIENT].concat();
    let told = Side { receiver_port: 139, ..side(&names) }.check();
    assert_eq!((told.lines(), told.roles), (String::new(), vec![Role::Client; 4]));
    let accepted = [b"\x82\0\0\0".as_slice(), SMB1_SERVER].concat();
    let told = Side { sender_port: 139, ..side(&accepted) }.check();
    assert_eq!(told.facts, side(SMB1_SERVER).check().facts);
}

#[test]
fn a_huge_message_is_skipped_by_its_length() {
    let mut message = smb2(1, 0xc000_0016, 1, &[0; 8]);
    message[1..4].copy_from_slice(&[0x10, 0, 0]);
    assert_eq!(side(&message).check().roles, [], "the rest is waited for");
    message.resize(70_000, 0);
    let half = Half {
        bytes: &message,
        start: Start::Opening,
        sender_port: 445,
        receiver_port: 1024,
        opened: Role::Unknown,
    };
    let verdict = dissect(&half, &mut Facts::default());
    assert_eq!(verdict, Verdict::Message { used: 0x10_0004, sender: Role::Server });
}

#[test]
fn other_bytes_are_not_smb() {
    for bytes in
        [b"\0\0\0\x20\xffSMC0000000000000000000000000000".as_slice(), b"\0\0\0\x04\xfeSMB", b"\x81\0\0\x44"]
    {
        assert_eq!(side(bytes).check().roles, []);
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, magic in 0xfcu8..=0xff) {
        let message = framed(&[&[magic, b'S', b'M', b'B'], bytes.as_slice()].concat());
        side(&message).read(9);
        side(&bytes).read(bytes.len().max(1));
    }

    #[test]
    fn a_damaged_session_never_names_a_user(place in 0usize..1178, value: u8) {
        let mut bytes = SMB3_CLIENT.to_vec();
        bytes[place] = value;
        let told = side(&bytes).read(bytes.len());
        prop_assert!(told.facts.iter().all(|(_, _, value)| value.len() < 12), "{:?}", told);
    }
}
