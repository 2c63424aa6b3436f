//! The structure of a report as screen readers follow it: headings, paragraphs, lists, tables (ISO 14289-1, 7.1).

use std::num::NonZeroU16;

use krilla::tagging::{Identifier, ListNumbering, Node as Tagged, TableHeaderScope, Tag, TagGroup, TagTree};

/// A place in the structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NodeId(usize);

/// What a node is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// A heading of this level.
    Heading(u16, String),
    Paragraph,
    Section,
    List {
        numbered: bool,
    },
    Item,
    /// The bullet or number of an item.
    Label,
    /// The text of an item.
    Body,
    Table,
    Head,
    Rows,
    Row,
    /// A cell that names its column.
    ColumnHeading,
    /// A cell that names its row.
    RowHeading,
    Cell,
    Caption,
}

#[derive(Debug)]
struct Node {
    role: Role,
    children: Vec<NodeId>,
    /// Lines of text on pages; a node has these or children.
    lines: Vec<Identifier>,
}

/// The structure as it grows.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    roots: Vec<NodeId>,
}

/// How far a structure had grown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    nodes: usize,
    roots: usize,
}

impl Tree {
    /// Adds a node below another, or as a root.
    pub(crate) fn add(&mut self, parent: Option<NodeId>, role: Role) -> NodeId {
        let id = NodeId(self.nodes.len());
        self.nodes.push(Node { role, children: Vec::new(), lines: Vec::new() });
        match parent.and_then(|parent| self.nodes.get_mut(parent.0)) {
            Some(parent) => parent.children.push(id),
            None => self.roots.push(id),
        }
        id
    }

    /// Puts a line of text into a node.
    pub(crate) fn line(&mut self, node: NodeId, line: Identifier) {
        if let Some(node) = self.nodes.get_mut(node.0) {
            node.lines.push(line);
        }
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark { nodes: self.nodes.len(), roots: self.roots.len() }
    }

    /// Takes back everything since the mark. What was added lies below roots that were added since, too.
    pub(crate) fn back_to(&mut self, mark: Mark) {
        self.nodes.truncate(mark.nodes);
        self.roots.truncate(mark.roots);
    }

    /// The structure as the writer takes it.
    pub(crate) fn finish(mut self) -> TagTree {
        let mut tree = TagTree::new().with_lang(Some("en".to_owned()));
        for root in std::mem::take(&mut self.roots) {
            if let Some(group) = self.group(root) {
                tree.push(group);
            }
        }
        tree
    }

    fn group(&mut self, id: NodeId) -> Option<TagGroup> {
        let node = self.nodes.get_mut(id.0)?;
        let (children, lines) = (std::mem::take(&mut node.children), std::mem::take(&mut node.lines));
        let mut group = begun(&node.role);
        for child in children {
            if let Some(child) = self.group(child) {
                group.push(child);
            }
        }
        lines.into_iter().for_each(|line| group.push(Tagged::from(line)));
        Some(group)
    }
}

fn begun(role: &Role) -> TagGroup {
    match role {
        Role::Heading(level, title) => {
            TagGroup::new(Tag::Hn(NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN), Some(title.clone())))
        }
        Role::Paragraph => TagGroup::new(Tag::P),
        Role::Section => TagGroup::new(Tag::Section),
        Role::List { numbered: true } => TagGroup::new(Tag::L(ListNumbering::Decimal)),
        Role::List { numbered: false } => TagGroup::new(Tag::L(ListNumbering::Disc)),
        Role::Item => TagGroup::new(Tag::LI),
        Role::Label => TagGroup::new(Tag::Lbl),
        Role::Body => TagGroup::new(Tag::LBody),
        Role::Table => TagGroup::new(Tag::Table),
        Role::Head => TagGroup::new(Tag::THead),
        Role::Rows => TagGroup::new(Tag::TBody),
        Role::Row => TagGroup::new(Tag::TR),
        Role::ColumnHeading => TagGroup::new(Tag::TH(TableHeaderScope::Column)),
        Role::RowHeading => TagGroup::new(Tag::TH(TableHeaderScope::Row)),
        Role::Cell => TagGroup::new(Tag::TD),
        Role::Caption => TagGroup::new(Tag::Caption),
    }
}
