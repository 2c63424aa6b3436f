//! VNC: another computer's screen, and how it is secured.
//!
//! RFC 6143, 7.1: the server says its version first, the client its own, the server the ways in that it has. Version 3.3 has the server
//! choose one by itself.
//!
//! Not here: pictures, keys, the desktop's name. A challenge and its answer are never looked at.

use wardround_model::FactKind;

use crate::lines::Fit;
use crate::{About, Facts, Half, Role, Start, Verdict};

/// `RFB 003.008` and a line feed (RFC 6143, 7.1.1).
const VERSION: usize = 12;
const BEGINNING: &[u8] = b"RFB ";
/// Ways in (RFC 6143, 7.1.2 and the registry of IANA).
const NONE: u8 = 1;
const PASSWORD: u8 = 2;

/// Reads the version, and the ways in that a server has.
pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    if half.start != Start::Opening {
        return Verdict::NotThis;
    }
    let Some((version, rest)) = half.bytes.split_at_checked(VERSION) else {
        let fits = Fit::of(half.bytes.get(..BEGINNING.len()).unwrap_or(half.bytes), BEGINNING) != Fit::No;
        return if fits { Verdict::More { wanted: VERSION } } else { Verdict::NotThis };
    };
    let Some(is_old) = is_old(version) else { return Verdict::NotThis };
    match half.opened {
        Role::Client => Verdict::Finished { sender: Role::Client },
        Role::Server => offer(rest, is_old, facts),
        // Which side it is the next bytes would have to tell, and a client's choice looks like a short offer.
        Role::Unknown => Verdict::Finished { sender: Role::Unknown },
    }
}

/// Whether it is version 3.3, in which servers choose; `None` where it is no version.
fn is_old(version: &[u8]) -> Option<bool> {
    let &[b'R', b'F', b'B', b' ', a, b, c, b'.', d, e, f, b'\n'] = version.first_chunk::<VERSION>()? else {
        return None;
    };
    let minor = [d, e, f];
    let is_number = [a, b, c].iter().chain(&minor).all(u8::is_ascii_digit);
    is_number.then_some([a, b, c] == *b"003" && minor < *b"007")
}

fn offer(rest: &[u8], is_old: bool, facts: &mut Facts) -> Verdict {
    let more = |wanted: usize| Verdict::More { wanted: VERSION.saturating_add(wanted) };
    let ways = if is_old {
        match rest.first_chunk::<4>() {
            Some([0, 0, 0, way]) => std::slice::from_ref(way),
            Some(_) => &[],
            None => return more(4),
        }
    } else {
        let Some((count, listed)) = rest.split_first() else { return more(1) };
        let count = usize::from(*count);
        match listed.get(..count) {
            Some(ways) => ways,
            None => return more(count.saturating_add(1)),
        }
    };
    // None, and 0 in version 3.3: it refuses, and says why.
    if !ways.is_empty() && !ways.contains(&0) {
        let weakest: &[u8] = match ways {
            ways if ways.contains(&NONE) => b"none",
            ways if ways.contains(&PASSWORD) => b"password",
            _ => b"other",
        };
        facts.tell(About::SenderService, FactKind::VncSecurity, weakest);
    }
    Verdict::Finished { sender: Role::Server }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::{Side, Told};
    use proptest::prelude::*;

    fn told(bytes: &[u8], opened: Role) -> Told {
        Side { opened, ..Side::new(dissect, bytes, Start::Opening) }.check()
    }

    #[test]
    fn a_server_says_how_it_is_secured() {
        for (bytes, weakest) in [
            (b"RFB 003.008\n\x02\x10\x01".as_slice(), "none"),
            (b"RFB 003.008\n\x01\x02", "password"),
            (b"RFB 003.007\n\x03\x02\x13\x10", "password"),
            (b"RFB 003.008\n\x01\x1e", "other"),
            (b"RFB 003.003\n\0\0\0\x01", "none"),
            (b"RFB 003.003\n\0\0\0\x02", "password"),
        ] {
            let told = told(bytes, Role::Server);
            assert_eq!(told.lines(), format!("SenderService vnc.security={weakest}\n"));
            assert_eq!(told.roles, [Role::Server]);
        }
    }

    #[test]
    fn refusals_clients_and_other_text_tell_nothing() {
        for (bytes, opened, roles) in [
            (b"RFB 003.008\n\0\0\0\0\x04full".as_slice(), Role::Server, vec![Role::Server]),
            (b"RFB 003.003\n\0\0\0\0", Role::Server, vec![Role::Server]),
            (b"RFB 003.008\n\x01", Role::Client, vec![Role::Client]),
            (b"RFB 003.008\n\x01\x01", Role::Unknown, vec![Role::Unknown]),
            (b"RFB 3.8     ", Role::Server, vec![]),
            (b"HTTP/1.1 200 OK\r\n", Role::Server, vec![]),
        ] {
            let told = told(bytes, opened);
            assert_eq!((told.lines().as_str(), told.roles), ("", roles), "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, chunk in 1usize..40) {
            for opened in [Role::Server, Role::Client, Role::Unknown] {
                let all = [b"RFB 003.008\n".as_slice(), &bytes].concat();
                Side { opened, ..Side::new(dissect, &all, Start::Opening) }.read(chunk);
            }
        }
    }
}
