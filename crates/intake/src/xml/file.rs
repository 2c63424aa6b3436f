//! A file of XML read into rows: what its errors mean for the import.

use wardround_model::SourceKind;

use super::{Part, Vocabulary, XmlError, read, text_of};
use crate::{ImportError, Request, Row, Rows};

/// Reads a file part by part. A file that is cut off gives what stands before, and an error for
/// its last line.
///
/// # Errors
/// When it cannot be read, or is cut off before its first record.
pub(crate) fn read_file(
    request: &Request<'_>,
    kind: SourceKind,
    vocabulary: Vocabulary,
    rows: &mut Rows<'_>,
    mut each: impl FnMut(&mut Rows<'_>, Part),
) -> Result<(), ImportError> {
    let damaged = |error: XmlError| ImportError::Damaged {
        name: request.name.to_owned(),
        kind,
        reason: error.to_string(),
    };
    let text = text_of(request.bytes).map_err(damaged)?;
    let mut records = 0_u64;
    let end = read(&text, vocabulary, |part| {
        if matches!(part, Part::Record(_)) {
            records = records.saturating_add(1);
        }
        each(rows, part);
    });
    match end {
        Err(XmlError::EndsEarly { line }) if records > 0 => {
            let message = "the file ends here in the middle; what stands before is read. Let the tool finish, and import it again";
            rows.error(Row(line), None, message);
            Ok(())
        }
        end => end.map_err(damaged),
    }
}
