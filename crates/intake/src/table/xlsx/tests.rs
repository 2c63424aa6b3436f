use std::io::Write;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

use super::*;

/// An archive of these parts, as office programs write them.
pub(crate) fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in parts {
        let mut check = Crc::new();
        check.update(content);
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content).unwrap();
        let packed = encoder.finish().unwrap();
        let mut common = vec![20, 0, 0, 0, 8, 0, 0, 0, 0, 0];
        for number in
            [check.sum(), u32::try_from(packed.len()).unwrap(), u32::try_from(content.len()).unwrap()]
        {
            common.extend(number.to_le_bytes());
        }
        common.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        common.extend([0, 0]);
        let offset = u32::try_from(archive.len()).unwrap();
        archive.extend(b"PK\x03\x04");
        archive.extend(&common);
        archive.extend(name.as_bytes());
        archive.extend(packed);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&common);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (start, count) = (u32::try_from(archive.len()).unwrap(), u16::try_from(parts.len()).unwrap());
    let size = u32::try_from(directory.len()).unwrap();
    archive.extend(directory);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    archive.extend(count.to_le_bytes());
    archive.extend(count.to_le_bytes());
    archive.extend(size.to_le_bytes());
    archive.extend(start.to_le_bytes());
    archive.extend([0, 0]);
    archive
}

const WORKBOOK: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><workbookPr/><sheets><sheet name="Devices" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="t" Target="worksheets/sheet1.xml"/></Relationships>"#;
const STYLES: &str = r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy\ hh:mm"/><numFmt numFmtId="165" formatCode="[Red]0.00&quot;days&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>"#;
const STRINGS: &str = r#"<sst><si><t>Name</t></si><si><r><t>Infusion </t></r><r><t>pump &amp; rack</t></r><rPh><t>no</t></rPh></si></sst>"#;

/// A workbook of one sheet with these rows in XML.
pub(crate) fn workbook(rows: &str) -> Vec<u8> {
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    zip(&[
        ("xl/workbook.xml", WORKBOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", RELATIONS.as_bytes()),
        ("xl/styles.xml", STYLES.as_bytes()),
        ("xl/sharedStrings.xml", STRINGS.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

/// A workbook whose cells all hold their text inline.
pub(crate) fn workbook_of(table: &[&[&str]]) -> Vec<u8> {
    let row = |cells: &&[&str]| -> String {
        let cells = cells.iter().map(|text| format!(r#"<c t="inlineStr"><is><t>{text}</t></is></c>"#));
        format!("<row>{}</row>", cells.collect::<String>())
    };
    workbook(&table.iter().map(row).collect::<String>())
}

fn rows_of(bytes: &[u8]) -> Result<Vec<SheetRow>, XlsxError> {
    Workbook::open(bytes)?.sheet(0)?.rows().collect()
}

#[test]
fn cells_are_read_as_people_see_them() {
    let bytes = workbook(concat!(
        r#"<row r="3"><c r="A3" t="s"><v>0</v></c><c r="C3" t="s"><v>1</v></c><c t="inlineStr"><is><t>Ward 3</t></is></c></row>"#,
        r#"<row><c r="A4" s="1"><v>45291</v></c><c s="2"><v>45291.25</v></c><c s="3"><v>4.5</v></c><c><v>1.1000000000000001</v></c>"#,
        r#"<c t="b"><v>1</v></c><c t="str"><f>A1</f><v>x</v></c></row>"#,
    ));
    assert_eq!(Workbook::open(&bytes).unwrap().sheet_names().collect::<Vec<_>>(), ["Devices"]);
    let rows = rows_of(&bytes).unwrap();
    assert_eq!((rows[0].number, rows[1].number), (3, 4));
    assert_eq!(
        [rows[0].text(0), rows[0].text(1), rows[0].text(2), rows[0].text(3)],
        ["Name", "", "Infusion pump & rack", "Ward 3"]
    );
    let texts: Vec<&str> = (0..6).map(|column| rows[1].text(column)).collect();
    assert_eq!(texts, ["2023-12-31", "2023-12-31T06:00:00", "4.5", "1.1", "TRUE", "x"]);
}

#[test]
fn rows_and_columns_without_places_are_counted() {
    let rows = rows_of(&workbook_of(&[&["a", "", "c"], &["d"]])).unwrap();
    assert_eq!((rows[0].number, rows[0].text(2), rows[1].number, rows[1].text(0)), (1, "c", 2, "d"));
}

#[test]
fn formulas_are_never_worked_out() {
    let rows = rows_of(&workbook(
        r#"<row><c><f>1+1</f></c><c><f>1+1</f><v>2</v></c><c t="e"><f>A0</f><v>#REF!</v></c></row>"#,
    ));
    let cells: Vec<Cell> = rows.unwrap()[0].cells.iter().map(|(_, cell)| cell.clone()).collect();
    assert_eq!(cells, [Cell::NoValue, Cell::Text("2".to_owned()), Cell::NoValue]);
}

#[test]
fn a_bomb_is_refused_before_it_is_unpacked() {
    let mut sheet = b"<worksheet><sheetData>".to_vec();
    sheet.resize(32 << 20, b' ');
    let bytes = zip(&[
        ("xl/workbook.xml", WORKBOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", RELATIONS.as_bytes()),
        ("xl/worksheets/sheet1.xml", &sheet),
    ]);
    assert!(bytes.len() < 100_000, "{}", bytes.len());
    assert_eq!(rows_of(&bytes), Err(XlsxError::Archive(ZipError::TooLarge)));
}

#[test]
fn entities_and_dtds_are_refused() {
    for sheet in [
        r#"<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet/>"#,
        r#"<worksheet><sheetData><row><c t="inlineStr"><is><t>&a;</t></is></c></row></sheetData></worksheet>"#,
    ] {
        let bytes = zip(&[
            ("xl/workbook.xml", WORKBOOK.as_bytes()),
            ("xl/_rels/workbook.xml.rels", RELATIONS.as_bytes()),
            ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        ]);
        let error = rows_of(&bytes).unwrap_err();
        assert!(matches!(error, XlsxError::Dtd { .. }), "{error}");
    }
}

#[test]
fn what_is_no_workbook_says_what_to_do() {
    let old = Workbook::open(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1]).unwrap_err();
    assert_eq!(
        old.to_string(),
        "it is an old Excel file (.xls) or has a password; save it as .xlsx without a password"
    );
    let mut cut = workbook("");
    cut.truncate(cut.len() - 30);
    assert_eq!(Workbook::open(&cut).unwrap_err(), XlsxError::Archive(ZipError::NotAnArchive));
    let mut changed = workbook("<row/>");
    changed[45] ^= 1;
    assert!(Workbook::open(&changed).is_err());
    assert_eq!(Workbook::open(&zip(&[("a.txt", b"a")])).unwrap_err(), XlsxError::Missing("list of sheets"));
}

proptest::proptest! {
    #[test]
    fn damaged_workbooks_never_panic(place: proptest::sample::Index, byte: u8) {
        let mut bytes = workbook(r#"<row r="3"><c r="A3" t="s"><v>0</v></c></row>"#);
        let place = place.index(bytes.len());
        bytes[place] = byte;
        let _ = rows_of(&bytes);
    }
}
