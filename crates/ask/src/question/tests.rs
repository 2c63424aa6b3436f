//! What is said for each question (P6).

use wardround_model::Protocol;

use super::*;
use crate::community::Community;
use crate::shell;

const fn to(port: u16) -> Addressed<'static> {
    Addressed { ip: Ipv4Addr::new(10, 1, 2, 3), port, plan: "p", called: "" }
}

#[test]
fn p6_each_question_is_one_native_request_or_none() {
    assert!(Question::Banner.opening(to(22), None).is_empty());
    let head = String::from_utf8(Question::HttpHead.opening(to(80), None)).unwrap();
    assert!(head.starts_with("HEAD / HTTP/1.1\r\nHost: 10.1.2.3:80\r\n") && head.ends_with("\r\n\r\n"));
    assert_eq!(head.matches("HTTP/1.1").count(), 1);
    let community: Community = "x".repeat(64).parse().unwrap();
    for question in Question::ALL {
        let has_own = question.is_taken_slowly()
            || question.is_walk()
            || matches!(question, Question::LinuxRead | Question::DirectoryRead);
        assert!(question.packets() <= question.ceiling() && has_own != (question.ceiling() == MOST_PACKETS));
        let sent = question.opening(to(443), Some(&community));
        // One request in one segment that every stack has room for.
        assert!(sent.len() <= 536, "{question:?} {}", sent.len());
        assert_eq!(sent, question.opening(to(443), Some(&community)), "the same plan says the same bytes");
        assert_eq!(Question::from_code(question.code()), Some(*question));
    }
}

#[test]
fn p6_inside_tls_the_same_is_said_as_to_a_page_without_it() {
    for question in Question::ALL {
        let inside = question.inside(to(443));
        let plain = match question {
            Question::HttpsHead => Some(Question::HttpHead),
            Question::FhirMetadataTls => Some(Question::FhirMetadata),
            _ => None,
        };
        let expected = plain.map(|plain| plain.opening(to(443), None));
        assert_eq!(inside, expected, "{question:?}");
    }
    let hello = Question::TlsHello.opening(to(443), None);
    assert_eq!(Question::HttpsHead.opening(to(443), None), hello, "old servers tell as much");
}

#[test]
fn p6_without_a_community_nothing_is_said_to_snmp() {
    for question in Question::ALL.iter().filter(|question| question.needs_community()) {
        assert!(question.opening(to(161), None).is_empty());
    }
}

#[test]
fn p6_the_session_service_of_netbios_is_not_asked() {
    let expected = |port| Question::expected(Transport::Tcp, port, Some(Protocol::Smb));
    assert_eq!((expected(139), expected(445)), (None, Some(Question::SmbNegotiate)));
}

#[test]
fn p6_a_service_that_expects_no_question_of_ours_gets_none() {
    use Transport::{Tcp, Udp};
    for (transport, port, heard) in [
        (Tcp, 80, Some(Protocol::RawPrint)),
        (Tcp, 443, Some(Protocol::Dicom)),
        (Tcp, 4000, None),
        (Udp, 4000, None),
        (Udp, 162, Some(Protocol::Snmp)),
        (Udp, 5353, Some(Protocol::Mdns)),
        (Udp, 47808, Some(Protocol::Bacnet)),
    ] {
        assert_eq!(Question::expected(transport, port, heard), None, "{port}");
    }
    let tls = |port| Question::expected(Tcp, port, Some(Protocol::Tls));
    assert_eq!((tls(4000), tls(993)), (Some(Question::TlsHello), Some(Question::TlsHello)));
    assert_eq!((tls(443), Question::expected(Tcp, 8443, None)), (Some(Question::HttpsHead), tls(443)));
}

#[test]
fn our_name_is_said_to_ssh_after_the_servers_alone() {
    let greeting = b"SSH-2.0-OpenSSH_9.2\r\n";
    assert!(Question::SshHello.opening(to(22), None).is_empty() && Question::SshHello.reply(b"").is_none());
    assert_eq!(Question::SshHello.reply(greeting), Some(shell::IDENTIFICATION));
    assert_eq!(Question::Banner.reply(greeting), None);
    assert_eq!(Question::SshHello.farewell(b"220 ftp\r\n"), b"");
}
