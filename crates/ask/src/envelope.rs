//! The safety envelope: ceilings in code. Settings can only make asking slower and smaller.
//!
//! These limits are the project's own judgement. No published limit for a medical device was found, and no live medical device was
//! tested.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The least time between two new connections to one host (P3).
pub const HOST_GAP: Duration = Duration::from_secs(5);
/// The least time between two new connections of the sensor. With at most [`MOST_PACKETS`] in an exchange and one connection at a
/// time it keeps the sensor under [`SENSOR_RATE`].
pub const SENSOR_GAP: Duration = Duration::from_millis(250);
/// Packets in a second to one host, at most (P3).
pub const HOST_RATE: u32 = 10;
/// Packets in a second from one sensor, at most (P3).
pub const SENSOR_RATE: u32 = 50;
/// Packets that we send in one exchange, at most.
pub const MOST_PACKETS: u32 = 10;
/// Switches whose tables an owner wants read, at most.
pub const MOST_SWITCHES: usize = 64;
/// Models that people name with a question, at most.
pub const MOST_MODELS: usize = 64;
/// Datagrams that we send to read the tables of one switch, at most: a budget of its own, beside [`MOST_PACKETS`].
pub const MOST_WALKED: u32 = 256;
/// The least time between two of them, which keeps them under [`HOST_RATE`].
pub const WALK_GAP: Duration = Duration::from_millis(200);
/// How long all of them may take.
pub const WALK_TIME: Duration = Duration::from_secs(180);
/// Rows that are asked for at once: their answer fits into one packet nearly always.
pub const WALK_ROWS: u8 = 20;
/// Bytes of the answers to them that are read, at most.
pub const MOST_WALK_ANSWER: usize = 512 * 1024;
/// Ports of a host beside those that were seen, at most (P5).
pub const MOST_LISTED_PORTS: usize = 10;
/// How long a host is watched after a question, and how long before it must have spoken for its silence to be a sign (P8).
pub const WATCHED_AFTER: Duration = Duration::from_secs(600);
/// How long hosts are listened to before the first question, so that what they do after it can be held against what they did.
pub const LISTENED_BEFORE: Duration = Duration::from_secs(20);
/// Words of a talk that make it a habit, at least (P7).
pub const LEAST_WORDS: i64 = 5;
/// A habit that ceases for less than this is no sign.
pub const LEAST_SILENCE: Duration = Duration::from_secs(10);
/// How late what was heard may be told.
pub const LISTENED_LATE: Duration = Duration::from_secs(2);
/// Devices that are heard after a question to all of a network, at most.
pub const MOST_HEARD: usize = 256;
/// UDP services that an owner names, at most (P11).
pub const MOST_NAMED: usize = 256;
/// Exchanges of one plan, at most.
pub const MOST_EXCHANGES: usize = 4096;
/// Addresses of one network of a scope, at most: /20.
pub const WIDEST_NETWORK: u8 = 20;
/// The longest window.
pub const LONGEST_WINDOW: Duration = Duration::from_secs(12 * 3600);
/// How sure the class of a host must be, in per cent: `likely` or more (P2).
pub const LEAST_CONFIDENCE: u8 = 70;
/// Bytes of an answer that are read, at most.
pub const MOST_ANSWER: usize = 16 * 1024;
/// Bytes that are read inside TLS for one answer, at most: one sealed record of the longest kind.
pub const MOST_INSIDE: usize = 18 * 1024;
/// How long to wait for a connection: under the second after which the kernel would send its first packet again.
pub const CONNECT_TIME: Duration = Duration::from_millis(900);
/// How long to wait for an answer: a slow device is given its time.
pub const ANSWER_TIME: Duration = Duration::from_secs(8);
/// How long to wait for the other side's end.
pub const END_TIME: Duration = Duration::from_secs(3);
/// A connection that takes so many times as long as the host's first one is a sign of distress (P7).
pub const SLOWER: u32 = 3;
/// First connections faster than this are taken as this long, so that chance on a fast wire is no sign.
pub const LEAST_BASELINE: Duration = Duration::from_millis(20);
/// Hosts in distress that stop their subnet, and those that stop everything (P7).
pub const STOPS_SUBNET: usize = 2;
/// See [`STOPS_SUBNET`].
pub const STOPS_ALL: usize = 3;
/// How far the wall clock may move against the other one before asking stops.
pub const CLOCK_JUMP: Duration = Duration::from_secs(2);

