//! Messages as browsers, servers and printers send them, with made-up names.

use proptest::prelude::*;

use super::*;
use crate::laws::{Dissect, Side};

fn side(dissect: Dissect, bytes: &[u8]) -> Side<'_> {
    Side::new(dissect, bytes, Start::Opening)
}

const LOGIN: &[u8] = b"GET /patients/mustermann.html?dob=19800131 HTTP/1.1\r\nHost: ris.erika.example\r\n\
    User-Agent: curl/7.88.1\r\nCookie: session=4711\r\nAuthorization: Basic ZXJpa2E6c2VjcmV0\r\n\r\n";
const ANSWER: &[u8] =
    b"HTTP/1.1 200 OK\r\nServer: nginx/1.10.3\r\nSet-Cookie: mrn=4711\r\nContent-Length: 10\r\n\r\n\
    HTTP/1.1 2HTTP/1.1 304 Not Modified\r\nServer: nginx/1.10.4\r\n\r\n";
/// All that must never be told.
const CANARIES: &[&str] = &["mustermann", "1980", "erika", "4711", "ZXJp", "secret"];

fn assert_no_canary(lines: &str) {
    assert!(CANARIES.iter().all(|canary| !lines.contains(canary)), "{lines}");
}

#[test]
fn a_request_tells_its_client_and_that_a_login_was_sent() {
    let told = side(dissect, LOGIN).check();
    assert_eq!(
        told.lines(),
        "ReceiverService login.clear-text=http-basic\nSender http.user-agent=curl/7.88.1\n"
    );
    assert_eq!(told.roles, [Role::Client]);
}

/// What curl 7.88.1 sends with `--ntlm` to a server that offers no version 2, and to one that does.
const NTLM_1: &str = "TlRMTVNTUAADAAAAGAAYAEAAAAAYABgAWAAAAAAAAABwAAAADgAOAHAAAAAWABYAfgAAAAAAAAAAAAAAAYIAABH9o8J4026pqmTv/WhpZLakfVMQ\
    aUZV0d71eGYkfZR+SGBVGOUHACZFSfO0Asv8+mwAYQBiAHUAcwBlAHIAVwBPAFIASwBTAFQAQQBUAEkATwBOAA==";
const NTLM_2: &str = "TlRMTVNTUAADAAAAGAAYAEAAAAA+AD4AWAAAAAAAAACWAAAADgAOAJYAAAAWABYApAAAAAAAAAAAAAAAAYKIANrWRHN1I7SOUTszF15PW1y1iYUE\
    0L35pdgu2hOJwIeJxbPN2JIYse0BAQAAAAAAALV7WHl93QG1iYUE0L35pQAAAAACAAYATABBAEIAAAAAAAAAAABsAGEAYgB1AHMAZQByAFcATwBSAEsAUwBUAEEAVABJAE8ATgA=";

#[test]
fn a_login_by_ntlm_version_1_is_told_and_nobody_named() {
    for (field, scheme, token, expected) in [
        ("Authorization", "NTLM", NTLM_1, "Sender ntlm.version=1\n"),
        ("Proxy-Authorization", "negotiate", NTLM_1, "Sender ntlm.version=1\n"),
        ("Authorization", "NTLM", NTLM_2, ""),
        ("Authorization", "NTLM", "TlRMTVNTUAABAAAABoIIAAAAAAAAAAAAAAAAAAAAAAA=", ""),
        ("Authorization", "NTLM", &NTLM_1[..120], ""),
        ("Authorization", "Bearer", NTLM_1, ""),
        ("Authorization", "NTLM", "%%%", ""),
    ] {
        let request = format!("GET / HTTP/1.1\r\n{field}: {scheme} {token}\r\n\r\n");
        let told = side(dissect, request.as_bytes()).check();
        assert_eq!(told.lines(), expected, "{field} {scheme}");
    }
}

#[test]
fn answers_tell_the_server_and_bodies_are_skipped() {
    let told = side(dissect, ANSWER).check();
    assert_eq!(
        told.lines(),
        "SenderService http.server=nginx/1.10.3\nSenderService http.server=nginx/1.10.4\n"
    );
    assert_eq!(told.roles, [Role::Server, Role::Server]);
}

#[test]
fn a_form_with_a_password_is_a_login_in_clear() {
    let form = |body: &str| {
        let length = body.len();
        format!(
            "POST /login HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {length}\r\n\r\n{body}GET / HTTP/1.1\r\n\r\n"
        )
    };
    for body in
        ["user=erika&password=secret", "j_username=erika&j_password=secret", "pwd=x", "login=a&userpass=b"]
    {
        let told = side(dissect, form(body).as_bytes()).check();
        assert_eq!(told.lines(), "ReceiverService login.clear-text=http-form\n", "{body}");
        assert_eq!(told.roles.len(), 2);
    }
    for body in ["q=password", "password=&user=x", "passport=1", "compassion=1", ""] {
        assert_eq!(side(dissect, form(body).as_bytes()).check().lines(), "", "{body}");
    }
}

