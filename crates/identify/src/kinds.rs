//! Words that stand for a kind of device (`rules/kinds.txt`): in a host's name and a system's in lists, and in fingerprints of users. Not
//! here: words for types, which the reader of a list turns into classes (`intake`), and how far lists are believed (`lists`).

use std::sync::LazyLock;

use wardround_model::DeviceClass;

use crate::rules::{self, Row, Rule, Wrong};
use crate::terms::Terms;

/// A word that stands for a kind of device.
pub(crate) struct Word {
    place: Place,
    word: &'static str,
    class: DeviceClass,
}

/// Where a word stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// It is a word of a host's name.
    Name,
    /// The name of an operating system begins so.
    System,
    /// It is what recog calls a device.
    Recog,
}

impl Rule for Word {
    const FILE: &'static str = "kinds.txt";
    const TEXT: &'static str = include_str!("../rules/kinds.txt");
    const COLUMNS: &'static [&'static str] = &["in", "word", "class"];

    fn read(row: &Row) -> Result<Self, Wrong> {
        let places = [("name", Place::Name), ("system", Place::System), ("recog", Place::Recog)];
        let (place, class) = (row.one_of("in", &places)?, row.class("class")?);
        let is_of_banner = place == Place::Recog;
        if class == DeviceClass::Unknown || is_of_banner && class.is_medical() {
            return Err(row.wrong("class", "no word means \"unknown\", and none of recog's a medical device"));
        }
        let word = if is_of_banner { row.text("word")? } else { row.lower("word")? };
        if place == Place::Name && !rules::is_word(word) {
            return Err(row.wrong("word", "must be one word of letters, as words in names are compared"));
        }
        Ok(Self { place, word, class })
    }
}

static WORDS: LazyLock<Vec<Word>> = LazyLock::new(rules::all);

/// The class of the first word that stands there and fits.
fn class_of(place: Place, fits: impl Fn(&str) -> bool) -> Option<DeviceClass> {
    WORDS.iter().find(|known| known.place == place && fits(known.word)).map(|known| known.class)
}

/// What kind of device runs this system: embedded ones run in anything.
pub(crate) fn class_of_system(text: &str) -> Option<DeviceClass> {
    let lower = text.to_lowercase();
    if Terms::Embedded.are_in(&lower) {
        return None;
    }
    class_of(Place::System, |name| lower.starts_with(name))
}

/// What kind of system a host's name tells of.
pub(crate) fn class_of_name(name: &str) -> Option<DeviceClass> {
    crate::portrait::words(name).find_map(|word| class_of(Place::Name, |known| known == word))
}

/// The class that recog's word for a device (`hw.device`, `os.device`) means; case does not matter.
///
/// Small on purpose: none means a medical device, since a banner is no clinical evidence.
pub(crate) fn class_of_recog(word: &str) -> Option<DeviceClass> {
    class_of(Place::Recog, |known| known.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use DeviceClass as C;

    #[test]
    fn systems_tell_servers_from_workstations() {
        for (text, expected) in [
            ("Windows Server 2012 R2 Standard", Some(C::Server)),
            ("Windows 10 Enterprise", Some(C::Workstation)),
            ("Windows 10 IoT Enterprise LTSC", None),
            ("Windows Embedded Standard 7", None),
            ("Debian GNU/Linux 12", None),
            ("VMware ESXi 7.0.3", Some(C::Server)),
        ] {
            assert_eq!(class_of_system(text), expected, "{text}");
        }
    }

    #[test]
    fn names_are_whole_words() {
        for (name, expected) in [
            ("PACS01", Some(C::ImagingArchive)),
            ("srv-erp-2", Some(C::BusinessSystem)),
            ("iris-2", None),
            ("sapphire", None),
        ] {
            assert_eq!(class_of_name(name), expected, "{name}");
        }
    }

    #[test]
    fn no_word_of_recog_means_a_medical_device() {
        assert_eq!(class_of_recog("Medical"), None);
        assert_eq!(class_of_recog("web cam"), Some(C::Camera));
        assert_eq!(class_of_recog("VoIP"), None, "telephones, their servers and adapters");
    }

    #[test]
    fn no_word_hides_another() {
        for (row, word) in WORDS.iter().enumerate() {
            let takes = |earlier: &Word| match word.place {
                Place::Name => earlier.word == word.word,
                Place::System => word.word.starts_with(earlier.word),
                Place::Recog => earlier.word.eq_ignore_ascii_case(word.word),
            };
            let earlier = WORDS[..row].iter().find(|earlier| earlier.place == word.place && takes(earlier));
            let earlier = earlier.map(|earlier| earlier.word);
            assert_eq!(earlier, None, "{}, word: is never reached", rules::line::<Word>(row));
            if word.place == Place::System {
                let found = class_of_system(word.word);
                assert_eq!(found, Some(word.class), "{}, word: is never reached", rules::line::<Word>(row));
            }
        }
    }
}
