//! What stands before the text of a message: priority, moment, host and program (RFC 5424, 6; RFC 3164, 4.1).

use crate::lines::is_text;

/// Facility and severity in one number (RFC 5424, 6.2.1).
const MAX_PRIORITY: u16 = 191;
/// `Oct 11 22:14:15 ` (RFC 3164, 4.1.2).
const OLD_MOMENT: usize = 16;
const MONTHS: [&[u8]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];
/// What may stand before the text of some encoders (RFC 5424, 6.4).
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
/// So far into the text a message's own code is looked for.
const MAX_CODE_AT: usize = 96;

/// Programs that are told; others may be named after people or places.
const PROGRAMS: &[&str] = &[
    "apache2",
    "asterisk",
    "auditd",
    "charon",
    "chronyd",
    "containerd",
    "cron",
    "CRON",
    "crond",
    "cupsd",
    "dbus-daemon",
    "dhclient",
    "dhcpcd",
    "dhcpd",
    "dnsmasq",
    "dnsmasq-dhcp",
    "dockerd",
    "dropbear",
    "esxupdate",
    "filterlog",
    "freeradius",
    "haproxy",
    "hostapd",
    "Hostd",
    "httpd",
    "in.tftpd",
    "keepalived",
    "kernel",
    "krb5kdc",
    "kubelet",
    "lighttpd",
    "mariadbd",
    "mysqld",
    "named",
    "NetworkManager",
    "nginx",
    "nmbd",
    "nscd",
    "ntpd",
    "openvpn",
    "orthanc",
    "pfsense",
    "php-fpm",
    "postfix",
    "postgres",
    "proftpd",
    "radiusd",
    "rsyslogd",
    "slapd",
    "smbd",
    "snmpd",
    "squid",
    "sshd",
    "sssd",
    "su",
    "sudo",
    "syslogd",
    "syslog-ng",
    "systemd",
    "systemd-logind",
    "systemd-networkd",
    "systemd-resolved",
    "tomcat",
    "unbound",
    "vmkernel",
    "vobd",
    "vpxa",
    "winbindd",
    "wpa_supplicant",
];
/// Providers of events of Windows, which forwarders give as the program.
const WINDOWS: &str = "Microsoft-Windows-";

/// One message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Message<'a> {
    /// Whether it is of RFC 5424, with its moment.
    pub(super) is_modern: bool,
    /// What may be the program: `APP-NAME`, or the words behind the moment.
    programs: [&'a [u8]; 2],
    /// The text; of an old message all behind its moment.
    pub(super) content: &'a [u8],
}

/// What follows a priority.
pub(super) fn priority(bytes: &[u8]) -> Option<&[u8]> {
    let rest = bytes.strip_prefix(b"<")?;
    let digits = rest.iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
    let (number, rest) = rest.split_at_checked(digits)?;
    let rest = rest.strip_prefix(b">")?;
    let is_short = (1..=3).contains(&digits) && (digits == 1 || !number.starts_with(b"0"));
    let number: u16 = std::str::from_utf8(number).ok()?.parse().ok()?;
    (is_short && number <= MAX_PRIORITY).then_some(rest)
}

