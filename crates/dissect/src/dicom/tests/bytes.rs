//! Writes DICOM as the standard lays it out, for the tests.

pub(super) const P_DATA: u8 = 4;

pub(super) fn pdu(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind, 0], u32::try_from(body.len()).unwrap().to_be_bytes().as_slice(), body].concat()
}

pub(super) fn pdv(control: u8, fragment: &[u8]) -> Vec<u8> {
    let length = u32::try_from(fragment.len() + 2).unwrap().to_be_bytes();
    [length.as_slice(), &[1, control], fragment].concat()
}

/// A P-DATA-TF PDU with one fragment: control 3 for a command, 2 for a data set, 1 and 0 when more of it follows.
pub(super) fn p_data(control: u8, fragment: &[u8]) -> Vec<u8> {
    pdu(P_DATA, &pdv(control, fragment))
}

/// A command with its group length, data set to follow.
pub(super) fn command(field: u16, sop_class: Option<&[u8]>) -> Vec<u8> {
    let mut elements = Vec::new();
    if let Some(uid) = sop_class {
        elements.extend(implicit(0x0000_0002, uid));
    }
    elements.extend(implicit(0x0000_0100, &field.to_le_bytes()));
    elements.extend(implicit(0x0000_0800, &[0, 0]));
    let length = u32::try_from(elements.len()).unwrap().to_le_bytes();
    [implicit(0, &length), elements].concat()
}

fn implicit(tag: u32, value: &[u8]) -> Vec<u8> {
    element(Encoding { explicit: false, big: false }, tag, "", value)
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Encoding {
    pub(super) explicit: bool,
    pub(super) big: bool,
}

pub(super) const ENCODINGS: [Encoding; 3] = [
    Encoding { explicit: true, big: false },
    Encoding { explicit: false, big: false },
    Encoding { explicit: true, big: true },
];

pub(super) fn data_set(encoding: Encoding, elements: &[(u32, &str, &[u8])]) -> Vec<u8> {
    elements.iter().flat_map(|(tag, vr, value)| element(encoding, *tag, vr, value)).collect()
}

pub(super) fn element(encoding: Encoding, tag: u32, vr: &str, value: &[u8]) -> Vec<u8> {
    let ordered = |mut bytes: Vec<u8>| {
        if !encoding.big {
            bytes.reverse();
        }
        bytes
    };
    let length = u32::try_from(value.len()).unwrap().to_be_bytes();
    let (vr, length) = match vr {
        _ if !encoding.explicit => (Vec::new(), ordered(length.to_vec())),
        "OB" | "OW" | "SQ" | "UN" | "UT" => ([vr.as_bytes(), &[0, 0]].concat(), ordered(length.to_vec())),
        _ => (vr.as_bytes().to_vec(), ordered(length[2..].to_vec())),
    };
    let [group_high, group_low, element_high, element_low] = tag.to_be_bytes();
    let tag = [ordered(vec![group_high, group_low]), ordered(vec![element_high, element_low])].concat();
    [tag, vr, length, value.to_vec()].concat()
}

/// A sequence of undefined length with one item, of undefined length too.
pub(super) fn open_sequence(encoding: Encoding, tag: u32, item: &[u8]) -> Vec<u8> {
    let mut head = element(encoding, tag, "SQ", &[]);
    let length = head.len() - 4;
    head[length..].fill(0xFF);
    let mark = |tag, length: u8| {
        let mark = element(Encoding { explicit: false, ..encoding }, tag, "", &[]);
        [&mark[..4], &[length; 4]].concat()
    };
    [head, mark(0xFFFE_E000, 0xFF), item.to_vec(), mark(0xFFFE_E00D, 0), mark(0xFFFE_E0DD, 0)].concat()
}
