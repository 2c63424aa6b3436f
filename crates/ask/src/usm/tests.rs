//! Talks with an agent of our own, held against the standard by a real one elsewhere (`make ask-servers`).

use std::sync::LazyLock;

use proptest::prelude::*;

use super::message::{in_clear, integer, of_user, read, scoped};
use super::*;
use crate::elements::{INTEGER, NULL, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, element};

const ID: [u8; 8] = [0x8b, 2, 3, 0x4f, 5, 6, 7, 8];
const TEXT: &str = "user monitor\nauthentication sha-256 sesame-4711\nprivacy aes-128 open-sesame";

/// Keys take a while to make.
static KNOWN: LazyLock<User> = LazyLock::new(|| TEXT.parse().unwrap());

fn user(text: &str) -> User {
    if text == TEXT { KNOWN.clone() } else { text.parse().unwrap() }
}

fn engine(time: u32) -> Engine {
    Engine { name: b"\x80\0\x1f\x88\x04lab".to_vec(), boots: 3, time }
}

/// A PDU of this kind with one object that has no value.
fn pdu(kind: u8, nth: u32, name: &[u8]) -> Vec<u8> {
    let binding = element(SEQUENCE, &[&element(OBJECT_IDENTIFIER, &[name]), &[NULL, 0]]);
    let numbers = [INTEGER, 1, 0, INTEGER, 1, 0];
    element(kind, &[&elements::request_id(request_id(ID, nth)), &numbers, &element(SEQUENCE, &[&binding])])
}

fn counter(number: u8) -> Vec<u8> {
    [USM_STATS, &[number, 0]].concat()
}

/// A report in clear that nobody signed.
fn report(nth: u32, engine: &Engine, number: u8) -> Vec<u8> {
    let header =
        [integer(numbered(ID, nth)), integer(1472), vec![OCTET_STRING, 1, 0, INTEGER, 1, 3]].concat();
    let empty: &[u8] = &[OCTET_STRING, 0];
    let security = [
        element(OCTET_STRING, &[&engine.name]),
        integer(engine.boots),
        integer(engine.time),
        [empty; 3].concat(),
    ]
    .concat();
    let security = element(OCTET_STRING, &[&element(SEQUENCE, &[&security])]);
    let data = scoped(&engine.name, &pdu(REPORT, nth, &counter(number)));
    element(SEQUENCE, &[&integer(3), &element(SEQUENCE, &[&header]), &security, &data])
}

/// A message that the user signed.
fn signed(text: &str, nth: u32, engine: &Engine, pdu: &[u8]) -> Vec<u8> {
    let user = user(text);
    of_user(&user, &user.keys(&engine.name), engine, numbered(ID, nth), [9; 8], pdu)
}

/// A talk that knows the engine and put its question.
fn asked(text: &str) -> (UserTalk, Vec<u8>) {
    let mut talk = UserTalk::new(user(text), ID);
    let first = talk.say().unwrap();
    assert_eq!((first, talk.secret_bytes()), (discovery(ID), 0));
    assert!(talk.say().is_none(), "nothing before the answer");
    assert!(!talk.hear(b"x") && !talk.hear(&report(1, &engine(100), UNKNOWN_ENGINE)), "of another message");
    assert!(talk.hear(&report(0, &engine(100), UNKNOWN_ENGINE)) && talk.result().is_none());
    let question = talk.say().unwrap();
    assert_eq!(talk.secret_bytes(), 7);
    (talk, question)
}

#[test]
fn the_first_message_names_nobody() {
    let expected = "303e 020103 3010 0204 4b020200 0202 05c0 0401 04 0201 03 0410 300e 0400 020100 020100 0400 0400 0400 \
        3015 0400 0400 a00f 0204 4b020200 0201 00 0201 00 3001";
    // Up to the lengths, which follow from the parts.
    let message = discovery(ID);
    let hex: String = message.iter().map(|byte| format!("{byte:02x}")).collect();
    let expected: String = expected.chars().filter(|one| !one.is_whitespace()).collect();
    assert_eq!(hex[4..64], expected[4..64]);
    assert!(read(&message, None).is_none(), "an engine without a name tells nothing");
    assert!(is_discovered(&report(0, &engine(1), UNKNOWN_ENGINE), ID));
    assert!(!is_discovered(&report(0, &engine(1), UNKNOWN_USER), ID) && !is_discovered(&message, ID));
}

