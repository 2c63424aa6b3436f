use std::path::Path;

use proptest::prelude::*;
use wardround_model::*;

use super::*;

const EXPLOITATION: [Exploitation; 3] = [Exploitation::None, Exploitation::PublicPoc, Exploitation::Active];
const AUTOMATABLE: [Automatable; 2] = [Automatable::No, Automatable::Yes];
const IMPACT: [TechnicalImpact; 2] = [TechnicalImpact::Partial, TechnicalImpact::Total];

/// CERT/CC's own table, where it is at hand.
fn published(file: &str) -> Option<serde_json::Value> {
    let tables =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/ssvc/data/json/decision_tables");
    let Ok(text) = std::fs::read_to_string(tables.join(file)) else {
        eprintln!("skipped: {file} is not at ../shared/data/ssvc");
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}

/// Every row of a table of ours is the published one, with the same number.
fn compare(ours: &str, shape: table::Shape, file: &str, rows: usize, keys: &[&str], answer: &str) {
    let Some(published) = published(file) else { return };
    let ours = Table::read(ours, &[shape]).unwrap();
    assert_eq!(published["version"].as_str().map(|version| ours.title().ends_with(version)), Some(true));
    let place = |row: &serde_json::Value, key: &str| {
        let words = published["decision_points"][key]["values"].as_array().unwrap();
        words.iter().position(|word| word["key"] == row[key]).unwrap()
    };
    let mapping = published["mapping"].as_array().unwrap();
    assert_eq!(mapping.len(), rows);
    for (number, row) in (1..).zip(mapping) {
        let points: Vec<_> = keys.iter().map(|key| place(row, key)).collect();
        let expected = table::Row { number, answer: place(row, answer) };
        assert_eq!(ours.row(&points), Some(expected), "{row}");
    }
}

#[test]
fn every_row_of_the_cisa_table_is_the_published_one() {
    compare(
        include_str!("../../data/ssvc-cisa.csv"),
        table::CISA,
        "cisa/cisa_coordinator_2_0_3.json",
        36,
        &["ssvc:E:1.1.0", "ssvc:A:2.0.0", "ssvc:TI:1.0.0", "ssvc:MWI:1.0.0"],
        "cisa:CISA:1.1.0",
    );
}

#[test]
fn every_row_of_the_deployer_table_is_the_published_one() {
    compare(
        include_str!("../../data/ssvc-deployer.csv"),
        table::DEPLOYER,
        "ssvc/deployer_patch_application_priority_1_0_0.json",
        72,
        &["ssvc:E:1.1.0", "ssvc:EXP:1.0.1", "ssvc:A:2.0.0", "ssvc:HI:2.0.2"],
        "ssvc:DSOI:1.0.0",
    );
    compare(
        include_str!("../../data/ssvc-human-impact.csv"),
        table::HUMAN_IMPACT,
        "ssvc/human_impact_1_0_0.json",
        16,
        &["ssvc:SI:2.0.1", "ssvc:MI:2.0.0"],
        "ssvc:HI:2.0.2",
    );
}

#[test]
fn built_in_tables_have_their_names() {
    assert_eq!(DecisionTables::default().title(), "CISA Coordinator 2.0.3");
    assert_eq!(DecisionTables::deployer().title(), "Deployer Patch Application Priority 1.0.0");
}

/// A ventilator and a printer with one weakness each, seen from the Internet where `open`.
fn decided(tables: &DecisionTables, open: bool, statements: &[Statement]) -> Vec<Judgement> {
    let mut ward = crate::hospital::Hospital::default()
        .host("10.1.1.1", DeviceClass::Ventilator)
        .host("10.1.1.2", DeviceClass::Printer);
    for address in ["10.1.1.1:80/tcp", "10.1.1.2:80/tcp"].into_iter().filter(|_| open) {
        ward = ward.talk("9.9.9.9", address, Protocol::Http);
    }
    let find =
        |asset| crate::hospital::vulnerability(asset, "CVE-2020-0001", "a:b", Grade::ExactVersion, true);
    let mut findings: Vec<_> = ward.assets.iter().map(find).collect();
    let standing = Standing {
        assets: &ward.assets,
        conversations: &ward.conversations,
        observations: &[],
        statements,
        as_of: crate::hospital::AS_OF.parse().unwrap(),
    };
    decide_by(tables, &mut findings, &standing);
    let once = findings.clone();
    decide_by(tables, &mut findings, &standing);
    assert_eq!(findings, once, "deciding twice changes nothing");
    findings.into_iter().map(|finding| finding.judgement).collect()
}

#[test]
fn each_decision_names_its_row() {
    let judgements = decided(&DecisionTables::default(), false, &[]);
    assert_eq!(
        judgements[0].reasons[4].text,
        "Row 36 of the table CISA Coordinator 2.0.3: active, yes, total, high gives act"
    );
    let deployed = decided(&DecisionTables::deployer(), true, &[]);
    let texts: Vec<_> =
        deployed.iter().flat_map(|judgement| &judgement.reasons[4..]).map(|one| &one.text).collect();
    insta::assert_debug_snapshot!(texts);
}

#[test]
fn exposure_that_was_seen_counts_in_the_deployer_table() {
    let decisions =
        |open| decided(&DecisionTables::deployer(), open, &[]).into_iter().map(|one| one.decision);
    assert!(decisions(true).eq([Decision::Act, Decision::Attend]));
    assert!(decisions(false).eq([Decision::Attend, Decision::Attend]));
}

#[test]
fn spares_lower_what_depends_on_a_device_only_while_people_say_so() {
    let spares = |until: Option<&str>| Statement {
        id: StatementId(7),
        asset: AssetId::of_anchor("10.1.1.1"),
        says: Says::Spares(2),
        by: Role::ClinicalOwner,
        at: "2026-11-01".parse().unwrap(),
        because: String::new(),
        until: until.map(|day| day.parse().unwrap()),
    };
    let lowered = &decided(&DecisionTables::default(), false, &[spares(None)])[0];
    assert_eq!(lowered.mission_wellbeing, MissionWellbeing::Medium);
    assert!(
        lowered.reasons[3].text.ends_with(
            "But 2 others can take its place, said the clinical owner, so it counts one step less"
        )
    );
    let over = &decided(&DecisionTables::default(), false, &[spares(Some("2026-11-02"))])[0];
    assert_eq!(over.mission_wellbeing, MissionWellbeing::High);
}

#[test]
fn a_hospital_may_change_a_row_and_no_more() {
    let own = include_str!("../../data/ssvc-cisa.csv")
        .replace("active,yes,total,high,act", "active,yes,total,high,attend");
    let tables = DecisionTables::default().with(&own).unwrap();
    assert_eq!(decided(&tables, false, &[])[0].decision, Decision::Attend);
    assert!(DecisionTables::default().with(&own.replace("attend", "today")).is_err());
}

/// Each decision as one letter: Track, S (Track*), attend (A), Act (!). For when the published table is not there.
#[test]
fn the_table_at_a_glance() {
    let mut table = String::new();
    for exploitation in EXPLOITATION {
        for automatable in AUTOMATABLE {
            for impact in IMPACT {
                let letter =
                    |mission: &MissionWellbeing| match decide(exploitation, automatable, impact, *mission) {
                        Decision::Track => 'T',
                        Decision::TrackStar => 'S',
                        Decision::Attend => 'A',
                        Decision::Act => '!',
                    };
                table.extend(MissionWellbeing::ALL.iter().map(letter));
            }
        }
        table.push('\n');
    }
    insta::assert_snapshot!(table, @r"
    TTTTTSTTATTA
    TTSTSATTATSA
    TTATA!AA!A!!
    ");
}

proptest! {
    /// A worse answer never makes a decision less urgent.
    #[test]
    fn decisions_are_monotone_in_each_point(e in 0usize..3, a in 0usize..2, t in 0usize..2, m in 0usize..3) {
        let decide = |e: usize, a: usize, t: usize, m: usize| {
            decide(EXPLOITATION[e], AUTOMATABLE[a], IMPACT[t], MissionWellbeing::ALL[m])
        };
        let base = decide(e, a, t, m);
        prop_assert!(decide((e + 1).min(2), a, t, m) >= base);
        prop_assert!(decide(e, (a + 1).min(1), t, m) >= base);
        prop_assert!(decide(e, a, (t + 1).min(1), m) >= base);
        prop_assert!(decide(e, a, t, (m + 1).min(2)) >= base);
    }

    #[test]
    fn any_vector_is_judged_without_panic(vector: String) {
        of_vulnerability(&Known { vector, ..Known::default() });
    }
}

fn epss(value: u16) -> Option<Epss> {
    Epss::from_ten_thousandths(value)
}

#[test]
fn exploitation_is_the_worst_that_a_source_says() {
    use Exploitation::{Active, None as NoneSeen, PublicPoc};
    for (exploited, judged, public_exploit, probability, expected, source) in [
        (true, Some(NoneSeen), false, epss(1), Active, "(KEV)"),
        (true, None, true, None, Active, "(KEV)"),
        (false, Some(Active), true, epss(1), Active, "(SSVC)"),
        (false, Some(PublicPoc), true, epss(9_000), PublicPoc, "(SSVC)"),
        (false, Some(NoneSeen), true, epss(1), PublicPoc, "(CVE, NVD)"),
        (false, None, true, epss(9_000), PublicPoc, "(CVE, NVD)"),
        (false, Some(NoneSeen), false, epss(1_000), PublicPoc, "(EPSS)"),
        (false, Some(NoneSeen), false, epss(999), NoneSeen, "(SSVC)"),
        (false, None, false, None, NoneSeen, "is known to the sources we have"),
    ] {
        let known =
            Known { exploited, exploitation: judged, public_exploit, epss: probability, ..Known::default() };
        let point = of_vulnerability(&known).exploitation;
        assert_eq!(point.value, expected, "{known:?}");
        assert!(point.reason.text.ends_with(source), "{known:?}: {}", point.reason.text);
    }
}

#[test]
fn missing_points_come_from_cvss() {
    use Automatable::{No, Yes};
    use TechnicalImpact::{Partial, Total};
    let score = CvssScore::from_tenths;
    for (vector, score, expected) in [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", score(98), (Yes, Total)),
        ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", score(75), (Yes, Partial)),
        ("CVSS:3.0/AV:L/AC:L/PR:L/UI:R/S:U/C:H/I:L/A:L", score(61), (No, Partial)),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H", score(88), (No, Total)),
        ("CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", score(92), (No, Total)),
        ("AV:N/AC:L/Au:N/C:C/I:C/A:C", score(100), (Yes, Total)),
        ("AV:N/AC:L/Au:N/C:P/I:N/A:N", score(50), (Yes, Partial)),
        ("", score(90), (Yes, Total)),
        ("", score(89), (No, Partial)),
        ("", None, (Yes, Total)),
    ] {
        let points = of_vulnerability(&Known { vector: vector.to_owned(), score, ..Known::default() });
        assert_eq!((points.automatable.value, points.technical_impact.value), expected, "{vector}");
    }
}

#[test]
fn points_of_cisa_stand_before_cvss() {
    let known = Known {
        automatable: Some(Automatable::No),
        technical_impact: Some(TechnicalImpact::Partial),
        vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H".to_owned(),
        ..Known::default()
    };
    let points = of_vulnerability(&known);
    assert_eq!(points.automatable.value, Automatable::No);
    assert_eq!(points.technical_impact.value, TechnicalImpact::Partial);
}

/// What a server of this class counts for when this client uses it.
fn mission(class: DeviceClass, client: Option<DeviceClass>) -> (MissionWellbeing, usize) {
    let mut hospital = crate::hospital::Hospital::default().host("10.1.1.1", class).service(
        "10.1.1.1:23/tcp",
        FactKind::ClearTextLogin,
        "telnet",
    );
    if let Some(client) = client {
        hospital = hospital.host("10.1.1.2", client).talk("10.1.1.2", "10.1.1.1:53/udp", Protocol::Dns);
    }
    let findings = hospital.triage().findings;
    (findings[0].judgement.mission_wellbeing, findings[0].judgement.reasons[3].grounds.len())
}

#[test]
fn what_depends_on_an_asset_comes_from_its_class_and_from_who_uses_it() {
    use DeviceClass::{
        ClinicalSystem, DatabaseServer, ImagingModality, InfusionPump, NetworkService, Printer, Unknown,
        Workstation,
    };
    use MissionWellbeing::{High, Low, Medium};
    for (class, client, expected) in [
        (InfusionPump, None, (High, 0)),
        (Printer, None, (Low, 0)),
        (Printer, Some(Workstation), (Low, 0)),
        (Printer, Some(ClinicalSystem), (Medium, 1)),
        (NetworkService, Some(InfusionPump), (Medium, 0)),
        (DatabaseServer, Some(Workstation), (Medium, 0)),
        (DatabaseServer, Some(ImagingModality), (Medium, 0)),
        (DatabaseServer, Some(ClinicalSystem), (High, 1)),
        (Unknown, None, (Medium, 0)),
    ] {
        assert_eq!(mission(class, client), expected, "{class:?} used by {client:?}");
    }
}

#[test]
fn a_workstation_that_works_with_a_clinical_system_counts_for_more() {
    let ward = crate::hospital::Hospital::default()
        .host("10.1.1.1", DeviceClass::Workstation)
        .service("10.1.1.1:21/tcp", FactKind::ClearTextLogin, "ftp")
        .host("10.1.1.2", DeviceClass::ClinicalSystem);
    assert_eq!(ward.triage().findings[0].judgement.mission_wellbeing, MissionWellbeing::Low);
    let working = ward.talk("10.1.1.1", "10.1.1.2:443/tcp", Protocol::Tls);
    assert_eq!(working.triage().findings[0].judgement.mission_wellbeing, MissionWellbeing::Medium);
}
