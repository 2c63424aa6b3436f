//! Dates of support of Windows: by release, and by the edition that its name tells.
//!
//! endoflife.date marks editions at the end of a cycle: `-w` Home and Pro, `-e` Enterprise and Education, `-e-lts` and
//! `-iot-lts` those with long support.

use wardround_intel::Index;
use wardround_intel::index::Eol;
use wardround_intel::names::WindowsRelease;

/// The cycles of a release that may be those of a system with this name.
pub(super) fn cycles<'a>(index: &Index<'a>, release: &WindowsRelease, name: &str) -> Vec<Eol<'a>> {
    let marks = marks(name);
    let is_of = |eol: &Eol<'_>| {
        let cycle = eol.cycle.to_lowercase();
        let mark = cycle.strip_prefix(release.cycle.to_lowercase().as_str());
        mark.is_some_and(|mark| match marks {
            Some(marks) => mark.is_empty() || marks.contains(&mark),
            None => mark.is_empty() || mark.starts_with('-'),
        })
    };
    index.lifecycle(&release.eol_slug).into_iter().filter(is_of).collect()
}

/// The marks of the edition that a name tells; `None` where it tells none.
fn marks(name: &str) -> Option<&'static [&'static str]> {
    let lower = name.to_lowercase();
    let has = |words: &[&str]| lower.split_whitespace().any(|word| words.contains(&word));
    let long = has(&["ltsc", "ltsb"]);
    match () {
        () if has(&["iot"]) && long => Some(&["-iot-lts"]),
        () if has(&["iot"]) => Some(&["-e", "-iot-lts"]),
        () if long => Some(&["-e-lts"]),
        () if has(&["home", "pro", "professional"]) => Some(&["-w"]),
        () if has(&["enterprise", "education"]) => Some(&["-e"]),
        () => None,
    }
}

/// `Windows Server 2012 R2 Standard` is cycle `2012-r2` of `windows-server`, where the table of names does not know it.
pub(super) fn cycles_by_name<'a>(index: &Index<'a>, name: &str) -> Vec<Eol<'a>> {
    let lower = name.to_lowercase();
    let name = lower.strip_prefix("microsoft ").unwrap_or(&lower);
    let server = name.strip_prefix("windows server ").map(|rest| ("windows-server", rest));
    let Some((product, rest)) = server.or_else(|| Some(("windows", name.strip_prefix("windows ")?))) else {
        return Vec::new();
    };
    let words: Vec<_> = rest.split_whitespace().collect();
    let two = words.get(..2).map(|words| words.join("-"));
    let found = two.iter().map(String::as_str).chain(words.first().copied()).map(|cycle| {
        // Without a word between, `10` would be every edition of Windows 10.
        let cycles = index.lifecycle(product);
        cycles.into_iter().filter(|one| one.cycle.eq_ignore_ascii_case(cycle)).collect::<Vec<_>>()
    });
    found.into_iter().find(|cycles| !cycles.is_empty()).unwrap_or_default()
}
