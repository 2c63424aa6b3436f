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
#[derive(Debug)]
pub(super) struct References {
    uses: Vec<u32>,
    offsets: Option<Vec<u32>>,
}

impl References {
    pub(super) fn counting(strings: &Strings) -> Self {
        Self { uses: vec![0; strings.texts.len()], offsets: None }
    }

    /// The place of a text; while counting, a use of it.
    pub(super) fn of(&mut self, id: StrId) -> u32 {
        match &self.offsets {
            Some(offsets) => offsets.get(id.place()).copied().unwrap_or_default(),
            None => {
                if let Some(uses) = self.uses.get_mut(id.place()) {
                    *uses = uses.saturating_add(1);
                }
                0
            }
        }
    }

    /// Lays out the pool: the most used first, then by text. The empty text is always at 0.
    pub(super) fn lay_out(self, strings: &Strings) -> (Self, Vec<u8>) {
        let mut used: Vec<(u32, &str, usize)> = Vec::new();
        for (at, (&uses, text)) in self.uses.iter().zip(&strings.texts).enumerate() {
            if uses > 0 && at != StrId::EMPTY.place() {
                used.push((uses, text, at));
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
