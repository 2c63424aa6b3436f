//! Words of `wardround path`: ways of an attacker, and what is lost if something falls.

use clap::Args;

use super::{Format, Look};

#[derive(Debug, Args)]
pub(crate) struct PathCommand {
    /// Begin at this device, taken to be in wrong hands: its id, the start of one, or an address
    #[arg(long, value_name = "ASSET", requires = "to")]
    pub(crate) from: Option<String>,
    /// End at this device
    #[arg(long, value_name = "ASSET", requires = "from")]
    pub(crate) to: Option<String>,
    /// Say what is lost if this device or network (as 10.20.1.0/24) falls into wrong hands
    #[arg(long, value_name = "ASSET|NETWORK", conflicts_with = "from")]
    pub(crate) if_falls: Option<String>,
    /// Leave out what rules of firewalls let through: only ways that were seen, and within one network
    #[arg(long)]
    pub(crate) seen_only: bool,
    /// At most so many ways
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(crate) most: u16,
    #[command(flatten)]
    pub(crate) look: Look,
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}
