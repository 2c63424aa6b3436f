//! Messages of laboratory analysers: what calls itself how, and who sends results.
//!
//! CLSI LIS01-A2 (frames; once ASTM E1381) and LIS02-A2 (records; once ASTM E1394), over TCP as converters of serial lines and analysers
//! themselves carry them. A frame has a checksum, so that it is told in mid-stream, too; sessions stay open for months.
//!
//! Not here: patients, orders, specimens and results. Of a message only the header's sender is read, and of every other record its kind
//! alone. The other side answers with single bytes, which tell nothing.

use wardround_model::FactKind;

use crate::{About, Facts, Half, Role, Start, Verdict};

const STX: u8 = 0x02;
const ETX: u8 = 0x03;
const EOT: u8 = 0x04;
const ENQ: u8 = 0x05;
const ETB: u8 = 0x17;
const CR: u8 = b'\r';
const LF: u8 = b'\n';
/// The longest frame that is waited for: 247 characters by the standard, thousands as some analysers send them.
const MAX_FRAME: usize = 8 << 10;
/// Behind the text: checksum (2), carriage return, line feed (LIS01-A2, 6.3.1.2).
const TRAILER: usize = 4;

/// Reads one frame, or passes what opens and ends a transfer.
pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let (transfer, frame) = half.bytes.split_at_checked(opening(half)).unwrap_or_default();
    let more = |wanted: usize| Verdict::More { wanted: transfer.len().saturating_add(wanted) };
    match frame {
        [] if half.start == Start::NextMessage && !transfer.is_empty() => {
            Verdict::Message { used: transfer.len(), sender: Role::Unknown }
        }
        [] if !transfer.is_empty() => more(1),
        [STX] => more(2),
        [STX, number, ..] if (b'0'..=b'7').contains(number) => match Frame::read(frame) {
            Some(read) if read.is_whole => {
                read.tell(facts);
                let used = transfer.len().saturating_add(read.length);
                Verdict::Message { used, sender: Role::Unknown }
            }
            Some(_) => Verdict::NotThis,
            None if frame.len() < MAX_FRAME && may_go_on(frame) => more(frame.len().saturating_add(1)),
            None => Verdict::NotThis,
        },
        _ => Verdict::NotThis,
    }
}

/// How many bytes at the beginning end one transfer and open the next. In an older connection a segment may begin with either.
fn opening(half: &Half<'_>) -> usize {
    let is_control = |byte: &u8| matches!(*byte, ENQ | EOT);
    half.bytes.iter().take(4).take_while(|byte| is_control(byte)).count()
}

/// Text of a frame is printable, but for the ends of records.
fn may_go_on(frame: &[u8]) -> bool {
    let text = frame.get(1..).unwrap_or_default();
    text.iter().all(|byte| matches!(*byte, CR | LF | b'\t' | ETX | ETB | 0x20..=0x7E | 0x80..))
}

/// A frame (LIS01-A2, 6.3.1): STX, its number, text, ETX or ETB, checksum, CR, LF.
struct Frame<'a> {
    text: &'a [u8],
    length: usize,
    /// Whether its checksum is right.
    is_whole: bool,
}

impl<'a> Frame<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let end = bytes.iter().take(MAX_FRAME).position(|byte| matches!(*byte, ETX | ETB))?;
        let counted = bytes.get(1..=end)?;
        let &[high, low, CR, LF] = bytes.get(end.saturating_add(1)..)?.first_chunk::<TRAILER>()? else {
            return bytes.len().checked_sub(end.saturating_add(1).saturating_add(TRAILER)).map(|_| Self {
                text: &[],
                length: 0,
                is_whole: false,
            });
        };
        let sum = counted.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
        let text = bytes.get(2..end)?;
        let is_whole = format!("{sum:02X}").as_bytes().eq_ignore_ascii_case(&[high, low]);
        Some(Self { text, length: end.saturating_add(1).saturating_add(TRAILER), is_whole })
    }

    /// Tells of each record in it. A frame that goes on in the middle of a record begins with other text.
    fn tell(&self, facts: &mut Facts) {
        for record in self.text.split(|byte| *byte == CR) {
            match record {
                [b'H', separator, rest @ ..] if separator.is_ascii_punctuation() => {
                    header(*separator, rest, facts)
                }
                [kind, b'|', number, ..] if number.is_ascii_digit() => {
                    if let Some(sends) = sends(*kind) {
                        facts.tell(About::Sender, FactKind::AstmSends, sends);
                    }
                }
                _ => {}
            }
        }
    }
}

