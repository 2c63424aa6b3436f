//! `cargo xtask sbom`: the program's bill of materials, CycloneDX 1.5 JSON (ECMA-424), the same bytes for the same lock file.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::{list, text};

/// The bill of materials of the `wardround` program: everything that is linked into it, nothing that only tests or builds it.
pub(crate) fn sbom(metadata: &Value) -> Result<String, String> {
    let packages: BTreeMap<&str, &Value> =
        list(metadata, "packages").iter().map(|package| (text(package, "id"), package)).collect();
    let checksums = checksums()?;
    let root = packages
        .values()
        .find(|package| text(package, "name") == "wardround")
        .ok_or("there is no package wardround")?;
    let linked = linked(metadata, text(root, "id"));
    let component = |id: &&str| packages.get(id).map(|package| component(package, &checksums));
    let components: Vec<Value> =
        linked.iter().filter(|id| **id != text(root, "id")).filter_map(component).collect();
    let bom = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": component_of_root(root) },
        "components": components,
    });
    serde_json::to_string_pretty(&bom).map_err(|error| error.to_string())
}

/// Ids of the packages that are linked into the program, sorted.
fn linked<'a>(metadata: &'a Value, root: &'a str) -> BTreeSet<&'a str> {
    let nodes = metadata.get("resolve").map_or(&[][..], |resolve| list(resolve, "nodes"));
    let nodes: BTreeMap<&str, &Value> = nodes.iter().map(|node| (text(node, "id"), node)).collect();
    let mut linked = BTreeSet::new();
    let mut open = vec![root];
    while let Some(id) = open.pop() {
        if linked.insert(id) {
            let deps = nodes.get(id).map_or(&[][..], |node| list(node, "deps"));
            open.extend(deps.iter().filter(|dep| is_normal(dep)).map(|dep| text(dep, "pkg")));
        }
    }
    linked
}

/// Whether a dependency is linked, rather than used to build or test.
fn is_normal(dependency: &Value) -> bool {
    list(dependency, "dep_kinds").iter().any(|kind| kind.get("kind").is_none_or(Value::is_null))
}

fn component_of_root(package: &Value) -> Value {
    json!({ "type": "application", "name": text(package, "name"), "version": text(package, "version"), "licenses": [{ "expression": text(package, "license") }] })
}

fn component(package: &Value, checksums: &BTreeMap<(String, String), String>) -> Value {
    let (name, version) = (text(package, "name"), text(package, "version"));
    let mut component = json!({ "type": "library", "name": name, "version": version, "licenses": [{ "expression": text(package, "license").replace('/', " OR ") }] });
    if let (Some(fields), Some(checksum)) =
        (component.as_object_mut(), checksums.get(&(name.to_owned(), version.to_owned())))
    {
        fields.insert("purl".to_owned(), json!(format!("pkg:cargo/{name}@{version}")));
        fields.insert("hashes".to_owned(), json!([{ "alg": "SHA-256", "content": checksum }]));
    }
    component
}

/// Checksums of the published packages, from the lock file.
fn checksums() -> Result<BTreeMap<(String, String), String>, String> {
    let lock = std::fs::read_to_string("Cargo.lock").map_err(|error| format!("Cargo.lock: {error}"))?;
    let lock: toml::Table = lock.parse().map_err(|error| format!("Cargo.lock: {error}"))?;
    let packages = lock.get("package").and_then(toml::Value::as_array).into_iter().flatten();
    let field =
        |package: &toml::Value, key: &str| package.get(key).and_then(toml::Value::as_str).map(str::to_owned);
    let entry = |package: &toml::Value| {
        Some(((field(package, "name")?, field(package, "version")?), field(package, "checksum")?))
    };
    Ok(packages.filter_map(entry).collect())
}
