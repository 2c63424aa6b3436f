//! The worklist in the browser: what people say, what a later round verifies, who may say what, and that all can be taken back.

use std::collections::BTreeSet;

use crate::browser::{Answer, Browser, between, set_up, with_round};
use crate::hostile::{NAMES, assert_escaped};
use crate::running::Running;
use crate::views::{links, with_rounds};

pub(crate) const COMPUTERS: &str = "\
Name,DNSHostName,OperatingSystem,OperatingSystemVersion,Enabled,LastLogonDate,IPv4Address
DC01,dc01.klinik.example,Windows Server 2012 R2 Standard,6.3 (9600),True,2026-11-20,10.20.1.5
PACS01,pacs01.klinik.example,Windows Server 2019 Standard,10.0 (17763),True,2026-11-21,10.20.2.10
";

/// A round over the list of computers of this day, judged on that day, from the command line while the site runs.
pub(crate) fn round(site: &Running, day: &str, computers: &str) {
    std::fs::write(site.path("computers.csv"), computers).unwrap();
    for words in [&["import", "computers.csv", "--day", day][..], &["round", "--as-of", day][..]] {
        let done = site.run(&[words, &["--store", "rounds.sqlite"]].concat());
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
}

fn mended() -> String {
    COMPUTERS
        .replace("Windows Server 2012 R2 Standard,6.3 (9600)", "Windows Server 2022 Standard,10.0 (20348)")
}

/// The pages of tasks that a page links to.
fn tasks(page: &Answer) -> BTreeSet<String> {
    links(&page.text)
        .into_iter()
        .filter(|link| link.starts_with("/work/W-") && link.matches('/').count() == 2)
        .collect()
}

/// The page of the one task.
pub(crate) fn task(browser: &Browser) -> String {
    let tasks = tasks(&browser.get("/work?state=all"));
    assert_eq!(tasks.len(), 1, "{tasks:?}");
    tasks.into_iter().next().unwrap()
}

/// Says something of a task.
pub(crate) fn say(browser: &Browser, task: &str, word: &str, fields: &[(&str, &str)]) -> Answer {
    browser.press("/account", &format!("{task}/{word}"), fields)
}

/// Says something of a task that it lets be said.
#[track_caller]
pub(crate) fn said(browser: &Browser, task: &str, word: &str, fields: &[(&str, &str)]) {
    assert_eq!(say(browser, task, word, fields).to(), format!("{task}#said"));
}

/// Says something that is refused in these words.
#[track_caller]
fn refused(browser: &Browser, task: &str, word: &str, fields: &[(&str, &str)], why: &str) {
    let answer = say(browser, task, word, fields);
    assert_eq!(answer.status, 400, "{word}");
    answer.shows(&[why]);
}

/// How a task stands, as its page begins.
fn stands(browser: &Browser, task: &str) -> String {
    between(&browser.get(task).text, "</span> <strong>", "</strong>").unwrap()
}

/// Somebody else with this role.
pub(crate) fn member(site: &Running, ada: &Browser, role: &str) -> Browser {
    let page = ada.press("/people", "/people/invite", &[("role", role), ("days", "30")]);
    let browser = Browser::new(site);
    browser.join(&between(&page.text, "<p class=\"code panel\">", "<").unwrap(), role);
    browser
}

#[test]
fn done_is_a_claim_that_a_later_round_verifies_and_a_regression_opens_again() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    ada.get("/work").shows(&["There is no round yet"]);
    round(&site, "2026-11-20", COMPUTERS);
    let task = task(&ada);
    ada.get("/work").shows(&["1 task", "server team", "5 Dec 2026", "nobody yet"]);
    ada.get(&task).shows(&["Check before", "Check after", "Way back", "Act means 15 days", "Nobody yet."]);
    said(&ada, &task, "assign", &[("to", "R. Ferreira")]);
    assert_eq!(stands(&ada, &task), "assigned");
    ada.get("/work?who=by+R.+Ferreira").shows(&["<strong>1 task</strong>"]);
    ada.get("/work?who=me").shows(&["No task is like that"]);
    said(&ada, &task, "done", &[]);
    assert_eq!(stands(&ada, &task), "said to be done, not seen yet");
    ada.get(&task).shows(&["<strong>ada</strong>: it is done", "ada said on"]);
    refused(&ada, &task, "done", &[], "Nothing of this task is open.");

    round(&site, "2026-11-22", &mended());
    assert_eq!(stands(&ada, &task), "verified");
    let page = ada.get(&task);
    page.shows(&["Verified by round R-2", "Windows Server 2012 R2 Standard", "Windows Server 2022 Standard"]);
    // What was seen before and after leads to its proof, each in its round.
    let proofs: Vec<String> =
        links(&page.text).into_iter().filter(|link| link.starts_with("/evidence/O-")).collect();
    assert!(proofs.iter().any(|link| link.ends_with("round=R-1")), "{proofs:?}");
    assert!(proofs.iter().any(|link| link.ends_with("round=R-2")), "{proofs:?}");
    for proof in &proofs {
        ada.get(proof).shows(&["computers.csv"]);
    }
    ada.get("/work").shows(&["No task is like that"]);
    ada.get("/").shows(&["1 found. 1 assigned. 1 said to be done. 1 verified."]);

    round(&site, "2026-11-23", COMPUTERS);
    assert_eq!(stands(&ada, &task), "open again");
    ada.get(&task).shows(&["saw it after it had been verified", "Seen when settled:", "Seen now:"]);
    ada.get("/work?state=reopened").shows(&["<strong>1 task</strong>"]);
}