#[test]
fn chunks_are_skipped() {
    let bytes = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHTTP/\r\n1a;x=y\r\n\
        HTTP/1.1 200 OK\r\nServer: \r\n0\r\n\r\nHTTP/1.1 204 No Content\r\nServer: CherryPy/3.2\r\n\r\n";
    assert_eq!(side(dissect, bytes).check().lines(), "SenderService http.server=CherryPy/3.2\n");
}

#[test]
fn a_body_until_the_end_of_the_connection_ends_reading() {
    let bytes = b"HTTP/1.0 200 OK\r\nServer: GoAhead-Webs\r\n\r\nHTTP/1.1 200 OK\r\nServer: erika\r\n\r\n";
    let told = side(dissect, bytes).check();
    assert_eq!(told.lines(), "SenderService http.server=GoAhead-Webs\n");
}

#[test]
fn ipp_is_known_by_its_content_type() {
    let job = b"POST /ipp/print HTTP/1.1\r\nContent-Type: application/ipp\r\nUser-Agent: CUPS/2.4.2\r\n\
        Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET / HTTP/1.1\r\nUser-Agent: curl/8.0\r\n\r\n";
    let told = side(dissect_ipp, job).check();
    assert_eq!(told.lines(), "Sender http.user-agent=CUPS/2.4.2\nSender http.user-agent=curl/8.0\n");
    let printer = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nServer: HP-ChaiSOE/1.0\r\n\
        Content-Type: application/ipp\r\nContent-Length: 4\r\n\r\n\x02\0\0\0";
    assert_eq!(side(dissect_ipp, printer).check().lines(), "SenderService http.server=HP-ChaiSOE/1.0\n");
    for bytes in [LOGIN, ANSWER] {
        assert_eq!(side(dissect_ipp, bytes).check().roles, []);
    }
}

#[test]
fn other_bytes_are_not_http() {
    let endless = [b"GET /".as_slice(), &[b'a'; MAX_HEAD]].concat();
    for bytes in [
        b"OPTIONS rtsp://camera/1 RTSP/1.0\r\n\r\n".as_slice(),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"GETTING\r\n",
        b"GET \0\x01\x02",
        &endless,
    ] {
        assert_eq!(side(dissect, bytes).read(1460).roles, []);
    }
}

#[test]
fn reading_goes_on_behind_a_body_of_unknown_length() {
    let half = |bytes| Half {
        bytes,
        start: Start::NextMessage,
        sender_port: 80,
        receiver_port: 50_000,
        opened: Role::Unknown,
    };
    let rest = b"\x89PNG erika HTTP/1.1 200 OK\r\nServer: erika\r\n\r\n";
    let mut facts = Facts::default();
    let verdict = dissect(&half(rest), &mut facts);
    assert_eq!(verdict, Verdict::Message { used: rest.len(), sender: Role::Unknown });
    assert!(facts.list().is_empty());
}

#[test]
fn an_invented_length_is_skipped_without_an_allocation() {
    let bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n";
    let half =
        Half { bytes, start: Start::Opening, sender_port: 80, receiver_port: 50_000, opened: Role::Unknown };
    let Verdict::Message { used, .. } = dissect(&half, &mut Facts::default()) else { panic!("a message") };
    assert_eq!(used, bytes.len() + (1 << 32));
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, pick in 0usize..4) {
        let begin: [&[u8]; 4] = [b"", b"GET / HTTP/1.1\r\n", b"HTTP/1.1 200 OK\r\n", b"POST / HTTP/1.1\r\n\r\n"];
        let bytes = [begin[pick], &bytes, b"\r\n\r\n"].concat();
        for dissect in [dissect as Dissect, dissect_ipp] {
            side(dissect, &bytes).read(7);
        }
    }

    #[test]
    fn damaged_messages_never_tell_what_is_private(place in 0usize..LOGIN.len(), value: u8) {
        for bytes in [LOGIN, ANSWER] {
            let mut bytes = bytes.to_vec();
            let place = place % bytes.len();
            bytes[place] = value;
            assert_no_canary(&side(dissect, &bytes).read(bytes.len()).lines());
        }
    }
}

