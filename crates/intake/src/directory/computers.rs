//! Computers of a directory: `Get-ADComputer -Filter * -Properties * | Export-Csv`, `csvde -r "(objectClass=computer)"`, and the list
//! that the console "Active Directory Users and Computers" exports.

use wardround_model::{FactKind, SourceKind};

use crate::table::{self, Claims, Field, Line, Schema, decode_beginning, plain};
use crate::{ImportError, Request, Rows};

pub(crate) const SCHEMA: Schema = Schema {
    kind: SourceKind::DirectoryComputers,
    columns: &[
        (Field::Name, &["dnshostname", "cn", "name", "computername", "displayname", "samaccountname"]),
        (Field::Ip, &["ipv4address", "ipv6address", "ipaddress"]),
        (
            Field::System,
            &["operatingsystem", "os", "betriebssystem", "systemedexploitation", "sistemaoperativo"],
        ),
        (Field::SystemVersion, &["operatingsystemversion", "osversion", "betriebssystemversion"]),
        (Field::Enabled, &["enabled", "accountenabled", "aktiviert", "active", "habilitado"]),
        (Field::ControlFlags, &["useraccountcontrol"]),
        (
            Field::Logon,
            &[
                "lastlogondate",
                "lastlogontimestamp",
                "lastlogon",
                "approximatelastsignindatetime",
                "approximatelastlogondate",
                "letzteanmeldung",
                "derniereconnexion",
            ],
        ),
        (Field::Dn, &["distinguishedname", "dn"]),
        (Field::ObjectClass, &["objectclass", "type", "typ"]),
        (Field::Department, &["department"]),
        (Field::Place, &["location"]),
        (Field::Maker, &["manufacturer"]),
        (Field::Model, &["model"]),
    ],
    needs: &[
        &[Field::Name],
        &[Field::System, Field::SystemVersion],
        &[Field::Logon, Field::Enabled, Field::Dn, Field::ControlFlags],
    ],
    telling: &["dnshostname", "operatingsystem", "operatingsystemversion", "approximatelastsignindatetime"],
};

/// The console's own list says little more than names.
const CONSOLE: Schema = Schema { needs: &[&[Field::Name], &[Field::ObjectClass]], ..SCHEMA };

/// Whether it is a list that the console exports: a name, its type and a description, and a computer among them.
pub(crate) fn looks_like_console(_: &str, bytes: &[u8]) -> bool {
    if table::xlsx::looks_like(bytes) {
        return false;
    }
    let text = decode_beginning(bytes, 4096);
    let mut lines = text.lines();
    let heading: Vec<String> = lines.next().unwrap_or_default().split(['\t', ',']).map(plain).collect();
    let has = |name: &str| heading.iter().any(|heading| heading == name);
    let is_computer = |line: &str| line.split(['\t', ',']).any(|cell| plain(cell) == "computer");
    has("name") && (has("type") || has("typ")) && heading.len() <= 4 && lines.any(is_computer)
}

pub(crate) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    let schema = if looks_like_console(request.name, request.bytes) { &CONSOLE } else { &SCHEMA };
    let mut claims = Claims::default();
    table::read(request, rows, schema, &mut |line, rows| read_line(line, rows, &mut claims))?;
    claims.tell(rows);
    Ok(())
}

fn read_line(line: &Line<'_>, rows: &mut Rows<'_>, claims: &mut Claims) {
    let class = plain(line.text(Field::ObjectClass));
    // Exports of a whole directory also list people, groups and contacts.
    if !class.is_empty() && !class.contains("computer") {
        return;
    }
    let Some(subject) = line.named_thing(rows, claims) else { return };
    line.tell(rows, subject, Field::System, FactKind::OperatingSystem);
    if let Some(version) = version_of(line.text(Field::SystemVersion)) {
        rows.fact(line.row, subject, FactKind::OperatingSystemVersion, &version);
    }
    match line.text(Field::ControlFlags).parse::<u32>() {
        Ok(flags) => rows.fact(line.row, subject, FactKind::ComputerEnabled, super::accounts::enabled(flags)),
        Err(_) => line.tell_flag(rows, subject, Field::Enabled, FactKind::ComputerEnabled),
    }
    line.tell_moment(rows, subject, Field::Logon, FactKind::ComputerLogon);
    line.tell(rows, subject, Field::Model, FactKind::ListedModel);
    line.tell(rows, subject, Field::Department, FactKind::ListedDepartment);
    line.tell(rows, subject, Field::Place, FactKind::ListedPlace);
}

/// `10.0 (17763)`, as directories write versions of Windows, is `10.0.17763`.
fn version_of(text: &str) -> Option<String> {
    let numbers = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    let version = numbers.take(6).collect::<Vec<_>>().join(".");
    (!version.is_empty()).then_some(version)
}
