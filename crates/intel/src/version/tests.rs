use std::cmp::Ordering::{Equal, Greater, Less};
use std::process::Command;

use proptest::prelude::*;

use super::*;

/// Each is older than all after it, and each equals itself.
fn check_order(scheme: Scheme, ascending: &[&str]) {
    for (at, one) in ascending.iter().enumerate() {
        assert_eq!(compare(scheme, one, one), Some(Equal), "{scheme:?}: {one}");
        for two in &ascending[at + 1..] {
            assert_eq!(compare(scheme, one, two), Some(Less), "{scheme:?}: {one} and {two}");
            assert_eq!(compare(scheme, two, one), Some(Greater), "{scheme:?}: {two} and {one}");
        }
    }
}

fn check_equal(scheme: Scheme, pairs: &[(&str, &str)]) {
    for (one, two) in pairs {
        assert_eq!(compare(scheme, one, two), Some(Equal), "{scheme:?}: {one} and {two}");
    }
}

fn check_refused(scheme: Scheme, texts: &[&str]) {
    for text in texts {
        assert!(!scheme.reads(text), "{scheme:?}: {text:?}");
    }
}

/// Debian Policy 5.6.12 and versions of real packages.
#[test]
fn debian() {
    check_order(Scheme::Debian, &["1~~", "1~~a", "1~", "1", "1a", "1+"]);
    check_order(
        Scheme::Debian,
        &["9.2p1-2~bpo11+1", "9.2p1-2", "9.2p1-2+deb12u2", "9.2p1-2+deb12u10", "9.2p1-3", "1:1-1"],
    );
    check_order(
        Scheme::Debian,
        &["1.0~rc1-1", "1.0-1", "1.0-1build1", "1.0-1ubuntu0.1", "1.0-1ubuntu1", "1.0.1-1"],
    );
    check_order(Scheme::Debian, &["2.4.57-2", "2.4.62-1~deb12u1", "2.4.62-1~deb12u2", "2.4.62-1"]);
    check_equal(Scheme::Debian, &[("0:1.0-1", "1.0-1"), ("1.0-0", "1.0"), ("1.02", "1.2")]);
    check_refused(Scheme::Debian, &["", "a1", "1:", ":1", "x:1", "1-", "1 2", "1_2", "9999999999:1"]);
}

/// rpm-version(7) and the cases of RPM's own `rpmvercmp` tests.
#[test]
fn rpm() {
    check_order(
        Scheme::Rpm,
        &[
            "1.0~rc1",
            "1.0~rc1^git1",
            "1.0~rc2",
            "1.0",
            "1.0^git1~pre",
            "1.0^git1",
            "1.0.1",
            "2.0.1",
            "2.0.1a",
        ],
    );
    check_order(Scheme::Rpm, &["xyz.4", "2a", "2.0", "8"]);
    check_order(Scheme::Rpm, &["5.5p1", "5.5p2", "5.5p10", "5.6p1", "10xyz", "10.1xyz"]);
    check_order(Scheme::Rpm, &["8.7p1-38.el9", "8.7p1-38.el9_4.4", "8.7p1-43.el9", "1:8.0p1-1.el8"]);
    check_order(Scheme::Rpm, &["6.0", "6.0.rc1", "6.1"]);
    check_equal(
        Scheme::Rpm,
        &[("10.0001", "10.1"), ("2_0", "2.0"), ("0:1-1", "1-1"), ("4.999.9", "4.999.9")],
    );
    check_refused(Scheme::Rpm, &["", "-", "1-2-3", "x:1", "1 2", "~"]);
    assert_eq!(compare(Scheme::Rpm, "1.0", "1.0-1"), None, "which release is not known");
    assert_eq!(compare(Scheme::Rpm, "1.0", "1.1-1"), Some(Less));
}

/// apk-tools: `digit{.digit}{letter}{_suffix{#}}{-r#}`.
#[test]
fn alpine() {
    let ascending = [
        "1.2.3_alpha",
        "1.2.3_alpha2",
        "1.2.3_beta",
        "1.2.3_pre1",
        "1.2.3_rc1",
        "1.2.3_rc1-r1",
        "1.2.3",
        "1.2.3-r0",
        "1.2.3-r5",
        "1.2.3-r10",
        "1.2.3_cvs1",
        "1.2.3_git20230101",
        "1.2.3_p1",
        "1.2.3_p1-r2",
        "1.2.3a",
        "1.2.3b-r1",
        "1.2.3.1",
        "1.2.10",
    ];
    check_order(Scheme::Alpine, &ascending);
    check_refused(Scheme::Alpine, &["", "1.", "1-1", "1.05", "1_foo", "1.2.3ab", "1-rx", "a"]);
}

