//! Data sets: the device fields of a composite instance, and nothing else.
//!
//! PS3.5, section 7 (data elements, sequences) and PS3.6 (tags). Implicit and explicit VR, little and big endian, told apart by
//! the first element, since the half that says which was agreed may not be there. Elements are walked in
//! order by their lengths; the values of all tags outside [`DEVICE_FIELDS`] are stepped over. A deflated data set stays closed.

use wardround_model::FactKind;

use crate::reader::{is_text, unpadded};
use crate::{About, Facts};

/// An attribute tag: group in the upper half, element in the lower.
type Tag = u32;

/// The only fields whose values are read (PS3.6, 6). [`Modality`](MODALITIES) is checked against its defined terms.
const DEVICE_FIELDS: [(Tag, FactKind); 7] = [
    (MODALITY, FactKind::DicomModality),
    (MANUFACTURER, FactKind::DicomManufacturer),
    (0x0008_1010, FactKind::DicomStationName),
    (0x0008_1040, FactKind::DicomDepartment),
    (0x0008_1090, FactKind::DicomModel),
    (DEVICE_SERIAL, FactKind::DicomDeviceSerial),
    (LAST_FIELD, FactKind::DicomSoftwareVersions),
];
/// Software Versions: behind it nothing is read.
const LAST_FIELD: Tag = 0x0018_1020;
const SOP_CLASS: Tag = 0x0008_0016;
const QUERY_LEVEL: Tag = 0x0008_0052;
const DEVICE_SERIAL: Tag = 0x0018_1000;
const MODALITY: Tag = 0x0008_0060;
const MANUFACTURER: Tag = 0x0008_0070;

/// Every storage SOP class begins so (PS3.6, annex A).
const STORAGE: &[u8] = b"1.2.840.10008.5.1.4.1.1.";

/// Defined terms of Modality (PS3.3, C.7.3.1.1.1), and retired ones that old devices send; anything else is dropped.
const MODALITIES: &str = "ANN AR ASMT AU BDUS BI BMD CFM CR CT CTPROTOCOL DG DMS DOC DX ECG EEG EMG EOG EPS ES FID GM HC HD IO \
    IOL IVOCT IVUS KER KO LEN LS M3D MG MR NM OAM OCT OP OPM OPT OPTBSV OPTENF OPV OSS OT PA PLAN POS PR PT PX REG \
    RESP RF RG RTDOSE RTIMAGE RTINTENT RTPLAN RTRAD RTRECORD RTSEGANN RTSTRUCT RWV SEG SM SMR SR SRF STAIN TEXTUREMAP TG US \
    VA XA XAPROTOCOL XC AS CD CF CP CS DD DF DM DS EC FA FS LP MA MS OPR ST VF";

/// How far a walk came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// Behind the last field, or to something that is no data set.
    Done,
    /// So many bytes are missing to go on.
    Short(usize),
}

/// Whether all fields are passed in these first bytes of a data set.
pub(super) fn reach(head: &[u8]) -> Reach {
    let Some(encoding) = Encoding::detect(head) else {
        return if head.len() < Encoding::WANTED && Encoding::may_begin(head) {
            Reach::Short(Encoding::WANTED.saturating_sub(head.len()))
        } else {
            Reach::Done
        };
    };
    let mut elements = Elements::new(head, encoding, LAST_FIELD);
    elements.by_ref().for_each(drop);
    elements.reach
}

/// Whether it can be nothing but a composite instance: a storage SOP class, a modality and a manufacturer, and no level
/// of a query.
pub(super) fn is_instance(head: &[u8]) -> bool {
    let has = |wanted| fields(head).any(|(tag, _)| tag == wanted);
    let is_stored = fields(head).any(|(tag, value)| tag == SOP_CLASS && value.starts_with(STORAGE));
    is_stored && has(MODALITY) && has(MANUFACTURER) && !has(QUERY_LEVEL)
}

/// Tells the device fields in these first bytes of a data set.
pub(super) fn tell(head: &[u8], facts: &mut Facts) {
    for (tag, value) in fields(head) {
        let Some((_, kind)) = DEVICE_FIELDS.iter().find(|(field, _)| *field == tag) else { continue };
        let value = unpadded(value);
        let is_fit = match tag {
            MODALITY => is_modality(value),
            // A serial number has a digit; a name has none.
            DEVICE_SERIAL => value.iter().any(u8::is_ascii_digit),
            _ => true,
        };
        if is_text(value) && is_fit {
            facts.tell(About::Sender, *kind, value);
        }
    }
}

fn is_modality(value: &[u8]) -> bool {
    MODALITIES.split(' ').any(|term| term.as_bytes() == value)
}

fn fields(head: &[u8]) -> impl Iterator<Item = (Tag, &[u8])> {
    Encoding::detect(head).into_iter().flat_map(|encoding| Elements::new(head, encoding, LAST_FIELD))
}

/// How the elements of a data set are written (PS3.5, 7.1 and section 10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    ImplicitLittle,
    ExplicitLittle,
    ExplicitBig,
}