/// An answer to Get-Printer-Attributes; the printer's name and place are made up.
fn printer(is_chunked: bool) -> Vec<u8> {
    let mut body = b"\x02\x00\x00\x00\x00\x00\x00\x01\x01".to_vec();
    let mut attribute = |tag: u8, name: &str, value: &str| {
        body.push(tag);
        for text in [name, value] {
            body.extend_from_slice(&u16::try_from(text.len()).unwrap().to_be_bytes());
            body.extend_from_slice(text.as_bytes());
        }
    };
    attribute(0x47, "attributes-charset", "utf-8");
    attribute(0x48, "attributes-natural-language", "en");
    attribute(0x41, "printer-make-and-model", "of another group");
    body.push(4);
    let mut attribute = |tag: u8, name: &str, value: &str| {
        body.push(tag);
        for text in [name, value] {
            body.extend_from_slice(&u16::try_from(text.len()).unwrap().to_be_bytes());
            body.extend_from_slice(text.as_bytes());
        }
    };
    attribute(0x41, "printer-info", "mustermann");
    attribute(0x42, "printer-name", "erika");
    attribute(0x41, "printer-make-and-model", "Example LaserPrint 4711x");
    attribute(0x42, "printer-firmware-name", "Base");
    attribute(0x41, "printer-firmware-string-version", "20260101-2.1");
    body.push(3);
    let head = "HTTP/1.1 200 OK\r\nServer: CUPS/2.4 IPP/2.1\r\nContent-Type: application/ipp\r\n";
    let mut answer = if is_chunked {
        format!("{head}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n", body.len())
    } else {
        format!("{head}Content-Length: {}\r\n\r\n", body.len())
    }
    .into_bytes();
    answer.extend_from_slice(&body);
    if is_chunked {
        answer.extend_from_slice(b"\r\n0\r\n\r\n");
    }
    answer
}

#[test]
fn a_printer_tells_its_model_and_firmware_and_not_its_name() {
    for is_chunked in [false, true] {
        let told = side(dissect_ipp, &printer(is_chunked)).check();
        assert_eq!(
            told.lines(),
            "SenderService ipp.model=Example LaserPrint 4711x\n\
             SenderService ipp.firmware=Base 20260101-2.1\n\
             SenderService http.server=CUPS/2.4 IPP/2.1\n"
        );
        assert!(!told.lines().contains("mustermann") && !told.lines().contains("erika"));
    }
}

#[test]
fn a_printer_that_refuses_tells_its_software_alone() {
    let mut answer = printer(false);
    let body = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    answer[body + 2] = 4;
    assert_eq!(side(dissect_ipp, &answer).check().lines(), "SenderService http.server=CUPS/2.4 IPP/2.1\n");
}

proptest! {
    #[test]
    fn a_damaged_printers_answer_is_read_to_an_end(place in 0usize..500, value: u8, is_chunked: bool) {
        let mut answer = printer(is_chunked);
        let place = place % answer.len();
        answer[place] = value;
        side(dissect_ipp, &answer).read(64);
    }
}

#[test]
fn who_passes_on_is_told_and_for_whom_is_not() {
    let squid = "Sender http.passes-on=via\nSender http.proxy=squid/5.7\n";
    for (fields, expected) in [
        ("Via: 1.1 erika-pc.example (squid/5.7)", squid),
        ("VIA: 1.0 erika, 1.1 4711.example:3128 (squid/5.7 (build 4711, mustermann))", squid),
        ("Via: 1.1 varnish\r\nVia: 1.1 erika (squid/5.7)", squid),
        ("Via: HTTP/1.1 varnish", "Sender http.passes-on=via\nSender http.proxy=varnish\n"),
        ("Via: 1.1 kong/3.4.2-erika", "Sender http.passes-on=via\nSender http.proxy=kong/3.4.2\n"),
        ("Via: 1.1 erika (mustermann/4711)", "Sender http.passes-on=via\n"),
        ("Via: erika", ""),
        ("Via:", ""),
        ("X-Forwarded-For: 10.47.11.1, erika", "Sender http.passes-on=x-forwarded-for\n"),
        ("Forwarded: for=\"_mustermann\";by=erika", "Sender http.passes-on=forwarded\n"),
        ("X-Forwarded-For:", ""),
    ] {
        let request = format!("GET / HTTP/1.1\r\n{fields}\r\n\r\n");
        let told = side(dissect, request.as_bytes()).check().lines();
        assert_eq!(told, expected, "{fields}");
        assert_no_canary(&told);
        let answer = format!("HTTP/1.1 204 No Content\r\n{fields}\r\n\r\n");
        let of_an_answer = if fields.contains("orwarded") { "" } else { expected };
        assert_eq!(side(dissect, answer.as_bytes()).check().lines(), of_an_answer, "{fields}");
    }
}
