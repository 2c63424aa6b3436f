//! Texts, each kept once.

use std::collections::HashMap;
use std::rc::Rc;

use crate::index::layout::put_varint;

/// A text that was taken in. 0 is the empty text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct StrId(u32);

impl StrId {
    pub(super) const EMPTY: Self = Self(0);

    fn place(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// All texts, in the order in which they came.
#[derive(Debug)]
pub(super) struct Strings {
    texts: Vec<Rc<str>>,
    ids: HashMap<Rc<str>, StrId>,
}

impl Default for Strings {
    fn default() -> Self {
        let mut strings = Self { texts: Vec::new(), ids: HashMap::new() };
        strings.id("");
        strings
    }
}

impl Strings {
    pub(super) fn id(&mut self, text: &str) -> StrId {
        if let Some(&id) = self.ids.get(text) {
            return id;
        }
        let id = StrId(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
        let text: Rc<str> = text.into();
        self.texts.push(Rc::clone(&text));
        self.ids.insert(text, id);
        id
    }

    pub(super) fn text(&self, id: StrId) -> &str {
        self.texts.get(id.place()).map_or("", |text| text)
    }
}

/// Where each text stands in the pool. Parts are encoded twice: first to count how often each text is used, then, when
/// the pool is laid out with the most used first, for good.
#[derive(Debug, Default)]
pub(super) struct References {
    uses: Vec<Uses>,
    offsets: Option<Vec<u32>>,
}

/// How often a text is referred to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Uses {
    /// By numbers that are shorter the nearer the text stands to the beginning.
    short: u32,
    /// By numbers of 32 bits, for which the place does not matter.
    wide: u32,
}

impl References {
    /// The place of a text, for a varint; while counting, a use of it.
    pub(super) fn of(&mut self, id: StrId) -> u32 {
        self.place(id, |uses| &mut uses.short)
    }

    /// The place of a text, for a number of 32 bits.
    pub(super) fn wide(&mut self, id: StrId) -> [u8; 4] {
        self.place(id, |uses| &mut uses.wide).to_le_bytes()
    }

    fn place(&mut self, id: StrId, count: impl Fn(&mut Uses) -> &mut u32) -> u32 {
        if let Some(offsets) = &self.offsets {
            return offsets.get(id.place()).copied().unwrap_or_default();
        }
        // Texts are taken in while parts are counted, too.
        if id.place() >= self.uses.len() {
            self.uses.resize(id.place().saturating_add(1), Uses::default());
        }
        if let Some(uses) = self.uses.get_mut(id.place()) {
            let count = count(uses);
            *count = count.saturating_add(1);
        }
        0
    }

    /// Lays out the pool: the most used first, then by text. The empty text is always at 0.
    pub(super) fn lay_out(self, strings: &Strings) -> (Self, Vec<u8>) {
        let mut used: Vec<(u32, &str, usize)> = Vec::new();
        for (at, (&uses, text)) in self.uses.iter().zip(&strings.texts).enumerate() {
            if uses != Uses::default() && at != StrId::EMPTY.place() {
                used.push((uses.short, text, at));
            }
        }
        used.sort_by(|one, two| two.0.cmp(&one.0).then_with(|| one.1.cmp(two.1)));
        let mut pool = vec![0];
        let mut offsets = vec![0; self.uses.len()];
        for (_, text, at) in used {
            if let Some(offset) = offsets.get_mut(at) {
                *offset = u32::try_from(pool.len()).unwrap_or_default();
            }
            put_varint(&mut pool, u32::try_from(text.len()).unwrap_or_default());
            pool.extend_from_slice(text.as_bytes());
        }
        (Self { uses: self.uses, offsets: Some(offsets) }, pool)
    }
}
