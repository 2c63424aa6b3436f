//! CPE names as other tools write them, to CPE 2.3 formatted strings (NIST IR 7695). Not here: what they match.

use std::borrow::Cow;

/// The attributes of a name.
const ATTRIBUTES: usize = 11;

/// A name as a CPE 2.3 formatted string, from one (`cpe:2.3:a:...`) or from a CPE 2.2 URI (`cpe:/a:...`); `None` when it is
/// neither.
pub(crate) fn to_23(name: &str) -> Option<String> {
    let name = name.trim();
    match name.strip_prefix("cpe:/") {
        Some(uri) => from_uri(uri),
        None => is_formatted(name).then(|| name.to_owned()),
    }
}

/// Whether a CPE 2.3 name is about an operating system.
pub(crate) fn is_system(name: &str) -> bool {
    name.starts_with("cpe:2.3:o:")
}

/// An attribute of a CPE 2.3 name by its place: 0 is the part, 1 the vendor, 2 the product, 3 the version.
pub(crate) fn attribute(name: &str, place: usize) -> Option<String> {
    let mut attribute = String::new();
    let mut at = 0_usize;
    let mut is_quoted = false;
    for c in name.strip_prefix("cpe:2.3:")?.chars() {
        let ends = c == ':' && !is_quoted;
        if ends && at == place {
            break;
        }
        at = at.saturating_add(usize::from(ends));
        if at == place && !ends {
            attribute.push(c);
        }
        is_quoted = c == '\\' && !is_quoted;
    }
    (at == place).then_some(attribute)
}

fn is_formatted(name: &str) -> bool {
    let Some(attributes) = name.strip_prefix("cpe:2.3:") else { return false };
    let (mut count, mut is_quoted) = (1_usize, false);
    for c in attributes.chars() {
        count = count.saturating_add(usize::from(c == ':' && !is_quoted));
        is_quoted = c == '\\' && !is_quoted;
    }
    let is_known_part = ["a:", "o:", "h:"].iter().any(|part| attributes.starts_with(part));
    count == ATTRIBUTES && !is_quoted && is_known_part
}

/// A CPE 2.2 URI without its `cpe:/` (NIST IR 7695, 6.1.3): seven parts at most, of which the edition may pack five.
fn from_uri(uri: &str) -> Option<String> {
    let parts: Vec<&str> = uri.split(':').collect();
    let part = *parts.first()?;
    if !matches!(part, "a" | "o" | "h") || parts.len() > 7 || parts.len() < 2 {
        return None;
    }
    let at = |place: usize| parts.get(place).copied().unwrap_or_default();
    let edition = at(5);
    // A packed edition is `~edition~software edition~target software~target hardware~other`.
    let packed: Vec<&str> =
        edition.strip_prefix('~').map_or(vec![edition], |packed| packed.split('~').collect());
    let of_edition = |place: usize| packed.get(place).copied().unwrap_or_default();
    let values = [
        at(1),
        at(2),
        at(3),
        at(4),
        of_edition(0),
        at(6),
        of_edition(1),
        of_edition(2),
        of_edition(3),
        of_edition(4),
    ];
    let mut name = format!("cpe:2.3:{part}");
    for value in values {
        name.push(':');
        name.push_str(&formatted(value)?);
    }
    Some(name)
}

/// One value of a URI as a value of a formatted string.
fn formatted(value: &str) -> Option<Cow<'_, str>> {
    match value {
        "" => return Some(Cow::Borrowed("*")),
        "-" => return Some(Cow::Borrowed("-")),
        _ => {}
    }
    let mut text = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(c) = rest.chars().next() {
        let (c, is_encoded, len) = match rest.strip_prefix('%') {
            Some(code) => (decoded(code.get(..2)?)?, true, 3),
            None => (c, false, c.len_utf8()),
        };
        match c {
            '\u{1}' if is_encoded => text.push('?'),
            '\u{2}' if is_encoded => text.push('*'),
            c if c.is_ascii_alphanumeric() || "-._".contains(c) => text.push(c.to_ascii_lowercase()),
            c if c.is_ascii_graphic() => text.extend(['\\', c]),
            _ => return None,
        }
        rest = rest.get(len..).unwrap_or_default();
    }
    Some(Cow::Owned(text))
}

fn decoded(code: &str) -> Option<char> {
    u8::from_str_radix(code, 16).ok().map(char::from)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn uris_become_formatted_strings() {
        let check = |uri: &str, name: &str| assert_eq!(to_23(uri).as_deref(), Some(name), "{uri}");
        check("cpe:/a:openbsd:openssh:7.4", "cpe:2.3:a:openbsd:openssh:7.4:*:*:*:*:*:*:*");
        check(
            "cpe:/o:microsoft:windows_7::sp1:~~ultimate~~x64~",
            "cpe:2.3:o:microsoft:windows_7:*:sp1:*:*:ultimate:*:x64:*",
        );
        check("cpe:/o:linux:linux_kernel", "cpe:2.3:o:linux:linux_kernel:*:*:*:*:*:*:*:*");
        // Examples of NIST IR 7695, 6.1.3.
        check(
            "cpe:/a:hp:insight_diagnostics:7.4.0.1570::~~online~win2003~x64~",
            "cpe:2.3:a:hp:insight_diagnostics:7.4.0.1570:*:*:*:online:win2003:x64:*",
        );
        check(
            "cpe:/a:hp:openview_network_manager:7.51:-:~~~linux~~",
            "cpe:2.3:a:hp:openview_network_manager:7.51:-:*:*:*:linux:*:*",
        );
        check("cpe:/a:foo%5cbar:big%24money_2010:%02", r"cpe:2.3:a:foo\\bar:big\$money_2010:*:*:*:*:*:*:*:*");
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in [
            "",
            "cpe:/",
            "cpe:/x:a:b",
            "cpe:/a",
            "cpe:2.3:a:b:c",
            "cpe:/a:b:c%",
            "cpe:/a:b:c%0",
            "cpe:/a:b:c d",
        ] {
            assert_eq!(to_23(text), None, "{text}");
        }
        let quoted = r"cpe:2.3:a:b:c\:d:1.0:*:*:*:*:*:*:*";
        assert_eq!(to_23(quoted).as_deref(), Some(quoted));
    }

    proptest! {
        #[test]
        fn what_is_read_is_a_formatted_string(text in "cpe:/[aoh](:[a-zA-Z0-9~%._!*-]{0,8}){1,6}") {
            if let Some(name) = to_23(&text) {
                prop_assert!(is_formatted(&name), "{}", name);
            }
        }
    }
}
