//! Lists of terms and words that signs are told by (`rules/terms.txt`). Not here: words that stand for a kind of device (`kinds`).

use std::sync::LazyLock;

use crate::rules::{self, Row, Rule, Wrong};

/// A list of terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Terms {
    /// Browsers in User-Agents.
    Browsers,
    /// What they have there on computers.
    Computers,
    /// What they have there on phones and tablets.
    Phones,
    /// Options of DHCP that Windows asks for.
    WindowsLeases,
    /// Options of DHCP that phones and tablets ask for.
    PhoneLeases,
    /// Programs that speak SIP.
    Programs,
    /// Systems of network devices in log messages.
    NetworkSystems,
    /// Words in the names of systems that run in anything.
    Embedded,
    /// Systems that run on many kinds of thing, in fingerprints.
    GeneralSystems,
    /// Modality terms of devices that make images.
    ImageMaking,
    /// Toolkits of DICOM by version.
    Toolkits,
    /// Toolkits of DICOM by class.
    ToolkitClasses,
    /// Messages of HL7 that only systems send.
    MessagesOfSystems,
    /// Messages of HL7 with results.
    Results,
    /// Messages of HL7 that devices send.
    MessagesOfDevices,
    /// Answers in HL7.
    Answers,
    /// Words in names of analysers.
    Analysers,
    /// Words in names of patient monitors.
    Monitors,
    /// Families of analysers.
    AnalyserFamilies,
    /// Families of patient monitors.
    MonitorFamilies,
    /// Words in names of what speaks for many.
    Gateways,
    /// Words in names of information systems.
    Systems,
    /// Words in names of laboratory systems.
    Laboratories,
    /// Events in audit trails of systems with records.
    RecordEvents,
    /// Legal forms of makers.
    LegalForms,
}

impl Terms {
    /// All lists with their names in the file, in their order.
    pub(crate) const ALL: [(&str, Self); 25] = [
        ("browsers", Self::Browsers),
        ("computers", Self::Computers),
        ("phones", Self::Phones),
        ("windows-leases", Self::WindowsLeases),
        ("phone-leases", Self::PhoneLeases),
        ("programs", Self::Programs),
        ("network-systems", Self::NetworkSystems),
        ("embedded", Self::Embedded),
        ("general-systems", Self::GeneralSystems),
        ("image-making", Self::ImageMaking),
        ("toolkits", Self::Toolkits),
        ("toolkit-classes", Self::ToolkitClasses),
        ("messages-of-systems", Self::MessagesOfSystems),
        ("results", Self::Results),
        ("messages-of-devices", Self::MessagesOfDevices),
        ("answers", Self::Answers),
        ("analysers", Self::Analysers),
        ("monitors", Self::Monitors),
        ("analyser-families", Self::AnalyserFamilies),
        ("monitor-families", Self::MonitorFamilies),
        ("gateways", Self::Gateways),
        ("systems", Self::Systems),
        ("laboratories", Self::Laboratories),
        ("record-events", Self::RecordEvents),
        ("legal-forms", Self::LegalForms),
    ];

    /// The terms of the list.
    pub(crate) fn list(self) -> &'static [&'static str] {
        TERMS.get(self as usize).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether this is one of them.
    pub(crate) fn has(self, term: &str) -> bool {
        self.list().contains(&term)
    }

    /// Whether a text begins with one of them.
    pub(crate) fn begin(self, text: &str) -> bool {
        self.list().iter().any(|term| text.starts_with(term))
    }

    /// Whether one of them is anywhere in a text.
    pub(crate) fn are_in(self, text: &str) -> bool {
        self.list().iter().any(|term| text.contains(term))
    }
}

/// The lists by their places among all.
static TERMS: LazyLock<Vec<Vec<&'static str>>> = LazyLock::new(|| {
    let mut lists = vec![Vec::new(); Terms::ALL.len()];
    for row in rules::all::<Listed>() {
        if let Some(list) = lists.get_mut(row.of as usize) {
            list.extend(row.terms);
        }
    }
    lists
});

/// Some terms of a list.
pub(crate) struct Listed {
    of: Terms,
    terms: Vec<&'static str>,
}

impl Rule for Listed {
    const FILE: &'static str = "terms.txt";
    const TEXT: &'static str = include_str!("../rules/terms.txt");
    const COLUMNS: &'static [&'static str] = &["list", "terms"];

    fn read(row: &Row) -> Result<Self, Wrong> {
        Ok(Self { of: row.one_of("list", &Terms::ALL)?, terms: row.several("terms")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_has_terms_each_once() {
        for (place, (name, terms)) in Terms::ALL.into_iter().enumerate() {
            assert_eq!(terms as usize, place, "{name} stands where it does not belong");
            let list = terms.list();
            assert!(!list.is_empty(), "rules/terms.txt: {name} has no terms");
            for (place, term) in list.iter().enumerate() {
                assert!(!list[..place].contains(term), "rules/terms.txt, {name}: {term} is there twice");
            }
        }
    }

    #[test]
    fn terms_are_written_as_they_are_looked_for() {
        use Terms as T;
        for list in
            [T::Browsers, T::Computers, T::Phones, T::Programs, T::Embedded, T::Toolkits, T::LegalForms]
        {
            for term in list.list() {
                assert_eq!(*term, term.to_lowercase(), "rules/terms.txt: {term} is compared in lower case");
            }
        }
        let words = [T::Analysers, T::Monitors, T::AnalyserFamilies, T::MonitorFamilies, T::Gateways];
        for list in words.into_iter().chain([T::Systems, T::Laboratories]) {
            for term in list.list() {
                let is_word = term.bytes().all(|byte| byte.is_ascii_lowercase());
                assert!(is_word, "rules/terms.txt: {term} is compared with words of letters in lower case");
            }
        }
        for list in [T::WindowsLeases, T::PhoneLeases] {
            for term in list.list() {
                let is_list = term.split(',').all(|option| option.parse::<u8>().is_ok());
                assert!(is_list, "rules/terms.txt: {term} is no list of options of DHCP");
            }
        }
        let codes = [T::ImageMaking, T::MessagesOfSystems, T::Results, T::MessagesOfDevices, T::Answers];
        for term in codes.into_iter().flat_map(Terms::list) {
            let is_code = term.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
            assert!(is_code, "rules/terms.txt: {term} is no code in upper case");
        }
    }
}
