//! Types of SSH's messages (RFC 4251, 5): numbers, texts behind their lengths, large numbers.

/// The rest of a message.
#[derive(Clone, Copy)]
pub(super) struct Parts<'a>(pub(super) &'a [u8]);

impl<'a> Parts<'a> {
    pub(super) fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    pub(super) fn skip(&mut self, count: usize) -> Option<()> {
        self.0 = self.0.get(count..)?;
        Some(())
    }

    pub(super) fn number(&mut self) -> Option<u32> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*number))
    }

    pub(super) fn string(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (string, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(string)
    }

    /// A large number without sign, in `N` bytes.
    pub(super) fn large<const N: usize>(&mut self) -> Option<[u8; N]> {
        let digits = self.string()?;
        let digits = digits.strip_prefix(&[0]).unwrap_or(digits);
        let mut number = [0; N];
        number.get_mut(N.checked_sub(digits.len())?..)?.copy_from_slice(digits);
        Some(number)
    }
}

pub(super) fn number(to: &mut Vec<u8>, number: u32) {
    to.extend_from_slice(&number.to_be_bytes());
}

pub(super) fn string(to: &mut Vec<u8>, bytes: &[u8]) {
    number(to, u32::try_from(bytes.len()).unwrap_or(u32::MAX));
    to.extend_from_slice(bytes);
}

/// A large number without sign: no zeros before it, but one where its first bit is set.
pub(super) fn large(to: &mut Vec<u8>, digits: &[u8]) {
    let first = digits.iter().position(|digit| *digit != 0).unwrap_or(digits.len());
    let digits = digits.get(first..).unwrap_or_default();
    let sign = digits.first().is_some_and(|digit| *digit >= 0x80);
    let mut bytes = vec![0; usize::from(sign)];
    bytes.extend_from_slice(digits);
    string(to, &bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_written_as_the_standard_shows() {
        let written = |digits: &[u8]| {
            let mut to = Vec::new();
            large(&mut to, digits);
            to
        };
        // RFC 4251, 5.
        assert_eq!(written(&[0]), [0, 0, 0, 0]);
        assert_eq!(written(&[0x09, 0xa3, 0x78]), [0, 0, 0, 3, 0x09, 0xa3, 0x78]);
        assert_eq!(written(&[0, 0x80]), [0, 0, 0, 2, 0, 0x80]);
        assert_eq!(Parts(&[0, 0, 0, 2, 0, 0x80]).large::<4>(), Some([0, 0, 0, 0x80]));
        assert_eq!(Parts(&[0, 0, 0, 3, 1, 2, 3]).large::<2>(), None);
    }
}
