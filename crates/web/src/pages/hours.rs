//! The plan for the hours at hand: a form on *Today*, and the page that it opens.

use axum::extract::{Query, State};
use maud::{Markup, html};
use wardround_model::Role;
use wardround_report::page::count;
use wardround_triage::{Budget, HourPlan, Task, hours_in_words};

use crate::layout::{self, Page};
use crate::planned::{MOST_DEVICES, Planned};
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::{Menu, Needs, Route};
use crate::session::Person;
use crate::site::Site;
use crate::standing::Standing;

/// Teams that may have hours of their own.
const TEAMS: [(Role, &str); 5] = [
    (Role::Biomedical, "Biomedical engineering"),
    (Role::Network, "Network"),
    (Role::Server, "Servers"),
    (Role::HelpDesk, "Help desk"),
    (Role::ClinicalSystems, "Clinical systems"),
];
/// The most hours of a plan.
pub(crate) const MOST_HOURS: u32 = 2_000;
/// Tasks left that are named.
const MOST_LEFT: usize = 10;

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get(Needs::May(Permission::See), "/plan", show)]
}

/// The form that asks how many hours there are.
pub(crate) fn form(standing: &Standing) -> Markup {
    html! {
        @if standing.findings > 0 {
            section class="panel" aria-labelledby="hours" {
                h2 id="hours" { "What fits the hours you have" }
                (fields(None, &[]))
            }
        }
    }
}

fn fields(hours: Option<u32>, teams: &[(Role, u32)]) -> Markup {
    let of = |role: Role| teams.iter().find(|(known, _)| *known == role).map(|(_, hours)| *hours);
    html! {
        form method="get" action="/plan" class="row" {
            label { "Hours in all" input type="number" name="hours" min="1" max="2000" required value=(hours.unwrap_or(6)); }
            details open[!teams.is_empty()] {
                summary { "Whose hours they are" }
                p class="hint" { "Leave a team empty where it shares the rest." }
                div class="row" {
                    @for (role, label) in TEAMS {
                        label { (label) input type="number" name=(role.code()) min="0" max="2000" value=[of(role)]; }
                    }
                }
            }
            button { "Plan" }
        }
    }
}

/// What was asked: hours in all, and of each team, in whole hours.
struct Asked {
    hours: u32,
    teams: Vec<(Role, u32)>,
}

fn asked(pairs: &[(String, String)]) -> Result<Asked, Problem> {
    let number = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim());
    let whole = |text: &str| {
        let hours = text.parse().ok().filter(|hours| *hours <= MOST_HOURS);
        hours.ok_or_else(|| Problem::Bad("Say hours as a whole number up to 2000.".to_owned()))
    };
    let hours = whole(number("hours").unwrap_or_default())?;
    let given = TEAMS.iter().filter_map(|(role, _)| Some((*role, number(role.code())?)));
    let given = given.filter(|(_, text)| !text.is_empty());
    let teams = given.map(|(role, text)| Ok((role, whole(text)?))).collect::<Result<_, Problem>>()?;
    Ok(Asked { hours, teams })
}

/// So many hours in all, and of each team.
pub(crate) fn budget(hours: u32, teams: &[(Role, u32)]) -> Result<Budget, Problem> {
    let minutes = |hours: u32| hours.saturating_mul(60);
    let teams: Vec<(Role, u32)> = teams.iter().map(|(role, hours)| (*role, minutes(*hours))).collect();
    Budget::new(minutes(hours), &teams).map_err(|_| {
        Problem::Bad(
            "The teams have more hours together than there are in all. Raise the hours in all.".to_owned(),
        )
    })
}

async fn show(
    State(site): State<Site>,
    person: Person,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Page, Problem> {
    let asked = asked(&pairs)?;
    let budget = budget(asked.hours, &asked.teams)?;
    let Some(planned) = site.hospital().planned(budget).await? else { return Err(Problem::NotFound) };
    let plan = &planned.plan;
    let title = format!("Plan for {}", hours_in_words(asked.hours * 60));
    let body = html! {
        p class="soft" { "From round " (planned.round) "." }
        p { (summary(plan)) }
        @if !plan.tasks.is_empty() {
            section aria-labelledby="tasks" {
                h2 id="tasks" { "What to do" }
                ol class="plan" { @for task in &plan.tasks { (one(&site, &planned, task)) } }
            }
        }
        (left(plan))
        section class="panel" aria-labelledby="again" { h2 id="again" { "With other hours" } (fields(Some(asked.hours), &asked.teams)) }
        section aria-labelledby="reading" {
            h2 id="reading" { "How to read this" }
            ul {
                li { "Harm is a number of our own. It puts work in order; it counts no patients." }
                li { "A medical device is changed only as its maker allows. Until then the plan keeps others away from it." }
                li { "Quiet on the network is not free. Only the clinical owner can say when a device is off patients." }
                li { "Minutes are guesses." }
            }
        }
    };
    Ok(layout::page(&site, &person, Some(Menu::Today), &title, &body))
}

fn summary(plan: &HourPlan) -> String {
    match (plan.harm, plan.tasks.len()) {
        (0, _) => "Nothing weak was found in what could be seen, so there is nothing to plan.".to_owned(),
        (_, 0) => "No task fits these hours. The list below says what would help.".to_owned(),
        _ => format!(
            "These tasks take away {} % of the harm that the weak places could do. No plan for these hours does much better: \
             this one has at least {} % of the best.",
            plan.share_of_all(),
            plan.share_of_best()
        ),
    }
}

fn one(site: &Site, planned: &Planned, task: &Task) -> Markup {
    let decision = task.decision.label();
    let downtime = match task.downtime {
        0 => "The device goes on working.".to_owned(),
        minutes => format!("Each device is out of use for about {}.", hours_in_words(minutes)),
    };
    let more = task.devices.len().saturating_sub(MOST_DEVICES);
    html! {
        li {
            h3 { span class={ "decision " (decision.trim_end_matches('*').to_lowercase()) } { (decision) } " " (task.title) }
            dl {
                dt { "Who" } dd { (task.who.label()) ", " (hours_in_words(task.minutes)) ". " (downtime) }
                dt { "Why" } dd { (task.why) }
                dt { "By when" } dd { (task.by_when) "." }
                dt { "Where" }
                dd {
                    ul {
                        @for device in task.devices.iter().take(MOST_DEVICES) {
                            li {
                                @let title = planned.titles.get(&device.asset).unwrap_or(&device.title);
                                @match site.page_of(Menu::Devices) {
                                    Some(path) => { a href={ (path) "/" (device.asset) } { (title) } }
                                    None => { (title) }
                                }
                            }
                        }
                        @if more > 0 { li { "and " (more) " more" } }
                    }
                }
                dt { "Check before" } dd { (task.before) "." }
                dt { "Check after" } dd { (task.after) "." }
                dt { "Way back" } dd { (task.back) "." }
            }
        }
    }
}

fn left(plan: &HourPlan) -> Markup {
    html! {
        @if !plan.left.is_empty() {
            section aria-labelledby="left" {
                h2 id="left" { "What is left, and why" }
                ul {
                    @for left in plan.left.iter().take(MOST_LEFT) {
                        li {
                            (left.title) " (" (count(u64::try_from(left.findings.len()).unwrap_or(u64::MAX), "weak place", "weak places")) "). "
                            (left.because.sentence()) ". It takes the " (left.who.label()) " " (hours_in_words(left.minutes)) "."
                        }
                    }
                    @if plan.left.len() > MOST_LEFT { li { (plan.left.len() - MOST_LEFT) " more." } }
                }
            }
        }
    }
}
