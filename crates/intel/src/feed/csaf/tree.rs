//! The product tree: what each product id stands for (CSAF 2.0, 3.2.2).

use std::collections::BTreeMap;

use serde::Deserialize;

/// A product as an advisory names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Product {
    /// The maker; empty when the tree names none.
    pub manufacturer: String,
    /// The product, with its family where the tree has one.
    pub name: String,
    /// What is said of its versions, as written; empty when nothing is.
    pub versions: String,
}

#[derive(Default, Deserialize)]
pub(super) struct RawTree {
    #[serde(default)]
    branches: Vec<RawBranch>,
    #[serde(default)]
    full_product_names: Vec<RawProduct>,
    #[serde(default)]
    relationships: Vec<RawRelationship>,
}

#[derive(Deserialize)]
struct RawBranch {
    #[serde(default)]
    category: String,
    #[serde(default)]
    name: String,
    product: Option<RawProduct>,
    #[serde(default)]
    branches: Vec<RawBranch>,
}

#[derive(Deserialize)]
struct RawProduct {
    product_id: String,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct RawRelationship {
    product_reference: String,
    full_product_name: RawProduct,
}

impl RawTree {
    /// Every product id with what it stands for. A product that is part of another stands for itself.
    pub(super) fn products(&self) -> BTreeMap<&str, Product> {
        let mut products = BTreeMap::new();
        for full in &self.full_product_names {
            let name = tidy(&full.name);
            let product = Product { manufacturer: String::new(), name, versions: String::new() };
            products.insert(full.product_id.as_str(), product);
        }
        for branch in &self.branches {
            branch.collect(&Product::nameless(), &mut products);
        }
        for relation in &self.relationships {
            if let Some(product) = products.get(relation.product_reference.as_str()).cloned() {
                products.insert(relation.full_product_name.product_id.as_str(), product);
            }
        }
        products
    }
}

impl Product {
    fn nameless() -> Self {
        Self { manufacturer: String::new(), name: String::new(), versions: String::new() }
    }
}

impl RawBranch {
    /// As deep as the JSON reader lets the document be.
    fn collect<'t>(&'t self, above: &Product, products: &mut BTreeMap<&'t str, Product>) {
        let mut here = above.clone();
        match self.category.as_str() {
            "vendor" => here.manufacturer = tidy(&self.name),
            "product_version" | "product_version_range" => here.take_versions(&tidy(&self.name)),
            "product_name" | "product_family" => here.extend_name(&tidy(&self.name)),
            _ => {}
        }
        if let Some(product) = &self.product {
            products.insert(product.product_id.as_str(), here.clone());
        }
        for branch in &self.branches {
            branch.collect(&here, products);
        }
    }
}

impl Product {
    /// What stands where a version belongs: versions, or the name of a model (`882412 GEMINI LXL`).
    fn take_versions(&mut self, text: &str) {
        if is_model(text) { self.extend_name(text) } else { self.versions = text.to_owned() }
    }

    /// `Gemini PET/CT Family`, then `Gemini Dual`; a name that repeats the one above replaces it.
    fn extend_name(&mut self, name: &str) {
        if self.name.is_empty() || name.contains(self.name.as_str()) {
            self.name = name.to_owned();
        } else {
            self.name = format!("{} {name}", self.name).chars().take(MAX_NAME).collect();
        }
    }
}

/// Words that belong to versions, conditions and parts of a product rather than to the name of a model.
const NOT_OF_MODELS: &[&str] = &[
    "all",
    "and",
    "based",
    "before",
    "build",
    "date",
    "digits",
    "edition",
    "editions",
    "firmware",
    "first",
    "for",
    "from",
    "including",
    "installed",
    "module",
    "option",
    "only",
    "prior",
    "release",
    "revision",
    "rev",
    "running",
    "serial",
    "series",
    "service",
    "software",
    "system",
    "than",
    "through",
    "until",
    "using",
    "version",
    "versions",
    "when",
    "windows",
    "with",
];

/// True for a text that names a model and says nothing of versions: at least two words, one of them of letters alone,
/// no dot, no sign of comparison or list, no word that versions and conditions are told with.
fn is_model(text: &str) -> bool {
    let lower = text.to_lowercase();
    let plain = lower.chars().all(|letter| letter.is_alphanumeric() || " -/".contains(letter));
    let words: Vec<&str> = lower.split([' ', '-', '/']).filter(|word| !word.is_empty()).collect();
    let named = words.iter().any(|word| word.len() >= 3 && word.chars().all(char::is_alphabetic));
    plain
        && named
        && words.len() >= 2
        && !words.iter().any(|word| NOT_OF_MODELS.contains(word))
        && super::read_versions(text).is_none()
}

const MAX_NAME: usize = 160;

/// One space between words, nothing that does not print, at most 160 characters.
pub(super) fn tidy(text: &str) -> String {
    let printable: String =
        text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let words: Vec<&str> = printable.split_whitespace().collect();
    words.join(" ").chars().take(MAX_NAME).collect()
}
