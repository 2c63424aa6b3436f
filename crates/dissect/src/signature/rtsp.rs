//! RTSP 1.0 and 2.0 (RFC 2326, RFC 7826): the software of a camera or recorder and of who watches, and logins in clear.
//!
//! Not here: stream addresses, SDP, the media.

use wardround_model::{FactKind, Protocol};

use crate::head::{Head, MAX_HEAD};
use crate::lines::{Fit, first_line, is_text};
use crate::{About, Facts, Half, Role, Start, Verdict};

const METHODS: &[&[u8]] = &[
    b"OPTIONS ",
    b"DESCRIBE ",
    b"SETUP ",
    b"PLAY ",
    b"PAUSE ",
    b"TEARDOWN ",
    b"ANNOUNCE ",
    b"RECORD ",
    b"GET_PARAMETER ",
    b"SET_PARAMETER ",
    b"REDIRECT ",
    b"PLAY_NOTIFY ",
];
const STATUS_LINE: &[u8] = b"RTSP/";
const VERSIONS: &[&[u8]] = &[b" RTSP/1.0", b" RTSP/2.0"];
/// Media between messages: a dollar sign, a channel, a length (RFC 2326, 10.12).
const MEDIA: u8 = b'$';
const MEDIA_HEADER: usize = 4;

pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    if half.start == Start::NextMessage && half.bytes.first() == Some(&MEDIA) {
        return media(half.bytes);
    }
    match Fit::any(half.bytes, METHODS.iter().copied().chain([STATUS_LINE])) {
        Fit::No => Verdict::NotThis,
        Fit::SoFar => more(half.bytes),
        Fit::Whole if half.bytes.starts_with(STATUS_LINE) => response(half.bytes, facts),
        Fit::Whole => request(half.bytes, facts),
    }
}

fn media(bytes: &[u8]) -> Verdict {
    match bytes.first_chunk() {
        Some([_, _, high, low]) => {
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            Verdict::Message { used: MEDIA_HEADER.saturating_add(length), sender: Role::Unknown }
        }
        None => Verdict::More { wanted: MEDIA_HEADER },
    }
}

fn more(bytes: &[u8]) -> Verdict {
    let wanted = bytes.len().saturating_add(1);
    if wanted <= MAX_HEAD && is_text(bytes) { Verdict::More { wanted } } else { Verdict::NotThis }
}

fn request(bytes: &[u8], facts: &mut Facts) -> Verdict {
    let is_rtsp = |line: &[u8]| VERSIONS.iter().any(|version| line.ends_with(version));
    if first_line(bytes).is_some_and(|(line, _)| !is_rtsp(line)) {
        return Verdict::NotThis;
    }
    let Some(head) = Head::read(bytes) else { return more(bytes) };
    head.tell_basic_login("authorization", (Protocol::Rtsp, b"rtsp"), facts);
    if let Some(agent) = head.field("user-agent") {
        facts.tell(About::Sender, FactKind::HttpUserAgent, agent);
    }
    Verdict::Message { used: size(&head), sender: Role::Client }
}

fn response(bytes: &[u8], facts: &mut Facts) -> Verdict {
    let Some(head) = Head::read(bytes) else { return more(bytes) };
    let versions = VERSIONS.iter().filter_map(|version| version.get(1..));
    if Fit::any(head.start_line, versions) != Fit::Whole {
        return Verdict::NotThis;
    }
    let sender = Role::Server;
    match head.field("server") {
        // Nothing else is told, and much media may follow.
        Some(server) => {
            facts.tell(About::SenderService, FactKind::ServerSoftware, server);
            Verdict::Finished { sender }
        }
        None => Verdict::Message { used: size(&head), sender },
    }
}

fn size(head: &Head<'_>) -> usize {
    head.length.saturating_add(head.content_length().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::Side;
    use proptest::prelude::*;

    fn side(bytes: &[u8]) -> Side<'_> {
        Side::new(dissect, bytes, Start::Opening)
    }

    #[test]
    fn a_camera_and_its_viewer_are_told() {
        let viewer = b"OPTIONS rtsp://10.1.4.20:554/ward7/bed3 RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: LibVLC/3.0.18\r\n\r\n\
            DESCRIBE rtsp://10.1.4.20:554/ward7/bed3 RTSP/1.0\r\nCSeq: 2\r\nAuthorization: Basic b3BlcmF0b3I6c2VjcmV0\r\n\r\n";
        let told = side(viewer).check();
        assert_eq!(
            told.lines(),
            "Sender http.user-agent=LibVLC/3.0.18\nReceiverService login.clear-text=rtsp\n"
        );
        assert_eq!(told.roles, [Role::Client, Role::Client]);
        let camera = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 3\r\n\r\nv=0$\0\0\x02ab\
            RTSP/1.0 200 OK\r\nServer: GStreamer RTSP server\r\nDate: x\r\n\r\n$\0\0";
        let told = side(camera).check();
        assert_eq!(told.lines(), "SenderService service.software=GStreamer RTSP server\n");
    }

    #[test]
    fn http_and_sip_are_not_rtsp() {
        for bytes in
            [b"OPTIONS * HTTP/1.1\r\n\r\n".as_slice(), b"OPTIONS sip:a SIP/2.0\r\n\r\n", b"RTSP/9 1\r\n\r\n"]
        {
            assert_eq!(side(bytes).check().roles, []);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>) {
            side(&[b"RTSP/1.0 200 ".as_slice(), &bytes].concat()).read(4);
            side(&bytes).read(bytes.len().max(1));
        }
    }
}
