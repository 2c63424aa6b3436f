//! What telephones and what they register with say they are (SIP, RFC 3261, `User-Agent` and `Server`; `rules/telephones.txt`).
//!
//! Programs on a person's computer are telephones too, and make the computer no desk phone. Not here: intercoms and nurse call systems,
//! whose texts no public source tells surely.

use std::sync::LazyLock;

use wardround_model::{DeviceClass, FactKind, Observation, Reason};

use crate::evidence::Evidence;
use crate::portrait::{Portrait, because};
use crate::rules::{self, Row, Rule, Wrong};
use crate::terms::Terms;

/// A family of products that speak SIP.
pub(crate) struct Telephone {
    /// How the text begins, in lower case.
    begins: &'static str,
    class: DeviceClass,
    /// What it is worth that a text says so.
    weight: u8,
    pub(crate) maker: Option<&'static str>,
    model: Model,
}

/// Where the text says the model.
#[derive(Clone, Copy)]
enum Model {
    /// Nowhere.
    Unsaid,
    /// The word straight behind the beginning, with this before it.
    Behind(&'static str),
    /// Before `-UA/`, behind a hyphen.
    BeforeUa,
}

impl Rule for Telephone {
    const FILE: &'static str = "telephones.txt";
    const TEXT: &'static str = include_str!("../rules/telephones.txt");
    const COLUMNS: &'static [&'static str] = &["begins", "class", "weight", "maker", "model", "before"];

    fn read(row: &Row) -> Result<Self, Wrong> {
        let (class, before) = (row.class("class")?, row.optional("before")?);
        if class == DeviceClass::Unknown || class.is_medical() {
            return Err(row.wrong("class", "must be known, and no medical one"));
        }
        let model = match (row.optional("model")?, before) {
            (Some("next word"), before) => Model::Behind(before.unwrap_or_default()),
            (None, None) => Model::Unsaid,
            (Some("before -UA/"), None) => Model::BeforeUa,
            (_, Some(_)) => return Err(row.wrong("before", "goes with \"next word\" alone")),
            _ => return Err(row.wrong("model", "must be -, or one of: next word, before -UA/")),
        };
        let (begins, weight) = (row.lower("begins")?, row.weight("weight")?);
        Ok(Self { begins, class, weight, maker: row.optional("maker")?, model })
    }
}

/// The first row that fits counts.
static TELEPHONES: LazyLock<Vec<Telephone>> = LazyLock::new(rules::all);

/// What a text of SIP says of its device.
pub(crate) struct Named<'a> {
    pub(crate) family: &'static Telephone,
    pub(crate) model: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) observation: &'a Observation,
}

/// The first text that names a family.
pub(crate) fn named_in<'a>(p: &Portrait<'a>) -> Option<Named<'a>> {
    p.facts(FactKind::SipProduct).iter().find_map(|it| {
        let text = it.fact.value();
        let family = Telephone::named(text)?;
        let (model, version) = family.read(text);
        Some(Named { family, model, version, observation: it })
    })
}

/// The sign in a device's own words.
pub(crate) fn signs(p: &Portrait<'_>) -> Option<Evidence> {
    let Named { family, observation, .. } = named_in(p)?;
    let Telephone { class, weight, .. } = *family;
    let text = format!("It says over SIP: \"{}\", as {} do", observation.fact.value(), class.plural());
    Some(Evidence { class, weight, is_clinical: false, reason: because(text, [observation]) })
}

/// It registers as telephones do, and is no program on a person's computer.
pub(crate) fn registers(p: &Portrait<'_>) -> Option<Reason> {
    let said = p.facts_where(FactKind::SipRole, |role| role == "registers");
    let is_program = |it: &&Observation| {
        let text = it.fact.value().to_ascii_lowercase();
        Terms::Programs.begin(&text)
    };
    let is_other =
        p.has(FactKind::SipRole, "registrar") || p.facts(FactKind::SipProduct).iter().any(is_program);
    (!said.is_empty() && !is_other).then(|| because("It registers as telephones do (SIP)", said))
}

impl Telephone {
    /// Whether it is a device, not a program that runs on one.
    pub(crate) fn is_device(&self) -> bool {
        self.class != DeviceClass::Server
    }

    fn named(text: &str) -> Option<&'static Self> {
        let fits = |row: &&Self| {
            let start = text.get(..row.begins.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(row.begins))
        };
        TELEPHONES.iter().find(fits)
    }

    /// Model and version.
    fn read(&self, text: &str) -> (Option<String>, Option<String>) {
        let behind = text.get(self.begins.len()..).unwrap_or_default();
        match self.model {
            Model::Unsaid => (None, version(behind)),
            Model::Behind(before) => {
                let (word, rest) = model(behind.trim_start_matches('-'));
                (has_digit(word).then(|| format!("{before}{word}")), version(rest))
            }
            Model::BeforeUa => {
                let Some((product, rest)) = text.split_once("-UA/") else { return (None, version(behind)) };
                let model = product.rsplit('-').next().unwrap_or_default();
                (has_digit(model).then(|| model.replace('_', " ")), version(rest))
            }
        }
    }
}

