//! The talk against directories that keep to the protocol, and against those that do not. A real one is read by `lab/directory`.

use std::time::Duration;

use proptest::prelude::*;

use super::budget::{LAST_PAGE, MOST_ENTRIES_OF_PAGE, MOST_PAGES, PAGE};
use super::message::{Message, integer, length};
use super::*;
use crate::elements::{OCTET_STRING, SEQUENCE, element};
use crate::walk::Outcome;

const SECRET: &str = "sesame-4711";

fn login() -> DirectoryLogin {
    format!("read@klinik.example\n{SECRET}").parse().unwrap()
}

fn text(text: &str) -> Vec<u8> {
    element(OCTET_STRING, &[text.as_bytes()])
}

/// A result of this kind and code, with the mark of the next page.
fn result(id: u32, operation: u8, code: u8, cookie: Option<&str>) -> Vec<u8> {
    let operation = element(operation, &[&[0x0a, 1, code], &text(""), &text("said beside it")]);
    let controls = cookie.map(|cookie| {
        let value = element(SEQUENCE, &[&integer(0), &text(cookie)]);
        let control =
            element(SEQUENCE, &[&text("1.2.840.113556.1.4.319"), &element(OCTET_STRING, &[&value])]);
        element(0xa0, &[&control])
    });
    element(SEQUENCE, &[&integer(id), &operation, &controls.unwrap_or_default()])
}

fn entry(id: u32, name: &str, attributes: &[(&str, &[&str])]) -> Vec<u8> {
    let one = |(kind, values): &(&str, &[&str])| {
        let values: Vec<u8> = values.iter().flat_map(|value| text(value)).collect();
        element(SEQUENCE, &[&text(kind), &element(0x31, &[&values])])
    };
    let attributes: Vec<u8> = attributes.iter().flat_map(one).collect();
    let operation = element(0x64, &[&text(name), &element(SEQUENCE, &[&attributes])]);
    element(SEQUENCE, &[&integer(id), &operation])
}

fn root(id: u32) -> Vec<u8> {
    [entry(id, "", &[("defaultNamingContext", &["DC=klinik,DC=example"])]), result(id, 0x65, 0, None)]
        .concat()
}

/// A talk that is logged in and knows its domain: two requests were answered.
fn begun() -> Talk {
    let mut talk = Talk::new(login());
    assert!(has(&talk.next(Duration::ZERO).unwrap(), SECRET.as_bytes()));
    assert_eq!(talk.hear(&result(1, 0x61, 0, None)), Ok(true));
    assert!(!has(&talk.next(Duration::ZERO).unwrap(), SECRET.as_bytes()));
    assert_eq!(talk.hear(&root(2)), Ok(true));
    talk
}

