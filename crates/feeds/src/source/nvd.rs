//! NVD: a feed file a year with its `.meta`, then what changed since by API 2.0, as NVD asks of those who keep a copy
//! (https://nvd.nist.gov/developers/vulnerabilities).
//!
//! Years are asked for when there is no copy, when the copy is a month old, and when the API no longer reaches back to it.
//! In between only changes are.

use std::fs::File;
use std::io::BufReader;

use flate2::bufread::MultiGzDecoder;
use wardround_model::Timestamp;

use super::{Wanted, Work};
use crate::address;
use crate::client::Secret;
use crate::download::Fresh;
use crate::error::FetchError;
use crate::lists::{Meta, Page};
use crate::moment;
use crate::place;

/// The longest time that one question to the API may span.
const WINDOW_DAYS: i64 = 120;

/// After so many days the years are looked at again.
const YEARS_AFTER_DAYS: i64 = 30;

/// Pages of one window: each has up to 2,000 records.
const MAX_PAGES: u64 = 1_000;

/// How files of changes begin.
const CHANGES: &str = "changes-";

/// The most bytes of a key.
const MAX_KEY: u64 = 200;

pub(super) fn run(work: &mut Work<'_>) -> Result<(), FetchError> {
    let old: Vec<String> =
        work.state.files.keys().filter(|name| name.starts_with(CHANGES)).cloned().collect();
    let walked = years(work)?;
    changes(work)?;
    if walked && work.done.failed == 0 {
        // What these said is in the years by now, or came again with the changes.
        let gone: Vec<String> = old.into_iter().filter(|name| !work.fresh_names.contains(name)).collect();
        gone.iter().try_for_each(|name| work.remove(name))?;
    }
    Ok(())
}

/// Brings the years up to date; whether all of them were looked at.
fn years(work: &mut Work<'_>) -> Result<bool, FetchError> {
    let due = are_due(work);
    let before = work.done.failed;
    let mut newest = None;
    for url in work.source.addresses(moment::year(work.now)) {
        let name = address::file_name(&url, 1);
        if !due && work.state.present(&work.folder, &name).is_some() {
            work.done.unchanged += 1;
            continue;
        }
        let done = year(work, &url, &name).map(|modified| newest = newest.max(modified));
        work.go_on_after(done)?;
        work.save()?;
    }
    let walked = due && work.done.failed == before;
    if walked {
        work.state.feeds_at = Some(work.now.to_string());
        // A day earlier than the newest file, since not all are written in one moment.
        let until = newest.map(|newest| moment::days_after(newest, -1).min(work.now));
        work.state.changes_until = until.map(|until| until.to_string());
    }
    Ok(walked)
}

fn are_due(work: &Work<'_>) -> bool {
    let within = |text: &Option<String>, days: i64| {
        let since = text.as_deref().and_then(moment::parse);
        since.is_some_and(|since| moment::days_after(since, days) > work.now)
    };
    work.source.changes.is_none()
        || !within(&work.state.feeds_at, YEARS_AFTER_DAYS)
        || !within(&work.state.changes_until, WINDOW_DAYS)
}

/// One year; when its file last changed.
fn year(work: &mut Work<'_>, url: &str, name: &str) -> Result<Option<Timestamp>, FetchError> {
    let meta_url = work.address(&url.replace(".json.gz", ".meta"));
    let meta = match work.fetcher.bytes(&meta_url, 1 << 14) {
        Err(FetchError::Status { status: 404, .. }) if is_this_year(work, name) => {
            work.note(format!("{} has no file for this year yet", work.source.title()));
            return Ok(None);
        }
        bytes => Meta::parse(&bytes?).map_err(|error| FetchError::malformed(&meta_url, error))?,
    };
    let known = work.state.present(&work.folder, name).and_then(|known| known.stated.as_deref());
    if known == Some(meta.sha256.as_str()) {
        work.done.unchanged += 1;
        return Ok(Some(meta.modified));
    }
    let wanted = Wanted { url: &work.address(url), name, stated: Some(&meta.sha256) };
    if let Some(fresh) = work.fetch(&wanted)? {
        let verified = verify_unpacked(&fresh, &wanted, &meta.sha256);
        work.settle(&fresh, &wanted, verified)?;
    }
    work.pause();
    Ok(Some(meta.modified))
}

fn is_this_year(work: &Work<'_>, name: &str) -> bool {
    name.contains(&moment::year(work.now).to_string())
}

