//! Logs written by hand in the formats of Zeek 6 and Suricata 7, with canaries in every field that may name somebody.

use wardround_model::{Protocol, RolesKnownBy, SourceKind};

use crate::Imported;
use crate::told::{errors, facts, file};

/// What must never be kept.
const CANARIES: [&str; 8] = [
    "mustermann",
    "canary-query",
    "canary-uri",
    "canary-password",
    "canary-user",
    "canary-file",
    "canary-cookie",
    "canary-mail",
];

fn read(name: &str, text: &str) -> Imported {
    let imported = file(name, text.as_bytes()).unwrap();
    let told = format!("{imported:?}").to_lowercase();
    for canary in CANARIES {
        assert!(!told.contains(canary), "{canary} in {told}");
    }
    imported
}

/// A log of Zeek's own format: its path, fields and rows.
fn log(path: &str, fields: &str, rows: &[&str]) -> String {
    let head = format!(
        "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\t{path}\n"
    );
    let fields = format!("#fields\t{}\n#types\tx\n", fields.replace(' ', "\t"));
    let rows: String = rows.iter().map(|row| row.replace('|', "\t") + "\n").collect();
    head + &fields + &rows + "#close\t2026-11-23-09-00-00\n"
}

const CONN: &str = "ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state history \
    orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes orig_l2_addr";

fn talks(imported: &Imported) -> Vec<String> {
    let line = |it: &wardround_model::Conversation| {
        format!(
            "{} > {} {:?} {:?} x{}+{} {}/{} {}/{} {}..{}",
            it.client,
            it.server,
            it.protocol,
            it.roles,
            it.connections,
            it.already_open,
            it.to_server.packets,
            it.to_server.bytes,
            it.to_client.packets,
            it.to_client.bytes,
            it.first.at,
            it.last
        )
    };
    imported.conversations.iter().map(line).collect()
}

#[test]
fn connections_of_zeek_become_conversations() {
    let text = log(
        "conn",
        CONN,
        &[
            "1795420800.000000|C1|10.20.1.5|50001|10.20.3.7|443|tcp|ssl|1.5|500|4000|SF|ShADadFf|10|1000|12|4600|00:1b:2c:03:4e:5f",
            "1795420900.250000|C2|10.20.1.5|50002|10.20.3.7|443|tcp|-|0.5|100|200|SF|ShADadFf|5|400|5|500|-",
            "1795420700.000000|C3|10.20.1.9|40000|10.20.3.8|104|tcp|-|9.0|700|90|OTH|DadA|7|1000|7|400|-",
            "1795420800.000000|C4|10.20.1.9|5353|224.0.0.251|5353|udp|dns|-|-|-|S0|D|1|128|0|0|-",
            "1795420990.000000|C5|10.20.1.9|5353|224.0.0.251|5353|udp|dns|-|-|-|S0|D|1|128|0|0|-",
            "1795420800.000000|C6|10.20.1.9|8|10.20.3.8|0|icmp|-|-|-|-|OTH|-|1|84|1|84|-",
        ],
    );
    let imported = read("conn.log", &text);
    assert_eq!((imported.kind, imported.rows, errors(&imported)), (SourceKind::Zeek, 6, vec![]));
    assert_eq!(
        talks(&imported),
        [
            "10.20.1.5 > 10.20.3.7:443/tcp Some(Tls) Protocol x2+0 15/600 17/4200 2026-11-23T08:00:00Z..2026-11-23T08:01:40.75Z",
            "10.20.1.9 > 10.20.3.8:104/tcp None Ports x1+1 7/700 7/90 2026-11-23T07:58:20Z..2026-11-23T07:58:29Z",
            "10.20.1.9 > 224.0.0.251:5353/udp Some(Mdns) Protocol x1+0 2/200 0/0 2026-11-23T08:00:00Z..2026-11-23T08:03:10Z",
        ]
    );
    assert_eq!(facts(&imported), ["00:1b:2c:03:4e:5f address.sends-from 10.20.1.5"]);
    assert_eq!(
        imported.observed_at.to_string(),
        "2026-11-23T08:03:10Z",
        "the latest row is the day that it tells of"
    );
}

