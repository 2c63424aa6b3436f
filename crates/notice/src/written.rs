//! What all ways of telling share: who tells, moments, and text from outside on one line.

/// Who tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sender {
    /// What the hospital is called; may be empty.
    pub hospital: String,
    /// The version of the program.
    pub version: String,
    /// The name of this computer; may be empty.
    pub computer: String,
}

/// Text on one line: without line ends and other controls, and without what turns its order round.
pub(crate) fn one_line(text: &str, most: usize) -> String {
    let is_trick = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if is_trick(c) { ' ' } else { c }).take(most).collect()
}

/// A moment as RFC 3339 has it, in UTC.
pub(crate) fn rfc_3339(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).unwrap_or_default().to_string()
}

/// A moment as RFC 5322 has it (section 3.3), in UTC.
pub(crate) fn rfc_5322(seconds: i64) -> String {
    let moment = jiff::Timestamp::from_second(seconds).unwrap_or_default();
    moment.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

/// Where the site tells more, where its address is known.
pub(crate) fn link(site: Option<&str>, path: &str) -> Option<String> {
    site.map(|site| format!("{}{path}", site.trim_end_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_the_standards_have_them() {
        assert_eq!(rfc_3339(1_795_000_000), "2026-11-18T11:06:40Z");
        assert_eq!(rfc_5322(1_795_000_000), "Wed, 18 Nov 2026 11:06:40 +0000");
    }
}
