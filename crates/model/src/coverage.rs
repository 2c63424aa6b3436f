//! What could be seen and what could not: told before anything else, because silence is not safety.

use crate::coded::coded;
use crate::{Evidence, Source};

coded! {
    /// Why a packet, a part of one, or a row was not understood. Its label is read behind a count of packets and a colon.
    enum SkipReason, label {
        /// The capture kept too little of the packet to read its headers.
        CutShort = "cut-short", "the capture kept too little of them to be read";
        /// Headers contradict each other or the packet's length.
        Malformed = "malformed", "headers that contradict each other";
        /// A link type that no reader exists for.
        UnknownLink = "unknown-link", "a kind of link that is not read yet";
        /// Something other than IP or ARP on Ethernet.
        NotIp = "not-ip", "neither IP nor ARP";
        /// An IP protocol other than TCP, UDP or ICMP.
        OtherTransport = "other-transport", "IP, but neither TCP, UDP nor ICMP";
        /// A fragment of an IP packet whose other fragments did not come in time, or were too many.
        Fragment = "fragment", "fragments of larger IP packets, of which other pieces were missing";
        /// A fragment that overlaps another one with other content; none of such a packet is believed (RFC 5722).
        OverlappingFragments = "overlapping-fragments", "fragments of IP packets that contradict each other";
        /// Tags or tunnels nested deeper than the limit.
        TooDeep = "too-deep", "too many tags or tunnels around them";
        /// A time in 1970, or after the moment that the round judges at; its content was read, its time was not used.
        ImplausibleTime = "implausible-time", "an impossible time (the content was read, the time not used)";
        /// The limit of connections followed at once was reached; the oldest was let go.
        TooManyFlows = "too-many-flows", "connections beyond the limit of what is followed at once";
        /// A limit of facts or hosts was reached.
        TooManyFacts = "too-many-facts", "facts beyond the limit of what is kept";
        /// A segment was missing, or came too far ahead, so that a message could not be read.
        MissingSegment = "missing-segment", "connections with missing pieces";
        /// A dissector stopped on a bug of ours; the rest was read.
        DissectorFailed = "dissector-failed", "a reader of ours failed on them (please report this)";
        /// The computer that recorded had no room for it, as the kernel or the capture file counted.
        Dropped = "dropped", "dropped by the computer that recorded, before they could be read";
        /// From or to a network that somebody said to leave out; nothing but its addresses was looked at.
        Excluded = "excluded", "left out, because you said so of their network";
        /// A row of a list that could not be read; the import told which and why.
        BadRow = "bad-row", "rows of lists that could not be read (the import told which)";
        /// Flow records, or datagrams with some, that an exporter sent by its own count, and that did not arrive.
        LostRecords = "lost-records", "sent by a router or switch, as it counts them, but not arrived";
        /// A set of flow records whose template did not come before it.
        NoTemplate = "no-template", "came before their layout was told, so that they could not be read";
        /// Packets that an exporter passed over, because it samples; the counts of those that it looked at were scaled up.
        Sampled = "sampled", "passed over by a router or switch that samples (numbers of packets and bytes are estimates)";
    }
}

/// So many packets were not understood for this reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skip {
    /// Why.
    pub reason: SkipReason,
    /// How many, 1 or more.
    pub count: u64,
    /// The first one.
    pub first: Evidence,
}

/// What the sources of a round covered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// What was read, in the order given.
    pub sources: Vec<Source>,
    /// What was not understood, by reason.
    pub skipped: Vec<Skip>,
    /// Values that a dissector found and the allow-list did not let through.
    pub values_not_allowed: u64,
}

impl Coverage {
    /// Packets in all captures, and flow records.
    #[must_use]
    pub fn packets(&self) -> u64 {
        let captures = self.sources.iter().filter(|source| source.kind.is_traffic());
        captures.map(|source| source.records).sum()
    }
}
