//! Product texts (RFC 3261, 20.35 and 20.41): products and comments. Comments name the hosts that programs run on, whose names people
//! choose, so that nothing of them is kept but versions: some proxies tell theirs there alone.

use std::borrow::Cow;

/// The most letters before the digits of a version in a comment, such as of `TC7.3.21`.
const MAX_LETTERS: usize = 2;

/// The text without what stands in brackets, but for versions there.
pub(super) fn without_comments(text: &[u8]) -> Cow<'_, [u8]> {
    if !text.contains(&b'(') {
        return Cow::Borrowed(text);
    }
    let (mut kept, mut depth) = (Vec::with_capacity(text.len()), 0usize);
    for part in text.split_inclusive(|byte| matches!(byte, b'(' | b')')) {
        let (words, mark) = match part.split_last() {
            Some((mark @ (b'(' | b')'), words)) => (words, Some(*mark)),
            _ => (part, None),
        };
        if depth == 0 {
            kept.extend_from_slice(words);
        } else {
            for version in words.split(|byte| matches!(byte, b' ' | b';' | b',')).filter_map(version) {
                kept.push(b' ');
                kept.extend_from_slice(version);
            }
        }
        match mark {
            Some(b'(') => depth = depth.saturating_add(1),
            Some(_) => {
                depth = depth.saturating_sub(1);
                kept.push(b' ');
            }
            None => {}
        }
    }
    Cow::Owned(kept)
}

/// The version that a word begins with: numbers with dots between, behind two letters at most.
fn version(word: &[u8]) -> Option<&[u8]> {
    let start = word.iter().position(|byte| !byte.is_ascii_alphabetic())?;
    let numbers = word.get(start..).filter(|_| start <= MAX_LETTERS)?;
    let mut end = 0usize;
    let mut count = 0usize;
    for number in numbers.split(|byte| *byte == b'.') {
        let digits = number.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            break;
        }
        end = end.saturating_add(digits).saturating_add(usize::from(count > 0));
        count = count.saturating_add(1);
        if digits < number.len() {
            break;
        }
    }
    let end = start.saturating_add(end);
    word.get(..end).filter(|_| count >= 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn comments_leave_nothing_but_versions() {
        for (text, kept) in [
            ("Yealink SIP-T46S 66.85.0.5", "Yealink SIP-T46S 66.85.0.5"),
            ("kamailio (5.5.4 (x86_64/linux))", "kamailio 5.5.4"),
            ("Sip EXpress router (0.8.12 (i386/linux))", "Sip EXpress router 0.8.12"),
            ("FPBX-16.0.19(16.20.0)", "FPBX-16.0.19 16.20.0"),
            ("TANDBERG/529 (TC7.3.21.abc) Cisco-EX60", "TANDBERG/529 TC7.3.21 Cisco-EX60"),
            ("LinphoneiOS/5.2 (Erika's iPhone) LinphoneSDK/5.3", "LinphoneiOS/5.2 LinphoneSDK/5.3"),
            ("Linphone-Desktop/5.0.0 (ERIKA-PC2)", "Linphone-Desktop/5.0.0"),
            ("phone (pc1.erika.example; 7)", "phone"),
            ("open (erika 1.2", "open 1.2"),
        ] {
            let told = without_comments(text.as_bytes());
            let words: Vec<_> = std::str::from_utf8(&told).unwrap().split_whitespace().collect();
            assert_eq!(words.join(" "), kept, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>) {
            let told = without_comments(&bytes);
            prop_assert!(!told.contains(&b'(') && told.len() <= 2 * bytes.len() + 2);
        }
    }
}
