//! What kind of thing it is: one scenario a trap.

use wardround_model::DeviceClass as C;

use super::notation::check;

/// An image that a device sends: address, modality, maker, model.
fn image(ip: &str, modality: &str, maker: &str, model: &str) -> String {
    format!(
        "{ip} dicom.command C-STORE-RQ
         {ip} dicom.modality {modality}
         {ip} dicom.manufacturer {maker}
         {ip} dicom.model {model}
         {ip} > 10.1.2.10:104/tcp dicom\n"
    )
}

const WINDOWS: &str =
    "10.1.2.30 http.user-agent Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/141.0.0.0 Safari/537.36\n";

#[test]
fn imaging_devices() {
    let ct = image("10.1.2.21", "CT", "Philips", "Brilliance 64");
    check("a CT scanner", &ct, &[("10.1.2.21", C::ImagingModality)]);
    let link = "10.1.2.21 dicom.implementation-version OFFIS_DCMTK_367\n";
    check(
        "a CT scanner built with a toolkit, with its maker's card",
        &format!("{ct}{link}00:09:5c:00:00:21 owns 10.1.2.21"),
        &[("10.1.2.21", C::ImagingModality)],
    );
    check(
        "a PC that tests with a toolkit",
        &format!("{ct}{link}b8:ca:3a:00:00:21 owns 10.1.2.21"),
        &[("10.1.2.21", C::Unknown)],
    );
    check(
        "it tests worklists too",
        &format!("{ct}{link}10.1.2.21 dicom.proposes-sop 1.2.840.10008.5.1.4.31"),
        &[("10.1.2.21", C::Unknown)],
    );
    check(
        "a scanner of which one direction is seen",
        &ct.replace(" > ", " >> "),
        &[("10.1.2.21", C::ImagingModality), ("10.1.2.10", C::Unknown)],
    );
    check(
        "a CR with an SMB share",
        &format!(
            "{}10.1.2.101 > 10.1.2.24:445/tcp smb\n10.1.2.102 > 10.1.2.24:445/tcp smb",
            image("10.1.2.24", "CR", "Agfa", "DX-D 100")
        ),
        &[("10.1.2.24", C::ImagingModality)],
    );
    check("a card's maker alone", "00:09:5c:00:00:21 owns 10.1.2.21", &[("10.1.2.21", C::Unknown)]);
    check("a host name alone", "10.1.2.21 mdns.host-name CT-2", &[("10.1.2.21", C::Unknown)]);
    check(
        "only a worklist is asked for",
        "10.1.2.21 dicom.proposes-sop 1.2.840.10008.5.1.4.31\n10.1.2.21 dicom.command C-FIND-RQ",
        &[("10.1.2.21", C::Unknown)],
    );
    check(
        "an echo is no image",
        "10.1.2.21 dicom.command C-ECHO-RQ\n10.1.2.21 > 10.1.2.10:104/tcp dicom",
        &[("10.1.2.21", C::Unknown)],
    );
    let report = image("10.1.2.21", "SR", "Philips", "IntelliSpace");
    check("reports are no images", &report, &[("10.1.2.21", C::Unknown)]);
    let captured = format!(
        "{}10.1.2.21 dicom.proposes-sop 1.2.840.10008.5.1.4.1.1.7\n",
        image("10.1.2.21", "CT", "VITAL", "Vitrea")
    );
    check("pictures of a screen, made at a workstation", &captured, &[("10.1.2.21", C::Unknown)]);
    check(
        "a scanner that sends its own images and pictures of its screen",
        &format!("{captured}10.1.2.21 dicom.proposes-sop 1.2.840.10008.5.1.4.1.1.2"),
        &[("10.1.2.21", C::ImagingModality)],
    );
}

