//! Prompts of real servers (GNU inetutils, BusyBox, Cisco; hosts and people made up).

use proptest::prelude::*;

use super::*;
use crate::laws::Side;

/// What GNU inetutils' server sends before a login.
const NEGOTIATION: &[u8] =
    b"\xff\xfd\x18\xff\xfd\x20\xff\xfd\x23\xff\xfd\x27\xff\xfa\x18\x01\xff\xf0\xff\xfb\x03\xff\xfd\x01";

fn server(bytes: &[u8]) -> Side<'_> {
    Side { sender_port: PORT, ..Side::new(dissect, bytes, Start::Opening) }
}

fn client(bytes: &[u8]) -> Side<'_> {
    Side { receiver_port: PORT, ..Side::new(dissect, bytes, Start::Opening) }
}

fn session(text: &str) -> Vec<u8> {
    [NEGOTIATION, text.as_bytes()].concat()
}

#[test]
fn a_prompt_for_a_password_is_a_login_in_clear() {
    for text in [
        "erika login: mustermann\r\nPassword: ",
        "\r\nUser Access Verification\r\n\r\nUsername: mustermann\r\nPassword: ",
        "Benutzername: mustermann\r\nKennwort: ",
        "\r\nPassword: ",
    ] {
        let told = server(&session(text)).check();
        assert!(told.lines().ends_with("SenderService login.clear-text=telnet\n"), "{text}");
        assert!(!told.lines().contains("erika") && !told.lines().contains("mustermann"));
        assert!(told.roles.iter().all(|role| *role == Role::Server));
    }
}

#[test]
fn a_banner_keeps_words_of_the_device_vocabulary() {
    let text = "\r\nKlinik Mustermann\r\nerika infusion pump console\r\nerika login: ";
    let lines = server(&session(text)).check().lines();
    assert!(lines.starts_with("SenderService telnet.banner="), "{lines}");
    assert!(!lines.contains("Mustermann") && !lines.contains("erika"), "{lines}");
    assert_eq!(server(&session("erika mustermann\r\nlogin: ")).check().lines(), "");
}

#[test]
fn nothing_is_told_before_a_prompt() {
    let told = server(&session("Debian GNU/Linux 12\r\n")).check();
    assert_eq!((told.lines(), told.roles), (String::new(), vec![]));
}

#[test]
fn a_client_is_recognised_and_nothing_of_it_is_told() {
    for bytes in [b"\xff\xfc\x18\xff\xfe\x03erika\r\nsecret\r\n".as_slice(), b"erika\r\n"] {
        let told = client(bytes).check();
        assert_eq!((told.lines(), told.roles), (String::new(), vec![Role::Client]));
    }
}

#[test]
fn other_bytes_are_not_telnet() {
    let elsewhere = |bytes| Side::new(dissect, bytes, Start::Opening);
    for bytes in [
        b"\xff\xfb\x90\x64\0".as_slice(),
        b"\xff\xd8\xff\xe0",
        b"login: ",
        b"\xff\xfd\x03\x01",
        b"\0\xff\xfd\x18",
    ] {
        assert_eq!(elsewhere(bytes).check().roles, []);
    }
    let middle = Side { start: Start::Middle, ..elsewhere(NEGOTIATION) };
    assert_eq!(middle.check().roles, [], "only on its port");
}

#[test]
fn text_without_a_prompt_is_given_up() {
    let bytes = session(&"x".repeat(MAX_TEXT));
    let told = server(&bytes).read(1460);
    assert_eq!((told.lines(), told.roles), (String::new(), vec![Role::Server]));
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_an_end(bytes: Vec<u8>) {
        server(&[NEGOTIATION, &bytes].concat()).read(3);
        server(&bytes).read(bytes.len().max(1));
        let _ = without_commands(&bytes);
    }
}
