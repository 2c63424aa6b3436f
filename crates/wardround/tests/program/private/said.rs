//! What each protocol says where it may name somebody: seeds of its fuzz target with the name in them, and messages of our own.

use wardround_model::Protocol;

use super::{NAME, name, put, wide};

/// One side's bytes in a connection.
pub(super) enum Said {
    /// A seed of the fuzz targets, with texts that are put in the place of others.
    Seed(&'static str, Vec<(Vec<u8>, Vec<u8>)>),
    /// What follows the seed before it, on the same side.
    Then(Vec<u8>),
    /// Bytes of our own in place of those of a seed, whose side and carrier they have.
    Own(&'static str, Vec<u8>),
}

use Said::{Own, Seed, Then};

fn seed(path: &'static str) -> Said {
    Seed(path, Vec::new())
}

/// A seed with the name where these texts are, as long as they are.
fn named(path: &'static str, old: &[&str]) -> Said {
    Seed(path, old.iter().map(|old| (old.as_bytes().to_vec(), name(old.len()).into())).collect())
}

/// A seed with other texts in the place of some: of protocols that have no lengths.
fn with(path: &'static str, texts: &[(&str, &str)]) -> Said {
    Seed(
        path,
        texts.iter().map(|(old, new)| (old.as_bytes().to_vec(), new.replace("NAME", NAME).into())).collect(),
    )
}

fn own(path: &'static str, text: &str) -> Said {
    Own(path, text.replace("NAME", NAME).into())
}

fn then(text: &str) -> Said {
    Then(text.replace("NAME", NAME).into())
}

/// An element of BER with a short length.
fn ber(tag: u8, inside: &[&[u8]]) -> Vec<u8> {
    let inside = inside.concat();
    assert!(inside.len() < 256);
    let length = u8::try_from(inside.len()).unwrap();
    let head = if length < 128 { vec![tag, length] } else { vec![tag, 0x81, length] };
    [head, inside].concat()
}

fn before<const N: usize>(head: [u8; N], inside: &[u8]) -> Vec<u8> {
    [head.as_slice(), inside].concat()
}

/// A name of NetBIOS: each half of a byte a letter (RFC 1001, 14.1).
fn netbios(text: &str) -> Vec<u8> {
    format!("{text:<15}\0").bytes().flat_map(|byte| [b'A' + (byte >> 4), b'A' + (byte & 15)]).collect()
}

/// What a connection of this protocol says.
pub(super) fn said(protocol: Protocol) -> Vec<Said> {
    match protocol {
        Protocol::Dicom => vec![
            named(
                "dicom/store-client",
                &[
                    "Canaryson^Carla",
                    "Canaryman^Erika",
                    "CanaryClinic",
                    "CanaryInner",
                    "MRN-CANARY-77",
                    "ACC4711CANARY",
                    "Canary protocol",
                ],
            ),
            named("dicom/store-server", &[]),
        ],
        Protocol::Hl7 => vec![
            named("hl7/client", &["Canaryman^Erika", "MRN-40081573", "secret", "Canary"]),
            seed("hl7/server"),
            with("hl7/monitor", &[("Canaryman^Erika", "NAME^NAME"), ("ICU&7", "NAME&NAME")]),
            with(
                "hl7-udp/announced",
                &[("Canaryman^Erika", "NAME^NAME"), ("CANARY NAME", "NAME"), ("CANARY BED", "NAME")],
            ),
            Seed(
                "hl7-udp/wide",
                vec![(wide("Canaryman^Erika"), wide(NAME)), (wide("CANARY NAME"), wide(NAME))],
            ),
        ],
        Protocol::Astm => vec![
            with("astm/one", &[("WBC|7.5", "WBC|NAME"), ("B1234567", "B1234567")]),
            then("\x023P|1||NAME||NAME^NAME||19480902|M\r\x03A0\r\n\x024C|1|I|NAME\r\x03A0\r\n"),
        ],
        Protocol::Poct1a => vec![
            seed("poct1-a/one"),
            then(
                "<OBS.R01><HDR><HDR.control_id V=\"2\"/></HDR><PT><PT.patient_id V=\"NAME\"/><PT.name V=\"NAME\"/></PT><OPR><OPR.operator_id V=\"NAME\"/></OPR><OBS><OBS.value V=\"NAME\"/></OBS></OBS.R01>",
            ),
        ],
        // The label of its bed, and what is measured; the monitor's labels have their bytes the other way round.
        Protocol::Intellivue => {
            let wide: Vec<u8> = name(11).encode_utf16().flat_map(u16::to_be_bytes).collect();
            let bed: Vec<u8> = "ICU 7 ERIKA".encode_utf16().flat_map(u16::to_be_bytes).collect();
            vec![
                Seed("intellivue/announced", vec![(bed.clone(), wide.clone())]),
                Seed("intellivue/created", vec![(bed, wide)]),
                seed("intellivue/asks"),
                named("intellivue/answers", &["ERIKA CANARY"]),
            ]
        }
        Protocol::Tls => {
            vec![named("tls/client-12", &["ct-2.example"]), named("tls/server-12", &["ct-2.example"])]
        }
        // Encrypted with a key that its own head tells: recorded from aioquic.
        Protocol::Quic => vec![seed("quic/named-client")],
        Protocol::Http => vec![
            own(
                "http/request",
                "POST /patients/NAME?name=NAME HTTP/1.1\r\nHost: NAME.example\r\nUser-Agent: NAME/1.0 (NAME)\r\nAuthorization: Basic UXVlbmRlbGJpcm46UXVlbmRlbGJpcm4=\r\nCookie: user=NAME\r\nReferer: http://ct-2/NAME\r\nContent-Length: 23\r\n\r\n{\"n\":\"Quendelbirnfrosc\"}",
            ),
            own(
                "http/document-query",
                "POST /NAME HTTP/1.1\r\nHost: NAME.example\r\nContent-Type: multipart/related; boundary=NAME; start=\"<NAME>\"; start-info=\"application/soap+xml\"; action=\"urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b\"; NAME=NAME\r\nContent-Length: 19\r\n\r\nNAME",
            ),
            own(
                "http/answer",
                "HTTP/1.1 200 OK\r\nServer: Apache/2.4.49\r\nSet-Cookie: NAME\r\nLocation: /NAME\r\nContent-Length: 19\r\n\r\nNAME",
            ),
        ],
        Protocol::Ipp => vec![
            seed("ipp/answer"),
            Own("ipp/request", {
                let value = |tag: u8, key: &str, value: &str| {
                    let length = |text: &str| u16::try_from(text.len()).unwrap().to_be_bytes();
                    [&[tag], length(key).as_slice(), key.as_bytes(), &length(value), value.as_bytes()]
                        .concat()
                };
                let body = [
                    &[2, 0, 0, 2, 0, 0, 0, 1, 1][..],
                    &value(0x47, "attributes-charset", "utf-8"),
                    &value(0x42, "requesting-user-name", NAME),
                    &value(0x42, "job-name", NAME),
                    &[3],
                    NAME.as_bytes(),
                ]
                .concat();
                let head = format!(
                    "POST /ipp/{NAME} HTTP/1.1\r\nContent-Type: application/ipp\r\nContent-Length: {}\r\n\r\n",
                    body.len()
                );
                [head.as_bytes(), &body].concat()
            }),
        ],
        // Names are told behind the exchange of keys alone; the cookie stands for all that is in clear before it.
        Protocol::Ssh => vec![
            seed("ssh/client"),
            Then(before([0, 0, 0, 28, 4, 20], format!("{NAME}{NAME}").get(..26).unwrap().as_bytes())),
            seed("ssh/server"),
        ],
        Protocol::Smb => vec![
            Seed(
                "smb/ntlm1-smb3-client",
                vec![(wide("labuser"), wide(name(7))), (wide("LAB-FS01"), wide(name(8)))],
            ),
            seed("smb/challenge"),
        ],
        Protocol::Rpc => {
            vec![Seed("rpc/client", vec![(b"interfaces".to_vec(), name(10).into())]), seed("rpc/server")]
        }
        Protocol::Rdp => vec![named("rdp/request", &["reader"]), seed("rdp/confirm")],
        Protocol::Vnc => vec![seed("vnc/one"), then("\x01\x02NAMENAME\0\0\0\x13NAME")],
        Protocol::Ldap => vec![named("ldap/login", &["reader", "secret", "example"]), seed("ldap/root")],
        Protocol::Kerberos => vec![Own("kerberos/request", {
            let text = ber(0x1B, &[NAME.as_bytes()]);
            let who = ber(0x30, &[&ber(0xA0, &[&[2, 1, 1]]), &ber(0xA1, &[&ber(0x30, &[&text])])]);
            let etypes = ber(0xA8, &[&ber(0x30, &[&[2, 1, 18], &[2, 1, 23]])]);
            let body = ber(
                0x30,
                &[&[0xA0, 7, 3, 5, 0, 0x40, 0, 0, 0], &ber(0xA1, &[&who]), &ber(0xA2, &[&text]), &etypes],
            );
            ber(0x6A, &[&ber(0x30, &[&[0xA1, 3, 2, 1, 5], &[0xA2, 3, 2, 1, 10], &ber(0xA4, &[&body])])])
        })],
        Protocol::Smtp => vec![
            own(
                "smtp/client",
                "EHLO NAME\r\nAUTH PLAIN AFF1ZW5kZWxiaXJuAFF1ZW5kZWxiaXJu\r\nMAIL FROM:<NAME@example.org>\r\nRCPT TO:<NAME@example.org>\r\nDATA\r\nSubject: NAME\r\n\r\nNAME\r\n.\r\n",
            ),
            own(
                "smtp/server",
                "220 mail.example ESMTP Postfix\r\n250-mail.example Hello NAME\r\n250 AUTH PLAIN\r\n235 NAME\r\n",
            ),
        ],
        Protocol::Imap => vec![
            own("imap/login", "a1 LOGIN NAME NAME\r\na2 SELECT NAME\r\n"),
            seed("imap/server"),
            then("* 1 FETCH (ENVELOPE (\"NAME\"))\r\na1 OK NAME logged in\r\n"),
        ],
        Protocol::Pop3 => vec![
            own("pop3/client", "CAPA\r\nUSER NAME\r\nPASS NAME\r\n"),
            seed("pop3/server"),
            then("+OK NAME\r\n"),
        ],
        Protocol::Sip => vec![with(
            "sip/register",
            &[
                ("<sip:21@pbx>", "\"NAME\" <sip:NAME@pbx>"),
                ("Call-ID: 1@", "Authorization: Digest username=\"NAME\"\r\nCall-ID: NAME@"),
            ],
        )],
        Protocol::Ftp => vec![
            own("ftp/client", "USER NAME\r\nPASS NAME\r\nRETR NAME.pdf\r\nACCT NAME\r\n"),
            seed("ftp/server"),
            then("150 Opening NAME.pdf\r\n"),
        ],
        Protocol::Telnet => vec![
            with("telnet/client", &[("admin", "NAME"), ("secret", "NAME")]),
            seed("telnet/server"),
            then("Last login: NAME\r\nlogin: NAME\r\n"),
        ],
        Protocol::Mqtt => vec![
            Own("mqtt/connect", {
                let text = |text: &str| before([0, u8::try_from(text.len()).unwrap()], text.as_bytes());
                let inside = [
                    &text("MQTT")[..],
                    &[4, 0xC6, 0, 60],
                    &text(NAME),
                    &text(NAME),
                    &text(NAME),
                    &text(NAME),
                    &text(NAME),
                ]
                .concat();
                let publish = [&text(NAME)[..], NAME.as_bytes()].concat();
                [
                    before([0x10, u8::try_from(inside.len()).unwrap()], &inside),
                    before([0x30, u8::try_from(publish.len()).unwrap()], &publish),
                ]
                .concat()
            }),
            seed("mqtt/connack"),
        ],
        Protocol::Rtsp => vec![
            with(
                "rtsp/request",
                &[
                    ("rtsp://camera/", "rtsp://NAME:NAME@camera/NAME"),
                    (
                        "User-Agent: VLC",
                        "Authorization: Basic UXVlbmRlbGJpcm46UXVlbmRlbGJpcm4=\r\nUser-Agent: VLC",
                    ),
                ],
            ),
            seed("rtsp/answer"),
        ],
        Protocol::Mysql => vec![
            seed("mysql/greeting"),
            Own("mysql/client-without-password", {
                let inside = [
                    &[0x85, 0xA2, 0xBF, 0, 0, 0, 0, 1, 0x21][..],
                    &[0; 23],
                    NAME.as_bytes(),
                    &[0, 0],
                    NAME.as_bytes(),
                    b"\0mysql_native_password\0",
                ]
                .concat();
                let query = [b"\x03SELECT * FROM patients WHERE name='", NAME.as_bytes(), b"'"].concat();
                let packet = |number: u8, inside: &[u8]| {
                    before([u8::try_from(inside.len()).unwrap(), 0, 0, number], inside)
                };
                [packet(1, &inside), packet(0, &query)].concat()
            }),
        ],
        Protocol::Postgresql => vec![
            Own("postgresql/startup", {
                let inside = [
                    &[0, 3, 0, 0][..],
                    b"user\0",
                    NAME.as_bytes(),
                    b"\0database\0",
                    NAME.as_bytes(),
                    &[0, 0],
                ]
                .concat();
                let password = [NAME.as_bytes(), &[0]].concat();
                let length = |inside: &[u8]| u32::try_from(inside.len() + 4).unwrap().to_be_bytes();
                [&length(&inside)[..], &inside, b"p", &length(&password), &password].concat()
            }),
            seed("postgresql/trust"),
        ],
        Protocol::Mssql => vec![seed("mssql/one"), Then(before([0x10, 1, 0, 46, 0, 0, 1, 0], &wide(NAME)))],
        Protocol::Redis => vec![
            own(
                "redis/auth",
                "*3\r\n$4\r\nAUTH\r\n$19\r\nNAME\r\n$19\r\nNAME\r\n*3\r\n$3\r\nset\r\n$19\r\nNAME\r\n$19\r\nNAME\r\n",
            ),
            seed("redis/hello-answer"),
            then("$19\r\nNAME\r\n"),
        ],
        // Registers: eight of them are written.
        Protocol::Modbus => vec![
            seed("modbus/client"),
            Then(before([0, 4, 0, 0, 0, 23, 1, 16, 0, 1, 0, 8, 16], name(16).as_bytes())),
            Seed("modbus/server", vec![(b"Room controller".to_vec(), b"Room controller".to_vec())]),
        ],
        // The description of a thing, which people write, and a message in text.
        Protocol::Bacnet => vec![Own("bacnet/several", {
            let inside = before(
                [1, 0, 0x30, 2, 14, 0x0C, 2, 0, 0x12, 0x67, 0x1E, 0x29, 28, 0x4E, 0x75, 20, 0],
                NAME.as_bytes(),
            );
            let model = before([0x4F, 0x29, 70, 0x4E, 0x75, 11, 0], b"EY-RC 504 \x4F\x1F");
            let all = [inside, model].concat();
            before([0x81, 0x0A, 0, u8::try_from(all.len() + 4).unwrap()], &all)
        })],
        // The context that a client makes up.
        Protocol::EthernetIp => vec![Seed("ethernet-ip/one", {
            let head = |context: &[u8]| [&[0x63, 0, 0x3C, 0][..], &[0; 8], context, &[0; 4]].concat();
            vec![(head(&[0; 8]), head(name(8).as_bytes()))]
        })],
        Protocol::S7 => vec![
            seed("s7/module"),
            Then(before(
                [3, 0, 0, 45, 2, 0xF0, 0x80, 0x32, 1, 0, 0, 0, 1, 0, 14, 0, 20],
                format!("{NAME}{NAME}").get(..28).unwrap().as_bytes(),
            )),
        ],
        Protocol::Fox => {
            let names = [(
                "app.name=s:Station",
                "hostName=s:NAME\nhostAddress=s:NAME\nstation.name=s:NAME\napp.name=s:Station",
            )];
            let login = "fox a 1 -1 fox login\n{\nusername=s:NAME\npassword=s:NAME\n};;\n";
            vec![with("fox/one", &names), then(login), with("fox/answer", &names), then(login)]
        }
        Protocol::RawPrint => vec![
            with(
                "raw-print/pjl",
                &[("@PJL JOB", "@PJL JOB NAME=\"NAME\"\r\n@PJL SET USERNAME=\"NAME\"\r\n@PJL COMMENT NAME")],
            ),
            then("NAME\x1b%-12345X@PJL EOJ NAME=\"NAME\"\r\n"),
            with("raw-print/answer", &[("\x0c", "@PJL INFO USERNAME\r\nNAME\r\n\x0c")]),
        ],
        Protocol::Dhcp => vec![Seed(
            "dhcp/discover",
            vec![
                (b"\x0C\x04CT-2".to_vec(), before([12, 19], NAME.as_bytes())),
                (
                    b"\xff".to_vec(),
                    [&[77, 20, 19][..], NAME.as_bytes(), &[61, 19], NAME.as_bytes(), &[255]].concat(),
                ),
            ],
        )],
        Protocol::Dns => {
            vec![named("dns/query", &["example"]), named("dns/answer", &["example"]), seed("dns/version")]
        }
        Protocol::Mdns => {
            let puts = |texts: &[(&str, &str)]| {
                texts.iter().map(|(old, new)| (old.as_bytes().to_vec(), new.as_bytes().to_vec())).collect()
            };
            vec![
                Seed(
                    "mdns/phone",
                    puts(&[("Erika's iPhone", "Quendel's iPho"), ("Erikas-iPhone", name(13))]),
                ),
                Seed(
                    "mdns/printer",
                    puts(&[
                        ("Erika's Printer", "Quende's Printe"),
                        ("Room of Erika", "Room o Quende"),
                        ("http://erika/", "http:/quendel"),
                    ]),
                ),
            ]
        }
        Protocol::Llmnr => vec![named("llmnr/one", &["rad-pc"])],
        Protocol::Nbns => {
            vec![Seed("nbns/one", vec![(netbios("RAD-PC-07"), netbios(&name(12).to_uppercase()))])]
        }
        Protocol::Ssdp => vec![with(
            "ssdp/one",
            &[(
                "NTS: ssdp:alive",
                "USN: uuid:NAME\r\nLOCATION: http://NAME.example/NAME.xml\r\nNTS: ssdp:alive",
            )],
        )],
        Protocol::WsDiscovery => vec![with(
            "ws-discovery/one",
            &[(
                "</d:Scopes>",
                " onvif://www.onvif.org/name/NAME onvif://www.onvif.org/location/NAME</d:Scopes><d:XAddrs>http://NAME:NAME@10.1.1.1/NAME</d:XAddrs>",
            )],
        )],
        Protocol::Snmp => vec![Own("snmp/answer", {
            let row = |last: u8, value: &str| {
                ber(
                    0x30,
                    &[
                        &[6, 8, 0x2B, 6, 1, 2, 1, 1, last, 0],
                        &ber(4, &[value.replace("NAME", NAME).as_bytes()]),
                    ],
                )
            };
            let rows = ber(
                0x30,
                &[
                    &row(1, "Linux NAME 5.10.0 #1"),
                    &row(4, "NAME <NAME@a.example>"),
                    &row(5, "NAME"),
                    &row(6, "Room of NAME"),
                ],
            );
            ber(
                0x30,
                &[
                    &[2, 1, 1],
                    &ber(4, &[NAME.as_bytes()]),
                    &ber(0xA2, &[&[2, 1, 7, 2, 1, 0, 2, 1, 0], &rows]),
                ],
            )
        })],
        // No text at all: a time stamp is eight bytes of anybody's choice.
        Protocol::Ntp => vec![
            Seed("ntp/request", vec![([0; 36].to_vec(), [name(8).as_bytes(), &[0; 28]].concat())]),
            seed("ntp/answer"),
        ],
        // Who speaks describes himself; what he says is not ours to keep.
        Protocol::Rtp => vec![named("rtp/report", &["erika1438522940", "ward-0719b28"])],
        Protocol::Winrm => vec![
            own(
                "winrm/client",
                "POST /wsman HTTP/1.1\r\nHost: NAME.example\r\nUser-Agent: Microsoft WinRM Client\r\nAuthorization: Basic UXVlbmRlbGJpcm46UXVlbmRlbGJpcm4=\r\nContent-Length: 19\r\n\r\nNAME",
            ),
            seed("winrm/server"),
        ],
        // A listener may say back what it was asked for.
        Protocol::Oracle => vec![named("oracle/refused", &["(ERROR=(CODE=12514)"])],
        Protocol::Mongodb => vec![named("mongodb/client", &["patients", "canary"]), seed("mongodb/server")],
        Protocol::OpcUa => {
            vec![named("opc-ua/client", &["/erika/"]), named("opc-ua/server", &["Erika HVAC", "/erika/"])]
        }
        Protocol::Knx => vec![named("knx/search", &["Erika HVAC"])],
        Protocol::Coap => vec![named("coap/list", &["Erika room 7"])],
        Protocol::Syslog => vec![
            with(
                "syslog/audit",
                &[
                    (" h OHT ", " NAME NAME "),
                    ("ParticipantObjectID=\"4711\"", "ParticipantObjectID=\"NAME\""),
                ],
            ),
            with("syslog/logger", &[(" vm ", " NAME "), ("text one", "session opened for user NAME")]),
        ],
        Protocol::Dhcpv6 => vec![named("dhcpv6/request", &["radiology"]), seed("dhcpv6/reply")],
        // Who logs in, and what the device calls itself: of other lengths than in the seed.
        Protocol::Radius => vec![
            Seed(
                "radius/request",
                vec![
                    (b"\x01\x07steve".to_vec(), before([1, 21], NAME.as_bytes())),
                    (b"\x20\x06ap-2".to_vec(), before([32, 21], NAME.as_bytes())),
                    (b"\x01\xa0\x00\x3f".to_vec(), b"\x01\xa0\x00\x5c".to_vec()),
                ],
            ),
            seed("radius/accept"),
        ],
        Protocol::Tftp => vec![named("tftp/start", &["BOOT/BOOTX64"])],
    }
}

/// The seeds that the connection of this protocol is made of, without the name: each told as it is.
pub(super) fn seeds_of(said: &[Said]) -> Vec<&'static str> {
    let path = |it: &Said| match it {
        Seed(path, _) | Own(path, _) => Some(*path),
        Then(_) => None,
    };
    said.iter().filter_map(path).collect()
}

/// The bytes that are said, side by side: of each the seed whose side and carrier it has.
pub(super) fn bytes(said: &[Said], seed_bytes: impl Fn(&str) -> Vec<u8>) -> Vec<(&'static str, Vec<u8>)> {
    let mut sides: Vec<(&'static str, Vec<u8>)> = Vec::new();
    for it in said {
        match it {
            Seed(path, puts) => {
                let bytes = puts.iter().fold(seed_bytes(path), |bytes, (old, new)| put(&bytes, old, new));
                sides.push((path, bytes));
            }
            Own(path, bytes) => sides.push((path, bytes.clone())),
            Then(more) => sides.last_mut().unwrap().1.extend_from_slice(more),
        }
    }
    sides
}
