//! Devices at the point of care, such as glucose meters and blood gas analysers: maker, model, serial number, software.
//!
//! CLSI POCT1-A2, annex B: messages in XML over TCP, one root element a message (`HEL.R01`, `DST.R01`, `OBS.R01` and so on). The device
//! says what it is in `HEL.R01`, element `DEV`, by values of the attribute `V`.
//!
//! Not here: patients, operators and results. Behind the hello only the kind of the next message is looked at; nothing here is a parser
//! of XML.

use wardround_model::FactKind;

use crate::lines::more;
use crate::{About, Facts, Half, Role, Start, Verdict};

/// The longest hello that is waited for.
const MAX_HELLO: usize = 8 << 10;
/// The longest beginning that is looked at for a root element: a declaration may stand before it.
const MAX_BEGINNING: usize = 256;
const HELLO: &[u8] = b"HEL.R01";
const HELLO_END: &[u8] = b"</HEL.R01>";
/// Root elements (POCT1-A2, annex B, table of messages), and who sends them.
const ROOTS: &[(&[u8], Role)] = &[
    (HELLO, Role::Client),
    (b"DST.R01", Role::Client),
    (b"OBS.R01", Role::Client),
    (b"OBS.R02", Role::Client),
    (b"EVS.R01", Role::Client),
    (b"REQ.R01", Role::Server),
    (b"DTV.R01", Role::Server),
    (b"DTV.R02", Role::Server),
    (b"OPL.R01", Role::Server),
    (b"PTL.R01", Role::Server),
    (b"ACK.R01", Role::Unknown),
    (b"ESC.R01", Role::Unknown),
    (b"EOT.R01", Role::Unknown),
    (b"END.R01", Role::Unknown),
    (b"KPA.R01", Role::Unknown),
];
/// What the device says of itself; the first of two that is there counts.
const FACTS: &[(FactKind, &[&[u8]])] = &[
    (FactKind::Poct1aMaker, &[b"DEV.manufacturer_name", b"DEV.vendor_id"]),
    (FactKind::Poct1aModel, &[b"DEV.model_id"]),
    (FactKind::Poct1aSerial, &[b"DEV.serial_id"]),
    (FactKind::Poct1aSoftware, &[b"DEV.sw_version"]),
];

/// Reads the root of a message, and all of a hello.
pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let blank = half.bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let message = half.bytes.get(blank..).unwrap_or_default();
    match message.first() {
        None if half.start == Start::NextMessage && blank > 0 => {
            return Verdict::Message { used: blank, sender: Role::Unknown };
        }
        Some(b'<') => {}
        _ => return Verdict::NotThis,
    }
    let beginning = message.get(..MAX_BEGINNING).unwrap_or(message);
    let Some(tag) = root(beginning) else { return more(half.bytes, MAX_BEGINNING, Verdict::NotThis) };
    let Some((name, sender)) = ROOTS.iter().find(|(name, _)| *name == tag) else { return Verdict::NotThis };
    if *name != HELLO {
        // A hello comes first; what follows is of patients.
        return Verdict::Finished { sender: *sender };
    }
    let end = message.windows(HELLO_END.len()).position(|window| window == HELLO_END);
    let Some(at) = end else { return more(half.bytes, MAX_HELLO, Verdict::NotThis) };
    hello(message.get(..at).unwrap_or_default(), facts);
    Verdict::Message { used: blank.saturating_add(at).saturating_add(HELLO_END.len()), sender: *sender }
}

/// The name of the first element, behind a declaration and comments' marks (XML 1.0, 2.8), when it is all there.
fn root(beginning: &[u8]) -> Option<&[u8]> {
    let mut rest = beginning;
    while rest.starts_with(b"<?") || rest.starts_with(b"<!") {
        let end = rest.iter().position(|byte| *byte == b'>')?;
        rest = rest.get(end.saturating_add(1)..)?.trim_ascii_start();
    }
    let name = rest.strip_prefix(b"<")?;
    let end = name.iter().position(|byte| matches!(byte, b'>' | b' ' | b'/'))?;
    name.get(..end)
}

