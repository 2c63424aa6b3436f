//! Files of tasks: sent by a form, handed out to be saved, taken back and counted again; hostile ones are refused or made harmless.

use std::io::Write as _;

use crate::browser::{Answer, Browser, set_up};
use crate::hostile::{NAMES, assert_escaped};
use crate::running::Running;
use crate::work::{COMPUTERS, member, round, said, task};

const PDF: &[u8] = b"%PDF-1.7\n<script>alert(1)</script>";

/// A site with one task, and its page.
fn with_task() -> (Running, Browser, String) {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    round(&site, "2026-11-20", COMPUTERS);
    let task = task(&ada);
    (site, ada, task)
}

fn send(browser: &Browser, task: &str, files: &[(&str, &[u8])]) -> Answer {
    let token = browser.get("/account").hidden("token");
    browser.send_files_to(&format!("{task}/files"), &token, files)
}

#[track_caller]
fn sent(browser: &Browser, task: &str, files: &[(&str, &[u8])]) {
    assert_eq!(send(browser, task, files).to(), format!("{task}#files"));
}

fn sha256(bytes: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_file_is_kept_logged_handed_out_to_be_saved_and_taken_back() {
    let (site, ada, task) = with_task();
    // Longer than one piece of the store.
    let mut letter = PDF.to_vec();
    letter.extend((0..300_000).map(|byte| u8::try_from(byte % 251).unwrap()));
    sent(&ada, &task, &[("Gerät 3.pdf", &letter), ("note.txt", b"seen in room 3")]);
    let page = ada.get(&task);
    page.shows(&["Gerät 3.pdf", "(300 kB)", "note.txt", "(14 bytes)", &sha256(&letter), "file: note.txt"]);
    let (answer, bytes) = ada.get_bytes(&format!("{task}/files/E-1"));
    assert!(bytes == letter, "{} bytes", bytes.len());
    for (name, value) in [
        ("content-type", "application/octet-stream"),
        ("content-length", "300034"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
        ("cross-origin-resource-policy", "same-origin"),
        ("content-disposition", "attachment; filename=\"Ger_t 3.pdf\"; filename*=UTF-8''Ger%C3%A4t%203.pdf"),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
    assert!(answer.header("content-security-policy").starts_with("default-src 'none'"));
    // The device, the exports and the sheet name it.
    let device =
        crate::views::links(&page.text).into_iter().find(|link| link.starts_with("/devices/")).unwrap();
    ada.get(&device).shows(&["Documents", "Gerät 3.pdf", &format!("{task}/files/E-1")]);
    ada.get("/work/export/csv").shows(&["\"Gerät 3.pdf, note.txt\""]);
    let json: serde_json::Value = serde_json::from_str(&ada.get("/work/export/json").text).unwrap();
    assert_eq!(json["tasks"][0]["files"][0]["sha256"], sha256(&letter));
    ada.get("/reports/work/file?format=html").shows(&["Gerät 3.pdf and note.txt"]);
    // Each took part in the log, by its digest and never by its name.
    let log = ada.get("/audit");
    log.shows(&[
        "sent files for a task",
        "added a file to a task",
        &sha256(&letter),
        "took a file of a task",
    ]);
    assert!(!log.text.contains("Gerät"), "{}", log.text);
    // Taken back it is on record, and no longer handed out; a kill changes nothing of that.
    said(&ada, &task, "undo/E-1", &[]);
    assert_eq!(ada.get(&format!("{task}/files/E-1")).status, 404);
    assert!(!ada.get(&task).text.contains("/files/E-1\""));
    ada.get(&task).shows(&["Taken back", "file: Gerät 3.pdf", "E-1 is taken back", "/files/E-2\""]);
    assert!(!ada.get("/work/export/csv").text.contains("Gerät 3.pdf"));
    said(&ada, &task, "undo/E-3", &[]);
    assert!(ada.get_bytes(&format!("{task}/files/E-1")).1 == letter);
    // From the command line too.
    let id = task.strip_prefix("/work/").unwrap();
    std::fs::File::create(site.path("label.png")).unwrap().write_all(b"\x89PNG\r\n\x1a\nlabel").unwrap();
    let run = |words: &[&str]| site.run(&[words, &["--store", "rounds.sqlite"]].concat());
    assert!(run(&["work", "attach", id, "label.png", "--by", "K. Ito"]).status.success());
    ada.get(&task).shows(&["label.png", "K. Ito"]);
    assert_eq!(ada.get_bytes(&format!("{task}/files/E-5")).1, b"\x89PNG\r\n\x1a\nlabel");
    assert!(std::fs::read_dir(site.path("uploads")).unwrap().next().is_none(), "nothing waits");
}

#[test]
fn what_is_hostile_is_refused_or_harmless() {
    let (site, ada, task) = with_task();
    let refused = |name: &str, bytes: &[u8], why: &str| {
        let answer = send(&ada, &task, &[(name, bytes)]);
        assert_eq!(answer.status, 400, "{name}");
        answer.shows(&[why]);
        assert_escaped(name, &answer.text);
    };
    refused(
        "page.html",
        b"<!doctype html><script>alert(1)</script>",
        "Files of this kind are not taken. Send pdf,",
    );
    refused(
        "page.txt",
        b"<!doctype html><script>alert(1)</script>",
        "The file is not what its ending .txt says.",
    );
    refused("run.pdf", b"MZ\x90\0", "The file is not what its ending .pdf says.");
    refused("picture.svg", b"<svg onload=alert(1)>", "not taken");
    refused("empty.txt", b"", "The file is empty.");
    refused("huge.txt", &vec![b'a'; 10 * 1024 * 1024 + 1], "huge.txt: A file may have 10 MB at most.");
    refused("much.txt", &vec![b'a'; 40 * 1024 * 1024], "A file may have 10 MB at most.");
    send(&ada, &task, &[("", b"")]).shows(&["No file was chosen."]);
    assert_eq!(ada.send_files_to(&format!("{task}/files"), "forged", &[("a.txt", b"a")]).status, 403);
    assert_eq!(send(&ada, "/work/W-000000000000", &[("a.txt", b"a")]).status, 404);
    assert!(!ada.get(&task).text.contains("/files/E-"), "nothing of it is kept");
    // Of several, those before the one that is refused are kept.
    send(&ada, &task, &[("a.txt", b"a"), ("b.exe", b"MZ")]).shows(&["b.exe:", "Those before it are kept."]);
    // Names lose their folders and tricks, and lead nowhere else.
    sent(&ada, &task, &[("../../../etc/passwd.txt", b"x"), ("=cmd+calc.csv", b"y"), ("C:\\a\\b.log", b"z")]);
    ada.get(&task).shows(&[">passwd.txt<", ">=cmd+calc.csv<", ">b.log<"]);
    let csv = ada.get("/work/export/csv").text;
    assert!(csv.contains("\"a.txt, passwd.txt, =cmd+calc.csv, b.log\""), "{csv}");
    said(&ada, &task, "undo/E-1", &[]);
    said(&ada, &task, "undo/E-2", &[]);
    let csv = ada.get("/work/export/csv").text;
    assert!(csv.contains("\"'=cmd+calc.csv, b.log\""), "{csv}");
    for name in NAMES {
        let file = format!("{}.txt", name.replace('"', "%22").replace('\u{1b}', "?"));
        // One that is all folders has no ending left.
        let status = send(&ada, &task, &[(&file, b"x")]).status;
        assert_eq!(status, if name.ends_with('/') { 400 } else { 303 }, "{name}");
    }
    let page = ada.get(&task);
    assert_escaped(&task, &page.text);
    assert!(!page.text.contains('\u{202e}'));
    for link in crate::views::links(&page.text).iter().filter(|link| link.contains("/files/")) {
        let answer = ada.get(link);
        assert!(answer.status == 200 && answer.is_file(), "{link}");
        assert_eq!(answer.header("content-type"), "application/octet-stream");
    }
    // Addresses name one file of one task.
    for event in ["E-0", "E-99", "E-5", "..%2f..%2frounds.sqlite", "x"] {
        assert_eq!(ada.get(&format!("{task}/files/{event}")).status, 404, "{event}");
    }
    assert_eq!(ada.get("/work/W-000000000000/files/E-3").status, 404);
    // Twenty are kept for a task; what is taken back counts.
    let files: Vec<(&str, &[u8])> = vec![("more.txt", b"x"); 10];
    send(&ada, &task, &files).shows(&["This task has 20 files", "Those before it are kept."]);
    assert!(!site.log().contains("passwd"), "{}", site.log());
}

#[test]
fn roles_send_and_take_files_as_they_may() {
    let (site, ada, task) = with_task();
    sent(&ada, &task, &[("letter.pdf", PDF)]);
    assert_eq!(Browser::new(&site).get(&format!("{task}/files/E-1")).to(), "/sign-in");
    for (role, reads, works) in [
        ("security", true, true),
        ("biomedical", true, true),
        ("network", true, true),
        ("compliance", true, true),
        ("auditor", true, false),
        ("board", false, false),
    ] {
        let browser = member(&site, &ada, role);
        let answer = browser.get(&format!("{task}/files/E-1"));
        assert_eq!(answer.status, if reads { 200 } else { 403 }, "{role}");
        assert_eq!(browser.get(&task).text.contains("Add files"), works, "{role}");
        let status = send(&browser, &task, &[("seen.txt", b"seen")]).status;
        assert_eq!(status, if works { 303 } else { 403 }, "{role}");
    }
}

#[test]
fn a_program_attaches_and_takes_the_same_files_by_the_same_rules_and_may_stop_asking() {
    let (_site, browser, task) = with_task();
    let token = browser.make_token("write");
    let path = format!("/api/v1{task}/files");
    let note = "The vendor comes on Monday.\n".as_bytes();
    let attached = browser.send_file(&token, &format!("{path}?name=note.txt"), note);
    assert_eq!(attached.status, 201, "{}", attached.text);
    let told: serde_json::Value = serde_json::from_str(&attached.text).unwrap();
    let id = told["id"].as_str().unwrap();
    browser.get(&task).shows(&["note.txt", &sha256(note)]);
    let taken = browser.api(&token, &format!("{path}/{id}"));
    assert_eq!((taken.status, taken.text.as_bytes()), (200, note));
    assert!(taken.is_file(), "it is to be saved");
    let page = browser.send_file(&token, &format!("{path}?name=a.html"), b"<script>alert(1)</script>");
    assert_eq!(page.status, 409, "{}", page.text);
    assert_eq!(browser.api(&token, &format!("{path}/E-999")).status, 404);
    let reads = browser.make_token("read");
    assert_eq!(browser.send_file(&reads, &format!("{path}?name=note.txt"), note).status, 403);

    assert!(!browser.get("/ask").text.contains("Asking is stopped"));
    let stopped = browser.send(&token, "POST", "/api/v1/asking/stop", "{}", &[]);
    assert_eq!((stopped.status, stopped.text.as_str()), (200, "{\"done\":true}"));
    browser.get("/ask").shows(&["Asking is stopped"]);
    let resumed = browser.send(&token, "POST", "/api/v1/asking/resume", "{}", &[]);
    assert_eq!(resumed.status, 404, "only a person allows it again");
    assert_eq!(resumed.header("connection"), "close", "what it brought was not read");
    let log = browser.api(&token, "/api/v1/asking/log/text");
    assert_eq!(log.status, 200, "{}", log.text);
    assert!(log.text.contains("stop"), "{}", log.text);
}
