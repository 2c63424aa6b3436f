//! Inventories: of IT (CMDB) and of medical equipment (CMMS), as CSV or XLSX, with headings in English, German, French or Spanish, or
//! as a person maps them.

mod headings;
mod kinds;
mod state;

use wardround_model::FactKind;

use crate::table::{self, Field, Line};
use crate::{ImportError, Request, Rows};
pub(crate) use headings::SCHEMA;

pub(crate) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    table::read(request, rows, &SCHEMA, &mut read_line)
}

fn read_line(line: &Line<'_>, rows: &mut Rows<'_>) {
    let Some(subject) = line.thing(rows) else { return };
    for (field, kind) in [
        (Field::Type, FactKind::ListedType),
        (Field::Model, FactKind::ListedModel),
        (Field::Software, FactKind::ListedSoftware),
        (Field::Place, FactKind::ListedPlace),
        (Field::Department, FactKind::ListedDepartment),
        (Field::System, FactKind::OperatingSystem),
        (Field::SystemVersion, FactKind::OperatingSystemVersion),
    ] {
        line.tell(rows, subject, field, kind);
    }
    if let Some(class) = kinds::class_of(line.text(Field::Type)) {
        rows.fact(line.row, subject, FactKind::ListedClass, class.code());
    }
    line.tell_moment(rows, subject, Field::SupportEnds, FactKind::ListedSupportEnds);
    line.tell_moment(rows, subject, Field::Serviced, FactKind::ListedServiced);
    let state = line.text(Field::State);
    match state::state_of(state) {
        Some(state) => rows.fact(line.row, subject, FactKind::ListedState, state),
        None if state.is_empty() => {}
        None => {
            line.error(rows, Field::State, "is no known state: write in-use, spare, in-repair or retired")
        }
    }
}

#[cfg(test)]
mod tests;
