//! Where a seal stands in each kind of file, so that the file stays one of its kind.

/// The kinds of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// PDF: a comment behind the end.
    Pdf,
    /// HTML: a comment behind the end.
    Html,
    /// CSV: the last row.
    Csv,
    /// JSON: the last field.
    Json,
    /// XLSX: the comment of the archive (PKWARE APPNOTE 4.3.16).
    Xlsx,
}

impl Form {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Pdf, Self::Html, Self::Csv, Self::Json, Self::Xlsx];

    /// The end of a file's name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Html => "html",
            Self::Csv => "csv",
            Self::Json => "json",
            Self::Xlsx => "xlsx",
        }
    }

    /// The form with this name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.code() == code)
    }

    /// Its media type (RFC 6838).
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Html => "text/html; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/json",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// What the file ends with before it is sealed, and what then stands before and behind the seal in its place.
    fn around(self, seal: usize) -> (&'static [u8], Vec<u8>, &'static [u8]) {
        let text = |text: &str| text.as_bytes().to_vec();
        match self {
            Self::Pdf => (b"", text("\n%"), b"\n"),
            Self::Html => (b"", text("\n<!-- "), b" -->\n"),
            Self::Csv => (b"", text("Seal,"), b"\r\n"),
            Self::Json => (b"\n}\n", text(",\n  \"seal\": \""), b"\"\n}\n"),
            // The length of the comment, then the comment.
            Self::Xlsx => (&[0, 0], u16::try_from(seal).unwrap_or(u16::MAX).to_le_bytes().to_vec(), b""),
        }
    }

    /// What files of this kind begin with.
    fn begins(self) -> &'static [u8] {
        match self {
            Self::Pdf => b"%PDF-",
            Self::Html => b"<!DOCTYPE html>",
            Self::Csv => b"",
            Self::Json => b"{",
            Self::Xlsx => b"PK\x03\x04",
        }
    }

    /// The file with its seal.
    pub(super) fn put(self, mut body: Vec<u8>, seal: &str) -> Vec<u8> {
        let (end, before, behind) = self.around(seal.len());
        if body.ends_with(end) {
            body.truncate(body.len() - end.len());
        }
        body.extend(before);
        body.extend(seal.as_bytes());
        body.extend(behind);
        body
    }

    /// The file as it was before it was sealed with this text at this place, if that is how this kind of file has it.
    pub(super) fn take(self, file: &[u8], begin: usize, seal: &str) -> Option<Vec<u8>> {
        let (end, before, behind) = self.around(seal.len());
        let body = file.get(..begin)?.strip_suffix(before.as_slice())?;
        let rest = file.get(begin..)?.strip_prefix(seal.as_bytes())?;
        (file.starts_with(self.begins()) && rest == behind).then(|| [body, end].concat())
    }
}
