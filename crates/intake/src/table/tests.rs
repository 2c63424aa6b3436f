use wardround_model::SourceIndex;

use super::xlsx::tests::{workbook, workbook_of};
use super::*;
use crate::told::{TODAY, errors};
use crate::{Imported, import, told};

/// What a file gives, imported with nothing said about it.
pub(crate) fn imported(name: &str, bytes: &[u8]) -> Imported {
    told::file(name, bytes).unwrap()
}

/// A request for a file on a fixed day.
pub(crate) fn request<'a>(name: &'a str, bytes: &'a [u8]) -> Request<'a> {
    Request {
        name,
        bytes,
        kind: None,
        about: None,
        source: SourceIndex(0),
        observed_at: TODAY,
        mapping: None,
    }
}

/// Facts as `kind value`, sorted, each once whatever it is about.
pub(crate) fn values(imported: &Imported) -> Vec<String> {
    let fact = |o: &wardround_model::Observation| format!("{} {}", o.fact.kind().code(), o.fact.value());
    let mut facts: Vec<String> = imported.observations.iter().map(fact).collect();
    facts.sort();
    facts.dedup();
    facts
}

const COMPUTERS: &str = "Name,OperatingSystem,Enabled,LastLogonDate,IPv4Address\n";

#[test]
fn the_same_table_in_each_form_gives_the_same() {
    let plain = "Name,OperatingSystem,Enabled,LastLogonDate\nCT-2,Windows 10 Pro,True,2026-11-20\n";
    let expected = imported("a.csv", plain.as_bytes()).observations;
    assert_eq!(expected.len(), 5, "{expected:?}");
    let semicolons = plain.replace(',', ";");
    let with_title = format!(
        "\u{feff}Computers of the hospital\r\n\r\n{}\r\n\r\nTotal: 1,,,\r\n",
        plain.replace('\n', "\r\n")
    );
    let quoted = "#TYPE Microsoft.ActiveDirectory.Management.ADComputer\n\"Name\"\t\"OperatingSystem\"\t\"Enabled\"\t\"LastLogonDate\"\n\"CT-2\"\t\"Windows 10 Pro\"\t\"True\"\t\"2026-11-20\"\n";
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(plain.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let sheet = workbook_of(&[
        &["Computers"],
        &["Name", "OperatingSystem", "Enabled", "LastLogonDate"],
        &["CT-2", "Windows 10 Pro", "True", "2026-11-20"],
    ]);
    for bytes in [semicolons.as_bytes(), with_title.as_bytes(), quoted.as_bytes(), &utf16, &sheet] {
        let found = imported("b", bytes);
        let facts = |list: &[wardround_model::Observation]| {
            list.iter().map(|o| (o.subject, o.fact.clone())).collect::<Vec<_>>()
        };
        assert_eq!(facts(&found.observations), facts(&expected), "{}", String::from_utf8_lossy(bytes));
        assert_eq!((found.rows, found.rows_failed), (1, 0));
    }
}

#[test]
fn the_dry_run_tells_what_was_understood() {
    let found = imported("a.csv", format!("Note,{COMPUTERS}x,CT-2,Windows 10,True,,\n").as_bytes());
    let columns: Vec<(&str, Option<&str>)> =
        found.columns.iter().map(|(heading, field)| (heading.as_str(), field.as_deref())).collect();
    assert_eq!(
        columns,
        [
            ("Note", None),
            ("Name", Some("name")),
            ("OperatingSystem", Some("system")),
            ("Enabled", Some("enabled")),
            ("LastLogonDate", Some("logon")),
            ("IPv4Address", Some("ip"))
        ]
    );
}

#[test]
fn each_error_names_row_column_and_next_step_but_never_the_value() {
    let rows = [
        "CT-2,Windows 10,perhaps,yesterday at noon,10.1.2.300",
        ",Windows 10,True,,",
        "CT-3,Windows 10,True,03/04/2026,",
        "CT-4,Windows, 10,True,,,extra",
    ];
    let found = imported("a.csv", format!("{COMPUTERS}{}\n", rows.join("\n")).as_bytes());
    assert_eq!(
        errors(&found),
        [
            "2 IPv4Address: is no IP address: write it as 10.1.2.3",
            "2 Enabled: is neither yes nor no: write true or false",
            "2 LastLogonDate: is no day or moment that is known: write it as 2026-11-23",
            "3: nothing says which device it is: give it a name, an address, a card or a number",
            "4 LastLogonDate: day and month cannot be told apart: export days as 2026-11-23, or map a column to day-first or month-first",
            "5: has more cells than the heading: a separator stands inside a value. Export it with quotes",
        ]
    );
    assert_eq!((found.rows, found.rows_failed), (4, 6));
}

#[test]
fn formulas_without_a_result_are_errors() {
    let sheet = workbook(concat!(
        r#"<row><c t="inlineStr"><is><t>Name</t></is></c><c t="inlineStr"><is><t>OperatingSystem</t></is></c><c t="inlineStr"><is><t>Enabled</t></is></c></row>"#,
        r#"<row><c t="inlineStr"><is><t>CT-2</t></is></c><c><f>A1</f></c><c t="str"><f>A1</f><v>True</v></c></row>"#,
    ));
    let found = imported("a.xlsx", &sheet);
    assert_eq!(
        errors(&found),
        [
            "2 OperatingSystem: holds a formula without its result: open and save the file in a spreadsheet program, or enter the value"
        ]
    );
    assert!(values(&found).contains(&"directory.computer-enabled yes".to_owned()));
}

#[test]
fn a_person_can_say_what_columns_mean() {
    let table = "Rechnername,System,An,Zuletzt\nCT-2,Windows 10,ja,03/04/2026\n";
    let mapping = [
        ("Rechnername", "name"),
        ("System", "system"),
        ("An", "enabled"),
        ("Zuletzt", "logon"),
        ("dates", "day-first"),
    ];
    let columns = mapping.map(|(heading, field)| (heading.to_owned(), field.to_owned())).to_vec();
    let mapping = Mapping { columns };
    let mut request = request("a.csv", table.as_bytes());
    request.kind = Some(SourceKind::DirectoryComputers);
    assert!(import(&request).is_err());
    request.mapping = Some(&mapping);
    let found = import(&request).unwrap();
    assert!(
        values(&found).contains(&"directory.computer-logon 2026-04-03T00:00:00Z".to_owned()),
        "{:?}",
        values(&found)
    );
}

#[test]
fn a_file_without_a_heading_says_what_is_missing() {
    let mut request = request("notes.txt", b"one,two\nthree,four\n");
    request.kind = Some(SourceKind::DirectoryComputers);
    assert_eq!(
        import(&request).unwrap_err().to_string(),
        "notes.txt cannot be read as list of computers of a directory: none of its first 50 rows is a heading with columns for name, and system or system-version, and logon or enabled or dn or control-flags; say which column is which with a mapping"
    );
}

#[test]
fn what_is_not_recognised_says_what_to_do() {
    assert_eq!(
        told::refused("notes.txt", b"one,two\nthree,four\n"),
        "notes.txt looks like none of the files that can be imported; say what it is with --as KIND"
    );
    assert_eq!(
        told::refused("old.xls", &[0xd0, 0xcf, 0x11, 0xe0, 0xa1]),
        "old.xls looks like none of the files that can be imported: it is an old Excel file (.xls) or has a password; save it as .xlsx without a password; say what it is with --as KIND"
    );
}

#[test]
fn each_row_of_a_long_list_is_read() {
    let row = |number: u32| format!("CT-{number},Windows 10 Pro,True,2026-11-{:02},\n", number % 28 + 1);
    let text = format!("{COMPUTERS}{}", (0..20_000).map(row).collect::<String>());
    let found = imported("a.csv", text.as_bytes());
    assert_eq!((found.rows, found.rows_failed), (20_000, 0));
    // Name, id, system, state and logon of each.
    assert_eq!(found.observations.len(), 100_000);
}

#[test]
fn an_open_quote_does_not_swallow_the_file() {
    let mut text = format!("{COMPUTERS}\"CT-2,Windows 10,True,,\n");
    text.push_str(&"CT-3,Windows 10,True,,\n".repeat(60_000));
    let error = import(&request("a.csv", text.as_bytes())).unwrap_err().to_string();
    assert!(error.contains("line 2 begins a record that does not end"), "{error}");
}

#[test]
fn quoted_lines_keep_the_numbers_of_lines() {
    let text = format!("{COMPUTERS}\"CT-2\",\"Windows\n10\",True,,\n,Windows 10,True,,\n");
    assert_eq!(errors(&imported("a.csv", text.as_bytes()))[0].split(':').next(), Some("4"));
}

#[test]
fn schemas_write_their_headings_plain() {
    for schema in crate::kinds::schemas() {
        for (field, headings) in schema.columns {
            for heading in *headings {
                assert_eq!(plain(heading), *heading, "{:?}", schema.kind);
                let places = schema.columns.iter().filter(|(_, known)| known.contains(heading)).count();
                assert_eq!(places, 1, "{heading} of {:?} means {field:?} and something else", schema.kind);
            }
        }
        for heading in schema.telling {
            let is_known = schema.columns.iter().any(|(_, known)| known.contains(heading));
            assert!(is_known || plain(heading) == *heading, "{heading}");
        }
    }
}

#[test]
fn the_manual_names_each_kind_of_table_and_each_field() {
    let manual = include_str!("../../../../docs/import.md");
    for schema in crate::kinds::schemas() {
        let row = manual.lines().find(|line| line.starts_with(&format!("| `{}` |", schema.kind.code())));
        let row = row.unwrap_or_else(|| panic!("{} is not in docs/import.md", schema.kind.code()));
        for (field, _) in schema.columns {
            assert!(row.contains(field.code()), "{} of {}", field.code(), schema.kind.code());
        }
    }
}

/// A row of a table from a few numbers.
type MakeRow = fn((u8, u8, bool, u8)) -> String;

/// Headings, and rows below them.
const TABLES: [(&str, MakeRow); 6] = [
    ("Name,OperatingSystem,Enabled,LastLogonDate,IPv4Address", |(name, system, on, day)| {
        format!("CT-{name},Windows 1{system},{on},2026-11-{day:02},10.1.2.{system}\n")
    }),
    ("SamAccountName,Enabled,PasswordLastSet,MemberOf", |(name, group, on, day)| {
        let group = ["Domain Admins", "Domänen-Admins", "Ward 3"][usize::from(group)];
        format!("a{name},{on},2026-11-{day:02},{group}\n")
    }),
    ("Computername,UpdateTitle,UpdateKB,UpdateInstallationState,LastScanTime", |(name, kb, on, day)| {
        let state = if on { "Installed" } else { "Missing" };
        format!("CT-{name},Update,KB500000{kb},{state},2026-11-{day:02}\n")
    }),
    ("Device Name,Antivirus status,Last Seen,IP Address", |(name, ip, on, day)| {
        let state = if on { "Updated" } else { "Disabled" };
        format!("CT-{name},{state},2026-11-{day:02},10.1.2.{ip}\n")
    }),
    ("Job Name,VM Name,Status,End Time", |(name, job, on, day)| {
        let state = if on { "Success" } else { "Failed" };
        format!("J{job},CT-{name},{state},2026-11-{day:02}\n")
    }),
    ("Asset Tag,Serial Number,Manufacturer,Device Type,MAC Address,IP Address", |(tag, model, on, day)| {
        let card = if on { format!("00:1b:2c:03:4e:{day:02}") } else { String::new() };
        format!("T{tag},S{model},Example,Infusion Pump,{card},10.1.2.{day}\n")
    }),
];

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    /// Logs of leases are left out: there the last word on an address counts.
    #[test]
    fn any_order_of_rows_and_any_repetition_give_the_same(
        kind in 0..TABLES.len(),
        rows in proptest::collection::vec((0..6_u8, 0..3_u8, proptest::bool::ANY, 1..28_u8), 1..20),
        turn in 0..20_usize,
    ) {
        let (heading, line) = TABLES[kind];
        let lines: Vec<String> = rows.into_iter().map(line).collect();
        let mut other = lines.clone();
        other.rotate_left(turn % lines.len());
        other.reverse();
        other.extend(lines.clone());
        let facts = |lines: &[String]| {
            let found = imported("a.csv", format!("{heading}\n{}", lines.concat()).as_bytes());
            found.observations.into_iter().map(|o| (o.subject, o.fact, o.last)).collect::<Vec<_>>()
        };
        let known = facts(&lines);
        proptest::prop_assert!(!known.is_empty());
        proptest::prop_assert_eq!(known, facts(&other));
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes: Vec<u8>) {
        let _ = crate::recognise("a", &bytes);
        for kind in SourceKind::ALL {
            let mut request = request("a", &bytes);
            request.kind = Some(*kind);
            let _ = import(&request);
        }
    }
}
