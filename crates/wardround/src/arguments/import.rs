//! `wardround import`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use wardround_model::{SourceKind, Timestamp};
use wardround_store::ImportId;

use super::StoreArgument;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true, after_help = EXAMPLES)]
pub(crate) struct ImportCommand {
    #[command(subcommand)]
    pub(crate) kept: Option<KeptImports>,
    #[command(flatten)]
    pub(crate) run: RunImport,
}

const EXAMPLES: &str = "\
Examples:
  wardround import exports/                             every file of a folder
  wardround import inventory.xlsx --dry-run             what is understood; nothing is kept
  wardround import inventory.xlsx --column \"Inv.-Nr.=tag\" --save-mapping cmms
  wardround import inventory.xlsx --mapping cmms        the same columns again, next month
  wardround import packages.txt --for srv-lab-1         a list that names no host
  wardround import sbom.json --for-model \"B. Braun\" SpaceCom";

#[derive(Debug, Subcommand)]
pub(crate) enum KeptImports {
    /// Lists that were imported
    List(StoreArgument),
    /// Forget a list: rounds use it no longer, and what it said is deleted
    Forget {
        /// Which, as I-3
        import: ImportId,
        #[command(flatten)]
        store: StoreArgument,
    },
}

#[derive(Debug, Args)]
pub(crate) struct RunImport {
    /// Lists, plain or gzip, or folders of them
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) store: StoreArgument,
    /// Say what kind of list it is, where it is not recognised
    #[arg(long = "as", value_name = "KIND", value_parser = kind)]
    pub(crate) kind: Option<SourceKind>,
    /// Say which device it is about, where it names none: an address, a card or a host name
    #[arg(long = "for", value_name = "DEVICE", conflicts_with = "model")]
    pub(crate) device: Option<String>,
    /// Say which model it is about: every device of that model has what it says
    #[arg(long = "for-model", value_names = ["MAKER", "MODEL"], num_args = 2)]
    pub(crate) model: Option<Vec<String>>,
    /// Show what is understood and keep nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Say what a column means, as \"Heading=field\"; may be said several times
    #[arg(long = "column", value_name = "HEADING=FIELD", value_parser = column)]
    pub(crate) columns: Vec<(String, String)>,
    /// Save these columns by name, for the next import
    #[arg(long, value_name = "NAME", conflicts_with = "mapping", requires = "columns")]
    pub(crate) save_mapping: Option<String>,
    /// Use columns that were saved by this name
    #[arg(long, value_name = "NAME")]
    pub(crate) mapping: Option<String>,
    /// The day that it tells of, where the file does not say: 2026-11-24 [default: the file's own date]
    #[arg(long, value_name = "DATE")]
    pub(crate) day: Option<Timestamp>,
}

pub(super) fn kind(text: &str) -> Result<SourceKind, String> {
    let lists = || SourceKind::ALL.iter().filter(|kind| kind.is_imported());
    lists().find(|kind| kind.code() == text).copied().ok_or_else(|| {
        let codes: Vec<&str> = lists().map(|kind| kind.code()).collect();
        format!("choose one of {}", codes.join(", "))
    })
}

fn column(text: &str) -> Result<(String, String), String> {
    let parts = text.rsplit_once('=').map(|(heading, field)| (heading.trim(), field.trim()));
    match parts {
        Some((heading, field)) if !heading.is_empty() && !field.is_empty() => {
            Ok((heading.to_owned(), field.to_owned()))
        }
        _ => Err("say it as \"Heading=field\"".to_owned()),
    }
}
