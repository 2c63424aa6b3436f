//! The table `lookup` (`paged.sql`): from an id, an address or the ends of a conversation to the positions of rows that stand in pages.

use wardround_model::Digest;

use crate::error::Trouble;
use crate::table::{Place, Reader, Writer};

/// Bits of a key.
const KEY: u64 = (1 << 48) - 1;
/// Entries of one row.
const MOST_ENTRIES: usize = 384;
/// Bytes of one entry, and of the key in it.
const ENTRY: usize = 10;
const OF_KEY: usize = 6;

/// What is looked up by what; the number stands in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lookup {
    /// An observation by its id.
    Observation = 1,
    /// The first of observations of one card, host or thing that stand together, by what they are about.
    Subject = 2,
    /// A conversation by its id.
    Conversation = 3,
    /// Conversations by the address of either end.
    Host = 4,
    /// Conversations by the zones of their two ends.
    Zones = 5,
}

/// The key of what is called so.
pub(crate) fn key_of(parts: &[&str]) -> u64 {
    Digest::of(parts).bits()
}

/// Which of the positions that a key has are wanted, and in which direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum From {
    /// Those from this one on, the lowest first.
    At(u64),
    /// Those before this one, the highest first.
    Before(u64),
}

/// Keys and positions on their way into the store.
#[derive(Default)]
pub(crate) struct Entries(Vec<(u64, u32)>);

impl Entries {
    /// Adds a position; refused beyond what an entry holds.
    pub(crate) fn add(&mut self, key: u64, position: usize) -> Result<(), Trouble> {
        let position = u32::try_from(position).map_err(|_| Trouble::TooLarge(PLACE))?;
        self.0.push((key & KEY, position));
        Ok(())
    }

    /// Writes all of them.
    pub(crate) fn write(mut self, writer: Writer<'_>, which: Lookup) -> Result<(), Trouble> {
        self.0.sort_unstable();
        self.0.dedup();
        let mut insert = writer.connection().prepare_cached(INSERT)?;
        let mut bytes = Vec::with_capacity(MOST_ENTRIES * ENTRY);
        for page in self.0.chunks(MOST_ENTRIES) {
            let Some((first_key, first_position)) = page.first() else { continue };
            bytes.clear();
            for (key, position) in page {
                bytes.extend(key.to_be_bytes().iter().skip(8 - OF_KEY));
                bytes.extend(position.to_be_bytes());
            }
            let first_key = i64::try_from(*first_key).unwrap_or(i64::MAX);
            insert.execute((writer.owner(), which as i64, first_key, first_position, &bytes))?;
        }
        Ok(())
    }
}

const PLACE: Place = Place { table: "lookup", column: "entries" };
const INSERT: &str = "
    INSERT INTO lookup (round_id, which, first_key, first_position, entries) VALUES (?1, ?2, ?3, ?4, ?5)";
/// The row that an entry stands in, if it is there.
const SELECT_FIRST: &str = "
    SELECT first_key, first_position FROM lookup
    WHERE round_id = ?1 AND which = ?2 AND (first_key, first_position) <= (?3, ?4)
    ORDER BY first_key DESC, first_position DESC LIMIT 1";
const SELECT_ON: &str = "
    SELECT entries FROM lookup WHERE round_id = ?1 AND which = ?2 AND (first_key, first_position) >= (?3, ?4)
    ORDER BY first_key, first_position";
const SELECT_BACK: &str = "
    SELECT entries FROM lookup WHERE round_id = ?1 AND which = ?2 AND (first_key, first_position) <= (?3, ?4)
    ORDER BY first_key DESC, first_position DESC";