#[test]
fn contradictions_are_not_decided() {
    let ct = image("10.1.2.30", "CT", "Philips", "Brilliance 64");
    check("sends images and browses the web", &format!("{ct}{WINDOWS}"), &[("10.1.2.30", C::Unknown)]);
    check(
        "sends orders and browses the web",
        &format!("10.1.2.30 hl7.sends ORM^O01\n{WINDOWS}"),
        &[("10.1.2.30", C::Unknown)],
    );
}

#[test]
fn archives() {
    let three: String = [("21", "CT"), ("22", "US"), ("23", "MR")]
        .map(|(host, modality)| image(&format!("10.1.2.{host}"), modality, "Maker", modality))
        .concat();
    let archive = "10.1.2.10 dicom.command C-STORE-RSP
         10.1.2.10 dicom.command C-FIND-RSP
         10.1.2.10:104/tcp dicom.accepts-sop 1.2.840.10008.5.1.4.1.2.2.1\n";
    check(
        "an archive",
        &format!("{three}{archive}"),
        &[("10.1.2.10", C::ImagingArchive), ("10.1.2.22", C::ImagingModality)],
    );
    check("its answers are not mirrored", &three.replace(" > ", " >> "), &[("10.1.2.10", C::ImagingArchive)]);
    let forwarded = "10.1.2.10 dicom.command C-STORE-RQ
         10.1.2.10 dicom.modality CT
         10.1.2.10 dicom.manufacturer Philips
         10.1.2.10 dicom.model Brilliance 64
         10.1.2.10 > 10.1.9.9:104/tcp dicom\n";
    check(
        "it passes on images of one device",
        &format!("{three}{archive}{forwarded}"),
        &[("10.1.2.10", C::ImagingArchive)],
    );
    check(
        "a gateway that sends images of four devices",
        &["CT 1", "MR 2", "US 3", "CR 4"].map(|model| image("10.1.2.11", "CT", "Maker", model)).concat(),
        &[("10.1.2.11", C::Unknown)],
    );
    check(
        "an archive that also takes orders",
        &format!(
            "{three}{archive}10.1.2.10 hl7.receives ORM^O01\n10.1.1.11 hl7.sends ORM^O01\n10.1.1.11 > 10.1.2.10:2575/tcp hl7"
        ),
        &[("10.1.2.10", C::ImagingArchive), ("10.1.1.11", C::ClinicalSystem)],
    );
}

#[test]
fn viewers_and_film() {
    check(
        "a workstation that fetches images",
        "10.1.2.101 dicom.command C-FIND-RQ
         10.1.2.101 dicom.command C-MOVE-RQ
         10.1.2.101 dicom.command C-STORE-RSP
         10.1.2.101 > 10.1.2.10:104/tcp dicom
         10.1.2.10 dicom.command C-STORE-RQ
         10.1.2.10 dicom.modality CT
         10.1.2.10 dicom.model Brilliance 64
         10.1.2.10 > 10.1.2.101:11112/tcp dicom",
        &[("10.1.2.101", C::Workstation)],
    );
    check(
        "a viewing workstation that also sends images on",
        &format!(
            "{}10.1.2.30 dicom.command C-MOVE-RQ\n{WINDOWS}",
            image("10.1.2.30", "CT", "Philips", "Brilliance 64")
        ),
        &[("10.1.2.30", C::Workstation)],
    );
    check(
        "a printer of film",
        "10.1.2.40:104/tcp dicom.accepts-sop 1.2.840.10008.5.1.1.9
         10.1.2.21 > 10.1.2.40:104/tcp dicom
         10.1.2.22 > 10.1.2.40:104/tcp dicom",
        &[("10.1.2.40", C::Printer)],
    );
    check(
        "a radiology system that gives worklists",
        "10.1.2.41:104/tcp dicom.accepts-sop 1.2.840.10008.5.1.4.31
         10.1.2.41 dicom.command C-FIND-RSP
         10.1.2.21 > 10.1.2.41:104/tcp dicom",
        &[("10.1.2.41", C::ClinicalSystem)],
    );
}

