use std::path::Path;

use proptest::prelude::*;
use wardround_model::*;

use super::*;

const EXPLOITATION: [Exploitation; 3] = [Exploitation::None, Exploitation::PublicPoc, Exploitation::Active];
const AUTOMATABLE: [Automatable; 2] = [Automatable::No, Automatable::Yes];
const IMPACT: [TechnicalImpact; 2] = [TechnicalImpact::Partial, TechnicalImpact::Total];

fn by_key<T: Copy>(values: &[T], keys: &[&str], key: &serde_json::Value) -> T {
    values[keys.iter().position(|known| key == known).unwrap()]
}

#[test]
fn every_row_is_that_of_the_published_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/ssvc/data/json/decision_tables/cisa/cisa_coordinator_2_0_3.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: CISA's decision table is not at ../shared/data/ssvc");
        return;
    };
    let table: serde_json::Value = serde_json::from_str(&text).unwrap();
    let rows = table["mapping"].as_array().unwrap();
    assert_eq!(rows.len(), 36);
    for row in rows {
        let decision = decide(
            by_key(&EXPLOITATION, &["N", "P", "A"], &row["ssvc:E:1.1.0"]),
            by_key(&AUTOMATABLE, &["N", "Y"], &row["ssvc:A:2.0.0"]),
            by_key(&IMPACT, &["P", "T"], &row["ssvc:TI:1.0.0"]),
            by_key(MissionWellbeing::ALL, &["L", "M", "H"], &row["ssvc:MWI:1.0.0"]),
        );
        let expected = by_key(Decision::ALL, &["T", "T*", "AT", "AC"], &row["cisa:CISA:1.1.0"]);
        assert_eq!(decision, expected, "{row}");
    }
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
    for (exploited, judged, probability, expected) in [
        (true, Some(NoneSeen), epss(1), Active),
        (false, Some(Active), epss(1), Active),
        (false, Some(PublicPoc), epss(9_000), PublicPoc),
        (false, Some(NoneSeen), epss(1_000), PublicPoc),
        (false, Some(NoneSeen), epss(999), NoneSeen),
        (false, None, None, NoneSeen),
    ] {
        let known = Known { exploited, exploitation: judged, epss: probability, ..Known::default() };
        let point = of_vulnerability(&known).exploitation;
        assert_eq!(point.value, expected, "{known:?}");
        assert!(!point.reason.text.is_empty());
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
