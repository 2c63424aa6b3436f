//! Names that an attacker chose, through everything that a browser can send, looked for on every page.

use crate::browser::{Browser, set_up};
use crate::running::Running;

pub(crate) const NAMES: [&str; 8] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onfocus='alert(1)",
    "javascript:alert(1)//",
    "</title><svg/onload=alert(1)>",
    "\u{202e}gnp.exe",
    "\u{1b}[31mred",
    "=cmd|' /C calc'!A0",
];

pub(crate) fn assert_escaped(path: &str, page: &str) {
    for bad in ["<script>alert", "<img src=x", "<svg/onload", "onerror=alert(1)>", "' onfocus='alert(1)'"] {
        assert!(!page.contains(bad), "{bad} on {path}: {page}");
    }
    assert!(!page.contains('\u{1b}'), "{path}");
}

/// Follows the links of the site from its first page on; how many pages there were. Each is there, and escaped.
fn crawl(browser: &Browser, most: usize) -> usize {
    let mut known = std::collections::BTreeSet::from(["/".to_owned()]);
    let mut next = std::collections::VecDeque::from(["/".to_owned()]);
    let mut seen = 0;
    while let Some(path) = next.pop_front().filter(|_| seen < most) {
        let page = browser.get(&path);
        assert_eq!(page.status, 200, "{path}");
        if page.is_file() {
            continue;
        }
        assert_escaped(&path, &page.text);
        seen += 1;
        for link in page.text.split("href=\"").skip(1) {
            let link = link.split(['"', '#']).next().unwrap().replace("&amp;", "&");
            if link.starts_with('/') && !link.starts_with("/assets/") && known.insert(link.clone()) {
                next.push_back(link);
            }
        }
    }
    seen
}

#[test]
fn every_link_of_the_demo_leads_to_a_page() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    let token = ada.get("/").hidden("token");
    ada.post("/demo/show", &[("token", &token)]);
    crate::rounds::wait_for_round(&ada);
    assert_eq!(crawl(&ada, 400), 400);
}

#[test]
fn names_of_files_headings_and_people_are_text_everywhere() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    let token = ada.get("/import").hidden("token");
    for name in NAMES {
        let list = format!("\"{}\",name,ip\nx,{name},10.0.0.1\n", name.replace('"', "\"\""));
        let file = name.replace('"', "%22").replace(['\r', '\n', '\u{1b}'], "?");
        let sent = ada.send_files(&token, &[(&file, list.as_bytes())]);
        assert_escaped("/import", &ada.get("/import").text);
        if sent.status == 303 {
            let path = sent.to();
            assert_escaped(&path, &ada.get(&path).text);
            let device = [("token", token.as_str()), ("device", name), ("day", name), ("kind", name)];
            assert_escaped(&path, &ada.post(&path, &device).text);
            let kept = [("token", token.as_str()), ("kind", "inventory")];
            assert_escaped("keep", &ada.post(&format!("{path}/keep"), &kept).text);
        }
        let browser = Browser::new(&site);
        let page = browser.get("/join");
        let fields =
            [("offer", page.hidden("offer")), ("invitation", name.to_owned()), ("name", name.to_owned())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_escaped("/join", &browser.post("/join", &fields).text);
        assert_escaped("/sign-in", &browser.sign_in(name, name, name).text);
    }
    let mut list = "Name;IP;Manufacturer;Model;Location\n".to_owned();
    for (place, name) in NAMES.iter().enumerate() {
        let quoted = name.replace('"', "\"\"");
        list += &format!("\"{quoted}\";10.0.0.{place};\"{quoted}\";\"{quoted}\";\"{quoted}\"\n");
    }
    let path = ada.send_files(&token, &[("inventory.csv", list.as_bytes())]).to();
    ada.post(&format!("{path}/keep"), &[("token", &token), ("kind", "inventory")]).shows(&["It is kept as"]);
    ada.post("/rounds/run", &[("token", &token)]);
    crate::rounds::wait_for_round(&ada);
    let pages = crawl(&ada, 120);
    assert!(pages > 20, "only {pages} pages");
    let log = site.log();
    assert!(!log.contains("alert") && !log.contains('\u{1b}'), "{log}");
}