#[test]
fn systems_that_carry_messages() {
    check(
        "an engine, the systems around it, and an analyser",
        "10.1.1.10 hl7.sends ADT^A01
         10.1.1.10 > 10.1.1.11:6661/tcp hl7
         10.1.1.11 hl7.receives ADT^A01
         10.1.1.11 hl7.sends ACK^A01
         10.1.1.41 hl7.sends ORU^R01
         10.1.1.41 > 10.1.1.11:6661/tcp hl7
         10.1.1.11 hl7.receives ORU^R01
         10.1.1.11 hl7.sends ORM^O01
         10.1.1.11 > 10.1.1.12:2576/tcp hl7
         10.1.1.12 hl7.receives ORM^O01
         10.1.1.12 hl7.receives ORU^R01
         10.1.1.12 hl7.receiving-application LIS
         10.1.1.21 hl7.sends ORU^R01
         10.1.1.21 hl7.receives ACK^R01
         00:06:6b:00:00:21 owns 10.1.1.21
         10.1.1.21 > 10.1.1.12:2576/tcp hl7",
        &[
            ("10.1.1.10", C::ClinicalSystem),
            ("10.1.1.11", C::ClinicalSystem),
            ("10.1.1.12", C::ClinicalSystem),
            ("10.1.1.21", C::LaboratoryAnalyser),
            ("10.1.1.41", C::Unknown),
        ],
    );
    check(
        "an engine that passes on messages of two applications",
        "10.1.1.11 hl7.sends ORU^R01
         10.1.1.11 hl7.sending-application LIS
         10.1.1.11 hl7.sending-application RIS
         10.1.1.11 hl7.receives ORU^R01",
        &[("10.1.1.11", C::ClinicalSystem)],
    );
    check(
        "an interface that was only asked",
        "10.1.1.10 >? 10.1.1.11:6661/tcp hl7",
        &[("10.1.1.10", C::Unknown)],
    );
}

#[test]
fn senders_of_results() {
    let results = "10.1.1.41 hl7.sends ORU^R01\n10.1.1.41 > 10.1.1.11:6661/tcp hl7\n";
    check("any sender of results", results, &[("10.1.1.41", C::Unknown)]);
    let of = |card: &str| format!("{results}{card} owns 10.1.1.41\n");
    check("of a maker of analysers", &of("00:06:6b:00:00:41"), &[("10.1.1.41", C::LaboratoryAnalyser)]);
    check("of a maker of several kinds", &of("00:0f:14:00:00:41"), &[("10.1.1.41", C::Unknown)]);
    check(
        "of a maker of several kinds, as monitors do",
        &format!("{}10.1.1.41 hl7.version 2.6", of("00:0f:14:00:00:41")),
        &[("10.1.1.41", C::PatientMonitor)],
    );
    check(
        "as monitors do, but to the laboratory",
        &format!(
            "{}10.1.1.41 hl7.version 2.6\n10.1.1.11 hl7.receiving-application LIS",
            of("00:0f:14:00:00:41")
        ),
        &[("10.1.1.41", C::Unknown)],
    );
    check(
        "calls itself an analyser",
        &format!("{results}10.1.1.41 hl7.sending-application ANALYSER 2"),
        &[("10.1.1.41", C::LaboratoryAnalyser)],
    );
    check(
        "as monitors do, to an engine that also gets what is for the laboratory",
        &format!(
            "{}10.1.1.41 hl7.version 2.6\n10.1.1.11 hl7.receiving-application LIS\n10.1.1.11 hl7.receiving-application RHAPSODY",
            of("00:0f:14:00:00:41")
        ),
        &[("10.1.1.41", C::PatientMonitor)],
    );
    check(
        "calls itself a monitor",
        &format!("{}10.1.1.41 hl7.sending-application BENEVISION N12", of("00:0f:14:00:00:41")),
        &[("10.1.1.41", C::PatientMonitor)],
    );
    check(
        "the central station of such monitors, on a PC",
        &format!("{}10.1.1.41 hl7.sending-application BENEVISION CMS", of("b8:ca:3a:00:00:41")),
        &[("10.1.1.41", C::Unknown)],
    );
    check(
        "a maker of several kinds, and an analyser's name",
        &format!("{}10.1.1.41 hl7.sending-application ANALYZER", of("00:0f:14:00:00:41")),
        &[("10.1.1.41", C::LaboratoryAnalyser)],
    );
    check(
        "speaks for many monitors",
        &format!("{results}10.1.1.41 hl7.sending-application MONITOR GATEWAY"),
        &[("10.1.1.41", C::Unknown)],
    );
    check("laboratory automation", "10.1.1.41 hl7.sends OUL^R22", &[("10.1.1.41", C::LaboratoryAnalyser)]);
    check(
        "a laboratory system that reports on",
        &format!("{}10.1.1.41 hl7.receives ORU^R01\n10.1.1.41 hl7.sends ORM^O01", of("00:06:6b:00:00:41")),
        &[("10.1.1.41", C::ClinicalSystem)],
    );
    check(
        "an analyser that waits for its system to call",
        "10.1.1.41 hl7.sends ORU^R01
         10.1.1.41 hl7.receives ACK^R01
         00:06:6b:00:00:41 owns 10.1.1.41
         10.1.1.12 hl7.receives ORU^R01
         10.1.1.12 > 10.1.1.41:5000/tcp hl7",
        &[("10.1.1.41", C::LaboratoryAnalyser), ("10.1.1.12", C::ClinicalSystem)],
    );
}

