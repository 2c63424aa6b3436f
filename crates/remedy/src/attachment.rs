//! Files that people attach to a task: letters of makers, photos of labels, screenshots. What they are called and what they may be
//! is decided here; their bytes lie in the store, which nobody opens: they are only handed out again as they came.

use std::fmt;
use std::str::FromStr;

use crate::words::InvalidText;

/// The most bytes of one file.
pub const LARGEST_FILE: u64 = 10 << 20;
/// The most files of one task, also those that were taken back.
pub const MOST_FILES: usize = 20;

/// What a file is called: one short line without folders and without letters that hide what stands there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileName(String);

/// Names that Windows keeps for its own devices (Microsoft, Naming Files, Paths, and Namespaces).
const RESERVED: &[&str] = &["CON", "PRN", "AUX", "NUL", "CLOCK$"];

impl FileName {
    /// The most characters.
    pub const LONGEST: usize = 100;

    /// What is left of a name that somebody sent: the last part of a path, with `_` for what no file should have in its name.
    #[must_use]
    pub fn cleaned(sent: &str) -> Self {
        let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
        let clean: String = last.chars().map(|c| if is_bad(c) { '_' } else { c }).collect();
        // A point in front hides a file, one behind it is dropped by Windows.
        let clean = clean.trim().trim_matches(['.', ' ']).trim();
        let clean = if clean.is_empty() { "file" } else { clean };
        let kept = if is_reserved(clean) { format!("_{clean}") } else { clean.to_owned() };
        Self(shortened(&kept))
    }

    /// As it is kept.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands behind the last point, in small letters.
    fn ending(&self) -> Option<String> {
        self.0.rsplit_once('.').map(|(_, ending)| ending.to_lowercase())
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Reads what was cleaned before; anything else is refused.
impl FromStr for FileName {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, InvalidText> {
        match Self::cleaned(text) {
            name if name.0 == text => Ok(name),
            _ => Err(InvalidText::Control),
        }
    }
}

/// Control characters, those that turn the order of letters round or cannot be seen, and those that file systems and shells read.
fn is_bad(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '`' | '$' | '%' | ';' | '&' | '\''
        )
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..='\u{e0fff}')
}

/// Cut in front of its ending.
fn shortened(name: &str) -> String {
    let length = name.chars().count();
    if length <= FileName::LONGEST {
        return name.to_owned();
    }
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if ending.chars().count() <= 10 => (stem, format!(".{ending}")),
        _ => (name, String::new()),
    };
    let kept = FileName::LONGEST.saturating_sub(ending.chars().count());
    let stem: String = stem.chars().take(kept).collect();
    // Nothing that is trimmed may come to stand at an end.
    format!("{}{ending}", stem.trim_end_matches(['.', ' ']))
}

fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_uppercase();
    let is_port = |begins: &str| stem.strip_prefix(begins).is_some_and(|rest| rest.chars().count() == 1);
    RESERVED.contains(&stem.as_str()) || is_port("COM") || is_port("LPT")
}

/// A file of a task, beside its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// What it is called.
    pub name: FileName,
    /// How many bytes it has.
    pub bytes: u64,
    /// SHA-256 of its bytes (FIPS 180-4), in hexadecimal.
    pub sha256: String,
    /// Whether its bytes were taken out of the store for good.
    pub is_gone: bool,
}

/// Why a file is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAttachable {
    /// Nothing is in it.
    #[error("the file is empty")]
    Empty,
    /// It is larger than [`LARGEST_FILE`].
    #[error("a file may have {} MB at most", LARGEST_FILE >> 20)]
    TooLarge,
    /// Its ending is none of those that are taken.
    #[error("files of this kind are not taken; send {}", endings())]
    Kind,
    /// It is something else than its ending says.
    #[error("the file is not what its ending .{0} says")]
    NotWhatItSays(String),
}