/// Semantic Versioning 2.0.0, section 11.
#[test]
fn semver() {
    let ascending = [
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "1.0.0",
        "2.0.0",
        "2.1.0",
        "2.1.1",
        "v2.10.0",
    ];
    check_order(Scheme::Semver, &ascending);
    check_order(Scheme::Semver, &["0", "0.0.1-0", "0.0.1", "v1.2.3-0.20230101000000-abcdefabcdef", "v1.2.3"]);
    check_equal(
        Scheme::Semver,
        &[("1.0.0+20130313", "1.0.0+exp.sha"), ("v1.0.0", "1.0.0"), ("2.0.0+incompatible", "2.0.0")],
    );
    check_refused(
        Scheme::Semver,
        &["", "01.0.0", "1.0.0.0", "1.0.0-", "1.0.0-01", "1.0.0-a..b", "latest", "1.x"],
    );
}

/// PEP 440, "Summary of permitted suffixes and relative ordering" and appendix B.
#[test]
fn pypi() {
    let ascending = [
        "1.dev0",
        "1.0.dev456",
        "1.0a1",
        "1.0a2.dev456",
        "1.0a12.dev456",
        "1.0a12",
        "1.0b1.dev456",
        "1.0b2",
        "1.0b2.post345.dev456",
        "1.0b2.post345",
        "1.0rc1.dev456",
        "1.0rc1",
        "1.0",
        "1.0+abc.5",
        "1.0+abc.7",
        "1.0+5",
        "1.0.post456.dev34",
        "1.0.post456",
        "1.0.15",
        "1.1.dev1",
        "1!0.1",
    ];
    check_order(Scheme::Pypi, &ascending);
    let equal = [
        ("1.1", "1.1.0"),
        ("1.1.a1", "1.1a1"),
        ("1.1-a1", "1.1alpha1"),
        ("1.1c1", "1.1-rc.1"),
        ("1.2a", "1.2a0"),
        ("1.2-post2", "1.2.post2"),
        ("1.0-1", "1.0.post1"),
        ("v1.0", "1.0"),
        ("1.0-r4", "1.0.post4"),
        ("1.2.DEV", "1.2.dev0"),
        ("1.0+ubuntu-1", "1.0+ubuntu.1"),
    ];
    check_equal(Scheme::Pypi, &equal);
    check_refused(Scheme::Pypi, &["", "1.x", "abc", "1.0+", "1..0", "1.0.foo", "1!"]);
}

/// The POM reference, "Version Order Specification", and the orders of Maven's own `ComparableVersion` tests.
#[test]
fn maven() {
    let qualifiers = [
        "1-alpha2snapshot",
        "1-alpha2",
        "1-alpha-123",
        "1-beta-2",
        "1-beta123",
        "1-m2",
        "1-m11",
        "1-rc",
        "1-cr2",
        "1-rc123",
        "1-SNAPSHOT",
        "1",
        "1-sp",
        "1-sp2",
        "1-sp123",
        "1-abc",
        "1-def",
        "1-pom-1",
        "1-1-snapshot",
        "1-1",
        "1-2",
        "1-123",
    ];
    check_order(Scheme::Maven, &qualifiers);
    let numbers = [
        "2.0", "2.0.a", "2-1", "2.0.2", "2.0.123", "2.1.0", "2.1-a", "2.1b", "2.1-c", "2.1-1", "2.1.0.1",
        "2.2", "2.123", "11.a2", "11.a11", "11.b2", "11.b11", "11.m2", "11.m11", "11", "11.a", "11b", "11c",
        "11m",
    ];
    check_order(Scheme::Maven, &numbers);
    let equal = [
        ("1", "1.0"),
        ("1-0", "1.0-0"),
        ("1ga", "1"),
        ("1.0.0-FINAL", "1"),
        ("1a1", "1-alpha-1"),
        ("1.0.0x", "1x"),
        ("1.0cr1", "1.0.rc-1"),
        ("1.", "1-"),
        ("1.0.0-foo.0.0", "1-foo"),
        ("2.14.0-RC1", "2.14-rc1"),
    ];
    check_equal(Scheme::Maven, &equal);
    check_refused(Scheme::Maven, &["", "a", "${project.version}", "-1"]);
}

#[test]
fn every_ecosystem_has_the_order_of_its_package_urls() {
    let table = [
        ("Debian:12", "deb"),
        ("Ubuntu:22.04:LTS", "deb"),
        ("Red Hat", "rpm"),
        ("Alpine:v3.18", "apk"),
        ("npm", "npm"),
        ("crates.io", "cargo"),
        ("Go", "golang"),
        ("PyPI", "pypi"),
        ("Maven", "maven"),
    ];
    for (ecosystem, kind) in table {
        assert!(Scheme::of_ecosystem(ecosystem).is_some(), "{ecosystem}");
        assert_eq!(Scheme::of_ecosystem(ecosystem), Scheme::of_purl_type(kind), "{ecosystem} and {kind}");
    }
    assert_eq!((Scheme::of_ecosystem("Android"), Scheme::of_purl_type("bitnami")), (None, None));
}

