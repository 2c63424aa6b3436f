//! Examples of `recog`: whether what they name in a banner is still there in what we keep of it.
//!
//! An example names products and versions that stand in its text. We keep the text with words masked that may name a person or
//! a host; a product or a version must not be among them.

use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use wardround_model::{Fact, FactKind, Shape};

use crate::score::{Outcome, Scores};

const SOURCE: &str = "recog";

/// Files of examples, and the kind of fact that we keep such text as.
const KINDS: &[(&str, FactKind)] = &[
    ("dhcp_vendor_class", FactKind::DhcpVendorClass),
    ("ftp_banners", FactKind::FtpBanner),
    ("http_servers", FactKind::HttpServer),
    ("mysql_banners", FactKind::ServerSoftware),
    ("rtsp_servers", FactKind::ServerSoftware),
    ("sip_banners", FactKind::SipProduct),
    ("sip_user_agents", FactKind::SipProduct),
    ("snmp_sysdescr", FactKind::SnmpSystemDescription),
    ("ssh_banners", FactKind::SshBanner),
    ("telnet_banners", FactKind::TelnetBanner),
];

/// Fields that say what a device is; others, such as host names, are not kept.
const FIELDS: &[&str] = &[
    "hw.model",
    "hw.product",
    "hw.version",
    "os.product",
    "os.version",
    "service.component.version",
    "service.product",
    "service.version",
];

/// Compares every example of kinds that we read; the other files are told as not read.
pub(crate) fn compare(folder: &Path, scores: &mut Scores) -> Result<(), String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort_unstable();
    for path in paths {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let kind = KINDS.iter().find(|(known, _)| *known == name).copied();
        for example in examples(&text) {
            match kind {
                Some((known, kind)) => compare_example(known, kind, &example, scores),
                None => scores.add((SOURCE, "other files"), (&name, &example.text), Outcome::NotRead),
            }
        }
    }
    Ok(())
}

struct Example {
    text: String,
    fields: Vec<(String, String)>,
}

fn examples(xml: &str) -> Vec<Example> {
    let mut reader = Reader::from_str(xml);
    let (mut found, mut open): (Vec<Example>, bool) = (Vec::new(), false);
    loop {
        match reader.read_event() {
            Ok(Event::Start(tag)) if tag.name().as_ref() == "example" => {
                found.push(Example { text: String::new(), fields: fields(&tag) });
                open = true;
            }
            Ok(Event::Text(text)) if open => push(&mut found, &text),
            Ok(Event::CData(text)) if open => push(&mut found, &text),
            Ok(Event::GeneralRef(entity)) if open => {
                push(&mut found, quick_xml::escape::resolve_predefined_entity(&entity).unwrap_or(" "));
            }
            Ok(Event::End(tag)) if tag.name().as_ref() == "example" => open = false,
            Ok(Event::Eof) | Err(_) => return found,
            Ok(_) => {}
        }
    }
}

fn push(found: &mut [Example], text: &str) {
    if let Some(example) = found.last_mut() {
        example.text.push_str(text);
    }
}

fn fields(tag: &BytesStart<'_>) -> Vec<(String, String)> {
    let attribute = |it: quick_xml::events::attributes::Attribute<'_>| {
        (it.key.as_ref().to_owned(), it.value.into_owned())
    };
    tag.attributes().flatten().map(attribute).collect()
}

fn compare_example(file: &'static str, kind: FactKind, example: &Example, scores: &mut Scores) {
    let is_encoded = example.fields.iter().any(|(name, _)| name == "_encoding");
    let kept =
        Fact::new(kind, example.text.as_bytes()).map(|fact| fact.value().to_owned()).unwrap_or_default();
    for (name, value) in &example.fields {
        if is_encoded || !FIELDS.contains(&name.as_str()) || !example.text.contains(value.as_str()) {
            continue;
        }
        let is_there = kept.contains(value.as_str());
        if !is_there && kind.allowed().shape == Shape::Words {
            scores.add(
                (SOURCE, file),
                (file, &format!("{} {name}={value}", example.text.trim())),
                Outcome::KeptBack,
            );
            continue;
        }
        let outcome =
            if is_there { Outcome::Same } else { Outcome::Differs(kept.clone(), format!("{name}={value}")) };
        scores.add((SOURCE, file), (file, &format!("{} {name}={value}", example.text.trim())), outcome);
    }
}
