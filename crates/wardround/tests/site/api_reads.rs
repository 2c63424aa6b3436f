//! What programs read beyond lists: the same as the pages tell, whole, and no more than the scope of their token lets them.

use serde_json::Value;

use crate::api::{json, problem, shown};
use crate::browser::{Browser, with_round};
use crate::running::example;

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_else(|| panic!("no {field} in {value}"))
}

fn items(value: &Value) -> &Vec<Value> {
    value["items"].as_array().unwrap_or_else(|| panic!("no items in {value}"))
}

/// Reads with a token.
fn reader<'a>(browser: &'a Browser, token: &'a str) -> impl Fn(&str) -> Value + 'a {
    move |path: &str| json(&browser.api(token, &format!("/api/v1/{path}")))
}

#[test]
fn a_device_is_told_whole_with_evidence_that_opens() {
    let (_site, ada) = shown();
    let token = ada.make_token("read");
    let read = reader(&ada, &token);
    let devices = read("devices?limit=1000");
    let device = items(&devices).iter().find(|device| device["findings"]["act"].as_u64() > Some(0)).unwrap();
    let id = text(device, "id");
    let whole = &read(&format!("devices/{id}"))["item"];
    assert!(!whole["talks_with"].as_array().unwrap().is_empty(), "{whole}");
    let grounds = whole["class_said"]["evidence"].as_array().unwrap();
    for ground in grounds {
        let evidence = read(&format!("evidence/{}", ground.as_str().unwrap()));
        let told =
            ["fact", "traffic", "statement"].iter().filter(|kind| evidence["item"].get(kind).is_some());
        assert_eq!(told.count(), 1, "{evidence}");
    }
    assert!(!grounds.is_empty());
    let facts = &read(&format!("devices/{id}/facts"))["item"]["facts"];
    let fact = &facts[0];
    let evidence = &read(&format!("evidence/{}", text(fact, "id")))["item"]["fact"];
    assert_eq!(evidence["value"], fact["value"]);
    ada.get(&format!("/evidence/{}", text(fact, "id"))).shows(&[text(evidence, "source")]);
    let history = &read(&format!("devices/{id}/history"))["item"];
    assert_eq!(history["seen_in"][0]["round"], "R-1");
    let first = read(&format!("devices/{id}/conversations?limit=1"));
    let next = text(&first, "next");
    let second = read(&format!("devices/{id}/conversations?limit=1&cursor={next}"));
    assert_ne!(items(&first), items(&second));
    let matrix = read("conversations/matrix");
    let pair = items(&matrix).iter().find(|pair| pair["conversations"].as_u64() < Some(900)).unwrap();
    let flows =
        read(&format!("conversations?from={}&to={}&limit=1000", text(pair, "from"), text(pair, "to")));
    assert_eq!(items(&flows).len() as u64, pair["conversations"].as_u64().unwrap());
    let coverage = &read("coverage")["item"];
    assert!(!coverage["networks"].as_array().unwrap().is_empty());
    for nothing in
        ["evidence/O-000000000000", "evidence/x", "devices/A-000000000000/history", "devices/x/facts"]
    {
        let answer = ada.api(&token, &format!("/api/v1/{nothing}"));
        assert_eq!((answer.status, problem(&answer).as_str()), (404, "not-found"), "{nothing}");
    }
}

