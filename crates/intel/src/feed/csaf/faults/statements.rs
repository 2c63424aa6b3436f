//! What is said of a vulnerability holds together: one status a product (6.1.6), one item a CVE (6.1.23), one statement
//! a party and day (6.1.24), remedies and flags that name products (6.1.29, 6.1.32), one reason a product (6.1.33).

use std::collections::{BTreeMap, BTreeSet};

use super::Faults;
use super::place::Place;
use crate::feed::csaf::status_called;

pub(super) fn check(root: &Place<'_>, faults: &mut Faults) {
    let groups = groups(root);
    let mut cves = BTreeSet::new();
    for vulnerability in root.items("vulnerabilities") {
        if let Some(place) =
            vulnerability.field("cve").filter(|cve| cve.text().is_some_and(|id| !cves.insert(id)))
        {
            faults.add("6.1.23", &place, "another item is about this CVE");
        }
        check_status(&vulnerability, faults);
        check_involvements(&vulnerability, faults);
        for (list, rule) in [("remediations", "6.1.29"), ("flags", "6.1.32")] {
            let aimless = |item: &&Place<'_>| !item.has("product_ids") && !item.has("group_ids");
            for item in vulnerability.items(list).iter().filter(aimless) {
                faults.add(rule, item, "names neither a product nor a group");
            }
        }
        check_reasons(&vulnerability, &groups, faults);
    }
}

/// The products of each group.
pub(super) fn groups<'d>(root: &Place<'d>) -> BTreeMap<&'d str, BTreeSet<&'d str>> {
    let groups = root.field("product_tree").map(|tree| tree.items("product_groups")).unwrap_or_default();
    let group = |group: &Place<'d>| Some((group.text_of("group_id")?, texts(group, "product_ids").collect()));
    groups.iter().filter_map(group).collect()
}

pub(super) fn texts<'d>(place: &Place<'d>, name: &str) -> impl Iterator<Item = &'d str> + use<'d> {
    place.items(name).into_iter().filter_map(|item| item.text())
}

/// The products that items are about, those of their groups included. Each group is opened once, however many items
/// name it.
#[derive(Default)]
pub(super) struct Covered<'d> {
    products: BTreeSet<&'d str>,
    groups: BTreeSet<&'d str>,
}

impl<'d> Covered<'d> {
    /// Adds an item's products; true when one of them was there before.
    pub(super) fn add(&mut self, item: &Place<'d>, groups: &BTreeMap<&'d str, BTreeSet<&'d str>>) -> bool {
        let (named, again): (Vec<_>, Vec<_>) =
            texts(item, "group_ids").partition(|&group| self.groups.insert(group));
        let opened: BTreeSet<&str> =
            named.iter().filter_map(|id| groups.get(id)).flatten().copied().collect();
        let own: BTreeSet<&str> = texts(item, "product_ids").chain(opened).collect();
        let known = !self.products.is_disjoint(&own);
        self.products.extend(own);
        known || again.iter().any(|id| groups.get(id).is_some_and(|members| !members.is_empty()))
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.products.contains(id)
    }
}

fn check_status(vulnerability: &Place<'_>, faults: &mut Faults) {
    let Some(status) = vulnerability.field("product_status") else { return };
    let mut known = BTreeMap::new();
    for (name, _) in status.fields() {
        let Some(kind) = status_called(name) else { continue };
        for place in status.items(name) {
            let Some(id) = place.text() else { continue };
            if *known.entry(id).or_insert(kind) != kind {
                faults.add("6.1.6", &place, "the product has another status too");
            }
        }
    }
}

fn check_involvements(vulnerability: &Place<'_>, faults: &mut Faults) {
    let mut seen = BTreeSet::new();
    for involvement in vulnerability.items("involvements") {
        let (party, date) = (involvement.text_of("party"), involvement.text_of("date"));
        if party.is_some() && date.is_some() && !seen.insert((party, date)) {
            faults.add("6.1.24", &involvement, "the party has another status on this day");
        }
    }
}

/// The flags by which VEX says why a product is not affected.
const REASONS: &[&str] = &[
    "component_not_present",
    "inline_mitigations_already_exist",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_not_present",
];

fn check_reasons<'d>(
    vulnerability: &Place<'d>,
    groups: &BTreeMap<&'d str, BTreeSet<&'d str>>,
    faults: &mut Faults,
) {
    let mut reasoned = Covered::default();
    for flag in vulnerability.items("flags") {
        let reason = flag.text_of("label").is_some_and(|label| REASONS.contains(&label));
        if reason && reasoned.add(&flag, groups) {
            faults.add("6.1.33", &flag, "one of its products has another reason");
        }
    }
}
