//! TFTP: which kind of file a device takes without a login, such as what it starts from or a telephone's settings.
//!
//! RFC 1350, RFC 2347 (options). A request names the file; what kind it is, names tell that makers of devices give.
//!
//! Not here: names of files, which may be of hosts and people; what files hold; transfers, for which servers choose another port.

use wardround_model::FactKind;

use crate::lines::starts_ignoring_case;
use crate::{About, Datagram, Facts, Role};

/// Where requests go.
pub(crate) const PORTS: &[u16] = &[69];
/// The longest name that is looked at, its folders too.
const MAX_NAME: usize = 255;
/// Of a card's address in hex.
const CARD: usize = 12;
/// RFC 1350, 5, and RFC 2347.
const MODES: [&str; 3] = ["octet", "netascii", "mail"];

/// Kinds of message (RFC 1350, 5; RFC 2347).
mod opcode {
    pub(super) const READ: u16 = 1;
    pub(super) const WRITE: u16 = 2;
    pub(super) const DATA: u16 = 3;
    pub(super) const ACKNOWLEDGEMENT: u16 = 4;
    pub(super) const ERROR: u16 = 5;
    pub(super) const OPTIONS: u16 = 6;
}

/// How names of files begin that computers and telephones start from.
const START_FILES: &[&str] = &[
    "pxelinux",
    "lpxelinux",
    "syslinux",
    "undionly",
    "ipxe",
    "snponly",
    "bootx64.efi",
    "bootia32.efi",
    "bootaa64.efi",
    "bootnetx64",
    "grubx64",
    "grubnetx64",
    "shimx64",
    "bootmgfw",
    "wdsnbp",
    "wdsmgfw",
    "pxeboot",
    "vmlinuz",
    "initrd",
];
/// How names of telephones' settings begin and end around a card's address: Cisco, Yealink and Polycom, Grandstream, Linksys.
const TELEPHONE_SETTINGS: &[(&str, &[&str])] = &[
    ("sep", &[".cnf.xml"]),
    ("", &[".cfg", ".boot", "-phone.cfg"]),
    ("cfg", &["", ".xml"]),
    ("spa", &[".cfg", ".xml"]),
];
/// Settings of all telephones of a kind.
const ALL_TELEPHONES: &[&str] = &["xmldefault.cnf.xml", "sepdefault.cnf", "000000000000.cfg"];
/// Settings that switches and routers look for (Cisco IOS, AutoInstall), and how their own end.
const NETWORK_SETTINGS: &[&str] = &["network-confg", "cisconet.cfg", "ciscortr.cfg"];
const OWN_SETTINGS: &str = "-confg";

/// Reads one datagram.
pub(crate) fn dissect(datagram: &Datagram<'_>, facts: &mut Facts) -> Option<Role> {
    let (code, rest) = datagram.payload.split_first_chunk()?;
    let is_from_server = PORTS.contains(&datagram.sender.port());
    let is_to_server = PORTS.contains(&datagram.receiver.port());
    match u16::from_be_bytes(*code) {
        opcode::READ if is_to_server => {
            if let Some(kind) = kind(requested(rest)?) {
                facts.tell(About::Sender, FactKind::TftpFile, kind);
            }
            Some(Role::Client)
        }
        opcode::WRITE if is_to_server => requested(rest).map(|_| Role::Client),
        // Some servers answer from the same port.
        opcode::ACKNOWLEDGEMENT if is_to_server && rest.len() == 2 => Some(Role::Client),
        opcode::DATA if is_from_server && rest.len() >= 2 => Some(Role::Server),
        opcode::ERROR if is_from_server && rest.len() >= 3 && rest.ends_with(b"\0") => Some(Role::Server),
        opcode::OPTIONS if is_from_server && rest.ends_with(b"\0") => Some(Role::Server),
        _ => None,
    }
}

/// The name of a file, behind whose end stands a mode (RFC 1350, 5).
fn requested(rest: &[u8]) -> Option<&[u8]> {
    let mut parts = rest.strip_suffix(b"\0")?.split(|byte| *byte == 0);
    let (name, mode) = (parts.next()?, parts.next()?);
    let is_mode = MODES.iter().any(|known| mode.eq_ignore_ascii_case(known.as_bytes()));
    let is_name = (1..=MAX_NAME).contains(&name.len()) && !name.iter().any(u8::is_ascii_control);
    (is_mode && is_name).then_some(name)
}

/// What kind of file it is; of most nothing can be said.
fn kind(path: &[u8]) -> Option<&'static [u8]> {
    let name = path.rsplit(|byte| matches!(byte, b'/' | b'\\')).next()?;
    let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
    if START_FILES.iter().any(|start| starts_ignoring_case(name, start)) {
        Some(b"start-files")
    } else if ALL_TELEPHONES.iter().any(|known| is(known)) || is_of_one_telephone(name) {
        Some(b"telephone-settings")
    } else if NETWORK_SETTINGS.iter().any(|known| is(known)) || ends_ignoring_case(name, OWN_SETTINGS) {
        Some(b"network-settings")
    } else {
        None
    }
}

