//! Command sets: which service is asked for or answered.
//!
//! PS3.7, 6.3 and annex E. Always implicit VR little endian. Only the command, the SOP class, the status and whether a
//! data set follows are read; message identifiers and instance UIDs are not.

use wardround_model::FactKind;

use super::data_set::{Elements, Encoding};
use super::is_uid;
use crate::reader::unpadded;
use crate::{About, Facts, Half, Role};

/// Command Group Length (0000,0000), first of every command set, and its own length of four bytes.
const BEGINNING: &[u8] = &[0, 0, 0, 0, 4, 0, 0, 0];
/// Status (0000,0900): behind it nothing is read.
const STATUS: u32 = 0x0000_0900;
/// Command Data Set Type (0000,0800) when no data set follows.
const NO_DATA_SET: u16 = 0x0101;
/// The bit of Command Field (0000,0100) that makes an answer of a request.
const RESPONSE: u16 = 0x8000;
const C_STORE: u16 = 0x0001;
const N_EVENT_REPORT: u16 = 0x0100;
const SUCCESS: u16 = 0;

/// What a command set says.
#[derive(Debug, Default)]
pub(super) struct Command<'a> {
    /// Command Field (0000,0100).
    field: u16,
    /// Affected (0000,0002) or Requested (0000,0003) SOP Class UID.
    sop_class: &'a [u8],
    /// Command Data Set Type (0000,0800).
    data_set: u16,
    /// Status (0000,0900).
    status: Option<u16>,
}

impl<'a> Command<'a> {
    /// Whether a command set can begin with these bytes, however few.
    pub(super) fn may_begin(bytes: &[u8]) -> bool {
        bytes.iter().zip(BEGINNING).all(|(byte, expected)| byte == expected)
    }

    /// Reads a complete command set; `None` when its command is unknown.
    pub(super) fn read(set: &'a [u8]) -> Option<Self> {
        let mut command = Self::default();
        for (tag, value) in Elements::new(set, Encoding::ImplicitLittle, STATUS) {
            match tag {
                0x0000_0002 | 0x0000_0003 => command.sop_class = unpadded(value),
                0x0000_0100 => command.field = number(value)?,
                0x0000_0800 => command.data_set = number(value)?,
                STATUS => command.status = number(value),
                _ => {}
            }
        }
        command.name().map(|_| command)
    }

    /// Its name in the standard (PS3.7, E.1).
    fn name(&self) -> Option<&'static str> {
        Some(match self.field {
            0x0001 => "C-STORE-RQ",
            0x8001 => "C-STORE-RSP",
            0x0010 => "C-GET-RQ",
            0x8010 => "C-GET-RSP",
            0x0020 => "C-FIND-RQ",
            0x8020 => "C-FIND-RSP",
            0x0021 => "C-MOVE-RQ",
            0x8021 => "C-MOVE-RSP",
            0x0030 => "C-ECHO-RQ",
            0x8030 => "C-ECHO-RSP",
            0x0100 => "N-EVENT-REPORT-RQ",
            0x8100 => "N-EVENT-REPORT-RSP",
            0x0110 => "N-GET-RQ",
            0x8110 => "N-GET-RSP",
            0x0120 => "N-SET-RQ",
            0x8120 => "N-SET-RSP",
            0x0130 => "N-ACTION-RQ",
            0x8130 => "N-ACTION-RSP",
            0x0140 => "N-CREATE-RQ",
            0x8140 => "N-CREATE-RSP",
            0x0150 => "N-DELETE-RQ",
            0x8150 => "N-DELETE-RSP",
            0x0FFF => "C-CANCEL-RQ",
            _ => return None,
        })
    }

    fn is_response(&self) -> bool {
        self.field & RESPONSE != 0
    }

    /// Whether a composite instance follows.
    pub(super) fn stores_instance(&self) -> bool {
        self.field == C_STORE && self.data_set != NO_DATA_SET
    }

    /// What its sender is: who asks is the client, save where the standard lets the server ask back.
    ///
    /// A server reports events (PS3.7, 10.1.1) and stores what a C-GET asked for (PS3.4, C.4.3.1) over the client's own association.
    /// So an event report says nothing, and a C-STORE only what the port numbers do not contradict.
    pub(super) fn sender(&self, half: &Half<'_>) -> Role {
        let is_reversed = if self.is_response() {
            half.sender_port > half.receiver_port
        } else {
            half.sender_port < half.receiver_port
        };
        match self.field & !RESPONSE {
            N_EVENT_REPORT => Role::Unknown,
            C_STORE if is_reversed => Role::Unknown,
            _ if self.is_response() => Role::Server,
            _ => Role::Client,
        }
    }

    /// Tells the command, and the service that it asks for or that was carried out.
    pub(super) fn tell(&self, sender: Role, facts: &mut Facts) {
        if let Some(name) = self.name() {
            facts.tell(About::Sender, FactKind::DicomCommand, name.as_bytes());
        }
        match sender {
            _ if !is_uid(self.sop_class) => {}
            Role::Client => facts.tell(About::Sender, FactKind::DicomProposesSop, self.sop_class),
            Role::Server if self.status == Some(SUCCESS) => {
                facts.tell(About::SenderService, FactKind::DicomAcceptsSop, self.sop_class);
            }
            Role::Server | Role::Unknown => {}
        }
    }
}

/// An unsigned short (VR US).
fn number(value: &[u8]) -> Option<u16> {
    value.try_into().ok().map(u16::from_le_bytes)
}
