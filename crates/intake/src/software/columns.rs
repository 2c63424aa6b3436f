//! Lists that consoles print in columns of fixed width under a heading. Not here: what the columns mean.

use crate::table::plain;

/// Where each column begins, in characters, and its heading as [`plain`] writes it.
#[derive(Debug)]
pub(super) struct Columns(Vec<(String, usize)>);

impl Columns {
    /// The columns of a heading: each word begins one.
    pub(super) fn of(heading: &str) -> Self {
        let (mut columns, mut before) = (Vec::new(), ' ');
        for (at, letter) in heading.chars().enumerate().take(4096) {
            if !letter.is_whitespace() && before.is_whitespace() {
                let word: String = heading.chars().skip(at).take_while(|c| !c.is_whitespace()).collect();
                columns.push((plain(&word), at));
            }
            before = letter;
        }
        Self(columns)
    }

    /// Whether one of these headings is there.
    pub(super) fn has(&self, names: &[&str]) -> bool {
        self.place(names).is_some()
    }

    /// The cell of a line under the first of these headings that is there; empty when there is none.
    pub(super) fn cell<'l>(&self, line: &'l str, names: &[&str]) -> &'l str {
        let Some(place) = self.place(names) else { return "" };
        let start = self.0.get(place).map_or(0, |(_, at)| *at);
        let end = self.0.get(place.saturating_add(1)).map(|(_, at)| *at);
        let byte = |at: usize| line.char_indices().nth(at).map_or(line.len(), |(byte, _)| byte);
        line.get(byte(start)..end.map_or(line.len(), byte)).unwrap_or_default().trim()
    }

    fn place(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.0.iter().position(|(known, _)| known == name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stand_under_their_headings() {
        let columns = Columns::of("Name            Größe  Version  ");
        let line = "Büro & Co 2     12     1.0";
        assert_eq!(columns.cell(line, &["name"]), "Büro & Co 2");
        assert_eq!(columns.cell(line, &["x", "version"]), "1.0");
        assert_eq!(columns.cell(line, &["grosse"]), "12");
        assert_eq!(columns.cell("kurz", &["version"]), "");
        assert!(columns.has(&["version"]) && !columns.has(&["id"]));
    }
}
