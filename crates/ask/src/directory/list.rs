//! From entries of a directory to the lists that an export of it gives (`csvde`), for the same readers: a directory that lies is no worse
//! than a list that lies. The lists are in memory alone, and names of accounts leave it no more than those of an export do.

use std::collections::BTreeMap;

use wardround_model::SourceKind;

use super::message::Entry;
use super::search::{OF_ACCOUNT, OF_COMPUTER};

/// The longest value that is taken, in bytes.
const LONGEST: usize = 256;
/// Groups whose members are looked for, at most, and the longest name of one. The request for them has to stay small.
const MOST_GROUPS: usize = 32;
const LONGEST_GROUP: usize = 200;
/// The attribute of which it is only kept that it is there.
const SERVICES: &str = "servicePrincipalName";

/// What a directory told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DirectoryTold {
    /// Lists that were told to their end.
    pub lists: Vec<DirectoryList>,
    /// Whether the budget ended before the lists did.
    pub is_cut_short: bool,
}

/// A list as an export of the directory would be.
#[derive(Clone, PartialEq, Eq)]
pub struct DirectoryList {
    /// Which one.
    pub kind: SourceKind,
    /// What it is called.
    pub name: String,
    /// Its rows below their heading, separated by commas.
    pub text: String,
    /// How many rows.
    pub rows: u64,
}

/// Rows hold names of people, and are not printed.
impl std::fmt::Debug for DirectoryList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DirectoryList({}, {} rows)", self.name, self.rows)
    }
}

/// Entries so far.
#[derive(Default)]
pub(super) struct Gathered {
    computers: Vec<Vec<String>>,
    /// By their name, with the groups that they are in.
    accounts: BTreeMap<String, (Vec<String>, Vec<String>)>,
    pub(super) groups: Vec<Vec<u8>>,
    pub(super) has_computers: bool,
    pub(super) has_accounts: bool,
}

impl std::fmt::Debug for Gathered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Gathered({} computers, {} accounts)", self.computers.len(), self.accounts.len())
    }
}

impl Gathered {
    pub(super) fn computer(&mut self, entry: &Entry<'_>) {
        self.computers.push(cells(entry, OF_COMPUTER));
    }

    pub(super) fn account(&mut self, entry: &Entry<'_>) {
        let cells = cells(entry, OF_ACCOUNT);
        if let Some(name) = cells.first().filter(|name| !name.is_empty()) {
            self.accounts.insert(name.clone(), (cells, Vec::new()));
        }
    }

    pub(super) fn group(&mut self, name: &[u8]) {
        if self.groups.len() < MOST_GROUPS && (1..=LONGEST_GROUP).contains(&name.len()) {
            self.groups.push(name.to_vec());
        }
    }

    pub(super) fn rights(&mut self, entry: &Entry<'_>) {
        let name = entry.all("sAMAccountName").first().and_then(|name| text(name)).unwrap_or_default();
        if let Some((_, groups)) = self.accounts.get_mut(name) {
            groups.extend(entry.all("memberOf").iter().filter_map(|group| text(group)).map(str::to_owned));
        }
    }

    pub(super) fn told(self, domain: &str, is_cut_short: bool) -> DirectoryTold {
        let called = called(domain);
        let mut lists = Vec::new();
        if self.has_computers {
            let rows = self.computers.into_iter();
            let (kind, what) = (SourceKind::DirectoryComputers, "computers");
            lists.push(list(
                kind,
                what,
                &called,
                heading(OF_COMPUTER, &[]),
                rows.map(|row| of(domain, row, None)),
            ));
        }
        if self.has_accounts {
            let rows = self.accounts.into_values();
            let (kind, what) = (SourceKind::DirectoryAccounts, "accounts");
            let rows = rows.map(|(row, groups)| of(domain, row, Some(groups.join(";"))));
            lists.push(list(kind, what, &called, heading(OF_ACCOUNT, &["memberOf"]), rows));
        }
        DirectoryTold { lists, is_cut_short }
    }
}

/// The values of an entry in the order of their names; of several the first, and of services whether there are any.
fn cells(entry: &Entry<'_>, names: &[&str]) -> Vec<String> {
    let one = |name: &&str| {
        let value = entry.all(name).first().and_then(|value| text(value)).unwrap_or_default();
        if *name == SERVICES && !value.is_empty() { "yes".to_owned() } else { value.to_owned() }
    };
    names.iter().map(one).collect()
}

/// A value as text; what is no text or could move a cursor is left out.
fn text(value: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(value).ok()?;
    (value.len() <= LONGEST && !text.contains(char::is_control)).then_some(text)
}

fn heading(names: &[&str], more: &[&str]) -> Vec<String> {
    let all = std::iter::once(&"DN").chain(names).chain(more);
    all.map(|name| (*name).to_owned()).collect()
}

/// A row: of its distinguished name the domain alone, since the rest of it names a person.
fn of(domain: &str, row: Vec<String>, last: Option<String>) -> Vec<String> {
    std::iter::once(domain.to_owned()).chain(row).chain(last).collect()
}

fn list(
    kind: SourceKind,
    what: &str,
    called: &str,
    heading: Vec<String>,
    rows: impl Iterator<Item = Vec<String>>,
) -> DirectoryList {
    let mut text = line(&heading);
    let mut count = 0_u64;
    for row in rows {
        text.push_str(&line(&row));
        count = count.saturating_add(1);
    }
    DirectoryList { kind, name: format!("{what} of {called}, read over LDAP"), text, rows: count }
}

/// Cells in quotation marks (RFC 4180, 2).
fn line(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
    cells.join(",") + "\n"
}

/// `DC=klinik,DC=example` is called `klinik.example`; a name with other letters is none.
fn called(domain: &str) -> String {
    let parts = domain.split(',').filter_map(|part| part.split_once('=').map(|(_, value)| value.trim()));
    let name = parts.collect::<Vec<_>>().join(".").to_lowercase();
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
    if is_name { name } else { "a directory".to_owned() }
}
