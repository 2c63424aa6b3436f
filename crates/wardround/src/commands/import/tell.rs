//! What an import tells a person. Values of the file are never repeated: they may name people.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use wardround_intake::Imported;
use wardround_model::{FactKind, Observation, Subject, Timestamp};
use wardround_store::{ImportHead, Kept, Use};

use wardround_report::page::{count, day, how_long, number};

/// The most columns and rows that are told one by one.
const MOST_COLUMNS: usize = 60;
const MOST_ERRORS: usize = 5;
/// The most characters of a heading.
const HEADING: usize = 40;

/// What became of a list, in a sentence.
pub(super) fn kept(kept: Kept) -> String {
    let sentence = match kept {
        Kept::New(id, None) => format!("Kept as {id}."),
        Kept::New(id, Some(before)) => {
            format!("Kept as {id}; rounds use it in the place of {before} from now on.")
        }
        Kept::Older(id, other) => {
            format!("Kept as {id}, as history: rounds use {other}, which tells of a later day.")
        }
        Kept::AlreadyHere(id) => format!("It is here already as {id}; nothing was added."),
    };
    format!("  {sentence}\n")
}

/// What was understood of a file.
pub(super) fn understood(name: &str, imported: &Imported, now: Timestamp) -> String {
    let mut text = format!("{name}: {}\n", imported.kind.label());
    let age = now.since(imported.observed_at);
    let old = if age > DAY { format!(" ({} ago)", how_long(age)) } else { String::new() };
    // Writing to a String cannot fail.
    let _ = writeln!(text, "  tells of {}{old}", day(imported.observed_at));
    let _ = writeln!(
        text,
        "  {} read, about {}; {}{} kept",
        count(imported.rows, "row", "rows"),
        about(imported),
        count(size(imported.observations.len()), "fact", "facts"),
        conversations(imported)
    );
    columns(&mut text, imported);
    text.push_str(&not_read(imported));
    text
}

/// What could not be read, and what was left out; empty where that is nothing.
pub(in crate::commands) fn not_read(imported: &Imported) -> String {
    let mut text = String::new();
    errors(&mut text, imported);
    if imported.values_not_allowed > 0 {
        let many = count(imported.values_not_allowed, "value was", "values were");
        let _ = writeln!(text, "  {many} left out: too long, or of characters that such a value never has");
    }
    text
}

/// ` and 12 conversations`; nothing where the file tells of none.
fn conversations(imported: &Imported) -> String {
    match imported.conversations.len() {
        0 => String::new(),
        many => format!(" and {}", count(size(many), "conversation", "conversations")),
    }
}

const DAY: i64 = 86_400 * 1_000_000_000;

/// `12 devices and 30 accounts`.
fn about(imported: &Imported) -> String {
    // A set of rules is no device.
    let is_rule = |it: &&Observation| it.fact.kind() == FactKind::FirewallRule;
    let (rules, others): (Vec<_>, Vec<_>) = imported.observations.iter().partition(is_rule);
    let subjects: BTreeSet<Subject> = others.iter().map(|it| it.subject).collect();
    let host = |subject: &Subject| match subject {
        Subject::Service(endpoint) => Subject::Ip(endpoint.ip),
        other => *other,
    };
    let subjects: BTreeSet<Subject> = subjects.iter().map(host).collect();
    let of = |wanted: fn(&Subject) -> bool| size(subjects.iter().filter(|subject| wanted(subject)).count());
    let devices = of(|subject| matches!(subject, Subject::Mac(_) | Subject::Ip(_) | Subject::Listed(_)));
    let accounts = of(|subject| matches!(subject, Subject::Account(_)));
    let models = of(|subject| matches!(subject, Subject::Model(_)));
    let told = [
        (devices, "device or system", "devices and systems"),
        (accounts, "account", "accounts"),
        (models, "model", "models"),
        (size(rules.len()), "rule of a firewall", "rules of a firewall"),
    ];
    let told = told.into_iter().filter(|(many, ..)| *many > 0);
    let told: Vec<String> = told.map(|(many, one, several)| count(many, one, several)).collect();
    if told.is_empty() { "nothing".to_owned() } else { told.join(" and ") }
}

fn columns(text: &mut String, imported: &Imported) {
    if imported.columns.is_empty() {
        return;
    }
    let _ = writeln!(text, "  columns:");
    for (heading, field) in imported.columns.iter().take(MOST_COLUMNS) {
        let heading: String =
            heading.chars().take(HEADING).map(|c| if c.is_control() { ' ' } else { c }).collect();
        let _ = writeln!(text, "    {heading:HEADING$}  {}", field.as_deref().unwrap_or("not read"));
    }
    let more = imported.columns.len().saturating_sub(MOST_COLUMNS);
    if more > 0 {
        let _ = writeln!(text, "    and {more} more");
    }
}

fn errors(text: &mut String, imported: &Imported) {
    if imported.rows_failed == 0 {
        return;
    }
    let _ = writeln!(
        text,
        "  {} could not be read:",
        count(imported.rows_failed, "row or value", "rows or values")
    );
    for error in imported.errors.iter().take(MOST_ERRORS) {
        let column = error.column.as_ref().map_or_else(String::new, |column| format!(", {column}"));
        let _ = writeln!(text, "    row {}{column}: {}", number(error.row), error.message);
    }
    let more = imported.rows_failed.saturating_sub(size(imported.errors.len().min(MOST_ERRORS)));
    if more > 0 {
        let _ = writeln!(text, "    and {} more", number(more));
    }
}

/// What to do next.
pub(super) fn next(dry_run: bool, again: &str) -> String {
    if dry_run {
        return "\nNothing was kept. Next: the same command without --dry-run; --column \"Heading=field\" for a column \
                that is not read.\n"
            .to_owned();
    }
    format!("\nNext: wardround round{again}\n")
}

/// All imports, one line each.
pub(super) fn list(heads: &[ImportHead]) -> String {
    let mut text = format!(
        "{:6}  {:22}  {:11}  {:>8}  {:>8}  {:16}  {}\n",
        "ID", "KIND", "OF", "ROWS", "NOT READ", "ROUNDS", "FILE"
    );
    for head in heads {
        let used = match head.used {
            Use::Used => "use it".to_owned(),
            Use::Replaced(other) => format!("use {other} instead"),
            Use::Forgotten => "forgotten".to_owned(),
        };
        let import = &head.import;
        let _ = writeln!(
            text,
            "{:6}  {:22}  {:11}  {:>8}  {:>8}  {used:16}  {}",
            head.id.to_string(),
            import.kind.code(),
            day(import.observed_at),
            number(import.rows),
            number(import.rows_failed),
            import.name
        );
    }
    text
}

fn size(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
