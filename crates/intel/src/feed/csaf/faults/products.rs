//! Products and their groups: each id is defined, once, and not by itself (6.1.1 to 6.1.5); package URLs, digests and
//! versions in the tree are of their form (6.1.13, 6.1.25, 6.1.31).

use std::collections::{BTreeMap, BTreeSet};

use super::Faults;
use super::place::Place;
use crate::names::Purl;

pub(super) fn check(root: &Place<'_>, faults: &mut Faults) {
    let Some(tree) = root.field("product_tree") else {
        return check_uses(root, &BTreeSet::new(), &BTreeSet::new(), faults);
    };
    let products = defined_products(&tree);
    let ids: BTreeSet<&str> = products.iter().filter_map(|product| product.text_of("product_id")).collect();
    let groups = tree.items("product_groups");
    let group_ids: BTreeSet<&str> = groups.iter().filter_map(|group| group.text_of("group_id")).collect();
    check_once(&products, "product_id", ("6.1.2", "the product id is defined before"), faults);
    check_once(&groups, "group_id", ("6.1.5", "the group id is defined before"), faults);
    check_circles(&tree, faults);
    check_tree_uses(&tree, &ids, faults);
    check_uses(root, &ids, &group_ids, faults);
    products.iter().for_each(|product| check_helper(product, faults));
    tree.items("branches").iter().for_each(|branch| check_versions(branch, faults));
}

/// Every full product name.
pub(super) fn defined_products<'d>(tree: &Place<'d>) -> Vec<Place<'d>> {
    let mut products = tree.items("full_product_names");
    tree.items("branches").iter().for_each(|branch| collect(branch, &mut products));
    products.extend(tree.items("relationships").iter().filter_map(|one| one.field("full_product_name")));
    products
}

/// As deep as the JSON reader lets the document be.
fn collect<'d>(branch: &Place<'d>, products: &mut Vec<Place<'d>>) {
    products.extend(branch.field("product"));
    branch.items("branches").iter().for_each(|branch| collect(branch, products));
}

fn check_once(
    places: &[Place<'_>],
    id: &str,
    (rule, text): (&'static str, &'static str),
    faults: &mut Faults,
) {
    let mut seen = BTreeSet::new();
    for place in places.iter().filter_map(|place| place.field(id)) {
        if place.text().is_some_and(|id| !seen.insert(id)) {
            faults.add(rule, &place, text);
        }
    }
}

/// A product that is made of others is not one of them (6.1.3).
fn check_circles(tree: &Place<'_>, faults: &mut Faults) {
    let relationships = tree.items("relationships");
    let mut parts: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for relationship in &relationships {
        let made = relationship.field("full_product_name").and_then(|product| product.text_of("product_id"));
        let of = ["product_reference", "relates_to_product_reference"];
        let of = of.into_iter().filter_map(|name| relationship.text_of(name));
        parts.entry(made.unwrap_or_default()).or_default().extend(of);
    }
    for relationship in &relationships {
        let id = relationship.at(&["full_product_name", "product_id"]);
        if let Some(place) = id.filter(|place| place.text().is_some_and(|id| holds_itself(id, &parts))) {
            faults.add("6.1.3", &place, "the product is defined by itself");
        }
    }
}

fn holds_itself(id: &str, parts: &BTreeMap<&str, BTreeSet<&str>>) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![id];
    while let Some(next) = open.pop() {
        for &part in parts.get(next).into_iter().flatten() {
            if part == id {
                return true;
            }
            if seen.insert(part) {
                open.push(part);
            }
        }
    }
    false
}

fn check_tree_uses(tree: &Place<'_>, ids: &BTreeSet<&str>, faults: &mut Faults) {
    for relationship in tree.items("relationships") {
        for name in ["product_reference", "relates_to_product_reference"] {
            relationship.field(name).iter().for_each(|place| check_use(place, ids, PRODUCT, faults));
        }
    }
    for group in tree.items("product_groups") {
        check_list(&group, "product_ids", ids, PRODUCT, faults);
    }
}

const PRODUCT: (&str, &str) = ("6.1.1", "no product has this id");
const GROUP: (&str, &str) = ("6.1.4", "no group has this id");

fn check_uses(root: &Place<'_>, ids: &BTreeSet<&str>, group_ids: &BTreeSet<&str>, faults: &mut Faults) {
    for vulnerability in root.items("vulnerabilities") {
        for (name, _) in vulnerability.field("product_status").iter().flat_map(Place::fields) {
            if let Some(status) = vulnerability.field("product_status") {
                check_list(&status, name, ids, PRODUCT, faults);
            }
        }
        for score in vulnerability.items("scores") {
            check_list(&score, "products", ids, PRODUCT, faults);
        }
        for name in ["remediations", "threats", "flags"] {
            for item in vulnerability.items(name) {
                check_list(&item, "product_ids", ids, PRODUCT, faults);
                check_list(&item, "group_ids", group_ids, GROUP, faults);
            }
        }
    }
}

fn check_list(
    place: &Place<'_>,
    name: &str,
    ids: &BTreeSet<&str>,
    fault: (&'static str, &'static str),
    faults: &mut Faults,
) {
    place.items(name).iter().for_each(|place| check_use(place, ids, fault, faults));
}

fn check_use(
    place: &Place<'_>,
    ids: &BTreeSet<&str>,
    (rule, text): (&'static str, &'static str),
    faults: &mut Faults,
) {
    if place.text().is_none_or(|id| !ids.contains(id)) {
        faults.add(rule, place, text);
    }
}

fn check_helper(product: &Place<'_>, faults: &mut Faults) {
    let Some(helper) = product.field("product_identification_helper") else { return };
    let purl = helper.field("purl");
    if let Some(place) = purl.filter(|purl| purl.text().is_none_or(|text| text.parse::<Purl>().is_err())) {
        faults.add("6.1.13", &place, "not a package URL");
    }
    for file in helper.items("hashes") {
        let digests = file.items("file_hashes");
        check_once(&digests, "algorithm", ("6.1.25", "a second digest by this algorithm"), faults);
    }
}

/// Words that make a range of a version.
const RANGE_WORDS: &[&str] = &["after", "all", "before", "earlier", "later", "prior", "versions"];

fn check_versions(branch: &Place<'_>, faults: &mut Faults) {
    let name = branch.field("name").filter(|_| branch.text_of("category") == Some("product_version"));
    if let Some(place) = name.filter(|name| name.text().is_some_and(is_range)) {
        faults.add("6.1.31", &place, "a range stands where one version belongs");
    }
    branch.items("branches").iter().for_each(|branch| check_versions(branch, faults));
}

fn is_range(text: &str) -> bool {
    let text = text.to_lowercase();
    text.contains(['<', '>']) || text.split_whitespace().any(|word| RANGE_WORDS.contains(&word))
}
