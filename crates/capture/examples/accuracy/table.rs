//! Logs of Zeek as tables: the rows of its tab-separated format by the names of their fields.

/// One row of a log.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    fields: &'a [&'a str],
    cells: Vec<&'a str>,
}

impl Row<'_> {
    /// The value of a field, where it is set.
    pub(crate) fn get(&self, field: &str) -> Option<&str> {
        let place = self.fields.iter().position(|known| *known == field)?;
        self.cells.get(place).copied().filter(|cell| !matches!(*cell, "-" | "" | "(empty)"))
    }

    /// A number; 0 where it is not set.
    pub(crate) fn number(&self, field: &str) -> u64 {
        self.get(field).and_then(|cell| cell.parse().ok()).unwrap_or(0)
    }
}

/// Gives each row of a log that says what its fields are.
pub(crate) fn rows(text: &str, mut each: impl FnMut(&Row<'_>)) {
    let heading = text.lines().find_map(|line| line.strip_prefix("#fields\t"));
    let Some(heading) = heading else { return };
    let fields: Vec<&str> = heading.split('\t').collect();
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let cells: Vec<&str> = line.split('\t').collect();
        if cells.len() == fields.len() {
            each(&Row { fields: &fields, cells });
        }
    }
}