/// A log tells a beginning and an end: it was there all the time between.
#[test]
fn a_connection_was_active_from_its_beginning_to_its_end() {
    let text = log(
        "conn",
        CONN,
        &[
            "1795420800.000000|C1|10.20.1.5|50001|10.20.3.7|443|tcp|ssl|7500|500|4000|SF|ShADadFf|10|1000|12|4600|-",
            "1795510800.000000|C2|10.20.1.5|50002|10.20.3.7|443|tcp|-|0.5|100|200|SF|ShADadFf|5|400|5|500|-",
        ],
    );
    let imported = read("conn.log", &text);
    let [talk] = imported.conversations.as_slice() else { panic!("{:?}", imported.conversations) };
    assert_eq!(talk.active.to_string(), "Mon 08:00-11:00, Tue 09:00-10:00");
    let flow = r#"{"timestamp":"2026-11-23T11:00:00.0+0000","event_type":"flow","src_ip":"10.20.1.5","src_port":50001,"dest_ip":"10.20.3.7","dest_port":443,"proto":"TCP","flow":{"pkts_toserver":5,"pkts_toclient":5,"bytes_toserver":500,"bytes_toclient":500,"start":"2026-11-23T08:59:00.0+0000","end":"2026-11-23T10:01:00.0+0000"}}
"#;
    let imported = read("eve.json", flow);
    let [talk] = imported.conversations.as_slice() else { panic!("{:?}", imported.conversations) };
    assert_eq!(talk.active.to_string(), "Mon 08:00-11:00");
}

#[test]
fn lines_of_json_say_the_same_as_tabs() {
    let tabs = log(
        "conn",
        CONN,
        &["1795420800.5|C1|10.20.1.5|50001|10.20.3.7|22|tcp|ssh|1.5|500|4000|SF|ShADadFf|10|1000|12|4600|-"],
    );
    let json = r#"{"ts":1795420800.5,"uid":"C1","id.orig_h":"10.20.1.5","id.orig_p":50001,"id.resp_h":"10.20.3.7","id.resp_p":22,"proto":"tcp","service":"ssh","duration":1.5,"orig_bytes":500,"resp_bytes":4000,"conn_state":"SF","history":"ShADadFf","orig_pkts":10,"resp_pkts":12}
"#;
    let iso = json.replace("1795420800.5", "\"2026-11-23T08:00:00.500000Z\"");
    let expected = talks(&read("conn.log", &tabs));
    assert_eq!(expected.len(), 1);
    assert_eq!(talks(&read("conn.2026-11-23.json", json)), expected);
    assert_eq!(talks(&read("anything.json", &iso)), expected);
}

