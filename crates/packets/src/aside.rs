//! What the kernel tells beside a frame (cmsg(3)), read as bytes: its time, and the VLAN tag that it took out.

use std::time::Duration;

/// Bytes of the head of one part: its length, level and type.
const HEAD: usize = size_of::<usize>() + 8;
/// The kernel took a tag out (linux/if_packet.h).
const TAG_IS_VALID: u32 = 1 << 4;
/// It also says which kind.
const KIND_IS_VALID: u32 = 1 << 6;
/// IEEE 802.1Q, where it does not.
const USUAL_TAG: u16 = 0x8100;

/// What stood beside a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Aside {
    /// When the kernel saw it, since 1970.
    pub(crate) at: Option<Duration>,
    /// Its tag: type and value, as they stood in it.
    pub(crate) tag: Option<[u8; 4]>,
}

impl Aside {
    /// Reads all parts; zeros end the reading, and a damaged one does.
    pub(crate) fn read(words: &[u64]) -> Self {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
        let mut rest = bytes.as_slice();
        let mut aside = Self::default();
        while let Some((part, next)) = split(rest) {
            match (number(part, size_of::<usize>()), number(part, size_of::<usize>() + 4)) {
                (Some(libc::SOL_SOCKET), Some(libc::SCM_TIMESTAMPNS)) => aside.at = time(part),
                (Some(libc::SOL_PACKET), Some(libc::PACKET_AUXDATA)) => aside.tag = tag(part),
                _ => {}
            }
            rest = next;
        }
        aside
    }
}

/// One part, and what follows it.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = usize::from_ne_bytes(*bytes.first_chunk()?);
    let part = bytes.get(..length).filter(|_| length >= HEAD)?;
    let next = length.checked_next_multiple_of(size_of::<usize>())?;
    Some((part, bytes.get(next..).unwrap_or_default()))
}

fn four(part: &[u8], at: usize) -> Option<[u8; 4]> {
    part.get(at..)?.first_chunk().copied()
}

fn number(part: &[u8], at: usize) -> Option<i32> {
    four(part, at).map(i32::from_ne_bytes)
}

fn time(part: &[u8]) -> Option<Duration> {
    let long = |nth: usize| {
        let at = HEAD + nth * size_of::<libc::c_long>();
        part.get(at..)?.first_chunk().copied().map(libc::c_long::from_ne_bytes)
    };
    let (seconds, rest) = (u64::try_from(long(0)?).ok()?, u32::try_from(long(1)?).ok()?);
    Some(Duration::new(seconds, rest.min(999_999_999)))
}

/// `struct tpacket_auxdata`: status, two lengths and two offsets (16 bytes), then the value and the type of the tag.
fn tag(part: &[u8]) -> Option<[u8; 4]> {
    let status = four(part, HEAD).map(u32::from_ne_bytes)?;
    let two = |at: usize| part.get(HEAD + at..)?.first_chunk().copied().map(u16::from_ne_bytes);
    let (value, kind) = (two(16)?, two(18)?);
    let kind = if status & KIND_IS_VALID == 0 { USUAL_TAG } else { kind };
    let ([a, b], [c, d]) = (kind.to_be_bytes(), value.to_be_bytes());
    (status & TAG_IS_VALID != 0).then_some([a, b, c, d])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(level: i32, kind: i32, data: &[u8]) -> Vec<u8> {
        let mut bytes = (HEAD + data.len()).to_ne_bytes().to_vec();
        bytes.extend([level.to_ne_bytes(), kind.to_ne_bytes()].concat());
        bytes.extend(data);
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        bytes
    }

    fn read(bytes: &[u8]) -> Aside {
        let words: Vec<u64> = bytes.chunks(8).map(|it| u64::from_ne_bytes(it.try_into().unwrap())).collect();
        Aside::read(&words)
    }

    fn auxiliary(status: u32) -> Vec<u8> {
        let mut data = status.to_ne_bytes().to_vec();
        data.resize(16, 0);
        data.extend([0x2064_u16.to_ne_bytes(), 0x88a8_u16.to_ne_bytes()].concat());
        part(libc::SOL_PACKET, libc::PACKET_AUXDATA, &data)
    }

    #[test]
    fn time_and_tag_are_read_wherever_they_stand() {
        let time = part(
            libc::SOL_SOCKET,
            libc::SCM_TIMESTAMPNS,
            &[5_i64.to_ne_bytes(), 7_i64.to_ne_bytes()].concat(),
        );
        let other = part(libc::SOL_SOCKET, 99, b"xyz");
        let aside = read(&[other, time, auxiliary(TAG_IS_VALID | KIND_IS_VALID)].concat());
        assert_eq!(aside.at, Some(Duration::new(5, 7)));
        assert_eq!(aside.tag, Some([0x88, 0xa8, 0x20, 0x64]));
    }

    #[test]
    fn a_tag_of_no_kind_is_the_usual_one_and_none_is_none() {
        assert_eq!(read(&auxiliary(TAG_IS_VALID)).tag, Some([0x81, 0x00, 0x20, 0x64]));
        assert_eq!(read(&auxiliary(0)).tag, None);
    }

    #[test]
    fn damaged_parts_end_the_reading() {
        let whole = auxiliary(TAG_IS_VALID);
        for end in (0..whole.len() - 8).step_by(8) {
            assert_eq!(read(&whole[..end]), Aside::default(), "cut at {end}");
        }
        for length in [0, 1, 15, usize::MAX, usize::MAX - 7] {
            let mut bytes = whole.clone();
            bytes.splice(..8, length.to_ne_bytes());
            assert_eq!(read(&bytes), Aside::default(), "length {length}");
        }
    }
}
