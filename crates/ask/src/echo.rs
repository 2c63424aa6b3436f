//! Questions to models that were named: whether an application of DICOM is there (C-ECHO; PS3.7, 9.1.5), and what a controller calls
//! itself (Modbus application protocol 1.1b3, 6.21). Nothing is stored, read from a patient's data, or written.

/// Our own title, by which a device's log knows us.
const TITLE: &[u8] = b"WARDROUND";
/// The title that is called where nobody named one.
const ANY: &[u8] = b"ANY-SCP";
/// Names of DICOM (PS3.6, A): its application context, the service of C-ECHO, and the encoding that all must take.
const CONTEXT: &[u8] = b"1.2.840.10008.3.1.1.1";
const VERIFICATION: &[u8] = b"1.2.840.10008.1.1";
const IMPLICIT: &[u8] = b"1.2.840.10008.1.2";
/// Our implementation (PS3.7, D.3.3.2), made of a random number (PS3.5, B.2).
const IMPLEMENTATION: &[u8] = b"2.25.171906294513842271964018377249136035184";
/// Kinds of PDU (PS3.8, 9.3.1).
const REQUEST: u8 = 1;
const ACCEPT: u8 = 2;
const DATA: u8 = 4;

/// C-ECHO-RQ as one PDU: a command (PS3.7, 9.3.5) in the only context that was proposed.
pub(crate) const ECHO: &[u8] = &[
    DATA, 0, 0, 0, 0, 74, 0, 0, 0, 70, 1, 3, // A whole command in context 1.
    0, 0, 0, 0, 4, 0, 0, 0, 56, 0, 0, 0, // (0000,0000): its length.
    0, 0, 2, 0, 18, 0, 0, 0, b'1', b'.', b'2', b'.', b'8', b'4', b'0', b'.', b'1', b'0', b'0', b'0', b'8',
    b'.', b'1', b'.', b'1', 0, // (0000,0002): for which service.
    0, 0, 0, 1, 2, 0, 0, 0, 0x30, 0, // (0000,0100): C-ECHO-RQ.
    0, 0, 0x10, 1, 2, 0, 0, 0, 1, 0, // (0000,0110): message 1.
    0, 0, 0, 8, 2, 0, 0, 0, 1, 1, // (0000,0800): no data set follows.
];
/// A-RELEASE-RQ (PS3.8, 9.3.6), which ends the talk in order.
pub(crate) const RELEASE: &[u8] = &[5, 0, 0, 0, 0, 4, 0, 0, 0, 0];
/// Read Device Identification: the basic three, from the first on, of whoever is at this address.
pub(crate) const IDENTITY: &[u8] = &[0x57, 0x52, 0, 0, 0, 5, 0xff, 0x2b, 0x0e, 1, 0];
/// The header of Modbus over TCP up to its length.
const HEADER: usize = 6;

/// A-ASSOCIATE-RQ (PS3.8, 9.3.2) for that one service, to the application with this title.
pub(crate) fn associate(called: &str) -> Vec<u8> {
    let called = if called.is_empty() { ANY } else { called.as_bytes() };
    let title =
        |title: &[u8]| -> Vec<u8> { title.iter().copied().chain(std::iter::repeat(b' ')).take(16).collect() };
    let context = [&[1, 0, 0, 0], item(0x30, VERIFICATION).as_slice(), &item(0x40, IMPLICIT)].concat();
    // The longest PDU that we take, who we are.
    let user = [item(0x51, &[0, 0, 0x40, 0]), item(0x52, IMPLEMENTATION), item(0x55, TITLE)].concat();
    let body = [
        [0, 1, 0, 0].as_slice(),
        &title(called),
        &title(TITLE),
        &[0; 32],
        &item(0x10, CONTEXT),
        &item(0x20, &context),
        &item(0x50, &user),
    ]
    .concat();
    let length = u32::try_from(body.len()).unwrap_or(0).to_be_bytes();
    [&[REQUEST, 0], length.as_slice(), &body].concat()
}

fn item(kind: u8, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(value.len()).unwrap_or(0).to_be_bytes();
    [&[kind, 0], length.as_slice(), value].concat()
}

