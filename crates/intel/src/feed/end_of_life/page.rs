//! The front matter of a page of endoflife.date.

use std::io::Read;

use serde_json::Value;

use super::super::nvd::fingerprint;
use super::super::osv::yaml_value;
use super::super::{FeedError, FeedReport, Input, SkipReason};
use super::{Cycle, Lifecycle, label, name_of_identifier};
use crate::day::Day;
use crate::index::Until;

/// The most bytes of a page: the largest known has under 100,000.
const MAX: usize = 1 << 20;

pub(super) fn read<R: Read>(
    bytes: &[u8],
    input: &Input<R>,
    report: &mut FeedReport,
) -> Result<Lifecycle, FeedError> {
    let front = front_of(bytes).ok_or_else(|| input.malformed("the page", 1, "it has no front matter"))?;
    let value = yaml_value(front, MAX, input)?;
    let missing = |what| input.malformed("the front matter", 1, what);
    let product = text(&value, "permalink").and_then(|link| link.strip_prefix('/'));
    let product = product.ok_or_else(|| missing("it has no permalink"))?.to_owned();
    let releases = list(&value, "releases").ok_or_else(|| missing("it has no releases"))?;
    let mut newest = None;
    let cycles = releases.iter().filter_map(|one| cycle(one, &mut newest, report)).collect();
    report.as_of = report.as_of.max(newest);
    let title = text(&value, "title").unwrap_or(&product).to_owned();
    Ok(Lifecycle { title, names: names(&value), cycles, newest, fingerprint: fingerprint(bytes), product })
}

/// What stands between the first two lines of three dashes.
fn front_of(bytes: &[u8]) -> Option<&[u8]> {
    let rest = bytes.trim_ascii_start().strip_prefix(b"---")?;
    let end = rest.windows(4).position(|window| window == b"\n---")?;
    rest.get(..end)
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key)?.as_str()
}

fn list<'v>(value: &'v Value, key: &str) -> Option<&'v Vec<Value>> {
    value.get(key)?.as_array()
}

fn names(value: &Value) -> Vec<String> {
    let addresses = list(value, "alternate_urls").into_iter().flatten().filter_map(Value::as_str);
    let addresses = addresses.filter_map(|address| address.strip_prefix('/')).map(str::to_owned);
    let identifiers = list(value, "identifiers").into_iter().flatten().filter_map(Value::as_object);
    let identifiers = identifiers.flat_map(|one| one.values()).filter_map(Value::as_str);
    addresses.chain(identifiers.filter_map(name_of_identifier)).collect()
}

fn cycle(value: &Value, newest: &mut Option<Day>, report: &mut FeedReport) -> Option<Cycle> {
    let Some(name) = text(value, "releaseCycle").filter(|name| !name.is_empty()) else {
        report.skip(SkipReason::Value, "a release without a cycle");
        return None;
    };
    let day = |key: &str| text(value, key).and_then(|text| text.parse::<Day>().ok());
    let mut until = |key: &str| match (day(key), text(value, key)) {
        (Some(day), _) => Until::Day(day),
        (None, Some("true")) => Until::Ended,
        (None, Some("false")) => Until::Open,
        (None, None) => Until::NotStated,
        (None, Some(other)) => {
            report.skip(SkipReason::Value, &format!("{name}: {key} {other}"));
            Until::NotStated
        }
    };
    *newest = (*newest).max(day("releaseDate")).max(day("latestReleaseDate"));
    let owned = |key| text(value, key).map(str::to_owned);
    // A label with blanks to fill says no more than the cycle and the code name.
    let own_label = owned("releaseLabel").filter(|label| !label.contains("__"));
    Some(Cycle {
        label: label(name, owned("codename"), own_label),
        name: name.to_owned(),
        latest: owned("latest").unwrap_or_default(),
        released: day("releaseDate"),
        active: until("eoas"),
        security: until("eol"),
        extended: until("eoes"),
    })
}
