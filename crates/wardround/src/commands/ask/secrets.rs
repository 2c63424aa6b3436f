//! What an owner gives to one run, from files that their user alone can read. It goes to the run and nowhere else.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::str::FromStr;

use anyhow::{Context as _, Result, bail};
use wardround_ask::directory::DirectoryLogin;
use wardround_ask::reading::ReadKey;
use wardround_ask::{Community, User};

/// More than a secret has, with its line ends.
const MOST_BYTES: u64 = 16 * 1024;
/// Rights of the group and of all others.
const OTHERS: u32 = 0o077;

/// What a run is given.
#[derive(Clone, Debug, Default)]
pub(super) struct Secrets {
    /// For SNMP.
    pub(super) community: Option<Community>,
    /// For SNMP 3.
    pub(super) user: Option<User>,
    /// For servers that are read.
    pub(super) read_key: Option<ReadKey>,
    /// For directories that are read.
    pub(super) directory_login: Option<DirectoryLogin>,
}

/// Reads one that `what` names. What is in the file is in no error.
pub(super) fn read<T>(path: &Path, what: &str) -> Result<T>
where
    T: FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let shown = path.display();
    let file = File::open(path).with_context(|| format!("{shown} cannot be read"))?;
    let rights = file.metadata().with_context(|| format!("{shown} cannot be looked at"))?.mode();
    if rights & OTHERS != 0 {
        bail!("others may read {shown}, and {what}: chmod 600 {shown}");
    }
    let mut text = String::new();
    file.take(MOST_BYTES).read_to_string(&mut text).ok().with_context(|| format!("{shown} is no text"))?;
    text.trim_end_matches(['\r', '\n']).parse().with_context(|| format!("{shown} cannot be used"))
}