#[test]
fn a_question_is_signed_and_hidden_and_its_answer_is_told_in_clear() {
    let (mut talk, question) = asked(TEXT);
    let has = |bytes: &[u8], text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
    assert!(has(&question, b"monitor") && !has(&question, &[0x2b, 6, 1, 2, 1, 1, 1, 0]));
    // An agent that has the user's keys reads it.
    let (user, agent) = (user(TEXT), engine(100));
    let heard = read(&question, Some((&user, &user.keys(&agent.name)))).unwrap();
    assert!(heard.is_authentic && heard.engine == agent && has(&heard.scoped, &[0x2b, 6, 1, 2, 1, 1, 1, 0]));
    let answer = signed(TEXT, 1, &engine(101), &pdu(RESPONSE, 1, &[0x2b, 6, 1]));
    assert!(talk.hear(&answer) && !talk.hear(&answer));
    let told = talk.result().unwrap().unwrap();
    assert!(has(told, &pdu(RESPONSE, 1, &[0x2b, 6, 1])) && !has(told, b"monitor"));
}

#[test]
fn what_the_user_did_not_sign_is_no_answer() {
    let response = pdu(RESPONSE, 1, &[0x2b, 6, 1]);
    let right = signed(TEXT, 1, &engine(101), &response);
    let (mut talk, _) = asked(TEXT);
    for (at, _) in right.iter().enumerate() {
        let mut other = right.clone();
        other[at] ^= 0x40;
        assert!(!talk.hear(&other), "byte {at} is another one");
    }
    let mut other_engine = engine(101);
    other_engine.name.push(b'x');
    for wrong in [
        signed(&TEXT.replace("monitor", "another"), 1, &engine(101), &response),
        signed(&TEXT.replace("sesame-4711", "sesame-4712"), 1, &engine(101), &response),
        signed(&TEXT.replace("open-sesame", "open-sesamE"), 1, &engine(101), &response),
        signed(TEXT, 2, &engine(101), &response),
        signed(TEXT, 1, &engine(101), &pdu(RESPONSE, 2, &[0x2b, 6, 1])),
        signed(TEXT, 1, &engine(101), &pdu(0xa0, 1, &[0x2b, 6, 1])),
        signed(TEXT, 1, &Engine { boots: 2, ..engine(101) }, &response),
        signed(TEXT, 1, &other_engine, &response),
        in_clear(&scoped(&engine(0).name, &response)),
        right[..right.len() - 1].to_vec(),
        [right.as_slice(), &[0]].concat(),
    ] {
        assert!(!talk.hear(&wrong));
    }
    assert!(talk.result().is_none() && talk.hear(&right));
}

#[test]
fn each_refusal_is_told_and_nothing_is_tried_again() {
    for (number, word) in [
        (UNSUPPORTED_LEVEL, "other kinds of security"),
        (UNKNOWN_USER, "does not know this user"),
        (WRONG_DIGEST, "passphrase for authentication"),
        (DECRYPTION_ERROR, "passphrase for privacy"),
        (UNKNOWN_ENGINE, "another name"),
        // Nobody signed it, so its clock is not believed.
        (NOT_IN_TIME_WINDOW, "its clock"),
        (77, "not known here"),
    ] {
        let (mut talk, _) = asked(TEXT);
        assert!(talk.hear(&report(1, &engine(500), number)));
        let (outcome, why) = talk.result().unwrap().unwrap_err();
        assert!(outcome == Outcome::NotAllowed && why.contains(word) && talk.say().is_none(), "{why}");
    }
}

