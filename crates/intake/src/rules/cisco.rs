//! Extended access lists of Cisco IOS and ASA, as `show running-config` and `show access-lists` print them: `permit` and `deny` in
//! their order, with the groups of objects that they name. Where the file says which lists are applied, the others are left out.
//! Sources: Cisco IOS Security Command Reference, `permit (IP)`; ASA CLI Book 2, access lists and objects.

mod entry;
mod groups;

use std::collections::{BTreeMap, BTreeSet};

use wardround_model::{AddressRange, RuleAction};

use super::{Asked, Room, Set};
use crate::table::{decode, decode_beginning};
use crate::{ImportError, Request, Row, Rows};
use entry::{Entry, Kind};
use groups::Groups;

/// Whether a text looks like it.
pub(crate) fn looks(_: &str, bytes: &[u8]) -> bool {
    // Groups of objects stand before the lists that name them, and there may be many.
    let text = decode_beginning(bytes, 1 << 22);
    let mut is_within = false;
    text.lines().any(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        is_within |= named(&words).is_some();
        let rest = numbered(&words).map_or(words.as_slice(), |(_, rest)| rest);
        let rest = match unnumbered(rest) {
            ["extended" | "standard", rest @ ..] => rest,
            rest => rest,
        };
        (is_within || numbered(&words).is_some()) && matches!(rest, ["permit" | "deny", _, _, ..])
    })
}

/// One line that may be an entry of a list.
struct Found<'t> {
    row: Row,
    list: String,
    kind: Kind,
    words: Vec<&'t str>,
}

pub(crate) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    let text = decode(request.bytes);
    let mut groups = Groups::default();
    let mut applied: BTreeSet<&str> = BTreeSet::new();
    let mut found: Vec<Found<'_>> = Vec::new();
    let mut within: Option<(String, Kind)> = None;
    for (number, line) in (1..).zip(text.lines()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        if let Some(list) = named(&words) {
            within = Some(list);
        } else if let Some((list, rest)) = numbered(&words) {
            found.push(Found {
                row: Row(number),
                list: list.to_owned(),
                kind: kind_of(list, rest),
                words: rest.to_vec(),
            });
        } else if let Some(list) = applied_list(&words) {
            applied.insert(list);
        } else if groups.line(line, &words) {
            within = None;
        } else if let ["permit" | "deny" | "evaluate", ..] = unnumbered(&words)
            && let Some((list, kind)) = &within
        {
            found.push(Found { row: Row(number), list: list.clone(), kind: *kind, words: words.clone() });
        } else if !words.is_empty() && !line.starts_with([' ', '\t']) {
            within = None;
        }
    }
    tell(rows, &groups, &applied, &found);
    Ok(())
}

fn tell(rows: &mut Rows<'_>, groups: &Groups<'_>, applied: &BTreeSet<&str>, found: &[Found<'_>]) {
    let (mut sets, mut room): (BTreeMap<&str, (Set, u32)>, _) = (BTreeMap::new(), Room::new());
    for one in found.iter().filter(|one| applied.is_empty() || applied.contains(one.list.as_str())) {
        rows.count_row();
        if !sets.contains_key(one.list.as_str()) {
            let mut set = Set::new(rows, &one.list);
            // What no entry decides is stopped.
            set.add(rows, one.row, 0, 0, Asked::all(RuleAction::BeginDeny));
            sets.insert(&one.list, (set, 0));
        }
        let Some((set, order)) = sets.get_mut(one.list.as_str()) else { continue };
        *order = order.saturating_add(1);
        let size = |entry: &Entry| if let Entry::Rule(asked) = entry { asked.size() } else { 0 };
        match room.take(|| entry::read(&one.words, one.kind, groups), size) {
            Ok(Entry::Rule(asked)) => set.add(rows, one.row, 0, *order, asked),
            Ok(Entry::OpensNothing) => {}
            Err(problem) => rows.error(one.row, None, problem),
        }
    }
}

/// `ip access-list extended NAME`, `ipv6 access-list NAME`, `Extended IP access list NAME`: a list begins.
fn named(words: &[&str]) -> Option<(String, Kind)> {
    let (name, kind) = match words {
        ["ip", "access-list", "extended", name, ..] => (name, Kind::Wildcard),
        ["ip", "access-list", "standard", name, ..] => (name, Kind::Standard),
        ["ipv6", "access-list", name, ..] => (name, Kind::Wildcard),
        ["Extended", "IP", "access", "list", name, ..] => (name, Kind::Wildcard),
        ["Standard", "IP", "access", "list", name, ..] => (name, Kind::Standard),
        ["IPv6", "access", "list", name, ..] => (name, Kind::Wildcard),
        _ => return None,
    };
    Some(((*name).to_owned(), kind))
}

/// `access-list 101 permit ...`, `access-list OUTSIDE line 3 extended permit ...`: the list and its entry.
fn numbered<'w, 't>(words: &'w [&'t str]) -> Option<(&'t str, &'w [&'t str])> {
    match words {
        ["access-list", name, "line", _, rest @ ..] | ["access-list", name, rest @ ..] => match rest {
            ["extended" | "standard" | "permit" | "deny", ..] => Some((name, rest)),
            _ => None,
        },
        _ => None,
    }
}

/// Numbered lists of IOS have wildcards, and below 100 and from 1300 to 1999 a source alone; those of ASA have masks.
fn kind_of(list: &str, rest: &[&str]) -> Kind {
    match (rest, list.parse::<u16>()) {
        (["extended", ..], _) => Kind::Mask,
        (["standard", ..], _) | (_, Ok(1..=99 | 1300..=1999)) => Kind::Standard,
        _ => Kind::Wildcard,
    }
}

/// `ip access-group NAME in`, `access-group NAME in interface inside`, `ipv6 traffic-filter NAME in`.
fn applied_list<'t>(words: &[&'t str]) -> Option<&'t str> {
    match words {
        ["ip", "access-group", name, "in" | "out", ..]
        | ["access-group", name, "in" | "out" | "global", ..]
        | ["ipv6", "traffic-filter", name, ..] => Some(name),
        _ => None,
    }
}

/// The words of an entry without the number before it.
fn unnumbered<'w, 't>(words: &'w [&'t str]) -> &'w [&'t str] {
    match words {
        [number, rest @ ..] if number.bytes().all(|byte| byte.is_ascii_digit()) => rest,
        ["sequence", _, rest @ ..] => rest,
        _ => words,
    }
}

/// One address.
fn host(text: &str) -> Option<AddressRange> {
    let ip = text.parse().ok()?;
    AddressRange::new(ip, ip)
}
