//! Which interface leads to each host, as the kernel would send, and whether that is as it was when a run began.
//!
//! Where the kernel's main table has no route (a host on this computer, a table of its own for some traffic) nothing is known, and
//! only the host's own silence tells.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::Path;

/// The routes of the main table (`proc_net(5)`): interface, destination and so on, addresses as numbers of this machine's byte order.
const ROUTES: &str = "/proc/net/route";
/// A folder for each interface (sysfs). In a container it may be of another network, and tells nothing then.
const INTERFACES: &str = "/sys/class/net";
/// The route is usable (`RTF_UP`), and it refuses (`RTF_REJECT`; linux/route.h).
const UP: u32 = 0x1;
/// See [`UP`].
const REJECT: u32 = 0x200;

/// One row of the table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Route {
    interface: String,
    to: u32,
    mask: u32,
    metric: u32,
}

/// The ways to hosts when a run began.
#[derive(Debug, Default)]
pub(crate) struct Ways {
    /// One host of each way, and its interface.
    begun: BTreeMap<Ipv4Addr, String>,
}

impl Ways {
    /// As they are now.
    pub(crate) fn to(hosts: impl Iterator<Item = Ipv4Addr>) -> Self {
        let table = table().unwrap_or_default();
        let ways: BTreeMap<Route, Ipv4Addr> =
            hosts.filter_map(|host| Some((best(&table, host)?.clone(), host))).collect();
        let is_up = |route: &Route| !is_down(Path::new(INTERFACES), &route.interface);
        let begun = ways.into_iter().filter(|(route, _)| is_up(route));
        Self { begun: begun.map(|(route, host)| (host, route.interface)).collect() }
    }

    /// Whether an interface that led to a host is down or gone, or another one leads there now.
    pub(crate) fn are_lost(&self) -> bool {
        if self.begun.is_empty() {
            return false;
        }
        // What can't be looked at any more counts as lost.
        let Some(table) = table() else { return true };
        self.begun.iter().any(|(host, interface)| {
            best(&table, *host).is_none_or(|route| route.interface != *interface)
                || is_down(Path::new(INTERFACES), interface)
        })
    }
}

fn table() -> Option<Vec<Route>> {
    Some(rows(&std::fs::read_to_string(ROUTES).ok()?))
}

fn rows(text: &str) -> Vec<Route> {
    text.lines().skip(1).filter_map(row).collect()
}

fn row(line: &str) -> Option<Route> {
    let columns: Vec<&str> = line.split_whitespace().collect();
    let number = |at: usize| u32::from_str_radix(columns.get(at)?, 16).ok();
    let flags = number(3)?;
    let address = |at: usize| Some(u32::from_be_bytes(number(at)?.to_ne_bytes()));
    let metric = columns.get(6)?.parse().ok()?;
    let route =
        Route { interface: (*columns.first()?).to_owned(), to: address(1)?, mask: address(7)?, metric };
    (flags & UP != 0 && flags & REJECT == 0).then_some(route)
}

/// The route that the kernel takes: the narrowest, and of those the one of the least metric.
fn best(table: &[Route], host: Ipv4Addr) -> Option<&Route> {
    let fits = table.iter().filter(|route| host.to_bits() & route.mask == route.to);
    fits.max_by_key(|route| (route.mask, std::cmp::Reverse(route.metric)))
}

/// Whether the interface is down or has no cable: its `carrier` is 0, or can't be read (sysfs-class-net). One that has no folder here
/// tells nothing.
fn is_down(folder: &Path, interface: &str) -> bool {
    let folder = folder.join(interface);
    folder.is_dir() && std::fs::read_to_string(folder.join("carrier")).map_or(true, |it| it.trim() == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Linux prints it on this machine: `number` is an address.
    fn line(interface: &str, to: [u8; 4], mask: [u8; 4], flags: u32, metric: u32) -> String {
        let hex = |address: [u8; 4]| format!("{:08X}", u32::from_ne_bytes(address));
        format!("{interface}\t{}\t00000000\t{flags:04X}\t0\t0\t{metric}\t{}\t0\t0\t0\n", hex(to), hex(mask))
    }

    #[test]
    fn p9_the_narrowest_usable_route_is_the_way() {
        let table = rows(
            &[
                "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
                    .to_owned(),
                line("eth0", [0; 4], [0; 4], 3, 100),
                line("wlan0", [0; 4], [0; 4], 3, 600),
                line("eth1", [10, 20, 1, 0], [255, 255, 255, 0], 1, 0),
                line("eth2", [10, 20, 0, 0], [255, 255, 0, 0], 1, 0),
                line("eth3", [10, 20, 1, 9], [255; 4], 0, 0),
                line("*", [10, 30, 0, 0], [255, 255, 0, 0], 0x201, 0),
                "eth9\tnonsense\n".to_owned(),
            ]
            .concat(),
        );
        let way = |ip: [u8; 4]| best(&table, ip.into()).map(|route| route.interface.clone());
        assert_eq!(way([10, 20, 1, 9]).as_deref(), Some("eth1"));
        assert_eq!(way([10, 20, 2, 9]).as_deref(), Some("eth2"));
        assert_eq!(way([10, 30, 0, 1]).as_deref(), Some("eth0"));
        assert_eq!(best(&[], [10, 0, 0, 1].into()), None);
    }

    #[test]
    fn p9_an_interface_without_a_cable_is_down() {
        let folder = std::env::temp_dir().join(format!("wardround-ways-{}", std::process::id()));
        for (name, carrier, down) in [("a", Some("1\n"), false), ("b", Some("0\n"), true), ("c", None, true)]
        {
            std::fs::create_dir_all(folder.join(name)).unwrap();
            // The kernel gives an error in place of words for one that is switched off.
            carrier.into_iter().for_each(|it| std::fs::write(folder.join(name).join("carrier"), it).unwrap());
            assert_eq!(is_down(&folder, name), down, "{name}");
        }
        assert!(!is_down(&folder, "not-there"));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
