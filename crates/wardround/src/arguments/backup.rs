//! Words of `wardround backup` and `wardround restore`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::StoreArgument;

/// The store, the site's keys, the emergency account and the hospital's own files, in one encrypted file; also while the site runs.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true, after_help = EXAMPLES)]
pub(crate) struct BackupCommand {
    #[command(subcommand)]
    pub(crate) key: Option<KeyCommand>,
    /// The backup: a new file
    #[arg(value_name = "FILE", required = true)]
    pub(crate) file: Option<PathBuf>,
    /// For whom: the line age1... that `backup key` printed
    #[arg(long, value_name = "RECIPIENT", required = true)]
    pub(crate) to: Option<String>,
    #[command(flatten)]
    pub(crate) store: StoreArgument,
    /// The folder of the site's keys [default: keys, beside the store]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) keys: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  wardround backup key /media/stick/backup.key
  wardround backup /srv/backups/monday.age --to age1...
  wardround restore /srv/backups/monday.age --key /media/stick/backup.key";

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make the key that reads backups; keep it apart from this computer
    Key {
        /// The key: a new file
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

/// Puts a backup back. Stop the site first.
#[derive(Debug, Args)]
pub(crate) struct RestoreCommand {
    /// The backup
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The key that belongs to it
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    #[command(flatten)]
    pub(crate) store: StoreArgument,
    /// The folder for the site's keys [default: keys, beside the store]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) keys: Option<PathBuf>,
    /// Set aside the store that is there
    #[arg(long)]
    pub(crate) replace: bool,
}
