//! `dnsmasq.leases`: a line a lease with its end, card, address, name and client identifier; behind a line `duid` those of IPv6, with a
//! number in place of the card.

use std::net::IpAddr;

use wardround_model::MacAddr;

use super::{Book, Lease, card_of_identifier};
use crate::table::{decode, decode_beginning, mac};
use crate::{ImportError, Request, Row, Rows};

struct Entry<'t> {
    ends: i64,
    card: Option<MacAddr>,
    ip: IpAddr,
    name: &'t str,
}

/// Whether a text looks like it.
pub(crate) fn looks(_: &str, bytes: &[u8]) -> bool {
    let text = decode_beginning(bytes, 1 << 14);
    let mut lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("duid "));
    let first = lines.next().and_then(entry_of);
    first.is_some_and(|entry| entry.ends == 0 || entry.ends > 900_000_000)
        && lines.take(50).all(|line| entry_of(line).is_some())
}

pub(crate) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    let text = decode(request.bytes);
    let mut book = Book::default();
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() || line.starts_with("duid ") {
            continue;
        }
        rows.count_row();
        let row = Row(number);
        match entry_of(line) {
            Some(Entry { ends, card, ip, name }) => {
                let name = Some(name).filter(|name| *name != "*").map(str::to_owned);
                book.add(rows, ip, Lease { row, at: ends, mac: card, name, vendor: None, is_active: true });
            }
            None => rows.error(
                row,
                None,
                "is no lease: each line is its end, a card, an address, a name and an identifier",
            ),
        }
    }
    book.tell(rows);
    Ok(())
}

fn entry_of(line: &str) -> Option<Entry<'_>> {
    let mut words = line.split_whitespace();
    let ends = words.next()?.parse().ok()?;
    let card = words.next()?;
    let ip = words.next()?.trim_matches(['[', ']']).parse().ok()?;
    let (name, identifier) = (words.next()?, words.next().unwrap_or_default());
    // Other kinds of hardware stand before the address: `06-00:1b:..`.
    let card = mac(card).or_else(|| card_of_identifier(identifier)).filter(|card| card.is_one_card());
    words.next().is_none().then_some(Entry { ends, card, ip, name })
}