#[test]
fn devices_that_say_what_they_are() {
    for (name, text, class) in [
        ("pump", "B. Braun SpaceStation with SpaceCom", C::InfusionPump),
        ("controller", "SAUTER modulo 6 modu680-AS building automation station", C::BuildingController),
        ("access point", "LANCOM LW-600", C::NetworkDevice),
        ("printer", "HP ETHERNET MULTI-ENVIRONMENT,JETDIRECT,JD153", C::Printer),
        ("any Linux", "Linux files 6.1.0-18-amd64", C::Unknown),
        ("a server's software for pumps", "Alaris Systems Manager on Windows", C::Unknown),
    ] {
        let scenario =
            format!("10.1.1.51:161/udp snmp.system-description {text}\n10.1.3.4 > 10.1.1.51:161/udp snmp");
        check(name, &scenario, &[("10.1.1.51", class)]);
    }
    check(
        "a controller that is also a broker and a web server",
        "10.1.4.10:161/udp snmp.system-description SAUTER modulo 6 modu680-AS
         10.1.4.106 > 10.1.4.10:1883/tcp mqtt
         10.1.3.5 > 10.1.4.10:443/tcp tls
         10.1.3.6 > 10.1.4.10:443/tcp tls
         6c:65:67:00:00:06 owns 10.1.4.106",
        &[("10.1.4.10", C::BuildingController), ("10.1.4.106", C::BuildingController)],
    );
    check(
        "a control that answers Modbus, and the host that asks it",
        "10.1.4.20:502/tcp modbus.answers read
         10.1.3.5 > 10.1.4.20:502/tcp modbus",
        &[("10.1.4.20", C::BuildingController), ("10.1.3.5", C::Unknown)],
    );
    check(
        "a control that answers BACnet and shows pages",
        "10.1.4.21:47808/udp bacnet.answers read
         10.1.3.5 > 10.1.4.21:47808/udp bacnet
         10.1.3.5 > 10.1.4.21:80/tcp http",
        &[("10.1.4.21", C::BuildingController), ("10.1.3.5", C::Unknown)],
    );
    check(
        "a host that only says its BACnet number, and one that refused",
        "10.1.4.22:47808/udp bacnet.device 4711
         10.1.3.5 > 10.1.4.23:502/tcp modbus",
        &[("10.1.4.22", C::Unknown), ("10.1.4.23", C::Unknown)],
    );
    check(
        "a building maker's card alone",
        "6c:65:67:00:00:06 owns 10.1.4.106",
        &[("10.1.4.106", C::Unknown)],
    );
    check(
        "anything reports over MQTT",
        "10.1.4.106 > 10.1.4.10:1883/tcp mqtt",
        &[("10.1.4.106", C::Unknown), ("10.1.4.10", C::Server)],
    );
}

