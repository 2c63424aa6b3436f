use proptest::prelude::*;

use super::*;
use crate::laws::{Side, Told, heard};

/// As util-linux' `logger` sends it.
const LOGGER: &[u8] = b"<13>1 2026-11-28T02:30:15.664126+00:00 canary-host erika - - [timeQuality tzKnown=\"1\" isSynced=\"0\"] CANARY text";
const AUDIT: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><AuditMessage><EventIdentification EventActionCode=\"R\" \
    EventDateTime=\"2026-11-28T02:30:15\" EventOutcomeIndicator=\"0\"><EventID csd-code=\"110110\" codeSystemName=\"DCM\" \
    originalText=\"Patient Record\"/></EventIdentification><ActiveParticipant UserID=\"CANARY\" UserIsRequestor=\"true\"/>\
    <AuditSourceIdentification AuditSourceID=\"CANARY\"/><ParticipantObjectIdentification ParticipantObjectID=\"CANARY^^^H\" \
    ParticipantObjectTypeCode=\"1\" ParticipantObjectTypeCodeRole=\"1\"><ParticipantObjectName>CANARY</ParticipantObjectName>\
    </ParticipantObjectIdentification></AuditMessage>";

fn datagram(payload: &[u8]) -> (Option<Role>, Vec<String>) {
    heard(dissect, payload, ([10, 1, 4, 40], 40_000), ([10, 1, 3, 5], 514))
}

fn stream(bytes: &[u8], receiver_port: u16, start: Start) -> Told {
    Side { receiver_port, ..Side::new(dissect_stream, bytes, start) }.check()
}

#[test]
fn well_known_programs_are_told_and_no_others() {
    for (message, program) in [
        (&b"<38>1 2026-11-28T02:30:15Z h sshd 812 - - Accepted password for CANARY"[..], Some("sshd")),
        (b"<38>Nov 28 02:30:15 canary sshd[812]: Accepted password for CANARY", Some("sshd")),
        (b"<22>2026-11-28T02:30:15.1+01:00 canary postfix/smtpd[9]: CANARY", Some("postfix")),
        (b"<86>Nov  8 02:30:15 canary sudo(pam_unix)[9]: CANARY", Some("sudo")),
        (b"<5>Nov 28 02:30:15 kernel: CANARY", Some("kernel")),
        (
            b"<14>1 2026-11-28T02:30:15Z h Microsoft-Windows-Security-Auditing 4 - [a b=\"x\\]y\"][c d=\"e\"] CANARY",
            Some("Microsoft-Windows"),
        ),
        (b"<189>29: *Mar  1 18:46:11: %SYS-5-CONFIG_I: Configured from console by CANARY", Some("Cisco-IOS")),
        (b"<166>Nov 28 2026 02:30:15: %ASA-6-302013: Built outbound TCP connection CANARY", Some("Cisco-ASA")),
        (b"<165>Apr  5 12:56:51 canary: Hello\0", None),
        (b"<13>Nov 28 02:30:15 sshd canary: CANARY", None),
        (b"<13>disk is 100%-5-CANARY: full", None),
        (b"<13>\xc3\xa9 CANARY", None),
        (LOGGER, None),
    ] {
        let expected: Vec<_> = program.iter().map(|name| format!("Sender syslog.program={name}")).collect();
        assert_eq!(datagram(message), (Some(Role::Client), expected), "{}", String::from_utf8_lossy(message));
    }
}

/// Recorded from rsyslog 8.2302, logger of util-linux 2.38 and Python 3.11.
#[test]
fn real_senders_are_read() {
    for (message, program) in [
        (
            &b"<13>1 2026-11-28T02:29:21.333983+00:00 vm sshd - - [timeQuality tzKnown=\"1\" isSynced=\"0\"] text one"[..],
            "sshd",
        ),
        (b"<13>Nov 28 02:29:21 vm sshd: text two", "sshd"),
        (b"<13>Nov 28 02:29:21 vm sudo[19130]: text five", "sudo"),
        (b"<12>sudo: python text 2\0", "sudo"),
    ] {
        assert_eq!(datagram(message), (Some(Role::Client), vec![format!("Sender syslog.program={program}")]));
    }
    let counted = b"68 <13>1 2026-11-28T02:29:21.340973+00:00 vm sudo 19130 - -  text five\n\
        61 <13>1 2026-11-28T02:29:21.343633+00:00 vm su - - -  text six\n";
    let both = "Sender syslog.program=sudo\nSender syslog.program=su\n";
    assert_eq!(stream(counted, 514, Start::Opening).lines(), both);
    let lines = b"<13>Nov 28 02:29:21 vm sudo[19130]: text five\n<13>Nov 28 02:29:21 vm su: text six\n";
    assert_eq!(stream(lines, 1514, Start::Opening).lines(), both);
}

