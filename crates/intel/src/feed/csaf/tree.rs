//! The product tree: what each product id stands for (CSAF 2.0, 3.2.2).

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

/// A product as an advisory names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Product {
    /// The maker; empty when the tree names none.
    pub manufacturer: String,
    /// The product, with its family where the tree has one.
    pub name: String,
    /// What is said of its versions, as written; empty when nothing is, `*` when a model stands in their place.
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
    #[serde(default)]
    product_groups: Vec<RawGroup>,
}

#[derive(Deserialize)]
struct RawGroup {
    group_id: String,
    #[serde(default)]
    product_ids: Vec<String>,
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
    relates_to_product_reference: String,
    full_product_name: RawProduct,
}

/// What the ids of a document stand for.
#[derive(Default)]
pub(super) struct Products<'t> {
    known: BTreeMap<&'t str, Product>,
    /// Ids that are defined twice, as different products (6.1.2).
    doubtful: BTreeSet<&'t str>,
    /// The groups of each product.
    groups: BTreeMap<&'t str, BTreeSet<&'t str>>,
}

/// What an id stands for.
pub(super) enum Meaning<'p> {
    /// One product.
    Product(&'p Product),
    /// Nothing (6.1.1), or a product that is made of itself (6.1.3).
    Nothing,
    /// One product or another.
    Doubtful,
}

impl<'t> Products<'t> {
    pub(super) fn meaning(&self, id: &str) -> Meaning<'_> {
        match self.known.get(id) {
            _ if self.doubtful.contains(id) => Meaning::Doubtful,
            Some(product) => Meaning::Product(product),
            None => Meaning::Nothing,
        }
    }

    /// The groups that have this product.
    pub(super) fn groups_of(&self, id: &str) -> Option<&BTreeSet<&'t str>> {
        self.groups.get(id)
    }

    fn define(&mut self, id: &'t str, product: Product) {
        if self.known.get(id).is_some_and(|known| *known != product) {
            self.doubtful.insert(id);
        } else {
            self.known.insert(id, product);
        }
    }
}

/// Products of products of products: no honest tree goes deeper.
const MAX_RELATIONS: usize = 8;

impl RawTree {
    /// Every product id with what it stands for. A product that is part of another stands for itself.
    pub(super) fn products(&self) -> Products<'_> {
        let mut products = Products::default();
        for full in &self.full_product_names {
            let name = tidy(&full.name);
            let product = Product { manufacturer: String::new(), name, versions: String::new() };
            products.define(full.product_id.as_str(), product);
        }
        for branch in &self.branches {
            branch.collect(&Product::nameless(), &mut products);
        }
        self.relate(&mut products);
        for group in &self.product_groups {
            for member in &group.product_ids {
                products.groups.entry(member.as_str()).or_default().insert(group.group_id.as_str());
            }
        }
        products
    }

    /// Defines what is made of other products, in whatever order they stand. What is made of itself is never defined.
    fn relate<'t>(&'t self, products: &mut Products<'t>) {
        let mut open: Vec<&RawRelationship> = self.relationships.iter().collect();
        for _ in 0..MAX_RELATIONS {
            let known = |id: &String| products.known.contains_key(id.as_str());
            let (ready, wait): (Vec<_>, Vec<_>) = open
                .into_iter()
                .partition(|one| known(&one.product_reference) && known(&one.relates_to_product_reference));
            for relation in ready {
                if let Some(product) = products.known.get(relation.product_reference.as_str()).cloned() {
                    products.define(relation.full_product_name.product_id.as_str(), product);
                }
            }
            open = wait;
        }
    }
}

impl Product {
    fn nameless() -> Self {
        Self { manufacturer: String::new(), name: String::new(), versions: String::new() }
    }
}

impl RawBranch {
    /// As deep as the JSON reader lets the document be.
    fn collect<'t>(&'t self, above: &Product, products: &mut Products<'t>) {
        let mut here = above.clone();
        match self.category.as_str() {
            "vendor" => here.manufacturer = tidy(&self.name),
            "product_version" | "product_version_range" => here.take_versions(&tidy(&self.name)),
            "product_name" | "product_family" => here.extend_name(&tidy(&self.name)),
            _ => {}
        }
        if let Some(product) = &self.product {
            products.define(product.product_id.as_str(), here.clone());
        }
        for branch in &self.branches {
            branch.collect(&here, products);
        }
    }
}

impl Product {
    /// What stands where a version belongs: versions, or the name of a model (`882412 GEMINI LXL`).
    fn take_versions(&mut self, text: &str) {
        if is_model(text) {
            self.extend_name(text);
            self.versions = "*".to_owned();
        } else if let Some((versions, model)) = versions_of_model(text) {
            self.extend_name(model);
            self.versions = versions.to_owned();
        } else {
            self.versions = text.to_owned();
        }
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

/// `6.x model 35700BAX`: versions of one model of the family.
fn versions_of_model(text: &str) -> Option<(&str, &str)> {
    let (versions, model) = text.split_once(" model ")?;
    let number =
        model.chars().all(char::is_alphanumeric) && model.contains(|letter: char| letter.is_ascii_digit());
    (number && super::read_versions(versions).is_some()).then_some((versions, model))
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
    // Prose ("the new one") is no name.
    let marked = text.chars().any(|letter| letter.is_uppercase() || letter.is_ascii_digit());
    plain
        && named
        && marked
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
