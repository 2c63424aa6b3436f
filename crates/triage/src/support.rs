//! Systems and products that their makers no longer mend, by dates of support (endoflife.date).
//!
//! A release whose editions have different dates counts as ended only when all have ended. Extended support, mostly paid
//! for, is asked about, since a list cannot know who bought it.

mod windows;

use wardround_intel::index::{Eol, Support, Until};
use wardround_intel::{Day, Index};
use wardround_model::{Reason, Timestamp, WeakSetting};

use crate::opinion::{Open, Opinion, Weak};
use crate::products::Product;
use crate::system::System;

/// Adds what dates of support say of a product in a version.
pub(crate) fn of_product(index: &Index<'_>, product: &Product, as_of: Timestamp, opinion: &mut Opinion) {
    let Some(version) = product.version() else { return };
    let cycles = index.end_of_life(&product.code(), version);
    add(&cycles, &product.name(), as_of, opinion);
}

/// Adds what dates of support say of a system.
pub(crate) fn of_system(index: &Index<'_>, system: &System, as_of: Timestamp, opinion: &mut Opinion) {
    add(&cycles(index, system), &system.name, as_of, opinion);
}

fn cycles<'a>(index: &Index<'a>, system: &System) -> Vec<Eol<'a>> {
    if let Some(release) = &system.windows {
        return windows::cycles(index, release, &system.name);
    }
    let Some((lifecycle, number)) =
        system.release.as_ref().and_then(|release| Some((release.lifecycle, release.number.as_ref()?)))
    else {
        return windows::cycles_by_name(index, &system.name);
    };
    index.end_of_life(lifecycle, number)
}

fn add(cycles: &[Eol<'_>], name: &str, as_of: Timestamp, opinion: &mut Opinion) {
    let Some(day) = day(as_of) else { return };
    let Some(first) = cycles.first() else { return };
    let support = |eol: &Eol<'_>| eol.support_on(day);
    if cycles.iter().all(|eol| support(eol) == Support::Ended) {
        opinion.weak.push(ended(first, cycles, name));
    } else if cycles.iter().all(|eol| support(eol) >= Support::ExtendedOnly) {
        opinion.open.push(extended(first, name));
    } else if cycles.iter().any(|eol| support(eol) >= Support::ExtendedOnly) {
        opinion.open.push(edition(first, name));
    }
}

fn day(moment: Timestamp) -> Option<Day> {
    moment.to_string().parse().ok()
}

fn ended(first: &Eol<'_>, cycles: &[Eol<'_>], name: &str) -> Weak {
    let last = cycles.iter().map(|eol| last_day(eol)).max().flatten();
    let since = last.map_or_else(
        || "Its maker no longer mends it".to_owned(),
        |day| format!("Its maker mended it until {day}, and no longer does"),
    );
    Weak {
        setting: WeakSetting::Unsupported,
        protocol: format!("{}-{}", first.product, first.cycle).to_lowercase(),
        grade: None,
        title: format!("{name} is no longer mended by its maker"),
        reasons: vec![Reason::new(
            format!("{since}, by the dates that endoflife.date keeps of {}", first.title),
            [],
        )],
    }
}

/// The last day on which anybody got fixes.
fn last_day(eol: &Eol<'_>) -> Option<Day> {
    let of = |until: Until| match until {
        Until::Day(day) => Some(day),
        Until::NotStated | Until::Ended | Until::Open => None,
    };
    of(eol.extended).max(of(eol.security))
}

fn extended(first: &Eol<'_>, name: &str) -> Open {
    let text = format!(
        "{name} gets fixes only for those who have extended support, by the dates that endoflife.date keeps of {}. \
         Whether the hospital has it does not show",
        first.title
    );
    let question = format!("Does the hospital have extended support for {name}, and until when?");
    Open::to_owner(format!("support:{}-{}", first.product, first.cycle), text, question)
}

fn edition(first: &Eol<'_>, name: &str) -> Open {
    let text = format!(
        "Some editions of {name} are no longer mended by their maker, others are, and which one runs here does not show"
    );
    let question = format!("Which edition of {name} runs here?");
    Open::to_owner(format!("edition:{}-{}", first.product, first.cycle), text, question)
}
