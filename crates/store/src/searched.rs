//! What assets are looked for by (`searched.sql`): texts of some assets in one row, a line each, so that a search is a walk over a few
//! hundred rows by a finder of bytes, not one over a row for each asset by SQL.

use std::collections::HashMap;
use std::fmt::Write as _;

use memchr::memmem::Finder;
use memchr::{memchr, memchr_iter, memmem, memrchr};
use rusqlite::Connection;
use wardround_model::{Decision, DeviceClass, RoundId};

use crate::columns::Columns;
use crate::error::Trouble;
use crate::table::{Cell, Table, TableWriter, Writer};

/// Lines of one row, and bytes of its texts, beyond which it is closed.
const MOST_LINES: usize = 256;
const MOST_BYTES: usize = 64 * 1024;
/// Digits of one place in an order.
const DIGITS: usize = 8;
/// Orders of an asset.
const ORDERS: usize = 4;

static SEARCHED: Table = Table {
    owner: "round_id",
    name: "asset_searched",
    key: &["first"],
    values: &["facts", "orders", "text"],
};

/// What an asset is looked for by.
pub(crate) struct Line<'l> {
    pub(crate) class: DeviceClass,
    pub(crate) worst: usize,
    pub(crate) network: &'l str,
    pub(crate) care_area: &'l str,
    /// Its place by urgency, title, address and last sight.
    pub(crate) orders: [usize; ORDERS],
    pub(crate) text: String,
}

/// Writes lines, those of each asset in the round's order.
pub(crate) struct Lines<'c> {
    table: TableWriter<'c>,
    first: usize,
    lines: usize,
    facts: String,
    orders: String,
    text: String,
}

impl<'c> Lines<'c> {
    pub(crate) fn new(writer: Writer<'c>) -> Result<Self, Trouble> {
        let (facts, orders, text) = (String::new(), String::new(), String::new());
        Ok(Self { table: writer.table(&SEARCHED)?, first: 0, lines: 0, facts, orders, text })
    }

    pub(crate) fn add(&mut self, line: &Line<'_>) -> Result<(), Trouble> {
        if self.lines == MOST_LINES || self.text.len() >= MOST_BYTES {
            self.close()?;
        }
        if self.lines > 0 {
            self.facts.push('\n');
            self.text.push('\n');
        }
        let plain = |text: &str| text.replace(['\t', '\n'], " ");
        // Writing to a text cannot fail.
        let (class, worst) = (line.class.code(), line.worst);
        let _ = write!(self.facts, "{class}\t{worst}\t{}\t{}", plain(line.network), plain(line.care_area));
        for place in line.orders {
            let _ = write!(self.orders, "{place:08x}");
        }
        for (place, text) in line.text.split('\n').enumerate() {
            if place > 0 {
                self.text.push('\u{1f}');
            }
            self.text.push_str(text);
        }
        self.lines += 1;
        Ok(())
    }

    fn close(&mut self) -> Result<(), Trouble> {
        if self.lines > 0 {
            let texts = [&mut self.facts, &mut self.orders, &mut self.text].map(std::mem::take);
            let [facts, orders, text] = texts.map(Cell::Made);
            self.table.row(&[self.first.into(), facts, orders, text])?;
            self.first += std::mem::take(&mut self.lines);
        }
        Ok(())
    }

    /// Writes the last row.
    pub(crate) fn finish(mut self) -> Result<(), Trouble> {
        self.close()
    }
}

/// An asset whose line has all words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hit<'b> {
    /// Its place in the round.
    pub(crate) position: u64,
    pub(crate) class: DeviceClass,
    /// Its most urgent decision.
    pub(crate) worst: Option<Decision>,
    pub(crate) network: &'b str,
    pub(crate) care_area: &'b str,
    /// Its place by urgency, title, address and last sight.
    pub(crate) orders: [u64; ORDERS],
}

/// Walks over the assets of a round whose lines have all of these words, in the round's order. Words are in lower case and have no
/// white space in them; without a word nothing is found.
pub(crate) fn hits(
    connection: &Connection,
    round: RoundId,
    words: &[String],
    mut each: impl FnMut(Hit<'_>),
) -> Result<(), Trouble> {
    let Some(words) = Words::of(words) else { return Ok(()) };
    let mut select = connection.prepare_cached(
        "SELECT first, facts, orders, text FROM asset_searched WHERE round_id = ? ORDER BY first",
    )?;
    let mut rows = select.query([round.0])?;
    while let Some(row) = rows.next()? {
        let mut columns = Columns::new(row, &SEARCHED);
        let first = columns.number()?;
        let (facts, orders, text) = (columns.str()?, columns.str()?, columns.str()?);
        words.walk(&Block { first, facts, orders, text }, &mut each).ok_or_else(|| columns.damaged())?;
    }
    Ok(())
}

/// One row.
struct Block<'b> {
    first: u64,
    facts: &'b str,
    orders: &'b str,
    text: &'b str,
}

/// Words that are looked for: the longest, which is the rarest, and the others.
struct Words<'w> {
    finder: Finder<'w>,
    others: Vec<&'w str>,
    classes: HashMap<&'static str, DeviceClass>,
}

