//! Who made the device that a security sheet is about, which model it is, and of which day the sheet is.

use crate::about::Named;
use crate::table::xlsx::SheetRow;

use super::question::texts;

/// What a sheet says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Names {
    maker: Option<String>,
    models: Vec<String>,
    /// The row of the model.
    pub(super) row: u64,
    /// The day of release, with its row.
    pub(super) date: Option<(u64, String)>,
}

/// Labels of both editions, in the words of their forms.
const MAKER: [&str; 3] = ["manufacturer name", "manufacturer", "company name"];
const MODEL: [&str; 3] = ["device model", "model", "device models"];
const DATE: [&str; 3] = ["document release date", "release date", "document date"];
/// Labels whose cells stand beside those above in the form of 2013: they are no values.
const OTHERS: [&str; 8] = [
    "device category",
    "document id",
    "software revision",
    "software release date",
    "device description",
    "manufacturer contact information",
    "representative contact information",
    "device name",
];
/// The most models that one sheet names.
const MOST_MODELS: usize = 50;

impl Names {
    pub(super) fn of(rows: &[SheetRow]) -> Self {
        let maker = value_of(rows, &MAKER).map(|(_, text)| text.to_owned());
        let model = value_of(rows, &MODEL);
        let (row, models) = model.map_or((1, ""), |(row, text)| (row, text));
        let models = models.split([',', ';', '\n']).map(str::trim).filter(|model| !model.is_empty());
        let date = value_of(rows, &DATE).map(|(row, text)| (row, text.to_owned()));
        Self { maker, models: models.take(MOST_MODELS).map(str::to_owned).collect(), row, date }
    }

    /// Each model that the sheet is about.
    pub(super) fn products(&self) -> Vec<Named> {
        let Some(maker) = &self.maker else { return Vec::new() };
        self.models.iter().map(|model| Named::new(maker, model, None)).collect()
    }
}

/// The value of the first of these labels that has one, with its row: below the label in the form of 2013, right of it in that of 2019.
fn value_of<'a>(rows: &'a [SheetRow], labels: &[&str]) -> Option<(u64, &'a str)> {
    labels.iter().find_map(|label| {
        let mut cells = rows.iter().enumerate().flat_map(|(at, row)| texts(row).map(move |cell| (at, cell)));
        cells.find_map(
            |(at, (column, text))| if is_label(text, label) { beside(rows, at, column) } else { None },
        )
    })
}

fn beside(rows: &[SheetRow], at: usize, column: usize) -> Option<(u64, &str)> {
    let row = rows.get(at)?;
    let mut right: Vec<(usize, &str)> = texts(row).filter(|(place, _)| *place > column).collect();
    right.sort_unstable_by_key(|(place, _)| *place);
    if let Some((_, text)) = right.first().filter(|(_, text)| !is_any_label(text)) {
        return Some((row.number, text));
    }
    let below =
        rows.get(at.saturating_add(1)).filter(|below| below.number <= row.number.saturating_add(2))?;
    let text = below.text(column);
    (!text.is_empty() && !is_any_label(text)).then_some((below.number, text))
}

fn is_label(text: &str, label: &str) -> bool {
    text.trim_end_matches([':', '*', ' ']).eq_ignore_ascii_case(label)
}

fn is_any_label(text: &str) -> bool {
    [&MAKER[..], &MODEL, &DATE, &OTHERS].concat().iter().any(|label| is_label(text, label))
}
