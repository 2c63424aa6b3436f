//! The fonts: which letters they have, and how wide each is.
//!
//! Letters are set one after the other, without ligatures. A character that cannot be set so - since no font has it, or since
//! its script joins letters or runs from right to left - is drawn as a box, and stays what it is for whoever searches,
//! copies or hears the text. It never vanishes.

use std::collections::HashMap;
use std::sync::Mutex;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::{FontRef, MetadataProvider as _};

/// What stands for a character that cannot be set.
const BOX: char = '\u{25af}';

/// How heavy letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

/// The fonts.
pub(crate) struct Fonts {
    regular: Face,
    bold: Face,
}

impl Fonts {
    pub(crate) fn new() -> Option<Self> {
        let regular = Face::new(dejavu::sans_condensed::regular())?;
        Some(Self { regular, bold: Face::new(dejavu::sans_condensed::bold())? })
    }

    pub(crate) fn face(&self, weight: Weight) -> &Face {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    /// The text in lines that are at most so wide, in points. A line that ends between words keeps the space there, so that
    /// words stay apart for whoever does not see the lines.
    pub(crate) fn wrapped(&self, text: &str, weight: Weight, size: f32, width: f32) -> Vec<String> {
        let face = self.face(weight);
        let mut lines = Vec::new();
        let (mut line, mut used) = (String::new(), 0.0);
        let space = face.advance(' ') * size;
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let wide = face.width(word) * size;
            if !line.is_empty() && used + space + wide > width {
                line.push(' ');
                lines.push(std::mem::take(&mut line));
                used = 0.0;
            }
            if !line.is_empty() {
                line.push(' ');
                used += space;
            }
            if used + wide <= width {
                line.push_str(word);
                used += wide;
            } else {
                (line, used) = face.broken(word, size, width, line, used, &mut lines);
            }
        }
        lines.push(line);
        lines
    }

    /// The text, cut so that it is at most so wide.
    pub(crate) fn cut(&self, text: &str, weight: Weight, size: f32, width: f32) -> String {
        let face = self.face(weight);
        if face.width(text) * size <= width {
            return text.to_owned();
        }
        let (mut kept, mut used) = (String::new(), face.advance('…') * size);
        for letter in text.chars() {
            used += face.advance(letter) * size;
            if used > width {
                break;
            }
            kept.push(letter);
        }
        kept.trim_end().to_owned() + "…"
    }
}

/// One font.
pub(crate) struct Face {
    pub(crate) font: Font,
    map: Charmap<'static>,
    metrics: GlyphMetrics<'static>,
    /// Font units of an em.
    units: f32,
    /// Letters that were looked up.
    known: Mutex<HashMap<char, (u32, f32)>>,
}

impl Face {
    fn new(bytes: &'static [u8]) -> Option<Self> {
        let read = FontRef::new(bytes).ok()?;
        let font = Font::new(bytes.into(), 0)?;
        let units = font.units_per_em();
        Some(Self {
            font,
            map: read.charmap(),
            metrics: read.glyph_metrics(Size::unscaled(), LocationRef::default()),
            units,
            known: Mutex::default(),
        })
    }

    /// A letter's place in the font, and how wide it is, in ems.
    fn letter(&self, letter: char) -> (u32, f32) {
        let mut known = self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *known.entry(letter).or_insert_with(|| {
            let glyph =
                Some(letter).filter(|letter| can_be_set(*letter)).and_then(|letter| self.map.map(letter));
            let glyph =
                glyph.filter(|glyph| glyph.to_u32() != 0).or_else(|| self.map.map(BOX)).unwrap_or_default();
            (glyph.to_u32(), self.metrics.advance_width(glyph).unwrap_or(self.units) / self.units)
        })
    }

    fn advance(&self, letter: char) -> f32 {
        self.letter(letter).1
    }

    /// How wide a text is, in ems.
    pub(crate) fn width(&self, text: &str) -> f32 {
        text.chars().map(|letter| self.advance(letter)).sum()
    }

    /// The letters of a text, for drawing.
    pub(crate) fn glyphs(&self, text: &str) -> Vec<KrillaGlyph> {
        let glyph = |(place, letter): (usize, char)| {
            let (glyph_id, x_advance) = self.letter(letter);
            KrillaGlyph {
                glyph_id: GlyphId::new(glyph_id),
                text_range: place..place + letter.len_utf8(),
                x_advance,
                x_offset: 0.0,
                y_offset: 0.0,
                y_advance: 0.0,
                location: None,
            }
        };
        text.char_indices().map(glyph).collect()
    }

    /// Goes on with a word that is wider than a line, letter by letter.
    fn broken(
        &self,
        word: &str,
        size: f32,
        width: f32,
        mut line: String,
        mut used: f32,
        lines: &mut Vec<String>,
    ) -> (String, f32) {
        for letter in word.chars() {
            let wide = self.advance(letter) * size;
            if used + wide > width && !line.is_empty() {
                lines.push(std::mem::take(&mut line));
                used = 0.0;
            }
            line.push(letter);
            used += wide;
        }
        (line, used)
    }
}

/// Whether letters of this script stand one after the other from left to right.
fn can_be_set(letter: char) -> bool {
    !matches!(letter,
        // Hebrew to Arabic, and their further forms.
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}'
        // Scripts of India and its neighbours.
        | '\u{900}'..='\u{109f}' | '\u{1780}'..='\u{18af}'
        // Variation selectors, which are seen only with what they vary.
        | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_has_a_width_and_most_of_europe_has_letters() {
        let fonts = Fonts::new().unwrap();
        for weight in [Weight::Regular, Weight::Bold] {
            let face = fonts.face(weight);
            let hollow = face.letter(BOX);
            assert!(hollow.0 != 0, "the box itself is in the font");
            for letter in "aäßçñøžőŁŞĞİЖјΩώ€–“”…•☐✓\u{fffd}".chars() {
                assert_ne!(face.letter(letter), hollow, "{letter:?}");
            }
            for letter in "透析מي\u{905}\u{1f9a0}\u{e000}\u{10ffff}".chars() {
                assert_eq!(face.letter(letter), hollow, "{letter:?}");
            }
        }
    }

    #[test]
    fn no_line_is_too_wide_and_no_letter_is_lost() {
        let fonts = Fonts::new().unwrap();
        let long = "x".repeat(500);
        for text in ["one two three four five", "", "   ", long.as_str(), "a b  c", "W-1a2b3c4d5e6f7a8b9c"] {
            for width in [1.0, 20.0, 100.0] {
                let lines = fonts.wrapped(text, Weight::Regular, 9.0, width);
                let whole: String = lines.concat();
                let words = |text: &str| {
                    text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
                };
                assert_eq!(words(&whole), words(text));
                for line in lines.iter().filter(|line| line.chars().count() > 1) {
                    let wide = fonts.face(Weight::Regular).width(line.trim_end()) * 9.0;
                    assert!(
                        wide <= width + 0.01 || line.trim_end().chars().count() == 1,
                        "{line:?} in {width}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_is_cut_says_so() {
        let fonts = Fonts::new().unwrap();
        assert_eq!(fonts.cut("short", Weight::Regular, 8.0, 200.0), "short");
        let cut = fonts.cut(&"long ".repeat(50), Weight::Regular, 8.0, 100.0);
        assert!(cut.ends_with('…') && fonts.face(Weight::Regular).width(&cut) * 8.0 <= 100.0);
    }
}
