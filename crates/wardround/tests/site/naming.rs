//! The hospital's name: on pages and reports, of the site and of the command line, and never more than text.

use crate::browser::Browser;
use crate::hostile::{NAMES, assert_escaped};
use crate::views::with_rounds;

fn call(browser: &Browser, name: &str) -> u16 {
    let token = browser.get("/settings").hidden("token");
    browser.post("/settings/hospital", &[("token", token.as_str()), ("name", name)]).status
}

#[test]
fn the_name_of_the_hospital_stands_on_pages_and_reports_and_is_kept() {
    let (site, ada) = with_rounds();
    assert!(!ada.get("/").text.contains("St. Bride"));
    assert_eq!(call(&ada, "St. Bride Clinic"), 303);
    ada.get("/").shows(&["St. Bride Clinic"]);
    ada.get("/settings").shows(&["value=\"St. Bride Clinic\""]);
    ada.get("/reports/board").shows(&["St. Bride Clinic"]);
    let told = site.run(&["report", "board", "--format", "json", "--store", "rounds.sqlite"]);
    assert!(String::from_utf8_lossy(&told.stdout).contains("St. Bride Clinic"));
    let other = ["report", "board", "--format", "json", "--hospital", "Other", "--store", "rounds.sqlite"];
    let other = String::from_utf8_lossy(&site.run(&other).stdout).into_owned();
    assert!(other.contains("Other") && !other.contains("St. Bride Clinic"));
    // Too long is refused, and nothing is changed; a stopped site comes back with it.
    assert_eq!(call(&ada, &"x".repeat(201)), 400);
    let session = ada.token();
    let site = site.stopped_and_started_again();
    let ada = Browser::new(&site);
    ada.use_token(session);
    ada.get("/audit").shows(&["St. Bride Clinic", "named the hospital"]);
    for name in NAMES {
        assert_eq!(call(&ada, name), 303, "{name}");
        for path in ["/", "/settings", "/reports/board", "/devices"] {
            assert_escaped(path, &ada.get(path).text);
        }
    }
    assert_eq!(call(&ada, ""), 303);
    assert!(!site.log().contains("alert"));
}