/// The model, and what follows it: a space, a slash, an underline, or the hyphen before a version.
fn model(text: &str) -> (&str, &str) {
    let is_version = |at: usize| {
        let rest = text.get(at..).and_then(|rest| rest.strip_prefix('-')).unwrap_or_default();
        rest.starts_with(|c: char| c.is_ascii_digit()) && rest.contains('.')
    };
    let ends = |at: usize, c: char| matches!(c, ' ' | '/' | '_') || c == '-' && is_version(at);
    let end = text.char_indices().find(|(at, c)| ends(*at, *c)).map_or(text.len(), |(at, _)| at);
    let (word, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    (word.trim_end_matches("-SIP-Phone"), rest)
}

/// The first word that begins with a number and has a dot.
fn version(text: &str) -> Option<String> {
    let words = text.split([' ', '/', '_', '-']);
    let is_version = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.');
    words.into_iter().find(is_version).map(str::to_owned)
}

fn has_digit(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use DeviceClass::{NetworkDevice as Network, Server, VoicePhone as Phone};

    #[test]
    fn texts_name_family_model_and_version() {
        for (text, expected) in [
            ("Yealink SIP-T46S 66.85.0.5", Some((Phone, "Yealink", "SIP-T46S", "66.85.0.5"))),
            ("Cisco-CP8841/12.5.1", Some((Phone, "Cisco", "CP-8841", "12.5.1"))),
            ("Cisco-CP-7960G/8.0", Some((Phone, "Cisco", "CP-7960G", "8.0"))),
            ("Cisco/SPA504G-7.4.9c", Some((Phone, "Cisco", "SPA504G", "7.4.9c"))),
            ("snomD735/10.1.54.13", Some((Phone, "snom technology", "D735", "10.1.54.13"))),
            ("snom-m700/03.24.0005", Some((Phone, "snom technology", "m700", "03.24.0005"))),
            ("PolycomVVX-VVX_411-UA/5.9.5.0614", Some((Phone, "Polycom", "VVX 411", "5.9.5.0614"))),
            (
                "Polycom/5.8.0.12848 PolycomVVX-VVX_411-UA/5.8.0.12848",
                Some((Phone, "Polycom", "VVX 411", "5.8.0.12848")),
            ),
            (
                "PolycomSoundPointIP-SPIP_450-UA/4.0.8.1608",
                Some((Phone, "Polycom", "SPIP 450", "4.0.8.1608")),
            ),
            ("Grandstream GXP2160 1.0.11.6", Some((Phone, "Grandstream", "GXP2160", "1.0.11.6"))),
            ("Mitel-6867i-SIP-Phone 5.1.0.1024 00085D000000", Some((Phone, "Mitel", "6867i", "5.1.0.1024"))),
            ("Aastra 6755i/3.2.2.2044", Some((Phone, "Mitel", "6755i", "3.2.2.2044"))),
            ("OpenStage_60_V3 R3.5.12 SIP", Some((Phone, "Unify", "OpenStage 60", ""))),
            ("Gigaset N510 IP PRO/42.245.00.000.000", Some((Phone, "Gigaset", "N510", "42.245.00.000.000"))),
            ("Asterisk PBX 16.28.0~dfsg-0+deb11u3", Some((Server, "", "", "16.28.0~dfsg"))),
            ("kamailio 5.5.4", Some((Server, "", "", "5.5.4"))),
            ("Cisco-SIPGateway/IOS-15.4.3.M3", Some((Network, "Cisco", "", "15.4.3.M3"))),
            ("MicroSIP/3.20.5", None),
            ("Yealink", None),
        ] {
            let found = Telephone::named(text).map(|family| {
                let (model, version) = family.read(text);
                (
                    family.class,
                    family.maker.unwrap_or_default(),
                    model.unwrap_or_default(),
                    version.unwrap_or_default(),
                )
            });
            let expected = expected
                .map(|(class, maker, model, version)| (class, maker, model.to_owned(), version.to_owned()));
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn no_telephone_hides_another() {
        for (place, row) in TELEPHONES.iter().enumerate() {
            let line = rules::line::<Telephone>(place);
            let first = TELEPHONES.iter().position(|earlier| row.begins.starts_with(earlier.begins));
            assert_eq!(first, Some(place), "{line}, begins: is never reached");
            let maker = row.maker.unwrap_or_default();
            assert_eq!(crate::makers::tidy(maker), maker, "{line}, maker: makers.txt writes it so");
        }
    }
}