impl<'w> Words<'w> {
    fn of(words: &'w [String]) -> Option<Self> {
        let longest = words.iter().max_by_key(|word| word.len())?;
        let others = words.iter().filter(|word| *word != longest).map(String::as_str).collect();
        let classes = DeviceClass::ALL.iter().map(|class| (class.code(), *class)).collect();
        Some(Self { finder: Finder::new(longest.as_str()), others, classes })
    }

    /// Tells each line that has all words; nothing where the row does not hold together.
    fn walk(&self, block: &Block<'_>, each: &mut impl FnMut(Hit<'_>)) -> Option<()> {
        let mut facts = block.facts.split('\n');
        let (mut rest, mut line, mut told) = (block.text, 0, 0);
        while let Some(found) = self.finder.find(rest.as_bytes()) {
            // Lines before it have no such word.
            let before = rest.get(..found)?;
            let passed = memchr_iter(b'\n', before.as_bytes()).count();
            let start = memrchr(b'\n', before.as_bytes()).map_or(0, |end| end + 1);
            line += passed;
            let end = memchr(b'\n', rest.as_bytes().get(found..)?).map_or(rest.len(), |end| found + end);
            let this = rest.get(start..end)?;
            if self.others.iter().all(|word| memmem::find(this.as_bytes(), word.as_bytes()).is_some()) {
                let fact = facts.nth(line - told)?;
                told = line + 1;
                each(self.hit(block, line, fact)?);
            }
            rest = rest.get(end + 1..).unwrap_or_default();
            line += 1;
        }
        Some(())
    }

    fn hit<'b>(&self, block: &Block<'b>, line: usize, fact: &'b str) -> Option<Hit<'b>> {
        let mut parts = fact.split('\t');
        let class = *self.classes.get(parts.next()?)?;
        let worst = match parts.next()?.parse::<usize>().ok()? {
            0 => None,
            rank => Some(*Decision::ALL.get(rank - 1)?),
        };
        let (network, care_area) = (parts.next()?, parts.next()?);
        let mut orders = [0; ORDERS];
        for (at, order) in orders.iter_mut().enumerate() {
            let from = (line * ORDERS + at) * DIGITS;
            *order = u64::from_str_radix(block.orders.get(from..from + DIGITS)?, 16).ok()?;
        }
        let position = block.first.checked_add(u64::try_from(line).ok()?)?;
        Some(Hit { position, class, worst, network, care_area, orders })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, words: &[&str]) -> Vec<u64> {
        let count = text.split('\n').count();
        let facts = vec!["server\t2\t10.0.0.0/24\tWard 3"; count].join("\n");
        let orders: String = (0..count * ORDERS).map(|place| format!("{place:08x}")).collect();
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let block = Block { first: 100, facts: &facts, orders: &orders, text };
        let mut found = Vec::new();
        let walked = Words::of(&words).and_then(|words| {
            words.walk(&block, &mut |hit| {
                let line = hit.position - 100;
                assert_eq!(
                    (hit.class, hit.worst, hit.care_area),
                    (DeviceClass::Server, Some(Decision::TrackStar), "Ward 3")
                );
                assert_eq!(hit.orders, [0, 1, 2, 3].map(|at| line * 4 + at));
                found.push(line);
            })
        });
        assert!(walked.is_some() || words.is_empty());
        found
    }

    #[test]
    fn lines_are_found_that_have_all_words() {
        let text = "pump\u{1f}10.0.1.1\npump two\n\n10.0.1.1 scanner pump\npum p";
        assert_eq!(found(text, &["pump"]), [0, 1, 3]);
        assert_eq!(found(text, &["pump", "10.0.1"]), [0, 3]);
        assert_eq!(found(text, &["pump", "pump"]), [0, 1, 3]);
        assert_eq!(found(text, &["p"]), [0, 1, 3, 4]);
        assert_eq!(found(text, &["zebra"]), [0; 0]);
        assert_eq!(found("", &["x"]), [0; 0]);
        assert_eq!(found(text, &[]), [0; 0]);
    }

    #[test]
    fn what_does_not_hold_together_is_no_hit() {
        let words = ["a".to_owned()];
        let words = Words::of(&words).unwrap();
        let walk = |facts: &str, orders: &str| {
            words.walk(&Block { first: 0, facts, orders, text: "a\na" }, &mut |_| ()).is_some()
        };
        let (fact, place) = ("server\t0\t\t", "0".repeat(ORDERS * DIGITS));
        let (facts, places) = ([fact; 2].join("\n"), place.repeat(2));
        assert!(walk(&facts, &places));
        assert!(!walk(fact, &places), "a line is missing");
        assert!(!walk(&facts, &place), "a place is missing");
        assert!(!walk(&facts, &"z".repeat(places.len())));
        for wrong in ["server\t0", "moon\t0\t\t", "server\t9\t\t", "server\tx\t\t"] {
            assert!(!walk(&[wrong; 2].join("\n"), &places), "{wrong}");
        }
    }
}