/// The hash in a `.meta` file is of the feed unpacked.
fn verify_unpacked(fresh: &Fresh, wanted: &Wanted<'_>, sha256: &str) -> Result<(), FetchError> {
    let file = File::open(&fresh.path).map_err(FetchError::disk(&fresh.path))?;
    let wrong = || FetchError::Hash { url: wanted.url.to_owned(), algorithm: "SHA-256" };
    // A bomb ends here, long before the disk or the memory do: nothing of it is kept.
    let unpacked = MultiGzDecoder::new(BufReader::new(file));
    let limited = std::io::Read::take(unpacked, wardround_intel::feed::MAX_FEED);
    let (found, _) = place::digest(&ring::digest::SHA256, limited).map_err(|_| wrong())?;
    if found == sha256 { Ok(()) } else { Err(wrong()) }
}

/// Asks for what changed since the last time, window by window.
fn changes(work: &mut Work<'_>) -> Result<(), FetchError> {
    let (Some(api), Some(until)) = (work.source.changes.clone(), work.state.changes_until.clone()) else {
        return Ok(());
    };
    let Some(until) = moment::parse(&until) else { return Ok(()) };
    work.fetcher.secret = key(work)?.map(|key| ("apiKey", key));
    // An hour twice costs little, and NVD's own clock and indexes may be late.
    let mut from = Timestamp::from_seconds(until.seconds() - 3_600);
    while from < work.now {
        let to = moment::days_after(from, WINDOW_DAYS).min(work.now);
        window(work, &api, from, to)?;
        work.state.changes_until = Some(to.to_string());
        work.save()?;
        from = to;
    }
    Ok(())
}

fn window(work: &mut Work<'_>, api: &str, from: Timestamp, to: Timestamp) -> Result<(), FetchError> {
    let mut start = 0;
    for page in 0..MAX_PAGES {
        let url = work.address(&format!(
            "{api}?lastModStartDate={}&lastModEndDate={}&startIndex={start}",
            in_milliseconds(from),
            in_milliseconds(to)
        ));
        let name = format!("{CHANGES}{}-{page}.json", from.seconds());
        let Some(found) = take_page(work, &url, &name, start)? else { return Ok(()) };
        work.pause();
        start += found.results;
        if start >= found.total_results {
            return Ok(());
        }
    }
    Err(FetchError::malformed(api, format!("it has more than {MAX_PAGES} pages")))
}

/// One page; none when nothing changed.
fn take_page(work: &mut Work<'_>, url: &str, name: &str, start: u64) -> Result<Option<Page>, FetchError> {
    let wanted = Wanted { url, name, stated: None };
    let Some(fresh) = work.fetch(&wanted)? else { return Ok(None) };
    let file = File::open(&fresh.path).map_err(FetchError::disk(&fresh.path))?;
    let page = Page::parse(BufReader::new(file)).map_err(|error| FetchError::malformed(url, error)).and_then(
        |page| {
            let fits = page.start_index == start && (page.results > 0 || start >= page.total_results);
            if fits {
                Ok(page)
            } else {
                Err(FetchError::malformed(url, "the page is not the one that was asked for"))
            }
        },
    );
    match page {
        Ok(page) if page.results == 0 => {
            // Nothing to keep; what cannot be removed is overwritten next time.
            let _ = std::fs::remove_file(&fresh.path);
            Ok(None)
        }
        Ok(page) => work.settle(&fresh, &wanted, Ok(())).map(|()| Some(page)),
        Err(error) => work.settle(&fresh, &wanted, Err(error)).map(|()| None),
    }
}

/// A moment as the API takes it.
fn in_milliseconds(moment: Timestamp) -> String {
    moment.to_whole_second().to_string().replace('Z', ".000Z")
}

/// The hospital's own key, from the environment or a file.
fn key(work: &Work<'_>) -> Result<Option<Secret>, FetchError> {
    let named = work.source.key_variable.as_ref().and_then(|name| std::env::var(name).ok());
    let text = match (named, &work.source.key_file) {
        (Some(text), _) => text,
        (None, Some(file)) => {
            let bytes = place::read_bounded(file, MAX_KEY).map_err(FetchError::disk(file))?;
            String::from_utf8(bytes.unwrap_or_default()).unwrap_or_default()
        }
        (None, None) => return Ok(None),
    };
    let text = text.trim();
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        let url = work.source.changes.clone().unwrap_or_default();
        return Err(FetchError::Refused {
            file: url,
            reason: "the key that was given for it is empty or not a key; look at key-file and key-variable in the list of sources"
                .to_owned(),
        });
    }
    Ok(Some(Secret(text.to_owned())))
}
