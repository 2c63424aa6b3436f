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

/// Whether a term looks so, and how that is said.
type Form = (fn(&str) -> bool, &'static str);

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

    /// What its terms must look like, because texts are compared with them so.
    fn form(self) -> Option<Form> {
        use Terms as T;
        match self {
            T::Browsers
            | T::Computers
            | T::Phones
            | T::Programs
            | T::Embedded
            | T::Toolkits
            | T::LegalForms => Some((|term| term == term.to_lowercase(), "must be in lower case")),
            T::Analysers
            | T::Monitors
            | T::AnalyserFamilies
            | T::MonitorFamilies
            | T::Gateways
            | T::Systems
            | T::Laboratories => Some((rules::is_word, "must be words of letters in lower case")),
            T::WindowsLeases | T::PhoneLeases => Some((
                |term| term.split(',').all(|option| option.parse::<u8>().is_ok()),
                "must be options of DHCP, such as 1,3,6",
            )),
            T::ImageMaking | T::MessagesOfSystems | T::Results | T::MessagesOfDevices | T::Answers => {
                Some((|term| term.bytes().all(|byte| byte.is_ascii_uppercase()), "must be in upper case"))
            }
            T::NetworkSystems | T::GeneralSystems | T::ToolkitClasses | T::RecordEvents => None,
        }
    }

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
        let (of, terms) = (row.one_of("list", &Terms::ALL)?, row.several("terms")?);
        match of.form() {
            Some((fits, form)) if !terms.iter().all(|term| fits(term)) => Err(row.wrong("terms", form)),
            _ => Ok(Self { of, terms }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_has_terms_each_once() {
        for (place, (name, terms)) in Terms::ALL.into_iter().enumerate() {
            assert_eq!(terms as usize, place, "{name} stands where it does not belong");
            assert!(!terms.list().is_empty(), "rules/terms.txt, list: {name} has no terms");
        }
        let mut seen = std::collections::BTreeSet::new();
        for (place, row) in rules::all::<Listed>().into_iter().enumerate() {
            for term in row.terms {
                let line = rules::line::<Listed>(place);
                assert!(seen.insert((row.of as usize, term)), "{line}, terms: {term} is there twice");
            }
        }
    }
}
