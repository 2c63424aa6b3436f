//! Reports of the demo hospital: what they say, how hard they are to read, that they are the same each time, and that a
//! changed one shows.

use std::path::Path;
use std::process::Command;

use crate::grade::grade;
use crate::program::{Place, assert_fails, clinic, root};

const AT: [&str; 2] = ["--as-of", "2026-12-09T08:00:00Z"];

/// A store with two rounds over the demo hospital.
fn hospital() -> Place {
    let place = Place::new();
    for list in ["computers.csv", "equipment.csv", "software.csv"] {
        let list = root().join("examples/lists").join(list);
        place.ok(&["import", list.to_str().unwrap(), "--day", "2026-11-23"]);
    }
    let clinic = clinic();
    for day in ["2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z"] {
        place.ok(&["round", clinic.to_str().unwrap(), "--as-of", day]);
    }
    place
}

fn report(place: &Place, words: &[&str], file: &str) -> Vec<u8> {
    place.ok(&[&["report"], words, &AT, &["--output", file]].concat());
    std::fs::read(place.path(file)).unwrap()
}

/// The text of a PDF, as poppler reads it.
pub(crate) fn pdf_text(file: &Path) -> String {
    let output = Command::new("pdftotext").args(["-raw".as_ref(), file.as_os_str(), "-".as_ref()]).output();
    let output = output.map_err(|error| format!("pdftotext does not run ({error}): make packages")).unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

/// What people read, without the moments at which the test ran, and what hangs on them.
fn without_now(text: &str) -> String {
    let hex = |word: &str| word.len() >= 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let lines = text.lines().filter(|line| !line.contains("UTC") && !line.contains("Round R-2 of"));
    let lines = lines.map(|line| {
        line.split(' ')
            .map(|word| if hex(word.trim_end_matches('.')) { "DIGEST" } else { word })
            .collect::<Vec<_>>()
            .join(" ")
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_boards_page_is_one_page_that_is_easy_to_read_and_names_no_device() {
    let place = hospital();
    report(&place, &["board", "--hospital", "St. Bride's"], "board.pdf");
    let text = pdf_text(&place.path("board.pdf"));
    let said = text.split("As of:").next().unwrap();
    insta::assert_snapshot!(without_now(said));
    assert!(text.contains("Page 1 of 1") && !text.contains("Page 2"), "{text}");
    let sentences = said.replace("\n•", ".\n•");
    let grade = grade(&sentences);
    assert!(grade <= 8.0, "grade {grade:.1}: {said}");
    assert!(
        !text.contains("CVE-") && !text.contains("10.20."),
        "a board reads of no device and no code: {text}"
    );
    let letter = report(&place, &["board", "--paper", "letter"], "letter.pdf");
    assert!(letter.starts_with(b"%PDF-"));
    assert!(pdf_text(&place.path("letter.pdf")).contains("Page 1 of 1"));
}

#[test]
fn every_finding_and_every_open_task_stands_in_its_report() {
    let place = hospital();
    report(&place, &["round"], "round.pdf");
    report(&place, &["work"], "work.pdf");
    let (round, work) = (pdf_text(&place.path("round.pdf")), pdf_text(&place.path("work.pdf")));
    let told: serde_json::Value =
        serde_json::from_str(&place.ok(&["round", "show", "--format", "json"])).unwrap();
    let findings = told["findings"].as_array().unwrap();
    assert!(round.contains(&format!("Everything that was found ({})", findings.len())));
    let list: serde_json::Value =
        serde_json::from_str(&place.ok(&["work", "export", "--format", "json"])).unwrap();
    let open = list["tasks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|task| ["open", "assigned", "reopened"].contains(&task["state"].as_str().unwrap()));
    let mut tasks = 0;
    for task in open {
        assert!(work.contains(task["id"].as_str().unwrap()), "{task}");
        tasks += 1;
    }
    assert!(tasks > 10);
    let team = report(&place, &["work", "--team", "biomedical"], "team.pdf");
    assert!(team.len() < std::fs::metadata(place.path("work.pdf")).unwrap().len().try_into().unwrap());
    insta::assert_snapshot!(without_now(&pdf_text(&place.path("team.pdf"))));
}

#[test]
fn the_same_store_gives_the_same_bytes_in_every_format() {
    let place = hospital();
    for kind in ["board", "work", "round"] {
        for format in ["pdf", "html", "csv", "xlsx", "json"] {
            let words = [kind, "--format", format];
            assert_eq!(report(&place, &words, "one"), report(&place, &words, "two"), "{kind} as {format}");
        }
    }
}

#[test]
fn verify_tells_unchanged_from_changed_and_from_what_is_not_ours() {
    let place = hospital();
    for format in ["pdf", "html", "csv", "xlsx", "json"] {
        let file = report(&place, &["board", "--format", format], "board");
        let said = place.ok(&["report", "verify", "board"]);
        assert!(said.contains("is unchanged since it was sealed. Nobody signed it"), "{said}");
        assert!(said.contains("The store says the same now."), "{said}");
        let mut changed = file.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        place.file("changed", &changed);
        assert_fails(&place.run(&["report", "verify", "changed"]), 1, &["was changed since it was sealed"]);
        place.file("cut", &file[..file.len() * 3 / 4]);
        assert_fails(&place.run(&["report", "verify", "cut"]), 1, &["not ours"]);
    }
    place.file("other", b"%PDF-1.7 something else");
    assert_fails(&place.run(&["report", "verify", "other"]), 1, &["not ours"]);
    assert_fails(&place.run(&["report", "verify", "nowhere"]), 1, &["could not be read"]);
}

#[test]
fn a_signed_report_is_known_by_the_sites_key_and_by_no_other() {
    let place = hospital();
    let hex = |byte: u8| format!("{byte:02x}").repeat(32);
    for (folder, byte) in [("keys", 7), ("others", 9)] {
        std::fs::create_dir(place.path(folder)).unwrap();
        let key = place.file(&format!("{folder}/report.key"), hex(byte).as_bytes());
        std::fs::set_permissions(key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    }
    report(&place, &["board", "--keys", "keys"], "ours.pdf");
    report(&place, &["board", "--keys", "others"], "theirs.pdf");
    let key = ["--key", "keys/report.pub"];
    let said = place.ok(&[&["report", "verify", "ours.pdf"], &key[..]].concat());
    assert!(said.contains("unchanged since this site signed it"), "{said}");
    let theirs = place.run(&[&["report", "verify", "theirs.pdf"], &key[..]].concat());
    assert_fails(&theirs, 1, &["not ours", "another key"]);
    assert!(place.ok(&["report", "verify", "theirs.pdf"]).contains("That key is not known here"));
}

#[test]
fn what_people_say_later_shows_when_a_report_is_held_against_the_store() {
    let place = hospital();
    report(&place, &["work"], "work.pdf");
    let list: serde_json::Value =
        serde_json::from_str(&place.ok(&["work", "export", "--format", "json"])).unwrap();
    let task = list["tasks"][0]["id"].as_str().unwrap();
    place.ok(&["work", "assign", task, "--to", "R. Ferreira", "--by", "K. Ito"]);
    let said = place.ok(&["report", "verify", "work.pdf"]);
    assert!(said.contains("is unchanged") && said.contains("The store says something else now"), "{said}");
    assert!(!place.ok(&["report", "verify", "work.pdf", "--alone"]).contains("store says"));
}

#[test]
fn an_earlier_round_is_told_as_it_was() {
    let place = hospital();
    report(&place, &["board", "--round", "R-1"], "first.pdf");
    let text = pdf_text(&place.path("first.pdf")).replace('\n', " ");
    assert!(text.contains("This is the first round, so we cannot say yet where it goes."), "{text}");
    assert_fails(&place.run(&["report", "board", "--round", "R-9"]), 3, &["R-9"]);
}

const COMPUTERS: &str = "\
Name,DNSHostName,OperatingSystem,OperatingSystemVersion,Enabled,LastLogonDate,IPv4Address
DC01,dc01.klinik.example,Windows Server 2012 R2 Standard,6.3 (9600),True,2026-11-20,10.20.1.5
PACS01,pacs01.klinik.example,Windows Server 2019 Standard,10.0 (17763),True,2026-11-21,10.20.2.10
";

/// What the board reads after a second list; in one line.
fn board_after(second: &str) -> String {
    let place = Place::new();
    for (day, list) in [("2026-11-23", COMPUTERS), ("2026-11-30", second)] {
        place.file("computers.csv", list.as_bytes());
        place.ok(&["import", "computers.csv", "--day", day]);
        place.ok(&["round", "--as-of", day]);
    }
    report(&place, &["board"], "board.pdf");
    pdf_text(&place.path("board.pdf")).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn better_is_what_was_fixed_and_seen_to_be_not_what_is_out_of_sight() {
    let mended = COMPUTERS
        .replace("Windows Server 2012 R2 Standard,6.3 (9600)", "Windows Server 2022 Standard,10.0 (20348)");
    let text = board_after(&mended);
    assert!(text.contains("It is getting better: 0 new ones came up, and 1 was fixed."), "{text}");
    assert!(text.contains("1 weak place was fixed so far, each seen by a later round."), "{text}");
    let unseen: Vec<&str> = COMPUTERS.lines().filter(|line| !line.starts_with("DC01")).collect();
    let text = board_after(&(unseen.join("\n") + "\n"));
    assert!(text.contains("It stays as it was: nothing new came up, and nothing was fixed."), "{text}");
    assert!(text.contains("But the two rounds did not see the same devices"), "{text}");
    assert!(text.contains("1 pressing weak place was not seen again. That proves nothing"), "{text}");
    let worse = COMPUTERS
        .replace("Windows Server 2019 Standard,10.0 (17763)", "Windows Server 2012 R2 Standard,6.3 (9600)");
    assert!(board_after(&worse).contains("It is getting worse: 1 new one came up, and 0 were fixed."));
}

#[test]
fn the_decision_asked_for_is_counted_from_open_tasks_and_none_is_made_up() {
    let text = board_after(COMPUTERS);
    assert!(text.contains("Decide when to replace what gets no more updates: 1 server."), "{text}");
    assert!(!text.contains("shield"), "nothing has to be kept away from here: {text}");
    let safe = COMPUTERS
        .replace("Windows Server 2012 R2 Standard,6.3 (9600)", "Windows Server 2022 Standard,10.0 (20348)");
    let place = Place::new();
    place.file("computers.csv", safe.as_bytes());
    place.ok(&["import", "computers.csv", "--day", "2026-11-23"]);
    place.ok(&["round", "--as-of", "2026-11-23"]);
    report(&place, &["board"], "board.pdf");
    let text = pdf_text(&place.path("board.pdf"));
    assert!(text.contains("Nothing this time. No open task needs a decision of the board."), "{text}");
}

/// What people type is hostile too: it is text in every format, and no more.
#[test]
fn hostile_names_of_hospitals_and_people_are_text_in_every_format() {
    let place = hospital();
    let names =
        ["=cmd|' /C calc'!A0", "<script>alert(1)</script>", "</title><svg/onload=alert(1)>", "a) Tj ET (b"];
    let list: serde_json::Value =
        serde_json::from_str(&place.ok(&["work", "export", "--format", "json"])).unwrap();
    let tasks: Vec<&str> =
        list["tasks"].as_array().unwrap().iter().map(|task| task["id"].as_str().unwrap()).collect();
    for (name, task) in names.iter().zip(&tasks) {
        place.ok(&["work", "assign", task, "--to", name, "--by", "K. Ito"]);
    }
    let hospital = "=HYPERLINK(\"x\")\u{202e}<img src=x onerror=alert(1)>";
    let words = |format| ["work", "--hospital", hospital, "--format", format];
    report(&place, &words("pdf"), "work.pdf");
    let pdf = pdf_text(&place.path("work.pdf")).split_whitespace().collect::<Vec<_>>().join(" ");
    for name in names {
        assert!(pdf.contains(name), "{name:?} is not in the PDF");
    }
    assert!(pdf.contains("=HYPERLINK(\"x\")\u{fffd}<img src=x"), "{pdf}");
    let text = |format: &'static str| String::from_utf8(report(&place, &words(format), "work")).unwrap();
    let html = text("html");
    for bad in ["<script>alert", "<svg/onload", "<img src=x", "\u{202e}"] {
        assert!(!html.contains(bad), "{bad:?} is in the page");
    }
    let csv = text("csv");
    let runs = |cell: &str| cell.trim_start_matches('"').starts_with(['=', '+', '-', '@']);
    let bad = csv.lines().find(|line| line.split(',').any(|cell| runs(cell) && cell.len() > 1));
    assert_eq!(bad, None, "a cell that a spreadsheet runs");
    assert!(serde_json::from_str::<serde_json::Value>(&text("json")).is_ok());
    report(&place, &words("xlsx"), "work.xlsx");
}

#[test]
fn a_name_that_is_too_long_is_refused() {
    let place = hospital();
    let long = "x".repeat(201);
    assert_fails(&place.run(&["report", "board", "--hospital", &long]), 1, &["more than 200 bytes"]);
}
