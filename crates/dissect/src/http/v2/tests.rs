//! Connections as nghttp2 1.52.0 and curl 7.88.1 (Debian 12) make them, and messages of our own.

use proptest::prelude::*;

use super::*;
use crate::laws::Side;

/// `curl --http2-prior-knowledge` with a name and a password in clear.
const CURL: &[u8] =
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0d\0\x04\x02\0\0\0\0\x02\
    \0\0\0\0\0\0\x04\x08\0\0\0\0\0\x01\xff\0\x01\0\x003\x01\x05\0\0\0\x01\x82\x84\x86A\x8b\x08\
    \x9d\\\x0b\x81p\xdc\x0b\xc0x?\x1f\x08\x91\xba4\x18\x8a~\xfee\xacb\xc0\xe1\x05\xc7\xa1)\xe2\
    \x0fz\x88%\xb6P\xc3\xab\xbc\xf2\xe1S\x03*/*\0\0\0\x04\x01\0\0\0\0";
/// The same, of `nghttp`: two requests, of which the second refers to the first, behind frames of priorities.
const NGHTTP: &[u8] =
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\x0c\x04\0\0\0\0\0\0\x03\0\0\0d\0\x04\0\0\xff\xff\0\
    \0\x05\x02\0\0\0\0\x03\0\0\0\0\xc8\0\0\x05\x02\0\0\0\0\x05\0\0\0\0d\0\0\x05\x02\0\0\0\0\
    \x07\0\0\0\0\0\0\0\x05\x02\0\0\0\0\x09\0\0\0\x07\0\0\0\x05\x02\0\0\0\0\x0b\0\0\0\x03\0\0\
    \0'\x01%\0\0\0\r\0\0\0\x0b\x0f\x82\x84\x86A\x8b\x08\x9d\\\x0b\x81p\xdc\x0b\xc0x?S\x03*/\
    *\x90z\x8a\xaai\xd2\x9a\xc4\xc0WlK\x83\0\0\x0c\x01%\0\0\0\x0f\0\0\0\x0b\x0f\x82\x85\x86\
    \xc0\xbf\x90\xbe\0\0\0\x04\x01\0\0\0\0\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\0";