#[test]
fn software_and_names_are_kept_and_people_are_not() {
    let text = [
        log("dhcp", "ts uids client_addr server_addr mac host_name client_fqdn domain assigned_addr msg_types", &[
            "1795420800.1|C1|-|10.20.3.1|00:1b:2c:03:4e:5f|mustermann-ct-2|-|mustermann.example|10.20.3.7|DISCOVER,OFFER,REQUEST,ACK",
            "1795420800.2|C2|-|10.20.3.1|00:1b:2c:03:4e:60|-|-|-|10.20.3.8|DISCOVER,OFFER",
        ]),
        log("ssh", "ts uid id.orig_h id.orig_p id.resp_h id.resp_p client server", &[
            "1795420800.3|C3|10.20.1.5|40184|10.20.3.7|41644|SSH-2.0-OpenSSH_6.6|SSH-1.99-Cisco-1.25",
        ]),
        log("http", "ts uid id.orig_h id.orig_p id.resp_h id.resp_p trans_depth host uri referrer user_agent username password", &[
            "1795420800.4|C4|10.20.1.5|40185|10.20.3.7|80|1|canary-query.example|/canary-uri?pid=mustermann|-|curl/7.88.1|canary-user|canary-password",
        ]),
        log("ntlm", "ts uid id.orig_h id.orig_p id.resp_h id.resp_p username hostname domainname server_nb_computer_name", &[
            "1795420800.5|C5|10.20.1.5|40186|10.20.3.9|445|canary-user|MUSTERMANN-PC|WARD|PACS01",
        ]),
        log("snmp", "ts uid id.orig_h id.orig_p id.resp_h id.resp_p version community get_responses display_string", &[
            "1795420800.6|C6|10.20.1.5|40187|10.20.3.10|161|2c|public|3|HP LaserJet M507",
            "1795420800.6|C7|10.20.1.5|40188|10.20.3.11|161|2c|canary-password|3|-",
            "1795420800.6|C8|10.20.1.5|40189|10.20.3.12|161|1|public|0|-",
        ]),
        log("dns", "ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto query answers", &[
            "1795420800.7|C9|10.20.1.5|40190|10.20.3.1|53|udp|canary-query.example|10.9.9.9",
        ]),
        log("smb_files", "ts uid id.orig_h id.orig_p id.resp_h id.resp_p action path name", &[
            "1795420800.7|C9|10.20.1.5|40190|10.20.3.1|445|SMB::FILE_OPEN|\\\\x\\canary-file|mustermann.doc",
        ]),
        log("rdp", "ts uid id.orig_h id.orig_p id.resp_h id.resp_p cookie client_name", &[
            "1795420800.7|C9|10.20.1.5|40190|10.20.3.1|3389|canary-user|MUSTERMANN-PC",
        ]),
        log("kerberos", "ts uid id.orig_h id.orig_p id.resp_h id.resp_p client service", &[
            "1795420800.7|C9|10.20.1.5|40190|10.20.3.1|88|canary-user/WARD|krbtgt/WARD",
        ]),
        log("software", "ts host host_p software_type name unparsed_version", &[
            "1795420800.8|10.20.3.7|8080|HTTP::SERVER|nginx|nginx/1.18.0",
            "1795420800.8|10.20.1.6|-|SSH::CLIENT|OpenSSH|OpenSSH_9.2p1",
        ]),
        log("known_services", "ts host port_num port_proto service", &["1795420800.9|10.20.3.7|502|tcp|MODBUS"]),
    ]
    .concat();
    let imported = read("all.log", &text);
    assert_eq!(errors(&imported), Vec::<String>::new());
    assert_eq!(
        facts(&imported),
        [
            "00:1b:2c:03:4e:5f address.owns 10.20.3.7",
            "00:1b:2c:03:4e:5f dhcp.host-name *-ct-2",
            "10.20.1.5 http.user-agent curl/7.88.1",
            "10.20.1.5 ssh.client-banner OpenSSH_6.6",
            "10.20.1.6 ssh.client-banner OpenSSH_9.2p1",
            "10.20.3.10:161/udp snmp.default-community public",
            "10.20.3.10:161/udp snmp.system-description HP LaserJet M507",
            "10.20.3.10:161/udp snmp.version 2c",
            "10.20.3.11:161/udp snmp.version 2c",
            "10.20.3.7:41644/tcp ssh.banner Cisco-1.25",
            "10.20.3.7:502/tcp scan.open modbus",
            "10.20.3.7:80/tcp login.clear-text http-basic",
            "10.20.3.7:8080/tcp http.server nginx/1.18.0",
            "10.20.3.9 ntlm.computer PACS01",
        ]
    );
}

#[test]
fn a_certificate_finds_its_server_in_the_same_file() {
    let text = [
        log("ssl", "ts uid id.orig_h id.orig_p id.resp_h id.resp_p version cipher server_name cert_chain_fps", &[
            "1795420800.1|C1|10.20.1.5|40000|10.20.3.7|443|TLSv10|TLS_RSA_WITH_RC4_128_MD5|canary-query.example|aa,bb",
            "1795420800.1|C2|10.20.1.5|40001|10.20.3.7|5061|DTLSv12|TLS_RSA_WITH_AES_128_CBC_SHA|-|-",
        ]),
        log("x509", "ts fingerprint certificate.subject certificate.issuer certificate.not_valid_before certificate.not_valid_after certificate.key_type certificate.key_length certificate.sig_alg", &[
            "1795420800.2|aa|CN=pacs,O=Mustermann,emailAddress=canary-mail@example.org|CN=CA\\, one,O=Hospital CA|1700000000.000000|1800000000.000000|rsa|1024|md5WithRSAEncryption",
            "1795420800.2|bb|CN=Mustermann|CN=Mustermann|1700000000.0|1800000000.0|rsa|2048|sha256WithRSAEncryption",
        ]),
    ]
    .concat();
    assert_eq!(
        facts(&read("tls.log", &text)),
        [
            "10.20.3.7:443/tcp tls.certificate-issuer Hospital *",
            "10.20.3.7:443/tcp tls.certificate-key rsa-1024",
            "10.20.3.7:443/tcp tls.certificate-not-after 2027-01-15T08:00:00Z",
            "10.20.3.7:443/tcp tls.certificate-not-before 2023-11-14T22:13:20Z",
            "10.20.3.7:443/tcp tls.certificate-self-signed no",
            "10.20.3.7:443/tcp tls.certificate-signature md5-rsa",
            "10.20.3.7:443/tcp tls.certificate-subject pacs",
            "10.20.3.7:443/tcp tls.cipher 0004",
            "10.20.3.7:443/tcp tls.version 1.0",
        ]
    );
}

