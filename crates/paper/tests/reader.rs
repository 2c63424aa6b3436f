//! Reports as PDF, read by programs of other people: poppler and qpdf.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use wardround_paper::{Sheet, pdf};
use wardround_report::document::{AsOf, Bar, Block, Column, Document, Figure, Kind};

/// Runs a reader on a file; without readers nothing is proved, so that is a failure.
fn read(program: &str, words: &[&str], file: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.pdf");
    std::fs::write(&path, file).unwrap();
    let path: &Path = &path;
    let mut words: Vec<_> = words.iter().map(std::ffi::OsStr::new).collect();
    words.push(path.as_os_str());
    if program == "pdftotext" {
        words.push("-".as_ref());
    }
    let output = Command::new(program).args(words).output();
    let output = output.unwrap_or_else(|error| {
        panic!("{program} does not run ({error}): these tests need poppler-utils and qpdf (make packages)")
    });
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn text(file: &[u8]) -> String {
    read("pdftotext", &["-layout"], file)
}

fn pages(file: &[u8]) -> usize {
    let told = read("pdfinfo", &[], file);
    told.lines().find_map(|line| line.strip_prefix("Pages:")?.trim().parse().ok()).unwrap()
}

fn document(kind: Kind, blocks: Vec<Block>) -> Document {
    Document {
        kind,
        title: "A report".to_owned(),
        hospital: "St. Bride's".to_owned(),
        subtitle: "Round R-1 of 26 Nov 2026.".to_owned(),
        blocks,
        as_of: vec![AsOf { source: "computers.csv".to_owned(), date: "23 Nov 2026".to_owned() }],
    }
    .plain()
}

fn every_block() -> Vec<Block> {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    vec![
        Block::Lead { text: "One lead sentence.".to_owned() },
        Block::Figures {
            figures: vec![Figure {
                value: "1,234".to_owned(),
                label: "figures".to_owned(),
                before: "was 7".to_owned(),
            }],
        },
        Block::Bars {
            heading: "Bars".to_owned(),
            bars: vec![
                Bar { label: "High".to_owned(), now: 3, before: Some(5) },
                Bar { label: "Low".to_owned(), now: 0, before: None },
            ],
        },
        Block::heading("A heading"),
        Block::paragraph("A paragraph."),
        Block::List { items: texts(&["First item.", "Second item."]) },
        Block::Asked { heading: "What we ask".to_owned(), items: texts(&["Ask one.", "Ask two."]) },
        Block::facts([("Label", "What it stands for".to_owned())]),
        Block::Table {
            caption: "A caption".to_owned(),
            columns: vec![Column::text("Left", 3), Column::number("Right", 1)],
            rows: vec![texts(&["cell", "12"])],
        },
        Block::Sheet {
            heading: "A sheet".to_owned(),
            blocks: vec![
                Block::Ticks { items: texts(&["Tick me."]) },
                Block::Lines { labels: texts(&["Signed", "Done"]) },
            ],
        },
    ]
}

#[test]
fn every_part_is_read_and_the_file_is_sound_and_accessible() {
    for sheet in [Sheet::A4, Sheet::Letter] {
        let file = pdf(&document(Kind::Round, every_block()), sheet).unwrap();
        assert!(read("qpdf", &["--check"], &file).contains("No syntax or stream encoding errors"));
        let about = read("pdfinfo", &[], &file);
        assert!(about.contains("Tagged:          yes"), "{about}");
        assert!(about.contains("Title:           A report"), "{about}");
    }
}

#[test]
fn the_text_reads_as_it_did() {
    let file = pdf(&document(Kind::Round, every_block()), Sheet::A4).unwrap();
    insta::assert_snapshot!(text(&file));
}

#[test]
fn screen_readers_find_the_structure() {
    let file = pdf(&document(Kind::Round, every_block()), Sheet::A4).unwrap();
    let structure = read("pdfinfo", &["-struct-text"], &file);
    insta::assert_snapshot!(structure);
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    let make = || pdf(&document(Kind::Round, every_block()), Sheet::A4).unwrap();
    assert_eq!(make(), make());
}

/// Names that somebody else chose: none may vanish, turn others round, or break the file.
#[test]
fn hostile_names_are_seen_and_break_nothing() {
    let names = [
        "<script>alert(1)</script>",
        "pump\u{202e}gnp.exe\u{2066}",
        "a\u{0}b\u{1b}[31mred\u{7}",
        ") Tj ET endstream endobj %%EOF",
        "(((((((\\\\\\",
        "zero\u{200b}\u{200d}width\u{feff}",
        "e\u{301}\u{301}\u{301}\u{301}combining",
        "透析装置 مضخة משאבה पंप \u{1f9a0} \u{e000}",
        "\u{ffff}\u{fffe}\u{fdd0}",
        "../../etc/passwd",
        "=HYPERLINK(\"http://x\")",
        &"W".repeat(65_536),
    ];
    let rows = names.iter().map(|name| vec![(*name).to_owned(), "end-of-row".to_owned()]).collect();
    let table = Block::Table {
        caption: "Names".to_owned(),
        columns: vec![Column::text("Name", 3), Column::text("Mark", 1)],
        rows,
    };
    let sheets = names.iter().map(|name| Block::Sheet { heading: (*name).to_owned(), blocks: Vec::new() });
    let file = pdf(&document(Kind::Work, std::iter::once(table).chain(sheets).collect()), Sheet::A4).unwrap();
    assert!(read("qpdf", &["--check"], &file).contains("No syntax or stream encoding errors"));
    let told = read("pdftotext", &["-raw"], &file);
    assert_eq!(told.matches("end-of-row").count(), names.len());
    for part in [
        "<script>alert(1)</script>",
        "pump\u{fffd}gnp.exe\u{fffd}",
        ") Tj ET endstream endobj %%EOF",
        "透析装置",
    ] {
        assert!(told.contains(part), "{part:?} is not in the text");
    }
    assert_eq!(told.matches('W').count(), 2 * 65_536, "a long name was cut");
    let is_trick = |c: char| matches!(c, '\u{0}'..='\u{8}' | '\u{1b}' | '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    // Poppler itself marks text that runs from right to left, so those rows are looked at without its marks.
    let left_to_right = told.lines().filter(|line| !line.contains("\u{1f9a0}"));
    assert_eq!(left_to_right.flat_map(str::chars).find(|c| is_trick(*c)), None);
}

#[test]
fn ten_thousand_rows_are_all_there_in_bounded_time_under_headings_on_every_page() {
    let rows = (0..10_000)
        .map(|row| vec![format!("device-{row:05}"), "Install the maker's update".repeat(3), row.to_string()]);
    let table = Block::Table {
        caption: "Many".to_owned(),
        columns: vec![Column::text("Device", 2), Column::text("What to do", 3), Column::number("Number", 1)],
        rows: rows.collect(),
    };
    let began = Instant::now();
    let file = pdf(&document(Kind::Work, vec![table]), Sheet::A4).unwrap();
    let took = began.elapsed();
    eprintln!("10,000 rows took {took:?}");
    assert!(took < Duration::from_secs(60), "{took:?} for 10,000 rows");
    let told = text(&file);
    let words: std::collections::HashSet<&str> = told.split_whitespace().collect();
    for row in 0..10_000 {
        assert!(words.contains(format!("device-{row:05}").as_str()), "row {row} is missing");
    }
    let pages = pages(&file);
    // The last page may hold the dates of the sources alone.
    let headings = told.matches("What to do").count();
    assert!(headings == pages || headings + 1 == pages, "{headings} headings on {pages} pages");
    assert!(told.contains(&format!("Page {pages} of {pages}")));
}

#[test]
fn a_row_taller_than_a_page_goes_on_and_ends() {
    let words: Vec<String> = (0..4_000).map(|word| format!("word-{word}")).collect();
    let table = Block::Table {
        caption: "Tall".to_owned(),
        columns: vec![Column::text("A", 1), Column::text("B", 1)],
        rows: vec![vec![words.join(" "), "short".to_owned()], vec!["after".to_owned(), "it".to_owned()]],
    };
    let told = text(&pdf(&document(Kind::Round, vec![table]), Sheet::Letter).unwrap());
    for word in [0, 1_999, 3_999] {
        assert!(told.contains(&format!("word-{word}")));
    }
    assert!(told.contains("after"));
}

#[test]
fn a_board_page_is_one_page_even_when_it_has_a_lot_to_say() {
    let mut blocks = every_block();
    let long =
        "If someone misuses it, a patient could get too much or too little of a drug until staff notice.";
    blocks.push(Block::List { items: vec![long.to_owned(); 14] });
    for sheet in [Sheet::A4, Sheet::Letter] {
        assert_eq!(pages(&pdf(&document(Kind::Board, blocks.clone()), sheet).unwrap()), 1);
    }
}