/// What `nghttpd` answers to that.
const NGHTTPD: &[u8] =
    b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0d\0\0\0\x04\x01\0\0\0\0\0\0\\\x01\x04\0\0\0\r\x88v\x90\
    \xaai\xd2\x9a\xe4R\xa9\xa7Jk\x13\x01]\xb1.\x0fX\x89\xa4~V\x1c\xc5\x81\x97\0\x0fa\x96\xdc\
    4\xfd('\x94\xd2~\xea\x08\x02q@;pN\\m\xb51h\xdf\x0f\r\x0213l\x96\xdc4\xfd('\x94\xd2~\xea\
    \x08\x02q@;pN\\m\x951h\xdf_\x87I|\xa5\x89\xd3M\x1f\0\0\x0b\x01\x04\0\0\0\x0f\x88\xc2\xc1\
    \xc0\x0f\r\x0213\xbf\xbe\0\0\r\0\x01\0\0\0\r<p>hello</p>\n\0\0\r\0\x01\0\0\0\x0f<p>hell\
    o</p>\n";

fn opening(bytes: &[u8]) -> Side<'_> {
    Side::new(dissect, bytes, Start::Opening)
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let [_, length @ ..] = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A field with its value as it is, whose name is an entry of the static table.
fn field(entry: u8, value: &str) -> Vec<u8> {
    [&[0x40 | entry, u8::try_from(value.len()).unwrap()][..], value.as_bytes()].concat()
}

fn settings() -> Vec<u8> {
    frame(SETTINGS, 0, 0, b"\0\x03\0\0\0\x64")
}

#[test]
fn a_request_tells_its_client_and_that_a_login_was_sent() {
    let told = opening(CURL).check();
    assert_eq!(
        told.lines(),
        "ReceiverService login.clear-text=http-basic\nSender http.user-agent=curl/7.88.1\n"
    );
    assert_eq!(told.roles[0], Role::Client);
}

#[test]
fn values_that_come_again_are_told_where_they_came_first() {
    let told = opening(NGHTTP).check();
    // `nghttp2/1.52.0`: not a word that user agents may have.
    assert_eq!(told.lines(), "Sender http.user-agent=*\n");
}

#[test]
fn a_server_is_known_by_its_settings_and_tells_its_software() {
    let told = opening(NGHTTPD).check();
    assert_eq!(told.lines(), "SenderService http.server=nghttpd nghttp2/1.52.0\n");
    assert_eq!(told.roles[0], Role::Server);
}

#[test]
fn an_older_connection_is_known_by_a_head() {
    for (bytes, expected) in [
        (
            &CURL[CURL.len() - 69..],
            "ReceiverService login.clear-text=http-basic\nSender http.user-agent=curl/7.88.1\n",
        ),
        (&NGHTTPD[24..], "SenderService http.server=nghttpd nghttp2/1.52.0\n"),
    ] {
        assert_eq!(Side::new(dissect, bytes, Start::Middle).check().lines(), expected);
        // Nothing begins so.
        assert_eq!(opening(bytes).check().roles, []);
    }
}

#[test]
fn a_head_may_be_padded_and_continued() {
    let padded = [&[3, 0, 0, 0, 0, 16][..], b"\x88", &field(54, "nginx/1.22.1"), b"\0\0\0"].concat();
    let head = [b"\x88".to_vec(), field(54, "h2o/2.2.5"), field(33, "today")].concat();
    let (one, rest) = head.split_at(4);
    let bytes = [
        settings(),
        frame(HEADERS, 0x2C, 1, &padded),
        frame(0, 1, 1, b"body"),
        frame(HEADERS, 0, 3, one),
        frame(9, 0, 3, b""),
        frame(9, 4, 3, rest),
        frame(HEADERS, 5, 3, &field(54, "a trailer")),
    ]
    .concat();
    assert_eq!(
        opening(&bytes).check().lines(),
        "SenderService http.server=nginx/1.22.1\nSenderService http.server=h2o/2.2.5\n"
    );
}

#[test]
fn what_names_somebody_is_never_told() {
    let head = [
        b"\x82\x86".to_vec(),
        field(4, "/patients/mustermann"),
        field(1, "erika.example"),
        field(32, "mrn=4711"),
        field(51, "http://ris/mustermann"),
        field(58, "Mozilla/5.0\r\nX: mustermann"),
    ]
    .concat();
    let bytes = [PREFACE, &frame(HEADERS, 5, 1, &head), &frame(0, 1, 1, b"mustermann")].concat();
    let told = opening(&bytes).check();
    assert_eq!(told.lines(), "Sender http.user-agent=Mozilla/5.0\n");
}

#[test]
fn a_long_head_is_passed_over() {
    let part = frame(9, 0, 1, &[0; 3000]);
    let last = frame(9, 4, 1, &field(54, "nginx"));
    let long = [frame(HEADERS, 0, 1, b"\x88"), part.repeat(6), last].concat();
    let next = frame(HEADERS, 5, 3, &[b"\x88".to_vec(), field(54, "nginx/1.22.1")].concat());
    let bytes = [settings(), long, next].concat();
    assert_eq!(opening(&bytes).read(1460).lines(), "SenderService http.server=nginx/1.22.1\n");
}

#[test]
fn settings_without_any_need_another_frame() {
    let empty = frame(SETTINGS, 0, 0, b"");
    assert_eq!(opening(&empty).check().roles, []);
    let window = frame(8, 0, 0, &[0, 0, 1, 0]);
    assert_eq!(opening(&[empty.clone(), window].concat()).check().roles, [Role::Server, Role::Unknown]);
    assert_eq!(opening(&[empty, vec![0; 40]].concat()).check().roles, []);
}

#[test]
fn other_bytes_are_not_this() {
    for bytes in [
        &b"PRI * HTTP/1.1\r\n\r\n"[..],
        b"\0\0\0\x08\x04\xd2\x16\x2f",
        b"\0\0\x06\x04\0\0\0\0\0\0\x02\0\0\0\x07",
        b"\0\0\x06\x04\0\0\0\0\0\0\0\0\0\0\0",
        b"\0\0\x07\x04\0\0\0\0\0\0\0\0\0\0\0\0",
        b"\0\0\0\x85\xffSMB\x72\0\0\0\0",
        &[0; 64],
        &[0xFF; 64],
    ] {
        for start in [Start::Opening, Start::Middle] {
            assert_eq!(Side::new(dissect, bytes, start).check().roles, [], "{start:?} {bytes:?}");
        }
    }
}

#[test]
fn a_server_that_changes_to_it_is_told() {
    let consent = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
    let read = |bytes: Vec<u8>| Side::new(crate::http::dissect, &bytes, Start::Opening).check();
    let told = read([&consent[..], NGHTTPD].concat());
    assert_eq!(told.lines(), "SenderService http.server=nghttpd nghttp2/1.52.0\n");
    assert_eq!(told.roles, [Role::Server]);
    let asked = b"GET / HTTP/1.1\r\nUser-Agent: curl/7.88.1\r\nUpgrade: h2c\r\n\r\n";
    let told = read([&asked[..], NGHTTP].concat());
    assert_eq!((told.lines().as_str(), told.roles.len()), ("Sender http.user-agent=curl/7.88.1\n", 2));
    // Something else behind it is no answer.
    assert_eq!(read([&consent[..], &[0xFF; 40]].concat()).roles, [Role::Server]);
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, place in 0..NGHTTPD.len(), chunk in 1_usize..40) {
        for whole in [NGHTTPD, NGHTTP] {
            let mut damaged = whole.to_vec();
            damaged.splice(place..place, bytes.iter().copied());
            opening(&damaged).read(chunk);
            Side::new(dissect, &damaged, Start::NextMessage).read(chunk);
            Side::new(dissect, &damaged, Start::Middle).read(chunk);
        }
    }
}