#[test]
fn people_s_devices() {
    check("a browsing computer", WINDOWS, &[("10.1.2.30", C::Workstation)]);
    check(
        "a Windows computer that others read files from",
        "00:1b:2c:00:00:05 owns 10.1.3.5
         00:1b:2c:00:00:05 dhcp.vendor-class MSFT 5.0
         10.1.3.5 > 10.1.3.20:445/tcp smb
         10.1.3.6 > 10.1.3.5:445/tcp smb",
        &[("10.1.3.5", C::Workstation), ("10.1.3.20", C::FileServer)],
    );
    check(
        "phones",
        "10.1.5.8 http.user-agent Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) Version/18.6 Mobile/15E148 Safari/604.1
         3a:91:5e:07:c4:19 owns 10.1.5.9
         3a:91:5e:07:c4:19 dhcp.vendor-class android-dhcp-14",
        &[("10.1.5.8", C::Mobile), ("10.1.5.9", C::Mobile)],
    );
    check(
        "a phone with a private card only",
        "3a:91:5e:07:c4:19 owns 10.1.5.9\n3a:91:5e:07:c4:19 dhcp.parameters 1,3,6",
        &[("10.1.5.9", C::Unknown)],
    );
    check(
        "a desk phone, which has a browser of sorts",
        "00:04:13:00:00:03 owns 10.1.1.103
         00:04:13:00:00:03 dhcp.vendor-class snom-D735
         10.1.1.103 http.user-agent Mozilla/4.0 (compatible; snomD735-SIP)",
        &[("10.1.1.103", C::VoicePhone)],
    );
    check(
        "a telephone by what it says, and one that says nothing",
        "10.1.1.104 sip.product Cisco-CP8841/12.5.1
         00:04:13:00:00:04 owns 10.1.1.105
         10.1.1.105 sip.role registers
         10.1.1.106 sip.role registers",
        &[("10.1.1.104", C::VoicePhone), ("10.1.1.105", C::VoicePhone), ("10.1.1.106", C::Unknown)],
    );
    check(
        "a computer with a program to call with",
        &format!("{WINDOWS}10.1.2.30 sip.role registers\n10.1.2.30 sip.product MicroSIP/3.20.5"),
        &[("10.1.2.30", C::Workstation)],
    );
    check(
        "a printer",
        "10.1.3.60 mdns.service _ipp._tcp
         10.1.3.5 > 10.1.3.60:631/tcp ipp
         10.1.3.5 >> 10.1.3.60:9100/tcp raw-print",
        &[("10.1.3.60", C::Printer)],
    );
    check(
        "a computer that shares its printer",
        &format!("{WINDOWS}10.1.2.30 mdns.service _ipp._tcp"),
        &[("10.1.2.30", C::Unknown)],
    );
    check("a camera", "10.1.3.4 > 10.1.4.107:554/tcp rtsp", &[("10.1.4.107", C::Camera)]);
}