fn is_of_one_telephone(name: &[u8]) -> bool {
    TELEPHONE_SETTINGS.iter().any(|(beginning, endings)| {
        let rest = name.get(beginning.len()..).filter(|_| starts_ignoring_case(name, beginning));
        let Some((card, ending)) = rest.and_then(|rest| rest.split_at_checked(CARD)) else { return false };
        card.iter().all(u8::is_ascii_hexdigit)
            && endings.iter().any(|known| ending.eq_ignore_ascii_case(known.as_bytes()))
    })
}

fn ends_ignoring_case(name: &[u8], ending: &str) -> bool {
    name.len()
        .checked_sub(ending.len())
        .and_then(|at| name.get(at..))
        .is_some_and(|end| end.eq_ignore_ascii_case(ending.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::heard;
    use proptest::prelude::*;

    fn asked(payload: &[u8]) -> (Option<Role>, Vec<String>) {
        heard(dissect, payload, ([10, 1, 4, 9], 57_812), ([10, 1, 3, 9], 69))
    }

    fn answered(payload: &[u8]) -> (Option<Role>, Vec<String>) {
        heard(dissect, payload, ([10, 1, 3, 9], 69), ([10, 1, 4, 9], 57_812))
    }

    #[test]
    fn the_kind_of_file_is_told_and_never_its_name() {
        for (name, kind) in [
            // As tftp-hpa asks for it.
            ("SEP001122334455.cnf.xml", Some("telephone-settings")),
            ("/config/0004f2aabbcc.cfg", Some("telephone-settings")),
            ("0004f2aabbcc-phone.cfg", Some("telephone-settings")),
            ("cfg000b82112233.xml", Some("telephone-settings")),
            ("XMLDefault.cnf.xml", Some("telephone-settings")),
            ("pxelinux.0", Some("start-files")),
            ("boot\\x64\\wdsnbp.com", Some("start-files")),
            ("EFI/BOOT/BOOTX64.EFI", Some("start-files")),
            ("network-confg", Some("network-settings")),
            ("canary-confg", Some("network-settings")),
            // Signed, and encrypted.
            ("SEP001122334455.cnf.xml.sgn", None),
            ("SEP001122334455.cnf.xml.enc.sgn", None),
            ("CTLSEP001122334455.tlv", None),
            ("0004f2aabbcg.cfg", None),
            ("canary.cfg", None),
            ("sep", None),
        ] {
            let expected: Vec<_> = kind.iter().map(|kind| format!("Sender tftp.file={kind}")).collect();
            let request = [b"\0\x01", name.as_bytes(), b"\0OCTET\0tsize\x000\0"].concat();
            assert_eq!(asked(&request), (Some(Role::Client), expected), "{name}");
            assert_eq!(answered(&request), (None, vec![]), "{name}");
            let written = [b"\0\x02", name.as_bytes(), b"\0octet\0"].concat();
            assert_eq!(asked(&written), (Some(Role::Client), vec![]), "{name}");
        }
    }

    #[test]
    fn answers_from_the_same_port_tell_who_serves() {
        for answer in [
            &b"\0\x03\0\x01text"[..],
            b"\0\x03\0\x01",
            b"\0\x05\0\x01File not found\0",
            b"\0\x06tsize\x0010\0",
        ] {
            assert_eq!(answered(answer), (Some(Role::Server), vec![]));
            assert_eq!(asked(answer), (None, vec![]));
        }
        assert_eq!(asked(b"\0\x04\0\x01"), (Some(Role::Client), vec![]));
        assert_eq!(answered(b"\0\x04\0\x01"), (None, vec![]));
    }

    #[test]
    fn other_bytes_are_none() {
        for other in [
            &b""[..],
            b"\0",
            b"\0\x01",
            b"\0\x01pxelinux.0",
            b"\0\x01pxelinux.0\0",
            b"\0\x01pxelinux.0\0octet",
            b"\0\x01\0octet\0",
            b"\0\x01pxelinux.0\0text\0",
            b"\0\x01pxe\x07linux.0\0octet\0",
            b"\0\x07pxelinux.0\0octet\0",
            b"\0\x04\0",
        ] {
            assert_eq!(asked(other), (None, vec![]), "{other:?}");
        }
        assert_eq!(asked(&[b"\0\x01", "x".repeat(256).as_bytes(), b"\0octet\0"].concat()).0, None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, code in 0u8..8) {
            let all = [&[0, code], bytes.as_slice()].concat();
            asked(&all);
            answered(&all);
            asked(&[&[0, 1], bytes.as_slice(), b"\0octet\0"].concat());
        }
    }
}
