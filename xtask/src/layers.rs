//! Rooms import `model` and rooms above them, never one below (ARCHITECTURE.md).

use serde_json::Value;

use crate::{Broken, list, text};

/// The rooms, in the order data walks through them. A room may import those before it.
const ROOMS: &[&str] = &[
    "model",
    "dissect",
    "capture",
    "packets",
    "live",
    "intake",
    "identify",
    "intel",
    "mapped",
    "feeds",
    "triage",
    "remedy",
    "store",
    "backup",
    "ask",
    "send",
    "round",
    "report",
    "paper",
    "notice",
    "web",
    "wardround",
];

/// Rooms that compute: no files, sockets, databases or clocks, so none of the crates that bring them.
const PURE: &[&str] = &["model", "dissect", "identify", "intel", "triage", "remedy", "ask"];

/// Crates that do input or output.
const EDGE_CRATES: &[&str] =
    &["rusqlite", "clap", "indicatif", "tokio", "axum", "hyper", "ureq", "reqwest", "memmap2"];

pub(crate) fn check(metadata: &Value) -> Vec<Broken> {
    list(metadata, "packages")
        .iter()
        .filter(|package| package.get("source").is_none_or(Value::is_null))
        .flat_map(room)
        .collect()
}

fn room(package: &Value) -> Vec<Broken> {
    let name = short(text(package, "name"));
    let Some(place) = ROOMS.iter().position(|room| *room == name) else {
        return if name == "xtask" {
            vec![]
        } else {
            vec![format!("{name} has no place in the order of rooms (xtask/src/layers.rs)")]
        };
    };
    let imports = list(package, "dependencies")
        .iter()
        .filter(|import| import.get("kind").is_none_or(|kind| kind.as_str() != Some("dev")));
    imports.filter_map(|import| refuse(name, place, text(import, "name"))).collect()
}

/// Why the room at `place` may not import this crate, if it may not.
fn refuse(room: &str, place: usize, import: &str) -> Option<Broken> {
    if import == "memmap2" && room != "mapped" {
        return Some(format!("{room} imports memmap2: only `mapped` maps files (docs/decisions/0006)"));
    }
    if import == "wardround-send" && room != "wardround" {
        return Some(format!(
            "{room} imports send: only the program sends, and hands over how (docs/decisions/0020)"
        ));
    }
    if PURE.contains(&room) && EDGE_CRATES.contains(&import) {
        return Some(format!("{room} is pure but imports {import}: move that to an edge room"));
    }
    let below = ROOMS.iter().position(|other| *other == short(import)).is_some_and(|other| other >= place);
    below.then(|| {
        format!("{room} imports {} which stands below it: hand it over as model data instead", short(import))
    })
}

fn short(package: &str) -> &str {
    package.strip_prefix("wardround-").unwrap_or(package)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_go_one_way() {
        let place = |room| ROOMS.iter().position(|other| *other == room).unwrap();
        assert_eq!(refuse("triage", place("triage"), "wardround-intel"), None);
        assert!(refuse("web", place("web"), "wardround-send").is_some());
        assert_eq!(refuse("wardround", place("wardround"), "wardround-send"), None);
        assert!(refuse("identify", place("identify"), "wardround-intel").is_some());
        assert!(refuse("triage", place("triage"), "wardround-store").is_some());
        assert_eq!(refuse("store", place("store"), "wardround-remedy"), None);
        assert!(refuse("remedy", place("remedy"), "wardround-store").is_some());
        assert!(refuse("remedy", place("remedy"), "rusqlite").is_some());
        assert!(refuse("intel", place("intel"), "rusqlite").is_some());
        assert!(refuse("store", place("store"), "memmap2").is_some());
        assert_eq!(refuse("mapped", place("mapped"), "memmap2"), None);
        assert_eq!(refuse("store", place("store"), "rusqlite"), None);
    }
}
