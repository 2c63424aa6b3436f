//! From an answer to facts, by the dissectors that read captures too. Nothing but facts of the allow-list leaves here.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use wardround_dissect::{
    About, DATAGRAM_DISSECTORS, Datagram, Facts, Half, Role, STREAM_DISSECTORS, Start, Verdict,
};
use wardround_model::{
    Evidence, Fact, FactKind, Observation, Protocol, Sighting, SourceIndex, Subject, Timestamp, Transport,
};

use crate::envelope::{MOST_ANSWER, MOST_WALK_ANSWER};
use crate::plan::Exchange;
use crate::question::Question;
use crate::tables;

/// Messages of one answer that are read, at most.
const MOST_MESSAGES: usize = 64;
/// The port that we ask from, as dissectors are told: none of theirs.
const OUR_PORT: u16 = 49152;

/// What an answer shows. `record` is its line in the log: the proof.
#[must_use]
pub fn observations(exchange: &Exchange, bytes: &[u8], at: Timestamp, record: u64) -> Vec<Observation> {
    let most = if exchange.question.is_walk() { MOST_WALK_ANSWER } else { MOST_ANSWER };
    let bytes = bytes.get(..most).unwrap_or(bytes);
    let (ip, port) = (IpAddr::V4(exchange.ip), exchange.port);
    let transport = exchange.question.transport();
    let service = Subject::Service(exchange.endpoint());
    let (protocol, told) = match transport {
        Transport::Tcp => read(bytes, port),
        Transport::Udp => read_datagram(exchange.question, bytes, SocketAddr::from((ip, port))),
    };
    let mut found: BTreeSet<(Subject, Fact)> = BTreeSet::new();
    for (about, fact) in told {
        match about {
            About::SenderService => found.insert((service, fact)),
            About::Sender => found.insert((Subject::Ip(ip), fact)),
            About::Receiver | About::ReceiverService | About::Named(_) => false,
        };
    }
    if exchange.question.is_walk() {
        found.extend(tables::facts(bytes, exchange.ip));
    }
    // A service that speaks is there, whatever it speaks.
    let protocol = protocol.or_else(|| of_one_byte(exchange.question, bytes));
    let spoken = protocol.map_or(transport.code(), Protocol::code);
    found.extend(Fact::new(FactKind::ServiceOpen, spoken.as_bytes()).ok().map(|fact| (service, fact)));
    observed(found, at, record)
}

/// What was heard inside TLS shows: what HTTP says of the service there, and nothing else of it.
#[must_use]
pub fn observations_inside(
    exchange: &Exchange,
    inside: &[u8],
    at: Timestamp,
    record: u64,
) -> Vec<Observation> {
    let inside = inside.get(..MOST_ANSWER).unwrap_or(inside);
    let half = Half {
        bytes: inside,
        start: Start::Opening,
        sender_port: exchange.port,
        receiver_port: OUR_PORT,
        opened: Role::Server,
    };
    let (mut told, service) = (Vec::new(), Subject::Service(exchange.endpoint()));
    ask_all(&half, Some(Protocol::Http), &mut told);
    let of_service = told.into_iter().filter(|(about, _)| *about == About::SenderService);
    observed(of_service.map(|(_, fact)| (service, fact)).collect(), at, record)
}

fn observed(found: BTreeSet<(Subject, Fact)>, at: Timestamp, record: u64) -> Vec<Observation> {
    let evidence = Evidence { source: SourceIndex(0), record, offset: 0 };
    let first = Sighting { evidence, at };
    let one = |(subject, fact)| Observation { subject, fact, first, last: at, count: 1 };
    found.into_iter().map(one).collect()
}

/// What answers in a single byte, which no dissector can take for anything.
fn of_one_byte(question: Question, bytes: &[u8]) -> Option<Protocol> {
    (question == Question::PostgresTls && matches!(bytes, b"S" | b"N")).then_some(Protocol::Postgresql)
}

