//! What `docs/security/asvs.md` says is held by tests is held by tests that are there, and no requirement of level 1 is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::Broken;

const PAGE: &str = "docs/security/asvs.md";

/// The requirements of level 1 of ASVS 5.0.0, by section.
const LEVEL_1: &[(&str, &[u8])] = &[
    ("1.2", &[1, 2, 3, 4, 5]),
    ("1.3", &[1, 2]),
    ("1.5", &[1]),
    ("2.1", &[1]),
    ("2.2", &[1, 2]),
    ("2.3", &[1]),
    ("3.2", &[1, 2]),
    ("3.3", &[1]),
    ("3.4", &[1, 2]),
    ("3.5", &[1, 2, 3]),
    ("4.1", &[1]),
    ("4.4", &[1]),
    ("5.2", &[1, 2]),
    ("5.3", &[1, 2]),
    ("6.1", &[1]),
    ("6.2", &[1, 2, 3, 4, 5, 6, 7, 8]),
    ("6.3", &[1, 2]),
    ("6.4", &[1, 2]),
    ("7.2", &[1, 2, 3, 4]),
    ("7.4", &[1, 2]),
    ("8.1", &[1]),
    ("8.2", &[1, 2]),
    ("8.3", &[1]),
    ("9.1", &[1, 2, 3]),
    ("9.2", &[1]),
    ("10.4", &[1, 2, 3, 4, 5]),
    ("11.3", &[1, 2]),
    ("11.4", &[1]),
    ("12.1", &[1]),
    ("12.2", &[1, 2]),
    ("13.4", &[1]),
    ("14.2", &[1]),
    ("14.3", &[1]),
    ("15.1", &[1]),
    ("15.2", &[1]),
    ("15.3", &[1]),
];

pub(crate) fn check() -> Vec<Broken> {
    match fs::read_to_string(PAGE) {
        Ok(page) => {
            [missing_requirements(&page), missing_tests(&page, &tests_of(Path::new("crates")))].concat()
        }
        Err(error) => vec![format!("{PAGE} could not be read ({error})")],
    }
}

fn missing_requirements(page: &str) -> Vec<Broken> {
    let told: BTreeSet<&str> =
        page.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next()).collect();
    let all = LEVEL_1.iter().flat_map(|(section, ids)| ids.iter().map(move |id| format!("{section}.{id}")));
    let missing = all.filter(|id| !told.contains(id.as_str()));
    missing.map(|id| format!("{PAGE} has no row for {id}, which is of level 1")).collect()
}

/// Tests are named as `module::name` in backquotes.
fn missing_tests(page: &str, tests: &BTreeMap<String, BTreeSet<String>>) -> Vec<Broken> {
    let mut missing = Vec::new();
    for named in page.split('`').skip(1).step_by(2).filter(|text| is_path(text)) {
        let mut parts = named.rsplit("::");
        let (name, module) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        if !tests.get(name).is_some_and(|modules| modules.contains(module)) {
            missing.push(format!("{PAGE} names the test {named}, which is not there"));
        }
    }
    missing
}

fn is_path(text: &str) -> bool {
    let is_word = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    text.contains("::") && text.split("::").all(is_word)
}

/// Every test below a folder, with what its module may be called: its file, its folder, and the modules within the file.
fn tests_of(folder: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                add(&path, &fs::read_to_string(&path).unwrap_or_default(), &mut found);
            }
        }
    }
    found
}

fn add(path: &Path, text: &str, found: &mut BTreeMap<String, BTreeSet<String>>) {
    let file = path.file_stem().and_then(|name| name.to_str());
    let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    let within = text.lines().filter_map(|line| line.trim().strip_prefix("mod ")?.strip_suffix(" {"));
    let modules: BTreeSet<String> = file.into_iter().chain(folder).chain(within).map(str::to_owned).collect();
    let mut is_test = false;
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix("fn ").filter(|_| is_test) {
            let name = name.split(['(', '<']).next().unwrap_or_default().to_owned();
            found.entry(name).or_default().extend(modules.clone());
        }
        is_test = line == "#[test]" || is_test && line.starts_with("#[");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_told() {
        let mut tests = BTreeMap::new();
        let text = "#[cfg(test)]\nmod tests {\n    #[test]\n    #[ignore = \"x\"]\n    fn it_holds() {}\n    fn helper() {}\n}\n";
        add(Path::new("crates/web/src/gate.rs"), text, &mut tests);
        let page = "| 1.2.1 | x | `gate::it_holds`, `tests::it_holds` and `Type::new` |";
        assert_eq!(missing_tests(page, &tests), Vec::<Broken>::new());
        for gone in ["`gate::helper`", "`door::it_holds`", "`gate::it_does_not`"] {
            assert_eq!(missing_tests(gone, &tests).len(), 1, "{gone}");
        }
        let missing = missing_requirements(page);
        assert!(
            missing.len() == 69 && !missing.iter().any(|line| line.contains("1.2.1,")),
            "{}",
            missing.len()
        );
    }
}
