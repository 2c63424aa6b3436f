use proptest::prelude::*;

use super::*;

const LISTS: Vocabulary =
    Vocabulary { names: &["list", "name", "id"], records: &["item"], passed_over: &["old"] };

fn records(text: &str) -> Result<Vec<Element>, XmlError> {
    let mut found = Vec::new();
    read(text, LISTS, |part| {
        if let Part::Record(element) = part {
            found.push(element);
        }
    })?;
    Ok(found)
}

fn error(text: &str) -> String {
    records(text).unwrap_err().to_string()
}

#[test]
fn records_are_read_with_their_lines_and_known_names() {
    let text = "<?xml version='1.0'?><!-- > --><x:list>\n<x:item id=' a&amp;b ' other='1'><other><name>no</name></other>\n<name>One &lt; \
                <![CDATA[<two>]]>&#x21;</name></x:item>\n<item/><old><item/></old></x:list>";
    let found = records(text).unwrap();
    let [first, second] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((first.row, second.row), (Row(2), Row(4)));
    assert_eq!(first.attribute("id"), Some("a&b"));
    assert_eq!(first.text_of("name"), Some("One < <two>!"));
    assert_eq!(first.children.len(), 1);
}

#[test]
fn document_types_and_entities_are_refused() {
    assert!(records("<!DOCTYPE list><list/>").is_ok());
    let bomb = r#"<!DOCTYPE list [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><list><item>&b;</item></list>"#;
    let outside = r#"<!DOCTYPE list SYSTEM "file:///etc/passwd"><list/>"#;
    for text in [bomb, outside] {
        assert_eq!(
            error(text),
            "line 1: DOCTYPE declares more than a name, which is never read; remove it, or export without it"
        );
    }
    for text in
        ["<list><item>&b;</item></list>", "<list><item id='&b;'/></list>", "<list><item>&#0;</item></list>"]
    {
        assert_eq!(
            error(text),
            "line 1: an entity that XML itself does not have is never read; export without it"
        );
    }
}

#[test]
fn limits_hold() {
    let deep =
        |name: &str, times: usize| format!("<{name}>").repeat(times) + &format!("</{name}>").repeat(times);
    assert!(records(&deep("list", 60)).is_ok());
    assert!(error(&deep("list", 100_000)).contains("more than 64 elements stand inside each other"));
    assert!(error(&deep("item", 100_000)).contains("more than 64 elements stand inside each other"));
    // What is passed over is not kept, so its depth does not count.
    assert!(records(&format!("<item>{}</item>", deep("other", 100_000))).is_ok());
    let wide: String = (0..100).map(|n| format!(" a{n}='1'")).collect();
    assert!(error(&format!("<list{wide}/>")).contains("more than 64 attributes"));
    let many = format!("<item>{}</item>", "<name/>".repeat(1_000_001));
    assert!(error(&many).contains("more than 1000000 elements"));
    let long = format!("<item>{}</item>", "é".repeat(100_000));
    assert_eq!(records(&long).unwrap()[0].text.len(), 64 << 10);
}

#[test]
fn what_is_cut_off_or_damaged_says_where() {
    for text in ["<list>\n<item>", "<list>\n<item id='", "<list>\n<item><other>", "<list>\n<!-- "] {
        assert_eq!(
            error(text),
            "line 2: the file ends in the middle; let the tool finish, or export it again",
            "{text}"
        );
    }
    assert!(error("<list>\n<item></list>").starts_with("line 2: the XML does not hold together"));
    assert!(error("</list>").starts_with("line 1: the XML does not hold together"));
    assert_eq!(error("  "), "it holds no XML element; export it again");
    assert_eq!(text_of(&[0xff, 0xfe, b'<', 0]).unwrap_err(), XmlError::Utf16);
    assert_eq!(text_of(b"\xef\xbb\xbf<a/>").unwrap(), "<a/>");
}

#[test]
fn the_first_element_tells_the_kind() {
    assert!(begins_with(b"\xef\xbb\xbf<?xml version='1.0'?>\n<!DOCTYPE a>\n<!-- <b> --><x:a b='c'>", &["a"]));
    assert!(!begins_with(b"<b><a/></b>", &["a"]));
    assert!(!begins_with(b"a,b\n<a>", &["a"]));
    assert!(!begins_with(b"<!-- ", &["a"]));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "[<>/!a-c&;'\"= \n\\[\\]-]{0,60}", any: String) {
        let _ = records(&text);
        let _ = records(&any);
        let _ = begins_with(any.as_bytes(), &["a"]);
    }
}
