//! The document's own history: in order (6.1.14), up to this version (6.1.16), no drafts among releases (6.1.17 to
//! 6.1.20), nothing missing or doubled (6.1.21, 6.1.22), one kind of number (6.1.30).

use jiff::Timestamp;

use super::Faults;
use super::number::Number;
use super::place::Place;

struct Entry<'d> {
    place: Place<'d>,
    date: Timestamp,
    number: Number<'d>,
}

pub(super) fn check(root: &Place<'_>, faults: &mut Faults) {
    let Some(tracking) = root.at(&["document", "tracking"]) else { return };
    let mut entries: Vec<Entry<'_>> =
        tracking.items("revision_history").into_iter().filter_map(read).collect();
    let draft = tracking.text_of("status") == Some("draft");
    entries.sort_by(|one, two| one.date.cmp(&two.date).then_with(|| one.number.compare(&two.number)));
    check_order(&entries, faults);
    check_gaps(&entries, faults);
    check_once(&entries, faults);
    for entry in &entries {
        if !draft && entry.number.is_before_release() {
            faults.add("6.1.18", &entry.place, "a released document keeps the history of its drafts");
        }
        if entry.number.has_stage() {
            faults.add("6.1.19", &entry.place, "an entry for a version before a release");
        }
    }
    let version = tracking.field("version");
    if let Some((place, number)) =
        version.and_then(|place| Some((place.clone(), Number::read(place.text()?)?)))
    {
        check_version(&place, number, draft, entries.last(), faults);
        let kinds = entries.iter().map(|entry| entry.number.whole);
        if kinds.chain([number.whole]).any(|whole| whole != number.whole) {
            faults.add("6.1.30", &tracking, "whole numbers and numbers with dots are mixed");
        }
    }
}

fn read(place: Place<'_>) -> Option<Entry<'_>> {
    let date = place.text_of("date")?.parse().ok()?;
    let number = Number::read(place.text_of("number")?)?;
    Some(Entry { place, date, number })
}

fn check_version(
    place: &Place<'_>,
    number: Number<'_>,
    draft: bool,
    newest: Option<&Entry<'_>>,
    faults: &mut Faults,
) {
    if newest.is_some_and(|newest| !newest.number.is(&number, !draft)) {
        faults.add("6.1.16", place, "not the version of the newest entry of the history");
    }
    if !draft && (number.is_before_release() || number.has_stage()) {
        faults.add("6.1.17", place, "such a version is a draft, but the document does not say so");
    }
    if !draft && number.has_stage() {
        faults.add("6.1.20", place, "a released document has the version of a draft");
    }
}

/// By date, the numbers rise.
fn check_order(entries: &[Entry<'_>], faults: &mut Faults) {
    for (one, two) in entries.iter().zip(entries.iter().skip(1)) {
        if one.number.compare(&two.number).is_gt() {
            faults.add("6.1.14", &two.place, "a later entry has a lower number");
        }
    }
}

/// By date, no number (of the first part, where numbers have dots) is left out; the first is 0 or 1.
fn check_gaps(entries: &[Entry<'_>], faults: &mut Faults) {
    let mut last: Option<u64> = None;
    for entry in entries {
        let major = entry.number.major();
        let fits = match last {
            None => major <= 1,
            Some(last) => major <= last.saturating_add(1),
        };
        if !fits {
            faults.add("6.1.21", &entry.place, "the entry before this one is missing");
        }
        last = Some(last.map_or(major, |last| last.max(major)));
    }
}

fn check_once(entries: &[Entry<'_>], faults: &mut Faults) {
    for (at, entry) in entries.iter().enumerate() {
        // Equal numbers stand side by side unless the order is wrong too.
        let same = |other: &Entry<'_>| other.number.is(&entry.number, true);
        if at.checked_sub(1).and_then(|before| entries.get(before)).is_some_and(same) {
            faults.add("6.1.22", &entry.place, "another entry has this number");
        }
    }
}
