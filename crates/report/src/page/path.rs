//! The page of ways of an attacker: step by step, each with its weakness and its proof.

use wardround_model::{Asset, AssetId, CareRole, Evidence, FactKind, Round, RoundId};
use wardround_triage::{Cuts, LetThrough, Loss, Reached, Step, Way};

use super::text::Page;
use super::words::{capital, count, day, day_and_time, number, wide};

/// Devices named in a list; the JSON has all.
const NAMED: usize = 8;

/// The ways from outside to what patients depend on, and what cuts them.
pub fn ways(id: RoundId, round: &Round, ways: &[Way], cuts: &Cuts, again: &str) -> String {
    let mut page = Page::with_whole_ids();
    page.heading("Ways to what patients depend on");
    page.hanging("", &format!("From round {id} of {}.", day_and_time(round.run_at)));
    page.hanging("", &summary(ways, cuts));
    for (place, way) in ways.iter().enumerate() {
        page.line("");
        page.hanging(&format!("{:>2}. ", place + 1), &headline(round, way));
        steps(&mut page, round, way, again);
    }
    mend(&mut page, round, cuts);
    page.section("How to read this", &notes(round));
    page.finish()
}

fn summary(ways: &[Way], cuts: &Cuts) -> String {
    if cuts.ways == 0 {
        return "No way was found from outside to a device that keeps patients alive, treats or watches them, or to a store of \
                patient data. What was not seen may still be a way."
            .to_owned();
    }
    let found = count(cuts.ways, "way was found", "ways were found");
    let told = match ways.len() {
        1 if cuts.ways == 1 => "It is told here.".to_owned(),
        told if wide(told) == cuts.ways => "All are told here, the likeliest first.".to_owned(),
        told => format!("The {} likeliest are told here.", number(wide(told))),
    };
    format!(
        "{found} by which an attacker could come from outside to a device that keeps patients alive, treats or watches them, \
         or to a store of patient data. {told}"
    )
}

fn headline(round: &Round, way: &Way) -> String {
    let goal = way.steps.last().map(|step| title(round, step.asset)).unwrap_or_default();
    match way.entry {
        Some(entry) => format!("[{}] To the {goal}, from {}", way.word(), entry.label()),
        None => format!("[{}] To the {goal}", way.word()),
    }
}

fn steps(page: &mut Page, round: &Round, way: &Way, again: &str) {
    for (place, step) in way.steps.iter().enumerate() {
        page.hanging(&format!("    {:7}", format!("Step {}", place + 1)), &told(round, step, again));
    }
}

fn told(round: &Round, step: &Step, again: &str) -> String {
    let mut text = format!("{}.", title(round, step.asset));
    text += &match &step.reached {
        Reached::Start(None) => " The way begins here.".to_owned(),
        Reached::Start(Some(seen)) => format!(" The way begins here; it was seen to talk with the Internet (wardround why {seen}{again})."),
        Reached::Seen(seen) => format!(" The step before was seen to talk with it (wardround why {seen}{again})."),
        Reached::SameNetwork => " It is in the same network as the step before, so it can likely be reached; nobody was seen to do so.".to_owned(),
        Reached::Allowed(allowed) => let_through(round, *allowed),
    };
    if let Some(finding) = step.by.and_then(|by| round.finding(by)) {
        text +=
            &format!(" It can be taken by this: {} (wardround why {}{again}).", finding.title, finding.id);
    }
    text
}

fn let_through(round: &Round, allowed: LetThrough) -> String {
    let Evidence { source, record, .. } = allowed.rule.evidence;
    let file = round
        .coverage
        .sources
        .get(usize::from(source.0))
        .map_or("a list of rules", |source| source.name.as_str());
    let day = day(allowed.rule.at);
    let perhaps =
        if allowed.is_sure { "lets the step before reach it" } else { "may let the step before reach it" };
    let condition = if allowed.is_sure { "" } else { "; the rule has a condition that could not be read" };
    format!(" Line {record} of {file} ({day}) {perhaps}{condition}. Nobody was seen to do so.")
}

