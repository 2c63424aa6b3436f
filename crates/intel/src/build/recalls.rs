//! Recalls of devices: the newest version of each, by firm.

use std::collections::BTreeMap;

use super::content::ContentHash;
use super::strings::{References, Strings};
use super::write::count;
use crate::feed::recalls::RecallRecord;
use crate::index::layout::put_varint;
use crate::index::{RecallClass, class_byte};
use crate::tokens;

/// The most words that a model is looked for among.
const WORDS: usize = 80;

/// All recalls by number: FDA publishes each twice, once with its class and once with its cause and product code.
#[derive(Debug, Default)]
pub(super) struct Recalls(BTreeMap<String, [Option<Box<RecallRecord>>; 2]>);

impl Recalls {
    pub(super) fn add(&mut self, record: RecallRecord) {
        let classed = usize::from(record.class != RecallClass::NotStated);
        let known = self.0.entry(record.id.clone()).or_default().get_mut(classed);
        let version = |one: &RecallRecord| (one.newest, one.fingerprint);
        if let Some(known) = known
            && known.as_ref().is_none_or(|known| version(known) < version(&record))
        {
            *known = Some(Box::new(record));
        }
    }

    /// Each recall once, with what both of its forms say.
    fn merged(&self) -> impl Iterator<Item = RecallRecord> {
        self.0.values().filter_map(|forms| match forms {
            [Some(plain), Some(classed)] => Some(RecallRecord { class: classed.class, ..(**plain).clone() }),
            [one, two] => one.as_ref().or(two.as_ref()).map(|one| (**one).clone()),
        })
    }

    /// By firm: words, name.
    pub(super) fn prepare(&self) -> RecallsPart {
        let mut part = RecallsPart::default();
        for record in self.merged() {
            let maker = tokens::of_maker(&record.firm);
            let words = words_of(&record.searched, &maker);
            let firm = part.0.entry((maker, record.firm.clone())).or_default();
            firm.push((record, words));
        }
        part
    }
}

/// Recalls with their words, by the words and the name of a firm; within one by number.
#[derive(Debug, Default)]
pub(super) struct RecallsPart(BTreeMap<(String, String), Vec<(RecallRecord, String)>>);

impl RecallsPart {
    /// Firms, and their recalls.
    pub(super) fn write(&self, strings: &mut Strings, references: &mut References) -> [Vec<u8>; 2] {
        let (mut firms, mut out) = (Vec::new(), Vec::new());
        for ((words, firm), recalls) in &self.0 {
            for text in [firm, words] {
                firms.extend_from_slice(&references.wide(strings.id(text)));
            }
            firms.extend_from_slice(&count(out.len()).to_le_bytes());
            firms.extend_from_slice(&content(recalls).to_le_bytes());
            put_varint(&mut out, count(recalls.len()));
            for (recall, words) in recalls {
                for field in fields(recall, words) {
                    put_varint(&mut out, references.of(strings.id(field)));
                }
                out.push(class_byte(recall.class));
                put_varint(&mut out, recall.began.map_or(0, |day| u32::from(day.number())));
            }
        }
        [firms, out]
    }
}

fn fields<'r>(recall: &'r RecallRecord, words: &'r str) -> [&'r str; 6] {
    [&recall.id, &recall.device, words, &recall.product_code, &recall.status, &recall.cause]
}

/// The words of a description without those of its maker, each once, in order.
fn words_of(searched: &str, maker: &str) -> String {
    let all = tokens::of_product(searched, maker);
    let mut words: Vec<&str> = Vec::new();
    for word in all.split(' ') {
        if words.len() < WORDS && !words.contains(&word) {
            words.push(word);
        }
    }
    words.join(" ")
}

fn content(recalls: &[(RecallRecord, String)]) -> u64 {
    let mut hash = ContentHash::default();
    for (recall, words) in recalls {
        fields(recall, words).into_iter().for_each(|text| {
            hash.text(text);
        });
        hash.number(u64::from(class_byte(recall.class)));
        hash.number(recall.began.map_or(0, |day| u64::from(day.number())));
    }
    hash.finish()
}
