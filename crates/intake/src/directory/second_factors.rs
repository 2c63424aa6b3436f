//! Second factors of a mail tenant's accounts: "User registration details" of Entra ID, state of multi-factor authentication of
//! Microsoft 365, and 2-step verification of Google Workspace.

use wardround_model::{FactKind, SourceKind};

use super::domain;
use crate::table::{self, Field, Line, Schema, flag_of, plain};
use crate::{ImportError, Request, Rows};

pub(crate) const SCHEMA: Schema = Schema {
    kind: SourceKind::SecondFactors,
    columns: &[
        (
            Field::Upn,
            &[
                "userprincipalname",
                "upn",
                "emailaddress",
                "emailaddressrequired",
                "email",
                "user",
                "username",
                "primaryemail",
                "signinname",
            ],
        ),
        (
            Field::FactorState,
            &[
                "mfastatus",
                "mfastate",
                "mfastate2",
                "multifactorauthenticationstate",
                "strongauthenticationrequirements",
                "2svenforcedreadonly",
                "2svenforced",
                "2stepverificationenforcement",
                "perusermfastate",
                "mfaenforced",
                "2stepverificationenforced",
                "authenticationstatus",
            ],
        ),
        (
            Field::FactorRegistered,
            &[
                "ismfaregistered",
                "multifactorauthenticationregistered",
                "multifactorauthenticationcapable",
                "ismfacapable",
                "mfaregistered",
                "2svenrolledreadonly",
                "2svenrolled",
                "2stepverificationenrollment",
                "methodsregistered",
                "authmethodsregistered",
                "mfamethods",
                "strongauthenticationmethods",
                "mfadefaultmethod",
                "defaultmfamethod",
                "2stepverificationenrolled",
            ],
        ),
        (
            Field::IsAdmin,
            &["isadmin", "admin", "adminroles", "issuperadmin", "superadmin", "isadministrator"],
        ),
    ],
    needs: &[&[Field::Upn], &[Field::FactorState, Field::FactorRegistered]],
    telling: &[
        "ismfaregistered",
        "ismfacapable",
        "mfastatus",
        "methodsregistered",
        "2svenrolledreadonly",
        "2stepverificationenrollment",
    ],
};

pub(crate) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    table::read(request, rows, &SCHEMA, &mut read_line)
}

fn read_line(line: &Line<'_>, rows: &mut Rows<'_>) {
    let Some(account) = domain::account_of(line, rows) else { return };
    let state =
        state_of(line.text(Field::FactorState)).max(registered_of(line.text(Field::FactorRegistered)));
    match state {
        Some(state) => rows.fact(line.row, account, FactKind::AccountSecondFactor, state.code()),
        None if line.text(Field::FactorState).is_empty() && line.text(Field::FactorRegistered).is_empty() => {
            // The list has a column for it, and the account has no entry there.
            rows.fact(line.row, account, FactKind::AccountSecondFactor, State::Off.code());
        }
        None => line.error(rows, Field::FactorState, "says in no known way whether there is a second factor"),
    }
    if matches!(flag_of(line.text(Field::IsAdmin)), Some(true)) {
        rows.fact(line.row, account, FactKind::AccountPrivilege, "administrator");
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Off,
    Registered,
    On,
}

impl State {
    const fn code(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Registered => "registered",
            Self::On => "on",
        }
    }
}

/// Whether it is asked for at logon.
fn state_of(text: &str) -> Option<State> {
    match plain(text).as_str() {
        "enforced" | "enabled" | "on" | "true" | "yes" | "erzwungen" | "aktiviert" | "ja" | "oui" => {
            Some(State::On)
        }
        "disabled" | "off" | "false" | "no" | "notenforced" | "deaktiviert" | "nein" | "none" | "non" => {
            Some(State::Off)
        }
        "registered" | "enrolled" => Some(State::Registered),
        _ => None,
    }
}

/// Whether it is registered: an answer, or a list of methods, of which a password or a mail address is none.
fn registered_of(text: &str) -> Option<State> {
    let word = plain(text);
    if word.is_empty() {
        return None;
    }
    if let Some(answer) = flag_of(text) {
        return Some(if answer { State::Registered } else { State::Off });
    }
    match word.as_str() {
        "none" | "notregistered" | "notenrolled" | "notcapable" | "notset" | "keine" => {
            return Some(State::Off);
        }
        "registered" | "capable" | "enrolled" => return Some(State::Registered),
        _ => {}
    }
    let is_factor = |method: &str| {
        let method = plain(method);
        !matches!(
            method.as_str(),
            "" | "password" | "email" | "securityquestion" | "securityquestions" | "none"
        )
    };
    Some(if text.split([',', ';', '|', '+']).any(is_factor) { State::Registered } else { State::Off })
}
