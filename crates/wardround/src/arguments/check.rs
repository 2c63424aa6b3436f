//! `wardround check`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;
use wardround_model::{SourceKind, Timestamp};

use super::{Format, import};

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CheckCommand {
    /// Lists, plain or gzip, or folders of them: bills of materials, installed software
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Say what kind of list it is, where it is not recognised
    #[arg(long = "as", value_name = "KIND", value_parser = import::kind)]
    pub(crate) kind: Option<SourceKind>,
    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Judge the end of support at this moment: 2026-11-24 or 2026-11-24T08:00:00Z [default: now]
    #[arg(long, value_name = "MOMENT")]
    pub(crate) as_of: Option<Timestamp>,
    /// Use this intelligence index [default: the one in your data folder, else the one built in]
    #[arg(long, value_name = "FILE")]
    pub(crate) intel: Option<PathBuf>,
    /// The hospital's own names of products [default: aliases.tsv in your data folder, when it is there]
    #[arg(long, value_name = "FILE")]
    pub(crate) aliases: Option<PathBuf>,
    /// Processor cores to use; the result is the same with any number [default: all]
    #[arg(long, value_name = "N")]
    pub(crate) workers: Option<NonZeroUsize>,
}

const EXAMPLES: &str = "\
Examples:
  wardround check sbom.json                      a maker's bill of materials, before you buy
  wardround check sbom.json --format json        every weakness, for programs (docs/json.md)
  wardround check packages.txt                   what `dpkg -l` or `rpm -qa` printed

What it means for patients hangs on where it will stand: `wardround import sbom.json --for DEVICE` and
`wardround round` tell that.";