/// Texts that are close to one another and mostly versions of the scheme.
fn version(scheme: Scheme) -> BoxedStrategy<String> {
    let pattern = match scheme {
        Scheme::Vendor => r"[vR]?[0-2]{1,2}([._-](0|1|10|rc1|p2|sp1|beta)){0,3}[ab]?",
        Scheme::Debian => {
            r"([01]:)?[0-2]([.+~](0|1|10|a|rc1|b)){0,3}[~a+]{0,2}(-[0-2]([.+~](1|a|deb12u1)){0,2}[~+]?)?"
        }
        Scheme::Rpm => r"([01]:)?[0-2a]([.~^_](0|1|01|10|a|rc|b2)){0,4}[~^]?(-[12]([.~^](1|el9)){0,2})?",
        Scheme::Alpine => r"[0-2](\.(0|1|10)){0,3}[ab]?(_(alpha|rc|p|git)[12]?){0,2}(-r[012])?",
        Scheme::Semver => r"v?[0-2](\.[0-2]){0,2}(-(a|1|10|rc)(\.(a|1|10|-)){0,2})?(\+b)?",
        Scheme::Pypi => {
            r"([01]!)?[0-2](\.(0|1|10)){0,3}((a|b|rc)[01])?(\.post[01])?(\.dev[01])?(\+(a|1|10)(\.(a|1)){0,2})?"
        }
        Scheme::Maven => r"[0-2]([.-](0|1|10|a|a1|alpha|beta2|rc|snapshot|sp|final|foo|x1|)){0,4}",
    };
    pattern.prop_map(String::from).boxed()
}

fn three_of_one_scheme() -> impl Strategy<Value = (Scheme, String, String, String)> {
    prop::sample::select(&Scheme::ALL[..])
        .prop_flat_map(|scheme| (Just(scheme), version(scheme), version(scheme), version(scheme)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6000))]

    #[test]
    fn any_text_is_compared_or_refused(one in ".{0,40}", two in "[-0-9a-z.~^+:_!]{0,30}") {
        for scheme in Scheme::ALL {
            prop_assert_eq!(compare(scheme, &one, &two), compare(scheme, &two, &one).map(Ordering::reverse));
            prop_assert!(compare(scheme, &two, &two).is_none_or(|order| order == Equal));
        }
    }

    #[test]
    fn orders_hold_together((scheme, one, two, three) in three_of_one_scheme()) {
        let (first, second) = (compare(scheme, &one, &two), compare(scheme, &two, &three));
        prop_assert_eq!(first, compare(scheme, &two, &one).map(Ordering::reverse));
        let third = compare(scheme, &one, &three);
        if let (Some(first), Some(second)) = (first, second) {
            let expected = match (first, second) {
                (Equal, order) | (order, Equal) => Some(order),
                (one, two) if one == two => Some(one),
                _ => None,
            };
            // A partial order may have no answer where two versions lack a release or a width.
            let partial = matches!(scheme, Scheme::Vendor | Scheme::Rpm) && third.is_none();
            prop_assert!(expected.is_none() || third == expected || partial, "{:?}: {} {} {}", scheme, one, two, three);
        }
    }

    #[test]
    fn total_orders_answer((scheme, one, two, _) in three_of_one_scheme()) {
        let partial = matches!(scheme, Scheme::Vendor | Scheme::Rpm);
        prop_assert!(partial || compare(scheme, &one, &two).is_some(), "{:?}: {} {}", scheme, one, two);
    }
}

fn dpkg_says(one: &str, relation: &str, two: &str) -> Option<bool> {
    let run = Command::new("dpkg").args(["--compare-versions", one, relation, two]).output().ok()?;
    run.status.code().map(|code| code == 0)
}

/// The real `dpkg`, where it is installed.
#[test]
fn debian_agrees_with_dpkg() {
    if dpkg_says("1", "lt", "2") != Some(true) {
        eprintln!("skipped: dpkg is not installed");
        return;
    }
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut compared = 0;
    for _ in 0..300 {
        let mut next = || version(Scheme::Debian).new_tree(&mut runner).unwrap().current();
        let (one, two) = (next(), next());
        let Some(order) = compare(Scheme::Debian, &one, &two) else { continue };
        let relation = match order {
            Less => "lt",
            Equal => "eq",
            Greater => "gt",
        };
        assert_eq!(dpkg_says(&one, relation, &two), Some(true), "{one} {relation} {two}");
        compared += 1;
    }
    assert!(compared > 200, "{compared}");
}
