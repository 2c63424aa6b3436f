//! Reports on the site: who may take which, that they are sealed and signed, and that taking one is logged.

use crate::browser::{Browser, set_up, with_round};
use crate::running::Running;

const FORMATS: [&str; 5] = ["pdf", "html", "xlsx", "csv", "json"];

fn member(site: &Running, role: &str) -> Browser {
    let invited = site.run(&["invite", "--role", role, "--store", "rounds.sqlite"]);
    let text = String::from_utf8(invited.stdout).unwrap();
    let code = text.lines().nth(1).unwrap().trim().to_owned();
    let browser = Browser::new(site);
    browser.join(&code, role);
    browser
}

#[test]
fn every_report_comes_in_every_format_sealed_and_signed_by_the_site() {
    let (site, ada) = with_round();
    ada.get("/reports").shows(&[
        "The board's page",
        "Work sheets",
        "Report of the round",
        "action=\"/reports/board/file\"",
    ]);
    for kind in ["board", "work", "round"] {
        for format in FORMATS {
            let (answer, bytes) = ada.get_bytes(&format!("/reports/{kind}/file?format={format}"));
            assert_eq!(answer.status, 200, "{kind} {format}");
            let name = answer.header("content-disposition");
            assert_eq!(name, format!("attachment; filename=\"wardround-{kind}-R-1.{format}\""));
            std::fs::write(site.path("report"), bytes).unwrap();
            let words = ["report", "verify", "report", "--store", "rounds.sqlite"];
            let verified = site.run(&words);
            let said = String::from_utf8_lossy(&verified.stdout).into_owned();
            assert!(said.contains("unchanged since this site signed it"), "{kind} {format}: {said}");
            assert!(said.contains("The store says the same now"), "{kind} {format}: {said}");
        }
    }
    assert_eq!(ada.get("/reports/board/file?format=exe").status, 404);
    ada.get("/reports/board").shows(&["What threatens patients", "The decision that we ask for", "As of"]);
    ada.get("/audit").shows(&["took the board's page", "took work sheets", "took the report of a round"]);
}

#[test]
fn a_board_member_takes_the_boards_page_and_no_other() {
    let (site, _) = with_round();
    let board = member(&site, "board");
    let page = board.get("/reports");
    page.shows(&["The board's page"]);
    assert!(!page.text.contains("Work sheets"), "{}", page.text);
    assert_eq!(board.get_bytes("/reports/board/file?format=pdf").0.status, 200);
    for kind in ["work", "round"] {
        assert_eq!(board.get(&format!("/reports/{kind}/file?format=csv")).status, 403);
    }
    let shown = board.get("/reports/board").text;
    assert!(!shown.contains("10.20.") && !shown.contains("CVE-"), "a board reads of no device: {shown}");
}

#[test]
fn where_no_round_was_run_there_is_no_report() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    ada.get("/reports").shows(&["There is no round yet."]);
    ada.get("/reports/board").shows(&["There is no round yet."]);
    assert_eq!(ada.get("/reports/work/file?format=pdf").status, 404);
}
