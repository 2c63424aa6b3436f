//! Files of tasks: kept as they came, taken back and counted again, and taken out for good.

use std::collections::BTreeSet;
use std::path::Path;

use rusqlite::Connection;
use wardround_remedy::{EventId, TaskId, What};
use wardround_store::{MOST_ATTACHED, PIECE, Store};

use crate::work::{attach, now, person, say, store};

fn content(store: &Store, event: EventId) -> Vec<u8> {
    let pieces = (0..).map_while(|piece| store.attachment_piece(event, piece).unwrap());
    pieces.flatten().collect()
}

fn files(store: &Store, task: TaskId) -> Vec<(EventId, bool)> {
    let events = store.attachments_of(&BTreeSet::from([task])).unwrap();
    let file = |event: &wardround_remedy::Event| match &event.what {
        What::Attached(file) => (event.id, file.is_gone),
        other => panic!("{other:?}"),
    };
    events.iter().map(file).collect()
}

fn is_in_a_file(folder: &Path, bytes: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().any(|file| {
        let held = std::fs::read(file.unwrap().path()).unwrap();
        held.windows(bytes.len()).any(|window| window == bytes)
    })
}

#[test]
fn a_file_is_handed_out_as_it_came_and_its_undo_can_be_undone() {
    let (folder, mut store) = store();
    let long: Vec<u8> = (0..3 * PIECE + 17).map(|byte| b'a' + u8::try_from(byte % 26).unwrap()).collect();
    let (new, first) = attach(&mut store, "long.txt", &long);
    let (_, second) = attach(&mut store, "even.log", &long[..2 * PIECE]);
    let store_again = Store::open_read_only(folder.path().join("rounds.db")).unwrap();
    assert_eq!(content(&store_again, first), long);
    assert_eq!(content(&store_again, second), &long[..2 * PIECE]);
    drop(store_again);
    let task = new.task();
    assert_eq!(files(&store, task), [(first, false), (second, false)]);
    let (_, undone) = say(&mut store, |task| task.undo(person("K. Ito"), first).unwrap());
    assert_eq!(files(&store, task), [(second, false)]);
    assert_eq!(content(&store, first), long, "what is taken back is kept");
    say(&mut store, |task| task.undo(person("K. Ito"), undone).unwrap());
    assert_eq!(files(&store, task), [(first, false), (second, false)]);
    assert!(store.work_event_save(&new, now()).is_err(), "no file without its bytes");
    assert!(store.attachment_save(&new, b"other", now()).is_err(), "nor with others");
}

#[test]
fn all_files_together_have_a_limit() {
    let (folder, mut store) = store();
    let (new, first) = attach(&mut store, "a.txt", b"abc");
    let connection = Connection::open(folder.path().join("rounds.db")).unwrap();
    let set = |bytes: u64| {
        let bytes = i64::try_from(bytes).unwrap();
        connection.execute("UPDATE attachment SET bytes = ?1 WHERE event_id = ?2", (bytes, first.0)).unwrap();
    };
    set(MOST_ATTACHED - 2);
    let before = store.work_event_list().unwrap().len();
    assert_eq!(store.attachment_save(&new, b"abc", now()).unwrap(), None);
    assert_eq!(store.work_event_list().unwrap().len(), before, "nothing of it is kept");
    set(MOST_ATTACHED - 3);
    assert!(store.attachment_save(&new, b"abc", now()).unwrap().is_some());
    store.attachment_remove(first, now()).unwrap();
    assert!(store.attachment_save(&new, b"abc", now()).unwrap().is_some(), "what is gone takes no room");
}

#[test]
fn what_is_taken_out_of_a_file_is_in_no_byte_of_the_store() {
    let (folder, mut store) = store();
    let wide = |text: &str| -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    };
    let split = format!("{}Mary-Jane Okafor", "x".repeat(PIECE - 6));
    let (new, narrow) = attach(&mut store, "ward.txt", split.as_bytes());
    let (_, latin) = attach(&mut store, "latin.txt", b"for MARY-JANE OKAFOR, G\xe4ste");
    let (_, utf16) = attach(&mut store, "windows.txt", &wide("of mary-jane okafor"));
    let (_, other) = attach(&mut store, "Mary-Jane Okafor.txt", b"somebody else");
    let found = store.redact_find("mary-jane okafor").unwrap();
    let rows: Vec<(&str, u64)> = found.iter().map(|one| (one.column.as_str(), one.rows)).collect();
    assert_eq!(rows, [("text", 1), ("content", 3)]);
    store.redact("mary-jane okafor", now()).unwrap();
    for event in [narrow, latin, utf16] {
        assert_eq!(content(&store, event), b"");
    }
    assert_eq!(content(&store, other), b"somebody else");
    let gone = files(&store, new.task());
    assert_eq!(gone, [(narrow, true), (latin, true), (utf16, true), (other, false)]);
    for name in [&b"Mary-"[..], b"MARY-JANE", &wide("okafor")[2..]] {
        assert!(!is_in_a_file(folder.path(), name));
    }
    // What nobody can look into goes by its event.
    let (_, packed) = attach(&mut store, "label.jpg", b"\xff\xd8\xff\xe0 a photo of a name");
    assert!(is_in_a_file(folder.path(), b"a photo of a name"));
    assert!(store.attachment_remove(packed, now()).unwrap());
    assert!(!is_in_a_file(folder.path(), b"a photo of a name"));
    assert!(!store.attachment_remove(packed, now()).unwrap(), "it is gone");
    assert!(!store.attachment_remove(EventId(999), now()).unwrap());
    let mut log = Vec::new();
    store.audit_each(|entry| log.push(entry.said.subject)).unwrap();
    assert_eq!(log.last().unwrap(), &format!("the content of the file {packed}"));
}