#[test]
fn counts_and_groups_add_up_to_the_lists() {
    let (_site, ada) = shown();
    let token = ada.make_token("read");
    let read = reader(&ada, &token);
    let sum =
        |counts: &Value| counts.as_object().unwrap().values().map(|one| one.as_u64().unwrap()).sum::<u64>();
    let devices = &read("devices/counts")["item"];
    assert_eq!(devices["total"], items(&read("devices?limit=1000")).len());
    for part in ["by_class", "by_area", "by_decision"] {
        assert_eq!(devices["total"], sum(&devices[part]), "{part}");
    }
    let places = devices["networks"].as_array().unwrap();
    let place = places.iter().find(|place| place["place"] != "").expect("the demo has networks");
    let there = read(&format!("devices?limit=1000&network={}", text(place, "place")));
    assert_eq!(items(&there).len() as u64, place["devices"].as_u64().unwrap());
    let findings = &read("findings/counts?kind=setting")["item"];
    assert_eq!(findings["total"], items(&read("findings?kind=setting&limit=1000")).len());
    for part in ["by_decision", "by_owner"] {
        assert_eq!(findings["total"], sum(&findings[part]), "{part}");
    }
    let groups = read("findings/groups?kind=setting&limit=1000");
    let in_groups: u64 = items(&groups).iter().map(|group| group["findings"].as_u64().unwrap()).sum();
    assert_eq!(findings["total"], in_groups);
    let group = &items(&groups)[0];
    let in_group = read(&format!("findings?group={}&limit=1000", group["group"]));
    assert_eq!(items(&in_group).len() as u64, group["findings"].as_u64().unwrap());
    ada.get("/findings?kind=setting").shows(&[text(group, "title")]);
    for wrong in ["findings/groups?device=A-000000000000", "findings?group=x", "devices/counts?limit=1"] {
        assert_eq!(ada.api(&token, &format!("/api/v1/{wrong}")).status, 400, "{wrong}");
    }
}

#[test]
fn today_the_plan_ways_in_and_tasks_are_told_as_their_pages_tell_them() {
    let (_site, ada) = shown();
    let (token, summary) = (ada.make_token("read"), ada.make_token("summary"));
    let read = reader(&ada, &token);
    let today = &reader(&ada, &summary)("today")["item"];
    ada.get("/").shows(&[
        &format!("<b>{}</b>to act on at once", today["act"]),
        &format!("<b>{}</b>", today["devices"]),
    ]);
    assert!(!today["not_seen"].as_array().unwrap().is_empty());
    assert_eq!(ada.api(&summary, "/api/v1/today/first").status, 403, "the summary names no device");
    let first = &read("today/first")["item"]["todo"][0];
    ada.get("/").shows(&[text(first, "next_step"), first["findings"][0].as_str().unwrap()]);
    let plan = &read("plan?hours=6&biomedical=2")["item"];
    let page = ada.get("/plan?hours=6&biomedical=2");
    page.shows(&[&format!("take away {} %", plan["removes_percent"]), text(&plan["tasks"][0], "title")]);
    for wrong in ["plan?hours=0", "plan?hours=2001", "plan?hours=1&network=2", "plan?days=1"] {
        let answer = ada.api(&token, &format!("/api/v1/{wrong}"));
        assert_eq!((answer.status, problem(&answer).as_str()), (400, "bad-request"), "{wrong}");
    }
    let ways = &read("ways")["item"];
    assert_eq!((&ways["from"]["meant"], &ways["to"]["meant"]), (&"any".into(), &"any".into()));
    let page = ada.get("/paths").text;
    for way in ways["ways"].as_array().unwrap() {
        for step in way["steps"].as_array().unwrap() {
            assert!(page.contains(text(step, "device")), "{step}");
        }
    }
    assert_eq!(
        ways["ways"].as_array().unwrap().len(),
        page.matches("<section class=\"panel\" aria-labelledby=\"way-").count()
    );
    assert!(!ways["ways"].as_array().unwrap().is_empty());
    let unclear = &read("ways?to=server")["item"];
    assert_eq!(text(&unclear["to"], "meant"), "unclear");
    let choice = text(&unclear["to"]["choices"][0], "id").to_owned();
    assert_eq!(read(&format!("ways?to={choice}"))["item"]["to"]["devices"], 1);
    assert_eq!(ada.api(&token, "/api/v1/ways?from_area=moon").status, 400);
    assert_eq!(ada.api(&token, "/api/v1/ways?from-area=medical").status, 400, "a field of the page alone");

    let work = read("work?state=unsettled&limit=1000");
    let task = text(&items(&work)[0], "id").to_owned();
    let sheet = &read(&format!("work/{task}/sheet"))["item"];
    let step = &sheet["all_steps"][0];
    ada.get(&format!("/work/{task}")).shows(&[text(step, "title"), text(&step["settles"][0], "finding")]);
    assert_eq!(sheet["all_steps"].as_array().unwrap().len() as u64, sheet["steps_in_all"].as_u64().unwrap());
    let device = text(sheet, "device");
    let of_device = read(&format!("work?device={device}"));
    assert!(items(&of_device).iter().all(|task| task["device"] == device) && !items(&of_device).is_empty());
    assert_eq!(items(&read("work?assigned_to=nobody%20at%20all")).len(), 0);
    assert_eq!(items(&read("work?assigned_to=&state=unsettled&limit=1000")).len(), items(&work).len());
    assert_eq!(read("work/clocks")["days"]["act"], 15);
    let asks = items(&read("work?state=waiting&limit=1000"))
        .iter()
        .map(|task| text(task, "id").to_owned())
        .collect::<Vec<_>>();
    let letter = asks
        .iter()
        .map(|task| ada.api(&token, &format!("/api/v1/work/{task}/letter")))
        .find(|answer| answer.status == 200);
    assert!(text(&json(&letter.expect("some task waits for a maker")), "text").len() > 100);
}

