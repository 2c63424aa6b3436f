//! What kind of thing it is, by what it says to its network: one scenario a trap.

use wardround_model::DeviceClass as C;

use super::notation::check;

#[test]
fn what_neighbours_say_on_the_cable() {
    let switch = "00:a0:57:00:00:02 owns 10.1.2.2\n00:a0:57:00:00:02 lldp.works-as bridge\n";
    check("a switch", switch, &[("10.1.2.2", C::NetworkDevice)]);
    let phone = "00:04:13:00:00:09 owns 10.1.2.9\n00:04:13:00:00:09 lldp.works-as bridge\n\
        00:04:13:00:00:09 lldp.works-as telephone\n00:04:13:00:00:09 lldp.model D735\n";
    check("a telephone with a socket for a computer", phone, &[("10.1.2.9", C::VoicePhone)]);
    check(
        "a switch by Cisco's protocol",
        "00:1b:54:00:00:02 owns 10.1.2.3\n00:1b:54:00:00:02 cdp.platform cisco WS-C2960X-48TS-L\n\
         00:1b:54:00:00:02 cdp.software Cisco IOS Software, C2960X Software, Version 15.2(7)E4",
        &[("10.1.2.3", C::NetworkDevice)],
    );
}

#[test]
fn switches_of_a_spanning_tree() {
    let switch = "00:a0:57:00:00:02 owns 10.1.2.2\n00:a0:57:00:00:02 stp.role switch\n\
        00:a0:57:00:00:02 stp.root 00:1b:54:00:00:01\n00:1b:54:00:00:01 owns 10.1.2.1\n00:1b:54:00:00:01 stp.role root";
    check("two switches", switch, &[("10.1.2.2", C::NetworkDevice), ("10.1.2.1", C::NetworkDevice)]);
    let computer = "56:f4:bb:a5:d7:a1 owns 10.1.2.3\n56:f4:bb:a5:d7:a1 stp.role root";
    check("a computer with a bridge for virtual machines", computer, &[("10.1.2.3", C::Unknown)]);
}

#[test]
fn controls_of_machines() {
    check(
        "EtherNet/IP",
        "10.1.4.30:44818/tcp ethernet-ip.revision 20.11\n10.1.4.31 > 10.1.4.30:44818/tcp ethernet-ip",
        &[("10.1.4.30", C::BuildingController)],
    );
    check("S7", "10.1.4.32:102/tcp s7.firmware 3.2.6", &[("10.1.4.32", C::BuildingController)]);
    let knx = "10.1.4.34:3671/udp knx.medium tp1\n10.1.4.34:3671/udp knx.answers tunnel";
    check("KNX", knx, &[("10.1.4.34", C::BuildingController)]);
    check("who asks over KNX", "10.1.4.35 > 10.1.4.34:3671/udp knx", &[("10.1.4.35", C::Unknown)]);
    let coap = "10.1.4.36:5683/udp coap.answers read\n";
    check("CoAP alone", coap, &[("10.1.4.36", C::Unknown)]);
    check(
        "a thermostat that answers CoAP",
        &format!("{coap}10.1.4.36:5683/udp coap.kind oic.d.thermostat"),
        &[("10.1.4.36", C::BuildingController)],
    );
    check("a camera by CoAP", "10.1.4.37:5683/udp coap.kind oic.d.camera", &[("10.1.4.37", C::Camera)]);
    let opc_ua = "10.1.4.33:4840/tcp opc-ua.offers None\n";
    check("OPC UA alone: panels and servers speak it, too", opc_ua, &[("10.1.4.33", C::Unknown)]);
    check(
        "OPC UA, from a card of a maker of controls",
        &format!("{opc_ua}6c:65:67:00:00:33 owns 10.1.4.33"),
        &[("10.1.4.33", C::BuildingController)],
    );
}

#[test]
fn what_hosts_offer_over_rpc() {
    check("a domain controller", "10.1.3.20 rpc.interface drsuapi", &[("10.1.3.20", C::AccountDirectory)]);
    check("a print server or any computer", "10.1.3.21 rpc.interface spooler", &[("10.1.3.21", C::Unknown)]);
    check(
        "a server that is managed from afar",
        "10.1.3.23 rpc.interface certificates\n10.1.3.5 > 10.1.3.23:5985/tcp winrm",
        &[("10.1.3.23", C::Server)],
    );
    check("management alone", "10.1.3.5 > 10.1.3.24:5985/tcp winrm", &[("10.1.3.24", C::Unknown)]);
    check("mail alone", "10.1.3.22 rpc.interface exchange", &[("10.1.3.22", C::Unknown)]);
    check(
        "a mail server with a page",
        "10.1.3.22 rpc.interface exchange\n10.1.3.101 > 10.1.3.22:443/tcp tls",
        &[("10.1.3.22", C::Server)],
    );
}

