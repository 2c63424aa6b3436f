//! Messages with made-up people; `recorded/` holds both halves of a connection of the PyPI package `hl7` with itself.

use std::path::Path;
use std::process::Command;

use proptest::prelude::*;

use super::dissect;
use crate::laws::{Side, Told};
use crate::{Role, Start};

fn told(bytes: &[u8], start: Start) -> Told {
    Side::new(dissect, bytes, start).check()
}

fn framed(message: &str) -> Vec<u8> {
    [b"\x0B", message.as_bytes(), b"\x1C\r"].concat()
}

const RESULT: &str = "MSH|^~\\&|LAB-ANALYZER-3^1.2.3^ISO|LABORATORY|LIS|HOSPITAL|20261123070500|secret|ORU^R01^ORU_R01|\
    7|P|2.5.1\rPID|1||MRN-40081573||Canaryman^Erika||19480902\rOBX|1|ST|x||Canary\r";

const RESULT_FACTS: &str = "Sender hl7.sending-application=LAB-ANALYZER-3\n\
    Sender hl7.sending-facility=LABORATORY\n\
    Receiver hl7.receiving-application=LIS\n\
    Receiver hl7.receiving-facility=HOSPITAL\n\
    Sender hl7.sends=ORU^R01\n\
    Receiver hl7.receives=ORU^R01\n\
    Sender hl7.version=2.5.1\n";

#[test]
fn a_result_tells_its_header_alone() {
    let told = told(&framed(RESULT), Start::Opening);
    assert_eq!(told.lines(), RESULT_FACTS);
    assert_eq!(told.roles, [Role::Client]);
}

#[test]
fn a_type_that_no_table_has_is_not_told() {
    for (field, expected) in
        [("ADT^A01", "ADT^A01"), ("ACK", "ACK"), ("ANN^QUA", ""), ("ADT^QUA", "ADT"), ("ANN^A01", "")]
    {
        let told = told(&framed(&RESULT.replace("ORU^R01^ORU_R01", field)), Start::Opening);
        let sends = told
            .lines()
            .lines()
            .find_map(|line| line.strip_prefix("Sender hl7.sends="))
            .unwrap_or_default()
            .to_owned();
        assert_eq!(sends, expected, "{field}");
    }
}

#[test]
fn a_recorded_conversation_has_a_client_and_a_server() {
    let client = told(include_bytes!("recorded/client.bin"), Start::Opening);
    assert_eq!(client.lines(), RESULT_FACTS.repeat(3));
    assert_eq!(client.roles, [Role::Client; 3]);
    let server = told(include_bytes!("recorded/server.bin"), Start::Opening);
    assert_eq!(server.roles, [Role::Server; 3]);
    assert!(server.lines().contains("Sender hl7.sends=ACK^R01\n"), "{}", server.lines());
    assert!(server.lines().starts_with("Sender hl7.sending-application=LIS\n"), "{}", server.lines());
}

#[test]
fn messages_are_found_in_mid_stream() {
    let stream = [b"ine|Canary\r\x1C\r".as_slice(), &framed(RESULT)].concat();
    let whole = Side::new(dissect, &stream, Start::Middle).read(usize::MAX);
    assert_eq!(whole.lines(), RESULT_FACTS);
    assert_eq!(told(b"OBX|2|ST|x||Canary\r", Start::Middle), Told::default());
    assert_eq!(told(&stream, Start::NextMessage).lines(), RESULT_FACTS);
}

#[test]
fn a_missing_end_block_loses_no_message() {
    let stream = [b"\x0B", RESULT.as_bytes(), &framed(RESULT)].concat();
    assert_eq!(told(&stream, Start::Opening).lines(), RESULT_FACTS.repeat(2));
}

#[test]
fn a_letter_of_many_megabytes_is_passed_as_it_comes() {
    let mut stream = format!("\x0B{RESULT}OBX|2|ED|pdf||").into_bytes();
    stream.resize(3 << 20, b'J');
    stream.extend(framed(RESULT));
    let told = Side::new(dissect, &stream, Start::Opening).read(1460);
    assert_eq!(told.lines(), RESULT_FACTS.repeat(2));
}

#[test]
fn sloppy_senders_are_understood() {
    for (message, expected) in [
        // No start block, LF for CR.
        ("MSH|^~\\&|LIS|LAB|RIS|RAD|1||ADT^A01|1|P|2.3\nPID|1\n", "ADT^A01"),
        // Other delimiters (an example of the HAPI project).
        (
            "\x0BMSH^~|\\&^SENDING^200M^RECEIVING^200^20120918173931-0500^^ADT~A24^2003582144^T^2.4\r\x1C",
            "ADT^A24",
        ),
        // An early acknowledgement, with no event.
        ("\x0BMSH|^~\\}|LIS|LAB|RIS|RAD|19930502184808||ACK^|589888|P|2.1||\rMSA|AA|1\r", "ACK"),
        // No version, no segment behind.
        ("\x0BMSH|^~\\&|||||||ORU^R01\x1C\r", "ORU^R01"),
    ] {
        let told = told(message.as_bytes(), Start::Opening).lines();
        assert!(told.contains(&format!("Sender hl7.sends={expected}\n")), "{message}: {told}");
    }
}

