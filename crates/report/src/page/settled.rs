//! What answers of people and makers settled, in sentences: short, since it needs no work. Not here: what was answered
//! otherwise (`wardround answer list`).

use std::collections::BTreeSet;

use wardround_model::{Asset, AssetId, CveId, Round, Settled};

use super::words::{count, day, listed, number};

/// The most answers that are told.
const MOST: usize = 5;
/// The most weaknesses that are named with one.
const MOST_CVES: usize = 3;

/// One answer, and all that it settled: the same words about several devices are told once.
struct Answer<'a> {
    said: &'a Settled,
    assets: BTreeSet<AssetId>,
    cves: BTreeSet<CveId>,
}

/// Until when an answer holds.
pub fn holds(settled: &Settled) -> String {
    match settled.until {
        Some(until) => format!("holds until {}", day(until)),
        None if settled.is_by_person() => "holds until it is taken back".to_owned(),
        None => "holds until the maker says otherwise".to_owned(),
    }
}

/// What was settled, who said so, and until when.
pub(super) fn settled(round: &Round) -> Vec<String> {
    let answers = answers(&round.settled);
    let mut lines: Vec<String> = answers.iter().take(MOST).map(|answer| line(round, answer)).collect();
    let more = answers.len().saturating_sub(MOST);
    if more > 0 {
        let more = number(u64::try_from(more).unwrap_or(u64::MAX));
        lines.push(format!("{more} more (wardround asset show tells them for each device)."));
    }
    lines
}

fn answers(settled: &[Settled]) -> Vec<Answer<'_>> {
    let mut answers: Vec<Answer<'_>> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for said in settled {
        let next = answers.len();
        let at = *places.entry((said.reason.text.as_str(), said.until)).or_insert(next);
        if at == next {
            answers.push(Answer { said, assets: BTreeSet::new(), cves: BTreeSet::new() });
        }
        if let Some(answer) = answers.get_mut(at) {
            answer.assets.insert(said.asset);
            answer.cves.insert(said.cve);
        }
    }
    answers
}

fn line(round: &Round, answer: &Answer<'_>) -> String {
    let first = round.asset(answer.said.asset).map_or_else(|| "A device".to_owned(), Asset::title);
    let place = match answer.assets.len() {
        0 | 1 => first,
        many => {
            let others = u64::try_from(many).unwrap_or(u64::MAX).saturating_sub(1);
            format!("{first} and {}", count(others, "more", "more"))
        }
    };
    let cves: Vec<String> = answer.cves.iter().map(ToString::to_string).collect();
    let (said, holds) = (&answer.said.reason.text, holds(answer.said));
    format!("{place}: {said}. This {holds}. It settles {}.", listed(&cves, MOST_CVES))
}