fn hello(message: &[u8], facts: &mut Facts) {
    for (kind, names) in FACTS {
        let said = names.iter().find_map(|name| value(message, name));
        if let Some(said) = said.filter(|said| !said.trim_ascii().is_empty()) {
            facts.tell(About::Sender, *kind, said);
        }
    }
}

/// The value of the attribute `V` of the first element of this name.
fn value<'a>(message: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let open = [b"<".as_slice(), name].concat();
    let at = message.windows(open.len()).position(|window| window == open)?;
    let rest = message.get(at.saturating_add(open.len())..)?;
    let tag = rest.get(..rest.iter().position(|byte| *byte == b'>')?)?;
    let tag = tag.strip_prefix(b" ")?.trim_ascii_start().strip_prefix(b"V")?.trim_ascii_start();
    let (quote, said) = tag.strip_prefix(b"=")?.trim_ascii_start().split_first()?;
    let end = matches!(quote, b'"' | b'\'').then(|| said.iter().position(|byte| byte == quote))??;
    said.get(..end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::{Side, Told};
    use proptest::prelude::*;

    const METER: &str = "<HEL.R01>\n<HDR>\n<HDR.control_id V=\"1\"/><HDR.version_id V=\"POCT1\"/>\n</HDR>\n<DEV>\n\
        <DEV.device_id V=\"00-1B-2C\"/><DEV.vendor_id V=\"RCH\"/><DEV.model_id V=\"cobas b 221\"/>\
        <DEV.serial_id V='5004'/><DEV.manufacturer_name V=\"Roche Diagnostics\"/><DEV.hw_version V=\"2\"/>\
        <DEV.sw_version V=\"7.08\"/><DEV.device_name V=\"Ward 3\"/>\n</DEV>\n</HEL.R01>";
    const RESULT: &str = "<OBS.R01><HDR><HDR.control_id V=\"3\"/></HDR><SVC><PT><PT.patient_id V=\"MRN-40081573\"/>\
        <DEV.model_id V=\"Canaryman\"/></PT></SVC></OBS.R01>";

    fn told(bytes: &[u8], start: Start) -> Told {
        Side::new(dissect, bytes, start).check()
    }

    #[test]
    fn a_device_says_what_it_is_and_nothing_of_a_patient_is_told() {
        let all = format!("{METER}\r\n{RESULT}\n<END.R01></END.R01>");
        let told = told(all.as_bytes(), Start::Opening);
        assert_eq!(
            told.lines(),
            "Sender poct1-a.maker=Roche Diagnostics\nSender poct1-a.model=cobas b 221\n\
             Sender poct1-a.serial=5004\nSender poct1-a.software=7.08\n"
        );
        assert_eq!(told.roles[..2], [Role::Client, Role::Client]);
    }

    #[test]
    fn a_declaration_may_stand_before_and_a_makers_code_for_its_name() {
        let text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<HEL.R01><DEV><DEV.vendor_id V=\"NVB\"/></DEV></HEL.R01>";
        assert_eq!(told(text.as_bytes(), Start::Opening).lines(), "Sender poct1-a.maker=NVB\n");
        assert_eq!(told(b"<ACK.R01><HDR/></ACK.R01>", Start::Opening).roles, [Role::Unknown]);
    }

    #[test]
    fn other_xml_is_not_this() {
        for text in
            ["<html><HEL.R01></HEL.R01>", "<ClinicalDocument>", "<stream:stream to='x'>", "HEL.R01", "<>"]
        {
            assert_eq!(told(text.as_bytes(), Start::Opening).roles, [], "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, chunk in 1usize..40) {
            Side::new(dissect, &[b"<HEL.R01><DEV.model_id V=\"".as_slice(), &bytes].concat(), Start::Opening).read(chunk);
            Side::new(dissect, &bytes, Start::NextMessage).read(chunk);
        }
    }
}