#[test]
fn what_is_no_message_is_none() {
    for other in [
        &b""[..],
        b"<",
        b"<13>",
        b"<13>   ",
        b"<192>1 - h a p m - text",
        b"<013>text",
        b"<1a>text",
        b"text without a priority",
        b"<13>\x01\x02\x03",
        b"1022\0root\0root\0sh\0",
    ] {
        assert_eq!(datagram(other), (None, vec![]), "{other:?}");
        assert_eq!(stream(other, 514, Start::Opening), Told::default(), "{other:?}");
    }
    let to_nobody = heard(dissect, LOGGER, ([10, 1, 3, 5], 514), ([10, 1, 4, 40], 40_000));
    assert_eq!(to_nobody, (None, vec![]));
}

#[test]
fn an_audit_message_tells_its_kind_and_that_a_patient_is_named() {
    let clear = ["Sender audit.event=patient-record", "ReceiverService audit.clear-text=syslog"];
    for header in [
        "<85>1 2026-11-28T02:30:15Z h OHT 1 IHE+RFC-3881 - ",
        "<85>1 2026-11-28T02:30:15Z h OHT 1 m - \u{feff}",
        "<85>Nov 28 02:30:15 h OHT: ",
    ] {
        let message = format!("{header}{AUDIT}");
        assert_eq!(datagram(message.as_bytes()).1, clear.map(str::to_owned), "{header}");
        let counted = format!("{} {message}", message.len());
        assert_eq!(stream(counted.as_bytes(), 514, Start::Opening).facts.len(), 2);
    }
    let rfc3881 = AUDIT.replace("csd-code", "code").replace("110110", "110112").replace('"', "'");
    let message = format!("<85>1 - h a - - - {rfc3881}");
    assert_eq!(datagram(message.as_bytes()).1.first().map(String::as_str), Some("Sender audit.event=query"));
    let unknown = message.replace("110112", "CANARY");
    assert_eq!(datagram(unknown.as_bytes()).1.first().map(String::as_str), Some("Sender audit.event=other"));
}

/// Written by the library atna-audit 1.0.1 of Node.js, which sends it as it is over UDP, and behind its length over TCP.
const QUERY: &str = "<85>1 2026-11-28T03:22:25.309Z vm atna-audit.js 5303 IHE+RFC-3881 - <?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <AuditMessage>\n\t<EventIdentification EventActionCode=\"R\" EventDateTime=\"1970-01-01T00:00:00.000Z\" EventOutcomeIndicator=\"0\">\n\
    \t\t<EventID csd-code=\"110112\" originalText=\"x\" codeSystemName=\"DCM\"/>\n\t</EventIdentification>\n\
    \t<ActiveParticipant UserID=\"CANARY\" AlternativeUserID=\"\" UserIsRequestor=\"true\" NetworkAccessPointID=\"h\" \
    NetworkAccessPointTypeCode=\"1\">\n\t</ActiveParticipant>\n\t<AuditSourceIdentification AuditEnterpriseSiteID=\"\" \
    AuditSourceID=\"CANARY\" code=\"4\" codeSystemName=\"\" originalText=\"\"/>\n\t<ParticipantObjectIdentification \
    ParticipantObjectID=\"CANARY^^^H\" ParticipantObjectTypeCode=\"1\" ParticipantObjectTypeCodeRole=\"1\">\n\
    \t\t<ParticipantObjectIDTypeCode csd-code=\"2\" originalText=\"PatientNumber\" codeSystemName=\"RFC-3881\"/>\n\
    \t\t<ParticipantObjectName>CANARY</ParticipantObjectName>\n\t</ParticipantObjectIdentification>\n</AuditMessage>";

