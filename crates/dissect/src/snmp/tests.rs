//! Answers built element by element as RFC 3416 and RFC 3412 say; the shape was compared with Net-SNMP's.

use proptest::prelude::*;

use super::*;

/// An element whose length takes one or three bytes.
fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u16::try_from(content.len()).unwrap();
    let length = if length < 128 {
        vec![u8::try_from(length).unwrap()]
    } else {
        [&[0x82], length.to_be_bytes().as_slice()].concat()
    };
    [&[tag], length.as_slice(), &content].concat()
}

fn number(value: u8) -> Vec<u8> {
    element(ber::INTEGER, &[&[value]])
}

fn text(value: &[u8]) -> Vec<u8> {
    element(ber::OCTET_STRING, &[value])
}

fn binding(name: &[u8], value: &[u8]) -> Vec<u8> {
    element(ber::SEQUENCE, &[&element(ber::OBJECT_IDENTIFIER, &[name]), value])
}

fn pdu(kind: u8, bindings: &[&[u8]]) -> Vec<u8> {
    element(kind, &[&number(7), &number(0), &number(0), &element(ber::SEQUENCE, bindings)])
}

fn message(version: u8, community: &[u8], pdu: &[u8]) -> Vec<u8> {
    element(ber::SEQUENCE, &[&number(version), &text(community), pdu])
}

/// A message of version 3; `data` is a scoped PDU or an encrypted one.
fn message_3(data: &[u8]) -> Vec<u8> {
    let header = element(ber::SEQUENCE, &[&number(1), &number(99), &text(&[4]), &number(3)]);
    let security = element(ber::SEQUENCE, &[&text(b"engine"), &number(0), &number(0), &text(b"mustermann")]);
    element(ber::SEQUENCE, &[&number(3), &header, &text(&security), data])
}

fn system(description: &[u8]) -> Vec<u8> {
    let contact = [0x2b, 6, 1, 2, 1, 1, 4, 0];
    let identifier = element(ber::OBJECT_IDENTIFIER, &[&[0x2b, 6, 1, 4, 1, 0xbf, 8, 3, 2, 10]]);
    pdu(
        RESPONSE,
        &[
            &binding(SYS_DESCR, &text(description)),
            &binding(&contact, &text(b"mustermann")),
            &binding(SYS_OBJECT_ID, &identifier),
            &binding(SYS_NAME, &text(b"mustermann-printer")),
        ],
    )
}

fn read(payload: &[u8], from_agent: bool) -> (Option<Role>, String) {
    let (agent, manager) = ("192.0.2.1:161".parse().unwrap(), "192.0.2.2:40000".parse().unwrap());
    let (sender, receiver) = if from_agent { (agent, manager) } else { (manager, agent) };
    let mut facts = Facts::default();
    let role = dissect(&Datagram { payload, sender, receiver }, &mut facts);
    let lines =
        facts.drain().map(|(about, fact)| format!("{about:?} {}={}\n", fact.kind().code(), fact.value()));
    (role, lines.collect())
}

#[test]
fn an_answer_tells_the_system_group_and_a_default_community() {
    let (role, lines) = read(&message(1, b"public", &system(b"HP ETHERNET MULTI-ENVIRONMENT")), true);
    assert_eq!(role, Some(Role::Server));
    assert_eq!(
        lines,
        "SenderService snmp.version=2c\n\
         SenderService snmp.default-community=public\n\
         SenderService snmp.system-description=HP ETHERNET MULTI-ENVIRONMENT\n\
         SenderService snmp.object-id=1.3.6.1.4.1.8072.3.2.10\n\
         SenderService snmp.name=*-printer\n"
    );
}

#[test]
fn other_communities_users_and_contacts_are_not_told() {
    for payload in [
        message(0, b"mustermann", &system(b"x")),
        message(1, b"publicmustermann", &system(b"x")),
        message_3(&element(ber::SEQUENCE, &[&text(b"engine"), &text(b""), &system(b"x")])),
        message_3(&text(b"mustermann")),
    ] {
        let (role, lines) = read(&payload, true);
        assert_eq!(role, Some(Role::Server));
        assert!(lines.starts_with("SenderService snmp.version="), "{lines}");
        assert!(!lines.contains("mustermann") && !lines.contains("community"), "{lines}");
    }
}

