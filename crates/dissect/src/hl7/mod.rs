//! HL7 v2 over MLLP: which application sends which kind of message to whom.
//!
//! HL7 v2.5.1, 2.15.9 (message header) and the HL7 transport specification, MLLP release 1. Connections stay open for weeks, so
//! a message is found in mid-stream too, by its start block. Senders are sloppy: a missing start block at the beginning, LF for
//! CR and unusual delimiters are put up with.
//!
//! Not here: any segment but the header. Of the header only MSH-3 to MSH-6, MSH-9 and MSH-12 are read; whether MSA follows
//! is looked at, not into. The rest of a message, perhaps a scanned letter of many megabytes, is passed as it comes. Monitors that have
//! no name in the header are told in `monitor`.

mod monitor;
#[cfg(test)]
mod tests;

pub(crate) use monitor::{PORTS as MONITOR_PORTS, dissect_announced};

use wardround_model::FactKind;

use crate::{About, Facts, Half, Role, Start, Verdict};
use monitor::Said;

/// Start block of MLLP: a vertical tab, which no text of HL7 holds.
const START_BLOCK: u8 = 0x0B;
/// What ends a header: CR as the standard has it, LF as some send it, or a block of MLLP.
const HEADER_ENDS: &[u8] = b"\r\n\x1C\x0B";
/// The longest header that is waited for.
const HEADER_MAX: usize = 4 << 10;

/// Reads a message header, or passes what belongs to the message before.
pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let bytes = half.bytes;
    match beginning(bytes, half.start) {
        Beginning::At(at) => {
            let (before, message) = bytes.split_at_checked(at).unwrap_or_default();
            read(message, before.len(), half, facts)
        }
        Beginning::Wanting(wanted) => Verdict::More { wanted },
        Beginning::Nowhere if half.start == Start::NextMessage => {
            Verdict::Message { used: next_block(bytes, 1), sender: Role::Unknown }
        }
        Beginning::Nowhere => Verdict::NotThis,
    }
}

/// Where a header begins in some bytes.
enum Beginning {
    /// At its `MSH`.
    At(usize),
    /// It may begin here: so many bytes are wanted to know.
    Wanting(usize),
    Nowhere,
}

fn beginning(bytes: &[u8], start: Start) -> Beginning {
    const BLOCK: &[u8] = &[START_BLOCK, b'M', b'S', b'H'];
    let unframed = start != Start::NextMessage && bytes.starts_with(b"MSH");
    if bytes.starts_with(BLOCK) {
        Beginning::At(1)
    } else if unframed {
        Beginning::At(0)
    } else if BLOCK.starts_with(bytes) {
        Beginning::Wanting(BLOCK.len())
    } else if start != Start::NextMessage && b"MSH".starts_with(bytes) {
        Beginning::Wanting(3)
    } else if start == Start::Middle {
        let found = bytes.windows(BLOCK.len()).position(|window| window == BLOCK);
        found.map_or(Beginning::Nowhere, |at| Beginning::At(at.saturating_add(1)))
    } else {
        Beginning::Nowhere
    }
}

/// Position of the first start block from `from` on: all before it is done with.
fn next_block(bytes: &[u8], from: usize) -> usize {
    let after = bytes.get(from..).unwrap_or_default();
    after.iter().position(|b| *b == START_BLOCK).map_or(bytes.len(), |at| from.saturating_add(at))
}

