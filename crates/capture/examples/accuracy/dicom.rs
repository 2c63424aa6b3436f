//! DICOM as pynetdicom's own tests have it: PDUs as bytes, with what is in them told in words before each.
//!
//! Messages without a PDU of their own (DIMSE) are put into one, as PS3.8 (9.3.5) says.

use std::net::IpAddr;

use wardround_model::FactKind;

use crate::archive::Files;
use crate::build::{ACK, CLIENT, Pcap, SERVER, SYN, Tcp};
use crate::reading::{Pair, Reading, compare as holds};
use crate::score::{Outcome, Scores};

const SOURCE: &str = "pynetdicom";
const PORT: u16 = 104;

/// What words before the bytes of an association say, and the fact that we keep of it.
const FIELDS: &[(&str, FactKind)] = &[
    ("Called AET", FactKind::DicomCalledAe),
    ("Calling AET", FactKind::DicomCallingAe),
    ("Abstract Syntax", FactKind::DicomProposesSop),
    ("Implementation Class UID", FactKind::DicomImplementationClass),
    ("Implementation Version Name", FactKind::DicomImplementationVersion),
];

/// A constant of a table: its name, the words before it, its bytes.
struct Constant {
    name: String,
    words: Vec<String>,
    bytes: Vec<u8>,
}

/// Compares all tables.
pub(crate) fn compare(files: &Files, scores: &mut Scores) {
    let tables = files.iter().filter(|(path, _)| path.ends_with(".py"));
    let all: Vec<Constant> =
        tables.flat_map(|(_, bytes)| constants(&String::from_utf8_lossy(bytes))).collect();
    let named = |name: &str| all.iter().find(|it| it.name == name).map(|it| it.bytes.as_slice());
    let (Some(request), Some(accept)) = (named("a_associate_rq"), named("a_associate_ac")) else { return };
    for constant in &all {
        if constant.name.starts_with("a_associate_rq") {
            association(constant, Side::Client, [&constant.bytes, &[]], scores);
        } else if constant.name.starts_with("a_associate_ac") {
            association(constant, Side::Server, [request, &constant.bytes], scores);
        } else if let Some((command, _)) = constant.name.split_once("_cmd") {
            let data_set = named(&constant.name.replace("_cmd", "_ds"));
            let data_set = data_set.or_else(|| named(&constant.name.replace("_rq_cmd", "_ds")));
            let data = [data(&constant.bytes), data_set.map(self::data).unwrap_or_default()].concat();
            message(constant, command, [request, accept], &data, scores);
        }
    }
}

/// Who says what a constant has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Client,
    Server,
}

/// What an association's PDU says of the one who sends it, and of names.
fn association(constant: &Constant, side: Side, said: [&[u8]; 2], scores: &mut Scores) {
    let reading = Reading::of(&constant.name, &conversation(said));
    recognised(&reading, scores);
    for word in &constant.words {
        let Some((field, value)) = word.split_once(": ") else { continue };
        let Some((_, kind)) = FIELDS.iter().find(|(known, _)| *known == field) else { continue };
        // A service is told by its number, with its name behind it; an answer has its name alone.
        let value = match kind {
            FactKind::DicomProposesSop if side == Side::Server => continue,
            FactKind::DicomProposesSop => value.split(' ').next().unwrap_or(value),
            _ => value,
        };
        let about: IpAddr = match (side, kind) {
            (_, FactKind::DicomCalledAe)
            | (Side::Server, FactKind::DicomImplementationClass | FactKind::DicomImplementationVersion) => {
                SERVER.1.into()
            }
            _ => CLIENT.1.into(),
        };
        let ours = reading.values_of_host(about, *kind);
        scores.add((SOURCE, "association"), (&reading.file, word), holds(&ours, *kind, value));
    }
}

/// What a message asks for or answers.
fn message(
    constant: &Constant,
    command: &str,
    [request, accept]: [&[u8]; 2],
    data: &[u8],
    scores: &mut Scores,
) {
    let command = command.replace("n_er_", "n_event_report_").to_uppercase().replace('_', "-");
    let (about, said) = if command.ends_with("-RSP") {
        (SERVER.1, [request.to_vec(), [accept, data].concat()])
    } else {
        (CLIENT.1, [[request, data].concat(), accept.to_vec()])
    };
    let [first, second] = &said;
    let reading = Reading::of(&constant.name, &conversation([first, second]));
    recognised(&reading, scores);
    let ours = reading.values_of_host(about.into(), FactKind::DicomCommand);
    let outcome = holds(&ours, FactKind::DicomCommand, &command);
    scores.add((SOURCE, "command"), (&reading.file, &command), outcome);
}

fn recognised(reading: &Reading, scores: &mut Scores) {
    let pair = Pair::of(&CLIENT.1.to_string(), &SERVER.1.to_string(), &PORT.to_string(), "tcp");
    let protocol = pair.and_then(|pair| reading.conversation(pair)).and_then(|it| it.protocol);
    let outcome = Outcome::of(&protocol, &Some(wardround_model::Protocol::Dicom));
    scores.add((SOURCE, "dicom"), (&reading.file, "recognised"), outcome);
}

/// P-DATA-TF with one value, of the first presentation context.
fn data(message: &[u8]) -> Vec<u8> {
    let length = |more: usize| u32::try_from(message.len().saturating_add(more)).unwrap_or(0).to_be_bytes();
    [&[4, 0], length(5).as_slice(), &length(1), &[1], message].concat()
}

/// A capture of a connection in which the client says the first, the server the second.
fn conversation(said: [&[u8]; 2]) -> Vec<u8> {
    let client = Tcp { from: CLIENT, to: SERVER, ports: (50_000, PORT) };
    let server = Tcp { from: SERVER, to: CLIENT, ports: (PORT, 50_000) };
    let opening = [client.segment(99, SYN, b""), server.segment(199, SYN | ACK, b"")];
    let spoken = said.into_iter().zip([(client, 100), (server, 200)]).filter(|(bytes, _)| !bytes.is_empty());
    let packets: Vec<_> =
        opening.into_iter().chain(spoken.map(|(bytes, (side, at))| side.segment(at, ACK, bytes))).collect();
    Pcap::of(&packets)
}

/// The constants of a table in Python that are bytes, each with the comments before it.
fn constants(text: &str) -> Vec<Constant> {
    let (mut found, mut words) = (Vec::new(), Vec::new());
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(word) = line.strip_prefix('#') {
            words.push(word.trim().to_owned());
        } else if let Some((name, value)) = line.split_once(" = ") {
            let mut bytes = literals(value);
            if value == "(" {
                bytes = lines.by_ref().take_while(|line| *line != ")").flat_map(literals).collect();
            }
            found.push(Constant { name: name.to_owned(), words: std::mem::take(&mut words), bytes });
        } else if line.is_empty() {
            words.clear();
        }
    }
    found
}

/// The bytes of the literal in a line: all are written as `\x00`.
fn literals(line: &str) -> Vec<u8> {
    let inside =
        line.trim_start().strip_prefix("b\"").and_then(|rest| rest.split_once('"')).map_or("", |(it, _)| it);
    inside.split("\\x").filter_map(|digits| u8::from_str_radix(digits.get(..2)?, 16).ok()).collect()
}
