//! How two names relate (NISTIR 7696, 6): attribute by attribute, then as a whole.

use super::{Attribute, Cpe, Part};

/// How the set of things that one name stands for relates to another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// They are the same set.
    Equal,
    /// The first is part of the second: the first says more. A *possible* match, never an exact one.
    Subset,
    /// The second is part of the first.
    Superset,
    /// They share nothing.
    Disjoint,
    /// The standard does not say (wildcards in the second), or they overlap in part.
    Undefined,
}

impl Relation {
    /// The relation with the two sides changed over.
    #[must_use]
    pub fn inverse(self) -> Self {
        match self {
            Self::Subset => Self::Superset,
            Self::Superset => Self::Subset,
            same => same,
        }
    }

    /// The relation of two names whose attributes relate in these two ways (NISTIR 7696, table 6-4).
    #[must_use]
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Disjoint, _) | (_, Self::Disjoint) => Self::Disjoint,
            (Self::Equal, relation) | (relation, Self::Equal) => relation,
            (one, two) if one == two => one,
            _ => Self::Undefined,
        }
    }
}

impl Attribute {
    /// How this attribute relates to `target` (NISTIR 7696, table 6-2).
    #[must_use]
    pub fn relation_to(&self, target: &Self) -> Relation {
        match (self, target) {
            (_, Self::Value(value)) if value.has_wildcard() => Relation::Undefined,
            (Self::Any, Self::Any) | (Self::NotApplicable, Self::NotApplicable) => Relation::Equal,
            (Self::Any, _) => Relation::Superset,
            (_, Self::Any) => Relation::Subset,
            (Self::NotApplicable, Self::Value(_)) | (Self::Value(_), Self::NotApplicable) => {
                Relation::Disjoint
            }
            (Self::Value(source), Self::Value(target)) if source == target => Relation::Equal,
            (Self::Value(source), Self::Value(target)) => {
                let covers = source.has_wildcard() && source.covers(&target.text);
                if covers { Relation::Superset } else { Relation::Disjoint }
            }
        }
    }
}

impl Cpe {
    /// How this name relates to `target` (NISTIR 7696, 6.2 and table 6-4).
    #[must_use]
    pub fn relation_to(&self, target: &Self) -> Relation {
        let part = part_relation(self.part, target.part);
        let pairs = self.attributes().into_iter().zip(target.attributes());
        pairs.fold(part, |whole, (source, target)| whole.and(source.relation_to(target)))
    }
}

fn part_relation(source: Option<Part>, target: Option<Part>) -> Relation {
    match (source, target) {
        (None, None) => Relation::Equal,
        (None, Some(_)) => Relation::Superset,
        (Some(_), None) => Relation::Subset,
        (Some(source), Some(target)) if source == target => Relation::Equal,
        _ => Relation::Disjoint,
    }
}
