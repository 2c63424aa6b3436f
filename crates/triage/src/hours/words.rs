//! Small words of a plan: hours, kinds of devices, lists of them.

use wardround_model::{Asset, MakerPosition, Timestamp};

use super::fixes::Letter;
use super::permission::MakerSays;
use crate::phrases;
use crate::ssvc::said::Said;

/// Devices named in a title; the rest is told as a number.
const NAMED: usize = 3;

/// Minutes as people say them: `45 minutes`, `1 hour 30 minutes`.
#[must_use]
pub fn hours(minutes: u32) -> String {
    let count = |number: u32, noun: &str| match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    };
    match (minutes / 60, minutes % 60) {
        (0, minutes) => count(minutes, "minute"),
        (hours, 0) => count(hours, "hour"),
        (hours, minutes) => format!("{} {}", count(hours, "hour"), count(minutes, "minute")),
    }
}

/// What makes devices of one kind: maker and model, else what they are.
pub(crate) fn kind(asset: &Asset, said: &Said<'_>) -> String {
    let maker = asset.maker.as_ref().map(|claim| claim.value.as_str());
    let model = asset.model.as_ref().map(|claim| claim.value.as_str());
    let words: Vec<_> = [maker, model].into_iter().flatten().collect();
    if model.is_some() { words.join(" ") } else { said.class(asset).label().to_owned() }
}

/// A task's words and its devices: `Turn off SMB 1: server at 10.1.1.1, server at 10.1.1.2 and 7 more`.
pub(crate) fn title(task: &str, assets: &[&Asset]) -> String {
    let mut titles: Vec<_> = assets.iter().map(|asset| asset.title()).collect();
    if titles.len() > NAMED + 1 {
        let more = titles.len() - NAMED;
        titles.truncate(NAMED);
        titles.push(format!("{more} more"));
    }
    match phrases::list(titles.into_iter()) {
        Some(devices) => format!("{task}: {devices}"),
        None => task.to_owned(),
    }
}

/// A letter to the maker of devices of one kind, in a sentence.
pub(crate) fn letter(letter: Letter, kind: &str) -> String {
    match letter {
        Letter::Ask => format!(
            "Write to the maker of the {kind}: is it affected, which fix is allowed, and by when? Ask for the answer on paper, \
             with its date"
        ),
        Letter::AskAgain => format!(
            "Write to the maker of the {kind}: it forbids the change, so what else does it offer, and by when? Ask for the \
             answer on paper, with its date"
        ),
    }
}

/// What a maker says, with the document and its day.
#[must_use]
pub fn maker(says: &MakerSays) -> String {
    let day = says.at.map(|at: Timestamp| phrases::day(at));
    let told = match (says.document.is_empty(), day) {
        (false, Some(day)) => format!(" ({}, {day})", says.document),
        (true, Some(day)) if says.position != MakerPosition::NotAsked => {
            format!(" (no document named, {day})")
        }
        _ => String::new(),
    };
    format!("{}{told}", says.position.label())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_said_in_hours() {
        let told: Vec<_> = [0, 1, 45, 60, 90, 121, 360].map(hours).into();
        assert_eq!(
            told,
            [
                "0 minutes",
                "1 minute",
                "45 minutes",
                "1 hour",
                "1 hour 30 minutes",
                "2 hours 1 minute",
                "6 hours"
            ]
        );
    }
}
