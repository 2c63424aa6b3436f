//! Rows of texts as an Excel file (ECMA-376, Office Open XML): one sheet, every cell a text.
//!
//! Five small parts in a ZIP archive, written here: the libraries for it bring a dozen crates and another decompressor for
//! everything else that the program reads.

mod archive;

use std::fmt::Write as _;

use anyhow::Result;

/// The most rows that a sheet has, and the most characters of a cell (Excel specifications and limits).
const MOST_ROWS: usize = 1_048_576;
const MOST_CHARACTERS: usize = 32_767;

/// What stands before each part.
const XML: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;

/// The parts that are the same for every sheet but for its name, in the order of ECMA-376 part 2.
const PARTS: [(&str, &str); 4] = [
    (
        "[Content_Types].xml",
        r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#,
    ),
    (
        "_rels/.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/workbook.xml",
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><bookViews><workbookView/></bookViews><sheets><sheet name="NAME" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
    ),
];

/// What stands before the rows: the heading stays in sight.
const SHEET: &str = r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>"#;

/// The bytes of the file; the same rows give the same. The first row stays in sight. The name is one of the program's own.
///
/// # Errors
/// When it is larger than such a file can be.
pub(crate) fn xlsx<'r>(name: &str, rows: impl Iterator<Item = Vec<&'r str>>) -> Result<Vec<u8>> {
    let mut archive = archive::Archive::default();
    for (part, text) in PARTS {
        archive.add(part, format!("{XML}{}", text.replace("NAME", name)).as_bytes())?;
    }
    archive.add("xl/worksheets/sheet1.xml", sheet(rows).as_bytes())?;
    archive.finish()
}

fn sheet<'r>(rows: impl Iterator<Item = Vec<&'r str>>) -> String {
    let mut text = format!("{XML}{SHEET}");
    let mut left_out = 0_u64;
    for (number, cells) in (1..).zip(rows) {
        // One row is kept for saying what is left out.
        if number < MOST_ROWS {
            row(&mut text, number, cells.into_iter());
        } else {
            left_out += 1;
        }
    }
    if left_out > 0 {
        let line = format!("{left_out} more rows do not fit; the CSV has all");
        row(&mut text, MOST_ROWS, std::iter::once(line.as_str()));
    }
    text.push_str("</sheetData></worksheet>");
    text
}

fn row<'c>(text: &mut String, number: usize, cells: impl Iterator<Item = &'c str>) {
    // Writing to a String cannot fail.
    let _ = write!(text, r#"<row r="{number}">"#);
    for cell in cells {
        text.push_str(r#"<c t="inlineStr"><is><t xml:space="preserve">"#);
        cell.chars().take(MOST_CHARACTERS).for_each(|character| escaped(text, character));
        text.push_str("</t></is></c>");
    }
    text.push_str("</row>");
}

/// A character as XML 1.0 has it; what XML cannot hold is left out.
fn escaped(text: &mut String, character: char) {
    match character {
        '&' => text.push_str("&amp;"),
        '<' => text.push_str("&lt;"),
        '>' => text.push_str("&gt;"),
        '\t' | '\n' | '\r' => text.push(' '),
        '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
        _ => text.push(character),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_stays_a_cell() {
        let mut text = String::new();
        row(&mut text, 2, ["</t>&\u{1}\u{ffff}\n", "ä"].into_iter());
        let cell =
            |inner: &str| format!(r#"<c t="inlineStr"><is><t xml:space="preserve">{inner}</t></is></c>"#);
        assert_eq!(text, format!(r#"<row r="2">{}{}</row>"#, cell("&lt;/t&gt;&amp; "), cell("ä")));
    }
}
