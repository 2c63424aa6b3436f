//! A-ASSOCIATE-RQ, -AC and -RJ: titles, implementations and the services that are proposed and accepted.
//!
//! PS3.8, 9.3.2 to 9.3.4 and annex D; PS3.7, annex D.3. User identity (item 58H) holds names and passwords and is not read.

use wardround_model::FactKind;

use super::{HEAD, PDU_HEADER, Pdu, Read, Stop, is_uid, whole};
use crate::reader::{Reader, unpadded};
use crate::{About, Facts, Role};

/// Item types (PS3.8, 9.3.2 and annex D.1; PS3.7, D.3.3.2).
mod item_type {
    pub(super) const APPLICATION_CONTEXT: u8 = 0x10;
    pub(super) const PROPOSED_CONTEXT: u8 = 0x20;
    pub(super) const USER_INFORMATION: u8 = 0x50;
    pub(super) const ABSTRACT_SYNTAX: u8 = 0x30;
    pub(super) const IMPLEMENTATION_CLASS: u8 = 0x52;
    pub(super) const IMPLEMENTATION_VERSION: u8 = 0x55;
}

/// Every DICOM application context begins like this one, the only one there is (PS3.7, annex A).
const APPLICATION_CONTEXT: &[u8] = b"1.2.840.10008.3.1.1.1";
/// Header, protocol version, reserved, two titles, reserved, then the first item with its header.
const FIRST_ITEM: usize = 74;

/// A-ASSOCIATE-RQ (PS3.8, 9.3.2): its sender is the client.
pub(super) fn request(bytes: &[u8], pdu: Pdu, facts: &mut Facts) -> Read {
    let association = Association::read(bytes, pdu)?;
    facts.tell(About::Sender, FactKind::DicomCallingAe, unpadded(association.calling));
    facts.tell(About::ReceiverService, FactKind::DicomCalledAe, unpadded(association.called));
    for (kind, value) in association.items() {
        match kind {
            item_type::PROPOSED_CONTEXT => tell_proposed(value, facts),
            item_type::USER_INFORMATION => tell_implementation(value, facts),
            _ => {}
        }
    }
    Ok((pdu.end, Role::Client))
}

/// A-ASSOCIATE-AC (PS3.8, 9.3.3): its sender is the server.
///
/// It repeats the titles of the request, "not tested when received": enough where only this direction was mirrored.
/// Which services it accepts is said by number alone, and the numbers stand in the other half.
pub(super) fn accept(bytes: &[u8], pdu: Pdu, facts: &mut Facts) -> Read {
    let association = Association::read(bytes, pdu)?;
    facts.tell(About::SenderService, FactKind::DicomAssociation, b"accepted");
    facts.tell(About::SenderService, FactKind::DicomCalledAe, unpadded(association.called));
    facts.tell(About::Receiver, FactKind::DicomCallingAe, unpadded(association.calling));
    for (kind, value) in association.items() {
        if kind == item_type::USER_INFORMATION {
            tell_implementation(value, facts);
        }
    }
    Ok((pdu.end, Role::Server))
}

/// A-ASSOCIATE-RJ (PS3.8, 9.3.4): four bytes.
pub(super) fn reject(bytes: &[u8], pdu: Pdu, facts: &mut Facts) -> Read {
    match whole(bytes, pdu.end.min(PDU_HEADER + 5))?.get(PDU_HEADER..) {
        Some([0, 1..=2, 1..=3, 0..=7]) => {
            facts.tell(About::SenderService, FactKind::DicomAssociation, b"rejected");
            Ok((pdu.end, Role::Server))
        }
        _ => Err(Stop::NotThis),
    }
}

/// The common shape of request and acceptance.
struct Association<'a> {
    called: &'a [u8],
    calling: &'a [u8],
    items: &'a [u8],
}

impl<'a> Association<'a> {
    /// Reads the fixed fields and the application context before the rest of the PDU is asked for.
    fn read(bytes: &'a [u8], pdu: Pdu) -> Result<Self, Stop> {
        let fixed_end = FIRST_ITEM + 4 + APPLICATION_CONTEXT.len();
        if pdu.end < fixed_end {
            return Err(Stop::NotThis);
        }
        let fixed = Self::parse(whole(bytes, fixed_end)?).ok_or(Stop::NotThis)?;
        let is_dicom = matches!(fixed.items().next(), Some((item_type::APPLICATION_CONTEXT, name))
            if name.starts_with(APPLICATION_CONTEXT));
        if !is_dicom {
            return Err(Stop::NotThis);
        }
        Self::parse(whole(bytes, pdu.end.min(HEAD))?).ok_or(Stop::NotThis)
    }

    fn parse(pdu: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::new(pdu);
        reader.take(PDU_HEADER)?;
        // Bit 0 is version 1, the only one; others may be set by later versions (PS3.8, 9.3.2).
        let is_version_1 = reader.u16()? & 1 == 1;
        reader.take(2)?;
        let called = reader.take(16)?;
        let calling = reader.take(16)?;
        reader.take(32)?;
        is_version_1.then_some(Self { called, calling, items: reader.rest() })
    }

    fn items(&self) -> Items<'a> {
        Items(Reader::new(self.items))
    }
}

/// Items and sub-items: type, reserved byte, length, value. The last may be cut short.
struct Items<'a>(Reader<'a>);

impl<'a> Iterator for Items<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let kind = self.0.u8()?;
        self.0.take(1)?;
        let length = usize::from(self.0.u16()?).min(self.0.rest().len());
        Some((kind, self.0.take(length)?))
    }
}

/// Presentation context item: number and three reserved bytes, then the abstract syntax (PS3.8, 9.3.2.2).
fn tell_proposed(context: &[u8], facts: &mut Facts) {
    let syntaxes = Items(Reader::new(context.get(4..).unwrap_or_default()));
    for (_, name) in syntaxes.filter(|(kind, _)| *kind == item_type::ABSTRACT_SYNTAX) {
        tell_uid(FactKind::DicomProposesSop, name, facts);
    }
}

fn tell_implementation(user_information: &[u8], facts: &mut Facts) {
    for (kind, value) in Items(Reader::new(user_information)) {
        match kind {
            item_type::IMPLEMENTATION_CLASS => tell_uid(FactKind::DicomImplementationClass, value, facts),
            item_type::IMPLEMENTATION_VERSION => {
                facts.tell(About::Sender, FactKind::DicomImplementationVersion, unpadded(value));
            }
            _ => {}
        }
    }
}

fn tell_uid(kind: FactKind, value: &[u8], facts: &mut Facts) {
    let uid = unpadded(value);
    if is_uid(uid) {
        facts.tell(About::Sender, kind, uid);
    }
}
