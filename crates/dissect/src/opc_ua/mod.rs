//! OPC UA over TCP in its binary encoding: controls of machines and of buildings, by what a server says of itself, and whether
//! anybody reads and sets their values in clear or without a name.
//!
//! OPC 10000-6, 6.7 and 7.1 (chunks, secure conversation), OPC 10000-4 (services). A client asks for the list of endpoints in clear
//! wherever it goes, so a channel without security is no proof by itself: proof is a session that began in one, or a list that offers
//! sessions in one.
//!
//! Not here: names and values of nodes, certificates, names of users; an application's own address, which names its host; the software's
//! version where it is read by itself, since answers do not repeat what was asked for.

mod binary;
mod services;
#[cfg(test)]
mod tests;

use wardround_model::FactKind;

use self::binary::Decoder;
use crate::{About, Facts, Half, Role, Start, Verdict};

/// The registered port. Others are as good: the first message is believed anywhere.
const PORT: u16 = 4840;
/// Kind (3), whether more chunks follow (1), length of all (4).
const HEADER: usize = 8;
/// What comes behind the header of a message in a channel: channel, token, sequence number, request number.
const IN_CHANNEL: usize = 16;
/// The length of an acknowledgement (7.1.2.4).
const ACKNOWLEDGE: usize = 28;
/// The longest address that is asked for, and what comes before it in a hello (7.1.2.3).
const HELLO: usize = 32 + 4096;
/// The longest chunk that is believed, and how much of one is read.
const MAX_CHUNK: usize = 1 << 24;
const MAX_READ: usize = 16 << 10;
/// Policies by which a channel may be secured (OPC 10000-7, 6.6), those that are retired too; others are not told.
const POLICY: &[u8] = b"http://opcfoundation.org/UA/SecurityPolicy#";
const POLICIES: &[&[u8]] = &[
    NONE,
    b"Basic128Rsa15",
    b"Basic256",
    b"Basic256Sha256",
    b"Aes128_Sha256_RsaOaep",
    b"Aes256_Sha256_RsaPss",
];
/// The policy that secures nothing.
const NONE: &[u8] = b"None";

/// The name of a policy that is known.
fn policy(uri: &[u8]) -> Option<&'static [u8]> {
    let name = uri.strip_prefix(POLICY)?;
    POLICIES.iter().copied().find(|known| *known == name)
}

/// Reads one chunk.
pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let Some(kind) = Kind::of(half.bytes) else { return Verdict::NotThis };
    let Some(head) = half.bytes.first_chunk::<HEADER>() else { return Verdict::More { wanted: HEADER } };
    let &[.., l1, l2, l3, l4] = head;
    let length = usize::try_from(u32::from_le_bytes([l1, l2, l3, l4])).unwrap_or(usize::MAX);
    if !kind.may_begin(half.start) || !kind.lengths().contains(&length) {
        return Verdict::NotThis;
    }
    let Some(chunk) = half.bytes.get(HEADER..length.min(MAX_READ)) else {
        return Verdict::More { wanted: length.min(MAX_READ) };
    };
    match kind.read(chunk, length <= MAX_READ, half, facts) {
        Some((sender, GoesOn::Yes)) => Verdict::Message { used: length, sender },
        Some((sender, GoesOn::No)) => Verdict::Finished { sender },
        None => Verdict::NotThis,
    }
}

/// Whether there is more to learn of a side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum GoesOn {
    Yes,
    /// Who logs in, or is refused, is no longer who asked first.
    No,
}

/// Kinds of message (7.1.2.2, 6.7.2.2).
#[derive(Clone, Copy)]
enum Kind {
    Hello,
    ReverseHello,
    Acknowledge,
    Error,
    Open,
    Message,
    Close,
}