#[test]
fn plant_tells_what_devices_did_and_routers_of_bacnet_are_not_taken_for_devices() {
    let discovery = "ts uid id.orig_h id.orig_p id.resp_h id.resp_p is_orig source_h source_p pdu_service object_type instance_number vendor";
    let property = "ts uid source_h source_p pdu_service object_type instance_number property value";
    let text = [
        log("modbus", "ts uid id.orig_h id.orig_p id.resp_h id.resp_p func pdu_type exception", &[
            "1795420800.1|C1|10.20.1.5|40000|10.20.5.7|502|READ_COILS|REQ|-",
            "1795420800.1|C1|10.20.1.5|40000|10.20.5.8|502|READ_COILS|RESP|ILLEGAL_FUNCTION",
            "1795420800.1|C1|10.20.1.5|40000|10.20.5.9|502|WRITE_SINGLE_COIL|RESP|-",
            "1795420800.1|C1|10.20.1.5|40000|10.20.5.9|502|READ_EXCEPTION_STATUS|RESP|-",
        ]),
        log("bacnet", "ts uid source_h source_p pdu_type pdu_service", &[
            "1795420800.2|C2|10.20.5.20|47808|COMPLEX_ACK|read_property",
            "1795420800.2|C2|10.20.5.21|47808|CONFIRMED_REQUEST|read_property",
        ]),
        log("bacnet_discovery", discovery, &[
            "1795420800.3|C3|10.20.5.20|47808|10.20.5.255|47808|T|10.20.5.20|47808|i-am|device|4711|Sauter",
            "1795420800.3|C3|10.20.5.22|47808|10.20.5.255|47808|T|10.20.5.22|47808|i-am|device|1|x",
            "1795420800.3|C3|10.20.5.22|47808|10.20.5.255|47808|T|10.20.5.22|47808|i-am|device|2|x",
        ]),
        log("bacnet_property", property, &[
            "1795420800.4|C4|10.20.5.20|47808|read-property-ack|device|4711|model-name|EY-RC 504",
            "1795420800.4|C4|10.20.5.20|47808|read-property-ack|device|4711|description|Room of Mustermann",
        ]),
    ]
    .concat();
    assert_eq!(
        facts(&read("plant.log", &text)),
        [
            "10.20.5.20:47808/udp bacnet.answers read",
            "10.20.5.20:47808/udp bacnet.device 4711",
            "10.20.5.20:47808/udp bacnet.model EY-RC 504",
            "10.20.5.9:502/tcp modbus.answers write",
        ]
    );
}