#[test]
fn reports_and_the_worklist_are_taken_as_files_and_two_rounds_compared() {
    let (site, ada) = with_round();
    std::fs::write(site.path("again.pcapng"), example("clinic.pcapng")).unwrap();
    assert!(site.run(&["round", "again.pcapng", "--store", "rounds.sqlite"]).status.success());
    let (token, summary) = (ada.make_token("read"), ada.make_token("summary"));
    let take = |token: &str, path: &str| ada.api(token, &format!("/api/v1/{path}"));
    for (format, kind, begins) in [
        ("pdf", "application/pdf", "%PDF-"),
        ("html", "text/html; charset=utf-8", "<!DOCTYPE html>"),
        ("csv", "text/csv; charset=utf-8", ""),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "PK"),
        ("json", "application/json", "{"),
    ] {
        let file = take(&summary, &format!("reports/board?format={format}"));
        assert_eq!((file.status, file.header("content-type").as_str()), (200, kind));
        assert!(file.text.starts_with(begins) && file.text.len() > 500, "{format}");
        assert!(file.header("content-disposition").contains(&format!("wardround-board-R-2.{format}")));
        assert_eq!(file.header("etag"), "");
    }
    for report in ["work", "round"] {
        assert_eq!(take(&summary, &format!("reports/{report}")).status, 403);
        let file = take(&token, &format!("reports/{report}?format=json"));
        std::fs::write(site.path("report.json"), &file.text).unwrap();
        let checked = site.run(&["report", "verify", "report.json", "--store", "rounds.sqlite"]);
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    }
    assert_eq!(take(&token, "reports/round?format=doc").status, 400);
    assert_eq!(take(&token, "work/export?format=csv").header("content-type"), "text/csv; charset=utf-8");
    let all = json(&take(&token, "work/export"));
    let late = json(&take(&token, "work/export?due=late"));
    assert!(all["tasks"].as_array().unwrap().len() > late["tasks"].as_array().unwrap().len());
    let told = json(&take(&token, "rounds/R-2/since/R-1?change=new"));
    assert_eq!(
        (&told["before"], &told["after"], &told["items"].as_array().unwrap().len()),
        (&"R-1".into(), &"R-2".into(), &0)
    );
    assert!(told["counts"]["still"].as_u64().unwrap() > 0, "{told}");
    let back = json(&take(&token, "rounds/R-1/since/R-2?change=new&limit=1"));
    assert_eq!(back["devices_new"]["count"], back["devices_new"]["items"].as_array().unwrap().len());
    for (wrong, status) in
        [("rounds/R-9/since/R-1", 404), ("rounds/x/since/R-1", 404), ("rounds/R-2/since/R-1?change=old", 400)]
    {
        assert_eq!(take(&token, wrong).status, status, "{wrong}");
    }
}