#[test]
fn what_is_said_is_there_after_a_kill_and_from_the_command_line() {
    let site = Running::new();
    let (ada, member) = set_up(&site);
    round(&site, "2026-11-20", COMPUTERS);
    let task = task(&ada);
    said(&ada, &task, "assign", &[("to", "R. Ferreira")]);
    let id = task.strip_prefix("/work/").unwrap().to_owned();
    let done =
        site.run(&["work", "comment", &id, "seen on the way", "--by", "K. Ito", "--store", "rounds.sqlite"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    ada.get(&task).shows(&["K. Ito", "seen on the way"]);
    let site = site.killed_and_started_again();
    let ada = Browser::new(&site);
    ada.enter(&member);
    ada.get(&task).shows(&["R. Ferreira does it", "seen on the way"]);
    assert_eq!(stands(&ada, &task), "assigned");
}

#[test]
fn all_that_is_said_can_be_taken_back_and_stays_on_record() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    round(&site, "2026-11-20", COMPUTERS);
    let task = task(&ada);
    let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * 30);
    let soon = soon.strftime("%Y-%m-%d").to_string();
    let except = |until: &str| {
        let fields =
            [("until", until), ("because", "replaced soon"), ("control", "own network"), ("owner", "ada")];
        say(&ada, &task, "except", &fields)
    };
    except("2020-01-31").shows(&["later than today"]);
    except("2099-01-31").shows(&["at the latest"]);
    except("soon").shows(&["A day looks like"]);
    assert_eq!(except(&soon).status, 303);
    assert_eq!(stands(&ada, &task), "risk accepted for a time");
    ada.get(&task).shows(&["own network", "replaced soon", "ada answers for it"]);
    for (event, then) in [("E-1", "open"), ("E-2", "risk accepted for a time"), ("E-3", "open")] {
        said(&ada, &task, &format!("undo/{event}"), &[]);
        assert_eq!(stands(&ada, &task), then, "{event}");
    }
    refused(&ada, &task, "undo/E-1", &[], "not there to be taken back");
    said(&ada, &task, "done", &[]);
    said(&ada, &task, "reopen", &[("because", "the old one still runs")]);
    assert_eq!(stands(&ada, &task), "open again");
    said(&ada, &task, "undo/E-6", &[]);
    assert_eq!(stands(&ada, &task), "said to be done, not seen yet");
    said(&ada, &task, "undo/E-5", &[]);
    assert_eq!(stands(&ada, &task), "open");
    ada.get(&task).shows(&["Taken back", "the old one still runs", "E-5 is taken back"]);
    refused(&ada, &task, "reopen", &[("because", "x")], "Only a later round opens");
    refused(&ada, &task, "assign", &[("to", " ")], "Who does it: it must not be empty.");
    refused(&ada, &task, "comment", &[("text", &"x".repeat(501))], "500 characters at most");
    refused(&ada, &task, "sign-off", &[("owner", "Sister Okafor")], "Nobody has to agree");
    refused(&ada, &task, "letter-sent", &[("on", "2026-11-01")], "No maker has to be asked");
    ada.get("/audit").shows(&[
        "accepted a risk",
        "took back what was said of a task",
        "said that a task is done",
        "opened a task again",
        "failed",
    ]);
    assert_eq!(say(&ada, "/work/W-000000000000", "done", &[]).status, 404);
    assert_eq!(ada.get("/work/W-000000000000").status, 404);
    assert_eq!(ada.get("/work/nothing/letter").status, 404);
}

