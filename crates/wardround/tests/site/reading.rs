//! What people read on the site's own pages: held as snapshots, at a reading grade of 8 or less.

use crate::browser::{Browser, set_up};
use crate::grade::grade;
use crate::running::Running;

/// A page's text: one line for each piece of text, without hidden parts.
pub(crate) fn text(page: &str) -> String {
    let start = page.find("<main").unwrap();
    let main = &page[start..page.find("</main>").unwrap()];
    let mut lines: Vec<String> = Vec::new();
    // Words within a sentence may stand in tags of their own.
    let inline = ["strong", "code", "a", "b", "span", "small", "br"];
    for part in main.split('<').skip(1) {
        let (tag, words) = part.split_once('>').unwrap();
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap();
        let is_hint = tag.contains("class=\"hint\"") || tag.contains("class=\"code");
        match lines.last_mut() {
            Some(line) if inline.contains(&name) && !is_hint => line.push_str(words),
            _ => lines.push(words.to_owned()),
        }
    }
    let lines = lines.iter().map(|line| line.replace("&quot;", "\"").replace("&amp;", "&").trim().to_owned());
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// The sentences alone: menus and headings of tables would make any page look simple.
pub(crate) fn sentences(text: &str) -> String {
    text.lines().filter(|line| line.ends_with(['.', '?', ':'])).map(|line| line.to_owned() + "\n").collect()
}

#[test]
fn the_site_s_own_pages_read_well() {
    let site = Running::new();
    let mut all = String::new();
    let mut read = |title: &str, page: &str| {
        let text = text(page);
        // What is random or of today has no place in a snapshot.
        let is_fixed = |line: &&str| !(line.contains("otpauth:") || line.len() == 39 && line.contains('-'));
        let lines: Vec<&str> = text.lines().filter(is_fixed).collect();
        let told = sentences(&lines.join("\n"));
        assert!(told.is_empty() || grade(&told) <= 8.0, "{title}: {}\n{told}", grade(&told));
        all += &format!("--- {title}\n{}\n\n", lines.join("\n"));
    };
    let nobody = Browser::new(&site);
    read("join", &nobody.get("/join").text);
    let (ada, _) = set_up(&site);
    read("sign in", &nobody.get("/sign-in").text);
    read("today, at first", &ada.get("/").text);
    read("import", &ada.get("/import").text);
    let token = ada.get("/import").hidden("token");
    let list = "Name;IP;Manufacturer;Model;Shoe size\nward-1;10.0.0.1;Draeger;Infinity;44\n;;;;\nward-2;10.0.0.999;x;y;1\n";
    let path = ada.send_files(&token, &[("equipment.csv", list.as_bytes())]).to();
    let preview = ada.post(&path, &[("token", &token), ("day", "2026-11-23")]);
    let preview = preview.text.split("<datalist").next().unwrap().to_owned();
    let without_choices: String =
        preview.split("<select").map(|part| part.split("</select>").last().unwrap()).collect();
    read("what a file says", &without_choices);
    read("a round", &ada.get("/rounds/now").text);
    read("missing", &ada.get("/nothing").text);
    let settings = ada.get("/settings").text;
    let without_zones = settings.split("<datalist").next().unwrap().to_owned() + "</main>";
    let without_day = without_zones.split("The next round is on").next().unwrap().to_owned() + "</main>";
    read("settings", &without_day);
    assert!(grade(&sentences(&text(&without_zones))) <= 8.0);
    // Its list is that of this computer, and no part of a snapshot.
    let listening = sentences(&text(&ada.get("/settings/interfaces").text));
    assert!(grade(&listening) <= 8.0, "{}\n{listening}", grade(&listening));
    insta::assert_snapshot!(all);
}
