//! Ways in: the same that `wardround path` tells, each step with its proof, from and to what somebody chose.

use serde_json::Value;

use crate::browser::{Answer, Browser, between, set_up};
use crate::hostile::{NAMES, assert_escaped};
use crate::running::{Running, example};
use crate::views::links;

const RULES: &str = "\
Name,Source,Destination,Service,Action
Old wing,10.20.3.0/24,10.20.9.0/24,any,Allow
Reading rooms,10.20.3.104,10.20.2.0/24,tcp/104;tcp/11112,Allow
Named,ADMIN-PCS,10.20.1.0/24,any,Allow
Rest,any,any,any,Deny
";

/// A site with a round over the demo capture, and one over it and a list of rules.
fn with_rules() -> (Running, Browser) {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    std::fs::write(site.path("clinic.pcapng"), example("clinic.pcapng")).unwrap();
    std::fs::write(site.path("core.csv"), RULES).unwrap();
    for words in [
        &["round", "clinic.pcapng"][..],
        &["import", "core.csv", "--day", "2026-11-20"],
        &["round", "clinic.pcapng"],
    ] {
        let done = site.run(&[words, &["--store", "rounds.sqlite"]].concat());
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    (site, ada)
}

fn ways_by_command(site: &Running, words: &[&str]) -> Vec<Vec<String>> {
    let told = site.run(&[&["path", "--format", "json", "--store", "rounds.sqlite"], words].concat());
    let told: Value = serde_json::from_slice(&told.stdout).unwrap();
    let step = |step: &Value| step["asset"].as_str().unwrap().to_owned();
    let way = |way: &Value| way["steps"].as_array().unwrap().iter().map(step).collect();
    told["ways"].as_array().unwrap().iter().map(way).collect()
}

/// The devices of each way on a page, in order.
fn ways_on(page: &Answer) -> Vec<Vec<String>> {
    let tables = page.text.split("<caption class=\"aside\">The steps of way").skip(1);
    let ids = |table: &str| {
        let table = table.split("</table>").next().unwrap().to_owned();
        let links = table.split("href=\"/devices/").skip(1);
        links.map(|link| link.split(['"', '?']).next().unwrap().to_owned()).collect()
    };
    tables.map(ids).collect()
}

#[test]
fn the_page_tells_the_ways_that_the_command_line_tells() {
    let (site, ada) = with_rules();
    let page = ada.get("/paths");
    page.shows(&["What patients depend on", "From outside to what patients depend on", "role=\"img\""]);
    let told = ways_by_command(&site, &["--most", "10"]);
    assert!(told.len() > 3, "{told:?}");
    assert_eq!(ways_on(&page), told);
    // What to mend first is the same too.
    let command = site.run(&["path", "--format", "json", "--store", "rounds.sqlite"]);
    let command: Value = serde_json::from_slice(&command.stdout).unwrap();
    let mend = command["cuts"]["mend"].as_array().unwrap();
    let wanted: Vec<&str> = mend.iter().map(|cut| cut["asset"].as_str().unwrap()).collect();
    assert!(!wanted.is_empty());
    let table = between(&page.text, "Devices to mend, in this order", "</table>").unwrap();
    let ids = table.split("href=\"/devices/").skip(1).map(|rest| rest.split('"').next().unwrap());
    assert_eq!(ids.collect::<Vec<_>>(), wanted);
    let left = mend.last().unwrap()["ways_left"].as_u64().unwrap();
    assert!(table.ends_with(&format!("<td class=\"number\">{left}</td></tr></tbody>")), "{table}");
    assert!(!ada.get("/paths?from-area=office").text.contains("What to mend to cut"));
    let of_first = ada.get("/paths?round=R-1");
    assert_eq!(ways_on(&of_first), ways_by_command(&site, &["--most", "10", "--round", "R-1"]));
    of_first.shows(&["No list of rules was imported", "This is round R-1"]);
    // Each proof and each weak place leads somewhere.
    let proofs: Vec<String> = links(&page.text)
        .into_iter()
        .filter(|to| to.starts_with("/evidence/") || to.starts_with("/findings/"))
        .collect();
    assert!(proofs.len() > 5);
    for proof in proofs.iter().take(12) {
        assert_eq!(ada.get(proof).status, 200, "{proof}");
    }
    // From pages of devices and findings.
    let device = &told[0].last().unwrap();
    let to = format!("/paths?to={device}");
    ada.get(&format!("/devices/{device}")).shows(&[&to, &format!("/paths?from={device}")]);
    assert!(ways_on(&ada.get(&to)).iter().all(|way| way.last() == Some(device)));
    let finding = proofs.iter().find(|to| to.starts_with("/findings/")).unwrap();
    ada.get(finding).shows(&["/paths?to=A-"]);
    ada.get("/audit").shows(&["looked at ways in"]);
}

#[test]
fn a_way_that_only_a_rule_opens_names_its_line_and_goes_when_only_what_was_seen_counts() {
    let (site, ada) = with_rules();
    let asked = "/paths?from=10.20.3.104&to=10.20.2.10";
    let page = ada.get(asked);
    page.shows(&[
        "Only a rule opens it: line 3 of core.csv (20 Nov 2026) lets the step before reach it.",
        "by a rule alone",
    ]);
    assert_eq!(ways_on(&page), ways_by_command(&site, &["--from", "10.20.3.104", "--to", "10.20.2.10"]));
    ada.get(&format!("{asked}&seen=only"))
        .shows(&["No way was found.", "Rules of firewalls are left out, as you chose."]);
    ada.get(&format!("{asked}&round=R-1")).shows(&["No way was found."]);
}

#[test]
fn parts_of_the_hospital_and_names_are_ends_too_and_what_is_unclear_is_asked_back() {
    let (_site, ada) = with_rules();
    let from_office = ada.get("/paths?from-area=office&to-area=medical");
    from_office.shows(&["devices to"]);
    assert!(!ways_on(&from_office).is_empty());
    ada.get("/paths?from=no-such-device").shows(&["No device is called"]);
    let unclear = ada.get("/paths?to=10.20");
    unclear.shows(&["More than one device may be meant", "Choose one:"]);
    let choice = between(&unclear.text, "Choose one:</p><ul><li><a href=\"", "\"").unwrap();
    ada.get(&choice).shows(&["From outside to the "]);
    for name in NAMES {
        let name: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
        for field in ["from", "to", "from-area", "seen", "round"] {
            let path = format!("/paths?{field}={name}");
            assert_escaped(&path, &ada.get(&path).text);
        }
    }
    let empty = Running::new();
    let (first, _) = set_up(&empty);
    first.get("/paths").shows(&["There is no round yet."]);
}
