//! openFDA's bulk downloads: a list of files with the day of their export (https://open.fda.gov/apis/downloads/).

use super::{Wanted, Work};
use crate::download::Got;
use crate::error::FetchError;
use crate::{address, check, json, moment};

/// The most bytes of the list: a few hundred kilobytes in 2026.
const MAX_LIST: u64 = 32 << 20;

/// The most files of one data set.
const MAX_FILES: usize = 1_000;

pub(super) fn run(work: &mut Work<'_>) -> Result<(), FetchError> {
    for url in work.source.addresses(moment::year(work.now)) {
        let url = work.address(&url);
        let known =
            if work.state.is_whole(&work.folder) { work.state.lists.get(&url).cloned() } else { None };
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
        let file =
            json::text(part, "/file").ok_or_else(|| FetchError::malformed(url, "a part has no file"))?;
        let name = address::file_name(file, 1);
        let known = work.state.present(&work.folder, &name).and_then(|known| known.stated.clone());
        names.push(name.clone());
        if exported.is_some() && known.as_deref() == exported {
            work.done.unchanged += 1;
            continue;
        }
        let url = work.refer(url, file)?;
        let done = work.take(&Wanted { url: &url, name: &name, stated: exported });
        work.go_on_after(done)?;
    }
    if work.done.failed == 0 { remove_others(work, &names) } else { Ok(()) }
}

/// Takes away the files that the list no longer has, unless it lost most of what was there.
fn remove_others(work: &mut Work<'_>, names: &[String]) -> Result<(), FetchError> {
    let files = &work.state.files;
    let all = files.values().fold(0u64, |sum, file| sum.saturating_add(file.records));
    let gone: Vec<String> = files.keys().filter(|name| !names.contains(name)).cloned().collect();
    let lost = gone
        .iter()
        .filter_map(|name| files.get(name))
        .fold(0, |sum: u64, file| sum.saturating_add(file.records));
    check::loss(&work.source.id, all - lost.min(all), all, work.loss)?;
    gone.iter().try_for_each(|name| work.remove(name))
}