#[test]
fn servers() {
    for (name, scenario, class) in [
        ("web", "10.1.3.5 > 10.1.3.80:80/tcp http\n10.1.3.6 > 10.1.3.80:443/tcp tls", C::Server),
        ("one look at a web page", "10.1.3.5 > 10.1.3.80:80/tcp http", C::Unknown),
        (
            "files",
            "10.1.3.5 > 10.1.3.80:445/tcp smb\n10.1.3.6 > 10.1.3.80:445/tcp smb\n10.1.3.5 > 10.1.3.80:22/tcp ssh",
            C::FileServer,
        ),
        ("old transfers", "10.1.3.5 > 10.1.3.80:21/tcp ftp\n10.1.3.5 > 10.1.3.80:22/tcp ssh", C::Server),
        ("telephones", "10.1.3.80 sip.role registrar\n10.1.3.80 sip.product Asterisk PBX 16.28.0", C::Server),
        (
            "logins of a domain, with its names and files",
            "10.1.3.5 > 10.1.3.80:88/udp kerberos\n10.1.3.5 > 10.1.3.80:53/udp dns\n10.1.3.6 > 10.1.3.80:53/udp dns\n10.1.3.5 > 10.1.3.80:445/tcp smb",
            C::AccountDirectory,
        ),
        ("database", "10.1.3.5 > 10.1.3.80:5432/tcp postgresql", C::DatabaseServer),
        ("MongoDB", "10.1.3.5 > 10.1.3.80:27017/tcp mongodb", C::DatabaseServer),
        ("Oracle", "10.1.3.5 > 10.1.3.80:1521/tcp oracle", C::DatabaseServer),
        ("database port, nobody speaks it", "10.1.3.5 > 10.1.3.80:5432/tcp", C::Unknown),
        ("names", "10.1.3.5 > 10.1.3.80:53/udp dns\n10.1.3.6 > 10.1.3.80:53/udp dns", C::NetworkService),
        (
            "names, files and a database",
            "10.1.3.5 > 10.1.3.80:53/udp dns\n10.1.3.6 > 10.1.3.80:53/udp dns\n10.1.3.5 > 10.1.3.80:445/tcp smb\n10.1.3.6 > 10.1.3.80:445/tcp smb",
            C::Server,
        ),
    ] {
        check(name, scenario, &[("10.1.3.80", class)]);
    }
}

#[test]
fn routers() {
    check(
        "a router, seen by what it forwards",
        "00:a0:57:00:00:01 owns 10.1.1.1
         00:a0:57:00:00:01 sends 10.1.2.5
         00:a0:57:00:00:01 sends 10.1.3.6
         00:a0:57:00:00:01 sends 93.184.216.34",
        &[("10.1.1.1", C::NetworkDevice)],
    );
    check(
        "a router that also gives addresses and names",
        "00:a0:57:00:00:01 owns 10.1.1.1
         10.1.1.1 address.router dhcp
         10.1.1.5 > 10.1.1.1:67/udp dhcp
         10.1.1.5 > 10.1.1.1:53/udp dns
         10.1.1.6 > 10.1.1.1:53/udp dns",
        &[("10.1.1.1", C::NetworkDevice)],
    );
    check(
        "an address that routers share",
        "00:00:5e:00:01:07 owns 10.1.1.1",
        &[("10.1.1.1", C::NetworkDevice)],
    );
    check(
        "a host whose old address is known to another",
        "00:1b:2c:00:00:05 owns 10.1.1.5\n00:1b:2c:00:00:06 sends 10.1.1.5",
        &[("00:1b:2c:00:00:06", C::Unknown)],
    );
}

#[test]
fn silence_says_nothing() {
    check("answers ARP only", "00:0b:ab:3f:90:77 owns 10.1.1.77", &[("10.1.1.77", C::Unknown)]);
}

