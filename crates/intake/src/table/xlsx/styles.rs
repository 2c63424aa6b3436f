//! Which styles show a number as a day or a moment (ECMA-376, 18.8.30), and what day a number is.

use super::XlsxError;
use super::xml::{Part, Step};

/// The most styles of a workbook; programs allow 65,490.
const MOST_STYLES: usize = 70_000;
/// Days from the first day of the usual calendar of workbooks (1899-12-30) to 1970.
const DAYS_TO_1970: i64 = 25_569;
/// Days between the two calendars of workbooks.
const DAYS_TO_1904: i64 = 1_462;

#[derive(Debug)]
pub(super) struct Styles {
    is_date: Vec<bool>,
    from_1904: bool,
}

impl Styles {
    pub(super) fn plain(from_1904: bool) -> Self {
        Self { is_date: Vec::new(), from_1904 }
    }

    pub(super) fn read(part: &Part, from_1904: bool) -> Result<Self, XlsxError> {
        let mut dates: Vec<String> = Vec::new();
        let (mut styles, mut steps, mut in_cells) = (Self::plain(from_1904), part.steps(), false);
        while let Some(step) = steps.next()? {
            match step {
                Step::Start(element) if element.is("numFmt") => {
                    let code = element.attribute("formatCode").unwrap_or_default();
                    dates.extend(element.attribute("numFmtId").filter(|_| is_date_format(&code)));
                }
                Step::Start(element) if element.is("cellXfs") => in_cells = true,
                Step::Start(element) if in_cells && element.is("xf") => {
                    let id = element.attribute("numFmtId").unwrap_or_default();
                    styles.is_date.push(is_built_in_date(&id) || dates.contains(&id));
                }
                Step::End(name) if name == "cellXfs" => in_cells = false,
                _ => {}
            }
            if styles.is_date.len() > MOST_STYLES || dates.len() > 1_000 {
                return Err(XlsxError::TooMany("styles"));
            }
        }
        Ok(styles)
    }

    /// A number as its cell shows it: a day, a moment, or the shortest text of the number.
    pub(super) fn text(&self, number: &str, style: Option<usize>) -> String {
        let Ok(value) = number.parse::<f64>() else { return number.to_owned() };
        let is_date = style.and_then(|style| self.is_date.get(style)).copied().unwrap_or(false);
        match is_date.then(|| self.moment(value)).flatten() {
            Some(moment) => moment,
            None if value.is_finite() && value.abs() < 1e18 => value.to_string(),
            None => number.to_owned(),
        }
    }

    fn moment(&self, value: f64) -> Option<String> {
        if !(1.0..3_000_000.0).contains(&value) {
            return None;
        }
        let seconds: i64 = format!("{:.0}", value * 86_400.0).parse().ok()?;
        let days_off = DAYS_TO_1970 - if self.from_1904 { DAYS_TO_1904 } else { 0 };
        let moment = wardround_model::Timestamp::from_seconds(seconds - days_off * 86_400).to_string();
        let moment = moment.trim_end_matches('Z');
        Some(moment.strip_suffix("T00:00:00").unwrap_or(moment).to_owned())
    }
}

fn is_built_in_date(id: &str) -> bool {
    id.parse::<u32>().is_ok_and(|id| matches!(id, 14..=22 | 27..=36 | 45..=47 | 50..=58))
}

/// Whether a format shows days or hours: its letters outside quotes, brackets and escapes.
fn is_date_format(code: &str) -> bool {
    let (mut in_quotes, mut in_brackets, mut escaped) = (false, false, false);
    for letter in code.chars() {
        match letter {
            _ if escaped => escaped = false,
            '\\' | '_' | '*' => escaped = true,
            '"' => in_quotes = !in_quotes,
            _ if in_quotes => {}
            '[' => in_brackets = true,
            ']' => in_brackets = false,
            _ if in_brackets => {}
            'y' | 'Y' | 'd' | 'D' | 'h' | 'H' | 'm' | 'M' => return true,
            _ => {}
        }
    }
    false
}
