use proptest::prelude::*;
use serde_json::json;

use super::read;

#[test]
fn reads_what_advisories_and_front_matter_use() {
    let text = r#"---
# a comment
id: PYSEC-2022-1   # another
details: Plain text that goes on
  in a second line:with a colon.
quoted: "a \"quote\"
  goes on\u00e9"
single: 'it''s'
literal: |
  first
    second

  third
folded: >-
  one
  two
none:
tilde: ~
date: 2022-08-08
time: "2022-08-08T16:56:55Z"
flow: [a, "b, c", {d: e}, []]
affected:
- package:
    name: flask
    ecosystem: PyPI
  ranges:
  - type: ECOSYSTEM
    events:
    - introduced: "0"
    - fixed: 4.1.3
  versions:
  - 0.1.10
  - '0.2'
deep:
  - a: 1
    b: {c: d}
  -
    e: f
url: https://example.org/x#y
"#;
    let value = read(text).unwrap();
    assert_eq!(
        value,
        json!({
            "id": "PYSEC-2022-1",
            "details": "Plain text that goes on in a second line:with a colon.",
            "quoted": "a \"quote\" goes oné",
            "single": "it's",
            "literal": "first\nsecond\n\nthird",
            "folded": "one two",
            "none": null,
            "tilde": null,
            "date": "2022-08-08",
            "time": "2022-08-08T16:56:55Z",
            "flow": ["a", "b, c", {"d": "e"}, []],
            "affected": [{
                "package": {"name": "flask", "ecosystem": "PyPI"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "4.1.3"}]}],
                "versions": ["0.1.10", "0.2"],
            }],
            "deep": [{"a": "1", "b": {"c": "d"}}, {"e": "f"}],
            "url": "https://example.org/x#y",
        })
    );
}

#[test]
fn refuses_what_can_grow_or_loop_or_is_broken() {
    let deep: String = (0..100).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    let brackets = format!("a: {}", "[".repeat(100));
    for text in [
        "a: &x [1]\nb: *x",
        "a: !!python/object x",
        "a: \"open",
        "a: [1, 2",
        "a: 1\n   b: 2\n c: 3",
        "a: 1\na: 2",
        "a: b: c",
        "a: text\n  that goes: on",
        "a: {b c}",
        "a: @x",
        deep.as_str(),
        brackets.as_str(),
    ] {
        assert!(read(text).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "[ -~\n]{0,200}") {
        let _ = read(&text);
    }

    #[test]
    fn any_structure_is_read_or_refused(text in "([ ]{0,4}(- )?[a-c]?:? ?['\"\\[\\]{},|>&*#a-c-]{0,3}\n){0,20}") {
        let _ = read(&text);
    }
}
