use Judgement::{AllVersions, AnyUpdate, Exact, InRange, NotAffected, Unknown};
use proptest::prelude::*;

use super::*;

fn up_to(version: &str) -> Versions<'_> {
    Versions::Range(Range { from: None, to: Some(Bound { version, inclusive: true }) })
}

fn before(version: &str) -> Versions<'_> {
    Versions::Range(Range { from: None, to: Some(Bound { version, inclusive: false }) })
}

fn between<'a>(from: &'a str, to: &'a str) -> Versions<'a> {
    let from = Some(Bound { version: from, inclusive: true });
    Versions::Range(Range { from, to: Some(Bound { version: to, inclusive: false }) })
}

#[test]
fn judges_versions_as_records_write_them() {
    let table: [(&str, Versions<'_>, Option<&str>, Judgement); 22] = [
        ("7.2p2", Versions::Exactly("7.2"), Some("p2"), Exact),
        ("7.2p2", Versions::Exactly("7.2p2"), None, Exact),
        ("7.2p2", Versions::Exactly("7.2"), None, AnyUpdate),
        ("7.2p2", Versions::Exactly("7.2"), Some("p1"), NotAffected),
        ("7.2", Versions::Exactly("7.2"), Some("p2"), Unknown),
        ("2.0", Versions::Exactly("2.0"), Some("rc1"), NotAffected),
        ("1.0.2k", Versions::Exactly("1.0.2"), None, NotAffected),
        ("7.2p2", up_to("7.2"), Some("p2"), InRange),
        ("7.2p2", up_to("7.2"), Some("p1"), NotAffected),
        ("7.1p2", up_to("7.2"), Some("p1"), InRange),
        ("7.2p2", before("7.4"), None, InRange),
        ("7.4p1", before("7.4"), None, NotAffected),
        ("7.3p2", up_to("7.3"), None, Unknown),
        ("9.2p1", between("8.5p1", "9.8"), None, InRange),
        ("8.4p1", between("8.5p1", "9.8"), None, NotAffected),
        ("9.8p1", between("8.5p1", "9.8"), None, NotAffected),
        ("anything", Versions::Any, None, AllVersions),
        ("1.0", Versions::Any, Some("sp1"), Unknown),
        ("1.0", Versions::NotApplicable, None, NotAffected),
        ("7.4.1", Versions::Pattern("7.4.*"), None, Exact),
        ("7.5", Versions::Pattern("7.4.*"), None, NotAffected),
        ("R2", before("3.0"), None, Unknown),
    ];
    for (seen, versions, update, judgement) in table {
        let criterion = Criterion { versions, update };
        assert_eq!(SeenVersion::new(Some(seen), None).judge(&criterion), judgement, "{seen} {criterion:?}");
    }
}

#[test]
fn the_same_words_are_the_version_that_is_meant() {
    let table = [
        ("CR-IR 357", "CR-IR 357", Exact),
        ("2nd  edition", "2nd Edition", Exact),
        ("7900", "7100 | 7900 MRI | 100", Unknown),
        ("100", "7100 | 7900 MRI | 100", Exact),
        ("1.2", "<1.2 | 1.2 with option", Unknown),
        ("1.2", "1.2 with option", Unknown),
        ("1.2", "", Unknown),
    ];
    for (seen, text, judgement) in table {
        assert_eq!(SeenVersion::new(Some(seen), None).judge_text(text), judgement, "{seen}: {text}");
    }
    assert_eq!(SeenVersion::new(None, None).judge_text(""), Unknown);
}

#[test]
fn ends_need_no_order() {
    let judge = |seen: &str, versions| {
        SeenVersion::new(Some(seen), None).judge(&Criterion { versions, update: None })
    };
    assert_eq!(judge("K", up_to("k")), InRange);
    assert_eq!(judge("J", up_to("k")), Unknown);
    assert_eq!(judge("K", before("k")), Unknown);
    assert_eq!(judge("8 Service Pack 2", before("8 sp 2")), NotAffected);
    assert_eq!(judge("8 Service Pack 1", before("8 sp 2")), InRange);
}

#[test]
fn an_update_may_be_given_apart() {
    let criterion = Criterion { versions: up_to("7.2"), update: Some("p2") };
    assert_eq!(SeenVersion::new(Some("7.2"), Some("p2")).judge(&criterion), InRange);
    assert_eq!(SeenVersion::new(Some("7.2"), Some("p3")).judge(&criterion), NotAffected);
}

#[test]
fn a_portable_release_is_the_release() {
    let criterion = Criterion { versions: up_to("7.3"), update: None };
    let seen = |text| SeenVersion::new(Some(text), None).portable().judge(&criterion);
    assert_eq!(seen("7.3p1"), InRange);
    assert_eq!(seen("7.3p2"), Unknown);
    assert_eq!(seen("7.4p1"), NotAffected);
}

#[test]
fn no_version_is_unknown_unless_all_are_meant() {
    let seen = SeenVersion::new(None, None);
    let judge = |versions| seen.judge(&Criterion { versions, update: None });
    assert_eq!(judge(Versions::Exactly("1")), Unknown);
    assert_eq!(judge(up_to("1")), Unknown);
    assert_eq!(judge(Versions::NotApplicable), Unknown);
    assert_eq!(judge(Versions::Any), AllVersions);
}

proptest! {
    /// What is below a bound is in "before" it and in "up to" it; the bound itself only in the latter.
    #[test]
    fn bounds_agree(major in 0u8..4, minor in 0u8..4, end_major in 0u8..4, end_minor in 0u8..4) {
        let (seen, end) = (format!("{major}.{minor}"), format!("{end_major}.{end_minor}"));
        let judge = |versions| SeenVersion::new(Some(&seen), None).judge(&Criterion { versions, update: None });
        let expect = |is_in: bool| if is_in { InRange } else { NotAffected };
        prop_assert_eq!(judge(before(&end)), expect((major, minor) < (end_major, end_minor)));
        prop_assert_eq!(judge(up_to(&end)), expect((major, minor) <= (end_major, end_minor)));
    }

    #[test]
    fn any_texts_are_judged(seen in ".{0,12}", one in ".{0,12}", update in prop::option::of(".{0,4}")) {
        let seen = SeenVersion::new(Some(&seen), None);
        for versions in [Versions::Exactly(&one), Versions::Pattern(&one), up_to(&one), before(&one)] {
            let _ = seen.judge(&Criterion { versions, update: update.as_deref() });
        }
    }
}
