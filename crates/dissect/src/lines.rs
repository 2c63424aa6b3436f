//! Lines of text protocols, as bytes: what the other side wrote need not be UTF-8.

use crate::Verdict;

/// The first line without its line end, and the number of bytes that it takes up with it.
pub(crate) fn first_line(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let line = bytes.get(..end)?;
    Some((line.strip_suffix(b"\r").unwrap_or(line), end.saturating_add(1)))
}

/// Wants one byte more of a line that is not whole, where it is text and may still be longer; else this.
pub(crate) fn more(bytes: &[u8], longest: usize, otherwise: Verdict) -> Verdict {
    let wanted = bytes.len().saturating_add(1);
    if wanted <= longest && is_text(bytes) { Verdict::More { wanted } } else { otherwise }
}

/// All lines that have their line end, in order.
pub(crate) fn whole_lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (line, used) = first_line(rest)?;
        rest = rest.get(used..).unwrap_or_default();
        Some(line)
    })
}

/// Where `wanted` occurs first, upper and lower case being the same.
pub(crate) fn find_ignoring_case(text: &[u8], wanted: &str) -> Option<usize> {
    text.windows(wanted.len().max(1)).position(|window| window.eq_ignore_ascii_case(wanted.as_bytes()))
}

/// Whether `wanted` occurs, upper and lower case being the same.
pub(crate) fn contains_ignoring_case(text: &[u8], wanted: &str) -> bool {
    find_ignoring_case(text, wanted).is_some()
}

/// Whether `text` begins with `wanted`, upper and lower case being the same.
pub(crate) fn starts_ignoring_case(text: &[u8], wanted: &str) -> bool {
    text.get(..wanted.len()).is_some_and(|start| start.eq_ignore_ascii_case(wanted.as_bytes()))
}

/// Whether it is text: no control characters but tab, line ends and escape; letters beyond ASCII are allowed.
pub(crate) fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b'\t' | b'\r' | b'\n' | 0x1b | 0x20..=0x7e | 0x80..=0xfe))
}

/// How well bytes fit a fixed beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// They begin with it.
    Whole,
    /// They are too few to tell, and fit so far.
    SoFar,
    /// They do not.
    No,
}

impl Fit {
    /// How well `bytes` fit `beginning`.
    pub(crate) fn of(bytes: &[u8], beginning: &[u8]) -> Self {
        if bytes.starts_with(beginning) {
            Self::Whole
        } else if beginning.starts_with(bytes) {
            Self::SoFar
        } else {
            Self::No
        }
    }

    /// The best fit of `bytes` to any of `beginnings`.
    pub(crate) fn any<'b>(bytes: &[u8], beginnings: impl IntoIterator<Item = &'b [u8]>) -> Self {
        let fits = beginnings.into_iter().map(|beginning| Self::of(bytes, beginning));
        fits.fold(Self::No, |best, fit| match (best, fit) {
            (Self::Whole, _) | (_, Self::Whole) => Self::Whole,
            (Self::SoFar, _) | (_, Self::SoFar) => Self::SoFar,
            (Self::No, Self::No) => Self::No,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_lines_are_lines() {
        let lines: Vec<&[u8]> = whole_lines(b"one\r\ntwo\n\nthr").collect();
        assert_eq!(lines, [b"one".as_slice(), b"two", b""]);
        assert_eq!(first_line(b"no end"), None);
    }

    #[test]
    fn case_does_not_matter() {
        assert_eq!(find_ignoring_case(b"user PassWord:", "password"), Some(5));
        assert!(starts_ignoring_case(b"BASIC abc", "basic "));
        assert!(!contains_ignoring_case(b"", "x"));
    }

    #[test]
    fn a_fit_is_whole_or_so_far_or_none() {
        let any = |bytes: &[u8]| Fit::any(bytes, [b"GET ".as_slice(), b"POST "]);
        assert_eq!(any(b"POST /"), Fit::Whole);
        assert_eq!(any(b"PO"), Fit::SoFar);
        assert_eq!(any(b"PUT"), Fit::No);
    }
}
