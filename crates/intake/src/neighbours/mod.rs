//! What routers and switches know of their neighbours: ARP tables (which card has which address) and MAC address tables (which cards
//! are there). Not here: leases, and ARP on the wire.

pub(crate) mod arp;
pub(crate) mod cards;
mod entry;

#[cfg(test)]
mod tests;