/// The protocol of an answer, and what it tells.
fn read(mut bytes: &[u8], port: u16) -> (Option<Protocol>, Vec<(About, Fact)>) {
    let (mut known, mut told, mut start) = (None, Vec::new(), Start::Opening);
    for _ in 0..MOST_MESSAGES {
        if bytes.is_empty() {
            break;
        }
        let half = Half { bytes, start, sender_port: port, receiver_port: OUR_PORT, opened: Role::Server };
        let Some((protocol, used)) = ask_all(&half, known, &mut told) else { break };
        known = Some(protocol);
        start = Start::NextMessage;
        bytes = bytes.get(used.max(1)..).unwrap_or_default();
    }
    (known, told)
}

/// The same of an answer in one datagram: only the protocol that was asked for is looked for.
fn read_datagram(
    question: Question,
    bytes: &[u8],
    sender: SocketAddr,
) -> (Option<Protocol>, Vec<(About, Fact)>) {
    let asked = match question {
        Question::DnsVersion => Protocol::Dns,
        Question::MdnsServices => Protocol::Mdns,
        Question::SsdpSearch => Protocol::Ssdp,
        Question::WsDiscoveryProbe => Protocol::WsDiscovery,
        Question::NtpTime => Protocol::Ntp,
        // Of a walk, the first of its answers.
        Question::SnmpSystem | Question::Snmp3System | Question::SwitchTables | Question::Snmp3Tables => {
            Protocol::Snmp
        }
        Question::BacnetDevice => Protocol::Bacnet,
        _ => return (None, Vec::new()),
    };
    let receiver = SocketAddr::from((Ipv4Addr::UNSPECIFIED, OUR_PORT));
    let datagram = Datagram { payload: bytes, sender, receiver };
    let mut facts = Facts::default();
    let dissector = DATAGRAM_DISSECTORS.iter().find(|one| one.protocol == asked);
    match dissector.and_then(|one| (one.dissect)(&datagram, &mut facts)) {
        Some(Role::Server) => (Some(asked), facts.drain().collect()),
        // A rejection tells nothing but that it was understood as a request.
        Some(Role::Unknown) if asked == Protocol::Bacnet => (Some(asked), Vec::new()),
        _ => (None, Vec::new()),
    }
}