#[test]
fn a_device_that_cares_for_patients_needs_its_clinical_owner_and_its_maker() {
    let (site, ada) = with_round();
    let waits = ada.get("/work?state=waiting&team=biomedical");
    waits.shows(&["clinical owner signs first", "waits for somebody", "Letters to makers"]);
    let task = tasks(&waits).into_iter().next().unwrap();
    let page = ada.get(&task);
    page.shows(&["Its maker has not approved a change", "Signs before it can be said to be done."]);
    assert!(!page.text.contains(&format!("{task}/done")), "no form for what would be refused");
    refused(&ada, &task, "done", &[], "Its clinical owner must agree first.");
    // Who may only work says nothing in a clinical owner's name.
    let network = member(&site, &ada, "network");
    network.get(&task).shows(&["somebody of biomedical engineering or compliance"]);
    assert_eq!(say(&network, &task, "sign-off", &[("owner", "Sister Okafor")]).status, 403);
    let biomedical = member(&site, &ada, "biomedical");
    said(&biomedical, &task, "sign-off", &[("owner", "Sister Okafor, ward 3")]);
    biomedical.get(&task).shows(&["Sister Okafor, ward 3 (told to biomedical)"]);
    assert_eq!(say(&network, &task, "undo/E-1", &[]).status, 403, "nor takes it back");
    said(&network, &task, "done", &[]);
    network.get(&task).shows(&["signed by Sister Okafor, ward 3 (told to biomedical)"]);
    assert_eq!(stands(&ada, &task), "said to be done, not seen yet");
}

#[test]
fn a_letter_is_printed_sent_and_answered() {
    let (_site, ada) = with_round();
    let page = ada.get("/work");
    let letter = links(&page.text).into_iter().find(|link| link.ends_with("/letter")).unwrap();
    let task = letter.strip_suffix("/letter").unwrap().to_owned();
    let text = between(&ada.get(&letter).text, "<pre class=\"letter\" tabindex=\"0\">", "</pre>").unwrap();
    for words in ["SBOM", "MDS2", "VEX", "approve"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains("10.20."), "an address leaves the hospital: {text}");
    let today = jiff::Timestamp::now().strftime("%Y-%m-%d").to_string();
    refused(&ada, &task, "letter-sent", &[("on", "2099-01-01")], "That day has not come yet.");
    said(&ada, &task, "letter-sent", &[("on", &today)]);
    ada.get(&task).shows(&["answer due by"]);
    said(&ada, &task, "letter-answered", &[("on", &today), ("document", "PSB-12 of 9 December")]);
    ada.get(&letter).shows(&["PSB-12 of 9 December"]);
    said(&ada, &task, "undo/E-2", &[]);
    ada.get(&letter).shows(&["answer due by"]);
}

#[test]
fn roles_read_say_and_decide_as_they_may() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    // Acted on within 15 days, so that it is late today.
    round(&site, "2026-11-01", COMPUTERS);
    let task = task(&ada);
    let exception = [("until", "2020-01-01"), ("because", "x"), ("control", "x"), ("owner", "x")];
    for (role, reads, works, accepts) in [
        ("security", true, true, true),
        ("biomedical", true, true, false),
        ("network", true, true, false),
        ("compliance", true, true, true),
        ("auditor", true, false, false),
        ("board", false, false, false),
    ] {
        let browser = member(&site, &ada, role);
        let reached = |yes: bool| if yes { 200 } else { 403 };
        assert_eq!(browser.get(&task).status, reached(reads), "{role}");
        assert_eq!(browser.get("/work/export/csv").status, reached(reads), "{role}");
        assert_eq!(browser.get(&task).text.contains("What you can say"), works, "{role}");
        assert_eq!(browser.get(&task).text.contains("Accept the risk"), accepts, "{role}");
        let worked = say(&browser, &task, "comment", &[("text", "seen")]).status;
        assert_eq!(worked, if works { 303 } else { 403 }, "{role}");
        let accepted = say(&browser, &task, "except", &exception).status;
        assert_eq!(accepted, if accepts { 400 } else { 403 }, "{role}: the day is refused, or the person");
        let today = browser.get("/");
        today.shows(&["How far the work is", "1 found. 0 assigned.", "1 task is late"]);
        assert_eq!(today.text.contains(&task), reads, "{role}: what is late, by name");
        if !reads {
            assert!(
                !today.text.contains("href=\"/work") && !today.text.contains("href=\"/findings"),
                "{role}"
            );
        }
    }
    ada.get("/audit").shows(&["looked at a task", "exported the worklist", "refused"]);
}

