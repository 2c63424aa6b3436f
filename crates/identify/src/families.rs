//! Product families that devices name in their own words (`rules/families.txt`): SNMP description, DHCP vendor class, mDNS model and the
//! other texts of `rules/texts.txt`; and makers' numbers in the object ids of SNMP (`rules/object-ids.txt`).
//!
//! Not here: banners of servers, which say what software runs, not what the thing is.

use std::sync::LazyLock;

use wardround_model::{DeviceClass, FactKind, Observation};

use crate::evidence::Evidence;
use crate::portrait::{Portrait, because};
use crate::rules::{self, Row, Rule, Wrong};

/// A product family.
pub(crate) struct Family {
    /// What the text has, in lower case, between other than letters and digits.
    text: &'static str,
    pub(crate) class: DeviceClass,
    /// Its maker, where the family has one.
    pub(crate) maker: Option<&'static str>,
    model: Model,
}

/// Where the text says the model.
#[derive(Clone, Copy)]
enum Model {
    /// Nowhere that is known.
    Unsaid,
    /// The family is the model.
    Is(&'static str),
    /// The word behind the family's name.
    Next,
    /// The family's name and the word behind it.
    From,
    /// The word that begins so and has a number.
    Begins(&'static str),
    /// Everything behind this.
    Behind(&'static str),
}

impl Rule for Family {
    const FILE: &'static str = "families.txt";
    const TEXT: &'static str = include_str!("../rules/families.txt");
    const COLUMNS: &'static [&'static str] = &["text", "class", "maker", "model"];

    fn read(row: &Row) -> Result<Self, Wrong> {
        Ok(Self {
            text: row.lower("text")?,
            class: known(row)?,
            maker: row.optional("maker")?,
            model: Model::read(row)?,
        })
    }
}

/// A family is of a kind that is known.
fn known(row: &Row) -> Result<DeviceClass, Wrong> {
    let class = row.class("class")?;
    if class == DeviceClass::Unknown { Err(row.wrong("class", "must be known")) } else { Ok(class) }
}

impl Model {
    fn read(row: &Row) -> Result<Self, Wrong> {
        let Some(text) = row.optional("model")? else { return Ok(Self::Unsaid) };
        match text.split_once(' ') {
            Some(("next", "word")) => Ok(Self::Next),
            Some(("with", "next word")) => Ok(Self::From),
            Some(("is", model)) => Ok(Self::Is(model)),
            Some(("word", beginning)) if beginning == beginning.to_ascii_lowercase() => {
                Ok(Self::Begins(beginning))
            }
            Some(("after", mark)) => Ok(Self::Behind(mark)),
            _ => Err(row.wrong(
                "model",
                "must be -, or one of: is X, next word, with next word, word x (in lower case), after X",
            )),
        }
    }
}

/// The first row that fits counts.
static FAMILIES: LazyLock<Vec<Family>> = LazyLock::new(rules::all);

impl Family {
    /// The first family that a text names.
    pub(crate) fn named(text: &str) -> Option<&'static Self> {
        let lower = text.to_ascii_lowercase();
        FAMILIES.iter().find(|family| find_words(&lower, family.text).is_some() && family.is_device(text))
    }

    /// Whether the text is about a device. Central stations and servers beside medical devices are named after the family
    /// too, but have no model number.
    fn is_device(&self, text: &str) -> bool {
        !(self.class.is_medical() && matches!(self.model, Model::From)) || self.model(text).is_some()
    }

    /// The model that the text says.
    pub(crate) fn model(&self, text: &str) -> Option<String> {
        let start = find_words(&text.to_ascii_lowercase(), self.text)?;
        let (named, behind) = text.get(start..)?.split_at_checked(self.text.len())?;
        let model = match self.model {
            Model::Unsaid => None,
            Model::Is(model) => Some(model.to_owned()),
            Model::Next => first_word(behind).map(str::to_owned),
            Model::From => first_word(behind).map(|word| format!("{named} {word}")),
            Model::Begins(beginning) => {
                let fits = |word: &&str| word.to_ascii_lowercase().starts_with(beginning) && has_digit(word);
                words(text).find(fits).map(str::to_owned)
            }
            Model::Behind(mark) => {
                text.split_once(mark).map(|(_, rest)| rest.trim_matches([' ', ',', ';', '.']).to_owned())
            }
        };
        model.filter(|model| !model.is_empty())
    }
}

/// Where the needle begins as words of its own.
fn find_words(text: &str, needle: &str) -> Option<usize> {
    let is_part = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    text.match_indices(needle).map(|(start, _)| start).find(|start| {
        let before = start.checked_sub(1).and_then(|at| text.as_bytes().get(at).copied());
        let after = text.as_bytes().get(start.saturating_add(needle.len())).copied();
        !is_part(before) && !is_part(after)
    })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', ',', ';', '/', '(', ')']).filter(|word| !word.is_empty())
}

/// The next word, which a number makes a model.
fn first_word(text: &str) -> Option<&str> {
    let word = words(text.trim_start_matches(['-', ' ', ':', '_'])).next()?;
    has_digit(word).then_some(word)
}

fn has_digit(word: &str) -> bool {
    word.bytes().any(|byte| byte.is_ascii_digit())
}

/// A kind of text in which a device says what it is.
pub(crate) struct Text {
    kind: FactKind,
    /// How much a family's name there is worth.
    pub(crate) weight: u8,
    /// Whether it may decide a medical class: a real program was there to be recorded.
    decides: bool,
    /// What it is called.
    pub(crate) named: &'static str,
}

impl Rule for Text {
    const FILE: &'static str = "texts.txt";
    const TEXT: &'static str = include_str!("../rules/texts.txt");
    const COLUMNS: &'static [&'static str] = &["fact", "weight", "peer", "named"];

