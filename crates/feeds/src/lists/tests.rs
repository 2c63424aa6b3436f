//! Lists as publishers write them, and as nobody should.

use proptest::prelude::*;

use super::*;

fn paths(documents: &Documents) -> Vec<&str> {
    documents.documents.iter().map(|document| document.url.as_str()).collect()
}

#[test]
fn a_provider_names_its_lists_and_keys() {
    let text = br#"{"distributions":[
        {"rolie":{"feeds":[{"url":"https://h/white.json","tlp_label":"WHITE"},{"url":"https://h/red.json","tlp_label":"RED"}]}},
        {"directory_url":"https://h/white/"}],
        "public_openpgp_keys":[{"url":"https://h/key.asc","fingerprint":"AB12"},{"fingerprint":"none"}]}"#;
    let provider = Provider::parse(text).unwrap();
    assert_eq!(provider.feeds, ["https://h/white.json"]);
    assert_eq!((provider.folders.as_slice(), provider.closed), (&["https://h/white/".to_owned()][..], 1));
    let key = PublicKey { url: "https://h/key.asc".into(), fingerprint: Some("ab12".into()) };
    assert_eq!(provider.keys, [key]);
    for wrong in [&b"{}"[..], b"<html>", b"[]", b"{\"distributions\":7}"] {
        assert!(Provider::parse(wrong).is_err());
    }
}

#[test]
fn a_rolie_feed_names_documents_with_their_hashes() {
    let text = br#"{"feed":{"entry":[
        {"id":"a","updated":"2026-11-01T00:00:00Z","content":{"src":"https://h/a.json"},"link":[
            {"rel":"self","href":"https://h/a.json"},{"rel":"hash","href":"https://h/a.json.sha512"},
            {"rel":"signature","href":"https://h/a.json.asc"}]},
        {"id":"b","link":[{"rel":"self","href":"b.json"}]},
        {"id":"c","link":[{"rel":"self","href":"with space.json"}]},
        {"id":"d"}]}}"#;
    let documents = Documents::of_rolie(text).unwrap();
    assert_eq!(paths(&documents), ["https://h/a.json", "b.json"]);
    assert_eq!(documents.unusable, 2);
    assert_eq!(documents.documents[0].hash.as_deref(), Some("https://h/a.json.sha512"));
    assert_eq!(documents.documents[0].signature.as_deref(), Some("https://h/a.json.asc"));
    assert!(Documents::of_rolie(b"{\"feed\":{}}").is_err());
    assert_eq!(Documents::of_rolie(b"{\"feed\":{\"entry\":[]}}").unwrap(), Documents::default());
}

#[test]
fn lists_of_a_folder_lead_nowhere_else() {
    let changes = b"\"2026/a.json\",\"2026-11-01T00:00:00Z\"\n./b.json,2026-11-02T00:00:00.000Z\n\
        \"../../c.json\",\"2026-11-01T00:00:00Z\"\n/etc/d.json,2026-11-01T00:00:00Z\nhttps://h/e.json,2026-11-01T00:00:00Z\n\
        f.json,soon\ng.txt,2026-11-01T00:00:00Z\nh.json\na//i.json,2026-11-01T00:00:00Z\n";
    let documents = Documents::of_changes(changes).unwrap();
    assert_eq!(paths(&documents), ["2026/a.json", "b.json"]);
    assert_eq!(documents.unusable, 7);
    let index = Documents::of_index(b"2026/a.json\r\n\n..\\b.json\n../c.json\n").unwrap();
    assert_eq!((paths(&index), index.unusable), (vec!["2026/a.json"], 2));
    for wrong in [&b""[..], b"<html><body>Sorry</body></html>", b"\xff\xfe\n\x00"] {
        assert!(Documents::of_changes(wrong).is_err() && Documents::of_index(wrong).is_err());
    }
}

#[test]
fn a_meta_file_states_a_hash_and_a_moment() {
    let hash = "0F".repeat(32);
    let text = format!("lastModifiedDate:2026-11-23T03:00:01-05:00\r\nsize:1\r\nsha256:{hash}\r\n");
    let meta = Meta::parse(text.as_bytes()).unwrap();
    assert_eq!(
        (meta.sha256, meta.modified.to_string()),
        (hash.to_lowercase(), "2026-11-23T08:00:01Z".into())
    );
    for wrong in ["", "sha256:12", "lastModifiedDate:2026-11-23T03:00:01-05:00", "<html>"] {
        assert!(Meta::parse(wrong.as_bytes()).is_err());
    }
}

#[test]
fn a_page_is_counted_and_a_hash_is_its_first_word() {
    let page = Page::parse(
        &br#"{"startIndex":0,"totalResults":3,"format":"NVD_CVE","vulnerabilities":[{},{"a":1}]}"#[..],
    );
    assert_eq!(page.unwrap(), Page { start_index: 0, total_results: 3, results: 2 });
    assert!(Page::parse(&b"{}"[..]).is_err() && Page::parse(&b"<html>"[..]).is_err());
    let hash = "ab".repeat(32);
    assert_eq!(hash_word(format!("{hash}  a.json\n").as_bytes()), Some(hash));
    assert_eq!(hash_word(b"<html>"), None);
}

proptest! {
    #[test]
    fn no_bytes_break_a_reader(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = (Provider::parse(&bytes).is_ok(), Documents::of_rolie(&bytes).is_ok(), Meta::parse(&bytes).is_ok());
        for documents in [Documents::of_changes(&bytes), Documents::of_index(&bytes)].into_iter().flatten() {
            for document in documents.documents {
                prop_assert!(!document.url.contains("..") || !document.url.split('/').any(|step| step == ".."));
            }
        }
    }
}