#[test]
fn what_devices_announce_when_they_look_for_each_other() {
    check(
        "a camera by ONVIF",
        "10.1.4.41 ws-discovery.kind NetworkVideoTransmitter\n10.1.4.41 onvif.hardware M3065-V",
        &[("10.1.4.41", C::Camera)],
    );
    check("a printer", "10.1.3.9 ws-discovery.kind PrintDeviceType", &[("10.1.3.9", C::Printer)]);
    check(
        "a medical device by its own word alone",
        "10.1.1.41 ws-discovery.kind MedicalDevice",
        &[("10.1.1.41", C::Unknown)],
    );
}

#[test]
fn what_log_messages_say() {
    let firewall = "10.1.0.1 syslog.program Cisco-ASA\n10.1.0.1 > 10.1.3.5:514/udp syslog\n";
    check(
        "a firewall's messages are a sign, not proof",
        firewall,
        &[("10.1.0.1", C::Unknown), ("10.1.3.5", C::Unknown)],
    );
    check(
        "with a second sign",
        &format!("{firewall}00:a0:57:00:00:01 owns 10.1.0.1"),
        &[("10.1.0.1", C::NetworkDevice)],
    );
    check(
        "a collector passes on a firewall's messages",
        "10.1.3.5 syslog.program Cisco-ASA\n10.1.3.5 > 10.1.3.6:514/udp syslog\n\
         10.1.0.1 > 10.1.3.5:514/udp syslog\n10.1.0.2 > 10.1.3.5:514/udp syslog\n\
         10.1.4.7 > 10.1.3.5:22/tcp ssh",
        &[("10.1.3.5", C::Server)],
    );
    let audit = "10.1.3.9 audit.event patient-record\n10.1.3.9 > 10.1.3.5:514/udp syslog\n";
    check("an audit trail alone", audit, &[("10.1.3.9", C::Unknown)]);
    check(
        "and admissions",
        &format!("{audit}10.1.3.9 hl7.sends ADT^A01\n10.1.3.9 > 10.1.3.2:2575/tcp hl7"),
        &[("10.1.3.9", C::ClinicalSystem)],
    );
    check(
        "what passes an audit trail on",
        "10.1.3.5 audit.event patient-record\n10.1.3.5 > 10.1.3.6:514/udp syslog\n\
         10.1.3.9 > 10.1.3.5:514/udp syslog\n10.1.3.8 > 10.1.3.5:514/udp syslog\n10.1.4.7 > 10.1.3.5:22/tcp ssh",
        &[("10.1.3.5", C::Server)],
    );
}

#[test]
fn who_lets_others_into_the_network() {
    check(
        "an access point and the server that it asks",
        "10.1.0.9 radius.lets-in wireless\n10.1.0.9 > 10.1.3.7:1812/udp radius",
        &[("10.1.0.9", C::NetworkDevice), ("10.1.3.7", C::AccountDirectory)],
    );
    check(
        "a server that asks for itself",
        "10.1.3.8 > 10.1.3.7:1812/udp radius",
        &[("10.1.3.8", C::Unknown)],
    );
    let gateway = "10.1.0.7 radius.vendor 9\n10.1.0.7 > 10.1.3.7:1812/udp radius";
    check("a maker's number alone", gateway, &[("10.1.0.7", C::Unknown)]);
    let logs = format!("{gateway}\n10.1.0.7 syslog.program Cisco-ASA\n10.1.0.7 > 10.1.3.5:514/udp syslog");
    check("and a firewall's log messages", &logs, &[("10.1.0.7", C::NetworkDevice)]);
}

#[test]
fn telephones_ask_for_their_settings() {
    let asks = "10.1.5.9 tftp.file telephone-settings\n10.1.5.9 > 10.1.3.9:69/udp tftp\n";
    check("a request alone", asks, &[("10.1.5.9", C::Unknown), ("10.1.3.9", C::Unknown)]);
    let registers = format!("{asks}10.1.5.9 sip.role registers");
    check("a telephone that registers, too", &registers, &[("10.1.5.9", C::VoicePhone)]);
}