#[test]
fn laboratories() {
    const XN: &str = "10.1.2.40 hl7.sends ORU^R01\n10.1.2.40 hl7.sending-application XN";
    let results =
        "10.1.2.40 astm.sends results\n10.1.2.40 astm.sends orders\n10.1.2.40 > 10.1.2.60:9100/tcp astm\n";
    check("results alone are not enough", results, &[("10.1.2.40", C::Unknown), ("10.1.2.60", C::Unknown)]);
    check(
        "with a known name: no program of a maker was there to be recorded, so ASTM alone decides nothing",
        &format!("{results}10.1.2.40 astm.sender cobas 6000"),
        &[("10.1.2.40", C::Unknown), ("10.1.2.60", C::Unknown)],
    );
    check("HL7 results of a host called like a family alone", XN, &[("10.1.2.40", C::Unknown)]);
    check(
        "both together",
        &format!("{XN}\n10.1.2.40 astm.sends results"),
        &[("10.1.2.40", C::LaboratoryAnalyser)],
    );
    check(
        "a name alone is not enough",
        "10.1.2.40 astm.sender cobas 6000\n10.1.2.40 astm.sends orders",
        &[("10.1.2.40", C::Unknown)],
    );
    check("a meter's hello alone", "10.1.2.41 poct1-a.maker Example", &[("10.1.2.41", C::Unknown)]);
    check(
        "with its serial number",
        "10.1.2.41 poct1-a.maker Example\n10.1.2.41 poct1-a.serial 5004",
        &[("10.1.2.41", C::Unknown)],
    );
    check(
        "a blood gas analyser says what it is, but over POCT1-A alone",
        "10.1.2.41 poct1-a.maker Roche Diagnostics\n10.1.2.41 poct1-a.model cobas b 221\n10.1.2.41 astm.sends results",
        &[("10.1.2.41", C::Unknown)],
    );
}

#[test]
fn monitors_announce_themselves() {
    const MONITOR: &str = "10.1.7.31 intellivue.maker Philips\n10.1.7.31 intellivue.model M8007A\n\
        10.1.7.31 intellivue.serial DE00000042\n10.1.7.5 > 10.1.7.31:24105/udp intellivue\n";
    check(
        "their own word alone: no monitor was there to be recorded",
        MONITOR,
        &[("10.1.7.31", C::Unknown), ("10.1.7.5", C::Unknown)],
    );
    check(
        "with a card of the same maker",
        &format!("{MONITOR}00:09:fb:00:00:31 owns 10.1.7.31"),
        &[("10.1.7.31", C::PatientMonitor), ("10.1.7.5", C::Unknown)],
    );
    check("a card alone", "00:09:fb:00:00:31 owns 10.1.7.31", &[("10.1.7.31", C::Unknown)]);
    check(
        "with a card of another maker",
        &format!("{MONITOR}50:81:40:00:00:31 owns 10.1.7.31"),
        &[("10.1.7.31", C::Unknown)],
    );
    const MINDRAY: &str = "10.1.7.32 hl7.monitor mindray\n10.1.7.32 hl7.sends ORU^R01\n10.1.7.32 hl7.receives QRY^R02\n\
        10.1.7.5 > 10.1.7.32:4601/tcp hl7\n";
    check("another maker's word alone", MINDRAY, &[("10.1.7.32", C::Unknown)]);
    check(
        "and with its card",
        &format!("{MINDRAY}00:0f:14:00:00:32 owns 10.1.7.32"),
        &[("10.1.7.32", C::PatientMonitor)],
    );
    check(
        "a reader of values is no monitor, whatever card it has",
        "00:09:fb:00:00:05 owns 10.1.7.5\n10.1.7.5 > 10.1.7.31:24105/udp intellivue",
        &[("10.1.7.5", C::Unknown)],
    );
}

#[test]
fn sharing_documents_alone_makes_no_clinical_system() {
    let keeps =
        "10.1.5.30:8080/tcp xds.part document-registry\n10.1.5.30:8080/tcp xds.part document-repository\n";
    check("keeps documents (no program of a maker was there)", keeps, &[("10.1.5.30", C::Unknown)]);
    let asks = "10.1.5.31 xds.part document-consumer\n10.1.5.31 xds.part document-source\n";
    check("asks for documents and gives some", asks, &[("10.1.5.31", C::Unknown)]);
    check("all of it", &[keeps, &asks.replace(".31", ".30")].concat(), &[("10.1.5.30", C::Unknown)]);
}
