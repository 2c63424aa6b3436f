//! What a device of bacpypes3 0.0.110 answered (its identity made up), and bytes of our own.

use proptest::prelude::*;

use super::*;

const I_AM_4711: &str = "810a001401001000c40200126722040091002150";
const VENDOR: &str = "810a001b010030010c0c0200126719793e7507005361757465723f";
const NAME: &str = "810a0024010030010c0c02001267194d3e751000726f6f6d20636f6e74726f6c6c65723f";
const SEVERAL: &str = "810a004a010030020e0c020012671e29794e7507005361757465724f29464e750a0045592d5243203530344f\
    292c4e750600322e342e314f290c4e7400312e394f293a5e910291205f1f";
const PRESENT_VALUE: &str = "810a0017010030030c0c0080000119553e4441ac00003f";
const WRITTEN: &str = "810a0009010020040f";
const ERROR: &str = "810a000d010050050c9101911f";
const READ_REQUEST: &str = "810a001101040005010c0c020012671979";
const WHO_IS: &str = "810a000801001008";

fn bytes(hex: &str) -> Vec<u8> {
    hex.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// Role and facts of a payload that a device sent.
fn read(payload: &[u8]) -> (Option<Role>, String) {
    let mut facts = Facts::default();
    let datagram = Datagram {
        payload,
        sender: ([192, 0, 2, 53], 47_808).into(),
        receiver: ([192, 0, 2, 7], 47_808).into(),
    };
    let role = dissect(&datagram, &mut facts);
    let line = |(about, fact): (About, wardround_model::Fact)| {
        format!("{about:?} {}={}\n", fact.kind().code(), fact.value())
    };
    (role, facts.drain().map(line).collect())
}

fn check(hex: &str, role: Option<Role>, lines: &str) {
    assert_eq!(read(&bytes(hex)), (role, lines.to_owned()), "{hex}");
    let whole = bytes(hex);
    for length in 0..whole.len() {
        assert_eq!(read(&whole[..length]), (None, String::new()), "cut to {length}");
    }
}

/// A message with its header.
fn framed(function: u8, rest: &[u8]) -> Vec<u8> {
    [&[0x81, function, 0, u8::try_from(rest.len() + 4).unwrap()], rest].concat()
}

#[test]
fn a_device_says_what_it_is() {
    check(
        I_AM_4711,
        Some(Role::Unknown),
        "SenderService bacnet.device=4711\nSenderService bacnet.vendor-id=80\n",
    );
    check(
        VENDOR,
        Some(Role::Server),
        "SenderService bacnet.vendor=Sauter\nSenderService bacnet.answers=read\n",
    );
    let several = "SenderService bacnet.vendor=Sauter\nSenderService bacnet.model=EY-RC 504\n\
        SenderService bacnet.firmware=2.4.1\nSenderService bacnet.software=1.9\nSenderService bacnet.answers=read\n";
    check(SEVERAL, Some(Role::Server), several);
}

#[test]
fn what_was_done_is_told_without_values_and_names() {
    check(PRESENT_VALUE, Some(Role::Server), "SenderService bacnet.answers=read\n");
    check(NAME, Some(Role::Server), "SenderService bacnet.answers=read\n");
    check(WRITTEN, Some(Role::Server), "SenderService bacnet.answers=write\n");
}

#[test]
fn errors_and_questions_tell_nothing() {
    check(ERROR, Some(Role::Server), "");
    check(READ_REQUEST, Some(Role::Client), "");
    check(WHO_IS, Some(Role::Unknown), "");
    let only_errors = framed(0x0a, &bytes("010030020e0c020012671e293a5e910291205f1f"));
    assert_eq!(read(&only_errors), (Some(Role::Server), String::new()));
}

#[test]
fn a_device_behind_a_router_is_not_taken_for_it() {
    let routed = |apdu: &str| framed(0x0a, &[&[1, 8, 0, 5, 1, 9], bytes(apdu).as_slice()].concat());
    for apdu in ["1000c40200126722040091002150", "30010c0c0200126719793e7507005361757465723f", "20040f"] {
        let (role, lines) = read(&routed(apdu));
        assert!(role.is_some() && lines.is_empty(), "{lines}");
    }
}

#[test]
fn a_forwarded_message_is_about_its_origin() {
    let forwarded = framed(
        4,
        &[&[10, 1, 1, 7, 0xba, 0xc0], bytes("01001000c40200126722040091002150").as_slice()].concat(),
    );
    let (_, lines) = read(&forwarded);
    assert!(lines.contains("10.1.1.7") && lines.contains("bacnet.device=4711"), "{lines}");
}

#[test]
fn what_does_not_fit_is_not_bacnet() {
    for hex in [
        "820a001401001000c40200126722040091002150",
        "810a001501001000c40200126722040091002150",
        "810a001402001000c40200126722040091002150",
        "810a001401001000c40080126722040091002150",
        "810a001501001000c4020012672204009100215000",
        "810a001b010030010c0c0200126719793e7508005361757465723f",
        "810a001b010030010c0c0200126719793e7507005361757465724f",
        "810a000a010020040f00",
        "810a0009010020042f",
        "8100000600000000",
        "810a0004",
        "",
    ] {
        assert_eq!(read(&bytes(hex)), (None, String::new()), "{hex}");
    }
    assert_eq!(read(b"d1:ad2:id20:abcdefghij0123456789e"), (None, String::new()));
}

#[test]
fn deep_and_long_values_end() {
    for (open, count) in [(0x3e_u8, 200), (0x2e, 200), (0x10, 230)] {
        let apdu = [bytes("010030010c0c0200126719793e"), vec![open; count]].concat();
        assert_eq!(read(&framed(0x0a, &apdu)), (None, String::new()));
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_an_end(rest in prop::collection::vec(any::<u8>(), 0..200), pick in 0usize..4) {
        let begin = ["0100", "010030010c0c02001267", "010030020e0c020012671e", "01001000"][pick];
        read(&framed(0x0a, &[bytes(begin), rest].concat()));
    }

    #[test]
    fn no_text_but_of_the_device_object_is_told(object in 0u32..8, property in 0u8..255, text in "[a-z]{1,60}") {
        let head = [&[0x0c], (object << 22 | 1).to_be_bytes().as_slice(), &[0x19, property, 0x3e, 0x75]].concat();
        let length = u8::try_from(text.len() + 1).unwrap();
        let apdu = [bytes("010030010c"), head, vec![length, 0], text.into_bytes(), vec![0x3f]].concat();
        let (_, lines) = read(&framed(0x0a, &apdu));
        prop_assert!(lines.is_empty() || lines == "SenderService bacnet.answers=read\n", "{lines}");
    }
}
