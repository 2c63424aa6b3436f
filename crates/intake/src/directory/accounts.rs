//! Accounts of a directory: `Get-ADUser -Filter * -Properties * | Export-Csv`, `csvde -r "(objectClass=user)"`, and the list of users
//! that Entra ID exports.

use wardround_model::{FactKind, SourceKind, Subject};

use super::{domain, privilege};
use crate::table::{self, Field, Line, Schema, plain};
use crate::{ImportError, Request, Rows};

/// Flags of `userAccountControl` ([MS-ADTS] 2.2.16).
const SWITCHED_OFF: u32 = 0x2;
const NEEDS_NO_PASSWORD: u32 = 0x20;
const PASSWORD_FOREVER: u32 = 0x1_0000;

/// What `Export-Csv` writes in place of several values.
const TYPE_IN_PLACE_OF_VALUES: &str = "ADPropertyValueCollection";

pub(crate) const SCHEMA: Schema = Schema {
    kind: SourceKind::DirectoryAccounts,
    columns: &[
        (
            Field::Account,
            &[
                "samaccountname",
                "onpremisessamaccountname",
                "logonname",
                "anmeldename",
                "username",
                "benutzername",
            ],
        ),
        (
            Field::Upn,
            &[
                "userprincipalname",
                "upn",
                "benutzerprinzipalname",
                "nomdutilisateurprincipal",
                "nombreprincipaldeusuario",
            ],
        ),
        (Field::Enabled, &["enabled", "accountenabled", "aktiviert", "kontoaktiviert"]),
        (Field::Disabled, &["disabled", "blockcredential", "signinblocked", "deaktiviert"]),
        (
            Field::Logon,
            &[
                "lastlogondate",
                "lastlogontimestamp",
                "lastlogon",
                "signinactivitylastsignindatetime",
                "lastsignindatetime",
                "lastsuccessfulsignindatetime",
                "lastsignin",
                "lastinteractivesignindatetime",
                "letzteanmeldung",
                "derniereconnexion",
            ],
        ),
        (
            Field::PasswordSet,
            &[
                "passwordlastset",
                "pwdlastset",
                "lastpasswordchangedatetime",
                "lastpasswordchangetimestamp",
                "passwordlastchanged",
            ],
        ),
        (Field::PasswordForever, &["passwordneverexpires", "kennwortlauftnieab", "passwordneverexpire"]),
        (Field::PasswordNotNeeded, &["passwordnotrequired"]),
        (Field::ControlFlags, &["useraccountcontrol"]),
        (
            Field::Groups,
            &["memberof", "groups", "roles", "assignedroles", "gruppen", "directoryroles", "mitgliedvon"],
        ),
        (Field::AdminCount, &["admincount"]),
        (Field::Services, &["serviceprincipalnames", "serviceprincipalname"]),
        (Field::Dn, &["distinguishedname", "dn"]),
        (Field::Domain, &["domain"]),
        (Field::ObjectClass, &["objectclass"]),
    ],
    needs: &[
        &[Field::Account, Field::Upn],
        &[
            Field::Enabled,
            Field::Disabled,
            Field::ControlFlags,
            Field::Logon,
            Field::PasswordSet,
            Field::PasswordForever,
        ],
    ],
    telling: &[
        "samaccountname",
        "passwordneverexpires",
        "passwordlastset",
        "pwdlastset",
        "admincount",
        "usertype",
        "creationtype",
    ],
};

pub(crate) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    let mut is_told = false;
    table::read(request, rows, &SCHEMA, &mut |line, rows| {
        // `Export-Csv` writes the name of a type in place of several values: said once, as it is in every row.
        if !is_told && line.text(Field::Groups).contains(TYPE_IN_PLACE_OF_VALUES) {
            let message =
                "holds no groups but the name of a type: export @{n='MemberOf';e={$_.MemberOf -join ';'}}";
            line.error(rows, Field::Groups, message);
            is_told = true;
        }
        read_line(line, rows);
    })
}

fn read_line(line: &Line<'_>, rows: &mut Rows<'_>) {
    let class = plain(line.text(Field::ObjectClass));
    // In a directory a computer is an account, too; it has a list of its own.
    if class.ends_with("computer")
        || line.text(Field::Account).ends_with('$') && !class.contains("managedserviceaccount")
    {
        return;
    }
    let Some(account) = domain::account_of(line, rows) else { return };
    read_state(line, rows, account);
    line.tell_moment(rows, account, Field::Logon, FactKind::AccountLogon);
    line.tell_moment(rows, account, Field::PasswordSet, FactKind::AccountPasswordSet);
    for code in privilege::privileges(line.text(Field::Groups)) {
        rows.fact(line.row, account, FactKind::AccountPrivilege, code);
    }
    if matches!(line.text(Field::AdminCount), "1" | "True") {
        rows.fact(line.row, account, FactKind::AccountPrivilege, "protected-group");
    }
    let services = line.text(Field::Services).trim_matches(['{', '}']);
    if !services.is_empty() && !services.contains(TYPE_IN_PLACE_OF_VALUES)
        || class.contains("managedserviceaccount")
    {
        rows.fact(line.row, account, FactKind::AccountIsService, "yes");
    }
}

/// Whether it is switched on, and what its password needs: by columns of their own, or as one number.
fn read_state(line: &Line<'_>, rows: &mut Rows<'_>, account: Subject) {
    if let Ok(flags) = line.text(Field::ControlFlags).parse::<u32>() {
        rows.fact(line.row, account, FactKind::AccountEnabled, enabled(flags));
        let answers = [
            (PASSWORD_FOREVER, FactKind::AccountPasswordForever),
            (NEEDS_NO_PASSWORD, FactKind::AccountPasswordNotNeeded),
        ];
        for (flag, kind) in answers {
            rows.fact(line.row, account, kind, table::yes_or_no(flags & flag != 0));
        }
        return;
    }
    line.tell_flag(rows, account, Field::Enabled, FactKind::AccountEnabled);
    if !line.has(Field::Enabled)
        && let Some(disabled) = line.flag(Field::Disabled, rows)
    {
        rows.fact(line.row, account, FactKind::AccountEnabled, table::yes_or_no(!disabled));
    }
    line.tell_flag(rows, account, Field::PasswordForever, FactKind::AccountPasswordForever);
    line.tell_flag(rows, account, Field::PasswordNotNeeded, FactKind::AccountPasswordNotNeeded);
}

/// `yes` or `no`: whether the flags of an account leave it switched on.
pub(super) const fn enabled(flags: u32) -> &'static str {
    table::yes_or_no(flags & SWITCHED_OFF == 0)
}
