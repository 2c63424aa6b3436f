//! The words of `wardround intel`.

use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum IntelCommand {
    /// Fetch what is new from the publishers and put a fresh index in place (docs/intelligence.md)
    Update(UpdateIntel),
    /// How old each part of the index is, and when each source was last fetched
    Status {
        /// Which index [default: the one that rounds use]
        #[arg(long, value_name = "FILE")]
        intel: Option<PathBuf>,
    },
    /// Write the index as one signed file, to carry it to where there is no network
    Bundle(BundleIntel),
    /// Check a signed file and use its index from now on
    Import(ImportIntel),
    /// Make a key that signs bundles, and say its words
    Key {
        /// Where to write the private key [default: bundle.key in your data folder]
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// What names mean: search the table that software, packages and makers are matched by
    Names {
        /// Words of a name or of what it means, such as `openssh` or `philips`
        #[arg(value_name = "WORDS", required = true)]
        words: Vec<String>,
        /// The hospital's own names [default: aliases.tsv in your data folder, when it is there]
        #[arg(long, value_name = "FILE")]
        aliases: Option<PathBuf>,
    },
    /// Build an index from a folder of feeds that you have fetched yourself
    Build {
        /// A folder, read with its subfolders, or one feed file; may be said several times
        #[arg(long, value_name = "DIR", required = true)]
        from: Vec<PathBuf>,
        /// Where to write the index [default: your data folder, from where rounds use it]
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Leave out what few hospitals need, so that the index stays small enough to carry in the program
        #[arg(long)]
        snapshot: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct UpdateIntel {
    /// Only this source, by its short name; may be said several times [default: all that are on]
    #[arg(long, value_name = "ID")]
    pub(crate) only: Vec<String>,
    /// Your own sources, mirrors and what is off [default: sources.toml in your data folder, when it is there]
    #[arg(long, visible_alias = "source", value_name = "FILE")]
    pub(crate) sources: Option<PathBuf>,
    /// Where feeds are kept between updates [default: feeds in your data folder]
    #[arg(long, value_name = "DIR")]
    pub(crate) feeds: Option<PathBuf>,
    /// The proxy, as http://proxy.hospital.example:3128 [default: HTTPS_PROXY and NO_PROXY of the environment]
    #[arg(long, value_name = "URL")]
    pub(crate) proxy: Option<String>,
    /// More certificate authorities to trust, PEM: that of a proxy which opens TLS, for example
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// How many seconds a server may be silent
    #[arg(long, value_name = "SECONDS", default_value = "60")]
    pub(crate) stall: NonZeroU32,
    /// How often one thing is asked for before it is given up
    #[arg(long, value_name = "N", default_value = "5")]
    pub(crate) attempts: NonZeroU32,
    /// Take a file or an index that has lost more than a fifth of its records: only after you have looked why
    #[arg(long)]
    pub(crate) accept_loss: bool,
}

#[derive(Debug, Args)]
pub(crate) struct BundleIntel {
    /// The file to write, on a stick for example
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The private key to sign with [default: bundle.key in your data folder]
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// Which index to carry [default: the one that rounds use]
    #[arg(long, value_name = "FILE")]
    pub(crate) intel: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ImportIntel {
    /// The bundle
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Trust this public key from now on: its text, or a file that holds it
    #[arg(long, value_name = "PUBLIC-KEY")]
    pub(crate) trust: Option<String>,
    /// Take it although it is older than what is here
    #[arg(long)]
    pub(crate) older: bool,
    /// Take it although it knows far less than what is here: only after you have looked why
    #[arg(long)]
    pub(crate) accept_loss: bool,
}
