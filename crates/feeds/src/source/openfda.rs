//! openFDA's bulk downloads: a list of files with the day of their export (https://open.fda.gov/apis/downloads/).

use super::{Work, anything};
use crate::download::Got;
use crate::error::FetchError;
use crate::{address, json};

/// The most bytes of the list: a few hundred kilobytes in 2026.
const MAX_LIST: u64 = 32 << 20;

/// The most files of one data set.
const MAX_FILES: usize = 1_000;

pub(super) fn run(work: &mut Work<'_>) -> Result<(), FetchError> {
    for url in work.source.addresses(work.now.year()) {
        let url = work.address(&url);
        let known = work.state.lists.get(&url).cloned();
        match work.fetcher.small(&url, known.as_ref(), MAX_LIST)? {
            Got::Unchanged => work.done.unchanged += 1,
            Got::New((bytes, validators)) => {
                files(work, &url, &bytes)?;
                if work.done.failed == 0 {
                    work.state.lists.insert(url, validators);
                }
            }
        }
    }
    Ok(())
}

fn files(work: &mut Work<'_>, url: &str, bytes: &[u8]) -> Result<(), FetchError> {
    let list = json::parse(url, bytes)?;
    let dataset = work.source.dataset.clone().unwrap_or_default();
    let base = format!("/results/{dataset}");
    let exported = json::text(&list, &format!("{base}/export_date"));
    let parts = json::list(&list, &format!("{base}/partitions"));
    if parts.is_empty() || parts.len() > MAX_FILES {
        return Err(FetchError::malformed(url, format!("it has no files of {dataset}")));
    }
    let mut names = Vec::new();
    for part in parts {
        let file = json::text(part, "/file").ok_or_else(|| FetchError::malformed(url, "a part has no file"))?;
        let name = address::file_name(file, 1);
        let known = work.state.present(&work.folder, &name).and_then(|known| known.stated.clone());
        names.push(name.clone());
        if exported.is_some() && known.as_deref() == exported {
            work.done.unchanged += 1;
            continue;
        }
        let done = work.take(file, &name, exported, &anything);
        work.go_on_after(done)?;
    }
    if work.done.failed == 0 {
        work.remove_others(&names);
    }
    Ok(())
}
