//! Lists of installed software and updates: packages of Linux hosts, software and updates of Windows hosts, and tables of both. Not
//! here: which product a name means and what is weak in it (`intel`, `triage`), updates that are missing (`protection`).

pub(crate) mod apk;
mod columns;
mod distribution;
pub(crate) mod dpkg;
mod host;
pub(crate) mod list;
mod packages;
pub(crate) mod rpm;
pub(crate) mod winget;
pub(crate) mod wmic;

use wardround_model::{FactKind, Subject};

use crate::{Row, Rows};

/// Adds installed software by the name and version that it shows people.
fn installed(rows: &mut Rows<'_>, row: Row, subject: Subject, name: &str, version: &str) {
    let (name, version) = (name.trim(), version.trim());
    let text = if version.is_empty() { name.to_owned() } else { format!("{name} {version}") };
    rows.fact(row, subject, FactKind::InstalledSoftware, &text);
}

/// The number of an update in a text: `KB5034441`.
pub(crate) fn kb_number(text: &str) -> Option<String> {
    let upper = text.to_ascii_uppercase();
    upper.match_indices("KB").find_map(|(at, _)| {
        let digits: String =
            upper.get(at..)?.chars().skip(2).take_while(char::is_ascii_digit).take(9).collect();
        (digits.len() >= 5).then(|| format!("KB{digits}"))
    })
}

#[cfg(test)]
mod tests;