#[test]
fn an_answer_to_a_query_comes_from_the_server() {
    let answer = framed("MSH|^~\\&|LIS|LAB|RIS|RAD|1||RSP^K11|1|P|2.5\r\nMSA|AA|1\r");
    assert_eq!(told(&answer, Start::Opening).roles, [Role::Server]);
}

#[test]
fn names_in_fields_are_masked() {
    let message =
        framed("MSH|^~\\&|MIRABELLA-PC|PRAXIS DR WUNDERLICHOVA|RIS|1948-09-02|1||ADT^A01|1|P|2.3\r");
    let told = told(&message, Start::Opening).lines();
    assert!(told.contains("sending-application=*-PC\n"), "{told}");
    for name in ["MIRABELLA", "WUNDERLICHOVA", "1948"] {
        assert!(!told.contains(name), "{told}");
    }
}

#[test]
fn other_text_is_not_taken_for_hl7() {
    for bytes in [
        b"MSHTML is a browser engine\r\n".as_slice(),
        b"\x0BMSH|^~\\&|LIS|LAB|RIS|RAD|1||canary^A01|1|P|2.3\r",
        b"\x0BMSH|^~\\&|LIS\rPID|",
        b"\x0BFHS|^~\\&|",
        b"GET / HTTP/1.1\r\n\r\n",
    ] {
        assert_eq!(told(bytes, Start::Opening), Told::default());
    }
    let endless = [b"\x0BMSH|^~\\&|".as_slice(), &[b'A'; 9000]].concat();
    assert_eq!(Side::new(dissect, &endless, Start::Opening).read(usize::MAX), Told::default());
}

/// Text files of other projects from `../shared/data/hl7`; `None`, and a line that says so, when they are not there.
fn examples() -> Option<Vec<u8>> {
    let archive = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/hl7/messages.tar.gz");
    if !archive.exists() {
        println!("skipped: ../shared/data/hl7 is not there");
        return None;
    }
    let output = Command::new("tar").arg("-xzOf").arg(archive).output().expect("tar runs");
    Some(output.stdout)
}

#[test]
fn messages_of_other_projects_are_read() {
    let Some(text) = examples() else { return };
    let starts =
        text.windows(4).enumerate().filter(|(_, w)| w.starts_with(b"MSH") && w[3].is_ascii_punctuation());
    let (mut seen, mut read) = (0, 0);
    for (at, _) in starts {
        let end =
            text[at..].windows(4).skip(1).position(|w| w == b"MSH|").map_or(text.len(), |next| at + next);
        // Only at the start of a line, or it is source code.
        if !matches!(text.get(at.wrapping_sub(1)), Some(b'\n' | b'\r')) {
            continue;
        }
        let message = [b"\x0B", &text[at..end.min(at + 20_000)], b"\x1C\r"].concat();
        let told = Side::new(dissect, &message, Start::Opening).read(1460);
        seen += 1;
        read += usize::from(told.lines().contains("hl7.sends="));
        if told.roles.is_empty() {
            println!("not read: {}", String::from_utf8_lossy(&text[at..(at + 70).min(end)]));
        }
    }
    println!("{read} of {seen} messages read");
    assert!(seen > 20 && read == seen, "{read} of {seen} messages read");
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes: Vec<u8>, start in 0_usize..3) {
        let start = [Start::Opening, Start::NextMessage, Start::Middle][start];
        for stream in [bytes.clone(), [b"\x0BMSH|^~\\&|", bytes.as_slice()].concat()] {
            Side::new(dissect, &stream, start).read(3);
            Side::new(dissect, &stream, start).read(usize::MAX);
        }
    }

    #[test]
    fn what_other_fields_hold_is_in_no_fact(
        name in "[A-Z][a-z]{3,10}\\^[A-Z][a-z]{3,8}",
        number in "[1-9][0-9]{5,8}",
        segments in prop::collection::vec("(PID|PV1|OBX|OBR|ZXX|NK1|MSA)", 1..6),
    ) {
        let fields = format!("{number}|{name}|{name}|{number}");
        let body: String = segments.iter().map(|id| format!("{id}|{fields}|MSH|{fields}\r")).collect();
        let message = format!("MSH|^~\\&|LIS|LAB|RIS|RAD|{number}|{name}|ADT^A01^{name}|{fields}|2.5|{fields}\r{body}");
        let message = message.replacen(&format!("|{fields}|2.5"), &format!("|{name}|{number}|2.5"), 1);
        let told = told(&framed(&message), Start::Opening).lines();
        prop_assert!(told.contains("hl7.version=2.5\n"), "{}", told);
        for part in name.split('^').chain([number.as_str()]) {
            prop_assert!(!told.contains(part), "{}", told);
        }
    }
}
