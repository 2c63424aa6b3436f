//! The worklist from the command line: what is claimed, what a later round verifies, and what opens again.

use serde_json::Value;

use crate::program::{Place, assert_fails};

const COMPUTERS: &str = "\
Name,DNSHostName,OperatingSystem,OperatingSystemVersion,Enabled,LastLogonDate,IPv4Address
DC01,dc01.klinik.example,Windows Server 2012 R2 Standard,6.3 (9600),True,2026-11-20,10.20.1.5
PACS01,pacs01.klinik.example,Windows Server 2019 Standard,10.0 (17763),True,2026-11-21,10.20.2.10
";

/// A round over the list of computers of this day, judged on that day; its page.
fn round(place: &Place, day: &str, computers: &str) -> String {
    place.file("computers.csv", computers.as_bytes());
    place.ok(&["import", "computers.csv", "--day", day]);
    place.ok(&["round", "--as-of", day])
}

fn without_the_server() -> String {
    COMPUTERS.lines().filter(|line| !line.starts_with("DC01")).map(|line| format!("{line}\n")).collect()
}

fn mended() -> String {
    COMPUTERS
        .replace("Windows Server 2012 R2 Standard,6.3 (9600)", "Windows Server 2022 Standard,10.0 (20348)")
}

fn worklist(place: &Place) -> Value {
    serde_json::from_str(&place.ok(&["work", "export", "--format", "json"])).unwrap()
}

/// The id of the one task.
fn task(place: &Place) -> String {
    let list = worklist(place);
    assert_eq!(list["tasks"].as_array().unwrap().len(), 1, "{list}");
    list["tasks"][0]["id"].as_str().unwrap().to_owned()
}

/// The state of the one task, and of its one finding.
fn states(place: &Place) -> (String, String) {
    let list = worklist(place);
    let task = &list["tasks"][0];
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&task["state"]), text(&task["steps"][0]["findings"][0]["state"]))
}

fn is(place: &Place, task: &str, finding: &str) {
    assert_eq!(states(place), (task.to_owned(), finding.to_owned()));
}

/// One line, whatever the width.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What people read, without the moment at which the test ran.
fn without_now(text: &str) -> String {
    let today = place_of_today();
    text.lines()
        .filter(|line| !line.starts_with("Worklist of ") && !line.starts_with("-----"))
        .map(|line| line.replace(&today, "TODAY"))
        .map(|line| match line.split_once("TODAY, ") {
            // The time of day of an event.
            Some((before, after)) => format!("{before}TODAY, HH:MM{}\n", after.get(5..).unwrap_or_default()),
            None => format!("{line}\n"),
        })
        .collect()
}

/// Today, as the program writes it.
fn place_of_today() -> String {
    jiff::Timestamp::now().strftime("%-d %b %Y").to_string()
}

#[test]
fn done_is_a_claim_and_a_later_round_verifies_it_with_what_was_seen() {
    let place = Place::new();
    round(&place, "2026-11-20", COMPUTERS);
    let task = task(&place);
    let told = place.ok(&["work", "assign", &task, "--to", "R. Ferreira", "--by", "K. Ito"]);
    assert!(told.contains("Kept as E-1") && told.contains("is now: assigned"), "{told}");
    is(&place, "assigned", "open");
    let told = place.ok(&["work", "done", &task, "--by", "R. Ferreira"]);
    assert!(told.contains("The next round that sees another value verifies it"), "{told}");
    is(&place, "claimed", "claimed");

    let page = round(&place, "2026-11-21", &without_the_server());
    assert!(!page.contains("What changed since the round before"), "{page}");
    is(&place, "claimed", "claimed");
    let shown = flat(&place.ok(&["work", "show", &task]));
    assert!(shown.contains("The latest round did not see the device: that proves nothing"), "{shown}");

    let page = flat(&round(&place, "2026-11-22", &mended()));
    assert!(page.contains("1 weakness is verified as settled"), "{page}");
    is(&place, "verified", "verified");
    let list = worklist(&place);
    let finding = &list["tasks"][0]["steps"][0]["findings"][0];
    assert_eq!((&finding["verified_in"], &finding["claim"]["by"]), (&"R-3".into(), &"R. Ferreira".into()));
    assert_eq!(finding["before"][0]["value"], "Windows Server 2012 R2 Standard");
    assert_eq!(finding["after"][0]["value"], "Windows Server 2022 Standard");
    // Both can be asked about, each in its round.
    for (sight, round) in [(&finding["before"][0], "R-1"), (&finding["after"][0], "R-3")] {
        let why = place.ok(&["why", sight["observation"].as_str().unwrap(), "--round", round]);
        assert!(why.contains("computers.csv"), "{why}");
    }
    // Told of that round alone, whenever it is asked for.
    assert!(flat(&place.ok(&["round", "show", "R-3"])).contains("verified as settled"));
    assert!(!flat(&place.ok(&["round", "show", "R-2"])).contains("verified as settled"));
}

