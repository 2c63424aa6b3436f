//! What the reading of one directory may cost: ceilings of its own, since it is a talk and no single question. The pace of the envelope
//! (P3) is not raised for it: a large directory takes minutes instead.

use std::time::Duration;

/// Bytes that one page of entries is to have. So many entries are asked for that a page has about this size, by those before it.
pub const PAGE: usize = 7 * 1024;
/// Entries of the first page, and at most of any.
pub const FIRST_ENTRIES: u32 = 10;
/// See [`FIRST_ENTRIES`].
pub const MOST_ENTRIES_OF_PAGE: u32 = 60;
/// How long it is quiet before each message of ours, counted from the last byte in either direction. With [`PAGE`] it keeps the talk
/// under the rate of one host: the kernel acknowledges what came, and we say one thing.
pub const PAUSE: Duration = Duration::from_millis(1050);
/// Pages that are asked for, at most.
pub const MOST_PAGES: u32 = 800;
/// Entries that are taken, at most: computers, accounts and groups together.
pub const MOST_ENTRIES: usize = 20_000;
/// Bytes of one message that are taken, at most. An account in very many groups has some ten thousand.
pub const MOST_MESSAGE: usize = 128 * 1024;
/// Bytes that are taken from the host in all, whatever they are.
pub const MOST_BYTES: usize = 8 * 1024 * 1024;
/// Times that we write, at most.
pub const MOST_MESSAGES: u32 = MOST_PAGES + 16;
/// Packets that we send to a host that keeps to its protocol, at most: of each page our message and what the kernel acknowledges.
pub const MOST_PACKETS: u32 = MOST_MESSAGES * 8;
/// When the last page is asked for, at the latest.
pub const LAST_PAGE: Duration = Duration::from_secs(870);
/// How long the reading may take.
pub const MOST_TIME: Duration = Duration::from_secs(900);
/// How long the host may be silent within it.
pub const SILENCE: Duration = Duration::from_secs(20);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::HOST_RATE;

    #[test]
    fn p3_a_directory_is_read_under_the_rate_of_one_host() {
        // It is quiet for more than a second before we speak, so in any second there is one page, and what we say.
        assert!(PAUSE > Duration::from_secs(1));
        let segments = u32::try_from(PAGE.div_ceil(1448)).unwrap();
        // Each segment acknowledged, four more by which a page may be too large, and our message.
        const OVER: u32 = 4;
        const OURS: u32 = 1;
        assert!(segments + OVER + OURS <= HOST_RATE, "{segments}");
        assert!((segments + 1) * MOST_PAGES <= MOST_PACKETS);
        assert!(LAST_PAGE + SILENCE < MOST_TIME);
        const { assert!(MOST_PAGES as usize * PAGE < MOST_BYTES) };
    }
}