impl Encoding {
    /// Bytes that detection looks at: a tag and a VR.
    const WANTED: usize = 6;

    /// Told by the first element: it is of group 0008, and has a VR or not.
    fn detect(head: &[u8]) -> Option<Self> {
        let (tag, vr) = head.get(..Self::WANTED)?.split_at_checked(4)?;
        match (tag, is_vr(vr)) {
            ([8, 0, _, 0], true) => Some(Self::ExplicitLittle),
            ([8, 0, _, 0], false) => Some(Self::ImplicitLittle),
            ([0, 8, 0, _], true) => Some(Self::ExplicitBig),
            _ => None,
        }
    }

    fn may_begin(head: &[u8]) -> bool {
        [[8, 0], [0, 8]].iter().any(|group| head.iter().zip(group).all(|(byte, expected)| byte == expected))
    }

    fn u16(self, bytes: [u8; 2]) -> u16 {
        if self == Self::ExplicitBig { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) }
    }

    fn u32(self, bytes: [u8; 4]) -> u32 {
        if self == Self::ExplicitBig { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
    }
}

fn is_vr(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_uppercase)
}

/// VRs whose length has four bytes, behind two reserved ones (PS3.5, 7.1.2).
const LONG_VRS: [&[u8]; 13] =
    [b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"];
/// A length that is not said: the value ends with a delimiter (PS3.5, 7.5).
const UNDEFINED: u32 = u32::MAX;
const ITEM_GROUP: Tag = 0xFFFE;
const ITEM_END: Tag = 0xFFFE_E00D;
const SEQUENCE_END: Tag = 0xFFFE_E0DD;

/// The top-level elements of a data set in ascending order, up to the last tag of interest. Ends where the order ends.
pub(super) struct Elements<'a> {
    bytes: &'a [u8],
    at: usize,
    encoding: Encoding,
    previous: Option<Tag>,
    last: Tag,
    /// How far it came, once it ended.
    reach: Reach,
}

/// Tag, length of the header and length of the value.
struct Header {
    tag: Tag,
    size: usize,
    length: u32,
}

impl<'a> Elements<'a> {
    pub(super) fn new(bytes: &'a [u8], encoding: Encoding, last: Tag) -> Self {
        Self { bytes, at: 0, encoding, previous: None, last, reach: Reach::Done }
    }

    /// The header at the position; `None` notes how much of it is missing.
    fn header(&mut self) -> Option<Header> {
        let here = self.bytes.get(self.at..).unwrap_or_default();
        let header = Header::read(here, self.encoding);
        if header.is_none() {
            self.reach = Reach::Short(self.missing(self.at.saturating_add(Header::MAX)));
        }
        header
    }

    fn missing(&self, end: usize) -> usize {
        end.saturating_sub(self.bytes.len()).max(1)
    }

    /// Steps over a value of undefined length: sequences and items within, until every one is closed.
    fn skip_undefined(&mut self) -> Option<()> {
        let mut open = 1_usize;
        while open > 0 {
            let header = self.header()?;
            self.at = self.at.saturating_add(header.size);
            match header {
                Header { tag: ITEM_END | SEQUENCE_END, .. } => open = open.saturating_sub(1),
                Header { length: UNDEFINED, .. } => open = open.saturating_add(1),
                Header { length, .. } => self.at = self.at.saturating_add(super::size(length)),
            }
        }
        Some(())
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = (Tag, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let Header { tag, size, length } = self.header()?;
        if tag > self.last || self.previous.is_some_and(|previous| tag <= previous) {
            return None;
        }
        self.previous = Some(tag);
        self.at = self.at.saturating_add(size);
        if length == UNDEFINED {
            self.skip_undefined()?;
            return Some((tag, &[]));
        }
        let end = self.at.saturating_add(super::size(length));
        let value = self.bytes.get(self.at..end);
        if value.is_none() {
            self.reach = Reach::Short(self.missing(end));
        }
        self.at = end;
        value.map(|value| (tag, value))
    }
}

impl Header {
    /// The longest header: tag, VR, reserved, length.
    const MAX: usize = 12;

    fn read(bytes: &[u8], encoding: Encoding) -> Option<Self> {
        let (group, rest) = bytes.split_first_chunk()?;
        let (element, rest) = rest.split_first_chunk()?;
        let tag = Tag::from(encoding.u16(*group)) << 16 | Tag::from(encoding.u16(*element));
        let (vr, after_vr) = rest.split_at_checked(2)?;
        // Items have no VR, nor have elements inside a UN of undefined length (PS3.5, 6.2.2).
        let is_explicit = encoding != Encoding::ImplicitLittle && tag >> 16 != ITEM_GROUP && is_vr(vr);
        let (size, length) = if !is_explicit {
            (8, encoding.u32(*rest.first_chunk()?))
        } else if LONG_VRS.contains(&vr) {
            (Self::MAX, encoding.u32(*after_vr.get(2..)?.first_chunk()?))
        } else {
            (8, u32::from(encoding.u16(*after_vr.first_chunk()?)))
        };
        Some(Self { tag, size, length })
    }
}