impl Attachment {
    /// What is known of a file, where it may be attached; its SHA-256 comes with it.
    ///
    /// # Errors
    /// When it is empty, too large, or of a kind that is not taken: programs, pages and macros are no proof of anything, and whoever
    /// opens one is at risk.
    pub fn of(name: FileName, content: &[u8], sha256: String) -> Result<Self, NotAttachable> {
        let bytes = u64::try_from(content.len()).unwrap_or(u64::MAX);
        if content.is_empty() {
            return Err(NotAttachable::Empty);
        }
        if bytes > LARGEST_FILE {
            return Err(NotAttachable::TooLarge);
        }
        let ending = name.ending().unwrap_or_default();
        let kind = KINDS.iter().find(|kind| kind.ending == ending).ok_or(NotAttachable::Kind)?;
        if !kind.fits(content) {
            return Err(NotAttachable::NotWhatItSays(ending));
        }
        Ok(Self { name, bytes, sha256, is_gone: false })
    }
}

/// The endings that are taken, for people.
#[must_use]
pub fn endings() -> String {
    KINDS.iter().map(|kind| kind.ending).collect::<Vec<_>>().join(", ")
}

/// A kind of file that is taken.
struct Kind {
    ending: &'static str,
    begins: Begins,
}

/// How the bytes of a kind begin.
enum Begins {
    /// With these, behind so many others.
    With(usize, &'static [u8]),
    /// It is text, and not a page.
    Text,
}

const ZIP: &[u8] = b"PK\x03\x04";

const KINDS: &[Kind] = &[
    Kind { ending: "pdf", begins: Begins::With(0, b"%PDF-") },
    Kind { ending: "png", begins: Begins::With(0, b"\x89PNG\r\n\x1a\n") },
    Kind { ending: "jpg", begins: Begins::With(0, b"\xff\xd8\xff") },
    Kind { ending: "jpeg", begins: Begins::With(0, b"\xff\xd8\xff") },
    Kind { ending: "heic", begins: Begins::With(4, b"ftyp") },
    Kind { ending: "txt", begins: Begins::Text },
    Kind { ending: "log", begins: Begins::Text },
    Kind { ending: "csv", begins: Begins::Text },
    Kind { ending: "json", begins: Begins::Text },
    Kind { ending: "eml", begins: Begins::Text },
    Kind { ending: "docx", begins: Begins::With(0, ZIP) },
    Kind { ending: "xlsx", begins: Begins::With(0, ZIP) },
    Kind { ending: "pptx", begins: Begins::With(0, ZIP) },
    Kind { ending: "odt", begins: Begins::With(0, ZIP) },
    Kind { ending: "ods", begins: Begins::With(0, ZIP) },
];

/// How other files begin that somebody may call a text.
const NO_TEXT: &[&[u8]] = &[b"MZ", b"\x7fELF", b"#!", b"%PDF-", b"{\\rtf", ZIP];

impl Kind {
    fn fits(&self, content: &[u8]) -> bool {
        match self.begins {
            Begins::With(behind, bytes) => content.get(behind..).is_some_and(|rest| rest.starts_with(bytes)),
            Begins::Text => is_text(content),
        }
    }
}

/// Text of one byte a letter or UTF-8, or UTF-16 with its mark, as Windows writes it; no page that a browser would show.
fn is_text(content: &[u8]) -> bool {
    if content.starts_with(b"\xff\xfe") || content.starts_with(b"\xfe\xff") {
        return content.len().is_multiple_of(2);
    }
    let first: Vec<u8> = content
        .iter()
        .skip_while(|byte| byte.is_ascii_whitespace() || b"\xef\xbb\xbf".contains(byte))
        .take(16)
        .copied()
        .collect();
    let first = first.to_ascii_lowercase();
    let is_page =
        [&b"<!doctype"[..], b"<html", b"<?xml", b"<svg", b"<script"].iter().any(|tag| first.starts_with(tag));
    !is_page && !content.contains(&0) && !NO_TEXT.iter().any(|bytes| content.starts_with(bytes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cleaned(sent: &str) -> String {
        FileName::cleaned(sent).0
    }

    #[test]
    fn names_lose_their_folders_and_tricks() {
        assert_eq!(cleaned("../../etc/passwd"), "passwd");
        assert_eq!(cleaned("C:\\Users\\mary\\letter of maker.pdf"), "letter of maker.pdf");
        assert_eq!(cleaned("a\u{7}\u{202e}fdp.exe"), "a__fdp.exe");
        assert_eq!(cleaned(".htaccess"), "htaccess");
        assert_eq!(cleaned("photo.jpg. . "), "photo.jpg");
        assert_eq!(cleaned("con.txt"), "_con.txt");
        assert_eq!(cleaned("LPT1"), "_LPT1");
        assert_eq!(cleaned("=cmd|' /C calc'!A0.csv"), "C calc_!A0.csv");
        assert_eq!(cleaned("\"><img src=x onerror=alert(1)>.png"), "___img src=x onerror=alert(1)_.png");
        for nothing in ["", "/", "..", " . ", "\\"] {
            assert_eq!(cleaned(nothing), "file", "{nothing:?}");
        }
        let long = cleaned(&format!("{}.jpeg", "ä".repeat(300)));
        assert_eq!((long.chars().count(), long.ends_with("ä.jpeg")), (100, true));
    }

    #[test]
    fn a_file_is_what_its_ending_says_or_is_not_taken() {
        let of = |name: &str, content: &[u8]| Attachment::of(FileName::cleaned(name), content, String::new());
        assert!(of("letter.PDF", b"%PDF-1.7\n").is_ok());
        assert!(of("label.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF").is_ok());
        assert!(of("label.heic", b"\0\0\0\x18ftypheic").is_ok());
        assert!(of("notes.txt", "Ger\u{e4}t steht in Raum 3\r\n".as_bytes()).is_ok());
        assert!(of("old.txt", b"Ger\xe4t").is_ok());
        assert!(of("windows.csv", b"\xff\xfea\0;\0b\0").is_ok());
        let wrong = |ending: &str| Err(NotAttachable::NotWhatItSays(ending.to_owned()));
        assert_eq!(of("letter.pdf", b"MZ\x90\0"), wrong("pdf"));
        assert_eq!(of("notes.txt", b"MZ\x90\0"), wrong("txt"));
        assert_eq!(of("notes.txt", b"\n <!DOCTYPE html><script>"), wrong("txt"));
        assert_eq!(of("notes.log", b"\xef\xbb\xbf<svg onload=x>"), wrong("log"));
        assert_eq!(of("notes.txt", b"a\0b"), wrong("txt"));
        for name in ["page.html", "run.exe", "macro.docm", "picture.svg", "letter.pdf.js", "nothing", "pdf"] {
            assert_eq!(of(name, b"%PDF-1.7"), Err(NotAttachable::Kind), "{name}");
        }
        assert_eq!(of("a.txt", b""), Err(NotAttachable::Empty));
        let large = vec![b'a'; usize::try_from(LARGEST_FILE).unwrap() + 1];
        assert_eq!(of("a.txt", &large), Err(NotAttachable::TooLarge));
        assert!(of("a.txt", &large[1..]).is_ok());
    }

    proptest! {
        #[test]
        fn what_was_cleaned_stays_as_it_is(sent in "\\PC{0,30}|[./\\\\ a\u{202e}\u{7}=]{0,12}|[a-z. ]{90,140}") {
            let name = FileName::cleaned(&sent);
            prop_assert_eq!(name.as_str().parse::<FileName>(), Ok(name.clone()));
            prop_assert!(!name.as_str().is_empty() && name.as_str().chars().count() <= FileName::LONGEST);
            prop_assert!(!name.as_str().contains(['/', '\\', '"']) && !name.as_str().starts_with('.'));
        }
    }
}