#[test]
fn events_of_suricata_become_conversations_and_facts() {
    let ends = r#""src_ip":"10.20.1.5","src_port":50001,"dest_ip":"10.20.3.7","dest_port":443,"proto":"TCP""#;
    let event = |kind: &str, rest: &str| {
        format!(
            "{{\"timestamp\":\"2026-11-23T08:00:05.000001+0000\",\"flow_id\":7,\"event_type\":\"{kind}\",{ends},{rest}}}\n"
        )
    };
    let text = [
        event("flow", r#""app_proto":"tls","flow":{"pkts_toserver":10,"pkts_toclient":12,"bytes_toserver":1168,"bytes_toclient":4800,"start":"2026-11-23T08:00:00.000000+0000","end":"2026-11-23T08:00:02.000000+0000","state":"closed"},"tcp":{"tcp_flags":"1b"}"#),
        event("tls", r#""tls":{"version":"TLS 1.2","sni":"canary-query.example","subject":"C=DE, O=Mustermann, CN=pacs","issuerdn":"C=DE, O=Hospital CA, CN=x","notbefore":"2023-11-14T22:13:20","notafter":"2027-01-15T08:00:00"}"#),
        event("http", r#""http":{"hostname":"canary-query.example","url":"/canary-uri","http_user_agent":"curl/7.88.1","server":"nginx/1.18.0","cookie":"canary-cookie"}"#),
        event("ssh", r#""ssh":{"client":{"proto_version":"2.0","software_version":"OpenSSH_9.2p1"},"server":{"proto_version":"2.0","software_version":"dropbear_2012.55"}}"#),
        event("smb", r#""smb":{"id":1,"dialect":"NT LM 0.12","filename":"canary-file","ntlmssp":{"user":"canary-user","host":"MUSTERMANN"}}"#),
        event("dns", r#""dns":{"type":"query","rrname":"canary-query.example"}"#),
        event("alert", r#""alert":{"signature":"canary-query"}"#),
        event("dhcp", r#""dhcp":{"type":"reply","client_mac":"00:1b:2c:03:4e:5f","assigned_ip":"10.20.3.7","dhcp_type":"ack","hostname":"mustermann-ct-2"}"#),
        event("dhcp", r#""dhcp":{"type":"request","client_mac":"00:1b:2c:03:4e:60","assigned_ip":"10.20.3.8","dhcp_type":"request"}"#),
    ]
    .concat();
    let imported = read("eve.json", &text);
    assert_eq!((imported.kind, imported.rows, errors(&imported)), (SourceKind::Eve, 9, vec![]));
    assert_eq!(
        talks(&imported),
        [
            "10.20.1.5 > 10.20.3.7:443/tcp Some(Tls) Protocol x1+0 10/500 12/4000 2026-11-23T08:00:00Z..2026-11-23T08:00:02Z"
        ]
    );
    assert_eq!(
        facts(&imported),
        [
            "00:1b:2c:03:4e:5f address.owns 10.20.3.7",
            "00:1b:2c:03:4e:5f dhcp.host-name *-ct-2",
            "10.20.1.5 http.user-agent curl/7.88.1",
            "10.20.1.5 ssh.client-banner OpenSSH_9.2p1",
            "10.20.3.7:443/tcp http.server nginx/1.18.0",
            "10.20.3.7:443/tcp smb.dialect 1.0",
            "10.20.3.7:443/tcp ssh.banner dropbear_2012.55",
            "10.20.3.7:443/tcp tls.certificate-issuer Hospital *",
            "10.20.3.7:443/tcp tls.certificate-not-after 2027-01-15T08:00:00Z",
            "10.20.3.7:443/tcp tls.certificate-not-before 2023-11-14T22:13:20Z",
            "10.20.3.7:443/tcp tls.certificate-self-signed no",
            "10.20.3.7:443/tcp tls.certificate-subject pacs",
            "10.20.3.7:443/tcp tls.version 1.2",
        ]
    );
}

#[test]
fn damaged_rows_are_told_without_their_text() {
    let text = log(
        "conn",
        CONN,
        &[
            "yesterday|C1|10.20.1.5|50001|10.20.3.7|443|tcp|ssl|1.5|500|4000|SF|ShADadFf|10|1000|12|4600|-",
            "1795420800.0|canary-user",
            "1795420800.0|C1|mustermann|50001|10.20.3.7|443|tcp|ssl|1.5|500|4000|SF|ShADadFf|10|1000|12|4600|-",
        ],
    );
    assert_eq!(
        errors(&read("conn.log", &text)),
        [
            "8 ts: is no moment: seconds since 1970, or RFC 3339",
            "9: has not as many cells as the heading has fields; export it again",
            "10 id: names no two ends: addresses and ports are needed",
        ]
    );
    let cut =
        "{\"timestamp\":\"2026-11-23T08:00:05Z\",\"event_type\":\"dns\",\"dns\":{\"rrname\":\"canary-query\n";
    assert_eq!(
        errors(&read("eve.json", cut)),
        ["1: is no whole object of JSON: it was cut off or damaged; export it again"]
    );
}

#[test]
fn rows_in_another_order_give_the_same() {
    let rows: Vec<String> = (0..40)
        .map(|n| format!("17954208{:02}.0|C{n}|10.20.1.{}|5{n:03}|10.20.3.7|80|tcp|http|1.5|5|4|SF|ShADadFf|1|10|2|60|-", n % 60, n % 3))
        .collect();
    let forwards: Vec<&str> = rows.iter().map(String::as_str).collect();
    let backwards: Vec<&str> = rows.iter().rev().map(String::as_str).collect();
    let (one, other) =
        (read("conn.log", &log("conn", CONN, &forwards)), read("conn.log", &log("conn", CONN, &backwards)));
    assert_eq!(talks(&one), talks(&other));
    assert!(
        one.conversations
            .iter()
            .all(|it| it.protocol == Some(Protocol::Http) && it.roles == RolesKnownBy::Protocol)
    );
}
