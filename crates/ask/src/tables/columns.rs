//! The columns that are read: no more than what tells neighbours. Small tables come first, so that a large one cannot use up the budget
//! before them.

use super::name::Name;

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// `ifPhysAddress` (RFC 2863): cards of the switch itself, by the number of their interface.
    InterfaceCard,
    /// `ipAdEntIfIndex` (RFC 4293): on which interface an address of the switch is; the row is the address.
    OwnAddress,
    /// `lldpRemChassisIdSubtype` (IEEE 802.1AB-2005, 12): what the identifier of a neighbour is.
    NeighbourIdKind,
    /// `lldpRemChassisId`.
    NeighbourId,
    /// `lldpRemSysName`.
    NeighbourName,
    /// `lldpRemSysDesc`.
    NeighbourDescription,
    /// `lldpRemManAddrIfSubtype`: the row has an address of a neighbour.
    NeighbourAddress,
    /// `lldpLocPortIdSubtype` (IEEE 802.1AB-2005, 12): what the identifier of a port of the switch is.
    OwnPortKind,
    /// `lldpLocPortId`.
    OwnPort,
    /// `dot1dBasePortIfIndex` (RFC 4188): the interface of a port of the bridge.
    BridgePort,
    /// `ifName` (RFC 2863).
    InterfaceName,
    /// `ipNetToMediaPhysAddress` (RFC 4293): the table of ARP; the row has the address.
    Arp,
    /// `dot1dTpFdbStatus` (RFC 4188): cards that were learned; the row is the card.
    Learned,
    /// `dot1qTpFdbStatus` (RFC 4363): the same by VLAN.
    LearnedInVlan,
    /// `dot1dTpFdbPort` (RFC 4188): at which port of the bridge; the row is the card.
    LearnedAt,
    /// `dot1qTpFdbPort` (RFC 4363): the same by VLAN.
    LearnedInVlanAt,
}

/// In the order in which they are read.
pub(super) const COLUMNS: &[Column] = &[
    Column::InterfaceCard,
    Column::OwnAddress,
    Column::NeighbourIdKind,
    Column::NeighbourId,
    Column::NeighbourName,
    Column::NeighbourDescription,
    Column::NeighbourAddress,
    Column::OwnPortKind,
    Column::OwnPort,
    Column::BridgePort,
    Column::InterfaceName,
    Column::Arp,
    Column::Learned,
    Column::LearnedInVlan,
    Column::LearnedAt,
    Column::LearnedInVlanAt,
];

impl Column {
    pub(super) fn name(self) -> Name {
        Name::new(match self {
            Self::InterfaceCard => &[1, 3, 6, 1, 2, 1, 2, 2, 1, 6],
            Self::OwnAddress => &[1, 3, 6, 1, 2, 1, 4, 20, 1, 2],
            Self::NeighbourIdKind => &[1, 0, 8802, 1, 1, 2, 1, 4, 1, 1, 4],
            Self::NeighbourId => &[1, 0, 8802, 1, 1, 2, 1, 4, 1, 1, 5],
            Self::NeighbourName => &[1, 0, 8802, 1, 1, 2, 1, 4, 1, 1, 9],
            Self::NeighbourDescription => &[1, 0, 8802, 1, 1, 2, 1, 4, 1, 1, 10],
            Self::NeighbourAddress => &[1, 0, 8802, 1, 1, 2, 1, 4, 2, 1, 3],
            Self::OwnPortKind => &[1, 0, 8802, 1, 1, 2, 1, 3, 7, 1, 2],
            Self::OwnPort => &[1, 0, 8802, 1, 1, 2, 1, 3, 7, 1, 3],
            Self::BridgePort => &[1, 3, 6, 1, 2, 1, 17, 1, 4, 1, 2],
            Self::InterfaceName => &[1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1],
            Self::Arp => &[1, 3, 6, 1, 2, 1, 4, 22, 1, 2],
            Self::Learned => &[1, 3, 6, 1, 2, 1, 17, 4, 3, 1, 3],
            Self::LearnedInVlan => &[1, 3, 6, 1, 2, 1, 17, 7, 1, 2, 2, 1, 3],
            Self::LearnedAt => &[1, 3, 6, 1, 2, 1, 17, 4, 3, 1, 2],
            Self::LearnedInVlanAt => &[1, 3, 6, 1, 2, 1, 17, 7, 1, 2, 2, 1, 2],
        })
    }
}
