//! Names of makers: one spelling each, and what some of them make.
//!
//! A name is only tidied (legal forms, known spellings), never guessed. What a maker makes raises a confidence that
//! other signs gave; it decides nothing by itself.
//! Not here: which card address belongs to whom (the caller knows that table).

use wardround_model::DeviceClass;

/// A maker.
pub(crate) struct Maker {
    /// How its name begins, in lower case, wherever it is written.
    spellings: &'static [&'static str],
    /// Its name for people.
    name: &'static str,
    /// Kinds of device on a hospital's network that it makes, where these are few enough to say something.
    pub(crate) makes: &'static [DeviceClass],
}

const fn maker(
    spellings: &'static [&'static str],
    name: &'static str,
    makes: &'static [DeviceClass],
) -> Maker {
    Maker { spellings, name, makes }
}

use DeviceClass::{
    BuildingController as Building, Camera, ImagingModality as Imaging, InfusionPump as Pump,
    LaboratoryAnalyser as Analyser, NetworkDevice as Network, PatientMonitor as Monitor, Printer, VoicePhone,
};

/// Makers by the beginnings of their names. From public registers (IEEE) and catalogues; a maker of many kinds has none.
static MAKERS: &[Maker] = &[
    // Imaging.
    maker(&["agfa"], "Agfa", &[Imaging]),
    maker(&["carestream"], "Carestream", &[Imaging]),
    maker(&["canon medical", "toshiba_mec", "toshiba medical"], "Canon Medical Systems", &[Imaging]),
    maker(&["fujifilm healthcare", "fujifilm medical", "fuji photo film"], "Fujifilm", &[Imaging]),
    maker(&["fujifilm corporation"], "Fujifilm", &[]),
    maker(&["ge medical system", "ge healthcare", "ge health care", "gems"], "GE HealthCare", &[]),
    maker(&["hologic"], "Hologic", &[Imaging]),
    maker(&["samsung medison", "medison"], "Samsung Medison", &[Imaging]),
    maker(&["siemens healthineers", "siemens healthcare", "siemens medical"], "Siemens Healthineers", &[]),
    maker(&["philips medical", "philips healthcare", "philips ultrasound"], "Philips", &[]),
    maker(&["philips patient monitoring"], "Philips", &[Monitor]),
    // Care at the bed.
    maker(&["b. braun", "b.braun"], "B. Braun", &[]),
    maker(&["fresenius-vial", "fresenius vial", "fresenius kabi"], "Fresenius Kabi", &[Pump]),
    maker(&["alaris medical", "carefusion"], "BD", &[]),
    maker(&["icu medical", "hospira"], "ICU Medical", &[Pump]),
    maker(&["smiths medical"], "Smiths Medical", &[Pump]),
    maker(&["mindray", "shenzhen mindray bio"], "Mindray", &[Monitor, Analyser, Imaging]),
    maker(&["nihon kohden"], "Nihon Kohden", &[Monitor, Analyser]),
    maker(&["dr\u{e4}ger", "draeger"], "Dr\u{e4}ger", &[]),
    maker(&["spacelabs"], "Spacelabs Healthcare", &[Monitor]),
    maker(&["masimo"], "Masimo", &[Monitor]),
    maker(&["criticare"], "Criticare", &[Monitor]),
    maker(&["welch allyn"], "Welch Allyn", &[Monitor]),
    // Laboratory.
    maker(&["sysmex"], "Sysmex", &[Analyser]),
    maker(&["roche diagnostics"], "Roche Diagnostics", &[Analyser]),
    maker(&["abbott diagnostics", "abbott point of care"], "Abbott", &[Analyser]),
    maker(&["beckman coulter"], "Beckman Coulter", &[Analyser]),
    maker(&["biom\u{e9}rieux", "biomerieux"], "bioM\u{e9}rieux", &[Analyser]),
    maker(&["bio-rad"], "Bio-Rad", &[Analyser]),
    maker(&["cepheid"], "Cepheid", &[Analyser]),
    maker(&["horiba abx", "horiba medical"], "Horiba Medical", &[Analyser]),
    maker(&["radiometer"], "Radiometer", &[Analyser]),
    // Building and plant.
    maker(&["belimo"], "Belimo", &[Building]),
    maker(&["fr. sauter", "fr.sauter", "sauter"], "Sauter", &[Building]),
    maker(&["saia-burgess", "saia burgess"], "Saia-Burgess Controls", &[Building]),
    maker(&["kieback & peter", "kieback&peter"], "Kieback & Peter", &[Building]),
    maker(&["johnson controls"], "Johnson Controls", &[Building]),
    maker(&["loytec"], "Loytec", &[Building]),
    maker(&["distech"], "Distech Controls", &[Building]),
    maker(&["tridium"], "Tridium", &[Building]),
    maker(&["delta controls"], "Delta Controls", &[Building]),
    maker(&["deos control"], "Deos", &[Building]),
    maker(&["carel"], "Carel", &[Building]),
    maker(&["wago"], "Wago", &[Building]),
    maker(&["beckhoff"], "Beckhoff", &[Building]),
    maker(&["axis communications"], "Axis Communications", &[Camera]),
    maker(&["hangzhou hikvision", "hikvision"], "Hikvision", &[Camera]),
    maker(&["zhejiang dahua", "dahua"], "Dahua", &[Camera]),
    maker(&["mobotix"], "Mobotix", &[Camera]),
    maker(&["vivotek"], "Vivotek", &[Camera]),
    // Offices and network.
    maker(&["snom"], "snom technology", &[VoicePhone]),
    maker(&["yealink", "xiamen yealink"], "Yealink", &[VoicePhone]),
    maker(&["polycom"], "Polycom", &[VoicePhone]),
    maker(&["grandstream"], "Grandstream", &[VoicePhone]),
    maker(&["brother industries"], "Brother", &[Printer]),
    maker(&["lexmark"], "Lexmark", &[Printer]),
    maker(&["kyocera display", "kyocera document"], "Kyocera", &[Printer]),
    maker(&["ricoh"], "Ricoh", &[Printer]),
    maker(&["xerox"], "Xerox", &[Printer]),
    maker(&["zebra tech"], "Zebra", &[Printer]),
    maker(&["lancom"], "LANCOM Systems", &[Network]),
    maker(&["hewlett packard enterprise", "hewlett-packard enterprise"], "Hewlett Packard Enterprise", &[]),
    maker(&["hewlett packard", "hewlett-packard", "hp inc"], "HP", &[]),
    maker(&["advantech"], "Advantech", &[]),
    maker(&["fujitsu"], "Fujitsu", &[]),
    maker(&["lenovo", "lcfc"], "Lenovo", &[]), // LCFC is Lenovo's own factory
    maker(&["intel corporat"], "Intel", &[]),
];

