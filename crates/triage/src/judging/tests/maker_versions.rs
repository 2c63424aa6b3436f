//! What a maker says of one version of a model settles that version alone.

use wardround_model::*;

use super::{CVE, HOST, before, nvd, told, vex, weak};
use crate::hospital::Hospital;

/// A pump with software 4.1.2 and one finding, [`CVE`], of a component.
fn weak_pump() -> Hospital {
    let feeds = [nvd(&[(CVE, before("a:openssl:openssl", "3.0.12"))])];
    let pump = Hospital::default().host(HOST, DeviceClass::InfusionPump).made_by("Example", "Drip 300");
    pump.software("4.1.2").has(FactKind::InstalledSoftware, "OpenSSL 3.0.11").knowing(&feeds)
}

#[test]
fn a_makers_word_about_a_version_is_about_that_version_alone() {
    let (settled, found) = (&["- CVE-2024-0001"][..], &["CVE-2024-0001 exact-version"][..]);
    for (values, expected) in [
        (&["not_affected,component_not_present,4.1.2"][..], settled),
        (&["fixed,,4.1.2"], settled),
        (&["fixed,,V4.1.2"], settled),
        (&["fixed,,vers:generic/4.1.2"], settled),
        // Another version, or one that is more or less than the same.
        (&["fixed,,4.1.3"], found),
        (&["fixed,,4.1"], found),
        (&["not_affected,component_not_present,4.1.2.1"], found),
        (&["not_affected,component_not_present,some other words"], found),
        // A range, even if it holds the version.
        (&["fixed,,vers:generic/>=4.1|<5"], found),
        // No reason, or a status that takes nothing away.
        (&["not_affected,,4.1.2"], found),
        (&["affected,,4.1.2"], found),
        (&["under_investigation,,4.1.2"], found),
        // What takes nothing away counts before what does, where it may be about the version too.
        (&["fixed,,4.1.2", "affected,,vers:generic/<4.1.2"], settled),
        (&["fixed,,4.1.2", "affected,,vers:generic/<=4.1.2"], found),
        (&["fixed,,4.1.2", "affected,,before the summer release"], found),
        (&["fixed,,4.1.2", "under_investigation,,4.1.2"], found),
    ] {
        let said = |hospital: Hospital, value: &&str| {
            let value = format!("{CVE},{value}");
            hospital.of_model("Example", "Drip 300", FactKind::MakerVexVersion, &value)
        };
        assert_eq!(told(&values.iter().fold(weak_pump(), said)), expected, "{values:?}");
    }
    let fixed = "CVE-2024-0001,fixed,,4.1.2";
    let general = weak_pump().has(FactKind::MakerVex, "CVE-2024-0001,affected");
    assert_eq!(told(&general.has(FactKind::MakerVexVersion, fixed)), found);
    // The server's software is not known.
    assert_eq!(told(&weak().has(FactKind::MakerVexVersion, fixed)), found);
    let overruled = weak_pump().has(FactKind::MakerVexVersion, fixed);
    assert_eq!(told(&overruled.said(HOST, vex(CVE, VexStatus::Affected), None)), found);
    let by_word = weak_pump().has(FactKind::MakerVexVersion, "CVE-2024-0002,affected,,4.1.2");
    assert_eq!(told(&by_word), ["CVE-2024-0001 exact-version", "CVE-2024-0002 listed"]);
    let settled = weak_pump().has(FactKind::MakerVexVersion, fixed).triage().settled;
    insta::assert_snapshot!(settled[0].reason.text, @"Its maker says that this model with software 4.1.2 is fixed");
}