/// Reads the message whose `MSH` begins `bytes`, `before` bytes into the half.
fn read(bytes: &[u8], before: usize, half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let more = |wanted: usize| Verdict::More { wanted: before.saturating_add(wanted) };
    if !may_begin(bytes) {
        return Verdict::NotThis;
    }
    let Some(end) = bytes.iter().take(HEADER_MAX).position(|b| HEADER_ENDS.contains(b)) else {
        let is_longer = bytes.len() >= HEADER_MAX;
        return if is_longer { Verdict::NotThis } else { more(bytes.len().saturating_add(1)) };
    };
    let (segment, after) = bytes.split_at_checked(end).unwrap_or_default();
    let Some(header) = Header::parse(segment) else { return Verdict::NotThis };
    let Some(answers) = is_acknowledgement(after) else { return more(bytes.len().saturating_add(1)) };
    let said = monitor::said(&header, after);
    match said {
        Said::Wanting => return more(bytes.len().saturating_add(1)),
        Said::OnlyThatItIsThere => {}
        Said::Nothing | Said::Message | Said::ThatItIsAMonitor => header.tell(facts),
    }
    if said == Said::ThatItIsAMonitor {
        monitor::tell(facts);
    }
    let is_answer = answers || header.kind.is(b"ACK");
    let usual = if is_answer { Role::Server } else { Role::Client };
    let sender = if said == Said::Nothing { usual } else { monitor::role(half).unwrap_or(usual) };
    Verdict::Message { used: before.saturating_add(next_block(bytes, end)), sender }
}

/// Whether a header can begin so: `MSH`, then delimiters, which are never letters or digits.
fn may_begin(bytes: &[u8]) -> bool {
    bytes.get(3..).unwrap_or_default().iter().take(2).all(u8::is_ascii_punctuation)
}

/// Whether the segment behind the header is MSA, as in every answer; `None` when too little is there to tell.
fn is_acknowledgement(after: &[u8]) -> Option<bool> {
    const MSA: &[u8] = b"MSA";
    let segment = after.trim_ascii_start();
    if segment.len() < MSA.len() && MSA.starts_with(segment) { None } else { Some(segment.starts_with(MSA)) }
}

/// The fields of a message header that are read (HL7 v2.5.1, 2.15.9).
struct Header<'a> {
    separator: u8,
    /// Whether nothing stands in MSH-3 to MSH-8: names, moment and security.
    is_nameless: bool,
    /// MSH-10.
    control_id: &'a [u8],
    sending_application: &'a [u8],
    sending_facility: &'a [u8],
    receiving_application: &'a [u8],
    receiving_facility: &'a [u8],
    kind: Kind<'a>,
    version: &'a [u8],
}

impl<'a> Header<'a> {
    fn parse(segment: &'a [u8]) -> Option<Self> {
        let (separator, rest) = segment.strip_prefix(b"MSH")?.split_first()?;
        // MSH-1 is the separator itself, so the first field is MSH-2: the other delimiters.
        let mut fields = rest.split(|b| b == separator);
        let delimiters = fields.next().filter(|delimiters| is_delimiters(delimiters))?;
        let mut first = || Some(first_component(fields.next()?, delimiters));
        let (sending_application, sending_facility) = (first()?, first()?);
        let (receiving_application, receiving_facility) = (first()?, first()?);
        let (moment, security) = (fields.next()?, fields.next()?);
        let kind = Kind::parse(fields.next()?, delimiters)?;
        let control_id = fields.next().unwrap_or_default();
        // MSH-11 lies between.
        let version = fields.nth(1).map(|field| first_component(field, delimiters)).unwrap_or_default();
        let names = [sending_application, sending_facility, receiving_application, receiving_facility];
        Some(Self {
            separator: *separator,
            is_nameless: names.into_iter().chain([moment, security]).all(<[u8]>::is_empty),
            control_id,
            sending_application,
            sending_facility,
            receiving_application,
            receiving_facility,
            kind,
            version,
        })
    }