fn has(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Asks and answers once.
#[track_caller]
fn turn(talk: &mut Talk, wanted: &str, answer: &[u8]) {
    let asked = talk.next(Duration::ZERO).unwrap();
    assert!(has(&asked, wanted.as_bytes()), "{}", String::from_utf8_lossy(&asked));
    // A byte at a time: it is the same.
    let (last, before) = answer.split_last().unwrap();
    assert!(before.iter().all(|byte| talk.hear(&[*byte]) == Ok(false)));
    assert_eq!(talk.hear(&[*last]), Ok(true));
}

#[test]
fn a_directory_tells_its_lists_in_pages() {
    let mut talk = begun();
    let flags: (&str, &[&str]) = ("userAccountControl", &["4096"]);
    let first = [
        entry(3, "CN=A", &[("name", &["PACS01"]), ("dNSHostName", &["pacs01.klinik.example"]), flags]),
        result(3, 0x65, 0, Some("more")),
    ];
    turn(&mut talk, "operatingSystem", &first.concat());
    // Of the second page, a name with what a list could be broken by; and another server, to which nobody goes.
    let reference = element(SEQUENCE, &[&integer(4), &element(0x73, &[&text("ldap://elsewhere/")])]);
    let second =
        [entry(4, "CN=B", &[("name", &["a\",\"b"]), flags]), reference, result(4, 0x65, 0, Some(""))];
    turn(&mut talk, "more", &second.concat());
    let accounts = [
        entry(5, "CN=Erika", &[("sAMAccountName", &["emuster"]), ("userAccountControl", &["66048"])]),
        entry(5, "CN=S", &[("sAMAccountName", &["svc"]), ("servicePrincipalName", &["a/b", "c/d"])]),
        entry(5, "CN=nameless", &[("userAccountControl", &["66048"])]),
        result(5, 0x65, 0, Some("")),
    ];
    turn(&mut talk, "805306368", &accounts.concat());
    let groups = [entry(6, "CN=Domain Admins,DC=klinik", &[]), result(6, 0x65, 0, None)];
    turn(&mut talk, "DnsAdmins", &groups.concat());
    let member: (&str, &[&str]) = ("memberOf", &["CN=Domain Admins,DC=klinik", "CN=Ward 3,DC=klinik"]);
    let rights = [
        entry(7, "CN=Erika", &[("sAMAccountName", &["emuster"]), member]),
        entry(7, "CN=gone", &[("sAMAccountName", &["gone"]), member]),
        result(7, 0x65, 0, None),
    ];
    turn(&mut talk, "CN=Domain Admins,DC=klinik", &rights.concat());
    assert_eq!(talk.next(Duration::ZERO), None);
    let told = talk.told();
    assert!(!told.is_cut_short && !format!("{told:?}").contains("emuster"));
    let lists: Vec<(&str, u64, &str)> =
        told.lists.iter().map(|list| (list.name.as_str(), list.rows, list.text.as_str())).collect();
    assert_eq!(
        lists,
        [
            (
                "computers of klinik.example, read over LDAP",
                2,
                "\"DN\",\"name\",\"dNSHostName\",\"operatingSystem\",\"operatingSystemVersion\",\"userAccountControl\",\"lastLogonTimestamp\"\n\
                 \"DC=klinik,DC=example\",\"PACS01\",\"pacs01.klinik.example\",\"\",\"\",\"4096\",\"\"\n\
                 \"DC=klinik,DC=example\",\"a\"\",\"\"b\",\"\",\"\",\"\",\"4096\",\"\"\n"
            ),
            (
                "accounts of klinik.example, read over LDAP",
                2,
                "\"DN\",\"sAMAccountName\",\"userPrincipalName\",\"userAccountControl\",\"lastLogonTimestamp\",\"pwdLastSet\",\"adminCount\",\"servicePrincipalName\",\"memberOf\"\n\
                 \"DC=klinik,DC=example\",\"emuster\",\"\",\"66048\",\"\",\"\",\"\",\"\",\"CN=Domain Admins,DC=klinik;CN=Ward 3,DC=klinik\"\n\
                 \"DC=klinik,DC=example\",\"svc\",\"\",\"\",\"\",\"\",\"\",\"yes\",\"\"\n"
            ),
        ]
    );
}

#[test]
fn what_is_refused_is_told_in_words_and_by_an_outcome() {
    let login_ends = |code| {
        let mut talk = Talk::new(login());
        talk.next(Duration::ZERO).unwrap();
        talk.hear(&result(1, 0x61, code, None)).unwrap_err()
    };
    for (code, fault, outcome) in [
        (49, Fault::WrongLogin, Outcome::NotAllowed),
        (8, Fault::OtherLogin, Outcome::NotAllowed),
        (51, Fault::Busy, Outcome::NotAllowed),
        (2, Fault::NotUnderstood, Outcome::NotUnderstood),
    ] {
        assert_eq!((login_ends(code), fault.outcome()), (fault, outcome));
    }
    // A directory that is none of Active Directory.
    let mut talk = Talk::new(login());
    talk.next(Duration::ZERO).unwrap();
    talk.hear(&result(1, 0x61, 0, None)).unwrap();
    talk.next(Duration::ZERO).unwrap();
    let other = [entry(2, "", &[("objectClass", &["top"])]), result(2, 0x65, 0, None)].concat();
    assert_eq!(talk.hear(&other), Err(Fault::NoDirectory));
    // It ends by itself.
    let mut talk = begun();
    talk.next(Duration::ZERO).unwrap();
    assert_eq!(talk.hear(&result(0, 0x78, 52, None)), Err(Fault::Ended));
    let mut talk = begun();
    talk.next(Duration::ZERO).unwrap();
    assert_eq!(talk.hear(&result(3, 0x65, 50, None)), Err(Fault::NotAllowed));
}

#[test]
fn what_no_directory_says_ends_the_talk() {
    for wrong in [
        b"HTTP/1.1 400 Bad Request\r\n".to_vec(),
        vec![0x30, 0x80, 1, 2],
        vec![0x30, 0x85, 1, 1, 1, 1, 1],
        // Two answers to one request, an answer to another one, and none to any.
        [result(3, 0x65, 0, None), result(3, 0x65, 0, None)].concat(),
        result(9, 0x65, 0, None),
        result(3, 0x61, 0, None),
        element(SEQUENCE, &[&integer(3), &element(0x64, &[&text("name alone")])]),
        result(3, 0x65, 0, Some(&"x".repeat(5000))),
    ] {
        let mut talk = begun();
        talk.next(Duration::ZERO).unwrap();
        assert_eq!(talk.hear(&wrong), Err(Fault::NotUnderstood), "{wrong:?}");
    }
    // A page of more entries than were asked for.
    let mut talk = begun();
    talk.next(Duration::ZERO).unwrap();
    assert_eq!(talk.hear(&entry(3, "CN=x", &[]).repeat(10)), Ok(false));
    assert_eq!(talk.hear(&entry(3, "CN=x", &[])), Err(Fault::TooMuch));
    // A message that would never end.
    let mut talk = begun();
    talk.next(Duration::ZERO).unwrap();
    assert_eq!(talk.hear(&[0x30, 0x84, 0x7f, 0xff, 0xff, 0xff]), Err(Fault::TooMuch));
}

#[test]
fn pages_grow_and_shrink_to_their_size_and_end_with_the_budget() {
    let pages = |entry_bytes: usize| {
        let (mut talk, mut id, mut most) = (begun(), 2_u32, 0_usize);
        let filler = "x".repeat(entry_bytes);
        while let Some(asked) = talk.next(Duration::ZERO) {
            id += 1;
            let Message { .. } = Message::read(&asked).unwrap();
            let wanted = usize::try_from(talk.wanted_entries()).unwrap();
            let one = entry(id, "CN=x", &[("name", &[&filler])]);
            most = most.max(wanted * one.len());
            assert!(wanted <= MOST_ENTRIES_OF_PAGE as usize);
            let page = [one.repeat(wanted), result(id, 0x65, 0, Some("on and on"))].concat();
            assert_eq!(talk.hear(&page), Ok(true));
        }
        (id, most, talk.told())
    };
    let (asked, most, told) = pages(700);
    // The first page alone is of a size that nobody knows before.
    assert!(most <= PAGE.max(10 * 800), "{most}");
    assert!(asked <= MOST_PAGES + 1 && told.is_cut_short && told.lists.is_empty(), "{asked}");
    let (asked, _, told) = pages(20);
    assert!(asked < MOST_PAGES && told.is_cut_short, "entries have an end, too: {asked}");
    // Time has one as well, and what was told to its end by then is kept.
    let mut talk = begun();
    turn(&mut talk, "operatingSystem", &result(3, 0x65, 0, None));
    assert_eq!(talk.next(LAST_PAGE), None);
    let told = talk.told();
    assert_eq!((told.is_cut_short, told.lists.len()), (true, 1));
    // A directory that limits what it tells by itself.
    let mut talk = begun();
    turn(&mut talk, "operatingSystem", &result(3, 0x65, 4, None));
    assert_eq!((talk.next(Duration::ZERO), talk.told().lists.len()), (None, 0));
}

#[test]
fn the_seed_of_the_fuzz_target_is_a_whole_talk() {
    let seed = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/seeds/directory/whole");
    let seed = std::fs::read(seed).unwrap();
    let mut talk = Talk::new(login());
    talk.next(Duration::ZERO).unwrap();
    for byte in &seed[1..] {
        if talk.hear(&[*byte]).unwrap() {
            talk.next(Duration::ZERO);
        }
    }
    let rows: Vec<u64> = talk.told().lists.iter().map(|list| list.rows).collect();
    assert_eq!(rows, [2, 1]);
}

proptest! {
    #[test]
    fn any_bytes_are_taken_or_refused(bytes: Vec<u8>, cut in 1_usize..9) {
        for (mut talk, id) in [(Talk::new(login()), 1), (begun(), 3)] {
            talk.next(Duration::ZERO);
            for piece in bytes.chunks(cut) {
                if talk.hear(piece).is_err() {
                    break;
                }
            }
            let _ = talk.told();
            let mut talk = begun();
            talk.next(Duration::ZERO);
            // Behind a beginning that is right.
            for tag in [0x64, 0x65, 0x73] {
                let one = element(SEQUENCE, &[&integer(id), &element(tag, &[&bytes])]);
                prop_assert_eq!(length(&one), Ok(Some(one.len())));
                let _ = talk.hear(&one);
                talk.next(Duration::ZERO);
            }
        }
    }

    #[test]
    fn numbers_are_written_as_they_are_read(number: u32) {
        let one = element(SEQUENCE, &[&integer(number), &element(0x65, &[&[0x0a, 1, 0]])]);
        prop_assert_eq!(Message::read(&one).unwrap().id, number);
    }
}
