//! Which directory a row is of, and its account.

use wardround_model::{AccountId, DeviceClass, FactKind, ListedId, Subject};

use crate::table::{Field, Line};
use crate::{About, Rows, Thing};

/// An account, and the name of the directory that it is in.
struct Named<'t> {
    /// The directory by which the account is told apart.
    own: String,
    /// The directory that lists it.
    lists: String,
    name: &'t str,
}

/// The account of a row, with the fact which directory lists it; `None`, with an error, where the row names none.
///
/// An account is told apart by its name before the `@` and the first part of its domain, so that the local directory and the
/// mail tenant of one hospital mean the same account when they use the same name.
pub(super) fn account_of(line: &Line<'_>, rows: &mut Rows<'_>) -> Option<Subject> {
    let Some(named) = named(line, rows) else {
        rows.error(line.row, None, "names no account: export SamAccountName or UserPrincipalName");
        return None;
    };
    let own = ListedId::of_name(&named.own);
    let account = Subject::Account(AccountId::of(own, named.name));
    let thing = Thing { name: Some(named.lists), ..Thing::default() };
    let directory = rows.thing(line.row, &thing)?;
    rows.fact(line.row, directory, FactKind::ListedClass, DeviceClass::AccountDirectory.code());
    if let Subject::Listed(id) = directory {
        rows.fact(line.row, account, FactKind::AccountDirectory, &id.to_string());
    }
    Some(account)
}

fn named<'t>(line: &Line<'t>, rows: &Rows<'_>) -> Option<Named<'t>> {
    let upn = line.text(Field::Upn).split_once('@');
    let (prefix, account) = match line.text(Field::Account).rsplit_once('\\') {
        Some((domain, account)) => (Some(domain), account),
        None => (None, line.text(Field::Account)),
    };
    let of_mail = account.split_once('@');
    let lists = domain_of_dn(line.text(Field::Dn))
        .or_else(|| Some(line.text(Field::Domain).to_owned()).filter(|domain| !domain.is_empty()))
        .or_else(|| prefix.map(str::to_owned))
        .or_else(|| upn.or(of_mail).map(|(_, domain)| domain.to_owned()));
    let lists = lists.unwrap_or_else(|| domain_of_file(rows));
    let (name, domain) = match (upn.or(of_mail), account) {
        (Some((name, domain)), _) => (name, Some(domain)),
        (None, account) => (account, None),
    };
    let own = domain.map_or_else(|| lists.clone(), str::to_owned);
    let name = guest_name(name);
    (!name.is_empty()).then_some(Named { own, lists, name })
}

/// `erika_other.example#EXT#`, a guest of a tenant, as it is; nothing else is cut.
fn guest_name(name: &str) -> &str {
    name.trim()
}

/// `CN=x,OU=y,DC=klinik,DC=example` is in `klinik.example`.
fn domain_of_dn(dn: &str) -> Option<String> {
    let parts = dn.split(',').filter_map(|part| {
        let (key, value) = part.trim().split_once('=')?;
        key.eq_ignore_ascii_case("dc").then_some(value)
    });
    let domain = parts.take(16).collect::<Vec<_>>().join(".");
    (!domain.is_empty()).then_some(domain)
}

/// What a person said that the file is of, else the file's own name without its ending.
fn domain_of_file(rows: &Rows<'_>) -> String {
    let request = rows.request();
    match &request.about {
        Some(About::Thing(Thing { name: Some(name), .. })) => name.clone(),
        _ => request.name.split('.').next().unwrap_or_default().to_owned(),
    }
}
