//! What people read of typical devices: claims with their reasons.

use std::fmt::Write as _;

use wardround_model::{Asset, Claim};

use super::notation::Hospital;

fn claim<T>(page: &mut String, what: &str, value: &str, claim: &Claim<T>) {
    let _ = writeln!(page, "{what}: {value} ({} %)", claim.confidence.as_percent());
    for reason in &claim.reasons {
        let _ = writeln!(page, "  - {} [{}]", reason.text, reason.grounds.len());
    }
}

fn page(asset: &Asset) -> String {
    let mut page = format!("{}\n", asset.title());
    claim(&mut page, "class", asset.class.value.label(), &asset.class);
    for (what, value) in [
        ("maker", &asset.maker),
        ("model", &asset.model),
        ("serial", &asset.serial),
        ("software", &asset.software),
    ] {
        if let Some(value) = value {
            claim(&mut page, what, &value.value, value);
        }
    }
    let _ = writeln!(page, "names: {}", asset.names.join(", "));
    for service in &asset.services {
        let protocol = service.protocol.map_or("?", |protocol| protocol.label());
        let _ = writeln!(page, "service: {} {protocol}, {} client(s)", service.endpoint, service.clients);
    }
    for product in &asset.products {
        let _ = writeln!(page, "product: {}", product.text);
    }
    page
}

fn pages(scenario: &str) -> String {
    let inventory = Hospital::read(scenario).inventory();
    inventory.assets.iter().map(page).collect::<Vec<_>>().join("\n")
}

#[test]
fn imaging_device_and_archive() {
    insta::assert_snapshot!(pages(
        "00:09:5c:1b:64:21 owns 10.20.2.21
         10.20.2.21 dicom.command C-STORE-RQ
         10.20.2.21 dicom.calling-ae CT1
         10.20.2.21 dicom.modality CT
         10.20.2.21 dicom.manufacturer Philips
         10.20.2.21 dicom.model Brilliance 64
         10.20.2.21 dicom.software-versions 2.6.1
         10.20.2.21 dicom.station-name CT-RADIOLOGIE-1
         10.20.2.21 dicom.implementation-version OFFIS_DCMTK_367
         10.20.2.21 > 10.20.2.10:104/tcp dicom
         10.20.2.22 dicom.command C-STORE-RQ
         10.20.2.22 dicom.modality US
         10.20.2.22 dicom.manufacturer SAMSUNG MEDISON CO., LTD.
         10.20.2.22 dicom.model HS70A
         10.20.2.22 > 10.20.2.10:104/tcp dicom
         10.20.2.10 dicom.command C-STORE-RSP
         10.20.2.10 dicom.command C-FIND-RSP
         10.20.2.10 dicom.implementation-version OFFIS_DCMTK_367
         10.20.2.10:104/tcp dicom.accepts-sop 1.2.840.10008.5.1.4.1.2.2.1
         10.20.2.30 > 10.20.2.10:443/tcp tls
         10.20.2.10:443/tcp http.server nginx"
    ));
}

#[test]
fn interface_engine_and_analyser() {
    insta::assert_snapshot!(pages(
        "00:06:6b:1a:80:21 owns 10.20.1.21
         10.20.1.21 hl7.sends ORU^R01
         10.20.1.21 hl7.sending-application XN-1000
         10.20.1.21 > 10.20.1.12:2576/tcp hl7
         00:50:56:8a:10:11 owns 10.20.1.11
         10.20.1.11 hl7.sends ORM^O01
         10.20.1.11 > 10.20.1.12:2576/tcp hl7
         00:50:56:8a:10:12 owns 10.20.1.12
         10.20.1.12 hl7.receives ORM^O01
         10.20.1.12 hl7.receives ORU^R01
         10.20.1.12 hl7.receiving-application LIS"
    ));
}

#[test]
fn infusion_pump() {
    insta::assert_snapshot!(pages(
        "00:12:21:0c:71:51 owns 10.20.1.51
         10.20.1.51:161/udp snmp.system-description B. Braun SpaceStation with SpaceCom
         10.20.1.51:161/udp snmp.object-id 1.3.6.1.4.1.8072.3.2.10
         10.20.3.104 > 10.20.1.51:161/udp snmp
         10.20.3.104 > 10.20.1.51:23/tcp telnet"
    ));
}

#[test]
fn router_with_several_cards() {
    insta::assert_snapshot!(pages(
        "00:a0:57:4e:10:01 owns 10.20.1.1
         00:a0:57:4e:10:01 sends 10.20.8.5
         00:a0:57:4e:10:01 sends 10.20.9.6
         00:a0:57:4e:10:02 owns 10.20.2.1
         00:a0:57:4e:10:02 sends 10.20.8.5
         00:a0:57:4e:10:02 sends 10.20.9.6
         00:a0:57:4e:10:02 sends 10.20.9.7
         10.20.1.1 address.router dhcp
         10.20.2.1:161/udp snmp.system-description LANCOM ISG-5000"
    ));
}

#[test]
fn printer() {
    insta::assert_snapshot!(pages(
        "50:81:40:9c:4f:60 owns 10.20.3.60
         50:81:40:9c:4f:60 dhcp.vendor-class Hewlett-Packard JetDirect
         10.20.3.60 mdns.service _ipp._tcp
         10.20.3.60 mdns.model HP LaserJet M507
         10.20.3.105 > 10.20.3.60:631/tcp ipp
         10.20.3.106 > 10.20.3.60:631/tcp http
         10.20.3.105 >> 10.20.3.60:9100/tcp raw-print"
    ));
}

#[test]
fn phone_and_what_is_not_decided() {
    insta::assert_snapshot!(pages(
        "3a:91:5e:07:c4:18 owns 10.20.5.108
         3a:91:5e:07:c4:18 dhcp.host-name Erikas-iPhone
         3a:91:5e:07:c4:18 dhcp.parameters 1,121,3,6,15,108,114,119,252
         10.20.5.108 http.user-agent Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) Version/18.6 Mobile/15E148 Safari/604.1
         00:0b:ab:3f:90:77 owns 10.20.1.77
         10.20.1.41 hl7.sends ORU^R01
         10.20.1.42 hl7.sends ORM^O01
         10.20.1.42 http.user-agent Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"
    ));
}

#[test]
fn controls_of_buildings() {
    insta::assert_snapshot!(pages(
        "10.20.4.20:47808/udp bacnet.answers read
         10.20.4.20:47808/udp bacnet.answers write
         10.20.4.20:47808/udp bacnet.device 4711
         10.20.4.20:47808/udp bacnet.vendor Sauter
         10.20.4.20:47808/udp bacnet.model EY-RC 504
         10.20.4.20:47808/udp bacnet.firmware 2.4.1
         10.20.4.20:47808/udp bacnet.software 1.9
         10.20.3.5 > 10.20.4.20:47808/udp bacnet
         10.20.4.21:502/tcp modbus.answers read
         10.20.4.21:502/tcp modbus.vendor Example
         10.20.4.21:502/tcp modbus.product PM-8
         10.20.4.21:502/tcp modbus.revision V1.2
         10.20.3.5 > 10.20.4.21:502/tcp modbus
         10.20.4.22:502/tcp modbus.answers read
         10.20.4.22:502/tcp modbus.vendor Example
         10.20.4.22:502/tcp modbus.vendor Another
         10.20.4.22:502/tcp modbus.model Meter 1
         10.20.4.22:502/tcp modbus.model Meter 2
         10.20.3.5 > 10.20.4.22:502/tcp modbus"
    ));
}