/// Ports that are never asked (P5): printers print what they get there, the rest speaks to care or plant.
pub const NEVER: &[(u16, u16, &str)] = &[
    (102, 102, "controllers (S7, ICCP)"),
    (104, 104, "DICOM"),
    (502, 502, "controllers (Modbus)"),
    (515, 515, "printers print what they get"),
    (1883, 1883, "devices and plant (MQTT)"),
    (2404, 2404, "power plant (IEC 104)"),
    (2575, 2575, "HL7"),
    (2761, 2762, "DICOM"),
    (4840, 4840, "plant (OPC UA)"),
    (6661, 6664, "HL7"),
    (9100, 9107, "printers print what they get"),
    (11112, 11112, "DICOM"),
    (20000, 20000, "power plant (DNP3)"),
    (24105, 24106, "patient monitors"),
    (44818, 44818, "controllers (EtherNet/IP)"),
    (47808, 47808, "building controllers (BACnet)"),
];

/// Why a port is never asked, if it is one of those.
#[must_use]
pub fn never(port: u16) -> Option<&'static str> {
    if port == 0 {
        return Some("no port");
    }
    NEVER.iter().find(|(first, last, _)| (*first..=*last).contains(&port)).map(|(.., why)| *why)
}

/// How fast to ask: never faster than the ceilings, whatever was wished or read from a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Wish", into = "Wish")]
pub struct Pace {
    host_gap: Duration,
    sensor_gap: Duration,
}

/// A pace as a person or a file wishes it.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Wish {
    /// Milliseconds between two connections to one host.
    pub host_gap_ms: u64,
    /// Milliseconds between two connections of the sensor.
    pub sensor_gap_ms: u64,
}

impl From<Wish> for Pace {
    fn from(wish: Wish) -> Self {
        // A longer wait than an hour would only hide a plan that never ends.
        let gap = |wished: u64, least: Duration| {
            Duration::from_millis(wished).clamp(least, Duration::from_secs(3600))
        };
        Self { host_gap: gap(wish.host_gap_ms, HOST_GAP), sensor_gap: gap(wish.sensor_gap_ms, SENSOR_GAP) }
    }
}

impl From<Pace> for Wish {
    fn from(pace: Pace) -> Self {
        let milliseconds = |gap: Duration| u64::try_from(gap.as_millis()).unwrap_or(u64::MAX);
        Self { host_gap_ms: milliseconds(pace.host_gap), sensor_gap_ms: milliseconds(pace.sensor_gap) }
    }
}

impl Default for Pace {
    fn default() -> Self {
        Wish::default().into()
    }
}

impl Pace {
    /// Between two new connections to one host.
    #[must_use]
    pub const fn host_gap(self) -> Duration {
        self.host_gap
    }

    /// Between two new connections of the sensor.
    #[must_use]
    pub const fn sensor_gap(self) -> Duration {
        self.sensor_gap
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn p5_the_list_of_ports_that_are_never_asked() {
        for port in [9100, 9103, 9107, 502, 102, 2575, 104, 11112, 515, 6661, 24105, 0] {
            assert!(never(port).is_some(), "{port}");
        }
        for port in [22, 80, 443, 3306] {
            assert_eq!(never(port), None, "{port}");
        }
    }

    proptest! {
        #[test]
        fn p3_settings_only_lower(host_gap_ms: u64, sensor_gap_ms: u64) {
            let pace = Pace::from(Wish { host_gap_ms, sensor_gap_ms });
            prop_assert!(pace.host_gap() >= HOST_GAP && pace.sensor_gap() >= SENSOR_GAP);
            let text = serde_json::to_string(&pace).unwrap();
            prop_assert_eq!(serde_json::from_str::<Pace>(&text).unwrap(), pace);
        }
    }

    #[test]
    fn p3_an_exchange_at_a_time_keeps_under_the_rates() {
        const { assert!(MOST_PACKETS <= HOST_RATE) };
        // Starts in one second, and one exchange that reaches into it from before.
        let starts = 1000 / u32::try_from(SENSOR_GAP.as_millis()).unwrap();
        assert!((starts + 1) * MOST_PACKETS <= SENSOR_RATE);
        // Of a walk, those that begin in one second, and one that the kernel adds (ICMP).
        assert!(1000 / u32::try_from(WALK_GAP.as_millis()).unwrap() + 2 <= HOST_RATE);
    }
}
