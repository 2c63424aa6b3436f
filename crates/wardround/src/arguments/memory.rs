//! Sizes of memory as people write them.

/// The least with which anything can be followed, and the most that is believed.
const LEAST: usize = 64 << 20;
const MOST: usize = 64 << 30;

/// Reads `128MiB` or `1GiB`.
pub(crate) fn size(text: &str) -> Result<usize, String> {
    let wrong = || format!("{text:?} is no size of memory; one looks like 128MiB or 1GiB");
    let units = [("MiB", 20), ("GiB", 30)];
    let (number, shift) = units
        .iter()
        .find_map(|(unit, shift)| text.strip_suffix(unit).map(|number| (number, *shift)))
        .ok_or_else(wrong)?;
    let number: usize = number.parse().map_err(|_| wrong())?;
    let bytes = number.checked_mul(1 << shift).filter(|bytes| (LEAST..=MOST).contains(bytes));
    bytes.ok_or_else(|| format!("{text} is not between 64MiB and 64GiB"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_nonsense_is_not() {
        assert_eq!(size("128MiB"), Ok(128 << 20));
        assert_eq!(size("1GiB"), Ok(1 << 30));
        for text in
            ["", "GiB", "1", "1.5GiB", "-1GiB", "63MiB", "65GiB", "1 GiB", "99999999999999999999GiB", "5µ"]
        {
            assert!(size(text).is_err(), "{text}");
        }
    }
}
