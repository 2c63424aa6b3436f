use proptest::prelude::*;

use super::*;

/// Writes what was understood the way mathematics would.
fn understood(text: &str) -> String {
    let Some(stated) = read_versions(text) else { return "?".into() };
    let end = |end: Option<(String, bool)>, signs: [&str; 2]| {
        end.map(|(version, inclusive)| format!("{}{version}", if inclusive { signs[0] } else { signs[1] }))
    };
    let texts = stated.into_iter().map(|one| match one {
        Stated::All => "all".into(),
        Stated::Exactly(version) => format!("={version}"),
        Stated::Range(from, to) => {
            let ends = [end(from, [">=", ">"]), end(to, ["<=", "<"])];
            ends.into_iter().flatten().collect::<Vec<_>>().join("&")
        }
    });
    texts.collect::<Vec<_>>().join(" or ")
}

#[test]
fn reads_version_texts_of_real_advisories() {
    let table = [
        ("vers:all/*", "all"),
        ("All versions", "all"),
        ("<1.13.0.", "<1.13.0"),
        ("<=12.1.3", "<=12.1.3"),
        ("<= 9.9 ", "<=9.9"),
        (" <1.000.0062.3.20190816", "<1.000.0062.3.20190816"),
        ("vers:all/>=V4.1.3|<V4.2", ">=v4.1.3&<v4.2"),
        ("vers:all/>=V2.1<V2.3", ">=v2.1&<v2.3"),
        (">=V4.0_and_<V4.1.2", ">=v4.0&<v4.1.2"),
        (">=V1.1_<V1.3", ">=v1.1&<v1.3"),
        (">= 2.1 | <= 2.3", ">=2.1&<=2.3"),
        ("<V4.8_HF4", "<v4.8_hf4"),
        ("2.3.6 and  below", "<=2.3.6"),
        ("4.1 or prior", "<=4.1"),
        ("Version 4.1 and prior", "<=4.1"),
        ("all versions prior to Version B.06.18", "<b.06.18"),
        ("Versions 2.0 through 3.1", ">=2.0&<=3.1"),
        ("4.x and prior", "<5"),
        ("<=V2.x", "<v3"),
        ("< 3.x", "<3"),
        ("14.x", ">=14&<15"),
        ("4.X | 5.X", ">=4&<5 or >=5&<6"),
        ("B.02 | C.02 | C.03", "=b.02 or =c.02 or =c.03"),
        ("< 6.1 SP1", "<6.1 sp1"),
        (">= 31.011 ", ">=31.011"),
        ("5.09.02", "=5.09.02"),
        ("<BIOS_V1.0.212N", "<v1.0.212n"),
        (">=vers:/_V5.4<V5.5_SP1", ">=v5.4&<v5.5_sp1"),
        ("<= 3.4.4 Build 16102416", "<=3.4.4 build 16102416"),
        ("1.03.07 (build 317)", "=1.03.07 build 317"),
        ("SW_4.1.1.10", "=4.1.1.10"),
        ("<=firmware_05", "<=05"),
        ("Firmware__20.011", "=20.011"),
        ("<V_4.87", "<4.87"),
        ("<=\"1.18U\"", "<=1.18u"),
        ("All versions < V2.0 HF1", "<v2.0 hf1"),
        ("All_versions_between_V6.1_(including)_and_V6.1.1_(excluding)", ">=v6.1&<v6.1.1"),
        ("All versions between V2.5 (including) and V2.7 (excluding)", ">=v2.5&<v2.7"),
        ("2.0.3.00.016 (including) and 2.0.6 (excluding)", ">=2.0.3.00.016&<2.0.6"),
        ("V1.1, V1.2, and V1.3", "=v1.1 or =v1.2 or =v1.3"),
        ("28 - 32", ">=28&<=32"),
        ("<= 12.2.x.x", "<12.3"),
        ("13.0.*", ">=13.0&<13.1"),
        (">= R6.01.01 -| <=R8.03.01", ">=r6.01.01&<=r8.03.01"),
        ("<= 3.1 Service Pack 1A", "<=3.1 sp 1a"),
        (">= 6.1.0.0 | <= 6.4.0.0 (CVE-2022-37434 only)", ">=6.1.0.0&<=6.4.0.0"),
        ("* (only affected by CVE-2019-10943)", "all"),
        ("1.3 (formerly Power Manager)", "=1.3"),
        ("< 5.7.4 (96)", "<5.7.4 (96)"),
        ("<= K", "<=k"),
        ("<= U61 |<= L81", "<=u61 or <=l81"),
        ("(Release 1.3.2 1.4.0 1.4.1)", "=1.3.2 or =1.4.0 or =1.4.1"),
        ("Rev J-M", "=j or =k or =l or =m"),
        (
            "053L000091 (global) / 054U000091 (U.S.) and 053L000092 (global)",
            "=053l000091 or =054u000091 or =053l000092",
        ),
        // Not understood, and not guessed:
        ("<= V61 |<= V81", "?"),
        ("(Release 1.3.2 and some of 1.4)", "?"),
        ("Rev B", "?"),
        ("Rev M-B", "?"),
        ("Rev J-M | (X3/MX100 for Rev M only)", "?"),
        ("053L000091 (global) / 054U000091 (U.S.) and later", "?"),
        ("1.2 (global) / 1.3 (with WiFi)", "?"),
        ("<1.2 (global)", "?"),
        ("4.1.1.7662 (and possibly prior versions)", "?"),
        ("<= 7.20 (7.50 and 7.60 may also be affected if WibuKey was installed manually)", "?"),
        ("8.2 (Standard DC HC Editions)", "?"),
        ("<= 4.2.21 | <= 5.0.27", "?"),
        ("All_versions_with_switch_chip_M88E6083", "?"),
        ("<=the_first_5_digits_of_serial_number_22081", "?"),
        ("< january 20 2017.", "?"),
        ("<V3.X.17", "?"),
        ("<= 7.2x", "?"),
        ("C-Series", "?"),
        ("<v1.1_v1.2_v1.3|<v2", "?"),
        ("8.x model 35700BAX2", "?"),
        ("2131 and 2141", "=2131 or =2141"),
        ("882438 TruFlight Select PET/CT", "?"),
        ("DH-IPC-HFW2XXX,DH-2", "?"),
        ("<=the_R5_version_of_the_module", "?"),
        ("<V2.X.3", "?"),
        (">=1.0|>=2.0", "?"),
        ("", "?"),
        ("<", "?"),
    ];
    for (text, expected) in table {
        assert_eq!(understood(text), expected, "{text}");
    }
}

