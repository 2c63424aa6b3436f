//! What fingerprints say of a thing: maker, model, system, firmware, products, and signs of its class.
//!
//! All of it is believed less than what a device says of itself outright (70 per cent and more), and more than who made its network card.

use std::collections::BTreeSet;

use wardround_model::{Reason, SeenProduct};

use super::Match;
use crate::evidence::Evidence;
use crate::kinds::class_of_recog;
use crate::lists::Said;
use crate::makers;
use crate::portrait::{Portrait, because, endpoint};
use crate::terms::Terms;

/// How far a property is believed, in per cent, where the fingerprint is sure.
const SAID: u8 = 65;
/// What a word for a device is worth as a sign of its class.
const SIGN: u8 = 55;

/// The maker.
pub(crate) fn maker(p: &Portrait<'_>) -> impl Iterator<Item = Said> {
    p.fingerprinted.iter().filter_map(|it| {
        let value = it.get("hw.vendor").or_else(|| it.of_the_device("os.vendor"))?;
        Some(Said { value: makers::tidy(value), ..it.said("hw", String::new())? })
    })
}

/// The model.
pub(crate) fn model(p: &Portrait<'_>) -> impl Iterator<Item = Said> {
    p.fingerprinted.iter().filter_map(|it| {
        let own = it.get("hw.product").or_else(|| it.get("hw.model"));
        it.said("hw", own.or_else(|| it.of_the_device("os.product"))?.to_owned())
    })
}

/// The operating system with its version.
pub(crate) fn system(p: &Portrait<'_>) -> impl Iterator<Item = Said> {
    p.fingerprinted.iter().filter_map(|it| it.said("os", it.product("os")?))
}

/// The version of the device's own software.
pub(crate) fn software(p: &Portrait<'_>) -> impl Iterator<Item = Said> {
    p.fingerprinted.iter().filter_map(|it| {
        let version = it.get("hw.version").or_else(|| it.of_the_device("os.version"))?;
        it.said("hw", version.to_owned())
    })
}

/// Products that it serves with, each with the fingerprint that says so.
pub(crate) fn products(p: &Portrait<'_>) -> impl Iterator<Item = SeenProduct> {
    p.fingerprinted.iter().filter(|it| it.sure("service").is_some()).filter_map(|it| {
        let text = format!("{} (by {})", it.product("service")?, it.name());
        Some(SeenProduct { endpoint: endpoint(it.observation), text, observation: it.observation.id() })
    })
}

/// Signs of its class, one of each class.
pub(crate) fn signs(p: &Portrait<'_>) -> Vec<Evidence> {
    let mut told = BTreeSet::new();
    let signs = p.fingerprinted.iter().filter_map(|it| {
        let word = it.get("hw.device").or_else(|| it.get("os.device"))?;
        let class = class_of_recog(word)?;
        let weight = scaled(SIGN, it.sure("hw")?);
        let reason = it.reason(&format!("It is a {}", word.to_lowercase()));
        told.insert(class).then_some(Evidence { class, weight, is_clinical: false, reason })
    });
    signs.collect()
}

impl Match<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.told.get(name)
    }

    /// A property of the system, where the system is the device: its word is one for a device, and it runs on nothing else.
    fn of_the_device(&self, name: &str) -> Option<&str> {
        class_of_recog(self.get("os.device")?)?;
        let names = ["os.vendor", "os.family", "os.product"].into_iter().filter_map(|name| self.get(name));
        if names.into_iter().any(|name| Terms::GeneralSystems.begin(name)) { None } else { self.get(name) }
    }

    /// `OpenBSD OpenSSH 7.4`: a product with its vendor and version.
    fn product(&self, part: &str) -> Option<String> {
        let get = |name: &str| self.get(&format!("{part}.{name}"));
        let product = get("product")?;
        let vendor = get("vendor").filter(|vendor| product.split_whitespace().next() != Some(vendor));
        Some([vendor, Some(product), get("version")].into_iter().flatten().collect::<Vec<_>>().join(" "))
    }

    /// How sure the fingerprint says it is of a part, in per cent; nothing where it says that it knows nothing.
    fn sure(&self, part: &str) -> Option<u8> {
        let said = self.get(&format!("{part}.certainty")).and_then(|text| text.parse::<f64>().ok());
        Some(crate::evidence::percent(said.unwrap_or(1.0))).filter(|sure| *sure > 0)
    }

    fn said(&self, part: &str, value: String) -> Option<Said> {
        Some(Said { value, percent: scaled(SAID, self.sure(part)?), reason: self.reason("So it is known") })
    }

    fn reason(&self, start: &str) -> Reason {
        let text = format!("{start} by {}: \"{}\"", self.name(), self.observation.fact.value());
        because(text, [self.observation])
    }

    fn name(&self) -> String {
        let it = &self.told.fingerprint;
        format!("the fingerprint \"{}\" of {}", it.name, it.file)
    }
}

/// A weight of which a fingerprint says that it is so sure. No claim is surer than 97 per cent, so that this counts as sure.
fn scaled(weight: u8, sure: u8) -> u8 {
    let scaled = u16::from(weight).saturating_mul(u16::from(sure)).checked_div(97).unwrap_or_default();
    u8::try_from(scaled).unwrap_or(weight).min(weight)
}
