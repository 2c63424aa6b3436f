//! The words of `wardround watch` and `wardround doctor`.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use clap::Args;
use wardround_capture::Prefix;

use super::Judging;

#[derive(Debug, Args)]
pub(crate) struct WatchCommand {
    /// A network interface, such as eth1 (`wardround doctor` lists them); may be said several times
    #[arg(long, value_name = "NAME", required_unless_present = "flows")]
    pub(crate) interface: Vec<String>,
    /// An address of this computer that routers and switches send flow records to (NetFlow 5 and 9, IPFIX, sFlow), such as
    /// 10.20.9.5:2055; may be said several times
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) flows: Vec<SocketAddr>,
    /// Take flow records from this network only, such as 10.20.9.0/24; may be said several times
    #[arg(long, value_name = "NETWORK", requires = "flows")]
    pub(crate) flows_from: Vec<Prefix>,
    /// How long, such as 90s, 15m or 2h; Ctrl-C ends it earlier [default: until Ctrl-C]
    #[arg(long = "for", value_name = "TIME", value_parser = duration)]
    pub(crate) time: Option<Duration>,
    #[command(flatten)]
    pub(crate) judging: Judging,
}

/// What `watch` tells its readers.
#[derive(Debug, Args)]
pub(crate) struct ReadFrames {
    /// Only say which walls stand
    #[arg(long)]
    pub(crate) check: bool,
    /// Frames that were told before
    #[arg(long, default_value_t = 0)]
    pub(crate) frames: u64,
    /// Their bytes
    #[arg(long, default_value_t = 0)]
    pub(crate) bytes: u64,
    /// Bytes of memory for what it follows
    #[arg(long)]
    pub(crate) memory: Option<usize>,
    #[arg(long)]
    pub(crate) exclude: Vec<Prefix>,
}

/// What `ask run` tells its readers.
#[derive(Debug, Args)]
pub(crate) struct ReadVitals {
    /// Hosts that are listened to
    #[arg(long)]
    pub(crate) host: Vec<Ipv4Addr>,
}

/// What `watch` tells its readers of flow records.
#[derive(Debug, Args)]
pub(crate) struct ReadFlows {
    /// Records that were told before
    #[arg(long, default_value_t = 0)]
    pub(crate) frames: u64,
    /// Their bytes
    #[arg(long, default_value_t = 0)]
    pub(crate) bytes: u64,
    /// Bytes of memory for what it follows
    #[arg(long)]
    pub(crate) memory: Option<usize>,
    #[arg(long)]
    pub(crate) exclude: Vec<Prefix>,
    #[arg(long)]
    pub(crate) from: Vec<Prefix>,
}

/// The longest watch: a week.
const LONGEST: u64 = 7 * 24 * 3600;

fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is no time; one looks like 90s, 15m or 2h");
    let units = [('s', 1), ('m', 60), ('h', 3600)];
    let (number, unit) = units
        .iter()
        .find_map(|(letter, unit)| text.strip_suffix(*letter).map(|number| (number, *unit)))
        .ok_or_else(wrong)?;
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let seconds = number.checked_mul(unit).filter(|seconds| (1..=LONGEST).contains(seconds));
    seconds.map(Duration::from_secs).ok_or_else(|| format!("{text} is not between 1s and 168h"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_nonsense_is_not() {
        assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("15m"), Ok(Duration::from_secs(900)));
        assert_eq!(duration("168h"), Ok(Duration::from_secs(LONGEST)));
        for text in
            ["", "m", "15", "1.5h", "-1s", "0s", "169h", "15 m", "15mm", "99999999999999999999h", "5µ"]
        {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
