//! What the project is built from keeps to `deny.toml`: licences that it may have, crates that it may not be.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{Broken, list, text};

/// `deny.toml`, as far as it is checked here.
struct Rules {
    licences: BTreeSet<String>,
    /// Banned crates, each with the crates that may import it all the same.
    bans: Vec<(String, BTreeSet<String>)>,
}

pub(crate) fn check(metadata: &Value) -> Vec<Broken> {
    match read_rules() {
        Ok(rules) => {
            let licences = list(metadata, "packages").iter().flat_map(|package| licence(&rules, package));
            licences.chain(banned(&rules, metadata)).collect()
        }
        Err(error) => vec![error],
    }
}

fn read_rules() -> Result<Rules, String> {
    let file = std::fs::read_to_string("deny.toml").map_err(|error| format!("deny.toml: {error}"))?;
    let table: toml::Table = file.parse().map_err(|error| format!("deny.toml: {error}"))?;
    let strings = |value: Option<&toml::Value>| -> BTreeSet<String> {
        value
            .and_then(toml::Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|item| item.as_str().map(str::to_owned))
            .collect()
    };
    let section = |name: &str, key: &str| table.get(name).and_then(|section| section.get(key));
    let bans = section("bans", "deny").and_then(toml::Value::as_array).into_iter().flatten();
    let ban = |ban: &toml::Value| Some((ban.get("name")?.as_str()?.to_owned(), strings(ban.get("wrappers"))));
    Ok(Rules { licences: strings(section("licenses", "allow")), bans: bans.filter_map(ban).collect() })
}

fn licence(rules: &Rules, package: &Value) -> Vec<Broken> {
    let name = text(package, "name");
    let licence = text(package, "license");
    let refused = || format!("{name} has the licence {licence:?}, which deny.toml does not allow");
    (!is_allowed(&rules.licences, licence)).then(refused).into_iter().collect()
}

/// Banned crates that are really built in, whatever feature asked for them.
fn banned(rules: &Rules, metadata: &Value) -> Vec<Broken> {
    let names: BTreeMap<&str, &str> = list(metadata, "packages")
        .iter()
        .map(|package| (text(package, "id"), text(package, "name")))
        .collect();
    let name_of = |id: &str| names.get(id).copied().unwrap_or_default();
    let nodes = metadata.get("resolve").map_or(&[][..], |resolve| list(resolve, "nodes"));
    let edges = nodes.iter().flat_map(|node| {
        let from = name_of(text(node, "id"));
        list(node, "deps").iter().map(move |to| (from, name_of(text(to, "pkg"))))
    });
    let is_banned = |(from, to): &(&str, &str)| {
        rules.bans.iter().any(|(ban, wrappers)| ban == to && !wrappers.contains(*from))
    };
    edges.filter(is_banned).map(|(from, to)| format!("{from} imports {to}, which deny.toml bans")).collect()
}

/// Whether an SPDX expression can be met with these licences: one of each `OR`, all of each `AND`.
fn is_allowed(allowed: &BTreeSet<String>, expression: &str) -> bool {
    let expression = expression.replace(['(', ')'], "").replace('/', " OR ");
    let all_of = |part: &str| part.split(" AND ").all(|one| allowed.contains(one.trim()));
    // Brackets only ever group alternatives in the expressions in use ("(A OR B) AND C"), so both readings must do.
    let any_of_all = expression.split(" OR ").any(all_of);
    let all_of_any =
        expression.split(" AND ").all(|part| part.split(" OR ").any(|one| allowed.contains(one.trim())));
    any_of_all && all_of_any
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_met_or_not() {
        let allowed = ["MIT", "Unicode-3.0", "Apache-2.0"].map(str::to_owned).into();
        assert!(is_allowed(&allowed, "MIT OR GPL-3.0"));
        assert!(is_allowed(&allowed, "(MIT OR Apache-2.0) AND Unicode-3.0"));
        assert!(is_allowed(&allowed, "MIT/Apache-2.0"));
        assert!(!is_allowed(&allowed, "GPL-3.0"));
        assert!(!is_allowed(&allowed, "(MIT OR Apache-2.0) AND GPL-3.0"));
        assert!(!is_allowed(&allowed, ""));
    }
}