impl Maker {
    /// The maker whose name begins so.
    pub(crate) fn named(text: &str) -> Option<&'static Self> {
        let lower = text.trim().to_lowercase();
        MAKERS.iter().find(|maker| maker.spellings.iter().any(|beginning| lower.starts_with(beginning)))
    }
}

/// Legal forms at the end of a name.
const LEGAL_FORMS: &[&str] = &[
    "inc",
    "corp",
    "corporation",
    "co",
    "co.,ltd",
    "ltd",
    "limited",
    "llc",
    "gmbh",
    "ag",
    "kg",
    "kgaa",
    "sa",
    "s.a",
    "sas",
    "spa",
    "s.p.a",
    "srl",
    "s.r.l",
    "bv",
    "b.v",
    "nv",
    "ab",
    "as",
    "a/s",
    "oy",
    "aps",
    "plc",
    "pty",
    "&",
];

/// A maker's name in one spelling: a known maker's own, else as written, without its legal form.
pub(crate) fn tidy(text: &str) -> String {
    if let Some(maker) = Maker::named(text) {
        return maker.name.to_owned();
    }
    let mut words: Vec<&str> = text.split_whitespace().collect();
    while let [_, .., last] = words.as_slice()
        && LEGAL_FORMS.contains(&last.trim_matches(['.', ',']).to_lowercase().as_str())
    {
        words.pop();
    }
    words.join(" ").trim_end_matches(',').to_owned()
}

/// Tidies a manufacturer from an image: there, `SIEMENS` is the maker of imaging devices, of whichever year.
pub(crate) fn tidy_imaging(text: &str) -> String {
    let name = tidy(text);
    if name.eq_ignore_ascii_case("siemens") { "Siemens Healthineers".to_owned() } else { name }
}

/// Whether two names of makers begin with the same word, however they are written.
pub(crate) fn agree(one: &str, other: &str) -> bool {
    let first = |name: &str| {
        let tidied = tidy(name).to_lowercase();
        tidied.split_whitespace().next().map(str::to_owned)
    };
    match (first(one), first(other)) {
        (Some(one), Some(other)) => one == other && one.chars().count() >= 4,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_tidied_but_not_guessed() {
        for (text, expected) in [
            ("SIEMENS AG", "SIEMENS"),
            ("Siemens Healthcare GmbH", "Siemens Healthineers"),
            ("GE MEDICAL SYSTEMS", "GE HealthCare"),
            ("SAMSUNG MEDISON CO., LTD.", "Samsung Medison"),
            ("Samsung Electronics Co.,Ltd", "Samsung Electronics"),
            ("AXIS COMMUNICATIONS AB", "Axis Communications"),
            ("Philips", "Philips"),
            ("Philips Lighting BV", "Philips Lighting"),
            ("Dell Inc.", "Dell"),
            ("Hewlett Packard Enterprise", "Hewlett Packard Enterprise"),
            ("Hewlett-Packard Company", "HP"),
            ("AG", "AG"),
            ("", ""),
        ] {
            assert_eq!(tidy(text), expected, "{text}");
        }
        assert_eq!(tidy_imaging("SIEMENS"), "Siemens Healthineers");
    }

    #[test]
    fn spellings_of_one_maker_agree() {
        assert!(agree("Philips", "Philips Medical Systems - Cardiac and Monitoring"));
        assert!(agree("SIEMENS", "Siemens Healthineers"));
        assert!(agree("Agfa", "AGFA CORPORATION"));
        assert!(!agree("Agfa", "Dell Inc."));
        assert!(!agree("GE", "GE Fanuc"));
        assert!(!agree("", ""));
    }

    #[test]
    fn no_spelling_hides_another() {
        for (place, maker) in MAKERS.iter().enumerate() {
            for spelling in maker.spellings {
                let found = Maker::named(spelling).unwrap();
                assert!(std::ptr::eq(found, maker), "{spelling} of row {place} is never reached");
            }
        }
    }
}
