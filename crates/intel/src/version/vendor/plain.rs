//! Versions of nothing but numbers and dots, which most records name: held against a text without taking it apart.

use std::cmp::Ordering;

use super::{Mark, Number, Version};

/// As many digits as always fit.
const MOST_DIGITS: usize = 18;

impl Version {
    /// How this version compares with a text of numbers and dots; `None` where either of them is more than that, and
    /// [`Version::read`] and [`Version::compare`] have to tell.
    pub(crate) fn compare_plain(&self, text: &str) -> Option<Ordering> {
        let mut own = self.plain()?.iter();
        let mut order = Ordering::Equal;
        for part in text.as_bytes().split(|&byte| byte == b'.') {
            let other = plain_number(part)?;
            let own = own.next().map_or(0, |number| number.value);
            order = order.then(own.cmp(&other));
        }
        Some(order.then_with(|| if own.any(|number| number.value != 0) { Ordering::Greater } else { order }))
    }

    /// Its numbers, when there is nothing else to it.
    fn plain(&self) -> Option<&[Number]> {
        let [group] = self.groups.as_slice() else { return None };
        let bare = matches!(&group.mark, Mark::Start(lead) if lead.is_empty());
        (bare && group.numbers.iter().all(|number| number.width == 0)).then_some(group.numbers.as_slice())
    }
}

/// The value of digits; with a zero in front makers differ on what it is.
fn plain_number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || digits.len() > MOST_DIGITS || digits.len() > 1 && digits.starts_with(b"0") {
        return None;
    }
    digits.iter().try_fold(0u64, |value, &byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit < 10).then(|| value.wrapping_mul(10).wrapping_add(u64::from(digit)))
    })
}