#[test]
fn a_model_in_place_of_a_version_extends_the_name() {
    let product = |version: &str| {
        let text = format!(
            r#"{{"document":{{"tracking":{{"id":"A"}}}},"product_tree":{{"branches":[{{"category":"product_name",
            "name":"Gemini Family","branches":[{{"category":"product_version","name":"{version}",
            "product":{{"name":"x","product_id":"P"}}}}]}}]}},"vulnerabilities":[{{"cve":"CVE-2020-0001",
            "product_status":{{"known_affected":["P"]}}}}]}}"#
        );
        let advisory = read_text(&text).unwrap().0.remove(0);
        let Product { name, versions, .. } = advisory.statements[0].product.clone();
        (name, versions)
    };
    for model in ["882412 GEMINI LXL", "MMT-508 MiniMed pump", "Accu-Chek Inform II"] {
        assert_eq!(product(model), (format!("Gemini Family {model}"), "*".to_owned()));
    }
    assert_eq!(product("6.x model 35700BAX"), ("Gemini Family 35700BAX".to_owned(), "6.x".to_owned()));
    for version in
        ["2.1", "6.x models 35700BAX", "All versions with option A30", "LPI 3.5.12.P30", "Rev B", "C-Series"]
    {
        assert_eq!(product(version), ("Gemini Family".to_owned(), version.to_owned()));
    }
}

const ADVISORY: &str = r#"{"document":{"publisher":{"name":"CISA"},"tracking":{"id":"ICSMA-26-001-01",
    "current_release_date":"2026-02-03T06:00:00Z"}},
  "product_tree":{"branches":[{"category":"vendor","name":"Example Medical","branches":[
    {"category":"product_name","name":"Example Medical Pump 7","branches":[
      {"category":"product_version_range","name":"<2.1","product":{"name":"Pump 7: <2.1","product_id":"P1"}},
      {"category":"product_version","name":"2.1","product":{"name":"Pump 7: 2.1","product_id":"P2"}}]}]}],
   "relationships":[{"category":"installed_on","product_reference":"P1","relates_to_product_reference":"P2",
      "full_product_name":{"product_id":"R1","name":"both"}}]},
  "vulnerabilities":[
    {"cve":"CVE-2026-0002","product_status":{"known_affected":["R1"],"fixed":["P2"],"recommended":["P2"]},
     "remediations":[{"category":"vendor_fix","details":"x","product_ids":["R1"]}]},
    {"cve":"CVE-2026-0001","product_status":{"known_affected":["P1","P9"]}},
    {"product_status":{"known_affected":["P1"]}}]}"#;

fn read_text(text: &str) -> Result<(Vec<Advisory>, FeedReport), FeedError> {
    let mut advisories = Vec::new();
    let report =
        read(&mut Input::new("advisory.json", text.as_bytes()), |advisory| advisories.push(advisory))?;
    Ok((advisories, report))
}

#[test]
fn reads_statements_and_counts_what_it_cannot_use() {
    let (advisories, report) = read_text(ADVISORY).unwrap();
    insta::assert_debug_snapshot!((&advisories, &report.skipped, &report.examples));
}