/// Whether more bytes may make it one.
pub(super) fn may_be_priority(bytes: &[u8]) -> bool {
    match bytes {
        [] => true,
        [b'<', digits @ ..] => digits.len() <= 3 && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

impl<'a> Message<'a> {
    /// The message, where it has a priority and text behind it.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let rest = priority(bytes)?;
        let beginning = rest.get(..OLD_MOMENT).unwrap_or(rest);
        if beginning.trim_ascii().is_empty() || !is_text(beginning) {
            return None;
        }
        Some(Self::modern(rest).unwrap_or_else(|| Self::old(rest)))
    }

    /// `1 TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA MSG` (RFC 5424, 6).
    fn modern(rest: &'a [u8]) -> Option<Self> {
        let (moment, rest) = word(rest.strip_prefix(b"1 ")?)?;
        let (_host, rest) = word(rest)?;
        let (program, rest) = word(rest)?;
        let (_process, rest) = word(rest)?;
        let (_kind, rest) = word(rest)?;
        let content = behind_structured_data(rest)?;
        let content = content.strip_prefix(BYTE_ORDER_MARK).unwrap_or(content);
        is_moment(moment).then_some(Self { is_modern: true, programs: [program, &[]], content })
    }

    /// A moment, a host and a program with a colon behind it (RFC 3164, 4.1), as far as they are there.
    fn old(rest: &'a [u8]) -> Self {
        let content = behind_old_moment(rest);
        let (first, behind) = word(content).unwrap_or_default();
        let (second, _) = word(behind).unwrap_or_default();
        Self { is_modern: false, programs: [tag(first), tag(second)], content }
    }

    /// The program that the message is of, as the list has it.
    pub(super) fn program(&self) -> Option<&'static str> {
        self.programs.iter().find_map(|name| known(name)).or_else(|| self.coded())
    }

    /// What writes messages with codes such as `%SYS-5-CONFIG_I:` or `%ASA-6-302013:` (Cisco, "System Message Format").
    fn coded(&self) -> Option<&'static str> {
        let beginning = self.content.get(..MAX_CODE_AT).unwrap_or(self.content);
        let at = beginning.iter().position(|byte| *byte == b'%')?;
        let code = self.content.get(at.saturating_add(1)..)?.split(|byte| *byte == b':').next()?;
        let mut parts = code.splitn(3, |byte| *byte == b'-');
        let (facility, severity, name) = (parts.next()?, parts.next()?, parts.next()?);
        let is_name = |name: &[u8]| {
            !name.is_empty()
                && name.len() <= 48
                && name.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_')
        };
        if !matches!(severity, [b'0'..=b'7']) || !is_name(facility) || !is_name(name) {
            return None;
        }
        Some(if matches!(facility, b"ASA" | b"FTD" | b"PIX") { "Cisco-ASA" } else { "Cisco-IOS" })
    }
}

/// A word of visible characters, and what follows its space.
fn word(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().take(256).position(|byte| *byte == b' ')?;
    let (word, rest) = bytes.split_at_checked(end)?;
    let is_word = !word.is_empty() && word.iter().all(u8::is_ascii_graphic);
    is_word.then(|| (word, rest.get(1..).unwrap_or_default()))
}

/// A moment of RFC 3339, or none (RFC 5424, 6.2.3).
fn is_moment(word: &[u8]) -> bool {
    let is_day = |day: &[u8; 11]| {
        matches!(day, [a, b, c, d, b'-', e, f, b'-', g, h, b'T']
        if [a, b, c, d, e, f, g, h].iter().all(|digit| digit.is_ascii_digit()))
    };
    word == b"-" || word.first_chunk().is_some_and(is_day)
}

/// `-`, or elements in brackets, in whose values a bracket stands behind a backslash (RFC 5424, 6.3).
fn behind_structured_data(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes;
    if let Some(behind) = rest.strip_prefix(b"-") {
        return text_behind(behind);
    }
    while let Some(element) = rest.strip_prefix(b"[") {
        let mut is_escaped = false;
        let end = element.iter().position(|byte| {
            let ends = *byte == b']' && !is_escaped;
            is_escaped = *byte == b'\\' && !is_escaped;
            ends
        })?;
        rest = element.get(end.saturating_add(1)..)?;
    }
    if rest.len() == bytes.len() { None } else { text_behind(rest) }
}

fn text_behind(rest: &[u8]) -> Option<&[u8]> {
    match rest {
        [] | [b'\r' | b'\n', ..] => Some(&[]),
        [b' ', text @ ..] => Some(text),
        _ => None,
    }
}

/// What follows the moment of an old message, in the way of RFC 3164 or of RFC 3339; all, where there is none.
fn behind_old_moment(rest: &[u8]) -> &[u8] {
    let behind = rest.split_at_checked(OLD_MOMENT).filter(|(moment, _)| {
        let is_time = matches!(moment.get(3..), Some([b' ', _, _, b' ', _, _, b':', _, _, b':', _, _, b' ']));
        is_time && MONTHS.iter().any(|month| moment.starts_with(month))
    });
    if let Some((_, behind)) = behind {
        return behind;
    }
    word(rest).filter(|(moment, _)| *moment != b"-" && is_moment(moment)).map_or(rest, |(_, behind)| behind)
}

/// The program of `sshd[4711]:`; nothing of a word without a colon at its end, which may be the host.
fn tag(word: &[u8]) -> &[u8] {
    word.strip_suffix(b":").unwrap_or_default()
}

fn known(name: &[u8]) -> Option<&'static str> {
    if name.starts_with(WINDOWS.as_bytes()) {
        return WINDOWS.strip_suffix('-');
    }
    let end = name.iter().position(|byte| matches!(byte, b'[' | b'/' | b'(')).unwrap_or(name.len());
    let name = name.get(..end)?;
    PROGRAMS.iter().find(|program| program.as_bytes() == name).copied()
}
