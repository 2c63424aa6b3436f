//! More of NVD than is here: copies of its records with other numbers and, of half of the products, other names. So
//! there are more products, and more CVEs of each. Nothing is random: the same feeds give the same copies.

use serde::Deserialize;
use serde_json::value::RawValue;

/// How many whole copies there are, the first one being the original; and of one more every other record.
const COPIES: u32 = 3;
/// What is added to the number of a CVE in each copy: more than any real number.
const STEP: u32 = 1_000_000;

#[derive(Deserialize)]
struct Feed<'t> {
    #[serde(borrow)]
    vulnerabilities: Vec<&'t RawValue>,
}

/// Which records are written otherwise, as an update would.
pub(crate) struct Update {
    /// How many still are to be.
    pub(crate) left: usize,
}

/// A feed file with all copies of the records of this one.
pub(crate) fn feed(text: &str, update: &mut Update) -> String {
    let feed: Feed<'_> = serde_json::from_str(text).expect("a feed of NVD");
    let mut out = String::with_capacity(text.len() * 4);
    out.push_str(r#"{"format":"NVD_CVE","vulnerabilities":["#);
    let mut separator = "";
    for (at, record) in feed.vulnerabilities.iter().enumerate() {
        let copies = COPIES + u32::from(at % 2 == 0);
        for number in 0..copies {
            out.push_str(separator);
            copy(record.get(), number, update, &mut out);
            separator = ",";
        }
    }
    out.push_str("]}");
    out
}

fn copy(record: &str, number: u32, update: &mut Update, out: &mut String) {
    let mut text = if number == 0 { record.to_owned() } else { renamed(&renumbered(record, number), number) };
    const END: &str = "\"versionEndExcluding\": \"";
    if update.left > 0 && text.contains(END) {
        update.left -= 1;
        text = text.replacen(END, &format!("{END}99."), 1);
    }
    out.push_str(&text);
}

/// The id of the CVE is the first in its record.
fn renumbered(record: &str, number: u32) -> String {
    let at = record.find("\"CVE-").expect("an id") + "\"CVE-2016-".len();
    let (before, rest) = record.split_at(at);
    let (id, after) = rest.split_once('"').expect("the end of the id");
    format!("{before}{}\"{after}", id.parse::<u32>().expect("a number") + number * STEP)
}

/// `cpe:2.3:a:acme:viewer:1.0` as `cpe:2.3:a:acme:viewer_2:1.0`, for half of the products.
fn renamed(record: &str, number: u32) -> String {
    let mut out = String::with_capacity(record.len() + 64);
    let mut rest = record;
    while let Some(at) = rest.find("\"cpe:2.3:") {
        let end = end_of_product(rest, at + 1);
        let (name, after) = rest.split_at(end);
        out.push_str(name);
        let product = name.get(at..).unwrap_or_default();
        if product.bytes().fold(0u8, u8::wrapping_add) % 2 == 1 {
            out.push_str(&format!("_{number}"));
        }
        rest = after;
    }
    out + rest
}

/// Where the fifth part of a CPE name ends.
fn end_of_product(text: &str, start: usize) -> usize {
    let mut colons = 0;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(start) {
        match byte {
            b'\\' => escaped = true,
            b':' if !escaped => {
                colons += 1;
                if colons == 5 {
                    return at;
                }
            }
            _ => escaped = false,
        }
    }
    text.len()
}
