//! Captures that others recorded, where they are present (`../shared/data`).

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;

use wardround_model::{FactKind, Timestamp};

use super::{assert_same, with_workers};
use crate::{Limits, Options, read_bytes};

/// The captures in the archives, by name.
fn captures() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/captures");
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in entries.flatten().filter(|entry| entry.file_name().to_string_lossy().ends_with(".tar.gz")) {
        let archive = flate2::read::GzDecoder::new(std::fs::File::open(entry.path()).unwrap());
        for file in tar::Archive::new(archive).entries().unwrap() {
            let mut file = file.unwrap();
            let name = file.path().unwrap().to_string_lossy().into_owned();
            if [".pcap", ".pcapng", ".trace", ".cap"]
                .iter()
                .any(|end| name.trim_end_matches(".gz").ends_with(end))
            {
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes).unwrap();
                found.push((name, bytes));
            }
        }
    }
    found.sort_unstable();
    found
}

#[test]
fn captures_of_others_are_read_alike_on_one_thread_and_two() {
    let captures = captures();
    if captures.is_empty() {
        println!("skipped: no captures in ../shared/data");
        return;
    }
    let as_of: Timestamp = "2026-11-24".parse().unwrap();
    let (mut packets, mut observations, mut conversations, mut unread) = (0, 0, 0, 0);
    for (name, bytes) in &captures {
        let one = read_bytes(name, bytes, &Options::at(as_of));
        let two = read_bytes(name, bytes, &Options { as_of, ..with_workers(2, Limits::default()) });
        match (one, two) {
            (Ok(one), Ok(two)) => {
                assert_same(&one, &two);
                packets += one.coverage.packets();
                observations += one.observations.len();
                conversations += one.conversations.len();
                let again = read_bytes(name, bytes, &Options::at(as_of)).unwrap();
                assert_same(&one, &again);
            }
            (Err(one), Err(two)) => {
                assert_eq!(one.to_string(), two.to_string());
                println!("{one}");
                unread += 1;
            }
            _ => panic!("{name} differs"),
        }
    }
    println!(
        "{} captures, {packets} packets: {observations} observations, {conversations} conversations; {unread} unread",
        captures.len()
    );
    assert!(packets > 100_000 && unread * 20 < captures.len());
}

/// What captures of others show of some kinds of fact, as `file kind=value`.
fn shown(wanted: &[FactKind]) -> Vec<String> {
    let as_of: Timestamp = "2026-11-24".parse().unwrap();
    let mut shown = Vec::new();
    for (name, bytes) in &captures() {
        let Ok(captured) = read_bytes(name, bytes, &Options::at(as_of)) else { continue };
        let file = name.rsplit('/').next().unwrap_or(name);
        let facts = captured.observations.iter().filter(|it| wanted.contains(&it.fact.kind()));
        shown.extend(facts.map(|it| format!("{file} {}={}", it.fact.kind().code(), it.fact.value())));
    }
    shown
}

#[test]
fn captures_of_others_show_open_logins_and_controls_and_no_others() {
    let wanted =
        [FactKind::OpenLogin, FactKind::NtlmVersion, FactKind::ModbusAnswers, FactKind::BacnetAnswers];
    let found: BTreeSet<String> = shown(&wanted).into_iter().collect();
    if found.is_empty() {
        println!("skipped: no captures in ../shared/data");
        return;
    }
    // Two of the FTP servers are fakes that say `230` to any name.
    let expected = [
        "bacnet_example.pcap bacnet.answers=read",
        "bacnet_segmented_data.pcap bacnet.answers=read",
        "bulk-loading.pcap login.open=redis",
        "cwd-navigation.pcap login.open=ftp",
        "fake-server-delays-all.pcap login.open=ftp",
        "ftp-invalid-reply-code.pcap login.open=ftp",
        "ftp-missing-reply-code.pcap login.open=ftp",
        "ftp.pcap login.open=ftp",
        "ipv4.pcap login.open=ftp",
        "ipv6-multiline-reply.pcap login.open=ftp",
        "ipv6-retr-samba.pcap login.open=ftp",
        "ipv6.pcap login.open=ftp",
        "modbusBig.pcap modbus.answers=read",
        "modbusBig.pcap modbus.answers=write",
        "modbusSmall.pcap modbus.answers=read",
        "modbusSmall.pcap modbus.answers=write",
        "modbus_example.pcap modbus.answers=read",
        "modbus_example.pcap modbus.answers=write",
        "mysql-show-engine-innodb-status-no-password.pcap login.open=mysql",
        "pe.pcap login.open=ftp",
        "retr.pcap login.open=ftp",
    ];
    assert_eq!(found, expected.map(str::to_owned).into());
}

