//! What is asked of a directory: constants, and of what it told only where its domain begins and the names of groups with wide rights.
//! Other attributes than these are never asked for.

use super::login::DirectoryLogin;
use super::message::{BIND, BOOLEAN, ENUMERATED, SEARCH, integer};
use crate::elements::{OCTET_STRING, SEQUENCE, element};

/// Filters (RFC 4511, 4.5.1).
const AND: u8 = 0xa0;
const OR: u8 = 0xa1;
const EQUAL: u8 = 0xa3;
const PRESENT: u8 = 0x87;
/// A password, which is a choice of its own in a bind (RFC 4511, 4.2).
const SIMPLE: u8 = 0x80;
/// A version of LDAP.
const VERSION: u32 = 3;
/// How far a search looks.
const BASE: u8 = 0;
const SUBTREE: u8 = 2;
/// How long the directory may look for one page, in seconds.
const TIME: u32 = 15;
/// Accounts of people and services ([MS-ADTS] 2.2.17, `SAM_NORMAL_USER_ACCOUNT`): it is indexed, and leaves out computers and trusts.
const NORMAL_ACCOUNT: &str = "805306368";

/// Where the domain begins ([MS-ADTS] 3.1.1.3.2.3).
pub(super) const DOMAIN: &str = "defaultNamingContext";
/// What is asked of computers.
pub(super) const OF_COMPUTER: &[&str] = &[
    "name",
    "dNSHostName",
    "operatingSystem",
    "operatingSystemVersion",
    "userAccountControl",
    "lastLogonTimestamp",
];
/// What is asked of accounts. Their names tell them apart and are not kept.
pub(super) const OF_ACCOUNT: &[&str] = &[
    "sAMAccountName",
    "userPrincipalName",
    "userAccountControl",
    "lastLogonTimestamp",
    "pwdLastSet",
    "adminCount",
    "servicePrincipalName",
];
/// What is asked of accounts with wide rights beside that.
pub(super) const OF_RIGHTS: &[&str] = &["sAMAccountName", "memberOf"];
/// No attribute at all: the name of the object alone (RFC 4511, 4.5.1.8).
const NOTHING: &[&str] = &["1.1"];
/// Groups with wide rights that a directory does not mark as such.
const OTHER_GROUPS: &[&str] =
    &["DnsAdmins", "Group Policy Creator Owners", "Hyper-V Administrators", "Organization Management"];

/// A bind with a password (RFC 4511, 4.2), which is only ever said within TLS.
pub(super) fn bind(login: &DirectoryLogin) -> Vec<u8> {
    let name = element(OCTET_STRING, &[login.account()]);
    element(BIND, &[&integer(VERSION), &name, &element(SIMPLE, &[login.password()])])
}

fn search(base: &[u8], scope: u8, filter: &[u8], attributes: &[&str]) -> Vec<u8> {
    let attributes: Vec<u8> =
        attributes.iter().flat_map(|name| element(OCTET_STRING, &[name.as_bytes()])).collect();
    element(
        SEARCH,
        &[
            &element(OCTET_STRING, &[base]),
            // Aliases are not followed; no limit beside the page's; values, too.
            &[ENUMERATED, 1, scope, ENUMERATED, 1, 0],
            &integer(0),
            &integer(TIME),
            &[BOOLEAN, 1, 0],
            filter,
            &element(SEQUENCE, &[&attributes]),
        ],
    )
}

fn equal(name: &str, value: &[u8]) -> Vec<u8> {
    element(EQUAL, &[&element(OCTET_STRING, &[name.as_bytes()]), &element(OCTET_STRING, &[value])])
}

fn of(junction: u8, parts: &[Vec<u8>]) -> Vec<u8> {
    element(junction, &[&parts.concat()])
}

/// The root of the directory (RFC 4512, 5.1).
pub(super) fn root() -> Vec<u8> {
    search(b"", BASE, &element(PRESENT, &[b"objectClass"]), &[DOMAIN])
}

/// Computers of the domain.
pub(super) fn computers(domain: &str) -> Vec<u8> {
    search(domain.as_bytes(), SUBTREE, &equal("objectCategory", b"computer"), OF_COMPUTER)
}

/// Accounts of people and services.
pub(super) fn accounts(domain: &str) -> Vec<u8> {
    search(domain.as_bytes(), SUBTREE, &equal("sAMAccountType", NORMAL_ACCOUNT.as_bytes()), OF_ACCOUNT)
}

/// Groups with wide rights: those that the directory itself protects ([MS-ADTS] 3.1.1.6.1), and others by their names.
pub(super) fn groups(domain: &str) -> Vec<u8> {
    let named = OTHER_GROUPS.iter().map(|name| equal("cn", name.as_bytes()));
    let wide: Vec<Vec<u8>> = std::iter::once(equal("adminCount", b"1")).chain(named).collect();
    let filter = of(AND, &[equal("objectCategory", b"group"), of(OR, &wide)]);
    search(domain.as_bytes(), SUBTREE, &filter, NOTHING)
}

/// Accounts that the directory protects or that are in one of these groups.
pub(super) fn rights(domain: &str, groups: &[Vec<u8>]) -> Vec<u8> {
    let members = groups.iter().map(|group| equal("memberOf", group));
    let wide: Vec<Vec<u8>> = std::iter::once(equal("adminCount", b"1")).chain(members).collect();
    let filter = of(AND, &[equal("sAMAccountType", NORMAL_ACCOUNT.as_bytes()), of(OR, &wide)]);
    search(domain.as_bytes(), SUBTREE, &filter, OF_RIGHTS)
}