/// The first whole PDU: its kind, its content, and what follows it.
fn pdu(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let [kind, _, a, b, c, d, rest @ ..] = bytes else { return None };
    let length = usize::try_from(u32::from_be_bytes([*a, *b, *c, *d])).ok()?;
    let (content, behind) = rest.split_at_checked(length)?;
    Some((*kind, content, behind))
}

/// Whether the association stands, and the service may be used in it.
pub(crate) fn is_accepted(bytes: &[u8]) -> bool {
    let Some((ACCEPT, content, _)) = pdu(bytes) else { return false };
    let mut items = content.get(68..).unwrap_or_default();
    while let [kind, _, high, low, rest @ ..] = items {
        let Some((value, behind)) = rest.split_at_checked(usize::from(u16::from_be_bytes([*high, *low])))
        else {
            return false;
        };
        // The result of a presentation context (9.3.3.2): 0 is acceptance.
        if *kind == 0x21 && matches!(value, [1, _, 0, ..]) {
            return true;
        }
        items = behind;
    }
    false
}

/// Whether all was said that belongs to the answer: an echo, or that there will be none.
pub(crate) fn is_echoed(bytes: &[u8]) -> bool {
    match pdu(bytes) {
        Some((ACCEPT, _, behind)) if is_accepted(bytes) => pdu(behind).is_some(),
        Some(_) => true,
        // What does not begin like a PDU never becomes one.
        None => bytes.first().is_some_and(|kind| !(1..=7).contains(kind)),
    }
}

/// Whether a controller's answer is whole, or is none of Modbus.
pub(crate) fn is_identified(bytes: &[u8]) -> bool {
    match bytes {
        [_, _, 0, 0, high, low, ..] => bytes.len() >= HEADER + usize::from(u16::from_be_bytes([*high, *low])),
        [_, _, protocol @ ..] => protocol.iter().take(2).any(|byte| *byte != 0),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// An acceptance whose context has this result.
    fn accepted(result: u8) -> Vec<u8> {
        let context = item(0x21, &[&[1, 0, result, 0], item(0x40, IMPLICIT).as_slice()].concat());
        let body = [&[0; 68], item(0x10, CONTEXT).as_slice(), &context].concat();
        [&[ACCEPT, 0, 0, 0, 0, u8::try_from(body.len()).unwrap()], body.as_slice()].concat()
    }

    #[test]
    fn lengths_of_what_is_said_are_right() {
        for said in [ECHO, RELEASE, &associate("PACS"), &associate("")] {
            assert!(pdu(said).is_some_and(|(_, _, behind)| behind.is_empty()));
        }
        assert_eq!(ECHO.len(), 80);
        assert_eq!(&associate("PACS")[10..42], b"PACS            WARDROUND       ");
        assert_eq!(&associate("")[10..26], b"ANY-SCP         ");
        assert_eq!(IDENTITY.len(), HEADER + usize::from(IDENTITY[5]));
    }

    #[test]
    fn an_echo_is_asked_for_where_the_service_was_accepted() {
        let (yes, no) = (accepted(0), accepted(3));
        assert!(is_accepted(&yes) && !is_echoed(&yes) && !is_echoed(&yes[..20]));
        assert!(!is_accepted(&no) && is_echoed(&no));
        assert!(
            is_echoed(&[yes.as_slice(), ECHO].concat())
                && !is_echoed(&[yes.as_slice(), &ECHO[..30]].concat())
        );
        // A rejection, and what is no DICOM.
        assert!(is_echoed(&[3, 0, 0, 0, 0, 4, 0, 1, 1, 7]) && is_echoed(b"HTTP/1.1") && !is_echoed(b""));
    }

    #[test]
    fn an_identification_is_whole_with_its_length() {
        let answer = [0x57, 0x52, 0, 0, 0, 4, 0xff, 0xab, 1, 0];
        assert!(is_identified(&answer) && !is_identified(&answer[..9]) && !is_identified(&answer[..5]));
        assert!(is_identified(b"HTTP/1.1") && !is_identified(b""));
    }

    proptest! {
        #[test]
        fn any_answer_is_judged(bytes: Vec<u8>) {
            let _ = (is_accepted(&bytes), is_echoed(&bytes), is_identified(&bytes));
            let bytes = [accepted(0), bytes].concat();
            let _ = (is_accepted(&bytes), is_echoed(&bytes));
        }
    }
}
