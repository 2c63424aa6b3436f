//! WS-Discovery: which kinds of device announce themselves or answer a probe: printers and scanners, cameras (ONVIF), computers, and
//! medical devices of IEEE 11073 SDC.
//!
//! OASIS WS-Discovery 1.1 (and the draft of 2005 that Windows and ONVIF speak), SOAP over UDP. Medical devices: IEEE 11073-20702, 7.2 (the type
//! `MedicalDevice`). Cameras: ONVIF Core Specification, 7.3.2.2 (scopes). Nothing here is a parser of XML: of a message only the action, the types
//! that are known and one scope are looked for.
//!
//! Not here: scopes of names and places, which people give; addresses.

use wardround_model::FactKind;

use crate::{About, Datagram, Facts, Role};

/// The port of the group, from which devices answer, too.
pub(crate) const PORTS: &[u16] = &[3702];
/// How much of a message is looked at.
const MOST: usize = 16 << 10;
/// What every message holds: the name of the protocol, in either version.
const PROTOCOL: &[&[u8]] = &[
    b"http://schemas.xmlsoap.org/ws/2005/04/discovery",
    b"http://docs.oasis-open.org/ws-dd/ns/discovery/2009/01",
];
/// Actions, and who sends them; of the others only that it is this protocol is told.
const OWN: &[(&[u8], Role)] =
    &[(b"/Hello<", Role::Unknown), (b"/ProbeMatches<", Role::Server), (b"/ResolveMatches<", Role::Server)];
const ASKING: &[&[u8]] = &[b"/Probe<", b"/Resolve<"];
/// Types that are told: DPWS, WSD for printers and scanners, Windows, ONVIF, SDC.
const TYPES: &[&[u8]] = &[
    b"Computer",
    b"PrintDeviceType",
    b"ScanDeviceType",
    b"NetworkVideoTransmitter",
    b"NetworkVideoDisplay",
    b"NetworkVideoStorage",
    b"MedicalDevice",
];
/// The scope in which ONVIF's devices name their model.
const HARDWARE: &[u8] = b"onvif://www.onvif.org/hardware/";

/// Reads one datagram.
pub(crate) fn dissect(datagram: &Datagram<'_>, facts: &mut Facts) -> Option<Role> {
    let message = datagram.payload.get(..MOST).unwrap_or(datagram.payload);
    if message.trim_ascii_start().first() != Some(&b'<')
        || !PROTOCOL.iter().any(|name| find(message, name).is_some())
    {
        return None;
    }
    if let Some((_, role)) = OWN.iter().find(|(action, _)| find(message, action).is_some()) {
        types(message, facts);
        hardware(message, facts);
        return Some(*role);
    }
    let is_asking = ASKING.iter().any(|action| find(message, action).is_some());
    Some(if is_asking { Role::Client } else { Role::Unknown })
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

/// What stands in the first element `Types`, whatever its prefix and attributes: names with prefixes of their own.
fn types(message: &[u8], facts: &mut Facts) {
    let Some(at) = [b":Types".as_slice(), b"<Types"].into_iter().filter_map(|open| find(message, open)).min()
    else {
        return;
    };
    let behind = message.get(at..).unwrap_or_default();
    let Some(end) = behind.iter().position(|byte| *byte == b'>') else { return };
    let inside = behind.get(end.saturating_add(1)..).unwrap_or_default();
    let inside = inside.split(|byte| *byte == b'<').next().unwrap_or_default();
    for name in inside.split(u8::is_ascii_whitespace) {
        let local = name.rsplit(|byte| *byte == b':').next().unwrap_or_default();
        if let Some(known) = TYPES.iter().find(|known| **known == local) {
            facts.tell(About::Sender, FactKind::WsDiscoveryKind, known);
        }
    }
}

/// The model, with what stands for characters of an address (RFC 3986, 2.1).
fn hardware(message: &[u8], facts: &mut Facts) {
    let Some(at) = find(message, HARDWARE) else { return };
    let behind = message.get(at.saturating_add(HARDWARE.len())..).unwrap_or_default();
    let end =
        behind.iter().position(|byte| byte.is_ascii_whitespace() || *byte == b'<').unwrap_or(behind.len());
    let model = unescaped(behind.get(..end).unwrap_or_default());
    if !model.is_empty() {
        facts.tell(About::Sender, FactKind::OnvifHardware, &model);
    }
}

fn unescaped(text: &[u8]) -> Vec<u8> {
    let (mut plain, mut rest) = (Vec::with_capacity(text.len()), text);
    while let Some((first, behind)) = rest.split_first() {
        let digits = behind.first_chunk::<2>().filter(|_| *first == b'%');
        let code = digits.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        plain.push(code.unwrap_or(*first));
        rest = if code.is_some() { behind.get(2..).unwrap_or_default() } else { behind };
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::heard;
    use proptest::prelude::*;

    fn told(payload: &str) -> (Option<Role>, Vec<String>) {
        heard(dissect, payload.as_bytes(), ([10, 1, 4, 41], 3702), ([239, 255, 255, 250], 3702))
    }

    fn message(action: &str, body: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?><s:Envelope xmlns:d=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\"><s:Header><a:Action>\
             http://schemas.xmlsoap.org/ws/2005/04/discovery/{action}</a:Action></s:Header><s:Body>{body}</s:Body></s:Envelope>"
        )
    }

    #[test]
    fn a_camera_says_its_model_and_nobodys_name() {
        let body = "<d:ProbeMatches><d:ProbeMatch><d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types><d:Scopes>\
            onvif://www.onvif.org/name/CANARY onvif://www.onvif.org/hardware/M3065%2DV onvif://www.onvif.org/location/ward7\
            </d:Scopes></d:ProbeMatch></d:ProbeMatches>";
        let expected = ["Sender ws-discovery.kind=NetworkVideoTransmitter", "Sender onvif.hardware=M3065-V"];
        assert_eq!(
            told(&message("ProbeMatches", body)),
            (Some(Role::Server), expected.map(str::to_owned).to_vec())
        );
    }

    #[test]
    fn a_medical_device_and_a_computer_say_hello() {
        let sdc =
            "<wsd:Hello><wsd:Types xmlns:p=\"x\">dpws:Device mdpws:MedicalDevice</wsd:Types></wsd:Hello>";
        assert_eq!(told(&message("Hello", sdc)).1, ["Sender ws-discovery.kind=MedicalDevice"]);
        let windows = "<wsd:Hello><wsd:Types>wsdp:Device pub:Computer</wsd:Types></wsd:Hello>";
        assert_eq!(
            told(&message("Hello", windows)),
            (Some(Role::Unknown), vec!["Sender ws-discovery.kind=Computer".to_owned()])
        );
    }

    #[test]
    fn probes_and_other_xml_tell_nothing() {
        let probe = message("Probe", "<d:Probe><d:Types>dn:NetworkVideoTransmitter</d:Types></d:Probe>");
        assert_eq!(told(&probe), (Some(Role::Client), vec![]));
        assert_eq!(told("<html>http://example.org/</html>"), (None, vec![]));
        assert_eq!(told(&message("Bye", "")), (Some(Role::Unknown), vec![]));
    }

    proptest! {
        #[test]
        fn any_text_is_read_to_an_end(text: String) {
            told(&text);
            told(&message("Hello", &text));
        }
    }
}
