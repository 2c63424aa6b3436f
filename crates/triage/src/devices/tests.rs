use wardround_intel::feed::FeedKind;
use wardround_model::*;

use crate::hospital::Hospital;

/// An advisory of our own making in CSAF 2.0: each product with a range of versions and its status.
pub(crate) fn advisory(
    id: &str,
    maker: &str,
    products: &[(&str, &str)],
    status: &str,
    cve: &str,
) -> (FeedKind, String) {
    let branches = products.iter().enumerate().map(|(at, (name, versions))| {
        format!(
            r#"{{"category":"product_name","name":"{name}","branches":[{{"category":"product_version_range",
               "name":"{versions}","product":{{"name":"{name} {versions}","product_id":"P{at}"}}}}]}}"#
        )
    });
    let branches: Vec<_> = branches.collect();
    let ids: Vec<_> = (0..products.len()).map(|at| format!(r#""P{at}""#)).collect();
    let text = format!(
        r#"{{"document":{{"csaf_version":"2.0","category":"csaf_security_advisory","title":"t",
            "publisher":{{"name":"CISA","category":"other","namespace":"https://www.cisa.gov/"}},
            "tracking":{{"id":"{id}","current_release_date":"2024-01-01T00:00:00Z","status":"final","version":"1"}}}},
          "product_tree":{{"branches":[{{"category":"vendor","name":"{maker}","branches":[{}]}}]}},
          "vulnerabilities":[{{"cve":"{cve}","product_status":{{"{status}":[{}]}},
            "remediations":[{{"category":"vendor_fix","details":"d","product_ids":[{}]}}]}}]}}"#,
        branches.join(","),
        ids.join(","),
        ids.join(",")
    );
    (FeedKind::Csaf, text)
}

const PUMP: &str = "10.1.1.5";

fn pump(maker: &str, model: &str) -> Hospital {
    Hospital::default().host(PUMP, DeviceClass::InfusionPump).made_by(maker, model)
}

/// One line a finding (`cve grade`), then `?` for each thing that could not be judged.
fn judged(hospital: Hospital, feeds: &[(FeedKind, String)]) -> Vec<String> {
    let triaged = hospital.knowing(feeds).triage();
    let line = |finding: &Finding| format!("{} {}", finding.weakness, finding.grade.code());
    let open = triaged.unjudged.iter().map(|_| "?".to_owned());
    triaged.findings.iter().map(line).chain(open).collect()
}

#[test]
fn maker_model_and_version_decide() {
    let feeds = [advisory(
        "ICSMA-24-001-01",
        "Example Medical",
        &[("Example Drip 300", "<=2.6.2")],
        "known_affected",
        "CVE-2024-0001",
    )];
    let exact = ["known-vulnerability:CVE-2024-0001 exact-version"];
    let unseen = ["known-vulnerability:CVE-2024-0001 version-unknown"];
    for (maker, model, software, expected) in [
        ("Example", "Drip 300", Some("2.6.1"), &exact[..]),
        ("EXAMPLE Medical Inc.", "Drip 300", Some("2.6.2"), &exact),
        ("Example", "Drip 300", Some("2.6.3"), &[]),
        ("Example", "Drip 300", None, &unseen),
        ("Example", "Drip 300", Some("build of spring"), &["?"]),
        ("Example", "Drip", None, &["?"]),
        ("Example", "Drip 500", Some("2.6.1"), &[]),
        ("Other", "Drip 300", Some("2.6.1"), &[]),
    ] {
        let hospital = pump(maker, model);
        let hospital = match software {
            Some(version) => hospital.software(version),
            None => hospital,
        };
        assert_eq!(judged(hospital, &feeds), expected, "{maker} {model} {software:?}");
    }
}

#[test]
fn what_the_maker_says_of_this_version_counts() {
    for (status, expected) in [
        ("known_affected", vec!["known-vulnerability:CVE-2024-0001 exact-version"]),
        ("known_not_affected", vec![]),
        ("fixed", vec![]),
        ("under_investigation", vec!["?"]),
    ] {
        let feeds =
            [advisory("ICSMA-24-001-01", "Example", &[("Drip 300", "<=2.6.2")], status, "CVE-2024-0001")];
        assert_eq!(judged(pump("Example", "Drip 300").software("2.6.1"), &feeds), expected, "{status}");
    }
}

