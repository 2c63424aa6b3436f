//! The product tree of a CSAF document: maker, model and version of each product id (CSAF 2.0, 3.2.2).

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::about::Named;

#[derive(Default, Deserialize)]
pub(super) struct ProductTree {
    #[serde(default)]
    branches: Vec<Branch>,
    #[serde(default)]
    full_product_names: Vec<Name>,
    #[serde(default)]
    relationships: Vec<Relationship>,
    #[serde(default)]
    product_groups: Vec<Group>,
}

#[derive(Deserialize)]
struct Branch {
    category: String,
    name: String,
    product: Option<Name>,
    #[serde(default)]
    branches: Vec<Branch>,
}

#[derive(Deserialize)]
struct Name {
    product_id: String,
}

#[derive(Deserialize)]
struct Relationship {
    category: String,
    full_product_name: Name,
    product_reference: String,
    relates_to_product_reference: String,
}

#[derive(Deserialize)]
struct Group {
    group_id: String,
    product_ids: Vec<String>,
}

/// The most characters of a branch's name.
const LONGEST_NAME: usize = 200;

/// A product, as far as the branches above it name it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Product {
    maker: Option<String>,
    model: Option<String>,
    /// Its version or range of versions; every version where there is none.
    pub(super) version: Option<String>,
}

impl Product {
    /// Maker and model, where both are named.
    pub(super) fn named(&self) -> Option<Named> {
        Some(Named::new(self.maker.as_deref()?, self.model.as_deref()?, self.version.as_deref()))
    }

    /// The product inside a branch.
    fn inside(&self, branch: &Branch) -> Self {
        let mut inner = self.clone();
        let name: String = branch.name.trim().chars().take(LONGEST_NAME).collect();
        match branch.category.as_str() {
            "vendor" => inner.maker = Some(name),
            "product_name" => inner.model = Some(name),
            "product_version" | "product_version_range" | "patch_level" | "service_pack" | "legacy" => {
                inner.version = inner.version_with(&name);
            }
            _ => {}
        }
        inner
    }

    /// The version with a part more: `2.1`, then `SP 3`.
    fn version_with(&self, part: &str) -> Option<String> {
        match &self.version {
            Some(version) => Some(format!("{version} {part}")),
            None => Some(part.to_owned()).filter(|part| !matches!(part.as_str(), "vers:all/*" | "*" | "")),
        }
    }
}

/// Each product id of a document.
#[derive(Debug, Default)]
pub(super) struct Products {
    products: BTreeMap<String, Product>,
    groups: BTreeMap<String, Vec<String>>,
}

/// How often relationships of relationships are followed.
const MOST_STEPS: usize = 8;

impl Products {
    pub(super) fn of(tree: ProductTree) -> Self {
        let mut products = BTreeMap::new();
        let mut waiting: Vec<(Product, Branch)> =
            tree.branches.into_iter().map(|branch| (Product::default(), branch)).collect();
        while let Some((outer, mut branch)) = waiting.pop() {
            let product = outer.inside(&branch);
            let inner = std::mem::take(&mut branch.branches);
            waiting.extend(inner.into_iter().map(|branch| (product.clone(), branch)));
            if let Some(name) = branch.product {
                products.insert(name.product_id, product);
            }
        }
        for name in tree.full_product_names {
            products.entry(name.product_id).or_default();
        }
        relate(&mut products, tree.relationships);
        let groups = tree.product_groups.into_iter().map(|group| (group.group_id, group.product_ids));
        Self { products, groups: groups.collect() }
    }

    pub(super) fn get(&self, id: &str) -> Option<&Product> {
        self.products.get(id)
    }

    pub(super) fn group(&self, id: &str) -> &[String] {
        self.groups.get(id).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Adds products that are made of two: a part of a product is told of the product, something installed beside another of itself.
fn relate(products: &mut BTreeMap<String, Product>, mut relationships: Vec<Relationship>) {
    for _ in 0..MOST_STEPS {
        relationships.retain(|relationship| {
            let is_part =
                matches!(relationship.category.as_str(), "default_component_of" | "optional_component_of");
            let (part, whole) = (&relationship.product_reference, &relationship.relates_to_product_reference);
            let product = products.get(if is_part { whole } else { part }).cloned();
            let is_known = product.is_some();
            if let Some(product) = product {
                products.insert(relationship.full_product_name.product_id.clone(), product);
            }
            !is_known
        });
    }
}
