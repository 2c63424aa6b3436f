//! Tables of installed software and updates: exports of management tools, `Get-ItemProperty HKLM:\...\Uninstall\* | Export-Csv`,
//! `Get-HotFix | Export-Csv`, `wmic ... /format:csv`.

use wardround_model::{FactKind, SourceKind};

use super::{installed, kb_number};
use crate::table::{self, Claims, Field, Line, Schema};
use crate::{ImportError, Request, Rows};

pub(crate) const SCHEMA: Schema = Schema {
    kind: SourceKind::SoftwareList,
    columns: &[
        (
            Field::Name,
            &[
                "pscomputername",
                "computername",
                "computer",
                "csname",
                "node",
                "hostname",
                "host",
                "devicename",
                "machinename",
                "machine",
                "systemname",
                "netbiosname0",
                "netbiosname",
                "rechner",
                "rechnername",
                "ordinateur",
                "equipo",
                "asset",
                "source",
                "clientname",
                "endpoint",
                "server",
            ],
        ),
        (Field::Ip, &["ipaddress", "ip", "ipv4address", "lastknownip"]),
        (
            Field::Product,
            &[
                "displayname",
                "displayname0",
                "softwarename",
                "applicationname",
                "application",
                "productname",
                "productname0",
                "product",
                "software",
                "name",
                "program",
                "programm",
                "anwendung",
                "logiciel",
                "aplicacion",
                "package",
                "packagename",
                "title",
            ],
        ),
        (
            Field::Version,
            &[
                "displayversion",
                "displayversion0",
                "version",
                "version0",
                "softwareversion",
                "applicationversion",
                "productversion",
                "productversion0",
                "versionnumber",
                "packageversion",
            ],
        ),
        (
            Field::Publisher,
            &[
                "publisher",
                "publisher0",
                "vendor",
                "manufacturer",
                "softwarevendor",
                "softwarepublisher",
                "hersteller",
                "herausgeber",
                "editeur",
                "fabricante",
            ],
        ),
        (Field::Update, &["hotfixid", "hotfixid0", "kb", "kbnumber", "kbarticle"]),
        (Field::System, &["operatingsystem", "osname", "os", "betriebssystem"]),
        (Field::SystemVersion, &["osversion", "operatingsystemversion", "osbuild"]),
    ],
    needs: &[&[Field::Product, Field::Update], &[Field::Version, Field::Update]],
    telling: &[
        "displayname",
        "displayversion",
        "hotfixid",
        "publisher",
        "softwarename",
        "applicationname",
        "applicationversion",
        "installdate",
        "installedon",
        "uninstallstring",
    ],
};

pub(crate) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    let mut claims = Claims::default();
    table::read(request, rows, &SCHEMA, &mut |line, rows| read_line(line, rows, &mut claims))?;
    claims.tell(rows);
    Ok(())
}

fn read_line(line: &Line<'_>, rows: &mut Rows<'_>, claims: &mut Claims) {
    let product = line.text(Field::Product);
    let update = kb_number(line.text(Field::Update));
    // Entries without a name are parts of other software; every registry has some.
    if product.is_empty() && update.is_none() {
        return;
    }
    let Some(subject) = line.named_thing(rows, claims) else { return };
    line.tell(rows, subject, Field::System, FactKind::OperatingSystem);
    line.tell(rows, subject, Field::SystemVersion, FactKind::OperatingSystemVersion);
    match update {
        Some(number) => rows.fact(line.row, subject, FactKind::InstalledUpdate, &number),
        None => installed(rows, line.row, subject, product, line.text(Field::Version)),
    }
}
