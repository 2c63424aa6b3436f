use proptest::prelude::*;
use wardround_model::ModelId;

use super::question::{Answer, Edition, Question};
use crate::table::xlsx::tests::{workbook, workbook_of, zip};
use crate::table::xlsx::{Cell, SheetRow};
use crate::told;

/// A sheet as HN 1-2019 lays it out, with a column of notes and two of other standards.
const OF_2019: &[&[&str]] = &[
    &["Manufacturer Disclosure Statement for Medical Device Security -- MDS2"],
    &["Question ID", "Question", "", "See note", "IEC TR 80001-2-2:2012", "NIST SP 800-53 Rev. 4"],
    &["", "DEVICE DESCRIPTION"],
    &["DOC-1", "Manufacturer Name", "Aldermed"],
    &["DOC-2", "Device Description", "Infusion pump"],
    &["DOC-3", "Device Model", "Infusor 9, Infusor 9 Plus"],
    &["DOC-7", "Document Release Date", "2026-11-01"],
    &["", "MANAGEMENT OF PERSONALLY IDENTIFIABLE INFORMATION"],
    &["MPII-1", "Can this device display, transmit, store, or modify it?", "Yes", "", "AR-2", "AR-2"],
    &["MPII-2.1", "Does the device maintain it temporarily?", "See Note", "Note 3 on Erika Mustermann"],
    &["", "AUTOMATIC LOGOFF (ALOF)"],
    &[
        "ALOF-1",
        "Can the device be configured to force reauthorization?",
        "No",
        "",
        "Section 5.1, ALOF",
        "AC-12",
    ],
    &["MLDP-1", "Is the device capable of hosting executable software?", "N/A"],
    &["MLDP-2", "Does the device support anti-malware software?", "no, see note 4"],
    &["SBOM-1", "Is the SBoM for this product available?", "On request"],
    &["TXCF-1", "Can it be encrypted before transmission?", ""],
];

fn answers(facts: &[String]) -> Vec<&str> {
    facts.iter().filter_map(|fact| fact.split_once(" mds2.answer ").map(|(_, answer)| answer)).collect()
}

#[test]
fn a_sheet_of_2019_answers_for_each_of_its_models() {
    let imported = told::file("infusor.xlsx", &workbook_of(OF_2019)).unwrap();
    assert_eq!(imported.observed_at.to_string(), "2026-11-01T00:00:00Z");
    let facts = told::facts(&imported);
    for model in ["Infusor 9", "Infusor 9 Plus"] {
        let id = format!("M-{}", ModelId::of("Aldermed", model).0);
        let of_model: Vec<&str> =
            facts.iter().filter_map(|fact| fact.strip_prefix(&format!("{id} "))).collect();
        let expected = [
            "list.maker Aldermed".to_owned(),
            format!("list.model {model}"),
            "mds2.answer ALOF-1:no".to_owned(),
            "mds2.answer MLDP-1:na".to_owned(),
            "mds2.answer MLDP-2:no".to_owned(),
            "mds2.answer MPII-1:yes".to_owned(),
            "mds2.answer MPII-2.1:note".to_owned(),
        ];
        assert_eq!(of_model, expected);
    }
    assert_eq!(
        told::errors(&imported),
        ["15 SBOM-1: is answered by none of Yes, No, N/A and See Note; ask the maker"]
    );
}

/// A sheet as HN 1-2013 lays it out: labels above their values, and numbers of sections.
const OF_2013: &[&[&str]] = &[
    &["Manufacturer Disclosure Statement for Medical Device Security \u{2013} MDS2"],
    &["DEVICE DESCRIPTION"],
    &["Device Category", "Manufacturer", "Document ID", "Document Release Date"],
    &["Monitor", "Cardiana", "D-1", "3-Feb-2015"],
    &["Device Model", "Software Revision", "", "Software Release Date"],
    &["Vigil 2", "1.4", "", "2014-01-01"],
    &["MANAGEMENT OF PRIVATE DATA", "", "Yes, No, N/A, or See Note", "Note #"],
    &["A", "Can this device display private data?", "Yes", "__"],
    &["B.1", "Demographic?", "See Note", "1"],
    &["1", "AUTOMATIC LOGOFF (ALOF)"],
    &["1-1", "Can the device be configured to force reauthorization?", "No", ""],
    &["1-1.2", "Can the length of time be changed?", "N/A", ""],
    &["10-1", "Does the device support anti-malware software?", "Yes"],
];

#[test]
fn a_sheet_of_2013_finds_names_below_their_labels() {
    let imported = told::file("vigil.xlsx", &workbook_of(OF_2013)).unwrap();
    assert_eq!(imported.observed_at.to_string(), "2015-02-03T00:00:00Z");
    let facts = told::facts(&imported);
    assert_eq!(answers(&facts), ["1-1.2:na", "1-1:no", "10-1:yes", "A:yes", "B.1:note"]);
    let id = format!("M-{}", ModelId::of("Cardiana", "Vigil 2").0);
    assert!(facts.iter().all(|fact| fact.starts_with(&id)), "{facts:#?}");
}

#[test]
fn a_person_says_which_device_it_is_for() {
    let nameless: Vec<&[&str]> =
        OF_2019.iter().filter(|row| row.first() != Some(&"DOC-1")).copied().collect();
    let bytes = workbook_of(&nameless);
    assert!(told::refused("x.xlsx", &bytes).contains("does not say which device it is about"));
    let imported = told::about("x.xlsx", &bytes, told::device("10.1.2.3")).unwrap();
    assert!(told::facts(&imported).contains(&"10.1.2.3 mds2.answer ALOF-1:no".to_owned()));
}