/// The first dissector that understands, and how many bytes are done with.
fn ask_all(
    half: &Half<'_>,
    known: Option<Protocol>,
    told: &mut Vec<(About, Fact)>,
) -> Option<(Protocol, usize)> {
    let mut facts = Facts::default();
    for dissector in STREAM_DISSECTORS.iter().filter(|one| known.is_none_or(|known| one.protocol == known)) {
        match (dissector.dissect)(half, &mut facts) {
            // No more is to come: who would want more of it, to be sure, is not the one.
            Verdict::NotThis | Verdict::More { .. } => drop(facts.drain()),
            Verdict::Message { used, .. } => {
                told.extend(facts.drain());
                return Some((dissector.protocol, used));
            }
            Verdict::Finished { .. } => {
                told.extend(facts.drain());
                return Some((dissector.protocol, half.bytes.len()));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn exchange(port: u16, question: Question) -> Exchange {
        Exchange {
            asset: "A-1".to_owned(),
            ip: [10, 1, 2, 3].into(),
            port,
            question,
            seen: true,
            clinical: false,
            cards: Vec::new(),
            reason: String::new(),
            packets: question.packets(),
            called: String::new(),
            net: None,
        }
    }

    fn told(port: u16, question: Question, bytes: &[u8]) -> Vec<String> {
        let all = observations(&exchange(port, question), bytes, Timestamp::EPOCH, 1);
        all.iter().map(|it| format!("{} {} {}", it.subject, it.fact.kind().code(), it.fact.value())).collect()
    }

    #[test]
    fn a_banner_names_software_and_confirms_the_service() {
        let told = told(22, Question::Banner, b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n");
        assert!(
            told.iter().any(|line| line.starts_with("10.1.2.3:22/tcp ssh.banner OpenSSH_9.2p1")),
            "{told:?}"
        );
        assert!(told.contains(&"10.1.2.3:22/tcp scan.open ssh".to_owned()), "{told:?}");
    }

    #[test]
    fn each_greeting_is_told_as_its_own_protocol() {
        let greetings: [(u16, &[u8], &str); 5] = [
            (21, b"220 (vsFTPd 3.0.3)\r\n", "ftp"),
            (2121, b"220 ProFTPD Server (Debian) [::ffff:10.0.0.2]\r\n", "ftp"),
            (25, b"220 mail.example.org ESMTP Postfix (Debian/GNU)\r\n", "smtp"),
            (143, b"* OK [CAPABILITY IMAP4rev1 STARTTLS] Dovecot (Debian) ready.\r\n", "imap"),
            (110, b"+OK Dovecot (Debian) ready.\r\n", "pop3"),
        ];
        for (port, greeting, protocol) in greetings {
            let told = told(port, Question::Banner, greeting);
            assert!(
                told.iter().any(|line| line.ends_with(&format!("scan.open {protocol}"))),
                "{port}: {told:?}"
            );
        }
    }

    #[test]
    fn a_head_names_the_server() {
        let answer = b"HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nSet-Cookie: id=patient42\r\n\r\n";
        let told = told(80, Question::HttpHead, answer);
        assert!(told.iter().any(|line| line.contains("nginx/1.22.1")), "{told:?}");
        assert!(!told.iter().any(|line| line.contains("patient42")), "{told:?}");
    }

    #[test]
    fn what_is_heard_inside_tls_is_read_as_http_alone() {
        let told = |bytes: &[u8]| {
            let all = observations_inside(&exchange(443, Question::HttpsHead), bytes, Timestamp::EPOCH, 1);
            all.iter().map(|it| format!("{} {}", it.subject, it.fact.value())).collect::<Vec<_>>()
        };
        let answer =
            b"HTTP/1.1 302 Found\r\nServer: nginx/1.22.1\r\nLocation: /patient42\r\nSet-Cookie: id=7\r\n\r\n";
        assert_eq!(told(answer), ["10.1.2.3:443/tcp nginx/1.22.1"]);
        for other in [b"SSH-2.0-OpenSSH_9.2p1\r\n".as_slice(), b"220 (vsFTPd 3.0.3)\r\n", b""] {
            assert!(told(other).is_empty());
        }
    }

    #[test]
    fn a_negotiation_names_dialect_and_signing() {
        let header = [b"\xfeSMB\x40\0\0\0\0\0\0\0\0\0\x01\0\x01".as_slice(), &[0; 47]].concat();
        let message = [header.as_slice(), &[65, 0, 3, 0, 0x11, 3], &[0; 59]].concat();
        let answer = [&[0, 0, 0, 129], message.as_slice()].concat();
        let told = told(445, Question::SmbNegotiate, &answer);
        for line in ["smb.dialect 3.1.1", "smb.signing required", "scan.open smb"] {
            assert!(told.contains(&format!("10.1.2.3:445/tcp {line}")), "{told:?}");
        }
    }

    #[test]
    fn one_byte_confirms_postgresql_at_any_port() {
        for answer in [b"S", b"N"] {
            assert_eq!(told(5433, Question::PostgresTls, answer), ["10.1.2.3:5433/tcp scan.open postgresql"]);
        }
    }

    proptest! {
        #[test]
        fn any_answer_is_read_without_panic(bytes: Vec<u8>, port: u16) {
            for question in Question::ALL {
                let _ = told(port, *question, &bytes);
                let _ = observations_inside(&exchange(port, *question), &bytes, Timestamp::EPOCH, 1);
            }
        }
    }
}
