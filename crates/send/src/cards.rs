//! Which card has an address now, as the kernel learned it for its own sending.

use std::net::Ipv4Addr;

use wardround_model::MacAddr;

/// The table, as `proc_net(5)` describes it.
const TABLE: &str = "/proc/net/arp";

/// Whether the kernel knows that another card than those has the address. A host behind a router has no card here.
pub(crate) fn is_another(ip: Ipv4Addr, known: &[String]) -> bool {
    let Ok(table) = std::fs::read_to_string(TABLE) else { return false };
    !known.is_empty() && card_of(&table, ip).is_some_and(|card| !known.contains(&card.to_string()))
}

fn card_of(table: &str, ip: Ipv4Addr) -> Option<MacAddr> {
    table.lines().skip(1).find_map(|line| {
        let mut columns = line.split_whitespace();
        let address: Ipv4Addr = columns.next()?.parse().ok()?;
        let card: MacAddr = columns.nth(2)?.to_lowercase().parse().ok()?;
        (address == ip && card.is_one_card()).then_some(card)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p11_the_kernels_table_is_read() {
        let table = "IP address       HW type     Flags       HW address            Mask     Device\n\
                     10.20.1.9        0x1         0x2         00:1B:2c:00:01:09     *        eth0\n\
                     10.20.1.8        0x1         0x0         00:00:00:00:00:00     *        eth0\n";
        let card = |last| card_of(table, Ipv4Addr::new(10, 20, 1, last)).map(|card| card.to_string());
        assert_eq!(card(9).as_deref(), Some("00:1b:2c:00:01:09"));
        assert_eq!((card(8), card(7)), (None, None));
    }
}
