//! How much is followed and kept at once. Every limit is a hard one; what it costs is counted in the coverage.

/// Limits of one reading, over all shards together; each shard has an equal part. The defaults keep the whole below
/// 320 MB at the worst, whatever the size of the capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections (TCP) and pairs of ports (UDP) followed at once: 1,048,576 by default, less than 256 bytes each. Beyond it
    /// the one that was quiet longest is let go; its counts stay in its conversation.
    pub flows: usize,
    /// Connections whose content is being read at once: 32,768 by default, about 300 bytes each without what is buffered. A
    /// sixteenth as many hellos of QUIC wait for more datagrams.
    pub streams: usize,
    /// Bytes of TCP payload that wait for the rest of a message or for a missing segment, and of hellos of QUIC that wait for more datagrams:
    /// 16 MiB by default.
    pub buffered_bytes: usize,
    /// Conversations, per capture point and segment: 131,072 by default, about 200 bytes each.
    pub conversations: usize,
    /// Memory of distinct facts: 24 MiB by default, about 150 bytes each.
    pub fact_bytes: usize,
    /// Pairs of a card and an address that it sends from: 65,536 by default, about 80 bytes each.
    pub cards: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            flows: 1 << 20,
            streams: 1 << 15,
            buffered_bytes: 16 << 20,
            conversations: 1 << 17,
            fact_bytes: 24 << 20,
            cards: 1 << 16,
        }
    }
}

/// About what the defaults hold at the worst.
const DEFAULT_BYTES: u128 = 320 << 20;

/// What a round needs however little it reads: the program, pages of the index, buffers of the store and of up to 32 threads.
const ROUND_OWN: usize = 56 << 20;
/// Memory of a round that follows as much as the defaults and keeps five eighths of it, about; measured with a million hosts, each
/// with a card, a conversation or a fact of its own.
const ROUND_BYTES: usize = (512 << 20) - ROUND_OWN;

impl Limits {
    /// Memory of a round where nobody says how much.
    pub const ROUND: usize = 512 << 20;

    /// Limits with which a whole round stays below so many bytes when a flood makes up as many hosts as it can: while captures are
    /// read, and then while what was kept of them is made into devices and written down, which takes several times as much as
    /// keeping it. With [`Limits::ROUND`], as many connections are followed at once as by default. What is found weak on each of many
    /// devices comes on top.
    #[must_use]
    pub fn for_round(bytes: usize) -> Self {
        let part = |limit: usize| {
            let share = (limit as u128).saturating_mul(bytes.saturating_sub(ROUND_OWN) as u128);
            usize::try_from(share / ROUND_BYTES as u128).unwrap_or(usize::MAX).max(1)
        };
        let kept = |limit: usize| part(limit / 8).saturating_mul(5);
        let Self { flows, streams, buffered_bytes, conversations, fact_bytes, cards } = Self::default();
        Self {
            flows: part(flows),
            streams: part(streams),
            buffered_bytes: part(buffered_bytes),
            conversations: kept(conversations),
            fact_bytes: kept(fact_bytes),
            cards: kept(cards),
        }
    }

    /// Limits that hold about so many bytes at the worst: the default ones, each larger or smaller by the same share.
    #[must_use]
    pub fn within(bytes: usize) -> Self {
        let part = |limit: usize| {
            let part = (limit as u128).saturating_mul(bytes as u128) / DEFAULT_BYTES;
            usize::try_from(part).unwrap_or(usize::MAX).max(1)
        };
        let Self { flows, streams, buffered_bytes, conversations, fact_bytes, cards } = Self::default();
        Self {
            flows: part(flows),
            streams: part(streams),
            buffered_bytes: part(buffered_bytes),
            conversations: part(conversations),
            fact_bytes: part(fact_bytes),
            cards: part(cards),
        }
    }

    /// The part of one of `shards` shards: never nothing.
    pub(crate) fn per_shard(self, shards: usize) -> Self {
        let part = |total: usize| (total / shards.max(1)).max(1);
        Self {
            flows: part(self.flows),
            streams: part(self.streams),
            buffered_bytes: part(self.buffered_bytes),
            conversations: part(self.conversations),
            fact_bytes: part(self.fact_bytes),
            cards: part(self.cards),
        }
    }
}

/// Bytes of the capture that are read at once.
pub(crate) const CHUNK: usize = 1 << 19;
/// The longest packet record that is believed: Wireshark's own limit.
pub(crate) const MAX_PACKET: usize = 262_144;
/// The longest pcapng block that has to be kept whole: a packet and its options. Blocks that nobody reads may be longer.
pub(crate) const MAX_BLOCK: usize = MAX_PACKET + (64 << 10);
/// Different interfaces of one pcapng file.
pub(crate) const MAX_INTERFACES: usize = 512;
/// The largest window of a zstd frame: what RFC 8878 (3.1.1.1.2) recommends to support, and all that `zstd -19` needs.
pub(crate) const MAX_ZSTD_WINDOW: u64 = 8 << 20;

/// Bytes of one direction that wait for the rest of a message.
pub(crate) const MAX_KEPT: usize = 64 << 10;
/// Segments of one direction that wait for a missing one, and their bytes.
pub(crate) const MAX_AHEAD: usize = 32;
pub(crate) const MAX_AHEAD_BYTES: usize = 64 << 10;
/// How far from the expected sequence number a segment may lie before the connection counts as another one.
pub(crate) const WINDOW: u32 = 4 << 20;
/// The most bytes that are passed over unread; beyond it, the direction is not read any more.
pub(crate) const MAX_SKIP: usize = 1 << 30;
/// Segments of an older connection at which recognition is tried without success.
pub(crate) const MAX_ATTEMPTS: u8 = 16;
/// Bytes of one direction that dissectors look at; beyond it, the direction is only counted.
pub(crate) const MAX_EXAMINED: u32 = 4 << 20;
/// Bytes of one pair of ports (UDP) that dissectors look at.
pub(crate) const MAX_EXAMINED_DATAGRAMS: u32 = 1 << 20;

/// IP packets whose fragments wait at once, their bytes in all, and the fragments of one.
pub(crate) const MAX_FRAGMENTED: usize = 1024;
pub(crate) const MAX_FRAGMENT_BYTES: usize = 4 << 20;
pub(crate) const MAX_PIECES: usize = 128;
/// How long fragments wait for the others, by the packets' own time: as long as Linux waits.
pub(crate) const FRAGMENT_PATIENCE: i64 = 30 * 1_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_grows_with_the_memory() {
        assert_eq!(Limits::within(320 << 20), Limits::default());
        let half = Limits::within(160 << 20);
        assert_eq!((half.flows, half.streams, half.cards), (1 << 19, 1 << 14, 1 << 15));
        assert_eq!(Limits::within(0).flows, 1);
        let round = Limits::for_round(Limits::ROUND);
        assert_eq!((round.flows, round.streams), (1 << 20, 1 << 15));
        assert_eq!((round.conversations, round.fact_bytes, round.cards), (5 << 14, 15 << 20, 5 << 13));
        assert_eq!(Limits::for_round(0).flows, 1);
    }
}