#[test]
fn what_comes_back_is_open_again_with_both_sights() {
    let place = Place::new();
    round(&place, "2026-11-20", COMPUTERS);
    let task = task(&place);
    place.ok(&["work", "done", &task, "--by", "R. Ferreira"]);
    round(&place, "2026-11-21", &mended());
    let page = flat(&round(&place, "2026-11-22", COMPUTERS));
    assert!(page.contains("1 weakness is open again"), "{page}");
    is(&place, "reopened", "reopened");
    let list = worklist(&place);
    let finding = &list["tasks"][0]["steps"][0]["findings"][0];
    assert_eq!(finding["reopened_because"], "regression");
    assert_eq!(finding["before"][0]["value"], "Windows Server 2022 Standard");
    assert_eq!(finding["after"][0]["value"], "Windows Server 2012 R2 Standard");
    insta::assert_snapshot!(without_now(&place.ok(&["work", "show", &task])));
}

#[test]
fn what_was_said_stays_with_a_device_when_a_capture_shows_its_card() {
    let place = Place::new();
    // A host of the demo capture, known by its address alone.
    let computers = COMPUTERS.replace("10.20.1.5", "10.20.3.80");
    round(&place, "2026-11-20", &computers);
    let before = task(&place);
    place.ok(&["work", "assign", &before, "--to", "R. Ferreira", "--by", "K. Ito"]);
    let json = place.clinic_json(&[]);
    let all = json["assets"].as_array().unwrap();
    let card = all.iter().find(|asset| asset["addresses"].as_array().unwrap().contains(&"10.20.3.80".into()));
    assert!(card.unwrap()["addresses"][0].as_str().unwrap().contains(':'), "{card:?}");
    let list = worklist(&place);
    let owned: Vec<&Value> =
        list["tasks"].as_array().unwrap().iter().filter(|task| task["owner"] == "R. Ferreira").collect();
    assert_eq!(owned.len(), 1, "{list}");
    assert_eq!(owned[0]["asset"], card.unwrap()["id"]);
    assert_ne!(owned[0]["id"], before.as_str());
    // The old id still finds it.
    assert!(place.ok(&["work", "show", &before]).contains(owned[0]["id"].as_str().unwrap()));
    place.ok(&["work", "undo", "E-1", "--by", "K. Ito"]);
    assert!(worklist(&place)["tasks"].as_array().unwrap().iter().all(|task| task["owner"].is_null()));
}

#[test]
fn an_exception_ends_by_itself() {
    let place = Place::new();
    round(&place, "2026-11-20", COMPUTERS);
    let task = task(&place);
    let except = |until: &str| {
        place.run(&[
            "work",
            "except",
            &task,
            "--until",
            until,
            "--because",
            "replaced soon",
            "--control",
            "own network",
            "--owner",
            "M. Adeyemi",
            "--by",
            "K. Ito",
        ])
    };
    assert_fails(&except("2020-01-31"), 1, &["later than now"]);
    assert_fails(&except("2099-01-31"), 1, &["[exception] longest"]);
    let until = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * 30);
    let until = until.strftime("%Y-%m-%d").to_string();
    assert!(except(&until).status.success());
    is(&place, "excepted", "excepted");
    let later = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * 32);
    let later = later.strftime("%Y-%m-%d").to_string();
    let text = place.ok(&["work", "export", "--format", "json", "--as-of", &later]);
    let list: Value = serde_json::from_str(&text).unwrap();
    let finding = &list["tasks"][0]["steps"][0]["findings"][0];
    assert_eq!(
        (&finding["state"], &finding["reopened_because"]),
        (&"reopened".into(), &"exception-ended".into())
    );
    assert_eq!(finding["exception"]["owner"], "M. Adeyemi");
    assert_eq!(list["tasks"][0]["overdue"], true);
    let shown = flat(&place.ok(&["work", "show", &task, "--as-of", &later]));
    assert!(shown.contains("the exception that M. Adeyemi answers for ended on"), "{shown}");
}

