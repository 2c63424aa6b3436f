//! What the doctor says, by what it found.

use super::*;

#[path = "../../../../triage/src/phrases/tests/grade.rs"]
mod grade;

fn found(walls: Result<Walls, String>, interfaces: Vec<(&str, Option<OpenError>)>) -> Found {
    Found {
        store: ("/home/it/.local/share/wardround/rounds.sqlite".to_owned(), false),
        walls,
        interfaces: interfaces.into_iter().map(|(name, why)| (name.to_owned(), why)).collect(),
    }
}

const GOOD: Walls = Walls { files: Files::Closed, left_root: true };

fn pages() -> Vec<String> {
    let off = || Some(OpenError::Down("eth1".to_owned()));
    let old = |files| Ok(Walls { files, left_root: false });
    let cases = [
        found(Ok(GOOD), vec![("lo", None), ("eth0", None), ("eth1", off())]),
        found(old(Files::ClosedInPart), vec![("eth0", Some(OpenError::NoRight))]),
        found(
            old(Files::ByCallsAlone),
            vec![("eth1", off()), ("wg0", Some(OpenError::NotEthernet("wg0".to_owned(), 65_534)))],
        ),
        found(
            Err("the reader could not give up its rights (user: no such right), so that it reads nothing"
                .to_owned()),
            vec![("eth0", None)],
        ),
    ];
    cases.iter().map(Found::page).collect()
}

#[test]
fn it_says_what_works_and_what_to_do_next() {
    insta::assert_snapshot!(pages().join("\n- - -\n\n"));
}

#[test]
fn it_is_easy_to_read() {
    for page in pages() {
        // Without names of files and commands, which nobody reads as sentences.
        let words = |line: &&str| !line.starts_with("    ") && !line.contains('/');
        let text: Vec<_> = page.lines().filter(words).collect();
        let grade = grade::grade(&text.join("\n"));
        assert!(grade <= 8.0, "grade {grade:.1}:\n{page}");
    }
}

#[test]
fn it_finds_the_interface_to_others_first_and_none_without_walls() {
    assert_eq!(found(Ok(GOOD), vec![("lo", None), ("eth0", None)]).first_to_watch(), Some("eth0"));
    assert_eq!(found(Ok(GOOD), vec![("lo", None)]).first_to_watch(), Some("lo"));
    assert_eq!(found(Err(String::new()), vec![("eth0", None)]).first_to_watch(), None);
}
