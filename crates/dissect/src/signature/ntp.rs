//! NTP and SNTP (RFC 5905, 7.3): who keeps time for whom. Not here: control and private modes, autokey, NTS.

use crate::{Datagram, Facts, Role};

/// A packet without extensions.
const SHORTEST: usize = 48;
/// Stratum 16 means "not synchronised" (RFC 5905, 7.3).
const MAX_STRATUM: u8 = 16;
/// The longest poll interval, as a power of two seconds (RFC 5905, 7.2).
const MAX_POLL: u8 = 17;

pub(crate) fn dissect(datagram: &Datagram<'_>, _facts: &mut Facts) -> Option<Role> {
    if datagram.payload.len() < SHORTEST {
        return None;
    }
    let [flags, stratum, poll, _precision] = *datagram.payload.first_chunk()?;
    let (version, mode) = (flags >> 3 & 7, flags & 7);
    if !(1..=4).contains(&version) || stratum > MAX_STRATUM || poll > MAX_POLL {
        return None;
    }
    match mode {
        3 => Some(Role::Client),
        4 | 5 => Some(Role::Server),
        // Peers of the same rank.
        1 | 2 => Some(Role::Unknown),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn role(first: [u8; 4], length: usize) -> Option<Role> {
        let mut payload = [0; 68];
        payload[..4].copy_from_slice(&first);
        let address = "192.0.2.1:123".parse().unwrap();
        let datagram = Datagram { payload: &payload[..length], sender: address, receiver: address };
        dissect(&datagram, &mut Facts::default())
    }

    #[test]
    fn the_mode_tells_who_asks() {
        assert_eq!(role([0x23, 0, 6, 0xe9], 48), Some(Role::Client));
        assert_eq!(role([0x24, 2, 6, 0xe8], 68), Some(Role::Server));
        assert_eq!(role([0xdb, 0, 0, 0], 48), Some(Role::Client), "version 3, not synchronised");
    }

    #[test]
    fn other_bytes_are_not_ntp() {
        assert_eq!(role([0x23, 0, 6, 0xe9], 47), None, "too short");
        assert_eq!(role([0x27, 0, 3, 0x2a], 48), None, "private mode");
        assert_eq!(role([0x3b, 0, 0, 0], 48), None, "version 7");
        assert_eq!(role([0x24, 17, 6, 0], 48), None, "stratum");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(first: [u8; 4], length in 0usize..68) {
            let _ = role(first, length);
        }
    }
}
