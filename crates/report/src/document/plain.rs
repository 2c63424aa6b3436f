//! Text from outside, without what would vanish, turn the order of letters round, or break a line.

use super::{Block, Document};

impl Document {
    /// The same, with a visible mark (U+FFFD) in place of every character that nobody would see as it is.
    #[must_use]
    pub fn plain(mut self) -> Self {
        for text in [&mut self.title, &mut self.hospital, &mut self.subtitle] {
            clean(text);
        }
        for source in &mut self.as_of {
            clean(&mut source.source);
            clean(&mut source.date);
        }
        self.blocks.iter_mut().for_each(block);
        self
    }
}

fn block(block: &mut Block) {
    match block {
        Block::Heading { text } | Block::Lead { text } | Block::Paragraph { text } => clean(text),
        Block::List { items } | Block::Ticks { items } | Block::Lines { labels: items } => all(items),
        Block::Asked { heading, items } => {
            clean(heading);
            all(items);
        }
        Block::Figures { figures } => {
            for figure in figures {
                clean(&mut figure.value);
                clean(&mut figure.label);
                clean(&mut figure.before);
            }
        }
        Block::Bars { heading, bars } => {
            clean(heading);
            bars.iter_mut().for_each(|bar| clean(&mut bar.label));
        }
        Block::Facts { facts } => {
            for fact in facts {
                clean(&mut fact.label);
                clean(&mut fact.text);
            }
        }
        Block::Table { caption, columns, rows } => {
            clean(caption);
            columns.iter_mut().for_each(|column| clean(&mut column.heading));
            rows.iter_mut().for_each(|row| all(row));
        }
        Block::Sheet { heading, blocks } => {
            clean(heading);
            blocks.iter_mut().for_each(self::block);
        }
    }
}

fn all(items: &mut [String]) {
    items.iter_mut().for_each(clean);
}

fn clean(text: &mut String) {
    if text.chars().any(|character| seen(character) != character) {
        *text = text.chars().map(seen).collect();
    }
}

/// The character, or what stands in its place.
fn seen(character: char) -> char {
    match character {
        '\n' | '\r' | '\t' => ' ',
        // Marks, embeddings, overrides and isolates (Unicode Standard Annex 9).
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        // Without width: soft hyphen, joiners, word joiner and its kin, byte order mark, tags.
        '\u{ad}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200d}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{2060}'..='\u{2065}'
        | '\u{206a}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => '\u{fffd}',
        // No characters (Unicode, 23.7), which neither XML nor PDF holds.
        '\u{fdd0}'..='\u{fdef}' => '\u{fffd}',
        _ if character.is_control() || u32::from(character) & 0xfffe == 0xfffe => '\u{fffd}',
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_vanish_is_seen() {
        let told = |text: &str| text.chars().map(seen).collect::<String>();
        assert_eq!(told("pump\u{202e}gpj\u{2069}"), "pump\u{fffd}gpj\u{fffd}");
        assert_eq!(told("a\u{0}b\u{1b}[2J\u{7f}\u{9b}"), "a\u{fffd}b\u{fffd}[2J\u{fffd}\u{fffd}");
        assert_eq!(told("zero\u{200b}width\u{feff}"), "zero\u{fffd}width\u{fffd}");
        assert_eq!(told("one\ntwo\tthree"), "one two three");
        assert_eq!(told("\u{ffff}\u{1fffe}\u{fdd0}"), "\u{fffd}\u{fffd}\u{fffd}");
        assert_eq!(told("Größe Ελλάδα Москва 透析 מים"), "Größe Ελλάδα Москва 透析 מים");
    }
}