#[test]
fn the_worklist_is_filtered_and_shown_as_a_board_and_as_files() {
    let (_site, ada) = with_rounds();
    let all = ada.get("/work");
    all.shows(&["How it stands", "Show as a board", "network team"]);
    let number = |page: &Answer| -> usize {
        between(&page.text, "<strong>", " task").unwrap().replace(',', "").parse().unwrap()
    };
    let of = |filter: &str| number(&ada.get(&format!("/work?state=all&{filter}")));
    assert!(of("") > 5);
    assert_eq!(of(""), of("who=nobody"));
    let by_team =
        ["biomedical", "clinical-systems", "server", "network", "help-desk", "building-services", "unknown"];
    assert_eq!(of(""), by_team.iter().map(|team| of(&format!("team={team}"))).sum::<usize>());
    let board = ada.get("/work?view=board");
    board.shows(&["lane-open", "lane-waiting", "lane-claimed", "lane-excepted", "Show as a table"]);
    assert_eq!(of(""), of("team=nonsense&due=%00&after=x&device=y"));
    assert_eq!(number(&ada.get("/work?due=late")), 0);
    // A device leads to its tasks, and so does a finding.
    let device = links(&all.text).into_iter().find(|link| link.starts_with("/devices/A-")).unwrap();
    let page = ada.get(&device);
    page.shows(&["What there is to do"]);
    let at_device = tasks(&page);
    assert!(!at_device.is_empty());
    let id = device.strip_prefix("/devices/").unwrap();
    assert_eq!(tasks(&ada.get(&format!("/work?state=all&device={id}"))), at_device);
    let task = at_device.first().unwrap();
    let finding =
        links(&ada.get(task).text).into_iter().find(|link| link.starts_with("/findings/F-")).unwrap();
    assert!(tasks(&ada.get(&finding)).contains(task));
    // Files have what the page has.
    let id = task.strip_prefix("/work/").unwrap();
    let csv = ada.get(&format!("/work/export/csv?state=all&text={id}"));
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"worklist.csv\"");
    let rows: Vec<&str> = csv.text.lines().collect();
    assert!(rows[0].starts_with("task,task_state,team") && rows.len() > 1);
    assert!(rows[1..].iter().all(|row| row.starts_with(id)), "{}", csv.text);
    let json: serde_json::Value = serde_json::from_str(&ada.get("/work/export/json?state=all").text).unwrap();
    assert_eq!(json["tasks"].as_array().unwrap().len(), of(""));
    assert_eq!(ada.get("/work/export/xlsx").status, 200);
    assert_eq!(ada.get("/work/export/exe").status, 404);
}

#[test]
fn what_people_type_is_text_on_every_page_of_the_worklist() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    let mut list = COMPUTERS.to_owned();
    for (place, name) in NAMES.iter().enumerate() {
        let quoted = name.replace('"', "\"\"");
        list += &format!(
            "\"{quoted}\",\"{quoted}\",Windows Server 2012 R2 Standard,6.3 (9600),True,2026-11-20,10.20.9.{}\n",
            place + 1
        );
    }
    round(&site, "2026-11-20", &list);
    let all = tasks(&ada.get("/work?state=all"));
    assert!(all.len() > NAMES.len() / 2, "{all:?}");
    for (task, name) in all.iter().zip(NAMES.iter().cycle()) {
        for (word, field) in [("assign", "to"), ("comment", "text"), ("letter-answered", "document")] {
            let fields = [(field, *name), ("on", "2026-11-20")];
            assert_escaped(word, &say(&ada, task, word, &fields).text);
        }
        let exception = [("until", "2027-01-31"), ("because", *name), ("control", *name), ("owner", *name)];
        say(&ada, task, "except", &exception);
        for path in [task.clone(), "/work?state=all".to_owned(), "/work?state=all&view=board".to_owned()] {
            let page = ada.get(&path);
            assert_eq!(page.status, 200, "{path}");
            assert_escaped(&path, &page.text);
            assert!(!page.text.contains('\u{202e}'), "{path}");
        }
    }
    let hostile: String = NAMES.concat().bytes().map(|byte| format!("%{byte:02X}")).collect();
    for name in ["text", "who", "state", "team", "due", "device", "view"] {
        let path = format!("/work?{name}={hostile}");
        assert_escaped(&path, &ada.get(&path).text);
    }
    let csv = ada.get("/work/export/csv?state=all").text;
    assert!(!csv.lines().any(|line| line.contains(",=cmd")), "{csv}");
}