#[test]
fn captures_of_others_show_what_neighbours_and_screens_say() {
    let wanted = [
        FactKind::LldpName,
        FactKind::LldpDescription,
        FactKind::LldpWorksAs,
        FactKind::LldpMaker,
        FactKind::LldpModel,
        FactKind::LldpFirmware,
        FactKind::LldpSerial,
        FactKind::CdpName,
        FactKind::CdpPlatform,
        FactKind::CdpSoftware,
        FactKind::NetbiosName,
        FactKind::NetbiosGroup,
        FactKind::LlmnrName,
        FactKind::VncSecurity,
        FactKind::EthernetIpProduct,
        FactKind::S7Module,
        FactKind::AstmSender,
        FactKind::AstmSends,
        FactKind::Poct1aModel,
        FactKind::OpcUaSecurity,
        FactKind::OpcUaOffers,
        FactKind::OpcUaProductUri,
        FactKind::KnxAnswers,
        FactKind::KnxMedium,
        FactKind::CoapAnswers,
        FactKind::CoapKind,
        FactKind::MongodbSeries,
        FactKind::MongodbDriver,
        FactKind::OracleVersion,
        FactKind::RpcInterface,
    ];
    let found: BTreeSet<String> = shown(&wanted).into_iter().collect();
    if found.is_empty() {
        println!("skipped: no captures in ../shared/data");
        return;
    }
    let expected = [
        "cdp-v1.pcap cdp.platform=cisco 1601",
        "cdp-v1.pcap cdp.software=Cisco Internetwork Operating System Software IOS (tm) 1600 Software \
         (C1600-NY-L), Version 11.2(12)P, RELEASE SOFTWARE (fc1)",
        "lldp.pcap lldp.description=SMCGS8P-Smart - SMCGS8P-Smart v3.20",
        "lldp.pcap lldp.works-as=bridge",
        "vncmac.pcap vnc.security=other",
    ];
    assert_eq!(found, expected.map(str::to_owned).into());
}

#[test]
fn captures_of_others_show_logins_of_networks_and_log_messages() {
    let wanted = [
        FactKind::RadiusSigned,
        FactKind::RadiusLetsIn,
        FactKind::RadiusName,
        FactKind::RadiusVendor,
        FactKind::SyslogProgram,
        FactKind::AuditEvent,
        FactKind::AuditInClear,
        FactKind::DhcpEnterprise,
        FactKind::DhcpUserClass,
        FactKind::StpRole,
        FactKind::StpRoot,
    ];
    let found: BTreeSet<String> = shown(&wanted).into_iter().collect();
    if found.is_empty() {
        println!("skipped: no captures in ../shared/data");
        return;
    }
    let expected = [
        "erspan.pcap dhcp.enterprise=311",
        "radius_localhost.pcap radius.signed=no",
        "radius_localhost.pcap radius.signed=yes",
        "tcp-syslog.pcap syslog.program=su",
    ];
    assert_eq!(found, expected.map(str::to_owned).into());
}

#[test]
fn captures_of_others_show_hellos_of_quic_that_take_several_packets() {
    let as_of: Timestamp = "2026-11-24".parse().unwrap();
    let mut shown = Vec::new();
    for (name, bytes) in captures().iter().filter(|(name, _)| name.contains("/quic_frags_")) {
        let captured = read_bytes(name, bytes, &Options::at(as_of)).unwrap();
        let hellos = captured
            .observations
            .iter()
            .filter(|it| matches!(it.fact.kind(), FactKind::TlsServerName | FactKind::TlsClientFingerprint));
        let file = name.rsplit("/quic_frags_").next().unwrap_or(name);
        shown.extend(
            hellos.map(|it| format!("{file} {}={} x{}", it.fact.kind().code(), it.fact.value(), it.count)),
        );
    }
    if shown.is_empty() {
        println!("skipped: no captures in ../shared/data");
        return;
    }
    shown.retain(|it| !it.starts_with("ch_out_of_order_same_packet_craziness"));
    // The first asks for no name, and offers versions that were drafts; the name that the second asks for is one of the outside.
    let expected = [
        "ch_in_multiple_packets.pcapng tls.client-fingerprint=q00i0307h4_55b375c5d22e_af0a630e9e67 x1",
        "different_dcid.pcapng tls.client-fingerprint=q13d0311h3_55b375c5d22e_5a1f323ef56d x1",
    ];
    assert_eq!(shown, expected);
}