impl Kind {
    const ALL: [(&'static [u8; 4], Self); 9] = [
        (b"HELF", Self::Hello),
        (b"RHEF", Self::ReverseHello),
        (b"ACKF", Self::Acknowledge),
        (b"ERRF", Self::Error),
        (b"OPNF", Self::Open),
        (b"MSGF", Self::Message),
        (b"MSGC", Self::Message),
        (b"MSGA", Self::Message),
        (b"CLOF", Self::Close),
    ];

    /// The kind that the bytes begin with, or may yet.
    fn of(bytes: &[u8]) -> Option<Self> {
        let there = bytes.get(..4).unwrap_or(bytes);
        Self::ALL.iter().find(|(name, _)| name.starts_with(there)).map(|(_, kind)| *kind)
    }

    fn may_begin(self, start: Start) -> bool {
        match self {
            Self::Hello | Self::ReverseHello | Self::Acknowledge => start != Start::Middle,
            Self::Error => true,
            Self::Open | Self::Message | Self::Close => start != Start::Opening,
        }
    }

    fn lengths(self) -> std::ops::RangeInclusive<usize> {
        match self {
            Self::Hello => 32..=HELLO,
            Self::ReverseHello => 16..=HELLO,
            Self::Acknowledge => ACKNOWLEDGE..=ACKNOWLEDGE,
            Self::Error => 16..=HELLO,
            Self::Open | Self::Message | Self::Close => HEADER + IN_CHANNEL..=MAX_CHUNK,
        }
    }

    /// Who sends it; none where it is not what it seems.
    fn read(
        self,
        chunk: &[u8],
        is_whole: bool,
        half: &Half<'_>,
        facts: &mut Facts,
    ) -> Option<(Role, GoesOn)> {
        let sender = match (half.opened, half.sender_port == PORT, half.receiver_port == PORT) {
            (Role::Unknown, true, false) => Role::Server,
            (Role::Unknown, false, true) => Role::Client,
            (opened, ..) => opened,
        };
        let sender = match self {
            Self::Hello => hello(chunk, facts)?,
            Self::ReverseHello | Self::Acknowledge | Self::Error => Role::Server,
            Self::Open => open(chunk, sender, facts)?,
            Self::Message => {
                let told = services::tell(chunk.get(IN_CHANNEL..)?, is_whole, facts);
                return Some(told.unwrap_or((sender, GoesOn::Yes)));
            }
            Self::Close => Role::Client,
        };
        Some((sender, GoesOn::Yes))
    }
}

/// Version and sizes (20), then the address that the client was given: `opc.tcp://host:port/path`.
fn hello(chunk: &[u8], facts: &mut Facts) -> Option<Role> {
    let mut decoder = Decoder::new(chunk);
    decoder.skip(20)?;
    let address = decoder.string()?;
    let behind = address.strip_prefix(b"opc.tcp://").unwrap_or_default();
    let host = behind.split(|byte| matches!(byte, b':' | b'/')).next().unwrap_or_default();
    let is_name = host.iter().any(u8::is_ascii_alphabetic) && !host.starts_with(b"[");
    if is_name {
        facts.tell_known(About::ReceiverService, FactKind::OpcUaHost, host);
    }
    decoder.is_at_end().then_some(Role::Client)
}

/// Channel (4), policy, the sender's certificate, a digest of the receiver's (6.7.2.3). Without a policy the service behind it is readable
/// and says who asks.
fn open(chunk: &[u8], sender: Role, facts: &mut Facts) -> Option<Role> {
    let mut decoder = Decoder::new(chunk);
    decoder.skip(4)?;
    let uri = decoder.string()?;
    uri.starts_with(b"http").then_some(())?;
    let secured = policy(uri).filter(|policy| *policy != NONE);
    if let Some(policy) = secured.filter(|_| sender == Role::Server) {
        facts.tell(About::SenderService, FactKind::OpcUaSecurity, policy);
    }
    if policy(uri) != Some(NONE) {
        return Some(sender);
    }
    decoder.string()?;
    decoder.string()?;
    decoder.skip(8)?;
    Some(services::who_opens(decoder)?.unwrap_or(sender))
}