/// What a record of this kind says of who sends it (LIS02-A2, 5): R results, O orders, Q a question for them. An order also stands before
/// each result, so that `orders` says nothing beside `results`.
fn sends(kind: u8) -> Option<&'static [u8]> {
    match kind {
        b'R' => Some(b"results"),
        b'O' => Some(b"orders"),
        b'Q' => Some(b"questions"),
        _ => None,
    }
}

/// The header (LIS02-A2, 6): delimiters, message, password, sender. Analysers write their name, version and numbers as components; which
/// of them a version is, its digits and points tell.
fn header(separator: u8, rest: &[u8], facts: &mut Facts) {
    let mut fields = rest.split(|byte| *byte == separator);
    let Some(&[_repeat, component, _escape, ..]) = fields.next() else { return };
    let Some(sender) = fields.nth(2) else { return };
    let mut components = sender.split(|byte| *byte == component);
    let name = components.next().unwrap_or_default().trim_ascii();
    if name.is_empty() || !name.iter().any(u8::is_ascii_alphabetic) {
        return;
    }
    facts.tell(About::Sender, FactKind::AstmSender, name);
    if let Some(version) = components.next().map(<[u8]>::trim_ascii).filter(|version| is_version(version)) {
        facts.tell(About::Sender, FactKind::AstmSenderVersion, version);
    }
}

/// Digits with points or hyphens between, such as `00-14` and `1.06`; a number alone may be a serial number.
fn is_version(text: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'-');
    text.first().is_some_and(u8::is_ascii_digit)
        && text.iter().all(is_part)
        && text.iter().any(|byte| !byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::{Side, Told};
    use proptest::prelude::*;

    fn frame(number: u8, text: &str, end: u8) -> Vec<u8> {
        let mut counted = vec![number];
        counted.extend(text.bytes());
        counted.push(end);
        let sum = counted.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
        [[STX].as_slice(), &counted, format!("{sum:02X}\r\n").as_bytes()].concat()
    }

    fn told(bytes: &[u8], start: Start) -> Told {
        Side::new(dissect, bytes, start).check()
    }

    fn transfer() -> Vec<u8> {
        [
            vec![ENQ],
            frame(b'1', "H|\\^&|||XN-20^00-14^^^^B1234567||||||||LIS2-A2\r", ETX),
            frame(b'2', "P|1||MRN-40081573|Canaryman^Erika\r", ETX),
            frame(b'3', "O|1|SID-77120934||^^^WBC\rR|1|^^^WBC|7.5\r", ETX),
            frame(b'4', "C|1|I|Canary", ETB),
            frame(b'5', "man said|so\rL|1|N\r", ETX),
            vec![EOT],
        ]
        .concat()
    }

    #[test]
    fn an_analyser_is_told_and_no_patient() {
        let expected = "Sender astm.sender=XN-20\nSender astm.sender-version=00-14\n\
            Sender astm.sends=orders\nSender astm.sends=results\n";
        assert_eq!(told(&transfer(), Start::Opening).lines(), expected);
        // It stays open: the next transfer, and one that is met in its middle.
        let two = [transfer(), transfer()].concat();
        assert_eq!(told(&two, Start::Opening).lines(), expected.repeat(2));
        let middle = frame(b'6', "R|2|^^^RBC|4.5\r", ETX);
        assert_eq!(told(&middle, Start::Middle).lines(), "Sender astm.sends=results\n");
    }

    #[test]
    fn all_records_in_one_frame_are_read() {
        let text = "H|\\^&|||cobas 6000^1.06|||||host|TSDWN^REPLY|P|1\rQ|1|^^ 4711^1^30001||ALL\rL|1|N\r";
        let one = [vec![ENQ], frame(b'1', text, ETX)].concat();
        let expected =
            "Sender astm.sender=cobas 6000\nSender astm.sender-version=1.06\nSender astm.sends=questions\n";
        assert_eq!(told(&one, Start::Opening).lines(), expected);
    }

    #[test]
    fn a_wrong_checksum_and_other_text_tell_nothing() {
        let mut wrong = frame(b'1', "H|\\^&|||XN-20^00-14\r", ETX);
        let at = wrong.len() - 3;
        wrong[at] = wrong[at].wrapping_add(1);
        let others: [&[u8]; 6] = [
            &wrong,
            b"\x05\x02HELLO",
            b"\x02\x31H|\\^&\x00",
            b"H|\\^&|||XN\r",
            b"\x06\x06\x06",
            b"\x04\x04\x04\x04\x04x",
        ];
        for bytes in others {
            assert_eq!(told(bytes, Start::Opening).roles, [], "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, chunk in 1usize..40) {
            Side::new(dissect, &[b"\x05\x021H|\\^&".as_slice(), &bytes].concat(), Start::Opening).read(chunk);
            Side::new(dissect, &bytes, Start::Middle).read(chunk);
        }
    }
}