/// At most so many of the positions that a key has.
pub(crate) fn find(
    reader: Reader<'_>,
    which: Lookup,
    key: u64,
    from: From,
    most: usize,
) -> Result<Vec<u64>, Trouble> {
    let key = key & KEY;
    let mut found = Found { key, from, most, positions: Vec::new() };
    let (round, sql_key) = (reader.owner(), i64::try_from(key).unwrap_or(i64::MAX));
    let at = |position: u64| i64::try_from(position).unwrap_or(i64::MAX);
    let (sql, start) = match from {
        From::At(position) => {
            let mut first = reader.connection().prepare_cached(SELECT_FIRST)?;
            let mut rows = first.query((round, which as i64, sql_key, at(position)))?;
            let start = match rows.next()? {
                Some(row) => (row.get::<_, i64>(0)?, row.get::<_, i64>(1)?),
                None => (sql_key, at(position)),
            };
            (SELECT_ON, start)
        }
        From::Before(position) => (SELECT_BACK, (sql_key, at(position))),
    };
    let mut select = reader.connection().prepare_cached(sql)?;
    let mut rows = select.query((round, which as i64, start.0, start.1))?;
    while let Some(row) = rows.next()? {
        let entries = row.get_ref(0)?.as_blob().map_err(|_| Trouble::Damaged(PLACE))?;
        if !found.goes_on(entries)? {
            break;
        }
    }
    Ok(found.positions)
}

/// What was found so far.
struct Found {
    key: u64,
    from: From,
    most: usize,
    positions: Vec<u64>,
}

impl Found {
    /// Takes what a row has; whether the next one may have more.
    fn goes_on(&mut self, entries: &[u8]) -> Result<bool, Trouble> {
        let (entries, rest) = entries.as_chunks::<ENTRY>();
        if !rest.is_empty() {
            return Err(Trouble::Damaged(PLACE));
        }
        Ok(match self.from {
            From::At(_) => entries.iter().all(|entry| self.takes(entry)),
            From::Before(_) => entries.iter().rev().all(|entry| self.takes(entry)),
        })
    }

    /// Takes an entry where it is one that was looked for; whether the next one may be.
    fn takes(&mut self, entry: &[u8; ENTRY]) -> bool {
        let (key, position) = entry.split_at(OF_KEY);
        let number = |bytes: &[u8]| bytes.iter().fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
        let (key, position) = (number(key), number(position));
        let (is_wanted, is_beyond) = match self.from {
            From::At(from) => (position >= from, key > self.key),
            From::Before(before) => (position < before, key < self.key),
        };
        if key == self.key && is_wanted && self.positions.len() < self.most {
            self.positions.push(position);
        }
        !is_beyond && self.positions.len() < self.most
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rusqlite::Connection;

    use super::*;

    fn store_of(entries: &[(u64, u32)]) -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE round (id INTEGER PRIMARY KEY) STRICT").unwrap();
        connection.execute_batch(include_str!("paged.sql")).unwrap();
        connection.execute_batch("INSERT INTO round VALUES (1), (2)").unwrap();
        for round in [1, 2] {
            let mut all = Entries::default();
            for (key, position) in entries {
                all.add(*key, usize::try_from(*position).unwrap()).unwrap();
            }
            all.write(Writer::new(&connection, round), Lookup::Host).unwrap();
        }
        connection
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Few keys and many positions, so that one key goes over several rows.
        #[test]
        fn what_was_written_is_found_from_either_side(
            entries in proptest::collection::vec((0..4_u64, 0..3_000_u32), 0..3_000),
            key in 0..5_u64,
            from in 0..3_100_u64,
            most in 1..900_usize,
        ) {
            let connection = store_of(&entries);
            let reader = Reader::new(&connection, 1);
            let mut its: Vec<u64> =
                entries.iter().filter(|entry| entry.0 == key).map(|entry| u64::from(entry.1)).collect();
            its.sort_unstable();
            its.dedup();
            let on: Vec<u64> = its.iter().copied().filter(|at| *at >= from).take(most).collect();
            prop_assert_eq!(find(reader, Lookup::Host, key, From::At(from), most).unwrap(), on);
            let back: Vec<u64> = its.iter().rev().copied().filter(|at| *at < from).take(most).collect();
            prop_assert_eq!(find(reader, Lookup::Host, key, From::Before(from), most).unwrap(), back);
            prop_assert_eq!(find(reader, Lookup::Zones, key, From::At(0), most).unwrap(), [0; 0]);
        }
    }

    #[test]
    fn an_entry_that_is_cut_is_damaged() {
        let connection = store_of(&[(1, 1), (1, 2)]);
        connection.execute_batch("UPDATE lookup SET entries = x'0000'").unwrap();
        let found = find(Reader::new(&connection, 1), Lookup::Host, 1, From::At(0), 9);
        assert!(matches!(found, Err(Trouble::Damaged(_))));
    }
}
