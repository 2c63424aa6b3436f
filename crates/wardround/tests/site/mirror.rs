//! Where the next mirror port would add most: who may see devices reads at which switch, and others do not.

use crate::api::json;
use crate::asking::somebody;
use crate::browser::{Browser, set_up};
use crate::rounds::wait_for_round;
use crate::running::Running;

/// A pump that nobody heard, and the switch of its network.
const INVENTORY: &[u8] = b"Name,Device type,Manufacturer,Model,IP address\n\
    pump-1,Infusion pump,B. Braun,SpaceCom,10.20.4.41\nswitch-4,Network Switch,Dell,S4048-ON,10.20.4.2\n";

/// A site with a round over the inventory.
fn site() -> (Running, Browser) {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    let token = ada.get("/import").hidden("token");
    let path = ada.send_files(&token, &[("inventory.csv", INVENTORY)]).to();
    ada.post(&format!("{path}/keep"), &[("token", &token)]).shows(&["It is kept as I-1."]);
    ada.post("/rounds/run", &[("token", &token)]);
    assert!(wait_for_round(&ada).contains("Round R-1 is done"));
    (site, ada)
}

#[test]
fn today_names_the_switch_to_those_who_may_see_devices() {
    let (site, ada) = site();
    let dora = somebody(&site, "board", "dora");
    let advice = "The next mirror port would add most in 10.20.4.0/24: 2 devices are known there";
    ada.get("/").shows(&[advice, "Switch known there: switch-4 (10.20.4.2, Dell S4048-ON).", "#dell-os10"]);
    let page = dora.get("/");
    page.shows(&[advice, "How it is done: docs/mirror-ports.md."]);
    assert!(!page.text.contains("switch-4") && !page.text.contains("S4048"), "{}", page.text);
    let page = dora.get("/reports/board");
    page.shows(&["In one network we know of 2 devices and do not hear them."]);
    assert!(!page.text.contains("switch-4") && !page.text.contains("10.20."), "{}", page.text);
}

#[test]
fn programs_read_the_advice_as_the_page_tells_it_by_their_scope() {
    let (_site, ada) = site();
    let (read, summary) = (ada.make_token("read"), ada.make_token("summary"));
    let today = json(&ada.api(&summary, "/api/v1/today"));
    let not_seen = today["item"]["not_seen"].to_string();
    assert!(not_seen.contains("The next mirror port") && !not_seen.contains("switch-4"), "{not_seen}");
    let first = json(&ada.api(&read, "/api/v1/today/first"));
    let advice = &first["item"]["mirror_ports"];
    assert_eq!(advice.as_array().unwrap().len(), 1, "{advice}");
    assert_eq!((&advice[0]["network"], &advice[0]["medical"]), (&"10.20.4.0/24".into(), &1.into()));
    let switch = &advice[0]["switches"][0];
    assert_eq!((&switch["name"], &switch["address"]), (&"switch-4".into(), &"10.20.4.2".into()), "{switch}");
    let anchors =
        switch["recipes"].as_array().unwrap().iter().map(|recipe| recipe["anchor"].as_str().unwrap());
    assert_eq!(anchors.collect::<Vec<_>>(), ["dell-os9", "dell-os10"]);
}
