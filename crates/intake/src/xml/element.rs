//! One element of a document, as far as a reader knows its names.

use compact_str::CompactString;

use crate::Row;

/// An element with what is inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Element {
    /// Its name, without a prefix.
    pub(crate) name: &'static str,
    /// The line that it begins in.
    pub(crate) row: Row,
    /// Its own text, without that of its children.
    pub(crate) text: String,
    /// Its children, in their order.
    pub(crate) children: Vec<Element>,
    pub(super) attributes: Vec<(&'static str, CompactString)>,
}

impl Element {
    pub(super) fn new(name: &'static str, row: Row) -> Self {
        Self { name, row, text: String::new(), children: Vec::new(), attributes: Vec::new() }
    }

    /// An attribute's value; `None` when it is not there or is empty.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// The first child of this name.
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// All children of this name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// All children of the first child of this name: the members of a list.
    pub(crate) fn members<'a>(&'a self, list: &str, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.child(list).into_iter().flat_map(move |list| list.all(name))
    }

    /// The text of the first child of this name; `None` when it is not there or is empty.
    pub(crate) fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).and_then(Self::filled)
    }

    /// Its text without space around it; `None` when nothing is left.
    pub(crate) fn filled(&self) -> Option<&str> {
        Some(self.text.trim()).filter(|text| !text.is_empty())
    }
}