    fn read(row: &Row) -> Result<Self, Wrong> {
        let kind = row.fact_called("fact", row.text("fact")?)?;
        let decides = match row.optional("peer")? {
            None => true,
            Some("no-peer") => false,
            Some(_) => return Err(row.wrong("peer", "must be \"no-peer\" or -")),
        };
        Ok(Self { kind, weight: row.weight("weight")?, decides, named: row.text("named")? })
    }
}

static TEXTS: LazyLock<Vec<Text>> = LazyLock::new(rules::all);

/// Every text that names a family.
pub(crate) fn named_in<'a>(
    portrait: &Portrait<'a>,
) -> impl Iterator<Item = (&'static Family, &'a Observation, &'static Text)> {
    TEXTS.iter().filter_map(|text| {
        let mut found =
            portrait.facts(text.kind).iter().filter_map(|it| Some((Family::named(it.fact.value())?, *it)));
        found.next().map(|(family, observation)| (family, observation, text))
    })
}

/// A maker's number at the beginning of an object id of SNMP.
pub(crate) struct ObjectId {
    begins: &'static str,
    class: DeviceClass,
    weight: u8,
    whose: &'static str,
}

impl Rule for ObjectId {
    const FILE: &'static str = "object-ids.txt";
    const TEXT: &'static str = include_str!("../rules/object-ids.txt");
    const COLUMNS: &'static [&'static str] = &["begins", "class", "weight", "whose"];

    fn read(row: &Row) -> Result<Self, Wrong> {
        let begins = row.text("begins")?;
        let numbers = begins.strip_suffix('.').unwrap_or_default();
        if !numbers.split('.').all(|number| number.parse::<u32>().is_ok()) {
            return Err(row.wrong("begins", "must be numbers with a dot behind each"));
        }
        let class = known(row)?;
        if class.is_medical() {
            return Err(row.wrong("class", "a number of a maker makes no medical device"));
        }
        Ok(Self { begins, class, weight: row.weight("weight")?, whose: row.text("whose")? })
    }
}

static OBJECT_IDS: LazyLock<Vec<ObjectId>> = LazyLock::new(rules::all);

/// The signs in a device's own words.
pub(crate) fn signs(portrait: &Portrait<'_>) -> Vec<Evidence> {
    let texts = named_in(portrait).map(|(family, observation, text)| Evidence {
        class: family.class,
        weight: text.weight,
        is_clinical: text.decides && family.class.is_medical(),
        reason: because(
            format!(
                "Its {} says \"{}\", as {} do",
                text.named,
                observation.fact.value(),
                family.class.plural()
            ),
            [observation],
        ),
    });
    texts.chain(object_id(portrait)).collect()
}

