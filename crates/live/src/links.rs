//! Which network interfaces this computer has, for who has to choose one. Not here: opening any.

use std::fs;
use std::io;
use std::path::Path;

/// Where Linux lists those of this network, with their counts (proc(5)).
const TABLE: &str = "/proc/self/net/dev";
/// Where it tells more of each (sysfs); in a container that may be of another network.
const FOLDER: &str = "/sys/class/net";
/// The most that are listed: more are virtual ones, of containers.
const MOST: usize = 64;
/// ARPHRD_ETHER and ARPHRD_LOOPBACK (linux/if_arp.h).
const ETHERNET: &str = "1";
const LOOPBACK: &str = "772";

/// A network interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its name: `eth0`.
    pub name: String,
    /// It is switched on, and has a cable or a partner, as far as that is known.
    pub is_up: bool,
    /// It leads nowhere but to this computer.
    pub is_loopback: bool,
    /// It carries Ethernet, which is what can be watched.
    pub is_ethernet: bool,
    /// Frames that came since it was made.
    pub frames: u64,
}

/// All interfaces, by name.
///
/// # Errors
/// When the list cannot be read.
pub fn links() -> io::Result<Vec<Link>> {
    let table = fs::read_to_string(TABLE)?;
    // Two lines of headings.
    let mut links: Vec<_> = table.lines().skip(2).filter_map(link).collect();
    links.sort_by(|one, two| one.name.cmp(&two.name));
    links.truncate(MOST);
    Ok(links)
}

/// A row of the table: a name before a colon, then bytes and packets that came.
fn link(row: &str) -> Option<Link> {
    let (name, counts) = row.split_once(':')?;
    let name = Some(name.trim()).filter(|name| is_plain(name))?;
    let frames = counts.split_whitespace().nth(1)?.parse().ok()?;
    let text = |file: &str| {
        let text = fs::read_to_string(Path::new(FOLDER).join(name).join(file)).ok()?;
        Some(text.trim().to_owned())
    };
    let kind = text("type");
    let is = |wanted: &str| kind.as_deref() == Some(wanted);
    Some(Link {
        name: name.to_owned(),
        // Some virtual ones know no more than that they are not down.
        is_up: text("operstate").is_none_or(|state| state == "up" || state == "unknown"),
        is_loopback: name == "lo" || is(LOOPBACK),
        is_ethernet: kind.is_none() || is(ETHERNET) || is(LOOPBACK),
        frames,
    })
}

/// Linux lets names have nearly anything in them; those that people give are plain.
fn is_plain(name: &str) -> bool {
    let plain =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_' | '@' | ':');
    (1..=15).contains(&name.len()) && name.chars().all(plain) && !name.starts_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_computer_has_a_loopback() {
        let links = links().unwrap();
        let lo = links.iter().find(|link| link.is_loopback).unwrap();
        assert_eq!((lo.name.as_str(), lo.is_ethernet), ("lo", true));
    }

    #[test]
    fn a_row_is_a_name_and_counts() {
        let row = "  eth9: 1500 12 0 0 0 0 0 0 700 5 0 0 0 0 0 0";
        assert_eq!(link(row).map(|link| (link.name, link.frames)), Some(("eth9".to_owned(), 12)));
        for row in ["", "eth9", "eth9: x y", "eth9: 1", "a b: 1 2"] {
            assert_eq!(link(row), None, "{row}");
        }
    }

    #[test]
    fn names_that_could_be_taken_for_something_else_are_not_listed() {
        for name in ["", ".", "..", "a/b", "a b", "-\u{1b}[0m", "0123456789abcdef"] {
            assert!(!is_plain(name), "{name:?}");
        }
        assert!(["eth0", "enp3s0f1", "br-lan", "vlan.20"].into_iter().all(is_plain));
    }
}