    fn tell(&self, facts: &mut Facts) {
        let mut name = |about, kind, value: &[u8]| {
            if !value.trim_ascii().is_empty() {
                facts.tell(about, kind, value);
            }
        };
        name(About::Sender, FactKind::Hl7SendingApplication, self.sending_application);
        name(About::Sender, FactKind::Hl7SendingFacility, self.sending_facility);
        name(About::Receiver, FactKind::Hl7ReceivingApplication, self.receiving_application);
        name(About::Receiver, FactKind::Hl7ReceivingFacility, self.receiving_facility);
        let kind = self.kind.text();
        facts.tell(About::Sender, FactKind::Hl7Sends, &kind);
        facts.tell(About::Receiver, FactKind::Hl7Receives, &kind);
        if is_version(self.version) {
            facts.tell(About::Sender, FactKind::Hl7Version, self.version);
        }
    }
}

/// MSH-2: component, repetition, escape and perhaps subcomponent and truncation delimiters.
fn is_delimiters(delimiters: &[u8]) -> bool {
    (1..=5).contains(&delimiters.len()) && delimiters.iter().all(u8::is_ascii_punctuation)
}

/// The first component of the first repetition: the name in a field of type HD, the number in one of type VID.
fn first_component<'a>(field: &'a [u8], delimiters: &[u8]) -> &'a [u8] {
    field.split(|b| delimiters.contains(b)).next().unwrap_or_default()
}

fn is_version(text: &[u8]) -> bool {
    text.first() == Some(&b'2') && text.iter().all(|b| b.is_ascii_digit() || *b == b'.')
}

/// MSH-9: the type of a message and the event that caused it (HL7 v2.5.1, tables 0076 and 0003).
struct Kind<'a> {
    code: &'a [u8],
    /// Empty where it is not said, as in early acknowledgements.
    event: &'a [u8],
}

impl<'a> Kind<'a> {
    fn parse(field: &'a [u8], delimiters: &[u8]) -> Option<Self> {
        let mut components = field.split(|b| delimiters.contains(b));
        let code = components.next().filter(|code| is_code(code))?;
        let event = components.next().filter(|event| is_event(event)).unwrap_or_default();
        Some(Self { code, event })
    }

    fn is(&self, code: &[u8]) -> bool {
        self.code == code
    }

    /// Both parts with `^` between, whatever the sender's delimiter.
    fn text(&self) -> Vec<u8> {
        let delimiter: &[u8] = if self.event.is_empty() { b"" } else { b"^" };
        [self.code, delimiter, self.event].concat()
    }
}

/// Message types (HL7 v2.8.2, table 0076). Three letters are room enough for a person's initials, so that only these are told.
const TYPES: &[u8] = b"ACK ADR ADT BAR BPS BRP BRT BTS CCF CCI CCM CCQ CCU CQU CRM CSU DFT DOC DSR EAC EAN EAR EDR EHC EQQ \
ERP ESR ESU INR INU LSR LSU MCF MDM MFD MFK MFN MFQ MFR NMD NMQ NMR OMB OMD OMG OMI OML OMN OMP OMQ OMS OPL OPR OPU ORA ORB \
ORD ORF ORG ORI ORL ORM ORN ORP ORR ORS ORU ORX OSM OSQ OSR OSU OUL PEX PGL PIN PMU PPG PPP PPR PPT PPV PRR PTR QBP QCK QCN \
QRY QSB QSX QVR RAR RAS RCI RCL RDE RDR RDS RDY REF RER RGR RGV ROR RPA RPI RPL RPR RQA RQC RQI RQP RQQ RRA RRD RRE RRG RRI \
RSP RTB SCN SDN SDR SIU SLN SLR SMD SQM SQR SRM SRR SSR SSU STC STI SUR TBR TCR TCU UDM VQQ VXQ VXR VXU VXX";

fn is_code(text: &[u8]) -> bool {
    text.len() == 3 && TYPES.split(|b| *b == b' ').any(|known| known == text)
}

/// An event, such as `A01`: a capital and two digits (HL7 v2.8.2, table 0003).
fn is_event(text: &[u8]) -> bool {
    matches!(text, [letter, tens, ones] if letter.is_ascii_uppercase() && tens.is_ascii_digit() && ones.is_ascii_digit())
}