fn object_id(portrait: &Portrait<'_>) -> Option<Evidence> {
    portrait.facts(FactKind::SnmpObjectId).iter().find_map(|it| {
        let id = OBJECT_IDS.iter().find(|id| it.fact.value().starts_with(id.begins))?;
        let ObjectId { class, weight, whose, .. } = *id;
        let text = format!("Its SNMP object id is one of {whose}, as {} have", class.plural());
        Some(Evidence { class, weight, is_clinical: false, reason: because(text, [*it]) })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use DeviceClass::{
        BuildingController as Building, Camera, InfusionPump as Pump, NetworkDevice as Network,
        PatientMonitor as Monitor, Printer, VoicePhone as Phone,
    };

    #[test]
    fn texts_name_families_and_models() {
        for (text, expected) in [
            ("B. Braun SpaceStation with SpaceCom", Some((Pump, "B. Braun", Some("SpaceStation")))),
            (
                "SAUTER modulo 6 modu680-AS building automation station",
                Some((Building, "Sauter", Some("modu680-AS"))),
            ),
            ("LANCOM ISG-5000", Some((Network, "LANCOM Systems", Some("ISG-5000")))),
            ("LANCOM wireless router", Some((Network, "LANCOM Systems", None))),
            ("snom-D735", Some((Phone, "snom technology", Some("D735")))),
            ("AXIS,Network Camera,M3065-V", Some((Camera, "Axis Communications", Some("M3065-V")))),
            (
                "HP ETHERNET MULTI-ENVIRONMENT,ROM none,JETDIRECT,JD153,EEPROM JSI24,PID:HP LaserJet M507",
                Some((Printer, "HP", Some("HP LaserJet M507"))),
            ),
            ("HP LaserJet M507", Some((Printer, "HP", Some("LaserJet M507")))),
            ("Cisco IOS Software, C2960 Software", Some((Network, "Cisco", None))),
            ("Linux files 6.1.0-18-amd64", None),
            ("Alaris Systems Manager", None),
            ("IntelliVue MX800", Some((Monitor, "Philips", Some("IntelliVue MX800")))),
            ("IntelliVue Information Center", None),
            ("cobas infinity middleware", None),
            ("Fixaxisystem", None),
        ] {
            let found = Family::named(text);
            let seen = found.map(|it| (it.class, it.maker.unwrap_or_default(), it.model(text)));
            let expected = expected.map(|(class, maker, model)| (class, maker, model.map(str::to_owned)));
            assert_eq!(seen, expected, "{text}");
        }
    }

    #[test]
    fn makers_have_one_spelling() {
        for (place, family) in FAMILIES.iter().enumerate() {
            let maker = family.maker.unwrap_or_default();
            let written = crate::makers::tidy(maker);
            assert_eq!(written, maker, "{}, maker: makers.txt writes it so", rules::line::<Family>(place));
        }
    }

    #[test]
    fn no_row_hides_another() {
        for (place, family) in FAMILIES.iter().enumerate() {
            let found = Family::named(&format!("{} 1", family.text)).map(|found| found.text);
            let line = rules::line::<Family>(place);
            assert_eq!(found, Some(family.text), "{line}, text: is never reached");
        }
        let texts: Vec<_> = FAMILIES.iter().map(|family| family.text).collect();
        for (place, text) in texts.iter().enumerate() {
            assert!(!texts[..place].contains(text), "{}, text: is there twice", rules::line::<Family>(place));
        }
        for (place, id) in OBJECT_IDS.iter().enumerate() {
            let first = OBJECT_IDS.iter().position(|earlier| id.begins.starts_with(earlier.begins));
            assert_eq!(first, Some(place), "{}, begins: is never reached", rules::line::<ObjectId>(place));
        }
        for (place, text) in TEXTS.iter().enumerate() {
            let first = TEXTS.iter().position(|earlier| earlier.kind == text.kind);
            assert_eq!(first, Some(place), "{}, fact: is there twice", rules::line::<Text>(place));
        }
    }
}
