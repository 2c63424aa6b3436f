use proptest::prelude::*;
use wardround_model::{CareRole, MissionWellbeing};

use super::*;

fn vector(text: &str) -> Vector {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Vector, base score in tenths, word. Scores: FIRST's guides and examples, and NVD's records of well-known CVEs.
const BASE: &[(&str, u8, &str)] = &[
    ("AV:N/AC:L/Au:N/C:N/I:N/A:N", 0, "low"),
    ("AV:N/AC:L/Au:N/C:N/I:N/A:C", 78, "high"),
    ("AV:N/AC:L/Au:N/C:C/I:C/A:C", 100, "high"),
    ("AV:L/AC:H/Au:N/C:C/I:C/A:C", 62, "medium"),
    ("(AV:N/AC:L/Au:N/C:P/I:N/A:N)", 50, "medium"),
    ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 75, "high"),
    ("CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 61, "medium"),
    ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 100, "critical"),
    ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 98, "critical"),
    ("CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H", 81, "high"),
    ("CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", 65, "medium"),
    ("CVSS:3.1/AV:P/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N", 17, "low"),
    ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0, "none"),
    ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 100, "critical"),
    ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 93, "critical"),
    ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N", 87, "high"),
    ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", 0, "none"),
    // What is told beside the base metrics does not touch the base score.
    ("AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:H", 78, "high"),
    ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O/MAV:P/CR:L", 98, "critical"),
    ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U/MAV:P/U:Red", 93, "critical"),
];

#[test]
fn scores_are_those_of_the_standard() {
    for (text, tenths, word) in BASE {
        let vector = vector(text);
        let score = vector.base_score();
        assert_eq!(score.tenths(), *tenths, "{text}");
        assert_eq!(Severity::of(score, vector.version()).word(), *word, "{text}");
    }
}

fn environment(letters: &str, reach: Option<Reach>) -> Environment {
    let aim = |at: usize| match letters.as_bytes()[at] {
        b'H' => Some(Requirement::High),
        b'M' => Some(Requirement::Medium),
        b'L' => Some(Requirement::Low),
        _ => None,
    };
    Environment { confidentiality: aim(0), integrity: aim(1), availability: aim(2), reach }
}

/// Vector, CR IR AR, reach, score in tenths. The first three: CVSS 2.0's guide, section 3.3. The others of version 3
/// were worked out by hand from the equations of section 7.3.
#[test]
fn the_environment_counts() {
    let adjacent = Some(Reach::Adjacent);
    let local = Some(Reach::Local);
    let table = [
        ("AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H", "MMH", None, 92),
        ("AV:N/AC:L/Au:N/C:C/I:C/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H", "MML", None, 90),
        ("AV:L/AC:H/Au:N/C:C/I:C/A:C/E:POC/RL:OF/RC:C/CDP:H/TD:H", "MMM", None, 75),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", "HMM", None, 93),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", "---", adjacent, 65),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", "L--", adjacent, 47),
        ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", "---", local, 62),
        // An attacker must be nearer than the asset can be reached from: nothing changes.
        ("CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", "---", adjacent, 62),
        // Somebody else's environment is replaced, and what is not known of ours stays as told.
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N/CR:L", "H--", None, 93),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "HHH", None, 93),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N", "HHH", adjacent, 71),
    ];
    for (text, letters, reach, tenths) in table {
        let score = vector(text).score_in(&environment(letters, reach));
        assert_eq!(score.tenths(), tenths, "{text} {letters} {reach:?}");
    }
}

#[test]
fn an_asset_says_its_environment() {
    let of = |role, mission| Environment::of(role, mission, None);
    let ventilator = of(CareRole::LifeSustaining, MissionWellbeing::Medium);
    assert_eq!(ventilator, environment("MHH", None));
    assert_eq!(of(CareRole::PatientDataStore, MissionWellbeing::High), environment("HHH", None));
    assert_eq!(of(CareRole::Support, MissionWellbeing::Low), environment("LLL", None));
    assert_eq!(of(CareRole::Support, MissionWellbeing::High), environment("MHH", None));
    let denial = vector("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H");
    let printer = of(CareRole::Support, MissionWellbeing::Low);
    assert!(denial.score_in(&ventilator) > denial.base_score());
    assert!(denial.score_in(&printer) < denial.base_score());
}

#[test]
fn what_an_environment_changes_is_told_as_metrics() {
    for (text, letters, reach, expected) in [
        (
            "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H",
            "MHH",
            Some(Reach::Adjacent),
            "CR:M/IR:H/AR:H/MAV:A",
        ),
        // Nearer than it can be reached from: as the vector has it.
        ("CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", "MHH", Some(Reach::Adjacent), "CR:M/IR:H/AR:H"),
        ("AV:N/AC:L/Au:N/C:C/I:C/A:C", "HLL", Some(Reach::Adjacent), "CR:H/IR:L/AR:L"),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", "---", None, ""),
    ] {
        assert_eq!(vector(text).metrics_in(&environment(letters, reach)), expected, "{text}");
    }
}

#[test]
fn what_is_no_vector_is_refused() {
    for (text, reason) in [
        ("", "a part that is not metric:value"),
        ("CVSS:3.1/AV:N", "AC is missing"),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N", "A is missing"),
        ("CVSS:5.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", "a version other than 3.0, 3.1, 4.0"),
        ("AV:N/AC:L/Au:N/C:C/I:C", "A is missing"),
        ("CVSS:4.0/AV:N/AC:L/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "AT is missing"),
    ] {
        assert_eq!(
            text.parse::<Vector>().map(|vector| vector.to_string()),
            Err(InvalidVector::because(reason)),
            "{text}"
        );
    }
    for text in [
        "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N/A:N",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N/QQ:N",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N/",
        "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:R/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
    ] {
        assert!(text.parse::<Vector>().is_err(), "{text}");
    }
}

prop_compose! {
    fn any_environment()(aims in prop::array::uniform3(0usize..4), reach in 0usize..5) -> Environment {
        let aim = |at: usize| [None, Some(Requirement::Low), Some(Requirement::Medium), Some(Requirement::High)][at];
        let reach = [None, Some(Reach::Physical), Some(Reach::Local), Some(Reach::Adjacent), Some(Reach::Network)][reach];
        Environment { confidentiality: aim(aims[0]), integrity: aim(aims[1]), availability: aim(aims[2]), reach }
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(
        text in ".{0,80}",
        near in "(CVSS:[34]\\.[01]/)?([A-Za-z]{1,3}:[A-Z]{1,3}/?){0,12}",
        environment in any_environment(),
    ) {
        for text in [text, near] {
            if let Ok(vector) = text.parse::<Vector>() {
                prop_assert_eq!(vector.to_string().parse::<Vector>(), Ok(vector.clone()));
                let _ = vector.score_in(&environment);
            }
        }
    }

    /// An attacker who must come nearer is never a higher score.
    #[test]
    fn nearer_is_no_worse(which in 0..BASE.len(), environment in any_environment()) {
        let vector = vector(BASE[which].0);
        let far = vector.score_in(&Environment { reach: Some(Reach::Network), ..environment });
        let open = vector.score_in(&Environment { reach: None, ..environment });
        prop_assert!(environment.reach.is_none() || vector.score_in(&environment) <= far);
        prop_assert!(vector.metric("MAV").is_some() || open == far);
    }
}
