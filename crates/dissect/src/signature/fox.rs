//! Fox, by which stations of Tridium's Niagara framework speak: the version of the framework.
//!
//! As its makers' "Niagara 4 Hardening Guide" and the dissector of nmap (`fox-info`) describe it: text in lines, `name=type:value`, between
//! braces, in clear at port 1911 (at 4911 it is TLS).
//!
//! Not here: names of stations and hosts, which people give; logins; values.

use wardround_model::FactKind;

use crate::lines::{Fit, is_text, more};
use crate::{About, Facts, Half, Role, Start, Verdict};

/// How every message begins: the protocol, the kind of frame and numbers of the channel.
const BEGINNING: &[u8] = b"fox ";
/// The end of a message.
const END: &[u8] = b"};;";
/// The longest greeting that is waited for.
const MOST: usize = 4096;
/// The greeting's own word.
const HELLO: &[u8] = b"fox hello";
/// The version of the framework, and of the system beneath.
const VERSION: &[u8] = b"app.version=s:";

/// Reads the greeting of either side.
pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    match (half.start, Fit::of(half.bytes, BEGINNING)) {
        (Start::Middle, _) | (_, Fit::No) => return Verdict::NotThis,
        (_, Fit::SoFar) => return more(half.bytes, MOST, Verdict::NotThis),
        (_, Fit::Whole) => {}
    }
    let Some(end) = half.bytes.windows(END.len()).take(MOST).position(|window| window == END) else {
        return more(half.bytes, MOST, Verdict::NotThis);
    };
    let message = half.bytes.get(..end).unwrap_or_default();
    let mut lines = message.split(|byte| *byte == b'\n');
    let first = lines.next().unwrap_or_default();
    if !first.ends_with(HELLO) || !is_text(message) {
        return Verdict::NotThis;
    }
    // Whoever connects asks first, with number -1 in the place of the answer's.
    let sender = if first.starts_with(b"fox a ") { half.opened } else { Role::Unknown };
    let version = lines.find_map(|line| line.strip_prefix(VERSION)).filter(|version| is_version(version));
    if let Some(version) = version {
        let text = [b"Niagara Framework ".as_slice(), version].concat();
        // A client is a station or a workbench of the same framework; the service is the other side's.
        if half.opened == Role::Server {
            facts.tell(About::SenderService, FactKind::ServerSoftware, &text);
        }
    }
    Verdict::Finished { sender }
}

fn is_version(text: &[u8]) -> bool {
    text.len() <= 24
        && text.first().is_some_and(u8::is_ascii_digit)
        && text.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::Side;
    use proptest::prelude::*;

    const STATION: &[u8] = b"fox a 0 -1 fox hello\n{\nfox.version=s:1.0.1\nid=i:32\nhostName=s:CANARY-HOST\nhostAddress=s:10.1.4.9\n\
        app.name=s:Station\napp.version=s:3.8.38.1\nvm.name=s:Java HotSpot(TM) Client VM\nos.name=s:QNX\nstation.name=s:CANARY\n};;\n";

    fn told(opened: Role) -> crate::laws::Told {
        Side { opened, ..Side::new(dissect, STATION, Start::Opening) }.check()
    }

    #[test]
    fn a_station_says_its_version_and_nobodys_name() {
        let server = told(Role::Server);
        assert_eq!(server.lines(), "SenderService service.software=Niagara Framework 3.8.38.1\n");
        assert_eq!((server.roles, told(Role::Client).lines().as_str()), (vec![Role::Server], ""));
    }

    #[test]
    fn other_text_is_not_this() {
        for bytes in [b"fox and hound };;".as_slice(), b"GET / HTTP/1.1\r\n\r\n", b"foxtrot"] {
            assert_eq!(Side::new(dissect, bytes, Start::Opening).check().roles, []);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, chunk in 1usize..40) {
            Side::new(dissect, &[&STATION[..22], &bytes].concat(), Start::Opening).read(chunk);
        }
    }
}
