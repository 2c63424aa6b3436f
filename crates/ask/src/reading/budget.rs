//! What one reading may cost: ceilings of its own, since it is a talk and no single question. The pace of the envelope (P3) is not
//! raised for it: it takes longer instead.

use std::time::Duration;

/// Bytes of the answer that the host may send us before it must wait for our word. With [`PAUSE`] it keeps the talk under the rate of
/// one host: at most seven segments of 1,448 bytes to acknowledge, and our word.
pub const WINDOW: u32 = 8 * 1024;
/// The same at first, while other messages of ours are less than a second ago.
pub const FIRST_WINDOW: u32 = 1024;
/// Between two words that let the host send on, and before the end.
pub const PAUSE: Duration = Duration::from_millis(1050);
/// Before each other message of ours.
pub const TURN: Duration = Duration::from_millis(400);
/// Bytes of an answer that are kept, at most: some ten thousand packages.
pub const MOST_TOLD: usize = 512 * 1024;
/// Bytes that are taken from the host in all, whatever they are.
pub const MOST_BYTES: usize = 640 * 1024;
/// Messages that we write, at most.
pub const MOST_MESSAGES: u32 = 96;
/// Packets that we send to a host that keeps to its protocol, at most: our messages, and what the kernel acknowledges.
pub const MOST_PACKETS: u32 = 600;
/// How long one reading may take.
pub const MOST_TIME: Duration = Duration::from_secs(90);
/// How long the host may be silent within it. A list of packages takes a slow computer some seconds.
pub const SILENCE: Duration = Duration::from_secs(20);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::HOST_RATE;

    #[test]
    fn p3_a_reading_keeps_under_the_rate_of_one_host() {
        // In any second, wherever it begins.
        let in_a_second =
            |each: Duration, packets: u32| packets * (1000 / u32::try_from(each.as_millis()).unwrap() + 1);
        // Segments of a full window, each acknowledged, and our word.
        let segments = WINDOW.div_ceil(1448) + 1;
        assert!(in_a_second(PAUSE, segments + 1) <= HOST_RATE);
        // A message of ours, and two acknowledgements of its answer.
        assert!(in_a_second(TURN, 3) <= HOST_RATE);
        let windows = u32::try_from(MOST_TOLD).unwrap().div_ceil(WINDOW);
        assert!(windows * (segments + 1) + 40 <= MOST_PACKETS && windows + 16 <= MOST_MESSAGES);
        assert!(PAUSE * windows < MOST_TIME);
    }
}
