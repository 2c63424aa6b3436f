use super::*;
use proptest::prelude::*;

fn check(mask: impl Fn(&str, usize) -> CompactString, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(mask(text, 200), expected, "{text}");
    }
}

#[test]
fn device_words_stay_and_names_go() {
    check(
        mask,
        &[
            ("CT-2", "CT-2"),
            ("pacs01", "pacs01"),
            ("RADIOLOGY", "RADIOLOGY"),
            ("LAB-ANALYZER-3", "LAB-ANALYZER-3"),
            ("ICU3BED12", "ICU3BED12"),
            ("DCM4CHEE", "DCM4CHEE"),
            ("iPhone", "iPhone"),
            ("ERIKAS-IPAD", "*-IPAD"),
            ("DOE JOHN", "*"),
            ("doe.john-printer", "*-printer"),
            ("US-DRKNIERZINGER", "US-*"),
            ("PRAXIS DR WUNDERLICHOVA", "* DR *"),
            ("Łukasz-iPhone", "*-iPhone"),
            ("", ""),
            ("---", ""),
        ],
    );
}

#[test]
fn numbers_of_records_and_births_go() {
    check(
        mask,
        &[
            ("MRN-20231105", "*"),
            ("CT 19800131", "CT *"),
            ("CT-1980-01-31", "CT-*"),
            ("PID-77120934", "*"),
            ("CT4711", "*"),
            ("RAD-473-223-119", "RAD-473-*"),
        ],
    );
}

#[test]
fn a_word_is_kept_whole_or_not_at_all() {
    check(
        mask,
        &[
            ("er1ka", "*"),
            ("d0ris", "*"),
            ("Döris", "*"),
            ("dRisberg", "*"),
            ("ct2marie", "*"),
            ("LabMüller", "*"),
            ("Mac\u{fffd}j", "*"),
        ],
    );
}

#[test]
fn names_that_makers_give_keep_their_beginning() {
    check(
        mask,
        &[
            ("NPI7A3B4C", "NPI*"),
            ("BRWD85DE2F1A0B3", "BRW*"),
            ("axis-accc8e1203f1", "axis-*"),
            ("snomD735-00041396A1C4", "snom*"),
            ("DESKTOP-7H2K9QZ", "DESKTOP-*"),
            ("DESKTOP-MUELLER", "DESKTOP-*"),
            ("NPIADDED", "*"),
        ],
    );
}

#[test]
fn agents_keep_known_products_and_versions() {
    check(
        mask_agent,
        &[
            ("curl/7.88.1", "curl/7.88.1"),
            ("Mozilla/5.0 (X11; Linux x86_64) Firefox/115.0", "Mozilla/5.0 X11 Linux x86_64 Firefox/115.0"),
            (
                "Mozilla/5.0 (Windows NT 6.1; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Safari/537.36",
                "Mozilla/5.0 Windows NT 6.1 Win64 x64 AppleWebKit/537.36 KHTML like Gecko Safari/537.36",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 16_5_1 like Mac OS X)",
                "Mozilla/5.0 iPhone CPU iPhone OS 16_5 like Mac OS X",
            ),
            ("Dalvik/2.1.0 (Linux; U; Android 13; Galaxy)", "Dalvik/2.1.0 Linux U Android 13 Galaxy"),
            ("Java/1.8.0_291", "Java/1.8.0"),
            ("Mobile/15E148", "Mobile"),
            ("Mozilla/4.0 (compatible; snomD735-SIP 10.1)", "Mozilla/4.0 compatible snom* 10.1"),
            ("Internet Print Provider", "* Print *"),
        ],
    );
}

#[test]
fn agents_that_name_people_are_masked() {
    check(
        mask_agent,
        &[
            ("MuellerViewer/1.0 patient=4711", "*"),
            ("Erika's iPhone/1.0", "* iPhone/1.0"),
            ("curl/20231105", "curl"),
            ("curl/1980.01.31", "curl"),
            ("curl/4711.5", "curl"),
            ("Windows 31.12.80", "Windows 31.12"),
            ("Darwin Theodelinde", "*"),
            ("Darwin/22.1.0", "Darwin/22.1.0"),
        ],
    );
}