#[test]
fn the_sheet_is_found_by_its_contents_among_others() {
    let row = |cells: &[&str]| {
        let cells: String =
            cells.iter().map(|text| format!(r#"<c t="inlineStr"><is><t>{text}</t></is></c>"#)).collect();
        format!("<row>{cells}</row>")
    };
    let sheet = |rows: &[&[&str]]| {
        let rows: String = rows.iter().map(|cells| row(cells)).collect();
        format!("<worksheet><sheetData>{rows}</sheetData></worksheet>")
    };
    let book = r#"<workbook><sheets><sheet name="Notes" r:id="a"/><sheet name="Form" state="hidden" r:id="b"/></sheets></workbook>"#;
    let relations = r#"<Relationships><Relationship Id="a" Target="s/1.xml"/><Relationship Id="b" Target="s/2.xml"/></Relationships>"#;
    let (notes, form) = (sheet(&[&["Notes"], &["ALOF-1", "as said"]]), sheet(OF_2019));
    let bytes = zip(&[
        ("xl/workbook.xml", book.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
        ("xl/s/1.xml", notes.as_bytes()),
        ("xl/s/2.xml", form.as_bytes()),
    ]);
    let facts = told::facts(&told::file("book.xlsx", &bytes).unwrap());
    assert_eq!(facts, told::facts(&told::file("form.xlsx", &workbook_of(OF_2019)).unwrap()));
}

#[test]
fn rows_may_move_and_cells_may_be_merged() {
    // The question's cell reaches over three columns, the answer stands behind it; the number leads the question in one cell.
    let moved = workbook(concat!(
        r#"<row r="40"><c r="B40" t="inlineStr"><is><t>Manufacturer Name:</t></is></c><c r="F40" t="inlineStr"><is><t>Aldermed</t></is></c></row>"#,
        r#"<row r="41"><c r="B41" t="inlineStr"><is><t>Device Model</t></is></c><c r="F41" t="inlineStr"><is><t>Infusor 9</t></is></c></row>"#,
        r#"<row r="50"><c r="B50" t="inlineStr"><is><t>MPII-1 Can this device display it?</t></is></c><c r="F50" t="inlineStr"><is><t>YES</t></is></c></row>"#,
        r#"<row r="60"><c r="B60" t="inlineStr"><is><t>alof-1</t></is></c><c r="F60" t="inlineStr"><is><t>no</t></is></c></row>"#,
        r#"<row r="61"><c r="B61" t="inlineStr"><is><t>PLOK-1</t></is></c><c r="C61" t="inlineStr"><is><t>Locks?</t></is></c></row>"#,
    ));
    let imported = told::file("moved.xlsx", &moved).unwrap();
    assert_eq!(answers(&told::facts(&imported)), ["ALOF-1:no", "MPII-1:yes"]);
    assert_eq!(imported.observations.first().unwrap().first.evidence.record, 41);
}

#[test]
fn what_is_no_worksheet_says_what_to_do() {
    assert_eq!(
        told::refused("Infusor MDS2.pdf", b"%PDF-1.7 ..."),
        "Infusor MDS2.pdf cannot be read as maker's security sheet (MDS2): it is a PDF, which is not read; ask the maker for the worksheet (XLSX)"
    );
    let tickets =
        workbook_of(&[&["AUTH-1", "Login", "yes"], &["AUTH-2", "Logout", "no"], &["AUTH-3", "x", "no"]]);
    assert!(!super::looks("tickets.xlsx", &tickets));
}

fn answer(text: &str) -> Option<Answer> {
    let cells = ["ALOF-1", "Question?", text].into_iter().map(|text| Cell::Text(text.to_owned()));
    let row = SheetRow { number: 1, cells: cells.enumerate().collect() };
    Question::of(&row, Edition::Of2019).unwrap().answer
}

#[test]
fn answers_are_read_as_makers_write_them() {
    for text in ["Yes", "YES.", " yes ", "Y", "Yes, see note 2", "Yes (Note 3)"] {
        assert_eq!(answer(text), Some(Answer::Yes), "{text}");
    }
    for text in ["N/A", "NA", "n/a - see note 1", "Not applicable"] {
        assert_eq!(answer(text), Some(Answer::NotApplicable), "{text}");
    }
    for text in ["See Note", "See notes 3, 4", "Note #12", "See explanatory note"] {
        assert_eq!(answer(text), Some(Answer::Note), "{text}");
    }
    for text in ["Yes, but only over Wi-Fi", "No longer", "Partly", "Available", "Notebook", "3", "see"] {
        assert_eq!(answer(text), None, "{text}");
    }
}

proptest! {
    /// Neither the order of questions nor their being there twice changes what is told.
    #[test]
    fn order_and_repetition_change_nothing(turn in 0usize..8) {
        let (head, questions) = OF_2019.split_at(8);
        let mut other = questions.to_vec();
        other.rotate_left(turn);
        other.push(questions[turn]);
        let other = [head, &other].concat();
        let read = |rows: &[&[&str]]| told::facts(&told::file("x.xlsx", &workbook_of(rows)).unwrap());
        prop_assert_eq!(read(OF_2019), read(&other));
    }
}
