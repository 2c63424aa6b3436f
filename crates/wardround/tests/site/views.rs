//! Pages over a round: every one that a link leads to, what it shows, what it must not, and what people say of a device.

use std::collections::{BTreeMap, BTreeSet};

use crate::browser::{Browser, between, set_up};
use crate::grade::grade;
use crate::hostile::{NAMES, assert_escaped};
use crate::reading::{sentences, text};
use crate::running::{Running, example};

/// Pages that a walk looks at, at most.
const MOST: usize = 160;
/// Pages of one kind that a walk looks at.
const MOST_OF_A_KIND: usize = 12;
/// The largest page: a first view is less than 150 KB with style and script.
const LARGEST: usize = 120_000;

/// A site with two rounds over the demo hospital.
pub(crate) fn with_rounds() -> (Running, Browser) {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    std::fs::write(site.path("clinic.pcapng"), example("clinic.pcapng")).unwrap();
    for list in ["computers.csv", "software.csv", "equipment.csv", "accounts.csv"] {
        std::fs::write(site.path(list), example(&format!("lists/{list}"))).unwrap();
    }
    let run = |words: &[&str]| {
        let done = site.run(&[words, &["--store", "rounds.sqlite"]].concat());
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    run(&["round", "clinic.pcapng"]);
    for list in ["computers.csv", "software.csv", "equipment.csv", "accounts.csv"] {
        run(&["import", list]);
    }
    run(&["round", "clinic.pcapng"]);
    (site, ada)
}

/// The paths that a page links to, within the site.
pub(crate) fn links(page: &str) -> BTreeSet<String> {
    let hrefs = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let within = hrefs.filter(|href| href.starts_with('/') && !href.starts_with("/assets"));
    within.map(|href| href.replace("&amp;", "&").split('#').next().unwrap_or_default().to_owned()).collect()
}

/// The kind of a page: its path without ids and question.
fn kind(path: &str) -> String {
    let path = path.split('?').next().unwrap();
    let is_id = |part: &str| part.as_bytes().get(1) == Some(&b'-');
    path.split('/').map(|part| if is_id(part) { &part[..2] } else { part }).collect::<Vec<_>>().join("/")
}

/// Follows links from the first page on, and checks each page; the kinds of page that were seen.
fn walk(browser: &Browser, check: impl Fn(&str, &str)) -> BTreeMap<String, usize> {
    let mut waiting: Vec<String> = vec!["/".to_owned()];
    let (mut met, mut kinds) = (BTreeSet::new(), BTreeMap::<String, usize>::new());
    while let Some(path) = waiting.pop() {
        let of_kind = kinds.entry(kind(&path)).or_default();
        if *of_kind >= MOST_OF_A_KIND || met.len() >= MOST || !met.insert(path.clone()) {
            continue;
        }
        *of_kind += 1;
        let answer = browser.get(&path);
        assert!(answer.status == 200 || answer.status == 303, "{path}: {}", answer.status);
        if answer.is_file() {
            continue;
        }
        check(&path, &answer.text);
        waiting.extend(links(&answer.text));
    }
    kinds
}

/// What holds for every page (WCAG 2.2: 1.3.1, 2.4.1, 2.4.2, 2.4.6).
fn is_well_made(path: &str, page: &str) {
    if page.is_empty() || !page.contains("<html") {
        return;
    }
    assert_eq!(page.matches("<h1").count(), 1, "{path}");
    assert_eq!(page.matches("<main").count(), 1, "{path}");
    assert!(page.contains("<html lang=\"en\">") && page.contains("href=\"#content\""), "{path}");
    for table in page.split("<table").skip(1) {
        let head = between(table, "<thead>", "</thead>").unwrap_or_default();
        assert_eq!(head.matches("<th ").count(), head.matches("scope=\"col\"").count(), "{path}");
    }
    for picture in page.split("<svg").skip(1) {
        assert!(picture.contains("<title") && picture.contains("<figcaption>"), "{path}");
    }
    assert!(!page.contains(" style=\"") && !page.contains(" onclick="), "{path}");
    assert!(page.len() < LARGEST, "{path} has {} bytes", page.len());
}

#[test]
fn every_link_leads_to_a_page_that_is_well_made() {
    let (_site, ada) = with_rounds();
    let kinds = walk(&ada, is_well_made);
    for wanted in [
        "/devices",
        "/devices/A-",
        "/devices/A-/conversations",
        "/findings",
        "/findings/F-",
        "/evidence/O-",
        "/conversations",
        "/conversations/medical/medical",
        "/rounds",
        "/rounds/R-/since/R-",
        "/coverage",
        "/work",
        "/work/W-",
        "/work/W-/letter",
        "/work/export/csv",
    ] {
        assert!(kinds.contains_key(wanted), "{wanted} is not among {kinds:?}");
    }
}

#[test]
fn pages_over_a_round_read_well() {
    let (_site, ada) = with_rounds();
    let list = ada.get("/findings?list=each").text + &ada.get("/devices?text=brilliance").text;
    let link = |start: &str| links(&list).into_iter().find(|link| link.starts_with(start)).unwrap();
    let (finding, device) = (link("/findings/F-"), link("/devices/A-"));
    let work = ada.get("/work?state=waiting").text;
    let task = links(&work)
        .into_iter()
        .find(|link| link.starts_with("/work/W-") && !link.ends_with("letter"))
        .unwrap();
    for path in [
        "/devices",
        &device,
        "/findings",
        &finding,
        "/conversations",
        "/rounds",
        "/rounds/R-2/since/R-1",
        "/coverage",
        "/intelligence",
        "/work",
        "/work?view=board",
        &task,
    ] {
        let told = sentences(&text(&ada.get(path).text));
        assert!(grade(&told) <= 8.0, "{path}: {}\n{told}", grade(&told));
    }
}

#[test]
fn devices_are_found_by_what_they_are() {
    let (_site, ada) = with_rounds();
    ada.get("/devices").shows(&["Philips Brilliance 64", "infusion pump", "10.20.1.0/24"]);
    let few = ada.get("/devices?area=medical&text=philips&sort=title");
    few.shows(&["Philips Brilliance 64", "imaging device"]);
    assert!(!few.text.contains("workstation at"), "{}", few.text);
    ada.get("/devices?text=no+such+thing").shows(&["No device is like that", "<strong>0 devices</strong>"]);
    ada.get("/devices?class=nonsense&decision=%00&after=x").shows(&["of 4"]);
    ada.get("/devices?round=R-1").shows(&["This is round R-1"]);
    for missing in [
        "/devices/A-000000000000",
        "/devices/nothing",
        "/findings/F-000000000000",
        "/evidence/x",
        "/conversations/a/b",
        "/devices?round=R-99",
        "/rounds/R-1/since/R-99",
    ] {
        assert_eq!(ada.get(missing).status, 404, "{missing}");
    }
    assert_eq!(ada.get(&format!("/devices?text={}", "x".repeat(3_000))).status, 400);
}

#[test]
fn a_finding_is_told_with_its_proof_and_its_number_behind_a_fold() {
    let (_site, ada) = with_rounds();
    let list = ada.get("/findings?text=telnet&list=each");
    let path = links(&list.text).into_iter().find(|link| link.starts_with("/findings/F-")).unwrap();
    let page = ada.get(&path);
    page.shows(&["What it could do to care", "What to do, and how it is checked", "Why this decision"]);
    let proof = links(&page.text).into_iter().find(|link| link.starts_with("/evidence/")).unwrap();
    ada.get(&proof).shows(&["clinic.pcapng"]);
    let list = ada.get("/findings?kind=vulnerability&list=each");
    let path = links(&list.text).into_iter().find(|link| link.starts_with("/findings/F-")).unwrap();
    let page = ada.get(&path).text;
    let heading = between(&page, "<h1>", "</h1>").unwrap();
    assert!(!heading.contains("CVE-") && page.contains("<summary>Codes</summary>"), "{heading}");
    let cve = between(&page, "CVE record</dt><dd><code>", "<").unwrap();
    ada.get(&format!("/findings?text={}", cve.to_lowercase())).shows(&[&cve]);
}

#[test]
fn what_people_say_of_a_device_is_kept_shown_and_taken_back() {
    let (_site, ada) = with_rounds();
    let list = ada.get("/devices?text=brilliance").text;
    let device = links(&list).into_iter().find(|link| link.starts_with("/devices/A-")).unwrap();
    let (page, say) = (device.clone(), format!("{device}/say"));
    let fields =
        [("care-area", "Ward 3"), ("spares", "2"), ("by", "biomedical"), ("because", "Asked <b>them</b>")];
    assert_eq!(ada.press(&page, &say, &fields).to(), format!("{device}#said"));
    let told = ada.get(&page);
    told.shows(&[
        "It serves Ward 3",
        "2 others can take its place",
        "Asked &lt;b&gt;them&lt;/b&gt;",
        "Take back",
    ]);
    let back = between(&told.text, &format!("action=\"{device}/take-back/"), "\"").unwrap();
    assert_eq!(ada.press(&page, &format!("{device}/take-back/{back}"), &[]).status, 303);
    assert!(!ada.get(&page).text.contains("It serves Ward 3"));
    for (fields, why) in [
        (&[("by", "biomedical"), ("because", "x")][..], "at least one thing"),
        (&[("spares", "-1"), ("by", "biomedical"), ("because", "x")][..], "number from 0"),
        (&[("spares", "1"), ("by", "nobody"), ("because", "x")][..], "role that you speak in"),
        (&[("spares", "1"), ("by", "biomedical")][..], "Say why"),
        (&[("cve", "12"), ("by", "biomedical"), ("because", "x")][..], "looks like"),
        (&[("spares", "1"), ("by", "biomedical"), ("because", "x"), ("until", "1999-01-01")][..], "last day"),
    ] {
        let refused = ada.press(&page, &say, fields);
        assert_eq!(refused.status, 400, "{fields:?}");
        refused.shows(&[why]);
    }
    ada.get("/audit").shows(&["said something of a device", "took back what was said"]);
}

#[test]
fn the_same_is_said_of_many_devices_and_taken_back_with_one_press() {
    let (_site, ada) = with_rounds();
    let list = ada.get("/devices");
    list.shows(&["Say the same of several devices"]);
    assert!(
        !ada.get("/devices?round=R-1").text.contains("Say the same of several"),
        "an earlier round stays"
    );
    let devices: Vec<String> = links(&list.text)
        .into_iter()
        .filter_map(|link| Some(link.strip_prefix("/devices/A-")?.to_owned()))
        .collect();
    let devices: Vec<String> = devices.into_iter().take(3).map(|id| format!("A-{id}")).collect();
    let words =
        [("care-area", "<b>Ward 9</b>"), ("spares", "1"), ("by", "biomedical"), ("because", "Asked them")];
    let mut fields: Vec<(&str, &str)> = devices.iter().map(|id| ("device", id.as_str())).collect();
    fields.extend(words);
    let said = ada.press("/devices", "/devices/say", &fields).to();
    ada.get(&said).shows(&[
        "Kept for 3 devices.",
        "It serves &lt;b&gt;Ward 9&lt;/b&gt;",
        "1 other can take its place",
    ]);
    for id in &devices {
        ada.get(&format!("/devices/{id}")).shows(&["Ward 9"]);
    }
    // One of them is taken back by itself; the rest with one press.
    let page = format!("/devices/{}", devices[0]);
    let one = between(&ada.get(&page).text, &format!("action=\"{page}/take-back/"), "\"").unwrap();
    assert_eq!(ada.press(&page, &format!("{page}/take-back/{one}"), &[]).status, 303);
    assert_eq!(ada.press(&said, &format!("{said}/take-back"), &[]).to(), said);
    ada.get(&said).shows(&["Taken back for 3 devices."]);
    for id in &devices {
        assert!(!ada.get(&format!("/devices/{id}")).text.contains("Ward 9"), "{id}");
    }
    for (fields, why) in
        [(&words[..], "Tick the devices"), (&[("device", devices[0].as_str())][..], "at least one thing")]
    {
        let refused = ada.press("/devices", "/devices/say", fields);
        assert_eq!(refused.status, 400);
        refused.shows(&[why]);
    }
    assert_eq!(ada.get("/devices/said/5").status, 404);
    assert_eq!(ada.press("/devices", "/devices/said/5/take-back", &[]).status, 404);
    ada.get("/audit")
        .shows(&["said something of several devices", "took back what was said of several devices"]);
}

#[test]
fn names_that_an_attacker_chose_are_text_on_every_page() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let mut list =
        "Asset Tag,Description,Manufacturer,Model,Serial Number,Department,IP Address\n".to_owned();
    for (n, name) in NAMES.iter().enumerate() {
        let name = quoted(name);
        list += &format!("T{n},{name},{name},{name},{name},{name},10.9.0.{n}\n");
    }
    std::fs::write(site.path("equipment.csv"), list).unwrap();
    for words in [&["import", "equipment.csv"][..], &["round"][..]] {
        let done = site.run(&[words, &["--store", "rounds.sqlite"]].concat());
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    let device =
        links(&ada.get("/devices").text).into_iter().find(|link| link.starts_with("/devices/A-")).unwrap();
    for name in NAMES {
        let fields = [("care-area", name), ("by", "server"), ("because", name)];
        let said = ada.press(&device, &format!("{device}/say"), &fields);
        assert_escaped("say", &said.text);
        for path in ["/devices", "/findings"] {
            let mut query = form(name);
            query.insert_str(0, &format!("{path}?text="));
            assert_escaped(&query, &ada.get(&query).text);
        }
    }
    let kinds = walk(&ada, |path, page| {
        assert_escaped(path, page);
        is_well_made(path, page);
        assert!(!page.contains('\u{202e}'), "{path}");
    });
    assert!(kinds.get("/devices/A-").is_some_and(|pages| *pages >= NAMES.len()), "{kinds:?}");
}

/// A value as it stands in an address.
fn form(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