fn mend(page: &mut Page, round: &Round, cuts: &Cuts) {
    if cuts.ways == 0 {
        return;
    }
    page.heading("What to mend to cut the most ways");
    for (place, cut) in cuts.cuts.iter().enumerate() {
        let places = match cut.findings.len() {
            1 => "its one weak place".to_owned(),
            more => format!("its {} weak places", number(wide(more))),
        };
        let text = format!(
            "{}: mend {places}. Then {} of {} are left.",
            title(round, cut.asset),
            count(cut.ways_left, "way", "ways"),
            number(cuts.ways)
        );
        page.hanging(&format!("{:>2}. ", place + 1), &text);
    }
    match (&cuts.all, cuts.at_least) {
        (Some(all), _) if !all.is_empty() => {
            let named = names(round, all);
            let needed = count(wide(all.len()), "device is", "devices are");
            page.hanging("", &format!("{needed} the fewest that cut every way when mended: {named}."));
        }
        (None, at_least) if at_least > 0 => {
            page.hanging(
                "",
                &format!("To cut every way, at least {} devices must be mended.", number(at_least)),
            );
        }
        _ => {}
    }
}

fn notes(round: &Round) -> Vec<String> {
    let has_rules = round.observations.iter().any(|one| one.fact.kind() == FactKind::FirewallRule);
    let last = if has_rules {
        "Rules of firewalls count where a list of them was imported. What other firewalls let through is not in it, nor are ways \
         by phone line."
    } else {
        "What this network does not show, such as rules of a firewall or ways by phone line, is not in it. Rules can be imported \
         (wardround import)."
    };
    [
        "A way is a chain of weak places that fit together. It does not say that anybody has gone it.",
        "Steps that were seen count as likelier than those that nobody was seen to go.",
        last,
    ]
    .map(str::to_owned)
    .to_vec()
}

/// The way between two devices.
pub fn between(round: &Round, from: AssetId, to: AssetId, ways: &[Way], again: &str) -> String {
    let mut page = Page::with_whole_ids();
    page.heading(&format!("From the {} to the {}", title(round, from), title(round, to)));
    match ways {
        [] => page.hanging(
            "",
            "No way was found: something on every way has no weak place that we know of, or nobody was seen to go there. That is \
             no proof that there is none.",
        ),
        ways => ways.iter().for_each(|way| {
            page.hanging("", &headline(round, way));
            steps(&mut page, round, way, again);
        }),
    }
    page.finish()
}

/// What is lost if something falls.
pub fn loss(round: &Round, fallen: &str, loss: &Loss) -> String {
    let mut page = Page::with_whole_ids();
    let what = match loss.fallen.as_slice() {
        [only] => format!("the {}", title(round, *only)),
        _ => fallen.to_owned(),
    };
    page.heading(&format!("If {what} falls into wrong hands"));
    page.hanging("", &format!("Lost at once: {}.", counted(round, &loss.fallen)));
    page.hanging(
        "",
        &format!(
            "Can be taken from there, by weak places that we know of or by logins: {}.",
            counted(round, &loss.taken)
        ),
    );
    page.hanging("", &format!("Would be without what they use: {}.", counted(round, &loss.users)));
    let care: Vec<String> = loss
        .care
        .iter()
        .filter(|(class, ..)| class.is_medical())
        .map(|(class, lost, without)| {
            let lost = (*lost > 0).then(|| format!("{} lost or in reach", number(*lost)));
            let without = (*without > 0).then(|| format!("{} without what they use", number(*without)));
            let told: Vec<_> = [lost, without].into_iter().flatten().collect();
            format!("{}, which {}: {}", capital(class.plural()), does(class.care_role()), told.join(", "))
        })
        .collect();
    if care.is_empty() {
        page.section(
            "What that means for care",
            &["No device that takes part in care is touched, as far as we saw.".to_owned()],
        );
    } else {
        page.section("What that means for care", &care);
    }
    page.finish()
}

/// What several devices of a role do.
fn does(role: CareRole) -> &'static str {
    use CareRole as R;
    match role {
        R::LifeSustaining => "keep patients alive",
        R::Therapeutic => "treat patients",
        R::Monitoring => "watch patients",
        R::Diagnostic => "examine patients or samples",
        R::PatientDataStore => "keep data of patients",
        R::Support => "support other work",
    }
}

fn counted(round: &Round, assets: &[AssetId]) -> String {
    match assets {
        [] => "nothing".to_owned(),
        some => format!("{} ({})", count(wide(some.len()), "device", "devices"), names(round, some)),
    }
}

fn names(round: &Round, assets: &[AssetId]) -> String {
    let titles: Vec<_> = assets.iter().take(NAMED).map(|asset| title(round, *asset)).collect();
    let more = assets.len() - titles.len();
    let more = if more > 0 { format!("; {} more", number(wide(more))) } else { String::new() };
    format!("{}{more}", titles.join("; "))
}

fn title(round: &Round, asset: AssetId) -> String {
    round.asset(asset).map_or_else(|| asset.to_string(), Asset::title)
}
