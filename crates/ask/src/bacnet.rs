//! What a building controller calls itself (BACnet/IP, ASHRAE 135): one ReadPropertyMultiple (15.7) of four texts of its device object.
//!
//! Its own number need not be known: for reading, the last number means the device that is asked (15.7.2). Its name, its place and all
//! objects beside are not asked for, and nothing is written.

/// BVLC of BACnet/IP with a message to one host (annex J.2.11), and the network layer's version (6.2).
const BACNET_IP: u8 = 0x81;
const UNICAST: u8 = 0x0a;
const NETWORK_VERSION: u8 = 1;
/// Of its control byte: an answer is expected. A message between routers, or one to or from behind a router, is none of ours.
const EXPECTS: u8 = 0x04;
const NOT_DIRECT: u8 = 0xa8;
/// ReadPropertyMultiple (21), and answers to a request in the upper half of their first byte (20.1).
const READ_PROPERTY_MULTIPLE: u8 = 14;
const COMPLEX_ACK: u8 = 3;
const ERROR: u8 = 5;
const REJECT: u8 = 6;
const ABORT: u8 = 7;

/// The request; `id` comes back. An answer fits into one message of up to 1476 bytes, and none in pieces is taken.
pub(crate) fn device_object([id, ..]: [u8; 8]) -> Vec<u8> {
    let [high, low] = LENGTH.to_be_bytes();
    [&[BACNET_IP, UNICAST, high, low, NETWORK_VERSION, EXPECTS, 0, 5, id, READ_PROPERTY_MULTIPLE], READ]
        .concat()
}

/// Device 4194303 (12.11): vendor-name, model-name, firmware-revision, application-software-version.
const READ: &[u8] = &[
    0x0c, 0x02, 0x3f, 0xff, 0xff, // Whose.
    0x1e, 0x09, 121, 0x09, 70, 0x09, 44, 0x09, 12, 0x1f, // What.
];
/// Of the whole datagram, its own header with it.
const LENGTH: u16 = 25;

/// Whether it is an answer to the request with this `id`: what it asked for, or why that is not told.
pub(crate) fn answers(bytes: &[u8], [id, ..]: [u8; 8]) -> bool {
    let [BACNET_IP, UNICAST, high, low, NETWORK_VERSION, control, kind, invocation, rest @ ..] = bytes else {
        return false;
    };
    let is_whole = usize::from(u16::from_be_bytes([*high, *low])) == bytes.len();
    let is_it = match kind >> 4 {
        // In pieces, which we did not offer to take, the service stands two bytes later.
        COMPLEX_ACK if kind & 0x08 == 0 => rest.first() == Some(&READ_PROPERTY_MULTIPLE),
        ERROR => rest.first() == Some(&READ_PROPERTY_MULTIPLE),
        REJECT | ABORT => rest.len() == 1,
        _ => false,
    };
    is_whole && is_it && control & NOT_DIRECT == 0 && *invocation == id
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ID: [u8; 8] = [0x2a, 2, 3, 4, 5, 6, 7, 8];
    const READ_IN_LAB: &str = "810a004a0100302a0e0c020012671e29794e7511004578616d706c6520436f6e74726f6c734f29464e7508004558\
        2d343731324f292c4e750600322e342e314f290c4e7400312e394f1f";

    fn bytes(hex: &str) -> Vec<u8> {
        hex.as_bytes()
            .chunks(2)
            .map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap())
            .collect()
    }

    #[test]
    fn it_reads_four_texts_of_the_device_that_is_asked() {
        assert_eq!(device_object(ID), bytes("810a0019010400052a0e0c023fffff1e09790946092c090c1f"));
        assert_eq!(device_object(ID).len(), usize::from(LENGTH));
    }

    #[test]
    fn an_answer_is_held_against_its_request() {
        // What bacpypes 0.19.0 answered (its identity made up), an error of bacpypes3 0.0.110, a rejection, an abortion.
        let read = bytes(READ_IN_LAB);
        let others = ["810a000d0100502a0e9101911f", "810a00090100602a09", "810a00090100712a04"];
        for answer in others.map(bytes).into_iter().chain([read.clone()]) {
            assert!(answers(&answer, ID), "{answer:02x?}");
            assert!(!answers(&answer, [9; 8]) && !answers(&answer[..answer.len() - 1], ID));
        }
        // Ours, another service, in pieces, from behind a router, between routers.
        assert!(!answers(&device_object(ID), ID));
        for (at, value) in [(8, 12), (6, 0x38), (5, 0x08), (5, 0x80), (1, 0x0b)] {
            let mut other = read.clone();
            other[at] = value;
            assert!(!answers(&other, ID), "{at}");
        }
    }

    proptest! {
        #[test]
        fn any_answer_is_judged(rest: Vec<u8>, id: [u8; 8]) {
            let _ = answers(&rest, id);
            let _ = answers(&[&[BACNET_IP, UNICAST, 0, 9, 1, 0], rest.as_slice()].concat(), id);
        }
    }
}