#[test]
fn the_log_is_read_by_a_token_for_it_alone_and_its_chain_and_signatures_fit() {
    let (_site, ada) = with_round();
    let write = ada.make_token("write");
    assert_eq!(ada.api(&write, "/api/v1/audit").status, 403, "a token that writes does not read the log");
    let token = ada.make_token("log");
    assert_eq!(ada.api(&token, "/api/v1/rounds").status, 403, "nor one for the log anything else");
    for _ in 0..60 {
        ada.api(&token, "/api/v1/audit/checkpoints");
    }
    // Page by page, the oldest first, up to the entry of this reading.
    let (mut entries, mut after) = (Vec::new(), "0".to_owned());
    while entries.len() < 60 {
        let page = json(&ada.api(&token, &format!("/api/v1/audit?after={after}&limit=20")));
        entries.extend(items(&page).clone());
        after = text(&page, "next").to_owned();
    }
    for (place, entry) in entries.iter().enumerate() {
        assert_eq!(entry["number"], place + 1);
    }
    let latest = json(&ada.api(&token, "/api/v1/audit?limit=1"));
    assert_eq!(
        (text(&items(&latest)[0], "action"), text(&items(&latest)[0], "name")),
        ("audit.list", "ada (K-2)")
    );
    let before = json(&ada.api(&token, "/api/v1/audit?before=3"));
    assert_eq!((items(&before).len(), before.get("next")), (2, None));
    assert_eq!(items(&before)[0], entries[1]);
    let checkpoints = json(&ada.api(&token, "/api/v1/audit/checkpoints"));
    let signed = &items(&checkpoints)[0];
    let number = usize::try_from(signed["entry"].as_u64().unwrap()).unwrap();
    let whole = json(&ada.api(&token, &format!("/api/v1/audit?after={}&limit=1", number - 1)));
    assert_eq!(items(&whole)[0]["digest"], signed["digest"]);
    let text_signed = format!(
        "wardround audit checkpoint 1\n{number}\n{}\n{}\n",
        text(signed, "at_nanoseconds"),
        text(signed, "digest")
    );
    let bytes = |hex: &str| -> Vec<u8> {
        (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect()
    };
    let key = bytes(text(&checkpoints, "key"));
    let key = ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, key);
    key.verify(text_signed.as_bytes(), &bytes(text(signed, "signature"))).unwrap();
    for wrong in ["audit?after=1&before=2", "audit?after=-1", "audit?limit=0", "audit?who=ada"] {
        assert_eq!(ada.api(&token, &format!("/api/v1/{wrong}")).status, 400, "{wrong}");
    }
}

#[test]
fn tokens_are_seen_and_ended_but_none_is_made() {
    let (_site, ada) = with_round();
    let (read, write) = (ada.make_token("read"), ada.make_token("write"));
    assert_eq!(ada.api(&read, "/api/v1/tokens").status, 403);
    let own = json(&ada.api(&write, "/api/v1/tokens"));
    let ids: Vec<(&str, bool)> =
        items(&own).iter().map(|one| (text(one, "id"), one["this"].as_bool().unwrap())).collect();
    assert_eq!(ids, [("K-2", true), ("K-1", false)]);
    let made = ada.send(&write, "POST", "/api/v1/tokens", "{\"name\":\"x\",\"scope\":\"write\"}", &[]);
    assert_eq!(made.status, 405);
    assert_eq!(ada.send(&write, "DELETE", "/api/v1/tokens/K-9", "{}", &[]).status, 404);
    assert_eq!(ada.send(&write, "DELETE", "/api/v1/tokens/K-1", "{}", &[]).status, 200);
    assert_eq!(ada.api(&read, "/api/v1/rounds").status, 401);
    assert_eq!(ada.send(&write, "DELETE", "/api/v1/tokens/K-2", "{}", &[]).status, 200);
    assert_eq!(ada.api(&write, "/api/v1/rounds").status, 401);
}
