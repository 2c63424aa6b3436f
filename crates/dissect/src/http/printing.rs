//! What a printer says of itself over IPP (RFC 8010, 3.1; RFC 8011, 5.4): its model and its firmware.
//!
//! Not here: jobs, who prints what, the printer's name and place, which people give.

use wardround_model::FactKind;

use super::chunk_size;
use crate::head::Head;
use crate::lines::first_line;
use crate::reader::Reader;
use crate::{About, Facts};

/// How far an answer is read: the attributes that are told come early, or were the only ones asked for.
const MAX_READ: usize = 8 * 1024;
/// The longest line of a chunk's size that is waited for.
const MAX_CHUNK_LINE: usize = 64;
/// Version, status or operation, request (RFC 8010, 3.1.1).
const HEADER: usize = 8;
/// Successful statuses begin with zero (RFC 8011, B.1).
const SUCCESSFUL: u8 = 0;
/// Tags (RFC 8010, 3.5): those under this one begin a group; printer's attributes and the end are two of them.
const FIRST_VALUE_TAG: u8 = 0x10;
const PRINTER: u8 = 4;
const END: u8 = 3;

/// Tells the attributes; where the answer is not there as far as it is read, how many more bytes are wanted.
pub(super) fn tell(head: &Head<'_>, is_chunked: bool, body: &[u8], facts: &mut Facts) -> Result<(), usize> {
    let (body, length) = match (is_chunked, head.content_length()) {
        (true, _) => match first_line(body) {
            Some((line, used)) => (body.get(used..).unwrap_or_default(), chunk_size(line).unwrap_or(0)),
            None if body.len() < MAX_CHUNK_LINE => return Err(1),
            None => return Ok(()),
        },
        (false, Some(length)) => (body, length),
        (false, None) => return Ok(()),
    };
    let wanted = length.min(MAX_READ);
    match body.get(..wanted) {
        Some(answer) => attributes(answer, facts),
        None => return Err(wanted.saturating_sub(body.len())),
    };
    Ok(())
}

fn attributes(answer: &[u8], facts: &mut Facts) -> Option<()> {
    let mut reader = Reader::new(answer);
    let header: [u8; HEADER] = reader.array()?;
    if !matches!(header, [1 | 2, _, SUCCESSFUL, ..]) {
        return None;
    }
    let (mut of_printer, mut firmware): (bool, Vec<&[u8]>) = (false, Vec::new());
    loop {
        match reader.u8() {
            None | Some(END) => break,
            Some(tag) if tag < FIRST_VALUE_TAG => of_printer = tag == PRINTER,
            Some(_) => {
                let (Some(name), Some(value)) = (text(&mut reader), text(&mut reader)) else { break };
                match name {
                    _ if !of_printer => {}
                    b"printer-make-and-model" => facts.tell(About::SenderService, FactKind::IppModel, value),
                    b"printer-firmware-name" | b"printer-firmware-string-version" => firmware.push(value),
                    _ => {}
                }
            }
        }
    }
    if !firmware.is_empty() {
        facts.tell(About::SenderService, FactKind::IppFirmware, &firmware.join(b" ".as_slice()));
    }
    Some(())
}

/// Bytes with their length before them.
fn text<'a>(reader: &mut Reader<'a>) -> Option<&'a [u8]> {
    let length = reader.u16()?;
    reader.take(usize::from(length))
}