#[test]
fn products_keep_their_words_but_not_their_host_or_owner() {
    check(
        mask_product,
        &[
            ("Apache/2.4.57 (Debian)", "Apache/2.4.57 (Debian)"),
            ("Linux erika-pc 5.10.0-21-amd64 #1 SMP", "Linux *-pc 5.10.0-21-amd64 #1 SMP"),
            ("Linux 5.10.0 x86_64", "Linux 5.10.0 x86_64"),
            ("HP-UX erika B.11.00 U", "HP-UX * B.11.00 U"),
            ("erikas-host FTP server (Version 6.4) ready", "*-host FTP server (Version 6.4) ready"),
            ("Erika's iPhone", "* iPhone"),
            ("Erika s iPhone", "* s iPhone"),
            ("operated by erika@example.org", "operated by *"),
            ("MUSTERMANN^ERIKA viewer 1.0", "* viewer 1.0"),
            ("Praxis Dr. Zwiebelfisch", "Praxis * *"),
            ("viewer of Frau Annegret Quastenflosser here", "viewer of Frau * * here"),
            ("lighttpd/1.4 31.12.1955", "lighttpd/1.4 *"),
            ("Patient=4711008815 monitor", "* monitor"),
            ("PAT-ID 4711008815", "PAT-ID *"),
            // Not titles and not days: a scanner, digital radiography, a version, a kind of device.
            ("syngo MR XA61", "syngo MR XA61"),
            ("DR 600 3.12.55", "DR 600 3.12.55"),
            ("Patient Monitor 1.2", "Patient Monitor 1.2"),
        ],
    );
}

/// Names that are words as well, as a sample of what the rule in `device-words.txt` keeps out.
#[test]
fn the_vocabulary_holds_nobodys_name() {
    let names = "abbott allyn april art august banks bank baxter bay berg bill bishop blood bridge brook busch carter chase cliff cook \
        dale dawn dell drew echo endo engel faith field floor ford frank fuchs gene glen grace grant guest hall hamilton heath hill \
        holter hope hunter jack joy june kaiser keller king koch lane main mark mason may north page park pat philips plant pope \
        porter prince rich room rose sauter sharp siemens signa sommer south stern stone store sue summer taylor vogel ward \
        welch west will wing winter wolf wood young";
    for name in names.split_whitespace() {
        assert!(!VOCABULARY.contains(name) && !AGENTS.contains(name), "{name}");
    }
}

#[test]
fn lists_are_lower_case_and_say_nothing_twice() {
    for list in [include_str!("../../data/device-words.txt"), include_str!("../../data/agent-words.txt")] {
        let words: Vec<&str> =
            list.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).collect();
        for (at, word) in words.iter().enumerate() {
            assert_eq!(*word, word.to_ascii_lowercase());
            assert!(!words[..at].contains(word), "{word} stands twice");
        }
    }
}

proptest! {
    #[test]
    fn masking_is_idempotent_and_bounded(
        name in "([ -~]{0,80}|((Linux|Erika's|x@y|ct|NPI1A2b|12|1.5|curl/1.2|\\*|FTP|server|Dr|Dr.|Praxis|MRN|pid=1|1.1.1999|s)[ -/]{0,2}){0,8})",
        max in 1_usize..70,
    ) {
        for mask in [mask, mask_agent, mask_product] {
            let once = mask(&name, max);
            prop_assert!(once.len() <= max);
            prop_assert_eq!(mask(&once, max), once);
        }
    }

    #[test]
    fn no_word_outside_the_vocabulary_survives(name in "[a-z]{9,20}([-_. ][a-z]{9,20}){0,3}") {
        let kept = mask(&name, 128);
        for word in name.split(['-', '_', '.', ' ']).filter(|word| !VOCABULARY.contains(word)) {
            prop_assert!(!kept.contains(word));
        }
    }

    /// A name of four letters or more, however it is dressed up with known words, digits and separators.
    #[test]
    fn no_dressed_up_name_survives(
        parts in prop::collection::vec(
            ("(ct|pacs|iPhone|NPI|lab|Linux|curl/1.0|Windows NT|server)?", "[-_. /;()^@]{0,2}", "(Quirin|Walburga|Ottokar|Notburga|Łucja|Jürgen|Zoë)", "[0-9]{0,2}", "[-_. /;()^@]{0,2}"),
            1..4,
        ),
        max in 8_usize..120,
    ) {
        let text: String = parts.iter().map(|(a, b, name, c, d)| format!("{a}{b}{name}{c}{d}")).collect();
        for kept in [mask(&text, max), mask_agent(&text, max)] {
            for name in ["Quirin", "Walburga", "Ottokar", "Notburga", "ucja", "rgen", "Zo"] {
                prop_assert!(!kept.contains(name), "{} of {}", kept, text);
            }
        }
    }
}