#[test]
fn a_clock_that_is_told_and_signed_is_taken_once() {
    let text = TEXT.split_once("\nprivacy").unwrap().0;
    let (mut talk, _) = asked(text);
    let late = |nth, time| signed(text, nth, &engine(time), &pdu(REPORT, nth, &counter(NOT_IN_TIME_WINDOW)));
    assert!(talk.hear(&late(1, 5000)) && talk.result().is_none());
    let again = talk.say().unwrap();
    let user = user(text);
    assert_eq!(read(&again, Some((&user, &user.keys(&engine(0).name)))).unwrap().engine, engine(5000));
    assert!(talk.hear(&late(2, 9000)) && talk.say().is_none());
    assert!(matches!(talk.result(), Some(Err((Outcome::NotAllowed, _)))));
}

proptest! {
    #[test]
    fn any_answer_is_read_to_an_end(bytes: Vec<u8>, nth in 0_u32..3, name: Vec<u8>, cut: usize) {
        let (mut talk, _) = asked(TEXT);
        let _ = (talk.hear(&bytes), is_discovered(&bytes, ID));
        let agent = Engine { name, boots: 3, time: 100 };
        let mut message = report(nth, &agent, UNKNOWN_ENGINE);
        message.truncate(cut % (message.len() + 1));
        let _ = (talk.hear(&message), is_discovered(&message, ID));
        // What is signed may hold anything.
        let _ = talk.hear(&signed(TEXT, 1, &engine(100), &bytes));
        prop_assert!(talk.say().is_none());
    }

    #[test]
    fn numbers_are_written_and_read_again(value in 0_u32..0x8000_0000) {
        let written = integer(value);
        prop_assert_eq!(message::number(&written[2..]), Some(value));
        prop_assert!(written.len() == 3 || !(written[2] == 0 && written[3] < 0x80));
    }
}

#[test]
fn tables_are_walked_as_the_user_and_the_clock_of_the_agent_is_followed() {
    use crate::tables::{Tables, Turn};
    use std::time::Duration;
    let (user, name) = (user(TEXT), engine(0).name);
    let keys = user.keys(&name);
    let mut tables = Tables::of_user(UserTalk::new(user.clone(), ID), ID[..4].try_into().unwrap());
    let (mut now, mut said, mut clock) = (Duration::ZERO, 0_u32, 100);
    loop {
        let request = match tables.next(now) {
            Turn::Done => break,
            Turn::Wait(until) => {
                now = until;
                continue;
            }
            Turn::Ask(request) => request,
        };
        assert!(matches!(tables.next(now), Turn::Done), "nothing before the answer");
        if said == 0 {
            assert!(tables.hear(&report(0, &engine(clock), UNKNOWN_ENGINE)));
        } else {
            let heard = read(&request, Some((&user, &keys))).unwrap();
            assert_eq!(
                (heard.id, heard.engine.time),
                (numbered(ID, said), clock),
                "its own clock, as it was told last"
            );
            let (kind, content) = message::pdu(&heard.scoped).unwrap();
            assert_eq!(kind, if said == 1 { 0xa0 } else { 0xa5 });
            // The same objects with no value each: there is none, as at the end of all.
            let (_, behind) = message::content(content, INTEGER).unwrap();
            let id = &content[..content.len() - behind.len()];
            let end = element(SEQUENCE, &[&element(OBJECT_IDENTIFIER, &[&[0x2b, 6]]), &[0x82, 0]]);
            let pdu = element(RESPONSE, &[id, &[INTEGER, 1, 0, INTEGER, 1, 0], &element(SEQUENCE, &[&end])]);
            clock += 40;
            let answer = of_user(&user, &keys, &engine(clock), heard.id, [7; 8], &pdu);
            let mut forged = answer.clone();
            *forged.last_mut().unwrap() ^= 1;
            assert!(!tables.hear(&forged) && tables.hear(&answer) && !tables.hear(&answer));
            let told = tables.answer();
            assert!(!told.is_empty() && !told.windows(7).any(|window| window == b"monitor"));
        }
        said += 1;
    }
    assert!(!tables.is_cut_short() && tables.refusal().is_none() && said > 5, "{said}");
    assert_eq!(tables.walked().len(), usize::try_from(said).unwrap() - 2);
}