#[test]
fn a_statement_about_the_model_counts_before_one_about_its_family() {
    let products = [("Drip 300", "<2.0"), ("Drip 300 Plus", "<9.0")];
    let feeds = [advisory("ICSMA-24-001-01", "Example", &products, "known_affected", "CVE-2024-0001")];
    assert!(judged(pump("Example", "Drip 300").software("2.6.1"), &feeds).is_empty());
}

#[test]
fn all_versions_of_a_device_whose_version_was_not_seen() {
    let feeds = [advisory(
        "ICSMA-24-001-01",
        "Example",
        &[("Drip 300", "vers:all/*")],
        "known_affected",
        "CVE-2024-0001",
    )];
    let hospital = pump("Example", "Drip 300").knowing(&feeds);
    let finding = &hospital.triage().findings[0];
    assert_eq!(finding.grade, Grade::VersionUnknown);
    assert_eq!(finding.reasons[0].grounds.len(), 2);
    let told: Vec<_> = finding.reasons.iter().map(|reason| reason.text.as_str()).collect();
    insta::assert_debug_snapshot!(told);
}

#[test]
fn a_model_that_is_only_guessed_is_not_blamed() {
    let feeds = [advisory(
        "ICSMA-24-001-01",
        "Example",
        &[("Drip 300", "<=2.6.2")],
        "known_affected",
        "CVE-2024-0001",
    )];
    let mut hospital = pump("Example", "Drip 300").software("2.6.1");
    hospital.assets[0].model.as_mut().unwrap().confidence = Confidence::percent(60);
    assert!(judged(hospital, &feeds).is_empty());
}

#[test]
fn the_plan_sends_people_to_the_maker() {
    let feeds = [advisory(
        "ICSMA-24-001-01",
        "Example",
        &[("Drip 300", "<=2.6.2")],
        "known_affected",
        "CVE-2024-0001",
    )];
    let plan = pump("Example", "Drip 300").software("2.6.1").knowing(&feeds).triage().plan;
    assert_eq!(plan.len(), 1);
    insta::assert_debug_snapshot!((&plan[0].title, &plan[0].what, &plan[0].how_sure, &plan[0].next_step));
}

/// The medical advisories themselves, against devices that lie close to what they name.
#[test]
fn medical_advisories_of_cisa_blame_the_device_that_they_name() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/csaf/icsma");
    let Ok(files) = std::fs::read_dir(&folder) else {
        eprintln!("skipped: CISA's medical advisories are not at ../shared/data/csaf/icsma");
        return;
    };
    let text = |file: std::fs::DirEntry| (FeedKind::Csaf, std::fs::read_to_string(file.path()).unwrap());
    let feeds: Vec<_> = files
        .filter_map(Result::ok)
        .filter(|file| file.path().extension().is_some_and(|one| one == "json"))
        .map(text)
        .collect();
    let codes = |maker: &str, model: &str, software: &str| {
        let lines = judged(pump(maker, model).software(software), &feeds);
        lines
            .iter()
            .map(|line| line.trim_start_matches("known-vulnerability:").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        codes("Philips", "Brilliance 64", "2.6.1"),
        ["CVE-2018-8853 exact-version", "CVE-2018-8857 exact-version", "CVE-2018-8861 exact-version"]
    );
    for (maker, model, software) in [
        ("Philips", "Brilliance 64", "2.6.3"),
        ("SIEMENS", "Brilliance 64", "2.6.1"),
        ("Siemens Healthineers", "MAGNETOM Sola", "syngo MR XA20"),
        ("Samsung Medison", "HS70A", "3.01.06"),
        ("Agfa", "DX-D 100", "NX 8900"),
        ("Mindray", "BeneVision N12", "1.0"),
        ("Sysmex", "XN-1000", "1.0"),
    ] {
        assert_eq!(codes(maker, model, software), [""; 0], "{maker} {model}");
    }
    // Advisories name the SpaceStation together with a module that does not show on the network.
    assert_eq!(codes("B. Braun", "SpaceStation", "1.0"), ["?", "?"]);
}
