//! Beginnings of card addresses that no maker of a device has (`rules/cards.txt`): software's, and those that routers share. Not here: who
//! made a card (the caller knows that table).

use std::sync::LazyLock;

use wardround_model::MacAddr;

use crate::rules::{self, Row, Rule, Wrong};

/// Card addresses with a beginning.
pub(crate) struct Cards {
    bytes: [u8; 6],
    length: usize,
    is: Kind,
    of: &'static str,
}

/// What such a card is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Software made it.
    Virtual,
    /// Routers that stand by for each other share it.
    Shared,
}

impl Rule for Cards {
    const FILE: &'static str = "cards.txt";
    const TEXT: &'static str = include_str!("../rules/cards.txt");
    const COLUMNS: &'static [&'static str] = &["begins", "is", "of"];

    fn read(row: &Row) -> Result<Self, Wrong> {
        let (mut bytes, mut length) = ([0; 6], 0usize);
        let written: Vec<&str> = row.lower("begins")?.split(':').collect();
        for (byte, text) in bytes.iter_mut().zip(&written) {
            let read = u8::from_str_radix(text, 16).ok().filter(|_| text.len() == 2);
            *byte = read.ok_or_else(|| row.wrong("begins", "must be bytes in hex such as 00:05:69"))?;
            length = length.saturating_add(1);
        }
        if !(3..=5).contains(&written.len()) {
            return Err(row.wrong("begins", "must be three to five bytes"));
        }
        let is = row.one_of("is", &[("virtual", Kind::Virtual), ("shared", Kind::Shared)])?;
        Ok(Self { bytes, length, is, of: row.text("of")? })
    }
}

static CARDS: LazyLock<Vec<Cards>> = LazyLock::new(rules::all);

impl Cards {
    fn have(&self, mac: MacAddr) -> bool {
        self.bytes.iter().zip(mac.0).take(self.length).all(|(one, other)| *one == other)
    }
}

/// The virtualisation that makes cards with such an address.
pub(crate) fn virtual_by(mac: MacAddr) -> Option<&'static str> {
    CARDS.iter().find(|cards| cards.is == Kind::Virtual && cards.have(mac)).map(|cards| cards.of)
}

/// Whether routers that stand by for each other share the address.
pub(crate) fn is_shared(mac: MacAddr) -> bool {
    CARDS.iter().any(|cards| cards.is == Kind::Shared && cards.have(mac))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_beginning_hides_another() {
        for (place, cards) in CARDS.iter().enumerate() {
            let found = CARDS.iter().position(|earlier| earlier.have(MacAddr(cards.bytes)));
            assert_eq!(found, Some(place), "{}, begins: is never reached", rules::line::<Cards>(place));
        }
    }
}
