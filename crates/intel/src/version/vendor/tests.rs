use std::cmp::Ordering::{Equal, Greater, Less};

use proptest::prelude::*;

use super::*;

fn compare(one: &str, two: &str) -> Option<Ordering> {
    Version::read(one)?.compare(&Version::read(two)?)
}

#[test]
fn orders_what_makers_agree_on() {
    let table = [
        ("7.2p2", "7.2", Greater),
        ("7.2p1", "7.2p2", Less),
        ("7.2p2", "7.3", Less),
        ("7.10", "7.9", Greater),
        ("1.0.2k", "1.0.2l", Less),
        ("1.0.2", "1.0.2k", Less),
        ("0.9.8z", "0.9.8za", Less),
        ("1.0.2k", "1.1.0", Less),
        ("2.4.6-beta", "2.4.6", Less),
        ("2.4.6-beta", "2.4.6-rc1", Less),
        ("2.4.6rc2", "2.4.6rc10", Less),
        ("2.4.6-dev", "2.4.6p1", Less),
        ("1.0", "1.0.0", Equal),
        ("V4.1.3", "4.1.3", Equal),
        ("6.9.4.1", "6.9.4.12", Less),
        ("V4.8 SP1 HF3", "V4.8_SP1_HF4", Less),
        ("R2.1", "R2.2", Less),
        ("12.2(33)SXI4", "12.2(33)SXI5", Less),
        ("2024-08-08", "2024-08-09", Less),
        ("1.000.0062.3.20190816", "1.000.0062.3.20190817", Less),
        ("10.0.17763.1879", "10.0.17763.1911", Less),
    ];
    for (one, two, order) in table {
        assert_eq!(compare(one, two), Some(order), "{one} and {two}");
        assert_eq!(compare(two, one), Some(order.reverse()), "{two} and {one}");
    }
}

#[test]
fn does_not_guess() {
    let table = [
        ("1.0b2", "1.0"),              // a beta or a patch
        ("1.0 SP1", "1.0 HF2"),        // which came first?
        ("2.01", "2.1"),               // 2.1 may be 2.10
        ("R2.1", "2.1"),               // another numbering
        ("12.2(33)SXI", "12.2(50)SE"), // trains are no line
        ("12.2(33)", "12.2.40"),
        ("1.0.2k-fips", "1.0.2k"),
        ("1.2-dev", "1.2-preview"),
        ("4.x", "4.1"),
        ("unknown", "1"),
        ("", "1"),
        ("1:2.3", "1"),
        ("99999999999999999999999", "1"),
    ];
    for (one, two) in table {
        assert_eq!(compare(one, two), None, "{one} and {two}");
    }
}

#[test]
fn knows_an_update_of_a_version() {
    let extends = |one: &str, two: &str| Version::read(one).unwrap().extends(&Version::read(two).unwrap());
    assert_eq!(extends("7.3p1", "7.3"), Some(Extension::FirstPatch));
    assert_eq!(extends("7.3p2", "7.3"), Some(Extension::Update));
    assert_eq!(extends("8 SP1", "8"), Some(Extension::Update));
    assert_eq!(extends("1.2-3", "1.2.0"), Some(Extension::Update));
    assert_eq!(extends("1.0.2k", "1.0.2"), None);
    assert_eq!(extends("7.3rc1", "7.3"), None);
    assert_eq!(extends("7.3.1", "7.3"), None);
}

/// Texts that are often close to one another.
fn version() -> impl Strategy<Value = String> {
    let number = prop_oneof![Just("0"), Just("1"), Just("2"), Just("01"), Just("10")];
    let mark = prop_oneof![
        Just("."),
        Just("-"),
        Just("_"),
        Just(" "),
        Just("p"),
        Just("sp"),
        Just(" SP "),
        Just("a"),
        Just("b"),
        Just("k"),
        Just("rc"),
        Just("-beta"),
        Just("-alpha"),
        Just("dev"),
        Just("foo"),
        Just("("),
        Just("+"),
        Just("~"),
        Just("v"),
        Just("R"),
    ];
    let start = prop_oneof![4 => Just(""), 1 => Just("v"), 1 => Just("R")];
    (start, number.clone(), prop::collection::vec((mark, prop::option::of(number)), 0..4)).prop_map(
        |(start, first, rest)| {
            let rest: String =
                rest.iter().map(|(mark, number)| format!("{mark}{}", number.unwrap_or(""))).collect();
            format!("{start}{first}{rest}")
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,40}") {
        if let Some(version) = Version::read(&text) {
            prop_assert_eq!(version.compare(&version), Some(Equal));
        }
    }

    /// The short way says what the long way says, or nothing.
    #[test]
    fn plain_texts_compare_as_any(one in "[0-9]{1,2}(\\.[0-9]{1,2}){0,4}", two in "[0-9a.]{0,9}|[0-9]{1,2}(\\.[0-9]{1,2}){0,4}") {
        let seen = Version::read(&one).unwrap();
        if let Some(order) = seen.compare_plain(&two) {
            let long = Version::read(&two).unwrap();
            prop_assert_eq!(seen.compare(&long), Some(order), "{} {}", one, two);
            prop_assert_eq!((seen.extends(&long), long.extends(&seen)), (None, None));
        }
    }

    #[test]
    fn changing_sides_reverses(one in version(), two in version()) {
        prop_assert_eq!(compare(&one, &two), compare(&two, &one).map(Ordering::reverse));
    }

    #[test]
    fn is_transitive(one in version(), two in version(), three in version()) {
        let (first, second) = (compare(&one, &two), compare(&two, &three));
        if first == Some(Less) && second == Some(Less) {
            prop_assert_eq!(compare(&one, &three), Some(Less), "{} {} {}", one, two, three);
        }
        if first == Some(Equal) && second.is_some() {
            prop_assert_eq!(compare(&one, &three), second, "{} {} {}", one, two, three);
        }
    }

    #[test]
    fn an_update_is_later(one in version(), two in version()) {
        if let (Some(one), Some(two)) = (Version::read(&one), Version::read(&two))
            && one.extends(&two).is_some()
        {
            prop_assert_eq!(one.compare(&two), Some(Greater));
        }
    }
}
