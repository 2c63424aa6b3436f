//! Makers' security sheets (MDS2, ANSI/NEMA HN 1-2019 and HN 1-2013) in XLSX: each question's answer, of every device of the model.
//!
//! The sheet is found by the numbers of its questions, wherever they stand: rows may have moved, cells may be merged, columns may be
//! added. Notes are free text and never read; the numbers of notes are not either. A sheet in PDF is refused: what stands where
//! in it would be a guess.

mod names;
mod question;

use std::collections::BTreeSet;

use wardround_model::{FactKind, SourceKind};

use crate::about::{Named, subject_of};
use crate::table::date::{Order, moment};
use crate::table::xlsx::{SheetRow, Workbook, XlsxError, looks_like};
use crate::{ImportError, Request, Row, Rows};
use question::{Answer, Edition, Question};

/// Rows that are looked at, of each sheet; the standard's form has about 250.
const MOST_ROWS: usize = 2_000;
/// Sheets that are looked at.
const MOST_SHEETS: usize = 12;
/// Questions on so many capabilities make a sheet a security sheet.
const LEAST_CAPABILITIES: usize = 3;

pub(crate) fn looks(name: &str, bytes: &[u8]) -> bool {
    let is_named = name.to_lowercase().contains("mds2");
    is_pdf(bytes) && is_named || looks_like(bytes) && matches!(Form::find(bytes), Ok(Some(_)))
}

fn is_pdf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"%PDF-")
}

pub(crate) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    let damaged = |reason: String| ImportError::Damaged {
        name: request.name.to_owned(),
        kind: SourceKind::Mds2,
        reason,
    };
    if is_pdf(request.bytes) {
        return Err(damaged(
            "it is a PDF, which is not read; ask the maker for the worksheet (XLSX)".to_owned(),
        ));
    }
    let form = Form::find(request.bytes).map_err(|error| damaged(error.to_string()))?;
    let Some(form) = form else {
        let reason = "none of its sheets has the questions of HN 1-2019 or HN 1-2013; ask the maker for the worksheet of one of them";
        return Err(damaged(reason.to_owned()));
    };
    form.tell(request, rows)
}

/// A sheet with questions.
struct Form {
    rows: Vec<SheetRow>,
    questions: Vec<Question>,
}

impl Form {
    /// The sheet with the most answers, of those with questions; the first of equals.
    fn find(bytes: &[u8]) -> Result<Option<Self>, XlsxError> {
        let workbook = Workbook::open(bytes)?;
        let mut best: Option<Self> = None;
        for index in 0..workbook.sheet_names().count().min(MOST_SHEETS) {
            let sheet = workbook.sheet(index)?;
            let rows: Vec<SheetRow> = sheet.rows().take(MOST_ROWS).collect::<Result<_, _>>()?;
            if let Some(form) = Self::of(rows)
                && best.as_ref().is_none_or(|best| form.answered() > best.answered())
            {
                best = Some(form);
            }
        }
        Ok(best)
    }

    fn of(rows: Vec<SheetRow>) -> Option<Self> {
        let edition = Edition::of(&rows)?;
        let questions: Vec<Question> = rows.iter().filter_map(|row| Question::of(row, edition)).collect();
        let capabilities: BTreeSet<&str> = questions.iter().map(Question::capability).collect();
        (capabilities.len() >= LEAST_CAPABILITIES).then_some(Self { rows, questions })
    }

    fn answered(&self) -> usize {
        self.questions.iter().filter(|question| question.answer.is_some()).count()
    }

    fn tell(&self, request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
        let names = names::Names::of(&self.rows);
        self.tell_date(&names, rows);
        let named = names.products();
        let mut subjects = Vec::new();
        match &request.about {
            None => subjects.extend(named.iter().map(Named::subject)),
            Some(_) => subjects.push(subject_of(request, rows, None)?),
        }
        if subjects.is_empty() {
            return Err(ImportError::AboutNothing { name: request.name.to_owned() });
        }
        // A person who gave the sheet for one thing chose among its models.
        for (named, subject) in named.iter().filter(|_| request.about.is_none()).zip(&subjects) {
            named.tell(rows, Row(names.row), *subject);
        }
        let column = self.answer_column();
        for question in &self.questions {
            rows.count_row();
            let row = Row(question.row);
            match (question.answer, column.is_some_and(|column| question.has_text_in(column))) {
                (Some(answer), _) => {
                    let value = format!("{}:{}", question.id, answer.code());
                    subjects
                        .iter()
                        .for_each(|subject| rows.fact(row, *subject, FactKind::Mds2Answer, &value));
                }
                (None, true) if !question.is_free_text() => {
                    rows.error(
                        row,
                        Some(&question.id),
                        "is answered by none of Yes, No, N/A and See Note; ask the maker",
                    );
                }
                (None, _) => {}
            }
        }
        Ok(())
    }

    fn tell_date(&self, names: &names::Names, rows: &mut Rows<'_>) {
        let Some((row, text)) = &names.date else { return };
        // The American standard's forms are filled in by makers everywhere: which comes first is not known.
        match moment(text, Order::Unknown) {
            Ok(at) => rows.observed_at(at),
            Err(_) => {
                let message = "is no date that can be read without a guess; write it as 2026-11-23";
                rows.error(Row(*row), Some("document release date"), message);
            }
        }
    }

    /// The column in which most answers stand.
    fn answer_column(&self) -> Option<usize> {
        let columns = || self.questions.iter().filter_map(|question| question.answer_column);
        columns()
            .max_by_key(|column| (columns().filter(|other| other == column).count(), usize::MAX - column))
    }
}

impl Answer {
    /// Its code in a fact.
    const fn code(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::NotApplicable => "na",
            Self::Note => "note",
        }
    }
}

#[cfg(test)]
mod tests;