#[test]
fn a_real_sender_of_audit_messages_is_read() {
    let clear = ["Sender audit.event=query", "ReceiverService audit.clear-text=syslog"];
    assert_eq!(datagram(QUERY.as_bytes()), (Some(Role::Client), clear.map(str::to_owned).to_vec()));
    let counted = format!("{} {QUERY}", QUERY.len());
    let told = stream(counted.as_bytes(), 40_000, Start::Opening);
    assert_eq!(told.lines(), format!("{}\n{}\n", clear[0], clear[1]));
}

#[test]
fn an_audit_message_without_a_patient_is_not_clear_text_of_one() {
    let header = "<85>1 2026-11-28T02:30:15Z h a 1 m - ";
    for (audit, event) in [
        (AUDIT.replace("TypeCodeRole=\"1\"", "TypeCodeRole=\"3\""), Some("patient-record")),
        (AUDIT.replace("TypeCode=\"1\"", "TypeCode=\"2\""), Some("patient-record")),
        (AUDIT.replace("CANARY^^^H", " "), Some("patient-record")),
        (AUDIT.replace("<AuditMessage>", "<AuditMessages>"), None),
        (format!("could not send {}<a>{AUDIT}", "x".repeat(400)), None),
        (format!("<a/>{AUDIT}"), None),
    ] {
        let expected: Vec<_> = event.iter().map(|event| format!("Sender audit.event={event}")).collect();
        assert_eq!(datagram(format!("{header}{audit}").as_bytes()).1, expected, "{audit}");
    }
}

#[test]
fn messages_over_tcp_follow_each_other_by_count_or_line() {
    let program = "Sender syslog.program=cron\n";
    let modern = b"<78>1 2026-11-28T02:30:15Z h cron 1 - - CANARY";
    let lines = [modern, &b"\n  a line more\n\n<78>Nov 28 02:30:15 h cron[1]: CANARY\r\n"[..], modern, b"\0"]
        .concat();
    assert_eq!(stream(&lines, 514, Start::Opening).lines(), program.repeat(3));
    let counted = [b"46 ".as_slice(), modern, b"46 ", modern, b"\n", b"46 ", modern].concat();
    assert_eq!(stream(&counted, 601, Start::Opening).lines(), program.repeat(3));
    assert_eq!(stream(&counted, 601, Start::Opening).roles, [Role::Client; 4]);
    // Elsewhere the newer form alone is believed.
    assert_eq!(stream(&counted, 40_000, Start::Middle).lines(), program.repeat(3));
    assert_eq!(stream(b"<78>Nov 28 02:30:15 h cron[1]: CANARY\n", 40_000, Start::Opening), Told::default());
    assert_eq!(stream(b"220 mail.example ESMTP\r\n", 40_000, Start::Opening), Told::default());
    assert_eq!(stream(b"12 <HEL.R01>", 514, Start::Opening), Told::default());
}

#[test]
fn of_a_long_message_the_beginning_is_read() {
    let header = b"<78>1 2026-11-28T02:30:15Z h cron 1 - - ";
    let long = [header.as_slice(), &vec![b'x'; 40_000]].concat();
    let counted = [format!("{} ", long.len()).as_bytes(), &long, b"11 <78>cron: a"].concat();
    let read = |bytes: &[u8]| {
        Side { receiver_port: 514, ..Side::new(dissect_stream, bytes, Start::Opening) }.read(1460)
    };
    assert_eq!(read(&counted).roles.len(), 2);
    let lines = [&long, b"\n<78>cron: a\n".as_slice()].concat();
    assert_eq!(read(&lines).lines(), "Sender syslog.program=cron\n".repeat(2));
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, chunk in 1usize..40) {
        for header in [&b""[..], b"<13>", b"<13>1 2026-11-28T02:30:15Z ", b"<85>1 - - - - - <AuditMessage>"] {
            let all = [header, &bytes].concat();
            datagram(&all);
            Side { receiver_port: 514, ..Side::new(dissect_stream, &all, Start::Opening) }.read(chunk);
        }
    }

    #[test]
    fn nothing_of_a_text_is_told(text in "[ -~]{0,80}", program in "[a-z]{1,12}") {
        let message = format!("<13>1 2026-11-28T02:30:15Z {program} x{program} - - - {text}");
        let (_, facts) = datagram(message.as_bytes());
        let allowed = facts.iter().all(|fact| fact.starts_with("Sender syslog.program=Cisco-"));
        prop_assert!(allowed, "{facts:?}");
    }
}
