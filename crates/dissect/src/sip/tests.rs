use std::net::SocketAddr;

use proptest::prelude::*;

use super::*;
use crate::laws::Side;

const PHONE: &str = "10.1.4.20:5060";
const PBX: &str = "10.1.0.5:5060";

/// Who says what, for a datagram from one address to another.
fn told_from(sender: &str, payload: &[u8]) -> (Option<Role>, String) {
    let (sender, receiver): (SocketAddr, SocketAddr) = (sender.parse().unwrap(), PBX.parse().unwrap());
    let mut facts = Facts::default();
    let role = dissect(&Datagram { payload, sender, receiver }, &mut facts);
    let lines = facts
        .list()
        .iter()
        .map(|(about, fact)| format!("{about:?} {}={}\n", fact.kind().code(), fact.value()));
    (role, lines.collect())
}

fn register(more: &str) -> String {
    format!(
        "REGISTER sip:pbx.erika.example SIP/2.0\r\nVia: SIP/2.0/UDP 10.1.4.20:5060;branch=z9hG4bK1\r\n{more}\
         From: \"Erika Mustermann\" <sip:erika@pbx>;tag=1\r\nTo: <sip:erika@pbx>\r\nCall-ID: mustermann@10.1.4.20\r\n\
         CSeq: 2 REGISTER\r\nContact: <sip:erika@10.1.4.20:5060>\r\nUser-Agent: Yealink SIP-T46S 66.85.0.5\r\n\
         Authorization: Digest username=\"erika\", response=\"0123\"\r\nContent-Length: 0\r\n\r\n"
    )
}

#[test]
fn a_phone_that_registers_is_told_by_its_product_and_never_by_its_user() {
    let (role, told) = told_from(PHONE, register("").as_bytes());
    assert_eq!(told, "Sender sip.role=registers\nSender sip.product=Yealink SIP-T46S 66.85.0.5\n");
    assert_eq!(role, Some(Role::Client));
}

#[test]
fn what_was_passed_on_tells_nothing_of_who_passed_it_on() {
    for hops in ["Via: SIP/2.0/UDP 10.9.9.9\r\n", "v: SIP/2.0/UDP 10.9.9.9\r\n", "Via: a, b\r\n"] {
        assert_eq!(
            told_from(PHONE, register(hops).as_bytes()),
            (Some(Role::Client), String::new()),
            "{hops}"
        );
    }
}

fn answer(code: &str, method: &str, contact: &str) -> String {
    format!(
        "SIP/2.0 {code} to erika\r\nVia: SIP/2.0/UDP 10.1.4.20:5060\r\nFrom: <sip:erika@pbx>;tag=1\r\nTo: <sip:max@pbx>;tag=2\r\n\
         CSeq: 2 {method}\r\nContact: {contact}\r\nServer: Asterisk PBX 16.28.0~dfsg-0+deb11u3\r\n\
         Content-Type: application/sdp\r\nContent-Length: 3\r\n\r\nv=0"
    )
}

#[test]
fn who_answers_registrations_is_the_registrar() {
    let product = "Sender sip.product=Asterisk PBX 16.28.0~dfsg-0+deb11u3\n";
    let (role, told) = told_from(PBX, answer("200", "REGISTER", "<sip:erika@10.1.4.20>").as_bytes());
    assert_eq!((role, told), (Some(Role::Server), format!("Sender sip.role=registrar\n{product}")));
    let refused = told_from(PBX, answer("401", "REGISTER", "<sip:erika@10.1.4.20>").as_bytes());
    assert_eq!(refused, (Some(Role::Server), product.to_owned()));
}

#[test]
fn an_answer_names_its_maker_only_where_it_comes_from_it() {
    let product = "Sender sip.product=Asterisk PBX 16.28.0~dfsg-0+deb11u3\n";
    for (code, contact, expected) in [
        ("200", "<sip:max@10.1.0.5:5060;transport=udp>", product),
        ("200", "sip:10.1.0.5", product),
        ("200", "<sip:max@10.1.4.77>", ""),
        ("200", "<sip:max@[2001:db8::5]:5060>", ""),
        ("180", "", ""),
        ("100", "", product),
        ("407", "", product),
    ] {
        let told = told_from(PBX, answer(code, "INVITE", contact).as_bytes());
        assert_eq!(told, (Some(Role::Unknown), expected.to_owned()), "{code} {contact}");
    }
    let v6 =
        told_from("[2001:db8::5]:5060", answer("200", "INVITE", "<sip:max@[2001:db8::5]:5060>").as_bytes());
    assert_eq!(v6.1, product);
}

#[test]
fn a_password_in_clear_is_told_and_a_proof_of_one_is_not() {
    let clear =
        register("").replace("Digest username=\"erika\", response=\"0123\"", "Basic ZXJpa2E6c2VjcmV0");
    let (_, told) = told_from(PHONE, clear.as_bytes());
    assert!(told.starts_with("ReceiverService login.clear-text=sip\n"), "{told}");
}

#[test]
fn what_is_cut_short_is_recognised_and_tells_nothing() {
    let whole = register("");
    assert_eq!(told_from(PHONE, &whole.as_bytes()[..100]), (Some(Role::Unknown), String::new()));
    for other in [
        "hello\0",
        "\0\0\0\0",
        "REGISTER sip:a HTTP/1.1\r\n\r\n",
        "SIP/2.0 20 OK\r\n\r\n",
        "INVITE sip:a SIP/2.0",
    ] {
        assert_eq!(told_from(PHONE, other.as_bytes()), (None, String::new()), "{other}");
    }
}

fn side(bytes: &[u8]) -> Side<'_> {
    Side::new(dissect_stream, bytes, Start::Opening)
}

#[test]
fn messages_follow_each_other_over_tcp() {
    let invite = "INVITE sip:max@pbx SIP/2.0\r\nv: SIP/2.0/TCP 10.1.4.20\r\nl: 3\r\n\r\nv=0";
    let bytes = [register("").as_str(), "\r\n\r\n", invite, &register("")].concat();
    let told = side(bytes.as_bytes()).check();
    let one = "Sender sip.role=registers\nSender sip.product=Yealink SIP-T46S 66.85.0.5\n";
    assert_eq!(told.lines(), [one, one].concat());
    assert_eq!(told.roles.first(), Some(&Role::Client));
    let answered = answer("200", "REGISTER", "");
    assert_eq!(side(answered.as_bytes()).check().roles, [Role::Server]);
    // Over TCP the sender's address is not at hand.
    assert_eq!(side(answer("200", "INVITE", "<sip:max@10.1.0.5>").as_bytes()).check().lines(), "");
}

#[test]
fn http_and_rtsp_are_not_sip() {
    for bytes in [
        "OPTIONS * HTTP/1.1\r\n\r\n",
        "OPTIONS rtsp://a RTSP/1.0\r\nCSeq: 1\r\n\r\n",
        "INFO\r\n",
        "SIP/2.0\r\n\r\n",
    ] {
        assert_eq!(side(bytes.as_bytes()).check().roles, [], "{bytes}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_an_end(bytes: Vec<u8>) {
        side(&[b"SIP/2.0 200 ".as_slice(), &bytes].concat()).read(4);
        side(&[b"REGISTER a SIP/2.0\r\nVia: b\r\nUser-Agent: ".as_slice(), &bytes, b"\r\n\r\n"].concat()).read(5);
        side(&bytes).read(bytes.len().max(1));
        told_from(PHONE, &[b"SIP/2.0 200 a\r\nContact: ".as_slice(), &bytes, b"\r\n\r\n"].concat());
    }
}