#[test]
fn everything_that_is_said_can_be_taken_back_and_stays_on_record() {
    let place = Place::new();
    round(&place, "2026-11-20", COMPUTERS);
    let task = task(&place);
    place.ok(&["work", "done", &task, "--by", "R. Ferreira"]);
    place.ok(&["work", "undo", "E-1", "--by", "K. Ito"]);
    is(&place, "open", "open");
    place.ok(&["work", "undo", "E-2", "--by", "K. Ito"]);
    is(&place, "claimed", "claimed");
    place.ok(&["work", "reopen", &task, "--because", "the old server still runs", "--by", "K. Ito"]);
    is(&place, "reopened", "reopened");
    place.ok(&["work", "comment", &task, "ordered on Monday", "--by", "K. Ito"]);
    let shown = flat(&place.ok(&["work", "show", &task]));
    for words in
        ["ordered on Monday", "the old server still runs", "What was taken back", "E-1 is taken back"]
    {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert_fails(&place.run(&["work", "undo", "E-9", "--by", "x"]), 3, &["work show"]);
}

#[test]
fn what_cannot_be_said_is_refused_with_the_next_step() {
    let place = Place::new();
    assert_fails(&place.run(&["work"]), 3, &["wardround round FILE"]);
    round(&place, "2026-11-20", COMPUTERS);
    let task = task(&place);
    assert_fails(&place.run(&["work", "show", "W-zzz"]), 3, &["work list --all"]);
    assert_fails(&place.run(&["work", "sign-off", &task, "--by", "x"]), 1, &["nobody has to sign"]);
    assert_fails(&place.run(&["work", "letter", &task]), 1, &["no maker"]);
    assert_fails(&place.run(&["work", "reopen", &task, "--because", "x", "--by", "x"]), 1, &["later round"]);
    place.ok(&["work", "done", &task, "--by", "x"]);
    assert_fails(&place.run(&["work", "done", &task, "--by", "x"]), 1, &["nothing of W-"]);
    place.file("work.toml", b"[days]\nact = 0\n");
    assert_fails(&place.run(&["work", "--policy", "work.toml"]), 1, &["days.act", "1 to 3650"]);
}

#[test]
fn days_are_the_hospitals_own_where_it_says_so() {
    let place = Place::new();
    round(&place, "2026-11-20", COMPUTERS);
    let due = |place: &Place| worklist(place)["tasks"][0]["due"].as_str().unwrap().to_owned();
    assert_eq!(due(&place), "2026-12-05T23:59:59Z");
    place.file(".local/share/wardround/work.toml", b"[days]\nact = 3\n");
    assert_eq!(due(&place), "2026-11-23T23:59:59Z");
    let list = place.ok(&["work", "list", "--as-of", "2026-11-24"]);
    assert!(list.contains("late since 23 Nov 2026"), "{list}");
}

/// The demo capture: pumps, monitors and scanners beside servers.
fn clinic() -> Place {
    let place = Place::new();
    place.clinic_json(&[]);
    place
}

#[test]
fn the_worklist_reads_well() {
    let place = clinic();
    let list = place.ok(&["work", "list", "--as-of", "2026-11-25"]);
    insta::assert_snapshot!(list);
}

#[test]
fn a_medical_device_needs_its_maker_its_letter_and_its_clinical_owner() {
    let place = clinic();
    let list = worklist(&place);
    let tasks = list["tasks"].as_array().unwrap();
    let waits =
        tasks.iter().find(|task| task["waits_for"] == "needs-maker" && task["needs_sign_off"] == true);
    let waits = waits.unwrap();
    let id = waits["id"].as_str().unwrap();
    assert_fails(
        &place.run(&["work", "done", id, "--by", "x"]),
        1,
        &["clinical owner signs first", "sign-off"],
    );
    let told = place.ok(&["work", "sign-off", id, "--by", "Sister Okafor"]);
    assert!(told.contains("its clinical owner agrees"), "{told}");
    place.ok(&["work", "done", id, "--by", "R. Ferreira"]);
    let after = worklist(&place);
    let after = after["tasks"].as_array().unwrap().iter().find(|task| task["id"] == id).unwrap();
    assert_eq!(after["steps"][0]["findings"][0]["claim"]["signed_by"], "Sister Okafor");
    // Its network stays the work of the network team, and is no less open for that.
    let contained =
        tasks.iter().find(|task| task["work"] == "containment" && task["asset"] == waits["asset"]);
    assert_eq!(
        (&contained.unwrap()["team"], &contained.unwrap()["state"]),
        (&"network".into(), &"open".into())
    );
}

#[test]
fn the_page_of_a_task_that_waits_for_a_maker_reads_well() {
    let place = clinic();
    let list = worklist(&place);
    let tasks = list["tasks"].as_array().unwrap();
    let waits = tasks.iter().find(|task| task["device"].as_str().unwrap().starts_with("Agfa"));
    let id = waits.unwrap()["id"].as_str().unwrap();
    insta::assert_snapshot!(place.ok(&["work", "show", id, "--as-of", "2026-11-25"]));
}

#[test]
fn a_letter_to_a_maker_has_a_clock() {
    let place = clinic();
    let list = worklist(&place);
    let letter = &list["letters"][0];
    assert_eq!(letter["state"], "to-write");
    let task = letter["tasks"][0].as_str().unwrap();
    let text = place.ok(&["work", "letter", task]);
    for words in ["SBOM", "MDS2", "VEX", "approve", "patch", "letter sent"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    let letter_itself = text.split("\n----\n").next().unwrap();
    assert!(!letter_itself.contains("10.20."), "an address leaves the hospital: {text}");
    assert_fails(
        &place.run(&["work", "letter", "sent", task, "--on", "2099-01-01", "--by", "x"]),
        1,
        &["not come"],
    );
    place.ok(&["work", "letter", "sent", task, "--on", "2026-11-24", "--by", "K. Ito"]);
    let at = |day: &str| -> Value {
        let text = place.ok(&["work", "export", "--format", "json", "--as-of", day]);
        serde_json::from_str::<Value>(&text).unwrap()["letters"][0].clone()
    };
    assert_eq!((&at("2026-12-24")["state"], &at("2026-12-24")["overdue"]), (&"sent".into(), &false.into()));
    assert_eq!(at("2026-12-25")["overdue"], true);
    let told = place.ok(&[
        "work",
        "letter",
        "answered",
        task,
        "--on",
        "2026-11-25",
        "--document",
        "PSB-12",
        "--by",
        "K. Ito",
    ]);
    assert!(told.contains("--maker-approves DOCUMENT"), "{told}");
    assert_eq!(at("2026-12-25")["document"], "PSB-12");
}

#[test]
fn the_table_opens_in_spreadsheets_and_runs_nothing() {
    let place = Place::new();
    round(&place, "2026-11-20", COMPUTERS);
    let task = task(&place);
    place.ok(&["work", "assign", &task, "--to", "=HYPERLINK(\"x\",\"y\")", "--by", "x"]);
    let table = place.ok(&["work", "export"]);
    let [heading, row] = table.split_terminator("\r\n").collect::<Vec<_>>().try_into().unwrap();
    assert!(heading.starts_with("task,task_state,team"), "{heading}");
    assert!(row.contains("\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""), "{row}");
    assert_eq!(table, place.ok(&["work", "export", "--format", "csv"]));
}

/// The files of a ZIP archive (PKWARE APPNOTE 6.3, 4.3.12: the central directory), by name.
fn unzipped(bytes: &[u8]) -> std::collections::BTreeMap<String, String> {
    use std::io::Read as _;
    let number = |at: usize, length: usize| {
        bytes[at..at + length].iter().rev().fold(0, |sum, byte| sum * 256 + usize::from(*byte))
    };
    let mut files = std::collections::BTreeMap::new();
    let end = bytes.windows(4).rposition(|window| window == b"PK\x05\x06").unwrap();
    let (count, mut at) = (number(end + 10, 2), number(end + 16, 4));
    for _ in 0..count {
        let (method, size, name_length) = (number(at + 10, 2), number(at + 20, 4), number(at + 28, 2));
        let name = String::from_utf8(bytes[at + 46..at + 46 + name_length].to_vec()).unwrap();
        let local = number(at + 42, 4);
        let start = local + 30 + number(local + 26, 2) + number(local + 28, 2);
        let data = &bytes[start..start + size];
        let mut text = String::new();
        match method {
            8 => flate2::read::DeflateDecoder::new(data).read_to_string(&mut text).unwrap(),
            _ => {
                let mut data = data;
                data.read_to_string(&mut text).unwrap()
            }
        };
        files.insert(name, text);
        at += 46 + name_length + number(at + 30, 2) + number(at + 32, 2);
    }
    files
}

#[test]
fn the_excel_file_has_the_same_table_and_no_formula() {
    let place = Place::new();
    round(&place, "2026-11-20", COMPUTERS);
    let task = task(&place);
    place.ok(&["work", "assign", &task, "--to", "=1+1", "--by", "x"]);
    let words = ["work", "export", "--format", "xlsx", "--as-of", "2026-11-21"];
    let one = place.run(&words);
    assert!(one.status.success());
    assert_eq!(one.stdout, place.run(&words).stdout);
    let files = unzipped(&one.stdout);
    let sheet = &files["xl/worksheets/sheet1.xml"];
    assert!(!sheet.contains("<f>") && sheet.matches("<row ").count() == 2, "{sheet}");
    for words in ["task_state", task.as_str(), "'=1+1", "server at 10.20.1.5"] {
        assert!(sheet.contains(words), "{words}: {sheet}");
    }
}

#[test]
fn a_file_is_attached_saved_backed_up_and_taken_out_for_good() {
    let place = Place::new();
    round(&place, "2026-11-20", COMPUTERS);
    let id = task(&place);
    let letter = [b"%PDF-1.7 Mary".as_slice(), &[7; 200_000]].concat();
    place.file("=letter.pdf", &letter);
    let told = place.ok(&["work", "attach", &id, "=letter.pdf", "--by", "K. Ito"]);
    assert!(told.contains("Kept as E-1") && told.contains("file: =letter.pdf (200 kB)"), "{told}");
    place.file("page.html", b"<html>");
    let refused = place.run(&["work", "attach", &id, "page.html", "--by", "K. Ito"]);
    assert_fails(&refused, 1, &["page.html", "files of this kind are not taken"]);
    assert_fails(&place.run(&["work", "attach", &id, "none.pdf", "--by", "K. Ito"]), 1, &["none.pdf"]);
    assert!(place.ok(&["work", "show", &id]).contains("=letter.pdf"));
    assert!(place.ok(&["work", "export"]).contains(",\"'=letter.pdf\"\r\n"));
    let told = place.ok(&["work", "file", "E-1", "--out", "saved.pdf"]);
    assert!(told.contains("Saved as saved.pdf"), "{told}");
    assert!(std::fs::read(place.path("saved.pdf")).unwrap() == letter);
    assert_fails(&place.run(&["work", "file", "E-1", "--out", "saved.pdf"]), 1, &["saved.pdf"]);
    assert_fails(&place.run(&["work", "file", "E-9"]), 3, &["E-9 is no file"]);
    // A backup takes it along.
    let key = place.ok(&["backup", "key", "backup.key"]);
    let to = key.split_whitespace().find(|word| word.starts_with("age1")).unwrap();
    place.ok(&["backup", "monday.age", "--to", to]);
    place.ok(&["restore", "monday.age", "--key", "backup.key", "--store", "bare/rounds.sqlite"]);
    place.ok(&["work", "file", "E-1", "--out", "restored.pdf", "--store", "bare/rounds.sqlite"]);
    assert!(std::fs::read(place.path("restored.pdf")).unwrap() == letter);
    // What must not be there goes for good, found by what it says or by its event.
    place.file("note.txt", b"asked Mary Okafor");
    place.ok(&["work", "attach", &id, "note.txt", "--by", "K. Ito"]);
    let told = place.ok(&["redact", "mary okafor"]);
    assert!(told.contains("1 place") && told.contains("attachment_piece, content"), "{told}");
    assert_fails(&place.run(&["work", "file", "E-2"]), 3, &["taken out for good"]);
    assert!(place.ok(&["redact", "--file", "E-1"]).contains("The content of E-1 was taken out."));
    assert_fails(&place.run(&["redact", "--file", "E-1"]), 3, &["E-1 is no file whose content is kept"]);
    assert!(place.ok(&["audit", "list"]).contains("the content of the file E-1"));
    assert!(place.ok(&["audit", "verify"]).contains("signed"));
}
