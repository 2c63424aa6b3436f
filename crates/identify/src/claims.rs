//! Who tells maker, model, serial number, software version and operating system of a thing, and how far each is believed (`rules/claims.txt`).
//!
//! Not here: what kind of thing it is (`evidence` and the signs), and how far each kind of list is believed (`lists`).

use std::collections::BTreeSet;
use std::sync::LazyLock;

use wardround_model::{Claim, Confidence, DeviceClass, FactKind, Observation};

use crate::imaging::sends_as_one_device;
use crate::lists::{self, Said};
use crate::portrait::{Portrait, because};
use crate::rules::{self, Row, Rule, Wrong};
use crate::{families, fingerprints, makers, model_numbers, telephones};

/// What is told of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Property {
    /// Who made it.
    Maker,
    /// Which model it is.
    Model,
    /// Its serial number.
    Serial,
    /// The version of its own software.
    Software,
    /// Its operating system.
    System,
}

const PROPERTIES: [(&str, Property); 5] = [
    ("maker", Property::Maker),
    ("model", Property::Model),
    ("serial", Property::Serial),
    ("software", Property::Software),
    ("system", Property::System),
];

/// Code that reads a property from several facts.
#[derive(Clone, Copy)]
enum Told {
    /// Believed as far as the file says.
    SoFar(fn(&Portrait<'_>, DeviceClass, u8) -> Vec<Said>),
    /// Believed by figures of its own.
    ByItself(fn(&Portrait<'_>) -> Vec<Said>),
}

use Told::{ByItself, SoFar};

/// Sources in code, by the names that the file calls them.
const TOLD: &[(Property, &str, Told)] = &[
    (Property::Maker, "images", SoFar(maker_from_images)),
    (Property::Maker, "families", ByItself(|p| from_families(p, |it, _| it.maker.map(str::to_owned)))),
    (
        Property::Maker,
        "telephone",
        SoFar(|p, _, percent| from_telephone(p, percent, |it| it.family.maker.map(str::to_owned))),
    ),
    (Property::Maker, "announcement", SoFar(|p, _, percent| maker_from_announcement(p, percent))),
    (Property::Maker, "browser", SoFar(|p, _, percent| from_browser(p, percent, |_| "Apple"))),
    (
        Property::Maker,
        "lists",
        ByItself(|p| lists::said(p, FactKind::ListedMaker, "its maker").into_iter().map(tidied).collect()),
    ),
    (Property::Maker, "fingerprints", ByItself(|p| fingerprints::maker(p).collect())),
    (Property::Maker, "card", SoFar(|p, _, percent| maker_of_card(p, percent))),
    (
        Property::Model,
        "images",
        SoFar(|p, class, percent| from_images(p, FactKind::DicomModel, class, "model", percent)),
    ),
    (Property::Model, "families", ByItself(|p| from_families(p, |it, text| it.model(text)))),
    (Property::Model, "telephone", SoFar(|p, _, percent| from_telephone(p, percent, |it| it.model.clone()))),
    (Property::Model, "lists", ByItself(|p| lists::said(p, FactKind::ListedModel, "its model"))),
    (Property::Model, "announcement", SoFar(|p, _, percent| model_from_announcement(p, percent))),
    (Property::Model, "browser", SoFar(|p, _, percent| from_browser(p, percent, |model| model))),
    (Property::Model, "fingerprints", ByItself(|p| fingerprints::model(p).collect())),
    (
        Property::Serial,
        "images",
        SoFar(|p, class, percent| {
            from_images(p, FactKind::DicomDeviceSerial, class, "serial number", percent)
        }),
    ),
    (Property::Serial, "lists", ByItself(|p| lists::said(p, FactKind::ListedSerial, "its serial number"))),
    (
        Property::Software,
        "images",
        SoFar(|p, class, percent| {
            from_images(p, FactKind::DicomSoftwareVersions, class, "software version", percent)
        }),
    ),
    (
        Property::Software,
        "telephone",
        SoFar(|p, _, percent| {
            from_telephone(p, percent, |it| it.version.clone().filter(|_| it.family.is_device()))
        }),
    ),
    (Property::Software, "fingerprints", ByItself(|p| fingerprints::software(p).collect())),
    (
        Property::Software,
        "lists",
        ByItself(|p| lists::said(p, FactKind::ListedSoftware, "its software version")),
    ),
    (Property::System, "lists", ByItself(lists::system)),
    (Property::System, "fingerprints", ByItself(|p| fingerprints::system(p).collect())),
];

/// Who tells a property.
pub(crate) struct Source {
    property: Property,
    from: From,
}

enum From {
    /// The device itself, by this kind of fact, unless it was told by that one.
    Itself { kind: FactKind, without: Option<FactKind>, percent: u8, over: &'static str },
    /// Code, believed so far; of figures of its own, 0.
    Code(Told, u8),
}

impl Rule for Source {
    const FILE: &'static str = "claims.txt";
    const TEXT: &'static str = include_str!("../rules/claims.txt");
    const COLUMNS: &'static [&'static str] = &["property", "source", "percent", "over"];

    fn read(row: &Row) -> Result<Self, Wrong> {
        let property = row.one_of("property", &PROPERTIES)?;
        let source = row.text("source")?;
        let from = match source.strip_prefix("code ") {
            Some(name) => code(row, property, name)?,
            None => itself(row, source)?,
        };
        Ok(Self { property, from })
    }
}

fn code(row: &Row, property: Property, name: &str) -> Result<From, Wrong> {
    let told = TOLD.iter().find(|(of, known, _)| *of == property && *known == name);
    let (_, _, told) = told.ok_or_else(|| row.wrong("source", format!("no code is called {name}")))?;
    if row.optional("over")?.is_some() {
        return Err(row.wrong("over", "stands in code for code: write -"));
    }
    match told {
        SoFar(_) => Ok(From::Code(*told, row.weight("percent")?)),
        ByItself(_) if row.optional("percent")?.is_none() => Ok(From::Code(*told, 0)),
        ByItself(_) => {
            Err(row.wrong("percent", "is not asked for: the source has figures of its own, write -"))
        }
    }
}

fn itself(row: &Row, source: &str) -> Result<From, Wrong> {
    let parts = source.split_once(" without ");
    let (name, without) = parts.map_or((source, None), |(name, without)| (name, Some(without)));
    let without = without.map(|name| row.fact_called("source", name)).transpose()?;
    Ok(From::Itself {
        kind: row.fact_called("source", name)?,
        without,
        percent: row.weight("percent")?,
        over: row.text("over")?,
    })
}

static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(rules::all);

/// A property by all that tell it.
pub(crate) fn claim(p: &Portrait<'_>, class: DeviceClass, property: Property) -> Option<Claim<String>> {
    let sources = SOURCES.iter().filter(|source| source.property == property);
    let said = sources.flat_map(|source| source.said(p, class));
    match property {
        Property::Serial => {
            let given = said.filter(|one| !written_plainly(&one.value).is_empty());
            settle_by(given.collect(), |one, other| written_plainly(one) == written_plainly(other))
        }
        _ => settle(said.collect()),
    }
}

/// A serial number without what people and lists write in different ways: the size of its letters, marks between, zeros before it. Nothing is
/// left of zeros alone, which stand where none was given.
fn written_plainly(serial: &str) -> String {
    let letters = serial.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase());
    letters.skip_while(|c| *c == '0').collect()
}

impl Source {
    fn said(&self, p: &Portrait<'_>, class: DeviceClass) -> Vec<Said> {
        match self.from {
            From::Code(SoFar(told), percent) => told(p, class, percent),
            From::Code(ByItself(told), _) => told(p),
            From::Itself { without: Some(other), .. } if one_value(p, other).is_some() => Vec::new(),
            From::Itself { kind, percent, over, .. } => {
                let said = from_itself(p, kind, percent, over);
                let is_maker = self.property == Property::Maker;
                said.map(|one| if is_maker { tidied(one) } else { one }).into_iter().collect()
            }
        }
    }
}

fn tidied(one: Said) -> Said {
    Said { value: makers::tidy(&one.value), ..one }
}

/// The surest value; every text that says the same makes it surer, and what another says is told behind.
pub(crate) fn settle(said: Vec<Said>) -> Option<Claim<String>> {
    settle_by(said, makers::agree)
}

/// The same, by what two texts agree in.
fn settle_by(mut said: Vec<Said>, agree: impl Fn(&str, &str) -> bool) -> Option<Claim<String>> {
    said.sort_by_key(|one| std::cmp::Reverse(one.percent));
    let mut told = BTreeSet::new();
    said.retain(|one| told.insert(one.reason.text.clone()));
    let value = said.first()?.value.clone();
    let (same, other): (Vec<_>, Vec<_>) =
        said.into_iter().partition(|one| one.value == value || agree(&one.value, &value));
    let doubt: f64 = same.iter().map(|one| 1.0 - f64::from(one.percent) / 100.0).product();
    let confidence = crate::evidence::percent(1.0 - doubt);
    let reasons = same.into_iter().chain(other).map(|one| one.reason).collect();
    Some(Claim { value, confidence: Confidence::percent(confidence), reasons })
}

/// Whether the device fields of its images are its own.
fn is_imaging_device(p: &Portrait<'_>, class: DeviceClass) -> bool {
    class == DeviceClass::ImagingModality && sends_as_one_device(p)
}

fn from_images(p: &Portrait<'_>, kind: FactKind, class: DeviceClass, what: &str, percent: u8) -> Vec<Said> {
    // Several values (of software, in several components) are all of one device, but none is the one.
    let Some(text) = one_value(p, kind).filter(|_| is_imaging_device(p, class)) else { return Vec::new() };
    let reason = because(format!("Its images name {text} as {what}"), p.facts(kind).iter().copied());
    vec![Said { value: text.to_owned(), percent, reason }]
}

/// What facts of a kind say, where they all say one thing.
fn one_value<'a>(p: &Portrait<'a>, kind: FactKind) -> Option<&'a str> {
    let mut values = p.facts(kind).iter().map(|it| it.fact.value());
    let first = values.next()?;
    values.all(|value| value == first).then_some(first)
}

/// What a device says of itself. Behind a gateway there are several: then none of them is the one.
fn from_itself(p: &Portrait<'_>, kind: FactKind, percent: u8, protocol: &str) -> Option<Said> {
    let text = one_value(p, kind)?;
    let name = model_numbers::name_of(kind, text);
    let named = name.map(|name| format!(", which is the {name}")).unwrap_or_default();
    let reason =
        because(format!("It says over {protocol}: \"{text}\"{named}"), p.facts(kind).iter().copied());
    Some(Said { value: name.unwrap_or(text).to_owned(), percent, reason })
}

/// What a telephone says of itself.
fn from_telephone(
    p: &Portrait<'_>,
    percent: u8,
    part: impl Fn(&telephones::Named<'_>) -> Option<String>,
) -> Vec<Said> {
    let Some(named) = telephones::named_in(p) else { return Vec::new() };
    let Some(value) = part(&named) else { return Vec::new() };
    let text = format!("It says over SIP: \"{}\"", named.observation.fact.value());
    vec![Said { value, percent, reason: because(text, [named.observation]) }]
}

/// What the families say that its texts name, by these texts.
fn from_families(p: &Portrait<'_>, part: impl Fn(&families::Family, &str) -> Option<String>) -> Vec<Said> {
    let said = families::named_in(p).filter_map(|(family, it, from)| {
        let text = format!("Its {} says \"{}\"", from.named, it.fact.value());
        Some(Said {
            value: part(family, it.fact.value())?,
            percent: from.weight,
            reason: because(text, [it]),
        })
    });
    said.collect()
}

/// Different spellings of one maker are one value.
fn maker_from_images(p: &Portrait<'_>, class: DeviceClass, percent: u8) -> Vec<Said> {
    let facts = p.facts(FactKind::DicomManufacturer);
    let first = facts.first().filter(|_| is_imaging_device(p, class));
    let said = first.map(|it| {
        let text = it.fact.value();
        let reason = because(format!("Its images name {text} as manufacturer"), facts.iter().copied());
        Said { value: makers::tidy_imaging(text), percent, reason }
    });
    said.into_iter().collect()
}

fn maker_from_announcement(p: &Portrait<'_>, percent: u8) -> Vec<Said> {
    let said = p.facts(FactKind::MdnsMaker).iter().map(|it| {
        let text = format!("Its mDNS announcement names {} as maker", it.fact.value());
        Said { value: makers::tidy(it.fact.value()), percent, reason: because(text, [*it]) }
    });
    said.collect()
}

fn model_from_announcement(p: &Portrait<'_>, percent: u8) -> Vec<Said> {
    let kinds = [(FactKind::MdnsModel, "mDNS announcement"), (FactKind::IppModel, "answer over IPP")];
    let facts = kinds.into_iter().flat_map(|(kind, name)| p.facts(kind).iter().map(move |it| (*it, name)));
    let said = facts.map(|(it, name)| {
        let text = format!("Its {name} says \"{}\"", it.fact.value());
        Said { value: it.fact.value().to_owned(), percent, reason: because(text, [it]) }
    });
    said.collect()
}

/// Apple's phones and tablets say so when they browse.
fn from_browser(p: &Portrait<'_>, percent: u8, value: fn(&'static str) -> &'static str) -> Vec<Said> {
    let agents: &[&Observation] = p.facts(FactKind::HttpUserAgent);
    let found = ["iPhone", "iPad"]
        .into_iter()
        .find_map(|model| agents.iter().find(|it| it.fact.value().contains(model)).map(|it| (model, *it)));
    let said = found.map(|(model, it)| {
        let text = format!("It browses as \"{}\"", it.fact.value());
        Said { value: value(model).to_owned(), percent, reason: because(text, [it]) }
    });
    said.into_iter().collect()
}

fn maker_of_card(p: &Portrait<'_>, percent: u8) -> Vec<Said> {
    let made = p.card_maker();
    made.map(|(maker, reason)| Said { value: makers::tidy(maker), percent, reason }).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_in_code_is_named_once() {
        for (property, name, _) in TOLD {
            let word = PROPERTIES.iter().find(|(_, other)| other == property).unwrap().0;
            let rows = Source::TEXT.lines().filter_map(|line| {
                let cells: Vec<&str> = line.split('|').map(str::trim).collect();
                (cells.len() == 4 && cells[0] == word && cells[1] == format!("code {name}")).then_some(())
            });
            assert_eq!(rows.count(), 1, "rules/claims.txt must name the {word} of {name} once");
        }
        let in_code = SOURCES.iter().filter(|source| matches!(source.from, From::Code(..))).count();
        assert_eq!(in_code, TOLD.len());
    }

    #[test]
    fn no_fact_tells_a_property_twice() {
        let mut told = BTreeSet::new();
        for (place, source) in SOURCES.iter().enumerate() {
            if let From::Itself { kind, .. } = source.from {
                let is_new = told.insert((source.property as u8, kind));
                assert!(is_new, "{}, source: is there twice", rules::line::<Source>(place));
            }
        }
    }
}
