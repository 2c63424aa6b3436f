//! Kinds of device in an inventory's own words, to classes: only where the words leave no doubt (`data/device-types.txt`). Not here:
//! what a device turns out to be (`identify`).

use std::sync::LazyLock;

use wardround_model::DeviceClass;

use crate::table::plain;

static RULES: LazyLock<Vec<Rule>> =
    LazyLock::new(|| include_str!("../../data/device-types.txt").lines().filter_map(Rule::of).collect());

/// Words of things that belong to a device but are none, or that test it.
const ACCESSORIES: [&str; 34] = [
    "tester",
    "simulator",
    "phantom",
    "stand",
    "pole",
    "mount",
    "cable",
    "charger",
    "cart",
    "rack",
    "trolley",
    "battery",
    "bracket",
    "probe",
    "transducer",
    "licence",
    "license",
    "software",
    "calibrator",
    "holder",
    "accessory",
    "accessories",
    "module",
    "modul",
    "kabel",
    "ladegerat",
    "wagen",
    "halter",
    "halterung",
    "akku",
    "zubehor",
    "chargeur",
    "support",
    "soporte",
];
/// Words this long may go on in the text.
const LONG: usize = 5;

#[derive(Debug)]
struct Rule {
    class: DeviceClass,
    words: Vec<&'static str>,
    is_whole: bool,
}

impl Rule {
    fn of(line: &'static str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let class = DeviceClass::from_code(words.next()?)?;
        let words: Vec<&str> = words.collect();
        let is_whole = words.first() == Some(&"=");
        let words: Vec<&str> = words.into_iter().filter(|word| *word != "=").collect();
        (!words.is_empty()).then_some(Self { class, words, is_whole })
    }

    fn fits(&self, text: &[String]) -> bool {
        if self.is_whole {
            return text.iter().eq(self.words.iter());
        }
        let is_meant = |word: &str| {
            text.iter().any(|known| known == word || word.len() >= LONG && known.starts_with(word))
        };
        self.words.iter().all(|word| is_meant(word))
    }
}

/// The class that the words mean; `None` when they are not known, mean several, or mean an accessory.
pub(super) fn class_of(text: &str) -> Option<DeviceClass> {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .map(plain)
        .filter(|word| !word.is_empty())
        .take(24)
        .collect();
    if words.iter().any(|word| ACCESSORIES.contains(&word.as_str())) || is_tester(&words) {
        return None;
    }
    let mut classes = RULES.iter().filter(|rule| rule.fits(&words)).map(|rule| rule.class);
    let class = classes.next()?;
    classes.all(|other| other == class).then_some(class)
}

/// An analyser of pumps, ventilators or defibrillators tests them.
fn is_tester(words: &[String]) -> bool {
    let has = |stem: &str| words.iter().any(|word| word.starts_with(stem));
    (has("analyzer") || has("analyser"))
        && (has("pump") || has("ventilator") || has("defibrillator") || has("electrosurgical"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use DeviceClass as C;

    #[test]
    fn words_that_leave_no_doubt() {
        for (text, expected) in [
            ("Infusion Pumps, Multichannel", Some(C::InfusionPump)),
            ("Pump, Infusion, Syringe", Some(C::InfusionPump)),
            ("Infusionspumpe", Some(C::InfusionPump)),
            ("Pousse-seringue électrique", Some(C::InfusionPump)),
            ("Ventilators, Intensive Care, Adult", Some(C::Ventilator)),
            ("Beatmungsgerät", Some(C::Ventilator)),
            ("Scanning Systems, Computed Tomography", Some(C::ImagingModality)),
            ("CT", Some(C::ImagingModality)),
            ("Röntgengerät, mobil", Some(C::ImagingModality)),
            ("Monitors, Physiologic", Some(C::PatientMonitor)),
            ("Defibrillators, External, Automated", Some(C::Defibrillator)),
            ("Narkosegerät", Some(C::AnaesthesiaMachine)),
            ("Laptop", Some(C::Workstation)),
            ("Imprimante", Some(C::Printer)),
            ("Network Switch", Some(C::NetworkDevice)),
        ] {
            assert_eq!(class_of(text), expected, "{text}");
        }
    }

    #[test]
    fn words_that_leave_a_doubt() {
        for text in [
            "",
            "Infusion Pump Stand",
            "Infusion Pump Analyzer",
            "Defibrillator Tester",
            "Ventilator, roof",
            "Monitor",
            "Pump",
            "Ultrasound printer",
            "CT contrast injector",
            "Server cabinet",
            "Patient monitor and defibrillator",
            "Switch, light",
        ] {
            assert_eq!(class_of(text), None, "{text}");
        }
    }

    #[test]
    fn every_line_of_the_table_is_a_rule_in_plain_words() {
        let lines = include_str!("../../data/device-types.txt").lines().filter(|line| !line.starts_with('#'));
        assert_eq!(RULES.len(), lines.count());
        for rule in RULES.iter() {
            assert!(rule.words.iter().all(|word| plain(word) == *word), "{rule:?}");
            assert_eq!(class_of(&rule.words.join(" ")), Some(rule.class), "{rule:?}");
        }
    }
}
