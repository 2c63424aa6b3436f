//! A hospital's own fingerprints of banners.

use serde_json::Value;

use crate::program::{Place, assert_fails, error};

const OWN: &[u8] = br#"<fingerprints matches="http_header.server" protocol="http">
<fingerprint pattern="^nginx/(1\.10\.\d+)$">
  <description>Acme portal</description>
  <param pos="0" name="hw.vendor" value="Acme"/>
  <param pos="0" name="hw.product" value="Portal 9"/>
</fingerprint>
<fingerprint pattern="^a(?=b)"><param pos="0" name="hw.vendor" value="Other"/></fingerprint>
</fingerprints>
"#;

/// Makers and models of devices that have this maker.
fn of_maker(round: &Value, maker: &str) -> Vec<(String, String)> {
    let assets = round["assets"].as_array().unwrap().iter();
    let of = assets.filter(|asset| asset["maker"]["value"] == maker);
    of.map(|asset| (asset["model"]["value"].to_string(), asset["maker"]["reasons"].to_string())).collect()
}

#[test]
fn a_file_of_the_hospital_changes_maker_and_model() {
    let place = Place::new();
    assert_eq!(of_maker(&place.clinic_json(&[]), "Acme"), []);
    place.file("own.xml", OWN);
    let found = of_maker(&place.clinic_json(&["--fingerprints", "own.xml"]), "Acme");
    assert!(!found.is_empty(), "a web server of the demo names nginx 1.10");
    for (model, reasons) in &found {
        assert_eq!(model, "\"Portal 9\"");
        assert!(reasons.contains("the fingerprint \\\"Acme portal\\\" of own.xml"), "{reasons}");
    }
    let folder = place.path(".local/share/wardround/fingerprints");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::copy(place.path("own.xml"), folder.join("own.xml")).unwrap();
    std::fs::write(folder.join("README.txt"), "no fingerprints").unwrap();
    assert_eq!(of_maker(&place.clinic_json(&[]), "Acme").len(), found.len(), "the folder is used by itself");
}

#[test]
fn what_is_skipped_is_told_and_what_is_damaged_stops_the_round() {
    let place = Place::new();
    let clinic = crate::program::clinic();
    let round = |file: &str| place.run(&["round", clinic.to_str().unwrap(), "--fingerprints", file]);
    place.file("own.xml", OWN);
    let told = error(&round("own.xml"));
    assert!(told.contains("own.xml: 1 of 2 fingerprints are skipped; the first, line 7:"), "{told}");
    place.file("other.xml", b"<fingerprints matches=\"favicon.md5\"></fingerprints>");
    let told = error(&round("other.xml"));
    assert!(told.contains("other.xml is not used") && told.contains("favicon.md5"), "{told}");
    place.file("damaged.xml", b"<fingerprints matches=\"ssh.banner\">\n<fingerprint>");
    assert_fails(&round("damaged.xml"), 1, &["damaged.xml, line 2", "no pattern"]);
    assert_fails(&round("none.xml"), 1, &["none.xml", "could not be read"]);
}
