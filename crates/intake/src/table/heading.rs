//! Headings as people and programs write them, made comparable. Not here: what a heading means.

/// A heading in small letters without accents, spaces and marks: `Letzte Anmeldung (UTC)` is `letzteanmeldungutc`.
pub(crate) fn plain(heading: &str) -> String {
    let mut plain = String::with_capacity(heading.len());
    for letter in heading.chars().flat_map(char::to_lowercase).take(120) {
        match letter {
            'ä' | 'á' | 'à' | 'â' | 'ã' | 'å' => plain.push('a'),
            'é' | 'è' | 'ê' | 'ë' => plain.push('e'),
            'í' | 'ì' | 'î' | 'ï' => plain.push('i'),
            'ö' | 'ó' | 'ò' | 'ô' | 'õ' | 'ø' => plain.push('o'),
            'ü' | 'ú' | 'ù' | 'û' => plain.push('u'),
            'ñ' => plain.push('n'),
            'ç' => plain.push('c'),
            'ß' => plain.push_str("ss"),
            'æ' => plain.push_str("ae"),
            'œ' => plain.push_str("oe"),
            letter if letter.is_alphanumeric() => plain.push(letter),
            _ => {}
        }
    }
    plain
}

/// Whether a row is no row of a list but what programs write below it: a total, or how many rows there were.
pub(super) fn is_total(cells: &[String]) -> bool {
    const TOTALS: [&str; 11] = [
        "total",
        "grandtotal",
        "sum",
        "summe",
        "gesamt",
        "gesamtsumme",
        "anzahl",
        "count",
        "totaux",
        "somme",
        "suma",
    ];
    let mut filled = cells.iter().filter(|cell| !cell.is_empty());
    let Some(first) = filled.next() else { return true };
    let is_sum = |cell: &String| cell.chars().all(|c| !c.is_alphabetic());
    let word: String = plain(first).chars().take_while(|c| c.is_alphabetic()).collect();
    let counts_rows = word.starts_with("rowsaffected") || first.ends_with("rows affected)");
    (counts_rows || TOTALS.contains(&word.as_str())) && filled.all(is_sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_differ_by_letters_alone() {
        assert_eq!(plain("Letzte Anmeldung (UTC)"), "letzteanmeldungutc");
        assert_eq!(plain("N° de série"), "ndeserie");
        assert_eq!(plain("Größe"), "grosse");
    }

    #[test]
    fn totals_are_told_from_rows() {
        let total =
            |cells: &[&str]| is_total(&cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>());
        assert!(total(&["Total:", "", "512"]));
        assert!(total(&["", "Summe: 3"]));
        assert!(total(&["(512 rows affected)"]));
        assert!(total(&[]));
        assert!(!total(&["Total Station", "Leica"]));
        assert!(!total(&["SUMMIT-1", "10.0.0.1"]));
    }
}
