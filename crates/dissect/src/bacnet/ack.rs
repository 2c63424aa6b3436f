//! What a device did as it was asked: acknowledgements of reading and of writing (ASHRAE 135, 15 and 20.1.4, 20.1.5).

use wardround_model::FactKind;

use super::tags::{Tag, Tags};
use super::{DEVICE, LAST_CONFIRMED};
use crate::reader::is_text;
use crate::{About, Facts, Role};

/// Services (21).
mod service {
    pub(super) const READ_PROPERTY: u8 = 12;
    pub(super) const READ_PROPERTY_MULTIPLE: u8 = 14;
    pub(super) const WRITE_PROPERTY: u8 = 15;
    pub(super) const WRITE_PROPERTY_MULTIPLE: u8 = 16;
}
/// The most properties of one acknowledgement.
const MAX_PROPERTIES: usize = 256;

/// Properties of the device object that are read (12.11).
fn kind_of(property: u32) -> Option<FactKind> {
    match property {
        121 => Some(FactKind::BacnetVendor),
        70 => Some(FactKind::BacnetModel),
        44 => Some(FactKind::BacnetFirmware),
        12 => Some(FactKind::BacnetSoftware),
        _ => None,
    }
}

fn did(what: &[u8], facts: &mut Facts) {
    facts.tell(About::SenderService, FactKind::BacnetAnswers, what);
}

/// An acknowledgement without values. To stop talking and to start again are orders, too; both may have asked for a password, which
/// is not seen here, so they are not told.
pub(super) fn simple(apdu: &[u8], facts: &mut Facts) -> Option<Role> {
    let &[first, _invocation, service] = apdu else { return None };
    if first & 0x0f != 0 || service > LAST_CONFIRMED {
        return None;
    }
    if matches!(service, service::WRITE_PROPERTY | service::WRITE_PROPERTY_MULTIPLE) {
        did(b"write", facts);
    }
    Some(Role::Server)
}

/// An acknowledgement with values.
pub(super) fn complex(apdu: &[u8], facts: &mut Facts) -> Option<Role> {
    let (&[first, _invocation, service], values) = apdu.split_first_chunk()?;
    let is_segmented = first & 0x08 != 0;
    if first & 0x03 != 0 || service > LAST_CONFIRMED {
        return None;
    }
    let mut tags = Tags::new(values);
    match service {
        _ if is_segmented => {}
        service::READ_PROPERTY => {
            property(&mut tags, facts)?;
            did(b"read", facts);
        }
        service::READ_PROPERTY_MULTIPLE => {
            let mut read = 0_usize;
            while !tags.is_at_end() {
                read = read.saturating_add(properties(&mut tags, facts)?);
            }
            if read > 0 {
                did(b"read", facts);
            }
        }
        _ => return Some(Role::Server),
    }
    (is_segmented || tags.is_at_end()).then_some(Role::Server)
}

/// One property: its object, its number, perhaps its place in an array, its value.
fn property(tags: &mut Tags<'_>, facts: &mut Facts) -> Option<()> {
    let (object, _instance) = tags.object()?;
    let property = tags.context(1)?;
    if matches!(tags.peek()?, Tag::Context(2, _)) {
        tags.next()?;
    }
    tell(object, property, tags.enclosed(3)?, facts);
    Some(())
}

/// The properties of one object, each with a value or an error; how many have a value.
fn properties(tags: &mut Tags<'_>, facts: &mut Facts) -> Option<usize> {
    let (object, _instance) = tags.object()?;
    if tags.next()? != Tag::Opening(1) {
        return None;
    }
    let mut read = 0_usize;
    for _ in 0..MAX_PROPERTIES {
        if tags.peek()? == Tag::Closing(1) {
            tags.next()?;
            return Some(read);
        }
        let property = tags.context(2)?;
        if matches!(tags.peek()?, Tag::Context(3, _)) {
            tags.next()?;
        }
        if tags.peek()? == Tag::Opening(5) {
            tags.enclosed(5)?;
        } else {
            tell(object, property, tags.enclosed(4)?, facts);
            read = read.saturating_add(1);
        }
    }
    None
}

fn tell(object: u16, property: u32, text: &[u8], facts: &mut Facts) {
    if let Some(kind) = kind_of(property).filter(|_| object == DEVICE && is_text(text) && !text.is_empty()) {
        facts.tell(About::SenderService, kind, text);
    }
}