#[test]
fn questions_tell_nothing() {
    for kind in [GET_REQUEST, GET_NEXT_REQUEST, SET_REQUEST, GET_BULK_REQUEST] {
        let payload = message(0, b"public", &pdu(kind, &[&binding(SYS_DESCR, &[5, 0])]));
        assert_eq!(read(&payload, false), (Some(Role::Client), String::new()));
    }
    assert_eq!(read(&message_3(&text(b"encrypted")), false), (Some(Role::Client), String::new()));
}

#[test]
fn an_agent_that_notifies_is_the_client_of_who_takes_it() {
    let (agent, manager) = ("192.0.2.1:40000".parse().unwrap(), "192.0.2.2:162".parse().unwrap());
    let encrypted = message_3(&text(b"encrypted"));
    let clear = [TRAP_1, INFORM, TRAP_2].map(|kind| message(1, b"public", &element(kind, &[])));
    for payload in clear.iter().chain([&encrypted]) {
        let mut facts = Facts::default();
        let role = dissect(&Datagram { payload, sender: agent, receiver: manager }, &mut facts);
        assert_eq!((role, facts.list().len()), (Some(Role::Client), 0));
    }
}

#[test]
fn a_report_of_version_3_is_an_answer() {
    let scoped = element(ber::SEQUENCE, &[&text(b"engine"), &text(b""), &pdu(REPORT, &[])]);
    assert_eq!(
        read(&message_3(&scoped), true),
        (Some(Role::Server), "SenderService snmp.version=3\n".to_owned())
    );
}

#[test]
fn host_names_in_descriptions_are_masked() {
    for (description, expected) in [
        ("Linux erika 5.10.0-8-amd64 #1 SMP Debian x86_64", "Linux * 5.10.0-8-amd64 #1 SMP Debian x86_64"),
        ("Linux  erika\t4.4 erika", "Linux * 4.4 *"),
        ("Linux 2.6.32-5 armv5tejl", "Linux 2.6.32-5 armv5tejl"),
        ("Linux 10.1.2.3 4.4.0", "Linux * 4.4.0"),
        ("SunOS erika 5.10 Generic", "SunOS * 5.10 Generic"),
        ("HP-UX erika B.11.11 U 9000/800", "HP-UX * B.11.11 U 9000/800"),
        ("LinuxBox erika", "LinuxBox erika"),
        ("Linux", "Linux"),
        ("", ""),
    ] {
        assert_eq!(without_host_name(description), expected);
    }
}

#[test]
fn an_answer_cut_short_tells_less() {
    let payload = message(1, b"public", &system(b"HP ETHERNET MULTI-ENVIRONMENT"));
    let (_, whole) = read(&payload, true);
    for length in 0..payload.len() {
        let (_, cut) = read(&payload[..length], true);
        assert!(whole.starts_with(&cut), "cut to {length}: {cut}");
    }
}

#[test]
fn other_bytes_are_not_snmp() {
    for payload in
        [b"".as_slice(), b"\x30\x03\x02\x01\x02", b"\x30\x05\x02\x01\x00\x02\x00", b"GET / HTTP/1.1"]
    {
        assert_eq!(read(payload, true).0, None);
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, version in 0u8..4, from_agent: bool) {
        let _ = read(&bytes, from_agent);
        let _ = read(&message(version, b"c", &bytes), from_agent);
        let _ = read(&message_3(&bytes), from_agent);
    }

    #[test]
    fn a_damaged_answer_never_tells_a_contact(place in 0usize..110, value: u8) {
        let mut payload = message(1, b"public", &system(b"x"));
        let place = place % payload.len();
        payload[place] = value;
        // The contact stands between two objects that are told, so only its own name can change into one of theirs.
        let became_another = place_of_name(&payload).is_none();
        let (_, lines) = read(&payload, true);
        prop_assert!(became_another || !lines.contains("=mustermann\n"), "{}", lines);
    }
}

/// Whether the name of sysContact is still whole.
fn place_of_name(payload: &[u8]) -> Option<usize> {
    let contact = [0x2b, 6, 1, 2, 1, 1, 4, 0];
    payload.windows(contact.len()).position(|window| window == contact)
}
