//! Saved views: kept field by field, own or shared, changed by who made them and by administrators, and never more than text.

use crate::browser::{Answer, Browser, between, set_up};
use crate::hostile::{NAMES, assert_escaped};
use crate::running::Running;
use crate::views::with_rounds;

/// Somebody with this role.
fn colleague(site: &Running, ada: &Browser, role: &str) -> Browser {
    let page = ada.press("/people", "/people/invite", &[("role", role), ("days", "30")]);
    let browser = Browser::new(site);
    browser.join(&between(&page.text, "<p class=\"code panel\">", "<").unwrap(), role);
    browser
}

fn save(browser: &Browser, fields: &[(&str, &str)]) -> Answer {
    let token = browser.get("/").hidden("token");
    browser.post("/views", &[fields, &[("token", token.as_str())]].concat())
}

fn send(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Answer {
    let token = browser.get("/").hidden("token");
    browser.post(path, &[fields, &[("token", token.as_str())]].concat())
}

#[test]
fn a_view_is_saved_opened_renamed_deleted_and_brought_back() {
    let (site, ada) = with_rounds();
    let kept = [("of", "devices"), ("name", "Medical, by name"), ("area", "medical"), ("sort", "title")];
    // What the list does not have is not kept: neither other fields, nor values that mean nothing.
    let more =
        [("round", "R-1"), ("after", "50"), ("class", "no-such-class"), ("group", "3"), ("next", "//evil")];
    let saved = save(&ada, &[&kept[..], &more[..]].concat());
    assert_eq!((saved.status, saved.to().as_str()), (303, "/devices?area=medical&sort=title"));
    let list = ada.get("/devices");
    list.shows(&["Saved views:", "href=\"/devices?area=medical&amp;sort=title\"", "Medical, by name"]);
    ada.get("/findings");
    assert!(!ada.get("/findings").text.contains("Medical, by name"));
    ada.get("/views/V-1").shows(&[
        "Saved view: Medical, by name",
        "Part of the hospital",
        "medical",
        "By name",
    ]);
    assert_eq!(send(&ada, "/views/V-1/change", &[("name", "Ours")]).to(), "/views/V-1");
    ada.get("/devices").shows(&[">Ours<"]);
    assert_eq!(send(&ada, "/views/V-1/delete", &[]).to(), "/views/V-1");
    assert!(!ada.get("/devices").text.contains(">Ours<"));
    ada.get("/views/V-1").shows(&["This view is deleted.", "Undo"]);
    send(&ada, "/views/V-1/restore", &[]);
    ada.get("/devices").shows(&[">Ours<"]);
    let said =
        ["saved a view", "changed a saved view", "deleted a saved view", "brought a saved view back", "V-1"];
    ada.get("/audit").shows(&said);
    let each =
        [("of", "findings"), ("name", "To act on"), ("decision", "act"), ("list", "each"), ("text", "tls")];
    assert_eq!(save(&ada, &each).to(), "/findings?decision=act&list=each&text=tls");
    ada.get("/findings?decision=act&list=each&text=tls").shows(&["To act on"]);
    // Nothing to save, nowhere to save it, no name.
    for (bad, value) in [("of", "people"), ("name", " "), ("area", "nowhere")] {
        let fields = kept.iter().filter(|(name, _)| *name != "sort").copied();
        let fields: Vec<_> =
            fields.map(|(name, held)| (name, if name == bad { value } else { held })).collect();
        assert_eq!(save(&ada, &fields).status, 400, "{bad}");
    }
    drop(site);
}

#[test]
fn own_views_are_nobody_elses_and_shared_ones_are_changed_by_their_maker_and_administrators() {
    let (site, ada) = with_rounds();
    let (bio, net) = (colleague(&site, &ada, "biomedical"), colleague(&site, &ada, "network"));
    let auditor = colleague(&site, &ada, "auditor");
    let view = [("of", "devices"), ("area", "medical")];
    assert_eq!(save(&bio, &[&view[..], &[("name", "Only mine")]].concat()).status, 303);
    assert_eq!(save(&bio, &[&view[..], &[("name", "For all"), ("shared", "yes")]].concat()).status, 303);
    bio.get("/devices").shows(&["Only mine", "For all"]);
    for browser in [&net, &auditor] {
        let list = browser.get("/devices").text;
        assert!(list.contains("For all") && !list.contains("Only mine"));
        assert!(!list.contains("/views/V-2"), "no way to change it");
    }
    for what in ["change", "delete", "restore"] {
        let fields = [("name", "Taken")];
        assert_eq!(send(&net, &format!("/views/V-1/{what}"), &fields).status, 404, "{what}");
        assert_eq!(send(&net, &format!("/views/V-2/{what}"), &fields).status, 403, "{what}");
        assert_eq!(send(&auditor, &format!("/views/V-2/{what}"), &fields).status, 403, "{what}");
    }
    bio.get("/devices").shows(&["Only mine", "For all"]);
    assert_eq!(save(&auditor, &[&view[..], &[("name", "No")]].concat()).status, 403);
    assert_eq!(send(&ada, "/views/V-2/delete", &[]).status, 303);
    assert!(!net.get("/devices").text.contains("For all"));
    // Who changes nothing is not asked to.
    let asked = auditor.get("/devices?area=medical").text;
    assert!(!asked.contains("Save this view"));
}

#[test]
fn hostile_names_and_values_of_views_are_text() {
    let (site, ada) = with_rounds();
    for name in NAMES {
        let fields =
            [("of", "devices"), ("name", name), ("text", name), ("network", name), ("shared", "yes")];
        let saved = save(&ada, &fields);
        assert_eq!(saved.status, 303, "{name}");
        assert!(saved.to().starts_with("/devices?"), "{}", saved.to());
        for path in [saved.to(), "/devices".to_owned()] {
            assert_escaped(&path, &ada.get(&path).text);
        }
    }
    for place in 1..=NAMES.len() {
        let path = format!("/views/V-{place}");
        assert_escaped(&path, &ada.get(&path).text);
    }
    assert!(!site.log().contains("alert"));
    let empty = Running::new();
    let (first, _) = set_up(&empty);
    assert_eq!(first.get("/views/V-1").status, 404);
    assert_eq!(first.get("/views/1").status, 404);
    assert_eq!(
        save(&first, &[("of", "devices"), ("area", "medical"), ("name", &"x".repeat(61))]).status,
        400
    );
}