#[test]
fn says_where_a_document_breaks() {
    let error = read_text(&ADVISORY[..200]).unwrap_err().to_string();
    insta::assert_snapshot!(error);
}

/// A document about one CVE with these relationships and this status, as JSON.
fn about(tree: &str, status: &str) -> String {
    format!(
        r#"{{"document":{{"tracking":{{"id":"A"}}}},"product_tree":{{{tree}}},
        "vulnerabilities":[{{"cve":"CVE-2026-0001","product_status":{{{status}}}}}]}}"#
    )
}

/// The statements (name and status) of a document, and how many were left out as contradicted and as malformed.
fn told(tree: &str, status: &str) -> (Vec<(String, Status)>, u64, u64) {
    let (mut advisories, report) = read_text(&about(tree, status)).unwrap();
    let statements = advisories.remove(0).statements.into_iter().map(|one| (one.product.name, one.status));
    let left_out = |reason| report.skipped.get(&reason).copied().unwrap_or_default();
    (statements.collect(), left_out(SkipReason::Contradiction), left_out(SkipReason::Malformed))
}

const TWO: &str =
    r#""full_product_names":[{"product_id":"P1","name":"Pump"},{"product_id":"P2","name":"Scale"}]"#;

fn scale_alone(left_out: (u64, u64)) -> (Vec<(String, Status)>, u64, u64) {
    (vec![("Scale".to_owned(), Status::Affected)], left_out.0, left_out.1)
}

#[test]
fn a_fault_costs_the_statements_that_it_makes_doubtful() {
    // One status or the other?
    let status = r#""known_affected":["P1","P2"],"fixed":["P1"]"#;
    assert_eq!(told(TWO, status), scale_alone((1, 0)));
    // One product or the other?
    let twice = format!(
        "{TWO},\"branches\":[{{\"product\":{{\"product_id\":\"P1\"}},\"name\":\"Other\",\"category\":\"product_name\"}}]"
    );
    assert_eq!(told(&twice, r#""known_affected":["P1","P2"]"#), scale_alone((1, 0)));
    // The same product twice is no fault that matters.
    let same =
        r#""full_product_names":[{"product_id":"P1","name":"Scale"},{"product_id":"P1","name":"Scale"}]"#;
    assert_eq!(told(same, r#""known_affected":["P1"]"#), scale_alone((0, 0)));
    // A product that is made of itself, and one that nobody defined.
    let circle = format!(
        "{TWO},\"relationships\":[{{\"product_reference\":\"P1\",\"relates_to_product_reference\":\"R\",\
         \"full_product_name\":{{\"product_id\":\"R\"}}}}]"
    );
    assert_eq!(told(&circle, r#""known_affected":["R","P2","P7"]"#), scale_alone((0, 2)));
}

#[test]
fn remedies_may_be_told_of_groups() {
    let text = r#"{"document":{"tracking":{"id":"A"}},"product_tree":{
        "full_product_names":[{"product_id":"P1","name":"Pump"},{"product_id":"P2","name":"Scale"}],
        "product_groups":[{"group_id":"G","product_ids":["P1"]},{"group_id":"H","product_ids":["P1","P2"]}]},
        "vulnerabilities":[{"cve":"CVE-2026-0001","product_status":{"known_affected":["P1","P2"]},"remediations":[
            {"category":"vendor_fix","group_ids":["G"]},{"category":"mitigation","product_ids":["P2"]}]}]}"#;
    let remedies: Vec<Remedies> =
        read_text(text).unwrap().0.remove(0).statements.iter().map(|one| one.remedies).collect();
    assert_eq!(
        remedies,
        [
            Remedies { vendor_fix: true, ..Remedies::default() },
            Remedies { mitigation: true, ..Remedies::default() },
        ]
    );
}

#[test]
fn what_is_made_of_others_may_stand_before_them() {
    let relation = |id: &str, of: &str| {
        format!(
            r#"{{"product_reference":"{of}","relates_to_product_reference":"P1","full_product_name":{{"product_id":"{id}"}}}}"#
        )
    };
    let tree = format!("{TWO},\"relationships\":[{},{}]", relation("R1", "R2"), relation("R2", "P2"));
    assert_eq!(told(&tree, r#""known_affected":["R1"]"#), scale_alone((0, 0)));
}

proptest! {
    #[test]
    fn any_text_is_understood_or_not(text in "[vV<>=|. _,x0-9a-z≤]{0,30}|.{0,30}") {
        let _ = read_versions(&text);
    }

    #[test]
    fn plain_ranges_are_understood(major in 0u16..99, minor in 0u16..99) {
        let version = format!("{major}.{minor}");
        prop_assert_eq!(understood(&format!("<{version}")), format!("<{version}"));
        prop_assert_eq!(understood(&format!("{version} and prior")), format!("<={version}"));
        prop_assert_eq!(understood(&format!("vers:x/>={version}")), format!(">={version}"));
    }
}
