//! The community of SNMP from a file that its owner alone can read. It goes to the run and nowhere else.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use wardround_ask::Community;

/// More than a community has, with its line end.
const MOST_BYTES: u64 = 256;
/// Rights of the group and of all others.
const OTHERS: u32 = 0o077;

/// Reads it. What is in the file is in no error.
pub(super) fn read(path: &Path) -> Result<Community> {
    let shown = path.display();
    let file = File::open(path).with_context(|| format!("{shown} cannot be read"))?;
    let rights = file.metadata().with_context(|| format!("{shown} cannot be looked at"))?.mode();
    if rights & OTHERS != 0 {
        bail!("others may read {shown}, and a community is a password: chmod 600 {shown}");
    }
    let mut text = String::new();
    file.take(MOST_BYTES).read_to_string(&mut text).ok().with_context(|| format!("{shown} is no text"))?;
    text.trim_end_matches(['\r', '\n']).parse().with_context(|| format!("{shown} holds no community"))
}
